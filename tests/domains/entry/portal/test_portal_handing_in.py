"""Handing in, correcting, following: once and only once, with every way back answered kindly."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from dokodemo.administration.cases import actions
from dokodemo.administration.cases.models import Case, Draft, Message
from dokodemo.kernel import calendar_jp
from tests.domains.administration.cases.building import CHILD_ALLOWANCE, filled_draft, finished, start
from tests.domains.entry import building as b

COPIED = [
    "version_id",
    "procedure",
    "kind",
    "section",
    "owner_id",
    "capacity",
    "applicant_id",
    "subject_id",
    "sources",
    "answers_total",
    "answers_typed",
    "arrived_at",
]
BANK_BOOK = "evidence.bank_book"


class Person:
    """A father with a claim that is ready to be handed in."""

    def __init__(self) -> None:
        self.account = b.resident_account(b.household()[0])
        self.client: Client = b.browser(self.account)
        self.draft = filled_draft(b.acting(self.account), CHILD_ALLOWANCE)
        self.check = reverse("portal:check", args=[self.draft.pk])

    def hands_in(self) -> Case:
        answer = self.client.post(self.check)
        assert answer.status_code == 302
        return Case.objects.get(owner=self.account)


@pytest.fixture
def person() -> Person:
    return Person()


def asked(case: Case, *places: str) -> None:
    actions.request_correction(
        actor=b.acting(b.caseworker()),
        case_id=case.pk,
        terms=places,
        message="写真を<b>撮り直して</b>ください。",
        due_on=calendar_jp.today() + timedelta(days=14),
    )


def test_the_check_shows_every_answer_with_its_source_and_a_way_to_change_it(person: Person) -> None:
    html = person.client.get(person.check).content.decode()
    assert b.FAMILY_NAME in html
    assert html.count("?return=check") >= 4
    assert "から" in b.words(html)


def test_the_check_says_what_the_answers_come_to(person: Person) -> None:
    words = b.words(person.client.get(person.check).content)
    assert "1か月の額のめやす" in words
    assert "10,000円" in words
    assert "市が決めて通知します" in words


def test_the_check_says_that_points_are_a_simulation_and_of_which_table() -> None:
    account = b.resident_account(b.household()[0])
    draft = filled_draft(b.acting(account), "nursery-admission", facts={"nursery_parent.hours": 160})
    words = b.words(b.browser(account).get(reverse("portal:check", args=[draft.pk])).content)
    for said in ("試算", "令和6年10月1日改正", "300点", "決めるのは市です"):
        assert said in words
    assert "300円" not in words


def test_an_estimate_that_is_not_known_is_not_shown() -> None:
    account = b.resident_account(b.household()[0])
    draft = filled_draft(b.acting(account), "pregnancy-notification", facts={})
    words = b.words(b.browser(account).get(reverse("portal:check", args=[draft.pk])).content)
    assert "計算のめやす" not in words


def test_two_clicks_give_one_case_and_the_same_receipt(person: Person) -> None:
    first = person.client.post(person.check)
    second = person.client.post(person.check)
    assert first.headers["Location"] == second.headers["Location"]
    assert Case.objects.filter(owner=person.account).count() == 1


def test_the_receipt_says_number_procedure_and_what_comes_next(person: Person) -> None:
    case = person.hands_in()
    words = b.words(person.client.get(reverse("portal:received", args=[case.pk])).content)
    for said in (case.number, "児童手当の認定請求", "印刷", "終わる予定の日"):
        assert said in words


@pytest.mark.parametrize("name", ["check", "resume", "page", "discard"])
def test_whoever_comes_back_to_a_handed_in_draft_is_told_so(person: Person, name: str) -> None:
    case = person.hands_in()
    arguments: list[object] = [person.draft.pk, 0] if name == "page" else [person.draft.pk]
    answer = person.client.get(reverse(f"portal:{name}", args=arguments))
    assert answer.headers["Location"] == reverse("portal:case", args=[case.pk])
    assert "この申請はもう提出されています" in b.words(person.client.get(answer.headers["Location"]).content)


def test_a_post_from_a_second_tab_changes_nothing_after_handing_in(person: Person) -> None:
    case = person.hands_in()
    answer = person.client.post(
        reverse("portal:page", args=[person.draft.pk, 0]), {"applicant.phone": "090-9999-9999"}
    )
    assert answer.status_code == 302
    assert b.fresh(case).answers == case.answers


def test_a_draft_is_thrown_away_by_a_second_word_only(person: Person) -> None:
    address = reverse("portal:discard", args=[person.draft.pk])
    assert "下書きを捨てますか" in b.words(person.client.get(address).content)
    assert Draft.objects.get(pk=person.draft.pk).closed_at is None
    person.client.post(address)
    assert Draft.objects.get(pk=person.draft.pk).closed_at is not None
    assert person.client.post(person.check).headers["Location"] == reverse("portal:my")


def test_an_unfinished_draft_leads_from_the_check_to_its_gap() -> None:
    account = b.resident_account(b.household()[0])
    draft = start(b.acting(account), CHILD_ALLOWANCE)
    client = b.browser(account)
    for answer in (
        client.get(reverse("portal:check", args=[draft.pk])),
        client.post(reverse("portal:check", args=[draft.pk])),
    ):
        assert answer.headers["Location"].startswith(reverse("portal:page", args=[draft.pk, 0]))
    assert not Case.objects.filter(owner=account).exists()


def test_a_correction_opens_at_the_question_marks_it_and_says_why(person: Person) -> None:
    case = person.hands_in()
    asked(case, BANK_BOOK)
    page = person.client.get(reverse("portal:case", args=[case.pk])).content.decode()
    assert "写真を&lt;b&gt;撮り直して&lt;/b&gt;ください。" in page
    assert "<b>撮り直して" not in page
    opened = person.client.post(reverse("portal:correct", args=[case.pk]), follow=True)
    html = opened.content.decode()
    assert f'id="{BANK_BOOK}--asked"' in html
    assert html.count("ask-asked") == 1
    assert "通帳" in b.words(html)


def test_several_corrections_are_gone_through_page_by_page(person: Person) -> None:
    case = person.hands_in()
    asked(case, "applicant.phone", BANK_BOOK)
    opened = person.client.post(reverse("portal:correct", args=[case.pk]), follow=True)
    first = opened.redirect_chain[-1][0]
    assert first.partition("?")[0].endswith("/0")
    answers = {"applicant.phone": "0968-63-1111", "applicant.is_public_servant": "false"}
    after = person.client.post(first, answers | {"applicant.main_earner": "true"})
    assert after.headers["Location"].partition("?")[0].endswith("/3")


def test_a_message_of_the_city_is_new_until_its_reader_opens_the_case(person: Person) -> None:
    case = person.hands_in()
    actions.send_message(actor=b.acting(b.caseworker()), case_id=case.pk, body="確認しました。")
    assert "新しい連絡が1件" in b.words(person.client.get("/").content)
    assert "確認しました。" in b.words(person.client.get(reverse("portal:case", args=[case.pk])).content)
    assert Message.objects.get(case=case).read_at is not None
    assert "新しい連絡" not in b.words(person.client.get("/").content)


def test_a_message_sent_twice_by_a_double_click_arrives_once(person: Person) -> None:
    case = person.hands_in()
    address = reverse("portal:message", args=[case.pk])
    form = {"body": "質問です。", "once": "01999999-0000-7000-8000-000000000001"}
    person.client.post(address, form)
    person.client.post(address, form)
    assert Message.objects.filter(case=case).count() == 1
    assert person.client.post(address, {**form, "once": "nonsense", "body": "もう一つ。"}).status_code == 302
    assert Message.objects.filter(case=case).count() == 2


@pytest.mark.parametrize("body", ["", "   ", "あ" * 2001])
def test_a_message_that_cannot_be_sent_stays_in_its_box(person: Person, body: str) -> None:
    case = person.hands_in()
    answer = person.client.post(reverse("portal:message", args=[case.pk]), {"body": body})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert 'href="#body"' in html
    assert body in html


def test_a_letter_is_new_until_it_has_been_fetched(person: Person) -> None:
    case = finished(person.hands_in())
    actions.issue_letter(case_id=case.pk)
    assert "新着" in b.words(person.client.get(reverse("portal:my")).content)
    page = person.client.get(reverse("portal:case", args=[case.pk])).content.decode()
    address = (
        page[page.index("/letters/") - 60 : page.index("/letters/") + 60]
        .partition('href="')[2]
        .partition('"')[0]
    )
    letter = person.client.get(address)
    assert letter.content.startswith(b"%PDF-")
    assert "attachment" in letter.headers["Content-Disposition"]
    assert "新着" not in b.words(person.client.get(reverse("portal:my")).content)
    assert "新着" not in b.words(person.client.get(reverse("portal:case", args=[case.pk])).content)


def test_withdrawing_asks_first_and_cannot_be_done_twice(person: Person) -> None:
    case = person.hands_in()
    address = reverse("portal:withdraw", args=[case.pk])
    assert "申請を取り下げますか" in b.words(person.client.get(address).content)
    assert b.fresh(case).state == "submitted"
    person.client.post(address)
    assert b.fresh(case).state == "withdrawn"
    assert person.client.post(address).status_code == 409


@pytest.mark.parametrize(("points", "status"), [("5", 302), ("0", 422), ("6", 422), ("x", 422)])
def test_satisfaction_is_one_tap_between_one_and_five(person: Person, points: str, status: int) -> None:
    case = person.hands_in()
    answer = person.client.post(reverse("portal:satisfaction", args=[case.pk]), {"points": points})
    assert answer.status_code == status


def test_my_page_turns_its_leaves_when_there_are_many_cases(person: Person) -> None:
    case = person.hands_in()
    copies = [
        Case(
            number=f"261123-{number:06d}-0",
            answers={},
            **{name: getattr(case, name) for name in COPIED},
        )
        for number in range(55)
    ]
    Case.objects.bulk_create(copies)
    first = person.client.get(reverse("portal:my")).content.decode()
    assert 'rel="next" href="?page=2"' in first
    second = person.client.get(reverse("portal:my") + "?page=2").content.decode()
    assert 'rel="prev" href="?page=1"' in second
    assert 'rel="next"' not in second
    for odd in ("0", "-1", "x", "99999999999999999999"):
        assert person.client.get(reverse("portal:my") + f"?page={odd}").status_code == 200


# Certificates given at the counter alone


def test_who_lives_in_a_sheltered_household_is_sent_to_the_counter_before_handing_in() -> None:
    people = b.household()
    account = b.resident_account(people[1])
    draft = filled_draft(b.acting(account), "resident-record-copy", facts={})
    check, client = reverse("portal:check", args=[draft.pk]), b.browser(account)
    assert "提出する" in b.words(client.get(check).content)
    b.protected(people[:1])
    page = b.words(client.get(check).content)
    assert "窓口で交付します" in page
    assert "手数料は窓口で" in page
    assert "上の内容に間違いがないことを確かめて、提出します" not in page
    # Who reads it may be whom the other is protected from: nothing says why.
    assert not [word for word in ("支援措置", "秘匿", "保護") if word in page]
    answer = client.post(check, follow=True)
    assert "窓口で交付します" in b.words(answer.content)
    assert not Case.objects.exists()
    assert Draft.objects.get(pk=draft.pk).closed_at is None
