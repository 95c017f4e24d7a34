"""The action plan: begun, written, reviewed, adopted; what is adopted never changes, and every step is one event."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, Forbidden, Grant, NotFound, Role
from dokodemo.kernel.crypto import new_id
from dokodemo.kernel.events.models import Event
from dokodemo.kernel.refusals import ChangedMeanwhile
from dokodemo.promotion.plan import actions, queries
from dokodemo.promotion.plan.action_plan import Wrong
from dokodemo.promotion.plan.actions import Refused
from dokodemo.promotion.plan.models import ActionPlan, PlanDraft
from tests.domains.city.city_builders import the_pack

pytestmark = pytest.mark.django_db
YEAR = 2026


def staff(role: Role, section: str = "policy") -> Actor:
    return Actor(kind="staff", account_id=new_id(), grants=frozenset({Grant(section, role)}))


OFFICER, CIO = staff(Role.DIGITAL_OFFICER), staff(Role.CIO)
HEAD = staff(Role.HEAD_OF_SECTION, "childcare")


@pytest.fixture(autouse=True)
def _city() -> None:
    the_pack()


def an_action(code: str = "new-thing", **changes: Any) -> dict[str, Any]:
    text = {"ja": "新しい取組", "easy": "新《あたら》しい こと", "en": "Something new"}
    return {
        "code": code,
        "title": text,
        "what": text,
        "measures": ["admin-1", "life-1"],
        "section": "policy",
        "from": f"{YEAR}-04-01",
        "to": f"{YEAR + 1}-03-31",
        **changes,
    }


def in_review(actor: Actor = OFFICER) -> PlanDraft:
    draft = actions.begin(actor=actor, fiscal_year=YEAR)
    return actions.send_to_review(actor=actor, draft_id=draft.pk, revision=draft.revision)


def adopted() -> ActionPlan:
    draft = in_review()
    return actions.adopt(actor=CIO, draft_id=draft.pk, revision=draft.revision)


def codes(version: ActionPlan | PlanDraft) -> list[str]:
    return [one.code for one in queries.actions_of(version)]


def verbs() -> list[str]:
    return list(Event.objects.filter(verb__startswith="plan.").order_by("id").values_list("verb", flat=True))


def test_a_citys_first_year_begins_with_its_pack_moved_into_the_year() -> None:
    draft = actions.begin(actor=OFFICER, fiscal_year=YEAR)
    first = queries.actions_of(draft)
    assert len(first) >= 11
    assert {code for one in first for code in one.measures} == {one.code for one in queries.plan().measures}
    assert {calendar_jp.fiscal_year(one.to) for one in first} == {YEAR}
    assert all(one.from_ <= task.due <= one.to for one in first for task in one.tasks)
    assert actions.begin(actor=OFFICER, fiscal_year=YEAR).pk == draft.pk
    assert verbs() == ["plan.draft_begun"]


def test_from_draft_to_adoption_and_each_step_is_one_event() -> None:
    draft = actions.begin(actor=OFFICER, fiscal_year=YEAR)
    draft = actions.keep_action(
        actor=OFFICER, draft_id=draft.pk, revision=draft.revision, data=an_action(budget_yen=500_000)
    )
    draft = actions.send_to_review(actor=OFFICER, draft_id=draft.pk, revision=draft.revision)
    version = actions.adopt(actor=CIO, draft_id=draft.pk, revision=draft.revision, reason="最初の版")
    assert (version.fiscal_year, version.number, version.reason) == (YEAR, 1, "最初の版")
    assert "new-thing" in codes(version)
    assert not PlanDraft.objects.exists()
    assert verbs() == ["plan.draft_begun", "plan.action_kept", "plan.sent_to_review", "plan.adopted"]
    assert Event.objects.get(verb="plan.adopted").digests["content"] == version.digest


def test_a_version_keeps_what_was_said_of_it_in_review() -> None:
    draft = actions.begin(actor=OFFICER, fiscal_year=YEAR)
    actions.remark(actor=HEAD, draft_id=draft.pk, words="予算の根拠は", action="security-drill")
    draft = actions.send_to_review(actor=OFFICER, draft_id=draft.pk, revision=draft.revision)
    draft = actions.return_to_writers(actor=CIO, draft_id=draft.pk, revision=draft.revision, words="期日も")
    for one in queries.remarks(draft):
        actions.settle(actor=OFFICER, remark_id=one.pk)
    draft = actions.send_to_review(actor=OFFICER, draft_id=draft.pk, revision=draft.revision)
    version = actions.adopt(actor=CIO, draft_id=draft.pk, revision=draft.revision)
    said = queries.said_of(queries.get_version(OFFICER, version.pk))
    assert [(one.action, one.words, one.made_by) for one in said] == [
        ("security-drill", "予算の根拠は", HEAD.account),
        ("", "期日も", CIO.account),
    ]
    assert queries.said_of(adopted()) == []
    assert "予算の根拠" not in repr(list(Event.objects.values()))


def test_an_adopted_version_is_changed_by_nobody() -> None:
    version = adopted()
    for change in (
        lambda: ActionPlan.objects.filter(pk=version.pk).update(reason="x"),
        lambda: ActionPlan.objects.filter(pk=version.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert ActionPlan.objects.get().digest == version.digest


def test_a_change_is_the_next_version_and_each_day_has_its_own() -> None:
    first = adopted()
    draft = actions.begin(actor=OFFICER, fiscal_year=YEAR)
    assert (draft.based_on, codes(draft)) == (first, codes(first))
    gone = codes(draft)[0]
    draft = actions.take_out(actor=OFFICER, draft_id=draft.pk, revision=draft.revision, code=gone)
    draft = actions.send_to_review(actor=OFFICER, draft_id=draft.pk, revision=draft.revision)
    second = actions.adopt(actor=CIO, draft_id=draft.pk, revision=draft.revision)
    assert second.number == 2
    assert queries.version_before(second) == first
    today = calendar_jp.today()
    assert queries.in_force(today) == second
    assert queries.in_force(today - timedelta(days=1)) is None


def test_the_next_year_carries_what_is_named_and_moves_its_days() -> None:
    first = adopted()
    kept = codes(first)[1]
    draft = actions.begin(actor=OFFICER, fiscal_year=YEAR + 1, carry=[kept, "no-such"])
    (action,) = queries.actions_of(draft)
    assert (action.code, action.to) == (kept, date(YEAR + 2, 3, 31))


def test_a_head_writes_the_actions_of_the_own_section_and_no_others() -> None:
    draft = actions.begin(actor=OFFICER, fiscal_year=YEAR)

    def keep(data: dict[str, Any], code: str | None = None) -> PlanDraft:
        found = PlanDraft.objects.get()
        return actions.keep_action(
            actor=HEAD, draft_id=draft.pk, revision=found.revision, data=data, code=code
        )

    keep(an_action(section="childcare"))
    keep(an_action(section="childcare", person_hours=10), "new-thing")
    for data, code in (
        (an_action("other"), None),
        (an_action(section="policy"), "new-thing"),
        (an_action("security-drill", section="childcare"), "security-drill"),
    ):
        with pytest.raises(Forbidden):
            keep(data, code)
    with pytest.raises(Forbidden):
        actions.take_out(
            actor=HEAD, draft_id=draft.pk, revision=PlanDraft.objects.get().revision, code="security-drill"
        )


def test_only_the_cio_adopts_and_only_the_coordinators_begin_send_and_give_up() -> None:
    clerk = staff(Role.CASEWORKER, "childcare")
    for actor in (HEAD, CIO, staff(Role.CASEWORKER, "tax")):
        if actor is CIO:
            continue
        with pytest.raises(Forbidden):
            actions.begin(actor=actor, fiscal_year=YEAR)
    draft = in_review()
    for actor in (OFFICER, HEAD, clerk):
        with pytest.raises(Forbidden):
            actions.adopt(actor=actor, draft_id=draft.pk, revision=draft.revision)
    with pytest.raises(Forbidden):
        actions.discard(actor=HEAD, draft_id=draft.pk)
    with pytest.raises(NotFound):
        queries.get_draft(Actor(kind="resident", account_id=new_id()), draft.pk)
    actions.discard(actor=OFFICER, draft_id=draft.pk)
    actions.discard(actor=OFFICER, draft_id=draft.pk)
    assert verbs().count("plan.draft_discarded") == 1


def test_two_writers_notice_each_other() -> None:
    draft = actions.begin(actor=OFFICER, fiscal_year=YEAR)
    actions.keep_action(actor=OFFICER, draft_id=draft.pk, revision=0, data=an_action())
    with pytest.raises(ChangedMeanwhile):
        actions.keep_action(actor=OFFICER, draft_id=draft.pk, revision=0, data=an_action("second"))


def test_nothing_is_written_while_it_is_reviewed() -> None:
    draft = in_review()
    with pytest.raises(Refused, match="not_draft"):
        actions.keep_action(actor=OFFICER, draft_id=draft.pk, revision=draft.revision, data=an_action())


def test_a_plan_goes_back_with_a_reason_that_must_be_settled_before_adoption() -> None:
    draft = in_review()
    for words in ("", "  ", "長" * 2001):
        with pytest.raises(Refused, match="words"):
            actions.return_to_writers(actor=CIO, draft_id=draft.pk, revision=draft.revision, words=words)
    draft = actions.return_to_writers(
        actor=CIO, draft_id=draft.pk, revision=draft.revision, words="予算を書いてください"
    )
    (remark,) = queries.remarks(draft)
    draft = actions.send_to_review(actor=OFFICER, draft_id=draft.pk, revision=draft.revision)
    with pytest.raises(Refused, match="open_remarks"):
        actions.adopt(actor=CIO, draft_id=draft.pk, revision=draft.revision)
    with pytest.raises(Forbidden):
        actions.settle(actor=HEAD, remark_id=remark.pk)
    actions.settle(actor=OFFICER, remark_id=remark.pk)
    actions.settle(actor=OFFICER, remark_id=remark.pk)
    assert verbs().count("plan.remark_settled") == 1
    assert actions.adopt(actor=CIO, draft_id=draft.pk, revision=draft.revision).number == 1


def test_what_is_remarked_is_in_no_event() -> None:
    draft = actions.begin(actor=OFFICER, fiscal_year=YEAR)
    actions.remark(actor=HEAD, draft_id=draft.pk, words="琥珀色の意見", action="security-drill")
    event = Event.objects.get(verb="plan.remarked")
    assert "琥珀" not in repr((event.refs, event.numbers, event.digests))
    with pytest.raises(NotFound):
        actions.remark(actor=HEAD, draft_id=draft.pk, words="x", action="no-such-action")


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"to": "2026-03-01"}, ""),
        ({"measures": []}, "measures"),
        ({"measures": ["admin-9"]}, "measures"),
        ({"section": "moon"}, "section"),
        ({"related": ["sogo.nothing"]}, "related"),
        ({"indicators": ["K99"]}, "indicators"),
        ({"guidelines": {"be-nice": "kept"}}, "guidelines"),
        ({"guidelines": {"speed": "perhaps"}}, "guidelines.speed"),
        ({"budget_yen": -1}, "budget_yen"),
        ({"code": "security-drill"}, "code"),
        ({"code": "9 lives"}, "code"),
        ({"tasks": [{"title": an_action()["title"], "due": "2030-01-01"}]}, ""),
        ({"colour": "red"}, "colour"),
    ],
)
def test_an_action_that_is_none_is_refused_with_its_place(changes: dict[str, Any], place: str) -> None:
    draft = actions.begin(actor=OFFICER, fiscal_year=YEAR)
    with pytest.raises(Wrong) as refused:
        actions.keep_action(actor=OFFICER, draft_id=draft.pk, revision=0, data=an_action(**changes))
    assert next(found for found, _ in refused.value.faults).startswith(place)
    assert "new-thing" not in codes(PlanDraft.objects.get())


def test_a_plan_without_actions_is_not_sent() -> None:
    adopted()
    draft = actions.begin(actor=OFFICER, fiscal_year=YEAR + 1, carry=[])
    with pytest.raises(Refused, match="empty"):
        actions.send_to_review(actor=OFFICER, draft_id=draft.pk, revision=draft.revision)


def test_a_demonstration_takes_its_packs_actions_once() -> None:
    made = actions.load_sample(actor=staff(Role.ADMINISTRATOR))
    assert made is not None
    this = calendar_jp.fiscal_year(calendar_jp.today())
    assert (made.fiscal_year, made.number, made.adopted_by) == (max(this, 2025), 1, None)
    assert set(ActionPlan.objects.values_list("fiscal_year", flat=True)) == {2025, max(this, 2025)}
    assert {calendar_jp.fiscal_year(one.to) for one in queries.actions_of(made)} == {max(this, 2025)}
    assert actions.load_sample(actor=OFFICER) is None
    assert queries.in_force() == made
