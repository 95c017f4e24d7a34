"""Tables of residents and those who act for them (住民・世帯・代理・サインイン).

Owns persons with their encrypted record, earlier records, mandates and linked sign-ins. Never holds My Number, and
holds nothing readable about a person but numbers the city itself gives (宛名番号・世帯番号), state and protection.
"""

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from dokodemo.city.parties.definitions import OPEN_LINKS, LinkState, MandateKind, MandateState, Record, Status
from dokodemo.kernel.crypto import EncryptedJSONField, EncryptedTextField, new_id


class Household(models.Model):
    """Persons who live and keep house together (世帯)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)

    def __str__(self) -> str:
        return f"household {self.pk}"


class Resident(models.Model):
    """A person of the register (住民) with the current record; earlier ones are RecordVersion."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="residents")
    household_id: UUID
    is_head = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=[(s.value, s.value) for s in Status])
    # 秘匿: stays on until the authorised section ends it; the review day only reminds.
    protected = models.BooleanField(default=False)
    protected_from = models.DateField(null=True)
    protection_review_on = models.DateField(null=True)
    protected_section = models.CharField(max_length=60, blank=True)
    record = EncryptedJSONField()
    record_number = models.PositiveIntegerField(default=1)
    record_at = models.DateTimeField()
    source_digest = models.CharField(max_length=64)
    identity_index = models.BinaryField(max_length=16, null=True)
    name_index = models.BinaryField(max_length=16, null=True)
    birth_index = models.BinaryField(max_length=16, null=True)

    class Meta:
        """One living head for a household; the indexes a sign-in and a clerk's search need."""

        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(is_head=True, status=Status.RESIDENT.value),
                name="parties_household_one_head",
            ),
            models.CheckConstraint(
                condition=Q(protected=False) | (Q(protected_from__isnull=False) & ~Q(protected_section="")),
                name="parties_protection_has_section",
            ),
        ]
        indexes = [
            models.Index(fields=["identity_index"], name="parties_identity"),
            models.Index(fields=["name_index"], name="parties_name"),
            models.Index(fields=["birth_index"], name="parties_birth"),
            models.Index(fields=["household"], condition=Q(protected=True), name="parties_protected"),
        ]

    def __str__(self) -> str:
        return f"resident {self.pk}"

    @property
    def facts(self) -> Record:
        """The decrypted record: fact name → value, source and times."""
        facts: Record = self.record
        return facts


class RecordVersion(models.Model):
    """An earlier record of a resident (履歴), kept when a newer one took its place; only ever added."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    recorded_at = models.DateTimeField()
    replaced_at = models.DateTimeField()
    record = EncryptedJSONField()

    class Meta:
        """A version number is used once."""

        constraints = [
            models.UniqueConstraint(fields=["resident", "number"], name="parties_record_version_once"),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of resident {self.resident_id}"


class SignInLink(models.Model):
    """That an account is, or asks to be, a resident (サインインの結び付け); ended links stay as history."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    resident = models.ForeignKey(Resident, null=True, on_delete=models.PROTECT, related_name="sign_ins")
    state = models.CharField(max_length=15, choices=[(s.value, s.value) for s in LinkState])
    claims = EncryptedJSONField()
    claims_digest = models.CharField(max_length=64)
    reason = EncryptedTextField(null=True)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        """An account is at most one resident, a resident at most one account; a linked row names its resident."""

        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(state__in=list(OPEN_LINKS)),
                name="parties_sign_in_one_per_account",
            ),
            models.UniqueConstraint(
                fields=["resident"],
                condition=Q(state=LinkState.LINKED.value),
                name="parties_sign_in_one_per_resident",
            ),
            models.CheckConstraint(
                condition=~Q(state=LinkState.LINKED.value) | Q(resident__isnull=False),
                name="parties_sign_in_linked_to_somebody",
            ),
        ]
        # Asked on every request: by the account alone a planner without statistics might read all that are linked.
        indexes = [
            models.Index(fields=["account", "state"], name="parties_sign_in_of_account"),
            models.Index(fields=["state", "asked_at"], name="parties_sign_in_waiting"),
        ]

    def __str__(self) -> str:
        return f"sign-in {self.pk}"


class Mandate(models.Model):
    """That an account may act for a resident (代理): asked for by the agent, in force once a clerk has confirmed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    principal = models.ForeignKey(Resident, null=True, on_delete=models.PROTECT, related_name="mandates")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=15, choices=[(k.value, k.value) for k in MandateKind])
    scope = models.JSONField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in MandateState])
    claims = EncryptedJSONField()
    reason = EncryptedTextField(null=True)
    requested_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        """A confirmed mandate names its principal and does not end before it starts."""

        constraints = [
            models.CheckConstraint(
                condition=~Q(state=MandateState.CONFIRMED.value) | Q(principal__isnull=False),
                name="parties_mandate_names_principal",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="parties_mandate_forwards"
            ),
        ]
        indexes = [
            models.Index(fields=["agent", "state"], name="parties_mandate_agent"),
            models.Index(fields=["state", "requested_at"], name="parties_mandate_waiting"),
        ]

    def __str__(self) -> str:
        return f"mandate {self.pk}"
