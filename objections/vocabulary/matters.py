"""What a case is about, and how we speak with the customer."""

from __future__ import annotations

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(TextChoices):
    COMPLAINT = "complaint", _("Complaint")
    OBJECTION = "objection", _("Objection")
    INQUIRY = "inquiry", _("Inquiry")
    THANKS = "thanks", _("Thanks or suggestion")


class Urgency(TextChoices):
    CRISIS = "crisis", _("Crisis")
    URGENT = "urgent", _("Urgent")
    NORMAL = "normal", _("Normal")


class Sensitivity(TextChoices):
    NORMAL = "normal", pgettext_lazy("sensitivity", "Normal")
    RESTRICTED = "restricted", _("Restricted")


class Channel(TextChoices):
    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")
    WEB = "web", _("Web form")
    CHAT = "chat", _("Online chat")
    SOCIAL = "social", _("Social media")
    ON_SITE = "on_site", _("On site")


class Direction(TextChoices):
    INBOUND = "inbound", _("From the customer")
    OUTBOUND = "outbound", _("To the customer")


class Emotion(IntegerChoices):
    CALM = 1, _("calm")
    ANNOYED = 2, _("annoyed")
    UPSET = 3, _("upset")
    ANGRY = 4, _("angry")
    FURIOUS = 5, _("furious")


class CustomerStyle(TextChoices):
    """A hint for one case, never a label on a person."""

    VERY_ANGRY = "very_angry", _("Very angry")
    WELL_PREPARED = "well_prepared", _("Well prepared")
    TALKATIVE = "talkative", _("Talkative")
    TACITURN = "taciturn", _("Taciturn")
    RATIONAL = "rational", _("Rational")
    EMOTIONAL = "emotional", _("Emotional")
    DOMINANT = "dominant", _("Dominant")
    CAUTIOUS = "cautious", _("Cautious")


class Origin(TextChoices):
    """Where an objection comes from."""

    VALUE = "value", _("Value not seen")
    NEED = "need", _("Need not matched")
    TIMING = "timing", _("Wrong time")
    RISK = "risk", _("Fear of risk")
    RELATIONSHIP = "relationship", _("Relationship")
    MISUNDERSTANDING = "misunderstanding", _("Misunderstanding")
    QUALITY = "quality", _("Product quality")
    SERVICE = "service", _("Service")


class CauseCategory(TextChoices):
    DESIGN = "design", _("Design")
    MATERIAL = "material", _("Material or part")
    PRODUCTION = "production", _("Production")
    TRANSPORT = "transport", _("Transport or storage")
    INSTALLATION = "installation", _("Installation")
    USE = "use", _("Use or operation")
    MAINTENANCE = "maintenance", _("Maintenance")
    SERVICE = "service", pgettext_lazy("cause", "Our service")
    INFORMATION = "information", _("Wrong or missing information")
    UNKNOWN = "unknown", _("Not known yet")


class RemedyKind(TextChoices):
    APOLOGY = "apology", _("Apology")
    REPAIR = "repair", _("Repair")
    REPLACEMENT = "replacement", _("Replacement")
    REFUND = "refund", _("Refund")
    DISCOUNT = "discount", _("Discount")
    UPGRADE = "upgrade", _("Upgrade")
    FREE_SERVICE = "free_service", _("Free service")
    OTHER = "other", pgettext_lazy("remedy", "Other")


class AttemptResult(TextChoices):
    NO_ANSWER = "no_answer", _("No answer")
    BUSY = "busy", _("Busy")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    LEFT_MESSAGE = "left_message", _("Left a message")
    CALL_LATER = "call_later", _("Asked us to call later")


class Purpose(TextChoices):
    """What a recorded contact was for."""

    OPENING = "opening", _("What the customer said")
    ACKNOWLEDGEMENT = "acknowledgement", _("Acknowledgement")
    CORRECTION = "correction", _("Correction")
    CONFIRMATION = "confirmation", _("Confirmation")
    SOLUTION = "solution", _("Cause and solution")
    CHOICE = "choice", _("Choice")
    REJECTION = "rejection", _("Rejection")
    PROGRESS = "progress", _("Progress update")
    MESSAGE = "message", _("Customer's message")
    REPLY = "reply", _("Reply")
    ATTEMPT = "attempt", _("Attempt")
    VERDICT = "verdict", _("Verdict")
    REAGREEMENT = "reagreement", _("Re-agreement")
    THANKS = "thanks", _("Thanks")
    REFUSAL = "refusal", _("Refusal of a demand")
    PROTEST = "protest", _("Not satisfied with how it goes")
    INVITATION = "invitation", _("Link to their page")


REACHED_NOBODY = (Purpose.ATTEMPT, Purpose.INVITATION)
"""Contacts of ours by which no person has spoken with the customer."""


class LinkMedium(TextChoices):
    """How a link to the customer's page reaches them."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("Text message")
    BY_HAND = "by_hand", _("I pass it on myself")


class SheetKind(TextChoices):
    NEGOTIATION = "negotiation", _("Negotiation sheet")
    CONFLICT = "conflict", _("Conflict sheet")
