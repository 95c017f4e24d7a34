"""One address of the office with who may open it, and what everybody else gets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dokodemo.kernel.access import Account, Role
from tests.domains.entry import building as b


def elsewhere() -> Account:
    return b.caseworker("health")


def a_head_elsewhere() -> Account:
    return b.head("health")


def clerk(section: str = b.CHILDCARE) -> Callable[[], Account]:
    return lambda: b.caseworker(section)


def keeper() -> Account:
    return b.caseworker("resident")


def officer(section: str = "resident") -> Callable[[], Account]:
    """A protection officer (支援措置担当) of a section."""
    return lambda: b.staff_account((section, Role.PROTECTION_OFFICER))


def administrator() -> Account:
    return b.staff_account(("policy", Role.ADMINISTRATOR))


def the_cio() -> Account:
    return b.staff_account(("policy", Role.CIO))


def headquarters() -> Account:
    return b.staff_account(("policy", Role.DIGITAL_OFFICER))


@dataclass(frozen=True)
class Address:
    """Who opens an address rightly, who belongs to another section, and what each is answered.

    `parts` and `post` are made from the world of the test.
    """

    right: Callable[[], Account]
    answer: int = 200
    wrong: Callable[[], Account] | None = elsewhere
    refusal: int = 404
    parts: Callable[[Any], list[Any]] = lambda world: []
    post: Mapping[str, Any] | Callable[[Any], Mapping[str, Any]] | None = None
    also: Mapping[int, Callable[[], Account]] = field(default_factory=dict)
