"""What the stage of a case demands, as a list that ticks itself from what is on record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from objections.demands import ATTEMPTS_NEEDED
from objections.models import (
    Case,
    Commitment,
    ContactRecord,
    Option,
    Question,
    Remedy,
    Restatement,
    Solution,
)
from objections.vocabulary import CauseCategory, Emotion, Kind, Stage

LONGEST = 80


class Mark(StrEnum):
    DONE = "done"
    TODO = "todo"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Point:
    """One demand: what it asks, how far it is, and what is on record for it."""

    title: str
    mark: Mark
    detail: str = ""


@dataclass(slots=True)
class Record:
    """What is on record of the work of a case. Solutions are those of its present round."""

    questions: list[Question] = field(default_factory=list)
    restatement: Restatement | None = None
    solution: Solution | None = None
    options: list[Option] = field(default_factory=list)
    remedies: list[Remedy] = field(default_factory=list)
    commitments: list[Commitment] = field(default_factory=list)
    attempts: list[ContactRecord] = field(default_factory=list)
    root_causes: list[str] = field(default_factory=list)

    @property
    def unanswered(self) -> list[Question]:
        """Questions that were neither answered nor put off with a promise that is open."""
        return [one for one in self.questions if not is_settled(one)]

    @property
    def open_commitments(self) -> list[Commitment]:
        return [one for one in self.commitments if one.is_open]


def is_settled(question: Question) -> bool:
    put_off = question.deferred_to is not None and question.deferred_to.is_open
    return question.answered_at is not None or put_off


def checklist(case: Case, record: Record) -> list[Point]:
    """Return the demands of the present stage; none for a case that has ended."""
    by_stage: dict[str, Callable[[Case, Record], list[Point]]] = {
        Stage.LISTEN: _listen,
        Stage.CONFIRM: _thanks if case.kind == Kind.THANKS else _confirm,
        Stage.RESPOND: _respond,
        Stage.FOLLOW_UP: _follow_up,
    }
    made = by_stage.get(case.stage)
    return made(case, record) if made else []


def _point(title: str, done: object, detail: str = "", *, todo: str = "") -> Point:
    mark = Mark.DONE if done else Mark.TODO
    return Point(title, mark, Truncator(detail if done else todo).chars(LONGEST))


def _listen(case: Case, record: Record) -> list[Point]:
    felt = Emotion(case.emotion) if case.emotion else None
    count = len(record.questions)
    noted = ngettext("{count} question", "{count} questions", count).format(count=count)
    return [
        _point(_("Write down what they said"), True, case.statement),
        _point(_("Note every question"), count, noted, todo=_("None noted yet")),
        _point(
            _("Note how they feel"), felt,
            f"{felt.value} {felt.label}" if felt else "", todo=_("Not noted yet"),
        ),
        _point(
            _("Speak with them"), False,
            todo=_("Thanks, what we heard, what happens next and by when"),
        ),
    ]  # fmt: skip


def _thanks(case: Case, record: Record) -> list[Point]:
    return [_point(_("Thank them"), True, _("A person has spoken with them"))]


def _confirm(case: Case, record: Record) -> list[Point]:
    said = record.restatement
    corrected = said is not None and said.corrected_at is not None
    standing = said if said is not None and not corrected else None
    todo = _("They corrected us: {words}").format(words=said.correction) if said else ""
    return [
        _point(_("Say the issue in our words"), standing, said.text if said else "", todo=todo),
        _point(_("Say what they really want"), said, said.interest if said else ""),
        _point(_("Note every question"), record.questions, _counted(record), todo=_("None noted")),
        _point(_("The customer agrees"), said is not None and said.agreed_at),
    ]


def _counted(record: Record) -> str:
    total = len(record.questions)
    return ngettext("{count} question", "{count} questions", total).format(count=total)


def _respond(case: Case, record: Record) -> list[Point]:
    told, open_ones = record.solution, record.unanswered
    cause = (told.cause or told.cause_unknown_reason) if told else "; ".join(record.root_causes)
    count = len(record.options)
    offered = ngettext("{count} option", "{count} options", count).format(count=count)
    points = [
        _point(_("Find the cause"), cause, cause),
        _point(_("Offer options"), record.options, offered),
        _point(
            _("Answer every question"), not open_ones, _answered(record), todo=_answered(record)
        ),
    ]
    points += _remedy(record.remedies)
    chosen = told.chosen if told else None
    points.append(_point(_("Record their choice"), chosen, chosen.title if chosen else ""))
    if record.commitments:
        made = len(record.commitments)
        words = ngettext("{count} promise, with its time", "{count} promises, with their times",
                         made)  # fmt: skip
        points.append(_point(_("Promise what can be checked"), True, words.format(count=made)))
    points.append(_point(_("Carry it out, and have it seen"), False))
    return points


def _answered(record: Record) -> str:
    total, open_ones = len(record.questions), record.unanswered
    if not total:
        return _("They asked none")
    so_far = _("{answered} of {total} answered").format(
        answered=total - len(open_ones), total=total
    )
    if not open_ones:
        return so_far
    return _("{so_far}. Open: “{question}”").format(so_far=so_far, question=open_ones[0].text)


def _remedy(remedies: Sequence[Remedy]) -> list[Point]:
    waiting = [one for one in remedies if one.is_open]
    if waiting:
        return [Point(_("Have the remedy approved"), Mark.WAITING, waiting[0].description)]
    approved = [one for one in remedies if one.approved_at is not None]
    if approved:
        detail = approved[-1].description
        return [_point(_("Have the remedy approved"), True, detail)]
    return []


def _follow_up(case: Case, record: Record) -> list[Point]:
    open_ones = record.open_commitments
    made = len(record.attempts)
    points = [
        _point(
            _("Keep what was promised"), not open_ones, _("Nothing is open"),
            todo=open_ones[0].what if open_ones else "",
        ),
        _point(_("Ask whether it is really solved"), False, todo=_("Verdict, and a score")),
    ]  # fmt: skip
    if made:
        words = _("{made} of {needed} attempts, on two days at least").format(
            made=made, needed=ATTEMPTS_NEEDED
        )
        points.append(_point(_("Or try to reach them"), made >= ATTEMPTS_NEEDED, words, todo=words))
    known = case.cause_category in CauseCategory.values
    category = str(CauseCategory(case.cause_category).label) if known else ""
    points.append(_point(_("Name the category of the cause"), category, category))
    points.append(_point(_("Write the lesson"), case.lesson, case.lesson))
    return points
