"""Who asks: a program by its token, or a person who is signed in; and what they see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.http import Http404
from rest_framework.request import Request

from accounts.api.callers import token_of
from accounts.models import Client, Scope, User
from objections import permissions
from objections.actors import Actor
from objections.models import Case
from objections.services.records import read_restricted
from objections.vocabulary import Action


@dataclass(frozen=True, slots=True)
class Caller:
    """A client with the scopes of its token, or one of us."""

    user: User | None = None
    client: Client | None = None
    scopes: frozenset[str] = frozenset()

    @classmethod
    def of(cls, request: Request) -> Caller:
        token = token_of(request)
        if token is not None:
            return cls(client=token.client, scopes=frozenset(token.scopes))
        assert isinstance(request.user, User)
        return cls(user=request.user)

    @property
    def actor(self) -> Actor:
        if self.client is not None:
            return Actor.program(self.client)
        assert self.user is not None
        return Actor.person(self.user)

    def cases(self) -> QuerySet[Case]:
        """Return the cases that exist for this caller."""
        if self.client is not None:
            return permissions.visible_to_client(self.client)
        assert self.user is not None
        return permissions.visible_to(self.user)

    def reads(self, reference: str, *, now: datetime) -> Case:
        """Return a case that exists for this caller, or raise Http404.

        A person who reads a restricted one leaves a trace.
        """
        case = self.cases().select_related("team", "contact").filter(reference=reference).first()
        if case is None:
            raise Http404
        if self.user is not None:
            read_restricted(case, self.user, now=now)
        return case

    def may(self, action: Action, case: Case) -> bool:
        """Tell whether this caller may take this step on a case, its stage apart."""
        writes = self.client is None or Scope.CASES_WRITE in self.scopes
        return writes and permissions.allows(self.actor, action, case)
