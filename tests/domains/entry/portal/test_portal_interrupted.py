"""A session that ends in the middle of a form, and clicks that come twice: nothing typed is lost, nothing is doubled."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import reverse

from bench.forms import read_form
from dokodemo.administration.cases.models import Attachment, Case, Draft, Message
from dokodemo.entry.server.kept import WHO_COOKIE, remember_who
from dokodemo.kernel.access import Account
from dokodemo.kernel.crypto import new_id
from tests.domains.administration.cases.building import CHILD_ALLOWANCE, photograph, start
from tests.domains.entry import building as b
from tests.domains.entry.walking import Walker

TYPED = {"applicant.phone": "090-1234-5678", "applicant.is_public_servant": "false"}
TYPED |= {"applicant.main_earner": "true"}
REFUSED = {**TYPED, "applicant.phone": "これは番号ではない <b>"}
FILES_PAGE = 3


class Writer:
    """Somebody who writes an application, at a browser that remembers who was here."""

    def __init__(self) -> None:
        self.account: Account = b.resident_account(b.household()[0])
        self.browser = Walker(self.account)
        self.draft = start(b.acting(self.account), CHILD_ALLOWANCE)
        answer = HttpResponse()
        remember_who(answer, self.account.pk)
        self.browser.client.cookies[WHO_COOKIE] = answer.cookies[WHO_COOKIE].value

    def page(self, number: int = 0) -> str:
        return reverse("portal:page", args=[self.draft.pk, number])

    def kept(self) -> dict[str, Any]:
        content: dict[str, Any] = Draft.objects.get(pk=self.draft.pk).content
        return content

    def session_ends(self) -> None:
        Session.objects.all().delete()

    def signs_in_again(self) -> None:
        self.browser.client.force_login(
            self.account, backend="dokodemo.entry.server.backends.PasswordBackend"
        )

    def sends_what_was_kept(self) -> Any:
        """Press the only button of the page that offers what was kept."""
        page = self.browser.get(reverse("account_kept")).content.decode()
        form = page[page.index("<main") : page.index("</main>")]
        address = re.search(r'action="([^"]+)"', form)
        fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
        assert address
        return self.browser.post(
            unescape(address[1]), {unescape(name): unescape(value) for name, value in fields}
        )


@pytest.fixture
def writer() -> Writer:
    return Writer()


def test_what_was_typed_when_the_session_had_ended_is_in_the_draft_after_signing_in_again(
    writer: Writer,
) -> None:
    writer.session_ends()
    answer = writer.browser.post(writer.page(), TYPED)
    assert answer.headers["Location"].startswith("/sign-in?")
    assert "applicant.phone" not in writer.kept()["values"]
    writer.signs_in_again()
    assert writer.sends_what_was_kept().status_code == 302
    assert writer.kept()["values"]["applicant.phone"] == TYPED["applicant.phone"]


def test_what_would_have_been_refused_comes_back_as_it_was_typed(writer: Writer) -> None:
    writer.session_ends()
    writer.browser.post(writer.page(), REFUSED)
    writer.signs_in_again()
    answer = writer.sends_what_was_kept()
    assert answer.status_code == 422
    assert REFUSED["applicant.phone"] in unescape(answer.content.decode())
    assert writer.kept()["unaccepted"]["0"]["raw"]["applicant.phone"] == REFUSED["applicant.phone"]


def test_a_file_that_could_not_be_kept_is_said_and_the_rest_goes_on(writer: Writer) -> None:
    writer.session_ends()
    file = SimpleUploadedFile("通帳.jpg", photograph())
    writer.browser.post(writer.page(FILES_PAGE), {"evidence.bank_book": file})
    writer.signs_in_again()
    page = writer.browser.get(reverse("account_kept"))
    assert "添付ファイルは残せませんでした" in b.words(page.content)
    assert writer.sends_what_was_kept().status_code in (302, 422)
    assert not Attachment.objects.exists()


def test_handing_in_after_the_session_had_ended_gives_one_case(writer: Writer) -> None:
    check = writer.browser.applies()
    writer.session_ends()
    writer.browser.post(check)
    assert not Case.objects.exists()
    writer.signs_in_again()
    receipt = writer.sends_what_was_kept().headers["Location"]
    assert receipt == reverse("portal:received", args=[Case.objects.get().pk])


# The same form twice


def twice(writer: Writer, address: str, data: Any) -> list[tuple[int, str]]:
    answers = [writer.browser.post(address, data()) for _ in range(2)]
    return [(answer.status_code, answer.headers.get("Location", "")) for answer in answers]


def test_two_clicks_on_apply_go_on_with_one_draft(writer: Writer) -> None:
    address = reverse("portal:start", args=[CHILD_ALLOWANCE])
    offered = read_form(writer.browser.get(address).content.decode())
    data = {**offered.fields, **{name: values[0] for name, values in offered.choices.items()}}
    first, second = twice(writer, address, lambda: data)
    assert first[0] == 302
    assert first == second
    assert Draft.objects.filter(owner=writer.account).count() == 1


def test_two_clicks_on_a_page_save_it_once_and_lead_to_the_same_next_one(writer: Writer) -> None:
    first, second = twice(writer, writer.page(), lambda: TYPED)
    assert first == second
    assert first[0] == 302
    assert writer.kept()["values"]["applicant.phone"] == TYPED["applicant.phone"]


def test_two_clicks_on_a_page_with_a_file_keep_it_once(writer: Writer) -> None:
    content = photograph()
    twice(
        writer,
        writer.page(FILES_PAGE),
        lambda: {"evidence.bank_book": SimpleUploadedFile("通帳.jpg", content)},
    )
    assert len(writer.kept()["values"]["evidence.bank_book"]) == 1
    assert Attachment.objects.count() == 1


def test_another_photograph_is_another_file_and_the_first_again_is_not(writer: Writer) -> None:
    content, other = photograph(), photograph(size=(80, 60))
    for data in (content, other, content):
        writer.browser.post(
            writer.page(FILES_PAGE), {"evidence.bank_book": SimpleUploadedFile("通帳.jpg", data)}
        )
    assert len(writer.kept()["values"]["evidence.bank_book"]) == 2


def test_two_clicks_send_one_message_and_take_one_application_back(writer: Writer) -> None:
    check = writer.browser.applies()
    writer.browser.post(check)
    case = Case.objects.get()
    once = str(new_id())
    twice(writer, reverse("portal:message", args=[case.pk]), lambda: {"body": "質問です", "once": once})
    assert Message.objects.filter(case=case).count() == 1
    codes = [code for code, _ in twice(writer, reverse("portal:withdraw", args=[case.pk]), dict)]
    assert codes == [302, 409]
    assert b.fresh(case).state == "withdrawn"
