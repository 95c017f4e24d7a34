"""Processes and what they hold (プロセスと使用メモリ), as Linux tells it in /proc.

Owns reading. Never starts or ends a process.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True)
class Held:
    """Memory of some processes in bytes: PSS counts a page shared by n processes as 1/n of a page for each."""

    pss: int
    rss: int


def command_of(pid: int) -> list[str]:
    """The command line of a process; empty when it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")[:-1]
    except OSError:
        return []


def descendants(pid: int) -> list[int]:
    """A process and everything it started."""
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        for listing in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                waiting.extend(int(child) for child in listing.read_text().split())
            except OSError:
                continue
    return found


def held_by(pids: list[int]) -> Held:
    """Memory of these processes; those that have ended hold none."""
    pss = rss = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        sizes = {line.split(":")[0]: int(line.split()[1]) * KIB for line in lines[1:] if line.endswith("kB")}
        pss += sizes.get("Pss", 0)
        rss += sizes.get("Rss", 0)
    return Held(pss, rss)


def seconds_of(pids: list[int]) -> float:
    """Processor time these processes have used so far, in seconds."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / 100


def load_average() -> float:
    """How many processes wanted to run in the last minute: what else this machine does."""
    return float(Path("/proc/loadavg").read_text().split()[0])


@dataclass
class Watch:
    """Looks at the memory of processes twice a second while its block runs, and keeps the peak."""

    root: int
    parts: dict[str, str]
    peak: dict[str, Held] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Watch:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.look()
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        self.look()
        while not self._stop.wait(0.5):
            self.look()

    def look(self) -> None:
        """Measure once."""
        by_part = self.by_part()
        total = Held(0, 0)
        for part, pids in by_part.items():
            held = held_by(pids)
            total = Held(total.pss + held.pss, total.rss + held.rss)
            self._keep(part, held)
        self._keep("total", total)

    def _keep(self, part: str, held: Held) -> None:
        before = self.peak.get(part, Held(0, 0))
        self.peak[part] = Held(max(before.pss, held.pss), max(before.rss, held.rss))

    def by_part(self) -> dict[str, list[int]]:
        """The processes of each part, known by a word of their command."""
        found: dict[str, list[int]] = {part: [] for part in self.parts}
        for pid in descendants(self.root):
            command = command_of(pid)
            for part, word in self.parts.items():
                if word in command:
                    found[part].append(pid)
        return found
