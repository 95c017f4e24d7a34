"""Reading what an operator set (環境変数): each variable in its own shape, or a sentence that says what to write instead.

Owns the shapes. Never decides what a setting does. The text of a fault names the variable and never a password.
"""

from __future__ import annotations

import os
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from dokodemo.kernel.packs import available_packs

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
HIGHEST_PORT = 65_535
MOST_PROXIES = 9
# The supervisor asks the server by this name whether it is there.
THIS_MACHINE = ("localhost", "127.0.0.1", "[::1]")


def flag(name: str, default: bool) -> bool:
    """On or off. Raises ImproperlyConfigured."""
    value = os.environ.get(name, "1" if default else "0").strip().lower()
    if value not in {"0", "1", "true", "false", "yes", "no", "on", "off"}:
        raise ImproperlyConfigured(f"{name}={value!r} is neither on nor off. Set it to 1 or 0.")
    return value in {"1", "true", "yes", "on"}


def day(name: str) -> date | None:
    """A day, or None when nothing is set. Raises ImproperlyConfigured."""
    value = os.environ.get(name, "").strip()
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise ImproperlyConfigured(f"{name}={value!r} is not a day. Write it as 2026-11-23.") from None


def port(name: str, default: int) -> int:
    """A port of this machine. Raises ImproperlyConfigured."""
    return _number(name, default, 1, HIGHEST_PORT, "a port")


def proxies(name: str) -> int:
    """How many proxies stand in front. Raises ImproperlyConfigured."""
    return _number(name, 0, 0, MOST_PROXIES, "a number of proxies")


def _number(name: str, default: int, least: int, most: int, what: str) -> int:
    value = os.environ.get(name, "").strip() or str(default)
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        raise ImproperlyConfigured(f"{name}={value!r} is not {what}. Write a number from {least} to {most}.")
    return int(value)


def level(name: str) -> str:
    """From which grade on the log is written. Raises ImproperlyConfigured."""
    value = os.environ.get(name, "").strip().upper() or "WARNING"
    if value not in LEVELS:
        raise ImproperlyConfigured(
            f"{name}={value!r} is no level of a log. Choose one of: {', '.join(LEVELS)}."
        )
    return value


def address(name: str, default: str) -> str:
    """A web address without a path's last slash. Raises ImproperlyConfigured."""
    value = (os.environ.get(name, "").strip() or default).rstrip("/")
    try:
        parts = urlsplit(value)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise ImproperlyConfigured(
            f"{name}={value!r} is no address. Write it as https://shiyakusho.example.jp."
        )
    return value


def hosts(name: str, base_url: str) -> list[str]:
    """The names the server answers to: those that were set, that of the public address, and this machine's own."""
    said = [host.strip() for host in os.environ.get(name, "").split(",")]
    host = urlsplit(base_url).hostname or ""
    return list(dict.fromkeys(filter(None, [*said, f"[{host}]" if ":" in host else host, *THIS_MACHINE])))


def pack(name: str, default: str) -> str:
    """The city's pack, which must be there. Raises ImproperlyConfigured."""
    value = os.environ.get(name, "").strip() or default
    known = available_packs()
    if value not in known:
        raise ImproperlyConfigured(
            f"{name}={value!r}: there is no such pack. Choose one of: {', '.join(known)}; "
            "folders of other packs are named in DOKODEMO_PACK_ROOTS."
        )
    return value


def database(name: str) -> dict[str, Any] | None:
    """Django's description of the PostgreSQL that was named, or None when nothing is set. Raises ImproperlyConfigured."""
    value = os.environ.get(name, "").strip()
    if not value:
        return None
    remedy = f"{name} must be postgres://USER:PASSWORD@HOST:5432/DATABASE; leave it unset to use SQLite."
    try:
        found = dict(dj_database_url.parse(value, conn_max_age=60, conn_health_checks=True))
    except ValueError:
        raise ImproperlyConfigured(remedy) from None
    if found["ENGINE"] != "django.db.backends.postgresql" or not found["NAME"]:
        raise ImproperlyConfigured(remedy)
    return found
