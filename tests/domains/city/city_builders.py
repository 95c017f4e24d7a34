"""People, staff and files for the tests of the city: short to write, real in the database."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from dokodemo.city.organisation.actions import load_sections
from dokodemo.city.parties import port
from dokodemo.city.parties.actions import import_register
from dokodemo.city.parties.models import Household, Resident, SignInLink
from dokodemo.city.parties.register_columns import NAMES
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Account, Actor, Grant, Role, system
from dokodemo.kernel.packs import Pack, Text, open_pack
from dokodemo.kernel.vocabulary import Term

CITY = "荒尾市"
MACHINE = system("test")
ADDRESS = {
    "prefecture": "熊本県",
    "cityAndCounty": CITY,
    "streetAddress": "緑ケ丘",
    "cityBlock": "3丁目4-12",
}
FULL_ADDRESS = "熊本県荒尾市緑ケ丘3丁目4-12"


def the_pack() -> Pack:
    """The city's own pack, with its sections loaded."""
    pack = open_pack("arao")
    load_sections(pack)
    return pack


def row(number: int, household: int, relation: str = "世帯主", **changes: str) -> dict[str, str]:
    """One line of a register file; give only what matters."""
    cells = dict.fromkeys(NAMES, "") | ADDRESS
    cells |= {
        "residentNumber": str(number),
        "householdNumber": str(household),
        "relationToHeadOfHousehold": relation,
        "familyName": "髙木",
        "givenName": f"人{number}",
        "familyNameKana": "タカキ",
        "givenNameKana": "ヒト",
        "sex": "2" if relation in {"妻", "母"} else "1",
        "dateOfBirth": "2020-07-03" if relation == "子" else "1990-05-17",
        "residentSince": "2020-07-03" if relation == "子" else "2019-04-01",
    }
    return cells | changes


def csv_of(rows: Iterable[dict[str, str]], *, names: Iterable[str] = NAMES) -> bytes:
    """A register file of these lines."""
    columns = list(names)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([cells[name] for name in columns] for cells in rows)
    return out.getvalue().encode()


def bring_in(*rows: dict[str, str]) -> list[Resident]:
    """Import lines and return the residents in the order of the lines."""
    import_register(actor=MACHINE, data=csv_of(rows), city=CITY)
    found = {resident.number: resident for resident in Resident.objects.all()}
    return [found[cells["residentNumber"]] for cells in rows]


def family(first: int = 1, household: int = 1, **changes: str) -> list[Resident]:
    """Father (head), mother and a child, living together; `changes` go to all three."""
    return bring_in(
        row(first, household, "世帯主", givenName="伸也", **changes),
        row(first + 1, household, "妻", givenName="美咲", **changes),
        row(first + 2, household, "子", givenName="陽葵", **changes),
    )


def account(name: str = "", kind: str = "resident") -> Account:
    """An account that can sign in."""
    number = Account.objects.count()
    return Account.objects.create(username=name or f"{kind}-{number}", kind=kind)


def signed_in(resident: Resident | None) -> Actor:
    """The actor of a new account, linked to a resident, or to nobody."""
    made = account()
    if resident is not None:
        SignInLink.objects.create(
            account=made,
            resident=resident,
            state="linked",
            claims={},
            claims_digest="x" * 64,
            asked_at=calendar_jp.now(),
            decided_at=calendar_jp.now(),
        )
    return Actor(kind="resident", account_id=made.pk, resident_id=resident.pk if resident else None)


def staff(*grants: tuple[str, Role]) -> Actor:
    """A member of staff with these roles in these sections."""
    made = account(kind="staff")
    return Actor(
        kind="staff", account_id=made.pk, grants=frozenset(Grant(section, role) for section, role in grants)
    )


def register_clerk() -> Actor:
    """A caseworker of the section that keeps the register and is authorised for protected addresses in Arao."""
    return staff(("resident", Role.CASEWORKER))


def protect(resident: Resident, section: str = "resident") -> None:
    """Put a resident under protection."""
    Resident.objects.filter(pk=resident.pk).update(
        protected=True, protected_from=date(2026, 8, 1), protected_section=section
    )


def claims_of(resident: Resident, **changes: str | None) -> dict[str, str | None]:
    """What the resident's card says (基本4情報)."""
    facts = resident.facts
    name = facts["full_name"]["value"]
    said: dict[str, str | None] = {
        "subject": str(resident.pk),
        "full_name": f"{name['family']} {name['given']}",
        "date_of_birth": facts["date_of_birth"]["value"],
        "sex": {"male": "1", "female": "2", "not_known": "9"}[facts["sex"]["value"]],
        "address": facts["address"]["value"]["full"],
    }
    return said | changes


def term(name: str, register: str | None, type_: str = "text", **more: Any) -> Term:
    """A term of a made-up vocabulary."""
    return Term(
        name=name,
        gif="Person.fullName",
        type=type_,
        label=Text(ja=name, easy=name, en=name),
        confidentiality="3B",
        purpose="identification",
        register=register,
        **more,
    )


PERSON_TERMS = [
    term("applicant.full_name", "full_name", "person_name"),
    term("applicant.date_of_birth", "date_of_birth", "date"),
    term("applicant.address", "address", "address"),
    term("applicant.previous_address", "previous_address", "address"),
    term("applicant.phone", "phone", "phone"),
    term("applicant.resident_here", "resident_here", "boolean"),
    term("applicant.head_of_household_name", "head_of_household_name"),
    term("applicant.insurance_known", "insurance_known", "boolean"),
    term("applicant.bank", None, "bank_account"),
]
CHILD_TERMS = [
    term("child.full_name", "child.full_name", "person_name"),
    term("child.date_of_birth", "child.date_of_birth", "date"),
    term("child.living_together", "child.living_together", "boolean"),
    term("child.cared_for", None, "boolean"),
]
MEMBER_TERMS = [
    term("household_member.full_name", "household_member.full_name", "person_name"),
    term("household_member.relation", "household_member.relation"),
]
ALL_TERMS = [*PERSON_TERMS, *CHILD_TERMS, *MEMBER_TERMS]


def household_of(resident: Resident) -> Household:
    """The household, fresh from the database."""
    return Household.objects.get(pk=resident.household_id)


def pk_of(actor: Actor) -> UUID:
    """The actor's account."""
    assert actor.account_id is not None
    return actor.account_id


def self_of(actor: Actor) -> port.Capacity:
    """Acting for oneself."""
    return port.Capacity("self", actor.resident_id)


def release(actor: Actor, capacity: port.Capacity, terms: Iterable[Term] | None = None) -> port.Released:
    """Released facts for a made-up procedure; all terms unless some are named."""
    wanted = ALL_TERMS if terms is None else terms
    return port.released_facts(actor=actor, capacity=capacity, terms=wanted, purpose="child-allowance-claim")


def value(released: port.Released, name: str) -> Any:
    """The bare value of a scalar fact."""
    fact = released[name]
    assert isinstance(fact, port.ReleasedFact)
    return fact.value


def signed_in_again(resident: Resident) -> Actor:
    """An actor of a resident who already has a linked account."""
    return Actor(kind="resident", account_id=account().pk, resident_id=resident.pk)
