"""Tables of the national survey (国の指標の表): what was answered, sheets as confirmed, and the national file as published.

Owns what the city says of itself and what is published of every city. Every row is written once: the database refuses to
change it. Never names a person: who wrote is an account.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from dokodemo.kernel.crypto import new_id


class Answer(models.Model):
    """What was entered for one indicator of a fiscal year's sheet; the newest number holds, `withdrawn` takes it back.

    `word`: yes, no or the code of a choice; a count is in `numerator`; `as_of`: the day the answer is true for.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    year = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    word = models.CharField(max_length=40, blank=True)
    numerator = models.BigIntegerField(null=True)
    denominator = models.BigIntegerField(null=True)
    as_of = models.DateField(null=True)
    evidence = models.CharField(max_length=1000, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    withdrawn = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "code", "number"], name="national_answer_numbered"),
            models.CheckConstraint(
                condition=Q(withdrawn=True) | (Q(as_of__isnull=False) & ~Q(evidence="")),
                name="national_answer_has_evidence",
            ),
            models.CheckConstraint(
                condition=Q(denominator=None) | Q(denominator__gt=0, numerator__lte=F("denominator")),
                name="national_answer_is_a_ratio",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.code} {self.number}"


class ConfirmedSheet(models.Model):
    """A fiscal year's sheet as it was confirmed (確定した回答票): `content` holds every line whole, its words too."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    year = models.PositiveSmallIntegerField(unique=True)
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.UUIDField()

    def __str__(self) -> str:
        return str(self.year)


class Edition(models.Model):
    """One vintage of the national file (公表の版) for the list of a year: vintages are kept beside each other.

    `digest`: SHA-256 (hex) of the files as they came.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    vintage = models.CharField(max_length=80)
    published_on = models.DateField()
    source = models.CharField(max_length=300)
    digest = models.CharField(max_length=64)
    municipalities = models.PositiveIntegerField()
    imported_at = models.DateTimeField()
    imported_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "number"], name="national_edition_numbered"),
            models.UniqueConstraint(fields=["year", "vintage"], name="national_vintage_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["-year", "-number"], name="national_newest_edition")]

    def __str__(self) -> str:
        return f"{self.year} {self.vintage}"


class Municipality(models.Model):
    """A municipality in an edition: `values` by indicator code (yes/no/choice, whole number, percent), null for not known."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="rows")
    code = models.CharField(max_length=6)
    prefecture = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    population = models.PositiveIntegerField(null=True)
    values = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "code"], name="national_municipality_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["edition", "prefecture", "code"], name="national_of_prefecture"),
            models.Index(fields=["edition", "population"], name="national_by_population"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
