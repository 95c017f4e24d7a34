"""The rules of the child allowance over a made-up register, as written and by hand in NumPy (規則の測定).

`python -m bench.rules RESIDENTS` prints JSON: seconds of both, whether they came to the same, and the peak of memory. A
program of its own, so that the peak belongs to one size. The hand-written peer knows what our engine works out: the
three values, the ranges of counts, and that an age limit is a single day.

Timed is the steady run: the statement of a version and day is written and planned once, as NumPy's code is written once.
What writing and planning it costs stands beside it as the first run.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from dokodemo.administration.procedures.checking import read_surroundings
from dokodemo.administration.procedures.compiled import CompiledProcedure, compile_file
from dokodemo.administration.procedures.reading import read_procedure, sections_answering
from dokodemo.kernel.expressions import GroupTable, RegisterSchema, to_duckdb
from dokodemo.kernel.packs import open_pack

ON = date(2026, 11, 23)
SEED = 432041
# A run of a few milliseconds is repeated until what else the machine does has paused once.
MOST_TIMES, LEAST_TIMES, ROWS_TO_ANSWER = 40, 3, 3_000_000
# What DuckDB shares between threads are groups of so many rows; one alone only pays for the sharing.
ROW_GROUP = 122_880
Numbers = NDArray[Any]
_EPOCH = date(1970, 1, 1)
_PLAIN = ("applicant.resident_here", "applicant.is_public_servant", "applicant.main_earner")


def claim() -> CompiledProcedure:
    """The procedure as the pack has it."""
    pack = open_pack("japan")
    around = read_surroundings(pack)
    document = pack.document("procedures/child-allowance-claim/procedure.yaml")
    if document is None:
        raise LookupError("the pack has no child allowance")
    file = read_procedure(pack, document, sections_answering(pack))
    return compile_file(file, around.vocabulary, around.parameters)


def made_up(residents: int) -> tuple[dict[str, Numbers], dict[str, Numbers]]:
    """People and children as columns: booleans are 1, 0 or -1 (unknown), days count from 1970 (-99999: unknown)."""
    chance = np.random.default_rng(SEED)

    def truth(size: int, yes: float, unknown: float) -> Numbers:
        drawn = chance.random(size, dtype=np.float32)
        return np.where(drawn < unknown, -1, drawn < unknown + yes * (1 - unknown)).astype(np.int8)

    people = {
        "applicant.resident_here": truth(residents, 0.97, 0.01),
        "applicant.is_public_servant": truth(residents, 0.05, 0.1),
        "applicant.main_earner": truth(residents, 0.5, 0.1),
        "child.known": chance.random(residents, dtype=np.float32) < 0.6,
        "child.others": chance.random(residents, dtype=np.float32) < 0.1,
    }
    born = chance.integers(_days(date(1996, 1, 1)), _days(ON), residents, dtype=np.int32)
    children = {
        "owner": np.sort(chance.integers(0, residents, residents, dtype=np.int32)),
        "date_of_birth": np.where(chance.random(residents, dtype=np.float32) < 0.03, -99999, born).astype(
            np.int32
        ),
        "cared_for": truth(residents, 0.9, 0.1),
    }
    return people, children


def _days(day: date) -> int:
    return (day - _EPOCH).days


def as_tables(people: dict[str, Numbers], children: dict[str, Numbers]) -> duckdb.DuckDBPyConnection:
    """The same columns as the tables that rules ask."""
    connection = duckdb.connect()
    connection.execute("SET memory_limit = '2GB'")
    if len(people["child.known"]) <= ROW_GROUP:
        connection.execute("SET threads = 1")
    residents = {"id": np.arange(len(people["child.known"]), dtype=np.int64), **people}
    connection.register("people", residents)
    plain = ", ".join(f'CASE WHEN "{name}" >= 0 THEN "{name}" = 1 END AS "{name}"' for name in _PLAIN)
    connection.execute(
        f'CREATE TABLE residents AS SELECT id, {plain}, "child.known", "child.others" FROM people'
    )
    connection.register("born", children)
    connection.execute(
        "CREATE TABLE child AS SELECT owner::BIGINT AS owner, CASE WHEN date_of_birth > -99999 "
        "THEN DATE '1970-01-01' + date_of_birth END AS date_of_birth, "
        "CASE WHEN cared_for >= 0 THEN cared_for = 1 END AS cared_for FROM born"
    )
    connection.unregister("people")
    connection.unregister("born")
    return connection


def schema_of(connection: duckdb.DuckDBPyConnection) -> RegisterSchema:
    """How the tables are laid out, with the most children of one resident, as a register knows it that counts while loading."""
    per_owner = "SELECT count(*) AS n FROM child GROUP BY owner"
    (most,) = connection.execute(f"SELECT max(n) FROM ({per_owner})").fetchall()[0]
    columns = {"child.date_of_birth": "date_of_birth", "child.cared_for": "cared_for"}
    child = GroupTable("child", "owner", "child.known", columns, "child.others", most)
    return RegisterSchema("residents", "id", {name: name for name in _PLAIN}, {"child": child})


def prepare(
    connection: duckdb.DuckDBPyConnection, procedure: CompiledProcedure, schema: RegisterSchema
) -> None:
    """Write and plan the statement of the rules of a version for a day."""
    rules = {f"r{n}": rule for n, rule in enumerate(procedure.rules)} | {"yen": procedure.amounts["monthly"]}
    every = " AND ".join(f"r{n}" for n in range(len(procedure.rules)))
    connection.execute(
        "PREPARE rules AS "
        f"SELECT id, coalesce(({every})::TINYINT, -1::TINYINT) AS verdict, coalesce(yen, -1) AS yen "
        f"FROM ({to_duckdb(rules, schema, ON)})"
    )


def as_written(connection: duckdb.DuckDBPyConnection) -> tuple[Numbers, Numbers]:
    """Verdicts (1, 0, -1) and yen (-1: not known) by the rules of the pack, each in the place of its resident."""
    found = connection.execute("EXECUTE rules").fetchnumpy()
    verdict, yen = np.empty(len(found["id"]), np.int8), np.empty(len(found["id"]), np.int64)
    verdict[found["id"]], yen[found["id"]] = found["verdict"], found["yen"]
    return verdict, yen


def by_hand(
    people: dict[str, Numbers], children: dict[str, Numbers], amounts: tuple[int, int, int]
) -> tuple[Numbers, Numbers]:
    """The same in NumPy."""
    size = len(people["child.known"])
    known, complete = people["child.known"], people["child.known"] & ~people["child.others"]
    born, cared, owner = children["date_of_birth"], children["cared_for"], children["owner"]
    unsure = born == -99999

    def count(after: date, *, cared_only: bool) -> tuple[Numbers, Numbers]:
        young = born >= _days(after)
        sure, maybe = young, young | unsure
        if cared_only:
            sure, maybe = young & (cared == 1), maybe & (cared != 0)
        low = np.bincount(owner[sure], minlength=size)
        high = np.bincount(owner[maybe], minlength=size)
        return np.where(known, low, 0), high

    def at_least_one(counts: tuple[Numbers, Numbers]) -> Numbers:
        low, high = counts
        return np.where(low >= 1, 1, np.where(complete & (high < 1), 0, -1)).astype(np.int8)

    year = ON.year if ON.month >= 4 else ON.year - 1
    any_18 = count(date(year - 18, 4, 2), cared_only=False)
    to_18 = count(date(year - 18, 4, 2), cared_only=True)
    to_22 = count(date(year - 22, 4, 2), cared_only=True)
    under_3 = count(date(ON.year - 3, ON.month, ON.day + 1), cared_only=True)
    servant = people["applicant.is_public_servant"]
    conditions = [
        people["applicant.resident_here"],
        at_least_one(any_18),
        at_least_one(to_18),
        np.where(servant < 0, -1, 1 - servant),
        people["applicant.main_earner"],
    ]
    lowest = np.minimum.reduce([np.where(c < 0, 1, c) for c in conditions])
    unknown = np.logical_or.reduce([c < 0 for c in conditions])
    verdict = np.where(lowest == 0, 0, np.where(unknown, -1, 1))
    third, small, other = amounts
    ends = []
    for a, b in ((0, 1), (1, 0)):
        as_third = np.minimum(to_18[a], np.maximum(0, to_22[a] - 2))
        far_third = np.minimum(to_18[b], np.maximum(0, to_22[b] - 2))
        least = np.maximum(0, under_3[a] - far_third)
        most = np.maximum(0, under_3[b] - as_third)
        ends.append(third * as_third + small * least + other * (to_18[a] - far_third - most))
    yen = np.where(complete & (ends[0] == ends[1]), ends[0], -1)
    return verdict, yen


def in_turns(calls: tuple[Callable[[], Any], ...], times: int) -> list[tuple[float, Any]]:
    """The shortest run in seconds of each call, and what it came to; in turns, so that neighbours disturb all alike."""
    taken: list[list[float]] = [[] for _ in calls]
    results: list[Any] = [None] * len(calls)
    for _ in range(times):
        for place, call in enumerate(calls):
            start = time.perf_counter()
            results[place] = call()
            taken[place].append(time.perf_counter() - start)
    return [(min(seconds), result) for seconds, result in zip(taken, results, strict=True)]


def main(residents: int) -> dict[str, Any]:
    """One size."""
    procedure = claim()
    names = ("child_allowance_third", "child_allowance_under_3", "child_allowance_3_to_18")
    amounts = tuple(int(str(procedure.parameters[name].on(ON))) for name in names)
    people, children = made_up(residents)
    times = min(MOST_TIMES, max(LEAST_TIMES, ROWS_TO_ANSWER // residents))
    connection = as_tables(people, children)
    schema = schema_of(connection)
    start = time.perf_counter()
    prepare(connection, procedure, schema)
    as_written(connection)
    first_seconds = time.perf_counter() - start
    (our_seconds, (ours, our_yen)), (numpy_seconds, (hand, hand_yen)) = in_turns(
        (
            lambda: as_written(connection),
            lambda: by_hand(people, children, (amounts[0], amounts[1], amounts[2])),
        ),
        times,
    )
    return {
        "residents": residents,
        "ours_seconds": our_seconds,
        "first_seconds": first_seconds,
        "numpy_seconds": numpy_seconds,
        "ratio": our_seconds / numpy_seconds,
        "equal": bool(np.array_equal(hand, ours) and np.array_equal(hand_yen, our_yen)),
        "entitled": int((ours == 1).sum()),
        "unknown": int((ours == -1).sum()),
        "peak_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2,
    }


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
