"""Tables of the inventory (棚卸の表): what the nation's survey says, what this city's sections say, and who said it when.

Owns the rows and their append-only history. Never holds a published procedure or a filed case.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from dokodemo.administration.inventory.definitions import OnlineState, Performed
from dokodemo.kernel.crypto import new_id

PERFORMED = [(one.value, one.value) for one in Performed]
ONLINE = [(one.value, one.value) for one in OnlineState]


class SurveyImport(models.Model):
    """One survey file taken in (取込): its edition, the day it describes, and what it changed. Never changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    edition = models.CharField(max_length=4)
    as_of = models.DateField()
    digest = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    elsewhere = models.PositiveIntegerField()
    created = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    unchanged = models.PositiveIntegerField()
    gone = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.edition} of {self.at:%Y-%m-%d}"


class Answer(models.Model):
    """What a section says of a row: the columns that a row and its history share.

    `performed` is empty where a published definition says it. `yearly` are this city's cases a year, `yearly_online`
    those of them that came online; None where nobody counted. `via_mynaportal` is None until somebody answered.
    """

    performed = models.CharField(max_length=13, choices=PERFORMED, blank=True, default="")
    online = models.CharField(max_length=8, choices=ONLINE, blank=True, default="")
    lacks = models.JSONField(default=list)
    missing = models.CharField(max_length=200, blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")
    via_mynaportal = models.BooleanField(null=True)
    yearly = models.PositiveIntegerField(null=True)
    yearly_online = models.PositiveIntegerField(null=True)

    class Meta:
        abstract = True


class InventoryRow(Answer):
    """One procedure of the survey at this city (棚卸の行), by its 手続ID.

    `survey` is the row as `survey.SurveyRow` reads it; name, law, events and the national volume stand beside it to be
    searched and sorted. `gone_at` (UTC) when the newest survey no longer has it. `revision` counts confirmations.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=300)
    law = models.CharField(max_length=200, blank=True)
    words = models.TextField()
    events = models.CharField(max_length=200, blank=True)
    office_named = models.BooleanField()
    national_volume = models.PositiveBigIntegerField(null=True)
    survey = models.JSONField()
    digest = models.CharField(max_length=64)
    gone_at = models.DateTimeField(null=True)
    section = models.CharField(max_length=60, blank=True, default="")
    revision = models.PositiveIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(online="") | Q(performed=Performed.PERFORMED.value),
                name="inventory_online_when_performed",
            ),
            models.CheckConstraint(
                condition=~Q(performed=Performed.PERFORMED.value) | ~Q(online=""),
                name="inventory_performed_says_online",
            ),
            models.CheckConstraint(
                condition=Q(yearly_online=None) | Q(yearly_online__lte=models.F("yearly")),
                name="inventory_online_within_yearly",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["section", "performed", "online"], name="inventory_by_section"),
            models.Index(fields=["-national_volume", "number"], name="inventory_by_volume"),
        ]

    def __str__(self) -> str:
        return self.number


class Confirmation(Answer):
    """That somebody said something of a row, and when (確認の記録). Never changed; the newest one is on the row itself.

    `act` is shared by everything said in one act. `channel`: screen, list (many rows at once) or file.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    row = models.ForeignKey(InventoryRow, on_delete=models.PROTECT, related_name="confirmations")
    revision = models.PositiveIntegerField()
    act = models.UUIDField()
    at = models.DateTimeField()
    by = models.UUIDField()
    section = models.CharField(max_length=60)
    channel = models.CharField(max_length=6)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["row", "revision"], name="inventory_revision_once")
        ]
        ordering: ClassVar = ["-revision"]

    def __str__(self) -> str:
        return f"{self.row_id} revision {self.revision}"


class Assignment(models.Model):
    """That a row was given to a section (担当課の割当て). Never changed; the newest one is on the row itself."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    row = models.ForeignKey(InventoryRow, on_delete=models.PROTECT, related_name="assignments")
    act = models.UUIDField()
    at = models.DateTimeField()
    by = models.UUIDField()
    section = models.CharField(max_length=60)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.row_id} → {self.section}"
