"""A throw-away city and its bare peer (測定用の市と比較相手), brought up by the command everybody uses.

Owns starting and ending them, each in a home of its own. Never touches the city in var/.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.processes import command_of, descendants

PROJECT = Path(__file__).resolve().parents[1]
PACKS = Path(__file__).parent / "packs"
RESIDENTS = 1500
WSGI, BARE = "dokodemo.entry.server.wsgi", "bench.bare"
Tell = Callable[[str], None]


class NotMeasured(Exception):
    """The measurement could not be made; the text says why."""


@dataclass(frozen=True)
class Served:
    """Something that answers on a port: the process everything hangs on, and its environment."""

    port: int
    root: int
    environment: Mapping[str, str]


def tell(text: str) -> None:
    """One line of progress."""
    print(text, file=sys.stderr, flush=True)


def free_ports(number: int) -> list[int]:
    """Ports nobody listens on just now."""
    probes = [socket.socket() for _ in range(number)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


@contextmanager
def city(
    *, pack: str, database: str, residents: int = RESIDENTS, packs: Path = PACKS, kept: Path | None = None
) -> Iterator[Served]:
    """A city with two web workers and a worker, as `dokodemo up` starts it; its pack is looked for in `packs` too.

    `kept`: a home the caller keeps, to be opened again. Raises NotMeasured.
    """
    home = kept or Path(tempfile.mkdtemp(prefix="dokodemo-bench-"))
    port, twin = free_ports(2)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("DOKODEMO_")},
        "DJANGO_SETTINGS_MODULE": "dokodemo.entry.server.settings",
        "DOKODEMO_HOME": str(home),
        "DOKODEMO_PACK": pack,
        "DOKODEMO_PACK_ROOTS": str(packs),
        "DOKODEMO_PORT": str(port),
        "DOKODEMO_TWIN_PORT": str(twin),
        "DATABASE_URL": database,
    }
    up = [
        sys.executable,
        "-m",
        "dokodemo.entry.cli.main",
        "up",
        "--workers",
        "2",
        "--residents",
        str(residents),
    ]
    tell(f"  bringing up a city with {residents} residents …")
    try:
        with _running([*up, "--port", str(port)], environment, home / "up.log") as process:
            _wait(f"http://127.0.0.1:{port}/readyz", process, home / "up.log", seconds=600)
            yield Served(port, process.pid, environment)
    finally:
        if kept is None:
            shutil.rmtree(home, ignore_errors=True)


@contextmanager
def bare(like: Served, *, database: str) -> Iterator[tuple[Served, list[dict[str, str]]]]:
    """The bare form, served by the very command line that serves the city, and its users' cookies."""
    home = Path(tempfile.mkdtemp(prefix="dokodemo-bare-"))
    (port,) = free_ports(1)
    environment = {**like.environment, "BARE_HOME": str(home), "BARE_DATABASE_URL": database}
    command = [{WSGI: BARE, str(like.port): str(port)}.get(word, word) for word in web_command(like.root)]
    try:
        users = run_json([sys.executable, "-m", "bench.bare_tables", "32"], environment)
        with _running(command, environment, home / "bare.log") as process:
            _wait(f"http://127.0.0.1:{port}/alive", process, home / "bare.log", seconds=60)
            yield Served(port, process.pid, environment), users
    finally:
        shutil.rmtree(home, ignore_errors=True)


def web_command(root: int) -> list[str]:
    """The command line by which `dokodemo up` started its web server, without what it loads ahead. Raises NotMeasured."""
    for pid in descendants(root):
        command = command_of(pid)
        if WSGI in command:
            ahead = command.index("--ahead")
            return [*command[:ahead], *command[ahead + 2 :]]
    raise NotMeasured("no web server is running")


def run_json(
    command: Sequence[str], environment: Mapping[str, str], given: Any = None, *, shown: bool = False
) -> Any:
    """What a program prints as JSON; what it says of its progress is `shown` as it comes. Raises NotMeasured."""
    finished = subprocess.run(
        command,
        cwd=PROJECT,
        env=dict(environment),
        input=json.dumps(given),
        stdout=subprocess.PIPE,
        stderr=None if shown else subprocess.PIPE,
        text=True,
        check=False,
    )
    if finished.returncode != 0:
        raise NotMeasured(f"{' '.join(command[1:4])} failed:\n{(finished.stderr or '')[-2000:]}")
    return json.loads(finished.stdout)


@contextmanager
def _running(
    command: Sequence[str], environment: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as written:
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env=dict(environment),
            stdout=written,
            stderr=written,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=25)
        except subprocess.TimeoutExpired:
            for pid in descendants(process.pid):
                os.kill(pid, signal.SIGKILL)
            process.wait()


def _wait(address: str, process: subprocess.Popen[bytes], log: Path, *, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise NotMeasured(f"the server did not start:\n{log.read_text(errors='replace')[-2000:]}")
