"""What the work inside the stages leaves behind: contacts, questions, solutions, promises."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Client, Role
from objections.vocabulary import (
    AttemptResult,
    CauseCategory,
    Channel,
    Direction,
    Emotion,
    Purpose,
    RemedyKind,
)

from .cases import Case


class ContactRecord(models.Model):
    """One contact with the customer: who said what to whom, when and how.

    ``occurred_at`` is when it took place, ``counts_at`` the moment that a clock may
    use as proof: the same, unless it was recorded more than ten minutes later and no
    supervisor has confirmed it. ``withdrawn_at`` is set when it turns out that it
    never reached anybody, as with an e-mail that bounced.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="contact_records")
    purpose = models.CharField(max_length=16, choices=Purpose)
    direction = models.CharField(max_length=8, choices=Direction)
    channel = models.CharField(max_length=8, choices=Channel)
    with_whom = models.CharField(max_length=120, blank=True)
    words = models.TextField(blank=True)
    emotion = models.PositiveSmallIntegerField(choices=Emotion, null=True, blank=True)
    result = models.CharField(max_length=16, choices=AttemptResult, blank=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    counts_at = models.DateTimeField()
    by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    by_client = models.ForeignKey(Client, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_in = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="answered_messages"
    )
    late_confirmed_at = models.DateTimeField(null=True, blank=True)
    late_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["occurred_at", "pk"]
        indexes = [models.Index(name="contact_by_case", fields=["case", "occurred_at"])]
        constraints = [
            models.CheckConstraint(
                name="contact_counts_between",
                condition=Q(counts_at__gte=F("occurred_at")) & Q(counts_at__lte=F("recorded_at"))
                | Q(counts_at=F("occurred_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.occurred_at:%Y-%m-%d %H:%M}"


class CustomerMail(models.Model):
    """An e-mail to the customer that has to leave the building.

    Its commit is the time of proof. ``sent_at`` and ``failed_at`` are written by the
    relay; a failure withdraws the proof.
    """

    contact_record = models.OneToOneField(
        ContactRecord,
        models.PROTECT,
        related_name="mail",
        primary_key=True,
        verbose_name=_("contact on record"),
    )
    to = models.EmailField(_("recipient"), max_length=254)
    subject = models.CharField(_("subject"), max_length=250)
    body = models.TextField(_("text"))
    message_id = models.CharField(_("message number"), max_length=120, unique=True)
    created_at = models.DateTimeField(_("created at"))
    next_attempt_at = models.DateTimeField(_("next attempt at"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    failed_at = models.DateTimeField(_("failed at"), null=True, blank=True)
    failure = models.CharField(_("last failure"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("e-mail to a customer")
        verbose_name_plural = _("e-mails to customers")
        indexes = [
            models.Index(
                name="mail_to_send",
                fields=["next_attempt_at"],
                condition=Q(next_attempt_at__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="mail_settled_is_silent",
                condition=Q(next_attempt_at__isnull=True)
                | Q(sent_at__isnull=True, failed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.to}: {self.subject}"


class Question(models.Model):
    """A question that the customer asked, numbered from 1 within its case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="questions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_in = models.ForeignKey(
        ContactRecord, models.PROTECT, null=True, blank=True, related_name="answered_questions"
    )
    deferred_reason = models.TextField(blank=True)
    deferred_to = models.ForeignKey(
        "Commitment", models.PROTECT, null=True, blank=True, related_name="questions"
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="question_numbered", fields=["case", "number"]),
            models.CheckConstraint(
                name="question_answered_iff_answer",
                condition=Q(answered_at__isnull=True, answer="")
                | (Q(answered_at__isnull=False) & ~Q(answer="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.text}"


class Restatement(models.Model):
    """The issue in our words, and what the customer said to it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="restatements")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    position = models.TextField(blank=True)
    interest = models.TextField()
    restated_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True, blank=True)
    corrected_at = models.DateTimeField(null=True, blank=True)
    correction = models.TextField(blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="restatement_numbered", fields=["case", "number"]),
            models.CheckConstraint(
                name="restatement_agreed_or_corrected",
                condition=Q(agreed_at__isnull=True) | Q(corrected_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]


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


class Remedy(models.Model):
    """What we give to make good, and who approved it where that is needed."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="remedies")
    kind = models.CharField(max_length=16, choices=RemedyKind)
    description = models.TextField()
    cost = models.DecimalField(max_digits=12, decimal_places=2)
    needs_approval = models.BooleanField(default=False)
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


class Commitment(models.Model):
    """Something that somebody promised the customer, by a time. Numbered within its case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="commitments")
    number = models.PositiveSmallIntegerField()
    what = models.TextField()
    due_at = models.DateTimeField()
    made_at = models.DateTimeField()
    kept_at = models.DateTimeField(null=True, blank=True)
    proof = models.TextField(blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    times_reagreed = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="commitment_numbered", fields=["case", "number"]),
            models.CheckConstraint(
                name="commitment_due_after_made", condition=Q(due_at__gt=F("made_at"))
            ),
        ]

    def __str__(self) -> str:
        return self.what[:80]

    @property
    def is_open(self) -> bool:
        return self.kept_at is None and self.voided_at is None


class HandOver(models.Model):
    """A question passed to another department or an expert. Numbered within its case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="hand_overs")
    number = models.PositiveSmallIntegerField()
    question = models.TextField()
    department = models.CharField(max_length=120, blank=True)
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="hand_over_numbered", fields=["case", "number"]),
            models.CheckConstraint(
                name="hand_over_goes_to_somebody",
                condition=~Q(department="") | Q(to_user__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.question[:80]

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.voided_at is None


class Verdict(models.Model):
    """What the customer said when we asked again."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="verdicts")
    cycle = models.PositiveSmallIntegerField()
    satisfied = models.BooleanField()
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    words = models.TextField(blank=True)
    given_at = models.DateTimeField()

    class Meta:
        ordering = ["given_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="verdict_score_1_to_5",
                condition=Q(score__isnull=True) | Q(score__gte=1, score__lte=5),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.score}"


class Note(models.Model):
    """A remark among ourselves. Never shown to the customer, never keeps a promise."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="notes")
    text = models.TextField()
    written_at = models.DateTimeField()
    by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    by_client = models.ForeignKey(Client, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["written_at", "pk"]

    def __str__(self) -> str:
        return self.text[:80]


class Evidence(models.Model):
    """A file that shows something. Stored outside the web root under a name of ours."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="evidence")
    name = models.CharField(max_length=200)
    stored_as = models.CharField(max_length=120, unique=True)
    content_type = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    caption = models.CharField(max_length=200, blank=True)
    attached_at = models.DateTimeField()
    by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    by_client = models.ForeignKey(Client, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["attached_at", "pk"]
        verbose_name_plural = "evidence"

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        return self.content_type.startswith("image/")
