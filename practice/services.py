"""Beginning a rehearsal, taking turns in it, ending it: the only writers of its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.forms.formsets import BaseFormSet

from accounts.models import Language, Team, User
from objections.errors import DemandUnmet, NotPermitted, Refused
from objections.forms.steps import StepForm
from objections.permissions import may_open
from objections.vocabulary import Action
from practice import coaching
from practice.errors import RehearsalMoved, RehearsalOver, TooManyTurns
from practice.models import RefusedTry, Rehearsal, Turn
from practice.playing import Play, Posted, offset_of, played
from practice.scenarios import Scenario, scenarios
from practice.script import Facts
from timekeeping import editions
from timekeeping.calendars import next_opening

MOST_TURNS = 80
NINE = time(9)
WAITS = {"5m": timedelta(minutes=5), "1h": timedelta(hours=1), "8h": timedelta(hours=8)}

Page = TypeVar("Page")
Show = Callable[[Play, StepForm, Refused | None], Page]


def start(user: User, scenario: Scenario, *, language: str, now: datetime) -> Rehearsal:
    """Begin a rehearsal. Its own time begins on a Monday at nine. Refuses who opens no case."""
    if not may_open(user):
        raise NotPermitted(Action.OPEN)
    team = user.teams.order_by("pk").first() or Team.objects.filter(is_default=True).first()
    return Rehearsal.objects.create(
        user=user, team=team, scenario=scenario.key, time_zone=user.time_zone,
        language=language if language in Language.values else Language.ENGLISH,
        begins_at=beginning(team, now), started_at=now,
    )  # fmt: skip


def beginning(team: Team | None, now: datetime) -> datetime:
    """Return the next Monday at nine in the team's zone; where it is closed then, when it opens."""
    hours = editions.hours(editions.edition_for(team.calendar if team else None))
    today = now.astimezone(hours.zone).date()
    monday = today + timedelta(days=7 - today.weekday())
    return next_opening(hours, datetime.combine(monday, NINE, hours.zone)).at


@transaction.atomic
def take(
    rehearsal: Rehearsal, action: Action, posted: Posted, *, after: int, show: Show[Page]
) -> Page | None:
    """Take a step in a rehearsal, and return None.

    ``after`` is how many turns there were when the form was opened; what comes twice is
    taken once. Where the form or the product refuses, the try is written down, and ``show``
    makes the answer while the play lasts. Raises what ``practice.errors`` has.
    """
    turns, again = _taken(rehearsal, after, action.value, posted)
    if again:
        return None
    with played(rehearsal, scenarios()[rehearsal.scenario], turns) as play:
        form, page, refused = play.form(action, posted), None, None
        offset, kept, reaction = offset_of(play), _kept(form, posted), []
        facts = None
        try:
            facts = play.step(form) if form.is_valid() else None
        except Refused as error:
            refused = error
        if facts is None:
            page = show(play, form, refused)
        else:
            reaction = play.react(_coached(play, facts))
    if facts is None:
        RefusedTry.objects.create(
            rehearsal=rehearsal, offset=offset, action=action.value, lacked=_lacked(refused)
        )
        return page
    _write(rehearsal, turns, offset, action.value, kept, reaction)
    return None


@transaction.atomic
def wait(rehearsal: Rehearsal, length: timedelta, *, after: int) -> None:
    """Let simulated time pass. Asked twice from the same page, it passes once."""
    turns, again = _taken(rehearsal, after, Turn.WAIT, {})
    if again:
        return
    with played(rehearsal, scenarios()[rehearsal.scenario], turns) as play:
        reaction = play.react(play.let_pass(play.now + length))
        offset = offset_of(play)
    _write(rehearsal, turns, offset, Turn.WAIT, {}, reaction)


def finish(rehearsal: Rehearsal, *, now: datetime) -> None:
    """End a rehearsal; one that has ended stays as it is."""
    Rehearsal.objects.filter(pk=rehearsal.pk, ended_at=None).update(ended_at=now)


def share(rehearsal: Rehearsal, shared: bool, *, now: datetime) -> None:
    """Let the team see a rehearsal, or see it no more."""
    Rehearsal.objects.filter(pk=rehearsal.pk).update(shared_at=now if shared else None)


def _taken(
    rehearsal: Rehearsal, after: int, action: str, posted: Posted
) -> tuple[Sequence[Turn], bool]:
    """Lock a rehearsal, and return its turns, and whether this one is the last of them."""
    locked = Rehearsal.objects.select_for_update().get(pk=rehearsal.pk)
    if locked.is_over:
        raise RehearsalOver
    turns = list(locked.turns.all())
    if after != len(turns):
        last = turns[-1] if turns and after == len(turns) - 1 else None
        if last is None or last.action != action or not _same(last.posted, posted):
            raise RehearsalMoved
        return turns, True
    if len(turns) >= MOST_TURNS:
        raise TooManyTurns
    return turns, False


def _same(kept: Mapping[str, Any], posted: Posted) -> bool:
    """Tell whether what was posted is what was kept: fields that no form has do not count."""
    return all(_storable(posted.get(name, ())) == list(values) for name, values in kept.items())


def _storable(values: Sequence[str]) -> list[str]:
    """Return raw values as the database can hold them; texts with a zero byte were refused."""
    return [value.replace("\x00", "") for value in values]


def _kept(form: StepForm, posted: Posted) -> dict[str, list[str]]:
    """Return the raw fields that the form has, with those of its rows, and no others."""
    names = set(form.fields)
    for rows in (getattr(form, "options", None), getattr(form, "promises", None)):
        if isinstance(rows, BaseFormSet):
            for row in (rows.management_form, *rows.forms):
                names.update(row.add_prefix(name) for name in row.fields)
    return {name: _storable(values) for name, values in posted.items() if name in names}


def _coached(play: Play, facts: Facts) -> Facts:
    """Return the facts with what the coach finds in the words, where there were any."""
    if not facts.spoken:
        return facts
    found = coaching.findings(play, play.told[-1], coaching.jargon())
    return replace(facts, findings=coaching.rules(found))


def _lacked(refused: Refused | None) -> list[dict[str, object]]:
    if not isinstance(refused, DemandUnmet):
        return []
    return [
        {"code": one.code, "params": {name: str(value) for name, value in one.params.items()}}
        for one in refused.missing
    ]


def _write(
    rehearsal: Rehearsal,
    turns: Sequence[Turn],
    offset: timedelta,
    action: str,
    posted: dict[str, list[str]],
    reaction: list[str],
) -> None:
    Turn.objects.create(
        rehearsal=rehearsal, number=len(turns) + 1, offset=offset, action=action, posted=posted,
        reaction=reaction,
    )  # fmt: skip
