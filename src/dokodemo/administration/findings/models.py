"""Tables of findings (探された言葉の表): words, how often on which day, questions to the city, and searches by day.

Owns counts without a person. Keys are random, not ordered by time: nothing here says at what time somebody searched.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from dokodemo.kernel.crypto import EncryptedTextField

ANSWERS = ("synonym", "wished", "outside")
NOTHING, NOT_AMONG = "nothing", "not_among"


class Finding(models.Model):
    """Words that were searched and not found, and what the city answers.

    `alike` is a blind index over the words as compared; `words` the first spelling, empty for questions without words.
    `times` and `days` count everything kept; `told` how often somebody sent them to the city. Days are JST.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    alike = models.BinaryField(max_length=16, unique=True)
    words = EncryptedTextField()
    times = models.PositiveIntegerField(default=0)
    days = models.PositiveIntegerField(default=0)
    told = models.PositiveIntegerField(default=0)
    first_day = models.DateField()
    last_day = models.DateField()
    answer = models.CharField(max_length=8, blank=True, default="", choices=[(one, one) for one in ANSWERS])
    procedure = models.CharField(max_length=60, blank=True, default="")
    answered_on = models.DateField(null=True)
    answered_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(answer="", answered_on=None) | (~Q(answer="") & Q(answered_on__isnull=False)),
                name="finding_answered_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(procedure="") | Q(answer="synonym"), name="finding_procedure_of_a_synonym"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["answer", "-last_day"], name="finding_by_answer"),
            models.Index(fields=["first_day"], name="finding_first_day"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class DailyCount(models.Model):
    """How often words were searched on a day in a language: nothing found, or not among what was found."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="counts")
    day = models.DateField()
    lang = models.CharField(max_length=4)
    outcome = models.CharField(max_length=9, choices=[(NOTHING, NOTHING), (NOT_AMONG, NOT_AMONG)])
    times = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["finding", "day", "lang", "outcome"], name="finding_day_once")
        ]
        indexes: ClassVar = [models.Index(fields=["day"], name="finding_count_day")]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.day}"


class Question(models.Model):
    """What somebody told the city they were looking for. Nobody can be answered: nobody is known."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="questions")
    day = models.DateField()
    lang = models.CharField(max_length=4)
    text = EncryptedTextField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["day"], name="finding_question_day")]

    def __str__(self) -> str:
        return str(self.pk)


class SearchDay(models.Model):
    """All searches of a day in a language, without their words: the numbers behind the indicator.

    `dropped` were not found and not kept, because too many different words came.
    """

    day = models.DateField()
    lang = models.CharField(max_length=4)
    searches = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    not_among = models.PositiveIntegerField(default=0)
    dropped = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["day", "lang"], name="search_day_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.lang}"
