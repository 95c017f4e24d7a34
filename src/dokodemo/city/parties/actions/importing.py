"""Import of a register file (住民情報の取込): all or nothing, and a second time without effect.

Owns how rows become residents and versions. Persons who are not in the file stay as they are: a file may be only
the changes of a day. A protection in the register is never lifted by a file; that is an officer's act.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import batched
from typing import Any
from uuid import UUID

from django.db import transaction

from dokodemo.city.organisation import queries as organisation
from dokodemo.city.parties import events as verbs
from dokodemo.city.parties import indexes
from dokodemo.city.parties.actions.sign_ins import suspend_sign_ins
from dokodemo.city.parties.definitions import REGISTER_SOURCE, Fact, Record, Status
from dokodemo.city.parties.logic import merge, same_values
from dokodemo.city.parties.models import Household, RecordVersion, Resident
from dokodemo.city.parties.policies import may_import
from dokodemo.city.parties.register_columns import NAMES, Surroundings, facts_of, is_head
from dokodemo.city.parties.register_file import (
    Progress,
    RegisterFile,
    RowKey,
    StoredKey,
    check_households,
    open_register,
    survey,
)
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden, system
from dokodemo.kernel.crypto import keyed_digest
from dokodemo.kernel.tables import Problems

BATCH = 500


@dataclass(frozen=True)
class ImportReport:
    """What an import did: persons read, new, changed, unchanged; protections that the file did not know of."""

    rows: int
    created: int
    changed: int
    unchanged: int
    protections_kept: int

    def as_json(self) -> dict[str, int]:
        """The five numbers as a plain dict."""
        return asdict(self)


def import_register(
    *, actor: Actor, data: bytes, city: str, progress: Progress | None = None
) -> ImportReport:
    """Import a register file (docs/guide/register-csv.md) for the city of this name.

    `progress(stage, done, total)` is called now and then, stage "check" or "write". Raises Forbidden, and
    TableRefused with a report by line; then nothing has changed.
    """
    if not may_import(actor):
        raise Forbidden("Only the city's own machine room or an administrator imports the register.")
    today = calendar_jp.today()
    sections = frozenset(section.code for section in organisation.sections(today))
    file = open_register(data)
    problems = Problems()
    keys = survey(file, Surroundings(today=today, city=city, sections=sections), problems, progress)
    # The rows are checked before the transaction, so that nobody waits for a file that is wrong anyway.
    problems.refuse()
    with transaction.atomic():
        stored = _stored_keys(keys)
        check_households(keys, stored, problems)
        problems.refuse()
        _step_down(keys, stored)
        report = _write(file, keys, calendar_jp.now(), progress)
        events.record(
            verbs.REGISTER_IMPORTED,
            actor=actor,
            object=("register", today.isoformat()),
            numbers=report.as_json(),
            digests={"file": keyed_digest(data, "parties.register_file")},
        )
    return report


def _stored_keys(keys: dict[str, RowKey]) -> list[StoredKey]:
    rows = list(
        Resident.objects.select_for_update(of=("self",)).values_list(
            "number", "household__number", "is_head", "status"
        )
    )
    touched = {key.household for key in keys.values()}
    touched.update(household for number, household, *_ in rows if number in keys)
    return [StoredKey(*row) for row in rows if row[1] in touched or row[0] in keys]


@dataclass(slots=True)
class _Counter:
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: int = 0


def _write(
    file: RegisterFile, keys: dict[str, RowKey], now: datetime, progress: Progress | None
) -> ImportReport:
    households = _households({key.household for key in keys.values()})
    digests = dict(Resident.objects.values_list("number", "source_digest"))
    counter = _Counter()
    done = 0
    for batch in batched(_cells(file), BATCH):
        if progress is not None:
            progress("write", done, len(keys))
        new, known = [], {}
        for cells in batch:
            digest = indexes.digest_of_row(cells, NAMES)
            number = cells["residentNumber"]
            if number not in digests:
                new.append(_fresh(cells, digest, households, now))
            elif digests[number] != digest:
                known[number] = (cells, digest)
            else:
                counter.unchanged += 1
        Resident.objects.bulk_create(new)
        counter.created += len(new)
        _update(known, households, now, counter)
        done += len(batch)
    if progress is not None:
        progress("write", done, len(keys))
    return ImportReport(done, counter.created, counter.changed, counter.unchanged, counter.kept)


def _cells(file: RegisterFile) -> Iterator[dict[str, str]]:
    return (cells for _, cells in file.rows() if cells is not None)


def _households(numbers: set[str]) -> dict[str, UUID]:
    found: dict[str, UUID] = dict(Household.objects.values_list("number", "pk"))
    new = [Household(number=number) for number in sorted(numbers - found.keys())]
    Household.objects.bulk_create(new, batch_size=BATCH)
    found.update((household.number, household.pk) for household in new)
    return found


def _step_down(keys: dict[str, RowKey], stored: list[StoredKey]) -> None:
    """Whoever stops being head of a household does so first, so that it never has two, not even in between."""
    leaving = [
        person.number
        for person in stored
        if person.is_head
        and (key := keys.get(person.number)) is not None
        and not (key.is_head and key.status == Status.RESIDENT and key.household == person.household)
    ]
    for numbers in batched(leaving, BATCH):
        Resident.objects.filter(number__in=numbers).update(is_head=False)


def _facts(cells: dict[str, str], now: datetime) -> Record:
    at = now.isoformat()
    return {
        name: Fact(value=value, source=REGISTER_SOURCE, asserted_at=at, verified_at=at)
        for name, value in facts_of(cells).items()
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _plain_columns(cells: dict[str, str], digest: str, households: dict[str, UUID]) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "household_id": households[cells["householdNumber"]],
        "is_head": is_head(cells),
        "status": cells.get("status") or Status.RESIDENT.value,
        "source_digest": digest,
    }
    if cells.get("confidentialInformation") == "1":
        columns |= {
            "protected": True,
            "protected_from": _day(cells["confidentialFrom"]),
            "protection_review_on": _day(cells.get("confidentialUntil")),
            "protected_section": cells["confidentialSection"],
        }
    return columns


def _fresh(cells: dict[str, str], digest: str, households: dict[str, UUID], now: datetime) -> Resident:
    record = _facts(cells, now)
    return Resident(
        number=cells["residentNumber"],
        record=record,
        record_at=now,
        **_plain_columns(cells, digest, households),
        **indexes.of_record(record),
    )


def _update(
    known: dict[str, tuple[dict[str, str], str]],
    households: dict[str, UUID],
    now: datetime,
    counter: _Counter,
) -> None:
    residents = list(Resident.objects.select_for_update().filter(number__in=known))
    sheltered: list[UUID] = []
    for resident in residents:
        cells, digest = known[resident.number]
        columns = _plain_columns(cells, digest, households)
        counter.kept += resident.protected and "protected" not in columns
        if "protected" in columns and not resident.protected:
            sheltered.append(resident.pk)
        moved = any(
            getattr(resident, key) != value for key, value in columns.items() if key != "source_digest"
        )
        versions: list[RecordVersion] = []
        merged = merge(resident.facts, _facts(cells, now), source=REGISTER_SOURCE)
        revised = revise(resident, merged, now, versions)
        for name, value in columns.items():
            setattr(resident, name, value)
        # Encrypted columns are sealed row by row, so a bulk update is not possible.
        resident.save()
        RecordVersion.objects.bulk_create(versions)
        counter.changed += moved or revised
        counter.unchanged += not (moved or revised)
    suspend_sign_ins(actor=system("register-import"), resident_ids=sheltered)


def revise(resident: Resident, record: Record, now: datetime, versions: list[RecordVersion]) -> bool:
    """Put a new record in the place of the current one, which becomes a version; False when both say the same.

    Neither is saved here: the caller writes the resident and the appended version in its own transaction.
    """
    if same_values(resident.facts, record):
        return False
    versions.append(
        RecordVersion(
            resident=resident,
            number=resident.record_number,
            recorded_at=resident.record_at,
            replaced_at=now,
            record=resident.facts,
        )
    )
    resident.record = record
    resident.record_number += 1
    resident.record_at = now
    for column, index in indexes.of_record(record).items():
        setattr(resident, column, index)
    return True
