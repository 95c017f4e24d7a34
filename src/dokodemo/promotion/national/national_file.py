"""The national file (国の公表ファイル): every municipality with its values, read from either of two layouts.

Owns the columns and how cities are told apart. Pure; a problem names line and column and the key of a text that says what
to do. Never guesses: a name that several cities share is taken only where the order of the codes leaves one of them.

Lines: one municipality a line, with code, prefecture, name, population, and a column for each indicator.
Columns: as the Digital Agency publishes it: row 1 has names from the third cell on, row by row a category, an indicator and
a value for each name. It has neither code nor population: a second file lists them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic_core import PydanticCustomError

from dokodemo.kernel.packs.definitions import local_government_code
from dokodemo.kernel.tables import LineProblem, Problems, TableRefused, as_written, decode, records
from dokodemo.promotion.national.definitions import NationalList
from dokodemo.promotion.national.logic import Cell, Unfit, count_of, folded, read_cell

COLUMNS = {"code": "団体コード", "prefecture": "都道府県名", "name": "市区町村名", "population": "人口"}
MOST_MUNICIPALITIES = 3000
LISTED = "（一覧表）"
type Progress = Callable[[str, int, int], None]
type Lines = list[tuple[int, list[str]]]


@dataclass(frozen=True)
class City:
    """A municipality of the file: 6-digit code, prefecture, name, population (None: not said), values by indicator."""

    code: str
    prefecture: str
    name: str
    population: int | None
    values: Mapping[str, Cell | None]


def text_of(data: bytes) -> str:
    """The text of a file in UTF-8 or in CP932 (Shift_JIS). Raises TableRefused for anything else."""
    try:
        return decode(data)
    except TableRefused as refused:
        if "CP932" not in refused.encoding:
            raise
        text = data.decode("cp932")
        if "\0" in text:
            raise TableRefused(refused.problems, encoding="?") from None
        return text


def read(
    data: bytes, national: NationalList, *, listed: bytes | None = None, progress: Progress | None = None
) -> list[City]:
    """Every municipality with its values, in the order of the codes. `listed`: the list that gives names their codes.

    Raises TableRefused with every problem.
    """
    rows = _rows(data, "")
    if [folded(cell) for cell in rows[0][1][:2]] == ["", ""]:
        if listed is None:
            raise TableRefused([LineProblem(rows[0][0], "", "national.file.list_needed", "")])
        return _published(rows, national, _listed(listed), progress)
    return _by_line(rows, national, progress)


def _rows(data: bytes, file: str) -> Lines:
    try:
        rows = list(records(text_of(data)))
    except TableRefused as refused:
        key = "national.file.encoding" if refused.encoding else "national.file.quotes"
        raise TableRefused(
            [LineProblem(one.line, file, key, "") for one in refused.problems], encoding=refused.encoding
        ) from None
    if len(rows) < 2:
        raise TableRefused([LineProblem(1, file, "national.file.empty", "")])
    return rows


# One municipality a line


def _by_line(rows: Lines, national: NationalList, progress: Progress | None) -> list[City]:
    problems = Problems()
    columns = COLUMNS | {one.code: one.published for one in national.indicators}
    places = _places(rows[0], columns, problems, "")
    if len(rows) - 1 > MOST_MUNICIPALITIES:
        problems.add(rows[MOST_MUNICIPALITIES + 1][0], "", "national.file.too_long", "")
    problems.refuse()
    found: list[City] = []
    seen: set[str] = set()
    for done, (line, cells) in enumerate(rows[1:]):
        if progress is not None and done % 100 == 0:
            progress("check", done, len(rows) - 1)
        city = _city(line, cells, len(rows[0][1]), places, problems, "")
        if city is None:
            continue
        if city.code in seen:
            problems.add(line, COLUMNS["code"], "national.file.twice", "")
        seen.add(city.code)
        values: dict[str, Cell | None] = {}
        for one in national.indicators:
            try:
                values[one.code] = read_cell(one.shape, as_written(cells[places[one.code]]))
            except Unfit as unfit:
                problems.add(line, one.published, str(unfit), "")
        found.append(replace(city, values=values))
    return _ordered(found, rows, problems, progress)


def _ordered(found: list[City], rows: Lines, problems: Problems, progress: Progress | None) -> list[City]:
    problems.refuse()
    if progress is not None:
        progress("check", len(rows) - 1, len(rows) - 1)
    return sorted(found, key=lambda city: city.code)


def _places(
    header: tuple[int, list[str]], columns: Mapping[str, str], problems: Problems, file: str
) -> dict[str, int]:
    """Where each column (key → its name) stands."""
    line, cells = header
    known = {folded(name): key for key, name in columns.items()}
    places: dict[str, int] = {}
    for place, column in enumerate(cells):
        key = known.get(folded(column))
        if key is None:
            # A list of municipalities may have readings and more beside what is needed.
            if not file:
                problems.add(line, column[:60], "national.file.unknown_column", "")
        elif key in places:
            problems.add(line, file + column[:60], "national.file.column_twice", "")
        else:
            places[key] = place
    for key, name in columns.items():
        if key not in places:
            problems.add(line, file + name, "national.file.column_missing", "")
    return places


def _city(
    line: int, cells: Sequence[str], width: int, places: Mapping[str, int], problems: Problems, file: str
) -> City | None:
    """A municipality without its values; None where the line cannot be read."""
    if len(cells) != width:
        problems.add(line, file, "national.file.cells", "")
        return None
    said = {key: as_written(cells[places[key]]) for key in COLUMNS}
    code, total = folded(said["code"]), problems.total
    try:
        local_government_code(code)
    except PydanticCustomError:
        problems.add(line, file + COLUMNS["code"], "national.file.code", "")
    for key, longest in (("prefecture", 20), ("name", 60)):
        if not 0 < len(said[key]) <= longest:
            problems.add(line, file + COLUMNS[key], "national.file.name", "")
    population = None
    if said["population"]:
        try:
            population = count_of(said["population"], "national.file.count")
        except Unfit as unfit:
            problems.add(line, file + COLUMNS["population"], str(unfit), "")
    return City(code, said["prefecture"], said["name"], population, {}) if problems.total == total else None


# As the Digital Agency publishes it


def _listed(data: bytes) -> list[City]:
    """The municipalities of a list, in the order of the codes; lines without a name are prefectures and passed over."""
    rows, problems = _rows(data, LISTED), Problems()
    places = _places(rows[0], COLUMNS, problems, LISTED)
    problems.refuse()
    found: dict[str, City] = {}
    for line, cells in rows[1:]:
        if len(cells) == len(rows[0][1]) and not cells[places["name"]]:
            continue
        city = _city(line, cells, len(rows[0][1]), places, problems, LISTED)
        if city is None:
            continue
        if city.code in found:
            problems.add(line, LISTED + COLUMNS["code"], "national.file.twice", "")
        found[city.code] = city
    problems.refuse()
    return sorted(found.values(), key=lambda city: city.code)


def _published(
    rows: Lines, national: NationalList, known: Sequence[City], progress: Progress | None
) -> list[City]:
    problems = Problems()
    line, header = rows[0]
    names = header[2:]
    while names and not names[-1]:
        names = names[:-1]
    if len(names) > MOST_MUNICIPALITIES:
        problems.add(line, "", "national.file.too_long", "")
        problems.refuse()
    cities = _told_apart(line, names, known, problems)
    indicators = {folded(one.published): one for one in national.indicators}
    values: list[dict[str, Cell | None]] = [{} for _ in names]
    seen: set[str] = set()
    for done, (at, cells) in enumerate(rows[1:]):
        if progress is not None:
            progress("check", done, len(rows) - 1)
        indicator = indicators.get(folded(cells[1])) if len(cells) > 1 else None
        if indicator is None:
            problems.add(at, (cells[1] if len(cells) > 1 else "")[:60], "national.file.unknown_row", "")
            continue
        if indicator.code in seen:
            problems.add(at, indicator.published, "national.file.column_twice", "")
        seen.add(indicator.code)
        if len(cells) < len(names) + 2 or any(cells[len(names) + 2 :]):
            problems.add(at, indicator.published, "national.file.cells", "")
            continue
        for place, cell in enumerate(cells[2 : len(names) + 2]):
            try:
                values[place][indicator.code] = read_cell(indicator.shape, as_written(cell))
            except Unfit as unfit:
                problems.add(at, f"{indicator.published} / {names[place]}"[:200], str(unfit), "")
    for one in national.indicators:
        if one.code not in seen:
            problems.add(line, one.published, "national.file.row_missing", "")
    problems.refuse()
    found = [
        replace(city, values=cells) for city, cells in zip(cities, values, strict=True) if city is not None
    ]
    return _ordered(found, rows, problems, progress)


def _told_apart(
    line: int, names: Sequence[str], known: Sequence[City], problems: Problems
) -> list[City | None]:
    """The municipality of each name. Several share some names (府中市): their columns stand in the order of the codes, so
    the neighbours with a name of their own leave one of them, or the column is a problem."""
    called: dict[str, list[City]] = {}
    for city in known:
        called.setdefault(folded(city.name), []).append(city)
        called.setdefault(folded(city.prefecture + city.name), []).append(city)
    columns = [called.get(folded(name), []) for name in names]
    times = Counter(folded(name) for name in names)
    sure = [
        cities[0].code if len(cities) == 1 and times[folded(name)] == 1 else ""
        for name, cities in zip(names, columns, strict=True)
    ]
    codes = [code for code in sure if code]
    in_order = codes == sorted(codes)
    found: list[City | None] = []
    for place, (name, cities) in enumerate(zip(names, columns, strict=True)):
        low = next((code for code in reversed(sure[:place]) if code), "")
        high = next((code for code in sure[place + 1 :] if code), "999999")
        fitting = cities if sure[place] else [c for c in cities if in_order and low < c.code < high]
        if not cities:
            problems.add(line, name[:60], "national.file.unknown_city", "")
        elif len(fitting) != 1:
            problems.add(line, name[:60], "national.file.which_city", "")
        found.append(fitting[0] if len(fitting) == 1 else None)
    taken = Counter(city.code for city in found if city is not None)
    for name, one in zip(names, found, strict=True):
        if one is not None and taken[one.code] > 1:
            problems.add(line, name[:60], "national.file.twice", "")
    return found
