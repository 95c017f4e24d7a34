"""Running the rules over the register (全件判定): read, judge in memory, write, and one event.

Owns what makes a run: a second one on the same day that comes to the same leaves no trace.
"""

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from itertools import batched
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from dokodemo.administration.eligibility import events as verbs
from dokodemo.administration.eligibility import everybody
from dokodemo.administration.eligibility.models import Cell, Decision, Inputs, Judged, Run
from dokodemo.administration.eligibility.queries import cell_index, inputs_digest
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.city.parties.everybody import register_lines
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden
from dokodemo.kernel.crypto import keyed_digest, new_id

BATCH = 2000
ABANDONED = timedelta(hours=1)
type Progress = Callable[[str, int, int], None]


class RunUnderWay(Exception):
    """Another run is being written; wait for it."""


@dataclass(frozen=True)
class RunReport:
    """What a run came to. `new` is false when the same run was there already; seconds from the first read to the end."""

    day: str
    new: bool
    residents: int
    seconds: float
    benefits: dict[str, dict[str, int]]

    def as_json(self) -> dict[str, Any]:
        """The same as a plain dict; slug → entitled, not, unknown, failed."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Judgement:
    """One resident: who, the facts with their digest, the index of the cell, and the outcome of each benefit."""

    resident_id: UUID
    facts: dict[str, Any]
    digest: bytes
    band: str
    town: str
    outcomes: tuple[everybody.Outcome, ...]


def benefits_to_run() -> tuple[CompiledProcedure, ...]:
    """The published benefits the city looks for by itself; outside the demo only those whose legal ground is confirmed."""
    found = []
    for procedure in procedures.published():
        proactive = procedure.definition.proactive
        if proactive is not None and (settings.DOKODEMO_DEMO or proactive.confirmed.by is not None):
            found.append(procedure)
    return tuple(found)


def run_register(*, actor: Actor, on: date | None = None, progress: Progress | None = None) -> RunReport:
    """Judge everybody under every proactive benefit for a day (default: today, JST), and keep the result.

    Idempotent: when the day's run came to the same by the same versions, nothing is written. `progress(stage, done,
    total)` with stages "read", "judge" and "write". One event, numbers only. Raises Forbidden unless the system acts,
    RunUnderWay, ExpressionError for a rule that cannot be compiled.
    """
    if actor.kind != "system":
        raise Forbidden
    started, day = calendar_jp.now(), on or calendar_jp.today()
    clock = time.monotonic()
    tell = progress or (lambda stage, done, total: None)
    benefits = benefits_to_run()
    judged = _judge(actor, benefits, day, tell)
    counts = [Counter(person.outcomes[n].verdict for person in judged) for n in range(len(benefits))]
    digest = _digest(benefits, judged)
    new = not Run.objects.filter(day=day, digest=digest, finished_at__isnull=False).exists()
    if new:
        _discard_abandoned()
        run = Run.objects.create(day=day, digest=digest, residents=len(judged), started_at=started)
        _write(run, benefits, judged, counts, tell)
        _finish(run, actor, benefits, counts)
    summary = {
        benefit.slug: {verdict: count[verdict] for verdict in ("entitled", "not", "unknown", "failed")}
        for benefit, count in zip(benefits, counts, strict=True)
    }
    return RunReport(day.isoformat(), new, len(judged), round(time.monotonic() - clock, 2), summary)


def run_daily(*, actor: Actor) -> RunReport | None:
    """The run of today; None when the day has one, another is being written, or no benefit looks for people.

    What stands in the tables decides: called again after a stop, it does the day's run once.
    """
    today = calendar_jp.today()
    if Run.objects.filter(day=today, finished_at__isnull=False).exists() or not benefits_to_run():
        return None
    try:
        return run_register(actor=actor, on=today)
    except RunUnderWay:
        return None


def _judge(
    actor: Actor, benefits: Sequence[CompiledProcedure], day: date, tell: Progress
) -> list[_Judgement]:
    if not benefits:
        return []
    tables = everybody.tables_for(benefits)
    people: list[tuple[UUID, dict[str, Any], bytes, str, str]] = []
    terms = everybody.terms_of(benefits)
    for lines in register_lines(actor, terms, on=day, progress=lambda n, of: tell("read", n, of)):
        for line in lines:
            tables.add(line.facts)
            facts = dict(line.facts)
            digest = inputs_digest(facts)
            people.append((line.resident_id, facts, digest, everybody.band_of(line.age), line.town))
    tell("judge", 0, len(people))
    outcomes = everybody.judge_all(tables, benefits, day)
    judged = [_Judgement(*person, found) for person, found in zip(people, outcomes, strict=True)]
    tables.close()
    tell("judge", len(people), len(people))
    return judged


def _digest(benefits: Sequence[CompiledProcedure], judged: Iterable[_Judgement]) -> str:
    """A keyed digest of everything a run says, whatever the order in which the register was read."""
    whole = hashlib.sha256(json.dumps([[b.slug, b.digest] for b in benefits]).encode())
    for person in sorted(judged, key=lambda one: one.resident_id):
        said = [[one.verdict, one.because] for one in person.outcomes]
        whole.update(
            person.resident_id.bytes + person.digest + json.dumps([person.band, person.town, said]).encode()
        )
    return keyed_digest(whole.digest(), "eligibility.run")


def _discard_abandoned() -> None:
    """Remove what a stopped run left behind. Raises RunUnderWay when one may still be writing."""
    unfinished = Run.objects.filter(finished_at__isnull=True)
    if unfinished.filter(started_at__gt=calendar_jp.now() - ABANDONED).exists():
        raise RunUnderWay
    for run in unfinished:
        with transaction.atomic():
            Decision.objects.filter(judged__run=run)._raw_delete(Decision.objects.db)
            Cell.objects.filter(judged__run=run).delete()
            Judged.objects.filter(run=run).delete()
            run.delete()


def _write(
    run: Run,
    benefits: Sequence[CompiledProcedure],
    judged: Sequence[_Judgement],
    counts: Sequence[Counter[str]],
    tell: Progress,
) -> None:
    """Batch by batch, so that other writers of the city wait for a moment only."""
    heads = [_head(run, benefit, count) for benefit, count in zip(benefits, counts, strict=True)]
    with transaction.atomic():
        Judged.objects.bulk_create(heads)
        Cell.objects.bulk_create(_cells(heads, judged), batch_size=BATCH)
    kept = _kept_inputs()
    indexes: dict[tuple[str, str], bytes] = {}
    done = 0
    for batch in batched(sorted(judged, key=lambda one: one.resident_id), BATCH):
        tell("write", done, len(judged))
        with transaction.atomic():
            fresh = [
                Inputs(id=new_id(), resident_id=one.resident_id, digest=one.digest, facts=one.facts)
                for one in batch
                if (one.resident_id, one.digest) not in kept
            ]
            Inputs.objects.bulk_create(fresh)
            kept.update(((one.resident_id, bytes(one.digest)), one.pk) for one in fresh)
            _write_decisions(heads, batch, kept, indexes)
        done += len(batch)
    tell("write", len(judged), len(judged))


_COLUMNS = ("judged", "resident", "inputs", "verdict", "because", "cell_index")


def _write_decisions(
    heads: Sequence[Judged],
    batch: Iterable[_Judgement],
    kept: dict[tuple[UUID, bytes], UUID],
    indexes: dict[tuple[str, str], bytes],
) -> None:
    """Plain rows: a model instance for each of some hundred thousand decisions would take most of a run's time."""
    fields = {field.name: field for field in Decision._meta.concrete_fields if field.name in _COLUMNS}
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(fields[name].column)) for name in _COLUMNS)
    places = ", ".join(["%s"] * len(_COLUMNS))
    sql = f"INSERT INTO {quote(Decision._meta.db_table)} ({names}) VALUES ({places})"  # noqa: S608 - our own names

    def stored(name: str, value: Any) -> Any:
        return fields[name].get_db_prep_save(value, connection)

    judged = [stored("judged", head.pk) for head in heads]
    rows = []
    for one in batch:
        cell = (one.band, one.town)
        if cell not in indexes:
            indexes[cell] = stored("cell_index", cell_index(*cell))
        resident = stored("resident", one.resident_id)
        inputs = stored("inputs", kept[one.resident_id, one.digest])
        rows += [
            (head, resident, inputs, outcome.verdict, outcome.because, indexes[cell])
            for head, outcome in zip(judged, one.outcomes, strict=True)
        ]
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)


def _kept_inputs() -> dict[tuple[UUID, bytes], UUID]:
    rows = Inputs.objects.values_list("resident_id", "digest", "pk").iterator(chunk_size=10_000)
    return {(resident, bytes(digest)): pk for resident, digest, pk in rows}


def _head(run: Run, benefit: CompiledProcedure, count: Counter[str]) -> Judged:
    return Judged(
        id=new_id(),
        run=run,
        version_id=procedures.version_id_of(benefit),
        procedure=benefit.slug,
        section=benefit.definition.unit,
        rules_digest=everybody.rules_digest(benefit),
        parameters_digest=everybody.parameters_digest(benefit),
        entitled=count["entitled"],
        not_entitled=count["not"],
        unknown=count["unknown"],
        failed=count["failed"],
    )


def _cells(heads: Sequence[Judged], judged: Iterable[_Judgement]) -> list[Cell]:
    people: Counter[tuple[int, str, str, str, str]] = Counter()
    for one in judged:
        for place, outcome in enumerate(one.outcomes):
            people[place, outcome.verdict, outcome.because, one.band, one.town] += 1
    return [
        Cell(judged=heads[place], verdict=verdict, because=because, band=band, town=town, people=number)
        for (place, verdict, because, band, town), number in people.items()
    ]


def _finish(
    run: Run, actor: Actor, benefits: Sequence[CompiledProcedure], counts: Sequence[Counter[str]]
) -> None:
    whole = sum(counts, Counter[str]())
    with transaction.atomic():
        run.finished_at = calendar_jp.now()
        run.save(update_fields=["finished_at"])
        events.record(
            verbs.RUN_FINISHED,
            actor=actor,
            object=("eligibility_run", run.pk),
            refs={"day": run.day.isoformat()},
            numbers={
                "residents": run.residents,
                "benefits": len(benefits),
                "entitled": whole["entitled"],
                "not_entitled": whole["not"],
                "unknown": whole["unknown"],
                "failed": whole["failed"],
            },
            digests={"run": run.digest},
        )
