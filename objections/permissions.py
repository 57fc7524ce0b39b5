"""Who may see a case, and who may do what to it. Asked by every edge and every service."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.models import Client, Role, User
from objections.actors import Actor
from objections.models import Case
from objections.vocabulary import Action, ActorKind, NoticeKind, Sensitivity

TAKE_ESCALATION = "take_escalation"
APPROVE_REMEDY = "approve_remedy"
CONFIRM_LATE_RECORD = "confirm_late_record"
SKIP_CONFIRMATION = "skip_confirmation"
PAUSE_FURTHER = "pause_further"

FOR_SUPERVISORS = {
    TAKE_ESCALATION, APPROVE_REMEDY, CONFIRM_LATE_RECORD, SKIP_CONFIRMATION, PAUSE_FURTHER,
}  # fmt: skip

READ_ALL_ROLES = {Role.AUDITOR, Role.ADMINISTRATOR}
WRITE_NOTHING_ROLES = {Role.AUDITOR, Role.ANALYST, Role.ADMINISTRATOR}

FOR_THE_CUSTOMER = {
    Action.CONFIRM, Action.CORRECT, Action.CHOOSE, Action.REJECT_SOLUTION,
    Action.CLOSE_SATISFIED, Action.NOT_SATISFIED, Action.RECEIVE_MESSAGE,
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


def may_open(user: User) -> bool:
    """Tell whether this person may open a case at all."""
    return user.is_active and user.role not in WRITE_NOTHING_ROLES


def allows(by: Actor, action: Action, case: Case) -> bool:
    """Tell whether this actor may take a step of the lifecycle on this case.

    What a program may do follows from its token, which its edge checks.
    """
    if by.kind is ActorKind.USER:
        return by.user is not None and may(by.user, action, case)
    return by.kind is not ActorKind.CUSTOMER or action in FOR_THE_CUSTOMER


def may(user: User, action: Action | str, case: Case) -> bool:
    """Tell whether this person may do that to this case.

    ``action`` is one of the lifecycle's, or one of FOR_SUPERVISORS. Those who only
    read (auditor, analyst, administrator) may do nothing; others act on the cases of
    their teams, and on those they handle or are named on; whoever was asked may answer.
    The stage plays no part.
    """
    if not may_open(user) or not _sees(user, case):
        return False
    above = _stands_above(user, case)
    if action in FOR_SUPERVISORS:
        return above
    if above or case.handler_id == user.pk:
        return True
    if case.team_id is None:
        return True
    if user.teams.filter(pk=case.team_id).exists():
        return True
    if case.named_people.filter(pk=user.pk).exists():
        return True
    return action == Action.ANSWER_HAND_OVER and _is_asked(user, case)


def _is_asked(user: User, case: Case) -> bool:
    return case.hand_overs.filter(to_user=user, answered_at=None, voided_at=None).exists()


def _sees(user: User, case: Case) -> bool:
    return not case.is_restricted or visible_to(user).filter(pk=case.pk).exists()


def _stands_above(user: User, case: Case) -> bool:
    team = case.team
    if team is None:
        return user.role in {Role.SUPERVISOR, Role.MANAGER}
    return user.pk in {team.supervisor_id, team.manager_id, team.duty_officer_id}
