"""The drawing of one deadline at full width: where everything lies between start and end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from objections.deadlines.explaining import Explanation, RungSaid
from objections.deadlines.terms import BREACH, WARNING
from timekeeping.wording import moment, time_of_day

LEFT, RIGHT = 20.0, 988.0
ON_TIME_SHARE = 0.92
"""How much of the width the time up to the due moment has while it is not over."""
LEAST_SHARE = 0.25
ABOVE, BELOW = 24, 78
WIDE, NARROW = 12.8, 6.8
"""How wide a Chinese and a Latin letter are at the drawing's size, for keeping labels apart."""


@dataclass(frozen=True, slots=True)
class Label:
    x: str
    y: int
    anchor: str
    text: str
    strong: bool


@dataclass(slots=True)
class Axis:
    """Positions in a drawing 1000 wide, written ready for its attributes."""

    due: str
    base: str
    used: str
    end: str
    now: str | None
    now_tip: str
    ticks: list[str] = field(default_factory=list)
    pauses: list[tuple[str, str]] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    words: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """Time to width. What comes after the due moment has a scale of its own."""

    start: datetime
    due: datetime
    end: datetime
    share: float

    def x(self, at: datetime) -> float:
        turn = LEFT + (RIGHT - LEFT) * self.share
        if at <= self.due:
            part = (at - self.start) / (self.due - self.start)
            return LEFT + max(part, 0.0) * (turn - LEFT)
        if self.end <= self.due:
            return turn
        return turn + min((at - self.due) / (self.end - self.due), 1.0) * (RIGHT - turn)


def draw(told: Explanation) -> Axis:
    """Lay out the axis of an explanation. Labels that would overlap move or are left out."""
    settled = told.settled_at or told.deadline.ended_at
    reached = settled or told.now
    scale = _scale(told, reached)
    here = scale.x(reached)
    axis = Axis(
        due=f"{scale.x(told.due_at):.1f}",
        base=f"{scale.x(told.due_at) - LEFT:.1f}",
        used=f"{max(min(here, RIGHT) - LEFT, 0.0):.1f}",
        end=f"{RIGHT:.1f}",
        now=f"{here:.1f}",
        now_tip=f"m{here:.1f} 54 6 9h-12Z",
    )
    wanted = [*_main_labels(told, scale, settled)]
    for stood in told.pauses:
        begins = scale.x(stood.pause.paused_at)
        ends = scale.x(stood.pause.resumed_at or told.now)
        axis.pauses.append((f"{begins:.1f}", f"{max(ends - begins, 2.0):.1f}"))
        span = (stood.pause.paused_at, stood.pause.resumed_at or told.now)
        text = _("Paused {begins}–{ends}").format(
            begins=time_of_day(span[0]), ends=time_of_day(span[1])
        )
        wanted.append((begins, BELOW, "start", text, False))
    for rung in told.rungs:
        if (
            rung.at is not None
            and rung.kind not in (BREACH, "reminder")
            and told.deadline.started_at < rung.at
        ):
            x = scale.x(rung.at)
            axis.ticks.append(f"{x - 1:.1f}")
            wanted.append((x, ABOVE if rung.rang else BELOW, "", _rung(rung, told), False))
    axis.labels = _place(wanted)
    comma = pgettext("between parts of a sentence", ", ")
    axis.words = comma.join(text for *_rest, text, _strong in wanted)
    return axis


def _scale(told: Explanation, reached: datetime) -> Scale:
    start, due = told.deadline.started_at, max(told.due_at, told.deadline.started_at)
    later = [
        rung.at for rung in told.rungs if rung.at and rung.at > due and rung.kind != "reminder"
    ]
    end = max([reached, *later[:1]]) if later or reached > due else due
    share = 1.0 if end <= due else ON_TIME_SHARE
    if reached > due and end > start:
        share = max(LEAST_SHARE, min((due - start) / (end - start), ON_TIME_SHARE))
    return Scale(start, due, end, share)


_Wanted = tuple[float, int, str, str, bool]


def _main_labels(told: Explanation, scale: Scale, settled: datetime | None) -> Iterable[_Wanted]:
    now = told.now
    due = moment(told.due_at, now, day=False)
    yield scale.x(told.due_at), ABOVE - 4, "", _("{moment} due").format(moment=due), True
    if settled is not None:
        at = moment(settled, now, day=False)
        words = _("{moment} ended") if told.settled_at is None else _("{moment} answered")
        yield scale.x(settled), BELOW + 2, "", words.format(moment=at), True
    else:
        at = time_of_day(now)
        yield scale.x(now), BELOW + 2, "", _("now {moment}").format(moment=at), True
    started = moment(told.deadline.started_at, now, day=False)
    yield LEFT, ABOVE, "start", _("{moment} start").format(moment=started), False


def _rung(rung: RungSaid, told: Explanation) -> str:
    at = moment(rung.at, told.now, day=False) if rung.at else ""
    if rung.kind == WARNING:
        pattern = _("{moment} warned") if rung.rang else _("{moment} warning")
        return pattern.format(moment=at)
    return _("{moment} level {level}").format(moment=at, level=rung.level)


def _place(wanted: Iterable[_Wanted]) -> list[Label]:
    """Place labels in the order of their weight; one that finds no room is left out."""
    taken: list[tuple[int, float, float]] = []
    placed = []
    for x, y, anchor, text, strong in wanted:
        width = sum(NARROW if letter.isascii() else WIDE for letter in text)
        side = anchor or _anchor(x, width)
        left = {"start": x, "middle": x - width / 2, "end": x - width}[side]
        for row in (y, BELOW if y <= ABOVE else ABOVE):
            clash = any(
                abs(other - row) < 20 and left < end + 6 and begin < left + width + 6
                for other, begin, end in taken
            )
            if not clash:
                taken.append((row, left, left + width))
                placed.append(Label(f"{x:.1f}", row, side, text, strong))
                break
    return placed


def _anchor(x: float, width: float) -> str:
    if x - width / 2 < LEFT:
        return "start"
    return "end" if x + width / 2 > 1000 else "middle"
