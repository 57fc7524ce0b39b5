"""The week's lessons reach the team on Monday at eight, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Team, User
from customers.models import Customer
from followups import digests
from followups.models import Digest, DigestCopy
from followups.selectors import lessons
from integrations import digest_mail
from objections import steps
from objections.actors import Actor
from objections.models import Case
from objections.services.changing import describe
from objections.services.stepping import take_step
from objections.vocabulary import CauseCategory, Sensitivity, Stage
from tests.conftest import People
from tests.followups.conftest import LookAs
from tests.stories import DAY, HOUR, walk_to
from timekeeping import clock
from timekeeping.models import Calendar

LESSON = "Measure the alignment after each change of bearing"
MONDAY_8 = datetime(2026, 3, 9, 0, 0, tzinfo=UTC)  # 08:00 in Shanghai


def closed_with(lesson: str, at: datetime, by: Actor, customer: Customer) -> Case:
    case = walk_to(Stage.FOLLOW_UP, at - HOUR, by=by, customer=customer)
    close = steps.CloseSatisfied(
        score=5, words="Good", cause_category=CauseCategory.INSTALLATION, lesson=lesson
    )
    take_step(case, close, by=by, now=at)
    return case


@pytest.mark.django_db
class TestWhatIsDue:
    def test_last_weeks_lessons_are_due_on_monday_at_eight_by_the_teams_clock(
        self, people: People, by: Actor, customer: Customer, t0: datetime
    ) -> None:
        closed_with(LESSON, t0 + DAY, by, customer)
        assert digests.make_due(MONDAY_8 - timedelta(seconds=1)) == 0
        assert digests.make_due(MONDAY_8) == 1
        digest = Digest.objects.get()
        assert (digest.team, digest.week_on.isoformat(), digest.lessons) == (
            people.team, "2026-03-02", 1,
        )  # fmt: skip
        readers = {copy.user for copy in digest.copies.all()}
        assert readers == {people.engineer, people.colleague, people.supervisor}

    def test_it_is_made_once_and_a_week_later_not_again(
        self, by: Actor, customer: Customer, t0: datetime
    ) -> None:
        closed_with(LESSON, t0 + DAY, by, customer)
        assert [digests.make_due(MONDAY_8 + n * DAY) for n in (0, 0, 3, 7)] == [1, 0, 0, 0]

    def test_a_week_without_a_lesson_sends_nothing(
        self, by: Actor, customer: Customer, t0: datetime
    ) -> None:
        walk_to(Stage.CLOSED, t0, by=by, customer=customer)
        assert digests.make_due(MONDAY_8) == 0

    def test_a_restricted_case_teaches_nobody_by_mail(
        self, by: Actor, customer: Customer, t0: datetime
    ) -> None:
        case = closed_with(LESSON, t0 + DAY, by, customer)
        Case.objects.filter(pk=case.pk).update(sensitivity=Sensitivity.RESTRICTED)
        assert digests.make_due(MONDAY_8) == 0

    def test_each_reads_it_in_their_own_language(
        self, people: People, by: Actor, customer: Customer, t0: datetime
    ) -> None:
        closed_with(LESSON, t0 + DAY, by, customer)
        User.objects.filter(pk=people.colleague.pk).update(language="zh-hans")
        digests.make_due(MONDAY_8)
        sent = 0
        while digest_mail.deliver_next(lambda: MONDAY_8):
            sent += 1
        assert sent == 3 == DigestCopy.objects.filter(sent_at=MONDAY_8).count()
        by_reader = {message.to[0]: message for message in mail.outbox}
        english = by_reader[people.engineer.email]
        assert english.subject == "Pumps: 1 lesson of the week"
        assert LESSON in english.body
        assert "Hello" not in by_reader[people.colleague.email].body

    def test_the_lessons_page_turns_to_the_week_before(
        self, people: People, by: Actor, customer: Customer, look_as: LookAs
    ) -> None:
        closed_with(LESSON, clock.now() - 7 * DAY, by, customer)
        browser = look_as(people.engineer)
        assert LESSON not in browser.get("/lessons/").content.decode()
        assert LESSON in browser.get("/lessons/?back=1").content.decode()
        assert LESSON not in look_as(people.stranger).get("/lessons/?back=1").content.decode()
        assert LESSON in look_as(people.analyst).get("/lessons/?back=1").content.decode()

    def test_a_lesson_that_is_written_later_is_in_the_digest_of_that_week(
        self, people: People, by: Actor, customer: Customer, t0: datetime
    ) -> None:
        case = walk_to(Stage.CLOSED, t0, by=by, customer=customer)
        describe(case, {"lesson": LESSON}, by=by, now=MONDAY_8 + DAY)
        assert [digests.make_due(MONDAY_8 + n * DAY) for n in (1, 7, 14)] == [0, 1, 0]

    def test_who_has_left_and_lessons_that_were_restricted_since_are_left_out(
        self, people: People, by: Actor, customer: Customer, t0: datetime
    ) -> None:
        case = closed_with(LESSON, t0 + DAY, by, customer)
        digests.make_due(MONDAY_8)
        first, second, _third = DigestCopy.objects.order_by("pk")
        User.objects.filter(pk=first.user_id).update(is_active=False)
        assert digest_mail.deliver_next(lambda: MONDAY_8)
        assert digest_mail.deliver_next(lambda: MONDAY_8)
        assert [message.to for message in mail.outbox] == [[second.user.email]]
        Case.objects.filter(pk=case.pk).update(sensitivity=Sensitivity.RESTRICTED)
        assert digest_mail.deliver_next(lambda: MONDAY_8)
        assert not digest_mail.deliver_next(lambda: MONDAY_8)
        assert len(mail.outbox) == 1
        assert not DigestCopy.objects.exclude(failed_at=None).exists()

    def test_the_week_before_is_counted_by_the_calendar_where_clocks_were_put_on(
        self, people: People, by: Actor, customer: Customer
    ) -> None:
        people.team.calendar = Calendar.objects.create(name="York", time_zone="America/New_York")
        people.team.save()
        closed_with(LESSON, datetime(2026, 3, 4, 18, tzinfo=UTC), by, customer)
        half_past_midnight = datetime(2026, 3, 9, 4, 30, tzinfo=UTC)  # the Monday after
        [found] = lessons.week(people.engineer, 1, now=half_past_midnight)
        assert [one.lesson for one in found.cases] == [LESSON]

    def test_the_lessons_of_many_teams_cost_no_more_queries(
        self, people: People, by: Actor, customer: Customer
    ) -> None:
        Team.objects.bulk_create(Team(name=f"Team {n}", slug=f"team-{n}") for n in range(9))
        closed_with(LESSON, clock.now(), by, customer)
        now = clock.now()
        with CaptureQueriesContext(connection) as queries:
            [found] = lessons.week(people.analyst, 0, now=now)
        assert (found.team, len(queries)) == (people.team, 2)


@pytest.mark.django_db(transaction=True)
def test_two_processes_at_once_make_one_digest(
    people: People, customer: Customer, t0: datetime
) -> None:
    closed_with(LESSON, t0 + DAY, Actor.person(people.engineer), customer)
    barrier, made = Barrier(2), []

    def run() -> None:
        barrier.wait()
        made.append(digests.make_due(MONDAY_8))
        connection.close()

    threads = [Thread(target=run) for _one in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [0, 1]
    assert Digest.objects.count() == 1
    assert DigestCopy.objects.count() == 3
