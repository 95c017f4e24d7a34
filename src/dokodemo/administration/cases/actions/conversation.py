"""Talking about a case (連絡): messages, notes and how satisfied the person was."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases import policies, queries
from dokodemo.administration.cases.actions.review import BadRequest, fresh, record, words
from dokodemo.administration.cases.models import Case, Message, Note
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, Forbidden


@transaction.atomic
def send_message(*, actor: Actor, case_id: UUID, body: str, once: UUID | None = None) -> Message:
    """Write to the other side, at most 2,000 characters. Raises BadRequest, Forbidden, NotFound.

    `once` names this sending: the same one again, from a double click, gives the message already sent.
    """
    case = queries.get_case(actor, case_id, lock=True)
    from_staff = policies.reviews(actor, case)
    if not from_staff and not policies.acts_as_party(actor, case):
        raise Forbidden
    sent = Message.objects.filter(pk=once, case=case, author_id=actor.account).first() if once else None
    if sent is not None:
        return sent
    message = Message.objects.create(
        pk=fresh(Message, once),
        case=case,
        from_staff=from_staff,
        author_id=actor.account,
        body=words("body", body, missing="cases.message.empty"),
        sent_at=calendar_jp.now(),
    )
    record(verbs.MESSAGE_SENT, actor, case, from_staff=int(from_staff))
    return message


@transaction.atomic
def read_messages(*, actor: Actor, case_id: UUID) -> int:
    """Note that the actor's side has opened what the other side wrote; how many were new. A second call changes nothing."""
    case = queries.get_case(actor, case_id)
    waiting = case.messages.filter(from_staff=not policies.reviews(actor, case), read_at__isnull=True)
    read = waiting.update(read_at=calendar_jp.now())
    if read:
        record(verbs.MESSAGES_READ, actor, case, messages=read)
    return read


@transaction.atomic
def write_note(*, actor: Actor, case_id: UUID, body: str, once: UUID | None = None) -> Note:
    """Note something for the section; `once` as for messages. Raises BadRequest, NotFound."""
    case = queries.get_case_for_review(actor, case_id, lock=True)
    written = Note.objects.filter(pk=once, case=case, author_id=actor.account).first() if once else None
    if written is not None:
        return written
    note = Note.objects.create(
        pk=fresh(Note, once),
        case=case,
        author_id=actor.account,
        body=words("body", body, missing="cases.message.empty"),
        written_at=calendar_jp.now(),
    )
    record(verbs.NOTE_WRITTEN, actor, case)
    return note


@transaction.atomic
def give_satisfaction(*, actor: Actor, case_id: UUID, points: int) -> Case:
    """Keep how easy the application was, 1 to 5, once (利用者満足度). A later tap replaces nothing."""
    case = queries.get_case(actor, case_id, lock=True)
    if not policies.is_party(actor, case):
        raise Forbidden
    if not 1 <= points <= 5:
        raise BadRequest("points", "cases.satisfaction.choose")
    if case.satisfaction is None:
        case.satisfaction = points
        case.save(update_fields=["satisfaction"])
        record(verbs.SATISFACTION_GIVEN, actor, case, points=points)
    return case
