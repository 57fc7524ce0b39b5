"""The fingerprints of what was written to customers, and the nearest of them to a draft.

A draft is asked about by its signature alone; the words stay in the browser.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from django.db import connection
from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Coalesce

from knowledge.coach import minhash
from knowledge.models import ReplyPrint, ReplyTemplate
from objections.models import ContactRecord
from objections.vocabulary import REACHED_NOBODY, Direction

LOOKED_BACK = timedelta(days=180)
BATCH = 500
OVERLAP = 5_000
"""So many numbers below the newest print are looked at again: a record may commit late."""
MOST_COMPARED = 100
MOST_NAMED = 25

# The interval of nothing keeps the planner off the index of moments: with the limit it would else
# read the table from its beginning, in the hope of meeting enough that are alike on the way.
_NEAREST = """
SELECT found.contact_record_id,
       (SELECT count(*) FROM unnest(found.signature, %(signature)s::int[]) AS pair(one, other)
        WHERE pair.one = pair.other) AS same
FROM (SELECT contact_record_id, signature FROM knowledge_replyprint
      WHERE bands && %(bands)s::bigint[]
        AND said_at + interval '0' BETWEEN %(since)s AND %(now)s
      LIMIT %(most)s) AS found
ORDER BY same DESC, found.contact_record_id DESC
LIMIT %(named)s
"""


@dataclass(frozen=True, slots=True)
class NearReply:
    """A reply to a customer that a draft is like, 0 to 1."""

    record: ContactRecord
    similarity: float


def take_prints(*, limit: int = BATCH, everything: bool = False) -> int:
    """Print the next replies that have none yet, and return how many were taken in hand.

    What is too short to mean anything gets an empty print, so that it is not looked at again.
    Doubled or at the same time as another, it changes nothing twice. ``everything`` looks from
    the first record on, else from a little below the newest print.
    """
    found = list(_unprinted(everything=everything)[:limit])
    rows = [
        ReplyPrint(
            contact_record_id=record.pk, said_at=record.occurred_at,
            signature=(numbers := _signature(record.words)), bands=minhash.bands(numbers),
        )
        for record in found
    ]  # fmt: skip
    ReplyPrint.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _unprinted(*, everything: bool) -> QuerySet[ContactRecord]:
    told = ContactRecord.objects.filter(direction=Direction.OUTBOUND, print=None)
    rows = told.exclude(purpose__in=REACHED_NOBODY)
    if not everything:
        newest = ReplyPrint.objects.aggregate(newest=Coalesce(Max("pk"), 0))["newest"]
        rows = rows.filter(pk__gt=newest - OVERLAP)
    return rows.only("words", "occurred_at").order_by("pk")


def _signature(words: str) -> list[int]:
    return minhash.signature(words) if minhash.long_enough(words) else []


def nearest_reply(
    signature: Sequence[int], *, now: datetime, customer: int | None = None, seen: Q | None = None
) -> NearReply | None:
    """Return the reply of the last 180 days to another customer that is most like a draft.

    Of very many that are alike, 100 are compared: where so many share a slice, any of them
    tells what the draft is. One that never reached anybody does not count. ``seen`` says
    which records exist for who asks; without it, all.
    """
    if len(signature) != minhash.NUMBERS:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            _NEAREST,
            {"signature": list(signature), "bands": minhash.bands(signature),
             "since": now - LOOKED_BACK, "now": now, "most": MOST_COMPARED, "named": MOST_NAMED},
        )  # fmt: skip
        same: dict[int, int] = dict(cursor.fetchall())
    rows = ContactRecord.objects.filter(seen or Q(), pk__in=same, withdrawn_at=None)
    rows = rows.select_related("case").only("occurred_at", "case__reference")
    if customer is not None:
        rows = rows.exclude(case__customer=customer)
    best = max(rows, key=lambda row: (same[row.pk], row.pk), default=None)
    return None if best is None else NearReply(best, same[best.pk] / minhash.NUMBERS)


def nearest_template(
    signature: Sequence[int], templates: Iterable[ReplyTemplate] | None = None
) -> tuple[ReplyTemplate, float] | None:
    """Return the template that a draft is most like, and how much, 0 to 1."""
    rows = ReplyTemplate.objects.all() if templates is None else templates
    scored = [(row, minhash.similarity(signature, _of_body(row.body))) for row in rows]
    return max(scored, key=lambda pair: (pair[1], -pair[0].pk), default=None)


@lru_cache(maxsize=1024)
def _of_body(body: str) -> tuple[int, ...]:
    """Return a template's signature, computed once for each wording."""
    return tuple(_signature(body))
