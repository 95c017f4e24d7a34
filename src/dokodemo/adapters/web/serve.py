"""Serves a WSGI application on the loopback address (Webサーバー): `python -m dokodemo.adapters.web.serve MODULE --port N`.

Owns how requests reach Python: granian takes a request in whole before a thread of ours sees it, so a slow visitor
occupies none. The application is loaded once and shared by forked workers. Never ends TLS and never restarts itself:
whoever starts it watches it, because granian gives up when workers die again and again.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import MPServer

from dokodemo.kernel import memory

GRACE_SECONDS = 10
# Two threads that share one Python slow each other down (measured: a sixth more processor time for each request), so the
# second waits for the first this long; then they share, and a slow page holds nobody up for longer.
PATIENCE_SECONDS = 0.05
# A worker is replaced now and then, so that a slow leak never becomes an outage.
LIFETIME_SECONDS = 6 * 60 * 60
HOST = "127.0.0.1"
# The server writes its errors past the root of the log; its lines are made like all others, without what a person typed.
LINE = {"()": "dokodemo.kernel.faults.Line", "format": "%(asctime)s %(levelname)s web %(message)s"}
LOGGING = {"formatters": {"generic": LINE, "access": LINE}}


type Application = Callable[..., Any]


def one_after_the_other(application: Application, patience: float = PATIENCE_SECONDS) -> Application:
    """The same application, of which a process answers one request at a time while each takes less than `patience` (s)."""
    turn = threading.Lock()

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        waited = turn.acquire(timeout=patience)
        try:
            return application(environ, start_response)
        finally:
            if waited:
                turn.release()

    return answer


def serve(module: str, *, port: int, workers: int = 1, threads: int = 2) -> None:
    """Serve `module.application` until SIGTERM or SIGINT. Ends with exit code 1 when workers keep dying."""
    application = one_after_the_other(import_module(module).application)
    memory.give_back()
    # What the parent has loaded is shared with its children only when they are forked.
    multiprocessing.set_start_method("fork", force=True)
    server = MPServer(
        module,
        address=HOST,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        log_level=LogLevels.error,
        log_dictconfig=LOGGING,
        respawn_failed_workers=True,
        respawn_interval=0.2,
        workers_kill_timeout=GRACE_SECONDS,
        workers_lifetime=LIFETIME_SECONDS,
    )
    server.serve(target_loader=lambda: application, wrap_loader=False)


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="dokodemo.adapters.web.serve")
    parser.add_argument("module", help="a module with a WSGI `application`")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--ahead",
        metavar="MODULE",
        help="a module to load at once; the rest waits for a line on standard input, and its end ends the server",
    )
    chosen = parser.parse_args()
    if chosen.ahead is not None:
        import_module(chosen.ahead)
        if not sys.stdin.readline():
            return
    serve(chosen.module, port=chosen.port, workers=chosen.workers, threads=chosen.threads)


if __name__ == "__main__":
    main()
