"""Reads of joint drafts and bundles (まとめて申請の照会): the form a draft is written on, what may go together, the receipt.

Owns what is different when several applications are written at once. Never writes; a bundle shows an actor the cases that
the actor may see and no others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid5

from django.db.models import Exists, OuterRef, Q, prefetch_related_objects

from dokodemo.administration.cases import carrying, policies, prefill
from dokodemo.administration.cases.joint_parts import Part
from dokodemo.administration.cases.merging import JointForm, merge
from dokodemo.administration.cases.models import Bundle, Case, Draft, DraftPart
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import CompiledProcedure, Form
from dokodemo.city.parties import port
from dokodemo.kernel.access import Actor, NotFound
from dokodemo.kernel.prepared import Prepared

MOST = 12
_SLOTS = UUID("c8a3d3c4-7c2c-4e6e-a9cf-6f0b3a0d9f52")
_JOINT = Prepared(
    lambda owner, slug: Draft.objects.filter(
        owner_id=owner, parts__procedure=slug, closed_at__isnull=True, correction__isnull=True
    ).order_by("-updated_at")[:50],
    owner=UUID,
    slug=str,
)


def slot_of(account_id: UUID, slugs: Sequence[str], capacity: port.Capacity) -> UUID:
    """What a joint draft is for: one writer, these procedures in whatever order, one person in one capacity."""
    parts = (account_id, *sorted(slugs), capacity.kind, capacity.principal_id, capacity.mandate_id)
    return uuid5(_SLOTS, "|".join(map(str, parts)))


def is_joint(draft: Draft) -> bool:
    """Whether several applications are written on this draft."""
    return draft.version_id is None


def form_of(draft: Draft) -> Form:
    """What a draft is written on: its procedure's form, or the joint one."""
    if draft.version_id is not None:
        return procedures.compiled_version(draft.version_id)
    return joint_form_of(draft)


def versions_of(draft: Draft) -> tuple[UUID, ...]:
    """The versions a draft is pinned to, in the order of its procedures."""
    if draft.version_id is not None:
        return (draft.version_id,)
    # Asked several times for one page of the form: read once.
    prefetch_related_objects([draft], "parts")
    return tuple(part.version_id for part in draft.parts.all())


def joint_form_of(draft: Draft) -> JointForm:
    """The form of a joint draft. Raises NotFound for the draft of a single procedure."""
    if not is_joint(draft):
        raise NotFound
    return joint_form(versions_of(draft))


@lru_cache(maxsize=128)
def joint_form(versions: tuple[UUID, ...]) -> JointForm:
    """One form for these published versions, kept in the process. Raises NotFound."""
    return merge([procedures.compiled_version(version) for version in versions])


def chosen(slugs: Sequence[str]) -> list[CompiledProcedure]:
    """The procedures in force among these slugs, each once, in the order given: all of one moment."""
    known = {procedure.slug: procedure for procedure in procedures.published()}
    return [known[slug] for slug in dict.fromkeys(slugs) if slug in known]


def refusals(actor: Actor, capacity: port.Capacity, wanted: Sequence[CompiledProcedure]) -> dict[str, str]:
    """Which of these procedures cannot be written together in this capacity: slug → the text that says why."""
    found: dict[str, str] = {}
    subjects: set[str] = set()
    for procedure in wanted:
        why = _refusal(actor, capacity, procedure, subjects)
        if why is not None:
            found[procedure.slug] = why
    return found


def _refusal(
    actor: Actor, capacity: port.Capacity, procedure: CompiledProcedure, subjects: set[str]
) -> str | None:
    definition = procedure.definition
    if definition.online_state == "none":
        return "cases.together.not_online"
    if capacity.kind not in (*definition.who_may_file, "unconfirmed"):
        return "cases.together.not_in_this_name"
    if not port.may_act(actor=actor, capacity=capacity, slug=procedure.slug):
        return "cases.together.not_in_mandate"
    # Whoever is confirmed files in one person's name throughout; of somebody unconfirmed nobody knows that it is one.
    if capacity.kind == "unconfirmed" and subjects - {definition.subject}:
        return "cases.together.about_another"
    subjects.add(definition.subject)
    return None


def parts_of(draft: Draft) -> dict[str, Part]:
    """The procedures written on a draft, by slug; the one of a single draft asks under the terms' own names."""
    if draft.version_id is not None:
        return {draft.procedure: Part(procedures.compiled_version(draft.version_id))}
    return {part.procedure.slug: part for part in joint_form_of(draft).parts}


def released_values(draft: Draft) -> dict[str, Any]:
    """What the register had released to a draft, as its answers began."""
    form, entries = form_of(draft), draft.content["released"]
    return prefill.joint_values(form, entries) if isinstance(form, JointForm) else prefill.values(entries)


def was_written(draft: Draft) -> bool:
    """Whether a draft holds more than what the register said."""
    return bool(draft.content["values"] != released_values(draft) or draft.content["unaccepted"])


def source(here: Part, there: Part, draft: Draft) -> carrying.Source:
    """What a draft holds for one procedure, to be brought into a form in which it stands as `here`."""
    return carrying.Source(
        here, there.view(draft.content["values"]), there.view(released_values(draft)), draft.updated_at
    )


def capacity_of(draft: Draft) -> port.Capacity:
    """For whom and as what a draft is written."""
    kind: Any = draft.capacity
    return port.Capacity(kind, draft.principal_id, draft.mandate_id)


def same_person(one: Draft, other: Draft) -> bool:
    """Whether two drafts are written by one writer for one person in one capacity."""
    return one.owner_id == other.owner_id and capacity_of(one) == capacity_of(other)


def begun_elsewhere(
    actor: Actor, capacity: port.Capacity, slugs: Sequence[str], *, but: UUID | None = None
) -> list[Draft]:
    """The actor's open drafts on which some of these procedures are written for this person, newest first; at most 50.

    `but`: a draft that is not meant.
    """
    if actor.account_id is None:
        return []
    rows = Draft.objects.filter(
        Q(procedure__in=slugs) | Exists(DraftPart.objects.filter(draft=OuterRef("pk"), procedure__in=slugs)),
        owner_id=actor.account_id,
        capacity=capacity.kind,
        principal_id=capacity.principal_id,
        mandate_id=capacity.mandate_id,
        closed_at__isnull=True,
        correction__isnull=True,
    )
    found = rows.order_by("-updated_at").prefetch_related("parts")[:50]
    return [draft for draft in found if draft.pk != but and was_written(draft)]


def joint_drafts_with(actor: Actor, slug: str) -> list[Draft]:
    """The actor's open joint drafts on which this procedure is written too, newest first; at most 50."""
    if actor.account_id is None:
        return []
    return [draft for draft in _JOINT.all(owner=actor.account_id, slug=slug) if was_written(draft)]


def conflicts(
    actor: Actor,
    capacity: port.Capacity,
    wanted: Sequence[CompiledProcedure],
    waiting: Sequence[Draft],
) -> list[carrying.Conflict]:
    """What drafts answer differently that are about to become one, and which answer would stand."""
    here = {part.procedure.slug: part for part in merge(wanted).parts}
    slot = slot_of(actor.account, list(here), capacity)
    target = Draft.objects.filter(slot=slot, closed_at__isnull=True).first()
    sources = [
        source(here[slug], there, draft)
        for draft in waiting
        for slug, there in parts_of(draft).items()
        if slug in here
    ]
    values = target.content["values"] if target is not None else {}
    released = released_values(target) if target is not None else {}
    written_at = target.updated_at if target is not None and was_written(target) else None
    return carrying.carry(values, released, sources, written_at=written_at).conflicts


def bundle_of_draft(draft: Draft) -> Bundle:
    """The bundle a closed joint draft became. Raises NotFound for one thrown away, and for the draft of one procedure."""
    if draft.bundle_id is None:
        raise NotFound
    return Bundle.objects.get(pk=draft.bundle_id)


@dataclass(frozen=True)
class Bundled:
    """A bundle as one person sees it: the cases of it that are theirs to see, in the order they were chosen."""

    bundle: Bundle
    cases: tuple[Case, ...]


def get_bundle(actor: Actor, bundle_id: UUID) -> Bundled:
    """A bundle with those of its cases that the actor is a party to. Raises NotFound when there are none."""
    rows = Case.objects.filter(bundle_id=bundle_id).select_related("bundle").defer("answers", "sources")
    cases = list(rows.order_by("id")[:MOST])
    standing = policies.standing_capacities(actor, ((c.capacity, c.subject_id) for c in cases))
    mine = tuple(case for case in cases if policies.is_party(actor, case, standing=standing))
    if not mine or mine[0].bundle is None:
        raise NotFound
    return Bundled(mine[0].bundle, mine)
