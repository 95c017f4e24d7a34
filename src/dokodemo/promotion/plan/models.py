"""Tables of the plan: adopted versions of its action plan (DXアクションプランの版), the one being written, and closed plans.

Owns versions, the draft of a year, the remarks on it, and how a plan was closed (計画の終了), which never changes either.
Never holds progress: that is reported.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from dokodemo.kernel.crypto import new_id

DRAFT, IN_REVIEW = "draft", "in_review"
STATES = (DRAFT, IN_REVIEW)
PASS_ON, END = "pass_on", "end"


class ActionPlan(models.Model):
    """One adopted version of a fiscal year's action plan. Written once: the database refuses to change it.

    `content`: {"actions": [...]} as in the pack file; `digest`: SHA-256 (hex) of it. `number` counts from 1 in a year.
    `remarks`: what was said of it in review (審査での意見), [{action, words, made_at, made_by}]; null for none.
    Times are UTC; people are accounts, null where a demonstration took the version from its pack.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.CharField(max_length=60)
    fiscal_year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    reason = models.TextField(blank=True, default="")
    # Added without a default: a default would have SQLite build the table anew, and it would lose its guard.
    remarks = models.JSONField(null=True)
    adopted_at = models.DateTimeField()
    adopted_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "fiscal_year", "number"], name="plan_version_once")
        ]
        indexes: ClassVar = [models.Index(fields=["plan", "-adopted_at"], name="plan_by_adoption")]

    def __str__(self) -> str:
        return f"{self.plan} {self.fiscal_year} version {self.number}"


class PlanDraft(models.Model):
    """The next version of a fiscal year's action plan while it is written and reviewed. One a year at a time.

    `revision` goes up with every change, so that two writers notice each other. `based_on`: the version it began from.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.CharField(max_length=60)
    fiscal_year = models.PositiveSmallIntegerField()
    content = models.JSONField()
    state = models.CharField(max_length=9, choices=[(one, one) for one in STATES], default=DRAFT)
    revision = models.PositiveIntegerField(default=0)
    based_on = models.ForeignKey(ActionPlan, null=True, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    begun_by = models.UUIDField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "fiscal_year"], name="plan_one_draft_a_year"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="plan_draft_state"),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.fiscal_year} draft"


class Remark(models.Model):
    """A remark on a draft, or on one action of it (意見). Adopting copies it into the version; giving up takes it along."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    draft = models.ForeignKey(PlanDraft, on_delete=models.CASCADE, related_name="remarks")
    action = models.CharField(max_length=60, blank=True, default="")
    words = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.UUIDField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)

    class Meta:
        ordering: ClassVar = ["made_at"]

    def __str__(self) -> str:
        return str(self.pk)


class ClosedPlan(models.Model):
    """A plan that was closed (計画の終了), with its final evaluation. Written once: the database refuses to change it.

    `on`: the day it is closed as of; `content`: the final evaluation as it was; `handed`: [{action, choice, words}] for each
    action that was not achieved, `choice` pass_on or end, `action` as in a version; `evaluation`: the draft it was made
    from, so that closing again finds it. `digest`: SHA-256 (hex) of content and handed. Times are UTC; `closed_by`: an account.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.CharField(max_length=60, unique=True)
    evaluation = models.UUIDField(unique=True)
    on = models.DateField()
    reason = models.TextField()
    content = models.JSONField()
    handed = models.JSONField()
    digest = models.CharField(max_length=64)
    closed_at = models.DateTimeField()
    closed_by = models.UUIDField()

    def __str__(self) -> str:
        return f"{self.plan} closed on {self.on}"
