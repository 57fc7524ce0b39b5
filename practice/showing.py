"""The page of a rehearsal, rendered while it is played."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

from objections import demands
from objections.clockface import Clock
from objections.errors import Refused
from objections.forms import words
from objections.forms.steps import StepForm
from objections.selectors import case_page, timelines, work_tabs
from objections.selectors.case_clocks import Clocks
from objections.selectors.case_page import CasePage
from objections.views.pages import PLAIN, TEMPLATES
from objections.views.refusals import Refusal, not_complete, refuse
from objections.vocabulary import Action
from practice.debrief import Debrief
from practice.models import Turn
from practice.playing import Play
from practice.said import Saying
from timekeeping import wording

MORE = "more"
OFFERED = (
    Action.ACKNOWLEDGE, Action.RESTATE, Action.CORRECT, Action.CONFIRM,
    Action.COMMUNICATE_SOLUTION, Action.CHOOSE, Action.REJECT_SOLUTION, Action.REFUSE_DEMAND,
    Action.CARRY_OUT, Action.CLOSE_SATISFIED, Action.NOT_SATISFIED, Action.RECORD_ATTEMPT,
    Action.CLOSE_UNREACHABLE, Action.REOPEN, Action.UPDATE_PROGRESS, Action.REPLY, Action.COMMIT,
    Action.KEEP_COMMITMENT, Action.REAGREE_COMMITMENT, Action.HAND_OVER, Action.PAUSE,
    Action.RESUME, Action.NOTE,
)  # fmt: skip
"""What can be practised. Files, links and other cases would leave the rehearsal."""


@dataclass(frozen=True)
class FrozenClock(Clock):
    """A clock of a time that stands still: drawn as it is, and never ticked by the page."""

    @property
    def ticks(self) -> bool:
        return False


def frozen(clock: Clock) -> FrozenClock:
    return FrozenClock(**{one.name: getattr(clock, one.name) for one in fields(Clock)})


@dataclass(frozen=True, slots=True)
class Panel:
    clock: FrozenClock
    keeps: str = ""
    lead: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A saying as the page shows it."""

    who: str
    at: datetime
    text: str
    heat: int
    label: str


def stage(
    request: HttpRequest,
    play: Play,
    turns: int,
    *,
    do: str = "",
    form: StepForm | None = None,
    refused: Refused | None = None,
) -> tuple[str, int]:
    """Render a rehearsal as it stands, with one form open; return it and the answer's status.

    It is rendered here, without the shell: what the shell counts is real.
    """
    refusal = _refusal(form, refused)
    page = case_page.of(play.case, play.user, play.now)
    context = {
        "play": play,
        "rehearsal": play.rehearsal,
        "scenario": play.scenario,
        "words": play.words,
        "page": page,
        "case": play.case,
        "now": play.now,
        "case_moments": page.moments,
        "clocks": _clocks(page.clocks),
        "lines": lines(play),
        "timeline": timelines.timeline_of(play.case, play.now).entries,
        "refusal": refusal,
        "turns": turns,
        "csrf_token": get_token(request),
        **_work(play, page, do, form),
    }
    status = refusal.status if refusal else 200
    return render_to_string("practice/stage.html", context), int(status)


def debrief(play: Play, seen: Debrief) -> str:
    """Render how a rehearsal went, while it is played."""
    clocks = [(frozen(one.clock), one.late_words) for one in seen.clocks]
    context = {
        "play": play, "seen": seen, "clocks": clocks, "lines": lines(play), "now": play.now,
        "rehearsal": play.rehearsal, "words": play.words,
    }  # fmt: skip
    return render_to_string("practice/debrief.html", context)


def lines(play: Play) -> list[Line]:
    """Return what was said, in the words of the page."""
    return [_line(one) for one in play.sayings]


def _line(one: Saying) -> Line:
    label = ""
    if one.who == "us":
        label = str(Action(one.action).label)
    if one.who == Turn.WAIT:
        label = wording.duration(one.passed)
    return Line(one.who, one.at, one.text, one.heat, label)


def _refusal(form: StepForm | None, refused: Refused | None) -> Refusal | None:
    if form is None:
        return None
    if refused is None:
        return not_complete()
    found = refuse(refused, form)
    allowed = [action for action in found.allowed if action in OFFERED]
    return Refusal(found.title, found.reasons, allowed, found.is_stale, found.status)


def _clocks(clocks: Clocks) -> dict[str, Any]:
    running = [Panel(frozen(one.clock), one.keeps, one.lead) for one in clocks.running]
    return {
        "running": running,
        "others": [Panel(frozen(one.clock)) for one in clocks.others],
        "later": clocks.later,
    }


def _work(play: Play, page: CasePage, do: str, form: StepForm | None) -> dict[str, Any]:
    """Return the tabs of the work and the one form that is open."""
    offer = work_tabs.offer(page)
    tabs = [one for one in offer.tabs if one in OFFERED]
    others = [one for one in offer.others if one in OFFERED]
    chosen = do if form is not None or do == MORE else _chosen(page, [*tabs, *others], do)
    action = Action(chosen) if chosen in Action.values else None
    if form is None and action is not None:
        form = play.form(action)
    lacking = demands.standing(page.case, action) if action and form else []
    return {
        "tabs": [(one.value, words.TABS.get(one, one.label)) for one in tabs],
        "others": [(one.value, one.label) for one in others],
        "do": chosen,
        "asked": True,
        "form": form,
        "form_template": TEMPLATES.get(action, PLAIN) if action else "",
        "submit": words.SUBMIT.get(action, "") if action else "",
        "missing": [one.sentence for one in lacking if form and form.place(one) is None],
    }


def _chosen(page: CasePage, offered: list[Action], do: str) -> str:
    """Return which form is open: the one asked for, else the next step's, else the first."""
    if do in [one.value for one in offered]:
        return do
    if page.next is not None and page.next.action in offered:
        return page.next.action.value
    return offered[0].value if offered else ""
