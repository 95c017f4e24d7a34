"""The papers people bring and take home: letters as words."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def words_of(letter: Path) -> str:
    """The words of a PDF; without pdftotext a visible skip that names the command (a failure under CI=true)."""
    if shutil.which("pdftotext") is None:
        message = "pdftotext is absent: sudo apt install poppler-utils"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    done = subprocess.run(["pdftotext", "-layout", letter, "-"], capture_output=True, check=True, timeout=60)
    return done.stdout.decode("utf-8")
