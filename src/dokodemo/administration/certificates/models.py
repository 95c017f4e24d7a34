"""Tables of issued documents (発行済み文書), their numbers and the counters against guessing.

Owns what makes a file genuine: its digest. Never holds the words of a letter or a name; the file itself is
sealed in storage.
"""

from enum import StrEnum

from django.db import models
from django.db.models import F, Q

from dokodemo.administration.certificates.definitions import Kind, RevocationReason
from dokodemo.kernel.crypto import new_id


def _choices(kinds: type[StrEnum]) -> list[tuple[str, str]]:
    return [(one.value, one.value) for one in kinds]


class IssuedDocument(models.Model):
    """One letter or certificate that left the city."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    code_digest = models.CharField(max_length=128)
    kind = models.CharField(max_length=12, choices=_choices(Kind))
    title = models.CharField(max_length=200)
    procedure_slug = models.CharField(max_length=80)
    procedure_version = models.PositiveIntegerField()
    section = models.CharField(max_length=80)
    case_id = models.UUIDField(db_index=True)
    request_key = models.CharField(max_length=120, unique=True)
    request_digest = models.CharField(max_length=64)
    subject_digest = models.CharField(max_length=128)
    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveIntegerField()
    storage_ref = models.CharField(max_length=80, unique=True)
    replaced_characters = models.PositiveSmallIntegerField(default=0)
    issued_at = models.DateTimeField()
    valid_until = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revocation_reason = models.CharField(
        max_length=20, choices=_choices(RevocationReason), blank=True, default=""
    )
    superseded_by = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="supersedes"
    )

    class Meta:
        ordering = ["issued_at", "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revocation_reason="")
                | (Q(revoked_at__isnull=False) & ~Q(revocation_reason="")),
                name="document_revoked_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(superseded_by__isnull=True)
                | (Q(revoked_at__isnull=False) & ~Q(superseded_by=F("id"))),
                name="document_superseded_is_revoked",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in Kind]), name="document_kind_known"
            ),
        ]
        indexes = [models.Index(fields=["request_digest"], name="document_request_digest")]

    def __str__(self) -> str:
        return self.number


class NumberSequence(models.Model):
    """The last number given in a fiscal year.

    Numbers rise but may have gaps: a number is taken before its letter is typeset (it is printed in it) in a
    transaction of its own, because a gapless sequence would hold its lock, and with it every writer of the
    city, while a letter is made. A number that never became a document stays unused for good.
    """

    fiscal_year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.fiscal_year}: {self.last}"


class GuessCounter(models.Model):
    """Wrong codes within one hour, for one number, one client or both; the key is a keyed digest.

    A counter, never a count over rows: the check must cost the same on the worst day.
    """

    key = models.CharField(max_length=128)
    hour = models.PositiveIntegerField()
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "hour"], name="guess_counter_once")]
        indexes = [models.Index(fields=["hour"], name="guess_counter_hour")]

    def __str__(self) -> str:
        return f"{self.hour}: {self.failures}"
