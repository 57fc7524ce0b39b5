"""How the people of the demo come to an answer: whys, a no, a worksheet, a dear remedy."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random

from demo.cast import MANAGER, SUPERVISOR
from demo.lives import Life, Moments
from demo.stories import Words
from objections import steps
from objections.actors import Actor
from objections.services import analysis, remedies, worksheets
from objections.vocabulary import Channel, Kind, RemedyKind, SheetKind

DUG, REFUSED, SHEET, DEAR = 0.4, 0.12, 0.06, 0.03
"""How often it happens, as shares of the cases that are answered at length."""


def work_it_out(life: Life) -> Moments:
    """Let happen what happens to a case on the way to its answer.

    Chance is the case's own, so that the rest of its life goes as it would without.
    """
    chance = Random(f"{life.story.title} {life.at.isoformat()}")  # noqa: S311 - a story
    words = Words(life.story.language, chance)
    if chance.random() < DUG:
        dig(life, words)
    if chance.random() < SHEET:
        write_sheet(life, words)
    if chance.random() < REFUSED:
        refuse(life, words)
    if chance.random() < DEAR and life.story.kind is Kind.COMPLAINT:
        yield from promise_much(life, chance)


def dig(life: Life, words: Words) -> None:
    """Ask why until the answer is something that we can change."""
    for under, text, shown, is_root in (
        (None, life.story.title, "seen", False),
        (1, life.story.cause, "measured", False),
        (2, words.say("deeper"), "on_file", True),
    ):
        analysis.write(
            life.case, text=text, evidence=words.say(shown), under=under, is_root_cause=is_root,
            category=life.story.category, by=life.me, now=life.at,
        )  # fmt: skip


def refuse(life: Life, words: Words) -> None:
    """Say no to what they ask, with the reason, the rule, and the first thing we can do."""
    life.do(
        steps.RefuseDemand(
            channel=Channel.PHONE, demand=life.story.wants, reason=words.say("no_because"),
            rule=words.say("rule"), alternative=life.story.ways[0].title, emotion=life.feeling(),
        )
    )  # fmt: skip


def write_sheet(life: Life, words: Words) -> None:
    story = life.story
    entries = {
        "interests": words.say("interests", wants=story.wants, needs=story.needs),
        "standards": words.say("rule"),
        "alternatives": "\n".join(way.title for way in story.ways),
    }
    worksheets.write(life.case, SheetKind.NEGOTIATION, entries, version=0, by=life.me, now=life.at)


def promise_much(life: Life, chance: Random) -> Moments:
    """Propose what two people have to approve; the supervisor says yes, then the manager."""
    remedy = remedies.propose(
        life.case, kind=RemedyKind.REPLACEMENT, description=life.story.ways[0].title,
        cost=Decimal(chance.randrange(52, 90) * 1000), by=life.me, now=life.at,
    )  # fmt: skip
    for name in (SUPERVISOR, MANAGER):
        yield from life.attend(life.at + timedelta(minutes=chance.randrange(10, 40)))
        remedies.approve(remedy, by=Actor.person(life.cast.people[name]), now=life.at)
