"""The demonstration's register (見本の住民台帳): made once, brought in like a real file, and the cards to sign in with.

Exists only where `DOKODEMO_DEMO` is on. Never overwrites: where residents are registered, nothing is made up.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import chain, repeat

from django.conf import settings

from dokodemo.city.organisation.definitions import Function
from dokodemo.city.organisation.queries import sections_with
from dokodemo.city.parties.actions import ImportReport, import_register
from dokodemo.city.parties.models import Resident
from dokodemo.city.parties.register_columns import address_of
from dokodemo.city.parties.register_file import Progress
from dokodemo.city.parties.synthetic import SEED, Register, Row, as_csv
from dokodemo.city.parties.synthetic_data import read_demo_data
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, Forbidden
from dokodemo.kernel.packs import Pack

SIGN_IN_AGE = 15  # 署名用電子証明書 is issued from 15 on


@dataclass(frozen=True)
class DemoCard:
    """What the card of a made-up person says (試験用), with the story a demonstration tells of the person."""

    id: str
    name: str
    kana: str
    birthdate: str
    gender: str
    address: str
    story: str = ""


@dataclass(frozen=True)
class DemoRegister:
    """What was made: the import's report and how long it took in seconds, from the first name to the commit."""

    report: ImportReport
    seconds: float


def demo_rows(pack: Pack, *, residents: int, today: date, seed: int = SEED) -> list[Row]:
    """The rows of the made-up register; the same for the same pack, number, day and seed."""
    section = min(sections_with(Function.ADDRESS_PROTECTION, today), default="")
    register = Register(read_demo_data(pack), today=today, seed=seed, protection_section=section)
    return list(register.rows(residents))


def create_demo_register(
    *,
    actor: Actor,
    pack: Pack,
    residents: int | None = None,
    seed: int = SEED,
    progress: Progress | None = None,
) -> DemoRegister | None:
    """Fill an empty register with made-up people; None when somebody is registered already.

    The number of residents defaults to the pack's. `progress(stage, done, total)` with stages "make", "check" and
    "write". Raises Forbidden where the demonstration is off, PackError when the pack's demo files are wrong.
    """
    if not settings.DOKODEMO_DEMO:
        raise Forbidden("A made-up register exists only where DOKODEMO_DEMO is on.")
    if Resident.objects.exists():
        return None
    started = time.monotonic()
    wanted = residents or read_demo_data(pack).population.residents
    if progress is not None:
        progress("make", 0, wanted)
    data = as_csv(demo_rows(pack, residents=wanted, today=calendar_jp.today(), seed=seed))
    if progress is not None:
        progress("make", wanted, wanted)
    report = import_register(actor=actor, data=data, city=pack.city.name.ja, progress=progress)
    return DemoRegister(report, time.monotonic() - started)


def demo_cards(pack: Pack, *, today: date, residents: int | None = None, seed: int = SEED) -> list[DemoCard]:
    """Cards of the persons with a story; with `residents`, of everybody of 15 and over in that made-up register."""
    data = read_demo_data(pack)
    told = [
        (person.code, person.story.ja if person.story else "")
        for household in data.people.households
        for person in household.members
    ]
    rows: Iterable[Row]
    if residents is None:
        rows = Register(data, today=today, seed=seed).story_rows()
    else:
        rows = demo_rows(pack, residents=residents, today=today, seed=seed)
    cards = []
    # The persons with a story come first in every made-up register.
    for row, (code, story) in zip(rows, chain(told, repeat(("", ""))), strict=False):
        if _may_sign_in(row, today):
            cards.append(_card(row, code or row["residentNumber"], story))
    return cards


def _may_sign_in(row: Row, today: date) -> bool:
    born = date.fromisoformat(row["dateOfBirth"])
    return (today.year - born.year) - ((today.month, today.day) < (born.month, born.day)) >= SIGN_IN_AGE


def _card(row: Row, code: str, story: str) -> DemoCard:
    return DemoCard(
        id=code,
        name=" ".join(part for part in (row["familyName"], row["givenName"]) if part),
        kana=" ".join(part for part in (row["familyNameKana"], row["givenNameKana"]) if part),
        birthdate=row["dateOfBirth"],
        gender="male" if row["sex"] == "1" else "female",
        address=address_of(row)["full"],
        story=story,
    )
