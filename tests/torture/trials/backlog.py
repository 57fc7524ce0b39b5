"""Down for a day: a hundred thousand deadlines are overdue when the clocks come back."""

from __future__ import annotations

import time
from datetime import timedelta

from accounts.models import Team, User
from customers.models import Customer
from integrations import delivery
from objections.actors import Actor
from objections.deadlines import sweeping
from objections.models import Case, Deadline, Notice
from objections.vocabulary import NoticeChannel
from tests.bench.cloning import Spread, clone, settle
from tests.bench.databases import MIGRATED
from tests.stories import DAY, HOUR, MIN, open_at
from tests.torture import house as houses
from tests.torture.ground import Ground, House, Row, row
from timekeeping import clock

FRESH_MOST = timedelta(seconds=1)
PER_CASE = 2
SETTLED = timedelta(minutes=3)


def run(ground: Ground) -> list[Row]:
    overdue = ground.some(100_000, 10_000)
    with ground.house(MIGRATED) as house:
        waiting = fall_behind(house, overdue)
        fleet = house.fleet
        clocks = [fleet.clock("clock-1"), fleet.clock("clock-2")]
        feeder = house.feed(5)
        house.ready(*clocks)
        began = time.monotonic()
        house.until(drained, "the backlog is rung", seconds=600, every=0.5)
        took = time.monotonic() - began
        time.sleep(3)
        house.fed(feeder)
        findings = house.findings()
        fleet.end()
        told, mails = digests(ground)
        p99 = findings.p99.total_seconds()
        remarks = [
            f"drained in {took:.0f} s; {findings.timed:,} fresh rungs meanwhile, p99 {p99:.2f} s",
            f"{told} people have the backlog, and got {mails} mails",
        ]
        return [
            row("down for a day", f"{waiting:,}", findings, most=FRESH_MOST,
                required="fresh; 1 mail each", also=told == mails, remarks=remarks)
        ]  # fmt: skip


def fall_behind(house: House, overdue: int) -> int:
    """Fill the house with cases of which nothing rang since they were opened, a day ago.

    Both promises of each are broken. The people of the last team have none of them.
    """
    houses.populate()
    by, team = Actor.person(houses.engineer("team-0")), Team.objects.get(slug="team-0")
    began = clock.now() - DAY - 20 * MIN
    open_at(began, by=by, customer=Customer.objects.earliest("pk"), team=team)
    copies = overdue // PER_CASE - 1
    size = User.objects.count() // houses.TEAMS
    clone(
        Spread(
            copies=copies, teams=houses.TEAMS - 1, people_per_team=size,
            open_shift=f"k * interval '{HOUR.total_seconds() / 4 / copies} seconds'",
        )
    )  # fmt: skip
    settle()
    houses.publish(house.rng)
    waiting = Deadline.objects.filter(alarm_at__lt=clock.now()).count()
    assert waiting == Case.objects.count() * PER_CASE == overdue, waiting
    return waiting


def drained() -> bool:
    return sweeping.lag(now=clock.now()) < timedelta(seconds=5)


def digests(ground: Ground) -> tuple[int, int]:
    """Hand out the mails as of when they have settled, and look at those who had the backlog.

    Returns how many of them there are, and how many mails they got.
    """
    ground.sink.clear()
    delivery.deliver(lambda: clock.now() + SETTLED, limit=timedelta(minutes=5))
    left = Notice.objects.filter(channel=NoticeChannel.EMAIL, sent_at=None)
    assert not left.exists(), list(left.values("kind", "send_at", "created_at", "failure")[:3])
    told = User.objects.filter(notices__channel=NoticeChannel.EMAIL).distinct()
    behind = told.exclude(username__endswith=houses.FRESH_TEAM.removeprefix("team"))
    people = set(behind.values_list("email", flat=True))
    return len(people), sum(ground.sink.got[email] for email in people)
