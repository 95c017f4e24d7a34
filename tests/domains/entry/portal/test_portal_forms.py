"""Pages of questions: every error by its field and in the summary, in the page's language, and nothing typed is lost."""

from __future__ import annotations

import re
from html import escape, unescape
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dokodemo.administration.cases.models import Attachment, Draft
from tests.domains.administration.cases.building import CHILD_ALLOWANCE, photograph, start
from tests.domains.entry import building as b

ABOUT_YOU, CHILDREN, PAYMENT, FILES = range(4)
DOGS_PLACE = 2
EARNER = {"applicant.is_public_servant": "false", "applicant.main_earner": "true"}
HOSTILE = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60) | st.sampled_from(
    [
        '"><script>alert(1)</script>',
        "{{ csrf_token }}",
        "' OR 1=1 --",
        "</textarea>",
        "𠮷邉󠄁",
        "\u202eabc",
        "%00",
        "=1+1",
        "\ufdd0",
    ]
)


class Writer:
    """Somebody who writes a claim for child allowance in a browser."""

    def __init__(self, lang: str = "ja", slug: str = CHILD_ALLOWANCE) -> None:
        self.people = b.household()
        self.account = b.resident_account(self.people[0])
        self.client: Client = b.browser(self.account, lang=lang)
        self.draft = start(b.acting(self.account), slug)

    def url(self, page: int) -> str:
        return reverse("portal:page", args=[self.draft.pk, page])

    def post(self, page: int, data: dict[str, object], *, query: str = "") -> tuple[int, str]:
        answer = self.client.post(self.url(page) + query, data)
        return answer.status_code, answer.content.decode() or answer.headers.get("Location", "")

    def sees(self, page: int) -> str:
        return self.client.get(self.url(page)).content.decode()

    def kept(self) -> Draft:
        return Draft.objects.get(pk=self.draft.pk)


@pytest.fixture
def writer() -> Writer:
    return Writer()


def value_of(html: str, name: str) -> str | None:
    """What stands in a box of a page."""
    found = re.search(rf'<input[^>]*name="{re.escape(name)}"[^>]*value="([^"]*)"', html)
    return unescape(found[1]) if found else None


@pytest.mark.parametrize(
    ("lang", "title"), [("ja", "入力を確かめてください"), ("easy", "直"), ("en", "Please check 2 answers")]
)
def test_what_is_missing_is_said_in_the_summary_and_by_the_question(lang: str, title: str) -> None:
    writer = Writer(lang)
    status, html = writer.post(ABOUT_YOU, {"applicant.phone": "090-0000-1002"})
    assert status == 422
    summary = html[html.index('id="error-summary"') : html.index("</ul>", html.index('id="error-summary"'))]
    assert title in b.words(summary)
    assert 'href="#applicant.is_public_servant"' in summary
    assert 'href="#applicant.main_earner"' in summary
    assert 'id="applicant.is_public_servant--error"' in html
    assert 'aria-describedby="applicant.is_public_servant--' in html


def test_a_refused_page_shows_its_errors_again_when_it_is_opened_later(writer: Writer) -> None:
    writer.post(ABOUT_YOU, {"applicant.phone": "これは番号ではない", **EARNER})
    html = writer.sees(ABOUT_YOU)
    assert value_of(html, "applicant.phone") == "これは番号ではない"
    assert 'href="#applicant.phone"' in html


def test_an_optional_answer_that_was_refused_is_not_left_out_silently(writer: Writer) -> None:
    writer.post(ABOUT_YOU, EARNER | {"applicant.phone": "ばんごう"})
    check = writer.client.get(reverse("portal:check", args=[writer.draft.pk]))
    assert check.status_code == 302
    assert "/0" in check.headers["Location"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=HOSTILE)
def test_hostile_text_comes_back_exactly_and_harmless(writer: Writer, text: str) -> None:
    status, html = writer.post(ABOUT_YOU, {"applicant.phone": text, **EARNER})
    if status != 422:
        return
    assert value_of(html, "applicant.phone") == text
    assert value_of(writer.sees(ABOUT_YOU), "applicant.phone") == text
    assert "<script>alert" not in html


def test_a_name_that_is_a_script_is_shown_as_text_on_the_check(writer: Writer) -> None:
    attack = "<img src=x onerror=alert(1)>"
    writer.post(ABOUT_YOU, EARNER | {"applicant.phone": "090-0000-1002"})
    html = writer.post(CHILDREN, {"child.count": "1", "child-0.relation": attack})[1]
    assert escape(attack) in html
    assert attack not in html


def test_the_language_changes_without_losing_a_word_or_an_error(writer: Writer) -> None:
    writer.post(ABOUT_YOU, {"applicant.phone": "ばんごう"})
    status, html = writer.post(ABOUT_YOU, {"applicant.phone": "ばんごう", "_language": "en"})
    assert status in (200, 422)
    assert '<html lang="en"' in html
    assert value_of(html, "applicant.phone") == "ばんごう"
    assert "Please check" in b.words(html)


def test_children_are_added_and_removed_by_plain_buttons(writer: Writer) -> None:
    shown = writer.sees(CHILDREN)
    assert value_of(shown, "child-0.full_name.given") == "陽葵"
    typed = {
        "child.count": "1",
        "child-0.from": "0",
        "child-0.full_name.family": b.FAMILY_NAME,
        "child-0.full_name.given": "陽葵",
        "child-0.relation": "長女",
    }
    status, more = writer.post(CHILDREN, {**typed, "_add": "child"})
    assert status == 200
    assert value_of(more, "child-0.relation") == "長女"
    assert value_of(more, "child-1.relation") == ""
    fewer = writer.post(
        CHILDREN, {**typed, "child.count": "2", "child-1.relation": "次女", "_remove": "child-0"}
    )[1]
    assert value_of(fewer, "child-0.relation") == "次女"
    assert value_of(writer.sees(CHILDREN), "child-0.relation") == "次女"


def test_no_child_at_all_is_refused_with_a_word_about_it(writer: Writer) -> None:
    writer.post(ABOUT_YOU, EARNER | {"applicant.phone": "090-0000-1002"})
    writer.post(CHILDREN, {"child.count": "0"})
    assert writer.client.get(reverse("portal:check", args=[writer.draft.pk])).status_code == 302


def test_an_answer_that_opens_a_question_shows_it_before_going_on() -> None:
    writer = Writer(slug="dog-registration")
    where = {"dog.kept_here": "true", "dog.registered_before": "false", "dog.has_microchip": "false"}
    where |= {"dog.acquired_on.year": "2026", "dog.acquired_on.month": "11", "dog.acquired_on.day": "16"}
    assert 'name="dog.address.town"' not in writer.sees(DOGS_PLACE)
    status, html = writer.post(DOGS_PLACE, where | {"dog.at_owners_address": "false"})
    assert status == 200
    assert 'name="dog.address.town"' in html
    assert "増えました" in b.words(html)
    status, _ = writer.post(DOGS_PLACE, where | {"dog.at_owners_address": "true", "dog.address.town": "万田"})
    assert status == 302
    assert 'name="dog.address.town"' not in writer.sees(DOGS_PLACE)
    assert "dog.address" not in writer.kept().content["values"]


def test_saving_and_leaving_keeps_even_what_is_wrong(writer: Writer) -> None:
    status, target = writer.post(ABOUT_YOU, {"applicant.phone": "ばんごう", "_save": "1"})
    assert (status, target) == (302, reverse("portal:my"))
    assert "ここまでを保存しました" in b.words(writer.client.get(target).content)
    assert value_of(writer.sees(ABOUT_YOU), "applicant.phone") == "ばんごう"


def test_change_links_come_back_to_the_check() -> None:
    writer = Writer()
    answers = EARNER | {"applicant.phone": "090-0000-1003"}
    _, target = writer.post(ABOUT_YOU, answers, query="?return=check")
    assert target == reverse("portal:check", args=[writer.draft.pk])
    assert f'href="{target}"' in writer.client.get(writer.url(ABOUT_YOU) + "?return=check").content.decode()


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("写真.jpg", b"MZ this is a program", "JPEG"),
        ("空.png", b"", ""),
        ("壊れた.png", b"\x89PNG\r\n\x1a\n broken", ""),
    ],
)
def test_a_file_that_cannot_be_taken_is_said_beside_its_box(name: str, data: bytes, says: str) -> None:
    writer = Writer()
    writer.post(ABOUT_YOU, EARNER | {"applicant.phone": "090-0000-1002"})
    status, html = writer.post(FILES, {"evidence.bank_book": SimpleUploadedFile(name, data)})
    assert status == 422
    assert 'href="#evidence.bank_book"' in html
    assert says in b.words(html)
    assert not Attachment.objects.filter(draft=writer.draft, removed_at__isnull=True).exists()


def test_a_file_survives_an_error_elsewhere_on_its_page_and_can_be_taken_off() -> None:
    writer = Writer()
    writer.post(FILES, {"evidence.bank_book": SimpleUploadedFile("通帳.jpg", photograph())})
    html = writer.sees(FILES)
    assert "通帳.jpg" in html
    pressed = re.search(r'name="_remove" value="(evidence\.bank_book:[0-9a-f-]+)"', html)
    assert pressed
    after = writer.post(FILES, {"_remove": pressed[1]})[1]
    assert "通帳.jpg" not in after


@pytest.mark.parametrize("attachment", ["nonsense", str(UUID(int=7))])
def test_taking_off_a_file_that_is_not_there_is_not_found(attachment: str) -> None:
    assert Writer().post(FILES, {"_remove": f"evidence.bank_book:{attachment}"})[0] == 404


def test_the_step_list_ends_with_the_check(writer: Writer) -> None:
    words = b.words(writer.sees(ABOUT_YOU))
    assert "全5ステップ中 1番目" in words
    assert "内容の確認" in words


def test_a_page_number_beyond_the_form_is_not_found(writer: Writer) -> None:
    assert writer.client.get(writer.url(99)).status_code == 404


def test_pages_about_a_person_stay_in_no_cache(writer: Writer) -> None:
    assert "no-cache" in writer.client.get(writer.url(ABOUT_YOU)).headers["Cache-Control"]
