"""Tables of applications and their examination (申請・審査).

Owns drafts, cases, bundles of cases, corrections, decisions, messages, notes, attachments, fees and paper tallies. Never
holds a procedure's definition (a case points at its published version) and never a resident's register record.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from dokodemo.administration.cases.records import Extension, StepRecord
from dokodemo.administration.cases.states import Channel, FeeState, Kind, Outcome, State
from dokodemo.kernel.crypto import EncryptedJSONField, EncryptedTextField, new_id

__all__ = [
    "AnswerVersion",
    "Attachment",
    "Bundle",
    "Case",
    "Channel",
    "Correction",
    "Decision",
    "Draft",
    "DraftPart",
    "Extension",
    "FeePayment",
    "FeeState",
    "Kind",
    "Message",
    "Note",
    "Outcome",
    "PaperTally",
    "State",
    "StepRecord",
]


class Bundle(models.Model):
    """Several applications written on one form and handed in at once (まとめて申請).

    `typed_apart` and `typed_once`: how many answers somebody would have typed on separate forms, and how many were
    typed on the joint one.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    arrived_at = models.DateTimeField(db_index=True)
    typed_apart = models.PositiveIntegerField()
    typed_once = models.PositiveIntegerField()

    def __str__(self) -> str:
        """The bundle's identifier."""
        return str(self.pk)


class Case(models.Model):
    """One application, notification or request from its arrival on (申請)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    bundle = models.ForeignKey(Bundle, null=True, on_delete=models.PROTECT, related_name="cases")
    version = models.ForeignKey("procedures.ProcedureVersion", on_delete=models.PROTECT, related_name="+")
    procedure = models.SlugField(max_length=80, db_index=False)
    kind = models.CharField(max_length=12, choices=Kind)
    section = models.CharField(max_length=40)
    owner = models.ForeignKey("access.Account", null=True, on_delete=models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=16)
    mandate_id = models.UUIDField(null=True)
    applicant_id = models.UUIDField(null=True)
    subject_id = models.UUIDField(null=True)
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.ONLINE)
    state = models.CharField(max_length=24, choices=State, default=State.SUBMITTED)
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True, default="")
    answers = EncryptedJSONField()
    sources = models.JSONField(default=dict)
    answers_total = models.PositiveIntegerField(default=0)
    answers_typed = models.PositiveIntegerField(default=0)
    arrived_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    limit_on = models.DateField(null=True)
    extended = models.BooleanField(default=False)
    assignee = models.ForeignKey("access.Account", null=True, on_delete=models.PROTECT, related_name="+")
    fee_yen = models.PositiveIntegerField(default=0)
    fee_state = models.CharField(max_length=4, choices=FeeState, default=FeeState.NONE)
    closed_at = models.DateTimeField(null=True)
    notified_at = models.DateTimeField(null=True)
    satisfaction = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(kind=Kind.NOTIFICATION) | ~Q(state__in=[State.PROPOSED, State.DECIDED]),
                name="case_notification_is_never_decided",
            ),
            models.CheckConstraint(
                condition=Q(state=State.DECIDED, outcome__in=Outcome.values)
                | (~Q(state=State.DECIDED) & Q(outcome="")),
                name="case_decided_means_an_outcome",
            ),
            models.CheckConstraint(
                condition=Q(satisfaction__isnull=True) | Q(satisfaction__range=(1, 5)),
                name="case_satisfaction_one_to_five",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["section", "state", "due_on"], condition=Q(closed_at__isnull=True), name="case_open"
            ),
            models.Index(fields=["closed_at", "state", "due_on"], name="case_closed"),
            # The cases of a day or a year are found by it.
            models.Index(
                fields=["arrived_at", "channel", "answers_total", "answers_typed"], name="case_arrived"
            ),
            models.Index(fields=["owner", "-arrived_at"], name="case_owner"),
            models.Index(fields=["applicant_id"], name="case_applicant"),
            models.Index(fields=["subject_id"], name="case_subject"),
            models.Index(fields=["procedure", "arrived_at"], name="case_procedure"),
            # Few say how it was: what they said is counted without looking at everybody else.
            models.Index(
                fields=["arrived_at", "procedure", "satisfaction"],
                condition=Q(satisfaction__isnull=False),
                name="case_opinions",
            ),
        ]

    def __str__(self) -> str:
        """The receipt number (受付番号)."""
        return self.number

    @property
    def open(self) -> bool:
        """Whether the city still has something to do or to wait for."""
        return self.closed_at is None


class Correction(models.Model):
    """A request to correct a formal defect within a period (補正の求め, 行政手続法7条). It stops the clock."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="corrections")
    terms = models.JSONField(default=list)
    message = EncryptedTextField()
    due_on = models.DateField()
    requested_by = models.ForeignKey("access.Account", on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["requested_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(answered_at__isnull=True, cancelled_at__isnull=True),
                name="correction_one_open_per_case",
            )
        ]

    def __str__(self) -> str:
        """The correction's identifier."""
        return str(self.pk)


class Draft(models.Model):
    """An application being written, or a correction of one (下書き). Every step is saved.

    `slot` says for what: the writer, the procedure and the capacity, or the correction. One open draft fills it, so that
    two clicks begin one application. A draft that was closed and not `handed_in` was thrown away or overtaken.
    A joint draft has no version of its own but one in each of its `parts`; handed in, it names the `bundle` it became.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey("access.Account", on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(
        "procedures.ProcedureVersion", null=True, on_delete=models.PROTECT, related_name="+"
    )
    procedure = models.SlugField(max_length=80, db_index=False, blank=True)
    slot = models.UUIDField()
    capacity = models.CharField(max_length=16)
    principal_id = models.UUIDField(null=True)
    mandate_id = models.UUIDField(null=True)
    correction = models.ForeignKey(Correction, null=True, on_delete=models.CASCADE, related_name="drafts")
    content = EncryptedJSONField()
    pages_done = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    case = models.OneToOneField(Case, null=True, on_delete=models.PROTECT, related_name="draft")
    bundle = models.OneToOneField(Bundle, null=True, on_delete=models.PROTECT, related_name="draft")
    closed_at = models.DateTimeField(null=True)
    handed_in = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["slot"], condition=Q(closed_at__isnull=True), name="draft_one_open_per_slot"
            ),
            models.CheckConstraint(
                condition=Q(version__isnull=False, bundle__isnull=True) & ~Q(procedure="")
                | Q(version__isnull=True, case__isnull=True, correction__isnull=True, procedure=""),
                name="draft_of_one_procedure_or_joint",
            ),
        ]
        indexes: ClassVar = [
            # Forms begun on a day are counted again whenever one of them is handed in.
            models.Index(fields=["created_at"], name="draft_begun"),
            models.Index(fields=["owner"], condition=Q(closed_at__isnull=True), name="draft_open_of_owner"),
            # Forms left lying are few among all that were ever begun. The correction stands first, since a database that
            # looks for drafts that are none by the index of their own walks through every draft there is.
            models.Index(
                fields=["correction", "created_at", "updated_at", "procedure", "pages_done", "owner"],
                condition=Q(closed_at__isnull=True, handed_in=False),
                name="draft_left",
            ),
        ]

    def __str__(self) -> str:
        """The draft's identifier."""
        return str(self.pk)


class DraftPart(models.Model):
    """One procedure of a joint draft, on the version that was in force when it was begun."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="parts")
    place = models.PositiveSmallIntegerField()
    version = models.ForeignKey("procedures.ProcedureVersion", on_delete=models.PROTECT, related_name="+")
    procedure = models.SlugField(max_length=80, db_index=False)

    class Meta:
        ordering: ClassVar = ["place"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draft", "procedure"], name="part_once_a_draft"),
        ]

    def __str__(self) -> str:
        """The procedure's slug."""
        return self.procedure


class Attachment(models.Model):
    """A file a person attached (添付書類). The bytes are sealed in storage; the row says where and what.

    A document that several cases of a bundle need is a row in each and is stored once: `sealed_as` is then the row to
    which the bytes were bound.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    draft = models.ForeignKey(Draft, null=True, on_delete=models.SET_NULL, related_name="attachments")
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="attachments")
    term = models.CharField(max_length=80)
    name = EncryptedTextField()
    media_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    storage_ref = models.CharField(max_length=100)
    sealed_as = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["created_at"]

    def __str__(self) -> str:
        """The attachment's identifier: never its name, which may tell who somebody is."""
        return str(self.pk)


class AnswerVersion(models.Model):
    """What the answers were before a correction changed them (補正前の内容). Written once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="answer_versions")
    answers = EncryptedJSONField()
    sources = models.JSONField(default=dict)
    replaced_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["replaced_at"]

    def __str__(self) -> str:
        """The version's identifier."""
        return str(self.pk)


class Decision(models.Model):
    """A proposed and, once approved, effective decision (起案・決定) with its reasons (理由の提示, 法8条)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=20, choices=Outcome)
    rules = models.JSONField(default=list)
    reasons = EncryptedTextField()
    conditions = EncryptedTextField()
    findings = EncryptedJSONField(null=True)
    assessment = EncryptedJSONField(null=True)
    proposed_by = models.ForeignKey("access.Account", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    resolved_by = models.ForeignKey("access.Account", null=True, on_delete=models.PROTECT, related_name="+")
    effective_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    returned_because = EncryptedTextField(null=True)

    class Meta:
        ordering: ClassVar = ["proposed_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(returned_at__isnull=True), name="decision_one_standing_per_case"
            )
        ]

    def __str__(self) -> str:
        """The decision's identifier."""
        return str(self.pk)


class Message(models.Model):
    """A message between the person and the section (連絡)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="messages")
    from_staff = models.BooleanField()
    author = models.ForeignKey("access.Account", on_delete=models.PROTECT, related_name="+")
    body = EncryptedTextField()
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["sent_at"]

    def __str__(self) -> str:
        """The message's identifier."""
        return str(self.pk)


class Note(models.Model):
    """A note of staff for staff (メモ). It is part of the file: a disclosure request can reach it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey("access.Account", on_delete=models.PROTECT, related_name="+")
    body = EncryptedTextField()
    written_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["written_at"]

    def __str__(self) -> str:
        """The note's identifier."""
        return str(self.pk)


class FeePayment(models.Model):
    """A fee received at the counter and recorded by a clerk (手数料の収納); below 0 what was given back (還付).

    More than one only where a correction changed the fee after it was paid.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="payments")
    yen = models.IntegerField()
    received_by = models.ForeignKey("access.Account", on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()

    def __str__(self) -> str:
        """The payment's identifier."""
        return str(self.pk)


class PaperTally(models.Model):
    """How many cases of a procedure came on paper in a month (紙・窓口の件数): the other half of K2's denominator."""

    procedure = models.SlugField(max_length=80)
    section = models.CharField(max_length=40)
    month = models.DateField()
    cases = models.PositiveIntegerField()
    recorded_by = models.ForeignKey("access.Account", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["procedure", "month"], name="tally_one_per_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="tally_month_is_its_first_day"),
        ]

    def __str__(self) -> str:
        """Procedure and month."""
        return f"{self.procedure} {self.month:%Y-%m}"
