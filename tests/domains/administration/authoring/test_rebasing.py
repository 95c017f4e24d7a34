"""What residents are writing moves onto a new version: no answer and no typed text is lost, filed cases stay."""

from __future__ import annotations

import pytest

from dokodemo.administration.authoring import actions as authoring
from dokodemo.administration.cases import actions, counts, events
from dokodemo.administration.cases.models import Draft
from dokodemo.administration.procedures import queries as procedures
from dokodemo.city.parties import port
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import NotFound, Role
from dokodemo.kernel.events import of_object
from tests.domains.city.city_builders import staff
from tests.domains.entry import building as b

pytestmark = pytest.mark.django_db

NAME = {"family": "荒尾", "given": "花子", "family_kana": "アラオ", "given_kana": "ハナコ"}


def writing() -> Draft:
    """A draft with an accepted answer on the first page and one typed but not accepted on the second."""
    writer = b.acting(b.resident_account())
    draft = actions.start_draft(actor=writer, slug="tree-grant", capacity=port.Capacity("unconfirmed"))
    actions.save_page(actor=writer, draft_id=draft.pk, index=0, values={"applicant.full_name": NAME})
    raw = {"raw": {"tree.count": "1", "tree-0.height": "二メートル"}, "errors": {}, "settled": False}
    actions.save_page(actor=writer, draft_id=draft.pk, index=1, values={}, unaccepted=raw)
    return Draft.objects.get(pk=draft.pk)


def with_a_new_first_page() -> None:
    """Version 2 of the procedure: a page in front that asks something new."""
    author = staff(("green", Role.CASEWORKER))
    proposal = authoring.start_from_published(actor=author, slug="tree-grant")
    old = procedures.get_published("tree-grant").definition.model_dump(mode="json", exclude_defaults=True)[
        "form"
    ]
    page = {"page": {"ja": "土地", "easy": "土地《とち》", "en": "Land"}, "ask": ["applicant.owns_land"]}
    first = {**old[0], "ask": [ask for ask in old[0]["ask"] if ask["term"] != "applicant.owns_land"]}
    authoring.change(actor=author, proposal_id=proposal.pk, values={"form": [page, first, old[1]]})
    authoring.submit(actor=author, proposal_id=proposal.pk)
    head = staff(("green", Role.HEAD_OF_SECTION))
    authoring.approve(actor=head, proposal_id=proposal.pk, publish_on=calendar_jp.today())
    assert authoring.publish_due() == ["tree-grant"]


def test_a_draft_moves_with_everything_that_was_written() -> None:
    before = writing()
    with_a_new_first_page()
    assert [(one.version, one.drafts) for one in counts.standing_on("tree-grant")] == [(1, 1)]
    assert actions.rebase_drafts(actor=staff(("green", Role.CASEWORKER)), slug="tree-grant") == 1
    after = Draft.objects.get(pk=before.pk)
    assert after.version.number == 2
    assert after.content["values"] == before.content["values"]
    assert after.content["values"]["applicant.full_name"] == NAME
    assert after.content["unaccepted"] == {"2": before.content["unaccepted"]["1"]}
    assert [(one.version, one.drafts) for one in counts.standing_on("tree-grant")] == [(2, 1)]
    told = [event for event in of_object("procedure", "tree-grant") if event.verb == events.DRAFTS_REBASED]
    assert [event.numbers for event in told] == [{"version": 2, "drafts": 1}]


def test_moving_again_moves_nothing_and_tells_nothing() -> None:
    writing()
    with_a_new_first_page()
    clerk = staff(("green", Role.CASEWORKER))
    actions.rebase_drafts(actor=clerk, slug="tree-grant")
    assert actions.rebase_drafts(actor=clerk, slug="tree-grant") == 0
    told = [event for event in of_object("procedure", "tree-grant") if event.verb == events.DRAFTS_REBASED]
    assert len(told) == 1


def test_another_section_moves_nothing() -> None:
    before = writing()
    with_a_new_first_page()
    with pytest.raises(NotFound):
        actions.rebase_drafts(actor=staff(("health", Role.CASEWORKER)), slug="tree-grant")
    assert Draft.objects.get(pk=before.pk).version.number == 1
