"""From a finished proposal to being in force (決裁・公開), and what its owner says of a new term."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import transaction

from dokodemo.administration.authoring import events as verbs
from dokodemo.administration.authoring import policies, queries
from dokodemo.administration.authoring.actions.recording import record_verb
from dokodemo.administration.authoring.actions.refusals import Refused
from dokodemo.administration.authoring.checks import check
from dokodemo.administration.authoring.models import Proposal, State, TermDecision
from dokodemo.administration.inventory.tasks import prepare_search
from dokodemo.administration.procedures import actions as procedure_actions
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, Forbidden, NotFound, system
from dokodemo.kernel.events import record
from dokodemo.kernel.packs import PackError, open_pack

PUBLISHER = system("authoring")


@transaction.atomic
def submit(*, actor: Actor, proposal_id: UUID) -> Proposal:
    """Hand a proposal to the head of section. Raises NotFound, Refused while a problem stands or a term is undecided."""
    proposal = queries.get_to_write(actor, proposal_id, lock=True)
    if proposal.state != State.DRAFT:
        raise Refused("authoring.refused.not_editable")
    if proposal.typed:
        raise Refused("authoring.refused.unsettled")
    _must_be_sound(proposal)
    proposal.state, proposal.returned_because = State.SUBMITTED, ""
    proposal.submitted_at = proposal.updated_at = calendar_jp.now()
    proposal.save(update_fields=["state", "returned_because", "submitted_at", "updated_at"])
    record_verb(verbs.SUBMITTED, actor, proposal)
    return proposal


@transaction.atomic
def send_back(*, actor: Actor, proposal_id: UUID, because: str) -> Proposal:
    """Back to its writers, with a reason; also one that waits for its day. Raises NotFound, Forbidden, Refused."""
    proposal = queries.get_to_write(actor, proposal_id, lock=True)
    if not policies.heads(actor, proposal.section):
        raise Forbidden
    if proposal.state not in (State.SUBMITTED, State.APPROVED):
        raise Refused("authoring.refused.not_submitted")
    if not because.strip():
        raise Refused("authoring.refused.no_reason")
    _back_to_draft(proposal, because.strip()[:2000])
    record_verb(verbs.RETURNED, actor, proposal)
    return proposal


def _back_to_draft(proposal: Proposal, because: str) -> None:
    proposal.state, proposal.returned_because = State.DRAFT, because
    proposal.approved_by = proposal.approved_at = proposal.publish_on = None
    proposal.updated_at = calendar_jp.now()
    proposal.save()


@transaction.atomic
def approve(
    *, actor: Actor, proposal_id: UUID, publish_on: date, confirmed_by: str | None = None
) -> Proposal:
    """Approve a proposal to be in force from a day on; `confirmed_by` writes who confirmed law, fee and texts.

    Raises NotFound, Forbidden for anybody but the head of the section and for whoever wrote on it, Refused for a day
    that has passed, while a problem stands, or outside the demo while nobody confirmed it. From today on it is published
    by `publish_due`.
    """
    proposal = queries.get_to_write(actor, proposal_id, lock=True)
    if not policies.heads(actor, proposal.section) or str(actor.account) in proposal.writers:
        raise Forbidden
    if proposal.state != State.SUBMITTED:
        raise Refused("authoring.refused.not_submitted")
    if publish_on < calendar_jp.today():
        raise Refused("authoring.refused.past_day")
    if confirmed_by:
        stamp = {"by": confirmed_by, "on": calendar_jp.today().isoformat()}
        proposal.files = queries.content_of(proposal).with_value("confirmed", stamp)
    elif not settings.DOKODEMO_DEMO and not _is_confirmed(proposal):
        raise Refused("authoring.refused.unconfirmed")
    _must_be_sound(proposal)
    proposal.state, proposal.publish_on = State.APPROVED, publish_on
    proposal.approved_by_id = actor.account
    proposal.approved_at = proposal.updated_at = calendar_jp.now()
    proposal.save()
    record_verb(verbs.APPROVED, actor, proposal, day=publish_on)
    return proposal


def _is_confirmed(proposal: Proposal) -> bool:
    confirmed = queries.content_of(proposal).data.get("confirmed")
    return isinstance(confirmed, dict) and confirmed.get("by") is not None


def _must_be_sound(proposal: Proposal) -> None:
    """Raises Refused while a problem stands, an example fails or a new term is undecided."""
    report = check(queries.content_of(proposal), calendar_jp.today())
    if report.problems:
        raise Refused("authoring.refused.problems", count=len(report.problems))
    if any(term.agreed is not True for term in queries.terms_of(proposal)):
        raise Refused("authoring.refused.terms")


def publish_due(*, actor: Actor = PUBLISHER) -> list[str]:
    """Put every approved proposal in force whose day has come; the slugs.

    One that no longer fits goes back to its writers. What has ended by today is retired.
    """
    due = Proposal.objects.filter(state=State.APPROVED, publish_on__lte=calendar_jp.today())
    done = []
    for proposal_id in list(due.order_by("publish_on", "approved_at").values_list("pk", flat=True)):
        slug = _publish(proposal_id, actor)
        done += [slug] if slug else []
    procedure_actions.retire_due(actor=actor)
    return done


@transaction.atomic
def _publish(proposal_id: UUID, actor: Actor) -> str | None:
    proposal = Proposal.objects.select_for_update().get(pk=proposal_id)
    if proposal.state != State.APPROVED:
        return None
    try:
        _must_be_sound(proposal)
        with transaction.atomic():
            version = procedure_actions.publish_from_office(
                open_pack(settings.DOKODEMO_PACK), slug=proposal.slug, files=proposal.files, actor=actor
            )
    except (PackError, Refused):
        # A key of the catalogue: what was found stands on the page of checks, in the reader's language.
        _back_to_draft(proposal, "authoring.refused.on_the_day")
        record_verb(verbs.REFUSED, actor, proposal)
        return None
    proposal.state, proposal.published = State.PUBLISHED, version
    proposal.published_at = proposal.updated_at = calendar_jp.now()
    proposal.save()
    record_verb(verbs.PUBLISHED, actor, proposal, version=version.number)
    # Nobody who searches should wait for the index that publishing makes necessary.
    prepare_search.enqueue()
    return proposal.slug


@transaction.atomic
def discard(*, actor: Actor, proposal_id: UUID) -> None:
    """Give a proposal up. Raises NotFound, Refused once it is approved or published."""
    proposal = queries.get_to_write(actor, proposal_id, lock=True)
    if proposal.state not in (State.DRAFT, State.SUBMITTED):
        raise Refused("authoring.refused.not_editable")
    proposal.state, proposal.updated_at = State.DISCARDED, calendar_jp.now()
    proposal.save(update_fields=["state", "updated_at"])
    record_verb(verbs.DISCARDED, actor, proposal)


@transaction.atomic
def decide_term(
    *, actor: Actor, proposal_id: UUID, name: str, agreed: bool, remark: str = ""
) -> TermDecision:
    """The owner of the vocabulary agrees to a new term as it is worded now, or not. Raises NotFound, Forbidden."""
    proposal = queries.get(actor, proposal_id, lock=True)
    if not policies.owns_terms(actor):
        raise Forbidden
    term = next((one for one in queries.terms_of(proposal) if one.name == name), None)
    if term is None:
        raise NotFound
    decision, _ = TermDecision.objects.update_or_create(
        proposal=proposal,
        term=name,
        defaults={
            "digest": queries.digest_of_term(term.definition),
            "agreed": agreed,
            "remark": remark.strip()[:1000],
            "decided_by_id": actor.account,
            "decided_at": calendar_jp.now(),
        },
    )
    record(
        verbs.TERM_DECIDED,
        actor=actor,
        object=("proposal", proposal.pk),
        refs={"procedure": proposal.slug, "term": name},
        numbers={"agreed": int(agreed)},
    )
    return decision
