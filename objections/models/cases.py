from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from customers.models import Contact, Customer, Product
from objections.vocabulary import (
    OPEN_STAGES,
    CauseCategory,
    Channel,
    ClockMode,
    CustomerStyle,
    Emotion,
    Kind,
    Origin,
    Sensitivity,
    Stage,
    Urgency,
)


class Case(models.Model):
    """One complaint or objection, from the first contact to its closure.

    ``received_at`` is when the customer spoke, ``opened_at`` when we wrote it down.
    ``version`` rises with each change by a person or a program, never by a clock.
    ``stage`` is written by ``lifecycle.advance`` alone.
    """

    reference = models.CharField(_("reference"), max_length=16, unique=True)
    source = models.CharField(_("source"), max_length=80, blank=True)
    external_id = models.CharField(_("number at the source"), max_length=120, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    clock_mode = models.CharField(
        _("clocks"), max_length=12, choices=ClockMode, default=ClockMode.LIVE
    )

    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.COMPLAINT)
    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency, default=Urgency.NORMAL)
    sensitivity = models.CharField(
        _("sensitivity"), max_length=12, choices=Sensitivity, default=Sensitivity.NORMAL
    )
    channel = models.CharField(_("channel"), max_length=8, choices=Channel, blank=True)

    stage = models.CharField(_("stage"), max_length=12, choices=Stage, default=Stage.LISTEN)
    stage_entered_at = models.DateTimeField(_("in this stage since"))
    cycle = models.PositiveSmallIntegerField(_("round"), default=1)
    received_at = models.DateTimeField(_("received"))
    opened_at = models.DateTimeField(_("recorded"))
    updated_at = models.DateTimeField(_("last changed"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    persistent_at = models.DateTimeField(_("persistent since"), null=True, blank=True)

    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("team")
    )
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="cases",
        verbose_name=_("handler"),
    )  # fmt: skip
    named_people = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("named people")
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="cases",
        verbose_name=_("customer"),
    )  # fmt: skip
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="cases",
        verbose_name=_("contact"),
    )  # fmt: skip
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="cases",
        verbose_name=_("product"),
    )  # fmt: skip
    serial = models.CharField(_("serial number"), max_length=80, blank=True)
    batch = models.CharField(_("batch"), max_length=80, blank=True)
    purchased_on = models.DateField(_("purchased on"), null=True, blank=True)
    symptom_codes = ArrayField(
        models.CharField(max_length=24), default=list, blank=True, verbose_name=_("symptom codes")
    )

    title = models.CharField(_("in one line"), max_length=200)
    statement = models.TextField(_("the customer's words"))
    frequency = models.CharField(_("how often"), max_length=200, blank=True)
    since = models.CharField(_("since when"), max_length=200, blank=True)
    expectation = models.TextField(_("what the customer expects"), blank=True)
    already_tried = models.TextField(_("what was already tried"), blank=True)
    emotion = models.PositiveSmallIntegerField(
        _("emotion at first"), choices=Emotion, null=True, blank=True
    )
    style = models.CharField(_("customer style"), max_length=16, choices=CustomerStyle, blank=True)
    origin = models.CharField(_("where it comes from"), max_length=16, choices=Origin, blank=True)
    cause_category = models.CharField(
        _("cause category"), max_length=16, choices=CauseCategory, blank=True
    )
    lesson = models.TextField(_("lesson"), blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="absorbed",
        verbose_name=_("merged into"),
    )  # fmt: skip
    merged_at = models.DateTimeField(_("merged at"), null=True, blank=True)
    merged_from = models.CharField(
        _("stage before the merge"), max_length=12, choices=Stage, blank=True
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children",
        verbose_name=_("grew out of"),
    )  # fmt: skip
    recurrence_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="recurrences",
        verbose_name=_("recurrence of"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            models.CheckConstraint(
                name="case_recurs_of_another",
                condition=Q(recurrence_of__isnull=True) | ~Q(recurrence_of=F("pk")),
            ),
            models.UniqueConstraint(
                name="case_known_once_per_source",
                fields=["source", "external_id"],
                condition=~Q(external_id=""),
            ),
            models.CheckConstraint(name="case_stage_is_known", condition=Q(stage__in=Stage.values)),
            models.CheckConstraint(name="case_kind_is_known", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(
                name="case_closed_at_iff_ended",
                condition=Q(stage__in=[s.value for s in OPEN_STAGES], closed_at__isnull=True)
                | (~Q(stage__in=[s.value for s in OPEN_STAGES]) & Q(closed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="case_merged_iff_into_another",
                condition=Q(
                    stage=Stage.MERGED,
                    merged_into__isnull=False,
                    merged_at__isnull=False,
                    merged_from__in=[s.value for s in OPEN_STAGES],
                )
                | (
                    ~Q(stage=Stage.MERGED)
                    & Q(merged_into__isnull=True, merged_at__isnull=True, merged_from="")
                ),
            ),
            models.CheckConstraint(
                name="case_live_has_customer_and_channel",
                condition=Q(clock_mode=ClockMode.HISTORICAL)
                | (Q(customer__isnull=False) & ~Q(channel="")),
            ),
        ]
        indexes = [
            models.Index(
                name="case_open_by_handler",
                fields=["handler", "stage"],
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(
                name="case_open_by_team",
                fields=["team", "stage"],
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(name="case_by_received", fields=["-received_at", "-id"]),
            models.Index(name="case_by_updated", fields=["updated_at", "id"]),
            models.Index(name="case_by_customer", fields=["customer", "-received_at"]),
            models.Index(name="case_by_product", fields=["product", "-received_at"]),
            models.Index(name="case_by_serial", fields=["serial"], condition=~Q(serial="")),
            models.Index(name="case_by_batch", fields=["batch"], condition=~Q(batch="")),
            GinIndex(
                name="case_words", fields=["title", "statement"],
                opclasses=["gin_trgm_ops", "gin_trgm_ops"],
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_historical(self) -> bool:
        return self.clock_mode == ClockMode.HISTORICAL

    @property
    def is_observed(self) -> bool:
        """True where clocks run and show, and nobody is alerted."""
        return self.clock_mode == ClockMode.OBSERVE

    @property
    def is_silent(self) -> bool:
        """True where nobody is alerted: of what is kept for the record, or only observed."""
        return self.clock_mode != ClockMode.LIVE

    @property
    def sensitivity_enum(self) -> Sensitivity:
        return Sensitivity(self.sensitivity)

    @property
    def clock_mode_enum(self) -> ClockMode:
        return ClockMode(self.clock_mode)

    @property
    def is_restricted(self) -> bool:
        return self.sensitivity == Sensitivity.RESTRICTED


class CaseAccess(models.Model):
    """The trace that reading a restricted case leaves."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="accesses", verbose_name=_("case"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person")
    )
    read_at = models.DateTimeField(_("read at"))

    class Meta:
        verbose_name = _("access to a restricted case")
        verbose_name_plural = _("accesses to restricted cases")
        ordering = ["-read_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.user} read {self.case_id} at {self.read_at:%Y-%m-%d %H:%M}"
