"""Reading a case's timeline: filtered, newest first, with all that its sentences speak of."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from objections.evidence import SHOWN_INLINE
from objections.models import Case, CaseEvent, Evidence, Notice
from objections.selectors import other_cases
from objections.sentences import Telling, told
from objections.vocabulary import EventKind, NoticeChannel

E = EventKind
CUSTOMER = (
    E.OPENED, E.CORRECTED, E.CONFIRMED, E.OPTION_CHOSEN, E.SOLUTION_REJECTED, E.CLOSED_SATISFIED,
    E.VERDICT_GIVEN, E.NOT_SATISFIED, E.NEW_OBJECTION_LOGGED, E.MESSAGE_RECEIVED, E.PROTESTED,
)  # fmt: skip
CLOCKS = (
    E.DEADLINE_STARTED, E.DEADLINE_WARNED, E.DEADLINE_BREACHED, E.DEADLINE_KEPT,
    E.DEADLINE_ANSWERED_LATE, E.DEADLINE_VOIDED, E.DEADLINE_PAUSED, E.DEADLINE_RESUMED,
    E.BREACH_WITHDRAWN, E.PROOF_WITHDRAWN, E.ESCALATION_RAISED, E.ESCALATION_CLIMBED,
    E.ESCALATION_LAPSED, E.ESCALATION_REMINDED, E.ESCALATION_CLOSED,
    E.DEADLINE_MERGED, E.DEADLINE_REVIVED, E.DEADLINE_RECOMPUTED,
)  # fmt: skip
EVIDENCE = (E.ATTACHED,)
QUIET = (
    E.DEADLINE_STARTED, E.DEADLINE_VOIDED, E.DEADLINE_MERGED, E.DEADLINE_REVIVED,
    E.ESCALATION_CLOSED,
)  # fmt: skip
"""Said among the clocks alone: that a clock began is no news beside what began it."""

FILTERS: dict[str, str | Lazy] = {
    "all": _("All"),
    "customer": _("Customer"),
    "us": _("Us"),
    "clock": _("Clocks"),
    "evidence": _("Evidence"),
}
PAGE = 60
Seen = QuerySet[Case] | None
"""The cases that exist for the reader; of others nothing is told. None is all of them."""


@dataclass(frozen=True, slots=True)
class Image:
    url: str
    thumbnail: str
    alt: str


@dataclass(slots=True)
class Entry:
    """An event as the page shows it."""

    kind: str
    at: datetime
    recorded_at: datetime
    icon: str
    sentence: str
    quote: str = ""
    detail: str = ""
    images: list[Image] = field(default_factory=list)
    files: list[Image] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tab:
    name: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """One page of entries; ``more`` is the number of the next page, or None."""

    entries: list[Entry]
    tabs: list[Tab]
    shown: str
    more: int | None
    page: int = 1


def timeline_of(
    case: Case, now: datetime, *, seen: Seen = None, shown: str = "all", page: int = 1
) -> Timeline:
    """Return a page of a case's timeline, newest first by when it happened."""
    shown = shown if shown in FILTERS else "all"
    page = max(page, 1)
    start = (page - 1) * PAGE
    newest = _filtered(case, shown).select_related("user", "client").order_by("-occurred_at", "-pk")
    rows = list(newest[start : start + PAGE + 1])
    more = page + 1 if len(rows) > PAGE else None
    entries = entries_of(case, rows[:PAGE], now, seen=seen)
    return Timeline(entries, _tabs(case), shown, more, page)


def entries_of(
    case: Case, events: Sequence[CaseEvent], now: datetime, *, seen: Seen = None
) -> list[Entry]:
    """Return events as entries, in the order they are handed in."""
    telling = telling_of(case, events, now, seen=seen)
    entries: list[Entry] = []
    last: CaseEvent | None = None
    for event in events:
        entry = _entry(event, telling)
        if last is not None and _together(event, last):
            _join(entries[-1], entry)
        else:
            entries.append(entry)
        last = event
    return entries


def changes_since(
    case: Case, event: int | None, now: datetime, *, seen: Seen = None
) -> list[Entry]:
    """Return what people did to a case after the event that somebody saw last."""
    if event is None:
        return []
    newer = case.events.filter(pk__gt=event).exclude(kind__in=CLOCKS)
    rows = newer.select_related("user", "client").order_by("-occurred_at", "-pk")[:PAGE]
    return entries_of(case, list(rows), now, seen=seen)


def _filtered(case: Case, shown: str) -> QuerySet[CaseEvent]:
    events = case.events.all()
    if shown == "customer":
        return events.filter(kind__in=CUSTOMER)
    if shown == "clock":
        return events.filter(kind__in=CLOCKS)
    if shown == "evidence":
        return events.filter(kind__in=EVIDENCE)
    if shown == "us":
        return events.exclude(kind__in=(*CUSTOMER, *CLOCKS))
    return events.exclude(kind__in=QUIET)


def _tabs(case: Case) -> list[Tab]:
    kinds = Counter(case.events.order_by().values_list("kind", flat=True))
    customer = sum(kinds[kind] for kind in CUSTOMER)
    clock = sum(kinds[kind] for kind in CLOCKS)
    counts = {
        "all": kinds.total() - sum(kinds[kind] for kind in QUIET),
        "customer": customer,
        "us": kinds.total() - customer - clock,
        "clock": clock,
        "evidence": sum(kinds[kind] for kind in EVIDENCE),
    }
    return [Tab(name, str(label), counts[name]) for name, label in FILTERS.items()]


def telling_of(
    case: Case, events: Iterable[CaseEvent], now: datetime, *, seen: Seen = None
) -> Telling:
    """Read all the names that these events speak of by number."""
    rows = list(events)
    telling = Telling(case, now)
    if seen is not None:
        telling.hidden = other_cases.hidden(rows, seen)
    telling.deadlines = {row.pk: row for row in case.deadlines.all()}
    keys = {row.data.get(name) for row in rows for name in ("handler", "to", "taker")}
    users = User.objects.filter(pk__in=[key for key in keys if isinstance(key, int)])
    telling.people = {user.pk: str(user) for user in users}
    slugs = {row.data["team"] for row in rows if row.data.get("team")}
    if slugs:
        telling.teams = dict(Team.objects.filter(slug__in=slugs).values_list("slug", "name"))
    files = [row.data.get("evidence") for row in rows if row.kind == E.ATTACHED]
    if files:
        telling.evidence = {row.pk: row for row in Evidence.objects.filter(pk__in=files)}
    if any(row.kind in CLOCKS for row in rows):
        telling.informed = _informed(case)
    _follow_through(case, telling)
    return telling


def _informed(case: Case) -> dict[tuple[int | None, datetime], list[str]]:
    found: defaultdict[tuple[int | None, datetime], list[str]] = defaultdict(list)
    notices = Notice.objects.filter(case=case, channel=NoticeChannel.IN_APP)
    for notice in notices.select_related("user").order_by("pk"):
        found[notice.deadline_id, notice.occurred_at].append(str(notice.user))
    return found


def _follow_through(case: Case, telling: Telling) -> None:
    """Follow the mood from contact to contact, and count the progress updates."""
    level: int | None = None
    updates = 0
    told_or_felt = case.events.filter(data__emotion__isnull=False) | case.events.filter(
        kind=E.PROGRESS_UPDATED
    )
    rows = told_or_felt.order_by("occurred_at", "pk")
    for key, kind, emotion in rows.values_list("pk", "kind", "data__emotion"):
        telling.mood[key] = level
        if isinstance(emotion, int):
            level = emotion
        if kind == E.PROGRESS_UPDATED:
            updates += 1
            telling.count[key] = updates


def _entry(event: CaseEvent, telling: Telling) -> Entry:
    said = told(event, telling)
    entry = Entry(
        said.kind, event.occurred_at, event.recorded_at, said.icon, said.sentence, said.quote,
        said.detail,
    )  # fmt: skip
    row = telling.evidence.get(event.data.get("evidence") or 0)
    if row is not None:
        address = evidence_url(telling.case, row)
        image = Image(address, address, row.caption or row.name)
        (entry.images if row.content_type in SHOWN_INLINE else entry.files).append(image)
    return entry


def evidence_url(case: Case, row: Evidence) -> str:
    """Return the address of a file: by the case's reference and the store's own key."""
    key = row.stored_as.rpartition("/")[2].partition(".")[0]
    return reverse("case-evidence", args=[case.reference, key])


def _together(event: CaseEvent, other: CaseEvent) -> bool:
    """Tell whether two events are files that one person added at once."""
    both = event.kind == other.kind == E.ATTACHED
    same = event.user_id == other.user_id and event.recorded_at == other.recorded_at
    return both and same


def _join(entry: Entry, other: Entry) -> None:
    entry.images += other.images
    entry.files += other.files
    details = [*entry.detail.split("\n"), other.detail]
    entry.detail = "\n".join(dict.fromkeys(detail for detail in details if detail))
