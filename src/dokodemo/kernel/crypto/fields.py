"""Encrypted columns (暗号化項目): sealed when a row is saved, opened when the attribute is first read.

Owns two model fields. Never lets a query see or compare plaintext: an encrypted column can only be null or not.
The seal is bound to model, field and primary key, so that a value copied to another row does not open.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.expressions import Expression
from django.db.models.lookups import IsNull
from django.db.models.query_utils import DeferredAttribute

from dokodemo.kernel.crypto.sealing import open_sealed, seal

if TYPE_CHECKING:
    _Binary = models.BinaryField[Any, Any]
else:
    _Binary = models.BinaryField


class Sealed(bytes):
    """Bytes as they lie in the database; what `.values()` yields instead of plaintext."""


class _Opener(DeferredAttribute):
    """The attribute: opens sealed bytes on first reading and keeps the plaintext on the instance."""

    field: EncryptedField

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        if isinstance(value, Sealed):
            value = self.field.open(value, instance.pk)
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedField(_Binary):
    """Base of the two fields.

    A value that was read is sealed anew at every save that includes the field, so a change made inside a dict or list is
    kept too; a value nobody read goes back to the database as it came.
    """

    empty_strings_allowed = False
    descriptor_class = _Opener

    def context(self, pk: Any) -> str:
        """What the seal is bound to. Raises ValueError before the row has a primary key."""
        if pk is None:
            raise ValueError(
                f"{self.model._meta.label} needs its primary key before {self.name} can be sealed."
            )
        return f"{self.model._meta.label_lower}.{self.name}:{self.model._meta.pk.to_python(pk)}"

    def encode(self, value: Any) -> bytes:
        """Plaintext as bytes; half a surrogate pair, as broken clients send it, survives too. Raises TypeError."""
        if not isinstance(value, str):
            raise TypeError(f"{self.name} takes text, not {type(value).__name__}")
        return value.encode(errors="surrogatepass")

    def decode(self, data: bytes) -> Any:
        """Bytes as plaintext."""
        return data.decode(errors="surrogatepass")

    def open(self, value: bytes, pk: Any) -> Any:
        """The plaintext of a stored value. Raises CryptoError."""
        return self.decode(open_sealed(bytes(value), context=self.context(pk)))

    def from_db_value(self, value: Any, expression: Expression, connection: Any) -> Sealed | None:
        """Mark bytes that came from the database; they are opened only when somebody reads the attribute."""
        return None if value is None else Sealed(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:
        """Seal the current value; a value never opened goes back as it came."""
        value = model_instance.__dict__.get(self.attname)
        if isinstance(value, Sealed):
            if add:
                # A copy of another row: what is sealed to that row would be lost in this one, so it must open here.
                self.open(value, model_instance.pk)
            return value
        if value is None:
            return None
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
        if not self.has_default():
            return None
        return self.default() if callable(self.default) else self.default


class EncryptedTextField(EncryptedField):
    """Text of any length, encrypted."""


class EncryptedJSONField(EncryptedField):
    """Any JSON value, encrypted."""

    def encode(self, value: Any) -> bytes:
        """Compact JSON, characters as they are. Raises TypeError, ValueError for what is not JSON."""
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return text.encode(errors="surrogatepass")

    def decode(self, data: bytes) -> Any:
        """The JSON value."""
        return json.loads(data.decode(errors="surrogatepass"))
