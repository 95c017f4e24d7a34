"""Who is acting (操作者): the actor, its roles, and the two refusals.

Owns plain values. Never reads the database and never knows what a role may do in a domain.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NamedTuple
from uuid import UUID


class Role(StrEnum):
    """What a member of staff is appointed to be in a section (職務)."""

    CASEWORKER = "caseworker"
    HEAD_OF_SECTION = "head_of_section"
    CIO = "cio"
    DIGITAL_OFFICER = "digital_officer"
    PROTECTION_OFFICER = "protection_officer"
    ADMINISTRATOR = "administrator"


class Grant(NamedTuple):
    """One role in one section, by the section's code."""

    section: str
    role: Role


class NotFound(Exception):
    """There is no such thing, or none that this actor may know of: the two are told apart by nobody."""


class Forbidden(Exception):
    """The thing may be known, but this act is not this actor's."""


@dataclass(frozen=True)
class Actor:
    """Somebody, or something, that acts: nobody in particular, a resident, staff, or the system itself."""

    kind: Literal["anonymous", "resident", "staff", "system"]
    account_id: UUID | None = None
    resident_id: UUID | None = None
    grants: frozenset[Grant] = frozenset()
    name: str = ""

    @property
    def ref(self) -> str:
        """How the event log names the actor: `account:<uuid>`, `system:<name>` or `anonymous`."""
        if self.kind == "system":
            return f"system:{self.name}"
        return f"account:{self.account_id}" if self.account_id is not None else "anonymous"

    @property
    def account(self) -> UUID:
        """The account that acts. Raises Forbidden for those who have none: nobody signs for them."""
        if self.account_id is None:
            raise Forbidden
        return self.account_id

    def has(self, role: Role, section: str | None = None) -> bool:
        """Whether the actor holds a role, in one section or in any."""
        return any(grant.role == role and section in (None, grant.section) for grant in self.grants)

    def sections(self, role: Role | None = None) -> frozenset[str]:
        """The sections the actor is appointed in, for one role or any."""
        return frozenset(grant.section for grant in self.grants if role in (None, grant.role))


ANONYMOUS = Actor(kind="anonymous")


def system(name: str) -> Actor:
    """The system acting by itself: a job, a command."""
    return Actor(kind="system", name=name)
