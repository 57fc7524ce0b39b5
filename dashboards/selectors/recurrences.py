"""Troubles that came up again: what is linked, and what looks as if it should be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import Count, F, Func, Max, Q, QuerySet

from accounts.models import Role, User
from customers.models import Product
from dashboards.selectors.paging import Part
from objections.models import Case, ContactRecord
from objections.recurrences import first_of
from objections.selectors.recurrences import named_to
from objections.vocabulary import Stage

READERS = {Role.ANALYST, Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR, Role.AUDITOR}
PAGE = 20
LATELY = timedelta(days=90)
SEVERAL = 2  # customers
MOST_CLUSTERS = 8
WEIGHED = 30
MOST_OF_CLUSTERS = 600
MOST_COMPARED = 6
NO_TROUBLE = (Stage.MERGED, Stage.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Group:
    """Cases of one trouble, the first one first. ``hidden`` exist, and are not for the reader."""

    key: int
    cases: Sequence[Case]
    hidden: int
    emotion: int | None

    @property
    def head(self) -> Case:
        """The case that the group is called by: the first that the reader may see."""
        return next((one for one in self.cases if one.pk == self.key), self.cases[0])

    @property
    def customers(self) -> list[str]:
        return list(dict.fromkeys(str(one.customer) for one in self.cases if one.customer))

    @property
    def products(self) -> list[str]:
        return list(dict.fromkeys(str(one.product) for one in self.cases if one.product))

    @property
    def batches(self) -> list[str]:
        return list(dict.fromkeys(one.batch for one in self.cases if one.batch))

    @property
    def still_open(self) -> int:
        return sum(one.is_open for one in self.cases)

    @property
    def first_at(self) -> datetime:
        return min(one.received_at for one in self.cases)

    @property
    def last_at(self) -> datetime:
        return max(one.received_at for one in self.cases)

    @property
    def cause(self) -> str:
        known = (str(one.get_cause_category_display()) for one in self.cases if one.cause_category)
        return next(known, "")

    @property
    def lesson(self) -> str:
        return next((one.lesson for one in self.cases if one.lesson), "")


@dataclass(frozen=True, slots=True)
class Cluster:
    """Cases that nobody linked, with the same product and the same batch or symptom."""

    product: str
    what: str
    is_batch: bool
    cases: Sequence[Case]

    @property
    def customers(self) -> int:
        return len({one.customer_id for one in self.cases})

    @property
    def references(self) -> list[str]:
        return [one.reference for one in self.cases[:MOST_COMPARED]]


def may_read(user: User) -> bool:
    return user.is_active and user.role in READERS


def groups(user: User, *, since: datetime, product: Product | None, page: int) -> Part[Group]:
    """Return the troubles that came up again since then, the last seen first."""
    linked = named_to(user).filter(recurrence_of__isnull=False)
    found = linked.filter(Q(received_at__gte=since) | Q(recurrence_of__received_at__gte=since))
    if product is not None:
        found = found.filter(Q(product=product) | Q(recurrence_of__product=product))
    heads = found.order_by().values("recurrence_of").annotate(last=Max("received_at"))
    start = (page - 1) * PAGE
    last_seen = heads.order_by("-last", "-recurrence_of")[start : start + PAGE + 1]
    keys = [row["recurrence_of"] for row in last_seen]
    return Part(_groups(keys[:PAGE], user), page, len(keys) > PAGE)


def _groups(keys: Sequence[int], user: User) -> list[Group]:
    within = Q(pk__in=keys) | Q(recurrence_of__in=keys)
    shown = named_to(user).filter(within).select_related("customer", "product")
    members: dict[int, list[Case]] = defaultdict(list)
    for case in shown.order_by("received_at", "pk"):
        members[case.recurrence_of_id or case.pk].append(case)
    counted = Case.objects.filter(recurrence_of__in=keys).order_by().values_list("recurrence_of")
    sizes = {key: 1 + count for key, count in counted.annotate(count=Count("pk"))}
    worst = _worst(case.pk for cases in members.values() for case in cases)
    return [
        Group(
            key, members[key], sizes[key] - len(members[key]),
            max((worst[one.pk] for one in members[key] if one.pk in worst), default=None),
        )
        for key in keys
    ]  # fmt: skip


def _worst(cases: Iterable[int]) -> dict[int, int]:
    """Return how angry each customer was at worst."""
    felt = ContactRecord.objects.filter(
        case__in=list(cases), emotion__isnull=False, withdrawn_at=None
    )
    worst = felt.order_by().values_list("case").annotate(worst=Max("emotion"))
    return {case: level for case, level in worst if level is not None}


def not_linked(user: User, *, now: datetime, product: Product | None) -> list[Cluster]:
    """Return what looks like one trouble at several customers lately, and is not linked as one.

    Lately is within 90 days; alike is the same product with the same batch or symptom code.
    """
    lately = named_to(user).filter(received_at__gte=now - LATELY, product__isnull=False)
    lately = lately.exclude(stage__in=NO_TROUBLE).order_by()
    if product is not None:
        lately = lately.filter(product=product)
    batches = _often(lately.exclude(batch=""), F("batch"))
    unnested = Func(F("symptom_codes"), function="unnest")
    symptoms = _often(lately.exclude(symptom_codes=[]), unnested)
    found = [*_clusters(lately, batches, is_batch=True)]
    known = {frozenset(one.references) for one in found}
    found += [
        one
        for one in _clusters(lately, symptoms, is_batch=False)
        if frozenset(one.references) not in known
    ]
    return sorted(found, key=lambda one: (-one.customers, -len(one.cases)))[:MOST_CLUSTERS]


Thing = tuple[int, str]


def _often(cases: QuerySet[Case], what: F | Func) -> list[Thing]:
    named = cases.annotate(what=what)
    counted = named.values_list("product", "what").annotate(
        several=Count("customer", distinct=True), last=Max("received_at")
    )
    often = counted.filter(several__gte=SEVERAL).order_by("-several", "-last")[:WEIGHED]
    return [(product, what) for product, what, _several, _last in often]


def _clusters(lately: QuerySet[Case], things: list[Thing], *, is_batch: bool) -> list[Cluster]:
    if not things:
        return []
    wanted = [
        Q(product=key, batch=what) if is_batch else Q(product=key, symptom_codes__contains=[what])
        for key, what in things
    ]
    rows = lately.filter(reduce(or_, wanted)).select_related("customer", "product")
    cases = list(rows.order_by("received_at", "pk")[:MOST_OF_CLUSTERS])
    found = []
    for key, what in things:
        fits = [one for one in cases if one.product_id == key and _has(one, what, is_batch)]
        if _is_parted(fits):
            found.append(Cluster(str(fits[0].product), what, is_batch, fits))
    return found


def _has(case: Case, what: str, is_batch: bool) -> bool:
    return case.batch == what if is_batch else what in case.symptom_codes


def _is_parted(cases: Sequence[Case]) -> bool:
    """True where several customers have it, and somebody's is not linked with the others'."""
    heads = {one.recurrence_of_id or one.pk for one in cases}
    return len(heads) > 1 and len({one.customer_id for one in cases}) >= SEVERAL


def compared(user: User, references: Sequence[str]) -> list[Case]:
    """Return these cases as far as they exist for this person, the earliest first."""
    rows = named_to(user).filter(reference__in=references[:MOST_COMPARED])
    shown = rows.select_related("customer", "product", "handler", "team", "recurrence_of")
    return list(shown.order_by("received_at", "pk"))


def same_trouble(cases: Sequence[Case]) -> bool:
    """Tell whether all of these are linked with each other already."""
    return len({first_of(one).pk for one in cases}) == 1


def products(user: User) -> QuerySet[Product]:
    """Return the products that a trouble came up again with."""
    linked = named_to(user).filter(recurrence_of__isnull=False, product__isnull=False)
    return Product.objects.filter(pk__in=linked.values("product")).order_by("brand", "model")
