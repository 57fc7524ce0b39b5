from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.shown import show
from objections.api.fields import InstantField, LengthField, WordField, iso_length
from objections.models import Deadline
from objections.vocabulary import DeadlineState, PauseReason, Promise, Unit
from timekeeping.models import Edition


class PolicyShown(serializers.Serializer[Deadline]):
    """The policy that the deadline was made under. It stays the deadline's own."""

    name = serializers.CharField(source="policy_name")
    version = serializers.IntegerField(source="policy_version")


class CalendarShown(serializers.Serializer[Edition]):
    """The edition of the working calendar that a clock is counted by."""

    name = serializers.CharField(source="calendar.name")
    version = serializers.IntegerField()


class RungShown(serializers.Serializer[dict[str, Any]]):
    kind = serializers.ChoiceField(choices=["warning", "breach", "level"])
    level = serializers.IntegerField(
        help_text="0: handler, 1: supervisor, 2: manager, 3: duty officer"
    )
    at = InstantField(allow_null=True)


class PauseShown(serializers.Serializer[Any]):
    """A time for which the clock stood still."""

    reason = WordField(PauseReason)
    evidence = serializers.CharField()
    paused_at = InstantField()
    resume_at = InstantField()
    resumed_at = InstantField(allow_null=True)


class DeadlineShown(serializers.Serializer[Deadline]):
    """A promise to the customer, and where it stands.

    `subject` is the number of the commitment or hand-over, or the id of the message,
    that the promise is about. `remaining` is negative when it is late, and null once
    nothing is waited for. A breach is for good: a proof that comes later leaves the
    state `breached` and sets `answered_late_at`.

    `allowance` is counted in `unit`: elapsed time, the working time of `calendar`, or its
    working days (`P2D` are two of them). `remaining` is elapsed time; while a clock of
    working time is paused it is working time. `provisional` says that a year of the
    calendar is not published yet, which may move `due_at`.
    """

    id = serializers.IntegerField()
    promise = WordField(Promise)
    cycle = serializers.IntegerField()
    subject = serializers.IntegerField(allow_null=True)
    policy = PolicyShown(source="*")
    state = WordField(DeadlineState)
    unit = WordField(Unit)
    calendar = CalendarShown(allow_null=True)
    provisional = serializers.BooleanField(source="is_provisional")
    allowance = LengthField()
    started_at = InstantField()
    due_at = InstantField(allow_null=True)
    remaining = serializers.SerializerMethodField()
    overdue = serializers.SerializerMethodField()
    paused_since = InstantField(source="paused_at", allow_null=True)
    resume_at = InstantField(allow_null=True)
    pauses = PauseShown(many=True)
    kept_at = InstantField(allow_null=True)
    breached_at = InstantField(allow_null=True)
    answered_late_at = InstantField(allow_null=True)
    ended_at = InstantField(allow_null=True)
    historical = serializers.BooleanField(source="is_historical")
    next_rung = serializers.SerializerMethodField()

    @extend_schema_field({"type": ["string", "null"], "format": "duration"})
    def get_remaining(self, deadline: Deadline) -> str | None:
        left = remaining(deadline, self.context["now"])
        return None if left is None else iso_length(left)

    def get_overdue(self, deadline: Deadline) -> bool:
        return is_overdue(deadline, self.context["now"])

    @extend_schema_field(RungShown(allow_null=True))
    def get_next_rung(self, deadline: Deadline) -> dict[str, Any] | None:
        rung = deadline.next_rung if deadline.is_running and not deadline.is_historical else None
        if rung is None:
            return None
        at = deadline.moment_of(deadline.rung)
        shown = {"kind": rung["kind"], "level": rung["level"], "at": at and at.astimezone(UTC)}
        return show(RungShown, shown)


def remaining(deadline: Deadline, now: datetime) -> timedelta | None:
    """Return how long a deadline still has, to the second; None where nothing is waited for."""
    if not deadline.is_running:
        return None
    left = deadline.remaining if deadline.due_at is None else deadline.due_at - now
    return None if left is None else timedelta(seconds=left // timedelta(seconds=1))


def is_overdue(deadline: Deadline, now: datetime) -> bool:
    """Tell whether proof is late, whether or not the sweep has been there."""
    waits = deadline.is_running and not deadline.is_historical
    return waits and deadline.due_at is not None and deadline.due_at < now


def next_due(deadlines: list[Deadline]) -> datetime | None:
    """Return the earliest due moment of what is still waited for."""
    waited = (
        one.due_at for one in deadlines if one.is_running and one.due_at and not one.is_historical
    )
    return min(waited, default=None)
