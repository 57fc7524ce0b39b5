"""Who may see a case, and who may do what to it. Asked by every edge and every service."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.models import Client, Role, User
from objections.models import Case
from objections.vocabulary import Action, Sensitivity

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


def visible_to(user: User) -> QuerySet[Case]:
    """Return the cases that exist for this person.

    Normal ones for everybody who works here; a restricted one for the people named on
    it, its handler, and whoever its ladder told; all for auditors and administrators,
    who leave a trace.
    """
    if not user.is_authenticated or not user.is_active:
        return Case.objects.none()
    if user.role in READ_ALL_ROLES:
        return Case.objects.all()
    normal = Q(sensitivity=Sensitivity.NORMAL)
    if user.role == Role.ANALYST:
        return Case.objects.filter(normal)
    named = Case.named_people.through.objects.filter(user=user).values("case")
    told = user.notices.values("case")
    restricted = Q(sensitivity=Sensitivity.RESTRICTED)
    mine = Q(handler=user) | Q(pk__in=named) | Q(pk__in=told)
    return Case.objects.filter(normal | (restricted & mine))


def visible_to_client(client: Client) -> QuerySet[Case]:
    """Return the cases that exist for a program: the normal ones, and those it brought."""
    own = Q(source=client.name) & ~Q(source="")
    return Case.objects.filter(Q(sensitivity=Sensitivity.NORMAL) | own)


def may(user: User, action: Action | str, case: Case) -> bool:
    """Tell whether this person may do that to this case.

    ``action`` is one of the lifecycle's, or one of FOR_SUPERVISORS. Those who only
    read (auditor, analyst, administrator) may do nothing; others act on the cases of
    their teams, and on those they handle or are named on. The stage plays no part.
    """
    if not user.is_active or user.role in WRITE_NOTHING_ROLES:
        return False
    if not _sees(user, case):
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
    return case.named_people.filter(pk=user.pk).exists()


def _sees(user: User, case: Case) -> bool:
    return not case.is_restricted or visible_to(user).filter(pk=case.pk).exists()


def _stands_above(user: User, case: Case) -> bool:
    team = case.team
    if team is None:
        return user.role in {Role.SUPERVISOR, Role.MANAGER}
    return user.pk in {team.supervisor_id, team.manager_id, team.duty_officer_id}
