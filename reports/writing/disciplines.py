"""The eight disciplines. They are read by customers and suppliers.

No note, no alarm, no cost of ours, and no question that we asked inside the house.
"""

from __future__ import annotations

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from objections.models import Commitment
from objections.vocabulary import Channel, Stage
from reports.gathering import Record
from reports.writing import benefits, plans, situations
from reports.writing.pen import Pen


def symptom(record: Record, pen: Pen) -> list[str]:
    """D0: what the customer saw, and how fast somebody was there."""
    case, heard = record.case, record.acknowledged
    found = pen.pairs(
        (_("Symptom"), case.title),
        (_("Urgency"), lambda: case.get_urgency_display()),
        (_("Reported"), pen.when(case.received_at)),
    )
    if heard is None:
        return [*found, pen.say(_("No emergency response is recorded yet."))]
    after = pen.length(heard.occurred_at - case.received_at)
    first = pen.say(_("{moment}, after {length}"), moment=pen.when(heard.occurred_at), length=after)
    return [*found, *pen.pairs((_("First response"), first), (_("What we said"), heard.words))]


def team(record: Record, pen: Pen) -> list[str]:
    """D1: who works on it."""
    case = record.case
    asked = {one.department or str(one.to_user): None for one in record.hand_overs}
    champion = case.team.supervisor if case.team else None
    found = pen.pairs(
        (pgettext_lazy("report", "Champion"), str(champion) if champion else None),
        (pgettext_lazy("report", "Lead"), str(case.handler) if case.handler else None),
        (_("Team"), str(case.team) if case.team else None),
        (_("Also on the case"), ", ".join(map(str, record.people))),
        (_("Asked for their knowledge"), ", ".join(asked)),
    )
    return found or [pen.say(_("Nobody has the case yet."))]


def problem(record: Record, pen: Pen) -> list[str]:
    """D2: who, what, where, when, how many; what it is and what it is not."""
    case = record.case
    who = " · ".join(str(one) for one in (case.customer, case.contact) if one is not None)
    bought = case.purchased_on.isoformat() if case.purchased_on else None
    return [
        *pen.pairs(
            (pgettext_lazy("problem", "Who"), who),
            (pgettext_lazy("problem", "What"), pen.quote(case.statement)),
            (_("Product"), str(case.product) if case.product else None),
            (_("Serial number"), case.serial),
            (_("Batch"), case.batch),
            (_("Purchased on"), bought),
            (pgettext_lazy("problem", "When"), case.since or pen.when(case.received_at)),
            (pgettext_lazy("problem", "How many, how often"), case.frequency),
            (pgettext_lazy("problem", "Reported by"), _channel(record)),
            (_("Already tried"), case.already_tried),
        ),
        *situations.restated(record, pen),
        *_is_not(record, pen),
        *_files(record, pen),
    ]


def _channel(record: Record) -> str | Lazy | None:
    return Channel(record.case.channel).label if record.case.channel else None


def _is_not(record: Record, pen: Pen) -> list[str]:
    """What the customer said it is not, in the words by which they corrected us."""
    return [
        line
        for one in record.restatements
        if one.corrected_at
        for line in pen.pairs(
            (pgettext_lazy("problem", "Is not"), one.text),
            (_("The customer's correction"), one.correction),
        )
    ]


def _files(record: Record, pen: Pen) -> list[str]:
    names = ", ".join(one.name for one in record.evidence[: plans.MOST_FILES])
    return pen.pairs((pgettext_lazy("report", "Evidence"), names))


def containment(record: Record, pen: Pen) -> list[str]:
    """D3: what was promised before the solution was told, to hold the damage."""
    told = record.solutions[0].communicated_at if record.solutions else record.now
    early = [one for one in record.commitments if one.made_at < told]
    return [_action(one, pen) for one in early] or [
        pen.say(_("No containment is recorded: nothing was promised before the solution."))
    ]


def _action(one: Commitment, pen: Pen) -> str:
    if one.kept_at is None:
        return plans.promised(one, pen)
    words = pen.pair(_("Done"), one.what)
    proof = f" ({pen.own(one.proof)})" if one.proof else ""
    return f"{words} · {pen.when(one.kept_at)}{proof}"


def root_cause(record: Record, pen: Pen) -> list[str]:
    """D4: the cause and the way to it; the escape point is for people to write."""
    tree = benefits.whys(record, pen)
    return [
        *benefits.cause(record, pen),
        *(tree or [pen.say(_("No whys are recorded."))]),
        pen.pair(
            _("Escape point (why it was not found earlier)"),
            _("not recorded in the case; please add it"),
        ),
    ]


def chosen(record: Record, pen: Pen) -> list[str]:
    """D5: the ways out, the one that was chosen, and what we give to make good."""
    told = record.solution
    if told is None:
        return [pen.say(_("No corrective action has been told yet."))]
    return [
        *benefits.options(told, pen, costs=False),
        *benefits.remedies(record, pen, costs=False),
        *benefits.refused(record, pen),
        *benefits.rejected(record, pen),
    ] or [pen.say(_("No corrective action has been told yet."))]


def carried_out(record: Record, pen: Pen) -> list[str]:
    """D6: what was done and what proves it; what is still owed, with its due time."""
    told = record.solution
    first = record.solutions[0].communicated_at if record.solutions else record.now
    late = [one for one in record.commitments if one.made_at >= first]
    open_ones = [one for one in record.hand_overs if one.is_open]
    return [
        *(benefits.done(told, pen) if told else [pen.say(_("Not carried out yet."))]),
        *(_action(one, pen) for one in late),
        *(plans.asked(one, pen, question=False) for one in open_ones),
    ]


def prevention(record: Record, pen: Pen) -> list[str]:
    """D7: the lesson, and the published articles that it became."""
    found = pen.pairs((_("What we learned"), record.case.lesson))
    found += [pen.pair(_("Article"), one.title) for one in record.articles]
    return found or [pen.say(_("No lesson is recorded yet."))]


def closure(record: Record, pen: Pen) -> list[str]:
    """D8: the customer's verdict, the closure, and thanks to who worked on it."""
    case = record.case
    people = [case.handler, *record.people, *(one.to_user for one in record.hand_overs)]
    names = ", ".join(dict.fromkeys(str(one) for one in people if one is not None))
    closed = (
        pen.pairs((pen.say(Stage(case.stage).label), pen.when(case.closed_at)))
        if case.closed_at
        else [pen.say(_("The case is still open."))]
    )
    return [
        *benefits.verdicts(record.verdicts, pen),
        *closed,
        *pen.pairs((_("Thanks go to"), names)),
    ]
