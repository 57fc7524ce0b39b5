"""The address of a customer's own page: signed by us, so that nobody can guess or make one."""

from __future__ import annotations

import re
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as written
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import Language
from objections.models import Case, CustomerLink
from objections.vocabulary import Stage

SALT = "casetrack.customer-link"
LONGEST_TOKEN = 120
CHINESE = re.compile(r"[\u4e00-\u9fff]")
DIALLED = re.compile(r"\+?[0-9]{5,20}")
AROUND_DIGITS = re.compile(r"[\s().\-–/]")

WORDS: dict[str, str | Lazy] = {
    Stage.CONFIRM: gettext_lazy(
        "We have written down what we understood. Please see whether it is right: one tap, or"
        " tell us what is not."
    ),
    Stage.RESPOND: gettext_lazy(
        "Here you can read what we found, choose what suits you best, and write to us at any time."
    ),
    Stage.FOLLOW_UP: gettext_lazy(
        "Is it really solved? Please tell us how it went. It takes less than a minute."
    ),
}
ANY_STAGE = gettext_lazy("Here you can see at any time how your matter stands, and write to us.")


def token(link: CustomerLink) -> str:
    """Return the part of the address that opens the page."""
    return signing.Signer(salt=SALT).sign(link.key.hex)


def address(link: CustomerLink) -> str:
    """Return the whole address, as it is sent to the customer."""
    return f"{settings.CASETRACK_BASE_URL}{reverse('customer-page', args=[token(link)])}"


def find(given: str) -> CustomerLink | None:
    """Return the link of a token; None for one that we did not make."""
    if len(given) > LONGEST_TOKEN:
        return None
    try:
        key = UUID(hex=signing.Signer(salt=SALT).unsign(given))
    except (signing.BadSignature, ValueError):
        return None
    found = CustomerLink.objects.filter(key=key)
    return found.select_related("case__customer", "case__product", "case__contact").first()


def language_of(case: Case) -> str:
    """Return the language to speak with this customer.

    It is the one on their record; where none is, Chinese if they complained in Chinese, else
    the house's own.
    """
    known = case.customer.language if case.customer else ""
    if known:
        return known
    if CHINESE.search(case.statement):
        return Language.SIMPLIFIED
    return settings.LANGUAGE_CODE


def words(stage: str) -> str:
    """Return what stands above a link where nobody wrote anything, in the active language."""
    return str(WORDS.get(stage, ANY_STAGE))


def texts_leave() -> bool:
    """Tell whether there is a gateway through which text messages leave."""
    return bool(settings.CASETRACK_SMS_GATEWAY)


def number(typed: str) -> str:
    """Return a phone number as a gateway takes it, digits alone; nothing for what is none."""
    digits = AROUND_DIGITS.sub("", typed)
    return digits if DIALLED.fullmatch(digits) else ""


def until(link: CustomerLink) -> str:
    """Return until when a link works, in the active language and the house's own time."""
    with timezone.override(settings.TIME_ZONE):
        return written(timezone.localtime(link.expires_at), pgettext("date format: day", "j F"))


def house() -> str:
    """Return the name by which customers know us."""
    return settings.CASETRACK_HOUSE_NAME or _("Customer service")
