"""From the first word to being in force: who may do what, what is refused, and what survives."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from dokodemo.administration.authoring import actions, events, queries, starting
from dokodemo.administration.authoring.actions import Refused
from dokodemo.administration.authoring.content import procedure_path, terms_path
from dokodemo.administration.authoring.models import Proposal, State
from dokodemo.administration.inventory import searching
from dokodemo.administration.procedures import actions as procedure_actions
from dokodemo.administration.procedures import office
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.models import OfficeFile, ProcedureVersion
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, Forbidden, NotFound, Role
from dokodemo.kernel.events import of_object
from dokodemo.kernel.packs import PackError, open_pack
from tests.domains.city.city_builders import staff

pytestmark = pytest.mark.django_db

FIRST = starting.First(
    title={"ja": "生け垣の補助", "easy": "木《き》の 壁《かべ》の お金《かね》", "en": "Grant for hedges"},
    kind="application",
    law={"name": "小さな市生け垣条例", "article": "第3条"},
    legal_basis_kind="ordinance",
    section="green",
    life_events=("garden",),
)
ASK = [
    {
        "page": {"ja": "あなた", "easy": "あなた", "en": "You"},
        "ask": ["applicant.full_name", "applicant.resident_here"],
    }
]
RULE = {
    "when": "applicant.resident_here",
    "say": {"ja": "市内に住んでいる", "easy": "この 市《し》に います", "en": "You live here"},
    "article": "第3条",
}
EXAMPLE = {
    "title": "市外の人",
    "on": "2026-11-23",
    "facts": {"applicant.resident_here": False},
    "eligible": False,
    "because": [1],
}


def clerk() -> Actor:
    return staff(("green", Role.CASEWORKER))


def head() -> Actor:
    return staff(("green", Role.HEAD_OF_SECTION))


def hedges(actor: Actor) -> Proposal:
    """A new procedure with nothing left to mend."""
    proposal = actions.start_new(actor=actor, first=FIRST)
    letters = {"approved": "letters/approval.typ", "refused": "letters/refusal.typ"}
    proposal = actions.change(
        actor=actor,
        proposal_id=proposal.pk,
        values={
            "form": ASK,
            "eligible": [RULE],
            "measures": ["life-4"],
            "say": ["生け垣を作りたい"],
            "outcome": letters,
        },
    )
    content = queries.content_of(proposal)
    files = content.with_letter("letters/approval.typ", '#import "/letters/_letter.typ": *\n= 決定\n')
    files = type(content)(content.slug, files, content.pack).with_examples([EXAMPLE])
    return actions.change_files(actor=actor, proposal_id=proposal.pk, files=files)


def in_force(proposal: Proposal, by: Actor) -> None:
    actions.submit(actor=by, proposal_id=proposal.pk)
    actions.approve(actor=head(), proposal_id=proposal.pk, publish_on=calendar_jp.today())
    assert actions.publish_due() == [proposal.slug]


def verbs(proposal_id: UUID) -> list[str]:
    return [event.verb for event in of_object("proposal", str(proposal_id))]


def test_a_procedure_written_from_nothing_is_found_by_search() -> None:
    author = clerk()
    proposal = hedges(author)
    assert proposal.slug == "grant-hedges"
    assert "grant-hedges" not in {hit.slug for hit in searching.search("生け垣を作りたい")}
    in_force(proposal, author)
    assert searching.search("生け垣を作りたい")[0].slug == "grant-hedges"
    assert [p.slug for p in procedures.by_life_event("garden")] == ["grant-hedges", "tree-grant"]
    assert "grant-hedges" in {p.slug for p in procedures.by_measure("life-4")}
    assert "grant-hedges" in procedures.online_kinds().full
    assert verbs(proposal.pk) == [
        events.STARTED, events.CHANGED, events.CHANGED, events.SUBMITTED, events.APPROVED, events.PUBLISHED,
    ]  # fmt: skip


def test_what_the_office_put_in_force_survives_every_load_of_the_pack() -> None:
    author = clerk()
    in_force(hedges(author), author)
    version = procedures.get_published("grant-hedges").version_id
    done = procedure_actions.publish(open_pack("small"), demo=True)
    assert (done.published, done.retired) == ([], [])
    assert procedures.get_published("grant-hedges").version_id == version


def test_a_change_of_a_published_procedure_is_its_next_version_and_only_the_file_of_the_city() -> None:
    author = clerk()
    proposal = actions.start_from_published(actor=author, slug="tree-grant")
    before = proposal.files[procedure_path("tree-grant")]
    proposal = actions.change(actor=author, proposal_id=proposal.pk, values={"minutes": 9})
    after = proposal.files[procedure_path("tree-grant")]
    assert after == before.replace("minutes: 5", "minutes: 9")
    in_force(proposal, author)
    now = procedures.get_published("tree-grant")
    assert (now.number, now.definition.minutes) == (2, 9)
    assert [p.definition.minutes for p in procedures.versions_of("tree-grant")] == [5, 9]


def test_nobody_approves_what_they_wrote_on() -> None:
    author = staff(("green", Role.CASEWORKER), ("green", Role.HEAD_OF_SECTION))
    proposal = hedges(author)
    actions.submit(actor=author, proposal_id=proposal.pk)
    with pytest.raises(Forbidden):
        actions.approve(actor=author, proposal_id=proposal.pk, publish_on=calendar_jp.today())
    with pytest.raises(Forbidden):
        actions.approve(actor=clerk(), proposal_id=proposal.pk, publish_on=calendar_jp.today())


@pytest.mark.parametrize(
    "who", [("health", Role.HEAD_OF_SECTION), ("green", Role.CIO), ("green", Role.ADMINISTRATOR)]
)
def test_another_section_finds_nothing_to_write_on(who: tuple[str, Role]) -> None:
    proposal = hedges(clerk())
    for act in (
        lambda: actions.change(actor=staff(who), proposal_id=proposal.pk, values={"minutes": 1}),
        lambda: actions.submit(actor=staff(who), proposal_id=proposal.pk),
        lambda: actions.discard(actor=staff(who), proposal_id=proposal.pk),
        lambda: actions.start_from_published(actor=staff(who), slug="tree-grant"),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(Forbidden):
        actions.start_new(actor=staff(who), first=FIRST)


def test_publishing_is_refused_while_an_example_fails() -> None:
    author = clerk()
    proposal = hedges(author)
    wrong = queries.content_of(proposal).with_examples([{**EXAMPLE, "eligible": True, "because": []}])
    actions.change_files(actor=author, proposal_id=proposal.pk, files=wrong)
    with pytest.raises(Refused, match="problems"):
        actions.submit(actor=author, proposal_id=proposal.pk)


def test_what_was_approved_waits_for_its_day(settings: Any) -> None:
    author = clerk()
    proposal = hedges(author)
    actions.submit(actor=author, proposal_id=proposal.pk)
    day = calendar_jp.today() + timedelta(days=3)
    with pytest.raises(Refused, match="past_day"):
        actions.approve(actor=head(), proposal_id=proposal.pk, publish_on=date(2020, 1, 1))
    actions.approve(actor=head(), proposal_id=proposal.pk, publish_on=day)
    assert actions.publish_due() == []
    with pytest.raises(NotFound):
        procedures.get_published("grant-hedges")
    settings.DOKODEMO_TODAY = day
    assert actions.publish_due() == ["grant-hedges"]
    assert actions.publish_due() == []


def test_what_stopped_fitting_before_its_day_goes_back_to_its_writers() -> None:
    author = clerk()
    proposal = hedges(author)
    actions.submit(actor=author, proposal_id=proposal.pk)
    actions.approve(actor=head(), proposal_id=proposal.pk, publish_on=calendar_jp.today())
    path = procedure_path(proposal.slug)
    broken = {**proposal.files, path: proposal.files[path].replace("unit: green", "unit: gone")}
    Proposal.objects.filter(pk=proposal.pk).update(files=broken)
    assert actions.publish_due() == []
    proposal.refresh_from_db()
    assert proposal.state == State.DRAFT
    assert proposal.returned_because
    assert verbs(proposal.pk)[-1] == events.REFUSED
    assert not OfficeFile.objects.exists()


def test_a_new_term_waits_for_the_owner_of_the_vocabulary_and_for_its_exact_wording() -> None:
    author, owner = clerk(), staff(("policy", Role.DIGITAL_OFFICER))
    proposal = hedges(author)
    term = {
        "name": "hedge.length", "gif": None, "own": "a hedge is in no core model", "type": "integer",
        "label": {"ja": "生け垣の長さ（m）", "easy": "木《き》の 長《なが》さ", "en": "Length in metres"},
        "confidentiality": "1", "purpose": "eligibility",
    }  # fmt: skip
    group = {"name": "hedge", "label": {"ja": "生け垣", "easy": "木《き》の 壁《かべ》", "en": "Hedge"}}
    files = queries.content_of(proposal).with_terms([group], [term])
    actions.change_files(actor=author, proposal_id=proposal.pk, files=files)
    pages = [{**ASK[0], "ask": [*ASK[0]["ask"], "hedge.length"]}]  # type: ignore[misc]
    actions.change(actor=author, proposal_id=proposal.pk, values={"form": pages})
    with pytest.raises(Refused, match="terms"):
        actions.submit(actor=author, proposal_id=proposal.pk)
    assert [one.name for one in queries.terms_to_decide()] == ["hedge.length"]
    with pytest.raises(Forbidden):
        actions.decide_term(actor=author, proposal_id=proposal.pk, name="hedge.length", agreed=True)
    actions.decide_term(actor=owner, proposal_id=proposal.pk, name="hedge.length", agreed=True)
    assert queries.terms_to_decide() == []
    other = queries.content_of(Proposal.objects.get(pk=proposal.pk)).with_terms(
        [group], [{**term, "purpose": "contact"}]
    )
    actions.change_files(actor=author, proposal_id=proposal.pk, files=other)
    assert [one.name for one in queries.terms_to_decide()] == ["hedge.length"]
    actions.decide_term(actor=owner, proposal_id=proposal.pk, name="hedge.length", agreed=True)
    in_force(Proposal.objects.get(pk=proposal.pk), author)
    assert "hedge.length" in procedures.get_published("grant-hedges").vocabulary.terms
    assert OfficeFile.objects.filter(path=terms_path("grant-hedges")).exists()


def test_what_is_typed_and_cannot_be_taken_is_kept_and_holds_submission_back() -> None:
    author = clerk()
    proposal = hedges(author)
    actions.keep_typed(actor=author, proposal_id=proposal.pk, page="service", typed={"minutes": "十分"})
    with pytest.raises(Refused, match="unsettled"):
        actions.submit(actor=author, proposal_id=proposal.pk)
    actions.change(actor=author, proposal_id=proposal.pk, values={"minutes": 10}, page="service")
    actions.submit(actor=author, proposal_id=proposal.pk)
    with pytest.raises(Refused, match="not_editable"):
        actions.change(actor=author, proposal_id=proposal.pk, values={"minutes": 12})


def test_a_definition_put_together_elsewhere_is_a_draft_with_its_remarks() -> None:
    definition = {
        "title": {"ja": "落ち葉の届出", "easy": "葉《は》の 届《とど》け", "en": "Report fallen leaves"},
        "kind": "notification", "law": {"name": "小さな市条例", "article": "第9条"}, "unit": "green", "unknown": 1,
    }  # fmt: skip
    proposal = actions.start_from(definition, ["手続IDで補う"], actor=clerk())
    assert (proposal.slug, proposal.section, proposal.remarks) == (
        "report-fallen-leaves",
        "green",
        ["手続IDで補う"],
    )
    assert queries.title_of(proposal) == "落ち葉の届出"
    with pytest.raises(PackError, match="unit"):
        actions.start_from({"title": definition["title"]}, [], actor=clerk())


def test_files_of_another_folder_are_refused() -> None:
    proposal = hedges(clerk())
    for path in ("procedures/tree-grant/procedure.yaml", "pack.yaml", "../x.yaml", "vocabulary/terms.yaml"):
        with pytest.raises(PackError, match="belong"):
            actions.change_files(
                actor=clerk(), proposal_id=proposal.pk, files={**proposal.files, path: "slug: x\n"}
            )


def test_the_pack_takes_over_what_it_says_itself(tmp_path: Path) -> None:
    author = clerk()
    proposal = hedges(author)
    in_force(proposal, author)
    folder = tmp_path / "packs" / "small"
    written = office.write_pack(open_pack("small"), folder)
    assert written.from_office == len(proposal.files)
    for path, text in proposal.files.items():
        assert (folder / path).read_bytes() == text.encode()
    with pytest.raises(FileExistsError):
        office.write_pack(open_pack("small"), folder)
    before = ProcedureVersion.objects.count()
    done = procedure_actions.publish(open_pack("small", roots=[folder.parent]), demo=True)
    assert (done.taken_over, done.published, done.retired) == (["grant-hedges"], [], [])
    assert not OfficeFile.objects.exists()
    assert ProcedureVersion.objects.count() == before


def test_a_pack_that_no_longer_fits_holds_the_procedure_of_the_office_and_loads_the_rest(
    tmp_path: Path,
) -> None:
    author = clerk()
    in_force(hedges(author), author)
    folder = tmp_path / "packs" / "small"
    shutil.copytree(open_pack("small").layers[-1].folder, folder)
    (folder / "letters" / "refusal.typ").rename(folder / "letters" / "no.typ")
    definition = folder / "procedures" / "tree-grant" / "procedure.yaml"
    definition.write_text(
        definition.read_text("utf-8").replace("letters/refusal.typ", "letters/no.typ"), "utf-8"
    )
    done = procedure_actions.publish(open_pack("small", roots=[folder.parent]), demo=True)
    assert (list(done.held), done.published, done.retired) == (["grant-hedges"], ["tree-grant"], [])
    assert procedures.get_published("grant-hedges").number == 1
