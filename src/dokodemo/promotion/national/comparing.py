"""Other cities beside this one (他の自治体との比較): an edition of the national file, a group of it, and how the group lies.

Owns which cities are comparable: those of the same prefecture or of the same band of population, as the reader chooses.
Never ranks: a table follows the municipality code, and a group too small for a spread is said to be so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from dokodemo.kernel.packs import City, open_pack
from dokodemo.kernel.prepared import Prepared
from dokodemo.promotion.national import queries
from dokodemo.promotion.national.definitions import NationalIndicator, NationalList
from dokodemo.promotion.national.logic import BANDS, Cell, Spread, Value, band_of, shares, spread_of
from dokodemo.promotion.national.models import Edition, Municipality

PAGE, MOST_EDITIONS = 50, 100
PREFECTURE, NATION = "prefecture", "nation"


@dataclass(frozen=True)
class Choice:
    """What the reader chose: the area (prefecture or nation), a band of population ("" for any), an indicator ("" for all)."""

    area: str = PREFECTURE
    band: str = ""
    indicator: str = ""


@dataclass(frozen=True)
class Compared:
    """One indicator: our published value, what the city confirmed itself, and the group's spread or shares.

    `spread` is None for words and for too few; `shares` (word → cities) is None for numbers and for too few; `known`: how
    many of the group have a value.
    """

    indicator: NationalIndicator
    ours: Cell | None
    confirmed: Value | None
    known: int
    spread: Spread | None
    shares: dict[str, int] | None


@dataclass(frozen=True)
class Comparison:
    """A group beside this city. `rows`: its cities in the order of their codes, this city left out."""

    edition: Edition
    national: NationalList
    choice: Choice
    ours: Municipality | None
    prefecture: str
    cities: int
    compared: tuple[Compared, ...]
    confirmed_year: int | None


def editions() -> list[Edition]:
    """Every vintage, the newest first."""
    return list(Edition.objects.order_by("-year", "-number")[:MOST_EDITIONS])


def edition(wanted: str = "") -> Edition | None:
    """The vintage called `wanted` (year and number, 2024-1), else the newest; None before the first import."""
    year, _, number = wanted.partition("-")
    if all(one.isascii() and one.isdecimal() and len(one) < 5 for one in (year, number)):
        found = Edition.objects.filter(year=int(year), number=int(number)).first()
        if found is not None:
            return found
    return _NEWEST.first()


_NEWEST = Prepared(lambda: Edition.objects.order_by("-year", "-number")[:1])


def ours(one: Edition) -> Municipality | None:
    """This city's own row in an edition."""
    return one.rows.filter(code=_city_code()).first()


def group(one: Edition, choice: Choice) -> QuerySet[Municipality]:
    """The cities of a choice in the order of their codes, this city left out."""
    found = one.rows.exclude(code=_city_code()).order_by("code")
    if choice.area == PREFECTURE:
        found = found.filter(prefecture=prefecture_of(one))
    if choice.band in BANDS:
        least, below = BANDS[choice.band]
        found = found.filter(population__gte=least)
        if below is not None:
            found = found.filter(population__lt=below)
    return found


def own_band(one: Edition) -> str:
    """The band this city lies in; empty where its population is not known."""
    found = ours(one)
    return band_of(found.population) if found is not None else ""


def prefecture_of(one: Edition) -> str:
    """This city's prefecture as the edition writes it, else as the pack does."""
    found = ours(one)
    return found.prefecture if found is not None else _city_of(settings.DOKODEMO_PACK).prefecture.ja


def compare(one: Edition, choice: Choice) -> Comparison:
    """A group beside this city, each indicator for itself; two reads of the table, however large the group."""
    national = queries.national_list(one.year)
    assert national is not None
    wanted = [i for i in national.indicators if choice.indicator in ("", i.code)]
    values = list(group(one, choice).values_list("values", flat=True))
    own, last = ours(one), queries.last_confirmed()
    said = {} if last is None else {line.indicator.code: line.value for line in last.lines}
    compared = []
    for indicator in wanted:
        known = [cells[indicator.code] for cells in values if cells.get(indicator.code) is not None]
        words = indicator.kind in ("yes_no", "choice")
        compared.append(
            Compared(
                indicator,
                own.values.get(indicator.code) if own is not None else None,
                said.get(indicator.code),
                len(known),
                None if words else spread_of(known),
                shares(indicator.shape, known) if words else None,
            )
        )
    return Comparison(
        one,
        national,
        choice,
        own,
        own.prefecture if own is not None else prefecture_of(one),
        len(values),
        tuple(compared),
        last.year if last is not None else None,
    )


def page_of(one: Edition, choice: Choice, page: int) -> Page[Municipality]:
    """One page of the cities of a choice."""
    return Paginator(group(one, choice), PAGE).get_page(page)


def everything(one: Edition, choice: Choice) -> Sequence[Municipality]:
    """Every city of a choice for a table: no more than the nation has."""
    return list(group(one, choice))


@lru_cache(maxsize=4)
def _city_of(pack: str) -> City:
    return open_pack(pack).city


def _city_code() -> str:
    return _city_of(settings.DOKODEMO_PACK).code
