"""What residents do with their lists (案内の保存・削除): the only writes of this domain."""

from uuid import UUID

from django.db import transaction

from dokodemo.administration.guidance import events as verbs
from dokodemo.administration.guidance import queries
from dokodemo.administration.guidance.definitions import Kept
from dokodemo.administration.guidance.models import SavedList
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden, NotFound


class TooManyLists(Exception):
    """A person keeps no more lists than `queries.MOST_LISTS`; one must go before another comes."""


@transaction.atomic
def save_list(*, actor: Actor, content: Kept) -> UUID:
    """Keep a list for the person who is signed in; the same list sent twice is kept once.

    Raises Forbidden for anybody but a resident, TooManyLists.
    """
    if actor.kind != "resident" or actor.account_id is None:
        raise Forbidden
    held = queries.my_lists(actor)
    same = next((row for row in held if row.content == content), None)
    if same is not None:
        return same.pk
    if len(held) >= queries.MOST_LISTS:
        raise TooManyLists
    row = SavedList.objects.create(
        owner_id=actor.account, content=content.as_json(), saved_at=calendar_jp.now()
    )
    events.record(
        verbs.LIST_SAVED,
        actor=actor,
        object=(verbs.OBJECT, row.pk),
        numbers={"due": len(content.due), "depends_on": len(content.depends_on)},
    )
    return row.pk


@transaction.atomic
def delete_list(*, actor: Actor, list_id: UUID) -> None:
    """Remove one's own list for good. Raises NotFound for what is not there or is another's."""
    row = queries.own_rows(actor).select_for_update().filter(pk=list_id).first()
    if row is None:
        raise NotFound
    row.delete()
    events.record(verbs.LIST_DELETED, actor=actor, object=(verbs.OBJECT, list_id))
