"""The record of a customer: what they said before, what we owe them, how content they were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet

from accounts.models import User
from customers.models import Contact, Customer
from dashboards.selectors import rows
from dashboards.selectors.paging import Part, part_of
from dashboards.selectors.rows import Row
from objections.models import Case, Verdict
from objections.permissions import READ_ALL_ROLES, visible_to
from objections.vocabulary import Sensitivity

PAGE = 50
HISTORY = 30
OFTEN = 2


@dataclass(frozen=True, slots=True)
class Score:
    """A verdict, and where it stands in the drawing of all of them."""

    verdict: Verdict
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class Again:
    """Something that came up more than once, and how often."""

    what: str
    count: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A customer in the list, with the cases that the reader may see."""

    customer: Customer
    open_cases: int = 0
    all_cases: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Record:
    customer: Customer
    contacts: Sequence[Contact]
    open_rows: Sequence[Row]
    history: Part[Row]
    total: int
    scores: Sequence[Score]
    products: Sequence[Again]
    symptoms: Sequence[Again]

    @property
    def line(self) -> str:
        """The scores as the points of a line."""
        return " ".join(f"{one.x},{one.y}" for one in self.scores)

    @property
    def mean(self) -> float | None:
        given = [one.verdict.score for one in self.scores if one.verdict.score is not None]
        return sum(given) / len(given) if given else None


def find(user: User, words: str, page: int) -> Part[Listed]:
    """Return customers by name, contact or number, with the cases that this person may see."""
    found = Customer.objects.select_related("dedicated_team")
    words = words.strip()
    if words:
        people = Contact.objects.filter(Q(name__icontains=words) | Q(phone__icontains=words))
        found = found.filter(
            Q(name__icontains=words)
            | Q(external_id__iexact=words)
            | Q(pk__in=people.values("customer"))
        )
    part = part_of(found.order_by("name", "pk"), page, PAGE)
    told = _told_of([customer.pk for customer in part], user)
    return Part([_listed(one, told.get(one.pk)) for one in part], page, part.has_next)


def _named(user: User) -> QuerySet[Case]:
    """Return the cases that a customer's record may speak of.

    Those who may read everything read a restricted case on its own page, where that
    leaves a trace, and not in passing.
    """
    cases = visible_to(user)
    if user.role in READ_ALL_ROLES:
        return cases.filter(sensitivity=Sensitivity.NORMAL)
    return cases


def _told_of(customers: Sequence[int], user: User) -> dict[int, tuple[int, int, datetime]]:
    """Return by customer how many cases are open, how many there are, and the last one."""
    counted = (
        _named(user)
        .filter(customer__in=customers)
        .order_by()
        .values_list("customer")
        .annotate(
            open=Count("pk", filter=Q(closed_at=None)), all=Count("pk"), last=Max("received_at")
        )
    )
    return {customer: (still, every, last) for customer, still, every, last in counted if customer}


def _listed(customer: Customer, told: tuple[int, int, datetime] | None) -> Listed:
    return Listed(customer, *told) if told else Listed(customer)


def record(customer: Customer, user: User, page: int, *, now: datetime) -> Record:
    """Return the customer's record as far as this person may see its cases."""
    cases = _named(user).filter(customer=customer)
    still_open = rows.fetch(rows.slice_of(cases.filter(closed_at=None), 1, now).part.items)
    ended = cases.exclude(closed_at=None).select_related(*rows.SHOWN)
    past = part_of(ended.order_by("-received_at", "-pk"), page, HISTORY)
    built = rows.build([*still_open, *past], user, now)
    count = len(still_open)
    return Record(
        customer=customer,
        contacts=list(customer.contacts.all()),
        open_rows=built[:count],
        history=Part(built[count:], page, past.has_next),
        total=cases.count(),
        scores=_scores(cases),
        products=_products(cases),
        symptoms=_symptoms(cases),
    )


def _scores(cases: QuerySet[Case]) -> list[Score]:
    given = list(
        Verdict.objects.filter(case__in=cases, score__isnull=False)
        .select_related("case")
        .order_by("given_at", "pk")
    )
    step = 280 / max(len(given) - 1, 1)
    return [
        Score(one, f"{10 + step * index:.1f}", f"{70 - 12 * (one.score or 1):.1f}")
        for index, one in enumerate(given)
    ]


def _products(cases: QuerySet[Case]) -> list[Again]:
    named = cases.exclude(product=None).order_by()
    counted = named.values_list("product__brand", "product__model").annotate(count=Count("pk"))
    often = counted.filter(count__gte=OFTEN).order_by("-count")
    return [Again(f"{brand} {model}".strip(), count) for brand, model, count in often[:8]]


def _symptoms(cases: QuerySet[Case]) -> list[Again]:
    listed = cases.exclude(symptom_codes=[]).order_by("-received_at")
    found = Counter(
        code for codes in listed.values_list("symptom_codes", flat=True)[:2000] for code in codes
    )
    return [Again(code, count) for code, count in found.most_common(8) if count >= OFTEN]
