"""Tables of the headquarters (DX推進本部の表): quarterly reports with both assessments, meetings, decisions, follow-ups.

Owns what people say of the plan. Never holds a number that can be counted: those a report was filed with are copies as of
that day. Days are JST, times UTC; people are accounts.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from dokodemo.kernel.crypto import new_id
from dokodemo.promotion.headquarters.logic import DIRECTIONS, GRADES, STATES


def _one_of(names: tuple[str, ...], **more: Any) -> Any:
    return models.CharField(max_length=12, choices=[(one, one) for one in names], **more)


class Report(models.Model):
    """What a section reports of an action for a quarter (四半期報告). A draft until `filed_at`; then only assessed.

    `numbers`: the action's indicators as they were when it was filed: [{code, value, unit, as_of}].
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.CharField(max_length=60)
    action = models.CharField(max_length=60)
    fiscal_year = models.PositiveSmallIntegerField()
    quarter = models.PositiveSmallIntegerField()
    section = models.CharField(max_length=60)
    state = _one_of(STATES)
    done = models.TextField(blank=True, default="")
    learned = models.TextField(blank=True, default="")
    evidence = models.TextField(blank=True, default="")
    grade = _one_of(GRADES, blank=True, default="")
    direction = _one_of(DIRECTIONS, blank=True, default="")
    numbers = models.JSONField(default=list)
    revision = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()
    changed_by = models.UUIDField()
    filed_at = models.DateTimeField(null=True)
    second_grade = _one_of(GRADES, blank=True, default="")
    second_direction = _one_of(DIRECTIONS, blank=True, default="")
    second_words = models.TextField(blank=True, default="")
    assessed_at = models.DateTimeField(null=True)
    assessed_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "action", "fiscal_year", "quarter"], name="report_once_a_quarter"
            ),
            models.CheckConstraint(condition=Q(quarter__gte=1, quarter__lte=4), name="report_quarter"),
            models.CheckConstraint(
                condition=Q(filed_at=None) | ~Q(grade=""), name="report_filed_with_a_grade"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["plan", "fiscal_year", "quarter"], name="report_quarters")]

    def __str__(self) -> str:
        return f"{self.action} {self.fiscal_year}-{self.quarter}"


class Meeting(models.Model):
    """A meeting of the headquarters (本部会議): called with an agenda, held with minutes."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.CharField(max_length=60)
    on = models.DateField()
    place = models.CharField(max_length=120, blank=True, default="")
    agenda = models.TextField()
    minutes = models.TextField(blank=True, default="")
    called_at = models.DateTimeField()
    called_by = models.UUIDField()
    held_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["plan", "-on"], name="meeting_by_day")]

    def __str__(self) -> str:
        return f"meeting of {self.on}"


class Decision(models.Model):
    """What a meeting decided (決定事項); `draft`: the revision of the action plan it opened."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="decisions")
    words = models.TextField()
    action = models.CharField(max_length=60, blank=True, default="")
    draft = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    made_by = models.UUIDField()

    class Meta:
        ordering: ClassVar = ["made_at"]

    def __str__(self) -> str:
        return str(self.pk)


class FollowUp(models.Model):
    """Who does what until when, after a decision (フォローアップ)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="follow_ups")
    words = models.TextField()
    section = models.CharField(max_length=60)
    due = models.DateField()
    given_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.UUIDField(null=True)
    done_words = models.TextField(blank=True, default="")

    class Meta:
        ordering: ClassVar = ["due"]
        indexes: ClassVar = [models.Index(fields=["section", "done_at", "due"], name="follow_up_open")]

    def __str__(self) -> str:
        return str(self.pk)
