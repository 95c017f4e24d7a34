"""Reads of following (計画を追う人の照会): a letter that is to be confirmed, how many follow.

Owns what a link shows. Never returns an address, and never writes.
"""

from __future__ import annotations

from dokodemo.kernel import calendar_jp
from dokodemo.promotion.following import logic, tokens
from dokodemo.promotion.following.logic import Wishes
from dokodemo.promotion.following.models import CONFIRM, Follower, Mail
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.plan.definitions import Measure


def letter_to_confirm(token: str) -> Mail:
    """The letter a link to confirm came with. Raises tokens.BadToken when there is none, or it is too old."""
    pk = tokens.read(tokens.CONFIRM, token)
    since = calendar_jp.now() - logic.CONFIRM_WITHIN
    found = Mail.objects.filter(pk=pk, kind=CONFIRM, made_at__gte=since).first()
    if found is None:
        raise tokens.BadToken
    return found


def wishes_of(letter: Mail) -> Wishes:
    """What a letter asks about."""
    kept = letter.wishes
    return Wishes(tuple(kept["measures"]), kept["lang"], kept["often"])


def measures_of(codes: object) -> list[Measure]:
    """The measures of wishes that the plan still has, in its order."""
    wanted = set(codes) if isinstance(codes, list | tuple) else set()
    return [one for _, measures in plans.by_strategy() for one in measures if one.code in wanted]


def is_confirmed(letter: Mail) -> bool:
    """Whether its follower has said yes to just this letter's wishes."""
    wishes = wishes_of(letter)
    same = Follower.objects.filter(
        pk=letter.follower_id, confirmed_at__isnull=False, lang=wishes.lang, often=wishes.often
    )
    return list(wishes.measures) in same.values_list("measures", flat=True)


def still_follows(token: str) -> bool:
    """Whether the address a link to stop was sent to is still kept. Raises tokens.BadToken."""
    return Follower.objects.filter(pk=tokens.read(tokens.STOP, token)).exists()
