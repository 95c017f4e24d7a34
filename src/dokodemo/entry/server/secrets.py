"""The server's own secret (サーバー秘密鍵): made at first start, kept outside the database.

Owns the file `DOKODEMO_HOME/keys/django`. Never touches the key ring of personal data (kernel.crypto).
"""

import os
import secrets
from pathlib import Path


def django_secret_key(home: Path) -> str:
    """The secret Django signs cookies with; `DOKODEMO_SECRET_KEY` overrides the file.

    The file is made with mode 0600 by whichever process comes first; the others read it.
    Raises OSError when the folder cannot be written.
    """
    given = os.environ.get("DOKODEMO_SECRET_KEY")
    if given:
        return given
    path = home / "keys" / "django"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # A complete file appears under its name or none: two processes may start at once.
        draft = path.with_name(f"django.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64), encoding="ascii")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()
