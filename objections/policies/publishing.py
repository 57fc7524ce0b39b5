"""Publishing a policy: once, as a whole, by one person, with its effect said beforehand."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from objections.deadlines import applying, terms
from objections.errors import Refused
from objections.models import Policy, Recomputation
from objections.policies import checks
from objections.policies.versions import refuse_others


class Apply(models.TextChoices):
    """What a published policy does to the clocks that run."""

    NEW_CASES = "new", gettext_lazy("New clocks only: what runs keeps its version")
    WITH_ALERTS = "alerts", gettext_lazy("Compute running clocks anew, and alert as usual")
    WITHOUT_ALERTS = (
        "quiet",
        gettext_lazy("Compute running clocks anew, and tell nobody of what becomes overdue by it"),
    )


class NotPublished(Refused):
    """The policy stays as it was, and so does the one in force."""


class HasProblems(NotPublished):
    """The policy could not work; ``problems`` says why."""

    def __init__(self, problems: Sequence[checks.Problem]) -> None:
        super().__init__(len(problems))
        self.problems = list(problems)

    @property
    def sentence(self) -> str:
        return " ".join(problem.sentence for problem in self.problems)


class AlreadyPublished(NotPublished):
    """Somebody was faster."""

    def __init__(self, policy: Policy) -> None:
        super().__init__(str(policy))
        self.policy = policy

    @property
    def sentence(self) -> str:
        return _("%(policy)s has been published already, by %(name)s.") % {
            "policy": self.policy, "name": self.policy.published_by or _("the system"),
        }  # fmt: skip


class Gone(NotPublished):
    """Somebody has deleted the draft."""

    @property
    def sentence(self) -> str:
        return _("This draft has been deleted in the meantime.")


class SeenOtherwise(NotPublished):
    """The draft, or the policy in force, is not what the effect was shown for."""

    @property
    def sentence(self) -> str:
        return _(
            "Somebody changed this draft or published another policy in the meantime."
            " Nothing was published: look at the effect again."
        )


def as_seen(policy: Policy) -> str:
    """Return a mark of what a policy says and which one it would follow, to publish just that."""
    current = Policy.objects.filter(in_force=True).values_list("pk", flat=True).first()
    content = repr((current, [tuple(line) for line in terms.lines_of(policy)]))
    return hashlib.sha256(content.encode()).hexdigest()[:16]


@transaction.atomic
def publish(
    policy: Policy, *, by: User, now: datetime, how: Apply, seen: str = ""
) -> Recomputation | None:
    """Put a draft in force in the place of the policy that was, and never edit it again.

    Returns what was asked to be computed anew, if anything. ``seen`` is what ``as_seen``
    gave when the effect was shown; without it nothing is compared. Two at once wait for
    each other, and the second is refused. Raises NotPermitted and NotPublished.
    """
    refuse_others(by)
    locked = {row.pk: row for row in Policy.objects.select_for_update().order_by("pk")}
    draft = locked.get(policy.pk)
    if draft is None:
        raise Gone
    if not draft.is_draft:
        raise AlreadyPublished(draft)
    if seen and seen != as_seen(draft):
        raise SeenOtherwise
    if problems := checks.problems(draft, now=now):
        raise HasProblems(problems)
    Policy.objects.filter(in_force=True).update(in_force=False)
    draft.in_force, draft.published_at, draft.published_by = True, now, by
    draft.save(update_fields=["in_force", "published_at", "published_by"])
    if how is Apply.NEW_CASES:
        return None
    return applying.ask(policy=draft, with_alerts=how is Apply.WITH_ALERTS, by=by, now=now)
