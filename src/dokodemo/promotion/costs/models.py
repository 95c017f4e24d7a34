"""Tables of costs (費用の表): what a procedure cost in a fiscal year, as its section entered it.

Owns the entries. Rows are written once: a correction is another row, and the last entered counts.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from dokodemo.kernel.crypto import new_id
from dokodemo.promotion.costs.logic import Costs


class CostEntry(models.Model):
    """What a procedure cost in a fiscal year (年間の費用). `yen_per_minute` is the pack's rate when it was entered.

    `sample`: that rate was made up (見本), so the cost is too: it is shown as such and in no number of the plan.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    procedure = models.SlugField(max_length=80, db_index=False)
    fiscal_year = models.PositiveSmallIntegerField()
    staff_minutes = models.PositiveBigIntegerField()
    yen_per_minute = models.DecimalField(max_digits=8, decimal_places=2)
    sample = models.BooleanField(default=False)
    system_yen = models.PositiveBigIntegerField()
    postage_yen = models.PositiveBigIntegerField()
    evidence = models.TextField()
    entered_at = models.DateTimeField()
    entered_by = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(evidence=""), name="cost_with_its_evidence"),
            models.CheckConstraint(condition=Q(yen_per_minute__gt=0), name="cost_of_a_minute"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["fiscal_year", "procedure", "entered_at"], name="cost_by_year")
        ]

    def __str__(self) -> str:
        return f"{self.procedure} {self.fiscal_year}"

    @property
    def costs(self) -> Costs:
        """The entry as the rules know it."""
        return Costs(self.staff_minutes, self.yen_per_minute, self.system_yen, self.postage_yen)
