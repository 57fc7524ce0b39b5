from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from objections.vocabulary import Kind, Promise, Urgency


class Policy(models.Model):
    """A set of allowances and ladders. One is in force; a deadline remembers which."""

    name = models.CharField(_("name"), max_length=80)
    version = models.PositiveIntegerField(_("version"), default=1)
    in_force = models.BooleanField(_("in force"), default=False)

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        constraints = [
            models.UniqueConstraint(name="policy_name_and_version", fields=["name", "version"]),
            models.UniqueConstraint(
                name="policy_one_in_force", fields=["in_force"], condition=Q(in_force=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class Unit(models.TextChoices):
    """How an allowance is counted. Without a calendar, working time runs like elapsed time."""

    ELAPSED = "elapsed", _("elapsed time")
    WORKING = "working", _("working time")


LONGEST = timedelta(days=366)
"""No allowance, pause or rung is longer. Beyond it lies a slip of the keyboard, and in the
end a due moment that no calendar holds, with which no case could be opened any more."""


class Allowance(models.Model):
    """How long a promise may take, for cases of a kind and an urgency (empty: any).

    The most particular one wins: kind and urgency, then kind, then urgency, then any.
    A promise that carries its own due time (a commitment) has no length here, only
    a ladder. What would fall due between ``night_from`` and ``night_until``, in the
    installation's time zone, falls due at ``night_until`` instead.
    """

    policy = models.ForeignKey(
        Policy, models.CASCADE, related_name="allowances", verbose_name=_("policy")
    )
    promise = models.CharField(_("promise"), max_length=16, choices=Promise)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, blank=True)
    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency, blank=True)
    length = models.DurationField(_("allowance"), null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=8, choices=Unit, default=Unit.ELAPSED)
    pause_maximum = models.DurationField(_("longest pause"), null=True, blank=True)
    pauses_per_cycle = models.PositiveSmallIntegerField(_("pauses a round"), default=0)
    night_from = models.TimeField(_("not due from"), null=True, blank=True)
    night_until = models.TimeField(_("but then at"), null=True, blank=True)

    class Meta:
        verbose_name = _("allowance")
        verbose_name_plural = _("allowances")
        ordering = ["policy", "promise", "kind", "urgency"]
        constraints = [
            models.UniqueConstraint(
                name="allowance_once", fields=["policy", "promise", "kind", "urgency"]
            ),
            models.CheckConstraint(
                name="allowance_is_positive",
                condition=Q(length__isnull=True) | Q(length__gt=timedelta(0)),
            ),
            models.CheckConstraint(
                name="allowance_night_has_both_ends",
                condition=Q(night_from__isnull=True, night_until__isnull=True)
                | (
                    Q(night_from__isnull=False, night_until__isnull=False)
                    & ~Q(night_from=F("night_until"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.promise} {self.length or ''}".strip()

    def clean(self) -> None:
        own_due = {Promise.COMMITMENT}
        if self.length is None and self.promise not in own_due:
            raise ValidationError({"length": _("Say how long this promise may take.")})
        if self.length is not None and self.length <= timedelta(0):
            raise ValidationError({"length": _("An allowance is longer than nothing.")})
        for name in ("length", "pause_maximum"):
            if (getattr(self, name) or LONGEST) > LONGEST:
                raise ValidationError({name: _("This length of time is out of range.")})
        if self.pauses_per_cycle and self.promise == Promise.ACKNOWLEDGEMENT:
            raise ValidationError({"pauses_per_cycle": _("The acknowledgement is never paused.")})
        if (self.night_from is None) != (self.night_until is None):
            raise ValidationError({"night_until": _("A night has a beginning and an end.")})
        if self.night_from is not None and self.night_from == self.night_until:
            raise ValidationError({"night_until": _("A night has a beginning and an end.")})


class Rung(models.Model):
    """A step of a ladder: when, counted from the due moment, and how high.

    ``offset`` is a length of time, ``percent`` a share of the allowance; one of the two.
    Negative is before the due moment. Level 0 reminds the handler, 1 tells the
    supervisor, 2 the manager, 3 the duty officer.
    """

    allowance = models.ForeignKey(
        Allowance, models.CASCADE, related_name="rungs", verbose_name=_("allowance")
    )
    offset = models.DurationField(_("from the due moment"), null=True, blank=True)
    percent = models.SmallIntegerField(_("share of the allowance"), null=True, blank=True)
    level = models.PositiveSmallIntegerField(_("level"))

    class Meta:
        verbose_name = _("rung")
        verbose_name_plural = _("rungs")
        ordering = ["allowance", "level", "offset", "percent"]
        constraints = [
            models.CheckConstraint(
                name="rung_offset_or_percent",
                condition=Q(offset__isnull=True, percent__isnull=False)
                | Q(offset__isnull=False, percent__isnull=True),
            ),
            models.CheckConstraint(name="rung_level_0_to_3", condition=Q(level__lte=3)),
        ]

    def __str__(self) -> str:
        return f"{self.level}: {self.offset if self.percent is None else f'{self.percent} %'}"

    def clean(self) -> None:
        if (self.offset is None) == (self.percent is None):
            raise ValidationError(_("Say either a length of time or a share of the allowance."))
        if self.offset is not None and abs(self.offset) > LONGEST:
            raise ValidationError({"offset": _("This length of time is out of range.")})
        before = (self.offset is not None and self.offset < timedelta(0)) or (
            self.percent is not None and self.percent < 0
        )
        if before and self.level:
            raise ValidationError({"level": _("Before the due moment only the handler is told.")})
        if not before and not self.level:
            raise ValidationError({"level": _("From the due moment on somebody else is told.")})
        length = self.allowance.length
        too_long = (self.percent is not None and self.percent <= -100) or (
            length is not None and self.offset is not None and -self.offset >= length
        )
        if before and too_long:
            raise ValidationError(_("A warning must come after the clock has started."))
