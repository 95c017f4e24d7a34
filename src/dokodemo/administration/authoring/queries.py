"""Reads of proposals (起案の照会): fetching one is the permission check.

Never writes. Whoever may not know of a proposal is told the same as if there were none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings

from dokodemo.administration.authoring import policies
from dokodemo.administration.authoring.content import Content, procedure_path
from dokodemo.administration.authoring.models import OPEN_STATES, Proposal, State, TermDecision
from dokodemo.administration.procedures import office
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.kernel.access import Actor, NotFound
from dokodemo.kernel.packs import Pack, PackError, open_pack


@dataclass(frozen=True)
class TermToDecide:
    """A new term somebody proposes, and what was decided about exactly this wording (None: not yet)."""

    proposal: Proposal
    name: str
    definition: Mapping[str, Any]
    decision: TermDecision | None

    @property
    def agreed(self) -> bool | None:
        """True, False, or None while nobody has decided."""
        return None if self.decision is None else self.decision.agreed


def city_pack(*, without: str | None = None) -> Pack:
    """The city's pack with what the office put in force, except one procedure's files. Raises PackError."""
    return office.with_office(open_pack(settings.DOKODEMO_PACK), without=[without] if without else ())


def get(actor: Actor, proposal_id: UUID, *, lock: bool = False) -> Proposal:
    """A proposal the actor may read. Raises NotFound."""
    rows = Proposal.objects.select_for_update() if lock else Proposal.objects
    proposal = rows.filter(pk=proposal_id).exclude(state=State.DISCARDED).first()
    if proposal is None or not policies.may_read(actor, proposal.section):
        raise NotFound
    return proposal


def get_to_write(actor: Actor, proposal_id: UUID, *, lock: bool = False) -> Proposal:
    """A proposal whose section the actor writes for, whatever its state. Raises NotFound."""
    proposal = get(actor, proposal_id, lock=lock)
    if not policies.may_write(actor, proposal.section):
        raise NotFound
    return proposal


def content_of(proposal: Proposal) -> Content:
    """The proposal's files over the city's pack as it is now. Raises PackError."""
    return Content(proposal.slug, proposal.files, city_pack(without=proposal.slug))


def proposals(actor: Actor) -> list[Proposal]:
    """The open proposals the actor may read, latest first."""
    rows = Proposal.objects.filter(state__in=OPEN_STATES)
    if not policies.owns_terms(actor):
        rows = rows.filter(section__in=policies.writing_sections(actor))
    return list(rows)


def published_before(actor: Actor, *, limit: int = 20) -> list[Proposal]:
    """Proposals of the actor's sections that became law, latest first."""
    sections = policies.writing_sections(actor)
    rows = Proposal.objects.filter(state=State.PUBLISHED, section__in=sections)
    return list(rows.order_by("-published_at")[:limit])


def to_approve(actor: Actor) -> list[Proposal]:
    """What waits for the actor's own approval."""
    rows = [p for p in proposals(actor) if p.state == State.SUBMITTED and policies.heads(actor, p.section)]
    return [p for p in rows if str(actor.account_id) not in p.writers]


def in_force(actor: Actor) -> list[CompiledProcedure]:
    """The procedures in force that the actor's sections answer for, by slug."""
    sections = policies.writing_sections(actor)
    return [p for p in procedures.published() if p.definition.unit in sections]


def ended(actor: Actor) -> list[CompiledProcedure]:
    """The procedures that the actor's sections have ended, by slug."""
    sections = policies.writing_sections(actor)
    return [p for p in procedures.all_ended() if p.definition.unit in sections]


def open_for(slug: str) -> Proposal | None:
    """The open proposal about a procedure, whoever's it is."""
    return Proposal.objects.filter(slug=slug, state__in=OPEN_STATES).first()


def title_of(proposal: Proposal) -> str:
    """What the proposal is called: the Japanese title of the text as it stands, else its slug."""
    try:
        title = content_of(proposal).data.get("title")
    except PackError:
        return proposal.slug
    return str(title.get("ja") or proposal.slug) if isinstance(title, dict) else proposal.slug


def terms_of(proposal: Proposal) -> list[TermToDecide]:
    """The terms a proposal adds, with what their owner decided. Raises PackError."""
    decided = {one.term: one for one in proposal.term_decisions.all()}
    found = []
    for term in Content(proposal.slug, proposal.files, open_pack(settings.DOKODEMO_PACK)).additions["terms"]:
        name = str(term.get("name"))
        decision = decided.get(name)
        same = decision is not None and decision.digest == digest_of_term(term)
        found.append(TermToDecide(proposal, name, term, decision if same else None))
    return found


def terms_to_decide() -> list[TermToDecide]:
    """Every new term of an open proposal that nobody has decided about."""
    found = []
    for proposal in Proposal.objects.filter(state__in=OPEN_STATES):
        if any(path.startswith("vocabulary/") for path in proposal.files):
            found += [term for term in terms_of(proposal) if term.agreed is None]
    return found


def digest_of_term(term: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of a term as it is proposed: another wording must be decided again."""
    text = json.dumps(term, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of_files(files: Mapping[str, str]) -> str:
    """SHA-256 (hex) of all files of a proposal."""
    text = json.dumps(files, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def files_in_force(pack: Pack, slug: str) -> dict[str, str]:
    """The city's own files of a procedure as they are in force: of the office, else of the pack's own folder."""
    files = dict(office.with_office(pack).layers[-1].written)
    own = pack.layers[-1]
    wanted = [*own.paths(f"procedures/{slug}/**/*"), f"vocabulary/office-{slug}.yaml"]
    for path in wanted:
        file = own.folder / path
        if path not in files and file.is_file():
            files[path] = file.read_text("utf-8")
    prefix = f"procedures/{slug}/"
    found = {p: t for p, t in files.items() if p.startswith(prefix) or p == f"vocabulary/office-{slug}.yaml"}
    return found if procedure_path(slug) in found else {**found, procedure_path(slug): f"slug: {slug}\n"}
