"""Opening a case: routed, numbered, its clocks running from the moment the customer spoke."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from accounts.models import Role, Team, User
from accounts.presence import Presence
from objections import audience, lifecycle, notices, searching
from objections.actors import Actor
from objections.deadlines import keeping
from objections.errors import AlreadyExists, Demand, DemandUnmet, FieldInvalid, NotPermitted
from objections.models import Case, ContactRecord, Deadline, Question
from objections.openings import Opening
from objections.permissions import may_open
from objections.services.confirming import add_questions
from objections.services.stepping import take_steps
from objections.services.work import CLOCK_TOLERANCE, Work
from objections.steps import Assign, Step
from objections.vocabulary import (
    Action,
    ActorKind,
    ClockMode,
    Direction,
    EventKind,
    Kind,
    NoticeKind,
    Promise,
    Purpose,
    Sensitivity,
    Stage,
)

TITLE_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Opened:
    """A new case as it was written, before any step."""

    case: Case
    questions: list[Question]
    contact: ContactRecord | None
    deadlines: list[Deadline]


@transaction.atomic
def open_case(opening: Opening, *, by: Actor, now: datetime, steps: Sequence[Step] = ()) -> Case:
    """Open a case, and take further steps in the same breath; all of it commits or none.

    The acknowledgement and the response run from ``received_at``. Refuses a customer
    who spoke in the future, a case without customer or channel (but for a historical one),
    and a number of the source that is known already (AlreadyExists). Twice the same at
    once: one wins.
    """
    return open_whole(opening, by=by, now=now, steps=steps).case


@transaction.atomic
def open_whole(opening: Opening, *, by: Actor, now: datetime, steps: Sequence[Step] = ()) -> Opened:
    """Open a case as ``open_case`` does, and return what was written beside it, too."""
    opened = _open(opening, parent=None, by=by, now=now)
    if steps:
        take_steps(opened.case, steps, by=by, now=now)
    if not any(isinstance(step, Assign) for step in steps):
        _announce(opened.case, now)
    return opened


def open_linked(opening: Opening, *, parent: Case, by: Actor, now: datetime) -> Case:
    """Open a case that grew out of another one, in the caller's transaction."""
    case = _open(opening, parent=parent, by=by, now=now).case
    _announce(case, now)
    return case


@transaction.atomic
def open_rehearsed(opening: Opening, *, reference: str, by: Actor, now: datetime) -> Case:
    """Open a case under a reference of the caller's, for a rehearsal that is rolled back.

    It takes no number of the sequence, which a rollback would not give back.
    """
    return _open(opening, parent=None, by=by, now=now, reference=reference).case


def route(opening: Opening) -> Team | None:
    """Return the team for a new case: the key account's own, the product's, the default."""
    if opening.team is not None:
        return opening.team
    customer, product = opening.customer, opening.product
    if customer is not None and customer.is_key_account and customer.dedicated_team is not None:
        return customer.dedicated_team
    if product is not None and product.team is not None:
        return product.team
    return Team.objects.filter(is_default=True).first()


def _open(
    opening: Opening, *, parent: Case | None, by: Actor, now: datetime, reference: str = ""
) -> Opened:
    if opening.customer is None and opening.contact is not None:
        opening = replace(opening, customer=opening.contact.customer)
    _check(opening, by, now)
    received_at = min(opening.received_at or now, now)
    case = build(opening, parent, by, received_at, now)
    _insert(case, reference)
    named = {*opening.named_people, *_opener(opening, by)}
    if named:
        case.named_people.set(named)
    work = Work(case, by, received_at, now)
    questions, contact = _say(work, opening)
    deadlines = start_clocks(work)
    if case.handler is not None and case.handler != by.user and not case.is_silent:
        notices.tell([case.handler], NoticeKind.ASSIGNED, case, at=now, now=now)
    return Opened(case, questions, contact, deadlines)


def _announce(case: Case, now: datetime) -> None:
    """Tell the team of a case that nobody has. Who acknowledged it in the same breath has it."""
    if case.handler is None and case.is_open and not case.is_silent:
        heard = audience.announced(case, Presence(now))
        notices.tell(audience.people(heard), NoticeKind.ANNOUNCED, case, at=now, now=now)


def _opener(opening: Opening, by: Actor) -> list[User]:
    """A restricted case does not vanish before the eyes of the person who opens it."""
    restricted = opening.sensitivity is Sensitivity.RESTRICTED
    return [by.user] if restricted and by.kind is ActorKind.USER and by.user else []


def start_clocks(work: Work) -> list[Deadline]:
    """Clocks run from when the customer spoke, however late it was written down.

    Thanks deserve an answer, and no other clock.
    """
    promises: tuple[Promise, ...] = lifecycle.STEPS[Action.OPEN].starts
    if work.case.kind == Kind.THANKS:
        promises = (Promise.ACKNOWLEDGEMENT,)
    return keeping.start(work.case, promises, at=work.at, now=work.now)


def _check(opening: Opening, by: Actor, now: datetime) -> None:
    if by.kind is ActorKind.USER and (by.user is None or not may_open(by.user)):
        raise NotPermitted(Action.OPEN)
    if not opening.statement.strip():
        raise FieldInvalid("statement", "empty")
    if opening.received_at is not None and opening.received_at > now + CLOCK_TOLERANCE:
        raise FieldInvalid("received_at", "future")
    contact, customer = opening.contact, opening.customer
    if contact is not None and customer is not None and contact.customer_id != customer.pk:
        raise FieldInvalid("contact", "contact_of_customer")
    if opening.clock_mode is not ClockMode.HISTORICAL:
        if opening.customer is None:
            raise FieldInvalid("customer", "empty")
        if opening.channel is None:
            raise FieldInvalid("channel", "empty")
    if opening.handler is not None and not opening.handler.is_active:
        text = {"text": str(opening.handler)}
        raise DemandUnmet(None, Action.OPEN, [Demand("handler_in_team", "handler", text)])


def build(
    opening: Opening, parent: Case | None, by: Actor, received_at: datetime, now: datetime
) -> Case:
    """Return an unsaved case as the opening describes it, without its number."""
    team = route(opening)
    handler = opening.handler
    if handler is None and by.kind is ActorKind.USER and by.user is not None and team is not None:
        carries = by.user.role == Role.ENGINEER and opening.clock_mode is ClockMode.LIVE
        if carries and team.members.filter(pk=by.user.pk).exists():
            handler = by.user
    return Case(
        source=opening.source, external_id=opening.external_id, clock_mode=opening.clock_mode,
        kind=opening.kind, urgency=opening.urgency, sensitivity=opening.sensitivity,
        channel=opening.channel or "", stage=Stage.LISTEN, stage_entered_at=received_at,
        received_at=received_at, opened_at=now, updated_at=now, team=team, handler=handler,
        customer=opening.customer, contact=opening.contact, product=opening.product,
        serial=opening.serial, batch=opening.batch, purchased_on=opening.purchased_on,
        symptom_codes=list(opening.symptom_codes), title=_title(opening),
        statement=opening.statement, frequency=opening.frequency, since=opening.since,
        expectation=opening.expectation, already_tried=opening.already_tried,
        emotion=opening.emotion, style=opening.style or "", origin=opening.origin or "",
        parent=parent,
    )  # fmt: skip


def _title(opening: Opening) -> str:
    if opening.title.strip():
        return opening.title.strip()[:200]
    first = opening.statement.strip().splitlines()[0].strip()
    return first if len(first) <= TITLE_LENGTH else first[: TITLE_LENGTH - 1] + "…"


def _insert(case: Case, reference: str = "") -> None:
    """Insert the case, under a number of its own where no reference is given."""
    case.reference = reference or _number(case)
    case.save(force_insert=True)
    searching.index([case])


def _number(case: Case) -> str:
    """Return the next reference for a case, unless its source has brought it before.

    The check and the insert hold a lock on the source's number, so that the same case
    brought twice at once is opened once.
    """
    asked = "SELECT nextval('objections_case_number')"
    if case.external_id:
        asked += ", pg_advisory_xact_lock(hashtextextended(%s, 0))"
    with connection.cursor() as cursor:
        cursor.execute(asked, [f"case {case.source}\n{case.external_id}"][: asked.count("%s")])
        number = cursor.fetchone()[0]
    if case.external_id:
        known = Case.objects.filter(source=case.source, external_id=case.external_id)
        for reference in known.values_list("reference", flat=True):
            raise AlreadyExists(reference)
    year = case.opened_at.astimezone(ZoneInfo(settings.TIME_ZONE)).year
    return f"CT-{year}-{number:06d}"


def _say(work: Work, opening: Opening) -> tuple[list[Question], ContactRecord | None]:
    questions = add_questions(work, opening.questions)
    contact = None
    if opening.channel is not None:
        contact = work.contact(
            Purpose.OPENING, Direction.INBOUND, channel=opening.channel, words=opening.statement,
            emotion=opening.emotion,
        )  # fmt: skip
    work.record(
        EventKind.OPENED, channel=opening.channel, words=opening.statement, case_kind=opening.kind,
        urgency=opening.urgency, emotion=opening.emotion,
        with_whom=opening.contact.name if opening.contact else "",
        questions=[question.text for question in questions],
    )  # fmt: skip
    return questions, contact
