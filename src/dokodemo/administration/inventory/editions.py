"""The two editions of the national survey (調査の版) and how a header tells which one a file is.

Owns column names in the survey's own words. R6: 38 columns, as of 2024-03-31; R7: 46 columns in another order, as of
2025-11-01 (Digital Agency, 行政手続等の棚卸調査結果). Never reads a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from dokodemo.administration.inventory.coding import fold
from dokodemo.kernel.tables import LineProblem, Problems, TableRefused

ID = "手続ID"
# Computed columns that a prepared copy may carry; they are never read.
COMPUTED = ("オンライン化率", "オンライン率")
HEADING_LINES = 5


def _names(text: str) -> tuple[str, ...]:
    """Names of columns written one after the other; none of them holds a space."""
    return tuple(text.split())


@dataclass(frozen=True)
class Edition:
    """One edition: its name, the day it describes, and its columns in the order of the survey."""

    name: str
    as_of: date
    columns: tuple[str, ...]


R6 = Edition(
    "R6",
    date(2024, 3, 31),
    _names(
        """手続ID 所管府省庁 手続名 法令名 法令番号 根拠条項号 手続類型 手続主体 手続の受け手 経由機関 独立行政法人等の名称
        事務区分 府省共通手続 実施府省庁 オンライン化の実施状況 オンライン化の実施予定及び検討時の懸念点 オンライン化実施時期
        申請等における本人確認手法 手数料等の納付有無 手数料等の納付方法 手数料等のオンライン納付時の優遇措置
        処理期間(オンライン) 処理期間(非オンライン) 情報システム(申請) 情報システム(事務処理) 総手続件数 オンライン手続件数
        非オンライン手続件数 申請書等に記載させる情報 申請時に添付させる書類 添付書類等提出の撤廃/省略状況
        添付書類等の提出方法 添付書類等への電子署名 添付形式等が定められた規定 手続が行われるイベント(個人)
        手続が行われるイベント(法人) 申請に関連する士業 申請を提出する機関"""
    ),
)
R7 = Edition(
    "R7",
    date(2025, 11, 1),
    _names(
        """手続ID 所管府省庁 手続名 法令名 根拠条項号 関連条項号 関連する根拠法令 手続類型 手続主体 手続の受け手
        手続(類型、主体、受け手等)に関する補足 経由機関 独立行政法人等の名称 事務区分 府省共通手続 実施府省庁
        実施府省庁(府省共通手続) オンライン化の実施状況 オンライン化の実施予定及び検討時の懸念点
        オンライン化の実施状況に関する補足 オンライン化実施時期 申請等における本人確認手法 手数料等の納付有無
        手数料等の納付方法 手数料等に関する補足 手数料等のオンライン納付時の優遇措置 処理期間(オンライン)
        処理期間(非オンライン) 情報システム(申請) 情報システム（申請）複数ある場合 情報システム(事務処理) 総手続件数
        オンライン手続件数 非オンライン手続件数 申請書等に記載させる情報 申請時に添付させる書類
        添付書類等提出の撤廃/省略状況 添付書類等の提出方法 添付書類等への電子署名 添付形式等が定められた規定
        添付書類等に関する補足 手続が行われるイベント(個人) 手続が行われるイベント(法人) 申請に関連する士業
        申請を提出する機関 士業、機関に関する補足"""
    ),
)
EDITIONS = (R6, R7)


@dataclass(frozen=True)
class Header:
    """A recognised header: the edition, the line it stands in, and the place of each column by its official name."""

    edition: Edition
    line: int
    width: int
    places: Mapping[str, int]


def find_header(rows: Iterator[tuple[int, list[str]]]) -> Header:
    """The header among the first lines of a file; headings above it are passed over. Raises TableRefused."""
    for number, (line, cells) in enumerate(rows):
        if fold(ID) in map(fold, cells):
            return recognise(line, cells)
        if number + 1 >= HEADING_LINES:
            break
    message = f"There is no header with the column {ID} in the first {HEADING_LINES} lines."
    remedy = "Take the survey’s table as published (docs/guide/inventory.md), separated by commas."
    raise TableRefused([LineProblem(1, "", message, remedy)])


def recognise(line: int, cells: Sequence[str]) -> Header:
    """Which edition the names of a header are, in any order. Raises TableRefused with every name that is wrong."""
    names = [fold(cell) for cell in cells]
    edition = max(EDITIONS, key=lambda one: _fit(one, names))
    official = {fold(column): column for column in edition.columns}
    computed = set(map(fold, COMPUTED))
    problems = Problems()
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        if not name and place >= len(edition.columns):
            continue
        if name in computed:
            continue
        column = official.get(name)
        if column is None:
            near = get_close_matches(name, official, n=1)
            remedy = f"Did you mean {official[near[0]]}?" if near else "Remove the column."
            shown = cells[place][:40] or f"(column {place + 1})"
            problems.add(line, shown, f"is not a column of edition {edition.name}.", remedy)
        elif column in places:
            problems.add(line, column, "stands twice in the header.", "Remove one of the two columns.")
        else:
            places[column] = place
    for column in edition.columns:
        if column not in places:
            problems.add(line, column, f"is missing; edition {edition.name} has it.", "Add the column.")
    problems.refuse()
    return Header(edition, line, len(cells), places)


def _fit(edition: Edition, names: Sequence[str]) -> int:
    """How many names belong to an edition, less those that are another's."""
    own = set(map(fold, edition.columns))
    return sum(1 if name in own else -1 for name in names if name)
