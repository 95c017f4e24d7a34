"""Files of the city (ファイル保管): attachments and issued letters, each sealed on disk.

Owns `DOKODEMO_HOME/files`. Never uses anything a person typed in a path and never knows what a file means.
"""

from dokodemo.adapters.storage.files import (
    NO_ROOM,
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
from dokodemo.adapters.storage.renewing import reseal

__all__ = [
    "NO_ROOM",
    "FileDamaged",
    "FileMissing",
    "StorageError",
    "StorageFull",
    "StoredFile",
    "check",
    "get",
    "put",
    "remove",
    "reseal",
    "sweep",
]
