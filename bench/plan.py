"""`bench plan`: a plan of the largest size, its pages and its counters (大きな計画の測定).

Owns which pages are measured, how users read them, and the ceilings. A user asks for a page, reads for half a second, and
asks again, as eight people do who look for something in a hurry; each has read the page before, since what a worker reads once
after its start nobody waits for again: the first answer is told beside. Pages are asked for compressed, as browsers do. A file of
everything that leaves while it is made has no length beforehand: what counts of it is the first byte, and how long the
whole takes is told beside. So is the processor time of the server for each page, which other work on the machine changes
less than the time people wait.
"""

from __future__ import annotations

import gzip
import http.client
import json
import re
import resource
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench import plan_pack
from bench.city import WSGI, NotMeasured, Served, city, run_json, tell
from bench.plan_pack import QUICK, Size
from bench.processes import Watch, command_of, descendants, load_average, seconds_of
from dokodemo.kernel import calendar_jp

CEILING_MS, CEILING_SECONDS = 200, 60
USERS, QUICK_USERS = 8, 2
TIMES, QUICK_TIMES = 20, 2
READING_SECONDS = 0.5
NEW_CASES = 100
DAYS_OF_A_YEAR = 365
CIO = "cio"
ROWS_FILE = "rows.json"
PUBLIC = (
    "/plan",
    "/plan?on=2025-12-01",
    "/plan/cycle",
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
    "/office/owners/",
    "/office/owners/late",
    "/office/improvement/",
    "/office/improvement/findings",
    "/office/improvement/judge",
    "/office/national/",
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
# Pages that are found by a link on another: (where it stands, "" for the page found before; what its address looks like).
LINKED = (
    ("/office/actions/", r'href="(/office/actions/versions/[0-9a-f-]{36}/)"'),
    ("", r'href="(/office/actions/versions/[0-9a-f-]{36}/actions\.yaml)"'),
    ("/office/reports/", r'href="(/office/reports/[0-9-]+/[a-z0-9-]+/)"'),
)
_IDENTIFIER = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


def measure(*, quick: bool = False, kept: Path | None = None) -> dict[str, Any]:
    """The counters over all records, then every page of the same city. Raises NotMeasured.

    `kept`: a folder where the city stays; the records of a city that is there are not written again.
    """
    size = QUICK if quick else Size()
    folder = kept or Path(tempfile.mkdtemp(prefix="dokodemo-bench-plan-"))
    try:
        environment, rows = _made(folder, size)
        counters = _counters(environment, folder)
        with _city(folder) as served:
            pages, memory = _pages(served, quick)
        megabytes = sum(one.stat().st_size for one in folder.rglob("*") if one.is_file()) / 1e6
    finally:
        if kept is None:
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


def _made(folder: Path, size: Size) -> tuple[Mapping[str, str], dict[str, int]]:
    """The environment of the city in a folder and its rows, written unless they are there."""
    known = folder / ROWS_FILE
    if not known.exists() and folder.exists() and any(folder.iterdir()):
        raise NotMeasured(f"{folder} holds something else, or a city that was not finished: take it away")
    if not known.exists():
        codes = plan_pack.write(folder / "packs", size)
        (folder / "home").mkdir()
    with _city(folder) as served:
        environment = served.environment
    if not known.exists():
        made = {"size": asdict(size), "rows": _load(environment, size, codes)}
        known.write_text(json.dumps(made), encoding="utf-8")
    there = json.loads(known.read_text(encoding="utf-8"))
    if there["size"] != asdict(size):
        raise NotMeasured(f"the city in {folder} is of another size")
    return environment, there["rows"]


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


def _counters(environment: Mapping[str, str], folder: Path) -> dict[str, Any]:
    """Counting all anew, checking it, and following a thousand new events."""
    recompute = [sys.executable, "-m", "dokodemo.entry.cli.main", "indicators", "recompute", "--json"]
    tell("  counting all live indicators anew …")
    used = _processor_seconds()
    made = run_json(recompute, environment, shown=True) | {"peak_mib": _peak()}
    made["processor_seconds"] = round(_processor_seconds() - used, 1)
    tell(f"  {made['seconds']:.1f} s; {NEW_CASES * 10:,} new events, followed …")
    known = json.loads((folder / ROWS_FILE).read_text(encoding="utf-8"))
    new = _make("cases", environment, {"first": known["rows"]["cases"] + 1, "number": NEW_CASES, "days": 30})
    known["rows"] |= {name: known["rows"][name] + number for name, number in new.items()}
    (folder / ROWS_FILE).write_text(json.dumps(known), encoding="utf-8")
    followed = _make("follow", environment, {})
    tell("  checking the counters against a full count …")
    checked = run_json([*recompute, "--check"], environment, shown=True)
    return {
        "recompute": made,
        "ratio": round(made["seconds"] / CEILING_SECONDS, 3),
        "followed": followed,
        "differences": len(checked["differences"]),
    }


def _processor_seconds() -> float:
    """What all processes that were waited for so far used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _peak() -> float:
    """The largest resident memory of any process that was waited for so far, in MiB."""
    return round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, 1)


def _pages(served: Served, quick: bool) -> tuple[list[dict[str, Any]], dict[str, float]]:
    cookies = _make("sign_in", served.environment, {"name": CIO})
    staff = _Reader(served.port, cookies)
    found = [*PUBLIC, *OFFICE]
    for where, pattern in LINKED:
        linked = re.search(pattern, staff.get(where or found[-1]).body.decode())
        if linked is None:
            raise NotMeasured(f"{where or found[-1]} has no link like {pattern}")
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


@dataclass(frozen=True)
class Got:
    """What a reader got: after how many seconds, how many bytes, and the body of what has a length beforehand."""

    seconds: float
    size: int
    body: bytes
    streamed: bool


class _Reader:
    """Somebody with one kept-open connection."""

    def __init__(self, port: int, cookies: Mapping[str, str]) -> None:
        self.wire = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.cookies = "; ".join(f"{name}={value}" for name, value in cookies.items())

    def get(self, path: str, *, to_the_end: bool = False) -> Got:
        """A page; of one that leaves while it is made only the first byte, unless it is read to the end. Raises NotMeasured."""
        try:
            began, answer = self._asked(path)
        except ConnectionError:
            # The server ends connections that were silent for long; a browser asks again without a word.
            self.wire.close()
            began, answer = self._asked(path)
        if answer.status != 200:
            raise NotMeasured(f"{path} answers {answer.status}")
        if answer.getheader("Content-Length") is None:
            return self._streamed(answer, began, to_the_end)
        body = answer.read()
        seconds = time.perf_counter() - began
        if answer.getheader("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        return Got(seconds, len(body), body, streamed=False)

    def _asked(self, path: str) -> tuple[float, http.client.HTTPResponse]:
        """When a page was asked for, and its beginning."""
        began = time.perf_counter()
        headers = {"Cookie": self.cookies, "Host": "localhost", "Accept-Encoding": "gzip"}
        self.wire.request("GET", path, headers=headers)
        return began, self.wire.getresponse()

    def _streamed(self, answer: http.client.HTTPResponse, began: float, to_the_end: bool) -> Got:
        length = len(answer.read(1))
        seconds = time.perf_counter() - began
        while to_the_end and (some := answer.read(65_536)):
            length += len(some)
        if to_the_end:
            seconds = time.perf_counter() - began
        # What is left of it is not waited for.
        self.wire.close()
        return Got(seconds, length, b"", streamed=True)


def _page(served: Served, cookies: Mapping[str, str], path: str, users: int, quick: bool) -> dict[str, Any]:
    first = _Reader(served.port, cookies)
    cold = first.get(path).seconds
    alone = sorted(first.get(path).seconds for _ in range(3))[1]
    seconds: list[float] = []
    faults: list[str] = []
    readers = [
        threading.Thread(target=_read, args=(served.port, cookies, path, number, quick, seconds, faults))
        for number in range(users)
    ]
    web = [pid for pid in descendants(served.root) if WSGI in command_of(pid)]
    used = seconds_of(web)
    for one in readers:
        one.start()
    for one in readers:
        one.join()
    if faults:
        raise NotMeasured(faults[0])
    used = seconds_of(web) - used
    seconds.sort()
    p95 = 1000 * seconds[int(0.95 * len(seconds))]
    whole = first.get(path, to_the_end=True)
    return {
        "path": _IDENTIFIER.sub("…", path),
        "bytes": whole.size,
        "whole_file_seconds": round(whole.seconds, 2) if whole.streamed else None,
        "first_ms": round(1000 * cold, 1),
        "alone_ms": round(1000 * alone, 1),
        "p50_ms": round(1000 * seconds[len(seconds) // 2], 1),
        "p95_ms": round(p95, 1),
        "processor_ms": round(1000 * used / (len(seconds) + users), 1),
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
        reader.get(path)
        time.sleep(0 if quick else READING_SECONDS)
        for _ in range(QUICK_TIMES if quick else TIMES):
            seconds.append(reader.get(path).seconds)
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
        f"{counters['ratio']:.2f}), {made['processor_seconds']:.1f} s of one processor, at most {made['peak_mib']:.0f} MiB",
        f"{followed['seals']:,} new events followed: {1000 * followed['seconds']:.0f} ms; "
        f"differences from a full count: {counters['differences']}",
        f"memory (PSS): {', '.join(f'{part} {mib:.0f} MiB' for part, mib in result['memory_mib'].items())}",
        f"{result['users']} users, ceiling {CEILING_MS} ms",
        f"{'page':<52} {'bytes':>10} {'first ms':>9} {'alone ms':>9} {'p50 ms':>8} {'p95 ms':>8} {'ratio':>6} {'cpu ms':>7}",
    ]
    lines += [
        f"{page['path'][:52]:<52} {page['bytes']:>10,} {page['first_ms']:>9.1f} {page['alone_ms']:>9.1f} {page['p50_ms']:>8.1f} "
        f"{page['p95_ms']:>8.1f} {page['ratio']:>6.2f} "
        f"{page['processor_ms']:>7.1f}{'  above' if page['ratio'] > 1 else ''}{_streams(page)}"
        for page in sorted(result["pages"], key=lambda page: -page["p95_ms"])
    ]
    return "\n".join(lines)


def _streams(page: Mapping[str, Any]) -> str:
    seconds = page["whole_file_seconds"]
    return "" if seconds is None else f"  to its first byte; the whole file {seconds:.1f} s"
