"""Extending a statutory limit (期限の延長): within the limit, with a reason, told in writing."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases import extension_letter, logic, queries, tasks
from dokodemo.administration.cases.actions.review import MAX_LENGTH, BadRequest, record, words
from dokodemo.administration.cases.models import Case, Extension, Message
from dokodemo.administration.certificates import actions as certificates
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.periods import StatutoryLimit
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, system

_log = logging.getLogger(__name__)
# As long as the longest extension by days that a definition may name: a slip of the finger is no promise.
_LONGEST = timedelta(days=730)


@transaction.atomic
def extend_limit(*, actor: Actor, case_id: UUID, reason: str, until: date | None = None) -> Case:
    """Extend a statutory limit once where the law allows it, and tell the person why and until when.

    Only while the limit has not passed. `until` is the new last day where the law extends to a day that is told
    (処理見込期間, 介護保険法27条11項), and is not asked where it extends by days (個人情報保護法83条2項). The written notice is
    made by a job; a message tells it at once. Raises BadRequest, NotAllowed, NotFound.
    """
    case = queries.get_case_for_review(actor, case_id, lock=True)
    procedure = procedures.compiled_version(case.version_id)
    limit = procedure.definition.statutory_limit
    if case.extended or not case.open or limit is None or not limit.extends:
        raise logic.NotAllowed("cases.refused.no_extension")
    now, pauses = calendar_jp.now(), queries.pauses_of(case)
    before = queries.due_dates(case, procedure, pauses=pauses, now=now)[1]
    if before is None or before < calendar_jp.today():
        raise logic.NotAllowed("cases.refused.extension_too_late")
    extension = Extension(
        case=case,
        before=before,
        until=_last_day(limit, before, until),
        reason=_reason(reason),
        extended_by_id=actor.account,
        extended_at=now,
    )
    case.extended = True
    if not limit.extension_to_day:
        extension.until = queries.due_dates(case, procedure, pauses=pauses, now=now)[1] or before
    extension.save(force_insert=True)
    case.due_on = case.limit_on = extension.until
    case.save(update_fields=["extended", "due_on", "limit_on"])
    Message.objects.create(
        case=case,
        from_staff=True,
        author_id=actor.account,
        body=extension_letter.message(extension, procedure),
        sent_at=now,
    )
    record(verbs.EXTENDED, actor, case, days=(extension.until - before).days)
    tasks.issue_extension_notice.enqueue(str(case.pk))
    return case


def _reason(text: str) -> str:
    return words(
        "extend_reason",
        text,
        missing="cases.extension.reason_missing",
        # The message that tells it holds more than the reason.
        longest=MAX_LENGTH // 2,
        too_long="cases.extension.reason_too_long",
    )


def _last_day(limit: StatutoryLimit, before: date, until: date | None) -> date:
    if not limit.extension_to_day:
        return before
    if until is None:
        raise BadRequest("until", "cases.extension.day_missing")
    if until <= before:
        raise BadRequest("until", "cases.extension.not_later")
    if until > before + _LONGEST:
        raise BadRequest("until", "cases.extension.too_far")
    return until


def issue_extension_notice(*, case_id: UUID) -> None:
    """Make the notice of an extension, once (延長の通知). A job runs this at least once: a second run changes nothing."""
    extension = Extension.objects.select_related("case").get(case_id=case_id)
    if extension.notified_at is not None:
        return
    case = extension.case
    procedure = procedures.compiled_version(case.version_id)
    try:
        certificates.issue(actor=system("cases"), order=extension_letter.order(case, extension, procedure))
    except certificates.RequestConflict:
        # An earlier run issued it and stopped before saying so; meanwhile a word of it has changed. It is that one.
        _log.info("the notice of an extension of case %s was issued by an earlier run", case.pk)
    with transaction.atomic():
        extension = Extension.objects.select_for_update().get(pk=extension.pk)
        if extension.notified_at is not None:
            return
        extension.notified_at = calendar_jp.now()
        extension.save(update_fields=["notified_at"])
        record(verbs.EXTENSION_TOLD, system("cases"), case)
