from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from objections.models import Case, Evidence
from tests.api.conftest import Walk, codes_of
from tests.conftest import People

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> Path:
    settings.CASETRACK_EVIDENCE_ROOT = tmp_path
    return tmp_path


def send(api: APIClient, case: Case, *, name: str = "log.txt", content: bytes = b"It leaks.",
         headers: Any = None, **more: Any) -> Any:  # fmt: skip
    file = SimpleUploadedFile(name, content, "text/plain")
    url = f"/api/v1/cases/{case.reference}/evidence/"
    return api.post(url, {"file": file, **more}, format="multipart", **(headers or {}))


def test_a_file_is_attached_as_a_step(api: APIClient, case_at: Walk) -> None:
    case = case_at()
    answer = send(api, case, caption="What the pump logged", at=case.received_at.isoformat())

    assert answer.status_code == 201, answer.json()
    assert answer.json()["event"]["kind"] == "attached"
    [told] = answer.json()["case"]["evidence"]
    assert (told["name"], told["size"], told["caption"]) == ("log.txt", 9, "What the pump logged")
    assert answer["ETag"] == '"2"'


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.txt", b"", "empty"),
        ("run.exe", b"MZ\x90", "file_type"),
        ("picture.png", b"<html><script>", "file_type"),
        ("x" * 201 + ".txt", b"x", "max_length"),
    ],
)
def test_a_file_that_is_not_taken_leaves_nothing_behind(
    api: APIClient, case_at: Walk, store: Path, name: str, content: bytes, code: str
) -> None:
    answer = send(api, case_at(), name=name, content=content)
    assert answer.status_code == 400, answer.json()
    assert codes_of(answer) == {("file", code)}
    assert not Evidence.objects.exists()
    assert not list(store.rglob("*.*"))


def test_a_file_that_is_too_large_is_refused(api: APIClient, case_at: Walk, settings: Any) -> None:
    settings.EVIDENCE_MAX_BYTES = 10
    answer = send(api, case_at(), content=b"x" * 11)
    assert answer.status_code == 400
    assert codes_of(answer) == {("file", "too_large")}


def test_a_form_that_is_far_too_large_is_not_even_read(
    api: APIClient, case_at: Walk, settings: Any
) -> None:
    settings.EVIDENCE_MAX_BYTES = 10
    answer = send(api, case_at(), content=b"x" * 1_100_000)
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"


@pytest.mark.parametrize(
    ("more", "field"), [({"caption": "x" * 201}, "caption"), ({"colour": "red"}, "colour"),
                        ({"at": "noon"}, "at"), ({"caption": "\0"}, "caption")],
)  # fmt: skip
def test_what_is_written_beside_the_file_is_checked(
    api: APIClient, case_at: Walk, more: dict[str, Any], field: str
) -> None:
    answer = send(api, case_at(), **more)
    assert answer.status_code == 400, answer.json()
    assert {name for name, _code in codes_of(answer)} == {field}


def test_a_form_without_a_file_is_refused(api: APIClient, case_at: Walk) -> None:
    url = f"/api/v1/cases/{case_at().reference}/evidence/"
    answer = api.post(url, {"caption": "x"}, format="multipart")
    assert codes_of(answer) == {("file", "required")}
    assert api.post(url, {"file": "x"}, format="multipart").status_code == 400


def test_json_is_no_form(api: APIClient, case_at: Walk) -> None:
    answer = api.post(f"/api/v1/cases/{case_at().reference}/evidence/", {"file": "x"})
    assert answer.status_code == 415
    assert answer.json()["code"] == "unsupported_media_type"


def test_a_file_meant_for_another_version_is_refused(api: APIClient, case_at: Walk) -> None:
    assert send(api, case_at(), headers={"HTTP_IF_MATCH": '"9"'}).status_code == 412
    assert not Evidence.objects.exists()


def test_a_broken_form_is_refused(api: APIClient, case_at: Walk) -> None:
    url = f"/api/v1/cases/{case_at().reference}/evidence/"
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x"):
        assert api.post(url, b"nonsense", content_type=kind).status_code == 400


def test_a_person_attaches_from_a_browser_session(
    case_at: Walk, people: People, signed_in: Any
) -> None:
    assert send(signed_in(people.engineer), case_at()).status_code == 201
