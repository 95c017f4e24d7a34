"""Confirming and assigning rows (確認・割当て): on the screen, many at once, or by a table.

Owns who is believed about which row, and the history of it. A table with one wrong line changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from dokodemo.administration.inventory import events as verbs
from dokodemo.administration.inventory import policies, sheet
from dokodemo.administration.inventory.logic import Answer, Published, faults
from dokodemo.administration.inventory.models import Assignment, Confirmation, InventoryRow
from dokodemo.administration.inventory.queries import visible
from dokodemo.administration.inventory.standing import answer_of, linked, section_of
from dokodemo.city.organisation import queries as organisation
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden, NotFound
from dokodemo.kernel.crypto import new_id
from dokodemo.kernel.tables import Problems, TableRefused

MOST_ROWS = 10_000
_BATCH = 500


class BadAnswer(Exception):
    """An answer does not fit together; `faults` are (field, text key)."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        self.faults = list(faults)
        super().__init__(", ".join(key for _, key in faults))


class Stale(Exception):
    """Somebody else confirmed the row after it was shown."""


@dataclass(frozen=True)
class FileReport:
    """What a table did: rows confirmed, rows given to another section, rows left as they were."""

    confirmed: int
    assigned: int
    unchanged: int


def confirm(*, actor: Actor, number: str, answer: Answer, revision: int) -> None:
    """Say how a row stands at this city; `revision` is the one that was shown.

    Raises NotFound for a row of others, Forbidden for a row that headquarters may only look at, BadAnswer, Stale.
    """
    with transaction.atomic():
        row, definitions = _locked(actor, [number])[0], linked()
        _may(actor, row, definitions)
        wrong = faults(answer, linked=row.number in definitions)
        if wrong:
            raise BadAnswer(wrong)
        if row.revision != revision:
            raise Stale
        if answer == answer_of(row) and row.revision:
            return
        act, now = new_id(), calendar_jp.now()
        section = _write(actor, [(row, answer)], definitions, act, now, "screen")
        events.record(
            verbs.CONFIRMED,
            actor=actor,
            object=("inventory_row", number),
            refs={"channel": "screen", "section": section},
            numbers={"rows": 1, "revision": row.revision},
        )


def confirm_many(*, actor: Actor, numbers: Iterable[str], answer: Answer) -> tuple[int, int]:
    """Say the same of several rows; how many were confirmed, and how many a definition already answers for.

    Raises NotFound, Forbidden, BadAnswer; then nothing has changed.
    """
    wrong = faults(answer, linked=False)
    if wrong:
        raise BadAnswer(wrong)
    with transaction.atomic():
        definitions = linked()
        rows = _locked(actor, numbers)
        for row in rows:
            _may(actor, row, definitions)
        free = [row for row in rows if row.number not in definitions]
        changed = [(row, answer) for row in free if not row.revision or answer_of(row) != answer]
        if changed:
            act = new_id()
            _write(actor, changed, definitions, act, calendar_jp.now(), "list")
            _record_act(verbs.CONFIRMED, actor, act, len(changed), channel="list")
    return len(free), len(rows) - len(free)


def assign(*, actor: Actor, numbers: Iterable[str], section: str) -> int:
    """Give rows to a section; how many changed hands. Raises Forbidden, NotFound, BadAnswer for an unknown section."""
    if not policies.is_headquarters(actor):
        raise Forbidden("Only the section that keeps the plan assigns rows.")
    if section not in {one.code for one in organisation.sections()}:
        raise BadAnswer([("section", "inventory.fault.section")])
    with transaction.atomic():
        rows = [row for row in _locked(actor, numbers) if row.section != section]
        if rows:
            act = new_id()
            _hand_over(actor, [(row, section) for row in rows], act, calendar_jp.now())
            _record_act(verbs.ASSIGNED, actor, act, len(rows), section=section)
    return len(rows)


def confirm_file(*, actor: Actor, data: bytes) -> FileReport:
    """Take in a table of confirmations (確認表CSV), all lines or none.

    A line whose answer is empty, or says what is already known, changes nothing. Only headquarters changes sections.
    Raises Forbidden, and TableRefused with a text key for each wrong line.
    """
    if not policies.may_look(actor):
        raise Forbidden
    lines = sheet.read(data)
    if len(lines) > MOST_ROWS:
        raise _refused("inventory.sheet.too_long")
    problems = Problems()
    with transaction.atomic():
        definitions = linked()
        found = visible(actor, definitions).filter(number__in=[line.number for line in lines])
        rows = {row.number: row for row in found.select_for_update(of=("self",))}
        headquarters = policies.is_headquarters(actor)
        sections = {one.code for one in organisation.sections()}
        said: list[tuple[InventoryRow, Answer]] = []
        moved: list[tuple[InventoryRow, str]] = []
        for line in lines:
            row = rows.get(line.number)
            if row is None:
                problems.add(line.line, sheet.NUMBER, "inventory.sheet.not_yours", "")
                continue
            if line.section != section_of(row, definitions):
                key = _wrong_section(line.section, sections, headquarters)
                if key:
                    problems.add(line.line, sheet.SECTION, key, "")
                else:
                    moved.append((row, line.section))
            if not line.says or line.answer == answer_of(row):
                continue
            _check_line(actor, line, row, definitions, problems)
            said.append((row, line.answer))
        problems.refuse()
        act, now = new_id(), calendar_jp.now()
        if said:
            _write(actor, said, definitions, act, now, "file")
            _record_act(verbs.CONFIRMED, actor, act, len(said), channel="file")
        if moved:
            _hand_over(actor, moved, act, now)
            _record_act(verbs.ASSIGNED, actor, act, len(moved), channel="file")
    touched = {row.number for row, _ in said} | {row.number for row, _ in moved}
    return FileReport(len(said), len(moved), len(lines) - len(touched))


def _refused(key: str) -> TableRefused:
    problems = Problems()
    problems.add(1, "", key, "")
    return TableRefused(problems.first)


def _wrong_section(code: str, sections: set[str], headquarters: bool) -> str:
    if not headquarters:
        return "inventory.sheet.section_fixed"
    return "" if code in sections else "inventory.fault.section"


def _check_line(
    actor: Actor,
    line: sheet.Line,
    row: InventoryRow,
    definitions: Mapping[str, list[Published]],
    problems: Problems,
) -> None:
    if not policies.may_confirm(actor, section_of(row, definitions)):
        problems.add(line.line, sheet.SECTION, "inventory.sheet.not_your_section", "")
        return
    if line.revision != row.revision:
        problems.add(line.line, sheet.REVISION, "inventory.fault.stale", "")
    for field, key in faults(line.answer, linked=row.number in definitions):
        problems.add(line.line, sheet.COLUMNS.get(field, field), key, "")


def _locked(actor: Actor, numbers: Iterable[str]) -> list[InventoryRow]:
    """The rows, kept from other writers until the transaction ends. Raises NotFound when one of them is not to be seen."""
    wanted = sorted(set(numbers))
    found = visible(actor).filter(number__in=wanted).select_for_update(of=("self",))
    rows = list(found.order_by("number"))
    if not wanted or len(rows) != len(wanted):
        raise NotFound
    return rows


def _may(actor: Actor, row: InventoryRow, definitions: Mapping[str, list[Published]]) -> None:
    if not policies.may_confirm(actor, section_of(row, definitions)):
        raise Forbidden("Only the section in charge confirms a row.")


def _write(
    actor: Actor,
    said: Sequence[tuple[InventoryRow, Answer]],
    definitions: Mapping[str, list[Published]],
    act: UUID,
    now: datetime,
    channel: str,
) -> str:
    """Put answers on their rows and into the history; the section of the first row."""
    history: list[Confirmation] = []
    alike: dict[Answer, list[UUID]] = {}
    for row, answer in said:
        alike.setdefault(answer, []).append(row.pk)
        row.revision += 1
        history.append(
            Confirmation(
                row=row,
                revision=row.revision,
                act=act,
                at=now,
                by=actor.account,
                section=section_of(row, definitions),
                channel=channel,
                **_columns(answer),
            )
        )
    # A table says the same of hundreds of rows: one statement for each answer, not for each row.
    for answer, keys in alike.items():
        for batch in batched(keys, _BATCH):
            InventoryRow.objects.filter(pk__in=batch).update(
                revision=F("revision") + 1, confirmed_at=now, confirmed_by=actor.account, **_columns(answer)
            )
    Confirmation.objects.bulk_create(history, batch_size=_BATCH)
    return history[0].section


def _columns(answer: Answer) -> dict[str, Any]:
    """An answer as the columns of models.Answer."""
    return {
        "performed": answer.performed.value if answer.performed else "",
        "online": answer.online.value if answer.online else "",
        "lacks": list(answer.lacks),
        "missing": answer.missing,
        "reason": answer.reason,
        "via_mynaportal": answer.via_mynaportal,
        "yearly": answer.yearly,
        "yearly_online": answer.yearly_online,
    }


def _hand_over(actor: Actor, moved: Sequence[tuple[InventoryRow, str]], act: UUID, now: datetime) -> None:
    alike: dict[str, list[UUID]] = {}
    for row, section in moved:
        alike.setdefault(section, []).append(row.pk)
    for section, keys in alike.items():
        for batch in batched(keys, _BATCH):
            InventoryRow.objects.filter(pk__in=batch).update(section=section)
    Assignment.objects.bulk_create(
        [Assignment(row=row, act=act, at=now, by=actor.account, section=section) for row, section in moved],
        batch_size=_BATCH,
    )


def _record_act(verb: str, actor: Actor, act: UUID, rows: int, **refs: str) -> None:
    events.record(verb, actor=actor, object=("inventory_act", act), refs=refs, numbers={"rows": rows})
