"""Made-up survey files of both editions, for any suite. Nothing in them is real but the shape.

from tests.domains.administration.inventory.surveys import r6, r7, row
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from dokodemo.administration.inventory.editions import R6, R7, Edition

BASE: Mapping[str, str] = {
    "所管府省庁": "見本省",
    "法令名": "見本法",
    "法令番号": "平成一年法律第一号",
    "根拠条項号": "第1条第1項",
    "手続類型": "1 申請等",
    "手続主体": "5 国民等",
    "手続の受け手": "3 地方等",
    "事務区分": "1 自治事務",
    "府省共通手続": "×（府省共通手続でない）",
    "実施府省庁": "見本省",
    "オンライン化の実施状況": "2 未実施",
    "手数料等の納付有無": "1 手数料等無し",
    "処理期間(非オンライン)": "1月",
    "総手続件数": "1000",
    "オンライン手続件数": "0",
    "非オンライン手続件数": "1000",
    "申請書等に記載させる情報": "その他の情報",
    "申請時に添付させる書類": "添付書類なし",
    "手続が行われるイベント(個人)": "引越し",
    "申請に関連する士業": "士業が介在しない",
    "申請を提出する機関": "市役所・町村役場",
}
NAMES = ("見本の申請", "見本の届出", "見本の請求", "見本の認定の申請", "見本の変更の届出")


def row(number: str, **cells: str) -> dict[str, str]:
    """A municipal row with this 手続ID; cells by the survey's own column names."""
    name = NAMES[sum(map(ord, number)) % len(NAMES)]
    return {**BASE, "手続ID": number, "手続名": f"{name}{number}"} | cells


def table(
    edition: Edition, rows: Iterable[Mapping[str, str]], *, header: Iterable[str] | None = None
) -> bytes:
    """A file of an edition in UTF-8 with BOM, in the edition's order of columns."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header or edition.columns)
    for one in rows:
        writer.writerow([one.get(column, "") for column in edition.columns])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def r6(*rows: Mapping[str, str]) -> bytes:
    """A file of edition R6."""
    return table(R6, rows)


def r7(*rows: Mapping[str, str]) -> bytes:
    """A file of edition R7."""
    return table(R7, rows)
