"""The editor's pages: every address for its own people only, and a procedure written from nothing through them."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dokodemo.administration.authoring.models import Proposal
from dokodemo.administration.inventory import searching
from dokodemo.administration.procedures import queries as procedures
from dokodemo.entry.office.urls import EDITOR
from dokodemo.kernel.access import Role
from tests.domains.entry import building as b

pytestmark = pytest.mark.django_db

TITLE = {
    "title.ja": "生け垣の補助",
    "title.easy": "木《き》の 壁《かべ》の お金《かね》",
    "title.en": "Grant for hedges",
}
FIRST = {
    **TITLE,
    "kind": "application",
    "law.name": "小さな市生け垣条例",
    "law.article": "第3条",
    "legal_basis_kind": "ordinance",
    "unit": "green",
    "life_events": ["garden"],
}
NEEDED = {
    "summary.ja": "生け垣を作る人への補助です。",
    "summary.easy": "木《き》の 壁《かべ》を 作《つく》る 人《ひと》の お金《かね》です。",
    "summary.en": "For those who plant hedges.",
}
SAID = {"say": "生け垣を作りたい\nいけがき", "say_en": "hedge", "needs.count": "0"}


def clerk() -> Client:
    return b.browser(b.caseworker("green"))


def begun(client: Client) -> Proposal:
    answer = client.post(reverse("office:editor_new"), FIRST)
    assert answer.status_code == 302, answer.content.decode()
    return Proposal.objects.get()


def at(name: str, one: Proposal, *more: Any) -> str:
    return reverse(f"office:{name}", args=[one.pk, *more])


def finished(client: Client) -> Proposal:
    """A proposal with every page filled in through the forms."""
    one = begun(client)
    assert client.post(at("proposal_part", one, "texts"), {**TITLE, **NEEDED, **SAID}).status_code == 302
    page = {"page.ja": "あなたについて", "page.easy": "あなたの こと", "page.en": "About you"}
    asks = {"ask-0.term": "applicant.full_name", "ask-1.term": "applicant.resident_here"}
    assert client.post(at("proposal_entry", one, "form", 0), {**page, **asks}).status_code == 302
    rule = {
        "when": "", "say.ja": "市内に住んでいる", "say.easy": "この 市《し》に います", "say.en": "You live here",
        "article": "第3条", "when.b0.term": "applicant.resident_here", "when.b0.operator": "yes",
    }  # fmt: skip
    built = client.post(at("proposal_entry", one, "conditions", 0), {**rule, "_build": "when"})
    assert built.status_code == 200
    assert ">applicant.resident_here</textarea>" in built.content.decode()
    letter = '#set document(title: "決定")\n#set text(lang: "ja", font: "Noto Serif JP")\n= 決定\n'
    assert (
        client.post(at("proposal_letters", one), {"outcome": "approved", "source": letter}).status_code == 302
    )
    case = {"title": "市外の人", "on": "2026-11-23", "applicant.resident_here": "false"}
    tried = client.post(
        at("proposal_examples", one), {**case, "eligible": "false", "because": ["1"], "_try": "1"}
    )
    assert "verdict" in tried.content.decode()
    kept = client.post(
        at("proposal_examples", one), {**case, "eligible": "false", "because": ["1"], "_save": "1"}
    )
    assert kept.status_code == 302, b.words(kept.content)
    basis = {key: value for key, value in FIRST.items() if not key.startswith("title")}
    basis |= {
        "measures": ["life-4"], "affairs": "self_government", "identity": "authenticated", "who_may_file": ["self"],
        "subject": "applicant", "audience": ["resident"], "steps": ["completeness", "decision"], "approval": "two_person",
        "priority": "", "inventory": "", "appeal": "",
    }  # fmt: skip
    from dokodemo.administration.authoring import actions

    actions.change(actor=b.acting(b.caseworker("green")), proposal_id=one.pk, values={"measures": ["life-4"]})
    answer = client.post(at("proposal_part", one, "basis"), basis)
    assert answer.status_code == 302, b.words(answer.content)
    return Proposal.objects.get(pk=one.pk)


def test_a_caseworker_writes_a_subsidy_from_nothing_and_it_is_found_by_search() -> None:
    client = clerk()
    one = finished(client)
    page = client.get(at("proposal_checks", one))
    assert "公開を止める問題はありません" in page.content.decode(), b.words(page.content)
    client.post(at("proposal_submit", one))
    other = b.browser(b.head("green"))
    assert "生け垣の補助" in other.get(reverse("office:editor")).content.decode()
    answer = other.post(at("proposal_approve", one), {"publish_on": "", "confirmed": "1"}, follow=True)
    assert "公開済み" in answer.content.decode(), b.words(answer.content)
    assert searching.search("いけがき")[0].slug == "grant-hedges"
    assert procedures.get_published("grant-hedges").definition.confirmed.by == "みどり課長"
    found = Client().get("/search", {"q": "生け垣を作りたい"}, follow=True)
    assert "生け垣の補助" in found.content.decode()


PAGES: dict[str, tuple[Any, ...]] = {
    "editor": (), "editor_new": (), "proposal": ("one",), "proposal_part": ("one", "service"),
    "proposal_list": ("one", "conditions"), "proposal_entry": ("one", "conditions", 0), "proposal_letters": ("one",),
    "proposal_letter": ("one", "approved"), "proposal_examples": ("one",), "proposal_terms": ("one",),
    "proposal_checks": ("one",), "proposal_preview": ("one",), "proposal_page": ("one", 0),
    "proposal_difference": ("one",), "proposal_export": ("one",),
}  # fmt: skip
ACTS: dict[str, tuple[Any, ...]] = {
    "editor_import": (), "editor_start": ("tree-grant",), "proposal_term": ("one",), "proposal_submit": ("one",),
    "proposal_return": ("one",), "proposal_approve": ("one",), "proposal_discard": ("one",), "proposal_rebase": ("one",),
}  # fmt: skip


def test_every_address_of_the_editor_is_in_a_table() -> None:
    assert sorted({*PAGES, *ACTS}) == sorted(str(pattern.name) for pattern in EDITOR)


@pytest.mark.parametrize("name", sorted({**PAGES, **ACTS}))
def test_an_address_opens_for_its_own_people_only(name: str) -> None:
    one = finished(clerk())
    parts = [one.pk if part == "one" else part for part in {**PAGES, **ACTS}[name]]
    url = reverse(f"office:{name}", args=parts)
    before = Proposal.objects.get(pk=one.pk)

    def status(client: Client) -> int:
        answer = client.get(url) if name in PAGES else client.post(url, {"publish_on": "", "because": "x"})
        return answer.status_code

    assert status(b.browser()) == 302
    assert status(b.browser(b.resident_account())) == 403
    assert status(b.browser(b.staff_account(("green", Role.CIO)))) == 403
    elsewhere = status(b.browser(b.caseworker("health")))
    assert elsewhere == (
        404 if parts else {"editor": 200, "editor_new": 200, "editor_import": 302}[name]
    ) or (name == "proposal_term" and elsewhere == 403)
    assert b.browser(b.caseworker("green"), second_factor=False).get(url).status_code == 302
    assert Proposal.objects.get(pk=one.pk).files == before.files
    assert Proposal.objects.get(pk=one.pk).state == before.state
    if name in PAGES:
        assert status(clerk()) == 200
    else:
        assert clerk().get(url).status_code == (403 if name == "proposal_term" else 405)


def test_a_page_of_each_kind_speaks_three_languages() -> None:
    one = finished(clerk())
    for lang in ("ja", "easy", "en"):
        client = b.browser(b.caseworker("green"), lang=lang)
        for part in ("texts", "basis", "service"):
            assert client.get(at("proposal_part", one, part)).status_code == 200
        for part in ("form", "conditions", "evidence", "amounts", "deadlines"):
            assert client.get(at("proposal_list", one, part)).status_code == 200
            assert client.get(at("proposal_entry", one, part, 0)).status_code == 200


def test_what_cannot_be_taken_is_shown_again_as_typed_and_the_rest_is_saved() -> None:
    client = clerk()
    one = begun(client)
    values = {
        "online.state": "full", "minutes": "7", "standard_period.days": "三十日", "standard_period.count": "calendar",
        "fee.amount": "0",
    }  # fmt: skip
    answer = client.post(at("proposal_part", one, "service"), values)
    assert answer.status_code == 422
    again = client.get(at("proposal_part", one, "service")).content.decode()
    assert "三十日" in again
    assert 'value="7"' in again
    assert (
        client.post(at("proposal_part", one, "service"), {**values, "standard_period.days": "20"}).status_code
        == 302
    )


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("applicant.nothing = 1", "applicant.nothing"),
        ("applicant.resident_here AND", "読めません"),
        ("1 + " * 900 + "1 = 1", "字を超えています"),
        ("(" * 40 + "applicant.resident_here" + ")" * 40, "かっこが深すぎます"),
    ],
)
def test_a_rule_that_cannot_be_read_is_refused_beside_its_box(rule: str, words: str) -> None:
    client = clerk()
    one = begun(client)
    entry = {"when": rule, "say.ja": "あ", "say.easy": "い", "say.en": "u", "article": "第1条"}
    answer = client.post(at("proposal_entry", one, "conditions", 0), entry)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'id="when-error"' in page
    assert words in page.partition('id="when-error"')[2].partition("</p>")[0]


def test_a_wrong_import_is_refused_with_file_and_line() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("procedures/hedge/procedure.yaml", "slug: hedge\n\ttitle: x\n")
    out.seek(0)
    out.name = "x.zip"
    answer = clerk().post(reverse("office:editor_import"), {"archive": out}, follow=True)
    assert "procedures/hedge/procedure.yaml:2" in answer.content.decode()
    assert not Proposal.objects.exists()


def test_what_was_exported_comes_back_as_it_was() -> None:
    client = clerk()
    one = finished(client)
    first = client.get(at("proposal_export", one)).content
    client.post(at("proposal_discard", one))
    upload = io.BytesIO(first)
    upload.name = "hedges.zip"
    answer = client.post(reverse("office:editor_import"), {"archive": upload})
    assert answer.status_code == 302
    again = Proposal.objects.exclude(pk=one.pk).get()
    assert client.get(at("proposal_export", again)).content == first


def test_a_question_about_creed_stops_publication() -> None:
    client = clerk()
    one = finished(client)
    term = {
        "name": "hedge.creed", "label.ja": "信条", "label.easy": "考《かんが》え", "label.en": "Creed", "type": "text",
        "purpose": "eligibility", "confidentiality": "3A", "own": "x", "choices": "", "group_label.ja": "生け垣",
        "group_label.easy": "木《き》", "group_label.en": "Hedge",
    }  # fmt: skip
    assert client.post(at("proposal_terms", one), term).status_code == 302
    page = client.get(at("proposal_checks", one)).content.decode()
    assert "どこにも使われていません" in page


def test_the_form_is_shown_to_frames_of_this_site_only(settings: Any) -> None:
    client = clerk()
    one = finished(client)
    inside = client.get(at("proposal_page", one, 0))
    assert "frame-ancestors 'self'" in inside.headers["Content-Security-Policy"]
    assert inside.headers["X-Frame-Options"] == "SAMEORIGIN"
    around = client.get(at("proposal_preview", one))
    assert "frame-src 'self'" in around.headers["Content-Security-Policy"]
    assert around.headers["X-Frame-Options"] == "DENY"


def test_the_owner_of_the_vocabulary_reads_and_decides_but_does_not_write() -> None:
    one = finished(clerk())
    owner = b.browser(b.staff_account(("policy", Role.DIGITAL_OFFICER)))
    assert owner.get(at("proposal_terms", one)).status_code == 200
    assert owner.post(at("proposal_part", one, "service"), {"minutes": "1"}).status_code == 404
