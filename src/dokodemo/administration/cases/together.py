"""Reads of joint drafts and bundles (まとめて申請の照会): the form a draft is written on, what may go together, the receipt.

Owns what is different when several applications are written at once. Never writes; a bundle shows an actor the cases that
the actor may see and no others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID, uuid5

from django.db.models import prefetch_related_objects

from dokodemo.administration.cases import policies
from dokodemo.administration.cases.merging import JointForm, merge
from dokodemo.administration.cases.models import Bundle, Case, Draft
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import CompiledProcedure, Form
from dokodemo.city.parties import port
from dokodemo.kernel.access import Actor, NotFound

MOST = 12
_SLOTS = UUID("c8a3d3c4-7c2c-4e6e-a9cf-6f0b3a0d9f52")


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
