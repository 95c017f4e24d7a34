"""The table of tasks (業務棚卸CSV): written from tasks, read back line by line.

Owns its columns. Pure; a problem names line and column and the key of a text that says what to do.
"""

from __future__ import annotations

from collections.abc import Iterable

from dokodemo.kernel.tables import LineProblem, Problems, TableRefused, as_csv, as_written, decode, records
from dokodemo.promotion.reform.logic import TaskFacts
from dokodemo.promotion.reform.reading import read_task, said_task

# Field of a task → its column, in the order of the table.
COLUMNS = {
    "code": "業務コード",
    "section": "課コード",
    "title": "業務名",
    "minutes": "1件の分数",
    "cases": "年間件数",
    "rules_alone": "決まりだけで判断",
    "systems": "使うシステム",
    "medium_in": "受け取る媒体",
    "medium_out": "渡す媒体",
    "basis": "根拠",
    "core": "対話が要る核の業務",
    "measured": "分数の出所",
}
MOST_LINES = 5000


def write(tasks: Iterable[TaskFacts]) -> bytes:
    """The table of tasks; `read` takes it back in."""
    said = (said_task(task) for task in tasks)
    return as_csv([list(COLUMNS.values()), *([words[name] for name in COLUMNS] for words in said)])


def read(data: bytes) -> list[tuple[int, TaskFacts]]:
    """Every task with its line. Raises TableRefused; the message of each problem is a key of a text."""
    try:
        rows = list(records(decode(data)))
    except TableRefused as refused:
        key = "reform.sheet.encoding" if refused.encoding else "reform.sheet.quotes"
        raise TableRefused(
            [LineProblem(p.line, "", key, "") for p in refused.problems], encoding=refused.encoding
        ) from None
    if len(rows) < 2:
        raise TableRefused([LineProblem(1, "", "reform.sheet.empty", "")])
    problems = Problems()
    places = _places(*rows[0], problems)
    if len(rows) - 1 > MOST_LINES:
        problems.add(rows[MOST_LINES + 1][0], "", "reform.sheet.too_long", "")
    problems.refuse()
    found: list[tuple[int, TaskFacts]] = []
    seen: set[str] = set()
    for line, cells in rows[1:]:
        if len(cells) != len(rows[0][1]):
            problems.add(line, "", "reform.sheet.cells", "")
            continue
        task, wrong = read_task({name: as_written(cells[place]) for name, place in places.items()})
        for name, key in wrong.items():
            problems.add(line, COLUMNS[name], key, "")
        if task is None:
            continue
        if task.code in seen:
            problems.add(line, COLUMNS["code"], "reform.sheet.twice", "")
        seen.add(task.code)
        found.append((line, task))
    problems.refuse()
    return found


def _places(line: int, names: list[str], problems: Problems) -> dict[str, int]:
    fields = {column: name for name, column in COLUMNS.items()}
    places: dict[str, int] = {}
    for place, column in enumerate(names):
        if column not in fields:
            problems.add(line, column[:40], "reform.sheet.unknown_column", "")
        elif fields[column] in places:
            problems.add(line, column, "reform.sheet.column_twice", "")
        else:
            places[fields[column]] = place
    for name, column in COLUMNS.items():
        if name not in places:
            problems.add(line, column, "reform.sheet.column_missing", "")
    return places
