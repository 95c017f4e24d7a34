"""Whoever begins at README, in either language, reaches every guide; the map names no folder that is not there."""

import re
from pathlib import Path

import pytest

PLANNED = {"administration/counter"}


@pytest.mark.parametrize("name", ["README.md", "README.ja.md"])
def test_every_guide_is_linked_from_both_readmes(project: Path, name: str) -> None:
    linked = set(re.findall(r"\((docs/[^)#]+)\)", (project / name).read_text("utf-8")))
    guides = {f"docs/guide/{file.name}" for file in (project / "docs" / "guide").glob("*.md")}
    others = {"docs/plan-map.md", "docs/glossary.md", "docs/dependencies.md", "docs/adr/"}
    assert linked == guides | others


def test_the_map_names_only_folders_that_are_there_or_planned(project: Path) -> None:
    text = (project / "docs" / "plan-map.md").read_text("utf-8")
    named = set(re.findall(r"`((?:administration|promotion|kernel)/[a-z_]+)`", text))
    missing = {name for name in named if not list((project / "src" / "dokodemo").glob(f"{name}*"))}
    assert missing <= PLANNED
    assert all(f"`{name}`" in text.split("## Strategies")[0] for name in missing), (
        "named as planned at the top"
    )
