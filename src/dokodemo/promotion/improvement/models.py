"""Tables of improvement (課題の表): issues, and what was found that each rests on.

Owns what staff write of an issue, and of each finding its key, its counts and its days. Never holds what a resident typed: that
stays with the domain that keeps it. Days are JST, times UTC; people are accounts.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from dokodemo.kernel.crypto import new_id
from dokodemo.promotion.improvement.logic import SOURCES, STATES


class Issue(models.Model):
    """Something that should get better (課題). `reason`: how it was solved or why it is not pursued.

    `before`: the value of `indicator` when the issue named it, null when nobody had measured it. `action`: the action of the
    plan it became. `shown`: what residents read of it, {ja, easy, en}, empty while nothing.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.CharField(max_length=60)
    title = models.CharField(max_length=120)
    words = models.TextField(blank=True, default="")
    measure = models.CharField(max_length=60)
    section = models.CharField(max_length=60)
    state = models.CharField(max_length=11, choices=[(one, one) for one in STATES], default="new")
    reason = models.TextField(blank=True, default="")
    indicator = models.CharField(max_length=60, blank=True, default="")
    before = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    before_on = models.DateField(null=True)
    before_vintage = models.CharField(max_length=80, blank=True, default="")
    action = models.CharField(max_length=60, blank=True, default="")
    opened_at = models.DateTimeField(null=True)
    shown: models.JSONField[Any, Any] = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    raised_at = models.DateTimeField()
    raised_by = models.UUIDField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state__in=["done", "not_pursued"]) | ~Q(reason=""), name="issue_ended_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(state="action") | (~Q(action="") & Q(opened_at__isnull=False)),
                name="issue_action_is_named",
            ),
            models.CheckConstraint(
                condition=Q(before=None, before_on=None) | Q(before__isnull=False, before_on__isnull=False),
                name="issue_value_of_a_day",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["plan", "-raised_at"], name="issue_by_day"),
            models.Index(fields=["action"], name="issue_by_action"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Evidence(models.Model):
    """A finding as it was when somebody judged it (根拠): joined to an issue, or set aside where `issue` is null. Written once.

    `turn` counts how often the finding was judged before: the same one cannot be taken up twice at once.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    issue = models.ForeignKey(Issue, null=True, on_delete=models.PROTECT, related_name="evidence")
    key = models.CharField(max_length=160)
    turn = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=10, choices=[(one, one) for one in SOURCES])
    count = models.PositiveIntegerField()
    first_day = models.DateField()
    last_day = models.DateField()
    reason = models.TextField(blank=True, default="")
    judged_at = models.DateTimeField()
    judged_by = models.UUIDField()

    class Meta:
        ordering: ClassVar = ["judged_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "turn"], name="evidence_judged_once_a_turn"),
            models.CheckConstraint(
                condition=Q(issue__isnull=False) | ~Q(reason=""), name="evidence_aside_says_why"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["judged_at"], name="evidence_by_day")]

    def __str__(self) -> str:
        return str(self.pk)
