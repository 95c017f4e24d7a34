"""Tables of work reform (業務改革の表): tasks with their history, reforms with their numbers, states of systems.

Owns what sections say about their work. Never names a person: who wrote is an account, and texts are about work.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from dokodemo.kernel.crypto import new_id
from dokodemo.promotion.reform.logic import BASES, FREED, MEDIA, RULES_ALONE, STATES


def _choices(values: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(one, one) for one in values]


class Task(models.Model):
    """An internal task of a section (業務) as it is now; `minutes` is for one case, `cases` for a year.

    `sample` until somebody of the section has said that it is so.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=40, unique=True)
    section = models.CharField(max_length=60)
    title = models.CharField(max_length=100)
    minutes = models.DecimalField(max_digits=7, decimal_places=1)
    cases = models.PositiveIntegerField()
    hours = models.DecimalField(max_digits=12, decimal_places=1)
    rules_alone = models.CharField(max_length=6, choices=_choices(RULES_ALONE))
    medium_in = models.CharField(max_length=7, choices=_choices(MEDIA))
    medium_out = models.CharField(max_length=7, choices=_choices(MEDIA))
    basis = models.CharField(max_length=6, choices=_choices(BASES))
    core = models.BooleanField()
    measured = models.BooleanField()
    systems = models.JSONField(default=list)
    sample = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(minutes__gt=0), name="reform_task_takes_time"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["section", "-hours"], name="reform_task_of_section"),
            models.Index(fields=["-hours", "code"], name="reform_task_by_hours"),
        ]

    def __str__(self) -> str:
        return self.code


class TaskChange(models.Model):
    """What a task was said to be, by whom and when (履歴). Written once, never changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="changes")
    at = models.DateTimeField()
    by = models.UUIDField(null=True)
    said = models.JSONField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["task", "-at"], name="reform_change_of_task")]

    def __str__(self) -> str:
        return str(self.pk)


class Reform(models.Model):
    """A reform of a task with its numbers before and after (改革の記録). Written once; a mistake is recorded anew and
    the wrong one set aside.

    Minutes are for one case, `cases` for a year, `build` and `upkeep` hours of work; `freed_*` are hours a year.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="reforms")
    section = models.CharField(max_length=60)
    day = models.DateField()
    what = models.CharField(max_length=200)
    before = models.DecimalField(max_digits=7, decimal_places=1)
    after = models.DecimalField(max_digits=7, decimal_places=1)
    cases = models.PositiveIntegerField()
    build = models.DecimalField(max_digits=8, decimal_places=1)
    upkeep = models.DecimalField(max_digits=8, decimal_places=1)
    measured = models.BooleanField()
    freed_core = models.DecimalField(max_digits=8, decimal_places=1)
    freed_other = models.DecimalField(max_digits=8, decimal_places=1)
    freed_overtime = models.DecimalField(max_digits=8, decimal_places=1)
    at = models.DateTimeField()
    by = models.UUIDField()
    withdrawn_at = models.DateTimeField(null=True)

    FREED_FIELDS: ClassVar = {name: f"freed_{name}" for name in FREED}

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    after__gte=0,
                    build__gte=0,
                    upkeep__gte=0,
                    freed_core__gte=0,
                    freed_other__gte=0,
                    freed_overtime__gte=0,
                ),
                name="reform_numbers_not_below_zero",
            ),
            models.CheckConstraint(condition=Q(before__gt=0), name="reform_before_takes_time"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("at")), name="reform_withdrawn_later"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["section", "-day"], name="reform_of_section"),
            models.Index(fields=["task", "-day"], name="reform_of_task"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class SystemState(models.Model):
    """How far the move of a standardised system was said to be (標準化の状況). Written once: the newest is what holds."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    system = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=_choices(STATES))
    reason = models.CharField(max_length=200, blank=True)
    planned_on = models.DateField(null=True)
    moved_on = models.DateField(null=True)
    blocked_by = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["system", "number"], name="reform_state_numbered"),
            models.CheckConstraint(
                condition=~Q(state="moved") | Q(moved_on__isnull=False), name="reform_moved_on_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(state="extended") | ~Q(reason=""), name="reform_extended_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.number}"
