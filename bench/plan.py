"""`bench plan`: a plan of the largest size, its pages and its counters (大きな計画の測定).

Owns which pages are measured, how users read them, and the ceilings. A user asks for a page, reads for half a second, and
asks again, as eight people do who look for something in a hurry.
"""

from __future__ import annotations

import http.client
import re
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import plan_pack
from bench.city import NotMeasured, Served, city, run_json, tell
from bench.plan_pack import QUICK, Size
from bench.processes import Watch, load_average
from dokodemo.kernel import calendar_jp

CEILING_MS, CEILING_SECONDS = 200, 60
USERS, QUICK_USERS = 8, 2
TIMES, QUICK_TIMES = 20, 2
READING_SECONDS = 0.5
NEW_CASES = 100
DAYS_OF_A_YEAR = 365
CIO = "cio"
PUBLIC = (
    "/plan",
    "/plan/missing",
    "/plan/numbers.csv",
    "/plan/actions.csv",
    "/plan/numbers.json",
    "/plan/feed.atom",
    "/plan/feed.atom?measure=measure-1",
)
OFFICE = (
    "/office/",
    "/office/actions/",
    "/office/indicators/",
    "/office/indicators/one/number_1/",
    "/office/indicators/one/K2/",
    "/office/indicators/services",
    "/office/indicators/services.csv",
    "/office/indicators/observations.csv",
    "/office/reports/",
    "/office/meetings/",
    "/office/evaluation/",
    "/office/evaluation/logic-models",
    "/office/evaluation/effort",
    "/office/surveys/",
    "/office/reform/",
    "/office/reform/results",
    "/office/training/",
    "/office/training/sections",
)
# Pages that are found by a link on another: (where it stands, what its address looks like).
LINKED = (
    ("/office/actions/", r'href="(/office/actions/versions/[0-9a-f-]{36}/)"'),
    ("/office/actions/", r'href="(/office/actions/versions/[0-9a-f-]{36}/actions\.yaml)"'),
    ("/office/reports/", r'href="(/office/reports/[0-9-]+/[a-z0-9-]+/)"'),
    ("/office/reports/", r'href="(/office/reports/\?quarter=[0-9-]+)"'),
    ("/plan", r'href="(/plan\?[^"]+)"'),
)
_IDENTIFIER = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


def measure(*, quick: bool = False) -> dict[str, Any]:
    """The counters over all records, then every page of the same city. Raises NotMeasured."""
    size = QUICK if quick else Size()
    folder = Path(tempfile.mkdtemp(prefix="dokodemo-bench-plan-"))
    try:
        codes = plan_pack.write(folder / "packs", size)
        (folder / "home").mkdir()
        with _city(folder) as served:
            environment = served.environment
        rows = _load(environment, size, codes)
        counters = _counters(environment, size)
        with _city(folder) as served:
            pages, memory = _pages(served, quick)
        megabytes = sum(one.stat().st_size for one in folder.rglob("*") if one.is_file()) / 1e6
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return {
        "quick": quick,
        "size": {**asdict(size), "values": size.values},
        "rows": rows,
        "megabytes": round(megabytes),
        "ceilings": {"page_p95_ms": CEILING_MS, "recompute_seconds": CEILING_SECONDS},
        "users": QUICK_USERS if quick else USERS,
        "counters": counters,
        "pages": pages,
        "memory_mib": memory,
        "load_average_after": load_average(),
    }


def _city(folder: Path) -> Any:
    return city(pack=plan_pack.NAME, database="", residents=100, packs=folder / "packs", kept=folder / "home")


def _load(environment: Mapping[str, str], size: Size, codes: Sequence[str]) -> dict[str, int]:
    tell(f"  writing {size.values:,} values, {size.cases:,} cases and {10 * size.cases:,} events …")
    given = {"size": asdict(size), "codes": list(codes), "year": calendar_jp.fiscal_year(calendar_jp.today())}
    span = {"first": 1, "number": size.cases, "days": DAYS_OF_A_YEAR * size.years}
    rows: dict[str, int] = {}
    for what, more in (("observations", given), ("years", given), ("cases", span)):
        rows |= _make(what, environment, more)
    return rows


def _make(what: str, environment: Mapping[str, str], given: Any) -> Any:
    command = [sys.executable, "-m", "bench.plan_records", what]
    return run_json(command, environment, given, shown=True)


def _counters(environment: Mapping[str, str], size: Size) -> dict[str, Any]:
    """Counting all anew, checking it, and following a thousand new events."""
    recompute = [sys.executable, "-m", "dokodemo.entry.cli.main", "indicators", "recompute", "--json"]
    tell("  counting all live indicators anew …")
    made = run_json(recompute, environment, shown=True) | {"peak_mib": _peak()}
    tell(f"  {made['seconds']:.1f} s; {NEW_CASES * 10:,} new events, followed …")
    _make("cases", environment, {"first": size.cases + 1, "number": NEW_CASES, "days": 30})
    followed = _make("follow", environment, {})
    tell("  checking the counters against a full count …")
    checked = run_json([*recompute, "--check"], environment, shown=True)
    return {
        "recompute": made,
        "ratio": round(made["seconds"] / CEILING_SECONDS, 3),
        "followed": followed,
        "differences": len(checked["differences"]),
    }


def _peak() -> float:
    """The largest resident memory of any process that was waited for so far, in MiB."""
    import resource

    return round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, 1)


def _pages(served: Served, quick: bool) -> tuple[list[dict[str, Any]], dict[str, float]]:
    cookies = _make("sign_in", served.environment, {"name": CIO})
    staff = _Reader(served.port, cookies)
    found = [*PUBLIC, *OFFICE]
    for where, pattern in LINKED:
        linked = re.search(pattern, staff.get(where)[2])
        if linked is not None:
            found.append(linked[1].replace("&amp;", "&"))
    users = QUICK_USERS if quick else USERS
    tell(f"  {len(found)} pages, {users} users, load {load_average():.1f}")
    pages = []
    with Watch(served.root, {"web": "dokodemo.entry.server.wsgi", "worker": "worker"}) as watch:
        for number, path in enumerate(found, 1):
            pages.append(_page(served, {} if path.startswith("/plan") else cookies, path, users, quick))
            tell(f"    {number} of {len(found)}: {path} {pages[-1]['p95_ms']:.0f} ms")
    memory = {part: round(held.pss / 1024 / 1024, 1) for part, held in watch.peak.items()}
    return pages, memory


class _Reader:
    """Somebody with one kept-open connection."""

    def __init__(self, port: int, cookies: Mapping[str, str]) -> None:
        self.wire = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.cookies = "; ".join(f"{name}={value}" for name, value in cookies.items())

    def get(self, path: str) -> tuple[float, int, str]:
        """Seconds, bytes and text of a page. Raises NotMeasured."""
        began = time.perf_counter()
        self.wire.request("GET", path, headers={"Cookie": self.cookies, "Host": "localhost"})
        answer = self.wire.getresponse()
        body = answer.read()
        seconds = time.perf_counter() - began
        if answer.status != 200:
            raise NotMeasured(f"{path} answers {answer.status}")
        return seconds, len(body), body.decode()


def _page(served: Served, cookies: Mapping[str, str], path: str, users: int, quick: bool) -> dict[str, Any]:
    first = _Reader(served.port, cookies)
    alone = sorted(first.get(path)[0] for _ in range(3))[1]
    seconds: list[float] = []
    faults: list[str] = []
    readers = [
        threading.Thread(target=_read, args=(served.port, cookies, path, number, quick, seconds, faults))
        for number in range(users)
    ]
    for one in readers:
        one.start()
    for one in readers:
        one.join()
    if faults:
        raise NotMeasured(faults[0])
    seconds.sort()
    p95 = 1000 * seconds[int(0.95 * len(seconds))]
    return {
        "path": _IDENTIFIER.sub("…", path),
        "bytes": first.get(path)[1],
        "alone_ms": round(1000 * alone, 1),
        "p50_ms": round(1000 * seconds[len(seconds) // 2], 1),
        "p95_ms": round(p95, 1),
        "ratio": round(p95 / CEILING_MS, 3),
    }


def _read(
    port: int,
    cookies: Mapping[str, str],
    path: str,
    number: int,
    quick: bool,
    seconds: list[float],
    faults: list[str],
) -> None:
    reader = _Reader(port, cookies)
    # Users do not begin at the same moment.
    time.sleep(READING_SECONDS * number / USERS)
    try:
        for _ in range(QUICK_TIMES if quick else TIMES):
            seconds.append(reader.get(path)[0])
            time.sleep(0 if quick else READING_SECONDS)
    except (NotMeasured, OSError, http.client.HTTPException) as fault:
        faults.append(f"{path}: {fault}")


def table(result: dict[str, Any]) -> str:
    """The result for a person to read, the slowest page first."""
    size, counters = result["size"], result["counters"]
    made, followed = counters["recompute"], counters["followed"]
    note = "; a quick run, which measures nothing" if result["quick"] else ""
    lines = [
        f"bench plan: {size['plans']} plans × {size['indicators']} indicators × {size['years']} years × "
        f"{size['sections']} sections = {size['values']:,} values, {result['rows']['events']:,} events of "
        f"{size['cases']:,} cases, {result['megabytes']:,} MB; load average {result['load_average_after']:.1f}{note}",
        f"all live indicators counted anew: {made['seconds']:.1f} s of {CEILING_SECONDS} s (ratio "
        f"{counters['ratio']:.2f}), at most {made['peak_mib']:.0f} MiB",
        f"{followed['seals']:,} new events followed: {1000 * followed['seconds']:.0f} ms; "
        f"differences from a full count: {counters['differences']}",
        f"memory (PSS): {', '.join(f'{part} {mib:.0f} MiB' for part, mib in result['memory_mib'].items())}",
        f"{result['users']} users, ceiling {CEILING_MS} ms",
        f"{'page':<52} {'bytes':>10} {'alone ms':>9} {'p50 ms':>8} {'p95 ms':>8} {'ratio':>6}",
    ]
    lines += [
        f"{page['path'][:52]:<52} {page['bytes']:>10,} {page['alone_ms']:>9.1f} {page['p50_ms']:>8.1f} "
        f"{page['p95_ms']:>8.1f} {page['ratio']:>6.2f}{'  above' if page['ratio'] > 1 else ''}"
        for page in sorted(result["pages"], key=lambda page: -page["p95_ms"])
    ]
    return "\n".join(lines)
