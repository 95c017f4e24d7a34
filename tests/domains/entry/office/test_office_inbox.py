"""The first page for each role, and the section's list of work."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dokodemo.administration.cases import actions, worklist
from dokodemo.administration.cases.models import Case
from dokodemo.city.parties.models import Resident
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Account, Role
from dokodemo.kernel.crypto import new_id
from tests.domains.entry import building as b


def copies(case: Case, number: int) -> list[Case]:
    """The same case again and again, one a day nearer its limit."""
    made = []
    for place in range(number):
        again = Case.objects.get(pk=case.pk)
        again.pk = new_id()
        again.number = f"999999-{place:06d}-0"
        again.answers = {}
        again.due_on = calendar_jp.today() + timedelta(days=100 - place)
        again.save(force_insert=True)
        made.append(again)
    return made


def listed(account: Account, **query: str) -> list[str]:
    """The receipt numbers in the order of the list."""
    response = b.browser(account).get(reverse("office:inbox"), query)
    assert response.status_code == 200
    return [row["case"].number for row in response.context["rows"]]


# The list


def test_a_clerk_sees_the_cases_of_their_own_sections_only() -> None:
    mine, other = b.filed(), b.filed(slug="dog-registration")
    assert listed(b.caseworker()) == [mine.number]
    assert listed(b.caseworker("environment")) == [other.number]
    assert listed(b.caseworker("health")) == []


def test_the_nearest_limit_comes_first_whichever_of_the_two_it_is() -> None:
    case = b.filed()
    for days, field in ((50, "due_on"), (20, "limit_on"), (30, "due_on")):
        again = copies(case, 1)[0]
        again.number = f"{field}-{days}"
        again.due_on = again.limit_on = None
        setattr(again, field, calendar_jp.today() + timedelta(days=days))
        again.save(update_fields=["number", "due_on", "limit_on"])
    case.due_on = case.limit_on = None
    case.save(update_fields=["due_on", "limit_on"])
    assert listed(b.caseworker()) == ["limit_on-20", "due_on-30", "due_on-50", case.number]


def test_fifty_cases_fill_a_page_and_the_next_page_has_the_rest() -> None:
    copies(b.filed(), 54)
    clerk = b.caseworker()
    first = b.browser(clerk).get(reverse("office:inbox"))
    assert len(first.context["rows"]) == 50
    assert 'rel="next"' in first.content.decode()
    assert len(listed(clerk, page="2")) == 5
    assert listed(clerk, page="３") == listed(clerk)
    assert listed(clerk, page="99") == []


def test_fifty_rows_cost_as_many_queries_as_one() -> None:
    case, client = b.filed(), b.browser(b.caseworker())

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse("office:inbox")).status_code == 200
        return len(seen)

    queries()
    few = queries()
    copies(case, 60)
    assert queries() == few
    assert few <= 16


def test_the_filters_narrow_the_list() -> None:
    clerk = b.caseworker()
    owner = b.resident_account(b.household()[0])
    waiting, written, taken, late = (b.filed(owner) for _ in range(4))
    actions.take(actor=b.acting(clerk), case_id=taken.pk)
    actions.begin_review(actor=b.acting(clerk), case_id=taken.pk)
    actions.send_message(actor=b.acting(owner), case_id=written.pk, body="質問です")
    Case.objects.filter(pk=late.pk).update(due_on=calendar_jp.today() - timedelta(days=1))
    numbers = {case.number for case in (waiting, written, taken, late)}
    assert set(listed(clerk)) == numbers
    assert listed(clerk, mine="1") == [taken.number]
    assert set(listed(clerk, nobody="1")) == numbers - {taken.number}
    assert listed(clerk, unread="1") == [written.number]
    assert listed(clerk, late="1") == [late.number]
    assert listed(clerk, state="in_review") == [taken.number]
    assert listed(clerk, procedure="dog-registration") == listed(clerk)
    assert listed(clerk, state="in_review", unread="1") == []
    assert listed(clerk, closed="1") == []


def test_a_case_that_waits_for_a_correction_is_not_late() -> None:
    case, clerk = b.filed(), b.caseworker()
    actions.request_correction(
        actor=b.acting(clerk),
        case_id=case.pk,
        terms=["applicant.phone"],
        message="直してください",
        due_on=calendar_jp.today() + timedelta(days=7),
    )
    Case.objects.filter(pk=case.pk).update(due_on=calendar_jp.today() - timedelta(days=1))
    assert listed(clerk, late="1") == []
    words = b.words(b.browser(clerk).get(reverse("office:inbox")).content)
    assert "期間の計算を止めています" in words


def test_what_is_over_moves_to_its_own_tab() -> None:
    case = b.proposed(b.filed())
    actions.approve_proposal(actor=b.acting(b.head()), case_id=case.pk)
    clerk = b.caseworker()
    assert listed(clerk) == []
    assert listed(clerk, closed="1") == [case.number]


def test_a_receipt_number_leads_to_its_case_however_it_is_typed() -> None:
    case, client = b.filed(), b.browser(b.caseworker())
    for typed in (case.number, case.number.replace("-", ""), f" {case.number} "):
        response = client.get(reverse("office:inbox"), {"number": typed})
        assert response.headers["Location"] == f"/office/cases/{case.pk}/"


def test_a_number_of_another_section_looks_like_no_number_at_all() -> None:
    case, client = b.filed(slug="dog-registration"), b.browser(b.caseworker())
    other = client.get(reverse("office:inbox"), {"number": case.number})
    nothing = client.get(reverse("office:inbox"), {"number": "261123-000000-0"})
    assert other.status_code == nothing.status_code == 404
    assert "あなたの課にはありません" in other.content.decode()
    assert case.procedure not in other.content.decode()


def test_the_list_shows_no_name_and_no_answer() -> None:
    b.filed()
    html = b.browser(b.caseworker()).get(reverse("office:inbox")).content.decode()
    assert b.FAMILY_NAME not in html
    assert b.STREET not in html


@pytest.mark.parametrize(
    "query",
    [{"state": "x'"}, {"page": "-1"}, {"page": "999999999999999"}, {"page": "9" * 5000}, {"procedure": "x"}],
)
def test_a_strange_filter_is_no_filter(query: dict[str, str]) -> None:
    assert b.browser(b.caseworker()).get(reverse("office:inbox"), query).status_code == 200


# The first page


def home(account: Account, lang: str = "ja") -> str:
    response = b.browser(account, lang=lang).get(reverse("office:home"))
    assert response.status_code == 200
    return b.words(response.content)


def test_a_head_sees_how_many_proposals_wait_but_not_their_own() -> None:
    head = b.head()
    b.proposed(b.filed())
    b.proposed(b.filed(), by=head)
    assert "1件の起案が決裁を待っています" in home(head)
    assert "決裁をお待ち" not in home(b.caseworker())


def test_a_clerk_sees_what_to_look_at_first_in_numbers() -> None:
    owner = b.resident_account(b.household()[0])
    case, clerk = b.filed(owner), b.caseworker()
    b.filed(owner)
    actions.send_message(actor=b.acting(owner), case_id=case.pk, body="質問です")
    assert worklist.waiting(b.acting(clerk)) == worklist.Waiting(late=0, nobody=2, unread=1, mine=0)
    assert "1 未読の連絡あり" in home(clerk)
    assert case.number in home(clerk)


def test_each_role_sees_its_own_first_page() -> None:
    clerk = home(b.caseworker())
    assert "受付箱" in clerk
    assert "管理" not in clerk
    keeper = home(b.caseworker("resident"))
    assert "ログインした人の確認" in keeper
    cio = home(b.staff_account(("policy", Role.CIO)))
    assert "計画の数字" in cio
    assert "受付箱" not in cio
    administrator = home(b.staff_account(("policy", Role.ADMINISTRATOR)))
    assert "記録とジョブは正常です" in administrator
    officer = home(b.staff_account(("resident", Role.PROTECTION_OFFICER)))
    assert "住民をさがす" in officer
    assert "発令がありません" in home(b.staff_account())


def test_a_protection_officer_is_reminded_of_reviews() -> None:
    b.protected(b.household())
    Resident.objects.update(protection_review_on=calendar_jp.today())
    officer = b.staff_account(("resident", Role.PROTECTION_OFFICER))
    assert "支援措置の見直し" in home(officer)
    assert "支援措置の見直し" not in home(b.staff_account(("policy", Role.CIO)))


def test_a_member_of_staff_without_a_post_finds_no_work() -> None:
    account = b.staff_account()
    b.filed()
    assert b.browser(account).get(reverse("office:inbox")).status_code == 403


@pytest.mark.parametrize("lang", ["ja", "easy", "en"])
def test_the_first_page_speaks_three_languages(lang: str) -> None:
    b.filed()
    assert home(b.head(), lang)
