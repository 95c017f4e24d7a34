"""A database that threads share as processes would."""

from collections.abc import Iterator
from pathlib import Path

from django.db import connection, connections


def on_file(path: Path) -> Iterator[None]:
    """On SQLite: the tests' database in a file of its own while this runs (in memory its locks are others)."""
    connection.ensure_connection()
    path.write_bytes(connection.connection.serialize())
    usual, place = connections["default"], connections.databases["default"]
    name, place["NAME"] = place["NAME"], str(path)
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = usual
        place["NAME"] = name
