"""National files as the Digital Agency publishes them, and as one municipality a line; the cities but one are made up."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from dokodemo.kernel.packs import open_pack
from dokodemo.promotion.national.definitions import NationalList, load_lists

ARAO = "432041"
HEADER = ("団体コード", "都道府県名", "市区町村名", "人口")
type City = tuple[str, str, str, int | None]


def the_list() -> NationalList:
    """The list of 2024 as the packs have it."""
    return load_lists(open_pack("japan"))[0]


def code(five: int) -> str:
    """A code of six digits from its first five."""
    digits = f"{five:05}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, (6, 5, 4, 3, 2), strict=True))
    return f"{digits}{(11 - total % 11) % 10}"


def cities(
    count: int, *, first: int = 43205, prefecture: str = "熊本県", population: int = 20_000
) -> list[City]:
    """Made-up municipalities of one prefecture in the order of their codes."""
    return [(code(first + n), prefecture, f"見本{first + n}町", population + 1000 * n) for n in range(count)]


def arao(population: int | None = 50_000) -> City:
    return (ARAO, "熊本県", "荒尾市", population)


def values(place: int, national: NationalList | None = None) -> list[str]:
    """Cells for every indicator, different from city to city."""
    numbers = {"card": f"{50 + place % 40}%", "care_26": f"{place % 101}%", "often_used_32": "63%"}
    counts = {"often_used_performed": "24", "often_used_online": str(place % 25)}
    found = []
    for one in (national or the_list()).indicators:
        words = "実施" if place % 3 else "未実施"
        found.append({**numbers, **counts}.get(one.code, words))
    return found


def by_line(
    rows: Sequence[City],
    *,
    change: Mapping[tuple[int, str], str] | None = None,
    encoding: str = "utf-8-sig",
    header: Sequence[str] | None = None,
) -> bytes:
    """One municipality a line. `change`: (row from 0, column) → another cell."""
    names = [*HEADER, *(one.published for one in the_list().indicators)]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header or names)
    for place, row in enumerate(rows):
        cells = dict(
            zip(names, [*("" if one is None else str(one) for one in row), *values(place)], strict=True)
        )
        cells.update({column: cell for (at, column), cell in (change or {}).items() if at == place})
        writer.writerow(cells.values())
    return out.getvalue().encode(encoding)


def across(rows: Sequence[City], *, names: Sequence[str] | None = None) -> bytes:
    """Municipalities in columns, as published: names without codes, the second row's name with a stray blank."""
    columns = [values(place) for place in range(len(rows))]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["", "", *(names or [row[2] for row in rows])])
    for at, one in enumerate(the_list().indicators):
        writer.writerow(["分野", f"{one.published} ", *(column[at] for column in columns)])
    return out.getvalue().encode("utf-8-sig")


def listed(rows: Sequence[City]) -> bytes:
    """The list that gives names their codes; its line of the prefecture has no name."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([*HEADER, "市区町村名（カナ）"])
    writer.writerow(["430005", "熊本県", "", "", ""])
    for row in rows:
        writer.writerow([*("" if one is None else one for one in row), "ﾐﾎﾝ"])
    return out.getvalue().encode("utf-8-sig")
