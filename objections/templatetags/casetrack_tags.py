"""The parts that pages are made of, as template tags. `/components/` shows them all.

    {% icon "phone" %}  {% icon "phone" class="me-1" %}
    {% countdown clock %}  {% countdown clock named=True %}
    {% countdown clock size="lg" lead=True %}
    {% glyph "breached" %}
    {% stepper case %}  {% stepper_sm case %}
    {% duration length %}  {% moment at now %}  {% moment at now day=False %}
    {% emotion level %}  {% emotion_trend levels %}  {% emotion_trend levels line=True %}
    {% timeline entries now %}
    {{ name|initials }}

Fields, notices and the shell are in ``casetrack_layout``. A clock is an
``objections.clockface.Clock``; ``clockface.face(deadline, now=now)`` makes one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from objections import clockface
from objections.clockface import Clock, ClockState
from objections.vocabulary import OPEN_STAGES, Emotion, Stage
from timekeeping import wording

register = template.Library()

FACES = {1: "mood-smile", 2: "mood-empty", 3: "mood-sad", 4: "mood-angry", 5: "mood-wrrr"}
SHAPES = {
    "pending": '<circle cx="10" cy="10" r="8" stroke-dasharray="1 3.2"/>',
    "running": '<circle class="ring" cx="10" cy="10" r="7.5"/>'
    '<circle class="arc" cx="10" cy="10" r="7.5" pathLength="100" stroke-dasharray="{} 100"'
    ' transform="rotate(-90 10 10)"/>',
    "warned": '<path class="soft" d="M10 2.6 18 16.8H2Z"/><path d="M10 8v4M10 14.3v.01"/>',
    "breached": '<path class="solid" d="M6.3 1h7.4L19 6.3v7.4L13.7 19H6.3L1 13.7V6.3Z"/>'
    '<path class="on-solid" d="M10 5.5v5.2M10 14.2v.01"/>',
    "paused": '<circle cx="10" cy="10" r="8" stroke-dasharray="2.2 3"/>'
    '<path d="M8 7.2v5.6M12 7.2v5.6"/>',
    "kept": '<circle cx="10" cy="10" r="8"/><path d="m6.5 10.2 2.5 2.5 4.5-5"/>',
    "answered_late": '<path d="M6.3 1.5h7.4l4.8 4.8v7.4l-4.8 4.8H6.3l-4.8-4.8V6.3Z"/>'
    '<path d="m6.5 10.2 2.5 2.5 4.5-5"/>',
    "ended": '<circle cx="10" cy="10" r="8"/><path d="M6.5 10h7"/>',
}
TAGS = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}


class CaseLike(Protocol):
    stage: str
    cycle: int


@register.simple_tag
def icon(name: str, **attributes: str) -> SafeString:
    """Draw an outline icon of the sprite. It is decoration: the words beside it speak."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        attributes.get("class", ""),
        static("vendor/icons.svg"),
        name,
    )


@register.simple_tag
def html_lang() -> str:
    """Return the active language as a page declares it: en, zh-Hans, zh-Hant."""
    code = get_language() or "en"
    return TAGS.get(code, code)


@register.filter
def initials(name: object) -> str:
    """Return the letters that stand for a person: 陈 for 陈思远, GO for Grace Okafor."""
    words = str(name).split()
    if not words:
        return "?"
    if not words[0][0].isascii():
        return words[0][0]
    return "".join(word[0] for word in (words[0], words[-1])[: len(words)]).upper()


# Clocks


@register.simple_tag
def glyph(state: str, remaining: float = 100.0) -> SafeString:
    """Draw the shape of a clock's state; the ring of a running one empties."""
    shape = SHAPES.get(str(state), SHAPES["pending"])
    return format_html(
        '<svg class="ct-glyph" viewBox="0 0 20 20" aria-hidden="true">{}</svg>',
        format_html(shape, f"{remaining:g}"),
    )


@register.inclusion_tag("components/countdown.html")
def countdown(
    clock: Clock, size: str = "", lead: bool = False, named: bool = False
) -> dict[str, Any]:
    """Show a clock. ``lg`` has a track, ``lead`` seconds, ``named`` says which promise it is."""
    large = size == "lg"
    before, figure, after = clock.figure(lead=lead)
    strong, rest = clock.words(day=large, named=named)
    late = clock.state == ClockState.ANSWERED_LATE
    quiet = clock.state == ClockState.ENDED
    return {
        "clock": clock,
        "large": large,
        "lead": lead,
        "named": named,
        "state": "breached" if late else "pending" if quiet else clock.state.value,
        "before": before,
        "parts": figure,
        "after": after,
        "strong": strong,
        "rest": rest,
        "remaining": round(100 - clock.used, 1),
        "used": f"{clock.used:g}",
        "gaps": [f"{gap:g}" for gap in clock.gaps] if large else [],
        "due_text": clock.when(day=large),
        "due_spoken": clock.when(day=True),
        "allowance": f"{clock.track.total_seconds():g}",
        "warns": " ".join(at.isoformat() for at in clock.warns_at if at > clock.now),
    }


@register.inclusion_tag("components/clock_words.html")
def clock_words() -> dict[str, Any]:
    """Hand the script the words and shapes of a clock that ticks, in the page's language."""
    states = [
        {
            "state": state.value,
            "figure": clockface.FIGURES[state],
            "strong": clockface.STRONG.get(state, ""),
            "plain": clockface.PLAIN[state],
            "named": clockface.NAMED[state],
            "spoken": clockface.SPOKEN[state],
        }
        for state in clockface.TICKING
    ]
    return {"states": states}


@register.simple_tag(name="duration")
def duration_words(length: timedelta) -> str:
    return wording.duration(length)


@register.simple_tag(name="moment")
def moment_words(at: datetime | None, now: datetime, day: bool = True) -> SafeString:
    """Show when something happens as seen from ``now``; nothing for no moment."""
    if at is None:
        return SafeString("")
    return format_html(
        '<time class="tnum text-nowrap" datetime="{}">{}</time>',
        at.isoformat(),
        wording.moment(at, now, day=day),
    )


# Stages


def _steps(case: CaseLike, moments: Mapping[str, datetime]) -> list[dict[str, Any]]:
    """The four stages as done, current or still to come; of an ended case, which were reached."""
    stages = [stage.value for stage in OPEN_STAGES]
    is_open = case.stage in stages
    if is_open:
        done = stages.index(case.stage)
    elif case.stage == Stage.CLOSED:
        done = len(stages)
    else:
        done = max((i + 1 for i, stage in enumerate(stages) if stage in moments), default=0)
    return [
        {
            "label": stage.label,
            "state": "done" if i < done else "current" if is_open and i == done else "todo",
            "number": i + 1,
            "moment": moments.get(stage.value),
        }
        for i, stage in enumerate(OPEN_STAGES)
    ]


@register.inclusion_tag("components/stepper.html", takes_context=True)
def stepper(context: Mapping[str, Any], case: CaseLike) -> dict[str, Any]:
    """Show the four stages and when each was reached.

    Reads ``case_moments`` (stage to moment) and ``now`` from the page's context.
    """
    moments: Mapping[str, datetime] = context.get("case_moments") or {}
    now = context.get("now")
    round_ = case.cycle if case.cycle > 1 or case.stage == Stage.RESPOND else 0
    ended = Stage(case.stage) if case.stage in (Stage.WITHDRAWN, Stage.MERGED) else None
    return {
        "steps": _steps(case, moments),
        "round": round_,
        "now": now() if callable(now) else now,
        "ended": ended.label if ended else "",
    }


@register.inclusion_tag("components/stepper_sm.html")
def stepper_sm(case: CaseLike) -> dict[str, Any]:
    """Show the stage as four bars and one word, for lists."""
    return {"steps": _steps(case, {}), "label": Stage(case.stage).label}


# Emotion


@register.inclusion_tag("components/emotion.html")
def emotion(level: int | None) -> dict[str, Any]:
    """Show how the customer feels: face, number and word. Faces have no colour."""
    if level is None or level not in FACES:
        return {"level": None}
    return {"level": level, "face": FACES[level], "word": Emotion(level).label}


@register.simple_tag
def face_icon(level: object) -> SafeString:
    """Draw the face of a level, for a choice among the five."""
    return icon(FACES.get(int(str(level)), "mood-empty"), **{"class": "icon-lg mx-auto my-1"})


@register.inclusion_tag("components/emotion_trend.html")
def emotion_trend(levels: Sequence[int], line: bool = False) -> dict[str, Any]:
    """Show from the first level to the last, as an arrow or, with ``line``, drawn."""
    steps = [level for level in levels if level in FACES]
    change = (steps[-1] > steps[0]) - (steps[-1] < steps[0]) if len(steps) > 1 else None
    span = 64 / max(len(steps) - 1, 1)
    points = [(round(3 + i * span, 1), 20 - 3.2 * level) for i, level in enumerate(steps)]
    return {
        "change": change,
        "line": line,
        "points": " ".join(f"{x:g},{y:g}" for x, y in points),
        "end": {"x": f"{points[-1][0]:g}", "y": f"{points[-1][1]:g}"} if points else None,
        "levels": ", ".join(str(level) for level in steps),
        "first": Emotion(steps[0]) if steps else None,
        "last": Emotion(steps[-1]) if steps else None,
    }


# Timeline


@register.inclusion_tag("components/timeline.html")
def timeline(entries: Iterable[Any], now: datetime) -> dict[str, Any]:
    """Show entries, newest first as they are handed in, under a heading for each day.

    An entry has ``kind`` (customer, us, clock, internal), ``at``, ``recorded_at``, ``icon``
    (for a clock: its state), ``sentence``, ``quote``, ``detail`` and ``images``
    (each with ``url``, ``thumbnail`` and ``alt``).
    """
    days: list[dict[str, Any]] = []
    for entry in entries:
        heading = wording.day(entry.at, now)
        if not days or days[-1]["heading"] != heading:
            days.append({"heading": heading, "entries": []})
        days[-1]["entries"].append(entry)
    return {"days": days, "now": now}


@register.simple_tag
def time_of_day(at: datetime) -> str:
    return wording.time_of_day(at)


@register.simple_tag
def sandbox_time(at: datetime) -> str:
    """Say a present moment whole: "Tue 17 Mar, 10:42"."""
    return wording.day_and_time(at)


@register.simple_tag
def recorded(entry: Any) -> str:
    """Say when an entry was written down, where that is not when it happened."""
    if entry.recorded_at is None or entry.recorded_at - entry.at < timedelta(minutes=1):
        return ""
    written = wording.moment(entry.recorded_at, entry.at, day=False)
    return _("recorded {moment}").format(moment=written)
