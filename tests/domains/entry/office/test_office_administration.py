"""The administrator's page and the paper tally."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django_ox.models import OxTask

from dokodemo.administration.cases.models import PaperTally
from dokodemo.administration.procedures import queries as procedures
from dokodemo.entry.office import administering
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Role
from tests.domains.entry import building as b


def administrator() -> Any:
    return b.browser(b.staff_account(("policy", Role.ADMINISTRATOR), name="見本 管理者"))


def test_the_administrator_sees_staff_with_their_posts_days_and_second_factor() -> None:
    client = administrator()
    b.caseworker()
    words = b.words(client.get(reverse("office:staff")).content)
    assert "担当 childcare 担当 令和8年4月1日 から 未設定" in words
    assert "発令された職員がいません" in words


def test_a_clerk_sees_who_is_appointed_where_and_nothing_about_how_they_sign_in() -> None:
    b.head()
    account = b.caseworker()
    words = b.words(b.browser(account).get(reverse("office:staff")).content)
    assert "担当 childcare あなた 担当 令和8年4月1日 から" in words
    assert words.index("子育て支援課") < words.index("課長")
    assert "二要素認証" not in words
    assert "未設定" not in words
    assert account.username not in words


def test_the_administrator_is_told_how_many_cannot_work_yet_and_where_to_see_who() -> None:
    client = administrator()
    html = client.get(reverse("office:administration")).content.decode()
    assert "二要素認証をまだ設定していない職員が1人います" in b.words(html.encode())
    assert reverse("office:staff") in html


def test_the_administrator_sees_versions_and_what_nobody_confirmed() -> None:
    words = b.words(administrator().get(reverse("office:administration")).content)
    assert "児童手当法 第7条第1項 第1版 未確認 子育て支援課" in words
    assert f"{len(procedures.published())}件あります（未確認）" in words


def test_no_case_and_no_resident_appears_on_the_administrators_page() -> None:
    case = b.filed()
    html = administrator().get(reverse("office:administration")).content.decode()
    assert b.FAMILY_NAME not in html
    assert case.number not in html


def test_the_log_is_counted_sealed_and_waiting() -> None:
    b.filed()
    before = administering.machinery().log
    assert before.waiting > 0
    while events.seal():
        pass
    after = administering.machinery().log
    assert (after.waiting, after.waiting_since) == (0, None)
    assert after.sealed == before.sealed + before.waiting
    assert not after.behind


def test_a_worker_that_stands_still_is_noticed() -> None:
    assert administering.machinery().well
    from dokodemo.administration.cases import tasks

    tasks.issue_letter.enqueue(str(b.NOWHERE))
    assert administering.machinery().well
    long_ago = timezone.now() - timedelta(minutes=11)
    OxTask.objects.update(enqueued_at=long_ago, run_after=None)
    machinery = administering.machinery()
    assert machinery.queue.stuck
    assert machinery.queue.oldest_minutes == 11
    assert "ワーカーが動いているか" in administrator().get(reverse("office:administration")).content.decode()


def test_a_failed_job_is_told_to_the_administrator_at_once() -> None:
    from dokodemo.administration.cases import tasks

    tasks.issue_letter.enqueue(str(b.NOWHERE))
    OxTask.objects.update(status=OxTask.Status.FAILED)
    client = administrator()
    assert "失敗したジョブがあります" in client.get(reverse("office:administration")).content.decode()
    assert "管理ページを見てください" in client.get(reverse("office:home")).content.decode()


# Paper


def tally(client: Any, **typed: str) -> Any:
    return client.post(reverse("office:tally"), typed)


def month() -> str:
    return f"{calendar_jp.today():%Y-%m}"


def test_paper_cases_are_counted_by_month_and_a_later_figure_replaces_the_earlier() -> None:
    client = b.browser(b.caseworker())
    for number in ("12", "15", "15"):
        response = tally(client, month=month(), **{"child-allowance-claim": number})
        assert response.status_code == 302
    assert PaperTally.objects.get().cases == 15
    html = client.get(response.headers["Location"]).content.decode()
    assert 'value="15"' in html
    assert "件数を保存しました" in html


@pytest.mark.parametrize("typed", ["たくさん", "-1", "1.5", "100001"])
def test_an_impossible_number_comes_back_beside_its_box(typed: str) -> None:
    response = tally(b.browser(b.caseworker()), month=month(), **{"child-allowance-claim": typed})
    html = response.content.decode()
    assert response.status_code == 422
    assert 'id="child-allowance-claim-error"' in html
    assert f'value="{typed}"' in html
    assert not PaperTally.objects.exists()


def test_another_sections_procedure_is_not_counted() -> None:
    response = tally(b.browser(b.caseworker()), month=month(), **{"dog-registration": "5"})
    assert response.status_code == 302
    assert not PaperTally.objects.exists()


def test_a_month_that_has_not_come_is_refused() -> None:
    response = tally(b.browser(b.caseworker()), month="2099-01", **{"child-allowance-claim": "5"})
    assert response.status_code == 422
    assert "まだ来ていない月" in response.content.decode()


def test_an_empty_box_records_nothing() -> None:
    assert tally(b.browser(b.caseworker()), month=month()).status_code == 302
    assert not PaperTally.objects.exists()
