"""Encrypted columns (暗号化項目): sealed when a row is saved, opened when the attribute is first read.

Owns two model fields. Never lets a query see or compare plaintext: an encrypted column can only be null or not.
The seal is bound to model, field and primary key, so that a value copied to another row does not open.
"""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.expressions import Expression
from django.db.models.lookups import IsNull

from dokodemo.kernel.crypto.sealing import open_sealed, seal


class Sealed(bytes):
    """Bytes as they lie in the database; what `.values()` yields instead of plaintext."""


class _Opener:
    """The attribute: opens sealed bytes on first reading and keeps the plaintext on the instance."""

    def __init__(self, field: EncryptedField) -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type[models.Model]) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            # A deferred field: Django loads it into __dict__.
            instance.refresh_from_db(fields=[name])
        value = instance.__dict__[name]
        if isinstance(value, Sealed):
            value = self.field.open(value, instance.pk)
            instance.__dict__[name] = value
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedField(models.BinaryField):
    """Base of the two fields. Assign a new value to change it: a change inside a dict is not seen by update_fields."""

    empty_strings_allowed = False

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        """Put the opener in the attribute's place."""
        super().contribute_to_class(cls, name, private_only=private_only)
        setattr(cls, self.attname, _Opener(self))

    def context(self, pk: Any) -> str:
        """What the seal is bound to. Raises ValueError before the row has a primary key."""
        if pk is None:
            raise ValueError(
                f"{self.model._meta.label} needs its primary key before {self.name} can be sealed."
            )
        return f"{self.model._meta.label_lower}.{self.name}:{pk}"

    def encode(self, value: Any) -> bytes:
        """Plaintext as bytes."""
        return str(value).encode()

    def decode(self, data: bytes) -> Any:
        """Bytes as plaintext."""
        return data.decode()

    def open(self, value: bytes, pk: Any) -> Any:
        """The plaintext of a stored value. Raises CryptoError."""
        return self.decode(open_sealed(bytes(value), context=self.context(pk)))

    def from_db_value(self, value: Any, expression: Expression, connection: Any) -> Sealed | None:
        """Mark bytes that came from the database; they are opened only when somebody reads the attribute."""
        return None if value is None else Sealed(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:
        """Seal the current value; a value never opened goes back as it came."""
        value = model_instance.__dict__.get(self.attname)
        if value is None or isinstance(value, Sealed):
            return value
        return Sealed(seal(self.encode(value), context=self.context(model_instance.pk)))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Refuse plaintext that did not pass through a row: `.update()` and filters know no primary key."""
        if value is not None and not isinstance(value, Sealed):
            raise FieldError(
                f"{self.name} is encrypted: save the row instead of update(), search by a blind index."
            )
        return super().get_db_prep_value(value, connection, prepared)

    def get_lookup(self, lookup_name: str) -> Any:
        """Only isnull."""
        if lookup_name == "isnull":
            return IsNull
        raise FieldError(f"{self.name} is encrypted and cannot be compared; search by a blind index.")

    def value_to_string(self, obj: models.Model) -> str:
        """Never serialised in the clear."""
        raise FieldError(f"{self.name} is encrypted and is not serialised.")

    def get_default(self) -> Any:
        """The field's own default, unsealed; None when there is none."""
        return self.default() if callable(self.default) else (self.default if self.has_default() else None)


class EncryptedTextField(EncryptedField):
    """Text of any length, encrypted."""


class EncryptedJSONField(EncryptedField):
    """Any JSON value, encrypted."""

    def encode(self, value: Any) -> bytes:
        """Compact JSON, characters as they are."""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    def decode(self, data: bytes) -> Any:
        """The JSON value."""
        return json.loads(data)
