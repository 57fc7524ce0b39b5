"""Nothing of a rehearsal reaches what is real."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.apps import apps
from django.db import connection, connections

from accounts.models import User
from objections.actors import Actor
from objections.models import Case
from objections.vocabulary import Action
from practice import services
from practice.playing import played
from practice.scenarios import scenarios
from tests.conftest import T0, People
from tests.practice.conftest import take, walk
from tests.stories import open_at

HOUR = timedelta(hours=1)


def real_rows() -> dict[str, str]:
    """A print of every row of every table but practice's own, and the sequence of case numbers."""
    tables = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and model._meta.app_label != "practice"
    }
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(tables):
            cursor.execute(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t")
            found[table] = str(cursor.fetchone()[0])
        cursor.execute("SELECT last_value, is_called FROM objections_case_number")
        found["the sequence of case numbers"] = str(cursor.fetchone())
    return found


@pytest.mark.django_db
def test_a_whole_rehearsal_changes_no_row_and_takes_no_number(
    people: People, customer: object
) -> None:
    open_at(T0, by=Actor.person(people.engineer), customer=customer)
    before = real_rows()
    rehearsal = services.start(people.engineer, scenarios()["stopped_line"], language="en", now=T0)
    services.wait(rehearsal, HOUR, after=0)
    assert take(rehearsal, Action.ACKNOWLEDGE, channel=["email"]) is None
    assert take(rehearsal, Action.CLOSE_SATISFIED) == "refused"
    assert take(rehearsal, Action.HAND_OVER, question=["Why?"], department=["E"]) is None
    services.wait(rehearsal, 8 * HOUR, after=3)
    services.finish(rehearsal, now=T0)
    assert rehearsal.turns.count() == 4
    assert real_rows() == before


@pytest.mark.django_db
def test_the_next_real_case_has_the_next_number(people: People, customer: object) -> None:
    by = Actor.person(people.engineer)
    first = open_at(T0, by=by, customer=customer)
    walk(services.start(people.engineer, scenarios()["stopped_line"], language="en", now=T0))
    second = open_at(T0, by=by, customer=customer)
    assert int(second.reference[-6:]) == int(first.reference[-6:]) + 1


@pytest.mark.django_db(transaction=True)
def test_two_people_rehearse_at_once_and_neither_waits(people: People) -> None:
    both_inside = Barrier(2, timeout=15)
    scenario = scenarios()["stopped_line"]

    def rehearse(user: User) -> str:
        try:
            rehearsal = services.start(user, scenario, language="en", now=T0)
            with played(rehearsal, scenario, []) as play:
                both_inside.wait()
                seen = Case.objects.count()
                both_inside.wait()
                return f"{play.case.handler} alone among {seen}"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(rehearse, [people.engineer, people.colleague]))
    assert found == [f"{one} alone among 1" for one in (people.engineer, people.colleague)]
    assert not Case.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_while_one_rehearses_the_team_can_be_changed(people: People) -> None:
    """The play holds no lock on anybody's row but its own."""
    rehearsal = services.start(people.engineer, scenarios()["stopped_line"], language="en", now=T0)

    def change() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '3s'")
            type(people.team).objects.filter(pk=people.team.pk).update(name="Renamed")
            User.objects.filter(pk=people.engineer.pk).update(display_name="Renamed")
        finally:
            connections.close_all()

    with (
        played(rehearsal, scenarios()["stopped_line"], []) as play,
        ThreadPoolExecutor(1) as pool,
    ):
        assert play.case.team == people.team
        pool.submit(change).result(timeout=10)
    people.team.refresh_from_db()
    assert people.team.name == "Renamed"
