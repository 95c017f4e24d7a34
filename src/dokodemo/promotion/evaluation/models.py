"""Tables of evaluations (効果検証の表): what was asked, what came out, what was published; and effort saved.

Owns rows that are written once. A correction is a new evaluation; of effort, a withdrawal and a new record.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from dokodemo.kernel.crypto import new_id
from dokodemo.promotion.evaluation.savings import BASES
from dokodemo.promotion.evaluation.series import UNITS


class Evaluation(models.Model):
    """A question about a change (効果検証): the series as it was given, the month of the change, what else happened.

    `series`: lists of month (2026-04), value, working days or null, comparison or null, oldest first. `happened`: lists of
    month and words. `indicator` names the plan's indicator whose kept readings the series is, else empty.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(max_length=120)
    measure = models.CharField(max_length=60)
    indicator = models.CharField(max_length=60, blank=True, default="")
    kind = models.CharField(max_length=5, choices=[("rate", "rate"), ("count", "count")])
    unit = models.CharField(max_length=10, choices=[(unit, unit) for unit in UNITS])
    change_month = models.DateField()
    series = models.JSONField()
    happened = models.JSONField(default=list)
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(change_month__day=1), name="evaluation_month_is_its_first_day")
        ]
        indexes: ClassVar = [models.Index(fields=["-at"], name="evaluation_newest")]

    def __str__(self) -> str:
        return str(self.pk)


class Outcome(models.Model):
    """What came out (結果): see `estimation.Result.as_json`, with the versions of the method."""

    evaluation = models.OneToOneField(Evaluation, on_delete=models.PROTECT, primary_key=True)
    estimated = models.BooleanField()
    result = models.JSONField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)


class Publication(models.Model):
    """That an evaluation was published, by whom and when (公表)."""

    evaluation = models.OneToOneField(Evaluation, on_delete=models.PROTECT, primary_key=True)
    by = models.UUIDField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)


class EffortRecord(models.Model):
    """Minutes a task took before and after a change, over a period (削減時間の記録). Months by their first day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    task = models.CharField(max_length=120)
    measure = models.CharField(max_length=60)
    from_month = models.DateField()
    to_month = models.DateField()
    cases = models.PositiveIntegerField()
    minutes_before = models.DecimalField(max_digits=8, decimal_places=2)
    minutes_after = models.DecimalField(max_digits=8, decimal_places=2)
    before_basis = models.CharField(max_length=9, choices=[(basis, basis) for basis in BASES])
    after_basis = models.CharField(max_length=9, choices=[(basis, basis) for basis in BASES])
    build_hours = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    upkeep_hours = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    by = models.UUIDField()
    at = models.DateTimeField()
    withdrawn_by = models.UUIDField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(from_month__day=1, to_month__day=1, from_month__lte=F("to_month")),
                name="evaluation_effort_period",
            ),
            models.CheckConstraint(
                condition=Q(
                    minutes_before__gte=0, minutes_after__gte=0, build_hours__gte=0, upkeep_hours__gte=0
                ),
                name="evaluation_effort_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="evaluation_effort_withdrawn_by_somebody",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-at"], name="evaluation_effort_newest")]

    def __str__(self) -> str:
        return str(self.pk)
