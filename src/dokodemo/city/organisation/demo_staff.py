"""Staff of the demonstration (見本の職員): one sign-in for each role that a visitor may want to play.

Owns who is created. Exists only where `DOKODEMO_DEMO` is on; a real city creates its staff by `actions`.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import transaction

from dokodemo.city.organisation import queries
from dokodemo.city.organisation.actions import appoint, create_staff
from dokodemo.city.organisation.definitions import USUAL_TITLES, Function
from dokodemo.city.organisation.logic import new_password
from dokodemo.kernel.access import Account, Actor, Forbidden, Role

_SAMPLE = "（見本）"
_CITY_WIDE = (
    ("cio", Role.CIO, Function.DX_HEADQUARTERS),
    ("digital-officer", Role.DIGITAL_OFFICER, Function.DX_HEADQUARTERS),
    ("administrator", Role.ADMINISTRATOR, Function.DX_HEADQUARTERS),
    ("protection-officer", Role.PROTECTION_OFFICER, Function.ADDRESS_PROTECTION),
)


class _OfAMachine(Argon2PasswordHasher):
    """For passwords of 79 bits by chance, which nobody guesses however quickly: forty slow hashes are half of a first start.

    Whoever signs in gets the usual one, as Django gives it to every older hash.
    """

    time_cost, memory_cost, parallelism = 1, 8, 1


@dataclass(frozen=True)
class DemoSignIn:
    """What to show the visitor; of the password the database has the hash alone."""

    username: str
    password: str
    name: str
    section: str
    role: Role


def create_demo_staff(*, actor: Actor, on: date) -> list[DemoSignIn]:
    """A caseworker and a head for each section open on the day, CIO, digital, protection officer, administrator.

    Returns only the accounts made by this call, so a second call returns nothing new. Raises Forbidden where the
    demonstration is off.
    """
    if not settings.DOKODEMO_DEMO:
        raise Forbidden("Demonstration staff exist only where DOKODEMO_DEMO is on.")
    with transaction.atomic():
        wanted = _wanted(on)
        taken = set(
            Account.objects.filter(username__in=[username for username, *_ in wanted]).values_list(
                "username", flat=True
            )
        )
        return [
            _create(actor, on, username, section, role)
            for username, section, role in wanted
            if username not in taken
        ]


def _wanted(on: date) -> list[tuple[str, queries.SectionView, Role]]:
    sections = queries.sections(on)
    city_wide = [
        (username, section, role)
        for username, role, function in _CITY_WIDE
        for section in [s for s in sections if function.value in s.functions][:1]
    ]
    usual = [
        (f"{section.code}-{word}", section, role)
        for section in sections
        for word, role in (("caseworker", Role.CASEWORKER), ("head", Role.HEAD_OF_SECTION))
    ]
    return [*usual, *city_wide]


def _create(actor: Actor, on: date, username: str, section: queries.SectionView, role: Role) -> DemoSignIn:
    password = new_password()
    name = f"{section.name.ja} {USUAL_TITLES[role]}{_SAMPLE}"
    account_id = create_staff(
        actor=actor, username=username, name=name, password=password, hasher=_OfAMachine()
    )
    appoint(actor=actor, account_id=account_id, section_code=section.code, role=role, starts_on=on)
    return DemoSignIn(username, password, name, section.code, role)


def is_demo_staff(account_id: UUID) -> bool:
    """Whether an account is one of the demonstration's: never where the demonstration is off."""
    return bool(settings.DOKODEMO_DEMO) and queries.staff_name(account_id).endswith(_SAMPLE)
