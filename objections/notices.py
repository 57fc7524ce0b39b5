"""Telling people: one row a person and channel, written with the change that it is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts.models import Robot, User
from objections import batches
from objections.batches import Row
from objections.models import Case, Deadline, Escalation, Notice
from objections.vocabulary import ClockMode, NoticeChannel, NoticeKind

# What the system noticed late waits this long, so that the mails after an outage are one
# summary a person and not hundreds.
SETTLE = timedelta(minutes=2)
LATE_BY_SYSTEM = timedelta(minutes=1)

# What a chat group hears of. The rest is between one person and the product.
FOR_ROBOTS = frozenset(
    {
        NoticeKind.WARNED,
        NoticeKind.ESCALATED,
        NoticeKind.LAPSED,
        NoticeKind.REMINDED,
        NoticeKind.ANNOUNCED,
    }
)

Robots = dict[int, list[Robot]]
"""The robots that speak to each team, so that a batch of alarms asks once a team."""


def compose(
    people: Iterable[User],
    kind: NoticeKind,
    case: Case,
    *,
    at: datetime,
    now: datetime,
    deadline: Deadline | None = None,
    escalation: Escalation | None = None,
    level: int = 0,
    robots: Robots | None = None,
) -> list[Row]:
    """Return the notices to be: one a person and channel, and one a chat robot of the team.

    Nobody is told twice. A robot hears from its own level on, whoever else is told, and
    nothing of a case whose clocks only observe or keep the record. ``at`` is when it
    happened; where that is more than a minute ago, e-mail and chat wait two minutes for
    others to join them. ``robots`` caches the robots by team over a batch.
    """
    send_at = now + SETTLE if now - at > LATE_BY_SYSTEM else now
    about: Row = {
        "kind": kind, "case": case, "deadline": deadline, "escalation": escalation,
        "level": level, "occurred_at": at, "created_at": now,
    }  # fmt: skip
    rows: list[Row] = []
    for user in {person.pk: person for person in people}.values():
        for channel in (NoticeChannel.IN_APP, NoticeChannel.EMAIL):
            by_mail = channel is NoticeChannel.EMAIL
            if by_mail and not user.email:
                continue
            rows.append(
                {**about, "user": user, "channel": channel, "send_at": send_at if by_mail else None}
            )
    for robot in _listening(case, kind, level, {} if robots is None else robots):
        rows.append({**about, "robot": robot, "channel": NoticeChannel.CHAT, "send_at": send_at})
    return rows


def _listening(case: Case, kind: NoticeKind, level: int, known: Robots) -> list[Robot]:
    team = case.team_id
    if team is None or kind not in FOR_ROBOTS or case.clock_mode != ClockMode.LIVE:
        return []
    if team not in known:
        robots = Robot.objects.filter(teams=team, is_active=True).defer("address")
        known[team] = list(robots.order_by("pk"))
    return [robot for robot in known[team] if robot.least_level <= level]


def tell(
    people: Iterable[User], kind: NoticeKind, case: Case, *, at: datetime, now: datetime
) -> None:
    """Write notices about a case, in the caller's transaction."""
    batches.insert(Notice, compose(people, kind, case, at=at, now=now))


def unseen(user: User) -> QuerySet[Notice]:
    """Return what this person was told in the product and has not looked at yet."""
    return user.notices.filter(channel=NoticeChannel.IN_APP, seen_at=None)


def mark_seen(user: User, ids: Sequence[int], *, now: datetime) -> int:
    """Mark these notices of this person as seen, and return how many were new to them."""
    return unseen(user).filter(pk__in=ids).update(seen_at=now)


def see_case(user: User, case: Case, *, now: datetime) -> int:
    """Mark all that this person was told of a case as seen: they have just opened it."""
    return unseen(user).filter(case=case).update(seen_at=now)
