"""Everything a city needs before it opens (起動準備): keys, tables, packs, and in a demonstration its people.

Owns the order of the steps. Never serves a request; what each step does is an action of its domain, and each step
finds out by itself that there is nothing left to do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from dokodemo.adapters import signing
from dokodemo.adapters.identity.twin.cards import CARDS, Card, write_cards
from dokodemo.administration.inventory import searching
from dokodemo.administration.procedures.actions import publish
from dokodemo.city.organisation.actions import load_sections
from dokodemo.city.organisation.demo_staff import create_demo_staff
from dokodemo.city.parties.demo_register import create_demo_register, demo_cards, number_registered
from dokodemo.entry.server import demo_sign_ins
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import system
from dokodemo.kernel.crypto import check_key_ring, ensure_key_ring
from dokodemo.kernel.packs import open_pack
from dokodemo.kernel.sqlite.statistics import gather_statistics
from dokodemo.promotion.demonstration.actions import load_sample as load_sample_story
from dokodemo.promotion.indicators.actions import load_of_pack
from dokodemo.promotion.plan.actions import load_sample
from dokodemo.promotion.reform.actions import load_pack_tasks
from dokodemo.promotion.responsibility.actions import load_sample as load_sample_owners

Tell = Callable[[int, int], None]
ACTOR = system("up")
TWIN_CARDS = 300
SAMPLE_RESIDENTS = 5000


@dataclass(frozen=True)
class Step:
    """One step: what it is called while it runs, and what it does with a way to tell how far it is.

    What it returns is a remark for whoever started the city.
    """

    title: str
    run: Callable[[Tell], str | None]


def steps(residents: int | None) -> list[Step]:
    """The steps in their order; `residents` is how many were asked for, None when nothing was said."""
    needed = [
        Step("Keys", _keys),
        Step("Database", _migrate),
        Step("Keys fit", _keys_fit),
        Step("Static files", _static),
        Step("Sections", _sections),
        Step("Procedures", _procedures),
        Step("Tasks", _tasks),
        Step("Search index", _search_index),
        Step("Figures of the plan", _figures),
    ]
    if settings.DOKODEMO_DEMO:
        needed += [
            Step("Sample residents", lambda tell: _residents(residents, tell)),
            Step("Sample cards", _cards),
            Step("Sample staff", _staff),
            Step("Sample actions", _actions),
            Step("Sample story", _story),
            Step("Sample owners", _owners),
        ]
    return [*needed, Step("Statistics", _statistics)]


def _keys(tell: Tell) -> None:
    for folder in ("db", "keys", "files", "logs"):
        (settings.DOKODEMO_HOME / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    ensure_key_ring()
    tell(1, 2)
    signing.ensure_signing_keys(settings.DOKODEMO_HOME / "keys")
    tell(2, 2)


def _migrate(tell: Tell) -> None:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        tell(1, 1)
        return
    done = 0

    def step(action: str, migration: object | None = None, fake: bool = False) -> None:
        nonlocal done
        if action == "apply_success":
            done += 1
            tell(done, len(plan))

    executor.progress_callback = step  # type: ignore[assignment]
    executor.migrate(executor.loader.graph.leaf_nodes())


def _keys_fit(tell: Tell) -> None:
    check_key_ring()
    tell(1, 1)


def _static(tell: Tell) -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    tell(1, 1)


def _sections(tell: Tell) -> None:
    load_sections(open_pack(settings.DOKODEMO_PACK), actor=ACTOR)
    tell(1, 1)


def _procedures(tell: Tell) -> None:
    publish(open_pack(settings.DOKODEMO_PACK), actor=ACTOR, progress=tell)


def _tasks(tell: Tell) -> None:
    load_pack_tasks(pack=open_pack(settings.DOKODEMO_PACK), actor=ACTOR)
    tell(1, 1)


def _search_index(tell: Tell) -> None:
    searching.prepare()
    tell(1, 1)


def _statistics(tell: Tell) -> None:
    gather_statistics()
    tell(1, 1)


def _staff(tell: Tell) -> None:
    made = create_demo_staff(actor=ACTOR, on=calendar_jp.today())
    if made:
        demo_sign_ins.keep(made)
    tell(1, 1)


def _figures(tell: Tell) -> None:
    """Values the pack brings that were observed elsewhere."""
    load_of_pack(actor=ACTOR)
    tell(1, 1)


def _actions(tell: Tell) -> None:
    """The pack's action plan as if it had been adopted, once."""
    load_sample(actor=ACTOR)
    tell(1, 1)


def _story(tell: Tell) -> None:
    """What the pack tells of promotion in use: reports, meetings, a survey, an issue whose cycle turned; once."""
    load_sample_story(actor=ACTOR)
    tell(1, 1)


def _owners(tell: Tell) -> None:
    """Who sits where and answers for what among the made-up staff, once."""
    load_sample_owners(actor=ACTOR)
    tell(1, 1)


def _residents(number: int | None, tell: Tell) -> str | None:
    """Made-up people, once: a register that holds somebody is left alone, and who asked for others is told."""
    stages = ("make", "check", "write")

    def progress(stage: str, done: int, total: int) -> None:
        tell(stages.index(stage) * total + done, len(stages) * total)

    made = create_demo_register(
        actor=ACTOR,
        pack=open_pack(settings.DOKODEMO_PACK),
        residents=number or SAMPLE_RESIDENTS,
        progress=progress,
    )
    tell(1, 1)
    there = number_registered()
    if made is not None or number in (None, there):
        return None
    emptied = " and empty the database of DATABASE_URL" if connection.vendor == "postgresql" else ""
    return (
        f"{there:,} residents are there already; --residents {number} changes nothing. To begin anew, with everything "
        f"done so far lost: stop the city, move {settings.DOKODEMO_HOME} away{emptied}, and start again."
    )


def _cards(tell: Tell) -> None:
    """The cards the sign-in twin offers: the people with a story first, then others of the register."""
    pack = open_pack(settings.DOKODEMO_PACK)
    cards = demo_cards(pack, today=calendar_jp.today(), residents=TWIN_CARDS)
    write_cards(settings.DOKODEMO_HOME / CARDS, [Card(**asdict(card)) for card in cards])
    tell(1, 1)
