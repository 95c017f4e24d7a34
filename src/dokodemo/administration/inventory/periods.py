"""Standard periods as the survey writes them (標準処理期間の読み取り): 30日, 1月, ２週間, １～５月 … as days.

Owns the reading. A range gives its longest end: the city may promise less, never more than the nation knows. Pure.
"""

from __future__ import annotations

import math
import re
import unicodedata

LONGEST = 730
DAYS_OF = {"日": 1, "週": 7, "月": 30, "年": 365}
# Five business days take a week.
_BUSINESS = 1.4
_MEASURE = re.compile(
    r"([0-9]+)(?:(日)|(営業日|開庁日)|(週)(?:間)?|(?:か|ヶ|ケ|カ|ヵ|箇|個)?(月)(?:間)?|(年)(?:間)?|(時間|分))?"
)
_AT_ONCE = ("即日", "即時", "その場", "当日")


def days_of(text: str) -> int | None:
    """Calendar days, 1 to 730; None where the text gives no period. 0日 and hours are one day, a bare 0 says nothing."""
    folded = unicodedata.normalize("NFKC", text).replace(" ", "")
    if folded == "0":
        return None
    if any(word in folded for word in _AT_ONCE):
        return 1
    if not re.fullmatch(r"[0-9].*", folded) or re.search(r"第[0-9]|[0-9]条|[0-9]号", folded):
        return None
    measures = list(_MEASURE.finditer(folded))
    # 「1～5月」 and 「7日又は35日」: a number without a unit takes the unit that follows.
    found: list[int] = []
    unit = "日"
    for measure in reversed(measures):
        day, business, week, month, year, short = measure.groups()[1:]
        if short or business:
            found.append(1 if short else math.ceil(int(measure.group(1)) * _BUSINESS))
            continue
        named = "日" if day else "週" if week else "月" if month else "年" if year else None
        unit = named or unit
        found.append(int(measure.group(1)) * DAYS_OF[unit])
    if not found:
        return None
    return min(max(1, *found), LONGEST)
