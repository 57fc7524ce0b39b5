"""A case that has been through everything, and people who read its reports."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import User
from customers.models import Contact, Customer, Product
from objections import steps
from objections.actors import Actor
from objections.models import Case, RemedyLimit, Why
from objections.services import remedies
from objections.services.stepping import take_step, take_steps
from objections.vocabulary import (
    CauseCategory,
    Channel,
    Emotion,
    Origin,
    RemedyKind,
    Stage,
)
from tests.conftest import People
from tests.stories import CONFIRM, HOUR, MIN, open_at, walk_to
from timekeeping import clock

WORDS = "你们上个月换的机封又漏了，二号线已经停了两次，这次要给个说法！"
SignIn = Callable[[User], Browser]


def png(width: int = 40, height: int = 30) -> bytes:
    """A grey picture that any program can read."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        whole = kind + data
        return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))

    rows = b"".join(b"\0" + bytes([128 + row % 64]) * width for row in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )  # fmt: skip


@pytest.fixture(autouse=True)
def evidence_in_a_folder_of_its_own(settings: Any, tmp_path: Any) -> None:
    settings.CASETRACK_EVIDENCE_ROOT = tmp_path / "evidence"


@pytest.fixture
def now(db: None) -> datetime:
    return clock.now()


@pytest.fixture
def sign_in() -> SignIn:
    def signed_in(user: User) -> Browser:
        browser = Browser()
        browser.force_login(user)
        return browser

    return signed_in


@pytest.fixture
def case_at(
    people: People, customer: Customer, contact: Contact, now: datetime
) -> Callable[..., Case]:
    """Return a function that makes a case of the engineer's in a stage, half an hour old."""

    def made(stage: Stage = Stage.LISTEN, **more: Any) -> Case:
        by = Actor.person(people.engineer)
        given = {"contact": contact, **more}
        return walk_to(stage, now - 30 * MIN, by=by, customer=customer, **given)

    return made


@pytest.fixture
def rich(
    people: People, customer: Customer, contact: Contact, product: Product, t0: datetime
) -> Case:
    """A case of two days with everything on record, closed on the Wednesday."""
    by, t = Actor.person(people.engineer), t0
    RemedyLimit.objects.update_or_create(role="engineer", defaults={"amount": 9000})
    case = open_at(
        t, by=by, customer=customer, contact=contact, product=product, statement=WORDS,
        serial="SN-80-117", batch="B2026-02", frequency="两次", since="三周前",
        expectation="立刻换新", already_tried="拧紧螺栓", emotion=Emotion.FURIOUS,
    )  # fmt: skip
    take_steps(case, _understanding(), by=by, now=t + 20 * MIN)
    take_steps(case, _meanwhile(people, t), by=by, now=t + HOUR)
    _analysed(case, people, t + HOUR)
    remedies.propose(
        case, kind=RemedyKind.REPLACEMENT, description="免费更换机封两套", cost=Decimal("8400"),
        by=by, now=t + 2 * HOUR,
    )  # fmt: skip
    told, done = t + 3 * HOUR, t + 26 * HOUR
    take_step(case, _solution(done + HOUR), by=by, now=told)
    take_steps(
        case,
        [steps.KeepCommitment(commitment=1, proof="周敏确认收到"),
         steps.KeepCommitment(commitment=2, proof="8D sent")],
        by=by, now=done,
    )  # fmt: skip
    take_step(case, steps.CarryOut(proof="周敏看到泵连续运行四小时不漏"), by=by, now=done)
    take_step(case, _closing(), by=by, now=t + timedelta(days=2))
    case.refresh_from_db()
    return case


def _understanding() -> list[steps.Step]:
    return [
        steps.Acknowledge(
            channel=Channel.PHONE, with_whom="Zhou Min", emotion=Emotion.ANGRY,
            summary="谢谢您马上告诉我们。二号线停了两次，这给你们添了很大的麻烦。",
        ),
        steps.Restate(
            restatement="新机封三周后漏，二号线停两次。", interest="生产不能停。",
            position="换新并赔偿", origin=Origin.QUALITY, questions=("为什么又漏？",),
        ),
        CONFIRM,
    ]  # fmt: skip


def _meanwhile(people: People, t: datetime) -> list[steps.Step]:
    return [
        steps.Commit(what="今天送一台备用泵到现场", due_at=t + 8 * HOUR),
        steps.HandOver(question="换下的机封材料是什么？", department="实验室", due_at=t + 6 * HOUR),
        steps.Attach(file=SimpleUploadedFile("seal.png", png()), caption="漏点"),
        steps.Attach(file=SimpleUploadedFile("log.txt", b"pressure 4.1")),
    ]


def _analysed(case: Case, people: People, at: datetime) -> None:
    first = Why.objects.create(
        case=case, text="密封面磨损", evidence="拆检照片", written_at=at, written_by=people.engineer
    )
    Why.objects.create(
        case=case, parent=first, text="来料硬度不够，检验没有测", is_root_cause=True,
        written_at=at, written_by=people.engineer,
    )  # fmt: skip
    Why.objects.create(
        case=case, text="这一条收回了", written_at=at, written_by=people.engineer, removed_at=at
    )


def _solution(due: datetime) -> steps.CommunicateSolution:
    return steps.CommunicateSolution(
        channel=Channel.PHONE, with_whom="Zhou Min", message="原因找到了，有两个办法。",
        cause="机封材料硬度不够", cause_category=CauseCategory.MATERIAL,
        options=(
            steps.OptionOffered(
                title="今晚换碳化硅机封", benefit="明早恢复生产", drawback="夜里停泵",
                duration=timedelta(hours=5), cost=Decimal("8400"),
            ),
            steps.OptionOffered(title="退货"),
        ),
        chosen=1,
        answers=(steps.QuestionAnswered(question=1, answer="材料硬度不够"),),
        commitments=(steps.Promised(what="把 8D 报告发给周敏", due_at=due),),
    )  # fmt: skip


def _closing() -> steps.CloseSatisfied:
    return steps.CloseSatisfied(
        score=4, words="这次很快", cause_category=CauseCategory.MATERIAL,
        lesson="来料检验要测硬度", channel=Channel.PHONE, with_whom="Zhou Min",
        emotion=Emotion.CALM,
    )  # fmt: skip


def url(case: Case, kind: str = "up", name: str = "case-report", *more: str) -> str:
    return reverse(name, args=[case.reference, kind, *more])


def text_of(answer: Any) -> str:
    return str(answer.content.decode())
