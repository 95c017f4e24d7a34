"""A procedure is ended by two people: it leaves everything that lists it, says where to go, and what runs goes on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dokodemo.administration.authoring import actions as authoring
from dokodemo.administration.authoring.models import Proposal, State
from dokodemo.administration.cases import actions as cases
from dokodemo.administration.cases.logic import NotAllowed
from dokodemo.administration.cases.models import Case, Draft
from dokodemo.administration.inventory import searching
from dokodemo.administration.procedures import actions, events
from dokodemo.administration.procedures import queries as procedures
from dokodemo.city.parties import port
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import NotFound, Role
from dokodemo.kernel.events import of_object
from dokodemo.kernel.packs import open_pack
from tests.domains.city.city_builders import staff
from tests.domains.entry import building as b

pytestmark = pytest.mark.django_db

BECAUSE = {"ja": "制度が変わりました。", "easy": "きまりが 変《か》わりました。", "en": "The rules changed."}
NAME = {"family": "荒尾", "given": "花子", "family_kana": "アラオ", "given_kana": "ハナコ"}


def ended(days: int = 0, **more: Any) -> Proposal:
    """tree-grant, ended from a day counted from today, approved and published today."""
    author = staff(("green", Role.CASEWORKER))
    proposal = authoring.start_from_published(actor=author, slug="tree-grant")
    on = (calendar_jp.today() + timedelta(days=days)).isoformat()
    value = {"on": on, "because": BECAUSE, **more}
    authoring.change(actor=author, proposal_id=proposal.pk, values={"ended": value})
    authoring.submit(actor=author, proposal_id=proposal.pk)
    head = staff(("green", Role.HEAD_OF_SECTION))
    authoring.approve(actor=head, proposal_id=proposal.pk, publish_on=calendar_jp.today())
    authoring.publish_due()
    return Proposal.objects.get(pk=proposal.pk)


def a_draft() -> Draft:
    writer = b.acting(b.resident_account())
    return cases.start_draft(actor=writer, slug="tree-grant", capacity=port.Capacity("unconfirmed"))


def test_it_leaves_everything_that_lists_it() -> None:
    before = procedures.online_kinds().denominator
    assert ended().state == State.PUBLISHED
    assert "tree-grant" not in {p.slug for p in procedures.published()}
    assert procedures.online_kinds().denominator == before - 1
    assert "tree-grant" not in {hit.slug for hit in searching.search("木を植えたい")}
    with pytest.raises(NotFound):
        procedures.get_published("tree-grant")
    assert [e.verb for e in of_object("procedure", "tree-grant")][-1] == events.RETIRED


@pytest.mark.parametrize("lang", ["ja", "easy", "en"])
def test_its_page_says_that_it_ended_and_where_to_go(lang: str) -> None:
    ended(successor="tree-report")
    page = b.browser(lang=lang).get(reverse("portal:procedure", args=["tree-grant"]))
    assert page.status_code == 200
    assert reverse("portal:procedure", args=["tree-report"]) in page.content.decode()
    assert reverse("portal:start", args=["tree-grant"]) not in page.content.decode()


def test_who_is_writing_keeps_everything_and_cannot_hand_it_in() -> None:
    draft = a_draft()
    writer = b.acting(draft.owner)
    cases.save_page(actor=writer, draft_id=draft.pk, index=0, values={"applicant.full_name": NAME})
    ended()
    client = b.browser(draft.owner)
    begin = client.get(reverse("portal:start", args=["tree-grant"]))
    assert begin.headers["Location"] == reverse("portal:procedure", args=["tree-grant"])
    with pytest.raises(NotFound):
        cases.start_draft(
            actor=b.acting(b.resident_account()), slug="tree-grant", capacity=port.Capacity("unconfirmed")
        )
    kept = Draft.objects.get(pk=draft.pk)
    assert kept.content["values"]["applicant.full_name"] == NAME
    assert kept.closed_at is None


def test_what_was_filed_goes_on_and_what_comes_later_is_refused() -> None:
    from dokodemo.administration.cases.actions import submission

    draft = a_draft()
    procedure = procedures.get_published("tree-grant")
    paper = submission.Paper(procedure, {}, {}, set())
    filed = submission.open_case(b.acting(draft.owner), draft, paper, calendar_jp.now())
    ended()
    assert Case.objects.get(pk=filed.pk).version.number == 1
    with pytest.raises(NotAllowed) as refused:
        submission.open_case(b.acting(draft.owner), draft, paper, calendar_jp.now())
    assert refused.value.code == "cases.refused.ended"


def test_one_that_ends_later_is_accepted_until_then(settings: Any) -> None:
    ended(days=3)
    assert procedures.get_published("tree-grant").definition.ended is not None
    page = Client().get(reverse("portal:procedure", args=["tree-grant"])).content.decode()
    assert "受け付けません" in page
    assert authoring.publish_due() == []
    assert procedures.get_published("tree-grant")
    settings.DOKODEMO_TODAY = calendar_jp.today() + timedelta(days=3)
    assert actions.retire_due() == ["tree-grant"]
    assert actions.retire_due() == []
    assert procedures.get_ended("tree-grant").number == 2


def test_loading_the_pack_again_does_not_bring_it_back() -> None:
    ended()
    before = len(of_object("procedure", "tree-grant"))
    done = actions.publish(open_pack("small"), demo=True)
    assert "tree-grant" not in (*done.published, *done.retired)
    with pytest.raises(NotFound):
        procedures.get_published("tree-grant")
    assert len(of_object("procedure", "tree-grant")) == before


def test_it_can_be_taken_up_again() -> None:
    ended()
    author = staff(("green", Role.CASEWORKER))
    proposal = authoring.start_from_published(actor=author, slug="tree-grant")
    authoring.change(actor=author, proposal_id=proposal.pk, values={"ended": None})
    authoring.submit(actor=author, proposal_id=proposal.pk)
    head = staff(("green", Role.HEAD_OF_SECTION))
    authoring.approve(actor=head, proposal_id=proposal.pk, publish_on=calendar_jp.today())
    assert authoring.publish_due() == ["tree-grant"]
    assert procedures.get_published("tree-grant").number == 1


def test_what_is_used_instead_must_exist() -> None:
    author = staff(("green", Role.CASEWORKER))
    proposal = authoring.start_from_published(actor=author, slug="tree-grant")
    value = {"on": "2026-12-01", "because": BECAUSE, "successor": "no-such-thing"}
    authoring.change(actor=author, proposal_id=proposal.pk, values={"ended": value})
    with pytest.raises(authoring.Refused):
        authoring.submit(actor=author, proposal_id=proposal.pk)


def test_the_page_of_the_editor_ends_it() -> None:
    client = b.browser(b.caseworker("green"))
    where = client.post(reverse("office:editor_start", args=["tree-grant"]), {"to": "ending"}).headers[
        "Location"
    ]
    one = Proposal.objects.get()
    assert where == reverse("office:proposal_part", args=[one.pk, "ending"])
    boxes = {f"ended.because.{lang}": text for lang, text in BECAUSE.items()}
    assert client.post(where, {**boxes, "ended.on": "令和9年3月31日"}).status_code == 302
    text = Proposal.objects.get().files["procedures/tree-grant/procedure.yaml"]
    assert "2027-03-31" in text
    half = client.post(where, {**boxes, "ended.on": ""})
    assert half.status_code == 302
    assert client.get(where).content.decode().count("「受け付けなくなる日」がありません") == 1
