"""Files of the city (ファイル保管): attachments and issued letters, each sealed on disk.

Owns `DOKODEMO_HOME/files`. Never uses anything a person typed in a path and never knows what a file means.
"""

from dokodemo.adapters.storage.files import (
    FileDamaged,
    FileMissing,
    StorageError,
    StorageFull,
    StoredFile,
    check,
    get,
    put,
    remove,
    sweep,
)

__all__ = [
    "FileDamaged",
    "FileMissing",
    "StorageError",
    "StorageFull",
    "StoredFile",
    "check",
    "get",
    "put",
    "remove",
    "sweep",
]
