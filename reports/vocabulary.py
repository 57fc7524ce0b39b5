"""The kinds of report, their parts, and the languages in which one can be had."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Language


class ReportKind(TextChoices):
    UP = "up", _("Report up")
    EIGHT_D = "8d", _("8D report")

    @property
    def parts(self) -> tuple[Part, ...]:
        """Its parts, in the order in which they are read."""
        return PARTS[self]


class Part(TextChoices):
    """A part of a report. The eight disciplines are named by their number."""

    BACKGROUND = "background", pgettext_lazy("report", "Background")
    EFFECT = "effect", pgettext_lazy("report", "Effect")
    SOLUTION = "solution", pgettext_lazy("report", "Solution")
    BENEFIT = "benefit", pgettext_lazy("report", "Benefit")
    EVIDENCE = "evidence", pgettext_lazy("report", "Evidence")
    PLAN = "plan", _("Plan of action")
    D0 = "d0", _("Symptom and emergency response")
    D1 = "d1", _("The team")
    D2 = "d2", _("Problem description")
    D3 = "d3", _("Containment")
    D4 = "d4", _("Root cause and escape point")
    D5 = "d5", _("Corrective actions chosen")
    D6 = "d6", _("Carried out, and the proof")
    D7 = "d7", _("Prevention")
    D8 = "d8", _("Closure and recognition")

    @property
    def number(self) -> str:
        """The number of a discipline, "D4"; nothing for a part of the report up."""
        return self.value.upper() if len(self.value) == 2 else ""


PARTS: dict[ReportKind, tuple[Part, ...]] = {
    ReportKind.UP: (
        Part.BACKGROUND, Part.EFFECT, Part.SOLUTION, Part.BENEFIT, Part.EVIDENCE, Part.PLAN,
    ),
    ReportKind.EIGHT_D: (
        Part.D0, Part.D1, Part.D2, Part.D3, Part.D4, Part.D5, Part.D6, Part.D7, Part.D8,
    ),
}  # fmt: skip


class Tongue(TextChoices):
    """The language of a report: one, or Chinese and English side by side."""

    SIMPLIFIED = "zh-hans", "简体中文"
    TRADITIONAL = "zh-hant", "繁體中文"
    ENGLISH = "en", "English"
    BOTH = "both", "中文 + English"

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that are written, the first of them first."""
        if self is Tongue.BOTH:
            return (Language.SIMPLIFIED.value, Language.ENGLISH.value)
        return (self.value,)

    @property
    def tag(self) -> str:
        """The language tag of a page or a document in it; of two that of the first."""
        return {"zh-hant": "zh-Hant", "en": "en"}.get(self.value, "zh-Hans")

    @property
    def locale(self) -> str:
        """How Word calls the language of its Chinese text."""
        return "zh-TW" if self is Tongue.TRADITIONAL else "zh-CN"

    @property
    def ending(self) -> str:
        """What stands for it in the name of a file."""
        return "zh-en" if self is Tongue.BOTH else self.value
