"""A small pack to break and to publish, apart from the packs of real cities."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dokodemo.kernel.packs import Pack, open_pack

SMALL = Path(__file__).with_name("small")

type Edit = tuple[str, str, str]


@pytest.fixture
def small_folder(tmp_path: Path) -> Path:
    """A copy of the small pack that a test may change."""
    folder = tmp_path / "packs" / "small"
    shutil.copytree(SMALL, folder)
    return folder


@pytest.fixture
def edited(small_folder: Path) -> Callable[..., Pack]:
    """Opens the small pack after replacing text in its files: (file, old, new); an empty `old` writes the file anew."""

    def edit(*edits: Edit) -> Pack:
        for name, old, new in edits:
            file = small_folder / name
            if not old:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(new, "utf-8")
                continue
            text = file.read_text("utf-8")
            assert text.count(old) == 1, f"{old!r} is in {name} {text.count(old)} times"
            file.write_text(text.replace(old, new), "utf-8")
        return open_pack("small", roots=[small_folder.parent])

    return edit
