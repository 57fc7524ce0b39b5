"""What was told, offered, chosen and given."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from objections.vocabulary import CauseCategory, RemedyKind

from .cases import Case
from .contacts import ContactRecord


class Solution(models.Model):
    """What was told in one round: the cause, and the options."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="solutions")
    cycle = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    cause = models.TextField(blank=True)
    cause_unknown_reason = models.TextField(blank=True)
    cause_category = models.CharField(max_length=16, choices=CauseCategory, blank=True)
    told_in = models.OneToOneField(
        ContactRecord, models.PROTECT, related_name="solution", null=True, blank=True
    )
    communicated_at = models.DateTimeField()
    chosen = models.ForeignKey(
        "Option", models.PROTECT, null=True, blank=True, related_name="chosen_in"
    )
    chosen_at = models.DateTimeField(null=True, blank=True)
    rejected_at = models.DateTimeField(null=True, blank=True)
    reject_reason = models.TextField(blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    carried_out_at = models.DateTimeField(null=True, blank=True)
    proof = models.TextField(blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="solution_numbered", fields=["case", "number"]),
            models.CheckConstraint(
                name="solution_has_cause_or_reason",
                condition=~Q(cause="") | ~Q(cause_unknown_reason=""),
            ),
            models.CheckConstraint(
                name="solution_chosen_iff_at",
                condition=Q(chosen__isnull=True, chosen_at__isnull=True)
                | Q(chosen__isnull=False, chosen_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} #{self.number}"


class Option(models.Model):
    """One way out that the customer may choose."""

    solution = models.ForeignKey(Solution, models.CASCADE, related_name="options")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    benefit = models.TextField(blank=True)
    drawback = models.TextField(blank=True)
    duration = models.DurationField(null=True, blank=True)
    cost = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="option_numbered", fields=["solution", "number"]),
            models.CheckConstraint(
                name="option_cost_not_negative", condition=Q(cost__isnull=True) | Q(cost__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class RemedyLimit(models.Model):
    """How much a role may promise without asking, in the house's currency."""

    role = models.CharField(_("role"), max_length=16, unique=True, choices=Role)
    amount = models.DecimalField(_("limit"), max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = _("remedy limit")
        verbose_name_plural = _("remedy limits")

    def __str__(self) -> str:
        return f"{self.get_role_display()} ≤ {self.amount}"


class ApprovalRule(models.Model):
    """From which cost on two different people must approve, in the house's currency. One row."""

    two_people_above = models.DecimalField(
        _("two people approve above"), max_digits=12, decimal_places=2
    )

    class Meta:
        verbose_name = _("approval by two people")
        verbose_name_plural = _("approval by two people")
        constraints = [
            models.CheckConstraint(name="approval_rule_is_one_row", condition=Q(id=1)),
        ]

    def __str__(self) -> str:
        return f"> {self.two_people_above}"


class Remedy(models.Model):
    """What we give to make good, and who approved it where that is needed.

    ``approvals_needed`` different people must approve; each is a RemedyApproval. The last
    of them is ``decided_by``, at ``approved_at``.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="remedies")
    kind = models.CharField(max_length=16, choices=RemedyKind)
    description = models.TextField()
    cost = models.DecimalField(max_digits=12, decimal_places=2)
    needs_approval = models.BooleanField(default=False)
    approvals_needed = models.PositiveSmallIntegerField(default=1)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "remedies"
        constraints = [
            models.CheckConstraint(name="remedy_cost_not_negative", condition=Q(cost__gte=0)),
            models.CheckConstraint(
                name="remedy_decided_once",
                condition=Q(approved_at__isnull=True) | Q(refused_at__isnull=True),
            ),
            models.CheckConstraint(
                name="remedy_not_approved_by_requester",
                condition=Q(decided_by__isnull=True)
                | Q(proposed_by__isnull=True)
                | ~Q(decided_by=F("proposed_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.cost}"

    @property
    def is_open(self) -> bool:
        return self.needs_approval and self.approved_at is None and self.refused_at is None


class RemedyApproval(models.Model):
    """One person's yes to a remedy."""

    remedy = models.ForeignKey(Remedy, models.PROTECT, related_name="approvals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()

    class Meta:
        ordering = ["approved_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="remedy_approved_once_each", fields=["remedy", "user"]),
        ]

    def __str__(self) -> str:
        return f"{self.remedy_id}: {self.user_id}"


class RefusedDemand(models.Model):
    """A demand that we could not meet: why, by which rule, and what we offered instead."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="refused_demands")
    demand = models.TextField()
    reason = models.TextField()
    rule = models.TextField()
    alternative = models.TextField()
    told_in = models.OneToOneField(ContactRecord, models.PROTECT, related_name="refused_demand")
    refused_at = models.DateTimeField()

    class Meta:
        ordering = ["refused_at", "pk"]

    def __str__(self) -> str:
        return self.demand[:80]
