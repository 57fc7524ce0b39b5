"""What comes after the solution, beside attempts and verdicts: thinking about it, and passing
on what was learned."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from objections.models import Case


class Reflection(models.Model):
    """Three answers about a case that has been carried through. For its team alone.

    ``version`` rises with each writing, so that two who write at once notice.
    """

    case = models.OneToOneField(
        Case, models.PROTECT, related_name="reflection", verbose_name=_("case")
    )
    went_well = models.TextField(_("what went well"), blank=True)
    can_be_better = models.TextField(_("what can be better"), blank=True)
    should_learn = models.TextField(_("what the team should learn"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    written_at = models.DateTimeField(_("written at"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by")
    )

    class Meta:
        verbose_name = _("reflection")
        verbose_name_plural = _("reflections")
        constraints = [
            models.CheckConstraint(
                name="reflection_says_something",
                condition=~Q(went_well="", can_be_better="", should_learn=""),
            ),
        ]

    def __str__(self) -> str:
        return str(self.case_id)


class Digest(models.Model):
    """The lessons of one team's week, sent once. ``week_on`` is the week's Monday."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="digests", verbose_name=_("team"))
    week_on = models.DateField(_("week from"))
    lessons = models.PositiveSmallIntegerField(_("lessons"))
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("weekly digest")
        verbose_name_plural = _("weekly digests")
        ordering = ["-week_on", "team"]
        constraints = [
            models.UniqueConstraint(name="digest_once_a_week", fields=["team", "week_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.team} {self.week_on}"


class DigestCopy(models.Model):
    """One member's copy of a digest, that has to leave the building as an e-mail."""

    digest = models.ForeignKey(Digest, models.CASCADE, related_name="copies")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    next_attempt_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(
                name="digest_to_send",
                fields=["next_attempt_at"],
                condition=Q(next_attempt_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(name="digest_once_each", fields=["digest", "user"]),
            models.CheckConstraint(
                name="digest_settled_is_silent",
                condition=Q(next_attempt_at__isnull=True)
                | Q(sent_at__isnull=True, failed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.digest_id}: {self.user_id}"
