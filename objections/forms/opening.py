"""The form that opens a case, while the customer is still on the line."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role, User
from customers.models import Contact, Customer, Product, Tier
from objections import evidence
from objections.errors import FieldInvalid
from objections.forms.fields import (
    NO_CHOICE,
    FilesField,
    FilesInput,
    LinesField,
    MomentField,
    OneLineField,
    TextField,
)
from objections.openings import Opening
from objections.selectors import intake
from objections.steps import Acknowledge, Attach, LinkRecurrence, Step
from objections.vocabulary import (
    Channel,
    CustomerStyle,
    Emotion,
    Kind,
    Origin,
    Sensitivity,
    Urgency,
)

SOURCE = "browser"
"""The source of cases opened on our own pages; the form's key is the number there."""

CODE_LENGTH = 24
WORKING_ROLES = (Role.ENGINEER, Role.SUPERVISOR, Role.MANAGER)
_WHO = re.compile(r"(\d{1,12})(?::(\d{1,12}))?")


def _radio(label: Any, kind: Any, *, order: Any = None, **options: Any) -> forms.TypedChoiceField:
    choices = [(str(one.value), one.label) for one in order or kind]
    return forms.TypedChoiceField(
        label=label, choices=choices, coerce=_coerced(kind), empty_value=None,
        widget=forms.RadioSelect, **options,
    )  # fmt: skip


def _choice(label: Any, kind: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=[NO_CHOICE, *kind.choices], coerce=kind, empty_value=None,
        required=False,
    )  # fmt: skip


def _coerced(kind: Any) -> Any:
    return (lambda value: kind(int(value))) if kind is Emotion else kind


class OpeningForm(forms.Form):
    """What the customer says, and who they are.

    ``key`` makes a second submit harmless, and ``spoke_at`` starts the clock; a draft keeps
    both, so that a submit that was lost on its way is the same one when it is sent again.
    """

    key = forms.UUIDField(widget=forms.HiddenInput(attrs={"data-kept": "1"}))
    spoke_at = MomentField(widget=forms.HiddenInput(attrs={"data-kept": "1"}))
    received_at = MomentField(
        label=gettext_lazy("When the customer spoke"), required=False,
        help_text=gettext_lazy("Empty: when this page was opened."),
    )  # fmt: skip

    customer_q = forms.CharField(
        label=gettext_lazy("Who is speaking?"), required=False, max_length=200
    )
    who = forms.CharField(required=False, max_length=30)
    new_customer = OneLineField(
        label=gettext_lazy("Customer"), required=False, max_length=200,
        help_text=gettext_lazy("A company, or a private customer’s name."),
    )  # fmt: skip
    new_contact = OneLineField(label=gettext_lazy("Contact"), required=False, max_length=120)
    new_phone = OneLineField(label=gettext_lazy("Phone"), required=False, max_length=40)
    new_email = forms.EmailField(label=gettext_lazy("E-mail"), required=False, max_length=254)
    new_tier = _radio(gettext_lazy("Tier"), Tier, required=False, initial=Tier.STANDARD)

    statement = TextField(
        label=gettext_lazy("What happened, in their own words"), rows=5,
        help_text=gettext_lazy("Write it as they say it. No tidying up."),
    )  # fmt: skip
    title = OneLineField(
        label=gettext_lazy("In one line"), required=False, max_length=200,
        help_text=gettext_lazy("Empty: the beginning of their words."),
    )  # fmt: skip
    questions = LinesField(
        label=gettext_lazy("Questions they asked"), required=False,
        placeholder=gettext_lazy("Another question, then Enter"),
        help_text=gettext_lazy("Each one has to be answered before the solution can be sent."),
    )  # fmt: skip
    emotion = _radio(gettext_lazy("How do they feel?"), Emotion, required=False)

    product_q = forms.CharField(label=gettext_lazy("Product"), required=False, max_length=200)
    product = forms.ModelChoiceField(Product.objects.all(), required=False)
    new_brand = OneLineField(label=gettext_lazy("Brand"), required=False, max_length=120)
    new_model = OneLineField(label=gettext_lazy("Model"), required=False, max_length=200)
    serial = OneLineField(label=gettext_lazy("Serial number"), required=False, max_length=80)
    batch = OneLineField(label=gettext_lazy("Batch"), required=False, max_length=80)
    purchased_on = forms.DateField(
        label=gettext_lazy("Bought on"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    since = OneLineField(label=gettext_lazy("Since when"), required=False, max_length=200)
    frequency = OneLineField(label=gettext_lazy("How often"), required=False, max_length=200)
    expectation = TextField(
        label=gettext_lazy("What would put it right for them?"), required=False, rows=2
    )
    already_tried = TextField(label=gettext_lazy("What was already tried"), required=False, rows=2)
    symptom_codes = OneLineField(
        label=gettext_lazy("Symptom codes"), required=False, max_length=400,
        help_text=gettext_lazy("Separated by commas or blanks."),
    )  # fmt: skip

    style = _choice(gettext_lazy("How they are today"), CustomerStyle)
    origin = _choice(gettext_lazy("Where it comes from"), Origin)

    kind = _radio(gettext_lazy("Kind"), Kind, initial=Kind.COMPLAINT)
    urgency = _radio(
        gettext_lazy("Urgency"), Urgency, initial=Urgency.NORMAL,
        order=(Urgency.NORMAL, Urgency.URGENT, Urgency.CRISIS),
    )  # fmt: skip
    channel = _radio(gettext_lazy("Channel"), Channel, initial=Channel.PHONE)
    sensitivity = _radio(
        gettext_lazy("Sensitivity"), Sensitivity, initial=Sensitivity.NORMAL,
        help_text=gettext_lazy("Restricted: for all but the people concerned it does not exist."),
    )  # fmt: skip
    named_people = forms.ModelMultipleChoiceField(
        User.objects.filter(is_active=True, role__in=WORKING_ROLES).order_by("display_name"),
        label=gettext_lazy("Who may see it"), required=False,
        help_text=gettext_lazy("For a restricted case. The handler and whoever is told of it may."),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    attachments = FilesField(
        label=gettext_lazy("Evidence"), required=False,
        widget=FilesInput(attrs={"accept": ",".join(f".{ending}" for ending in evidence.TYPES)}),
    )  # fmt: skip
    recurrence_of = OneLineField(label=gettext_lazy("Recurrence of"), required=False, max_length=30)

    acknowledged = forms.BooleanField(
        required=False,
        label=gettext_lazy(
            "I have thanked them, said back what I heard, and told them what happens next"
        ),
    )
    ack_channel = _radio(
        gettext_lazy("How you spoke"), Channel, required=False, initial=Channel.PHONE
    )
    ack_with = OneLineField(label=gettext_lazy("With whom"), required=False, max_length=120)
    ack_summary = TextField(
        label=gettext_lazy("What you said back"), required=False,
        widget=forms.Textarea(attrs={"rows": 2, "data-composer": "acknowledge"}),
    )  # fmt: skip
    ack_next_step = OneLineField(
        label=gettext_lazy("What happens next"), required=False, max_length=300
    )
    ack_next_by = MomentField(label=gettext_lazy("By when"), required=False)

    customer: Customer | None = None
    contact: Contact | None = None

    @classmethod
    def blank(cls, now: datetime) -> OpeningForm:
        """Return an empty form whose customer begins to speak now."""
        return cls(initial={"key": uuid.uuid4(), "spoke_at": now.isoformat()})

    def renewed(self) -> OpeningForm:
        """Return the same words under a new key, so that they open a case of their own."""
        data = cast(QueryDict, self.data).copy()
        data["key"] = str(uuid.uuid4())
        return OpeningForm(data, self.files)

    def clean_who(self) -> str:
        value: str = self.cleaned_data["who"]
        if not value:
            return value
        found = _WHO.fullmatch(value)
        self.customer = Customer.objects.filter(pk=found[1]).first() if found else None
        if found and self.customer and found[2]:
            self.contact = self.customer.contacts.filter(pk=found[2]).first()
        if self.customer is None or (found and found[2] and self.contact is None):
            self.customer = self.contact = None
            raise forms.ValidationError(_("This customer is not known any more: choose again."))
        return value

    def clean_symptom_codes(self) -> tuple[str, ...]:
        codes = tuple(filter(None, re.split(r"[\s,;，；、]+", self.cleaned_data["symptom_codes"])))
        if any(len(code) > CODE_LENGTH for code in codes):
            longest = _("A code has at most {count} characters.").format(count=CODE_LENGTH)
            raise forms.ValidationError(longest)
        return tuple(dict.fromkeys(codes))

    def clean_attachments(self) -> list[UploadedFile]:
        files: list[UploadedFile] = self.cleaned_data["attachments"]
        problems = []
        for file in files:
            try:
                evidence.check(file)
            except FieldInvalid as refused:
                problems.append(f"{file.name}: {refused.sentence}")
        if problems:
            raise forms.ValidationError(problems)
        return files

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("who") and not data.get("new_customer") and "who" not in self.errors:
            data["new_customer"] = data.get("new_contact") or self._unknown(data)
            if not data["new_customer"]:
                self.add_error("customer_q", _("Choose the customer, or write down a new one."))
        if data.get("new_brand") and not data.get("new_model"):
            self.add_error("new_model", _("Name the model, too."))
        if data.get("acknowledged"):
            self._complete_acknowledgement(data)
        return data

    def _unknown(self, data: dict[str, Any]) -> str:
        """Return the name that was typed where nobody is known by it; a number is no name."""
        typed = " ".join(str(data.get("customer_q") or "").split())
        is_name = any(sign.isalpha() for sign in typed) and "@" not in typed
        return typed if is_name and not intake.customers(typed) else ""

    def _complete_acknowledgement(self, data: dict[str, Any]) -> None:
        for name in ("ack_channel", "ack_summary", "ack_next_step", "ack_next_by"):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, _("This belongs to the acknowledgement."))

    def opening(
        self, customer: Customer, contact: Contact | None, product: Product | None
    ) -> Opening:
        """Return what was typed as the value that opens a case."""
        data = self.cleaned_data
        plain = (
            "statement", "title", "questions", "emotion", "serial", "batch", "purchased_on",
            "since", "frequency", "expectation", "already_tried", "symptom_codes", "kind",
            "urgency", "channel", "sensitivity", "style", "origin",
        )  # fmt: skip
        return Opening(
            customer=customer, contact=contact, product=product, source=SOURCE,
            external_id=str(data["key"]), received_at=data["received_at"] or data["spoke_at"],
            named_people=tuple(data["named_people"]),
            **{name: data[name] for name in plain},
        )  # fmt: skip

    def steps(self) -> Sequence[Step]:
        """Return what was done in the same talk: the link, the acknowledgement, the evidence."""
        data = self.cleaned_data
        taken: list[Step] = []
        if data["recurrence_of"]:
            taken.append(LinkRecurrence(of=data["recurrence_of"]))
        if data["acknowledged"]:
            taken.append(
                Acknowledge(
                    channel=data["ack_channel"],
                    with_whom=data["ack_with"],
                    summary=data["ack_summary"],
                    next_step=data["ack_next_step"],
                    next_by=data["ack_next_by"],
                    emotion=data["emotion"],
                )
            )
        return [*taken, *(Attach(file=file) for file in data["attachments"])]

    @property
    def new_customer_fields(self) -> list[BoundField]:
        return [self[name] for name in ("new_contact", "new_phone", "new_email")]

    @property
    def makes_new_customer(self) -> bool:
        """True where the fields of a new customer are in use, and so must be open."""
        names = ("new_customer", "new_contact", "new_phone", "new_email")
        return any(self[name].value() or self[name].errors for name in names)

    @property
    def makes_new_product(self) -> bool:
        names = ("new_brand", "new_model")
        return any(self[name].value() or self[name].errors for name in names)

    @property
    def tells_more(self) -> bool:
        """True where something in the fold is filled in or wrong, and so it must be open."""
        names = (
            "title", "since", "frequency", "expectation", "already_tried", "symptom_codes", "style",
            "origin",
        )  # fmt: skip
        return any(self[name].value() or self[name].errors for name in names)
