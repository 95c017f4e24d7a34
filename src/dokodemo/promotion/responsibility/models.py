"""Tables of responsibility (責任者・推進体制・督促の表): who answers for what, who holds which seat, who was reminded of what.

Owns periods, never what follows from them: whether somebody left, and so what has nobody, is worked out from these days and
from the appointments of the organisation. Days are JST and inclusive, times UTC; people are accounts.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from dokodemo.kernel.crypto import new_id
from dokodemo.promotion.responsibility.logic import KINDS, SEATS, STAGES


class Thing(models.Model):
    """What somebody can answer for, by its kind and code (a follow-up's code is its id). Its row is what writers wait for."""

    plan = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=[(one, one) for one in KINDS])
    code = models.CharField(max_length=60)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "kind", "code"], name="responsibility_thing_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"


class Responsible(models.Model):
    """That somebody answers for a thing as one of a section, from a day to a day (責任者).

    Counts only on days on which the person is appointed in the section. `assigned_by` is null for a demonstration.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    thing = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="people")
    section = models.CharField(max_length=60)
    account = models.UUIDField()
    since = models.DateField()
    until = models.DateField(null=True)
    assigned_at = models.DateTimeField()
    assigned_by = models.UUIDField(null=True)

    class Meta:
        ordering: ClassVar = ["-since", "-assigned_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["thing"], condition=Q(until=None), name="responsibility_one_open"
            ),
            models.UniqueConstraint(fields=["thing", "since"], name="responsibility_one_a_day"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="responsibility_forwards"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["account", "until"], name="responsibility_of_person")]

    def __str__(self) -> str:
        return str(self.pk)


class Seat(models.Model):
    """A seat of the promotion (推進体制の役): its kind, and the section or working group it belongs to (else empty)."""

    plan = models.CharField(max_length=60)
    kind = models.CharField(max_length=14, choices=[(one, one) for one in SEATS])
    scope = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "kind", "scope"], name="responsibility_seat_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.scope}".strip()


class Seating(models.Model):
    """That somebody holds a seat from a day to a day (任命). Counts only on days on which the post it rests on is held.

    Gives no right to see or change anything: that comes from posts (任用) alone. `made_by` is null for a demonstration.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="held")
    account = models.UUIDField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)

    class Meta:
        ordering: ClassVar = ["starts_on", "made_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["seat", "account"], condition=Q(ends_on=None), name="responsibility_seated_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="responsibility_seat_forwards",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["starts_on", "ends_on"], name="responsibility_seats_on")]

    def __str__(self) -> str:
        return str(self.pk)


class Reminder(models.Model):
    """That a thing that is due was reminded of at a stage (督促). Its being there is what keeps it from being sent twice.

    `period`: the quarter, the last day of the period of a value, or the day a follow-up is due.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    thing = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="reminders")
    period = models.CharField(max_length=10)
    stage = models.CharField(max_length=6, choices=[(one, one) for one in STAGES])
    section = models.CharField(max_length=60)
    due = models.DateField()
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["thing", "period", "stage"], name="responsibility_reminded_once")
        ]

    def __str__(self) -> str:
        return f"{self.stage} {self.period}"


class Notice(models.Model):
    """A reminder as one person sees it on their first screen, until they have read it (お知らせ)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reminder = models.ForeignKey(Reminder, on_delete=models.PROTECT, related_name="notices")
    account = models.UUIDField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reminder", "account"], name="responsibility_noticed_once")
        ]
        indexes: ClassVar = [models.Index(fields=["account", "read_at"], name="responsibility_unread")]

    def __str__(self) -> str:
        return str(self.pk)
