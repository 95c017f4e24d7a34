"""What the supervisor promises (監視): whatever ends comes back, slower each time, and Ctrl-C ends all of it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.processes import command_of
from dokodemo.entry.server import supervisor as supervising
from dokodemo.entry.server.supervisor import Process, Supervisor
from tests.contracts.cities import PROJECT, City

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
# Starts a child of its own, as a web server does, writes both numbers, and waits.
pytestmark = pytest.mark.once
PARENT = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", sys.argv[2]], stdout=subprocess.PIPE)
child.stdout.readline()
with open(sys.argv[1] + ".part", "w") as file:
    file.write(f"{os.getpid()} {child.pid}")
os.rename(sys.argv[1] + ".part", sys.argv[1])
time.sleep(60)
"""
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
)
# A supervisor as `dokodemo up` runs it, over one parent that ignores being asked.
SUPERVISED = """
import sys
from dokodemo.entry.server import supervisor
supervisor.GRACE_SECONDS = 1.0
one = supervisor.Process("web", [sys.executable, "-c", sys.argv[1], sys.argv[2], sys.argv[3]])
watching = supervisor.Supervisor([one], tell=lambda text: print(text, flush=True))
watching.start()
watching.heed_signals()
try:
    watching.watch(pause=0.05)
finally:
    watching.stop()
"""


def until(true: Callable[[], bool], seconds: float = 15) -> bool:
    """Whether something becomes true in time."""
    give_up = time.monotonic() + seconds
    while not true():
        if time.monotonic() > give_up:
            return False
        time.sleep(0.05)
    return True


def lives(pid: int) -> bool:
    """Whether a process runs (a dead one that nobody has asked after does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def serves(port: int) -> bool:
    """Whether a web server for that port runs, loaded or not."""
    wanted = {"dokodemo.adapters.web.serve", str(port)}
    return any(wanted <= set(command_of(int(one.name))) for one in Path("/proc").glob("[0-9]*"))


def test_a_killed_child_is_started_again() -> None:
    told: list[str] = []
    one = Process("web", SLEEPER)
    watching = Supervisor([one], tell=told.append)
    one.start()
    assert one.child is not None
    first = one.child.pid
    os.kill(first, signal.SIGKILL)
    one.child.wait(timeout=10)
    try:
        assert watching.watch(until=lambda: one.child is not None and one.child.pid != first, pause=0.05)
        assert told == ["web ended (code -9); starting it again in 1 s"]
    finally:
        watching.stop()


def test_what_comes_later_is_started_by_the_watch_and_stopped_with_the_rest() -> None:
    first, later = Process("web", SLEEPER), Process("worker", SLEEPER)
    watching = Supervisor([first], tell=lambda text: None)
    first.start()
    watching.also(later)
    assert later.child is None
    try:
        assert watching.watch(until=lambda: later.child is not None, pause=0.05)
        assert later.child is not None
        assert lives(later.child.pid)
    finally:
        watching.stop()
    assert not lives(later.child.pid)


WAITER = "import sys, time; open(sys.argv[1], 'a').write(sys.stdin.readline() or 'nobody'); time.sleep(60)"


def test_a_child_that_waits_goes_on_when_told_and_one_started_again_waits_no_more(tmp_path: Path) -> None:
    said = tmp_path / "said"
    one = Process("web", [sys.executable, "-c", WAITER, str(said)], waits=True)
    watching = Supervisor([one], tell=lambda text: None)
    watching.start()
    try:
        assert one.child is not None
        assert lives(one.child.pid)
        assert not said.exists()
        one.go_on()
        assert until(lambda: said.exists() and said.read_text() == "go on\n")
        os.kill(one.child.pid, signal.SIGKILL)
        assert watching.watch(until=lambda: said.read_text() == "go on\ngo on\n", pause=0.05)
    finally:
        watching.stop()


def test_telling_a_child_that_ended_meanwhile_harms_nobody() -> None:
    one = Process("web", [sys.executable, "-c", ""], waits=True)
    one.start()
    assert one.child is not None
    one.child.wait(timeout=15)
    one.go_on()
    assert one.may_go_on


@pytest.mark.parametrize(("told", "code", "said"), [("", 0, ""), ("go on\n", 1, "No module named 'nowhere'")])
def test_a_web_server_that_loads_ahead_opens_only_when_told_and_ends_with_whoever_started_it(
    told: str, code: int, said: str
) -> None:
    command = ["-m", "dokodemo.adapters.web.serve", "nowhere.wsgi", "--port", "1", "--ahead", "this"]
    ended = subprocess.run(
        [sys.executable, *command], input=told, capture_output=True, text=True, timeout=60, check=False
    )
    assert "The Zen of Python" in ended.stdout
    assert (ended.returncode, said in ended.stderr) == (code, True)
    assert bool(ended.stderr) == bool(said)


def test_what_ends_at_once_is_started_again_slower_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(supervising.time, "monotonic", lambda: clock[0])
    told: list[str] = []
    one = Process("worker", [sys.executable, "-c", "raise SystemExit(3)"])
    watching = Supervisor([one], tell=told.append)
    for _ in range(7):
        one.start()
        assert one.child is not None
        one.child.wait()
        watching._look_after(one)
        assert one.child is None
    assert [text.rpartition(" in ")[2] for text in told] == [
        "1 s",
        "2 s",
        "4 s",
        "8 s",
        "16 s",
        "30 s",
        "30 s",
    ]
    started = one.start_again_at
    assert started == clock[0] + 30
    watching._look_after(one)
    assert one.child is None
    clock[0] = started
    watching._look_after(one)
    assert one.child is not None
    one.child.wait()
    clock[0] += supervising.STEADY_SECONDS + 1
    watching._look_after(one)
    assert told[-1].endswith("in 0 s")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_ends_children_and_grandchildren_within_the_grace_time(
    tmp_path: Path, number: signal.Signals
) -> None:
    pids = tmp_path / "pids"
    ignoring = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + PARENT
    command = [sys.executable, "-c", SUPERVISED, ignoring, str(pids), STUBBORN]
    with subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.DEVNULL, start_new_session=True
    ) as watching:
        assert until(pids.exists)
        parent, child = map(int, pids.read_text().split())
        assert lives(parent)
        assert lives(child)
        started = time.monotonic()
        watching.send_signal(number)
        assert watching.wait(timeout=10) == 0
        assert time.monotonic() - started < 6
    assert until(lambda: not lives(parent) and not lives(child), 2)


def test_what_a_killed_child_leaves_behind_is_ended_before_it_starts_again(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    one = Process("web", [sys.executable, "-c", PARENT, str(pids), STUBBORN])
    watching = Supervisor([one], tell=lambda text: None)
    one.start()
    assert until(pids.exists)
    parent, child = map(int, pids.read_text().split())
    os.kill(parent, signal.SIGKILL)
    try:
        assert watching.watch(until=lambda: one.child is None, pause=0.05)
        assert until(lambda: not lives(child), 5)
    finally:
        watching.stop()
        if lives(child):
            os.kill(child, signal.SIGKILL)


def test_a_stop_ends_grandchildren_whose_parent_went_at_once(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    one = Process("web", [sys.executable, "-c", PARENT, str(pids), STUBBORN])
    watching = Supervisor([one], tell=lambda text: None)
    one.start()
    assert until(pids.exists)
    _, child = map(int, pids.read_text().split())
    watching.stop()
    assert until(lambda: not lives(child), 5)


def test_a_taken_port_says_so_and_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        city = City(tmp_path / "var", port=door.getsockname()[1])
        said = city.run("up", "--residents", "10")
    assert said.returncode == 1
    assert f"Port {city.port} is taken. Stop what uses it, or choose another: bin/up --port" in said.stderr
    assert "Traceback" not in said.stderr
    assert not (tmp_path / "var" / "db").exists()


def test_a_city_that_cannot_be_prepared_leaves_nothing_running(tmp_path: Path) -> None:
    pack = tmp_path / "packs" / "torn"
    pack.mkdir(parents=True)
    (pack / "pack.yaml").write_text("name: torn\n", encoding="utf-8")
    city = City(
        tmp_path / "var",
        environment={"DOKODEMO_PACK": "torn", "DOKODEMO_PACK_ROOTS": str(pack.parent)},
    )
    said = city.run("up", "--residents", "10")
    assert said.returncode == 1
    assert "torn/pack.yaml" in said.stderr
    assert said.stderr.count("Stopping") == 1
    assert not serves(city.port)
