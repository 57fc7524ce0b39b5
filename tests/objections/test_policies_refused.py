"""A policy that cannot work is refused when it is saved or published, and nothing changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import DutyShift, Team
from customers.models import Customer
from objections.actors import Actor
from objections.models import Allowance, Policy, Recomputation, Rung
from objections.policies import rows
from objections.policies.checks import problems
from objections.policies.publishing import Apply, HasProblems, publish
from objections.policies.versions import draft_from
from objections.vocabulary import Promise, Unit
from tests.conftest import People
from tests.stories import DAY, HOUR, MIN, open_at
from timekeeping.models import Calendar, Edition

pytestmark = pytest.mark.django_db
ZERO = timedelta(0)


@pytest.fixture
def draft(people: People) -> Policy:
    return draft_from(Policy.objects.get(in_force=True), by=people.administrator)[0]


def general(policy: Policy, promise: Promise) -> Allowance:
    return policy.allowances.get(
        promise=promise, kind="", urgency="", tier="", team=None, product=None
    )


def state() -> list[Any]:
    kept = (Policy, Allowance, Rung, Recomputation)
    return [list(model._default_manager.order_by("pk").values()) for model in kept]


def refusal(draft: Policy, people: People, now: datetime) -> str:
    """Try to publish, see nothing change, and return what was said."""
    before = state()
    with pytest.raises(HasProblems) as found:
        publish(draft, by=people.administrator, now=now, how=Apply.WITH_ALERTS)
    assert state() == before
    return found.value.sentence


# ── one allowance, as it is saved ──────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("promise", "more", "field"),
    [
        ("response", {"length": -MIN}, "length"),
        ("response", {"length": ZERO}, "length"),
        ("response", {"length": timedelta(days=366, microseconds=1)}, "length"),
        ("response", {"length": None}, "length"),
        ("response", {"days": 2}, "days"),
        ("response", {"unit": "working", "days": 2}, "days"),
        ("response", {"unit": "days", "length": None}, "days"),
        ("response", {"unit": "days", "days": 2}, "length"),
        ("response", {"unit": "days", "length": None, "days": 0}, "days"),
        ("response", {"unit": "days", "length": None, "days": 261}, "days"),
        ("commitment", {"length": HOUR}, "length"),
        ("commitment", {"days": 2}, "days"),
        ("commitment", {"unit": "days"}, "unit"),
        ("acknowledgement", {"pauses_per_cycle": 1}, "pauses_per_cycle"),
        ("acknowledgement", {"pause_maximum": HOUR}, "pause_maximum"),
        ("acknowledgement", {"pause_reasons": ["waiting_for_customer"]}, "pause_reasons"),
        ("response", {"pause_maximum": None}, "pause_maximum"),
        ("response", {"pause_maximum": ZERO}, "pause_maximum"),
        ("response", {"pause_reasons": []}, "pause_reasons"),
        ("response", {"remind_every": HOUR, "remind_at_most": 0}, "remind_at_most"),
        ("response", {"remind_every": None, "remind_at_most": 3}, "remind_every"),
        ("response", {"remind_every": timedelta(seconds=59), "remind_at_most": 3}, "remind_every"),
        ("response", {"remind_every": timedelta(days=367), "remind_at_most": 3}, "remind_every"),
        ("response", {"kind": "riddle"}, "kind"),
    ],
    ids=str,
)
def test_an_allowance_that_cannot_work_is_refused_at_its_field(
    draft: Policy, promise: Promise, more: dict[str, Any], field: str
) -> None:
    row = general(draft, promise)
    for name, value in more.items():
        setattr(row, name, value)
    with pytest.raises(ValidationError) as found:
        row.full_clean()
    assert list(found.value.message_dict) == [field]


@pytest.mark.parametrize(
    "more",
    [
        {"length": timedelta(days=366)},
        {"unit": "working", "length": 4 * HOUR},
        {"unit": "days", "length": None, "days": 1},
        {"unit": "days", "length": None, "days": 260},
        {"pauses_per_cycle": 0, "pause_maximum": None, "pause_reasons": []},
        {"remind_every": MIN, "remind_at_most": 1},
    ],
    ids=str,
)
def test_an_allowance_at_the_edge_of_what_can_work_is_taken(
    draft: Policy, more: dict[str, Any]
) -> None:
    row = general(draft, Promise.RESPONSE)
    for name, value in more.items():
        setattr(row, name, value)
    row.full_clean()


# ── one ladder ─────────────────────────────────────────────────────────────────────────


def ladder(*said: tuple[timedelta | int, int]) -> list[Rung]:
    return [
        Rung(offset=when, level=level) if isinstance(when, timedelta)
        else Rung(percent=when, level=level)
        for when, level in said
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("length", "said", "fault"),
    [
        (HOUR, [(ZERO, 2), (HOUR, 1)], (1, "level")),
        (HOUR, [(2 * HOUR, 1), (HOUR, 2)], (0, "level")),
        (HOUR, [(100, 1), (30 * MIN, 2)], (0, "level")),
        (HOUR, [(ZERO, 1), (MIN, 3), (2 * MIN, 2)], (2, "level")),
        (HOUR, [(HOUR, 2), (100, 3)], (1, "")),
        (HOUR, [(ZERO, 1), (0, 2)], (1, "")),
        (HOUR, [(-6 * MIN, 0), (-10, 0)], (1, "")),
        (None, [(HOUR, 1), (100, 2)], (1, "")),
        (None, [(100, 3), (200, 2)], (1, "level")),
    ],
    ids=str,
)
def test_a_ladder_that_goes_backwards_or_rings_twice_at_once_is_refused(
    length: timedelta | None, said: list[Any], fault: tuple[int, str]
) -> None:
    found = rows.ladder_faults(length, ladder(*said))
    assert [(one.number, one.field) for one in found] == [fault]
    assert str(found[0].words)


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (HOUR, [(HOUR, 2), (ZERO, 1), (-MIN, 0), (2 * HOUR, 2), (3 * HOUR, 3)]),
        (HOUR, [(ZERO, 2), (HOUR, 3)]),
        (None, [(-25, 0), (-MIN, 0), (0, 1), (100, 2)]),
        (None, [(-25, 0), (-timedelta(seconds=25), 0)]),
        (HOUR, []),
    ],
    ids=str,
)
def test_a_ladder_that_climbs_is_taken(length: timedelta | None, said: list[Any]) -> None:
    assert rows.ladder_faults(length, ladder(*said)) == []


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"offset": -24 * HOUR, "level": 0}, "__all__"),
        ({"percent": -100, "level": 0}, "__all__"),
        ({"offset": HOUR, "level": 4}, "level"),
        ({"percent": 32767, "level": 3}, "percent"),
    ],
    ids=str,
)
def test_a_rung_out_of_range_is_refused(draft: Policy, more: dict[str, Any], field: str) -> None:
    response = general(draft, Promise.RESPONSE)
    if "percent" in more:
        response.length = 366 * DAY
    with pytest.raises(ValidationError) as found:
        Rung(allowance=response, **more).full_clean()
    assert field in found.value.message_dict


def test_a_warning_comes_after_the_start_of_working_days_too(draft: Policy) -> None:
    row = Allowance(policy=draft, promise="response", unit=Unit.DAYS, days=2)
    Rung(allowance=row, offset=-47 * HOUR, level=0).clean()
    with pytest.raises(ValidationError):
        Rung(allowance=row, offset=-48 * HOUR, level=0).clean()


def test_a_person_who_left_is_not_put_on_a_rung(draft: Policy, people: People) -> None:
    people.stranger.is_active = False
    people.stranger.save()
    rung = Rung(
        allowance=general(draft, Promise.RESPONSE), offset=3 * HOUR, level=2,
        person=people.stranger,
    )  # fmt: skip
    with pytest.raises(ValidationError) as found:
        rung.full_clean()
    assert found.value.message_dict == {"person": ["Stranger does not work here any more."]}


# ── the policy as a whole, as it is published ──────────────────────────────────────────


def no_general_response(draft: Policy, people: People) -> None:
    row = general(draft, Promise.RESPONSE)
    row.urgency = "crisis"
    row.save()


def falling(draft: Policy, people: People) -> None:
    general(draft, Promise.RESPONSE).rungs.filter(level=3).update(offset=MIN)


def lead_too_long(draft: Policy, people: People) -> None:
    general(draft, Promise.RESPONSE).rungs.filter(offset=-6 * HOUR).update(offset=-24 * HOUR)


def left(draft: Policy, people: People) -> None:
    people.stranger.is_active = False
    people.stranger.save()
    general(draft, Promise.RESPONSE).rungs.filter(level=3).update(person=people.stranger)


def reasonless(draft: Policy, people: People) -> None:
    Allowance.objects.filter(policy=draft, promise="response").update(pause_reasons=[])


def leaderless(draft: Policy, people: People) -> None:
    Team.objects.update(supervisor=None, manager=None, duty_officer=None)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (no_general_response, "There must be an allowance for any case"),
        (falling, "Response · level 2 at 2 h: A ladder never goes down"),
        (lead_too_long, "Response · level 0 at -24 h: A warning must come after"),
        (left, "Stranger does not work here any more."),
        (reasonless, "Response · Reasons for a pause: Choose the reasons"),
        (leaderless, "In the team Pumps there is nobody to escalate to"),
    ],
)
def test_item_14_a_policy_that_cannot_work_is_not_published(
    draft: Policy, people: People, t0: datetime,
    spoil: Callable[[Policy, People], None], words: str,
) -> None:  # fmt: skip
    assert problems(draft, now=t0) == []
    spoil(draft, people)
    assert words in refusal(draft, people, t0)


def test_somebody_on_duty_or_a_named_person_is_somebody(
    draft: Policy, people: People, t0: datetime
) -> None:
    leaderless(draft, people)
    shift = DutyShift.objects.create(
        team=people.team, user=people.stranger, begins_at=t0 + DAY, ends_at=t0 + 2 * DAY
    )
    assert problems(draft, now=t0) == []
    assert problems(draft, now=t0 + 3 * DAY), "that shift is over"
    shift.delete()
    Rung.objects.filter(allowance__policy=draft, level=1).update(person=people.stranger)
    assert problems(draft, now=t0) == []
    Rung.objects.filter(allowance__policy=draft, allowance__promise="response").update(person=None)
    [problem] = problems(draft, now=t0)
    assert problem.words.endswith("of: Response")


def test_a_team_without_anybody_above_counts_once_it_has_cases(
    draft: Policy, people: People, t0: datetime, customer: Customer
) -> None:
    bikes = Team.objects.get(slug="bikes")
    assert problems(draft, now=t0) == []
    open_at(t0, by=Actor.person(people.stranger), customer=customer, team=bikes)
    assert "In the team Bikes" in refusal(draft, people, t0)


def test_working_time_needs_a_calendar_with_a_future(
    draft: Policy, people: People, t0: datetime
) -> None:
    calendar = Calendar.objects.create(name="Closed site", time_zone="Asia/Shanghai")
    Edition.objects.create(
        calendar=calendar, version=1, recorded_at=t0,
        content={"zone": "Asia/Shanghai", "weekly": [[] for _day in range(7)], "days": {},
                 "names": {}, "years": []},
    )  # fmt: skip
    assert problems(draft, now=t0) == []
    people.team.calendar = calendar
    people.team.save()
    assert "The working calendar Closed site has not so much" in refusal(draft, people, t0)
    Allowance.objects.filter(policy=draft, unit="working").update(unit="elapsed")
    assert problems(draft, now=t0) == []
