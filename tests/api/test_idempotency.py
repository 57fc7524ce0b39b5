from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from rest_framework.test import APIClient

from accounts.models import Client
from customers.models import Customer
from objections.models import Case, CaseEvent, IdempotentRequest, Note
from tests.api.conftest import EVERYTHING, Walk, codes_of, program
from tests.conftest import People

URL = "/api/v1/cases/"
BODY = {
    "channel": "phone",
    "statement": "The seal leaks.",
    "customer": {"external_id": "C-17", "name": "Hengyuan"},
    "external_id": "T-1",
}
KEY: dict[str, Any] = {"HTTP_IDEMPOTENCY_KEY": "7d1c-1"}


@pytest.mark.django_db
def test_the_same_request_again_gets_the_stored_answer(api: APIClient) -> None:
    first = api.post(URL, BODY, **KEY)
    again = api.post(URL, BODY, **KEY)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert (again["ETag"], again["Location"]) == (first["ETag"], first["Location"])
    assert again["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert Case.objects.count() == 1


@pytest.mark.django_db
def test_how_the_json_is_spaced_and_ordered_plays_no_part(api: APIClient) -> None:
    import json

    one = json.dumps(BODY)
    other = json.dumps(dict(reversed(BODY.items())), indent=4)
    api.post(URL, one, content_type="application/json", **KEY)
    again = api.post(URL, other, content_type="application/json", **KEY)
    assert again["Idempotent-Replayed"] == "true"


@pytest.mark.django_db
def test_the_same_key_with_another_body_is_refused(api: APIClient) -> None:
    api.post(URL, BODY, **KEY)
    other = api.post(URL, BODY | {"statement": "Something else"}, **KEY)

    assert other.status_code == 422
    assert other.json()["code"] == "idempotency_key_reused"
    assert Case.objects.count() == 1


@pytest.mark.django_db
def test_the_same_key_at_another_address_is_refused(api: APIClient, case_at: Walk) -> None:
    one, other = case_at(), case_at()
    note = {"action": "note", "text": "Called back."}
    assert api.post(f"{URL}{one.reference}/steps/", note, **KEY).status_code == 201
    assert api.post(f"{URL}{other.reference}/steps/", note, **KEY).status_code == 422


@pytest.mark.django_db
def test_without_a_key_the_same_request_works_twice(api: APIClient, case_at: Walk) -> None:
    url = f"{URL}{case_at().reference}/steps/"
    for _ in range(2):
        api.post(url, {"action": "note", "text": "Called back."})
    assert Note.objects.count() == 2


@pytest.mark.django_db
def test_two_programs_may_use_the_same_key(api: APIClient, people: People) -> None:
    shop = program(Client.objects.create(name="shop"), *EVERYTHING)
    api.post(URL, BODY, **KEY)
    assert shop.post(URL, BODY, **KEY).status_code == 201
    assert Case.objects.count() == 2


@pytest.mark.django_db
def test_a_new_token_of_the_same_program_knows_its_keys(api: APIClient, crm: Client) -> None:
    api.post(URL, BODY, **KEY)
    again = program(crm, *EVERYTHING).post(URL, BODY, **KEY)
    assert again["Idempotent-Replayed"] == "true"


@pytest.mark.django_db
def test_people_have_keys_of_their_own(people: People, signed_in: Any) -> None:
    body = BODY | {"source": "crm"}
    engineer, colleague = signed_in(people.engineer), signed_in(people.colleague)
    first = engineer.post(URL, body, **KEY)
    assert first.status_code == 201, first.json()
    assert engineer.post(URL, body, **KEY)["Idempotent-Replayed"] == "true"
    assert colleague.post(URL, body, **KEY).json()["code"] == "already_exists"


@pytest.mark.django_db
def test_what_was_refused_is_not_stored_so_the_key_may_try_again(api: APIClient) -> None:
    wrong = api.post(URL, BODY | {"channel": "pigeon"}, **KEY)
    assert wrong.status_code == 400
    assert not IdempotentRequest.objects.exists()
    assert api.post(URL, BODY, **KEY).status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "with space", "x" * 201, "schlüssel"])
def test_a_key_that_is_none_is_refused(api: APIClient, key: str) -> None:
    answer = api.post(URL, BODY, HTTP_IDEMPOTENCY_KEY=key)
    assert answer.status_code == 400
    assert codes_of(answer) == {("Idempotency-Key", "invalid")}
    assert not Case.objects.exists()


@pytest.mark.django_db
def test_a_file_is_attached_once_and_another_file_is_refused(
    api: APIClient, case_at: Walk, settings: Any, tmp_path: Any
) -> None:
    settings.CASETRACK_EVIDENCE_ROOT = tmp_path
    url = f"{URL}{case_at().reference}/evidence/"

    def send(text: bytes) -> Any:
        file = SimpleUploadedFile("log.txt", text, "text/plain")
        return api.post(url, {"file": file, "caption": "Log"}, format="multipart", **KEY)

    assert send(b"one").status_code == 201
    assert send(b"one")["Idempotent-Replayed"] == "true"
    assert send(b"two").status_code == 422
    assert Case.objects.get().evidence.count() == 1


# ── at the same time ──────────────────────────────────────────────────────────────────


def at_once(number: int, act: Callable[[], Any]) -> list[Any]:
    """Run an act in several threads, each with a connection of its own."""

    def apart(_number: int) -> Any:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(apart, range(number)))


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_does_the_work(api: APIClient) -> None:
    answers = at_once(6, lambda: api.post(URL, BODY, **KEY))

    done = [one for one in answers if one.status_code == 201]
    turned_away = [one for one in answers if one.status_code == 409]
    assert len(done) + len(turned_away) == 6
    assert len([one for one in done if "Idempotent-Replayed" not in one]) == 1
    assert {one.json()["code"] for one in turned_away} <= {"idempotency_in_progress"}
    assert Case.objects.count() == Customer.objects.count() == 1
    assert CaseEvent.objects.filter(kind="opened").count() == 1
    assert api.post(URL, BODY, **KEY)["Idempotent-Replayed"] == "true"


@pytest.mark.django_db(transaction=True)
def test_while_the_first_is_running_a_second_is_told_to_wait(api: APIClient) -> None:
    """The first is held up by somebody else who holds the source's number."""
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('case crm\nT-1', 0))")
            first = pool.submit(at_once, 1, lambda: api.post(URL, BODY, **KEY))
            _until_somebody_waits(cursor)
            [second] = at_once(1, lambda: api.post(URL, BODY, **KEY))
        [done] = first.result(timeout=20)

    assert second.status_code == 409
    assert second.json()["code"] == "idempotency_in_progress"
    assert done.status_code == 201
    assert Case.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_number_brought_twice_at_once_is_opened_once(api: APIClient) -> None:
    answers = at_once(4, lambda: api.post(URL, BODY))

    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]
    [reference] = Case.objects.values_list("reference", flat=True)
    refused = [one.json() for one in answers if one.status_code == 409]
    assert {one["reference"] for one in refused} == {reference}


def _until_somebody_waits(cursor: Any) -> None:
    import time

    give_up = time.monotonic() + 10
    while time.monotonic() < give_up:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        if cursor.fetchone()[0]:
            return
        time.sleep(0.02)
    pytest.fail("nobody waits")
