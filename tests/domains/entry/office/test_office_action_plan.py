"""The action plan as staff see it: read as of a day, written box by box, reviewed, exported and compared."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dokodemo.kernel.access import Role
from dokodemo.kernel.packs import open_pack
from dokodemo.promotion.plan import actions, queries
from dokodemo.promotion.plan.action_plan import load_actions
from dokodemo.promotion.plan.models import ActionPlan, PlanDraft
from tests.domains.entry import building as b
from tests.domains.entry.office.addressing import headquarters, the_cio
from tests.domains.entry.office.promotion_addresses import YEAR, a_draft, a_version

pytestmark = pytest.mark.django_db
TYPED = {
    "code": "bus-stop-signs",
    "title.ja": "バス停の案内",
    "title.easy": "バスの お知《し》らせ",
    "title.en": "Signs at bus stops",
    "what.ja": "画面で知らせる",
    "what.easy": "画面《がめん》で 知《し》らせます",
    "what.en": "Tell it on screens",
    "measures": ["life-1", "admin-1"],
    "section": "policy",
    "from": "令和8年4月1日",
    "to": "2027-03-31",
    "task-0.title.ja": "場所を決める",
    "task-0.title.easy": "ところを 決《き》める",
    "task-0.title.en": "Choose the places",
    "task-0.due": "2026-09-30",
    "budget_yen": "1,200,000",
    "person_hours": "８０",
    "related": ["gyokaku.finance"],
    "guideline-speed": "kept",
}


@pytest.fixture
def officer() -> Client:
    return b.browser(headquarters())


def new(client: Client, **changes: Any) -> Any:
    draft = PlanDraft.objects.get()
    data = {**TYPED, "revision": str(draft.revision), **changes}
    return client.post(reverse("office:actions_new", args=[draft.pk]), data)


def test_an_action_is_written_in_boxes_and_stands_under_each_measure_it_serves(officer: Client) -> None:
    place = reverse("office:actions_draft", args=a_draft(None))
    assert new(officer).headers["Location"] == place
    (action,) = [one for one in queries.actions_of(PlanDraft.objects.get()) if one.code == TYPED["code"]]
    assert (action.budget_yen, action.person_hours) == (1_200_000, 80)
    assert action.guidelines == {"speed": "kept"}
    assert [str(task.due) for task in action.tasks] == ["2026-09-30"]
    page = officer.get(place).content.decode()
    assert b.words(page).count("バス停の案内") >= 2
    form = officer.get(reverse("office:actions_edit", args=[PlanDraft.objects.get().pk, action.code]))
    assert 'value="2026-09-30"' in form.content.decode()


@pytest.mark.parametrize(
    ("changes", "box", "words"),
    [
        ({"code": "Bus Stop"}, "code", "英小文字で始め"),
        ({"code": "security-drill"}, "code", "もう使われています"),
        ({"title.en": ""}, "title.en", "三つ"),
        ({"measures": []}, "measures", "施策を一つ以上"),
        ({"to": "2026-03-01"}, "to", "始まりより後"),
        ({"from": "令和8年13月1日"}, "from", ""),
        ({"task-0.due": "2028-01-01"}, "task-0.due", "期間の中"),
        ({"task-0.due": ""}, "task-0.due", ""),
        ({"budget_yen": "たくさん"}, "budget_yen", ""),
    ],
)
def test_what_is_wrong_is_said_beside_its_box_and_nothing_typed_is_lost(
    officer: Client, changes: dict[str, Any], box: str, words: str
) -> None:
    a_draft(None)
    answer = new(officer, **changes)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#{box}"' in html
    assert words in b.words(html)
    assert "Choose the places" in html
    assert all(str(value) in html for value in changes.values() if value and isinstance(value, str))
    assert len(queries.actions_of(PlanDraft.objects.get())) == 13


def test_a_form_opened_before_somebody_else_wrote_is_not_taken_and_kept_as_typed(officer: Client) -> None:
    a_draft(None)
    answer = new(officer, revision="7")
    assert answer.status_code == 409
    assert "ほかの人が変えました" in b.words(answer.content)
    assert "Signs at bus stops" in answer.content.decode()


def test_a_plan_is_sent_given_back_and_adopted_by_the_cio(officer: Client) -> None:
    draft = PlanDraft.objects.get(pk=a_draft(None)[0])
    cio = b.browser(the_cio())

    def act(client: Client, name: str, **more: str) -> Any:
        revision = PlanDraft.objects.get().revision
        data = {"act": name, "revision": str(revision), **more}
        return client.post(reverse("office:actions_act", args=[draft.pk]), data)

    assert act(officer, "send").status_code == 302
    refused = act(cio, "return")
    assert refused.status_code == 422
    assert 'href="#words"' in refused.content.decode()
    assert act(cio, "return", words="時間を書く").status_code == 302
    assert act(officer, "send").status_code == 302
    assert "対応していない意見" in b.words(act(cio, "adopt").content)
    remark = queries.remarks(PlanDraft.objects.get())[0]
    officer.post(reverse("office:actions_settle", args=[draft.pk, remark.pk]))
    adopted = act(cio, "adopt", words="初めての版")
    version = ActionPlan.objects.get()
    assert adopted.headers["Location"] == reverse("office:actions_version", args=[version.pk])
    assert "初めての版" in b.words(cio.get(adopted.headers["Location"]).content)


def test_an_act_that_is_none_and_a_draft_that_moved_on_say_so(officer: Client) -> None:
    draft = a_draft(None)
    place = reverse("office:actions_act", args=draft)
    assert officer.post(place, {"act": "burn", "revision": "0"}).status_code == 422
    assert officer.post(place, {"act": "send", "revision": "9"}).status_code == 409
    assert officer.post(place, {"act": "send", "revision": "-1x"}).status_code == 409


def test_the_plan_is_read_as_of_a_day_in_either_calendar(officer: Client) -> None:
    a_version(None)
    page = reverse("office:actions")
    assert "全手続のオンライン化" in b.words(officer.get(page).content)
    for day in ("2020-01-01", "令和2年1月1日"):
        assert "この日に有効な計画はまだありません" in b.words(officer.get(page, {"on": day}).content)
    wrong = officer.get(page, {"on": "いつか"})
    assert wrong.status_code == 422
    assert 'value="いつか"' in wrong.content.decode()


def test_an_exported_version_is_a_file_of_a_pack_that_reads_the_same(officer: Client) -> None:
    version = ActionPlan.objects.get(pk=a_version(None)[0])
    text = officer.get(reverse("office:actions_export", args=[version.pk])).content.decode()
    read = load_actions(open_pack("arao").with_files({"plan/actions.yaml": text}, label="exported"))
    assert read is not None
    assert (read.fiscal_year, read.actions) == (YEAR, queries.actions_of(version))


def test_what_a_draft_changes_is_shown_field_by_field(officer: Client) -> None:
    a_version(None)
    draft = actions.begin(actor=b.acting(headquarters()), fiscal_year=YEAR)
    (first, second, *_) = queries.actions_of(draft)
    draft = actions.take_out(
        actor=b.acting(headquarters()), draft_id=draft.pk, revision=draft.revision, code=first.code
    )
    new(officer)
    tasks = [{"title": {"ja": "集まる", "easy": "あつまる", "en": "Meet"}, "due": f"{YEAR}-06-30"}]
    changed = second.model_dump(mode="json", by_alias=True) | {
        "budget_yen": 1_234_567,
        "section": "childcare",
        "measures": ["life-1", "admin-4"],
        "from": f"{YEAR}-05-01",
        "guidelines": {**second.guidelines, "speed": "coming"},
        "tasks": tasks,
        "related": [*second.related, "gyokaku.people"],
    }
    actions.keep_action(
        actor=b.acting(headquarters()),
        draft_id=draft.pk,
        revision=PlanDraft.objects.get().revision,
        data=changed,
        code=second.code,
    )
    words = b.words(officer.get(reverse("office:actions_draft_difference", args=[draft.pk])).content)
    assert "新しい取組（1件） バス停の案内" in words
    assert f"なくなった取組（1件） {first.title.ja}" in words
    for said in (
        "今年度の予算（円） 300,000 1,234,567",
        "総合政策課 子育て支援課",
        "行政手続きのオンライン化 行政業務の変革推進",
        f"令和{YEAR - 2018}年4月1日 令和{YEAR - 2018}年5月1日",
        "スピード感 沿っている これから",
        f"令和{YEAR - 2018}年6月30日",
        "人材マネジメント",
    ):
        assert said in words, said


def test_a_head_may_edit_only_rows_of_the_own_section() -> None:
    draft = a_draft(None)
    head = b.browser(b.staff_account(("childcare", Role.HEAD_OF_SECTION)))
    html = head.get(reverse("office:actions_draft", args=draft)).content.decode()
    assert reverse("office:actions_edit", args=[*draft, "night-advice"]) in html
    assert reverse("office:actions_edit", args=[*draft, "security-drill"]) not in html


def test_a_version_shows_what_was_said_of_it_in_review(officer: Client) -> None:
    actor = b.acting(headquarters())
    draft = actions.begin(actor=actor, fiscal_year=YEAR)
    remark = actions.remark(
        actor=actor, draft_id=draft.pk, words="<b>予算の根拠</b>は", action="security-drill"
    )
    actions.settle(actor=actor, remark_id=remark.pk)
    draft = actions.send_to_review(actor=actor, draft_id=draft.pk, revision=draft.revision)
    version = actions.adopt(actor=b.acting(the_cio()), draft_id=draft.pk, revision=draft.revision)
    html = officer.get(reverse("office:actions_version", args=[version.pk])).content.decode()
    assert "審査での意見" in html
    assert "&lt;b&gt;予算の根拠&lt;/b&gt;は" in html
    assert "全職員のセキュリティ研修と訓練" in b.words(html).partition("審査での意見")[2]
