"""Where an estimate is worked out: in a process that ends with it, with the same result."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from concurrent.futures.process import BrokenProcessPool

import pytest

from dokodemo.promotion.evaluation.apart import apart

# What a worker does, without a city: an estimate, and then a look at what it had to load for it.
WORKER = """
import random, sys
from datetime import date
from dokodemo.promotion.evaluation.apart import apart
from dokodemo.promotion.evaluation.estimation import evaluate
from dokodemo.promotion.evaluation.series import Point, month_after

if __name__ == "__main__":
    chance = random.Random(1)
    points = tuple(Point(month_after(date(2022, 1, 1), n), 100 - 40 * (n >= 24) + chance.gauss(0, 3)) for n in range(36))
    asked = (points, month_after(date(2022, 1, 1), 24), "rate")
    found = apart(evaluate, *asked)
    assert not {"numpy", "scipy", "statsmodels"} & sys.modules.keys()
    assert found.end.verdict == "lower"
    assert found == evaluate(*asked)
"""


def test_what_estimates_is_never_loaded_by_the_worker_and_says_the_same() -> None:
    subprocess.run([sys.executable, "-c", WORKER], check=True, timeout=120)


def test_work_is_done_by_another_process_and_its_fault_comes_back() -> None:
    assert apart(os.getpid) != os.getpid()
    with pytest.raises(IndexError):
        apart(random.choice, [])


def test_a_process_that_is_killed_is_a_fault_of_the_job() -> None:
    with pytest.raises(BrokenProcessPool):
        apart(os._exit, 1)
