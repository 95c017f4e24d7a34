"""`bench apply`: complete applications per second, beside a bare form on the same server and database (申請の処理能力).

Owns the runs and their table. The measured procedure is Arao's claim for child allowance: three pages, twelve answers
for a parent of one child, most of them filled from the register; every GET of the way is part of it, signing in is
not. A last run also attaches a file, as Arao's pack asks.
"""

from __future__ import annotations

import base64
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from bench.city import BARE, RESIDENTS, WSGI, NotMeasured, Served, bare, city, run_json, tell
from bench.processes import MIB, Watch, load_average, seconds_of

USERS = (1, 8, 32)
SECONDS = {1: 6.0, 8: 8.0, 32: 10.0}
PEER_SECONDS = 10.0
TURNS = 3
QUICK_SECONDS, QUICK_USERS, QUICK_RESIDENTS = 0.2, (1, 2), 200
TARGETS = {"submissions_per_second": 40, "p95_ms": 250, "memory_mib": 350, "ratio": 0.6}
ANSWERS = {
    ".phone": "0968631111",
    ".is_public_servant": "false",
    ".main_earner": "true",
    ".living_together": "true",
    ".cared_for": "true",
    ".relation": "child",
    ".insurance_kind": "employee",
    ".bank_code": "0001",
    ".bank_name": "みほん銀行",
    ".branch_code": "001",
    ".branch_name": "荒尾支店",
    ".kind": "ordinary",
    ".number": "1234567",
    ".holder_kana": "アラオ　ハナコ",
}
BARE_ANSWERS = {
    "date_of_birth": "2020-05-05",
    "is_public_servant": "False",
    "main_earner": "True",
    "living_together": "True",
    "cared_for": "True",
    "relation": "child",
    "insurance_kind": "employee",
    "account_kind": "ordinary",
    "phone": "0968631111",
    "": "見本",
}
# A picture of one grey point: what a file costs here is keeping it safely, not its size.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)


@dataclass(frozen=True)
class Subject:
    """What a load is sent to: where an application starts, how its receipt is known, which processes serve it."""

    name: str
    start: str
    receipt: str
    answers: dict[str, str]
    parts: dict[str, str]


CITY = Subject(
    "dokodemo",
    "/procedures/child-allowance-claim/apply",
    r'receipt-number">([^<]+)<',
    ANSWERS,
    {"web": WSGI, "worker": "worker"},
)
PEER = Subject("bare form", "/start", r"<strong>([0-9a-f]{16})</strong>", BARE_ANSWERS, {"web": BARE})


def measure(*, quick: bool = False) -> dict[str, Any]:
    """Both engines, one after the other; what could not be measured says why. Quick: one engine, a few requests."""
    engines: dict[str, Any] = {}
    if quick:
        server = os.environ.get("DATABASE_URL", "")
        engines["postgresql" if server else "sqlite"] = _engine(server, quick=True)
    else:
        engines["sqlite"] = _engine("", quick=False)
        with _postgres() as (url, why):
            engines["postgresql"] = _engine(url, quick=False) if url else {"not_measured": why}
    return {"cpus": os.cpu_count(), "quick": quick, "targets": TARGETS, "engines": engines}


@contextmanager
def _postgres() -> Iterator[tuple[str, str]]:
    """The URL of a server for this run, or why there is none."""
    from tests.machine import Missing, postgres

    server = postgres()
    try:
        url = server.__enter__()
    except Missing as missing:
        tell(f"PostgreSQL: {missing}")
        yield "", str(missing)
        return
    try:
        yield url, ""
    finally:
        server.__exit__(None, None, None)


def _database(server: str, name: str) -> tuple[str, dict[str, str]]:
    """A fresh database of its own on a server, and the settings by which its commits are to be judged."""
    if not server:
        return "", {"synchronous": "FULL"}
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name}")
        shown = {
            setting: str((connection.execute(f"SHOW {setting}").fetchone() or ("?",))[0])
            for setting in ("fsync", "synchronous_commit")
        }
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}")), shown


def _engine(server: str, *, quick: bool) -> dict[str, Any]:
    label = "PostgreSQL" if server else "SQLite"
    tell(f"{label}: load average before {load_average():.1f}")
    database, settings = _database(server, "bench_city")
    residents = QUICK_RESIDENTS if quick else RESIDENTS
    found: dict[str, Any] = {"durability": settings, "load_average_before": load_average()}
    steps = QUICK_USERS if quick else USERS
    with city(pack="bench", database=database, residents=residents) as served:
        users = _sign_ins(served, steps[-1])
        found["dokodemo"] = [_run(served, CITY, users[:n], quick=quick) for n in steps]
        peer, _ = _database(server, "bench_bare")
        with bare(served, database=peer) as (other, cookies):
            found["bare_form"] = [_run(other, PEER, cookies[: steps[1]], quick=quick)]
            # In turns, so that what else the machine does meets both alike.
            for _ in range(1 if quick else TURNS):
                found["bare_form"].append(_run(other, PEER, cookies[: steps[-1]], quick=quick))
                found["dokodemo"].append(_run(served, CITY, users, quick=quick))
    found["with_a_file"] = []
    if not quick:
        database, _ = _database(server, "bench_city")
        with city(pack="arao", database=database, residents=residents) as served:
            found["with_a_file"] = [_run(served, CITY, _sign_ins(served, steps[-1]), quick=quick)]
    found |= _ratios(found["dokodemo"], found["bare_form"], steps[-1])
    tell(f"{label}: {_ratio_line(found)}")
    return found


def _ratios(ours: list[dict[str, Any]], theirs: list[dict[str, Any]], users: int) -> dict[str, float]:
    """Requests/s and processor time of ours to theirs, each the median of the runs with that many users.

    Requests/s is what the machine gave; processor time hardly depends on what else the machine did.
    """

    def middle(runs: list[dict[str, Any]], name: str) -> float:
        return median(run[name] for run in runs if run["users"] == users)

    used = middle(ours, "server_cpu_ms_per_request")
    return {
        "ratio": round(middle(ours, "requests_per_second") / middle(theirs, "requests_per_second"), 3),
        "ratio_by_cpu": round(middle(theirs, "server_cpu_ms_per_request") / used, 3) if used else 0.0,
    }


def _ratio_line(engine: dict[str, Any]) -> str:
    return (
        f"dokodemo to bare form, requests/s: {engine['ratio']:.2f}; "
        f"requests per second of processor time: {engine['ratio_by_cpu']:.2f}"
    )


def _sign_ins(served: Served, number: int) -> list[dict[str, str]]:
    users: list[dict[str, str]] = run_json(
        [sys.executable, "-m", "bench.sign_ins", str(number)], served.environment
    )
    return users


def _run(served: Served, subject: Subject, users: list[dict[str, str]], *, quick: bool) -> dict[str, Any]:
    seconds = QUICK_SECONDS if quick else SECONDS[len(users)] if subject is CITY else PEER_SECONDS
    plan = {
        "port": served.port,
        "users": users,
        "seconds": seconds,
        "start": subject.start,
        "receipt": subject.receipt,
        "answers": subject.answers,
        "file": PICTURE.hex(),
    }
    with Watch(served.root, subject.parts) as watch:
        pids = [pid for part in watch.by_part().values() for pid in part]
        before = seconds_of(pids)
        seen = run_json([sys.executable, "-m", "bench.load"], served.environment, plan)
        used = seconds_of(pids) - before
    result = _result(subject, len(users), seen, used, watch)
    tell(f"  {_line(result)}")
    return result


def _result(subject: Subject, users: int, seen: dict[str, Any], used: float, watch: Watch) -> dict[str, Any]:
    if seen["errors"]:
        raise NotMeasured(f"{subject.name}: {'; '.join(seen['errors'][:3])}")
    if seen["distinct"] != seen["receipts"]:
        raise NotMeasured(f"{subject.name}: {seen['receipts']} receipts, only {seen['distinct']} distinct")
    times = sorted(seen["times"]["GET"] + seen["times"]["POST"])
    return {
        "subject": subject.name,
        "users": users,
        "seconds": round(seen["seconds"], 2),
        "submissions": seen["submissions"],
        "submissions_per_second": round(seen["submissions"] / seen["seconds"], 2),
        "requests": len(times),
        "requests_per_second": round(len(times) / seen["seconds"], 1),
        "requests_per_submission": round(len(times) / max(1, seen["submissions"]), 1),
        "p50_ms": _quantile(times, 0.5),
        "p95_ms": _quantile(times, 0.95),
        "get_p95_ms": _quantile(seen["times"]["GET"], 0.95),
        "post_p95_ms": _quantile(seen["times"]["POST"], 0.95),
        "server_cpu_ms_per_request": round(1000 * used / max(1, len(times) + users * 11), 2),
        "load_generator_cpu_share": round(seen["own_processor_seconds"] / seen["seconds"], 3),
        "connections_reopened": seen["reopened"],
        "memory_mib": {part: round(held.pss / MIB, 1) for part, held in watch.peak.items()},
        "memory_rss_mib": {part: round(held.rss / MIB, 1) for part, held in watch.peak.items()},
        "load_average_after": load_average(),
    }


def _quantile(times: list[float], share: float) -> float:
    return round(1000 * times[min(len(times) - 1, int(share * len(times)))], 1) if times else 0.0


def _line(run: dict[str, Any]) -> str:
    return (
        f"{run['subject']:<10} {run['users']:>3} users  {run['submissions_per_second']:>7.2f} submissions/s  "
        f"{run['requests_per_second']:>7.1f} requests/s  p50 {run['p50_ms']:>6.1f} ms  p95 {run['p95_ms']:>6.1f} ms  "
        f"{run['memory_mib']['total']:>6.1f} MiB PSS  server CPU {run['server_cpu_ms_per_request']:>5.2f} ms/request  "
        f"load {run['load_average_after']:.1f}"
    )


def table(result: dict[str, Any]) -> str:
    """The whole result in words."""
    lines = [f"bench apply on {result['cpus']} CPUs (targets at 32 users: {result['targets']})"]
    for name, engine in result["engines"].items():
        if "not_measured" in engine:
            lines.append(f"{name}: not measured. {engine['not_measured']}")
            continue
        lines.append(f"{name}, durability {engine['durability']}:")
        lines += [f"  {_line(run)}" for run in engine["dokodemo"]]
        lines += [f"  {_line(run)}" for run in engine["bare_form"]]
        lines += [f"  {_line(run)}  (with a page of files, one attached)" for run in engine["with_a_file"]]
        lines.append(f"  {_ratio_line(engine)}")
    return "\n".join(lines)
