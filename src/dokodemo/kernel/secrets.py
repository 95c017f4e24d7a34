"""Random secrets kept in files outside the database (秘密情報): cookie signing, client passwords.

Owns `DOKODEMO_HOME/keys/<name>` for secrets that are plain text. Never touches the key ring of personal data
(kernel.crypto), and imports no Django: settings call it.
"""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from dokodemo.kernel.folders import sync_folder


def kept(home: Path, name: str, make: Callable[[], str]) -> str:
    """The content of `home/keys/<name>`, made by `make` with mode 0600 by whichever process comes first.

    Raises OSError when the folder cannot be written.
    """
    path = home / "keys" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # A complete file appears under its name or none: two processes may start at once.
        draft = path.with_name(f"{name}.{os.getpid()}")
        draft.touch(mode=0o600)
        with draft.open("w", encoding="ascii") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        sync_folder(path.parent)
    return path.read_text(encoding="ascii").strip()


def secret(home: Path, name: str) -> str:
    """A random secret of 64 bytes by that name, the same at every call."""
    return kept(home, name, lambda: secrets.token_urlsafe(64))
