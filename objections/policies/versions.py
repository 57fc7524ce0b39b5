"""Drafts: a published policy is never edited, it is followed by another version."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from objections.errors import NotPermitted
from objections.models import Allowance, Policy, Rung

PERMISSION = "objections.change_policy"
"""What an administrator of policies may do; in administration one has to be of the staff, too."""


def refuse_others(by: User) -> None:
    """Let only those go on who administer policies. Raises NotPermitted."""
    if not (by.is_active and by.is_staff and by.has_perm(PERMISSION)):
        raise NotPermitted("administer_policies")


@transaction.atomic
def draft_from(policy: Policy, *, by: User) -> tuple[Policy, bool]:
    """Return the draft of this policy's next version, and whether it was made just now.

    It is a copy whole: allowances with all that they say, ladders with their persons. There
    is one draft of a name at a time: asked twice, even at the same moment, the second
    gets what the first made. Raises NotPermitted.
    """
    refuse_others(by)
    of_the_name = Policy.objects.filter(name=policy.name).order_by("pk")
    list(of_the_name.select_for_update())
    versions = list(of_the_name)  # read again: who waited sees what the other has made
    for version in versions:
        if version.is_draft:
            return version, False
    latest = max(version.version for version in versions)
    draft = Policy.objects.create(name=policy.name, version=latest + 1)
    _copy(policy, draft)
    return draft, True


def _copy(policy: Policy, draft: Policy) -> None:
    """Copy all allowances and rungs of one policy to another. Their fields go as they are."""
    for allowance in Allowance.objects.filter(policy=policy).order_by("pk"):
        rungs = list(Rung.objects.filter(allowance=allowance).order_by("pk"))
        allowance.pk, allowance.policy = None, draft
        allowance._state.adding = True
        allowance.save(force_insert=True)
        for rung in rungs:
            rung.pk, rung.allowance = None, allowance
            rung._state.adding = True
        Rung.objects.bulk_create(rungs)
