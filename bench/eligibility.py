"""`bin/bench eligibility`: rules over a whole register beside hand-written NumPy, one person, and a run end to end.

Owns what is measured and how it is printed. The rules are the pack's own; both sides answer for the same made-up people.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.city import run_json, tell

SIZES, QUICK_SIZES = (50_000, 1_000_000, 10_000_000), (2_000, 20_000)
RESIDENTS, QUICK_RESIDENTS = 50_000, 300
EXPLANATIONS, QUICK_EXPLANATIONS = 1000, 50
AIM_RATIO, AIM_RATIO_LARGE, LARGE = 5, 3, 10_000_000
AIM_GIB, AIM_EXPLAIN_MS, AIM_RUN_SECONDS = 4, 5, 30


def measure(*, quick: bool) -> dict[str, Any]:
    """All three measurements. Raises NotMeasured."""
    rules = []
    for size in QUICK_SIZES if quick else SIZES:
        tell(f"  rules over {size:,} residents …")
        rules.append(run_json([sys.executable, "-m", "bench.rules", str(size)], os.environ))
    tell("  explaining one person …")
    explained = _explain(QUICK_EXPLANATIONS if quick else EXPLANATIONS)
    residents = QUICK_RESIDENTS if quick else RESIDENTS
    tell(f"  a run over a city of {residents:,} residents …")
    return {"quick": quick, "rules": rules, **explained, "run": _run(residents)}


def _explain(times: int) -> dict[str, float]:
    """Median and 95th percentile in milliseconds of the whole explanation of one person, reasons and amounts included."""
    from bench.rules import ON, claim
    from dokodemo.administration.eligibility.logic import explain

    procedure = claim()
    # Rules are compiled once for each version and process.
    explain(procedure, {}, ON)
    taken = []
    for number in range(times):
        facts = {
            "applicant.resident_here": True,
            "applicant.is_public_servant": False,
            "child": [
                {"date_of_birth": f"20{10 + number % 15}-0{1 + place}-15", "cared_for": True}
                for place in range(3)
            ],
        }
        start = time.perf_counter()
        explain(procedure, facts, ON).as_json()
        taken.append((time.perf_counter() - start) * 1000)
    return {
        "explain_p50_ms": statistics.median(taken),
        "explain_p95_ms": statistics.quantiles(taken, n=20)[-1],
    }


def _run(residents: int) -> dict[str, Any]:
    """A city of its own, and the command that everybody uses over it."""
    home = Path(tempfile.mkdtemp(prefix="dokodemo-bench-"))
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("DOKODEMO_")},
        "DJANGO_SETTINGS_MODULE": "dokodemo.entry.server.settings",
        "DOKODEMO_HOME": str(home),
        "DOKODEMO_PACK": "arao",
    }
    environment.pop("DATABASE_URL", None)
    try:
        run_json([sys.executable, "-m", "bench.register_city", str(residents)], environment)
        command = [sys.executable, "-m", "dokodemo.entry.cli.main", "eligibility", "run", "--json"]
        start = time.perf_counter()
        report: dict[str, Any] = run_json(command, environment)
        return {
            "residents": report["residents"],
            "benefits": len(report["benefits"]),
            "seconds": report["seconds"],
            "with_start_seconds": time.perf_counter() - start,
        }
    finally:
        shutil.rmtree(home, ignore_errors=True)


def table(result: dict[str, Any]) -> str:
    """What was measured, beside what is aimed at."""
    lines = ["Rules of the child allowance over the whole register, as written and by hand in NumPy:"]
    for row in result["rules"]:
        aim = AIM_RATIO_LARGE if row["residents"] >= LARGE else AIM_RATIO
        same = "same results" if row["equal"] else "DIFFERENT RESULTS"
        ours, first, numpy = (1000 * row[f"{name}_seconds"] for name in ("ours", "first", "numpy"))
        lines.append(
            f"{row['residents']:>12,} residents  ours {ours:9.1f} ms (first run {first:.1f} ms)  "
            f"NumPy {numpy:8.1f} ms  ratio {row['ratio']:5.1f} (aim ≤ {aim})  "
            f"peak {row['peak_gib']:.2f} GiB (aim < {AIM_GIB})  {same}"
        )
    lines.append(
        f"Explaining one person: p50 {result['explain_p50_ms']:.2f} ms, "
        f"p95 {result['explain_p95_ms']:.2f} ms (aim < {AIM_EXPLAIN_MS} ms)"
    )
    run = result["run"]
    lines.append(
        f"`dokodemo eligibility run`: {run['residents']:,} residents, {run['benefits']} benefits, "
        f"{run['seconds']:.1f} s (aim < {AIM_RUN_SECONDS} s for 50,000), {run['with_start_seconds']:.1f} s with its start"
    )
    if result["quick"]:
        lines.append("Quick: shows that it runs, measures nothing.")
    return "\n".join(lines)
