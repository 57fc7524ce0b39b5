"""Who does something: one of us, a program, the customer, or the system."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Client, User
from objections.vocabulary import ActorKind


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts on a case.

    ``user`` is the person; for a program, our person who had the contact, where one
    was named. A program without a person can bring news, but cannot be a human contact.
    """

    kind: ActorKind
    user: User | None = None
    client: Client | None = None

    @classmethod
    def person(cls, user: User) -> Actor:
        return cls(ActorKind.USER, user=user)

    @classmethod
    def program(cls, client: Client, *, person: User | None = None) -> Actor:
        return cls(ActorKind.CLIENT, user=person, client=client)

    def speaking_through(self, person: User | None) -> Actor:
        """Return the same actor, with the person of ours whom a program names."""
        if person is None or self.kind is not ActorKind.CLIENT:
            return self
        return Actor(self.kind, user=person, client=self.client)


CUSTOMER = Actor(ActorKind.CUSTOMER)
SYSTEM = Actor(ActorKind.SYSTEM)
