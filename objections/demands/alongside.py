"""What the steps that any open stage allows demand of what is handed in."""

from __future__ import annotations

from collections.abc import Iterable

from objections import links, permissions, steps
from objections.deadlines import keeping
from objections.demands import words
from objections.demands.setting import Setting
from objections.errors import Demand
from objections.models import Deadline
from objections.vocabulary import DeadlineState, LinkMedium, Promise
from timekeeping.wording import duration


def reply(setting: Setting, step: steps.Reply) -> Iterable[Demand]:
    yield from words.answers(setting, step.answers)


def pause(setting: Setting, step: steps.Pause) -> Iterable[Demand]:
    if step.promise is Promise.ACKNOWLEDGEMENT:
        yield Demand("pause_listed", "promise")
        return
    deadline = _running(setting, step.promise)
    if deadline is None or deadline.state is DeadlineState.PAUSED:
        yield Demand("pause_running", "promise")
        return
    if deadline.state is DeadlineState.BREACHED:
        yield Demand("pause_breached", "promise")
        return
    maximum = deadline.pause_maximum
    if not deadline.pauses_per_cycle or maximum is None:
        yield Demand("pause_listed", "promise")
        return
    if step.reason not in deadline.pause_reasons:
        yield Demand("pause_listed", "reason")
        return
    if step.resume_at is not None and step.resume_at - setting.now > maximum:
        yield Demand("pause_maximum", "resume_at", {"maximum": duration(maximum)})
    if deadline.pauses.count() >= deadline.pauses_per_cycle and not setting.supervises(
        permissions.PAUSE_FURTHER
    ):
        yield Demand("pause_needs_supervisor")


def _running(setting: Setting, promise: Promise) -> Deadline | None:
    """Return the clock that a pause means: the one of the case itself, not of a subject."""
    rows = Deadline.objects.running().filter(case=setting.case, promise=promise, subject=None)
    return rows.first()


def resume(setting: Setting, step: steps.Resume) -> Iterable[Demand]:
    deadline = _running(setting, step.promise)
    if deadline is None or deadline.paused_at is None:
        yield Demand("resume_paused", "promise")


def commit(setting: Setting, step: steps.Commit) -> Iterable[Demand]:
    yield from words.promise(step.what, "what")


def _commitment(setting: Setting, number: int) -> Iterable[Demand]:
    open_ones = setting.case.commitments.filter(number=number, kept_at=None, voided_at=None)
    if not open_ones.exists():
        yield Demand("commitment_open", "commitment", {"number": number})


def keep_commitment(setting: Setting, step: steps.KeepCommitment) -> Iterable[Demand]:
    yield from _commitment(setting, step.commitment)


def reagree(setting: Setting, step: steps.ReagreeCommitment) -> Iterable[Demand]:
    """A promise moves only if the customer was told before it fell due.

    Told counts as every contact does: written down late, it counts when it was written.
    """
    yield from _commitment(setting, step.commitment)
    told_at = keeping.counts_at(at=step.at or setting.now, now=setting.now)
    late = setting.case.commitments.filter(number=step.commitment, due_at__lt=told_at)
    if late.exists():
        yield Demand("commitment_due", "commitment", {"number": step.commitment})


def hand_over(setting: Setting, step: steps.HandOver) -> Iterable[Demand]:
    if not step.department.strip() and step.to_user is None:
        yield Demand("department", "department")


def answer_hand_over(setting: Setting, step: steps.AnswerHandOver) -> Iterable[Demand]:
    open_ones = setting.case.hand_overs.filter(
        number=step.hand_over, answered_at=None, voided_at=None
    )
    if not open_ones.exists():
        yield Demand("hand_over_open", "hand_over", {"number": step.hand_over})


def assign(setting: Setting, step: steps.Assign) -> Iterable[Demand]:
    if step.handler is None and step.team is None:
        yield Demand("something", "handler")
    team = step.team or setting.case.team
    if step.handler is None or team is None:
        return
    above = {team.supervisor_id, team.manager_id, team.duty_officer_id}
    is_member = team.members.filter(pk=step.handler.pk).exists()
    if not step.handler.is_active or not (is_member or step.handler.pk in above):
        yield Demand("handler_in_team", "handler", {"text": str(step.handler)})


def invite(setting: Setting, step: steps.Invite) -> Iterable[Demand]:
    """A link needs somewhere to go, and goes to no customer of an old or observed case."""
    contact = setting.case.contact
    if setting.case.is_silent:
        yield Demand("invite_live")
    if step.medium is LinkMedium.EMAIL and not (step.to or (contact and contact.email)):
        yield Demand("address", "to")
    if step.medium is LinkMedium.SMS:
        if not links.texts_leave():
            yield Demand("gateway", "medium")
        if not links.number(step.phone or (contact.phone if contact else "")):
            yield Demand("number", "phone")
