"""A city of made-up people and a survey brought as far as a test needs it. Import it from any suite."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from uuid import UUID

from dokodemo.city.parties.models import Resident
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, Role, system
from dokodemo.promotion.surveys import actions
from dokodemo.promotion.surveys.actions import Design, ListRow
from dokodemo.promotion.surveys.models import Wave
from tests.domains.city.city_builders import bring_in, row
from tests.domains.entry import building as b

SURVEY = "convenience"
TOWNS = ("荒尾", "増永", "万田", "緑ケ丘", "どこか")
FIRST = 500


def people(number: int = 120, first: int = FIRST, *, mailbox: int = 0) -> list[Resident]:
    """Grown-ups of all ages who live alone in five towns, one of them of no district; every fourth row is a child's age.

    Every `mailbox`-th has an e-mail address; none where it is 0.
    """
    today = calendar_jp.today()
    rows = []
    for place in range(number):
        age = 8 if place % 12 == 11 else 18 + (place * 7) % 75
        rows.append(
            row(
                first + place,
                first + place,
                sex="1" if place % 2 else "2",
                givenName=f"調査{place}",
                dateOfBirth=date(today.year - age, 1, 1).isoformat(),
                streetAddress=TOWNS[place % len(TOWNS)],
                cityBlock=f"{place + 1}番地",
                emailAddress=f"p{place}@example.jp" if mailbox and place % mailbox == 0 else "",
            )
        )
    return bring_in(*rows)


def officer() -> Actor:
    """A digital officer of the section that keeps the plan."""
    return b.acting(b.staff_account(("policy", Role.DIGITAL_OFFICER)))


def planned(actor: Actor, size: int = 60, seed: str = "7") -> Wave:
    """A planned wave that may be answered today."""
    today = calendar_jp.today()
    pk = actions.plan_wave(
        actor=actor,
        survey=SURVEY,
        opens_on=today,
        closes_on=today + timedelta(days=30),
        design=Design(size=size),
        seed=seed,
    )
    read_frame(pk)
    return Wave.objects.get(pk=pk)


def read_frame(wave_id: UUID) -> None:
    """The job's work: count the frame, or draw from it."""
    actions.read_frame(actor=system("surveys"), wave_id=wave_id)


def drawn(actor: Actor, wave: Wave) -> None:
    """The sample of a planned wave is drawn."""
    actions.draw(actor=actor, wave_id=wave.pk)
    read_frame(wave.pk)


def listed(actor: Actor, size: int = 60) -> tuple[Wave, list[ListRow]]:
    """A drawn wave and its mailing list."""
    wave = planned(actor, size)
    drawn(actor, wave)
    rows = actions.make_list(actor=actor, wave_id=wave.pk)
    return Wave.objects.get(pk=wave.pk), rows


def opened(actor: Actor, size: int = 60) -> tuple[Wave, list[ListRow]]:
    """An open wave and its mailing list."""
    wave, rows = listed(actor, size)
    actions.open_wave(actor=actor, wave_id=wave.pk)
    return Wave.objects.get(pk=wave.pk), rows


OPTIONS = ("strongly", "rather", "neither", "hardly", "not-at-all", "unsure")


def answered(rows: Sequence[ListRow], chance: int = 3) -> None:
    """Everybody on the list answers on the web, each their own way."""
    random = Random(chance)
    for one in rows:
        actions.answer(
            code=one.code,
            answers={"convenience": random.choice(OPTIONS), "used": random.choice(("often", "never"))},
            client="192.0.2.1",
        )


def closed(actor: Actor, size: int = 60) -> Wave:
    """A closed wave that everybody answered."""
    wave, rows = opened(actor, size)
    answered(rows)
    actions.close_wave(actor=actor, wave_id=wave.pk)
    return Wave.objects.get(pk=wave.pk)


def published(actor: Actor, size: int = 60) -> UUID:
    """A published wave."""
    wave = closed(actor, size)
    actions.publish(actor=actor, wave_id=wave.pk)
    return wave.pk
