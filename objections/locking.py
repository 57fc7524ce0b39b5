"""The lock that every write to a case holds."""

from __future__ import annotations

from objections.models import Case


def lock(case: Case) -> Case:
    """Return the case as it is now, locked until the transaction ends.

    It is read once more after the wait: a join that waits for the lock shows the case as
    somebody left it beside the handler of before.
    """
    list(Case.objects.select_for_update(no_key=True).filter(pk=case.pk).values_list("pk"))
    return Case.objects.select_related("team", "handler", "contact", "customer").get(pk=case.pk)
