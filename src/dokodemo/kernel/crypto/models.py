"""Witnesses of keys (鍵の照合): a known text sealed with each key that this database was ever sealed with.

Owns one small table, by which a key ring that does not belong to the database is noticed at start. Never holds a key.
"""

from django.db import models


class Witness(models.Model):
    """The known text, sealed with one key."""

    key_name = models.CharField(max_length=40, primary_key=True)
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"witness of {self.key_name}"
