"""What a case needs next, as a verb. The desk, the case page and its one button read it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Model, QuerySet, prefetch_related_objects
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from objections.clockface import ClockState, face
from objections.demands import ATTEMPT_DAYS_NEEDED, ATTEMPTS_NEEDED
from objections.models import (
    Case,
    Commitment,
    ContactRecord,
    Deadline,
    HandOver,
    Question,
    Restatement,
    Solution,
)
from objections.vocabulary import Action, Channel, Kind, Promise, Purpose, Stage

SOON = timedelta(hours=1)
"""A promise beside the stage's own work leads from here on, or once it has warned."""
LONGEST = 60
SPOKEN = (Channel.PHONE, Channel.ON_SITE)
BESIDE_THE_STAGE = (Promise.COMMITMENT, Promise.HAND_OVER, Promise.PROGRESS_UPDATE)


@dataclass(frozen=True, slots=True)
class NextStep:
    """The next thing to do: a verb, the action behind it, and the clock it stands under.

    ``deadline`` is the earliest clock of the case that is not paused, or the first
    paused one where all are; ``promise`` is that clock's. ``subject`` is the number of
    the promise or hand-over that the action is about.
    """

    sentence: str
    action: Action
    promise: Promise | None = None
    deadline: Deadline | None = None
    subject: int | None = None


@dataclass(slots=True)
class Facts:
    """What is on record of one case, as far as the next step depends on it."""

    deadlines: list[Deadline] = field(default_factory=list)
    unanswered: list[Question] = field(default_factory=list)
    restatement: Restatement | None = None
    solution: Solution | None = None
    attempts: list[ContactRecord] = field(default_factory=list)
    commitments: list[Commitment] = field(default_factory=list)
    hand_overs: list[HandOver] = field(default_factory=list)


def next_step(case: Case, user: User | None, now: datetime) -> NextStep | None:
    """Return what the case needs next; None once it has ended."""
    return next_steps([case], user, now).get(case.pk)


def next_steps(cases: Iterable[Case], user: User | None, now: datetime) -> dict[int, NextStep]:
    """Return the next step of each open case by its key, in a fixed number of queries.

    ``user`` is who reads it: whoever is asked by another department is told to answer.
    Whether the person may take the step is for ``permissions.may`` to say.
    """
    still_open = [case for case in cases if case.is_open]
    prefetch_related_objects(still_open, "contact", "customer")
    facts = gather(still_open)
    return {case.pk: _next(case, facts[case.pk], user, now) for case in still_open}


def gather(cases: Sequence[Case]) -> dict[int, Facts]:
    """Read what the next steps of these cases depend on."""
    found: dict[int, Facts] = {case.pk: Facts() for case in cases}
    keys = list(found)
    if not keys:
        return found
    rows = _by_case(Deadline.objects.running().filter(case__in=keys, is_historical=False))
    questions = Question.objects.filter(case__in=keys, answered_at=None)
    restated = _by_case(Restatement.objects.filter(case__in=keys))
    solved = _by_case(Solution.objects.filter(case__in=keys, withdrawn_at=None))
    attempts = ContactRecord.objects.filter(case__in=keys, purpose=Purpose.ATTEMPT)
    tried = _by_case(attempts.order_by("occurred_at"))
    promised = _by_case(Commitment.objects.filter(case__in=keys, kept_at=None, voided_at=None))
    asked = HandOver.objects.filter(case__in=keys, answered_at=None, voided_at=None)
    handed = _by_case(asked.select_related("to_user"))
    unanswered = _by_case(
        questions.exclude(
            deferred_to__kept_at=None, deferred_to__voided_at=None, deferred_to__isnull=False
        )
    )
    for case in cases:
        now_known = found[case.pk]
        now_known.deadlines = rows[case.pk]
        now_known.unanswered = unanswered[case.pk]
        now_known.restatement = _last(restated[case.pk])
        now_known.solution = _standing_solution(case, solved[case.pk])
        now_known.attempts = [a for a in tried[case.pk] if a.occurred_at >= case.stage_entered_at]
        now_known.commitments = promised[case.pk]
        now_known.hand_overs = handed[case.pk]
    return found


_Row = TypeVar("_Row", bound=Model)


def _by_case(rows: QuerySet[_Row]) -> defaultdict[int, list[_Row]]:
    sorted_out: defaultdict[int, list[_Row]] = defaultdict(list)
    for row in rows:
        sorted_out[row.case_id].append(row)  # type: ignore[attr-defined]
    return sorted_out


def _last(rows: Sequence[Restatement]) -> Restatement | None:
    return rows[-1] if rows else None


def _standing_solution(case: Case, solutions: Sequence[Solution]) -> Solution | None:
    """Return the solution told last in this round, unless it was rejected since."""
    told = [one for one in solutions if one.cycle == case.cycle and one.rejected_at is None]
    return told[-1] if told else None


def earliest(deadlines: Iterable[Deadline]) -> Deadline | None:
    """Return the running clock that falls due first; a paused one only where all are."""
    return min(
        deadlines,
        key=lambda one: (one.due_at is None, one.due_at or one.resume_at or one.started_at),
        default=None,
    )


def from_facts(case: Case, facts: Facts, user: User | None, now: datetime) -> NextStep | None:
    """Return the next step of a case whose record the caller has read already."""
    return _next(case, facts, user, now) if case.is_open else None


def _next(case: Case, facts: Facts, user: User | None, now: datetime) -> NextStep:
    clock = earliest(facts.deadlines)
    words = _by_clock(case, facts, clock, user, now) or _by_stage(case, facts)
    sentence, action, subject = words
    promise = Promise(clock.promise) if clock else None
    return NextStep(sentence, action, promise, clock, subject)


_Words = tuple[str, Action, int | None]


def _by_clock(
    case: Case, facts: Facts, clock: Deadline | None, user: User | None, now: datetime
) -> _Words | None:
    """Return the step that the earliest clock asks for, where that is not the stage's own."""
    if clock is None or clock.due_at is None:
        return None
    promise = Promise(clock.promise)
    if promise == Promise.ACKNOWLEDGEMENT and case.stage != Stage.LISTEN:
        return _call_back(case), Action.UPDATE_PROGRESS, None
    if promise == Promise.CUSTOMER_MESSAGE:
        return _("Reply to the customer's message"), Action.REPLY, None
    if promise not in BESIDE_THE_STAGE:
        return None
    pressing = face(clock, now=now).state in (ClockState.WARNED, ClockState.BREACHED)
    if not pressing and clock.due_at - now > SOON:
        return None
    if promise == Promise.PROGRESS_UPDATE:
        told = _("Tell how things stand")
        return (told, Action.UPDATE_PROGRESS, None) if pressing else None
    if promise == Promise.COMMITMENT:
        return _keep_promise(facts, clock.subject)
    return _get_answer(facts, clock.subject, user)


def _keep_promise(facts: Facts, number: int | None = None) -> _Words | None:
    for one in facts.commitments:
        if number in (None, one.number):
            sentence = _("Keep the promise: {what}").format(what=_short(one.what))
            return sentence, Action.KEEP_COMMITMENT, one.number
    return None


def _get_answer(facts: Facts, number: int | None, user: User | None) -> _Words | None:
    for one in facts.hand_overs:
        if one.number != number:
            continue
        if user is not None and one.to_user_id == user.pk:
            sentence = _("Answer the question: {question}").format(question=_short(one.question))
        else:
            asked = one.department or str(one.to_user or "")
            sentence = _("Get the answer from {department}").format(department=asked)
        return sentence, Action.ANSWER_HAND_OVER, one.number
    return None


def _by_stage(case: Case, facts: Facts) -> _Words:
    by_stage: dict[str, Callable[[Case, Facts], _Words]] = {
        Stage.LISTEN: _listen,
        Stage.CONFIRM: _confirm,
        Stage.RESPOND: _respond,
        Stage.FOLLOW_UP: _follow_up,
    }
    return by_stage[case.stage](case, facts)


def _listen(case: Case, _facts: Facts) -> _Words:
    return _call_back(case), Action.ACKNOWLEDGE, None


def _confirm(case: Case, facts: Facts) -> _Words:
    if case.kind == Kind.THANKS:
        return _("Close with thanks"), Action.CLOSE_THANKED, None
    if facts.restatement is None:
        return _("Say back what we understood"), Action.RESTATE, None
    if facts.restatement.corrected_at is not None:
        return _("Say back once more what we understood"), Action.RESTATE, None
    return _("Confirm our understanding"), Action.CONFIRM, None


def _respond(_case: Case, facts: Facts) -> _Words:
    solution = facts.solution
    if solution is None:
        count = len(facts.unanswered)
        if count:
            words = ngettext("Answer {count} question", "Answer {count} questions", count)
            return words.format(count=count), Action.COMMUNICATE_SOLUTION, None
        return _("Tell cause and solution"), Action.COMMUNICATE_SOLUTION, None
    if solution.chosen_at is None:
        return _("Record the customer's choice"), Action.CHOOSE, None
    return _("Record that it is carried out"), Action.CARRY_OUT, None


def _follow_up(case: Case, facts: Facts) -> _Words:
    made = len(facts.attempts)
    zone = ZoneInfo(settings.TIME_ZONE)
    days = len({attempt.occurred_at.astimezone(zone).date() for attempt in facts.attempts})
    if made == 0:
        promise = _keep_promise(facts)
        asked = _("Ask whether it is really solved")
        if _has_verdict(case, facts):
            asked = _("Close the case: the customer is content")
        return promise or (asked, Action.CLOSE_SATISFIED, None)
    if made < ATTEMPTS_NEEDED:
        words = _("Call again (attempt {number} of {needed})")
        sentence = words.format(number=made + 1, needed=ATTEMPTS_NEEDED)
        return sentence, Action.RECORD_ATTEMPT, None
    if days < ATTEMPT_DAYS_NEEDED:
        return _("Call again on another day"), Action.RECORD_ATTEMPT, None
    return _("Close: not reachable"), Action.CLOSE_UNREACHABLE, None


def _has_verdict(case: Case, facts: Facts) -> bool:
    """True where the follow-up is kept already: only the customer's own word does that."""
    if case.is_historical or case.kind == Kind.THANKS:
        return False
    return all(one.promise != Promise.FOLLOW_UP for one in facts.deadlines)


def _call_back(case: Case) -> str:
    name = str(case.contact or case.customer or "")
    if case.channel in SPOKEN:
        return _("Call back {name}").format(name=name)
    return _("Get back to {name}").format(name=name)


def _short(text: str) -> str:
    return Truncator(text).chars(LONGEST)
