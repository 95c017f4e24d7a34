"""Runs the whole suite: logic, packs and contracts once, domains on both engines, journeys in a browser.

Brings PostgreSQL up on a free port and finds (as root on Debian: installs) poppler and Chromium. Under CI=true a missing
engine, browser or reader of PDF is a failure; elsewhere a visible skip that names the command which helps.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.machine import Missing, chromium, must_be_whole, poppler, postgres

PROJECT = Path(__file__).resolve().parents[1]
ONCE = ["tests/logic", "tests/packs"]
BOTH = ["tests/domains", "tests/contracts"]


@dataclass(frozen=True)
class Round:
    """One run of pytest: its title, its paths, and what it adds to the environment."""

    title: str
    paths: list[str]
    environment: Mapping[str, str]
    workers: str = "2"


def pytest(round_: Round, arguments: list[str]) -> int:
    """Run one round; returns pytest's exit code."""
    print(f"\n== Tests: {round_.title}", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "-n", round_.workers, "--dist", "loadfile"]
    # In the order they were collected; by the number of their tests the longest files would come last.
    command.append("--no-loadscope-reorder")
    finished = subprocess.run(
        [*command, *round_.paths, *arguments],
        cwd=PROJECT,
        env={**os.environ, **round_.environment},
        check=False,
    )
    return finished.returncode


def absent(missing: Missing) -> bool:
    """Say what is missing; True when that must fail the run."""
    print(f"\n== {missing}", flush=True)
    return must_be_whole()


def main(arguments: list[str]) -> int:
    """Run every round; the exit code is 0 only when each passed."""
    if any(not argument.startswith("-") for argument in arguments):
        return pytest(Round("as asked, on SQLite", [], {}, workers="0"), arguments)
    failed = []
    try:
        poppler()
    except Missing as missing:
        failed.append(int(absent(missing)))
    failed.append(pytest(Round("logic and packs", ONCE, {}), arguments))
    failed.append(pytest(Round("domains on SQLite", BOTH, {}), arguments))
    try:
        with postgres() as url:
            other = Round("domains on PostgreSQL", [*BOTH, "-m", "not once"], {"DATABASE_URL": url})
            failed.append(pytest(other, arguments))
    except Missing as missing:
        failed.append(int(absent(missing)))
    try:
        browser = {"DOKODEMO_CHROMIUM": chromium()}
        failed.append(pytest(Round("journeys", ["tests/journeys"], browser), arguments))
    except Missing as missing:
        failed.append(int(absent(missing)))
    return int(any(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
