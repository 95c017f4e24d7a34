"""The demonstration's register (見本の住民台帳): made once, brought in like a real file, and who can sign in from it.

Exists only where `DOKODEMO_DEMO` is on. Never overwrites: where residents are registered, nothing is made up.
"""

import time
from dataclasses import dataclass
from datetime import date

from django.conf import settings

from dokodemo.city.organisation.definitions import Function
from dokodemo.city.organisation.queries import sections_with
from dokodemo.city.parties.actions import ImportReport, import_register
from dokodemo.city.parties.definitions import Status
from dokodemo.city.parties.logic import age_on, born_on, full_name_text, value_of
from dokodemo.city.parties.models import Resident
from dokodemo.city.parties.register_file import Progress
from dokodemo.city.parties.synthetic import FIRST_RESIDENT, SEED, Register, Row, as_csv
from dokodemo.city.parties.synthetic_data import StoryPerson, read_demo_data
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, Forbidden
from dokodemo.kernel.packs import Pack

SIGN_IN_AGE = 15  # 署名用電子証明書 is issued from 15 on
MOST_CARDS = 1000


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


def number_registered() -> int:
    """How many people the register holds, made up or not."""
    return Resident.objects.count()


def demo_cards(pack: Pack, *, today: date, residents: int = MOST_CARDS) -> list[DemoCard]:
    """Cards of the made-up people of 15 and over: of the persons with a story first, then of others.

    Read from the register itself, whatever day it was made; looks at its first `residents` people, MOST_CARDS at
    most. Empty where the demonstration is off.
    """
    if not settings.DOKODEMO_DEMO:
        return []
    told = _stories(pack)
    rows = Resident.objects.filter(number__gte=str(FIRST_RESIDENT), status=Status.RESIDENT.value)
    cards = []
    for resident in rows.order_by("number")[: min(residents, MOST_CARDS)]:
        born = born_on(resident)
        if born is not None and age_on(born, today) >= SIGN_IN_AGE:
            cards.append(_card(resident, born, told.get(resident.number)))
    return sorted(cards, key=lambda card: not card.story)


def _stories(pack: Pack) -> dict[str, StoryPerson]:
    """The persons of `demo/people.yaml` by the resident numbers that the made-up register gives them."""
    households = read_demo_data(pack).people.households
    persons = [person for household in households for person in household.members]
    return {str(FIRST_RESIDENT + position): person for position, person in enumerate(persons)}


def _card(resident: Resident, born: date, told: StoryPerson | None) -> DemoCard:
    record = resident.facts
    name = value_of(record, "full_name") or {}
    # Somebody else may have this number when the register was not made up.
    is_told = told is not None and (told.family, told.given) == (name.get("family"), name.get("given"))
    return DemoCard(
        id=told.code if told is not None and is_told else resident.number,
        name=full_name_text(name),
        kana=" ".join(part for part in (name.get("family_kana"), name.get("given_kana")) if part),
        birthdate=born.isoformat(),
        gender=str(value_of(record, "sex")),
        address=str((value_of(record, "address") or {}).get("full", "")),
        story=told.story.ja if told is not None and is_told and told.story else "",
    )
