"""How a rehearsal went: the coach, the clocks, the ladder, the customer's temper; and what to try.

Read while it is played. Everything in it is text, numbers and moments, so that it can be
shown when the play is over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from knowledge.playbooks import Card, card_of
from objections.clockface import Clock, ClockState, face
from objections.errors import DEMANDS, Demand
from objections.models import Deadline, EscalationEntry
from objections.vocabulary import OPEN_STAGES, Action, Stage
from practice import coaching
from practice.coaching import Remark
from practice.models import RefusedTry
from practice.playing import Play
from timekeeping import wording

TIPS = 3
HOT = 4


@dataclass(frozen=True, slots=True)
class Contact:
    """Something that was told, and what the coach says of it."""

    at: datetime
    label: str
    text: str
    remarks: list[Remark]


@dataclass(frozen=True, slots=True)
class Settled:
    """A clock and how it ended; ``late_by`` is empty where it was kept."""

    clock: Clock
    late_by: timedelta | None

    @property
    def late_words(self) -> str:
        return wording.duration(self.late_by) if self.late_by else ""


@dataclass(frozen=True, slots=True)
class Climb:
    """A level that an escalation reached, and who would have been called."""

    at: datetime
    level: int
    promise: str
    people: list[str]


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was refused, and how often.

    ``is_demand``: the form was filled in, and the step lacked this.
    """

    sentence: str
    count: int
    is_demand: bool


@dataclass(slots=True)
class Debrief:
    stage: Stage
    passed: timedelta
    contacts: list[Contact]
    clocks: list[Settled]
    climbs: list[Climb]
    heats: list[int]
    noted: list[int]
    refusals: list[Refusal]
    asked: int
    answered: int
    corrections: int
    card: Card | None
    stuck_at: int | None
    ended_well: bool
    tips: list[str] = field(default_factory=list)

    @property
    def broken(self) -> list[Settled]:
        return [one for one in self.clocks if one.late_by]

    @property
    def kept(self) -> list[Settled]:
        return [one for one in self.clocks if one.clock.state == ClockState.KEPT]

    @property
    def told_rules(self) -> Counter[str]:
        return Counter(one.rule for contact in self.contacts for one in contact.remarks)


def of(play: Play, tries: Sequence[RefusedTry], *, language: str) -> Debrief:
    """Look back at a play. ``language`` is the reader's, for the playbook card."""
    terms = coaching.jargon()
    questions = list(play.case.questions.all())
    made = Debrief(
        stage=Stage(play.case.stage),
        passed=play.now - play.rehearsal.begins_at,
        contacts=[
            Contact(
                one.at, str(Action(one.action).label), one.text,
                coaching.remarks(coaching.findings(play, one, terms)),
            )
            for one in play.told
        ],
        clocks=_clocks(play),
        climbs=_climbs(play),
        heats=list(play.heats),
        noted=list(play.noted),
        refusals=_refusals(tries),
        asked=len(questions),
        answered=sum(1 for one in questions if one.answered_at is not None),
        corrections=play.corrections,
        card=card_of(play.scenario.style, language),
        stuck_at=play.stuck_at,
        ended_well=play.case.stage == Stage.CLOSED and play.heat < HOT,
    )  # fmt: skip
    made.tips = tips(made)
    return made


def _clocks(play: Play) -> list[Settled]:
    rows = [one for one in play.case.deadlines.all() if one.ended_as != "void"]
    return [Settled(face(one, now=play.now), _late_by(one, play.now)) for one in rows]


def _late_by(one: Deadline, now: datetime) -> timedelta | None:
    if one.breached_at is None:
        return None
    return (one.answered_late_at or one.ended_at or now) - one.breached_at


def _climbs(play: Play) -> list[Climb]:
    entries = list(
        EscalationEntry.objects.filter(escalation__case=play.case)
        .select_related("escalation__deadline")
        .order_by("occurred_at", "pk")
    )
    keys = {pk for entry in entries for pk in entry.told}
    names = {one.pk: str(one) for one in User.objects.filter(pk__in=keys)}
    return [
        Climb(
            entry.occurred_at, entry.level, _about(entry), [names[pk] for pk in entry.told]
        )
        for entry in entries
    ]  # fmt: skip


def _about(entry: EscalationEntry) -> str:
    deadline = entry.escalation.deadline
    if deadline is None:
        return str(entry.escalation.get_reason_display())
    return str(deadline.get_promise_display())


def _refusals(tries: Sequence[RefusedTry]) -> list[Refusal]:
    """Say what was refused in the present language, the most frequent first."""
    counted: Counter[str] = Counter()
    demanded: set[str] = set()
    for one in tries:
        known = [row for row in one.lacked if row.get("code") in DEMANDS]
        if not known:
            label = Action(one.action).label
            counted[_("“{action}”: not filled in completely").format(action=label)] += 1
        for row in known:
            sentence = Demand(row["code"], params=row["params"]).sentence
            counted[sentence] += 1
            demanded.add(sentence)
    return [Refusal(words, count, words in demanded) for words, count in counted.most_common()]


OF_RULES = {
    "conditional_apology": gettext_lazy(
        "Apologise for what happened, without “if”: say it as a fact."
    ),
    "blame": gettext_lazy("Leave out whose fault it is. Say what you do about it."),
    "empathy_but": gettext_lazy("End the sentence before the “but”."),
    "vague_promise": gettext_lazy("Name day and hour with each promise. “Soon” is none."),
    "unanswered_question": gettext_lazy(
        "Answer each question, or say why not yet and when you will."
    ),
    "incomplete_apology": gettext_lazy(
        "Give the apology all five parts: what, its effect, regret, what now, never again."
    ),
    "jargon": gettext_lazy("Say it in the customer’s words, not in those of the house."),
    "missing_manners": gettext_lazy("Begin with their name and thanks, end with the next step."),
}
"""What to try, by rule of the coach; the gravest first."""
ALWAYS = (
    gettext_lazy("Try the same scenario again, and bring the temper one level lower."),
    gettext_lazy("Tell them how things stand before they ask."),
    gettext_lazy("Say back what they need in one sentence, before you speak of any solution."),
)


def tips(made: Debrief) -> list[str]:
    """Return three things to try next time: what weighed most first."""
    course, words = _of_course(made), _of_words(made)
    found = [*course[:1], *words[:1], *course[1:], *words[1:], *_of_card(made), *map(str, ALWAYS)]
    return list(dict.fromkeys(found))[:TIPS]


def _of_course(made: Debrief) -> list[str]:
    found = []
    for one in made.broken[:1]:
        words = _("Speak with the customer before the clock does: “{promise}” was late by {late}.")
        found.append(words.format(promise=one.clock.promise, late=one.late_words))
    if made.corrections:
        found.append(_("Ask what they need, not what they demand, before you say it back."))
    if made.heats[-1] >= HOT:
        found.append(_("Lower the temper before you solve: name what it did to them."))
    for demanded in [one for one in made.refusals if one.is_demand][:1]:
        words = _("Look at what the stage asks for before you record: {demand}")
        found.append(words.format(demand=demanded.sentence))
    if made.stage in OPEN_STAGES:
        found.append(_("Carry it to the verdict: the case was still open when you ended."))
    return found


def _of_words(made: Debrief) -> list[str]:
    counted = made.told_rules
    return [str(words) for rule, words in OF_RULES.items() if counted[rule]]


def _of_card(made: Debrief) -> list[str]:
    points = made.card.do if made.card else []
    words = _("From the card of this style: {point}")
    return [words.format(point=point) for point in points]
