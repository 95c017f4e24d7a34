"""Tables of a final evaluation while it is written (最終評価の案): what the records say of each row, and what people say of it.

Owns the draft alone. Once the plan is closed its content stands in the plan's own table, which never changes, and these rows
are gone.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from dokodemo.kernel.crypto import new_id
from dokodemo.promotion.closing.logic import KINDS


class FinalEvaluation(models.Model):
    """The final evaluation of a plan being prepared. `revision` goes up with every change of it or of a row.

    `summary`: {ja, easy, en}, what residents are told of the whole; `read_on`: the day (JST) its rows were read from the records.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.CharField(max_length=60, unique=True)
    summary = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    read_on = models.DateField()
    begun_at = models.DateTimeField()
    begun_by = models.UUIDField()
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"final evaluation of {self.plan}"


class FinalRow(models.Model):
    """A row of it: a measure, a target, an indicator of the roadmap, or an action. Gone with the evaluation.

    `facts`: what the records say, as `facts.py` shapes it; `judgement`: a result, of an action not achieved pass_on or end,
    empty while nobody judged; `words`: what was learned, of an action why. `revision` lets two writers notice each other.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    evaluation = models.ForeignKey(FinalEvaluation, on_delete=models.CASCADE, related_name="rows")
    place = models.PositiveIntegerField()
    kind = models.CharField(max_length=9, choices=[(one, one) for one in KINDS])
    code = models.CharField(max_length=60)
    facts = models.JSONField()
    judgement = models.CharField(max_length=10, blank=True, default="")
    words = models.TextField(blank=True, default="")
    revision = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()
    changed_by = models.UUIDField(null=True)

    class Meta:
        ordering: ClassVar = ["place"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["evaluation", "kind", "code"], name="final_row_once"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="final_row_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"

    @property
    def said(self) -> bool:
        """Whether somebody wrote or judged anything."""
        return bool(self.judgement or self.words)
