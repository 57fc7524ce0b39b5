"""What a customer does on their page is a step of the case: once, in time, and by them alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from objections import steps
from objections.actors import Actor
from objections.errors import DemandUnmet
from objections.models import Case, Verdict
from objections.services.changing import describe
from objections.services.inviting import revoke
from objections.services.stepping import take_step
from objections.vocabulary import (
    ActorKind,
    CauseCategory,
    Channel,
    EscalationReason,
    EventKind,
    Promise,
    Sensitivity,
    Stage,
)
from portal import services
from portal.models import Answer
from tests.conftest import People
from tests.portal.conftest import Visit, Visitor, on_record
from tests.portal.test_reading_the_page import UNCHOSEN
from tests.stories import ATTEMPT, NOT_SATISFIED, RESTATE, TELL, open_at

pytestmark = pytest.mark.django_db


def fresh(visitor: Visitor) -> Case:
    visitor.case.refresh_from_db()
    return visitor.case


def called(case: Case) -> set[str]:
    return set(case.escalations.filter(closed_at=None).values_list("reason", flat=True))


def said(answer: Any) -> str:
    return str(answer.content.decode())


def test_one_tap_confirms_what_we_understood(visit: Visit) -> None:
    visitor = visit(Stage.CONFIRM, RESTATE)
    answer = visitor.send("confirm")
    assert answer.status_code == 302
    assert "So we understood you rightly" in said(visitor.browser.get(answer["Location"]))
    case = fresh(visitor)
    assert case.stage == Stage.RESPOND
    event = case.events.get(kind=EventKind.CONFIRMED)
    assert (event.actor_kind, event.user, event.data["channel"]) == (
        ActorKind.CUSTOMER, None, Channel.WEB,
    )  # fmt: skip
    assert case.restatements.get().agreed_at is not None
    contact = case.contact_records.get(purpose="confirmation")
    assert (contact.channel, contact.direction) == (Channel.WEB, "inbound")


def test_a_person_of_ours_cannot_confirm_without_the_customers_reply(
    visit: Visit, by: Actor, now: datetime
) -> None:
    visitor = visit(Stage.CONFIRM, RESTATE)
    with pytest.raises(DemandUnmet):
        take_step(visitor.case, steps.Confirm(channel=Channel.WEB), by=by, now=now)


def test_they_put_us_right_in_their_words(visit: Visit) -> None:
    visitor = visit(Stage.CONFIRM, RESTATE)
    assert visitor.send("correct", words="Not the seal: the shaft.").status_code == 302
    case = fresh(visitor)
    assert case.stage == Stage.CONFIRM
    assert case.restatements.get().correction == "Not the seal: the shaft."
    assert "We put it into new words" in visitor.look()


def test_they_choose_and_may_change_their_mind(visit: Visit) -> None:
    visitor = visit(Stage.RESPOND, UNCHOSEN)
    assert visitor.send("choose", option="2", words="In the morning.").status_code == 302
    assert visitor.case.solutions.get().chosen.number == 2  # type: ignore[union-attr]
    assert visitor.send("choose", option="1").status_code == 302
    assert visitor.case.solutions.get().chosen.number == 1  # type: ignore[union-attr]


def test_none_of_the_ways_starts_another_round(visit: Visit) -> None:
    visitor = visit(Stage.RESPOND, UNCHOSEN)
    assert visitor.send("reject", words="Neither: I need it tonight.").status_code == 302
    case = fresh(visitor)
    assert case.cycle == 2
    assert case.solutions.get().reject_reason == "Neither: I need it tonight."
    assert case.deadlines.running().filter(promise=Promise.RESPONSE, cycle=2).exists()


def test_their_verdict_closes_and_leaves_cause_and_lesson_to_us(visit: Visit) -> None:
    visitor = visit(Stage.FOLLOW_UP)
    assert visitor.send("verdict", score="4", words="Quick.").status_code == 302
    case = fresh(visitor)
    assert case.stage == Stage.CLOSED
    assert case.lesson == ""
    assert case.cause_category == CauseCategory.MATERIAL  # as the solution had it
    verdict = case.verdicts.get()
    assert (verdict.satisfied, verdict.score, verdict.words) == (True, 4, "Quick.")
    clock = case.deadlines.get(promise=Promise.FOLLOW_UP)
    assert clock.kept_at is not None
    assert clock.proof is not None
    assert clock.proof.channel == Channel.WEB


def test_while_a_promise_is_open_their_verdict_counts_and_the_case_stays_open(
    visit: Visit, by: Actor, now: datetime
) -> None:
    promise = steps.Commit(what="A second seal by post", due_at=now + timedelta(days=2))
    visitor = visit(Stage.FOLLOW_UP, promise)
    assert visitor.send("verdict", score="5").status_code == 302
    case = fresh(visitor)
    assert case.stage == Stage.FOLLOW_UP
    assert case.deadlines.get(promise=Promise.FOLLOW_UP).kept_at is not None
    assert "We keep what is still promised" in visitor.look()
    kept = steps.KeepCommitment(commitment=1, proof="Receipt 4711")
    take_step(case, kept, by=by, now=now + timedelta(minutes=1))
    closing = steps.CloseSatisfied(cause_category=CauseCategory.MATERIAL, nothing_new=True)
    take_step(case, closing, by=by, now=now + timedelta(minutes=2))
    assert case.stage == Stage.CLOSED
    assert [(one.score, one.satisfied) for one in case.verdicts.all()] == [(5, True)]
    assert case.events.get(kind=EventKind.CLOSED_SATISFIED).data["score"] == 5


def test_one_of_us_still_owes_cause_lesson_and_a_score(
    visit: Visit, by: Actor, now: datetime
) -> None:
    visitor = visit(Stage.FOLLOW_UP)
    with pytest.raises(DemandUnmet) as refused:
        take_step(visitor.case, steps.CloseSatisfied(), by=by, now=now)
    assert {one.code for one in refused.value.missing} == {"score", "cause_category", "lesson"}


def test_a_verdict_without_a_score_is_asked_for_again_and_keeps_the_words(visit: Visit) -> None:
    visitor = visit(Stage.FOLLOW_UP)
    before = on_record()
    for score in ("", "0", "6", "good"):
        answer = visitor.send("verdict", score=score, words="Quick and kind.")
        assert answer.status_code == 422
        assert "Quick and kind." in said(answer)
        assert 'id="score_error"' in said(answer)
    assert on_record() == before


@pytest.mark.parametrize("stage", [Stage.LISTEN, Stage.CONFIRM, Stage.RESPOND])
def test_not_satisfied_on_the_way_calls_the_supervisor_at_once(
    stage: Stage, visit: Visit, people: People
) -> None:
    visitor = visit(stage)
    assert visitor.send("protest", words="Nobody calls me!").status_code == 302
    case = fresh(visitor)
    assert case.stage == stage
    assert called(case) == {EscalationReason.NOT_SATISFIED}
    assert case.notices.filter(user=people.supervisor).exists()
    assert case.deadlines.running().filter(promise=Promise.CUSTOMER_MESSAGE).exists()


def test_not_satisfied_at_the_check_starts_another_round_and_calls_the_supervisor(
    visit: Visit,
) -> None:
    visitor = visit(Stage.FOLLOW_UP)
    assert visitor.send("protest", words="It drips again.").status_code == 302
    case = fresh(visitor)
    assert (case.stage, case.cycle) == (Stage.RESPOND, 2)
    assert called(case) == {EscalationReason.NOT_SATISFIED}


def test_the_same_said_to_one_of_us_calls_nobody_yet(
    visit: Visit, by: Actor, now: datetime
) -> None:
    visitor = visit(Stage.FOLLOW_UP)
    take_step(visitor.case, NOT_SATISFIED, by=by, now=now)
    assert called(visitor.case) == set()


def test_not_satisfied_after_the_end_takes_the_case_up_again(visit: Visit) -> None:
    visitor = visit(Stage.CLOSED)
    assert visitor.send("protest", words="It leaks again.").status_code == 302
    case = fresh(visitor)
    assert (case.stage, case.cycle) == (Stage.RESPOND, 2)
    assert case.events.get(kind=EventKind.REOPENED).data["words"] == "It leaks again."
    assert called(case) == {EscalationReason.NOT_SATISFIED}
    assert case.deadlines.running().filter(promise=Promise.CUSTOMER_MESSAGE).exists()


def test_the_second_time_is_persistent(visit: Visit) -> None:
    visitor = visit(Stage.FOLLOW_UP, NOT_SATISFIED, TELL, steps.CarryOut(proof="Seen"))
    assert visitor.send("protest", words="And again.").status_code == 302
    assert called(fresh(visitor)) == {EscalationReason.PERSISTENT}


def test_a_message_waits_for_a_person(visit: Visit) -> None:
    visitor = visit(Stage.RESPOND)
    assert visitor.send("message", words="When do you come?").status_code == 302
    message = fresh(visitor).contact_records.get(words="When do you come?")
    assert message.answered_at is None
    assert visitor.case.deadlines.running().filter(subject=message.pk).exists()
    assert "When do you come?" in visitor.look()


def test_the_same_form_sent_twice_counts_once(visit: Visit) -> None:
    visitor = visit(Stage.RESPOND)
    given = {**visitor.form("message"), "words": "When?"}
    for _time in range(2):
        assert visitor.browser.post(visitor.address, given).status_code == 302
    assert visitor.case.contact_records.filter(words="When?").count() == 1
    assert Answer.objects.count() == 1
    visitor.browser.post(visitor.address, {**visitor.form("message"), "words": "When?"})
    assert visitor.case.contact_records.filter(words="When?").count() == 2


@pytest.mark.parametrize("then", ["revoked", "released", "restricted"])
def test_what_arrives_while_the_link_stops_leading_there_is_not_taken(
    then: str, visit: Visit, by: Actor, people: People, customer: Any, contact: Any, now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    visitor = visit()
    other = open_at(now, by=by, customer=customer, contact=contact)
    take_step(visitor.case, steps.Merge(into=other.reference, reason="One"), by=by, now=now)
    given = {**visitor.form("message"), "words": "And the pump?"}
    boss = Actor.person(people.supervisor)

    def in_that_instant(*asked: Any, **more: Any) -> bool:
        if then == "revoked":
            revoke(visitor.link, by=by, now=now)
        elif then == "released":
            take_step(visitor.case, steps.Unmerge(reason="Two matters"), by=boss, now=now)
        else:
            describe(other, {"sensitivity": Sensitivity.RESTRICTED}, by=boss, now=now)
        return taken(*asked, **more)

    taken = services.answer
    monkeypatch.setattr(services, "answer", in_that_instant)
    answer = visitor.browser.post(visitor.address, given)
    assert (answer.status_code, answer["Location"]) == (302, visitor.address)
    assert not Answer.objects.exists()
    assert not other.contact_records.filter(words="And the pump?").exists()
    after = visitor.browser.get(visitor.address)
    assert after.status_code == (200 if then == "released" else 410)


STALE: dict[str, tuple[Stage, tuple[steps.Step, ...], tuple[steps.Step, ...], dict[str, str]]] = {
    "confirm": (Stage.CONFIRM, (RESTATE,),
                (steps.Restate(restatement="Other words", interest="Other"),), {}),
    "correct": (Stage.CONFIRM, (RESTATE,),
                (steps.Confirm(channel=Channel.PHONE, reply="Yes"),), {"words": "The shaft!"}),
    "choose": (Stage.RESPOND, (UNCHOSEN,), (UNCHOSEN,), {"option": "1", "words": "At noon"}),
    "reject": (Stage.RESPOND, (UNCHOSEN,), (TELL, steps.CarryOut(proof="Seen")),
               {"words": "Neither"}),
    "verdict": (Stage.FOLLOW_UP, (), (NOT_SATISFIED,), {"score": "5", "words": "Fine"}),
}  # fmt: skip


@pytest.mark.parametrize("do", STALE)
def test_an_answer_to_what_stands_no_more_is_not_taken_and_what_was_typed_is_kept(
    do: str, visit: Visit, by: Actor, now: datetime
) -> None:
    stage, before, meanwhile, typed = STALE[do]
    visitor = visit(stage, *before)
    given = {**visitor.form(do), **typed}
    for step in meanwhile:
        take_step(visitor.case, step, by=by, now=now)
    stood = on_record()
    answer = visitor.browser.post(visitor.address, given)
    assert answer.status_code == 409
    assert "In the meantime something has changed" in said(answer)
    assert typed.get("words", "") in said(answer)
    assert on_record() == stood
    assert not Answer.objects.exists()


def test_what_we_note_among_ourselves_makes_no_answer_stale(
    visit: Visit, by: Actor, now: datetime
) -> None:
    visitor = visit(Stage.CONFIRM, RESTATE)
    given = visitor.form("confirm")
    take_step(visitor.case, steps.WriteNote(text="Calm."), by=by, now=now)
    assert visitor.browser.post(visitor.address, given).status_code == 302


def test_a_way_that_does_not_exist_cannot_be_chosen(visit: Visit) -> None:
    visitor = visit(Stage.RESPOND, UNCHOSEN)
    for option in ("3", "", "x"):
        assert visitor.send("choose", option=option).status_code == 422
    assert visitor.case.solutions.get().chosen is None


@pytest.mark.parametrize("do", ["correct", "protest", "message"])
def test_no_words_say_nothing(do: str, visit: Visit) -> None:
    visitor = visit(Stage.CONFIRM, RESTATE)
    before = on_record()
    for words in ("", "   ", "a\0b", "x" * 4001):
        assert visitor.send(do, words=words).status_code == 422
    assert on_record() == before


@pytest.mark.parametrize(
    "given",
    [{}, {"do": "note", "words": "x"}, {"do": "message", "words": "x"},
     {"do": "message", "words": "x", "key": "7"}, {"do": "confirm", "key": "é" * 40}],
)  # fmt: skip
def test_nonsense_is_answered_with_the_page(given: dict[str, str], visit: Visit) -> None:
    visitor = visit(Stage.CONFIRM, RESTATE)
    before = on_record()
    answer = visitor.browser.post(visitor.address, given)
    assert answer.status_code in (400, 422)
    assert visitor.case.reference in said(answer)
    assert on_record() == before


def test_one_of_us_who_is_signed_in_reads_the_page_and_cannot_speak_for_the_customer(
    visit: Visit, people: People
) -> None:
    visitor = visit(Stage.CONFIRM, RESTATE)
    before = on_record()
    given = visitor.form("confirm")
    visitor.browser.force_login(people.engineer)
    answer = visitor.browser.post(visitor.address, given)
    assert answer.status_code == 403
    assert "You are signed in as one of us" in said(answer)
    assert on_record() == before


def test_a_form_of_another_site_is_refused_and_an_old_page_keeps_the_words(visit: Visit) -> None:
    visitor = visit(Stage.RESPOND)
    strict = Browser(enforce_csrf_checks=True)
    given = {**visitor.form("message"), "words": "When do you come?"}
    answer = strict.post(visitor.address, given)
    assert answer.status_code == 403
    assert "When do you come?" in said(answer)
    assert not visitor.case.contact_records.filter(words="When do you come?").exists()
    token = answer.cookies["csrftoken"].value
    foreign = strict.post(visitor.address, {**given, "csrfmiddlewaretoken": token},
                          headers={"origin": "https://elsewhere.example"})  # fmt: skip
    assert foreign.status_code == 403
    for number, headers in enumerate(({}, {"origin": "null"})):
        fine = {**visitor.form("message"), "words": f"{number}", "csrfmiddlewaretoken": token}
        answer = strict.post(visitor.address, fine, headers=headers)
        assert answer.status_code == 302
    assert visitor.case.contact_records.filter(words__in=["0", "1"]).count() == 2


def test_behind_tls_no_referrer_is_needed_and_another_sites_is_refused(visit: Visit) -> None:
    visitor = visit(Stage.RESPOND)
    strict = Browser(enforce_csrf_checks=True)
    token = strict.get(visitor.address, secure=True).cookies["csrftoken"].value
    for referrer, status in ((None, 302), ("https://elsewhere.example/", 403)):
        given = {**visitor.form("message"), "words": "?", "csrfmiddlewaretoken": token}
        headers = {"referer": referrer} if referrer else {}
        answer = strict.post(visitor.address, given, headers=headers, secure=True)
        assert answer.status_code == status


def test_attempts_count_on_beside_the_page(visit: Visit) -> None:
    visitor = visit(Stage.FOLLOW_UP, ATTEMPT)
    assert "We tried to reach you" in visitor.look()
    assert visitor.send("verdict", score="3").status_code == 302
    assert Verdict.objects.get().score == 3
