"""Tables of following (計画を追う人の表): followers, letters to them, what each is to be told, what has been handed out, visits.

Owns what is kept of a person: an address, sealed. Whoever stops is deleted with everything that hangs on it. Times are UTC.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from dokodemo.kernel.crypto import EncryptedTextField
from dokodemo.promotion.following.logic import EACH, LANGS, OFTEN

CONFIRM, NEWS = KINDS = ("confirm", "news")
# A letter nobody has tried to hand over, one being handed over, and the three ends.
WAITING, SENDING, SENT, REFUSED, GIVEN_UP = STATES = ("waiting", "sending", "sent", "refused", "given_up")


def _one_of(names: tuple[str, ...], **more: Any) -> Any:
    return models.CharField(max_length=8, choices=[(one, one) for one in names], **more)


class Follower(models.Model):
    """An address that follows the plan, or has been asked whether it wants to (`confirmed_at` null).

    `alike` is a blind index over the address as compared; `measures` are codes, none means the whole plan. `refusals` counts
    letters in a row that the mailbox refused for good.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.CharField(max_length=60)
    alike = models.BinaryField(max_length=16)
    address = EncryptedTextField()
    measures: models.JSONField[Any, Any] = models.JSONField(default=list)
    lang = _one_of(LANGS, default="ja")
    often = _one_of(OFTEN, default=EACH)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    refusals = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "alike"], name="following_address_once")
        ]
        indexes: ClassVar = [models.Index(fields=["confirmed_at", "asked_at"], name="following_confirmed")]

    def __str__(self) -> str:
        return str(self.pk)


class Mail(models.Model):
    """A letter to a follower: the question whether they want to follow, with the `wishes` it is about, or news.

    Its key is also its Message-ID. `due_at`: not before; `claimed_at`: when somebody last began to hand it over.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    follower = models.ForeignKey(Follower, on_delete=models.CASCADE, related_name="mails")
    kind = _one_of(KINDS)
    wishes: models.JSONField[Any, Any] = models.JSONField(null=True)
    state = _one_of(STATES, default=WAITING)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind=NEWS, wishes__isnull=True) | Q(kind=CONFIRM, wishes__isnull=False),
                name="following_mail_asks_with_wishes",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[WAITING, SENDING], ended_at=None)
                | Q(state__in=[SENT, REFUSED, GIVEN_UP], ended_at__isnull=False),
                name="following_mail_ended",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "due_at"], name="following_mail_due"),
            models.Index(fields=["follower", "kind", "made_at"], name="following_mail_of"),
            models.Index(fields=["ended_at"], name="following_mail_old"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Notice(models.Model):
    """That a follower is to hear of a change, once; `mail` is the letter that says so, null until one is made."""

    follower = models.ForeignKey(Follower, on_delete=models.CASCADE, related_name="notices")
    change = models.UUIDField()
    mail = models.ForeignKey(Mail, on_delete=models.CASCADE, null=True, related_name="notices")
    noticed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["follower", "change"], name="following_told_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["follower", "noticed_at"], condition=Q(mail=None), name="following_untold"),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}"


class Spread(models.Model):
    """A change of the plan that has been noted down for everybody who follows it; never again after that."""

    change = models.UUIDField(primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.change)


class Asked(models.Model):
    """How often one visitor, or all together, asked within one hour. `key`: a keyed digest of the network address."""

    key = models.CharField(max_length=64)
    hour = models.PositiveIntegerField()
    times = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["key", "hour"], name="following_asked_once")]
        indexes: ClassVar = [models.Index(fields=["hour"], name="following_asked_hour")]

    def __str__(self) -> str:
        return f"{self.hour}: {self.times}"
