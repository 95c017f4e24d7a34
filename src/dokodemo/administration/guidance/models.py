"""Lists that residents keep (保存した案内).

Owns the saved list: which procedures, by when. Never holds the answers that led to it.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from dokodemo.kernel.crypto import EncryptedJSONField, new_id


class SavedList(models.Model):
    """One list as it stood on the day it was saved; which life event it is about is encrypted too."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey("access.Account", on_delete=models.PROTECT, related_name="+", db_index=False)
    content = EncryptedJSONField()
    saved_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["owner", "-saved_at"], name="saved_list_of_owner")]

    def __str__(self) -> str:
        return str(self.pk)
