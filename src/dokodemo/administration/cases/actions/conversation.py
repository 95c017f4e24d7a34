"""Talking about a case (連絡): messages, notes and how satisfied the person was."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases import policies, queries
from dokodemo.administration.cases.actions.review import BadRequest, record
from dokodemo.administration.cases.models import Case, Message, Note
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, Forbidden
from dokodemo.kernel.text_jp import grapheme_length

MAX_LENGTH = 2000


def _text(field: str, body: str) -> str:
    body = body.strip()
    if not body:
        raise BadRequest(field, "cases.message.empty")
    if grapheme_length(body) > MAX_LENGTH:
        raise BadRequest(field, "cases.message.too_long")
    return body


@transaction.atomic
def send_message(*, actor: Actor, case_id: UUID, body: str) -> Message:
    """Write to the other side, at most 2,000 characters. Raises BadRequest, Forbidden, NotFound."""
    case = queries.get_case(actor, case_id)
    from_staff = policies.reviews(actor, case)
    if not from_staff and not policies.acts_as_party(actor, case):
        raise Forbidden
    message = Message.objects.create(
        case=case,
        from_staff=from_staff,
        author_id=actor.account,
        body=_text("body", body),
        sent_at=calendar_jp.now(),
    )
    record(verbs.MESSAGE_SENT, actor, case, from_staff=int(from_staff))
    return message


@transaction.atomic
def write_note(*, actor: Actor, case_id: UUID, body: str) -> Note:
    """Note something for the section. Raises BadRequest, NotFound."""
    case = queries.get_case_for_review(actor, case_id)
    note = Note.objects.create(
        case=case, author_id=actor.account, body=_text("body", body), written_at=calendar_jp.now()
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
