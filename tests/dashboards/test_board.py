"""The board: who takes what, what is at risk, and who can carry it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from customers.models import Customer
from dashboards.selectors import board
from dashboards.selectors.board import Board
from dashboards.views.board import TakeForm, suggested
from objections import notices, steps
from objections.actors import Actor
from objections.deadlines import sweeping
from objections.models import Case, Escalation
from objections.services import escalations
from objections.services.stepping import take_step
from objections.vocabulary import Channel, Stage
from tests import stories
from tests.conftest import People
from tests.dashboards.conftest import LookAs
from tests.stories import DAY, HOUR, MIN, open_at, walk_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def opened(people: People, customer: Customer) -> Callable[..., Case]:
    """Return what opens a case of a person's at a stated time."""

    def make(t: datetime, handler: User | None = None, **more: object) -> Case:
        who = handler or people.engineer
        return open_at(
            t, by=Actor.person(who), customer=customer, handler=who, team=people.team, **more
        )

    return make


def at(user: User, now: datetime) -> Board:
    sweeping.sweep(now=now)
    return board.show(user, now=now)


def take(people: People, case: Case, now: datetime, until: timedelta = HOUR) -> Escalation:
    return escalations.take(
        case.escalations.get(closed_at=None), by=Actor.person(people.supervisor),
        next_step="I call them myself", until=now + until, now=now,
    )  # fmt: skip


def test_what_nobody_has_taken_stands_there_the_highest_level_first(
    people: People, opened: Callable[..., Case], t0: datetime
) -> None:
    newer, older = opened(t0 + 20 * MIN), opened(t0)
    page = at(people.supervisor, t0 + 36 * MIN)
    assert [one.escalation.case for one in page.untaken] == [older, newer]
    assert [one.escalation.level for one in page.untaken] == [2, 1]


def test_an_entry_says_who_was_told_when_who_looked_and_who_is_next(
    people: People, opened: Callable[..., Case], t0: datetime
) -> None:
    case = opened(t0)
    at(people.supervisor, t0 + 15 * MIN + timedelta(seconds=1))
    notices.see_case(people.supervisor, case, now=t0 + 20 * MIN)
    [entry] = at(people.supervisor, t0 + 31 * MIN).untaken
    assert [(one.person, one.at, one.seen_at) for one in entry.told] == [
        (people.supervisor, t0 + 15 * MIN, t0 + 20 * MIN),
        (people.manager, t0 + 30 * MIN, None),
    ]
    assert entry.climb is not None
    assert entry.climb.people == (people.duty_officer,)
    assert entry.climb.length == 29 * MIN
    assert entry.climb.soon


def test_where_nobody_can_be_told_the_board_says_so(
    people: People, customer: Customer, look_as: LookAs, present: datetime
) -> None:
    team = people.stranger.teams.get()
    open_at(
        present - 20 * MIN, by=Actor.person(people.stranger), customer=customer, team=team,
        handler=people.stranger,
    )  # fmt: skip
    sweeping.sweep(now=present)
    page = look_as(people.stranger).get("/board/").content.decode()
    assert "Nobody to tell: nobody above is there" in page


def test_a_persistent_objection_stands_beside_the_broken_promises(
    people: People, customer: Customer, t0: datetime
) -> None:
    case = walk_to(
        Stage.FOLLOW_UP, t0, by=Actor.person(people.engineer), customer=customer,
        handler=people.engineer,
    )  # fmt: skip
    steps_ = [stories.NOT_SATISFIED, stories.TELL, stories.CARRY_OUT, stories.NOT_SATISFIED]
    for number, step in enumerate(steps_, 1):
        take_step(case, step, by=Actor.person(people.engineer), now=t0 + 10 * MIN * number)
    page = at(people.supervisor, t0 + HOUR)
    reasons = {entry.escalation.reason for entry in page.untaken}
    assert "persistent" in reasons
    assert all(entry.clock is not None for entry in page.untaken)


def test_taking_moves_it_to_the_taken_with_step_and_time(
    people: People, opened: Callable[..., Case], look_as: LookAs, present: datetime
) -> None:
    opened(present - 20 * MIN)
    sweeping.sweep(now=present)
    one = Escalation.objects.get()
    answer = look_as(people.supervisor).post(
        f"/board/escalations/{one.pk}/take/",
        {"next_step": "I call Ms Luo myself", "by": suggested(present)},
        follow=True,
    )
    one.refresh_from_db()
    assert one.taken_by == people.supervisor
    assert one.lapses_at is not None
    assert 15 * MIN <= one.lapses_at - present < 32 * MIN
    page = answer.content.decode()
    assert "Nothing to take" in page
    assert "I call Ms Luo myself" in page


def test_a_second_take_is_refused_with_the_name_of_the_first_and_keeps_what_was_typed(
    people: People, opened: Callable[..., Case], look_as: LookAs, present: datetime
) -> None:
    case, other = opened(present - 20 * MIN), opened(present - 19 * MIN)
    sweeping.sweep(now=present)
    one = take(people, case, present)
    assert other.escalations.exists()
    answer = look_as(people.manager).post(
        f"/board/escalations/{one.pk}/take/", {"next_step": "Me too", "by": "23:59"}
    )
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Supervisor has already taken this." in page
    assert "Me too" in page
    one.refresh_from_db()
    assert one.taken_by == people.supervisor


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"next_step": "", "by": "23:59"}, "This field is required."),
        ({"next_step": "I call", "by": ""}, "This field is required."),
        ({"next_step": "I call", "by": "soon"}, "Enter a valid time."),
        ({"next_step": "x" * 301, "by": "23:59"}, "at most 300 characters"),
    ],
)
def test_a_take_that_lacks_something_names_the_field_and_keeps_the_rest(
    people: People, opened: Callable[..., Case], look_as: LookAs, present: datetime,
    data: dict[str, str], said: str,
) -> None:  # fmt: skip
    opened(present - 20 * MIN)
    sweeping.sweep(now=present)
    one = Escalation.objects.get()
    answer = look_as(people.supervisor).post(f"/board/escalations/{one.pk}/take/", data)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert said in page
    assert f'value="{data["next_step"]}"' in page
    one.refresh_from_db()
    assert one.taken_at is None


@pytest.mark.parametrize(
    ("now", "typed", "until"),
    [
        ("10:42", "11:00", timedelta(minutes=18)),
        ("10:42", "10:30", timedelta(minutes=-12)),
        ("22:00", "08:00", timedelta(hours=10)),
        ("10:42", "1100", timedelta(minutes=18)),
        ("10:42", "11：00", timedelta(minutes=18)),
        ("10:42", "11.00", timedelta(minutes=18)),
    ],
)
def test_a_time_of_day_is_the_next_one_unless_it_has_just_passed(
    now: str, typed: str, until: timedelta
) -> None:
    moment = datetime.fromisoformat(f"2026-03-17T{now}+08:00")
    form = TakeForm({"next_step": "I call", "by": typed})
    assert form.is_valid()
    assert form.until(moment) - moment == until


def test_the_time_that_is_offered_is_the_quarter_after_the_next_quarter_of_an_hour() -> None:
    for now, offered in (
        ("10:42", "11:00"),
        ("10:45", "11:00"),
        ("10:45:01", "11:15"),
        ("23:50", "00:15"),
    ):
        assert suggested(datetime.fromisoformat(f"2026-03-17T{now}+08:00")) == offered


def test_an_engineer_reads_the_teams_board_and_can_take_nothing(
    people: People, opened: Callable[..., Case], look_as: LookAs, present: datetime
) -> None:
    case = opened(present - 20 * MIN)
    sweeping.sweep(now=present)
    one = Escalation.objects.get()
    browser = look_as(people.colleague)
    page = browser.get("/board/").content.decode()
    assert case.reference in page
    assert "I take it" not in page
    address = f"/board/escalations/{one.pk}/take/"
    answer = browser.post(address, {"next_step": "Me", "by": "23:59"})
    assert answer.status_code == 409
    assert "You may not do this on this case." in answer.content.decode()
    one.refresh_from_db()
    assert one.taken_at is None


def test_other_teams_do_not_stand_on_my_board(
    people: People, opened: Callable[..., Case], present: datetime
) -> None:
    opened(present - 20 * MIN)
    sweeping.sweep(now=present)
    assert board.show(people.stranger, now=present).untaken == ()
    assert len(board.show(people.manager, now=present).untaken) == 1
    assert len(board.show(people.auditor, now=present).untaken) == 1


def test_a_restricted_escalation_is_seen_by_whom_it_told_and_by_nobody_else(
    people: People, opened: Callable[..., Case], look_as: LookAs, present: datetime
) -> None:
    case = opened(present - 20 * MIN, people.engineer, sensitivity="restricted")
    sweeping.sweep(now=present)
    one = Escalation.objects.get()
    assert len(board.show(people.supervisor, now=present).untaken) == 1
    assert board.show(people.manager, now=present).untaken == ()
    address = f"/board/escalations/{one.pk}/take/"
    answer = look_as(people.manager).post(address, {"next_step": "Me", "by": "23:59"})
    assert answer.status_code == 404
    lanes = board.show(people.colleague, now=present).lanes
    assert all(work.case != case for lane in lanes for work in lane.work)


# At risk, and who can carry it


def test_what_falls_due_within_the_hour_is_at_risk_in_the_order_in_which_it_does(
    people: People, opened: Callable[..., Case], t0: datetime
) -> None:
    second, first = opened(t0 + 5 * MIN), opened(t0)
    page = at(people.supervisor, t0 + 6 * MIN)
    assert [risk.deadline.case for risk in page.risks] == [first, second]
    assert [risk.before for risk in page.risks] == [0, 1]


def test_what_has_something_before_it_can_be_moved_to_who_has_most_room(
    people: People, opened: Callable[..., Case], look_as: LookAs, present: datetime
) -> None:
    opened(present - 2 * MIN)
    second = opened(present - MIN)
    page = board.show(people.supervisor, now=present)
    assert [risk.move_to for risk in page.risks] == [None, people.colleague]
    answer = look_as(people.supervisor).post(
        "/board/reassign/", {"case": second.reference, "to": people.colleague.pk}, follow=True
    )
    second.refresh_from_db()
    assert second.handler == people.colleague
    assert f"{second.reference} now belongs to Colleague" in answer.content.decode()


def test_who_is_away_is_offered_nothing_and_what_is_theirs_is_missed(
    people: People, opened: Callable[..., Case], t0: datetime
) -> None:
    people.colleague.away_since = t0 - HOUR
    people.colleague.save()
    opened(t0, people.colleague)
    opened(t0)
    opened(t0)
    page = at(people.supervisor, t0 + MIN)
    lane = next(lane for lane in page.lanes if lane.person == people.colleague)
    assert lane.away
    assert lane.room == timedelta(0)
    assert len(lane.misses) == 1
    assert all(risk.move_to != people.colleague for risk in page.risks)


def test_two_acknowledgements_at_once_cannot_both_be_met_by_one_person(
    people: People, opened: Callable[..., Case], t0: datetime
) -> None:
    opened(t0)
    second = opened(t0)
    page = at(people.supervisor, t0 + MIN)
    lane = next(lane for lane in page.lanes if lane.person == people.engineer)
    # Ten minutes each: the second would end at 21, and is due at 15.
    [missed] = lane.misses
    assert missed.case == second
    assert missed.over_by == 6 * MIN
    assert lane.helper == people.colleague
    assert page.overloaded == 1


def test_one_alone_can_be_met_and_leaves_room(
    people: People, opened: Callable[..., Case], t0: datetime
) -> None:
    opened(t0)
    lane = next(lane for lane in at(people.supervisor, t0).lanes if lane.person == people.engineer)
    assert lane.misses == []
    assert lane.room == 4 * HOUR - 10 * MIN
    assert lane.open_count == 1
    assert [(box.kind, box.x) for box in lane.boxes] == [("work", "0.00%")]
    assert lane.dues == ["6.25%"]


def test_what_is_late_already_takes_its_time_but_is_not_missed_again(
    people: People, opened: Callable[..., Case], t0: datetime
) -> None:
    opened(t0)
    lane = next(
        lane
        for lane in at(people.supervisor, t0 + 20 * MIN).lanes
        if lane.person == people.engineer
    )
    assert lane.misses == []
    assert lane.planned == 10 * MIN


def test_a_hand_typed_move_by_an_engineer_of_another_team_is_refused(
    people: People, opened: Callable[..., Case], look_as: LookAs, present: datetime
) -> None:
    case = opened(present - MIN)
    look_as(people.stranger).post(
        "/board/reassign/", {"case": case.reference, "to": people.stranger.pk}
    )
    case.refresh_from_db()
    assert case.handler == people.engineer


@pytest.mark.parametrize("data", [{}, {"case": "CT-2026-000001", "to": "\x00"}, {"to": "9" * 30}])
def test_a_move_that_makes_no_sense_is_refused_in_words(
    people: People, look_as: LookAs, data: dict[str, str]
) -> None:
    answer = look_as(people.supervisor).post("/board/reassign/", data, follow=True)
    assert answer.status_code == 200
    assert "Say which case, and who gets it." in answer.content.decode()


# Live


def test_only_the_parts_that_changed_are_sent(
    people: People, opened: Callable[..., Case], look_as: LookAs, present: datetime
) -> None:
    case = opened(present - 20 * MIN)
    sweeping.sweep(now=present)
    browser = look_as(people.supervisor)
    for _attempt in range(3):  # the minute is part of the prints
        page = browser.get("/board/").content.decode()
        marks = dict(re.findall(r'id="(board_\w+)"[^>]* data-print="(\w+)"', page))
        shown = {"print": " ".join(f"{name}:{mark}" for name, mark in marks.items())}
        again = browser.get("/board/", shown, headers={"HX-Request": "true"})
        if again.status_code == 204:
            break
    assert set(marks) == {"board_head", "board_take", "board_risk", "board_load"}
    assert again.status_code == 204
    notices.see_case(people.supervisor, case, now=present)
    answer = browser.get("/board/", shown, headers={"HX-Request": "true"}).content.decode()
    assert 'id="board_take"' in answer
    assert 'id="board_load"' not in answer


def test_a_form_half_typed_into_is_marked_to_be_kept(
    people: People, opened: Callable[..., Case], look_as: LookAs, present: datetime
) -> None:
    opened(present - 20 * MIN)
    sweeping.sweep(now=present)
    one = Escalation.objects.get()
    page = look_as(people.supervisor).get("/board/").content.decode()
    assert re.search(rf'<form[^>]*id="form-{one.pk}" data-keep', page)


def test_the_number_of_queries_does_not_grow_with_the_board(
    people: People,
    opened: Callable[..., Case],
    look_as: LookAs,
    present: datetime,
    django_assert_max_num_queries: Callable[[int], CaptureQueriesContext],
) -> None:
    browser = look_as(people.supervisor)
    counts: list[int] = []
    for many in (1, 50):
        for _number in range(many - len(counts)):
            opened(present - 20 * MIN)
            opened(present - 10 * MIN, people.colleague)
        sweeping.sweep(now=present)
        with django_assert_max_num_queries(32) as asked:
            browser.get("/board/")
        counts.append(len(asked.captured_queries))
    assert counts[0] == counts[1]


def test_a_reply_stops_what_the_board_shows(
    people: People, opened: Callable[..., Case], t0: datetime
) -> None:
    case = opened(t0)
    assert len(at(people.supervisor, t0 + 16 * MIN).untaken) == 1
    told = steps.Acknowledge(channel=Channel.PHONE, summary="We heard you.")
    take_step(case, told, by=Actor.person(people.engineer), now=t0 + 17 * MIN)
    assert at(people.supervisor, t0 + 18 * MIN).untaken == ()


def test_a_lapsed_take_stands_among_the_untaken_again_one_level_higher(
    people: People, opened: Callable[..., Case], t0: datetime
) -> None:
    case = opened(t0)
    at(people.supervisor, t0 + 16 * MIN)
    take(people, case, t0 + 17 * MIN, until=30 * MIN)
    assert at(people.supervisor, t0 + 40 * MIN).untaken == ()
    [entry] = at(people.supervisor, t0 + 48 * MIN).untaken
    assert entry.escalation.level == 2
    assert at(people.supervisor, t0 + DAY).untaken
