"""A typesetter that is killed: what it held in clear goes with the next letter, what a living one holds stays."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dokodemo.adapters.typeset import Template, engine, sweep, typeset

NAME = "雪獅子 匁左衛門"
LETTER = '#set document(title: "x")\n= x\n'
HANGS = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from dokodemo.adapters.typeset import Template, engine, typeset
engine._place = lambda: Path(sys.argv[1])
def hang(root, created):
    print(root, flush=True)
    time.sleep(120)
engine._compile = hang
typeset(Template("a.typ", {"a.typ": "= x"}), {"name": sys.argv[2]}, created=datetime.now(UTC))
"""
AT_ONCE = timedelta(seconds=-1)


@pytest.fixture(autouse=True)
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A place for letters that no other process uses."""
    monkeypatch.setattr(engine, "_place", lambda: tmp_path)
    return tmp_path


@contextmanager
def hanging(place: Path) -> Iterator[tuple["subprocess.Popen[str]", Path]]:
    """A process in the middle of a letter, and the folder of that letter."""
    process = subprocess.Popen(
        [sys.executable, "-c", HANGS, str(place), NAME], stdout=subprocess.PIPE, text=True
    )
    with process, ExitStack() as end:
        end.callback(process.kill)
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        assert NAME in (folder / "data.json").read_text("utf-8")
        yield process, folder


def test_what_a_killed_one_left_is_swept_and_a_living_ones_stays(place: Path) -> None:
    with hanging(place) as (killed, left), hanging(place) as (_, living):
        assert sweep(older_than=AT_ONCE) == 0
        killed.kill()
        killed.wait(timeout=20)
        assert left.is_dir()
        assert sweep(older_than=AT_ONCE) == 1
        assert not left.exists()
        assert (living / "data.json").is_file()


def test_a_folder_that_is_just_being_made_is_left_alone(place: Path) -> None:
    (place / "dokodemo-letter-new").mkdir()
    assert sweep() == 0
    assert sweep(older_than=AT_ONCE) == 1


def test_the_next_letter_cleans_up_and_leaves_nothing_itself(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "dokodemo-letter-old").mkdir()
    monkeypatch.setattr(engine, "sweep", lambda: sweep(older_than=AT_ONCE))
    made = typeset(Template("a.typ", {"a.typ": LETTER}), {}, created=datetime.now(UTC))
    assert made.pdf.startswith(b"%PDF")
    assert list(place.iterdir()) == []
