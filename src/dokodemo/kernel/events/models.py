"""Tables of the event log (監査証跡): events, and the links that seal them into a chain. Both are only ever added to.

Owns the two tables. Never holds personal data: references, counts and keyed digests only.
"""

from typing import ClassVar

from django.db import models


class Event(models.Model):
    """One thing that was done: when, by whom, to what."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    verb = models.CharField(max_length=60)
    actor = models.CharField(max_length=60)
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=80)
    refs = models.JSONField(default=dict)
    numbers = models.JSONField(default=dict)
    digests = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["object_type", "object_id", "id"], name="event_object"),
            models.Index(fields=["verb", "id"], name="event_verb"),
            models.Index(fields=["actor", "id"], name="event_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_type} {self.object_id}"


class Seal(models.Model):
    """One link of the chain (封印): its place, its event, and the hash over everything up to it."""

    sequence = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="seal")
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"seal {self.sequence}"
