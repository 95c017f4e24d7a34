"""Keeps the city's processes alive (監視): web, worker and the sign-in twin.

Owns starting, restarting and stopping. Never prepares data and never serves a request. A web server may die of a few
killed workers, so whatever ends is started again, slower each time it ends at once.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

GRACE_SECONDS = 15.0
SLOWEST_RESTART_SECONDS = 30.0
STEADY_SECONDS = 20.0


@dataclass
class Process:
    """One child: its name, its command, and what it adds to the environment.

    One that `waits` loads by itself and goes on at a line on its standard input, which `go_on` writes; it ends by itself
    when the input does, because then nobody watches it any more.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    waits: bool = False
    child: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    quick_ends: int = 0
    start_again_at: float = 0.0
    may_go_on: bool = False

    def start(self) -> None:
        """Start in a process group of its own, so that Ctrl-C reaches it only through the supervisor."""
        self.child = subprocess.Popen(  # noqa: S603 - the commands are our own
            self.command,
            env={**os.environ, **self.environment},
            start_new_session=True,
            stdin=subprocess.PIPE if self.waits else None,
        )
        self.started = time.monotonic()
        if self.may_go_on:
            self.go_on()

    def go_on(self) -> None:
        """What a child waits for is there; one that is started again later waits no more."""
        self.may_go_on = True
        if self.child is not None and self.child.stdin is not None:
            # A child that ended meanwhile is for the watch to find.
            with suppress(BrokenPipeError), self.child.stdin as told:
                told.write(b"go on\n")

    def ended(self) -> bool:
        """Whether a started child is no longer running."""
        return self.child is not None and self.child.poll() is not None

    def signal(self, number: int) -> None:
        """Send a signal to the child and everything it started, also when the child itself has ended already."""
        if self.child is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.child.pid, number)


class Supervisor:
    """Starts processes and keeps them running until told to stop."""

    def __init__(self, processes: Sequence[Process], *, tell: Callable[[str], None]) -> None:
        self.processes = list(processes)
        self.tell = tell
        self.stopping = False

    def request_stop(self, number: int = 0, frame: FrameType | None = None) -> None:
        """End the watch at the next look; a second request ends the waiting too."""
        if self.stopping:
            for process in self.processes:
                process.signal(signal.SIGKILL)
        self.stopping = True

    def start(self) -> None:
        """Start every process."""
        for process in self.processes:
            process.start()

    def heed_signals(self) -> None:
        """From now on SIGINT, SIGTERM and SIGHUP end the watch."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.request_stop)

    def also(self, process: Process) -> None:
        """Keep one more process running; the watch starts it."""
        self.processes.append(process)

    def watch(self, *, until: Callable[[], bool] | None = None, pause: float = 0.2) -> bool:
        """Restart what ends, until stopped or until `until` is true; True when `until` was what ended it."""
        while not self.stopping:
            if until is not None and until():
                return True
            for process in self.processes:
                self._look_after(process)
            time.sleep(pause)
        return False

    def _look_after(self, process: Process) -> None:
        now = time.monotonic()
        if process.child is None:
            if now >= process.start_again_at:
                process.start()
            return
        if not process.ended():
            return
        lived = now - process.started
        process.quick_ends = 0 if lived > STEADY_SECONDS else process.quick_ends + 1
        wait = (
            0.0 if process.quick_ends == 0 else min(2.0 ** (process.quick_ends - 1), SLOWEST_RESTART_SECONDS)
        )
        self.tell(
            f"{process.name} ended (code {process.child.returncode}); starting it again in {wait:.0f} s"
        )
        process.signal(signal.SIGKILL)
        process.child = None
        process.start_again_at = now + wait

    def stop(self) -> None:
        """Ask every process to end, wait, and end what did not; says so where anything was started."""
        if any(process.child is not None for process in self.processes):
            self.tell("\nStopping …")
        for process in self.processes:
            process.signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        for process in self.processes:
            if process.child is None:
                continue
            try:
                process.child.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.child.kill()
                process.child.wait()
            # What the child left behind would keep its port.
            process.signal(signal.SIGKILL)
