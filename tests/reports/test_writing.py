"""What the product writes into each part, from the case."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from knowledge.models import Article
from objections import steps
from objections.actors import Actor
from objections.models import Case
from objections.services.stepping import take_step, take_steps
from objections.vocabulary import Channel, Kind, Sensitivity, Stage
from reports.assembling import LONGEST, ReportShown, assemble
from reports.vocabulary import Part, ReportKind, Tongue
from tests.conftest import People
from tests.reports.conftest import WORDS
from tests.stories import ACKNOWLEDGE, DAY, HOUR, MIN, NOT_SATISFIED, RESTATE, TELL, open_at

pytestmark = pytest.mark.django_db

CaseAt = Callable[..., Case]


def shown(
    case: Case, people: People, now: datetime, kind: str = "up", tongue: str = "en"
) -> ReportShown:
    return assemble(case, ReportKind(kind), Tongue(tongue), user=people.engineer, now=now)


def says(report: ReportShown, part: Part) -> str:
    found = report.part(part)
    assert found is not None
    return found.text


def test_the_four_parts_evidence_and_plan_are_written_from_the_case(
    rich: Case, people: People, now: datetime
) -> None:
    report = shown(rich, people, now)
    assert [one.heading for one in report.parts] == [
        "Background", "Effect", "Solution", "Benefit", "Evidence", "Plan of action",
    ]  # fmt: skip
    background = says(report, Part.BACKGROUND)
    assert WORDS in background
    assert "They really want: 生产不能停。" in background
    assert "agreed by the customer: 新机封三周后漏" in background
    effect = says(report, Part.EFFECT)
    assert "How the customer felt at first: furious" in effect
    assert re.search(r"Promises: [1-9]+ kept, [1-9]+ broken", effect)
    assert "Hand-over: broken at 2026-03-02 23:00, ended unanswered" in effect
    assert "Time so far: 2 d" in effect
    solution = says(report, Part.SOLUTION)
    assert "Cause: 机封材料硬度不够" in solution
    assert "Why 1.1: 来料硬度不够，检验没有测 [root cause]" in solution
    assert "(shown by: 拆检照片)" in solution
    assert "Option 1: 今晚换碳化硅机封 [chosen]" in solution
    assert "Option 2: 退货" in solution
    assert "takes: 5 h; cost: 8,400.00" in solution
    assert "Remedy: Replacement · 免费更换机封两套 · 8,400.00" in solution
    benefit = says(report, Part.BENEFIT)
    assert "Verdict: satisfied · 4 of 5 · “这次很快”" in benefit
    assert "first to last: angry → calm" in benefit or "first to last: furious → calm" in benefit
    assert "The customer's questions: 1 of 1 answered" in benefit
    assert "seal.png · 漏点" in says(report, Part.EVIDENCE)
    assert says(report, Part.PLAN) == "Nothing is open."


def test_what_was_taken_back_is_not_written(rich: Case, people: People, now: datetime) -> None:
    for kind, part in (("up", Part.SOLUTION), ("8d", Part.D4)):
        assert "收回" not in says(shown(rich, people, now, kind), part)


def test_the_eight_disciplines_are_filled_from_the_case(
    rich: Case, people: People, now: datetime
) -> None:
    Article.objects.create(
        title="机封来料检验", body="测硬度", language="zh-hans", case=rich, created_at=now,
        updated_at=now, published_at=now,
    )  # fmt: skip
    report = shown(rich, people, now, "8d")
    assert [one.part.number for one in report.parts] == [f"D{number}" for number in range(9)]
    expected = {
        Part.D0: "First response",
        Part.D1: "Asked for their knowledge: 实验室",
        Part.D2: "Serial number: SN-80-117",
        Part.D3: "Done: 今天送一台备用泵到现场",
        Part.D4: "Why 1: 密封面磨损",
        Part.D5: "[chosen]",
        Part.D6: "What shows it: 周敏看到泵连续运行四小时不漏",
        Part.D7: "Article: 机封来料检验",
        Part.D8: "Verdict: satisfied",
    }
    for part, words in expected.items():
        assert words in says(report, part), part
    assert "not recorded in the case" in says(report, Part.D4)  # the escape point
    assert "把 8D 报告发给周敏" in says(report, Part.D6)
    assert "把 8D 报告发给周敏" not in says(report, Part.D3)


def test_an_8d_says_nothing_of_our_alarms_notes_and_costs(
    rich: Case, people: People, now: datetime
) -> None:
    take_step(
        rich, steps.WriteNote(text="Beware of them"), by=Actor.person(people.engineer), now=now
    )
    whole = "\n".join(one.text for one in shown(rich, people, now, "8d").parts)
    for inside in ("Beware", "broken", "furious", "8,400", "escalat"):
        assert inside not in whole


def test_an_8d_says_whom_we_asked_and_not_what(
    case_at: CaseAt, people: People, now: datetime
) -> None:
    case = case_at(Stage.RESPOND)
    ask = steps.HandOver(question="Did he break it?", department="Laboratory", due_at=now + DAY)
    take_step(case, ask, by=Actor.person(people.engineer), now=now)
    assert "Did he break it?" in says(shown(case, people, now), Part.PLAN)
    owed = shown(case, people, now, "8d")
    assert "Asked of: Laboratory · by " in says(owed, Part.D6)
    assert "Did he break it?" not in "\n".join(one.text for one in owed.parts)


def test_an_8d_names_no_article_before_it_is_published(
    rich: Case, people: People, now: datetime
) -> None:
    Article.objects.create(
        title="Unripe thoughts", body="…", language="en", case=rich, created_at=now, updated_at=now
    )
    assert "Unripe" not in says(shown(rich, people, now, "8d"), Part.D7)


@pytest.mark.parametrize("tongue", Tongue.values)
@pytest.mark.parametrize("stage", [stage for stage in Stage if stage != Stage.MERGED])
def test_a_case_in_any_stage_makes_both_reports_and_no_part_is_empty(
    case_at: CaseAt, people: People, now: datetime, stage: Stage, tongue: str
) -> None:
    case = case_at(stage)
    for kind in ReportKind.values:
        for part in shown(case, people, now, kind, tongue).parts:
            assert part.text.strip(), part.part
            assert "None" not in part.text
            assert all(line.strip() for line in part.lines)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_case_makes_both_reports(
    case_at: CaseAt, people: People, now: datetime, kind: Kind
) -> None:
    case = case_at(Stage.CONFIRM, kind=kind)
    assert all(one.text for name in ReportKind.values for one in
               shown(case, people, now, name).parts)  # fmt: skip


def test_what_is_missing_is_said_in_words(case_at: CaseAt, people: People, now: datetime) -> None:
    case = case_at(Stage.LISTEN)
    report, eight = shown(case, people, now), shown(case, people, now, "8d")
    assert "We have not said back yet what we understood." in says(report, Part.BACKGROUND)
    assert "The cause has not been told yet." in says(report, Part.SOLUTION)
    assert "not been asked for a verdict yet" in says(report, Part.BENEFIT)
    assert says(report, Part.EVIDENCE) == "No file is attached to the case."
    assert "No emergency response is recorded yet." in says(eight, Part.D0)
    assert "No containment is recorded" in says(eight, Part.D3)
    assert "No whys are recorded." in says(eight, Part.D4)
    assert says(eight, Part.D5) == "No corrective action has been told yet."
    assert says(eight, Part.D7) == "No lesson is recorded yet."
    assert "The case is still open." in says(eight, Part.D8)


def test_the_plan_names_what_is_owed_with_its_time(
    case_at: CaseAt, people: People, now: datetime
) -> None:
    case = case_at(Stage.RESPOND)
    due = now + 5 * HOUR
    take_steps(
        case,
        [steps.Commit(what="Send the drawing", due_at=due),
         steps.HandOver(question="Which alloy?", department="Laboratory", due_at=due)],
        by=Actor.person(people.engineer), now=now,
    )  # fmt: skip
    when = f"{due.astimezone(timezone.get_default_timezone()):%Y-%m-%d %H:%M}"
    plan = says(shown(case, people, now), Part.PLAN)
    assert f"Promised: Send the drawing · by {when}" in plan
    assert f"Asked of: Laboratory: Which alloy? · by {when}" in plan
    assert "Response: by " in plan


def test_a_promise_that_was_broken_says_when_and_how_late(
    people: People, customer: Any, t0: datetime
) -> None:
    by, t, now = Actor.person(people.engineer), t0, t0 + 3 * DAY
    case = open_at(t, by=by, customer=customer)
    take_step(case, ACKNOWLEDGE, by=by, now=t + HOUR)
    effect = says(shown(case, people, now), Part.EFFECT)
    assert "Acknowledgement: broken, done 45 min late" in effect
    assert "still open" in effect  # the response is owed by now
    assert "Escalated: " in effect


def test_what_the_customer_corrected_is_what_it_is_not(
    case_at: CaseAt, people: People, now: datetime
) -> None:
    case, by = case_at(Stage.CONFIRM), Actor.person(people.engineer)
    take_step(case, RESTATE, by=by, now=now - 5 * MIN)
    correction = steps.Correct(
        channel=Channel.PHONE, with_whom="Zhou Min", correction="It is the flange."
    )
    take_step(case, correction, by=by, now=now)
    problem = says(shown(case, people, now, "8d"), Part.D2)
    assert "Is not: The new seal leaks after 3 weeks." in problem
    assert "The customer's correction: It is the flange." in problem


def test_an_earlier_round_stays_in_the_report(
    case_at: CaseAt, people: People, now: datetime
) -> None:
    case, by = case_at(Stage.FOLLOW_UP), Actor.person(people.engineer)
    take_step(case, NOT_SATISFIED, by=by, now=now - 9 * MIN)
    take_step(case, TELL, by=by, now=now - 8 * MIN)
    rejection = steps.RejectSolution(
        channel=Channel.PHONE, with_whom="Zhou Min", reason="Too slow for us"
    )
    take_step(case, rejection, by=by, now=now - 7 * MIN)
    report = shown(case, people, now)
    assert "Rejected by the customer: Too slow for us" in says(report, Part.SOLUTION)
    assert "Rounds: 3" in says(report, Part.EFFECT)
    assert "Verdict: not satisfied" in says(report, Part.BENEFIT)


def test_a_long_text_is_cut_so_that_the_report_stays_on_its_page(
    case_at: CaseAt, people: People, now: datetime
) -> None:
    case = case_at(Stage.LISTEN, statement="漏" * 5000)
    background = says(shown(case, people, now), Part.BACKGROUND)
    assert "漏" * (LONGEST[ReportKind.UP] - 3) + "…”" in background
    assert len(background) < 1000


def test_words_with_braces_are_words(case_at: CaseAt, people: People, now: datetime) -> None:
    case = case_at(Stage.LISTEN, statement="It shows {0} and {number} %s", title="{title} {}")
    report = shown(case, people, now)
    assert "It shows {0} and {number} %s" in says(report, Part.BACKGROUND)
    assert "{title} {}" in says(shown(case, people, now, "8d"), Part.D0)


def test_two_languages_stand_side_by_side_and_peoples_words_once(
    rich: Case, people: People, now: datetime
) -> None:
    report = shown(rich, people, now, tongue="both")
    benefit = says(report, Part.BENEFIT)
    assert "平静 / calm" in benefit
    assert benefit.count("这次很快") == 1
    assert report.title.endswith("Report up")


def test_the_text_is_the_same_for_every_reader_and_does_not_age(
    rich: Case, people: People, now: datetime
) -> None:
    later = now + timedelta(days=40)
    for kind in ReportKind.values:
        first = shown(rich, people, now, kind)
        with timezone.override("America/New_York"):
            second = assemble(
                rich, ReportKind(kind), Tongue.ENGLISH, user=people.auditor, now=later
            )
        assert [one.own for one in first.parts] == [one.own for one in second.parts]


def test_a_related_case_is_named_and_a_restricted_one_never(
    case_at: CaseAt, people: People, now: datetime
) -> None:
    parent, case = case_at(Stage.LISTEN), case_at(Stage.LISTEN)
    Case.objects.filter(pk=case.pk).update(parent=parent)
    case.refresh_from_db()
    assert dict(shown(case, people, now).facts)["Related cases"] == parent.reference
    Case.objects.filter(pk=parent.pk).update(sensitivity=Sensitivity.RESTRICTED)
    report = shown(case, people, now)
    assert "Related cases" not in dict(report.facts)
    assert all(parent.reference not in one.text for one in report.parts)
