"""How fast rules are, run by hand: `python tests/logic/kernel/expressions/measure_rules.py [RESIDENTS …]`.

Prints milliseconds for compiling, evaluating and explaining one person, and residents per second in DuckDB beside
the same question in plain SQL (which answers wrongly where something is unknown).
"""

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import duckdb
from rules_city import ON, SCHEMA, rule

from dokodemo.kernel.expressions import to_duckdb

ELIGIBLE = "applicant.resident_here AND children_to_age_18 >= 1 AND NOT applicant.is_public_servant"
AMOUNT = """param.amount * count(child) FILTER (WHERE fiscal_age_at_most(child.date_of_birth, 18))
 + 5000 * count(child) FILTER (WHERE age(child.date_of_birth) < 3 AND child.living_together)"""
OTHERS = {
    "eligible": ELIGIBLE,
    "amount": AMOUNT,
    "close": "has_close_child",
    "poor": "applicant.income + sum(child.cost) < 2000000",
    "old": "age(applicant.born) >= 65 AND applicant.relation IN ('self', 'parent')",
    "share": "floor(applicant.income * 15 / 1000) >= param.amount",
}
FAMILY = {
    "applicant.resident_here": True,
    "applicant.income": 3_000_000,
    "child": [{"date_of_birth": f"20{year}-04-0{year % 9 + 1}"} for year in range(10, 16)] + [{}],
}
PLAIN = """SELECT count(*) FILTER (WHERE ok) FROM (SELECT r.id, r."applicant.resident_here"
  AND coalesce(c.n, 0) >= 1 AND NOT r."applicant.is_public_servant" AS ok FROM residents r LEFT JOIN (
  SELECT owner, count(*) FILTER (WHERE 2026 - (year(date_of_birth) - CASE WHEN month(date_of_birth) * 100
  + day(date_of_birth) < 402 THEN 1 ELSE 0 END) <= 18) AS n FROM child GROUP BY owner) c ON c.owner = r.id)"""


def main(sizes: list[int]) -> None:
    """Measure and print."""
    for name, text in OTHERS.items():
        print(f"{name:9} compile {_p95(lambda text=text: rule(text).step, 20):7.3f} ms", end="  ")
        made = rule(text)
        print(f"evaluate {_p95(lambda made=made: made.evaluate(FAMILY, ON)):7.3f} ms", end="  ")
        print(f"explain {_p95(lambda made=made: made.trace(FAMILY, ON)):7.3f} ms (p95)")
    for size in sizes:
        _measure_register(size)


def _p95(call: Callable[[], Any], times: int = 300) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.quantiles(taken, n=20)[-1]


def _measure_register(size: int) -> None:
    connection = duckdb.connect()
    connection.execute("SELECT setseed(0.5)")
    connection.execute(f"""CREATE TABLE residents AS SELECT range AS id, TRUE AS "child.known", TRUE AS "member.known",
        random() < 0.9 AS "applicant.resident_here", CASE WHEN random() < 0.9 THEN random() < 0.1 END
        AS "applicant.is_public_servant", CASE WHEN random() < 0.8 THEN (random() * 8000000)::BIGINT END
        AS "applicant.income", DATE '1930-01-01' + (random() * 33000)::INTEGER AS "applicant.born", 'self'
        AS "applicant.relation", 1::BIGINT AS "applicant.size", 2::BIGINT AS "applicant.score", '' AS "applicant.note",
        DATE '2020-01-01' AS "applicant.moved", '2020-01' AS "applicant.since" FROM range({size})""")
    connection.execute(f"""CREATE TABLE child AS SELECT (random() * {size})::BIGINT AS owner, CASE WHEN random() < 0.95
        THEN DATE '1996-01-01' + (random() * 11000)::INTEGER END AS date_of_birth, 1::BIGINT AS points,
        (random() * 100000)::BIGINT AS "cost", random() < 0.9 AS living_together, 'self' AS tie FROM range({size})""")
    one = {"eligible": rule(ELIGIBLE)}
    every = {name: rule(text) for name, text in OTHERS.items()}
    plain = _best(connection, PLAIN)
    for name, rules in (("one rule", one), (f"{len(every)} rules", every)):
        counted = ", ".join(f'count(*) FILTER (WHERE "{each}"::VARCHAR IS NOT NULL)' for each in rules)
        taken = _best(connection, f"SELECT {counted} FROM ({to_duckdb(rules, SCHEMA, ON)})")
        print(
            f"{size:>9,} residents, {name}: {taken * 1000:8.1f} ms, {size / taken:>12,.0f} residents/s",
            end="",
        )
        print(f"; plain SQL for one {plain * 1000:.1f} ms")


def _best(connection: Any, sql: str) -> float:
    taken = []
    for _ in range(5):
        start = time.perf_counter()
        connection.execute(sql).fetchall()
        taken.append(time.perf_counter() - start)
    return min(taken)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [50_000, 1_000_000])
