"""Cities of their own for the contract tests: a home, a database on the engine of this round, and the real commands."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg

PROJECT = Path(__file__).resolve().parents[2]
SERVER = os.environ.get("DATABASE_URL", "")
ENGINE = "postgresql" if SERVER else "sqlite"


def free_port() -> int:
    """A port nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class City:
    """One city: where it lives, and its commands as an operator types them."""

    home: Path
    database: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)

    @property
    def variables(self) -> dict[str, str]:
        """The whole environment of a command."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("DOKODEMO_", "DATABASE_URL", "DJANGO_", "PYTEST_"))
        }
        own = {
            "DOKODEMO_HOME": str(self.home),
            "DOKODEMO_PORT": str(self.port),
            "PYTHONPATH": str(PROJECT),
            "PYTHONUNBUFFERED": "1",
        }
        if self.database:
            own["DATABASE_URL"] = self.database
        return kept | own | self.environment

    def run(self, *arguments: str, timeout: float = 240) -> subprocess.CompletedProcess[str]:
        """Run `dokodemo …` to its end."""
        return self.python("-m", "dokodemo.entry.cli.main", *arguments, timeout=timeout)

    def python(self, *arguments: str, timeout: float = 240) -> subprocess.CompletedProcess[str]:
        """Run this Python to its end."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=PROJECT,
            env=self.variables,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    @contextmanager
    def started(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """A process of this city, gone when the block ends."""
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=PROJECT,
            env=self.variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(timeout=20)
            if process.stdout:
                process.stdout.close()


@contextmanager
def fresh_database() -> Iterator[str]:
    """The URL of an empty database on this round's server, dropped afterwards; empty for SQLite."""
    if not SERVER:
        yield ""
        return
    name = f"contract_{uuid4().hex[:12]}"
    with psycopg.connect(SERVER, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(SERVER, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
