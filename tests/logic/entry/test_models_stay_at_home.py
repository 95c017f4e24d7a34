"""A domain's tables are its own (docs/adr/0001): others ask its queries, with exceptions that are named and only read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

GROUPS = ("city", "administration", "promotion")
READERS = {
    ("promotion/closing/actions.py", "promotion.plan"),
    ("promotion/closing/queries.py", "promotion.plan"),
    ("promotion/following/changes.py", "promotion.plan"),
    ("promotion/headquarters/since.py", "promotion.plan"),
    ("promotion/demonstration/actions.py", "promotion.improvement"),
}
WRITES = {
    "create",
    "bulk_create",
    "update",
    "bulk_update",
    "update_or_create",
    "get_or_create",
    "delete",
    "save",
}


def imported_models(file: Path, own: str) -> dict[str, str]:
    """Names of other domains' models that a file imports, each with its domain."""
    found: dict[str, str] = {}
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if not isinstance(node, ast.ImportFrom):
            continue
        parts = (node.module or "").split(".")
        domain = ".".join(parts[1:3])
        if parts[0] != "dokodemo" or domain == own or parts[1] not in GROUPS:
            continue
        if parts[3:4] == ["models"]:
            found |= {one.asname or one.name: domain for one in node.names}
        elif len(parts) == 3:
            found |= {one.asname or one.name: domain for one in node.names if one.name == "models"}
    return found


def files(project: Path) -> Iterator[tuple[str, Path, str]]:
    source = project / "src" / "dokodemo"
    for group in GROUPS:
        for file in sorted((source / group).rglob("*.py")):
            path = file.relative_to(source)
            if len(path.parts) > 2 and "migrations" not in path.parts:
                yield path.as_posix(), file, ".".join(path.parts[:2])


def test_no_domain_imports_anothers_models_but_those_named(project: Path) -> None:
    found = {
        (path, domain) for path, file, own in files(project) for domain in imported_models(file, own).values()
    }
    assert found == READERS


def test_who_imports_anothers_models_writes_none_of_them(project: Path) -> None:
    for path, file, own in files(project):
        names = imported_models(file, own)
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in WRITES
            ):
                used = {one.id for one in ast.walk(node.func) if isinstance(one, ast.Name)}
                assert not used & set(names), f"{path}:{node.lineno}"
