"""What the customer's page shows of a case: what was said between them and us, and no more.

Only this module reads a case for the page. It names each field that it shows; what it
does not name does not exist there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from objections import demands
from objections.models import Case, CustomerLink, Option, Question, Restatement, Solution, Verdict
from objections.vocabulary import Sensitivity, Stage
from portal.courses import Moment, course_of
from portal.progress import Step, steps_of
from portal.promised import Promised, promised
from timekeeping.wording import duration, moment

DEEPEST_MERGE = 5


class Asks(StrEnum):
    """The one thing that the page asks of the customer now."""

    CONFIRM = "confirm"
    CHOOSE = "choose"
    VERDICT = "verdict"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Way:
    """One way out, as the customer sees it. What it costs us is not among it."""

    number: int
    title: str
    benefit: str
    drawback: str
    length: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of theirs and our answer, or by when there is one."""

    text: str
    answer: str
    until: str


@dataclass(frozen=True, slots=True)
class Page:
    """The public part of one case as it stands at ``now``.

    ``seen`` names what the forms of this page are about: a form about an older restatement,
    solution or round is out of date.
    """

    title: str
    product: str
    reference: str
    language: str
    now: datetime
    stage: str
    asks: Asks
    seen: str
    steps: list[Step]
    promised: list[Promised]
    course: list[Moment]
    questions: list[Asked]
    understood: str
    agreed: str
    corrected: str
    cause: str
    ways: list[Way]
    chosen: bool
    done: bool
    score: int | None
    is_open: bool
    may_write: bool
    may_protest: bool


def case_of(link: CustomerLink) -> Case | None:
    """Return the case that a link shows: its own, or the one that it became part of.

    Another case is shown only to the same contact of the same customer, and not where it is
    more confidential than the one that the link was made for.
    """
    case = link.case
    for _step in range(DEEPEST_MERGE):
        if case.merged_into_id is None:
            return case
        other = Case.objects.select_related("customer", "product", "contact").get(
            pk=case.merged_into_id
        )
        same = (other.customer_id, other.contact_id) == (case.customer_id, case.contact_id)
        if not same or (other.sensitivity, case.sensitivity) == (
            Sensitivity.RESTRICTED, Sensitivity.NORMAL,
        ):  # fmt: skip
            return None
        case = other
    return None


def seen_in(case: Case) -> str:
    """Return the name of what a form is about: stage, round, and the newest of each."""
    solution = demands.latest_solution(case)
    restated = case.restatements.count()
    return f"{case.stage}-{case.cycle}-{restated}-{solution.number if solution else 0}"


def page_of(case: Case, now: datetime) -> Page:
    """Read the page of a case, in a fixed number of queries."""
    restatement = case.restatements.order_by("number").last()
    solution = demands.latest_solution(case)
    verdict = demands.standing_verdict(case)
    course = course_of(case, now)
    is_open = case.is_open
    asks = _asks(case, restatement, solution, verdict)
    number = solution.number if solution else 0
    restated = restatement.number if restatement else 0
    return Page(
        title=case.title,
        product=str(case.product) if case.product else "",
        reference=case.reference,
        language=get_language() or "en",
        now=now,
        stage=case.stage,
        asks=asks,
        seen=f"{case.stage}-{case.cycle}-{restated}-{number}",
        steps=steps_of(case, course, asks=asks is not Asks.NOTHING),
        promised=promised(case, now) if is_open else [],
        course=course,
        questions=[_asked(one, now) for one in case.questions.select_related("deferred_to")],
        understood=restatement.text if restatement else "",
        agreed=_at(restatement.agreed_at, now) if restatement else "",
        corrected=_at(restatement.corrected_at, now) if restatement else "",
        cause=solution.cause if solution else "",
        ways=[_way(one, solution) for one in solution.options.all()] if solution else [],
        chosen=bool(solution and solution.chosen_id),
        done=bool(solution and solution.carried_out_at),
        score=verdict.score if verdict else None,
        is_open=is_open,
        may_write=is_open,
        may_protest=is_open or case.stage == Stage.CLOSED,
    )


def _asks(
    case: Case,
    restatement: Restatement | None,
    solution: Solution | None,
    verdict: Verdict | None,
) -> Asks:
    if case.stage == Stage.CONFIRM and restatement is not None:
        return Asks.NOTHING if restatement.corrected_at else Asks.CONFIRM
    if case.stage == Stage.RESPOND and solution is not None and solution.chosen_id is None:
        return Asks.CHOOSE
    if case.stage == Stage.FOLLOW_UP and verdict is None:
        return Asks.VERDICT
    return Asks.NOTHING


def _at(at: datetime | None, now: datetime) -> str:
    return moment(at, now, day=False) if at is not None else ""


def _way(option: Option, solution: Solution) -> Way:
    length = _("Takes {length}").format(length=duration(option.duration)) if option.duration else ""
    return Way(
        option.number, option.title, option.benefit, option.drawback, length,
        chosen=option.pk == solution.chosen_id,
    )  # fmt: skip


def _asked(question: Question, now: datetime) -> Asked:
    later = question.deferred_to
    until = _at(later.due_at, now) if later is not None and later.is_open else ""
    return Asked(question.text, question.answer, "" if question.answer else until)
