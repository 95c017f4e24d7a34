"""Sessions of residents who have already signed in (サインイン済みの利用者), as JSON on standard output.

Owns `python -m bench.sign_ins NUMBER`, run inside the environment of a throw-away city. Uses the register's own
action to link accounts, so that forms are filled from the register as for anybody.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from dokodemo.entry.cli.ready import ready

SLUG = "child-allowance-claim"
ADULT_AND_NOT_OLD = ("1966", "2003")


def make(number: int) -> list[dict[str, str]]:
    """Cookies of that many residents with exactly one child, as the form knows it. Raises LookupError."""
    users = []
    for _, cookies in zip(range(number), _parents(), strict=False):
        users.append(cookies)
    if len(users) < number:
        raise LookupError(f"only {len(users)} residents with one child: make a larger register")
    return users


def _parents() -> Iterator[dict[str, str]]:
    from django.conf import settings

    from dokodemo.administration.procedures.queries import get_published
    from dokodemo.city.parties import port
    from dokodemo.city.parties.demo_register import demo_cards
    from dokodemo.kernel import calendar_jp
    from dokodemo.kernel.access import Actor
    from dokodemo.kernel.access.models import Account
    from dokodemo.kernel.packs import open_pack

    terms = [get_published(SLUG).vocabulary.term("child.full_name")]
    youngest, oldest = max(ADULT_AND_NOT_OLD), min(ADULT_AND_NOT_OLD)
    for card in demo_cards(open_pack(settings.DOKODEMO_PACK), today=calendar_jp.today()):
        if not oldest < card.birthdate < youngest:
            continue
        account = Account(username=f"resident-{card.id}", kind=Account.Kind.RESIDENT)
        account.set_unusable_password()
        account.save()
        known: dict[str, Any] = asdict(card)
        claims = {"full_name": known["name"], "date_of_birth": known["birthdate"]}
        claims |= {"sex": known["gender"], "address": known["address"]}
        port.link_sign_in(account_id=account.pk, claims=claims)
        resident = port.resident_of(account.pk)
        if resident is None:
            continue
        actor = Actor(kind="resident", account_id=account.pk, resident_id=resident)
        held = port.released_facts(
            actor=actor, capacity=port.Capacity("self", resident), terms=terms, purpose=SLUG
        )
        children = held.get("child")
        if isinstance(children, list) and len(children) == 1:
            yield {settings.SESSION_COOKIE_NAME: _session(account)}


def _session(account: Any) -> str:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = "dokodemo.entry.server.backends.PasswordBackend"
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session.save()
    return session.session_key or ""


if __name__ == "__main__":
    ready()
    json.dump(make(int(sys.argv[1])), sys.stdout)
