"""Taking in a survey (棚卸調査の取込): all or nothing, and a second time without effect.

Owns how rows of a file become rows of the inventory. What sections have said stays with its row; a row that the new survey
no longer has is marked and kept.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import batched

from django.db import transaction

from dokodemo.administration.inventory import events as verbs
from dokodemo.administration.inventory.coding import Coder, fold
from dokodemo.administration.inventory.models import InventoryRow, SurveyImport
from dokodemo.administration.inventory.policies import may_import
from dokodemo.administration.inventory.survey import Progress, SurveyRow, read_survey
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden

BATCH = 500
_FROM_SURVEY = (
    "name",
    "law",
    "words",
    "events",
    "office_named",
    "national_volume",
    "survey",
    "digest",
    "gone_at",
)


@dataclass(frozen=True)
class ImportReport:
    """What an import did. `rows` concern a city, `office_blank` of them do not say where they are filed; `elsewhere`
    concern other authorities only and are not kept; `gone` are rows that the survey no longer has."""

    edition: str
    as_of: str
    rows: int
    office_blank: int
    elsewhere: int
    created: int
    changed: int
    unchanged: int
    gone: int

    def as_json(self) -> dict[str, str | int]:
        """The report as a plain dict."""
        return asdict(self)


def import_survey(
    *, actor: Actor, data: bytes, coder: Coder, progress: Progress | None = None
) -> ImportReport:
    """Take in a survey file (docs/guide/inventory.md). `progress(stage, done, total)`: stage "check" or "write".

    Raises Forbidden, and TableRefused with a report by line; then nothing has changed.
    """
    if not may_import(actor):
        raise Forbidden("Only the city's own machine room or an administrator imports the survey.")
    survey = read_survey(data, coder, progress)
    now = calendar_jp.now()
    with transaction.atomic():
        known = {
            number: (digest, gone)
            for number, digest, gone in InventoryRow.objects.select_for_update().values_list(
                "number", "digest", "gone_at"
            )
        }
        digests = {row.number: digest_of(row) for row in survey.rows}
        wanted = [row for row in survey.rows if known.get(row.number) != (digests[row.number], None)]
        created = sum(row.number not in known for row in survey.rows)
        for done, batch in enumerate(batched(wanted, BATCH)):
            if progress is not None:
                progress("write", done * BATCH, len(wanted))
            InventoryRow.objects.bulk_create(
                [_as_row(row, digests[row.number]) for row in batch],
                update_conflicts=True,
                unique_fields=["number"],
                update_fields=list(_FROM_SURVEY),
            )
        if progress is not None:
            progress("write", len(wanted), len(wanted))
        gone = _mark_gone({n for n, (_, at) in known.items() if at is None} - digests.keys(), now)
        report = ImportReport(
            edition=survey.edition.name,
            as_of=survey.edition.as_of.isoformat(),
            rows=len(survey.rows),
            office_blank=sum(not row.office_named for row in survey.rows),
            elsewhere=survey.elsewhere,
            created=created,
            changed=len(wanted) - created,
            unchanged=len(survey.rows) - len(wanted),
            gone=gone,
        )
        digest = hashlib.sha256(data).hexdigest()
        done_import = SurveyImport.objects.create(
            at=now,
            by=actor.ref,
            as_of=survey.edition.as_of,
            digest=digest,
            **{k: v for k, v in asdict(report).items() if k not in ("as_of", "office_blank")},
        )
        events.record(
            verbs.IMPORTED,
            actor=actor,
            object=("inventory_import", done_import.pk),
            refs={"edition": report.edition},
            numbers={k: v for k, v in asdict(report).items() if isinstance(v, int)},
            digests={"file": digest},
        )
    return report


def digest_of(row: SurveyRow) -> str:
    """What tells a changed row from an unchanged one; SHA-256 in hexadecimal digits."""
    text = json.dumps(row.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _as_row(row: SurveyRow, digest: str) -> InventoryRow:
    events_of_life = "".join(f" {event} " for event in row.life_events)
    return InventoryRow(
        number=row.number,
        name=row.name,
        law=row.law,
        words=fold(f"{row.number}{row.name}{row.law}{row.article}").casefold(),
        events=events_of_life,
        office_named=row.office_named,
        national_volume=row.national_volume,
        survey=row.model_dump(mode="json"),
        digest=digest,
        gone_at=None,
    )


def _mark_gone(numbers: set[str], now: datetime) -> int:
    marked = 0
    for batch in batched(sorted(numbers), BATCH):
        marked += InventoryRow.objects.filter(number__in=batch).update(gone_at=now)
    return marked
