"""Why a deadline is due when it is: the sum, who was told, what stops it, and what did."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client as Browser
from django.utils import translation

from customers.models import Customer
from objections import explained, notices, steps
from objections.actors import Actor
from objections.deadlines import sweeping
from objections.deadlines.explaining import Explanation, Start, explain
from objections.models import Case, CaseAccess, Deadline
from objections.services import escalations, records
from objections.services.stepping import take_step
from objections.vocabulary import Channel, PauseReason, Promise, Sensitivity, Stage
from tests import stories
from tests.conftest import People
from tests.stories import DAY, HOUR, MIN, open_at, walk_to

pytestmark = pytest.mark.django_db

ACK = steps.Acknowledge(channel=Channel.PHONE, with_whom="Zhou Min", summary="We heard you.")
SECOND = timedelta(seconds=1)


@pytest.fixture
def engineer(people: People) -> Actor:
    return Actor.person(people.engineer)


def clock_of(case: Case, promise: Promise, cycle: int = 1) -> Deadline:
    return case.deadlines.get(promise=promise, cycle=cycle)


def why(case: Case, now: datetime, promise: Promise = Promise.ACKNOWLEDGEMENT) -> Explanation:
    return explain(clock_of(case, promise), now=now)


def said(told: Explanation, language: str = "en") -> str:
    with translation.override(language):
        return " ".join(explained.sentences(told))


def test_a_running_clock_says_when_the_customer_spoke_and_what_that_makes(
    engineer: Actor, customer: Customer, t0: datetime
) -> None:
    told = why(open_at(t0, by=engineer, customer=customer), t0 + MIN)
    assert said(told) == (
        "The customer called today 17:00. A person gets back to them within 15 min."
        " So it is due today 17:15."
    )
    assert told.adds_up
    assert told.late_by is None


def test_the_start_is_when_the_customer_spoke_and_not_when_it_was_written_down(
    engineer: Actor, customer: Customer, t0: datetime
) -> None:
    case = open_at(t0 + 5 * MIN, by=engineer, customer=customer, received_at=t0)
    told = why(case, t0 + 6 * MIN)
    assert told.deadline.started_at == t0
    assert told.due_at == t0 + 15 * MIN


def test_a_late_one_says_by_how_much_and_that_nothing_keeps_it(
    engineer: Actor, customer: Customer, t0: datetime
) -> None:
    told = why(open_at(t0, by=engineer, customer=customer), t0 + 37 * MIN)
    assert told.late_by == 22 * MIN
    assert said(told).endswith(
        "So it was due today 17:15. Nothing on record keeps it, so it is 22 min late."
    )
    assert explained.title(told) == "Why “Acknowledgement” was late"


def test_at_the_due_moment_itself_it_is_not_late(
    engineer: Actor, customer: Customer, t0: datetime
) -> None:
    case = open_at(t0, by=engineer, customer=customer)
    assert why(case, t0 + 15 * MIN).late_by is None
    assert why(case, t0 + 15 * MIN + SECOND).late_by == SECOND


def test_a_pause_is_a_line_of_the_sum_with_its_reason_and_evidence(
    engineer: Actor, customer: Customer, t0: datetime
) -> None:
    case = walk_to(Stage.RESPOND, t0, by=engineer, customer=customer)
    pause = steps.Pause(reason=PauseReason.CUSTOMER, evidence="Photographs asked for by e-mail")
    take_step(case, pause, by=engineer, now=t0 + HOUR)
    paused = why(case, t0 + 90 * MIN, Promise.RESPONSE)
    assert paused.adds_up
    assert paused.paused_for == 30 * MIN
    assert "It stands still: waiting for the customer, for 30 min so far" in said(paused)
    take_step(case, steps.Resume(), by=engineer, now=t0 + 135 * MIN)
    told = why(case, t0 + 3 * HOUR, Promise.RESPONSE)
    assert told.adds_up
    assert told.paused_for == 75 * MIN
    assert told.due_at == t0 + DAY + 75 * MIN
    assert told.pauses[0].pause.evidence == "Photographs asked for by e-mail"
    assert told.pauses_left == 1
    assert "In between it stood still for 1 h 15 min: waiting for the customer." in said(told)


def test_a_sum_that_does_not_agree_with_the_row_is_said_to_be_wrong(
    engineer: Actor, customer: Customer, t0: datetime
) -> None:
    case = open_at(t0, by=engineer, customer=customer)
    deadline = clock_of(case, Promise.ACKNOWLEDGEMENT)
    deadline.due_at = t0 + 16 * MIN
    assert not explain(deadline, now=t0 + MIN).adds_up


def test_the_rungs_to_come_name_who_will_be_told(
    people: People, engineer: Actor, customer: Customer, t0: datetime
) -> None:
    case = open_at(t0, by=engineer, customer=customer, handler=people.engineer)
    told = why(case, t0 + MIN)
    assert [
        (rung.at, rung.level, [one.person for one in rung.listeners]) for rung in told.rungs
    ] == [
        (t0 + 10 * MIN, 0, [people.engineer]),
        (t0 + 13 * MIN, 0, [people.engineer]),
        (t0 + 15 * MIN, 1, [people.supervisor]),
        (t0 + 30 * MIN, 2, [people.manager]),
        (t0 + 60 * MIN, 3, [people.duty_officer]),
    ]
    assert not any(rung.rang for rung in told.rungs)


def test_the_rungs_that_rang_name_who_was_told_and_when_they_looked(
    people: People, engineer: Actor, customer: Customer, t0: datetime
) -> None:
    case = open_at(t0, by=engineer, customer=customer, handler=people.engineer)
    for minutes in (10, 13, 15):
        sweeping.sweep(now=t0 + minutes * MIN + SECOND)
    notices.see_case(people.supervisor, case, now=t0 + 20 * MIN)
    rang = [rung for rung in why(case, t0 + 21 * MIN).rungs if rung.rang]
    assert [(rung.at, rung.level) for rung in rang] == [
        (t0 + 10 * MIN, 0), (t0 + 13 * MIN, 0), (t0 + 15 * MIN, 1),
    ]  # fmt: skip
    assert [one.person for one in rang[0].listeners] == [people.engineer]
    [supervisor] = rang[2].listeners
    assert (supervisor.person, supervisor.seen_at) == (people.supervisor, t0 + 20 * MIN)
    assert not any(rung.late_by_system for rung in rang)


def test_what_the_system_noticed_late_is_told_apart_from_what_people_did_late(
    engineer: Actor, customer: Customer, t0: datetime
) -> None:
    case = open_at(t0, by=engineer, customer=customer)
    sweeping.sweep(now=t0 + 21 * MIN)
    told = why(case, t0 + 22 * MIN)
    breach = next(rung for rung in told.rungs if rung.level == 1)
    assert breach.at == t0 + 15 * MIN
    assert breach.late_by_system == 6 * MIN
    assert told.late_by_system
    assert told.late_by == 7 * MIN


def test_taken_it_climbs_no_further_and_says_who_has_it(
    people: People, engineer: Actor, customer: Customer, t0: datetime
) -> None:
    case = open_at(t0, by=engineer, customer=customer)
    sweeping.sweep(now=t0 + 16 * MIN)
    escalations.take(
        case.escalations.get(), by=Actor.person(people.supervisor), next_step="I call",
        until=t0 + HOUR, now=t0 + 17 * MIN,
    )  # fmt: skip
    told = why(case, t0 + 18 * MIN)
    assert told.taken is not None
    assert told.taken.taken_by == people.supervisor
    assert all(rung.rang for rung in told.rungs)


def test_a_kept_promise_shows_its_proof_and_what_was_to_spare(
    engineer: Actor, customer: Customer, t0: datetime
) -> None:
    case = open_at(t0, by=engineer, customer=customer)
    take_step(case, ACK, by=engineer, now=t0 + 6 * MIN)
    told = why(case, t0 + HOUR)
    assert told.proof is not None
    assert told.proof.with_whom == "Zhou Min"
    assert said(told).endswith("It was kept today 17:06, with 9 min to spare.")
    assert told.rungs == ()


def test_a_late_answer_stays_late(engineer: Actor, customer: Customer, t0: datetime) -> None:
    case = open_at(t0, by=engineer, customer=customer)
    take_step(case, ACK, by=engineer, now=t0 + 37 * MIN)
    told = why(case, t0 + DAY)
    assert told.late_by == 22 * MIN
    assert said(told).endswith("It was answered yesterday 17:37, 22 min too late.")


def test_a_late_record_that_a_supervisor_confirms_withdraws_the_breach_and_says_so(
    people: People, engineer: Actor, customer: Customer, t0: datetime
) -> None:
    case = open_at(t0, by=engineer, customer=customer)
    late = steps.Acknowledge(channel=Channel.PHONE, summary="We heard you.", at=t0 + 6 * MIN)
    take_step(case, late, by=engineer, now=t0 + 40 * MIN)
    proof = why(case, t0 + HOUR).proof
    assert proof is not None
    records.confirm_late_record(proof, by=Actor.person(people.supervisor), now=t0 + HOUR)
    told = why(case, t0 + HOUR + MIN)
    assert told.withdrawn_at is not None
    assert told.late_by is None
    assert "the breach was withdrawn" in said(told)


def test_a_second_round_starts_when_the_customer_rejected_the_first(
    engineer: Actor, customer: Customer, t0: datetime
) -> None:
    case = walk_to(Stage.RESPOND, t0, by=engineer, customer=customer)
    take_step(case, stories.TELL, by=engineer, now=t0 + HOUR)
    no = steps.RejectSolution(channel=Channel.PHONE, reason="Too slow")
    take_step(case, no, by=engineer, now=t0 + 2 * HOUR)
    told = explain(clock_of(case, Promise.RESPONSE, 2), now=t0 + 3 * HOUR)
    assert told.start is Start.REJECTED
    assert "The customer rejected the solution today 19:00." in said(told)


def test_a_commitment_quotes_what_was_promised(
    engineer: Actor, customer: Customer, t0: datetime
) -> None:
    case = open_at(t0, by=engineer, customer=customer)
    promise = steps.Commit(what="Send the tracking number", due_at=t0 + 2 * HOUR)
    take_step(case, promise, by=engineer, now=t0 + MIN)
    told = why(case, t0 + 2 * MIN, Promise.COMMITMENT)
    assert said(told).startswith("We promised today 17:01: “Send the tracking number”.")
    assert told.adds_up


def test_a_withdrawn_case_ends_its_clocks_without_counting_them(
    engineer: Actor, customer: Customer, t0: datetime
) -> None:
    case = open_at(t0, by=engineer, customer=customer)
    take_step(case, steps.Withdraw(reason="A mistake"), by=engineer, now=t0 + MIN)
    told = why(case, t0 + DAY)
    assert told.late_by is None
    assert "is not counted" in said(told)
    assert told.rungs == ()


def test_an_acknowledgement_is_never_paused_and_a_response_twice_at_most(
    engineer: Actor, customer: Customer, t0: datetime
) -> None:
    case = open_at(t0, by=engineer, customer=customer)
    assert why(case, t0).pauses_left == 0
    assert explained.pause_words(why(case, t0)) == "An acknowledgement is never paused"
    assert why(case, t0, Promise.RESPONSE).pauses_left == 2


# The page


def look(user: object, case: Case, deadline: Deadline, language: str = "en") -> tuple[int, str]:
    browser = Browser(headers={"accept-language": language})
    browser.force_login(user)  # type: ignore[arg-type]
    answer = browser.get(f"/cases/{case.reference}/deadlines/{deadline.pk}/explain/")
    return answer.status_code, answer.content.decode()


def test_everybody_who_sees_the_case_can_read_why_auditors_too(
    people: People, engineer: Actor, customer: Customer, t0: datetime
) -> None:
    case = open_at(t0, by=engineer, customer=customer)
    deadline = clock_of(case, Promise.ACKNOWLEDGEMENT)
    for person in (people.engineer, people.auditor, people.analyst, people.stranger):
        status, page = look(person, case, deadline)
        assert status == 200
        assert "How it adds up" in page


def test_a_restricted_case_is_not_explained_to_others_and_leaves_a_trace(
    people: People, engineer: Actor, customer: Customer, t0: datetime
) -> None:
    case = open_at(
        t0, by=engineer, customer=customer, handler=people.engineer,
        sensitivity=Sensitivity.RESTRICTED,
    )  # fmt: skip
    deadline = clock_of(case, Promise.ACKNOWLEDGEMENT)
    assert look(people.colleague, case, deadline)[0] == 404
    assert look(people.auditor, case, deadline)[0] == 200
    assert CaseAccess.objects.filter(case=case, user=people.auditor).count() == 1
    assert not CaseAccess.objects.filter(user=people.colleague).exists()


def test_a_deadline_of_another_case_is_not_found(
    people: People, engineer: Actor, customer: Customer, t0: datetime
) -> None:
    case, other = (open_at(t0, by=engineer, customer=customer) for _number in range(2))
    assert look(people.engineer, case, clock_of(other, Promise.RESPONSE))[0] == 404


def test_what_people_wrote_is_escaped_in_the_sentence(
    people: People, engineer: Actor, customer: Customer, t0: datetime
) -> None:
    case = open_at(t0, by=engineer, customer=customer)
    promise = steps.Commit(what="<script>alert(1)</script> by Friday", due_at=t0 + 2 * HOUR)
    take_step(case, promise, by=engineer, now=t0 + MIN)
    _status, page = look(people.engineer, case, clock_of(case, Promise.COMMITMENT))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_the_drawing_never_leaves_its_frame(
    people: People, engineer: Actor, customer: Customer, t0: datetime
) -> None:
    case = open_at(t0, by=engineer, customer=customer)
    sweeping.sweep(now=t0 + 400 * DAY)
    for deadline in case.deadlines.all():
        _status, page = look(people.engineer, case, deadline)
        drawing = page[page.index('<svg class="ct-axis"') :]
        places = [float(x) for x in re.findall(r' x="(-?[\d.]+)"', drawing.split("</svg>")[0])]
        assert places
        assert all(0 <= x <= 1000 for x in places)
