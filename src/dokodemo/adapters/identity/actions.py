"""All writes about second factors that a person does not make alone (二要素認証の初期化).

Owns taking them away when a phone is lost. Never sets one up: only the person does, after signing in.
"""

from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction

from dokodemo.adapters.identity import events as verbs
from dokodemo.kernel import events
from dokodemo.kernel.access import Actor, Forbidden, Role


def remove_factors(*, actor: Actor, account_id: UUID) -> int:
    """Take every second factor and recovery code from an account; returns how many there were.

    The person sets up new ones at the next sign-in. Raises Forbidden unless the actor is an administrator or the system.
    """
    if actor.kind != "system" and not (actor.kind == "staff" and actor.has(Role.ADMINISTRATOR)):
        raise Forbidden("Only an administrator resets a second factor.")
    with transaction.atomic():
        removed = Authenticator.objects.filter(user_id=account_id).delete()[0]
        if removed:
            events.record(
                verbs.FACTORS_REMOVED,
                actor=actor,
                object=("account", account_id),
                numbers={"factors": removed},
            )
    return int(removed)
