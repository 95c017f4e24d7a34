"""What residents are writing moves onto a new version: no answer and no typed text is lost, filed cases stay."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dokodemo.administration.authoring import actions as authoring
from dokodemo.administration.cases import actions, counts, events
from dokodemo.administration.cases.actions import rebasing
from dokodemo.administration.cases.models import Draft
from dokodemo.administration.procedures import queries as procedures
from dokodemo.city.parties import port
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import NotFound, Role
from dokodemo.kernel.events import of_object
from dokodemo.kernel.vocabulary import TermType, Vocabulary
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


def form_in_force() -> list[dict[str, Any]]:
    now = procedures.get_published("tree-grant").definition.model_dump(mode="json", exclude_defaults=True)
    form: list[dict[str, Any]] = now["form"]
    return form


def published(values: dict[str, Any], terms: list[dict[str, Any]] | None = None) -> None:
    """Version 2 of the procedure, with these keys of its definition and these terms more."""
    author = staff(("green", Role.CASEWORKER))
    proposal = authoring.start_from_published(actor=author, slug="tree-grant")
    authoring.change(actor=author, proposal_id=proposal.pk, values=values)
    if terms:
        files = lambda content: content.with_terms([], terms)  # noqa: E731
        authoring.change_files(actor=author, proposal_id=proposal.pk, files=files, page="terms")
        owner = staff(("policy", Role.DIGITAL_OFFICER))
        for term in terms:
            authoring.decide_term(actor=owner, proposal_id=proposal.pk, name=term["name"], agreed=True)
    authoring.submit(actor=author, proposal_id=proposal.pk)
    head = staff(("green", Role.HEAD_OF_SECTION))
    authoring.approve(actor=head, proposal_id=proposal.pk, publish_on=calendar_jp.today())
    assert authoring.publish_due() == ["tree-grant"]


def with_a_new_first_page() -> None:
    """Version 2 of the procedure: a page in front that asks something new."""
    old = form_in_force()
    page = {"page": {"ja": "土地", "easy": "土地《とち》", "en": "Land"}, "ask": ["applicant.owns_land"]}
    first = {**old[0], "ask": [ask for ask in old[0]["ask"] if ask["term"] != "applicant.owns_land"]}
    published({"form": [page, first, old[1]]})


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


def test_an_answer_that_is_no_longer_asked_is_kept() -> None:
    before = writing()
    old = form_in_force()
    fewer = {**old[0], "ask": [ask for ask in old[0]["ask"] if ask["term"] != "applicant.full_name"]}
    published({"form": [fewer, old[1]]})
    actions.rebase_drafts(actor=staff(("green", Role.CASEWORKER)), slug="tree-grant")
    after = Draft.objects.get(pk=before.pk)
    assert "applicant.full_name" not in procedures.get_published("tree-grant").asked_names
    assert after.content["values"]["applicant.full_name"] == NAME
    assert after.pages_done == before.pages_done


TERM = {
    "name": "applicant.wish", "gif": None, "own": "GIFに項目がない", "type": "text", "confidentiality": "2",
    "label": {"ja": "希望", "easy": "きぼう", "en": "Wish"}, "purpose": "eligibility",
}  # fmt: skip


def test_a_new_required_question_leads_the_writer_back_to_its_page() -> None:
    before = writing()
    old = form_in_force()
    published({"form": [{**old[0], "ask": [*old[0]["ask"], {"term": TERM["name"]}]}, old[1]]}, [TERM])
    actions.rebase_drafts(actor=staff(("green", Role.CASEWORKER)), slug="tree-grant")
    after = Draft.objects.get(pk=before.pk)
    assert (before.pages_done, after.pages_done) == (2, 0)
    assert after.content["values"] == before.content["values"]
    page = b.browser(after.owner).get(f"/apply/{after.pk}/", follow=True)
    assert page.request["PATH_INFO"] == f"/apply/{after.pk}/0"
    assert "希望" in page.content.decode()


def test_an_answer_of_another_kind_is_asked_again_beside_what_was_said() -> None:
    before = writing()
    old, new = procedures.get_published("tree-grant"), procedures.get_published("tree-grant")
    term = old.vocabulary.terms["applicant.owns_land"]
    texts = old.vocabulary.terms["applicant.full_name"].model_copy(
        update={"name": term.name, "type": TermType.TEXT}
    )
    as_text = Vocabulary({**old.vocabulary.terms, term.name: texts}, old.vocabulary.groups)
    older = replace(old, vocabulary=as_text)
    values = {"applicant.full_name": NAME, "applicant.owns_land": "父の土地です"}
    left, typed, again = rebasing.asked_again(values, before.content["unaccepted"], older, new)
    assert left == {"applicant.full_name": NAME}
    assert again == [0]
    assert typed["0"]["settled"] is False
    assert typed["0"]["errors"]["applicant.owns_land"] == [rebasing.RETYPED, {"before": "父の土地です"}, None]
    assert typed["1"] == before.content["unaccepted"]["1"]
    assert values["applicant.owns_land"] == "父の土地です"


def test_a_members_answer_of_another_kind_is_asked_again_at_that_member() -> None:
    old = procedures.get_published("tree-grant")
    height = old.vocabulary.terms["tree.height"]
    as_text = height.model_copy(update={"type": TermType.TEXT, "min": None, "max": None})
    older = replace(
        old, vocabulary=Vocabulary({**old.vocabulary.terms, height.name: as_text}, old.vocabulary.groups)
    )
    values = {"tree": [{"height": 3}, {"height": "二メートル"}]}
    left, typed, again = rebasing.asked_again(values, {}, older, old)
    assert left == {"tree": [{"height": 3}, {}]}
    assert again == [1]
    assert list(typed["1"]["errors"]) == ["tree-1.height"]
