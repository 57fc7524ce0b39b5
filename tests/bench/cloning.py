"""Many cases out of a few: whole cases that the services made, copied by SQL.

Each copy is a valid case with everything that hangs on it, because the original is; the
database's own constraints look at every row again. A copy differs from its original in its
numbers, its moments, and whose team, people and customer it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models, transaction

from accounts.models import Team, User
from customers.models import Contact, Customer
from objections.models import Case

Model = type[models.Model]


@dataclass(frozen=True)
class Spread:
    """How copy number ``k`` differs. People and teams stand in rows of equal length.

    ``open_shift`` and ``closed_shift`` are SQL intervals, of ``k``, added to every moment of
    an open or an ended case.
    """

    copies: int
    teams: int = 1
    people_per_team: int = 1
    customers: int = 1
    open_shift: str = "interval '0'"
    closed_shift: str = "interval '0'"

    def offset(self, target: Model, stride: int, copied: Iterable[Model]) -> str:
        """Return what is added to a reference to ``target``."""
        if target in copied:
            return f"k * {stride}"
        if target is User:
            return f"(k %% {self.teams}) * {self.people_per_team}"
        if target is Team:
            return f"(k %% {self.teams})"
        if target in (Customer, Contact):
            return f"(k %% {self.customers})"
        return "0"


def hanging_on_cases() -> list[Model]:
    """Return every model whose rows belong to a case, the case first."""
    found: list[Model] = [Case]
    for _depth in range(4):
        for model in apps.get_models(include_auto_created=True):
            if model not in found and _way_up(model, found):
                found.append(model)
    return found


def _way_up(model: Model, known: Iterable[Model]) -> models.ForeignKey[models.Model] | None:
    """Return the reference by which a row belongs to a case: its own, else its parent's."""
    references = [
        field
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.ForeignKey)
        and isinstance(field.related_model, type)
        and field.related_model in known
        and field.related_model is not model
    ]
    direct = [field for field in references if field.related_model is Case and not field.null]
    return next(iter(direct or [field for field in references if not field.null]), None)


def clone(spread: Spread, *, only: Iterable[Model] | None = None) -> int:
    """Copy every case there is ``spread.copies`` times; return how many cases there are then.

    In a session of its own: in one that has checked references to a handful of rows before,
    the server goes on to check them by reading whole tables, however large these have become.
    """
    connection.close()
    with transaction.atomic():
        _copy(spread, only)
    connection.close()
    return Case.objects.count()


def _copy(spread: Spread, only: Iterable[Model] | None) -> None:
    copied = list(only) if only is not None else hanging_on_cases()
    numbered = [model for model in copied if isinstance(model._meta.pk, models.AutoField)]
    stride = 1 + max(_highest(model) for model in numbered)
    with connection.cursor() as cursor:
        for model in copied:
            cursor.execute(_statement(model, copied, stride, spread), [spread.copies])
        for model in numbered:
            table = model._meta.db_table
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'),"
                f" (SELECT greatest(max(id), 1) FROM {table}))"
            )
        cursor.execute("SELECT setval('objections_case_number', %s)", [_highest(Case)])


def _highest(model: Model) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {model._meta.db_table}")
        highest: int = cursor.fetchone()[0]
    return highest


def _statement(model: Model, copied: list[Model], stride: int, spread: Spread) -> str:
    fields = model._meta.local_concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(_value(model, field, copied, stride, spread) for field in fields)
    shift = (
        f"CASE WHEN root.closed_at IS NULL THEN {spread.open_shift} ELSE {spread.closed_shift} END"
    )
    return (
        f"INSERT INTO {model._meta.db_table} ({columns}) SELECT {values}"
        f" FROM {model._meta.db_table} AS o {_join_to_case(model, copied)}"
        f" CROSS JOIN generate_series(1, %s) AS k"
        f" CROSS JOIN LATERAL (SELECT {shift} AS by) AS shift ORDER BY k, o.{_pk(model)}"
    )


def _pk(model: Model) -> str:
    return str(model._meta.pk.column)


def _join_to_case(model: Model, copied: list[Model]) -> str:
    joins, alias, here = "", "o", model
    while here is not Case:
        field = _way_up(here, copied)
        assert field is not None
        assert isinstance(field.related_model, type)
        following = "root" if field.related_model is Case else f"{alias}p"
        joins += (
            f" JOIN {field.related_model._meta.db_table} AS {following}"
            f" ON {following}.id = {alias}.{field.column}"
        )
        alias, here = following, field.related_model
    return joins or f"JOIN {Case._meta.db_table} AS root ON root.id = o.id"


def _value(
    model: Model, field: models.Field[object, object], copied: list[Model], stride: int,
    spread: Spread,
) -> str:  # fmt: skip
    column = f'o."{field.column}"'
    if field.primary_key and isinstance(field, models.AutoField):
        return f"{column} + k * {stride}"
    if isinstance(field, models.ForeignKey):
        assert isinstance(field.related_model, type)
        return f"{column} + {spread.offset(field.related_model, stride, copied)}"
    if isinstance(field, models.DateTimeField):
        return f"{column} + shift.by"
    return _other_value(model, field, column, stride, spread)


def _other_value(
    model: Model, field: models.Field[object, object], column: str, stride: int, spread: Spread
) -> str:
    if model is Case and field.name == "reference":
        return f"left(o.reference, 8) || lpad((o.id + k * {stride})::text, 8, '0')"
    if model is Case and field.name == "external_id":
        return f"CASE {column} WHEN '' THEN '' ELSE left({column}, 100) || '-' || k END"
    if model is Case and field.name == "title":
        return f"left({column}, 180) || ' ' || k"
    if field.name == "told":
        return (
            f"ARRAY(SELECT person + {spread.offset(User, stride, ())}"
            f" FROM unnest({column}) AS person)"
        )
    if model._meta.model_name == "caseevent" and field.name == "data":
        return (
            f"CASE WHEN {column} ? 'deadline' THEN {column} || jsonb_build_object("
            f"'deadline', ({column}->>'deadline')::bigint + k * {stride}) ELSE {column} END"
        )
    return column


def settle() -> None:
    """Let the server look at what was loaded, as it would have by itself after a while."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
