"""The language changes in the middle of a form and nothing typed is lost (入力中の表示言語の切替)."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from dokodemo.administration.cases.models import Decision, Message, Note
from dokodemo.kernel.access import Account, Role
from tests.domains.entry import building as b

pytestmark = pytest.mark.django_db

TEXT = "一行目 <b>\r\n二行目"
ESCAPED = "一行目 &lt;b&gt;\r\n二行目"


def button(page: str, word: str = "en") -> tuple[str, str, str]:
    """The form, the address and the value of the button that switches; there is one, and its form is on the page."""
    found = re.findall(
        rf'<button (?:class="tool" )?form="([^"]+)" formaction="([^"]+)" name="_switch" value="({word} [^"]+)"',
        page,
    )
    assert len(found) == 1
    form, address, value = found[0]
    assert re.search(rf'<form [^>]*id="{form}"', page), f"no form {form}"
    return form, unescape(address), value


def switched(client: Client, page: str, typed: dict[str, Any], word: str = "en") -> str:
    """The page after pressing a language with these boxes filled in."""
    form, address, value = button(page, word)
    answer = client.post(address, {**typed, "_switch": value})
    assert answer.status_code == 200
    after = answer.content.decode()
    assert f'<html lang="{"en" if word == "en" else "ja"}"' in after
    assert button(after, {"on": "off"}.get(word, word))[0] == form
    return after


@pytest.fixture
def misaki() -> Account:
    return b.resident_account(b.household()[0])


@pytest.mark.parametrize("word", ["en", "easy", "ja", "on"])
def test_asking_to_act_for_somebody(misaki: Account, word: str) -> None:
    client = b.browser(misaki)
    typed = {
        "kind": "mandate",
        "name": "髙木 <花>",
        "born": "昭和19年1月20日",
        "procedure": "dog-registration",
    }
    page = switched(client, client.get(reverse("portal:people")).content.decode(), typed, word)
    assert 'value="髙木 &lt;花&gt;"' in page
    assert 'value="昭和19年1月20日"' in page
    assert re.search(r'<input[^>]*value="mandate" checked>', page)
    assert re.search(r'<option value="dog-registration" selected>', page)
    assert "error-summary" not in page
    assert ("with-ruby" in page) == (word in {"easy", "on"})


def test_a_message_to_the_city_also_after_it_was_refused(misaki: Account) -> None:
    case, client = b.filed(misaki), b.browser(misaki)
    where = reverse("portal:case", args=[case.pk])
    page = client.get(where).content.decode()
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once is not None
    after = switched(client, page, {"body": TEXT, "once": once[1]})
    assert f"\n{ESCAPED}</textarea>" in after
    assert once[1] in after
    refused = client.post(reverse("portal:message", args=[case.pk]), {"body": ""})
    assert refused.status_code == 422
    assert button(refused.content.decode())[1] == where
    assert f"\n{ESCAPED}</textarea>" in switched(client, refused.content.decode(), {"body": TEXT})
    assert not Message.objects.exists()


def test_checking_a_letter() -> None:
    client = b.browser()
    page = client.get(reverse("portal:verify")).content.decode()
    after = switched(client, page, {"number": "荒市 第1号", "code": "ABCDE"})
    assert 'value="荒市 第1号"' in after
    assert 'value="ABCDE"' in after
    assert "aria-invalid" not in after


def test_the_clerks_message_and_what_stands_in_the_other_forms_of_the_case() -> None:
    case = b.filed()
    client = b.browser(b.caseworker(case.section))
    page = client.get(reverse("office:case", args=[case.pk])).content.decode()
    form, _, _ = button(page)
    assert 'ui/switch.js" defer' in re.sub(r"switch\.[0-9a-f]+\.js", "switch.js", page)
    others = {
        "message-form": {"body": TEXT},
        "note-form": {"note": "メモ"},
        "correction": {"message": "直して"},
    }
    typed = {
        f"{name}:{box}": text for name, boxes in others.items() for box, text in boxes.items() if name != form
    }
    typed |= others.get(form, {})
    after = switched(client, page, typed)
    for text in (ESCAPED, "メモ", *(["直して"] if 'id="correction"' in page else [])):
        assert f"\n{text}</textarea>" in after
    assert not Message.objects.exists()
    assert not Note.objects.exists()


def test_without_scripts_each_form_of_a_case_has_buttons_of_its_own() -> None:
    case = b.filed()
    client = b.browser(b.caseworker(case.section))
    page = client.get(reverse("office:case", args=[case.pk])).content.decode()
    form = page[page.index('id="note-form"') :]
    form = form[: form.index("</form>")]
    own = re.search(
        r'<noscript>.*<button[^>]*formaction="([^"]+)" name="_switch" value="(en note-form)"', form
    )
    assert own is not None
    after = client.post(own[1], {"note": TEXT, "_switch": own[2]}).content.decode()
    assert f"\n{ESCAPED}</textarea>" in after
    assert button(after)[0] == "note-form"
    assert not Note.objects.exists()


@pytest.mark.parametrize("act", ["correction", "message", "propose"])
def test_an_act_of_the_office_that_was_refused_goes_on_in_another_language(act: str) -> None:
    case = b.filed()
    clerk = b.browser(b.caseworker(case.section))
    clerk.post(reverse("office:take", args=[case.pk]))
    box = {"correction": "message", "message": "body", "propose": "reasons"}[act]
    refused = clerk.post(reverse(f"office:{act}", args=[case.pk]), {box: " "})
    assert refused.status_code == 422
    page = refused.content.decode()
    form, address, _ = button(page)
    assert form == {"correction": "correction", "message": "message-form", "propose": "decision"}[act]
    assert address == reverse("office:case", args=[case.pk])
    after = switched(clerk, page, {box: TEXT, "outcome": "refused", "rules": "0", "terms": "applicant.phone"})
    assert f"\n{ESCAPED}</textarea>" in after
    if act == "propose":
        assert re.search(r'value="refused" checked>', after)
    if act == "correction":
        assert re.search(
            r'form="correction"[^>]*value="applicant.phone" checked|value="applicant.phone"[^>]*checked',
            after,
        )
    assert not Decision.objects.exists()


def test_the_decision_beside_its_letter() -> None:
    case = b.filed()
    clerk = b.browser(b.caseworker(case.section))
    clerk.post(reverse("office:take", args=[case.pk]))
    page = clerk.get(reverse("office:preview", args=[case.pk])).content.decode()
    after = switched(clerk, page, {"outcome": "refused", "reasons": TEXT, "conditions": "条件"})
    assert ESCAPED in after[after.index("<textarea") :]
    assert "一行目" in after[after.index('class="letter"') : after.index("</article>")]
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("evaluation_new", {"title": "窓口の待ち時間", "table": TEXT, "happened": "システムを替えた"}),
        ("evaluation_effort_new", {"task": "統計の <転記>", "before": "12", "build": "1万"}),
    ],
)
def test_a_form_of_evaluation_with_its_long_texts(name: str, typed: dict[str, str]) -> None:
    client = b.browser(b.staff_account(("policy", Role.DIGITAL_OFFICER)))
    page = client.get(reverse(f"office:{name}")).content.decode()
    boxes = {box: text for box, text in typed.items() if f'name="{box}"' in page}
    assert boxes, re.findall(r'name="([^"]+)"', page)
    after = switched(client, page, boxes)
    for text in boxes.values():
        assert (
            f"\n{ESCAPED}" if text == TEXT else f'value="{escape(text)}"' if "<" in text else text
        ) in after


def test_a_file_that_was_chosen_is_said_to_be_gone() -> None:
    client = b.browser(b.staff_account(("policy", Role.DIGITAL_OFFICER)))
    page = client.get(reverse("office:evaluation_new")).content.decode()
    file = SimpleUploadedFile("a.csv", b"month,value", content_type="text/csv")
    after = switched(client, page, {"title": "窓口", "file": file})
    assert "the file you chose is no longer there" in after
    assert 'value="窓口"' in after


def test_a_page_without_boxes_has_links() -> None:
    for page in (b.browser().get("/plan"), b.browser(b.caseworker()).get("/office/inbox/")):
        assert 'href="/language/en' in page.content.decode()
        assert "_switch" not in page.content.decode()


def test_a_switch_of_another_site_shows_nothing_of_it(misaki: Account) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(misaki)
    answer = strict.post(
        "/my/people", {"name": "悪い 人", "_switch": "en ask"}, HTTP_ORIGIN="https://evil.example"
    )
    assert answer.status_code == 403
    assert "悪い" not in answer.content.decode()


def test_a_switch_after_the_session_ended_is_kept_like_any_form(misaki: Account) -> None:
    from tests.domains.entry.server.test_kept import hidden_fields, was_here

    client = Client()
    was_here(client, misaki)
    answer = client.post("/my/people", {"name": "髙木", "_switch": "en ask"})
    assert answer.headers["Location"] == "/sign-in?next=%2Faccounts%2Fkept%2F"
    client.force_login(misaki)
    fields = hidden_fields(client.get("/accounts/kept/").content.decode())
    assert fields == {"name": "髙木", "_switch": "en ask"}
    assert 'value="髙木"' in client.post("/my/people", fields).content.decode()
