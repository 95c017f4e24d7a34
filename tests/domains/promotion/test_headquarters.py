"""The headquarters of the plan: reports and their assessments, meetings, decisions, follow-ups and the papers."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, Forbidden, NotFound, Role
from dokodemo.kernel.crypto import new_id
from dokodemo.kernel.events.models import Event
from dokodemo.kernel.refusals import ChangedMeanwhile, Refused
from dokodemo.promotion.headquarters import actions, packet, queries
from dokodemo.promotion.headquarters.logic import Quarter, quarter_of, to_report
from dokodemo.promotion.headquarters.models import FollowUp, Meeting, Report
from dokodemo.promotion.headquarters.prefill import prefilled
from dokodemo.promotion.indicators.models import MonthlyReading
from dokodemo.promotion.plan import actions as plan_actions
from dokodemo.promotion.plan.models import ActionPlan, PlanDraft
from dokodemo.promotion.responsibility import due
from tests.domains.city.city_builders import the_pack
from tests.domains.promotion.test_action_plan import CIO, OFFICER, staff

pytestmark = pytest.mark.django_db
HEAD = staff(Role.HEAD_OF_SECTION, "childcare")
CLERK = staff(Role.CASEWORKER, "childcare")
ACTION = "night-advice"
SAID = {
    "state": "started",
    "done": "夜の相談を始めた。琥珀色",
    "learned": "10時台が多い",
    "evidence": "相談の記録",
    "grade": "on_track",
    "direction": "continue",
}


@pytest.fixture(autouse=True)
def _city() -> None:
    """The pack's actions are adopted for this fiscal year."""
    the_pack()
    year = calendar_jp.fiscal_year(calendar_jp.today())
    draft = plan_actions.begin(actor=OFFICER, fiscal_year=year)
    draft = plan_actions.send_to_review(actor=OFFICER, draft_id=draft.pk, revision=0)
    plan_actions.adopt(actor=CIO, draft_id=draft.pk, revision=draft.revision)


def quarter() -> Quarter:
    """A quarter that this year's actions report on."""
    found = to_report(calendar_jp.today())
    return found if found.fiscal_year == calendar_jp.fiscal_year(calendar_jp.today()) else found.next


def report(actor: Actor = HEAD, *, file: bool = True, revision: int = 0, **changes: str) -> Report:
    return actions.keep_report(
        actor=actor, quarter=quarter(), action=ACTION, revision=revision, said=SAID | changes, file=file
    )


def meeting(**changes: Any) -> Meeting:
    data = {"on": calendar_jp.today(), "place": "庁議室", "agenda": "四半期の報告"} | changes
    return actions.call_meeting(actor=OFFICER, **data)


def test_a_clerk_writes_the_head_files_and_the_numbers_of_the_day_are_kept() -> None:
    draft = report(CLERK, file=False)
    with pytest.raises(Forbidden):
        report(CLERK, revision=1)
    filed = report(revision=1, state="half")
    assert (filed.pk, filed.state, filed.section) == (draft.pk, "half", "childcare")
    assert [one["code"] for one in filed.numbers] == ["K2"]
    verbs = list(Event.objects.filter(verb__startswith="headquarters.").values_list("verb", flat=True))
    assert verbs == ["headquarters.report_kept", "headquarters.reported"]
    assert "琥珀" not in repr(list(Event.objects.values()))


def test_a_filed_report_does_not_change_but_for_its_second_assessment() -> None:
    filed = report()
    with pytest.raises(Refused, match="filed"):
        report(revision=1)
    for actor in (HEAD, CLERK):
        with pytest.raises(Forbidden):
            actions.assess(actor=actor, report_id=filed.pk, grade="behind", direction="improve", words="")
    assessed = actions.assess(
        actor=CIO, report_id=filed.pk, grade="behind", direction="improve", words="人を増やす"
    )
    assert (assessed.grade, assessed.second_grade, assessed.second_words) == (
        "on_track",
        "behind",
        "人を増やす",
    )


def test_a_draft_is_not_assessed_and_two_writers_notice_each_other() -> None:
    draft = report(file=False)
    with pytest.raises(Refused, match="not_filed"):
        actions.assess(actor=CIO, report_id=draft.pk, grade="behind", direction="improve", words="")
    with pytest.raises(ChangedMeanwhile):
        report(revision=0, file=False)


@pytest.mark.parametrize(
    ("changes", "box"),
    [
        ({"state": "nearly"}, "state"),
        ({"grade": ""}, "grade"),
        ({"direction": ""}, "direction"),
        ({"done": " "}, "done"),
        ({"learned": "長" * 4001}, "learned"),
    ],
)
def test_a_report_that_says_too_little_is_refused_by_box(changes: dict[str, str], box: str) -> None:
    with pytest.raises(Refused) as refused:
        report(**changes)
    assert set(refused.value.faults) == {box}
    assert not Report.objects.exists()


def test_another_section_an_unknown_action_and_a_quarter_to_come_are_refused() -> None:
    with pytest.raises(Forbidden):
        report(staff(Role.HEAD_OF_SECTION, "tax"))
    with pytest.raises(NotFound):
        actions.keep_report(
            actor=OFFICER, quarter=quarter(), action="no-such", revision=0, said=SAID, file=False
        )
    ahead = to_report(calendar_jp.today()).next.next
    with pytest.raises((Refused, NotFound)):
        actions.keep_report(actor=OFFICER, quarter=ahead, action=ACTION, revision=0, said=SAID, file=False)


def test_what_is_overdue_stands_on_the_cios_first_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    day = max(calendar_jp.today(), quarter().due + timedelta(days=1))
    monkeypatch.setattr(calendar_jp, "today", lambda: day)

    def late() -> set[tuple[str, str]]:
        return {one.due.matter.key for one in due.attention(CIO).late}

    before = late()
    assert {("action", ACTION), ("indicator", "card_holding")} <= before
    report()
    assert late() == before - {("action", ACTION)}


def test_a_decision_that_changes_the_plan_opens_its_next_version() -> None:
    called = meeting()
    plain = actions.decide(actor=OFFICER, meeting_id=called.pk, words="続ける", action=ACTION)
    assert plain.draft is None
    changes = actions.decide(
        actor=OFFICER, meeting_id=called.pk, words="予算を増やす", action=ACTION, changes_plan=True
    )
    draft = PlanDraft.objects.get()
    assert (changes.draft, draft.based_on) == (draft.pk, ActionPlan.objects.get())
    with pytest.raises(Refused, match="action"):
        actions.decide(actor=OFFICER, meeting_id=called.pk, words="x", action="no-such")
    with pytest.raises(Forbidden):
        actions.decide(actor=HEAD, meeting_id=called.pk, words="x")


def test_a_follow_up_is_finished_by_its_section_which_says_how() -> None:
    called = meeting()
    decision = actions.decide(actor=OFFICER, meeting_id=called.pk, words="当番を増やす")

    def give(**changes: Any) -> FollowUp:
        data = {"words": "当番表を出す", "section": "childcare", "due": calendar_jp.today()} | changes
        return actions.follow_up(actor=OFFICER, meeting_id=called.pk, decision_id=decision.pk, **data)

    for changes in (
        {"words": " "},
        {"section": "moon"},
        {"due": None},
        {"due": calendar_jp.today() - timedelta(1)},
    ):
        with pytest.raises(Refused):
            give(**changes)
    one = give()
    assert [item.pk for item in queries.open_follow_ups(CLERK, sections={"childcare"})] == [one.pk]
    with pytest.raises(Forbidden):
        actions.finish_follow_up(actor=staff(Role.HEAD_OF_SECTION, "tax"), follow_up_id=one.pk, words="した")
    with pytest.raises(Refused, match="how"):
        actions.finish_follow_up(actor=CLERK, follow_up_id=one.pk, words="")
    actions.finish_follow_up(actor=CLERK, follow_up_id=one.pk, words="出した")
    actions.finish_follow_up(actor=CLERK, follow_up_id=one.pk, words="もう一度")
    assert FollowUp.objects.get().done_words == "出した"
    assert queries.open_follow_ups(CLERK) == []


def test_a_meeting_needs_an_agenda_a_day_to_come_and_keeps_minutes_once_it_took_place() -> None:
    for changes, box in (
        ({"agenda": ""}, "agenda"),
        ({"on": calendar_jp.today() - timedelta(days=1)}, "on"),
        ({"place": "長" * 121}, "place"),
    ):
        with pytest.raises(Refused) as refused:
            meeting(**changes)
        assert set(refused.value.faults) == {box}
    ahead = meeting(on=calendar_jp.today() + timedelta(days=3))
    with pytest.raises(Refused, match="not_yet"):
        actions.hold(actor=OFFICER, meeting_id=ahead.pk, minutes="決まった")
    held = actions.hold(actor=OFFICER, meeting_id=meeting().pk, minutes="決まった")
    assert held.held_at is not None


def test_residents_and_staff_without_a_post_see_nothing() -> None:
    for actor in (Actor(kind="resident", account_id=new_id()), Actor(kind="staff", account_id=new_id())):
        with pytest.raises(NotFound):
            queries.meetings(actor)
        with pytest.raises(NotFound):
            queries.quarter(actor, quarter())


def test_the_papers_hold_what_was_reported_decided_and_counted() -> None:
    filed = report()
    actions.assess(actor=CIO, report_id=filed.pk, grade="behind", direction="improve", words="人を増やす")
    called = meeting()
    decision = actions.decide(actor=OFFICER, meeting_id=called.pk, words="当番を増やす")
    actions.follow_up(
        actor=OFFICER,
        meeting_id=called.pk,
        decision_id=decision.pk,
        words="=当番表を出す",
        section="childcare",
        due=calendar_jp.today(),
    )
    data = packet.papers(OFFICER, called)
    (found,) = [one for one in data["reports"] if one["action"] == ACTION]
    assert found["second"] == "遅れている・改善\n人を増やす"
    assert "オンライン利用率" in found["numbers"]
    assert {one["code"] for one in data["numbers"]} >= {"K1", "corporate_income"}
    assert [one["title"] for one in data["moved"]] == ["夜でもできる子育て・介護の相談"]
    pdf = packet.as_pdf(data)
    assert pdf.startswith(b"%PDF-")
    with zipfile.ZipFile(io.BytesIO(packet.as_zip(data))) as archive:
        assert "packet.pdf" in archive.namelist()
        # What a spreadsheet would take for a formula is marked.
        assert "'=当番表を出す" in archive.read("follow_ups.csv").decode("utf-8-sig")


def test_the_papers_say_what_became_of_the_last_meeting_and_what_is_new_since(
    settings: Any,
) -> None:
    first = meeting()
    kept, let_go = (
        actions.decide(actor=OFFICER, meeting_id=first.pk, words=words, action=ACTION)
        for words in ("当番を増やす", "様子を見る")
    )
    open_one, done = (
        actions.follow_up(
            actor=OFFICER,
            meeting_id=first.pk,
            decision_id=kept.pk,
            words=words,
            section="childcare",
            due=calendar_jp.today() + timedelta(days=30),
        )
        for words in ("当番表を出す", "人を決める")
    )
    assert packet.papers(OFFICER, first)["since"] is None
    actions.hold(actor=OFFICER, meeting_id=first.pk, minutes="話した")
    then = calendar_jp.today()
    settings.DOKODEMO_TODAY = then + timedelta(days=40)
    second = meeting(on=then + timedelta(days=40))
    actions.finish_follow_up(actor=OFFICER, follow_up_id=done.pk, words="二人にした")
    report()
    data = packet.papers(OFFICER, second, {open_one.pk: "担当 花子"})
    assert [(one["words"], one["follow_up"], one["owner"]) for one in data["decisions"]] == [
        ("当番を増やす", "当番表を出す", "担当 花子"),
        ("当番を増やす", "人を決める", ""),
        ("様子を見る", "", ""),
    ]
    assert [one["state"][:2] for one in data["decisions"][:2]] == ["未了", "令和"]
    assert [(one["words"], one["how"]) for one in data["done"]] == [("人を決める", "二人にした")]
    assert any("夜でもできる" in words for words in data["since"]["filed"])
    assert {one["before"] for one in data["numbers"]} != {"–"}
    assert [(one["words"], one["owner"]) for one in data["follow_ups"]] == [("当番表を出す", "担当 花子")]
    assert packet.as_pdf(data).startswith(b"%PDF-")
    assert let_go.words == "様子を見る"


def test_a_table_beside_the_papers_has_its_columns_also_where_there_is_nothing_to_tell() -> None:
    with zipfile.ZipFile(io.BytesIO(packet.as_zip(packet.papers(OFFICER, meeting())))) as archive:
        tables = {
            name: archive.read(name).decode("utf-8-sig") for name in archive.namelist() if "csv" in name
        }
    assert tables["decisions.csv"] == "on,words,follow_up,section,owner,state\r\n"
    assert all(table.count("\r\n") for table in tables.values())


def test_a_new_report_begins_with_what_the_records_of_its_quarter_say() -> None:
    of = quarter()
    action = queries.get_action(HEAD, of, ACTION)
    assert prefilled(action, of) == {}
    called = meeting()
    decision = actions.decide(actor=OFFICER, meeting_id=called.pk, words="当番を増やす", action=ACTION)
    given = actions.follow_up(
        actor=OFFICER,
        meeting_id=called.pk,
        decision_id=decision.pk,
        words="当番表を出す",
        section="childcare",
        due=calendar_jp.today(),
    )
    actions.finish_follow_up(actor=CLERK, follow_up_id=given.pk, words="六人にした")
    this = quarter_of(calendar_jp.today())
    assert prefilled(action, this) == {"done": "当番表を出す：六人にした"}
    assert "done" not in prefilled(action, this.before)


def test_the_evidence_of_a_new_report_is_the_number_before_the_quarter_and_at_its_end() -> None:
    of = quarter_of(calendar_jp.today()).before
    action = queries.get_action(HEAD, of, ACTION)
    for month, numerator in ((of.before.first, 1), (of.first, 2), (of.next.first, 3)):
        MonthlyReading.objects.create(
            code="K2", month=month, numerator=numerator, denominator=8, as_of=month + timedelta(days=1)
        )
    words = prefilled(action, of)["evidence"]
    before, last = (
        calendar_jp.to_wareki(day + timedelta(days=1), "ja") for day in (of.before.first, of.first)
    )
    assert words == f"オンライン利用率（件数）：12.5%（{before}）から25%（{last}）"
