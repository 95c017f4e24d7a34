"""Verbs of issued documents in the event log (証明・通知の記録).

Owns the names. Never holds personal data: references are ids and numbers of documents.
"""

from typing import Final

ISSUED: Final = "certificates.issued"
REVOKED: Final = "certificates.revoked"
DOWNLOADED: Final = "certificates.downloaded"
GUESSING_STOPPED: Final = "certificates.guessing_stopped"
FILES_SWEPT: Final = "certificates.files_swept"
OBJECT: Final = "document"
