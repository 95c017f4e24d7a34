"""Tables as CSV (表の取込・行ごとの報告・書き出し): the register, the survey, a section's confirmations.

Owns how a wrong line is told, how bytes become text and records, and which cells a spreadsheet would take for a formula.
Never knows what a column means.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import batched

PROBLEM_LIMIT = 200
ROWS_OF_A_PART = 500
# A spreadsheet would take a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SAVE_AGAIN = "Save it as “CSV UTF-8”; characters that an older encoding has lost must be exported again from their source."


@dataclass(frozen=True, slots=True)
class LineProblem:
    """One thing that is wrong: the line (the header is 1), the column, what it is, what to do. Never repeats a whole cell."""

    line: int
    column: str
    message: str
    remedy: str

    def __str__(self) -> str:
        place = f"line {self.line}" + (f", {self.column}" if self.column else "")
        return f"{place}: {self.message} {self.remedy}"

    def as_json(self) -> dict[str, str | int]:
        """The four parts as a plain dict."""
        return asdict(self)


class TableRefused(Exception):
    """A table cannot be taken in, and nothing was changed: the first problems and how many there are.

    `encoding` is what the file seems to be in, where that is the reason.
    """

    def __init__(self, problems: list[LineProblem], total: int | None = None, *, encoding: str = "") -> None:
        self.encoding = encoding
        self.problems = sorted(problems, key=lambda p: p.line)[:PROBLEM_LIMIT]
        self.total = len(problems) if total is None else total
        super().__init__(f"The table has {self.total} problems; nothing was changed.")


@dataclass(slots=True)
class Problems:
    """Collects problems: keeps the first `PROBLEM_LIMIT`, counts all."""

    first: list[LineProblem] = field(default_factory=list)
    total: int = 0

    def add(self, line: int, column: str, message: str, remedy: str) -> None:
        """Note one problem."""
        self.total += 1
        if len(self.first) < PROBLEM_LIMIT:
            self.first.append(LineProblem(line, column, message, remedy))

    def refuse(self) -> None:
        """Raises TableRefused when anything was noted."""
        if self.total:
            raise TableRefused(self.first, self.total)


def decode(data: bytes) -> str:
    """The text of a file in UTF-8, with or without BOM. Raises TableRefused that names the encoding it found."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _not_utf8(1, "UTF-16")
    if data.startswith(b"PK\x03\x04"):
        message = "The file is an Excel workbook, not a CSV."
        problem = LineProblem(1, "", message, "Save its sheet as “CSV UTF-8”.")
        raise TableRefused([problem], encoding="Excel")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    else:
        if "\0" in text:
            raise _not_utf8(text.count("\n", 0, text.index("\0")) + 1, "UTF-16 or binary")
        return text
    try:
        data.decode("cp932")
    except UnicodeDecodeError:
        raise _not_utf8(line, None) from None
    raise _not_utf8(line, "Shift_JIS (CP932)")


def _not_utf8(line: int, found: str | None) -> TableRefused:
    message = f"The file is in {found}, not in UTF-8." if found else "The file is not text in UTF-8."
    problem = LineProblem(line, "", message, _SAVE_AGAIN)
    return TableRefused([problem], encoding=found or "?")


def records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it begins in; cells stripped, empty lines passed over. Raises TableRefused."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield begins, stripped
            begins = reader.line_num + 1
    except csv.Error:
        message, remedy = "The quotes of this line do not fit.", 'Write a quote inside a cell as "".'
        raise TableRefused([LineProblem(begins, "", message, remedy)]) from None


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: a mark stands before what looks like one."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def as_written(cell: str) -> str:
    """A cell without the mark of `harmless`."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def as_csv(rows: Iterable[Sequence[str | int]]) -> bytes:
    """Rows as a file: UTF-8 with the mark that spreadsheets need, CRLF, no cell that counts as a formula."""
    return b"".join(csv_parts(rows))


def csv_parts(rows: Iterable[Sequence[str | int]]) -> Iterator[bytes]:
    """The same file in parts of some rows, each made when it is asked for, so that a long table is never in memory whole."""
    part = "\ufeff"
    for some in batched(rows, ROWS_OF_A_PART):
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator="\r\n").writerows(
            [harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in some
        )
        yield (part + out.getvalue()).encode()
        part = ""
    if part:
        yield part.encode()
