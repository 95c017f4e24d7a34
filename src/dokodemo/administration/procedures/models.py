"""Tables of published procedures (公開された手続): a version is written once and never changed.

Owns the version store and the pointer to the version in force. Never holds a filed case or personal data.
"""

from django.db import models

from dokodemo.kernel.crypto import new_id


class Procedure(models.Model):
    """A procedure the city has ever published, known by its slug (手続)."""

    slug = models.SlugField(max_length=60, unique=True)

    def __str__(self) -> str:
        return self.slug


class ProcedureVersion(models.Model):
    """One published version (版): everything a case needs to replay years later.

    The database refuses UPDATE and DELETE. `definition`, `vocabulary` and `parameters` are JSON as read from
    the pack; `letters` maps a path to its source text.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    pack = models.CharField(max_length=60)
    definition = models.JSONField()
    vocabulary_digest = models.CharField(max_length=64)
    vocabulary = models.JSONField()
    parameters = models.JSONField()
    letters = models.JSONField()
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["procedure", "number"], name="procedure_version_number_once"),
            models.UniqueConstraint(fields=["procedure", "digest"], name="procedure_version_content_once"),
        ]
        ordering = ["procedure_id", "number"]

    def __str__(self) -> str:
        return f"{self.procedure_id} version {self.number}"


class CurrentVersion(models.Model):
    """Which version of a procedure is in force; `retired_at` (UTC) once no longer performed (廃止)."""

    procedure = models.OneToOneField(
        Procedure, on_delete=models.PROTECT, primary_key=True, related_name="current"
    )
    version = models.ForeignKey(ProcedureVersion, on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.procedure_id} → {self.version_id}"


class PackInForce(models.Model):
    """The one pack the city runs on (現用パック): what search and the list of life events read beside the versions.

    There is one row. `stamp` changes with every publication that changes anything, so that readers may keep what
    they computed until it does. `source` is the digest of the files last read, empty when they must be read again.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    pack = models.CharField(max_length=60)
    stamp = models.CharField(max_length=64)
    source = models.CharField(max_length=100, blank=True, default="")
    life_events = models.JSONField()
    synonyms = models.JSONField()
    topics = models.JSONField(default=list)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="pack_in_force_is_one")]

    def __str__(self) -> str:
        return self.pack


class OfficeFile(models.Model):
    """A file of the city's pack that staff put in force from the office (職員が編集した手続のファイル).

    It stands in place of the pack's own file of that path until the pack says the same. `procedure` is the slug it was
    written for: a procedure's files come and go together.
    """

    pack = models.CharField(max_length=60)
    path = models.CharField(max_length=200)
    procedure = models.SlugField(max_length=60)
    text = models.TextField()
    placed_at = models.DateTimeField()
    placed_by = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pack", "path"], name="office_file_once")]
        ordering = ["path"]

    def __str__(self) -> str:
        return self.path
