"""Tables of what a clerk records on the way to a decision (期限の延長・審査の経過).

Owns the extension of a limit and the steps of the examination. Never says what they bring about: that is `actions`.
"""

from __future__ import annotations

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
