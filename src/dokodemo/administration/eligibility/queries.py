"""Asking whether someone is entitled, and what runs over the register found (該当判定の照会).

Owns the entry for other domains: one person's assessment, the results of runs for the section in charge, one's own
offers. Keeps no fact and writes nothing.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from dokodemo.administration.eligibility import policies
from dokodemo.administration.eligibility.changes import Person
from dokodemo.administration.eligibility.everybody import all_bands, only_uses
from dokodemo.administration.eligibility.logic import Assessment, canonical, explain
from dokodemo.administration.eligibility.models import (
    OPEN_OFFERS,
    Cell,
    Decision,
    Judged,
    Offer,
    OfferState,
    OptOut,
    Run,
    Verdict,
)
from dokodemo.administration.eligibility.replaying import Retold, Stored, explanation, retell
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.administration.procedures.judging import Facts
from dokodemo.city.parties.everybody import hidden_residents
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, NotFound
from dokodemo.kernel.crypto import blind_index

OFFERABLE = (Verdict.ENTITLED.value, Verdict.UNKNOWN.value)
PAGE = 25


def assess(procedure: CompiledProcedure | UUID, facts: Facts, on: date | None = None) -> Assessment:
    """The assessment of one person under a procedure or a pinned version, on a day (default: today, JST).

    Raises NotFound for an unknown version, ExpressionError for an arithmetic error of the pack.
    """
    compiled = procedures.compiled_version(procedure) if isinstance(procedure, UUID) else procedure
    return explain(compiled, facts, calendar_jp.today() if on is None else on)


# Runs, for the section in charge


def latest_run() -> Run | None:
    """The last finished run, or None."""
    return Run.objects.filter(finished_at__isnull=False).first()


def runs() -> QuerySet[Run]:
    """Every finished run, newest first."""
    return Run.objects.filter(finished_at__isnull=False)


def my_benefits(actor: Actor) -> list[Judged]:
    """What the last run found for the benefits of the actor's sections, by slug."""
    run = latest_run()
    if run is None:
        return []
    rows = Judged.objects.filter(run=run, section__in=policies.my_sections(actor)).select_related("run")
    return list(rows.order_by("procedure"))


def get_judged(actor: Actor, judged_id: UUID) -> Judged:
    """One benefit of one finished run. Raises NotFound for another section's."""
    judged = Judged.objects.select_related("run").filter(pk=judged_id, run__finished_at__isnull=False).first()
    if judged is None or not policies.answers_for(actor, judged):
        raise NotFound("judged")
    return judged


def latest_judged(actor: Actor, judged_id: UUID) -> Judged:
    """As `get_judged`, of the last run only: nobody is addressed by what was known before. Raises NotFound."""
    judged = get_judged(actor, judged_id)
    run = latest_run()
    if run is None or judged.run_id != run.pk:
        raise NotFound("judged")
    return judged


@dataclass(frozen=True)
class Choice:
    """Which decisions a list is about; None: whichever."""

    verdict: str | None = None
    because: str | None = None
    band: str | None = None
    town: str | None = None


@dataclass(frozen=True)
class Counts:
    """How many people of a benefit: by verdict and reason (most first), by age band, by town."""

    reasons: list[tuple[str, str, int]]
    bands: list[tuple[str, int]]
    towns: list[tuple[str, int]]


def counts(judged: Judged, choice: Choice) -> Counts:
    """The counts of a benefit; bands and towns of those whose verdict and reason are chosen."""
    cells = Cell.objects.filter(judged=judged)
    reasons = (
        cells.values_list("verdict", "because").annotate(n=Sum("people")).order_by("verdict", "-n", "because")
    )
    chosen = cells.filter(_reason(choice))
    bands: dict[str, int] = dict(chosen.values_list("band").annotate(n=Sum("people")))
    towns = chosen.values_list("town").annotate(n=Sum("people")).order_by("-n", "town")
    return Counts(list(reasons), [(band, bands[band]) for band in all_bands() if band in bands], list(towns))


def _reason(choice: Choice) -> Q:
    found = Q()
    if choice.verdict is not None:
        found &= Q(verdict=choice.verdict)
    if choice.because is not None:
        found &= Q(because=choice.because)
    return found


def chosen_decisions(actor: Actor, judged: Judged, choice: Choice) -> QuerySet[Decision]:
    """The decisions of a benefit that are chosen; nobody who is protected from this section (秘匿)."""
    rows = Decision.objects.filter(_reason(choice), judged=judged)
    if choice.band is not None or choice.town is not None:
        cells = Cell.objects.filter(judged=judged)
        if choice.band is not None:
            cells = cells.filter(band=choice.band)
        if choice.town is not None:
            cells = cells.filter(town=choice.town)
        pairs = set(cells.values_list("band", "town"))
        rows = rows.filter(cell_index__in=[cell_index(*pair) for pair in pairs])
    return rows.exclude(resident_id__in=hidden_residents(actor))


def may_be_offered(
    actor: Actor, judged: Judged, choice: Choice | None = None, *, applied: Collection[UUID]
) -> QuerySet[Decision]:
    """Those of the chosen who may be addressed: not excluded by the rules, not opted out, not offered or declined before,
    not among `applied`."""
    rows = chosen_decisions(actor, judged, choice or Choice()).filter(verdict__in=OFFERABLE)
    offered = Offer.objects.filter(procedure=judged.procedure).filter(
        Q(state__in=OPEN_OFFERS) | Q(state=OfferState.DECLINED, version_id=judged.version_id)
    )
    return (
        rows.exclude(resident_id__in=OptOut.objects.filter(ended_at__isnull=True).values("resident_id"))
        .exclude(resident_id__in=offered.values("resident_id"))
        .exclude(resident_id__in=list(applied))
        .filter(resident__status="resident")
    )


def offer_states(judged: Judged) -> dict[str, int]:
    """How many offers of a benefit stand in each state, whichever run they came from."""
    found: dict[str, int] = {state.value: 0 for state in OfferState}
    for state in Offer.objects.filter(procedure=judged.procedure, section=judged.section).values_list(
        "state", flat=True
    ):
        found[state] += 1
    return found


def cell_index(band: str, town: str) -> bytes:
    """By which the decisions of one age band and town are found without either being readable."""
    return blind_index(f"{band}\x1f{town}", "eligibility.cell")


def people_of(judged: Judged) -> Iterator[Person]:
    """The facts that decisions of a benefit stand on, with age band and town and without who it is.

    For comparing two wordings of a rule; the caller has asked `get_judged` for it.
    """
    procedure = procedures.compiled_version(judged.version_id)
    pairs = set(Cell.objects.filter(judged=judged).values_list("band", "town"))
    places = {cell_index(*pair): pair for pair in pairs}
    rows = Decision.objects.filter(judged=judged).select_related("inputs").only("cell_index", "inputs__facts")
    for decision in rows.iterator(chunk_size=2000):
        facts = only_uses(procedure, decision.inputs.facts)
        yield Person(facts, *places[bytes(decision.cell_index)])


def replay(actor: Actor, decision_id: int) -> bytes:
    """The explanation of a stored decision, worked out again from its version and its inputs: the same bytes whenever.

    For the section in charge and for the person it is about. Raises NotFound for anybody else, ExpressionError for a
    decision that could not be worked out.
    """
    decision = Decision.objects.select_related("judged__run", "inputs").filter(pk=decision_id).first()
    if decision is None:
        raise NotFound("decision")
    mine = actor.kind == "resident" and actor.resident_id == decision.resident_id
    if not mine:
        get_judged(actor, decision.judged_id)
        if decision.resident_id in hidden_residents(actor):
            raise NotFound("decision")
    judged = decision.judged
    procedure = procedures.compiled_version(judged.version_id)
    return explanation(procedure, decision.inputs.facts, judged.run.day)


@dataclass(frozen=True)
class Why:
    """A decision about one resident with the version it was made by, worked out again."""

    judged: Judged
    decision: Decision
    procedure: CompiledProcedure
    retold: Retold


def why(actor: Actor, judged_id: UUID, resident_id: UUID) -> Why:
    """Why a benefit's rules came to what they did for one resident, in whichever run. Raises NotFound for another
    section's benefit and for who is protected from this one."""
    judged = get_judged(actor, judged_id)
    decision = (
        chosen_decisions(actor, judged, Choice())
        .select_related("inputs")
        .filter(resident_id=resident_id)
        .first()
    )
    if decision is None:
        raise NotFound("decision")
    facts = decision.inputs.facts
    kept = inputs_digest(facts) == bytes(decision.inputs.digest)
    procedure = procedures.compiled_version(judged.version_id)
    stored = Stored(
        facts,
        decision.verdict,
        decision.because,
        judged.rules_digest,
        judged.parameters_digest,
        kept,
        judged.run.day,
    )
    return Why(judged, decision, procedure, retell(procedure, stored))


def inputs_digest(facts: Mapping[str, Any]) -> bytes:
    """The keyed digest of the facts that decisions stand on (16 bytes)."""
    return blind_index(canonical(facts).decode(), "eligibility.inputs")


# One's own


def my_offer(actor: Actor, offer_id: UUID, *, lock: bool = False) -> Offer:
    """One's own offer, open or over. Raises NotFound for anybody else's."""
    rows = Offer.objects.select_for_update(of=("self",)) if lock else Offer.objects.all()
    offer = rows.filter(pk=offer_id).first()
    if offer is None or not policies.is_addressed(actor, offer):
        raise NotFound("offer")
    return offer


def my_offers(actor: Actor) -> list[Offer]:
    """One's own open offers, newest first."""
    if actor.kind != "resident" or actor.resident_id is None:
        return []
    rows = Offer.objects.filter(
        resident_id=actor.resident_id, state__in=OPEN_OFFERS, expires_on__gte=calendar_jp.today()
    )
    return list(rows.order_by("-sent_at"))


def has_opted_out(actor: Actor) -> bool:
    """Whether one does not want to be looked for."""
    return (
        actor.resident_id is not None
        and OptOut.objects.filter(resident_id=actor.resident_id, ended_at__isnull=True).exists()
    )


def opted_out(actor: Actor) -> frozenset[UUID]:
    """Everybody who does not want to be looked for. Raises NotFound for anybody but the system."""
    if actor.kind != "system":
        raise NotFound("residents")
    return frozenset(OptOut.objects.filter(ended_at__isnull=True).values_list("resident_id", flat=True))
