"""Tables of training (研修の表): sessions and who came, attempts at quizzes, drills, levels of skills, and what is left of
them once their time is over.

Owns facts about members of staff by their account. Never holds a name (the organisation does); what somebody answered is
sealed, and who may see a person's rows is said in the policies.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from dokodemo.kernel.crypto import EncryptedJSONField, new_id

BOOKINGS = ("booked", "attended", "absent")
# What somebody did, of which only the last day is left once the record itself is erased.
PASSED, ATTENDED, DRILLED, CLICKED = DEEDS = ("passed", "attended", "drilled", "clicked")


class Session(models.Model):
    """One date of a course (開催). `starts` and `ends` are clock times in Japan.

    `came`: how many had a seat or came, once who they were is erased.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    course = models.CharField(max_length=60)
    day = models.DateField()
    starts = models.TimeField()
    ends = models.TimeField()
    online = models.BooleanField()
    place = models.CharField(max_length=100)
    seats = models.PositiveIntegerField()
    cancelled_at = models.DateTimeField(null=True)
    came = models.PositiveIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="training_session_forwards"),
            models.CheckConstraint(condition=Q(seats__gt=0), name="training_session_has_seats"),
        ]
        indexes: ClassVar = [models.Index(fields=["-day", "starts"], name="training_session_by_day")]

    def __str__(self) -> str:
        return str(self.pk)


class Booking(models.Model):
    """That somebody means to come to a session, and whether they came (出欠)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="bookings")
    account = models.UUIDField()
    state = models.CharField(max_length=8, choices=[(one, one) for one in BOOKINGS])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "account"], name="training_booking_once")
        ]
        indexes: ClassVar = [models.Index(fields=["account", "state"], name="training_booking_of_account")]

    def __str__(self) -> str:
        return str(self.pk)


class Attempt(models.Model):
    """One attempt at a quiz (理解度テスト). `answers` are the chosen places from 1, of the quiz with this digest."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    course = models.CharField(max_length=60)
    account = models.UUIDField()
    day = models.DateField()
    at = models.DateTimeField()
    right = models.PositiveIntegerField()
    questions = models.PositiveIntegerField()
    passed = models.BooleanField()
    answers = EncryptedJSONField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(questions__gt=0, right__lte=F("questions")), name="training_attempt_in_range"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["account", "course", "-at"], name="training_attempt_of_account"),
            models.Index(fields=["course", "passed", "day"], name="training_attempt_of_course"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class DrillResult(models.Model):
    """What somebody did with the message of a drill (標的型メール訓練): opened the link, reported it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    course = models.CharField(max_length=60)
    day = models.DateField()
    account = models.UUIDField()
    clicked = models.BooleanField()
    reported = models.BooleanField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "day", "account"], name="training_drill_once")
        ]
        indexes: ClassVar = [models.Index(fields=["account", "course"], name="training_drill_of_account")]

    def __str__(self) -> str:
        return str(self.pk)


class LastDone(models.Model):
    """The last day on which somebody did something of a course whose own record is erased (最後に修了した日).

    All that is left, so that whoever took a course once need not take it again; gone with the person's last post.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    course = models.CharField(max_length=60)
    account = models.UUIDField()
    deed = models.CharField(max_length=8, choices=[(one, one) for one in DEEDS])
    day = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "course", "deed"], name="training_last_done_once")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class DrillCount(models.Model):
    """A drill as counts, once what each person did is erased (訓練の集計)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    course = models.CharField(max_length=60)
    day = models.DateField()
    people = models.PositiveIntegerField()
    clicked = models.PositiveIntegerField()
    reported = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "day"], name="training_drill_count_once"),
            models.CheckConstraint(
                condition=Q(clicked__lte=F("people")) & Q(reported__lte=F("people")),
                name="training_drill_count_of_people",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class SkillLevel(models.Model):
    """What somebody can do, 0 to 4, as they say and as the head of their section says (技能)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    skill = models.CharField(max_length=60)
    account = models.UUIDField()
    by_self = models.PositiveSmallIntegerField(null=True)
    by_head = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["skill", "account"], name="training_level_once"),
            models.CheckConstraint(
                condition=(Q(by_self=None) | Q(by_self__lte=4)) & (Q(by_head=None) | Q(by_head__lte=4)),
                name="training_level_to_four",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["account"], name="training_level_of_account")]

    def __str__(self) -> str:
        return str(self.pk)
