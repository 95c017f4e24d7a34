"""Actors: what they are called in the log, and what they hold where."""

from uuid import uuid4

from dokodemo.kernel.access import ANONYMOUS, Actor, Grant, Role, system


def test_actors_are_named_without_saying_who_they_are() -> None:
    account = uuid4()
    assert ANONYMOUS.ref == "anonymous"
    assert system("worker").ref == "system:worker"
    assert Actor(kind="resident", account_id=account, name="荒尾 花子").ref == f"account:{account}"


def test_a_role_counts_in_its_section_only() -> None:
    clerk = Actor(
        kind="staff", grants=frozenset({Grant("childcare", Role.CASEWORKER), Grant("tax", Role.CIO)})
    )
    assert clerk.has(Role.CASEWORKER)
    assert clerk.has(Role.CASEWORKER, "childcare")
    assert not clerk.has(Role.CASEWORKER, "tax")
    assert not clerk.has(Role.ADMINISTRATOR)
    assert clerk.sections() == {"childcare", "tax"}
    assert clerk.sections(Role.CIO) == {"tax"}


def test_nobody_in_particular_holds_nothing() -> None:
    assert not any(ANONYMOUS.has(role) for role in Role)
    assert ANONYMOUS.sections() == frozenset()
