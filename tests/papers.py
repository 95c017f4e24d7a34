"""Independent readers of PDF (poppler), which some tests ask about what we sign and set."""

from __future__ import annotations

import shutil

import pytest

from tests.machine import must_be_whole


def need(program: str) -> None:
    """Go on only where a program is there: a visible skip that names the command, a failure under CI=true."""
    if shutil.which(program) is None:
        leave_out(f"{program} is absent: sudo apt install poppler-utils")


def leave_out(message: str) -> None:
    """A visible skip; a failure under CI=true."""
    if must_be_whole():
        pytest.fail(message)
    pytest.skip(message)
