"""Files on their way in (アップロードの受信): held in memory or without a name, until they are sealed.

Owns Django's upload handler for large requests. Never decides whether a file is fit. Django's own handler gives files
in clear a name in the folder of temporary files, where a server that is killed leaves them.
"""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from dokodemo.adapters.storage import StorageFull

# The largest file any page takes is a letter to be verified, 30 MiB: of a larger one nobody wants more than its size.
MOST_BYTES = 32 * 1024 * 1024
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - files without a name, so that nothing in clear reaches a disk


if TYPE_CHECKING:
    _Uploaded = UploadedFile[bytes]
else:
    _Uploaded = UploadedFile


class UnkeptFile(_Uploaded):
    """An uploaded file there was no room for: it has a name and a size, and says so when somebody reads it."""

    def read(self, *args: Any) -> bytes:
        """Raises StorageFull."""
        raise StorageFull("There was no room to receive the file. Make room and try again.")


class UnnamedFiles(FileUploadHandler):
    """Receives files of a large request into files that have no name and vanish with the process."""

    file: IO[bytes] | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self.held = 0
        self.file = _unnamed()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Hold what a reader may still want; without room, nothing more of this file."""
        if self.file is None or self.held >= MOST_BYTES:
            return
        try:
            self.file.write(raw_data)
            self.held += len(raw_data)
        except OSError:
            self.upload_interrupted()

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        """The file with its true size, from its beginning."""
        about = (self.file_name, self.content_type, file_size, self.charset, self.content_type_extra)
        if self.file is None or not _rewound(self.file):
            return UnkeptFile(None, *about)
        return UploadedFile(self.file, *about)

    def upload_interrupted(self) -> None:
        """Give up the file."""
        if self.file is not None:
            # Closing writes what is left, and there may be no room for it.
            with suppress(OSError):
                self.file.close()
            self.file = None


def _unnamed() -> IO[bytes] | None:
    try:
        return tempfile.TemporaryFile(dir=_SHARED_MEMORY if _SHARED_MEMORY.is_dir() else None)
    except OSError:
        return None


def _rewound(file: IO[bytes]) -> bool:
    try:
        file.seek(0)
    except OSError:
        return False
    return True
