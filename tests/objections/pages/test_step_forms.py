"""Each step from its form: recorded when it is right, refused with reasons when it is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from customers.models import Contact, Customer
from objections import steps
from objections.actors import Actor
from objections.forms.choosing import form_class
from objections.models import Case, CaseEvent, CustomerMail
from objections.services.stepping import take_step
from objections.steps import STEP_CLASSES
from objections.vocabulary import Action, Channel, EventKind, Kind, PauseReason, Stage
from tests.conftest import People
from tests.objections.pages.conftest import PNG, post, text_of
from tests.stories import DAY, HOUR, MIN, RESTATE, TELL

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Browser]
AtStage = Callable[..., Case]


def typed(moment: datetime) -> str:
    """Return a moment as a person in Shanghai types it into a form."""
    with timezone.override("Asia/Shanghai"):
        return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


NO_ROWS = {"options-TOTAL_FORMS": "0", "options-INITIAL_FORMS": "0",
           "promises-TOTAL_FORMS": "0", "promises-INITIAL_FORMS": "0"}  # fmt: skip


def solution(now: datetime, **more: Any) -> dict[str, Any]:
    return {
        "channel": "phone", "message": "The filter broke. Two ways out.", "cause": "Filter",
        "options-TOTAL_FORMS": "3", "options-INITIAL_FORMS": "0",
        "options-0-title": "Replace tonight", "options-0-hours": "3", "options-0-cost": "0",
        "options-2-title": "Refund", "options-2-drawback": "No pump",
        "promises-TOTAL_FORMS": "1", "promises-INITIAL_FORMS": "0",
        "promises-0-what": "Call with the shipping number",
        "promises-0-due_at": typed(now + HOUR), **more,
    }  # fmt: skip


RIGHT: list[tuple[Action, Stage, dict[str, Any], EventKind]] = [
    (Action.ACKNOWLEDGE, Stage.LISTEN,
     {"channel": "phone", "summary": "Thank you.", "emotion": "4"}, EventKind.ACKNOWLEDGED),
    (Action.RESTATE, Stage.CONFIRM,
     {"restatement": "The seal leaks.", "interest": "No stop.", "questions": ["Who pays?", ""]},
     EventKind.RESTATED),
    (Action.CONFIRM, Stage.CONFIRM, {"channel": "phone", "reply": "Yes."}, EventKind.CONFIRMED),
    (Action.CORRECT, Stage.CONFIRM, {"channel": "email", "correction": "No: line 1."},
     EventKind.CORRECTED),
    (Action.COMMUNICATE_SOLUTION, Stage.RESPOND, {}, EventKind.SOLUTION_COMMUNICATED),
    (Action.CHOOSE, Stage.RESPOND, {"channel": "phone", "option": "1", "reply": "That one."},
     EventKind.OPTION_CHOSEN),
    (Action.REJECT_SOLUTION, Stage.RESPOND, {"channel": "phone", "reason": "Too late."},
     EventKind.SOLUTION_REJECTED),
    (Action.CARRY_OUT, Stage.RESPOND, {"proof": "Zhou Min saw it run."}, EventKind.CARRIED_OUT),
    (Action.RECORD_ATTEMPT, Stage.FOLLOW_UP, {"channel": "phone", "result": "no_answer"},
     EventKind.ATTEMPT_RECORDED),
    (Action.CLOSE_SATISFIED, Stage.FOLLOW_UP,
     {"score": "5", "words": "Good.", "cause_category": "material", "nothing_new": "on"},
     EventKind.CLOSED_SATISFIED),
    (Action.NOT_SATISFIED, Stage.FOLLOW_UP, {"still_open": "It drips."},
     EventKind.NOT_SATISFIED),
    (Action.NEW_OBJECTION, Stage.FOLLOW_UP,
     {"statement": "And the invoice is wrong.", "channel": "phone", "kind": "objection",
      "urgency": "normal"}, EventKind.NEW_OBJECTION_LOGGED),
    (Action.REOPEN, Stage.CLOSED, {"reason": "It leaks again."}, EventKind.REOPENED),
    (Action.WITHDRAW, Stage.LISTEN, {"reason": "A mistake."}, EventKind.WITHDRAWN),
    (Action.RECLASSIFY, Stage.RESPOND,
     {"kind": "inquiry", "urgency": "crisis", "reason": "They only ask."},
     EventKind.RECLASSIFIED),
    (Action.PAUSE, Stage.RESPOND,
     {"promise": "response", "reason": PauseReason.CUSTOMER, "evidence": "They take pictures."},
     EventKind.DEADLINE_PAUSED),
    (Action.UPDATE_PROGRESS, Stage.RESPOND, {"channel": "chat", "message": "Parts are here."},
     EventKind.PROGRESS_UPDATED),
    (Action.RECEIVE_MESSAGE, Stage.RESPOND, {"channel": "email", "message": "And now?"},
     EventKind.MESSAGE_RECEIVED),
    (Action.REPLY, Stage.RESPOND, {"channel": "phone", "message": "Tonight."},
     EventKind.REPLIED),
    (Action.HAND_OVER, Stage.RESPOND, {"question": "Which batch?", "department": "Lab"},
     EventKind.HANDED_OVER),
    (Action.NOTE, Stage.CLOSED, {"text": "两套密封 🙂"}, EventKind.NOTED),
]  # fmt: skip


def prepare(action: Action, case: Case, by: Actor, now: datetime) -> None:
    """Put on record what a step builds on."""
    needs: dict[Action, steps.Step] = {
        Action.CONFIRM: RESTATE,
        Action.CORRECT: RESTATE,
        Action.CHOOSE: TELL,
        Action.REJECT_SOLUTION: TELL,
        Action.CARRY_OUT: TELL,
    }
    if action in needs:
        take_step(case, needs[action], by=by, now=now)


@pytest.mark.parametrize(("action", "stage", "data", "kind"), RIGHT, ids=lambda v: str(v)[:24])
def test_a_step_is_recorded_from_its_form(
    people: People,
    at_stage: AtStage,
    sign_in: SignIn,
    now: datetime,
    action: Action,
    stage: Stage,
    data: dict[str, Any],
    kind: EventKind,
) -> None:
    case = at_stage(stage)
    prepare(action, case, Actor.person(people.engineer), now)
    given = solution(now) if action == Action.COMMUNICATE_SOLUTION else data
    answer = post(sign_in(people.engineer), case, action, **given)
    assert answer.status_code == 302, text_of(answer)
    event = case.events.filter(kind=kind).latest("pk")
    assert event.user == people.engineer


def test_every_action_has_a_form_with_words_for_each_of_its_values(
    people: People, at_stage: AtStage
) -> None:
    for action in STEP_CLASSES:
        form = form_class(action)(case=at_stage(), user=people.engineer)
        assert all(str(bound.label) for bound in form.visible_fields()), action


def test_an_answer_that_is_put_off_becomes_a_promise(
    people: People, at_stage: AtStage, sign_in: SignIn, now: datetime
) -> None:
    case = at_stage(Stage.RESPOND, questions=("Who pays?",))
    put_off = {"reason_1": "The insurer decides", "answer_due_1": typed(now + DAY)}
    answer = post(
        sign_in(people.engineer), case, Action.COMMUNICATE_SOLUTION, **solution(now, **put_off)
    )
    assert answer.status_code == 302
    question = case.questions.get()
    assert question.deferred_reason == "The insurer decides"
    assert question.deferred_to == case.commitments.get(what="Who pays?")


def test_a_blank_row_between_two_options_is_no_option(
    people: People, at_stage: AtStage, sign_in: SignIn, now: datetime
) -> None:
    case = at_stage(Stage.RESPOND)
    answer = post(
        sign_in(people.engineer), case, Action.COMMUNICATE_SOLUTION, **solution(now, chosen="3")
    )
    assert answer.status_code == 302
    told = case.solutions.get()
    assert [option.title for option in told.options.all()] == ["Replace tonight", "Refund"]
    assert told.chosen is not None
    assert told.chosen.title == "Refund"
    assert told.options.get(number=1).duration == timedelta(hours=3)


def test_a_short_matter_is_told_chosen_and_carried_out_in_one_submit(
    people: People, at_stage: AtStage, sign_in: SignIn, now: datetime
) -> None:
    case = at_stage(Stage.RESPOND)
    given = solution(now, chosen="1", carried_out="She saw it run")
    answer = post(sign_in(people.engineer), case, Action.COMMUNICATE_SOLUTION, **given)
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.stage == Stage.FOLLOW_UP


def test_the_first_talk_may_say_back_and_hear_the_agreement_in_one_submit(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case = at_stage(Stage.LISTEN)
    answer = post(
        sign_in(people.engineer), case, Action.ACKNOWLEDGE, channel="phone", summary="Thanks",
        restatement="The seal leaks", interest="No stop", agreed="Yes",
    )  # fmt: skip
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.stage == Stage.RESPOND


def test_thanks_are_closed_with_thanks(people: People, at_stage: AtStage, sign_in: SignIn) -> None:
    case = at_stage(Stage.CONFIRM, kind=Kind.THANKS)
    assert post(sign_in(people.engineer), case, Action.CLOSE_THANKED).status_code == 302
    case.refresh_from_db()
    assert case.stage == Stage.CLOSED


def test_an_e_mail_leaves_when_it_is_recorded(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case = at_stage(Stage.RESPOND)
    answer = post(
        sign_in(people.engineer), case, Action.UPDATE_PROGRESS, channel="email",
        message="Parts are here.", to="zhoumin@hengyuan.example",
    )  # fmt: skip
    assert answer.status_code == 302
    assert CustomerMail.objects.get().to == "zhoumin@hengyuan.example"


def test_promises_and_hand_overs_are_kept_and_answered_by_their_numbers(
    people: People, at_stage: AtStage, sign_in: SignIn, now: datetime
) -> None:
    case = at_stage(Stage.RESPOND)
    browser = sign_in(people.engineer)
    commit = {"what": "Send the shipping number", "due_at": typed(now + HOUR)}
    assert post(browser, case, Action.COMMIT, **commit).status_code == 302
    case.refresh_from_db()
    later = {"commitment": "1", "due_at": typed(now + 2 * HOUR), "message": "At noon",
             "channel": "phone"}  # fmt: skip
    assert post(browser, case, Action.REAGREE_COMMITMENT, **later).status_code == 302
    case.refresh_from_db()
    kept = {"commitment": "1", "proof": "Told Zhou Min"}
    assert post(browser, case, Action.KEEP_COMMITMENT, **kept).status_code == 302
    case.refresh_from_db()
    assert (
        post(browser, case, Action.HAND_OVER, question="Batch?", department="Lab").status_code
        == 302
    )
    case.refresh_from_db()
    answered = {"hand_over": "1", "answer": "B25-44"}
    assert post(browser, case, Action.ANSWER_HAND_OVER, **answered).status_code == 302
    assert case.commitments.get().times_reagreed == 1
    assert case.commitments.get().kept_at is not None
    assert case.hand_overs.get().answer == "B25-44"


def test_somebody_of_another_team_who_was_asked_may_answer_and_nothing_else(
    people: People, at_stage: AtStage, sign_in: SignIn, now: datetime
) -> None:
    case = at_stage(Stage.RESPOND)
    asked = steps.HandOver(question="Which batch?", department="Lab", to_user=people.stranger)
    take_step(case, asked, by=Actor.person(people.engineer), now=now)
    browser = sign_in(people.stranger)
    shown = text_of(browser.get(reverse("case", args=[case.reference])))
    assert "answer_hand_over" in shown
    assert "update_progress" not in shown
    answered = {"hand_over": "1", "answer": "B25-44"}
    assert post(browser, case, Action.ANSWER_HAND_OVER, **answered).status_code == 302


def test_times_are_typed_in_the_person_s_own_zone(
    people: People, at_stage: AtStage, sign_in: SignIn, now: datetime
) -> None:
    people.engineer.time_zone = "America/New_York"
    people.engineer.save()
    case = at_stage(Stage.RESPOND)
    due = (now + DAY).replace(second=0, microsecond=0)
    with timezone.override("America/New_York"):
        local = timezone.localtime(due).strftime("%Y-%m-%dT%H:%M")
    post(sign_in(people.engineer), case, Action.COMMIT, what="Send the number", due_at=local)
    assert case.commitments.get().due_at == due


def test_several_files_are_attached_at_once_or_none(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case = at_stage(Stage.RESPOND)
    browser = sign_in(people.engineer)
    good = [SimpleUploadedFile(f"{n}.png", PNG, "image/png") for n in range(2)]
    assert post(browser, case, Action.ATTACH, file=good, caption="Seal").status_code == 302
    case.refresh_from_db()
    mixed = [SimpleUploadedFile("3.png", PNG), SimpleUploadedFile("run.exe", b"MZ\x90\x00")]
    answer = post(browser, case, Action.ATTACH, file=mixed)
    assert answer.status_code == 422
    assert "Files of this type are not accepted" in text_of(answer)
    assert [row.caption for row in case.evidence.all()] == ["Seal", "Seal"]


def test_a_step_s_address_leads_back_to_its_form(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case = at_stage()
    url = reverse("case-step", args=[case.reference, Action.NOTE])
    answer = sign_in(people.engineer).get(url)
    assert answer.headers["Location"] == f"/cases/{case.reference}/?do=note#work"


def test_a_contact_may_be_recorded_afterwards_with_its_own_time(
    people: People, at_stage: AtStage, sign_in: SignIn, now: datetime
) -> None:
    case = at_stage(Stage.LISTEN, ago=timedelta(minutes=30))
    given = {"channel": "phone", "summary": "Thanks", "at": typed(now - 20 * MIN)}
    assert post(sign_in(people.engineer), case, Action.ACKNOWLEDGE, **given).status_code == 302
    event = CaseEvent.objects.get(case=case, kind=EventKind.ACKNOWLEDGED)
    assert now - 21 * MIN <= event.occurred_at <= now - 19 * MIN


def test_only_people_of_the_team_are_offered_as_handlers(people: People, at_stage: AtStage) -> None:
    form = form_class(Action.ASSIGN)(case=at_stage(), user=people.engineer)
    offered = {str(user) for user in cast(Any, form.fields["handler"]).queryset}
    assert "Stranger" not in offered
    assert {"Engineer", "Colleague", "Supervisor", "Manager"} <= offered


def test_a_case_is_given_to_a_colleague(people: People, at_stage: AtStage, sign_in: SignIn) -> None:
    case = at_stage()
    given = {"handler": people.colleague.pk}
    assert post(sign_in(people.engineer), case, Action.ASSIGN, **given).status_code == 302
    case.refresh_from_db()
    assert case.handler == people.colleague


def test_skipping_the_confirmation_is_for_supervisors(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case = at_stage(Stage.CONFIRM)
    skip = {"skip_reason": "The customer is on a plane"}
    assert post(sign_in(people.engineer), case, Action.CONFIRM, **skip).status_code == 422
    assert post(sign_in(people.supervisor), case, Action.CONFIRM, **skip).status_code == 302


def test_the_same_channel_and_partner_are_offered_again(
    people: People, at_stage: AtStage, customer: Customer, contact: Contact
) -> None:
    case = at_stage(channel=Channel.CHAT)
    form = form_class(Action.UPDATE_PROGRESS)(case=case, user=people.engineer)
    assert form["channel"].value() == Channel.CHAT
    assert form["with_whom"].value() == contact.name
