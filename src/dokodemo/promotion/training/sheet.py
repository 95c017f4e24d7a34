"""The table of a drill's results (標的型メール訓練の結果CSV): one line for each person who got the message.

Owns its columns and words. Pure; a problem names line and column and the key of a text that says what to do.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from dokodemo.kernel.tables import LineProblem, Problems, TableRefused, decode, records

NAME, CLICKED, REPORTED = "ログイン名", "リンクを開いた", "報告した"
HEADER = (NAME, CLICKED, REPORTED)
YES, NO = "はい", "いいえ"
MOST_LINES = 5000


@dataclass(frozen=True)
class Result:
    """What one person did, by what they sign in with."""

    line: int
    name: str
    clicked: bool
    reported: bool


def read(data: bytes) -> list[Result]:
    """Every line of a table. Raises TableRefused; the message of each problem is a key of a text."""
    try:
        rows = list(records(decode(data)))
    except TableRefused as refused:
        key = "training.sheet.encoding" if refused.encoding else "training.sheet.quotes"
        raise TableRefused(
            [LineProblem(p.line, "", key, "") for p in refused.problems], encoding=refused.encoding
        ) from None
    if len(rows) < 2:
        raise TableRefused([LineProblem(1, "", "training.sheet.empty", "")])
    problems = Problems()
    line, names = rows[0]
    for column in HEADER:
        if names.count(column) != 1:
            problems.add(line, column, "training.sheet.column", "")
    for column in names:
        if column not in HEADER:
            problems.add(line, column[:40], "training.sheet.unknown_column", "")
    if len(rows) - 1 > MOST_LINES:
        problems.add(rows[MOST_LINES + 1][0], "", "training.sheet.too_long", "")
    problems.refuse()
    places = {column: names.index(column) for column in HEADER}
    found: list[Result] = []
    seen: set[str] = set()
    for line, cells in rows[1:]:
        if len(cells) != len(names):
            problems.add(line, "", "training.sheet.cells", "")
            continue
        name = unicodedata.normalize("NFKC", cells[places[NAME]])
        if not name or len(name) > 150:
            problems.add(line, NAME, "training.sheet.nobody", "")
        elif name in seen:
            problems.add(line, NAME, "training.sheet.twice", "")
        seen.add(name)
        said = {column: cells[places[column]] for column in (CLICKED, REPORTED)}
        for column, word in said.items():
            if word not in (YES, NO):
                problems.add(line, column, "training.sheet.yes_no", "")
        found.append(Result(line, name, said[CLICKED] == YES, said[REPORTED] == YES))
    problems.refuse()
    return found
