"""Everything a city needs before it opens (起動準備): keys, tables, packs, and in a demonstration its people.

Owns the order of the steps. Never serves a request; what each step does is an action of its domain, and each step
finds out by itself that there is nothing left to do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from dokodemo.adapters import signing
from dokodemo.adapters.identity.twin.cards import Card, write_cards
from dokodemo.administration.procedures.actions import publish
from dokodemo.city.organisation.actions import load_sections
from dokodemo.city.organisation.demo_staff import DemoSignIn, create_demo_staff
from dokodemo.city.parties import demo
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import system
from dokodemo.kernel.crypto import ensure_key_ring
from dokodemo.kernel.packs import open_pack

Tell = Callable[[int, int], None]
ACTOR = system("up")
TWIN_CARDS = 300


@dataclass(frozen=True)
class Step:
    """One step: what it is called while it runs, and what it does with a way to tell how far it is."""

    title: str
    run: Callable[[Tell], None]


def steps(residents: int, made: list[DemoSignIn]) -> list[Step]:
    """The steps in their order. Demo staff made on the way are added to `made`, so that they can be shown once."""
    needed = [
        Step("Keys", _keys),
        Step("Database", _migrate),
        Step("Static files", _static),
        Step("Sections", _sections),
        Step("Procedures", _procedures),
    ]
    if settings.DOKODEMO_DEMO:
        needed += [
            Step("Sample residents", lambda tell: demo.ensure_register(residents, progress=tell)),
            Step("Sample staff", lambda tell: made.extend(_staff(tell))),
        ]
        if settings.CITIZEN_PROVIDER.twin:
            needed.append(Step("Sample cards", _cards))
    return needed


def _keys(tell: Tell) -> None:
    for folder in ("db", "keys", "files", "logs"):
        (settings.DOKODEMO_HOME / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    ensure_key_ring()
    tell(1, 2)
    signing.ensure_signing_keys()
    tell(2, 2)


def _migrate(tell: Tell) -> None:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        tell(1, 1)
        return
    done = 0

    def step(action: str, migration: object = None, fake: bool = False) -> None:
        nonlocal done
        if action == "apply_success":
            done += 1
            tell(done, len(plan))

    executor.progress_callback = step
    executor.migrate(executor.loader.graph.leaf_nodes())


def _static(tell: Tell) -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    tell(1, 1)


def _sections(tell: Tell) -> None:
    load_sections(open_pack(settings.DOKODEMO_PACK), actor=ACTOR)
    tell(1, 1)


def _procedures(tell: Tell) -> None:
    publish(open_pack(settings.DOKODEMO_PACK), actor=ACTOR, progress=tell)


def _staff(tell: Tell) -> list[DemoSignIn]:
    made = create_demo_staff(actor=ACTOR, on=calendar_jp.today())
    tell(1, 1)
    return made


def _cards(tell: Tell) -> None:
    """The cards the sign-in twin offers: the people with a story first, then others of the register."""
    cards = [
        Card(
            id=person.code,
            name=person.name,
            kana=person.kana,
            birthdate=person.date_of_birth.isoformat(),
            gender=person.gender,
            address=person.address,
            story=person.story,
        )
        for person in demo.people(limit=TWIN_CARDS)
    ]
    write_cards(settings.DOKODEMO_HOME / "twin" / "cards.json", cards)
    tell(1, 1)
