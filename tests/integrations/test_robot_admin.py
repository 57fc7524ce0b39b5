"""Administration of chat robots: an address goes in and never out; a test shows the answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from accounts.models import Robot, RobotKind
from customers.models import Customer
from integrations.delivery import deliver
from integrations.models import DeliveryAttempt, StoredMail
from objections import batches, notices
from objections.actors import Actor
from objections.models import Notice
from objections.vocabulary import NoticeKind
from tests.conftest import People
from tests.integrations.chat import KEY, Program, chat_program, robot_of
from tests.stories import open_at
from timekeeping import clock

pytestmark = pytest.mark.django_db

WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7bcd-4bc4-97a0"
ROBOTS = "/admin/accounts/robot/"


@pytest.fixture
def browser(people: People) -> Browser:
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(people.administrator)
    return browser


@pytest.fixture
def program(settings: Settings) -> Iterator[Program]:
    settings.CASETRACK_CHAT_BACKEND = "integrations.chat.posting.post"
    with chat_program() as started:
        yield started


def form(people: People, **more: Any) -> dict[str, Any]:
    return {
        "name": "Suzhou pumps", "kind": RobotKind.WECOM, "webhook": WECOM, "secret": "",
        "teams": [people.team.pk], "language": "zh-hans", "time_zone": "Asia/Shanghai",
        "least_level": 1, "per_minute": 20, "quiet_from": "", "quiet_until": "",
        "is_active": "on",
    } | more  # fmt: skip


def test_a_robot_is_added_by_the_address_that_its_program_shows(
    people: People, browser: Browser
) -> None:
    page = browser.get(ROBOTS + "add/").content.decode()
    assert "https://oapi.dingtalk.com/robot/send?access_token=…" in page
    assert browser.post(ROBOTS + "add/", form(people)).status_code == 302
    robot = Robot.objects.get()
    assert robot.address == WECOM
    assert list(robot.teams.all()) == [people.team]


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"webhook": ""}, "webhook", "Enter the address"),
        ({"webhook": "https://example.com/x"}, "webhook", "not the address of a robot of WeCom"),
        ({"kind": RobotKind.OTHER, "webhook": "syslog://"}, "webhook", "not the address"),
        ({"secret": "SECabc"}, "secret", "Only robots of DingTalk and Feishu"),
        ({"time_zone": "Mars/Base"}, "time_zone", "no such time zone"),
        ({"quiet_from": "22:00"}, "quiet_until", "a beginning and an end"),
        ({"quiet_until": "07:00"}, "quiet_from", "a beginning and an end"),
        ({"per_minute": 0}, "per_minute", "greater than or equal to 1"),
        ({"least_level": 4}, "least_level", "Select a valid choice"),
    ],
    ids=str,
)
def test_a_wrong_entry_is_named_and_saves_nothing(
    wrong: dict[str, Any], field: str, words: str, people: People, browser: Browser
) -> None:
    answer = browser.post(ROBOTS + "add/", form(people, **wrong))
    assert answer.status_code == 200
    errors = answer.context["adminform"].form.errors
    assert words in " ".join(errors[field])
    assert not Robot.objects.exists()


def test_a_secret_for_signing_becomes_part_of_the_address(people: People, browser: Browser) -> None:
    address = "https://oapi.dingtalk.com/robot/send?access_token=566cc69da782ec33"
    given = form(people, kind=RobotKind.DINGTALK, webhook=address, secret="SECabc123")
    browser.post(ROBOTS + "add/", given)
    assert Robot.objects.get().address == address + "&secret=SECabc123"


def test_a_saved_address_is_shown_by_its_end_and_kept_when_left_empty(
    people: People, browser: Browser
) -> None:
    browser.post(ROBOTS + "add/", form(people))
    robot = Robot.objects.get()
    for url in (ROBOTS, f"{ROBOTS}{robot.pk}/change/", f"{ROBOTS}{robot.pk}/history/"):
        page = browser.get(url).content.decode()
        assert "693a91f6" not in page
    assert "…97a0" in browser.get(f"{ROBOTS}{robot.pk}/change/").content.decode()
    browser.post(f"{ROBOTS}{robot.pk}/change/", form(people, webhook="", name="Pumps"))
    robot.refresh_from_db()
    assert (robot.name, robot.address) == ("Pumps", WECOM)


def test_another_program_needs_another_address(people: People, browser: Browser) -> None:
    browser.post(ROBOTS + "add/", form(people))
    robot = Robot.objects.get()
    url = f"{ROBOTS}{robot.pk}/change/"
    answer = browser.post(url, form(people, webhook="", kind=RobotKind.SLACK))
    assert "not the address of a robot of Slack" in answer.content.decode()
    robot.refresh_from_db()
    assert robot.kind == RobotKind.WECOM


def press_test(robot: Robot, people: People, browser: Browser, **more: Any) -> str:
    given = form(people, name=robot.name, kind=robot.kind, webhook="", _test="1", **more)
    answer = browser.post(f"{ROBOTS}{robot.pk}/change/", given, follow=True)
    return answer.content.decode()


def test_a_test_message_shows_what_the_program_answered(
    people: People, browser: Browser, program: Program
) -> None:
    robot = robot_of(people.team, program)
    program.answers = [(200, "{}"), (403, f"{KEY} is closed")]
    assert "The test message was taken" in press_test(robot, people, browser, language="en")
    assert program.said == ["Casetrack: this is a test. Escalations will come in here."]
    page = press_test(robot, people, browser)
    assert "was not taken. Answer: 403 *** is closed" in page
    assert KEY not in page
    outcomes = DeliveryAttempt.objects.order_by("pk").values_list("outcome", "notices")
    assert list(outcomes) == [("sent", []), ("refused", [])]
    assert "Refused: 403 *** is closed" in browser.get(ROBOTS).content.decode()


def test_a_test_message_counts_like_any_other(
    people: People, browser: Browser, program: Program
) -> None:
    robot = robot_of(people.team, program)
    press_test(robot, people, browser, per_minute=1)
    assert "It has said all it may in this minute" in press_test(
        robot, people, browser, per_minute=1
    )
    assert len(program.posted) == 1


def test_a_robot_that_is_switched_off_forgets_what_waits_for_it(
    people: People, customer: Customer, browser: Browser, program: Program
) -> None:
    robot = robot_of(people.team, program)
    now = clock.now()
    case = open_at(now, by=Actor.person(people.engineer), customer=customer)
    rows = notices.compose([], NoticeKind.ESCALATED, case, at=now, now=now, level=1)
    batches.insert(Notice, rows)
    given = form(people, kind=robot.kind, webhook="")
    del given["is_active"]
    browser.post(f"{ROBOTS}{robot.pk}/change/", given)
    assert Notice.objects.get(robot=robot).send_at is None


def test_every_try_can_be_read_and_filtered_and_none_changed(
    people: People, browser: Browser, program: Program
) -> None:
    robot = robot_of(people.team, program)
    program.answers = [(200, "{}"), (500, "out of order")]
    for _number in range(2):
        press_test(robot, people, browser)
    DeliveryAttempt.objects.create(channel="email", message="lost", attempted_at=clock.now())
    attempts = "/admin/integrations/deliveryattempt/"
    page = browser.get(attempts).content.decode()
    assert "500 out of order" in page
    assert "Unknown: it ended before it was answered" in page
    refused = browser.get(attempts, {"outcome": "refused"}).content.decode()
    assert "500 out of order" in refused
    assert "1 attempt at a delivery" in refused or "1 attempts at deliveries" in refused
    lost = browser.get(attempts, {"outcome": "unknown"}).content.decode()
    assert "lost" in lost
    assert "500 out of order" not in lost
    assert "lost" not in browser.get(attempts, {"channel": "chat"}).content.decode()
    one = DeliveryAttempt.objects.first()
    assert one is not None
    assert browser.get(f"{attempts}{one.pk}/change/").status_code == 200
    assert browser.post(f"{attempts}{one.pk}/change/", {"answer": "x"}).status_code == 403
    assert browser.post(f"{attempts}{one.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_sandbox_keeps_what_a_robot_would_have_said(
    people: People, customer: Customer, browser: Browser
) -> None:
    robot = Robot.objects.create(name="Suzhou pumps (WeCom)", kind=RobotKind.WECOM, address=WECOM,
                                 language="en")  # fmt: skip
    robot.teams.add(people.team)
    now = clock.now()
    case = open_at(now, by=Actor.person(people.engineer), customer=customer)
    Notice.objects.all().delete()
    for level in (1, 2):
        rows = notices.compose([], NoticeKind.ESCALATED, case, at=now, now=now, level=level)
        batches.insert(Notice, rows)
    deliver(clock.now)
    caught = StoredMail.objects.get()
    assert caught.to == ["Suzhou pumps (WeCom)"]
    assert caught.body.startswith("Casetrack: 2 notices")
    assert "Suzhou pumps (WeCom)" in browser.get("/mailbox/").content.decode()
    assert case.reference in browser.get(f"/mailbox/{caught.pk}/").content.decode()
    assert DeliveryAttempt.objects.get().answer == "caught in the mailbox"
