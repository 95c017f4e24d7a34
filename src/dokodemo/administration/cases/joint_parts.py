"""One procedure of a joint form (まとめて申請の中の一つの手続き): what it asks, under which names, and what it sees.

Owns the two ways between the answers of a joint form and those of one procedure's own form. Never joins forms (that is
merging's) and never stores.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from zlib import crc32

from dokodemo.administration.procedures.compiled import CompiledProcedure

type Answers = Mapping[str, Any]

# What the register says of a term that a procedure only tests stands apart from what is answered for another procedure.
REGISTER = "register:"
_MARK = "on_list_"


def mark_field(heading: str) -> str:
    """The same for the same heading, whatever else is in the form: a procedure may be taken out while it is written."""
    return f"{_MARK}{crc32(heading.encode()):08x}"


def own_name(term: str, slug: str) -> str:
    """The name under which a joint form asks a term that means something else for each procedure (`per: procedure`).

    The same whatever else is in the form, for the same reason.
    """
    return f"{term}_for_{crc32(slug.encode()):08x}"


@dataclass(frozen=True)
class Part:
    """One procedure of a joint form.

    `marks`: repeating group → the field that says whether a member is on this procedure's list. Two procedures may
    list different people under one group (those who move, those to protect), each under its own heading.
    `names`: term → the name under which the joint form asks it for this procedure alone.
    """

    procedure: CompiledProcedure
    marks: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def groups(self) -> dict[str, frozenset[str]]:
        """The repeating groups it asks about: name → the fields it asks of each member."""
        found: dict[str, set[str]] = {}
        for page in self.procedure.pages:
            if page.group is not None and page.group.repeats:
                found.setdefault(page.group.name, set()).update(q.term.field for q in page.questions)
        return {group: frozenset(fields) for group, fields in found.items()}

    @cached_property
    def _asked(self) -> frozenset[str]:
        return frozenset(self.procedure.asked_names) | frozenset(self.groups)

    @cached_property
    def _terms(self) -> dict[str, str]:
        """The reverse of `joint_name`, for everything it asks."""
        return {self.joint_name(name): name for name in self._asked}

    def joint_name(self, term: str) -> str:
        """The name under which the joint form asks a term of this procedure."""
        return self.names.get(term, term)

    def asks(self, name: str) -> bool:
        """Whether this procedure asks what has this name in the joint form, or about the members of this group."""
        return name in self._terms

    def own_terms(self, names: Iterable[str]) -> dict[str, str]:
        """Names in the joint form → the terms they are here, where the two differ."""
        return {name: self._terms[name] for name in names if self._terms.get(name, name) != name}

    @cached_property
    def only_tested(self) -> frozenset[str]:
        """Terms that its rules and conditions look at and that it does not ask."""
        return self.procedure.tested_names - self._asked

    def lists(self, group: str, member: Answers) -> bool:
        """Whether this procedure asks about a member of a repeating group."""
        return group not in self.marks or member.get(self.marks[group]) is True

    def view(self, answers: Answers) -> dict[str, Any]:
        """The joint answers as this procedure's own form would hold them."""
        found = {
            self._terms[name]: self._members(name, value)
            if name in self.groups and isinstance(value, list)
            else value
            for name, value in answers.items()
            if name in self._terms
        }
        for name in self.only_tested:
            if REGISTER + name in answers:
                found[name] = answers[REGISTER + name]
        return found

    def _members(self, group: str, members: Sequence[Answers]) -> list[dict[str, Any]]:
        fields = self.groups[group]
        return [
            {field: value for field, value in member.items() if field in fields}
            for member in members
            if self.lists(group, member)
        ]
