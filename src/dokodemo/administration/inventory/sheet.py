"""The table that sections fill in (確認表CSV): written from rows, read back line by line.

Owns its columns and words. Pure; a problem names its column and the key of a text that says what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dokodemo.administration.inventory.coding import count_of, fold
from dokodemo.administration.inventory.definitions import OnlineState, Performed
from dokodemo.administration.inventory.logic import Answer
from dokodemo.administration.inventory.standing import Standing
from dokodemo.kernel.tables import LineProblem, Problems, TableRefused, as_csv, as_written, decode, records

NUMBER, SECTION, REVISION = "手続ID", "担当課", "版"
# Field of an answer → its column.
COLUMNS = {
    "performed": "実施の有無",
    "online": "オンライン化",
    "lacks": "足りないもの",
    "missing": "足りないものの説明",
    "reason": "適用除外の理由",
    "via_mynaportal": "マイナポータル",
    "yearly": "年間件数",
    "yearly_online": "うちオンライン",
}
_SHOWN = ("手続名", "法令名", "根拠条項号", "定義", "年間件数の推計")
HEADER = (NUMBER, *_SHOWN[:3], SECTION, REVISION, "定義", *COLUMNS.values(), "年間件数の推計")
PERFORMED = {Performed.PERFORMED: "実施", Performed.NOT_PERFORMED: "未実施", Performed.UNKNOWN: "不明"}
ONLINE = {
    OnlineState.FULL: "全部",
    OnlineState.PARTIAL: "一部",
    OnlineState.NOT_YET: "未対応",
    OnlineState.EXCLUDED: "適用除外",
}
LACKS = {"payment": "納付", "booking": "予約", "counter": "来庁", "originals": "原本", "collection": "受取"}
YES, NO = "はい", "いいえ"


@dataclass(frozen=True)
class Line:
    """One line as read: its place in the file, the row, the section, the revision it was downloaded with, the answer.

    `says` is False where every cell of the answer is empty.
    """

    line: int
    number: str
    section: str
    revision: int
    answer: Answer
    says: bool


def write(standings: Iterable[Standing]) -> bytes:
    """The table in UTF-8 with BOM, so that spreadsheets read it as it is."""
    return as_csv([HEADER, *(list(_cells(row)) for row in standings)])


def _cells(row: Standing) -> Iterator[str]:
    answer = row.answer
    yield from (row.number, row.name, row.law, row.article, row.section, str(row.revision))
    yield "; ".join(row.definitions)
    yield PERFORMED[answer.performed] if answer.performed else ""
    yield ONLINE[answer.online] if answer.online else ""
    yield "; ".join(LACKS.get(lack, lack) for lack in answer.lacks)
    yield from (answer.missing, answer.reason)
    yield "" if answer.via_mynaportal is None else YES if answer.via_mynaportal else NO
    yield from ("" if number is None else str(number) for number in (answer.yearly, answer.yearly_online))
    yield "" if row.estimate is None else str(row.estimate)


def read(data: bytes) -> list[Line]:
    """Every line of a table. Raises TableRefused; the message of each problem is a key of a text."""
    try:
        rows = list(records(decode(data)))
    except TableRefused as refused:
        key = "inventory.sheet.encoding" if refused.encoding else "inventory.sheet.quotes"
        raise TableRefused(
            [LineProblem(p.line, "", key, "") for p in refused.problems], encoding=refused.encoding
        ) from None
    problems = Problems()
    if not rows:
        raise TableRefused([LineProblem(1, "", "inventory.sheet.empty", "")])
    places = _header(rows[0], problems)
    problems.refuse()
    found: list[Line] = []
    seen: set[str] = set()
    for line, cells in rows[1:]:
        if len(cells) != len(rows[0][1]):
            problems.add(line, "", "inventory.sheet.cells", "")
            continue
        parsed = _line(line, {name: as_written(cells[place]) for name, place in places.items()}, problems)
        if parsed is None:
            continue
        if parsed.number in seen:
            problems.add(line, NUMBER, "inventory.sheet.twice", "")
        seen.add(parsed.number)
        found.append(parsed)
    problems.refuse()
    return found


def _header(first: tuple[int, list[str]], problems: Problems) -> dict[str, int]:
    line, names = first
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        if name not in HEADER:
            problems.add(line, name[:40], "inventory.sheet.unknown_column", "")
        elif name in places:
            problems.add(line, name, "inventory.sheet.column_twice", "")
        places[name] = place
    for name in HEADER:
        if name not in places and name not in _SHOWN:
            problems.add(line, name, "inventory.sheet.column_missing", "")
    return places


def _line(line: int, cells: dict[str, str], problems: Problems) -> Line | None:
    before = problems.total
    values: dict[str, object] = {}
    for field, column in COLUMNS.items():
        try:
            values[field] = _value(field, cells[column])
        except ValueError:
            problems.add(line, column, f"inventory.sheet.bad_{field}", "")
    revision = fold(cells[REVISION])
    if not (revision.isascii() and revision.isdecimal() and len(revision) < 7):
        problems.add(line, REVISION, "inventory.sheet.bad_revision", "")
    if problems.total > before:
        return None
    says = any(cells[column] for column in COLUMNS.values())
    return Line(line, fold(cells[NUMBER]), cells[SECTION], int(revision), Answer(**values), says)  # type: ignore[arg-type]


def _value(field: str, cell: str) -> object:
    """A cell as the field of an answer; words and codes are both understood. Raises ValueError."""
    word = fold(cell)
    if field in ("missing", "reason"):
        return cell
    if field in ("yearly", "yearly_online"):
        return count_of(cell)
    if field == "lacks":
        pieces = cell.replace("；", ";").replace("、", ";").replace("・", ";").replace(",", ";").split(";")
        return tuple(dict.fromkeys(_named(LACKS, fold(piece)) for piece in pieces if piece.strip()))
    if not word:
        return None
    if field == "via_mynaportal":
        if word not in (YES, NO, "○", "×"):
            raise ValueError(word)
        return word in (YES, "○")
    return _named(PERFORMED, word) if field == "performed" else _named(ONLINE, word)


def _named[K: str](words: dict[K, str], word: str) -> K:
    for name, label in words.items():
        if word in (label, str(name)):
            return name
    raise ValueError(word)
