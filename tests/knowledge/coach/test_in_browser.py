"""The browser's edition of the coach, held against ours on every labelled text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, sync_playwright

from knowledge.coach import Draft, Finding, better, review, sentence, why
from knowledge.coach.browser import book
from knowledge.coach.minhash import signature
from tests.knowledge.coach.labelled import jargon, sentences

pytestmark = pytest.mark.browser

SCRIPTS = Path(__file__).resolve().parents[3] / "static" / "casetrack"
READ = """async ({ book, drafts }) => {
  const { makeEngine } = await import("/coach-engine.js");
  const engine = makeEngine(book);
  return drafts.map(({ near, ...draft }) =>
    engine.review(draft, near).map((one) => ({ ...one, said: engine.say(one) })));
}"""
PRINT = """async (texts) => {
  const { signature } = await import("/coach-print.js");
  return texts.map(signature);
}"""
ODD = [
    "", "  \n ", "Soon.", "Ｓｏｏｎ　ＡＳＡＰ，我们会尽快！",
    "🙂 We will come soon 🙂, and you did not follow the manual. 𠮷 儘快處理，我們會儘快。",
    "Öl fehlt: “we’ll try”.\r\nIt’s our policy.\r\n如果給您帶來困擾，抱歉。",
    "1. Yes.\n2) It will be done by [day and time?].",
]  # fmt: skip


@pytest.fixture(scope="module")
def page(chromium: dict[str, Any]) -> Iterator[Page]:
    """An empty page from which the scripts can be imported."""

    def answer(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        if name.endswith(".js"):
            text = (SCRIPTS / name).read_text(encoding="utf-8")
            route.fulfill(body=text, content_type="text/javascript; charset=utf-8")
        else:
            route.fulfill(body="<!doctype html>", content_type="text/html")

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium)
        opened = browser.new_page()
        opened.route("**/*", answer)
        opened.goto("http://coach.test/")
        yield opened
        browser.close()


def test_the_browser_points_at_the_same_words_with_the_same_sentences(page: Page) -> None:
    drafts = [one.draft for one in sentences()] + [Draft(text) for text in ODD]
    near = [one.near for one in sentences()] + [()] * len(ODD)
    asked = [
        {
            "text": draft.text, "questions": list(draft.questions), "contact": draft.contact,
            "near": [{"kind": n.kind, "similarity": n.similarity, "name": n.name, "day": n.day}
                     for n in alike],
        }
        for draft, alike in zip(drafts, near, strict=True)
    ]  # fmt: skip
    found = page.evaluate(READ, {"book": book(jargon()), "drafts": asked})
    for draft, alike, theirs in zip(drafts, near, found, strict=True):
        ours = [_as_told(draft.text, one) for one in review(draft, jargon(), alike)]
        assert theirs == ours, draft.text


def _as_told(text: str, finding: Finding) -> dict[str, Any]:
    """A finding as a textarea counts: signs outside the basic plane are two there."""

    def place(at: int | None) -> int | None:
        return None if at is None else len(text[:at].encode("utf-16-le")) // 2

    return {
        "rule": finding.rule, "start": place(finding.start), "end": place(finding.end),
        "facts": dict(finding.facts), "said": [sentence(finding), why(finding), better(finding)],
    }  # fmt: skip


def test_the_browser_takes_the_same_fingerprint(page: Page) -> None:
    texts = [one.draft.text for one in sentences()] + ODD + ["ﬁtting ①号泵 {contact} ÄÖ" * 9]
    assert page.evaluate(PRINT, texts) == [signature(text) for text in texts]
