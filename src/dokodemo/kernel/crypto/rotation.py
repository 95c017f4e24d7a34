"""Renewing keys (鍵の更新): does the ring fit this database, and sealing everything anew with the active key.

Owns the check at start and the walk over every encrypted column. Never removes an old key: backups and files need it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from dokodemo.kernel.crypto.fields import EncryptedField
from dokodemo.kernel.crypto.keyring import CryptoError, ring, ring_path
from dokodemo.kernel.crypto.models import Witness
from dokodemo.kernel.crypto.sealing import needs_rotation, open_sealed, seal

PAGE = 500
_KNOWN = b"dokodemo"


def check_key_ring() -> None:
    """Refuse to start with a ring that is not this database's, and leave a witness of the active key.

    Raises CryptoError with the remedy when the ring is missing, broken, or lacks a key that data were sealed with.
    """
    active = ring().active
    seen = set()
    for witness in Witness.objects.order_by("key_name"):
        seen.add(witness.key_name)
        try:
            open_sealed(bytes(witness.sealed), context=_context(witness.key_name))
        except CryptoError:
            raise CryptoError(
                f"The key ring {ring_path()} is not the one this database was sealed with: key "
                f"{witness.key_name!r} is missing or another. Put back the ring that was backed up with this database."
            ) from None
    if active not in seen:
        sealed = seal(_KNOWN, context=_context(active))
        Witness.objects.bulk_create([Witness(key_name=active, sealed=sealed)], ignore_conflicts=True)


def _context(key_name: str) -> str:
    return f"crypto.witness:{key_name}"


def encrypted_models() -> list[tuple[type[models.Model], list[EncryptedField]]]:
    """Every table with encrypted columns, and those columns."""
    found = []
    for model in apps.get_models():
        fields = [field for field in model._meta.local_concrete_fields if isinstance(field, EncryptedField)]
        if fields and model._meta.managed and not model._meta.proxy:
            found.append((model, fields))
    return found


def rotate(progress: Callable[[str, int, int], None] | None = None) -> int:
    """Seal every value that an older key sealed with the active key; how many values. May be stopped and run again.

    A row that is changed meanwhile is left as its writer left it. `progress(table, done, total)` counts rows.
    Raises CryptoError when a value does not open.
    """
    renewed = 0
    for model, fields in encrypted_models():
        total, done = model._base_manager.count(), 0
        for page in _pages(model, fields):
            with transaction.atomic():
                renewed += sum(
                    _renew(model, field, row[0], value) for row in page for field, value in _old(fields, row)
                )
            done += len(page)
            if progress is not None:
                progress(model._meta.label, done, total)
    return renewed


def _pages(model: type[models.Model], fields: Sequence[EncryptedField]) -> Iterator[list[tuple[Any, ...]]]:
    rows = model._base_manager.order_by("pk").values_list("pk", *(field.attname for field in fields))
    page = list(rows[:PAGE])
    while page:
        yield page
        page = list(rows.filter(pk__gt=page[-1][0])[:PAGE])


def _old(fields: Sequence[EncryptedField], row: tuple[Any, ...]) -> Iterator[tuple[EncryptedField, bytes]]:
    for field, value in zip(fields, row[1:], strict=True):
        if value is not None and needs_rotation(value):
            yield field, value


def _renew(model: type[models.Model], field: EncryptedField, pk: Any, old: bytes) -> int:
    context = field.context(pk)
    new = seal(open_sealed(old, context=context), context=context)
    key = model._meta.pk
    quote = connection.ops.quote_name
    column = quote(str(field.column))
    # SQL by hand: an encrypted column refuses update() and comparison, and here the sealed bytes themselves are compared.
    statement = f"UPDATE {quote(model._meta.db_table)} SET {column} = %s WHERE {quote(str(key.column))} = %s AND {column} = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [new, key.get_db_prep_value(pk, connection), bytes(old)])
        return int(cursor.rowcount)
