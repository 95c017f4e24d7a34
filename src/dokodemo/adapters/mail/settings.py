"""Which way mail leaves this city (メール送信の設定): `DOKODEMO_MAIL` and what belongs to it.

Owns reading the environment and saying what is wrong with it. Knows no Django, for the settings ask it. Never sends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 20
_BACKENDS = "django.core.mail.backends."
_LOCAL = {"localhost", "127.0.0.1", "::1"}
_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True)
class Relay:
    """How mail leaves. `kind`: none (mail is not offered), file, console or smtp; `sender`: the address letters come from."""

    kind: str
    sender: str
    mailers: dict[str, Any]


def relay(environment: Mapping[str, str], home: Path, *, demo: bool) -> Relay:
    """The way named by DOKODEMO_MAIL. A demonstration writes files by default, a real city offers no mail until it is told.

    Raises ValueError with the remedy. The text never holds a password.
    """
    said = environment.get("DOKODEMO_MAIL", "").strip() or ("file" if demo else "none")
    if said == "none":
        return Relay("none", "", _mailers("dummy"))
    if said in {"file", "console"}:
        if not demo:
            raise ValueError(
                f"DOKODEMO_MAIL={said!r} sends nothing and writes addresses in clear: it is for demonstrations. "
                "Name a relay, smtp://mail.example.jp, or set DOKODEMO_MAIL=none."
            )
        options = {"file_path": str(home / "mail")} if said == "file" else {}
        return Relay(
            said,
            _sender(environment, "dokodemo@localhost"),
            _mailers("filebased" if said == "file" else said, options),
        )
    return _smtp(said, environment)


def _mailers(backend: str, options: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"default": {"BACKEND": f"{_BACKENDS}{backend}.EmailBackend", "OPTIONS": dict(options or {})}}


def _smtp(said: str, environment: Mapping[str, str]) -> Relay:
    try:
        parts = urlsplit(said)
        host, port = parts.hostname, parts.port
    except ValueError:
        parts, host, port = urlsplit(""), None, None
    if parts.scheme not in _PORTS or not host or parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError(
            "DOKODEMO_MAIL is none, file, console, smtp://host:587 (STARTTLS) or smtps://host:465; it is nothing of these."
        )
    if parts.username is not None or parts.password is not None:
        raise ValueError(
            "DOKODEMO_MAIL holds a name or a password, which logs would show. "
            "Set DOKODEMO_MAIL_USER and DOKODEMO_MAIL_PASSWORD_FILE instead."
        )
    user = environment.get("DOKODEMO_MAIL_USER", "").strip()
    password = _password(environment)
    if bool(user) != bool(password):
        raise ValueError(
            "Of DOKODEMO_MAIL_USER and DOKODEMO_MAIL_PASSWORD_FILE only one is set. Set both, or neither."
        )
    return Relay(
        "smtp",
        _sender(environment, ""),
        _mailers(
            "smtp",
            {
                "host": host,
                "port": port or _PORTS[parts.scheme],
                "username": user or None,
                "password": password or None,
                "use_ssl": parts.scheme == "smtps",
                # Only a relay on this machine may be spoken to in clear: letters hold addresses.
                "use_tls": parts.scheme == "smtp" and host not in _LOCAL,
                "timeout": TIMEOUT_SECONDS,
            },
        ),
    )


def _password(environment: Mapping[str, str]) -> str:
    place = environment.get("DOKODEMO_MAIL_PASSWORD_FILE", "").strip()
    if not place:
        return ""
    try:
        return Path(place).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise ValueError(
            f"DOKODEMO_MAIL_PASSWORD_FILE={place!r} cannot be read. Name a file with the password alone, readable by this user."
        ) from None


def _sender(environment: Mapping[str, str], otherwise: str) -> str:
    said = environment.get("DOKODEMO_MAIL_FROM", "").strip() or otherwise
    name, at, host = said.rpartition("@")
    if not at or not name or not host or not said.isascii() or any(sign in said for sign in ' <>,"\r\n'):
        raise ValueError(
            f"DOKODEMO_MAIL_FROM={said!r} is no address to send from. Write it alone, as plan@city.example.jp."
        )
    return said
