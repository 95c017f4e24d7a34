"""Rules of following (計画を追う規則): addresses, wishes, who is told when, how long anything is kept.

Pure. Never reads a record and never sends.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from dokodemo.kernel import calendar_jp

LANGS: Final = ("ja", "easy", "en")
EACH, MONTHLY = OFTEN = ("each", "monthly")
LONGEST_ADDRESS: Final = 254  # RFC 5321 §4.5.3.1.3, without the angle brackets
_LONGEST_LOCAL: Final = 64

CONFIRM_WITHIN: Final = timedelta(days=3)
FORGET_AFTER: Final = timedelta(days=7)
# What was told is known for longer than any change is looked for: so nothing is ever told twice.
LOOK_BACK: Final = timedelta(days=75)
KEEP_SENT: Final = timedelta(days=90)
CONFIRMATIONS_A_DAY: Final = 3  # to one address
ASKED_ANEW: Final = timedelta(days=1)
ASKED_AN_HOUR: Final = 10  # by one visitor
ASKED_AN_HOUR_BY_ALL: Final = 500
MOST_REFUSALS: Final = 3
LEASE: Final = timedelta(minutes=10)  # much longer than a relay may take for one letter
MOST_ATTEMPTS: Final = 14  # with the waits below about three days
_FIRST_WAIT: Final = timedelta(minutes=5)
_LONGEST_WAIT: Final = timedelta(hours=8)

# One mailbox as people have it; comments, quotes and addresses of bare machines are left out on purpose.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")


class BadAddress(ValueError):
    """No address one can write to; the text is the key of a fixed text and never what was typed."""


def read_address(typed: str) -> str:
    """What a person typed as an address; full width and spaces around do. Raises BadAddress."""
    # First what a browser may send without end.
    plain = unicodedata.normalize("NFKC", typed[: LONGEST_ADDRESS * 2]).strip()
    if not plain:
        raise BadAddress("following.fault.empty")
    local, at, host = plain.rpartition("@")
    try:
        host = host.lower().encode("idna").decode("ascii") if host else ""
    except UnicodeError:
        host = ""
    labels = host.split(".")
    fits = (
        bool(at)
        and len(local) <= _LONGEST_LOCAL
        and len(local) + 1 + len(host) <= LONGEST_ADDRESS
        and _LOCAL.fullmatch(local) is not None
        and len(labels) > 1
        and all(_LABEL.fullmatch(label) for label in labels)
        and not labels[-1].isdecimal()
    )
    if not fits:
        raise BadAddress("following.fault.address")
    return f"{local}@{host}"


def alike(address: str) -> str:
    """An address as compared: hardly any mailbox tells small letters from capitals."""
    return address.lower()


@dataclass(frozen=True)
class Wishes:
    """What somebody wants to hear: measures by code (none: the whole plan), language, and `each` or `monthly`."""

    measures: tuple[str, ...] = ()
    lang: str = "ja"
    often: str = EACH

    def as_json(self) -> dict[str, Any]:
        """As it is kept with a letter."""
        return {"measures": list(self.measures), "lang": self.lang, "often": self.often}


def read_wishes(
    *, whole: bool, measures: Sequence[str], lang: str, often: str, known: Collection[str]
) -> Wishes:
    """Wishes as a form sent them; what is not on offer is left out. Raises ValueError with the key of a fixed text."""
    chosen = () if whole else tuple(dict.fromkeys(one for one in measures if one in known))
    if whole and any(one in known for one in measures):
        # Which of the two was meant is not guessed.
        raise ValueError("following.fault.both")
    if not whole and not chosen:
        raise ValueError("following.fault.measures")
    if lang not in LANGS or often not in OFTEN:
        raise ValueError("following.fault.choice")
    return Wishes(chosen, lang, often)


def wants(wished: Collection[str], serves: Collection[str]) -> bool:
    """Whether who follows these measures (none: all) hears of a change that serves those."""
    return not wished or not set(wished).isdisjoint(serves)


def told_before(often: str, now: datetime) -> datetime:
    """Changes noticed before this moment (UTC) may be told now: all of them, or those of months that are over (JST)."""
    if often == EACH:
        return now
    return calendar_jp.day_start(calendar_jp.jst_day(now).replace(day=1))


def wait(attempts: int) -> timedelta:
    """How long a letter waits after so many attempts that failed."""
    return min(_FIRST_WAIT * (1 << max(0, attempts - 1)), _LONGEST_WAIT)


def last_day_to_confirm(asked: datetime) -> date:
    """The day (JST) on which a link to confirm still works."""
    return calendar_jp.jst_day(asked + CONFIRM_WITHIN)
