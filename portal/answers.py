"""The pages that have nothing to show of a case, each in plain words."""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from objections import links

Words = tuple[str | Lazy, str | Lazy]

PLAIN: dict[str, Words] = {
    "unknown": (
        _("This link opens nothing"),
        _("Part of the address may be missing. Please open it once more from our message."),
    ),
    "ended": (
        _("This link has ended"),
        _(
            "For your safety a link works for a limited time only. Nothing is lost: write or call,"
            " and we send you a new one."
        ),
    ),
    "elsewhere": (
        _("We look after this together with another matter"),
        _("So this page has nothing of its own any more. Please write or call to hear more."),
    ),
    "often": (
        _("One moment, please"),
        _("This page was asked for very often. Nothing was changed. Try again in a minute."),
    ),
    "large": (
        _("This is more than the page can take"),
        _("Nothing was changed. Please go back and say it in fewer words."),
    ),
    "unreadable": (
        _("We could not read that"),
        _("Nothing was changed. Please open the page once more from our message."),
    ),
    "broken": (
        _("Something went wrong on our side"),
        _("Nothing was changed. Please go back and send it again, or write or call."),
    ),
    "away": (
        _("Not available just now"),
        _("Nothing was changed. Please go back in a minute and send it again."),
    ),
}
"""A heading and a sentence."""


def house() -> dict[str, str]:
    """Return what the page says of us: our name, and how a person is reached."""
    phone = settings.CASETRACK_HOUSE_PHONE
    return {
        "house": links.house(),
        "phone": phone,
        "dial": "".join(sign for sign in phone if sign.isdigit() or sign == "+"),
        "email": settings.CASETRACK_HOUSE_EMAIL,
    }


def trouble(which: str) -> str:
    """Return such a page where nothing but its words can be relied upon."""
    title, text = PLAIN[which]
    return render_to_string("portal/plain.html", {"title": title, "text": text, **house()})


def plain(request: HttpRequest, which: str, *, status: int = HTTPStatus.OK) -> HttpResponse:
    """Return a page of words alone, and how we are reached."""
    title, text = PLAIN[which]
    context = {"title": title, "text": text, **house()}
    return render(request, "portal/plain.html", context, status=status)
