"""Tables of what a clerk records on the way to a decision (期限の延長・審査の経過).

Owns the extension of a limit and the steps of the examination. Never says what they bring about: that is `actions`.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from dokodemo.kernel.crypto import EncryptedTextField, new_id


class Extension(models.Model):
    """That a statutory limit was extended, why, and the notice that told it (期限の延長). At most one a case.

    `before` and `until` are the last days as the notice tells them. Where the law extends to a day, `until` is the limit.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.OneToOneField("cases.Case", on_delete=models.PROTECT, related_name="extension")
    before = models.DateField()
    until = models.DateField()
    reason = EncryptedTextField()
    extended_by = models.ForeignKey("access.Account", on_delete=models.PROTECT, related_name="+")
    extended_at = models.DateTimeField()
    notified_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """The extension's identifier."""
        return str(self.pk)


class StepRecord(models.Model):
    """That a step of the examination was done on a day (審査の段階の記録): an inquiry made, a board that met.

    Rows are only added: the newest of a step counts, so that a slip of the day is put right and stays to be seen.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="step_records")
    step = models.CharField(max_length=20)
    done_on = models.DateField()
    note = EncryptedTextField()
    recorded_by = models.ForeignKey("access.Account", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["recorded_at"]

    def __str__(self) -> str:
        """The step's name."""
        return self.step
