"""The page that shows a year of a calendar, where it is filled and published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from timekeeping import clock, year_view, years
from timekeeping.calendars import BadCalendar
from timekeeping.editions import draft, hours, newest, publish, standing
from timekeeping.models import Calendar
from timekeeping.public_holidays import PlaceUnknown

if TYPE_CHECKING:
    from timekeeping.admin import CalendarAdmin

FIRST_YEAR, LAST_YEAR = 1970, 2200


def page(office: CalendarAdmin, request: HttpRequest, pk: int, year: int) -> HttpResponse:
    """Show a year. A POST fills it from its library (`fill`) or publishes (`publish`)."""
    calendar = get_object_or_404(Calendar, pk=pk)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    if not office.has_view_permission(request, calendar):
        raise PermissionDenied
    if request.method == "POST":
        if not office.has_change_permission(request, calendar):
            raise PermissionDenied
        _do(office, request, calendar, year)
        return HttpResponseRedirect(request.path)
    context = office.admin_site.each_context(request) | _shown(calendar, year)
    context |= {"opts": office.opts, "may_change": office.has_change_permission(request, calendar)}
    return TemplateResponse(request, "admin/timekeeping/calendar/year.html", context)


def _do(office: CalendarAdmin, request: HttpRequest, calendar: Calendar, year: int) -> None:
    now = clock.now()
    try:
        if "fill" in request.POST:
            _tell_filled(office, request, years.fill(calendar, [year], now=now), year)
        else:
            office.tell_published(request, calendar, publish(calendar, now=now))
    except BadCalendar as trouble:
        office.message_user(request, trouble.reason, messages.ERROR)
    except PlaceUnknown as unknown:
        words = _("Nobody here knows the public holidays of %(place)s.")
        office.message_user(request, words % {"place": unknown}, messages.ERROR)


def _tell_filled(
    office: CalendarAdmin, request: HttpRequest, filled: years.Filled, year: int
) -> None:
    if year in filled.unknown:
        words = _("%(source)s does not have %(year)s yet.")
        told = words % {"source": filled.unknown[year], "year": year}
        office.message_user(request, told, messages.ERROR)
    elif filled.by_hand:
        words = _("%(year)s was published by hand and stays as it is.")
        office.message_user(request, words % {"year": year}, messages.WARNING)
    elif filled.edition:
        office.tell_published(request, filled.calendar, filled.edition)
    elif filled.waits:
        words = _("Filled from %(source)s. Publish it together with the other changes.")
        office.message_user(request, words % {"source": filled.known[year]}, messages.WARNING)
    else:
        office.message_user(request, _("Nothing has changed."))


def _shown(calendar: Calendar, year: int) -> dict[str, Any]:
    found = standing(calendar)
    in_force = newest(calendar)
    months: list[year_view.Month] = []
    if not found.trouble:
        published = hours(in_force) if in_force else None
        months = year_view.months(calendar, year, draft(calendar), published)
    return {
        "title": _("%(calendar)s in %(year)s") % {"calendar": calendar, "year": year},
        "calendar": calendar,
        "year": year,
        "before": year - 1 if year > FIRST_YEAR else None,
        "after": year + 1 if year < LAST_YEAR else None,
        "standing": found,
        "published": calendar.years.filter(year=year).first(),
        "months": months,
        "weekdays": year_view.weekdays(),
        "legend": year_view.legend(),
    }
