"""Estimating in a process of its own (推定を別のプロセスで行う).

Owns where the work is done: the libraries that estimate weigh 130 MB and are never given back by the process that loaded
them, so they end with one that does nothing else. Never knows what is estimated.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context


def apart[**P, R](work: Callable[P, R], *given: P.args, **named: P.kwargs) -> R:
    """What `work`, a function of a module, gives in a new process; what it raises is raised here.

    Raises BrokenProcessPool when the process is killed, for instance for want of memory.
    """
    # A fork would take over the threads' locks and the database's connections.
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as processes:
        return processes.submit(work, *given, **named).result()
