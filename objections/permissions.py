"""Who may see a case, and who may do what to it. Asked by every edge and every service."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet

from accounts.models import Client, Role, User
from accounts.selectors import stood_in_for
from objections.actors import Actor
from objections.models import Case, EscalationEntry
from objections.vocabulary import Action, ActorKind, NoticeKind, Sensitivity

TAKE_ESCALATION = "take_escalation"
APPROVE_REMEDY = "approve_remedy"
CONFIRM_LATE_RECORD = "confirm_late_record"
SKIP_CONFIRMATION = "skip_confirmation"
PAUSE_FURTHER = "pause_further"
MERGE_ACROSS = "merge_across_customers"
CHANGE_SENSITIVITY = "change_sensitivity"

FOR_SUPERVISORS = {
    TAKE_ESCALATION, APPROVE_REMEDY, CONFIRM_LATE_RECORD, SKIP_CONFIRMATION, PAUSE_FURTHER,
    MERGE_ACROSS, CHANGE_SENSITIVITY, Action.UNMERGE,
}  # fmt: skip

READ_ALL_ROLES = {Role.AUDITOR, Role.ADMINISTRATOR}
WRITE_NOTHING_ROLES = {Role.AUDITOR, Role.ANALYST, Role.ADMINISTRATOR}

FOR_THE_CUSTOMER = {
    Action.CONFIRM, Action.CORRECT, Action.CHOOSE, Action.REJECT_SOLUTION,
    Action.GIVE_VERDICT, Action.CLOSE_SATISFIED, Action.NOT_SATISFIED, Action.RECEIVE_MESSAGE,
    Action.PROTEST, Action.REOPEN,
}  # fmt: skip
"""What the customer may do by themselves, without one of us."""

OPENS_NOTHING = {NoticeKind.ASSIGNED, NoticeKind.MAIL_FAILED}
"""Being told this shows a restricted case to nobody: it goes to the handler, who sees it
for as long as they are the handler."""


def visible_to(user: User) -> QuerySet[Case]:
    """Return the cases that exist for this person.

    Normal ones for everybody who works here; a restricted one for the people named on
    it, its handler, and whoever its ladder told; all for auditors and administrators,
    who leave a trace.
    """
    return Case.objects.filter(visible(user))


def visible(user: User, of: str = "") -> Q:
    """Return the condition of ``visible_to`` on rows that lead to their case by ``of``.

    ``of`` is such as "case__". A row that is joined to its case anyway need not look for
    it among all cases.
    """
    if not user.is_active:
        return Q(pk__in=[])
    if user.role in READ_ALL_ROLES:
        return Q()
    normal = Q(**{f"{of}sensitivity": Sensitivity.NORMAL})
    if user.role == Role.ANALYST:
        return normal
    named = Case.named_people.through.objects.filter(user=user).values("case")
    told = user.notices.exclude(kind__in=OPENS_NOTHING).values("case")
    restricted = Q(**{f"{of}sensitivity": Sensitivity.RESTRICTED})
    mine = Q(**{f"{of}handler": user})
    mine |= Q(**{f"{of}pk__in": named}) | Q(**{f"{of}pk__in": told})
    return normal | (restricted & mine)


def visible_to_client(client: Client) -> QuerySet[Case]:
    """Return the cases that exist for a program: the normal ones, and those it brought."""
    own = Q(source=client.name) & ~Q(source="")
    return Case.objects.filter(Q(sensitivity=Sensitivity.NORMAL) | own)


def seen_by(by: Actor) -> QuerySet[Case]:
    """Return the cases that exist for whoever acts; for the system, all."""
    if by.kind is ActorKind.SYSTEM:
        return Case.objects.all()
    if by.client is not None:
        return visible_to_client(by.client)
    return visible_to(by.user) if by.user is not None else Case.objects.none()


def may_open(user: User) -> bool:
    """Tell whether this person may open a case at all."""
    return user.is_active and user.role not in WRITE_NOTHING_ROLES


def allows(by: Actor, action: Action, case: Case) -> bool:
    """Tell whether this actor may take a step of the lifecycle on this case.

    What a program may do follows from its token, which its edge checks; what is for
    supervisors of ours, none may.
    """
    if by.kind is ActorKind.USER:
        return by.user is not None and may(by.user, action, case)
    if by.kind is ActorKind.CLIENT and action in FOR_SUPERVISORS:
        return False
    return by.kind is not ActorKind.CUSTOMER or action in FOR_THE_CUSTOMER


def may(user: User, action: Action | str, case: Case) -> bool:
    """Tell whether this person may do that to this case.

    ``action`` is one of the lifecycle's, or one of FOR_SUPERVISORS. Those who only
    read (auditor, analyst, administrator) may do nothing; others act on the cases of
    their teams, and on those they handle or are named on; whoever was asked may answer.
    A stand-in acts on the cases of whom they stand in for, and whoever an escalation
    called upon, standing in or on duty, acts on its case, takes it, and approves what
    they were asked to. The stage plays no part.
    """
    if not may_open(user) or not _sees(user, case):
        return False
    above = stands_above(user, case)
    if action in FOR_SUPERVISORS:
        return above or _called_upon(user, action, case)
    if above or case.handler_id == user.pk:
        return True
    if case.team_id is None:
        return True
    if user.teams.filter(pk=case.team_id).exists():
        return True
    if case.named_people.filter(pk=user.pk).exists():
        return True
    if _stands_in(user, case):
        return True
    return action == Action.ANSWER_HAND_OVER and _is_asked(user, case)


def told_by(user: User, escalations: Collection[int]) -> set[int]:
    """Return which of these escalations told this person, by a level or by a reminder."""
    entries = EscalationEntry.objects.filter(
        escalation__in=escalations, told__contains=[user.pk]
    ).values_list("escalation_id", flat=True)
    reminders = user.notices.filter(escalation__in=escalations, kind=NoticeKind.REMINDED)
    return {*entries, *reminders.values_list("escalation__pk", flat=True)}


def _called_upon(user: User, action: Action | str, case: Case) -> bool:
    """True for whoever was told of this in the place, or in the place of somebody absent."""
    if action == APPROVE_REMEDY:
        return user.notices.filter(case=case, kind=NoticeKind.APPROVAL_ASKED).exists()
    return action == TAKE_ESCALATION and _told_of_open(user, case)


def _told_of_open(user: User, case: Case) -> bool:
    standing = case.escalations.filter(closed_at=None).values_list("pk", flat=True)
    return bool(told_by(user, list(standing)))


def _stands_in(user: User, case: Case) -> bool:
    if case.handler_id is not None and stood_in_for(user).filter(pk=case.handler_id).exists():
        return True
    return _told_of_open(user, case)


def _is_asked(user: User, case: Case) -> bool:
    return case.hand_overs.filter(to_user=user, answered_at=None, voided_at=None).exists()


def _sees(user: User, case: Case) -> bool:
    return not case.is_restricted or visible_to(user).filter(pk=case.pk).exists()


def stands_above(user: User, case: Case) -> bool:
    """Tell whether this person holds a place above the case's team."""
    team = case.team
    if team is None:
        return user.role in {Role.SUPERVISOR, Role.MANAGER}
    return user.pk in {team.supervisor_id, team.manager_id, team.duty_officer_id}
