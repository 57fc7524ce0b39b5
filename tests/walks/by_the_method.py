"""The work inside the stages by hand: a recurrence, the customer's own page, the cause, the report.

Three people, each in a browser of their own: an engineer, a supervisor, and the customer with
a phone and a link.
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.walks.in_browser import Person
from tests.walks.script import Story

VAGUE = {"en": "We will do it as soon as possible.", "zh-hans": "我们会尽快处理。"}


def walk(engineer: Person, supervisor: Person, customer: Person, story: Story) -> str:
    """Walk from a recurrence that the page suggests to a report, and return the reference."""
    engineer.sign_in("engineer")
    reference = recurrence(engineer, story)
    coached(engineer, story, reference)
    link = understood(engineer, story, reference)
    confirms(customer, link)
    cause(engineer, story, reference)
    solution(engineer, story, reference)
    chooses(customer, link)
    carried_out(engineer, story, reference)
    is_content(customer, link, story)
    looked_back(engineer, story, reference)
    article(engineer, supervisor, story, reference)
    reported(engineer, reference)
    return reference


def recurrence(engineer: Person, story: Story) -> str:
    """The same words were heard before: the page says so while they are typed."""
    page = engineer.page
    page.goto("/cases/new/")
    form = "form[data-draft]"
    engineer.write(form, new_customer=story.customer, new_contact=story.partner)
    page.locator(f"{form} textarea[name=statement]").press_sequentially(story.statement, delay=5)
    suggested = page.locator("input[name=recurrence_of]").first
    expect(suggested).to_be_visible(timeout=15_000)
    engineer.look("21-heard-before")
    suggested.check()
    engineer.choose("emotion", "4", form)
    engineer.choose("kind", "objection", form)
    engineer.choose("channel", "phone", form)
    page.locator(f"{form} button[type=submit]").last.click()
    page.wait_for_url("**/cases/CT-*/")
    expect(page.locator("#recurrence, [aria-labelledby=recurrence]").first).to_be_visible()
    return page.url.split("/cases/")[1].split("/")[0]


def coached(engineer: Person, story: Story, reference: str) -> None:
    """The coach points at what is vague, and falls silent when it is mended."""
    engineer.do(reference, "acknowledge")
    engineer.write(summary=VAGUE[story.language])
    finding = engineer.page.locator('#step li[data-point="vague_promise"]').first
    expect(finding).to_be_visible()
    engineer.look("22-coached")
    engineer.write(summary=story.acknowledged, next_step=story.next_step)
    expect(finding).to_be_hidden()
    engineer.choose("emotion", "3")
    engineer.send()


def understood(engineer: Person, story: Story, reference: str) -> str:
    """Say back what was heard, and make a link for the customer. Return its address."""
    page = engineer.page
    engineer.do(reference, "restate")
    engineer.write(restatement=story.restatement, interest=story.interest)
    engineer.send()
    engineer.do(reference, "invite")
    engineer.choose("medium", "by_hand")
    engineer.send()
    page.goto(f"/cases/{reference}/")
    made = page.locator("#links-panel input[readonly]").first
    expect(made).to_be_visible()
    return "/c/" + made.input_value().split("/c/")[1]


def confirms(customer: Person, link: str) -> None:
    page = customer.page
    page.goto(link)
    customer.look("23-customer-confirms")
    page.locator("button[form=confirm]").click()
    expect(page.locator("[role=status]").first).to_be_visible()
    expect(page.locator("#confirm")).to_have_count(0)


def cause(engineer: Person, story: Story, reference: str) -> None:
    """Ask why, and why again, down to what we can change."""
    page = engineer.page
    engineer.do(reference, "whys")
    engineer.write(text=story.cause, evidence=story.proof)
    page.locator("#step button[type=submit]").last.click()
    page.goto(f"/cases/{reference}/?do=whys#work")
    expect(page.locator("#work")).to_contain_text(story.cause)
    engineer.look("24-whys")


def solution(engineer: Person, story: Story, reference: str) -> None:
    page = engineer.page
    engineer.do(reference, "communicate_solution")
    engineer.write(message=story.told, cause=story.cause)
    page.select_option("#step select[name=cause_category]", "information")
    for number, title in enumerate(story.options):
        box = page.locator("#step [data-blocks=options] [name$=-title]").nth(number)
        box.evaluate("one => { one.closest('details').open = true }")
        box.fill(title)
    engineer.look("25-options")
    engineer.send()


def chooses(customer: Person, link: str) -> None:
    page = customer.page
    page.goto(link)
    page.locator("#choose input[name=option]").first.check()
    customer.look("26-customer-chooses")
    page.locator("button[form=choose]").first.click()
    expect(page.locator("[role=status]").first).to_be_visible()


def carried_out(engineer: Person, story: Story, reference: str) -> None:
    engineer.do(reference, "carry_out")
    engineer.write(proof=story.proof)
    engineer.send()
    page = engineer.page
    page.goto("/follow-ups/")
    expect(page.locator("main")).to_contain_text(reference)
    engineer.look("27-follow-ups")


def is_content(customer: Person, link: str, story: Story) -> None:
    page = customer.page
    page.goto(link)
    page.locator('#verdict label[for$="score_4"]').click()
    page.locator("#verdict textarea").fill(story.content)
    customer.look("28-customer-says-how-it-went")
    page.locator("button[form=verdict]").click()
    expect(page.locator("[role=status]").first).to_be_visible()


def looked_back(engineer: Person, story: Story, reference: str) -> None:
    """The team answers three questions, and writes down the lesson that was still missing."""
    page = engineer.page
    page.goto(f"/cases/{reference}/")
    panel = page.locator("#look-back")
    expect(panel).to_be_visible()
    engineer.write("#look-back", went_well=story.acknowledged, lesson=story.lesson)
    panel.locator("button[type=submit]").click()
    expect(page.locator("#look-back [role=alert]")).to_have_count(0)
    page.goto(f"/cases/{reference}/")
    expect(page.locator("main")).to_contain_text(story.lesson)
    engineer.look("29-looked-back")


def article(engineer: Person, supervisor: Person, story: Story, reference: str) -> None:
    """The lesson becomes an article; once it is published, everybody finds it."""
    page = engineer.page
    page.goto(f"/knowledge/articles/new/?case={reference}")
    expect(page.locator("#article [name=title], form [name=title]").first).not_to_have_value("")
    page.locator("#article button.btn-primary").click()
    page.wait_for_url("**/knowledge/articles/*/")
    address = page.url
    supervisor.sign_in("supervisor")
    supervisor.page.goto(address)
    supervisor.page.locator("form[action*=publish] button").click()
    find(page, story)
    engineer.look("30-found")


def find(page: Page, story: Story) -> None:
    asked = story.lesson.split()[0] if story.language == "en" else story.lesson[:4]
    page.goto(f"/knowledge/?q={asked}")
    expect(page.locator("main")).to_contain_text(story.lesson[:12])


def reported(engineer: Person, reference: str) -> None:
    """The report up and the 8D leave as files that open."""
    page = engineer.page
    for kind, endings in (("up", ("docx",)), ("8d", ("docx", "xlsx"))):
        page.goto(f"/cases/{reference}/reports/{kind}/")
        engineer.look(f"31-report-{kind}")
        for ending in endings:
            with page.expect_download() as waited:
                page.locator(f'a[href*="file.{ending}"]').first.click()
            assert Path(waited.value.path()).read_bytes()[:2] == b"PK"
