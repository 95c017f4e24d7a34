"""Observed values as a table (観測値CSV): the columns, and from a file's bytes to values or a report by line.

Owns the columns. Pure: never stores and never decides who may.

    indicator,from,to,value,unit,numerator,denominator,status,vintage,published_on,source,evidence,
    answers,low,high,survey,wave
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from pydantic import ValidationError

from dokodemo.kernel.tables import Problems, as_written, decode, records
from dokodemo.promotion.indicators.definitions import STATUSES, Indicator, Observed
from dokodemo.promotion.indicators.observing import faults, same

COLUMNS: Final = (
    "indicator",
    "from",
    "to",
    "value",
    "unit",
    "numerator",
    "denominator",
    "status",
    "vintage",
    "published_on",
    "source",
    "evidence",
    "answers",
    "low",
    "high",
    "survey",
    "wave",
)
NEEDED: Final = ("indicator", "from", "to", "value", "unit", "vintage", "published_on", "source")
MOST_LINES = 100_000
# Columns that Python cannot call as the file does.
_FIELDS = {"from": "from_"}


def read_table(data: bytes, indicators: Mapping[str, Indicator], today: date) -> list[Observed]:
    """The values of a file, in its order. Raises TableRefused with every wrong line; nothing of it is taken then."""
    rows = records(decode(data))
    problems = Problems()
    header: list[str] = next(rows, (1, []))[1]
    for column in header:
        if column not in COLUMNS:
            problems.add(1, column, "There is no such column.", f"Columns are {', '.join(COLUMNS)}.")
        elif header.count(column) > 1:
            problems.add(1, column, "The column is there twice.", "Take one out.")
    for column in NEEDED:
        if column not in header:
            problems.add(1, column, "The column is missing.", "Add it.")
    problems.refuse()
    found: list[Observed] = []
    seen: dict[tuple[object, ...], int] = {}
    for line, cells in rows:
        if len(found) >= MOST_LINES:
            problems.add(line, "", f"There are more than {MOST_LINES:,} lines.", "Split the file.")
            break
        if len(cells) != len(header):
            message = f"The line has {len(cells)} cells and the header {len(header)}."
            problems.add(line, "", message, 'A comma inside a cell asks for quotes: "a, b".')
            continue
        one = _line(line, dict(zip(header, map(as_written, cells), strict=True)), indicators, today, problems)
        if one is None:
            continue
        first = seen.setdefault(same(one), line)
        if first != line:
            problems.add(line, "", f"Line {first} has the same period and vintage.", "Keep one of them.")
        found.append(one)
    if not found and not problems.total:
        problems.add(2, "", "The file has no values.", "Write one value in each line below the header.")
    problems.refuse()
    return found


def cells_of(one: Observed, unit: str) -> list[str]:
    """A value as the cells of its line, in the order of the columns."""
    cells = (unit if name == "unit" else getattr(one, _FIELDS.get(name, name)) for name in COLUMNS)
    return ["" if cell is None else str(cell) for cell in cells]


def _line(
    line: int,
    cells: Mapping[str, str],
    indicators: Mapping[str, Indicator],
    today: date,
    problems: Problems,
) -> Observed | None:
    indicator = indicators.get(cells["indicator"])
    if indicator is None:
        problems.add(line, "indicator", "There is no such indicator.", "Write a code of the plan, like K1.")
        return None
    if cells["unit"] != indicator.unit:
        problems.add(line, "unit", "The indicator has another unit.", f"Its unit is {indicator.unit}.")
        return None
    given = {name: text for name, text in cells.items() if text and name != "unit"}
    try:
        one = Observed.model_validate(given)
    except ValidationError as error:
        for wrong in error.errors():
            column = str(wrong["loc"][0])
            problems.add(line, column, f"{message_of(column)}.", _REMEDY.get(column, _ANY))
        return None
    wrong_before = problems.total
    for column, message, remedy in faults(one, indicator, today):
        problems.add(line, column, f"{message}.", f"{remedy}.")
    return one if problems.total == wrong_before else None


def message_of(column: str) -> str:
    """What is wrong with a cell that is no value of its column, in English and without a full stop."""
    return _SAID.get(column, _OTHER)


_OTHER, _ANY = "The cell cannot be read", "Correct it."
_SAID = {
    "from": "This is not a day",
    "to": "This is not a day",
    "published_on": "This is not a day",
    "value": "This is not a number",
    "numerator": "This is not a whole number",
    "denominator": "This is not a whole number",
    "answers": "This is not a whole number",
    "wave": "This is not a whole number",
    "low": "This is not a number",
    "high": "This is not a number",
    "status": "There is no such status",
}
_REMEDY = {
    "from": "Write it like 2019-04-01.",
    "to": "Write it like 2020-03-31.",
    "published_on": "Write it like 2020-11-20.",
    "value": "Write it like 57.0, with four decimals at most and no unit.",
    "numerator": "Write digits only.",
    "denominator": "Write digits only.",
    "answers": "Write digits only, from 1.",
    "wave": "Write digits only, from 1.",
    "low": "Write it like 57.0, with four decimals at most and no unit.",
    "high": "Write it like 57.0, with four decimals at most and no unit.",
    "status": f"Choose one of {', '.join(STATUSES)}.",
}
