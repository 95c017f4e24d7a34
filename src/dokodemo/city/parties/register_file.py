"""A register file as a whole (住民情報CSV): encoding, header, rows, and what rows say about each other.

Owns the report of everything that is wrong, by line. Never writes, and keeps only keys of the rows in memory.
"""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from dokodemo.city.parties.addresses import address_of
from dokodemo.city.parties.definitions import CHILD, PARENTS, Status
from dokodemo.city.parties.register_columns import (
    NAMES,
    REQUIRED,
    Surroundings,
    check_cells,
    check_row,
    is_head,
)
from dokodemo.kernel.tables import Problems, decode, records

type Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class RowKey:
    """What of a row is compared with other rows; `address` and `born` only inside this check."""

    line: int
    household: str
    is_head: bool
    relation: str
    status: str
    born: str
    address: str


@dataclass(frozen=True, slots=True)
class StoredKey:
    """What the database says of a person whose household the file touches."""

    number: str
    household: str
    is_head: bool
    status: str


@dataclass(frozen=True)
class RegisterFile:
    """A decoded file with a correct header; `count` is the number of its lines, for progress."""

    text: str
    header: tuple[str, ...]
    count: int

    def rows(self) -> Iterator[tuple[int, dict[str, str] | None]]:
        """Each row with the line it begins in; None when the number of cells is wrong. Raises TableRefused on broken quotes."""
        lines = records(self.text)
        next(lines)
        for line, cells in lines:
            fits = len(cells) == len(self.header)
            yield line, dict(zip(self.header, cells, strict=True)) if fits else None


def open_register(data: bytes) -> RegisterFile:
    """Decode a file and check its header. Raises TableRefused."""
    text = decode(data)
    first = text.split("\n", 1)[0].rstrip("\r")
    try:
        header = next(csv.reader([first], strict=True), [])
    except csv.Error:
        header = []
    names = tuple(name.strip() for name in header)
    problems = Problems()
    if len(names) <= 1:
        separator = "tabs" if "\t" in first else "semicolons" if ";" in first else None
        message = f"Columns are separated by {separator}." if separator else "There is no header of columns."
        problems.add(1, "", message, f"Separate with commas; begin with {', '.join(NAMES[:3])}, …")
        problems.refuse()
    for name in sorted({name for name in names if names.count(name) > 1}):
        problems.add(1, name, "stands twice in the header.", "Remove one of the two columns.")
    for name in names:
        if name not in NAMES:
            near = get_close_matches(name, NAMES, n=1)
            problems.add(
                1,
                name[:40],
                "is not a column of a register file.",
                f"Did you mean {near[0]}?"
                if near
                else "Remove it; docs/guide/register-csv.md lists the columns.",
            )
    for name in sorted(REQUIRED - set(names)):
        problems.add(1, name, "is missing in the header.", "Add the column.")
    problems.refuse()
    return RegisterFile(text, names, text.count("\n") + (not text.endswith("\n")))


def survey(
    file: RegisterFile, around: Surroundings, problems: Problems, progress: Progress | None = None
) -> dict[str, RowKey]:
    """Check every row by itself and return the keys of the sound ones by resident number; problems are noted."""
    keys: dict[str, RowKey] = {}
    for done, (line, cells) in enumerate(file.rows()):
        if progress is not None and done % 500 == 0:
            progress("check", done, file.count - 1)
        if cells is None:
            problems.add(
                line, "", "The number of cells differs from the header.", "Look for a missing or extra comma."
            )
            continue
        refused = check_cells(cells) or check_row(cells, around)
        for column, refusal in refused:
            problems.add(line, column, refusal.message, refusal.remedy)
        number = cells["residentNumber"]
        if number and number in keys:
            first = keys[number].line
            problems.add(
                line, "residentNumber", f"stands already in line {first}.", "Remove one of the two lines."
            )
        elif not refused:
            keys[number] = _key(line, cells)
    if not keys and not problems.total:
        problems.add(2, "", "The file has no person.", "Export the register again.")
    return keys


def _key(line: int, cells: dict[str, str]) -> RowKey:
    return RowKey(
        line=line,
        household=cells["householdNumber"],
        is_head=is_head(cells),
        relation=cells["relationToHeadOfHousehold"],
        status=cells.get("status") or Status.RESIDENT.value,
        born=cells["dateOfBirth"],
        address=address_of(cells)["full"],
    )


def check_households(keys: Mapping[str, RowKey], stored: list[StoredKey], problems: Problems) -> None:
    """Check that after the import every household with residents has exactly one head, and fits together.

    `stored` are the persons of the database who are in the file or live in a household the file touches.
    """
    members: dict[str, list[RowKey]] = {}
    for key in keys.values():
        if key.status == Status.RESIDENT:
            members.setdefault(key.household, []).append(key)
    staying: dict[str, list[StoredKey]] = {}
    for person in stored:
        if person.number not in keys and person.status == Status.RESIDENT:
            staying.setdefault(person.household, []).append(person)
    for household, rows in members.items():
        heads = [row for row in rows if row.is_head]
        old_heads = sum(person.is_head for person in staying.get(household, ()))
        if len(heads) + old_heads > 1:
            line = (heads[1] if len(heads) > 1 else heads[0]).line
            problems.add(line, _RELATION, "is a second head of this household.", "Only one person is 世帯主.")
        elif not heads and not old_heads:
            problems.add(
                rows[0].line, _RELATION, "has no head: nobody of the household is 世帯主.", "Add the head."
            )
        _check_family(rows, heads[0] if heads else None, problems)
    moved = {person.number: person for person in stored if person.number in keys and person.is_head}
    for number, person in moved.items():
        left = staying.get(person.household, [])
        if (
            left
            and not any(p.is_head for p in left)
            and not any(r.is_head for r in members.get(person.household, ()))
        ):
            line = keys[number].line
            remedy = "Add a line for the person who becomes 世帯主."
            problems.add(line, _RELATION, "takes the head away from people who stay.", remedy)


_RELATION = "relationToHeadOfHousehold"


def _check_family(rows: list[RowKey], head: RowKey | None, problems: Problems) -> None:
    if head is None:
        return
    for row in rows:
        if row.address != head.address:
            problems.add(
                row.line,
                "streetAddress",
                "differs from the head of the household.",
                "Correct one of the two.",
            )
        if (row.relation == CHILD and row.born <= head.born) or (
            row.relation in PARENTS and row.born >= head.born
        ):
            remedy = "Correct the relation or the days of birth."
            problems.add(row.line, _RELATION, "does not fit the ages of the two.", remedy)
