"""The papers people bring and take home: letters as words."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.papers import need


def words_of(letter: Path) -> str:
    """The words of a PDF; without pdftotext a visible skip that names the command (a failure under CI=true)."""
    need("pdftotext")
    done = subprocess.run(["pdftotext", "-layout", letter, "-"], capture_output=True, check=True, timeout=60)
    return done.stdout.decode("utf-8")
