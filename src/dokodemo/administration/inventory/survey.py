"""The national survey as rows (棚卸調査の行): from the text of a file to what each procedure says about itself.

Owns which rows concern a city and every check of a single row. Pure; never writes, and keeps the survey's own words for
names of procedures and laws.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from dokodemo.administration.inventory.coding import Coder, UnknownValue, count_of, fold
from dokodemo.administration.inventory.editions import Edition, Header, find_header
from dokodemo.kernel.packs import PackModel
from dokodemo.kernel.tables import Problems, decode, records

type Progress = Callable[[str, int, int], None]

CITY_OFFICE = "市役所・町村役場"
_ID = re.compile(r"[A-Z]{0,4}[0-9]{3,20}")
_FILERS = {"citizens", "businesses", "citizens_or_businesses"}
_LOCAL = {"local", "agency_or_local", "nation_or_local", "any_authority"}
_PROGRESS_EVERY = 500
LONGEST = {"手続名": 300, "法令名": 200, "根拠条項号": 80}
# Field → column and code list. Cells of other columns are kept as they are, or not at all.
_ONE = {
    "affairs": ("事務区分", "affairs"),
    "online_status": ("オンライン化の実施状況", "online_status"),
    "fee": ("手数料等の納付有無", "fee"),
}
_MANY = {
    "concerns": ("オンライン化の実施予定及び検討時の懸念点", "concern"),
    "identity": ("申請等における本人確認手法", "identity"),
    "fee_methods": ("手数料等の納付方法", "fee_method"),
    "information": ("申請書等に記載させる情報", "information"),
    "evidence": ("申請時に添付させる書類", "evidence"),
    "events_person": ("手続が行われるイベント(個人)", "event_person"),
    "events_business": ("手続が行われるイベント(法人)", "event_business"),
    "professions": ("申請に関連する士業", "profession"),
}
_COUNTS = {"total": "総手続件数", "online": "オンライン手続件数", "offline": "非オンライン手続件数"}
_TEXTS = {
    "ministry": "所管府省庁",
    "name": "手続名",
    "law": "法令名",
    "law_number": "法令番号",
    "article": "根拠条項号",
    "period_online": "処理期間(オンライン)",
    "period_offline": "処理期間(非オンライン)",
    "system": "情報システム(申請)",
}
_NOTES = (
    "関連条項号",
    "関連する根拠法令",
    "手続(類型、主体、受け手等)に関する補足",
    "オンライン化の実施状況に関する補足",
    "手数料等に関する補足",
    "添付書類等に関する補足",
    "士業、機関に関する補足",
)


class SurveyRow(PackModel):
    """One procedure as the survey describes it; codes by the names of inventory/codes.yaml, texts in its own words.

    `total`, `online`, `offline` are cases a year in the whole country: None where the cell is empty, and 0 where the
    survey writes 0, which mostly means that nobody reported. `office_named` is False when the survey does not say
    where it is filed. `life_events` are codes of the pack, from both lists of events.
    """

    number: str
    edition: str
    name: str
    ministry: str = ""
    law: str = ""
    law_number: str = ""
    article: str = ""
    filer: str
    receiver: str
    affairs: str | None = None
    online_status: str | None = None
    fee: str | None = None
    concerns: tuple[str, ...] = ()
    identity: tuple[str, ...] = ()
    fee_methods: tuple[str, ...] = ()
    information: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    events_person: tuple[str, ...] = ()
    events_business: tuple[str, ...] = ()
    professions: tuple[str, ...] = ()
    life_events: tuple[str, ...] = ()
    period_online: str = ""
    period_offline: str = ""
    system: str = ""
    total: int | None = None
    online: int | None = None
    offline: int | None = None
    offices: tuple[str, ...] = ()
    office_named: bool
    notes: dict[str, str] = {}

    @property
    def national_volume(self) -> int | None:
        """Cases a year in the country; None when nobody reported, which the survey writes as 0 or leaves empty."""
        return self.total or None


@dataclass
class Survey:
    """What a file holds: its edition, the rows that concern a city, and how many concern other authorities only."""

    edition: Edition
    rows: list[SurveyRow] = field(default_factory=list)
    elsewhere: int = 0


def read_survey(data: bytes, coder: Coder, progress: Progress | None = None) -> Survey:
    """Read a survey file. `progress("check", done, total)` is called now and then. Raises TableRefused by line."""
    text = decode(data)
    lines = max(text.count("\n"), 1)
    rows = records(text)
    header = find_header(rows)
    survey, problems = Survey(header.edition), Problems()
    seen: dict[str, int] = {}
    for done, (line, cells) in enumerate(_data(rows, header, coder)):
        if progress is not None and done % _PROGRESS_EVERY == 0:
            progress("check", done, lines)
        if len(cells) != header.width:
            problems.add(
                line,
                "",
                f"has {len(cells)} cells, the header {header.width}.",
                "Look for a missing or extra comma.",
            )
            continue
        row = {column: cells[place] for column, place in header.places.items()}
        number = fold(row["手続ID"])
        if number in seen:
            problems.add(
                line, "手続ID", f"stands already in line {seen[number]}.", "Remove one of the two lines."
            )
            continue
        seen[number] = line
        try:
            if not _is_filed_with_local_government(row, coder) or not _may_be_a_citys(row):
                survey.elsewhere += 1
                continue
        except UnknownValue:
            pass
        found = _row(number, row, header.edition.name, line, coder, problems)
        if found is not None:
            survey.rows.append(found)
    if not seen and not problems.total:
        problems.add(header.line + 1, "", "The file has no procedure.", "Export the survey again.")
    problems.refuse()
    if progress is not None:
        progress("check", lines, lines)
    return survey


def _data(
    rows: Iterator[tuple[int, list[str]]], header: Header, coder: Coder
) -> Iterator[tuple[int, list[str]]]:
    """The rows below the header, without a second line of headings directly under it."""
    first = next(rows, None)
    if first is None:
        return iter(())
    _, cells = first
    if len(cells) == header.width and not _ID.fullmatch(fold(cells[header.places["手続ID"]])):
        try:
            heading = coder.one("kind", cells[header.places["手続類型"]]) is None
        except UnknownValue:
            heading = True
        if heading:
            return rows
    return chain([first], rows)


def _is_filed_with_local_government(row: Mapping[str, str], coder: Coder) -> bool:
    """Raises UnknownValue. An empty cell decides nothing where a city office is named: the row is then told as wrong."""
    kind = coder.one("kind", row["手続類型"])
    filer, receiver = coder.one("party", row["手続主体"]), coder.one("party", row["手続の受け手"])
    if None in (kind, filer, receiver):
        return fold(CITY_OFFICE) in fold(row["申請を提出する機関"])
    return kind == "application" and filer in _FILERS and receiver in _LOCAL


def _may_be_a_citys(row: Mapping[str, str]) -> bool:
    office = row["申請を提出する機関"]
    return not office or fold(CITY_OFFICE) in fold(office)


def _row(
    number: str, row: Mapping[str, str], edition: str, line: int, coder: Coder, problems: Problems
) -> SurveyRow | None:
    """The row as a value; None when anything is wrong with it, which is noted."""
    before = problems.total
    if not _ID.fullmatch(number):
        problems.add(line, "手続ID", "is no 手続ID.", "Write it as in the survey, like 9108 or DP24108216.")
    if not row["手続名"]:
        problems.add(line, "手続名", "is empty.", "Write the name of the procedure.")
    for column, longest in LONGEST.items():
        if len(row[column]) > longest:
            problems.add(line, column, f"is longer than {longest} characters.", "Shorten it.")
    values: dict[str, object] = {name: row.get(column, "") for name, column in _TEXTS.items()}
    for name, column in (("kind", "手続類型"), ("filer", "手続主体"), ("receiver", "手続の受け手")):
        values[name] = _coded(
            coder, row, line, column, "kind" if name == "kind" else "party", problems, one=True
        )
        if values[name] is None and row[column] == "":
            problems.add(line, column, "is empty.", "Write one of the codes of the survey.")
    for name, (column, listed) in _ONE.items():
        values[name] = _coded(coder, row, line, column, listed, problems, one=True)
    for name, (column, listed) in _MANY.items():
        values[name] = _coded(coder, row, line, column, listed, problems, one=False)
    for name, column in _COUNTS.items():
        try:
            values[name] = count_of(row[column])
        except ValueError:
            remedy = "Write digits only, or leave the cell empty where nobody knows."
            problems.add(line, column, "is not a number of cases.", remedy)
    if problems.total > before:
        return None
    values.pop("kind")
    offices = tuple(
        part.strip() for part in row["申請を提出する機関"].replace("；", ";").split(";") if part.strip()
    )
    return SurveyRow.model_validate(
        {
            **values,
            "number": number,
            "edition": edition,
            "life_events": _life_events(coder, values),
            "offices": offices,
            "office_named": bool(offices),
            "notes": {column: row[column] for column in _NOTES if row.get(column)},
        }
    )


def _coded(
    coder: Coder,
    row: Mapping[str, str],
    line: int,
    column: str,
    listed: str,
    problems: Problems,
    *,
    one: bool,
) -> object:
    try:
        return coder.one(listed, row[column]) if one else coder.many(listed, row[column])
    except UnknownValue as unknown:
        labels = [
            code.ja if code.number is None else f"{code.number} {code.ja}"
            for code in coder.lists.list_of(listed).values()
        ]
        remedy = f"Write one of: {'; '.join(labels[:12])}"
        problems.add(line, column, f"has the unknown value “{unknown.value}”.", remedy)
        return None if one else ()


def _life_events(coder: Coder, values: Mapping[str, object]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name, listed in (("events_person", "event_person"), ("events_business", "event_business")):
        codes = coder.lists.list_of(listed)
        for code in values[name]:  # type: ignore[attr-defined]
            found |= dict.fromkeys(codes[code].life_events)
    return tuple(found)
