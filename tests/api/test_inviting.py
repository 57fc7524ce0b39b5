"""A program sends the customer a link to their page, and never learns its address."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from accounts.models import Client, Scope
from objections import links
from objections.models import CustomerMail
from tests.api.conftest import Walk, program
from tests.api.test_steps import steps
from tests.conftest import People

pytestmark = pytest.mark.django_db

INVITE = {"action": "invite", "medium": "email", "words": "Please look."}


def test_a_program_that_may_write_invites_by_mail(api: APIClient, case_at: Walk) -> None:
    case = case_at()
    answer = api.post(steps(case), INVITE)
    assert answer.status_code == 201, answer.json()
    link = case.links.get()
    assert CustomerMail.objects.get().contact_record == link.sent_in
    for secret in (links.token(link), link.key.hex, str(link.key)):
        assert secret not in str(answer.json())


def test_a_program_that_only_reads_invites_nobody(
    crm: Client, people: People, case_at: Walk
) -> None:
    case = case_at()
    assert program(crm, Scope.CASES_READ).post(steps(case), INVITE).status_code == 403
    assert not case.links.exists()


def test_a_text_message_needs_a_number(api: APIClient, case_at: Walk) -> None:
    answer = api.post(steps(case_at()), {"action": "invite", "medium": "sms", "phone": "12"})
    assert answer.status_code == 409
    assert [one["code"] for one in answer.json()["missing"]] == ["number"]


def test_a_program_brings_the_news_that_a_customer_is_not_satisfied(
    api: APIClient, case_at: Walk
) -> None:
    case = case_at()
    body = {"action": "protest", "channel": "chat", "message": "Nobody calls me!"}
    assert api.post(steps(case), body).status_code == 201
    assert case.escalations.get().reason == "not_satisfied"
