"""Work done in a process of its own (別プロセスでの実行), so that what it loaded goes with it.

Owns the child and the signals while it works. Never decides what the work is.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType

HELD = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})


def apart(work: Callable[[], None], meanwhile: Callable[[], None] = lambda: None) -> None:
    """Do the work in a forked child and wait for it; its errors end the child as they would have ended the caller.

    `meanwhile` is done by the caller once the child is on its way, and leaves signals alone. Since the child unwinds the
    caller's frames when it ends, what `meanwhile` starts is unknown to it.

    Raises SystemExit with the child's exit code when that is not 0; 128 + the signal's number when one ended it.
    Whoever calls has no open database connection, since two processes cannot share one.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    # Held back until each of the two knows what is its own to do with them.
    signal.pthread_sigmask(signal.SIG_BLOCK, HELD)
    child = os.fork()
    if child == 0:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD)
        work()
        sys.exit(0)

    def pass_on(number: int, frame: FrameType | None) -> None:
        os.kill(child, number)

    # Ctrl-C reaches the child by itself: it is the terminal's to tell everybody in front of it.
    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_IGN),
        signal.SIGTERM: signal.signal(signal.SIGTERM, pass_on),
        signal.SIGHUP: signal.signal(signal.SIGHUP, pass_on),
    }
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD)
    try:
        meanwhile()
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if code:
        raise SystemExit(code if code > 0 else 128 - code)
