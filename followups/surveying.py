"""Asking several customers at once, each by a link to a page of their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from objections import steps
from objections.actors import Actor
from objections.errors import Refused
from objections.locking import lock
from objections.models import Case
from objections.permissions import visible_to
from objections.services.stepping import take_step
from objections.vocabulary import LinkMedium, Stage

AGAIN_AFTER = timedelta(hours=1)
"""No customer is asked by a second message sooner: it would be a slip of the finger. Ours."""


class NotFollowedUp(Refused):
    """The case stands in another stage."""

    @property
    def sentence(self) -> str:
        return _("This case is not being followed up.")


class AskedJustNow(Refused):
    """A message with a link went to this customer within the hour."""

    @property
    def sentence(self) -> str:
        return _("This customer was sent a link less than an hour ago.")


@dataclass(slots=True)
class Surveyed:
    """How many links were made, and which cases were refused one, with the reason."""

    sent: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


def survey(references: Iterable[str], medium: LinkMedium, *, by: User, now: datetime) -> Surveyed:
    """Send each of these cases' customers a link, each case for itself.

    What cannot be sent (no address, another team's case, another stage) is named, and
    stops none of the others. Sent twice from the same page, each customer is asked once.
    """
    result = Surveyed()
    found = visible_to(by).filter(reference__in=list(references))
    for case in found.select_related("customer", "contact", "product").order_by("pk"):
        try:
            _ask(case, medium, by=by, now=now)
        except Refused as refused:
            result.refused.append((case.reference, refused.sentence))
        else:
            result.sent += 1
    return result


@transaction.atomic
def _ask(case: Case, medium: LinkMedium, *, by: User, now: datetime) -> None:
    locked = lock(case)
    if locked.stage != Stage.FOLLOW_UP:
        raise NotFollowedUp
    asked = locked.links.filter(created_at__gt=now - AGAIN_AFTER, revoked_at=None)
    if asked.exclude(medium=LinkMedium.BY_HAND).exists():
        raise AskedJustNow
    step = steps.Invite(medium=medium, words=words(case))
    take_step(case, step, by=Actor.person(by), now=now)


def words(case: Case) -> str:
    """Return what stands above the link, in the customer's language."""
    language = (case.customer.language if case.customer else "") or settings.LANGUAGE_CODE
    with translation.override(language):
        name = case.contact or case.customer or ""
        return _(
            "Hello {name},\n\nwe have carried out what we agreed ({reference}). Is it really"
            " solved, and are you content? Please tell us here; it takes a minute."
        ).format(name=name, reference=case.reference)
