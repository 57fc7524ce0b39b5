"""Mail servers that do what a test says, and mails that wait."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from pytest_django.fixtures import Settings

from accounts.models import User
from customers.models import Contact, Customer
from objections import steps
from objections.actors import Actor
from objections.models import Case, CustomerMail
from objections.services.stepping import take_step
from objections.vocabulary import Channel
from tests.conftest import People
from tests.stories import open_at

MIN = timedelta(minutes=1)


class Server(BaseEmailBackend):
    """A mail server in the house of the test: it fails with what stands next in ``failing``."""

    accepted: list[EmailMessage] = []
    failing: list[Exception] = []

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            if Server.failing:
                raise Server.failing.pop(0)
            Server.accepted.append(message)
        return len(email_messages)


@pytest.fixture
def server(settings: Settings) -> type[Server]:
    settings.EMAIL_BACKEND = "tests.integrations.conftest.Server"
    Server.accepted, Server.failing = [], []
    return Server


def refusal(code: int = 550, said: str = "5.1.1 Nobody of this name here") -> Exception:
    return smtplib.SMTPRecipientsRefused({"zhoumin@hengyuan.example": (code, said.encode())})


Mailed = Callable[..., tuple[Case, CustomerMail]]


@pytest.fixture
def mailed(people: People, customer: Customer, contact: Contact) -> Mailed:
    """Return what acknowledges a case by e-mail, a minute after it was opened."""

    def make(t: datetime, handler: User | None = None, **more: object) -> tuple[Case, CustomerMail]:
        who = handler or people.engineer
        case = open_at(
            t, by=Actor.person(who), customer=customer, contact=contact, handler=who, **more
        )
        told = steps.Acknowledge(channel=Channel.EMAIL, summary="Thank you. We heard you.")
        take_step(case, told, by=Actor.person(who), now=t + MIN)
        return case, CustomerMail.objects.get(contact_record__case=case)

    return make
