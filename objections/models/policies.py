from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from customers.models import Customer, Product, Tier
from objections.policies import lengths, rows
from objections.vocabulary import Kind, PauseReason, Promise, Unit, Urgency
from timekeeping.models import Edition


class Policy(models.Model):
    """A set of allowances and ladders. One is in force; a deadline remembers which.

    A version is drafted, then published once, which puts it in force; from then on it is
    never edited, so that a deadline's policy can be looked up for ever.
    """

    name = models.CharField(_("name"), max_length=80)
    version = models.PositiveIntegerField(_("version"), default=1)
    in_force = models.BooleanField(_("in force"), default=False)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("published by"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        constraints = [
            models.UniqueConstraint(name="policy_name_and_version", fields=["name", "version"]),
            models.UniqueConstraint(
                name="policy_one_in_force", fields=["in_force"], condition=Q(in_force=True)
            ),
            models.CheckConstraint(
                name="policy_in_force_is_published",
                condition=Q(in_force=False) | Q(published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"

    @property
    def is_draft(self) -> bool:
        return self.published_at is None


class Allowance(models.Model):
    """How long a promise may take, for the cases that fit (a selector left empty: any).

    The most particular one wins: one that names the product, then the team, then the
    customer's tier, then the kind, then the urgency. ``length`` is elapsed or working
    time by its ``unit``; for working days it is empty and ``days`` says how many: due at
    the end of the n-th working day after the start's. A promise that carries its own due
    time (a commitment) has neither, only a ladder. What would fall due between
    ``night_from`` and ``night_until``, in the zone of the team's calendar, falls due at
    ``night_until`` instead. From the breach on, the level that was reached is told again
    every ``remind_every`` until somebody takes it, at most ``remind_at_most`` times.
    """

    policy = models.ForeignKey(
        Policy, models.CASCADE, related_name="allowances", verbose_name=_("policy")
    )
    promise = models.CharField(_("promise"), max_length=16, choices=Promise)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, blank=True)
    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency, blank=True)
    tier = models.CharField(_("customer tier"), max_length=12, choices=Tier, blank=True)
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("product"),
    )  # fmt: skip
    length = models.DurationField(_("allowance"), null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=8, choices=Unit, default=Unit.ELAPSED)
    days = models.PositiveSmallIntegerField(_("working days"), null=True, blank=True)
    pause_maximum = models.DurationField(_("longest pause"), null=True, blank=True)
    pauses_per_cycle = models.PositiveSmallIntegerField(_("pauses a round"), default=0)
    pause_reasons = ArrayField(
        models.CharField(max_length=24, choices=PauseReason), default=list, blank=True,
        verbose_name=_("reasons for a pause"),
    )  # fmt: skip
    night_from = models.TimeField(_("not due from"), null=True, blank=True)
    night_until = models.TimeField(_("but then at"), null=True, blank=True)
    remind_every = models.DurationField(_("reminder every"), null=True, blank=True)
    remind_at_most = models.PositiveSmallIntegerField(_("reminders at most"), default=0)

    class Meta:
        verbose_name = _("allowance")
        verbose_name_plural = _("allowances")
        ordering = ["policy", "promise", "kind", "urgency"]
        constraints = [
            models.UniqueConstraint(
                name="allowance_once",
                fields=["policy", "promise", "kind", "urgency", "tier", "team", "product"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="allowance_days_iff_working_days",
                condition=Q(unit=Unit.DAYS, days__isnull=False, days__gte=1, length__isnull=True)
                | (~Q(unit=Unit.DAYS) & Q(days__isnull=True)),
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
        length = f" {lengths.words(self.length)}" if self.length is not None else ""
        return f"{self.get_promise_display()}{length}"

    def clean(self) -> None:
        """Refuse what cannot work, each fault at its field."""
        _refuse(rows.allowance_faults(self))

    @property
    def is_general(self) -> bool:
        """True for what is said of any case."""
        return not (self.kind or self.urgency or self.tier or self.team_id or self.product_id)


class Rung(models.Model):
    """A step of a ladder: when, counted from the due moment, and how high.

    ``offset`` is a length of time, ``percent`` a share of the allowance; one of the two.
    Negative is before the due moment. Level 0 reminds the handler, 1 tells the
    supervisor, 2 the manager, 3 the duty officer. ``person`` hears of it beside them.
    Lengths are counted in the allowance's unit where that is working time.
    """

    allowance = models.ForeignKey(
        Allowance, models.CASCADE, related_name="rungs", verbose_name=_("allowance")
    )
    offset = models.DurationField(_("from the due moment"), null=True, blank=True)
    percent = models.SmallIntegerField(_("share of the allowance"), null=True, blank=True)
    level = models.PositiveSmallIntegerField(_("level"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("and this person"),
    )  # fmt: skip

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
        when = f"{self.percent} %" if self.offset is None else lengths.words(self.offset)
        return f"{self.level}: {when}"

    def clean(self) -> None:
        """Refuse what cannot work beside its allowance. ``rows.ladder_faults`` sees the rest."""
        _refuse(rows.rung_faults(self))


def _refuse(faults: rows.Faults) -> None:
    if faults:
        raise ValidationError({field or NON_FIELD_ERRORS: words for field, words in faults.items()})


class Recomputation(models.Model):
    """Running deadlines that are to be computed anew, in batches, until none is left.

    Written when a policy or an edition of a calendar is published, or a customer's tier
    changes. ``cursor`` is the
    last case that is done and ``last`` where to end; a process that dies in between is
    followed by the next, and a clock computed twice is the same.
    """

    policy = models.ForeignKey(
        Policy, models.PROTECT, null=True, blank=True, related_name="recomputations",
        verbose_name=_("policy"),
    )  # fmt: skip
    edition = models.ForeignKey(
        Edition, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("edition of a calendar"),
    )  # fmt: skip
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("customer whose tier changed"),
    )  # fmt: skip
    with_alerts = models.BooleanField(_("with alerts"), default=True)
    only_provisional = models.BooleanField(_("provisional ones only"), default=False)
    asked_at = models.DateTimeField(_("asked at"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("asked by"),
    )  # fmt: skip
    cursor = models.PositiveBigIntegerField(default=0)
    last = models.PositiveBigIntegerField(default=0)
    moved = models.PositiveIntegerField(_("moved"), default=0)
    overdue = models.PositiveIntegerField(_("made overdue"), default=0)
    failed = models.PositiveIntegerField(_("cases that failed"), default=0)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)

    class Meta:
        verbose_name = _("recomputation")
        verbose_name_plural = _("recomputations")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="recomputation_has_one_cause",
                condition=Q(policy__isnull=False, edition__isnull=True, customer__isnull=True)
                | Q(policy__isnull=True, edition__isnull=False, customer__isnull=True)
                | Q(policy__isnull=True, edition__isnull=True, customer__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="recomputation_waiting", fields=["id"], condition=Q(done_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy or self.edition or self.customer} {self.asked_at:%Y-%m-%d %H:%M}"
