"""Is the city able to serve (稼働確認)? Asked by the supervisor, by load balancers and by the tests.

Owns the list of what must be there. Never repairs anything.
"""

from typing import Any

from django.db import DatabaseError, connection

from dokodemo.administration.procedures.queries import is_open
from dokodemo.kernel.crypto import CryptoError, ensure_key_ring


def ready_report() -> dict[str, Any]:
    """`ready`, and one word for each part: "ok" or what is wrong with it. No address, no name, no secret."""
    parts: dict[str, str] = {}
    try:
        connection.ensure_connection()
        parts["database"] = "ok"
        parts["procedures"] = "ok" if is_open() else "none published: run `dokodemo pack load`"
    except DatabaseError as error:
        parts["database"] = type(error).__name__
    try:
        ensure_key_ring()
        parts["keys"] = "ok"
    except (CryptoError, OSError) as error:
        parts["keys"] = type(error).__name__
    return {"ready": all(state == "ok" for state in parts.values()), **parts}
