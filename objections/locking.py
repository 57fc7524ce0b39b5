"""The lock that every write to a case holds."""

from __future__ import annotations

from objections.models import Case


def lock(case: Case, *others: int) -> Case:
    """Return the case as it is now, locked until the transaction ends.

    ``others`` are the keys of cases that are locked with it, all in the order of their
    keys: two that each want the other's case as well never wait in a circle.

    It is read once more after the wait: a join that waits for the lock shows the case as
    somebody left it beside the handler of before.
    """
    keys = sorted({case.pk, *others})
    rows = Case.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    list(rows.values_list("pk"))
    return Case.objects.select_related("team", "handler", "contact", "customer").get(pk=case.pk)
