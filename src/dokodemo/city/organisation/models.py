"""Tables of the organisation (組織・職・任用・職員).

Owns sections over time, the posts in them, who holds a post from when to when, and what members of staff are
called. Never holds passwords (kernel.access) and never decides what a role may do in a domain.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from dokodemo.kernel.access import Role
from dokodemo.kernel.crypto import EncryptedTextField, new_id


class Section(models.Model):
    """A section (課) in one period of its life: a reorganisation (機構改革) opens a new row, never edits the old."""

    code = models.CharField(max_length=60)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    name = models.JSONField()
    department = models.JSONField(null=True)
    phone = models.CharField(max_length=40, blank=True)
    duties = models.JSONField(default=list)
    functions = models.JSONField(default=list)
    sample = models.BooleanField(default=True)
    place = models.PositiveIntegerField(default=0)

    class Meta:
        """One row per section and first day."""

        ordering = ["place", "code"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="organisation_section_once"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(valid_to=None), name="organisation_section_one_open"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="organisation_section_forwards",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} from {self.valid_from}"


class Post(models.Model):
    """A post (職): a role in a section under a title, to which people are appointed."""

    section_code = models.CharField(max_length=60)
    role = models.CharField(max_length=30, choices=[(role.value, role.value) for role in Role])

    class Meta:
        """A section has one post for each role; the title of a person stands on the appointment."""

        constraints = [
            models.UniqueConstraint(fields=["section_code", "role"], name="organisation_post_once")
        ]

    def __str__(self) -> str:
        return f"{self.role} in {self.section_code}"


class Appointment(models.Model):
    """That an account holds a post from a day to a day (任用), both inclusive; no end means until further notice."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="appointments")
    title = models.CharField(max_length=60)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        """Nobody holds one post twice without an end, or ends before the start."""

        constraints = [
            models.UniqueConstraint(
                fields=["account", "post"],
                condition=Q(ends_on=None),
                name="organisation_appointment_one_open",
            ),
            models.UniqueConstraint(
                fields=["account", "post", "starts_on"], name="organisation_appointment_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="organisation_appointment_forwards",
            ),
        ]

    def __str__(self) -> str:
        return f"appointment {self.pk}"


class StaffProfile(models.Model):
    """The name a member of staff (職員) is shown by; kept apart from the account that signs in."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = EncryptedTextField()

    def __str__(self) -> str:
        return f"profile {self.pk}"
