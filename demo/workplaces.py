"""When the demo's teams work, who is on duty, who is away, and the chat group that hears of it."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from accounts.models import Absence, DutyShift, Language, Robot, RobotKind, Team, User
from accounts.services import leave
from demo.cast import AWAY, BERLIN, BIKES, DUTY, KEY, MANAGER, PUMPS, SHANGHAI, Cast
from timekeeping import editions, years
from timekeeping.models import Calendar, WeeklyWindow

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
STAND_IN = "chen.siyuan"
ROBOT = "苏州水泵售后群"
ROBOT_ADDRESS = (
    "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=00000000-demo-0000-0000-000000000000"
)
SHIFT = timedelta(days=7)

WHOLE_DAY = ((time(0), time(0)),)
OFFICE = ((time(9), time(12)), (time(13), time(18)))
WORKS = ((time(8), time(12)), (time(12, 45), time(17)))

# name, zone, country, its part, weekdays, hours: the pumps' hotline never sleeps
CALENDARS = {
    PUMPS: ("热线 · 全天", SHANGHAI, "", "", range(7), WHOLE_DAY),
    KEY: ("苏州 · 工作日", SHANGHAI, "CN", "", range(5), OFFICE),
    BIKES: ("Dortmund, weekdays", BERLIN, "DE", "NW", range(5), WORKS),
}


def furnish(cast: Cast, *, now: datetime) -> None:
    """Give the demo's teams their calendars, roster, absences and chat robot. Once is enough."""
    for slug, team in cast.teams.items():
        _give_calendar(team, slug, now)
    people = cast.people
    _be_away(people[AWAY], people[STAND_IN], now)
    Absence.objects.get_or_create(
        user=people[MANAGER], begins_at=now + 2 * DAY,
        defaults={"ends_at": now + 4 * DAY, "stand_in": people[DUTY]},
    )  # fmt: skip
    for team in cast.teams.values():
        _make_roster(team, (people[DUTY], people[MANAGER]), now)
    robot, created = Robot.objects.get_or_create(
        name=ROBOT,
        defaults={
            "kind": RobotKind.WECOM, "address": ROBOT_ADDRESS, "language": Language.SIMPLIFIED,
            "time_zone": SHANGHAI, "quiet_from": time(22), "quiet_until": time(7),
        },
    )  # fmt: skip
    if created:
        robot.teams.add(cast.teams[PUMPS])


def _give_calendar(team: Team, slug: str, now: datetime) -> None:
    name, zone, country, part, weekdays, hours = CALENDARS[slug]
    calendar, created = Calendar.objects.get_or_create(
        name=name, defaults={"time_zone": zone, "country": country, "subdivision": part}
    )
    if created:
        WeeklyWindow.objects.bulk_create(
            WeeklyWindow(calendar=calendar, weekday=weekday, opens=opens, closes=closes)
            for weekday in weekdays
            for opens, closes in hours
        )
        editions.publish(calendar, now=now)
        if country:
            years.fill(calendar, years.usual(calendar, now), now=now)
    if team.calendar is None:
        team.calendar = calendar
        team.save(update_fields=["calendar"])


def _be_away(person: User, stand_in: User, now: datetime) -> None:
    leave(person, at=now - 4 * HOUR)
    person.stand_in = stand_in
    person.save(update_fields=["stand_in"])


def _make_roster(team: Team, officers: tuple[User, ...], now: datetime) -> None:
    if team.duty_shifts.exists():
        return
    begins = now - 3 * DAY
    DutyShift.objects.bulk_create(
        DutyShift(
            team=team, user=officers[week % len(officers)], begins_at=begins + week * SHIFT,
            ends_at=begins + (week + 1) * SHIFT,
        )
        for week in range(4)
    )  # fmt: skip
