"""People answer in the very instant at which the clock rings."""

from __future__ import annotations

import json
from datetime import timedelta

from django.db import connection

from objections.actors import Actor
from tests.stories import open_at
from tests.torture import house as houses
from tests.torture.ground import Ground, House, Row, heard, row
from timekeeping import clock

WRITERS = 6
LEAD = timedelta(seconds=4)
# From and to so many milliseconds from the due moment; a step takes some before it is stamped.
AROUND = (-60, 20)
ALLOWED = 3.0

# Each acknowledgement was either kept, without a breach that stands, or broken and answered late.
OUTCOMES = """
SELECT count(*) FILTER (WHERE kept_at IS NOT NULL AND breached_at IS NULL),
       count(*) FILTER (WHERE kept_at IS NULL AND breached_at IS NOT NULL
                              AND answered_late_at IS NOT NULL),
       count(*)
FROM objections_deadline WHERE promise = 'acknowledgement'
"""


def run(ground: Ground) -> list[Row]:
    cases = ground.some(600, 90)
    with ground.house() as house:
        houses.publish(house.rng, ALLOWED, ALLOWED)
        house.ready(house.fleet.clock())
        writers = [
            house.fleet.start(f"writer-{n}", "-m", "tests.torture.writing") for n in range(WRITERS)
        ]
        ringer = house.fleet.start("ringer", "-m", "tests.torture.writing", "ring")
        for process in (*writers, ringer):
            heard(process)
        said = [race(house, cases // 3) for _round in range(3)]
        answered = sum(number for number, _trouble in said)
        findings = house.findings()
        with connection.cursor() as cursor:
            cursor.execute(OUTCOMES)
            kept, broken, total = cursor.fetchone()
        trouble = [word for _number, words in said for word in words]
        return [
            row("answer and ringing at one instant", f"{total}", findings,
                required="kept xor broken, no deadlock", also=kept + broken == total == answered
                and not trouble and bool(kept) and bool(broken),
                remarks=[f"{kept} kept, {broken} broken, {WRITERS} writers", *trouble[:3]])
        ]  # fmt: skip


def race(house: House, cases: int) -> tuple[int, list[str]]:
    """Open cases that fall due one after the other, and have two writers answer each at once.

    Returns how many were answered, and what trouble the writers had.
    """
    by, customer = Actor.person(houses.engineer()), houses.customers()[0]
    first = clock.now() + LEAD
    shares: list[list[tuple[int, str]]] = [[] for _writer in range(WRITERS)]
    for number in range(cases):
        due = first + number * timedelta(milliseconds=40)
        received = due - timedelta(seconds=ALLOWED)
        case = open_at(received, by=by, customer=customer)
        [deadline] = case.deadlines.filter(promise="acknowledgement")
        assert deadline.due_at is not None
        for share in (shares[number % WRITERS], shares[(number + 1) % WRITERS]):
            moment = deadline.due_at + timedelta(milliseconds=house.rng.uniform(*AROUND))
            share.append((case.pk, moment.isoformat()))
    writers = [one for one in house.fleet.running if one.name.startswith("writer")]
    for writer, share in zip(writers, shares, strict=True):
        assert writer.popen.stdin is not None
        writer.popen.stdin.write(json.dumps(share) + "\n")
        writer.popen.stdin.flush()
    said = [json.loads(heard(writer)) for writer in writers]
    trouble = [word for one in said for word in one["trouble"]]
    return sum(one["answered"] for one in said), trouble
