"""What was done, and what it brought: cause, options, remedies, verdict."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from objections.models import Option, Remedy, Solution, Verdict, Why
from objections.sentences.inside import money
from objections.vocabulary import Emotion, RemedyKind
from reports.gathering import Record
from reports.writing.pen import Pen
from reports.writing.situations import category

WHY, ROOT, SHOWN_BY = pgettext_lazy("tree", "Why"), _("root cause"), _("shown by")
CHOSEN, WAITS = pgettext_lazy("report", "chosen"), _("waits for approval")
MOST_WHYS = 8
MOST_OPTIONS = 4


def solution(record: Record, pen: Pen) -> list[str]:
    """Cause, ways out, choice, remedies, and that it was carried out."""
    told = record.solution
    return [
        *cause(record, pen),
        *whys(record, pen, most=MOST_WHYS),
        *(options(told, pen) if told else []),
        *remedies(record, pen),
        *refused(record, pen),
        *rejected(record, pen),
        *(done(told, pen) if told else []),
    ]


def cause(record: Record, pen: Pen) -> list[str]:
    """The cause as it was told last, or that and why it is not known."""
    told = record.solution
    kind = record.case.cause_category or (told.cause_category if told else "")
    found = pen.pairs(
        (_("Cause"), told.cause if told else None),
        (_("Cause not known yet, because"), _unknown(told)),
        (_("Cause category"), category(kind)),
    )
    return found or [pen.say(_("The cause has not been told yet."))]


def _unknown(told: Solution | None) -> str | None:
    return told.cause_unknown_reason if told and not told.cause else None


def whys(record: Record, pen: Pen, *, most: int = 60) -> list[str]:
    """The five whys as a tree: each answer with the number of its place in it."""
    shown = {one.pk for one in record.whys}
    below: dict[int | None, list[Why]] = {}
    for one in record.whys:
        below.setdefault(one.parent_id if one.parent_id in shown else None, []).append(one)
    found = list(_branch(below, None, (), pen))
    more = len(found) - most
    rest = [pen.say(_("and {count} more whys on the case"), count=more)] if more > 0 else []
    return [*found[:most], *rest]


def _branch(
    below: dict[int | None, list[Why]], key: int | None, place: tuple[int, ...], pen: Pen
) -> Iterable[str]:
    for number, one in enumerate(below.get(key, ()), 1):
        here = (*place, number)
        root = f" [{pen.say(ROOT)}]" if one.is_root_cause else ""
        shown = f" ({pen.pair(SHOWN_BY, one.evidence)})" if one.evidence else ""
        label = ".".join(map(str, here))
        yield f"{pen.pair(f'{pen.heading(WHY)} {label}', one.text)}{root}{shown}"
        yield from _branch(below, one.pk, here, pen)


def options(told: Solution, pen: Pen, *, costs: bool = True) -> list[str]:
    """The ways out that were offered, the chosen one marked; with costs what each costs us."""
    rows = list(told.options.all())
    found = [
        _option(one, pen, chosen=one.pk == told.chosen_id, costs=costs)
        for one in rows[:MOST_OPTIONS]
    ]
    more = len(rows) - MOST_OPTIONS
    if more > 0:
        found.append(pen.say(_("and {count} more options"), count=more))
    if rows and told.chosen_id is None and told.rejected_at is None:
        found.append(pen.say(_("The customer has not chosen yet.")))
    return found


def _option(one: Option, pen: Pen, *, chosen: bool, costs: bool) -> str:
    about = pen.pairs(
        (_("benefit"), one.benefit),
        (_("drawback"), one.drawback),
        (_("takes"), pen.length(one.duration) if one.duration else None),
        (_("cost"), money(one.cost) if costs and one.cost is not None else None),
    )
    words = "; ".join(about)
    label = pen.say(_("Option {number}"), number=one.number)
    mark = f" [{pen.say(CHOSEN)}]" if chosen else ""
    return f"{pen.pair(label, one.title)}{mark}{f' ({words})' if words else ''}"


def remedies(record: Record, pen: Pen, *, costs: bool = True) -> list[str]:
    """What we give to make good; with costs also their sum, in the house's currency."""
    found = [_remedy(one, pen, costs=costs) for one in record.given]
    total = sum((one.cost for one in record.given), Decimal(0))
    if costs and len(found) > 1:
        found.append(pen.pair(_("Remedies together"), money(total)))
    return found


def _remedy(one: Remedy, pen: Pen, *, costs: bool) -> str:
    kind = pen.say(RemedyKind(one.kind).label)
    words = pen.pair(_("Remedy"), f"{kind} · {one.description}")
    if costs:
        words = f"{words} · {money(one.cost)}"
    return f"{words} ({pen.say(WAITS)})" if one.is_open else words


def refused(record: Record, pen: Pen) -> list[str]:
    """Demands that we could not meet, each with its reason and what we offered instead."""
    return [
        line
        for one in record.refused_demands
        for line in pen.pairs(
            (_("Demand not met"), one.demand),
            (pgettext_lazy("report", "Reason"), f"{one.reason} ({one.rule})"),
            (_("Offered instead"), one.alternative),
        )
    ]


def rejected(record: Record, pen: Pen) -> list[str]:
    """What the customer rejected, with their reasons."""
    label = _("Rejected by the customer")
    return [pen.pair(label, one.reject_reason) for one in record.solutions if one.reject_reason]


def done(told: Solution, pen: Pen) -> list[str]:
    if told.carried_out_at is None:
        return [pen.say(_("Not carried out yet."))]
    return pen.pairs(
        (_("Carried out"), pen.when(told.carried_out_at)),
        (_("What shows it"), told.proof),
    )


def benefit(record: Record, pen: Pen) -> list[str]:
    """What the customer says of it, how their feeling went, and what we learned."""
    return [
        *verdicts(record.verdicts[-1:], pen),
        *_feeling(record, pen),
        *_answered(record, pen),
        *pen.pairs((_("What we learned"), record.case.lesson)),
    ]


def verdicts(rows: list[Verdict], pen: Pen) -> list[str]:
    """What the customer said when we asked again; that nobody has asked yet where so."""
    if not rows:
        return [pen.say(_("The customer has not been asked for a verdict yet."))]
    return [_verdict(one, pen) for one in rows]


def _verdict(one: Verdict, pen: Pen) -> str:
    content: Lazy = _("satisfied") if one.satisfied else _("not satisfied")
    score = pen.say(_("{score} of 5"), score=one.score) if one.score else ""
    words = pen.quote(one.words) if one.words else ""
    said = " · ".join(filter(None, (pen.say(content), score, words, pen.when(one.given_at))))
    return pen.pair(_("Verdict"), said)


def _feeling(record: Record, pen: Pen) -> list[str]:
    levels = record.emotions
    if not levels:
        return [pen.say(_("Nobody noted how the customer felt."))]
    first, last = (pen.say(Emotion(level).label) for level in (levels[0], levels[-1]))
    if len(levels) == 1:
        return [pen.pair(_("How the customer felt"), first)]
    return [pen.pair(_("How the customer felt, first to last"), f"{first} → {last}")]


def _answered(record: Record, pen: Pen) -> list[str]:
    total = len(record.questions)
    if not total:
        return []
    count = sum(1 for one in record.questions if one.answered_at)
    words = pen.say(_("{count} of {total} answered"), count=count, total=total)
    return [pen.pair(_("The customer's questions"), words)]
