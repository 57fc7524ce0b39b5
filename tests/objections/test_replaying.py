"""What verify_clocks finds: each column that is not what the timeline says, and nothing else."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, models, transaction

from accounts.models import Absence, Role, Team
from customers.models import Customer
from objections import steps
from objections.actors import Actor
from objections.deadlines import replaying
from objections.deadlines.replaying.rows import ClockRow, EntryRow, EscalationRow, PauseRow
from objections.deadlines.sweeping import ring_case
from objections.locking import lock
from objections.models import Allowance, Case, Deadline, Escalation, EscalationEntry, Pause
from objections.services.escalations import take
from objections.services.stepping import take_step
from objections.vocabulary import PauseReason, Stage, Unit
from tests.conftest import T0, person
from tests.stories import ACKNOWLEDGE, DAY, HOUR, MIN, open_at, walk_to

NOT_REPLAYED = {
    Deadline: {"failures", "quarantined_at", "failure"},
    Escalation: {"id", "failures", "quarantined_at", "failure"},
    Pause: {"id"},
    EscalationEntry: {"id", "escalation_id"},
}
"""Why a row could not be rung is about the machine, and not about the case; rows that the
timeline does not number are known by their place."""
SHAPES: dict[type[models.Model], type[Any]] = {
    Deadline: ClockRow, Escalation: EscalationRow, Pause: PauseRow, EscalationEntry: EntryRow,
}  # fmt: skip


def rung(now: datetime) -> None:
    """Ring all that is due by now, in a transaction that may be a part of another one."""
    with transaction.atomic():
        for case in Case.objects.order_by("pk"):
            ring_case(lock(case), now=now)


def told() -> None:
    """Live a case through a pause, a breach, a stand-in, a take, and another one to its proof."""
    supervisor, engineer = person("boss", Role.SUPERVISOR), person("anna")
    colleague = person("ben")
    team = Team.objects.create(slug="t", name="T", supervisor=supervisor, is_default=True)
    team.members.add(engineer, colleague)
    rows = Allowance.objects.filter(policy__in_force=True)
    rows.filter(promise="response").update(
        unit=Unit.WORKING, length=30 * HOUR, remind_every=HOUR, remind_at_most=2
    )
    by, customer = Actor.person(engineer), Customer.objects.create(name="Hengyuan")
    kept = walk_to(Stage.CONFIRM, T0, by=by, customer=customer)
    pause = steps.Pause(reason=PauseReason.CUSTOMER, evidence="Mail 7")
    take_step(kept, pause, by=by, now=T0 + HOUR)
    broken = open_at(T0 + MIN, by=by, customer=customer)
    Absence.objects.create(user=supervisor, begins_at=T0, ends_at=T0 + DAY, stand_in=colleague)
    rung(T0 + 20 * MIN)
    Absence.objects.all().delete()
    row = broken.escalations.get()
    take(row, by=Actor.person(supervisor), next_step="I call", until=T0 + 2 * DAY,
         now=T0 + 21 * MIN)  # fmt: skip
    take_step(kept, steps.Withdraw(reason="A mistake"), by=by, now=T0 + 2 * HOUR)
    late = open_at(T0 + 2 * MIN, by=by, customer=customer)
    rung(T0 + HOUR)
    take_step(late, ACKNOWLEDGE, by=by, now=T0 + HOUR)


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Tell it once for this module; each test puts back what it changes."""
    with django_db_blocker.unblock():
        block = transaction.atomic()
        block.__enter__()
        told()
    yield
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        block.__exit__(None, None, None)


def found() -> list[replaying.Difference]:
    return [
        one for verified in replaying.verify(Case.objects.all()) for one in verified.differences
    ]


def unguard() -> None:
    """Let rows be changed as only a hand in the database can: past triggers and constraints."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        for model in SHAPES:
            table = model._meta.db_table
            cursor.execute(
                "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass"
                " AND contype IN ('c', 'u')",
                [table],
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
            cursor.execute(
                "SELECT indexrelid::regclass FROM pg_index"
                " WHERE indrelid = %s::regclass AND indisunique AND NOT indisprimary",
                [table],
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP INDEX {name}")


OTHERWISE = {
    "boolean": "NOT {0}",
    "interval": "coalesce({0}, interval '0') + interval '1 microsecond'",
    "timestamp with time zone": "coalesce({0}, now()) + interval '1 microsecond'",
    "character varying": "'x' || substr({0}, 2)",
    "text": "{0} || 'x'",
    "jsonb": "'[]'",
    "ARRAY": "{0} || {0} || array_fill((SELECT 7), array[1])::{1}[]",
}


def tamper(model: type[models.Model], column: str) -> None:
    """Change one column of one row, and nothing else."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT data_type, ltrim(udt_name, '_') FROM information_schema.columns"
            " WHERE table_name = %s AND column_name = %s",
            [table, column],
        )
        kind, element = cursor.fetchone()
        value = OTHERWISE.get(kind, "coalesce({0}, 0) + 100").format(column, element)
        cursor.execute(
            f"UPDATE {table} SET {column} = {value} WHERE id = (SELECT min(id) FROM {table})"
        )
        assert cursor.rowcount == 1


COLUMNS = [
    (model, column.name) for model, shape in SHAPES.items() for column in dataclasses.fields(shape)
]


@pytest.mark.django_db
def test_item_21_the_rows_of_a_story_are_what_its_timeline_says(story: None) -> None:
    assert found() == []
    assert {model: model._default_manager.exists() for model in SHAPES} == dict.fromkeys(
        SHAPES, True
    )


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "column"), COLUMNS)
def test_item_21_one_changed_column_of_a_row_is_found(
    story: None, model: type[models.Model], column: str
) -> None:
    unguard()
    assert found() == []
    tamper(model, column)
    differences = found()
    table = SHAPES[model].table
    assert differences
    assert any(one.table == table and one.column in (column, "row") for one in differences)


@pytest.mark.django_db
@pytest.mark.parametrize("model", SHAPES)
def test_item_21_a_row_too_few_or_too_many_is_found(story: None, model: type[models.Model]) -> None:
    unguard()
    columns = [f.column for f in model._meta.concrete_fields if not f.primary_key]
    names, table = ", ".join(columns), model._meta.db_table
    newest = f"(SELECT max(id) FROM {table})"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM {table} WHERE id = {newest}"
        )
    assert (SHAPES[model].table, "row", "present", "missing") in {
        (one.table, one.column, one.row, one.timeline) for one in found()
    }
    with connection.cursor() as cursor:
        for _twice in range(2):
            cursor.execute(f"DELETE FROM {table} WHERE id = {newest}")
    assert (SHAPES[model].table, "row", "missing", "present") in {
        (one.table, one.column, one.row, one.timeline) for one in found()
    }


def test_item_21_every_column_is_compared_or_said_to_be_left_out() -> None:
    for model, shape in SHAPES.items():
        columns = {field.attname for field in model._meta.concrete_fields}
        compared = {column.name for column in dataclasses.fields(shape)}
        assert compared | NOT_REPLAYED[model] == columns
        assert not compared & NOT_REPLAYED[model]


@pytest.mark.django_db
def test_item_20_the_pushed_alarm_of_a_row_that_is_set_aside_is_no_difference(
    story: None,
) -> None:
    waiting = Deadline.objects.filter(alarm_at__isnull=False)
    waiting.update(alarm_at=T0 + 9 * DAY)
    assert {one.column for one in found()} == {"alarm_at"}
    waiting.update(quarantined_at=T0, failures=1)
    assert found() == []


@pytest.mark.django_db
def test_item_21_what_began_before_the_timeline_said_enough_is_counted_apart(story: None) -> None:
    unguard()
    deadline = Deadline.objects.filter(pauses__isnull=False).get()
    Deadline.objects.filter(pk=deadline.pk).update(rung=3)
    assert [one.column for one in found()] == ["rung"]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE objections_caseevent SET data = data - 'ladder' - 'unit'"
            " WHERE kind = 'deadline_started' AND data->>'deadline' = %s",
            [str(deadline.pk)],
        )
    [verified] = replaying.verify(Case.objects.filter(pk=deadline.case_id))
    assert (verified.unreplayable, verified.differences) == (1, [])


# The command


def run(*args: str) -> tuple[str, int]:
    said = io.StringIO()
    try:
        call_command("verify_clocks", *args, stdout=said)
    except SystemExit as ended:
        return said.getvalue(), int(str(ended.code))
    return said.getvalue(), 0


@pytest.mark.django_db
def test_item_21_the_command_says_what_it_compared(story: None) -> None:
    said, code = run()
    count = Deadline.objects.count()
    assert (said.strip(), code) == (f"3 cases, {count} deadlines, 0 differences", 0)


@pytest.mark.django_db
def test_item_21_the_command_names_the_difference_and_fails(story: None) -> None:
    deadline = Deadline.objects.filter(breached_at=None, kept_at=None, ended_at=None).first()
    assert deadline is not None
    Deadline.objects.filter(pk=deadline.pk).update(alarm_at=T0)
    reference = deadline.case.reference
    said, code = run("--case", reference.lower())
    assert code == 1
    assert f"{reference} deadline {deadline.pk} alarm_at: row='2026-03-02T09:00:00+00:00'" in said
    lines, code = run("--json")
    assert code == 1
    difference, summary = (json.loads(line) for line in lines.splitlines())
    assert (difference["case"], difference["column"]) == (reference, "alarm_at")
    assert summary["differences"] == 1
    other = Case.objects.exclude(pk=deadline.case_id).first()
    assert other is not None
    assert run("--case", other.reference)[1] == 0


@pytest.mark.django_db
def test_item_21_the_command_looks_at_what_changed_since(story: None) -> None:
    newest = Case.objects.order_by("-updated_at")[0]
    assert run("--since", newest.updated_at.isoformat())[0].startswith("1 case,")
    assert run("--since", "2027-01-01")[0].startswith("0 cases,")


@pytest.mark.django_db
def test_what_the_command_cannot_read_is_refused(story: None) -> None:
    with pytest.raises(CommandError, match="CT-2026-999999"):
        call_command("verify_clocks", "--case", "CT-2026-999999")
    with pytest.raises(CommandError, match="not a day or a moment"):
        call_command("verify_clocks", "--since", "tomorrow")


def test_a_day_without_a_zone_is_one_of_the_house() -> None:
    from objections.management.commands.verify_clocks import moment

    assert moment("2026-03-02").isoformat() == "2026-03-02T00:00:00+08:00"
    assert moment("2026-03-02T09:00:00Z") == datetime.fromisoformat("2026-03-02T09:00:00+00:00")
