"""The cycle as staff and residents see it: findings chosen, issues raised and moved, and counts that lead somewhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dokodemo.administration.cases.models import Draft
from dokodemo.administration.findings import actions as searching
from dokodemo.kernel import calendar_jp
from dokodemo.promotion.improvement.models import Evidence, Issue
from dokodemo.promotion.plan.models import PlanDraft
from tests.domains.administration.cases.building import start
from tests.domains.entry import building as b
from tests.domains.entry.office.addressing import clerk, headquarters
from tests.domains.entry.office.promotion_addresses import an_issue

pytestmark = pytest.mark.django_db
SLUG = "child-allowance-claim"
SAID = {
    "title": "電話の欄で止まる",
    "words": "",
    "measure": "admin-1",
    "section": "childcare",
    "indicator": "",
}


@pytest.fixture
def officer() -> Client:
    return b.browser(headquarters())


@pytest.fixture
def page_key() -> str:
    """A page where three people stopped."""
    for one in (b.household() + b.household(11))[:3]:
        start(b.acting(b.resident_account(one)), SLUG)
    Draft.objects.update(updated_at=calendar_jp.now() - timedelta(days=30))
    return f"page:{SLUG}:0"


def place(issue: Issue) -> str:
    return reverse("office:improvement_issue", args=[issue.pk])


def act(client: Client, issue: Issue, name: str, **said: str) -> Any:
    data = {"act": name, "revision": str(issue.revision)} | said
    return client.post(reverse("office:improvement_act", args=[issue.pk]), data)


def one_issue() -> Issue:
    return Issue.objects.get(pk=an_issue(None)[0])


def fresh(issue: Issue) -> Issue:
    return Issue.objects.get(pk=issue.pk)


def test_a_chosen_finding_becomes_an_issue_and_is_gone_from_the_list(officer: Client, page_key: str) -> None:
    listed = reverse("office:improvement_findings")
    found = officer.get(listed, {"source": "pages"}).content.decode()
    assert page_key in found
    assert "関わる施策（" in b.words(found)
    assert "行政手続きのオンライン化" in b.words(found.split("<details")[1].split("</details>")[0])
    form = officer.get(reverse("office:improvement_judge"), {"key": page_key})
    assert 'value="childcare" selected' in form.content.decode()
    answer = officer.post(reverse("office:improvement_judge"), SAID | {"key": page_key, "act": "raise"})
    issue = Issue.objects.get()
    assert answer.headers["Location"] == place(issue)
    html = officer.get(place(issue)).content
    assert "電話の欄で止まる" in b.words(html)
    assert "児童手当の認定請求" in b.words(html)
    assert page_key not in officer.get(listed).content.decode()
    assert officer.get(reverse("office:improvement_judge"), {"key": page_key}).status_code == 404


def test_a_finding_is_joined_or_set_aside_and_what_is_missing_is_said_at_its_box(
    officer: Client, page_key: str
) -> None:
    issue, judge = one_issue(), reverse("office:improvement_judge")
    for name, box in (("raise", "title"), ("join", "issue"), ("set_aside", "reason")):
        answer = officer.post(judge, {"key": page_key, "act": name, "words": "ここは残る"})
        assert answer.status_code == 422
        assert f'href="#{box}"' in answer.content.decode()
        assert "ここは残る" in answer.content.decode()
    assert officer.post(judge, {"key": page_key, "act": "join", "issue": str(issue.pk)}).status_code == 302
    assert Evidence.objects.get().issue_id == issue.pk


def test_what_somebody_else_judged_first_is_said_and_nothing_typed_is_lost(
    officer: Client, page_key: str
) -> None:
    judge = reverse("office:improvement_judge")
    officer.post(judge, {"key": page_key, "act": "set_aside", "reason": "いらない"})
    answer = officer.post(judge, SAID | {"key": page_key, "act": "raise"})
    assert answer.status_code == 409
    assert "電話の欄で止まる" in answer.content.decode()
    assert "ほかの人が先に判断した" in b.words(answer.content)
    assert not Issue.objects.exists()


def test_a_clerk_sees_no_words_of_residents_and_cannot_set_aside(page_key: str) -> None:
    searching.tell(words="瑠璃色の届出", text="", lang="ja", found=False)
    client = b.browser(clerk()())
    html = client.get(reverse("office:improvement_findings")).content.decode()
    assert page_key in html
    assert "瑠璃色" not in html
    judge = reverse("office:improvement_judge")
    assert 'value="set_aside"' not in client.get(judge, {"key": page_key}).content.decode()
    refused = client.post(judge, {"key": page_key, "act": "set_aside", "reason": "いらない"})
    assert refused.status_code == 403


def test_an_issue_opens_an_action_and_the_draft_names_where_it_came_from(officer: Client) -> None:
    issue = one_issue()
    answer = act(officer, issue, "open")
    draft, issue = PlanDraft.objects.get(), fresh(issue)
    assert answer.headers["Location"] == reverse("office:actions_edit", args=[draft.pk, issue.action])
    assert officer.get(answer.headers["Location"]).status_code == 200
    html = officer.get(reverse("office:actions_draft", args=[draft.pk])).content.decode()
    assert place(issue) in html
    page = officer.get(place(issue))
    assert "次の版の案にあります" in b.words(page.content)
    assert 'value="open"' not in page.content.decode()


def test_an_issue_ends_with_words_and_an_old_page_changes_nothing(officer: Client) -> None:
    issue = one_issue()
    answer = act(officer, issue, "done")
    assert answer.status_code == 422
    assert 'href="#reason_done"' in answer.content.decode()
    assert act(officer, issue, "done", reason_done="案内を直した").status_code == 302
    late = act(officer, issue, "not_pursued", reason_not_pursued="いまさら")
    assert late.status_code == 409
    assert "案内を直した" in b.words(late.content)
    page = b.words(officer.get(place(issue)).content)
    assert "完了" in page
    assert act(officer, fresh(issue), "looked_at").status_code == 302
    assert fresh(issue).state == "looked_at"
    assert act(officer, fresh(issue), "nonsense").status_code == 404


def test_a_change_is_saved_and_a_wrong_one_keeps_what_was_typed(officer: Client) -> None:
    issue = one_issue()
    wrong = act(officer, issue, "change", **SAID | {"measure": "", "words": "ここは残る"})
    assert wrong.status_code == 422
    assert "ここは残る" in wrong.content.decode()
    assert act(officer, issue, "change", **SAID | {"indicator": "K1"}).status_code == 302
    found = fresh(issue)
    assert (found.title, found.indicator) == ("電話の欄で止まる", "K1")
    assert "課題が完了してから比べます" in b.words(officer.get(place(found)).content)


def test_residents_read_counts_and_the_titles_written_for_them_alone(officer: Client) -> None:
    issue, nobody = one_issue(), b.browser()
    public = reverse("portal:plan_cycle")
    page = b.words(nobody.get(public).content)
    assert "取り上げた課題 1" in page
    assert issue.title not in page
    titles = {"shown_ja": "届出を探しやすく", "shown_easy": "さがしやすく", "shown_en": "Easier to find"}
    assert act(officer, issue, "show", **titles | {"shown_en": ""}).status_code == 422
    assert act(officer, issue, "show", **titles).status_code == 302
    assert "届出を探しやすく（新しい）" in b.words(nobody.get(public).content)
    assert public in nobody.get(reverse("portal:plan")).content.decode()
    assert act(officer, fresh(issue), "hide").status_code == 302
    assert "届出を探しやすく" not in b.words(nobody.get(public).content)


def test_every_count_of_the_cycle_leads_to_its_list(officer: Client) -> None:
    one_issue()
    html = officer.get(reverse("office:improvement")).content.decode()
    lists = reverse("office:improvement_issues")
    assert reverse("office:improvement_findings") in html
    for stage, there in (("taken_up", True), ("decided", False), ("done", False), ("moved", False)):
        assert f"{lists}?stage={stage}" in html
        assert ("届出が見つからない" in officer.get(lists, {"stage": stage}).content.decode()) is there


def test_the_table_says_the_same_as_the_list(officer: Client) -> None:
    issue = one_issue()
    table = officer.get(reverse("office:improvement_table"), {"state": "new"}).content.decode("utf-8-sig")
    assert f"{issue.pk},届出が見つからない,admin-1,childcare,new" in table
    empty = officer.get(reverse("office:improvement_table"), {"state": "done"}).content.decode("utf-8-sig")
    assert str(issue.pk) not in empty
