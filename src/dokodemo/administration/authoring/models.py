"""Tables of procedures being written in the office (手続の起案).

Owns proposals, kept as the files of a pack, and what was decided about their new terms. Never holds a published version:
`procedures` does. No personal data of residents.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from dokodemo.kernel.crypto import new_id


class State(models.TextChoices):
    """Where a proposal stands. `approved` waits for its day; `refused` failed its checks on that day."""

    DRAFT = "draft", "作成中"
    SUBMITTED = "submitted", "決裁待ち"
    APPROVED = "approved", "公開予約"
    PUBLISHED = "published", "公開済み"
    DISCARDED = "discarded", "取りやめ"


OPEN_STATES = (State.DRAFT, State.SUBMITTED, State.APPROVED)


class Origin(models.TextChoices):
    """What a proposal began from."""

    NOTHING = "nothing", "白紙"
    PUBLISHED = "published", "公開中の手続"
    INVENTORY = "inventory", "棚卸"
    FILES = "files", "ファイル"


class Proposal(models.Model):
    """A procedure as it shall become (起案): `files` maps a path inside the pack to its text.

    `revision` counts the changes of its files; `touched` says of each page at which revision, by whom (account) and when
    it was saved last. `typed` keeps by page what was typed and could not be taken. `writers` are all accounts that
    changed it: none of them may approve it. `remarks` are hints of whoever started it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(max_length=60)
    section = models.CharField(max_length=40)
    origin = models.CharField(max_length=12, choices=Origin)
    based_on = models.ForeignKey(
        "procedures.ProcedureVersion", null=True, on_delete=models.PROTECT, related_name="+"
    )
    files = models.JSONField(default=dict)
    typed = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    touched = models.JSONField(default=dict)
    remarks = models.JSONField(default=list)
    writers = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    author = models.ForeignKey("access.Account", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    returned_because = models.TextField(blank=True, default="")
    approved_by = models.ForeignKey("access.Account", null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    publish_on = models.DateField(null=True)
    published = models.ForeignKey(
        "procedures.ProcedureVersion", null=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-updated_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["slug"], condition=Q(state__in=OPEN_STATES), name="proposal_one_open_per_procedure"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.APPROVED) | Q(publish_on__isnull=False, approved_by__isnull=False),
                name="proposal_approved_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state=State.PUBLISHED) ^ Q(published__isnull=True),
                name="proposal_published_has_a_version",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "publish_on"], name="proposal_due")]

    def __str__(self) -> str:
        """The proposal's identifier."""
        return str(self.pk)

    @property
    def editable(self) -> bool:
        """Whether it may still be changed."""
        return self.state == State.DRAFT


class TermDecision(models.Model):
    """What the owner of the vocabulary decided about a new term (用語の承認), for exactly this wording of it."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="term_decisions")
    term = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    agreed = models.BooleanField()
    remark = models.TextField(blank=True, default="")
    decided_by = models.ForeignKey("access.Account", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["proposal", "term"], name="term_decision_once")
        ]

    def __str__(self) -> str:
        return self.term
