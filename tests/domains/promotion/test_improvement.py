"""Findings become issues, issues become actions, and the cycle counts itself: once each, and nothing about a person."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from dokodemo.administration.cases.models import Case, Draft
from dokodemo.administration.findings import actions as searching
from dokodemo.administration.findings.models import Finding
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Forbidden, NotFound, Role
from dokodemo.kernel.events.models import Event
from dokodemo.kernel.refusals import ChangedMeanwhile, Refused
from dokodemo.promotion.headquarters import actions as headquarters
from dokodemo.promotion.headquarters.logic import Quarter, quarter_of
from dokodemo.promotion.improvement import actions, effects, queries
from dokodemo.promotion.improvement.cycle import cycle, standings
from dokodemo.promotion.improvement.models import Evidence, Issue
from dokodemo.promotion.improvement.queries import Filters
from dokodemo.promotion.indicators import actions as observing
from dokodemo.promotion.indicators.definitions import Observed
from dokodemo.promotion.indicators.models import Observation
from dokodemo.promotion.plan import actions as plan_actions
from dokodemo.promotion.plan import queries as plans
from tests.domains.administration.cases.building import start
from tests.domains.entry import building as b
from tests.domains.promotion.test_action_plan import CIO, OFFICER, staff

pytestmark = pytest.mark.usefixtures("in_the_city")
CLERK = staff(Role.CASEWORKER, "childcare")
ELSEWHERE = staff(Role.CASEWORKER, "health")
SLUG = "child-allowance-claim"
SAID = {
    "title": "ドローンの届出が見つからない",
    "words": "飛ばしたい人がいる",
    "measure": "admin-1",
    "section": "childcare",
    "indicator": "card_holding",
}


def searched(words: str = "ドローン", times: int = 3) -> str:
    """Words that were searched often enough on enough days; their key."""
    before = set(Finding.objects.values_list("pk", flat=True))
    searching.count_search(words=words, lang="ja", found=False)
    searching.keep()
    found = Finding.objects.exclude(pk__in=before).get()
    Finding.objects.filter(pk=found.pk).update(times=times, days=2)
    found.counts.update(times=times)
    return f"finding:{found.pk}"


def keys(actor: Any = OFFICER, **chosen: str) -> list[str]:
    return [one.signal.key for one in queries.proposals(actor, **chosen)]


def raised(*found: str, actor: Any = OFFICER, **changes: str) -> Issue:
    return actions.raise_issue(actor=actor, keys=found, said=SAID | changes)


def observed(value: str, day: date, vintage: str = "月次") -> None:
    observing.observe(
        actor=OFFICER,
        observed=Observed.model_validate(
            {
                "indicator": "card_holding",
                "from": day.replace(day=1).isoformat(),
                "to": day.isoformat(),
                "value": value,
                "vintage": vintage,
                "published_on": day.isoformat(),
                "source": "見本",
            }
        ),
    )


def an_adopted_action(issue: Issue) -> Issue:
    """The issue as an action of the version in force."""
    issue, draft_id = actions.open_action(actor=OFFICER, issue_id=issue.pk, revision=issue.revision)
    draft = plans.get_draft(OFFICER, draft_id)
    draft = plan_actions.send_to_review(actor=OFFICER, draft_id=draft.pk, revision=draft.revision)
    plan_actions.adopt(actor=CIO, draft_id=draft.pk, revision=draft.revision)
    return issue


def this_quarter() -> Quarter:
    return quarter_of(calendar_jp.today())


def reported(action: str, state: str) -> None:
    said = {"state": state, "done": "した", "learned": "", "grade": "on_track", "direction": "continue"}
    headquarters.keep_report(
        actor=OFFICER, quarter=this_quarter(), action=action, revision=0, said=said, file=True
    )


def test_a_finding_is_proposed_once_and_comes_back_when_it_has_doubled() -> None:
    key = searched(times=3)
    assert keys() == [key]
    issue = raised(key)
    assert keys() == []
    (row,) = issue.evidence.all()
    assert (row.key, row.source, row.count, row.turn) == (key, "searches", 3, 0)
    Finding.objects.update(times=5)
    Finding.objects.get().counts.update(times=5)
    assert keys() == []
    Finding.objects.get().counts.update(times=6)
    assert [one.judged for one in queries.proposals(OFFICER)] == [3]
    actions.join(actor=OFFICER, issue_id=issue.pk, keys=[key])
    assert list(issue.evidence.values_list("turn", flat=True)) == [0, 1]


def test_no_row_and_no_event_of_an_issue_holds_what_a_resident_typed() -> None:
    key = searched("琥珀色の風船")
    raised(key, title="見つからない届出")
    actions.set_aside(actor=OFFICER, keys=[searched("瑠璃色の風船")], reason="市の仕事ではない")
    kept = repr([list(Issue.objects.values()), list(Evidence.objects.values()), list(Event.objects.values())])
    assert "風船" not in kept
    verbs = list(Event.objects.filter(verb__startswith="improvement.").values_list("verb", flat=True))
    assert verbs == ["improvement.raised", "improvement.set_aside"]


def test_words_are_for_those_the_findings_show_them_to() -> None:
    key = searched()
    assert keys(CLERK) == []
    with pytest.raises(NotFound):
        raised(key, actor=CLERK)
    issue = raised(key)
    (seen,), (hidden,) = queries.grounds(OFFICER, issue), queries.grounds(CLERK, issue)
    assert seen.now is not None
    assert seen.now.words == "ドローン"
    assert hidden.now is None
    assert hidden.then == 3


def test_one_question_sent_to_the_city_is_shown_without_its_number() -> None:
    searching.tell(words="宇宙へ行く", text="", lang="ja", found=False)
    (one,) = queries.proposals(OFFICER, source="questions")
    assert one.shown is None
    assert queries.proposals(OFFICER, source="searches") == []


def test_pages_where_three_people_stopped_are_proposed_with_their_measure() -> None:
    people = b.household() + b.household(11)
    accounts = [b.resident_account(one) for one in people[:3]]
    for account in accounts[:2]:
        start(b.acting(account), SLUG)
    long_ago = calendar_jp.now() - timedelta(days=30)
    Draft.objects.update(updated_at=long_ago, pages_done=1)
    assert keys(CLERK, source="pages") == []
    start(b.acting(accounts[2]), SLUG)
    Draft.objects.update(pages_done=1)
    assert keys(CLERK, source="pages") == []
    Draft.objects.update(updated_at=long_ago)
    (one,) = queries.proposals(CLERK, source="pages")
    assert (one.signal.key, one.shown, one.signal.section) == (f"page:{SLUG}:1", 3, "childcare")
    assert one.signal.page is not None
    assert keys(CLERK, measure=one.signal.measures[0]) == [one.signal.key]
    assert keys(CLERK, measure="industry-1") == []
    Draft.objects.update(handed_in=True)
    assert keys(CLERK, source="pages") == []


def test_a_procedure_people_found_hard_is_proposed_once_enough_said_so() -> None:
    for account in [b.resident_account(one) for one in b.household() + b.household(11) + b.household(21)][:5]:
        b.filed(account, "dog-registration")
    Case.objects.update(satisfaction=1)
    cases = list(Case.objects.all())
    assert len(cases) == 5
    (one,) = queries.proposals(CLERK, source="complaints")
    assert (one.signal.key, one.shown) == ("hard:dog-registration", 5)
    Case.objects.filter(pk__in=[case.pk for case in cases[:3]]).update(satisfaction=5)
    assert keys(CLERK, source="complaints") == []


def test_what_a_section_learned_is_proposed_to_all_staff() -> None:
    issue = an_adopted_action(raised())
    said = {"state": "started", "done": "した", "learned": "夜に多い", "grade": "on_track"}
    headquarters.keep_report(
        actor=OFFICER,
        quarter=this_quarter(),
        action=issue.action,
        revision=0,
        said=said | {"direction": "continue"},
        file=True,
    )
    (one,) = queries.proposals(ELSEWHERE, source="reports")
    assert (one.signal.words, one.signal.measures, one.shown) == ("夜に多い", ("admin-1",), 1)


@pytest.mark.parametrize(
    ("changes", "box"),
    [
        ({"title": " "}, "title"),
        ({"title": "長" * 121}, "title"),
        ({"title": "届出《とどけ"}, "title"),
        ({"words": "長" * 4001}, "words"),
        ({"measure": "no-such"}, "measure"),
        ({"section": ""}, "section"),
        ({"indicator": "no_such"}, "indicator"),
    ],
)
def test_what_is_wrong_with_an_issue_is_said_at_its_box(changes: dict[str, str], box: str) -> None:
    with pytest.raises(Refused) as refused:
        raised(**changes)
    assert list(refused.value.faults) == [box]
    assert not Issue.objects.exists()


def test_an_issue_is_written_by_its_section_and_read_by_all_staff() -> None:
    issue = raised(actor=CLERK)
    assert queries.get(ELSEWHERE, issue.pk) == issue
    with pytest.raises(Forbidden):
        actions.move(actor=ELSEWHERE, issue_id=issue.pk, revision=0, to="looked_at")
    with pytest.raises(Forbidden):
        raised(actor=ELSEWHERE)
    with pytest.raises(Forbidden):
        actions.open_action(actor=CLERK, issue_id=issue.pk, revision=0)
    with pytest.raises(Forbidden):
        actions.show(actor=CLERK, issue_id=issue.pk, revision=0, title={})
    with pytest.raises(Forbidden):
        actions.set_aside(actor=CLERK, keys=[a_page()], reason="いらない")
    with pytest.raises(NotFound):
        queries.get(b.acting(b.resident_account()), issue.pk)


def a_page() -> str:
    people = b.household(31) + b.household(41)
    for one in people[:3]:
        start(b.acting(b.resident_account(one)), SLUG)
    Draft.objects.update(updated_at=calendar_jp.now() - timedelta(days=30))
    return f"page:{SLUG}:0"


def test_two_who_write_at_once_notice_each_other() -> None:
    issue = raised()
    actions.move(actor=CLERK, issue_id=issue.pk, revision=0, to="looked_at")
    with pytest.raises(ChangedMeanwhile):
        actions.change(actor=OFFICER, issue_id=issue.pk, revision=0, said=SAID)


def test_a_finding_cannot_be_taken_up_twice_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    key = searched()
    waiting = queries.chosen(OFFICER, [key])
    raised(key)
    monkeypatch.setattr(queries, "chosen", lambda actor, keys: waiting)
    monkeypatch.setattr(queries, "turns", lambda keys: {})
    with pytest.raises(ChangedMeanwhile):
        raised(key)
    assert Issue.objects.count() == 1


def test_an_issue_that_is_not_pursued_says_why_and_can_be_taken_up_again() -> None:
    issue = raised()
    with pytest.raises(Refused, match="why_not_pursued"):
        actions.move(actor=CLERK, issue_id=issue.pk, revision=0, to="not_pursued")
    issue = actions.move(actor=CLERK, issue_id=issue.pk, revision=0, to="not_pursued", reason="国の仕事")
    with pytest.raises(Refused, match="ended"):
        actions.join(actor=OFFICER, issue_id=issue.pk, keys=[searched()])
    issue = actions.move(actor=CLERK, issue_id=issue.pk, revision=1, to="looked_at")
    assert (issue.state, issue.reason) == ("looked_at", "")
    with pytest.raises(Refused, match="move"):
        actions.move(actor=CLERK, issue_id=issue.pk, revision=2, to="action")


def test_an_issue_becomes_an_action_in_the_draft_of_the_next_version() -> None:
    issue = raised()
    opened, draft_id = actions.open_action(actor=OFFICER, issue_id=issue.pk, revision=0)
    draft = plans.get_draft(OFFICER, draft_id)
    action = next(one for one in plans.actions_of(draft) if one.code == opened.action)
    assert (action.title.ja, action.what.ja) == (SAID["title"], SAID["words"])
    assert (action.measures, action.section, action.indicators) == (
        ("admin-1",),
        "childcare",
        ("card_holding",),
    )
    assert queries.origins([action.code]) == {action.code: opened}
    assert standings([opened])[opened.pk].draft == draft_id
    with pytest.raises(Refused, match="move"):
        actions.open_action(actor=OFFICER, issue_id=issue.pk, revision=1)
    with pytest.raises(Refused, match="indicator_stays"):
        actions.change(actor=OFFICER, issue_id=issue.pk, revision=1, said=SAID | {"indicator": ""})


def test_an_action_whose_draft_was_given_up_lets_its_issue_go_back() -> None:
    issue, draft_id = actions.open_action(actor=OFFICER, issue_id=raised().pk, revision=0)
    with pytest.raises(Refused, match="move"):
        actions.move(actor=CLERK, issue_id=issue.pk, revision=1, to="looked_at")
    plan_actions.discard(actor=OFFICER, draft_id=draft_id)
    issue = actions.move(actor=CLERK, issue_id=issue.pk, revision=1, to="looked_at")
    assert (issue.state, issue.action) == ("looked_at", "")
    assert actions.open_action(actor=OFFICER, issue_id=issue.pk, revision=2)[0].state == "action"


def test_no_action_is_opened_while_the_draft_is_being_reviewed() -> None:
    draft = plan_actions.begin(actor=OFFICER, fiscal_year=calendar_jp.fiscal_year(calendar_jp.today()))
    plan_actions.send_to_review(actor=OFFICER, draft_id=draft.pk, revision=0)
    issue = raised()
    with pytest.raises(Refused, match=r"plan\.fault\.not_draft"):
        actions.open_action(actor=OFFICER, issue_id=issue.pk, revision=0)
    assert Issue.objects.get().state == "new"


def test_the_cycle_turns_once_and_counts_every_stage() -> None:
    last = calendar_jp.today().replace(day=1) - timedelta(days=1)
    observed("70", last.replace(day=1) - timedelta(days=1))
    issue = an_adopted_action(raised(searched()))
    assert str(issue.before) == "70.0000"
    assert cycle().counts == {"seen": 1, "taken_up": 1, "decided": 1, "done": 0, "moved": 0}
    with pytest.raises(Refused, match="not_finished"):
        actions.move(actor=OFFICER, issue_id=issue.pk, revision=1, to="done", reason="できた")
    reported(issue.action, "finished")
    issue = actions.move(actor=OFFICER, issue_id=issue.pk, revision=1, to="done", reason="できた")
    assert effects.effects([issue])[str(issue.pk)].moved is None
    assert cycle().counts["moved"] == 0
    observed("75", last)
    found = effects.effects([issue])[str(issue.pk)]
    assert (found.before, found.after, found.moved) == (found.before, effects.value_now("card_holding"), True)
    assert cycle().counts == {"seen": 1, "taken_up": 1, "decided": 1, "done": 1, "moved": 1}


def test_a_number_nobody_measured_is_not_known_and_never_nothing() -> None:
    issue = raised()
    assert (issue.before, issue.before_on) == (None, None)
    issue = actions.move(actor=CLERK, issue_id=issue.pk, revision=0, to="done", reason="案内を直した")
    found = effects.effects([issue])[str(issue.pk)]
    assert (found.before, found.after, found.moved) == (None, None, None)


def test_values_of_two_vintages_are_not_compared_unless_one_has_both() -> None:
    last = calendar_jp.today().replace(day=1) - timedelta(days=1)
    earlier = last.replace(day=1) - timedelta(days=1)
    observed("70", earlier, "旧")
    issue = raised()
    issue = actions.move(actor=CLERK, issue_id=issue.pk, revision=0, to="done", reason="案内を直した")
    observed("75", last, "新")
    assert effects.effects([issue])[str(issue.pk)].after is None
    observed("76", earlier, "新")
    found = effects.effects([issue])[str(issue.pk)]
    assert found.before is not None
    assert (str(found.before.value), found.moved) == ("76.0000", False)


def test_a_value_that_was_withdrawn_is_compared_with_nothing() -> None:
    last = calendar_jp.today().replace(day=1) - timedelta(days=1)
    earlier = last.replace(day=1) - timedelta(days=1)
    observed("70", earlier, "版")
    issue = raised()
    issue = actions.move(actor=CLERK, issue_id=issue.pk, revision=0, to="done", reason="案内を直した")
    observed("75", last, "版")
    assert effects.effects([issue])[str(issue.pk)].moved is True
    row = Observation.objects.get(period_to=earlier)
    observing.withdraw(actor=OFFICER, observation_id=row.pk, reason="誤り")
    found = effects.effects([issue])[str(issue.pk)]
    assert (found.before, found.moved) == (None, None)
    observed("71", earlier, "版")
    assert effects.effects([issue])[str(issue.pk)].moved is True


def test_residents_read_of_an_issue_only_what_a_digital_officer_wrote_for_them() -> None:
    issue = raised()
    assert queries.shown_issues() == []
    title = {"ja": "届出を探しやすくする", "easy": "さがしやすく する", "en": "Easier to find"}
    with pytest.raises(Refused) as refused:
        actions.show(actor=OFFICER, issue_id=issue.pk, revision=0, title=title | {"en": ""})
    assert list(refused.value.faults) == ["shown_en"]
    issue = actions.show(actor=OFFICER, issue_id=issue.pk, revision=0, title=title)
    assert [one.shown for one in queries.shown_issues()] == [title]
    actions.hide(actor=OFFICER, issue_id=issue.pk, revision=1)
    assert queries.shown_issues() == []


def test_what_was_judged_never_changes() -> None:
    raised(searched())
    with pytest.raises(DatabaseError), transaction.atomic():
        Evidence.objects.update(count=0)


def test_lists_are_filtered_and_a_stranger_has_none() -> None:
    raised()
    other = raised(measure="life-1", section="health")
    assert [one.pk for one in queries.listed(CLERK, Filters(measure="life-1"))] == [other.pk]
    assert [one.pk for one in queries.everything(CLERK, Filters(state="new"), only=[other.pk])] == [other.pk]
    assert list(queries.listed(CLERK, Filters(section="childcare", state="done"))) == []
    with pytest.raises(NotFound):
        queries.listed(b.acting(b.resident_account()), Filters())
    assert isinstance(other.pk, UUID)
