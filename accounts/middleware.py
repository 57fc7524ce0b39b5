from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from accounts.models import Language, Theme, User

THEME_COOKIE = "casetrack_theme"
YEAR = 365 * 24 * 60 * 60


class PreferencesMiddleware:
    """Shows each person the product in their language, their time zone and their colours.

    Who has chosen no language gets that of the cookie or the browser, which Django's
    own middleware has found before. The theme is ``request.theme``.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        theme = request.COOKIES.get(THEME_COOKIE, "")
        zone = settings.TIME_ZONE
        if isinstance(user, User):
            theme, zone = user.theme, user.time_zone
            if user.language in Language.values:
                translation.activate(user.language)
                request.LANGUAGE_CODE = user.language
        shown = theme if theme in Theme.values else Theme.AUTO
        request.theme = shown  # type: ignore[attr-defined]
        with timezone.override(_zone(zone)):
            return self.get_response(request)


def _zone(name: str) -> ZoneInfo:
    """Return a zone; the site's own where the name is not one."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(settings.TIME_ZONE)
