"""Is it that case again? What is alike enough to say so, and why it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import User
from customers.models import Customer, Product
from knowledge.similar import SimilarCase, similar, text_of
from objections.models import Case
from objections.permissions import visible_to
from objections.recurrences import belongs_to, first_of

MUCH_ALIKE = 0.5
"""The share of what the words say from which on the words alone suggest the same trouble."""
LOOKED_AT = 12
MOST_OWN, MOST_AGAIN, MOST_OTHERS = 3, 4, 3
SAME = {
    "product": gettext_lazy("same product"),
    "serial": gettext_lazy("same serial number"),
    "batch": gettext_lazy("same batch"),
    "symptom": gettext_lazy("same symptom"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is known of a trouble so far, of a case that is there or is just being typed."""

    words: str = ""
    customer: Customer | None = None
    product: Product | None = None
    serial: str = ""
    batch: str = ""
    symptom_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """A case that may be the same, and what it has in common with what is told."""

    alike: SimilarCase
    same_customer: bool = False

    @property
    def case(self) -> Case:
        return self.alike.case

    @property
    def why(self) -> str:
        """Say why it is shown: "same product, same batch, 72 % of the words"."""
        said = [_("same customer")] if self.same_customer else []
        said += [str(words) for key, words in SAME.items() if key in self.alike.same]
        if self.alike.words >= 0.1:
            said.append(_("{percent} % of the words").format(percent=round(self.alike.words * 100)))
        return pgettext("between parts of a sentence", ", ").join(said)


@dataclass(frozen=True, slots=True)
class Found:
    """What somebody who writes a case down should see before they open it.

    ``own`` are open cases of the same customer: perhaps it is one of them. ``again`` may be
    the same trouble seen before, anybody's, ``others`` look alike and are still open.
    """

    own: Sequence[Seen] = ()
    again: Sequence[Seen] = ()
    others: Sequence[Seen] = ()

    @property
    def count(self) -> int:
        return len(self.own) + len(self.again) + len(self.others)


def while_typing(told: Told, *, user: User, chosen: str = "") -> Found:
    """Return what looks like a case that is being written down, as far as this person sees it.

    ``chosen`` is the reference of the case that it will be linked to: that one is always
    among them, where it exists for this person.
    """
    alike = {one.case.pk: one for one in _alike(told, user=user)}
    own = [_seen(case, alike, told) for case in _open_cases(told, user)]
    mine = {one.case.pk for one in own if one.case.reference != chosen}
    rest = [
        Seen(one, _is_of(one.case, told.customer)) for key, one in alike.items() if key not in mine
    ]
    again = [one for one in rest if _may_recur(one.alike, told) or one.case.reference == chosen]
    again = [*_chosen(chosen, again, alike, told, user), *again][:MOST_AGAIN]
    known = {one.case.pk for one in (*own, *again)}
    others = [one for one in rest if one.case.is_open and one.case.pk not in known]
    shown = [one for one in own if one.case.pk not in {row.case.pk for row in again}]
    return Found(shown, again, others[:MOST_OTHERS])


def of_case(case: Case, *, user: User) -> list[Seen]:
    """Return the cases of which this one may be a recurrence, and that it is not linked with."""
    told = Told(
        words=text_of(case), customer=case.customer, product=case.product, serial=case.serial,
        batch=case.batch, symptom_codes=tuple(case.symptom_codes),
    )  # fmt: skip
    group = Case.objects.filter(belongs_to(first_of(case)))
    linked = set(group.values_list("pk", flat=True))
    found = [one for one in _alike(told, user=user, exclude=case) if one.case.pk not in linked]
    may = [Seen(one, _is_of(one.case, case.customer)) for one in found if _may_recur(one, told)]
    return may[:MOST_AGAIN]


def _alike(told: Told, *, user: User, exclude: Case | None = None) -> list[SimilarCase]:
    if not (told.words.strip() or told.serial or told.batch):
        return []
    return similar(
        told.words, user=user, product=told.product, batch=told.batch, serial=told.serial,
        symptom_codes=told.symptom_codes, exclude=exclude, limit=LOOKED_AT,
    )  # fmt: skip


def _open_cases(told: Told, user: User) -> list[Case]:
    if told.customer is None:
        return []
    mine = visible_to(user).filter(customer=told.customer, closed_at=None)
    return list(mine.select_related("product", "customer").order_by("-received_at")[:MOST_OWN])


def _seen(case: Case, alike: dict[int, SimilarCase], told: Told) -> Seen:
    return Seen(alike.get(case.pk) or SimilarCase(case, 0.0, ()), _is_of(case, told.customer))


def _chosen(
    reference: str, again: Sequence[Seen], alike: dict[int, SimilarCase], told: Told, user: User
) -> list[Seen]:
    """Return the case that was chosen, where it would not be among the others any more."""
    if not reference or any(one.case.reference == reference for one in again[:MOST_AGAIN]):
        return []
    found = visible_to(user).select_related("customer").filter(reference=reference).first()
    return [_seen(found, alike, told)] if found else []


def _is_of(case: Case, customer: Customer | None) -> bool:
    return customer is not None and case.customer_id == customer.pk


def _may_recur(one: SimilarCase, told: Told) -> bool:
    """Tell whether it may be the same trouble: the same thing, or much the same words."""
    same = set(one.same)
    if "serial" in same or one.words >= MUCH_ALIKE:
        return True
    fits = "product" in same or told.product is None
    return fits and bool(same & {"batch", "symptom"})
