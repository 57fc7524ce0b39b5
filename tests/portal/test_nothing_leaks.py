"""No word that is ours alone reaches the customer: not on any page, in any header or mail."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.test import Client as Browser

from accounts.models import Team
from customers.models import Contact, Customer
from integrations.delivery import deliver
from objections import permissions, steps
from objections.actors import Actor
from objections.deadlines.sweeping import sweep
from objections.models import Case, CaseEvent, Policy, Why, Worksheet
from objections.services import remedies
from objections.services.records import withdraw_proof
from objections.services.stepping import take_steps
from objections.vocabulary import (
    AttemptResult,
    CauseCategory,
    Channel,
    CustomerStyle,
    Emotion,
    LinkMedium,
    Origin,
    RemedyKind,
    SheetKind,
    Stage,
)
from tests.conftest import People
from tests.portal.conftest import Visitor, invited
from tests.stories import open_at
from timekeeping import clock

pytestmark = pytest.mark.django_db

MARK = "zqx"
"""Every word of ours begins with it, and nothing that a customer may read holds it."""
MIN = timedelta(minutes=1)
PHONE: dict[str, Any] = {
    "channel": Channel.PHONE, "with_whom": f"{MARK}-with", "emotion": Emotion.FURIOUS,
}  # fmt: skip


def mark(name: str) -> str:
    return f"{MARK}-{name}"


@pytest.fixture
def ours(people: People) -> None:
    """Mark everything that names one of us: people, teams, policies."""
    for person in vars(people).values():
        if not isinstance(person, Team):
            person.display_name = mark(person.username)
            person.save()
    people.team.name, people.team.site = mark("team"), mark("site")
    people.team.save()
    Policy.objects.update(name=mark("policy"))


def inside(case: Case, people: People, by: Actor, now: datetime) -> None:
    """Write down all that is only ours, in whatever stage the case is."""
    said: list[steps.Step] = [
        steps.WriteNote(text=mark("note")),
        steps.HandOver(question=mark("question"), department=mark("department")),
        steps.Attach(file=ContentFile(b"x", name=f"{MARK}-file.txt"), caption=mark("caption")),
        steps.UpdateProgress(message=mark("progress-by-phone"), **PHONE),
        steps.ReceiveMessage(message=mark("noted-message"), **PHONE),
        steps.Reply(message=mark("reply-by-phone"), **PHONE),
    ]
    take_steps(case, said, by=by, now=now)
    if case.stage == Stage.RESPOND:
        remedies.propose(
            case, kind=RemedyKind.REFUND, description=mark("remedy"), cost=Decimal("98765.43"),
            by=by, now=now,
        )  # fmt: skip
    Why.objects.create(case=case, text=mark("why"), evidence=mark("why-evidence"), written_at=now)
    Worksheet.objects.get_or_create(
        case=case, kind=SheetKind.NEGOTIATION,
        defaults={"entries": {"x": mark("sheet")}, "written_at": now},
    )  # fmt: skip
    Case.objects.filter(pk=case.pk).update(
        style=CustomerStyle.DOMINANT, origin=Origin.RISK, lesson=mark("lesson"),
        expectation=mark("expectation"), already_tried=mark("tried"), frequency=mark("often"),
        since=mark("since"), source=mark("source"), symptom_codes=[MARK], batch=mark("batch"),
        serial=mark("serial"),
    )  # fmt: skip
    case.refresh_from_db()


RESTATE = steps.Restate(
    restatement="The seal leaks.", interest=mark("interest"), position=mark("position")
)
TELL = steps.CommunicateSolution(
    message=mark("solution-by-phone"), cause="The filter broke.",
    options=(steps.OptionOffered(title="A new seal", cost=Decimal("98765.43")),), **PHONE,
)  # fmt: skip
WAY: dict[Stage, list[steps.Step]] = {
    Stage.CONFIRM: [
        steps.Acknowledge(summary=mark("summary"), next_step=mark("next"), **PHONE), RESTATE,
    ],
    Stage.RESPOND: [steps.Confirm(channel=Channel.PHONE, reply=mark("noted-reply")), TELL],
    Stage.FOLLOW_UP: [
        steps.Choose(option=1, reply=mark("noted-choice"), **PHONE),
        steps.CarryOut(proof=mark("proof")),
        steps.RecordAttempt(channel=Channel.PHONE, result=AttemptResult.BUSY,
                            words=mark("attempt")),
    ],
    Stage.CLOSED: [
        steps.CloseSatisfied(score=4, words=mark("noted-verdict"),
                             cause_category=CauseCategory.USE,
                             lesson=mark("lesson")),
    ],
}  # fmt: skip


def looked_over(visitor: Visitor) -> None:
    for language in ("en", "zh-hans", "zh-hant"):
        answer = visitor.browser.get(visitor.address, {"lang": language})
        assert answer.status_code == 200
        whole = answer.content.decode() + str(answer.headers) + str(answer.cookies)
        assert MARK not in whole, whole[max(whole.find(MARK) - 80, 0) :][:200]
        for figure in ("98765", "98,765", "98 765"):
            assert figure not in whole


def test_no_word_of_ours_reaches_the_customer(
    people: People, ours: None, customer: Customer, contact: Contact, settings: Any, tmp_path: Any
) -> None:
    settings.CASETRACK_EVIDENCE_ROOT = tmp_path
    now = clock.now() - timedelta(days=9)
    by = Actor.person(people.engineer)
    other = open_at(now, by=by, customer=customer, statement=mark("other-case"))
    case = open_at(now, by=by, customer=customer, contact=contact, statement="The seal leaks",
                   handler=people.engineer, external_id=mark("crm"))  # fmt: skip
    visitor = Visitor(case, invited(case, by, now + MIN), Browser())
    looked_over(visitor)
    at = now + 2 * MIN
    for way in WAY.values():
        take_steps(case, way, by=by, now=at)
        if case.is_open:
            inside(case, people, by, at + MIN)
            take_steps(case, [steps.Invite(medium=LinkMedium.EMAIL, words="Please look.")], by=by,
                       now=at + MIN)  # fmt: skip
        sweep(now=at + timedelta(days=1))
        looked_over(visitor)
        at += timedelta(days=1, minutes=2)
    told = CaseEvent.objects.filter(case=case).count()
    assert told > 40  # there was much to leak
    assert case.escalations.exists()
    deliver(lambda: at)
    mails = [one for one in mail.outbox if one.to == [contact.email]]
    assert mails
    assert not [one for one in mails if MARK in one.message().as_string() + str(one.body)]
    assert permissions.visible_to(people.engineer).filter(pk=other.pk).exists()


def test_words_that_left_by_mail_are_shown_and_lost_ones_are_not(
    people: People, customer: Customer, contact: Contact
) -> None:
    now = clock.now()
    by = Actor.person(people.engineer)
    case = open_at(now - 9 * MIN, by=by, customer=customer, contact=contact)
    take_steps(
        case, [steps.Acknowledge(channel=Channel.EMAIL, summary="Thank you for telling us.")],
        by=by, now=now - 8 * MIN,
    )  # fmt: skip
    update = steps.UpdateProgress(channel=Channel.EMAIL, message="The part is on its way.")
    take_steps(case, [update], by=by, now=now - 7 * MIN)
    visitor = Visitor(case, invited(case, by, now - MIN), Browser())
    assert "Thank you for telling us." in visitor.look()
    assert "The part is on its way." in visitor.look()
    lost = case.contact_records.get(words="The part is on its way.")
    withdraw_proof(lost, failure="550", now=now)
    assert "The part is on its way." not in visitor.look()
