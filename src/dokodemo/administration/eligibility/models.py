"""Tables of proactive benefits (プッシュ型の案内): runs over the register, what each resident's rules came to, offers.

Owns runs, decisions with the facts they stand on (encrypted), counts, offers and the wish not to be addressed. Never
holds a readable fact about a person: age band and town of a decision are a keyed index.
"""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from dokodemo.kernel.crypto import EncryptedJSONField, new_id


class Verdict(models.TextChoices):
    """What the rules came to for one person (判定)."""

    ENTITLED = "entitled", "該当"
    NOT_ENTITLED = "not", "非該当"
    UNKNOWN = "unknown", "不明"
    FAILED = "failed", "計算できない"


class OfferState(models.TextChoices):
    """How far an offer has come (案内の状態)."""

    OFFERED = "offered", "案内済み"
    OPENED = "opened", "開封"
    APPLIED = "applied", "申請済み"
    DECLINED = "declined", "辞退"
    EXPIRED = "expired", "期限切れ"


OPEN_OFFERS = (OfferState.OFFERED.value, OfferState.OPENED.value)


class Run(models.Model):
    """The rules of all proactive benefits over the whole register on one day (全件判定).

    A run without `finished_at` is being written, or its writer was stopped: nobody sees it. `digest` is keyed and covers
    every decision with the facts it stands on: the same day with the same digest is the same run.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    day = models.DateField()
    digest = models.CharField(max_length=64)
    residents = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "digest"], name="eligibility_run_same_day_once"),
        ]
        ordering: ClassVar = ["-day", "-finished_at"]

    def __str__(self) -> str:
        return f"run of {self.day}"


class Judged(models.Model):
    """One benefit in one run: the version, rules and parameters it was judged by, and how many came out how."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="judged")
    run_id: UUID
    version = models.ForeignKey("procedures.ProcedureVersion", on_delete=models.PROTECT, related_name="+")
    version_id: UUID
    procedure = models.SlugField(max_length=60, db_index=False)
    section = models.CharField(max_length=60)
    rules_digest = models.CharField(max_length=64)
    parameters_digest = models.CharField(max_length=64)
    entitled = models.PositiveIntegerField()
    not_entitled = models.PositiveIntegerField()
    unknown = models.PositiveIntegerField()
    failed = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "procedure"], name="eligibility_judged_once"),
        ]

    def __str__(self) -> str:
        return f"{self.procedure} in {self.run_id}"


class Inputs(models.Model):
    """The facts of a resident that decisions stand on, sealed; runs share them until a fact changes (判定の入力)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resident = models.ForeignKey("parties.Resident", on_delete=models.PROTECT, related_name="+")
    resident_id: UUID
    digest = models.BinaryField(max_length=16)
    facts = EncryptedJSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["resident", "digest"], name="eligibility_inputs_once"),
        ]

    def __str__(self) -> str:
        return f"inputs {self.pk}"


class Decision(models.Model):
    """What one benefit's rules came to for one resident; `because` are the missing terms, separated by spaces."""

    id = models.BigAutoField(primary_key=True)
    judged = models.ForeignKey(Judged, on_delete=models.PROTECT, related_name="decisions")
    judged_id: UUID
    resident = models.ForeignKey(
        "parties.Resident", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    resident_id: UUID
    inputs = models.ForeignKey(Inputs, on_delete=models.PROTECT, related_name="+", db_index=False)
    inputs_id: UUID
    verdict = models.CharField(max_length=8, choices=Verdict)
    because = models.CharField(max_length=1000, blank=True)
    cell_index = models.BinaryField(max_length=16)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["judged", "resident"], name="eligibility_decision_once"),
        ]

    def __str__(self) -> str:
        return f"decision {self.pk}"


class Cell(models.Model):
    """How many residents of one age band and town came out the same way (集計)."""

    id = models.BigAutoField(primary_key=True)
    judged = models.ForeignKey(Judged, on_delete=models.PROTECT, related_name="cells")
    verdict = models.CharField(max_length=8, choices=Verdict)
    because = models.CharField(max_length=1000, blank=True)
    band = models.CharField(max_length=8)
    town = models.CharField(max_length=60, blank=True)
    people = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"cell {self.pk}"


class Offer(models.Model):
    """That a section told a resident of a benefit (案内), and how far it has come."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="offers")
    resident = models.ForeignKey("parties.Resident", on_delete=models.PROTECT, related_name="+")
    resident_id: UUID
    version = models.ForeignKey("procedures.ProcedureVersion", on_delete=models.PROTECT, related_name="+")
    version_id: UUID
    procedure = models.SlugField(max_length=60, db_index=False)
    section = models.CharField(max_length=60)
    state = models.CharField(max_length=8, choices=OfferState, default=OfferState.OFFERED)
    sent_by = models.ForeignKey("access.Account", on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    expires_on = models.DateField()
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["resident", "procedure"],
                condition=Q(state__in=OPEN_OFFERS),
                name="eligibility_one_open_offer",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_OFFERS, closed_at__isnull=True)
                | (~Q(state__in=OPEN_OFFERS) & Q(closed_at__isnull=False)),
                name="eligibility_offer_closed_at_its_end",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["procedure", "state"], name="eligibility_offer_state"),
        ]

    def __str__(self) -> str:
        return f"offer {self.pk}"


class OptOut(models.Model):
    """That a resident does not want to be looked for (案内を望まない申出); ended ones stay as history."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resident = models.ForeignKey("parties.Resident", on_delete=models.PROTECT, related_name="+")
    resident_id: UUID
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["resident"], condition=Q(ended_at__isnull=True), name="eligibility_opted_out_once"
            ),
        ]

    def __str__(self) -> str:
        return f"opt-out {self.pk}"
