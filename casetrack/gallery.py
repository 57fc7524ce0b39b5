"""Every part that pages are made of, in every state: for those who build pages, and for tests.

The figures are those of Tuesday 17 March 2026, 10:42 in Shanghai. Open in a sandbox only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from objections.clockface import Clock, ClockState
from objections.vocabulary import Emotion, Kind, Promise, Stage
from timekeeping import clock

NOW = datetime(2026, 3, 17, 10, 42, tzinfo=ZoneInfo("Asia/Shanghai"))
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Picture:
    url: str
    thumbnail: str
    alt: str


@dataclass(frozen=True)
class Entry:
    kind: str
    at: datetime
    icon: str
    sentence: object
    recorded_at: datetime | None = None
    quote: str = ""
    detail: str = ""
    images: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class At:
    """As much of a case as a stepper reads."""

    stage: str
    cycle: int = 1


class Sample(forms.Form):
    statement = forms.CharField(
        label=_("What happened, in their own words"),
        help_text=_("Write it as they say it. No tidying up."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind, widget=forms.RadioSelect)
    emotion = forms.TypedChoiceField(
        label=_("How do they feel?"), choices=Emotion, coerce=int, widget=forms.RadioSelect
    )
    serial = forms.CharField(label=_("Serial number"), max_length=4)
    evidence = forms.FileField(label=_("Evidence"), required=False)


def _running(promise: Promise, left: timedelta, allowance: timedelta, *rungs: float) -> Clock:
    """A clock that waits for proof; late if what is left is below nothing."""
    warnings = tuple(timedelta(hours=hours) for hours in rungs)
    warned = any(left + rung <= timedelta(0) for rung in warnings)
    state = ClockState.WARNED if warned else ClockState.RUNNING
    return Clock(
        promise=str(promise.label),
        state=ClockState.BREACHED if left < timedelta(0) else state,
        now=NOW,
        allowance=allowance,
        started_at=NOW + left - allowance,
        due_at=NOW + left,
        remaining=left,
        rungs=warnings,
        level=2 if left < timedelta(0) else 0,
    )


def clocks() -> list[tuple[str, Clock]]:
    """One clock in each state."""
    response = str(Promise.RESPONSE.label)
    acknowledgement = str(Promise.ACKNOWLEDGEMENT.label)
    follow_up = str(Promise.FOLLOW_UP.label)
    quarter = 15 * MINUTE
    paused = Clock(response, ClockState.PAUSED, NOW, 24 * HOUR, remaining=9 * HOUR + 5 * MINUTE,
                   resumes_at=NOW.replace(hour=15, minute=0),
                   rungs=(-6 * HOUR, -2 * HOUR))  # fmt: skip
    kept = Clock(acknowledgement, ClockState.KEPT, NOW, quarter, remaining=9 * MINUTE,
                 kept_at=NOW - HOUR)  # fmt: skip
    late = Clock(acknowledgement, ClockState.ANSWERED_LATE, NOW, quarter, remaining=-22 * MINUTE,
                 answered_at=NOW + 4 * MINUTE)  # fmt: skip
    return [
        ("pending", Clock(follow_up, ClockState.PENDING, NOW, timedelta(days=3))),
        ("running", _running(Promise.CUSTOMER_MESSAGE, 38 * MINUTE, 2 * HOUR)),
        ("warned", _running(Promise.RESPONSE, 5 * HOUR + 43 * MINUTE, 24 * HOUR, -6, -2)),
        ("breached", _running(Promise.PROGRESS_UPDATE, -18 * MINUTE, 8 * HOUR, -2)),
        ("paused", paused),
        ("kept", kept),
        ("answered late", late),
        ("ended", Clock(response, ClockState.ENDED, NOW, 24 * HOUR)),
        ("long", _running(Promise.FOLLOW_UP, timedelta(days=2, hours=3), timedelta(days=3), -24)),
        ("years", _running(Promise.RESPONSE, -timedelta(days=800), 24 * HOUR)),
    ]


def panels() -> list[Clock]:
    day = 24 * HOUR
    return [
        _running(Promise.PROGRESS_UPDATE, 7 * HOUR + 23 * MINUTE, 8 * HOUR, -2),
        _running(Promise.RESPONSE, 5 * HOUR + 43 * MINUTE, day, -6, -2),
        _running(Promise.ACKNOWLEDGEMENT, -22 * MINUTE, 15 * MINUTE, -1 / 12, -1 / 30),
        dict(clocks())["paused"],
    ]


def entries() -> list[Entry]:
    return [
        Entry("clock", NOW - 22 * MINUTE, "breached", _("Acknowledgement breached, Lin Jing told")),
        Entry("us", NOW - 50 * MINUTE, "phone", _("Chen Siyuan called Zhou Min"),
              recorded_at=NOW - 41 * MINUTE),
        Entry("customer", NOW - 52 * MINUTE, "message", _("Zhou Min chose option B"),
              quote="就按 B，今晚换。\nI want no more stops before the 25th."),
        Entry("internal", NOW - 61 * MINUTE, "note", _("Liu Yang added a note"),
              detail="A " + "very-long-word-without-any-break-" * 6),
        Entry("clock", NOW - 20 * HOUR, "paused", _("Response paused")),
        Entry("customer", NOW - 9 * 24 * HOUR, "phone-incoming", _("Zhou Min called")),
    ]  # fmt: skip


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    if not (settings.CASETRACK_SANDBOX or settings.DEBUG):
        raise Http404
    empty = Sample()
    wrong = Sample({"statement": "x", "serial": "far too long", "kind": "objection"})
    moments = {Stage.LISTEN: NOW - 20 * HOUR, Stage.CONFIRM: NOW - 19 * HOUR}
    reached = {**moments, Stage.RESPOND: NOW - 18 * HOUR}
    return render(
        request,
        "components/gallery.html",
        {
            "now": NOW,
            "clocks": clocks(),
            "panels": panels(),
            "lead": _running(
                Promise.ACKNOWLEDGEMENT, timedelta(seconds=252), 15 * MINUTE, -1 / 12, -1 / 30
            ),
            "case_moments": reached,
            "cases": [At(stage) for stage in Stage.values],
            "second_round": At(Stage.RESPOND, 2),
            "entries": entries(),
            "levels": [5, 5, 4, 4, 3],
            "rising": [2, 4],
            "steady": [3, 3],
            "forms": [empty, wrong],
            "reasons": [_("“Who pays for the downtime?” has no answer.")],
            "allowed": [(_("Answer it"), "#answer"), _("Say why not yet")],
        },
    )


@require_safe
@never_cache
def server_clock(request: HttpRequest) -> JsonResponse:
    """Tell a page what time it is here, for its countdowns."""
    return JsonResponse({"now": clock.now().isoformat()})
