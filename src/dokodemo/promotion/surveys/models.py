"""Tables of surveys (市民アンケートの表): waves, strata, invitations, answers, wrong codes.

Owns what is kept. An answer has no link to an invitation, no time, and an identifier by chance alone; its stratum lies
inside the seal. Invitations are deleted when a wave closes: from then on nobody can tell who was asked or answered.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from dokodemo.kernel.crypto import EncryptedJSONField, new_id
from dokodemo.promotion.surveys.sampling import Cell

DRAFT, OPEN, CLOSED, PUBLISHED = STATES = ("draft", "open", "closed", "published")
# 速報 and 確定.
PROVISIONAL, FINAL = STATUSES = ("provisional", "final")
BATCH = 1000  # rows written by one statement
# What the register is read for.
COUNT, DRAW = PURPOSES = ("count", "draw")
# How an invitation went out: not yet, in the list, with a second code, to nobody (moved, died or protected since); by mail that
# is still to leave, that left, or that the mailbox refused.
UNSENT, LISTED, RENEWED, NOWHERE, BY_MAIL, MAILED, RETURNED = SENT = (
    "",
    "listed",
    "renewed",
    "nowhere",
    "by_mail",
    "mailed",
    "returned",
)


def by_chance() -> int:
    """An identifier that says nothing about when its row came. SQLite keeps rows in the order of whole-number keys: with a
    key by chance, no order of arrival is kept."""
    return secrets.randbits(62)


class Wave(models.Model):
    """One time a survey is held (調査回). `definition` and `digest` are the survey as it was when planned.

    `plan` holds what the size was worked out from; `results` what may be shown, as worked out at closing or, where it was
    corrected, as published last. `erased_on`: since when single answers are gone. Days are JST.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    survey = models.CharField(max_length=40)
    number = models.PositiveSmallIntegerField()
    definition: models.JSONField[Any, Any] = models.JSONField()
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=[(one, one) for one in STATES], default=DRAFT)
    plan: models.JSONField[Any, Any] = models.JSONField()
    seed = models.CharField(max_length=40)
    frame = models.PositiveIntegerField(default=0)
    sample = models.PositiveIntegerField(default=0)
    opens_on: models.DateField[date, date] = models.DateField()
    closes_on: models.DateField[date, date] = models.DateField()
    drawn_on = models.DateField(null=True)
    listed_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    published_on = models.DateField(null=True)
    erased_on = models.DateField(null=True)
    # Typed as never empty: whoever reads results has asked for a closed wave, and the constraint below holds them to it.
    results: models.JSONField[Any, Any] = models.JSONField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "number"], name="survey_wave_number_once"),
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="survey_wave_forwards"),
            models.CheckConstraint(
                condition=Q(state=DRAFT) | Q(drawn_on__isnull=False, listed_on__isnull=False),
                name="survey_wave_open_is_listed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[CLOSED, PUBLISHED])
                | Q(closed_on__isnull=False, results__isnull=False),
                name="survey_wave_closed_has_results",
            ),
            models.CheckConstraint(
                condition=~Q(state=PUBLISHED) | Q(published_on__isnull=False),
                name="survey_wave_published_on_a_day",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["survey", "state"], name="survey_wave_state")]

    def __str__(self) -> str:
        return f"{self.survey} {self.number}"


class Publication(models.Model):
    """What was published of a wave, each time (公表): at first, as final after it was provisional, and as corrected.

    Written once and never changed. `reason` is why it was corrected; everybody may read it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="publications")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=11, choices=[(one, one) for one in STATUSES])
    results: models.JSONField[Any, Any] = models.JSONField()
    reason = models.TextField(blank=True, default="")
    published_on: models.DateField[date, date] = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["wave", "number"], name="survey_publication_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.wave_id} {self.number}"


class FrameReading(models.Model):
    """That the register is being read for a wave (名簿の読取り), how far (people), or why nothing came of it.

    It is gone when the reading has done what it was for. `refused` is the key of a fixed text, "" while it goes on.
    """

    wave = models.OneToOneField(Wave, on_delete=models.CASCADE, primary_key=True, related_name="reading")
    purpose = models.CharField(max_length=5, choices=[(one, one) for one in PURPOSES])
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    refused = models.CharField(max_length=40, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.purpose} {self.wave_id}"


class Stratum(models.Model):
    """How many people of a wave's frame live in a stratum, how many are invited, and, once closed, how many answered."""

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="strata")
    band = models.PositiveSmallIntegerField()
    sex = models.CharField(max_length=9)
    district = models.CharField(max_length=40)
    population = models.PositiveIntegerField()
    invited = models.PositiveIntegerField()
    returned = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["wave", "band", "sex", "district"], name="survey_stratum_once"),
            models.CheckConstraint(
                condition=Q(invited__lte=F("population")) & Q(returned__lte=F("invited")),
                name="survey_stratum_counts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wave_id} {self.cell.key}"

    @property
    def cell(self) -> Cell:
        """The stratum as the rules know it."""
        return Cell(self.band, self.sex, self.district)


class Invitation(models.Model):
    """That a resident is asked (依頼). `code_index` is a keyed index of the code; `used` says that an answer came, not when.

    `number` is on the mailing list, so that who lost the code can be given another one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="invitations")
    stratum = models.ForeignKey(Stratum, on_delete=models.CASCADE, related_name="invitations")
    resident_id: models.UUIDField[UUID, UUID] = models.UUIDField()
    number = models.PositiveIntegerField()
    code_index = models.BinaryField(max_length=16, null=True, unique=True)
    sent = models.CharField(max_length=8, blank=True, default=UNSENT, choices=[(one, one) for one in SENT])
    used = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["wave", "resident_id"], name="survey_invited_once"),
            models.UniqueConstraint(fields=["wave", "number"], name="survey_invitation_number_once"),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class Answer(models.Model):
    """What somebody answered. `sealed`: {"stratum": key, "answers": {question: option or words}}."""

    id = models.BigAutoField(primary_key=True)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="answers")
    sealed = EncryptedJSONField()

    def __str__(self) -> str:
        return f"answer {self.pk}"


class WrongCodes(models.Model):
    """Wrong codes of one client within one hour; the key is a keyed digest of the network address.

    A counter, never a count over rows: the check costs the same on the worst day.
    """

    key = models.CharField(max_length=128)
    hour = models.PositiveIntegerField()
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "hour"], name="survey_wrong_codes_once")
        ]
        indexes: ClassVar = [models.Index(fields=["hour"], name="survey_wrong_codes_hour")]

    def __str__(self) -> str:
        return f"{self.hour}: {self.failures}"
