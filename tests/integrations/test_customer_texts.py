"""Text messages to customers: sent once with their link, tried again, and told when they fail."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from customers.models import Contact, Customer
from integrations import customer_mail, customer_texts, leasing
from integrations.chat.said import Message, Said
from integrations.delivery import deliver
from integrations.models import SMS, DeliveryAttempt, StoredMail
from integrations.outgoing import LEASE, WAITS
from objections import links, steps
from objections.actors import Actor
from objections.models import Case, CustomerText, Notice
from objections.services.inviting import revoke
from objections.services.stepping import take_step
from objections.vocabulary import EventKind, LinkMedium, NoticeKind
from tests.conftest import People
from tests.integrations.conftest import Server
from tests.stories import HOUR, MIN, open_at

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


class Gateway:
    """A gateway in the house of the test: it answers with what stands next in ``answers``."""

    took: list[tuple[str, Message]] = []
    answers: list[Said | Exception] = []

    @staticmethod
    def send(number: str, message: Message) -> Said:
        answer = Gateway.answers.pop(0) if Gateway.answers else Said(accepted=True)
        if isinstance(answer, Exception):
            raise answer
        if answer.accepted:
            Gateway.took.append((number, message))
        return answer


def hand_in(number: str, message: Message) -> Said:
    return Gateway.send(number, message)


@pytest.fixture
def gateway(settings: Any) -> type[Gateway]:
    settings.CASETRACK_SMS_BACKEND = "tests.integrations.test_customer_texts.hand_in"
    Gateway.took, Gateway.answers = [], []
    return Gateway


@pytest.fixture
def by(people: People) -> Actor:
    return Actor.person(people.engineer)


@pytest.fixture
def texted(
    people: People, by: Actor, customer: Customer, contact: Contact, t0: datetime
) -> tuple[Case, CustomerText]:
    case = open_at(t0, by=by, customer=customer, contact=contact, handler=people.engineer)
    invite = steps.Invite(medium=LinkMedium.SMS, words="Please look:")
    take_step(case, invite, by=by, now=t0 + MIN)
    return case, CustomerText.objects.get()


Texted = tuple[Case, CustomerText]


def test_a_text_leaves_once_with_the_address_that_no_row_holds(
    texted: Texted, gateway: type[Gateway], t0: datetime
) -> None:
    case, text = texted
    now = t0 + 2 * MIN
    assert customer_texts.deliver_next(lambda: now)
    assert not customer_texts.deliver_next(lambda: now)
    [(number, message)] = gateway.took
    address = links.address(case.links.get())
    assert number == text.to == "13800000001"
    assert message.text == f"Please look:\n{address}"
    assert address not in text.body
    text.refresh_from_db()
    assert text.sent_at == now
    event = case.events.get(kind=EventKind.MAIL_SENT)
    assert event.data["by_text"] is True
    [trace] = DeliveryAttempt.objects.filter(channel=SMS)
    assert (trace.channel, trace.outcome, trace.number) == (SMS, "sent", 1)


def test_without_words_ours_stand_above_the_link_in_the_customers_language(
    by: Actor, customer: Customer, contact: Contact, gateway: type[Gateway], t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer, contact=contact)
    take_step(case, steps.Invite(medium=LinkMedium.SMS), by=by, now=t0 + MIN)
    deliver(lambda: t0 + 2 * MIN)
    assert gateway.took[0][1].text.startswith("Here you can see at any time")


def test_what_may_pass_is_tried_again_later(
    texted: Texted, gateway: type[Gateway], t0: datetime
) -> None:
    _case, text = texted
    gateway.answers = [Said(accepted=False, words="503 busy"), RuntimeError("broken")]
    now = t0 + 2 * MIN
    deliver(lambda: now)
    text.refresh_from_db()
    assert (text.next_attempt_at, text.failure) == (now + WAITS[0], "503 busy")
    deliver(lambda: now + WAITS[0])
    text.refresh_from_db()
    assert text.next_attempt_at == now + WAITS[0] + WAITS[1]
    assert deliver(lambda: now + HOUR) == 1
    assert len(gateway.took) == 1


def test_a_refused_text_is_told_to_the_handler(
    texted: Texted, gateway: type[Gateway], people: People, t0: datetime
) -> None:
    case, text = texted
    gateway.answers = [Said(accepted=False, words="400 no such number", for_good=True)]
    deliver(lambda: t0 + 2 * MIN)
    text.refresh_from_db()
    assert text.failed_at == t0 + 2 * MIN
    assert text.contact_record.withdrawn_at == t0 + 2 * MIN
    failed = case.events.get(kind=EventKind.MAIL_FAILED)
    assert (failed.data["by_text"], failed.data["failure"]) == (True, "400 no such number")
    assert Notice.objects.filter(user=people.engineer, kind=NoticeKind.MAIL_FAILED).exists()


def test_a_process_that_dies_after_sending_repeats_it_when_the_lease_ends(
    texted: Texted, gateway: type[Gateway], t0: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_args: object, **_kwargs: object) -> None:
        raise SystemExit(9)

    now = t0 + 2 * MIN
    with monkeypatch.context() as dying:
        dying.setattr(leasing, "settle_for_case", die)
        with pytest.raises(SystemExit):
            customer_texts.deliver_next(lambda: now)
    assert not customer_texts.deliver_next(lambda: now + LEASE - SECOND)
    assert customer_texts.deliver_next(lambda: now + LEASE)
    assert not customer_texts.deliver_next(lambda: now + HOUR)


def test_a_revoked_link_keeps_its_message_here(
    texted: Texted, gateway: type[Gateway], by: Actor, t0: datetime
) -> None:
    case, text = texted
    revoke(case.links.get(), by=by, now=t0 + 2 * MIN)
    assert deliver(lambda: t0 + 3 * MIN) == 0
    assert gateway.took == []
    text.refresh_from_db()
    assert text.failed_at == t0 + 2 * MIN


def test_in_a_sandbox_it_lands_in_the_mailbox(texted: Texted, t0: datetime) -> None:
    case, text = texted
    deliver(lambda: t0 + 2 * MIN)
    stored = StoredMail.objects.get()
    assert (stored.to, stored.references) == ([text.to], [case.reference])
    assert links.address(case.links.get()) in stored.body


def test_a_number_that_does_not_exist_can_be_tried_in_a_sandbox(
    texted: Texted, t0: datetime
) -> None:
    _case, text = texted
    CustomerText.objects.update(to="13800000000")
    deliver(lambda: t0 + 2 * MIN)
    text.refresh_from_db()
    assert "does not exist" in text.failure


def test_the_mail_of_an_invitation_brings_the_address_below_the_words(
    by: Actor, customer: Customer, contact: Contact, server: type[Server], t0: datetime,
    settings: Any,
) -> None:  # fmt: skip
    settings.CASETRACK_HOUSE_NAME = "Norhai After-Sales"
    case = open_at(t0, by=by, customer=customer, contact=contact)
    invite = steps.Invite(medium=LinkMedium.EMAIL, words="Please have a look.")
    take_step(case, invite, by=by, now=t0 + MIN)
    assert customer_mail.deliver_next(lambda: t0 + 2 * MIN)
    [sent] = server.accepted
    words, _colon, rest = str(sent.body).partition(links.address(case.links.get()))
    assert words.strip() == "Please have a look."
    assert "Norhai After-Sales and works until 1 April" in rest
    assert case.reference in rest


class Answers(http.server.BaseHTTPRequestHandler):
    heard: list[str] = []
    status = 200

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        Answers.heard.append(self.path + " " + self.rfile.read(length).decode())
        self.send_response(Answers.status)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def listening() -> Iterator[int]:
    Answers.heard, Answers.status = [], 200
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as one:
        threading.Thread(target=one.serve_forever, daemon=True).start()
        yield one.server_address[1]
        one.shutdown()


def test_the_gateway_is_asked_with_the_number_in_its_address(listening: int, settings: Any) -> None:
    settings.CASETRACK_SMS_GATEWAY = f"json://127.0.0.1:{listening}/a-secret-key/{{to}}"
    said = customer_texts.post("+8613800000001", Message("text-1", "Please look", ()))
    assert said.accepted
    [heard] = Answers.heard
    assert heard.startswith("/a-secret-key/8613800000001")
    assert "Please look" in heard


def test_a_refusal_of_the_gateway_is_for_good_and_keeps_its_secret(
    texted: Texted, listening: int, settings: Any, t0: datetime
) -> None:
    settings.CASETRACK_SMS_BACKEND = "integrations.customer_texts.post"
    settings.CASETRACK_SMS_GATEWAY = f"json://127.0.0.1:{listening}/a-secret-key/{{to}}"
    Answers.status = 401
    deliver(lambda: t0 + 2 * MIN)
    text = CustomerText.objects.get()
    assert text.failed_at is not None
    assert "a-secret-key" not in text.failure + DeliveryAttempt.objects.get(channel=SMS).answer


@pytest.mark.parametrize(
    ("address", "secret"),
    [
        ("jsons://sms.example/send?:token=KEY4711&:to={to}", "KEY4711"),
        ("twilio://AC4711:a%2Ftoken@15550100/{to}", "a/token"),
        ("jsons://[no-address/KEY4711/{to}", "KEY4711"),
    ],
)
@pytest.mark.parametrize("how", ["accepted", "refused", "broken"])
def test_no_part_of_the_gateways_address_is_kept_whatever_a_program_repeats(
    how: str, address: str, secret: str, texted: Texted, gateway: type[Gateway], settings: Any,
    t0: datetime, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    settings.CASETRACK_SMS_GATEWAY = address
    said = Said(accepted=how == "accepted", words=f"with {secret} it went so")
    gateway.answers = [OSError(f"no way to {address} {secret}") if how == "broken" else said]
    deliver(lambda: t0 + 2 * MIN)
    text, trace = CustomerText.objects.get(), DeliveryAttempt.objects.get(channel=SMS)
    assert text.attempts == 1
    assert trace.outcome == ("sent" if how == "accepted" else "later")
    assert secret not in text.failure + trace.answer + caplog.text


@pytest.mark.parametrize("address", ["", "nonsense {to}", "nothing://{to}"])
def test_no_gateway_is_said_and_breaks_nothing(address: str, settings: Any) -> None:
    settings.CASETRACK_SMS_GATEWAY = address
    said = customer_texts.post("13800000001", Message("text-1", "x", ()))
    assert (said.accepted, said.for_good) == (False, True)
