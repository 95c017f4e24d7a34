"""Work in a process of its own (別プロセスでの実行): it ends as it would have ended here, and leaves nothing running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contracts.test_supervisor import lives, until

pytestmark = pytest.mark.once
# Who starts the suite with nohup or in the background of a script hands down that signals are ignored.
CALLER = """
import os, signal, sys, time
from pathlib import Path
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)
from dokodemo.entry.cli.apart import apart

def work():
    {work}

apart(work)
print("done", flush=True)
"""
WAITING = 'Path(sys.argv[1]).write_text(f"{os.getppid()} {os.getpid()}"); time.sleep(60)'


def caller(work: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", CALLER.replace("{work}", work), *arguments]


def test_the_caller_goes_on_when_the_work_is_done(tmp_path: Path) -> None:
    file = tmp_path / "made"
    done = subprocess.run(
        caller("Path(sys.argv[1]).touch()", str(file)), capture_output=True, text=True, check=True
    )
    assert file.exists()
    assert done.stdout.splitlines() == ["done"]


@pytest.mark.parametrize(
    ("work", "code", "said"),
    [
        ("sys.exit(3)", 3, ""),
        ('raise ValueError("a fault")', 1, "ValueError: a fault"),
        ("os.kill(os.getpid(), 9)", 128 + signal.SIGKILL, ""),
    ],
)
def test_work_that_ends_badly_ends_the_caller_with_its_code(work: str, code: int, said: str) -> None:
    ended = subprocess.run(caller(work), capture_output=True, text=True, check=False)
    assert (ended.returncode, "done" in ended.stdout) == (code, False)
    assert said in ended.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_caller_ends_the_work(tmp_path: Path, number: signal.Signals) -> None:
    file = tmp_path / "pids"
    with subprocess.Popen(caller(WAITING, str(file)), stdout=subprocess.DEVNULL) as process:
        assert until(lambda: file.exists() and file.read_text().count(" ") == 1)
        _, child = map(int, file.read_text().split())
        process.send_signal(number)
        assert process.wait(timeout=15) == 128 + number
    assert until(lambda: not lives(child))


def test_ctrl_c_ends_both_and_only_the_work_says_so(tmp_path: Path) -> None:
    file = tmp_path / "pids"
    with subprocess.Popen(
        caller(WAITING, str(file)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert until(lambda: file.exists() and file.read_text().count(" ") == 1)
        os.killpg(process.pid, signal.SIGINT)
        said = process.communicate(timeout=15)[1]
    assert process.returncode != 0
    assert said.count("KeyboardInterrupt") == 1
