"""A whole city for the journeys: its own home, its own ports, and the real web, worker and sign-in twin behind them."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
START_SECONDS = 180
# The place of a process's time of start in /proc/…/stat, counted from its state.
STARTED = 19
# What a developer's shell may hold and a fresh city must not inherit.
FOREIGN = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "DOKODEMO_SECRET_KEY", "DOKODEMO_PACK", "DOKODEMO_TODAY")


def free_pair() -> tuple[int, int]:
    """Two ports nobody listens on."""
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]


def wait_until(true: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Look every fifth of a second. Raises AssertionError naming what never came."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return
        time.sleep(0.2)
    raise AssertionError(f"after {seconds:.0f} s still not: {what}")


@dataclass
class City:
    """A running city: where it lives, where it answers, and the processes it is made of."""

    home: Path
    port: int
    twin_port: int
    supervisor: subprocess.Popen[bytes] | None = None
    # What this city is told beside its home and ports: another pack, for example.
    told: Mapping[str, str] = field(default_factory=dict)
    log: Path = field(init=False)

    def __post_init__(self) -> None:
        self.log = self.home / "up.log"

    @property
    def address(self) -> str:
        """Where residents and staff come in."""
        return f"http://localhost:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What every process of this city is started with."""
        kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        return {
            **kept,
            "DOKODEMO_HOME": str(self.home),
            "DOKODEMO_PORT": str(self.port),
            "DOKODEMO_TWIN_PORT": str(self.twin_port),
            "DOKODEMO_BASE_URL": self.address,
            **self.told,
        }

    def open(self, *, residents: int) -> None:
        """Bring everything up with one command and wait for the line a visitor would wait for."""
        with self.log.open("wb") as log:
            self.supervisor = subprocess.Popen(
                [sys.executable, "-m", "dokodemo.entry.cli.main", "up", "--residents", str(residents)],
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**self.environment, "PYTHONUNBUFFERED": "1"},
                cwd=PROJECT,
                start_new_session=True,
            )
        try:
            wait_until(self._open_or_ended, seconds=START_SECONDS, what="the city hall is open")
        except AssertionError as late:
            raise AssertionError(f"{late}; it said:\n{self.said()}") from None
        assert self.supervisor.poll() is None, self.said()

    def _open_or_ended(self) -> bool:
        assert self.supervisor is not None
        return "The city hall is open" in self.said() or self.supervisor.poll() is not None

    def said(self) -> str:
        """Everything `dokodemo up` has printed so far."""
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""

    def close(self) -> None:
        """Ctrl-C, as a person would; whatever is left after that is ended."""
        if self.supervisor is None:
            return
        left = self.processes("")
        self.supervisor.send_signal(signal.SIGINT)
        try:
            self.supervisor.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.supervisor.kill()
        for process in left:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def processes(self, words: str) -> list[int]:
        """The running processes of this city whose command line holds these words, oldest first."""
        home = f"DOKODEMO_HOME={self.home}".encode()
        found: list[tuple[int, int]] = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
                mine = home in (entry / "environ").read_bytes().split(b"\0")
                state = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if mine and state[0] != "Z" and words in command:
                # By the time of their start: numbers of processes begin anew when they run out.
                found.append((int(state[STARTED]), int(entry.name)))
        return [process for _, process in sorted(found)]

    def answers(self) -> bool:
        """Whether the portal's first page comes."""
        try:
            with urllib.request.urlopen(f"{self.address}/livez", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """One `dokodemo` command in this city."""
        return subprocess.run(
            [sys.executable, "-m", "dokodemo.entry.cli.main", *arguments],
            env=self.environment,
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=120,
            check=check,
        )

    def ask(self, lines: str) -> object:
        """Run a few lines of Python inside the city (Django set up) and read the JSON they print."""
        done = subprocess.run(
            [sys.executable, "-c", f"import django, json; django.setup()\n{lines}"],
            env={**self.environment, "DJANGO_SETTINGS_MODULE": "dokodemo.entry.server.settings"},
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def password(self, username: str) -> str:
        """The demo password of a member of staff."""
        entries = json.loads((self.home / "demo-sign-ins.json").read_text("utf-8"))
        return next(entry["password"] for entry in entries if entry["username"] == username)

    def plan_numbers(self) -> dict[str, tuple[int | None, int | None]]:
        """The plan's live numbers: code → numerator and denominator."""
        with urllib.request.urlopen(f"{self.address}/plan/numbers.json", timeout=20) as answer:
            found = json.loads(answer.read())
        return {one["code"]: (one["numerator"], one["denominator"]) for one in found["indicators"]}

    def faults(self) -> list[str]:
        """What the log says broke, a traceback with its end; a worker that a journey killed itself is none."""
        broken = r"^Traceback .*\n(?:[ \t].*\n|\n)*.*|.*(?:Internal Server Error|ERROR).*"
        found = re.findall(broken, self.said(), re.MULTILINE)
        ended = ("Unexpected exit from worker", "Worker crash loop detected")
        return [words for words in found if not any(one in words for one in ended)]
