"""The broker loses all that it holds, each second; then it is gone for a minute."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta

import redis
from django.db import connection

from objections.models import Notice
from objections.vocabulary import NoticeChannel
from tests.torture.asking import asking
from tests.torture.ground import Ground, Row, row
from tests.torture.processes import eventually
from timekeeping import clock

MOST = timedelta(seconds=1.5)


def run(ground: Ground) -> list[Row]:
    with ground.house() as house:
        fleet = house.fleet
        _web, port = fleet.web()
        workers = [fleet.worker("worker-1"), fleet.worker("worker-2")]
        fleet.beat()
        ringing = fleet.clock()
        house.ready(ringing, *workers)
        feeder = house.feed(6)
        with asking(port) as asked:
            flushes = flush(ground, ground.some(30, 8))
            flushed = house.findings()
            began = clock.now()
            gone, back = take_away(ground, ground.some(60, 15))
            went_on = workers_go_on(back)
        house.fed(feeder)
        findings = house.findings(since=began)
        sent = all_mails_are_there(ground)
        fallen = fleet.fallen()
        told = f"{asked.total} requests, {asked.failed} of them 5xx or unanswered"
        return [
            row("FLUSHALL each second under load", f"{flushes}", flushed, most=MOST),
            row(f"broker gone for {gone:.0f} s", "1", findings, most=MOST,
                required="no 5xx, mails out", also=sent.complete and not asked.failed
                and not fallen,
                remarks=[told, f"workers went on {went_on:.1f} s after it was back", *sent.words,
                         *asked.words, *fallen]),
        ]  # fmt: skip


def flush(ground: Ground, times: int) -> int:
    with redis.Redis.from_url(ground.valkey.url()) as client:
        for _second in range(times):
            client.flushall()
            time.sleep(1)
    return times


def take_away(ground: Ground, seconds: float) -> tuple[float, float]:
    """Stop the broker for so long; return that, and when it was back, by our own clock."""
    ground.valkey.stop()
    time.sleep(seconds)
    ground.valkey.start()
    return seconds, time.monotonic()


def workers_go_on(since: float) -> float:
    """Wait until a worker has handed out a mail again; only workers do."""
    at = clock.now()
    eventually(lambda: Notice.objects.filter(sent_at__gt=at).exists(), "workers go on")
    return time.monotonic() - since


@dataclass(frozen=True)
class Sent:
    complete: bool
    words: tuple[str, ...]


def all_mails_are_there(ground: Ground) -> Sent:
    """Wait until no mail is due; compare what we think was sent with what the sink got.

    A batch of notices leaves as one mail, and shares the moment of its sending. The same
    mail may come twice; by its Message-ID the second is known for what it is.
    """
    by_mail = Notice.objects.filter(channel=NoticeChannel.EMAIL)
    eventually(lambda: not by_mail.filter(send_at__lte=clock.now()).exists(), "all mails are out")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT (user_id, sent_at)), count(*) FROM objections_notice"
            " WHERE channel = 'email' AND sent_at IS NOT NULL"
        )
        batches, notices = cursor.fetchone()
    failed = by_mail.filter(failed_at__isnull=False).count()
    seen = ground.sink.seen
    copies = seen.total() - len(seen)
    words = f"{notices:,} notices in {batches:,} mails, {len(seen):,} received, {copies} twice"
    return Sent(len(seen) >= batches and not failed, (words,))
