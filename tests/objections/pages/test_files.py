"""Evidence: what is taken, how it lies in the store, and to whom it is sent."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import File
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from accounts.models import User
from objections import evidence, steps
from objections.actors import Actor
from objections.errors import FieldInvalid
from objections.models import Case, CaseAccess
from objections.selectors.timelines import evidence_url
from objections.services.stepping import take_step
from objections.vocabulary import Sensitivity, Stage
from tests.conftest import People
from tests.objections.pages.conftest import PNG

SignIn = Callable[[User], Browser]
AtStage = Callable[..., Case]
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"
JPEG = b"\xff\xd8\xff\xe1\x00\x18Exif\x00\x00MM\x00*\x00\x00\x00\x08"
DOCX = b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00"


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("seal.png", PNG, "image/png"),
        ("SEAL.JPG", JPEG, "image/jpeg"),
        ("report.pdf", PDF, "application/pdf"),
        ("log.txt", "第一行\n".encode(), "text/plain"),
        ("table.csv", "a,b\n1,2\n".encode("gb18030"), "text/plain"),
        ("letter.docx", DOCX, evidence.TYPES["docx"]),
        ("renamed.jpg", PNG, "image/png"),
        ("clip.mp4", b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00", "video/mp4"),
    ],
)  # fmt: skip
def test_what_shows_something_is_taken_under_a_name_of_ours(
    name: str, content: bytes, content_type: str
) -> None:
    stored = evidence.store(upload(name, content))
    assert (stored.name, stored.content_type, stored.size) == (name, content_type, len(content))
    assert name.rpartition(".")[0] not in stored.stored_as
    with evidence.open_stored(stored.stored_as) as kept:
        assert kept.read() == content


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.png", b"", "empty"),
        ("program.exe", b"MZ\x90\x00", "file_type"),
        ("program.png", b"MZ\x90\x00", "file_type"),
        ("page.html", b"<html><script>alert(1)</script>", "file_type"),
        ("page.txt", b"<!doctype html><html><script>alert(1)</script></html>", "file_type"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "file_type"),
        ("picture.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "file_type"),
        ("binary.txt", b"a\x00b", "file_type"),
        ("no_ending", PNG, "file_type"),
        ("report.pdf", PNG, "file_type"),
    ],
)
def test_what_may_harm_or_says_nothing_is_refused_and_leaves_nothing(
    name: str, content: bytes, code: str, settings: Any
) -> None:
    with pytest.raises(FieldInvalid) as refused:
        evidence.store(upload(name, content))
    assert (refused.value.field, refused.value.code) == ("file", code)
    root = Path(settings.CASETRACK_EVIDENCE_ROOT)
    assert not root.exists() or not [one for one in root.rglob("*") if one.is_file()]


def test_a_file_over_the_limit_is_refused_and_one_at_the_limit_taken(settings: Any) -> None:
    settings.EVIDENCE_MAX_BYTES = len(PNG)
    assert evidence.store(upload("a.png", PNG)).size == len(PNG)
    with pytest.raises(FieldInvalid) as refused:
        evidence.store(upload("a.png", PNG + b"\0"))
    assert refused.value.code == "too_large"


@pytest.mark.parametrize("name", ["../../etc/passwd.png", "..\\..\\boot.png", "a b\n<c>.png"])
def test_a_name_cannot_lead_out_of_the_store(name: str, settings: Any) -> None:
    stored = evidence.store(File(io.BytesIO(PNG), name))
    assert "/" not in stored.name
    assert "<" not in stored.name
    assert evidence.path_of(stored.stored_as).is_relative_to(settings.CASETRACK_EVIDENCE_ROOT)
    with pytest.raises(ValueError, match="outside"):
        evidence.path_of("../outside")


@pytest.mark.django_db
class TestDownload:
    def attach(self, people: People, case: Case, now: datetime, name: str, content: bytes) -> str:
        step = steps.Attach(file=upload(name, content), caption="Seal")
        take_step(case, step, by=Actor.person(people.engineer), now=now)
        return evidence_url(case, case.evidence.get())

    def test_a_picture_is_shown_and_can_run_nothing(
        self, people: People, at_stage: AtStage, sign_in: SignIn, now: datetime
    ) -> None:
        url = self.attach(people, at_stage(), now, "seal.png", PNG)
        answer = sign_in(people.stranger).get(url)
        assert answer.getvalue() == PNG
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.headers["Content-Disposition"].startswith("inline")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "private" in answer.headers["Cache-Control"]

    def test_everything_else_is_saved_and_not_shown(
        self, people: People, at_stage: AtStage, sign_in: SignIn, now: datetime
    ) -> None:
        url = self.attach(people, at_stage(), now, "报告.pdf", PDF)
        answer = sign_in(people.engineer).get(url)
        assert answer.headers["Content-Disposition"].startswith("attachment")

    def test_a_restricted_case_s_files_do_not_exist_for_a_stranger_and_leave_a_trace(
        self, people: People, at_stage: AtStage, sign_in: SignIn, now: datetime
    ) -> None:
        case = at_stage(Stage.LISTEN, sensitivity=Sensitivity.RESTRICTED)
        url = self.attach(people, case, now, "seal.png", PNG)
        assert sign_in(people.stranger).get(url).status_code == 404
        assert Browser().get(url).status_code == 302
        assert not CaseAccess.objects.exists()
        assert sign_in(people.auditor).get(url).status_code == 200
        assert CaseAccess.objects.get().user == people.auditor

    def test_a_file_of_another_case_or_one_that_is_gone_is_not_found(
        self, people: People, at_stage: AtStage, sign_in: SignIn, now: datetime
    ) -> None:
        case, other = at_stage(), at_stage()
        url = self.attach(people, case, now, "seal.png", PNG)
        browser = sign_in(people.engineer)
        assert browser.get(url.replace(case.reference, other.reference)).status_code == 404
        assert browser.get(url[:-4] + "/").status_code == 404
        evidence.path_of(case.evidence.get().stored_as).unlink()
        assert browser.get(url).status_code == 404
