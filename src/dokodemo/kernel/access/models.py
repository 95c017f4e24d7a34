"""Accounts (アカウント): whoever can sign in.

Owns the account and its kind. Never holds personal data: a resident's account is a random name, staff names are kept
by the organisation.
"""

from django.contrib.auth.models import AbstractUser
from django.db import models

from dokodemo.kernel.crypto.identifiers import new_id


class Account(AbstractUser):
    """One sign-in: of a resident, through a provider, or of staff, with a password and a second factor."""

    class Kind(models.TextChoices):
        """Which door the account opens."""

        RESIDENT = "resident", "市民"
        STAFF = "staff", "職員"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.RESIDENT)

    def __str__(self) -> str:
        """The account's identifier."""
        return f"account {self.pk}"
