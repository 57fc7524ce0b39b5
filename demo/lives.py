"""One case of the demo, moved from moment to moment through the real services."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from accounts.models import User
from accounts.presence import Presence
from customers.models import Contact, Customer
from demo.cast import SUPERVISOR, Cast
from demo.stories import Story, Words
from objections import audience, steps
from objections.actors import Actor
from objections.deadlines import sweeping
from objections.models import Case, Deadline
from objections.openings import Opening
from objections.services import escalations
from objections.services.cases import open_case
from objections.services.stepping import take_steps
from objections.vocabulary import Channel, Emotion, Promise, Sensitivity

Moments = Iterator[datetime]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SWEPT_AFTER = timedelta(seconds=0.4)
"""How long after its moment a rung rings, as it does with a tick each second."""


@dataclass(slots=True)
class Life:
    """A case, whoever carries it, and the moment to which its story has been told.

    Its methods yield the next moment at which something happens, and are resumed there,
    so that all lives together can be told in the order of time. ``watched`` says whether
    those above take what climbs to them, ``hold`` how long they give themselves, and
    ``patient`` whether the next progress update comes in time.
    """

    cast: Cast
    random: Random
    story: Story
    customer: Customer
    contact: Contact
    handler: User
    at: datetime
    mood: int = 3
    watched: bool = True
    patient: bool = True
    hold: tuple[timedelta, timedelta] = (1.5 * HOUR, 5 * HOUR)
    sensitivity: Sensitivity = Sensitivity.NORMAL
    batch: str = ""
    words: Words = field(init=False)
    _case: Case | None = None
    _take_at: datetime | None = None

    def __post_init__(self) -> None:
        self.words = Words(self.story.language, self.random)

    @property
    def case(self) -> Case:
        if self._case is None:
            raise ValueError("the customer has not spoken yet")
        return self._case

    @property
    def me(self) -> Actor:
        return Actor.person(self.handler)

    def between(self, low: timedelta, high: timedelta) -> timedelta:
        return low + (high - low) * self.random.random()

    def say(self, name: str, **blanks: str) -> str:
        return self.words.say(name, **{"contact": self.contact.name, **blanks})

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(self.handler.time_zone))

    def daytime(self, moment: datetime) -> datetime:
        """Return the moment, moved to the next morning if people would be at home."""
        local = self.local(moment)
        if 8 <= local.hour < 19:
            return moment
        morning = local.replace(hour=8, minute=self.random.randrange(5, 55))
        return morning if local.hour < 8 else morning + DAY

    # ── how time passes ───────────────────────────────────────────────────────────────

    def wait(self, low: timedelta, high: timedelta | None = None) -> Moments:
        yield from self.until(self.at + self.between(low, high or low))

    def until(self, moment: datetime) -> Moments:
        """Let time pass; what falls due in between rings at its own moment."""
        goal = max(moment, self.at + timedelta(seconds=1))
        while (due := self._next()) is not None and due < goal:
            yield due
            self.at = due
            self._ring()
        yield goal
        self.at = goal.astimezone(UTC)

    def rest(self) -> Moments:
        """Leave the case as it is, for good."""
        yield from self.until(self.at + 3650 * DAY)

    def _next(self) -> datetime | None:
        if self._case is None:
            return None
        alarm = sweeping.next_alarm(self._case)
        moments = [self._take_at, alarm + SWEPT_AFTER if alarm else None]
        return min((moment for moment in moments if moment is not None), default=None)

    def _ring(self) -> None:
        """Ring what is due. Nobody else can write to a case that is not committed yet."""
        sweeping.ring_case(self.case, now=self.at)
        waiting = self.case.escalations.filter(closed_at=None, taken_at=None)
        if self._take_at is not None and self.at >= self._take_at:
            self._take_at = None
            for escalation in waiting:
                self.take(escalation.pk)
        elif self.watched and self._take_at is None and waiting.exists():
            self._take_at = self.at + self.between(4 * MINUTE, 26 * MINUTE)

    def take(self, escalation: int) -> None:
        """Let the person whom a level stands for take it, with a next step and a time."""
        found = self.case.escalations.get(pk=escalation)
        heard = audience.above(self.case, found.level, Presence(self.at))
        person = heard[0].person if heard else self.cast.people[SUPERVISOR]
        escalations.take(
            found, by=Actor.person(person), next_step=self.say("take"),
            until=self.at + self.between(*self.hold), now=self.at,
        )  # fmt: skip

    # ── what is done ──────────────────────────────────────────────────────────────────

    def do(self, *taken: steps.Step, by: Actor | None = None) -> None:
        take_steps(self.case, taken, by=by or self.me, now=self.at)

    def open(
        self,
        *,
        by: Actor | None = None,
        channel: Channel = Channel.PHONE,
        assigned: bool = True,
        first: tuple[steps.Step, ...] = (),
        received_at: datetime | None = None,
        external_id: str = "",
    ) -> None:
        """Log what the customer says, in the customer's own words."""
        story = self.story
        self._case = open_case(
            Opening(
                statement=story.said, title=story.title, customer=self.customer,
                contact=self.contact, channel=channel, kind=story.kind, urgency=story.urgency,
                questions=tuple(question for question, _ in story.asks), emotion=self.feeling(),
                product=self.cast.products[story.product], serial=self._serial(),
                batch=self.batch,
                expectation=story.wants, handler=self.handler if assigned else None,
                received_at=received_at, sensitivity=self.sensitivity,
                named_people=(self.handler,) if self.sensitivity != Sensitivity.NORMAL else (),
                source=self.cast.client.name if external_id else "", external_id=external_id,
            ),
            by=by or self.me, now=self.at, steps=first,
        )  # fmt: skip

    def feeling(self) -> Emotion:
        return Emotion(min(max(self.mood, 1), 5))

    def calmer(self) -> Emotion:
        """Return how the customer feels now: mostly a little better than before."""
        self.mood -= self.random.choice((0, 1, 1))
        return self.feeling()

    def _serial(self) -> str:
        code = "".join(letter for letter in self.story.product if letter.isalnum())[:4].upper()
        made = self.at - self.between(90 * DAY, 700 * DAY)
        return f"{code}-{made:%y%m}-{self.random.randrange(1000, 9999)}"

    def acknowledge(self, *, late: timedelta | None = None) -> steps.Acknowledge:
        by = self.at + self.between(HOUR, 3 * HOUR)
        clock = f"{self.local(by):%H:%M}"
        return steps.Acknowledge(
            channel=Channel.PHONE, emotion=self.calmer(),
            summary=self.say("ack", title=self.story.title, by=clock),
            next_step=self.say("next_step"), next_by=by, at=self.at - late if late else None,
        )  # fmt: skip

    def restate(self, *, correction: str = "") -> steps.Restate:
        heard = self.story.heard
        if correction:
            heard = self.say("heard_again", heard=heard, correction=correction)
        return steps.Restate(
            restatement=heard, interest=self.story.needs, position=self.story.wants
        )

    def confirm(self) -> steps.Confirm:
        return steps.Confirm(
            channel=Channel.PHONE, with_whom=self.contact.name, emotion=self.calmer(),
            reply=self.say("confirmed"),
        )  # fmt: skip

    def tell(self, *, chosen: int | None = 1, promised: tuple[steps.Promised, ...] = (),
             mail: bool = False) -> steps.CommunicateSolution:  # fmt: skip
        story = self.story
        ways = "；".join(way.title for way in story.ways)
        if story.language == "en":
            ways = "; ".join(way.title for way in story.ways)
        return steps.CommunicateSolution(
            channel=Channel.EMAIL if mail else Channel.PHONE, emotion=self.calmer(),
            message=self.say("told", cause=story.cause, ways=ways), cause=story.cause,
            cause_category=story.category, chosen=chosen, answers=self.answers(),
            options=tuple(
                steps.OptionOffered(title=way.title, benefit=way.benefit, drawback=way.drawback)
                for way in story.ways
            ),
            commitments=promised,
        )  # fmt: skip

    def answers(self) -> tuple[steps.QuestionAnswered, ...]:
        """Answer every question that still stands open."""
        if self._case is None:
            return tuple(
                steps.QuestionAnswered(question=number, answer=given)
                for number, (_, given) in enumerate(self.story.asks, 1)
            )
        known = dict(self.story.asks)
        return tuple(
            steps.QuestionAnswered(
                question=question.number,
                answer=known.get(question.text) or self.say("message_answer"),
            )
            for question in self.case.questions.filter(answered_at=None)
        )

    def update(self) -> steps.UpdateProgress:
        return steps.UpdateProgress(channel=Channel.PHONE, message=self.say("progress"))

    def carry_out(self) -> steps.CarryOut:
        return steps.CarryOut(proof=self.say("proof"))

    def close(self, score: int | None = None) -> steps.CloseSatisfied:
        return steps.CloseSatisfied(
            score=score or self.random.choice((3, 4, 4, 4, 5, 5, 5)), words=self.say("content"),
            cause_category=self.story.category, lesson=self.story.lesson,
            nothing_new=not self.story.lesson, channel=Channel.PHONE,
            with_whom=self.contact.name, emotion=Emotion.CALM,
        )  # fmt: skip

    def attend(self, moment: datetime, *, clear: timedelta = timedelta(0)) -> Moments:
        """Let time pass, and tell the customer how things stand before each update is due.

        At the end no update falls due within ``clear``.
        """
        while (due := self._update_due()) is not None and due < moment + clear:
            early = self.between(10 * MINUTE, 90 * MINUTE)
            at = due - early if self.patient else due + early / 3
            self.patient = True
            at = min(max(at, self.at + (due - self.at) / 2), moment - MINUTE)
            yield from self.until(at)
            self.do(self.update())
        yield from self.until(moment)

    def _update_due(self) -> datetime | None:
        running = Deadline.objects.running().filter(case=self.case, promise=Promise.PROGRESS_UPDATE)
        return running.values_list("due_at", flat=True).first()
