"""PostgreSQL's own programs for copies (pg_dump・pg_restore): found, chosen by version, run without showing data.

Owns how they are found and called. Never puts a password on a command line and never shows what a row holds.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

from django.db import connection

from dokodemo.entry.server.copies import CopyError

PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/pgsql/bin",
)
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
_QUOTED = re.compile(r'"(?![a-z_][a-z0-9_]*")[^"]*"')


def server_version() -> int:
    """The major version of the server, such as 15."""
    connection.ensure_connection()
    return int(connection.pg_version) // 10_000  # type: ignore[attr-defined]


def tool(name: str, *, at_least: int) -> tuple[Path, int]:
    """The oldest `pg_dump` or `pg_restore` that is new enough, and its major version. Raises CopyError.

    The oldest, because a newer one writes settings that an older server does not know.
    """
    found = sorted((version, path) for path in _candidates(name) if (version := _version(path)) >= at_least)
    if not found:
        raise CopyError(
            f"{name} of PostgreSQL {at_least} or later was not found. Install it: "
            f"sudo apt install postgresql-client-{at_least} (Fedora: sudo dnf install postgresql), or put it on PATH."
        )
    return found[0][1], found[0][0]


def _candidates(name: str) -> Iterator[Path]:
    for pattern in PLACES:
        folder, _, rest = pattern[1:].partition("*")
        if rest:
            yield from (
                path for path in Path("/").glob(f"{folder}*{rest}/{name}") if os.access(path, os.X_OK)
            )
        elif os.access(f"/{folder}/{name}", os.X_OK):
            yield Path(f"/{folder}/{name}")
    on_path = shutil.which(name)
    if on_path:
        yield Path(on_path)


@cache
def _version(path: Path) -> int:
    try:
        said = subprocess.run(  # noqa: S603 - a program found by its name
            [path, "--version"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = _VERSION.search(said.stdout)
    return int(found[1]) if found else 0


def run(command: Sequence[str | Path], *, look: Callable[[], None]) -> None:
    """Run a program against the city's database, calling `look` now and then. Raises CopyError with its first error."""
    target, environment = _connection()
    process = subprocess.Popen(  # noqa: S603 - a program found by its name
        [*command, f"--dbname={target}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment,
        text=True,
        errors="replace",
    )
    try:
        while process.poll() is None:
            look()
            time.sleep(0.1)
        said = process.stderr.read() if process.stderr else ""
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    if process.returncode:
        raise CopyError(f"{Path(command[0]).name} ended with {process.returncode}: {_first_error(said)}")


def _first_error(said: str) -> str:
    """The first error without the lines and quotations that may show what a row holds."""
    line = next(
        (line for line in said.splitlines() if "error:" in line or "ERROR:" in line), "no reason given"
    )
    return _QUOTED.sub('"…"', line)[:300]


def _connection() -> tuple[str, dict[str, str]]:
    """A connection string without the password, and an environment that holds it."""
    from psycopg.conninfo import make_conninfo
    from psycopg.pq import Conninfo

    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    given = connection.get_connection_params()
    parameters = {name: value for name, value in given.items() if name in known and value is not None}
    password = parameters.pop("password", None)
    environment = {**os.environ, "LC_ALL": "C"}
    if password:
        environment["PGPASSWORD"] = str(password)
    return make_conninfo(**parameters), environment
