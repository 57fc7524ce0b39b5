"""Playing a rehearsal: through the real services, in a transaction that is always rolled back.

What the page shows is read and rendered while the play lasts. Afterwards nothing of it is
there: no row, no notice, no mail, no number. Rows written twice at once never meet, for each
rehearsal brings its own customer and its own reference; foreign keys are checked at a commit
that never comes, so no row of anybody else is locked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from customers.models import Contact, Customer
from objections.actors import CUSTOMER, SYSTEM, Actor
from objections.deadlines import sweeping
from objections.demands import open_questions
from objections.errors import Refused
from objections.forms.choosing import form_class
from objections.forms.steps import StepForm
from objections.locking import lock
from objections.models import Case
from objections.openings import Opening
from objections.services.cases import open_rehearsed
from objections.services.stepping import take_steps
from objections.steps import (
    AnswerHandOver,
    CommunicateSolution,
    Correct,
    NotSatisfied,
    ReceiveMessage,
    RejectSolution,
    Restate,
    Step,
)
from objections.vocabulary import Action
from practice import spoken
from practice.models import Rehearsal, Turn
from practice.said import Saying, Told
from practice.scenarios import Scenario, Words
from practice.script import Facts, Rule, react, warmed

Posted = Mapping[str, Sequence[str]]


class _Over(Exception):
    """Ends every play, so that its transaction is rolled back."""


@dataclass(slots=True)
class Play:
    """A rehearsal while it is played. ``now`` is the simulated time.

    ``heats`` are the customer's tempers after each of their sayings. ``stuck_at`` is the turn
    that the rules of today refuse, if there is one; the play stops before it.
    """

    rehearsal: Rehearsal
    scenario: Scenario
    words: Words
    by: Actor
    case: Case
    now: datetime
    heat: int
    sayings: list[Saying] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    heats: list[int] = field(default_factory=list)
    noted: list[int] = field(default_factory=list)
    fired: set[str] = field(default_factory=set)
    heard_at: datetime | None = None
    knows_cause: bool = False
    corrections: int = 0
    stuck_at: int | None = None

    @property
    def user(self) -> User:
        return self.rehearsal.user

    # Putting something in

    def form(self, action: Action, posted: Posted | None = None) -> StepForm:
        """Return the product's own form of a step, empty or as it was typed."""
        typed = None if posted is None else as_query(posted)
        form = form_class(action)(typed, case=self.case, user=self.user)
        if "to" in form.fields:
            form.fields["to"].help_text = ""  # it says that an e-mail is really sent
        return form

    def step(self, form: StepForm) -> Facts:
        """Take the steps of a valid form, and return what they were like for the customer.

        Refused is what the product refuses; then nothing has changed.
        """
        steps = form.to_steps()
        answers = any(spoken.answers(one) for one in steps)
        asked = tuple(one.text for one in open_questions(self.case)) if answers else ()
        late = self._late()
        take_steps(self.case, steps, by=self.by, now=self.now)
        action = steps[0].action
        text = "\n".join(filter(None, (spoken.words(one) for one in steps)))
        is_told = any(spoken.is_told(one) for one in steps)
        if is_told:
            beside = frozenset().union(*(spoken.beside(one) for one in steps))
            self.told.append(Told(self.now, action.value, text, asked, beside))
            self.heard_at = self.now
        self.sayings.append(Saying("us", self.now, text, action=action.value))
        self.noted += [int(level) for one in steps if (level := getattr(one, "emotion", None))]
        return self._facts(steps, action, is_told, late)

    def let_pass(self, until: datetime) -> Facts:
        """Let time pass: clocks ring, engineering answers, and what is left is silence."""
        length = until - self.now
        while (at := self._answered_at()) is not None and at <= until:
            self._engineering(max(at, self.now))
        self.now = until
        self._ring()
        self.sayings.append(Saying(Turn.WAIT, until, "", passed=length))
        return self._facts((), None, False, self._late())

    # What comes back

    def react(self, facts: Facts) -> list[str]:
        """Let the customer react to what was done, and return the names of the rules."""
        reaction = react(self.scenario.rules, facts)
        if reaction.rule is None:
            return []
        self.speak(reaction.rule)
        return [reaction.rule.name]

    def speak(self, rule: Rule) -> None:
        """Let the customer say a rule's line, and do what it says."""
        self.heat = warmed(self.heat, rule)
        self.heats.append(self.heat)
        self.fired.add(rule.name)
        line = self.words.lines[rule.name]
        self.sayings.append(Saying("customer", self.now, line, heat=self.heat))
        self.corrections += rule.does == "correct"
        done = self._does(rule, line)
        if done is not None:
            with suppress(Refused):  # where the stage does not allow it, they only said it
                take_steps(self.case, [done], by=CUSTOMER, now=self.now)

    def _does(self, rule: Rule, line: str) -> Step | None:
        channel = self.scenario.channel
        if rule.does == "correct":
            return Correct(channel=channel, correction=line)
        if rule.does == "message":
            return ReceiveMessage(channel=channel, message=line)
        if rule.does == "reject":
            return RejectSolution(channel=channel, reason=line)
        return NotSatisfied(channel=channel, still_open=line) if rule.does else None

    def _facts(
        self, steps: Sequence[Step], action: Action | None, told: bool, late: frozenset[str]
    ) -> Facts:
        heard = self.heard_at or self.rehearsal.begins_at
        restated = [one for one in steps if isinstance(one, Restate)]
        meant = " ".join(f"{one.restatement} {one.interest}" for one in restated)
        solved = [one for one in steps if isinstance(one, CommunicateSolution)]
        options = self.case.solutions.latest("number").options.count() if solved else 0
        return Facts(
            action=action.value if action else Turn.WAIT,
            stage=self.case.stage,
            spoken=told,
            names_interest=self.words.names_interest(meant),
            options=options,
            put_off=sum(spoken.put_off(one) for one in steps),
            silent=int((self.now - heard).total_seconds() // 60),
            late=late,
            heat=self.heat,
            fired=frozenset(self.fired),
        )

    def _late(self) -> frozenset[str]:
        """Return the promises that stand broken and open at this moment."""
        self._ring()
        broken = self.case.deadlines.filter(breached_at__isnull=False, ended_at=None)
        return frozenset(broken.values_list("promise", flat=True))

    def _ring(self) -> None:
        """Ring what is due by now, as the sweep would have."""
        due = sweeping.next_alarm(self.case)
        if due is not None and due < self.now:
            sweeping.ring_case(lock(self.case), now=self.now)
            self.case.refresh_from_db()

    def _answered_at(self) -> datetime | None:
        """Return when engineering speaks next: asked, or by itself; None where it has."""
        if not self.case.is_open:
            return None
        asked = self.case.hand_overs.filter(answered_at=None, voided_at=None).first()
        if asked is not None:
            return asked.asked_at + self.scenario.engineering_after
        return None if self.knows_cause else self.rehearsal.begins_at + self.scenario.cause_after

    def _engineering(self, at: datetime) -> None:
        self.now = at
        self._ring()
        for one in self.case.hand_overs.filter(answered_at=None, voided_at=None)[:1]:
            answer = AnswerHandOver(hand_over=one.number, answer=self.words.engineering)
            take_steps(self.case, [answer], by=SYSTEM, now=at)
        self.knows_cause = True
        self.sayings.append(Saying("engineering", at, self.words.engineering))

    # From the beginning

    def replay(self, turns: Sequence[Turn]) -> None:
        """Play turns that were taken, with the reactions that followed them then."""
        for turn in turns:
            try:
                self._again(turn)
            except Refused:
                self.stuck_at = turn.number
                return

    def _again(self, turn: Turn) -> None:
        at = self.rehearsal.begins_at + turn.offset
        if turn.action == Turn.WAIT:
            self.let_pass(at)
        else:
            self.now = at
            form = self.form(Action(turn.action), turn.posted)
            if not form.is_valid():
                self.stuck_at = turn.number
                raise Refused(turn.action)
            self.step(form)
        for name in turn.reaction:
            rule = self.scenario.rule(name)
            if rule is not None:
                self.speak(rule)


@contextmanager
def played(rehearsal: Rehearsal, scenario: Scenario, turns: Sequence[Turn]) -> Iterator[Play]:
    """Play a rehearsal up to its last turn, hand it over, and undo every row of it.

    Times are read and shown in the zone of the person who rehearses.
    """
    with timezone.override(ZoneInfo(rehearsal.time_zone)):
        try:
            with transaction.atomic():
                play = _opened(rehearsal, scenario)
                play.replay(turns)
                yield play
                raise _Over
        except _Over:
            pass


def _opened(rehearsal: Rehearsal, scenario: Scenario) -> Play:
    words = scenario.told(rehearsal.language)
    customer = Customer.objects.create(name=words.customer)
    contact = Contact.objects.create(
        customer=customer, name=words.contact, email="practice@customer.invalid"
    )
    by, now = Actor.person(rehearsal.user), rehearsal.begins_at
    opening = Opening(
        statement=words.said, title=words.title, customer=customer, contact=contact,
        channel=scenario.channel, kind=scenario.kind, urgency=scenario.urgency,
        emotion=scenario.emotion, style=scenario.style, questions=words.questions,
        expectation=words.expects, team=rehearsal.team, handler=rehearsal.user,
    )  # fmt: skip
    case = open_rehearsed(opening, reference=f"CT-0000-{rehearsal.pk:08d}", by=by, now=now)
    heat = int(scenario.emotion)
    first = Saying("customer", now, words.said, heat=heat)
    return Play(
        rehearsal, scenario, words, by, case, now, heat, sayings=[first], heats=[heat]
    )  # fmt: skip


def as_query(posted: Posted) -> QueryDict:
    """Return raw fields as a form reads them."""
    query = QueryDict(mutable=True)
    for name, values in posted.items():
        query.setlist(name, list(values))
    return query


def offset_of(play: Play) -> timedelta:
    return play.now - play.rehearsal.begins_at
