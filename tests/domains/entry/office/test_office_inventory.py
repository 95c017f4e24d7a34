"""The inventory in the office: what a section sees, says and sends, and what headquarters hands out."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from dokodemo.administration.inventory.models import Confirmation, InventoryRow
from dokodemo.kernel.access import Role
from tests.domains.administration.inventory.inventory_city import give, take_in
from tests.domains.administration.inventory.surveys import row
from tests.domains.entry import building as b

LIST, TABLE, UPLOAD = "/office/inventory/", "/office/inventory/table.csv", "/office/inventory/upload"
GOOD = {
    "revision": "0",
    "performed": "performed",
    "online": "not_yet",
    "yearly": "1,200",
    "yearly_online": "0",
}


@pytest.fixture(autouse=True)
def _survey() -> None:
    """Rows 101 and 102 of the health section, 103 of nobody, and the dog that a definition answers for."""
    take_in(
        row("101", 総手続件数="9000000"),
        row("102", 総手続件数="0"),
        row("103"),
        row("48899", 手続名="犬の登録の申請"),
    )
    give("health", "101", "102")


def clerk(section: str = "health") -> object:
    return b.browser(b.caseworker(section))


def chief() -> object:
    return b.browser(b.staff_account(("policy", Role.DIGITAL_OFFICER)))


def read(response: HttpResponse) -> str:
    return b.words(response.content)


def test_without_a_survey_the_list_says_how_to_take_one_in() -> None:
    InventoryRow.objects.filter(assignments=None).delete()
    page = read(clerk("childcare").get(LIST))  # type: ignore[attr-defined]
    assert "この条件の手続はありません" in page


def test_a_section_finds_its_rows_with_estimates_marked_and_unreported_ones_empty() -> None:
    page = read(clerk().get(LIST))  # type: ignore[attr-defined]
    assert "3,627 推計" in page
    assert "犬の登録の申請" not in page
    assert "課を決める" not in page


def test_the_menu_leads_to_the_inventory_only_for_those_who_have_rows_to_look_at() -> None:
    assert LIST in clerk().get("/office/").content.decode()  # type: ignore[attr-defined]
    assert LIST not in b.browser(b.head("health")).get("/office/").content.decode()


def test_a_row_is_confirmed_and_the_next_unconfirmed_one_comes() -> None:
    browser = clerk()
    answer = browser.post(f"{LIST}rows/101/?section=health", {**GOOD, "next": "1"})  # type: ignore[attr-defined]
    assert answer.headers["Location"] == f"{LIST}rows/102/?section=health&done=1"
    page = read(browser.get(f"{LIST}rows/101/"))  # type: ignore[attr-defined]
    assert "担当 health" in page
    assert InventoryRow.objects.get(number="101").yearly == 1200


def test_what_was_typed_comes_back_with_what_is_wrong() -> None:
    typed = {**GOOD, "online": "partial", "missing": "窓口で払う", "yearly": "多い"}
    answer = clerk().post(f"{LIST}rows/101/", typed)  # type: ignore[attr-defined]
    assert answer.status_code == 422
    assert 'value="窓口で払う"' in answer.content.decode()
    assert 'id="yearly-error"' in answer.content.decode()
    typed["yearly"] = "5"
    answer = clerk().post(f"{LIST}rows/101/", typed)  # type: ignore[attr-defined]
    assert 'id="lacks-error"' in answer.content.decode()
    assert not Confirmation.objects.exists()


def test_a_form_that_somebody_overtook_shows_the_newest_state_and_keeps_what_was_typed() -> None:
    clerk().post(f"{LIST}rows/101/", GOOD)  # type: ignore[attr-defined]
    late = clerk().post(f"{LIST}rows/101/", {**GOOD, "online": "full"})  # type: ignore[attr-defined]
    assert late.status_code == 409
    assert 'name="revision" value="1"' in late.content.decode()
    assert Confirmation.objects.count() == 1


@pytest.mark.parametrize("revision", ["", "x", "-1", "99999999999999999999"])
def test_a_form_without_its_revision_confirms_nothing(revision: str) -> None:
    assert clerk().post(f"{LIST}rows/101/", {**GOOD, "revision": revision}).status_code == 409  # type: ignore[attr-defined]
    assert not Confirmation.objects.exists()


def test_a_linked_row_asks_only_what_the_definition_does_not_say() -> None:
    browser = clerk("environment")
    html = browser.get(f"{LIST}rows/48899/").content.decode()  # type: ignore[attr-defined]
    assert 'name="via_mynaportal"' in html
    assert 'name="performed"' not in html
    answer = browser.post(f"{LIST}rows/48899/", {"revision": "0", "via_mynaportal": "no", "yearly": "300"})  # type: ignore[attr-defined]
    assert answer.status_code == 302
    assert Confirmation.objects.get().performed == ""


def test_headquarters_sees_every_row_and_confirms_none() -> None:
    page = read(chief().get(f"{LIST}rows/101/"))  # type: ignore[attr-defined]
    assert "確認できるのは担当課のデジタル担当と担当者です" in page
    assert chief().post(f"{LIST}rows/101/", GOOD).status_code == 403  # type: ignore[attr-defined]


def test_many_rows_are_marked_at_once_and_the_choice_is_kept() -> None:
    data = {"number": ["101", "102"], "say": "not_performed"}
    answer = clerk().post(f"{LIST}confirm?event=moving_in", data)  # type: ignore[attr-defined]
    assert answer.headers["Location"] == f"{LIST}?event=moving_in&done=confirmed&count=2&left=0"
    assert set(InventoryRow.objects.filter(section="health").values_list("performed", flat=True)) == {
        "not_performed"
    }


@pytest.mark.parametrize(
    "data", [{"say": "not_performed"}, {"number": ["101"]}, {"number": ["101"], "say": "full"}]
)
def test_nothing_is_marked_without_rows_or_with_an_unknown_word(data: dict[str, object]) -> None:
    assert clerk().post(f"{LIST}confirm", data).status_code == 422  # type: ignore[attr-defined]
    assert not Confirmation.objects.exists()


def test_headquarters_gives_chosen_rows_or_the_whole_choice_to_a_section() -> None:
    answer = chief().post(f"{LIST}assign?section=-", {"all": "1", "to_section": "childcare"})  # type: ignore[attr-defined]
    assert "count=1" in answer.headers["Location"]
    assert InventoryRow.objects.get(number="103").section == "childcare"
    wrong = chief().post(f"{LIST}assign", {"number": ["101"], "to_section": "nowhere"})  # type: ignore[attr-defined]
    assert wrong.status_code == 422
    assert chief().post(f"{LIST}assign", {"to_section": "childcare"}).status_code == 422  # type: ignore[attr-defined]


def send(browser: object, data: bytes) -> HttpResponse:
    answer: HttpResponse = browser.post(UPLOAD, {"table": SimpleUploadedFile("table.csv", data)})  # type: ignore[attr-defined]
    return answer


def test_a_table_goes_out_and_comes_back() -> None:
    browser = clerk()
    out = browser.get(TABLE)  # type: ignore[attr-defined]
    assert out.headers["Content-Disposition"].startswith("attachment")
    assert out.headers["Cache-Control"] == "private, no-store"
    lines = out.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    filled = out.content.replace(b",health,0,,,,,,,,,", ",health,0,,未実施,,,,,,,".encode(), 1)
    answer = send(browser, filled)
    assert answer.headers["Location"] == f"{LIST}?done=uploaded&count=1&left=1"


@pytest.mark.parametrize("lang", ["ja", "easy", "en"])
def test_a_wrong_table_is_told_line_by_line_in_the_readers_language(lang: str) -> None:
    browser = b.browser(b.caseworker("health"), lang=lang)
    data = browser.get(TABLE).content.replace(b",health,0,,,,", ",health,0,,する,,".encode(), 1)
    answer = send(browser, data)
    assert answer.status_code == 422
    assert "<td data-label" in answer.content.decode()
    assert ">実施の有無</td>" in answer.content.decode()
    assert not Confirmation.objects.exists()


@pytest.mark.parametrize(
    "data", [b"", "名前\n".encode(), "手続ID".encode("utf-16"), "手続ID,担当課\n".encode("cp932")]
)
def test_what_is_no_table_is_refused_with_words(data: bytes) -> None:
    assert send(clerk(), data).status_code == 422
    assert clerk().post(UPLOAD, {}).status_code == 422  # type: ignore[attr-defined]


def test_a_draft_is_a_file_that_names_what_is_left_to_decide() -> None:
    answer = clerk().get(f"{LIST}rows/101/draft.yaml")  # type: ignore[attr-defined]
    text = answer.content.decode()
    assert text.startswith("# ")
    assert "slug: inventory-101\n" in text
    assert "unit: health\n" in text


@pytest.mark.parametrize(
    "query",
    ["?state=gone", "?state=%00", "?page=-1", "?page=99999999999", "?section=%27--", "?event=x&search=%5C"],
)
def test_strange_choices_show_a_page(query: str) -> None:
    assert chief().get(LIST + query).status_code == 200  # type: ignore[attr-defined]


def test_a_confirmed_row_becomes_a_procedure_of_its_section() -> None:
    begin = f"{LIST}rows/101/procedure"
    assert clerk().post(begin).status_code == 404, "nobody has confirmed the row yet"  # type: ignore[attr-defined]
    assert clerk().post(f"{LIST}rows/101/", GOOD).status_code == 302  # type: ignore[attr-defined]
    assert "下書きから手続を作る" in read(clerk().get(f"{LIST}rows/101/"))  # type: ignore[attr-defined]
    first = clerk().post(begin)  # type: ignore[attr-defined]
    assert first.status_code == 302
    page = read(clerk().get(first.headers["Location"]))  # type: ignore[attr-defined]
    assert "条文を確かめてください" in page
    assert "inventory.remark" not in page
    assert clerk().post(begin).headers["Location"] == first.headers["Location"]  # type: ignore[attr-defined]
    assert clerk("tax").post(begin).status_code == 404  # type: ignore[attr-defined]
    assert chief().post(begin).status_code == 404  # type: ignore[attr-defined]
    assert b.browser().post(begin).status_code == 302
    assert b.browser(b.resident_account()).post(begin).status_code == 403
