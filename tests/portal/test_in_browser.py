"""The page on a phone: readable by everybody, and used from the first tap to the last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from customers.models import Contact, Customer, Product
from objections import links, steps
from objections.actors import Actor
from objections.models import Case
from objections.services.stepping import take_steps
from objections.vocabulary import Channel, Stage
from tests.conftest import People
from tests.portal.conftest import invited
from tests.stories import open_at
from tests.walks.conftest import opened_browser, screenshots
from tests.walks.in_browser import Person
from tests.walks.script import Story
from timekeeping import clock

__all__ = ["opened_browser", "screenshots"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = {
    "en": {
        "title": "Your rear brake",
        "heard": "The rear brake failed at a crossing this morning, after a week of squealing that"
        " our shop called normal. You need to trust this bike again by Monday.",
        "question": "Is it safe to ride home today?",
        "answer": "No. Please do not ride it. We pay for your taxi today and tomorrow.",
        "cause": "In this batch water gets into the brake fluid; squealing is the first sign.",
        "one": "A mechanic comes to you", "good": "No need to move the bike",
        "less": "We need a dry place for an hour", "two": "We fetch the bike",
        "promise": "A taxi at your door each morning until it is done",
        "wrong": "It squeals again.",
        "solved": "Quick and honest.",
    },
    "zh-hans": {
        "title": "您的后刹车",
        "heard": "今天早上您在路口时后刹车失灵,此前一周一直有异响,而门店说那是正常现象。"
        "您需要在周一之前重新放心地骑这辆车。",
        "question": "今天骑回家安全吗?",
        "answer": "不安全,请不要骑。今明两天的出租车费由我们承担。",
        "cause": "这一批次的刹车油会进水,异响就是最早的征兆。",
        "one": "技师上门维修", "good": "不用挪动车辆",
        "less": "需要一个干燥的地方,约一小时", "two": "我们上门取车",
        "promise": "修好之前,每天早上有车到门口接您", "wrong": "又开始异响了。",
        "solved": "又快又实在。",
    },
}  # fmt: skip


def solving(people: People, customer: Customer, contact: Contact, words: dict[str, str]) -> Case:
    """A case that waits for the customer to agree."""
    now, by = clock.now(), Actor.person(people.engineer)
    product = Product.objects.create(brand="Vela", model="Cargo L")
    case = open_at(
        now - timedelta(minutes=20), by=by, customer=customer, contact=contact, product=product,
        statement=words["title"], handler=people.engineer, questions=(words["question"],),
    )  # fmt: skip
    said = [
        steps.Acknowledge(channel=Channel.PHONE, summary="Thank you"),
        steps.Restate(restatement=words["heard"], interest="To trust it again"),
        steps.Commit(what=words["promise"], due_at=now + timedelta(days=1)),
    ]
    take_steps(case, said, by=by, now=now - timedelta(minutes=15))
    return case


def tell(case: Case, people: People, words: dict[str, str]) -> None:
    told = steps.CommunicateSolution(
        channel=Channel.PHONE, message="Two ways", cause=words["cause"],
        options=(
            steps.OptionOffered(title=words["one"], benefit=words["good"], drawback=words["less"],
                                duration=timedelta(hours=1)),
            steps.OptionOffered(title=words["two"]),
        ),
        answers=(steps.QuestionAnswered(question=1, answer=words["answer"]),),
    )  # fmt: skip
    take_steps(case, [told], by=Actor.person(people.engineer), now=clock.now())


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_customer_goes_all_the_way_on_a_phone(
    language: str, people: People, customer: Customer, contact: Contact, live_server: LiveServer,
    opened_browser: Callable[[], AbstractContextManager[Browser]],
    screenshots: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("django.conf.settings.CASETRACK_HOUSE_NAME", "Norhai After-Sales")
    monkeypatch.setattr("django.conf.settings.CASETRACK_HOUSE_PHONE", "0800 555 0142")
    Customer.objects.update(language=language)
    words = WORDS[language]
    case = solving(people, customer, contact, words)
    address = f"/c/{links.token(invited(case, Actor.person(people.engineer), clock.now()))}/"
    story = cast(Story, SimpleNamespace(language=language))

    @contextmanager
    def on_a_phone() -> Iterator[Person]:
        with opened_browser() as browser:
            one = Person.at(
                browser, live_server.url, story,
                lambda name: screenshots(f"portal-{language}", name),
            )  # fmt: skip
            one.page.set_viewport_size({"width": 360, "height": 780})
            one.page.goto(address)
            yield one
            expect(one.page.locator("[role=status]")).to_be_visible()
        assert one.complaints == []

    with on_a_phone() as one:
        one.look("1-agree")
        one.page.locator("button[form=confirm]").click()
    tell(case, people, words)
    with on_a_phone() as one:
        one.look("2-choose")
        one.page.locator("label[for=way_1]").click()
        one.page.locator("button[form=choose]").click()
    done = [steps.CarryOut(proof="Seen"), steps.KeepCommitment(commitment=1, proof="Seen")]
    take_steps(case, done, by=Actor.person(people.engineer), now=clock.now())
    with on_a_phone() as one:
        one.look("3-verdict")
        one.page.locator("label[for=verdict_score_3]").click()
        one.page.fill("#verdict_words", words["solved"])
        one.page.locator("button[form=verdict]").click()
        one.look("4-closed")
        one.page.locator("details:has(#protest_words) > summary").click()
        one.page.fill("#protest_words", words["wrong"])
        one.page.locator("form:has(#protest_words) button").click()
        one.look("5-again")
    case.refresh_from_db()
    assert (case.stage, case.cycle) == (Stage.RESPOND, 2)
