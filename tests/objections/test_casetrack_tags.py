"""The parts of a page, as they are drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import timezone, translation

from casetrack.templatetags.casetrack_layout import MESSAGE_ICONS
from objections.clockface import Clock, ClockState
from objections.templatetags.casetrack_tags import FACES
from objections.vocabulary import Stage

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 17, 10, 42, tzinfo=SHANGHAI)
MINUTE = timedelta(minutes=1)


@dataclass
class At:
    stage: str
    cycle: int = 1


@pytest.fixture(autouse=True)
def in_shanghai() -> Iterator[None]:
    with timezone.override(SHANGHAI), translation.override("en"):
        yield


def draw(tag: str, **context: object) -> str:
    html = Template("{% load casetrack_tags %}" + tag).render(Context(context))
    return re.sub(r"\s*\n\s*", "", html).strip()


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def clock(**changes: object) -> Clock:
    facts: dict[str, object] = {
        "promise": "Response",
        "state": ClockState.RUNNING,
        "now": NOW,
        "allowance": timedelta(hours=1),
        "due_at": NOW + 38 * MINUTE,
        "remaining": 38 * MINUTE,
        "rungs": (-15 * MINUTE,),
    }
    return Clock(**{**facts, **changes})  # type: ignore[arg-type]


def test_a_countdown_is_drawn_as_in_the_design() -> None:
    html = draw("{% countdown clock %}", clock=clock())
    assert 'class="ct-countdown" data-state="running" role="timer"' in html
    assert '<div class="ct-countdown-figure">38<small>min</small><em>left</em></div>' in html
    assert '<div class="ct-countdown-word">Due 11:20</div>' in html
    assert 'stroke-dasharray="63.3 100"' in html
    assert "ct-track" not in html


def test_a_countdown_hands_the_script_what_it_needs_to_tick() -> None:
    html = draw("{% countdown clock %}", clock=clock())
    assert 'data-due="2026-03-17T11:20:00+08:00"' in html
    assert 'data-warns="2026-03-17T11:05:00+08:00"' in html
    assert 'data-allowance="3600"' in html
    assert "data-lead" not in html
    assert "data-lead" in draw("{% countdown clock lead=True %}", clock=clock())


def test_a_settled_clock_never_ticks() -> None:
    html = draw("{% countdown clock %}", clock=clock(state=ClockState.KEPT, kept_at=NOW))
    assert "data-due" not in html
    assert 'data-state="kept"' in html


def test_a_panel_has_a_track_with_gaps() -> None:
    html = draw('{% countdown clock size="lg" %}', clock=clock())
    assert "ct-countdown-lg" in html
    assert '<rect class="used" width="36.7" height="4"/>' in html
    assert '<rect class="rung" x="75" width=".9" height="4"/>' in html
    assert "Due today 11:20" in html


def test_an_answer_that_came_late_is_red_with_a_tick() -> None:
    late = clock(state=ClockState.ANSWERED_LATE, remaining=-22 * MINUTE, answered_at=NOW)
    html = draw("{% countdown clock %}", clock=late)
    assert 'data-state="breached"' in html
    assert "m6.5 10.2 2.5 2.5 4.5-5" in html


def test_a_number_in_a_drawing_never_takes_the_language_s_comma() -> None:
    with translation.override("de"):
        assert 'width="36.7"' in draw('{% countdown clock size="lg" %}', clock=clock())


def test_a_name_cannot_smuggle_markup_into_a_countdown() -> None:
    html = draw("{% countdown clock %}", clock=clock(promise='"><script>alert(1)</script>'))
    assert "<script" not in html


def test_the_stepper_says_what_is_done_current_and_to_come() -> None:
    moments = {"listen": NOW - timedelta(days=1), "confirm": NOW - MINUTE}
    html = draw("{% stepper case %}", case=At("confirm"), case_moments=moments, now=NOW)
    states = re.findall(r'<li data-state="(\w+)"', html)
    assert states == ["done", "current", "todo", "todo"]
    assert html.count('aria-current="step"') == 1
    assert words(html) == ("Listen yesterday 10:42 Confirm since today 10:41 Respond Follow up")


def test_the_stepper_says_which_round_it_is() -> None:
    assert "Round 2" in draw("{% stepper case %}", case=At("respond", 2), now=NOW)
    with translation.override("zh-hans"):
        assert "第 2 轮" in draw("{% stepper case %}", case=At("respond", 2), now=NOW)


def test_a_closed_case_has_all_stages_behind_it() -> None:
    html = draw("{% stepper case %}", case=At("closed"), now=NOW)
    assert re.findall(r'<li data-state="(\w+)"', html) == ["done"] * 4


def test_a_withdrawn_case_shows_how_far_it_came() -> None:
    html = draw("{% stepper case %}", case=At("withdrawn"), case_moments={"listen": NOW}, now=NOW)
    assert re.findall(r'<li data-state="(\w+)"', html) == [
        "done", "todo", "todo", "todo", "current",
    ]  # fmt: skip
    assert words(html).endswith("Withdrawn")


@pytest.mark.parametrize("stage", Stage.values)
def test_every_stage_has_a_small_stepper(stage: str) -> None:
    html = draw("{% stepper_sm case %}", case=At(stage))
    assert html.count("<li ") == 4
    assert words(html).endswith(str(Stage(stage).label))


def test_an_emotion_is_face_number_and_word() -> None:
    html = draw("{% emotion 4 %}")
    assert "#i-mood-angry" in html
    assert words(html) == "4 angry"
    with translation.override("zh-hans"):
        assert words(draw("{% emotion 5 %}")) == "5 暴怒"


@pytest.mark.parametrize("level", [None, 0, 6])
def test_an_emotion_that_nobody_recorded_is_not_shown(level: int | None) -> None:
    assert draw("{% emotion level %}", level=level) == ""


@pytest.mark.parametrize(
    ("levels", "word", "arrow"),
    [
        ([5, 5, 4, 4, 3], "falling", "arrow-down-right"),
        ([2, 4], "rising", "arrow-up-right"),
        ([3, 4, 3], "steady", "arrow-right"),
    ],
)
def test_a_trend_is_an_arrow_and_a_word(levels: list[int], word: str, arrow: str) -> None:
    html = draw("{% emotion_trend levels %}", levels=levels)
    assert words(html) == word
    assert f"#i-{arrow}" in html


@pytest.mark.parametrize("levels", [[], [3]])
def test_one_contact_makes_no_trend(levels: list[int]) -> None:
    assert draw("{% emotion_trend levels %}", levels=levels) == ""


def test_a_drawn_trend_says_each_level() -> None:
    html = draw("{% emotion_trend levels line=True %}", levels=[5, 4, 3])
    assert 'aria-label="Emotion at each contact: 5, 4, 3"' in html
    assert words(html) == "5 furious → 3 upset"


@dataclass
class Entry:
    kind: str = "us"
    at: datetime = NOW
    recorded_at: datetime | None = None
    icon: str = "phone"
    sentence: str = "Chen called Zhou"
    quote: str = ""
    detail: str = ""
    images: tuple[object, ...] = ()


def test_the_timeline_groups_by_day() -> None:
    entries = [Entry(), Entry(at=NOW - timedelta(days=1)), Entry(at=NOW - timedelta(days=1))]
    html = draw("{% timeline entries now %}", entries=entries, now=NOW)
    assert re.findall(r'class="ct-timeline-day">([^<]*)<', html) == [
        "Today, 17 March", "Yesterday, 16 March",
    ]  # fmt: skip


def test_a_late_record_says_when_it_was_written_down() -> None:
    late = Entry(recorded_at=NOW + 9 * MINUTE)
    assert "recorded 10:51" in draw("{% timeline entries now %}", entries=[late], now=NOW)
    at_once = Entry(recorded_at=NOW + timedelta(seconds=59))
    assert "recorded" not in draw("{% timeline entries now %}", entries=[at_once], now=NOW)


def test_what_a_customer_said_is_quoted_and_never_run() -> None:
    entry = Entry(kind="customer", quote="<b>Stop</b>\nnow")
    html = draw("{% timeline entries now %}", entries=[entry], now=NOW)
    assert "<blockquote>&lt;b&gt;Stop&lt;/b&gt;<br>now</blockquote>" in html


@pytest.mark.parametrize(
    ("name", "letters"),
    [("陈思远", "陈"), ("Grace Okafor", "GO"), ("root", "R"), ("Ana de la Cruz", "AC"), ("", "?")],
)
def test_a_person_is_known_by_initials(name: str, letters: str) -> None:
    assert draw("{{ name|initials }}", name=name) == letters


@pytest.mark.parametrize(
    ("code", "tag"), [("en", "en"), ("zh-hans", "zh-Hans"), ("zh-hant", "zh-Hant")]
)
def test_a_page_declares_its_language(code: str, tag: str) -> None:
    with translation.override(code):
        assert draw("{% html_lang %}") == tag


def test_every_icon_that_a_notice_or_a_face_shows_is_in_the_sprite() -> None:
    known = set((settings.BASE_DIR / "casetrack" / "icons.txt").read_text().split())
    used = set(FACES.values()) | set(MESSAGE_ICONS.values())
    for page in Path(settings.BASE_DIR / "templates").rglob("*.html"):
        used |= set(re.findall(r'(?:icon|face)="([\w-]+)"', page.read_text()))
    assert used <= known
