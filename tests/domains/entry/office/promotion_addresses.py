"""Addresses of promotion in the office: the plan is everybody's to read, and few write it."""

from __future__ import annotations

from typing import Any

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Account, system
from dokodemo.promotion.closing import actions as closing
from dokodemo.promotion.closing.models import FinalRow
from dokodemo.promotion.evaluation.actions import keep_effort, submit
from dokodemo.promotion.evaluation.asking import question, told
from dokodemo.promotion.headquarters import actions as headquarters_actions
from dokodemo.promotion.headquarters.logic import to_report
from dokodemo.promotion.improvement.actions import raise_issue
from dokodemo.promotion.indicators.actions import load_of_pack
from dokodemo.promotion.indicators.models import Observation
from dokodemo.promotion.national.actions import answer, import_file
from dokodemo.promotion.plan import actions
from dokodemo.promotion.plan.models import PlanDraft
from tests.domains.entry import building as b
from tests.domains.entry.office.addressing import (
    Address,
    a_head_elsewhere,
    administrator,
    clerk,
    elsewhere,
    headquarters,
    keeper,
    the_cio,
)
from tests.domains.promotion import closing_plans
from tests.domains.promotion.evaluation_forms import TASK, asked
from tests.domains.promotion.national_files import arao, by_line, cities

YEAR = 2026


def a_draft(world: Any) -> list[Any]:
    return [actions.begin(actor=b.acting(headquarters()), fiscal_year=YEAR).pk]


def an_action_of_it(world: Any) -> list[Any]:
    return [*a_draft(world), "security-drill"]


def a_remark(world: Any) -> list[Any]:
    draft = a_draft(world)[0]
    return [draft, actions.remark(actor=b.acting(headquarters()), draft_id=draft, words="予算は").pk]


def a_version(world: Any) -> list[Any]:
    draft = PlanDraft.objects.get(pk=a_draft(world)[0])
    officer, cio = b.acting(headquarters()), b.acting(the_cio())
    draft = actions.send_to_review(actor=officer, draft_id=draft.pk, revision=draft.revision)
    return [actions.adopt(actor=cio, draft_id=draft.pk, revision=draft.revision).pk]


def a_report(world: Any) -> list[Any]:
    """An action of this fiscal year and the quarter that is reported on now."""
    a_version(world)
    quarter = to_report(calendar_jp.today())
    return [f"{quarter.fiscal_year}-{quarter.number}", "security-drill"]


def a_meeting(world: Any) -> list[Any]:
    called = headquarters_actions.call_meeting(
        actor=b.acting(headquarters()), on=calendar_jp.today(), place="庁議室", agenda="四半期の報告"
    )
    return [called.pk]


def a_follow_up(world: Any) -> list[Any]:
    actor, meeting = b.acting(headquarters()), a_meeting(world)[0]
    decision = headquarters_actions.decide(actor=actor, meeting_id=meeting, words="続ける")
    made = headquarters_actions.follow_up(
        actor=actor,
        meeting_id=meeting,
        decision_id=decision.pk,
        words="日程を出す",
        section="policy",
        due=calendar_jp.today(),
    )
    return [made.pk]


def an_evaluation(world: Any) -> list[Any]:
    """Of six months, whose means are there at once."""
    return [submit(actor=b.acting(headquarters()), question=question(asked(months=6)))]


def an_effort(world: Any) -> list[Any]:
    """A task that somebody recorded."""
    return [keep_effort(actor=b.acting(headquarters()), told=told(TASK))]


def a_final_evaluation(world: Any) -> list[Any]:
    """The final evaluation of the plan that has ended, being prepared."""
    return [closing.prepare(actor=b.acting(headquarters())).pk]


def a_final_row(world: Any) -> list[Any]:
    evaluation = a_final_evaluation(world)[0]
    return [evaluation, FinalRow.objects.filter(evaluation=evaluation)[0].pk]


def a_closed_plan(world: Any) -> list[Any]:
    return [closing_plans.closed().plan]


def an_issue(world: Any) -> list[Any]:
    """Of the section childcare."""
    said = {"title": "届出が見つからない", "measure": "admin-1", "section": b.CHILDCARE}
    return [raise_issue(actor=b.acting(headquarters()), keys=(), said=said).pk]


def a_sheet(world: Any) -> list[Any]:
    """That of this fiscal year."""
    return [calendar_jp.fiscal_year(calendar_jp.today())]


def a_line(world: Any) -> list[Any]:
    return [*a_sheet(world), "ai"]


def an_answered_line(world: Any) -> list[Any]:
    """What a digital officer answered."""
    answer(
        actor=b.acting(headquarters()),
        year=a_sheet(world)[0],
        code="ai",
        typed={"word": "yes"},
        as_of=calendar_jp.today(),
        evidence="利用要綱",
        reason="",
        revision=0,
    )
    return a_line(world)


def an_edition(world: Any) -> list[Any]:
    """The national file was taken in."""
    import_file(actor=b.acting(headquarters()), data=by_line([arao(), *cities(6)]), year=2024)
    return []


def a_value(world: Any) -> list[Any]:
    """A value of an indicator that another section owns."""
    load_of_pack(actor=system("up"))
    return ["internet_use", Observation.objects.get(code="internet_use").pk]


def without_post() -> Account:
    return b.staff_account()


PROMOTION: dict[str, Address] = {
    "improvement": Address(the_cio, wrong=None, also={200: elsewhere}),
    "improvement_findings": Address(the_cio, wrong=None, also={200: elsewhere}),
    "improvement_judge": Address(headquarters, wrong=None, also={200: elsewhere}),
    "improvement_issues": Address(the_cio, wrong=None, also={200: elsewhere}),
    "improvement_table": Address(the_cio, wrong=None, also={200: elsewhere}),
    "improvement_issue": Address(the_cio, wrong=None, parts=an_issue, also={200: elsewhere}),
    "improvement_act": Address(
        clerk(),
        302,
        wrong=elsewhere,
        refusal=403,
        parts=an_issue,
        post={"act": "looked_at", "revision": "0"},
        also={403: a_head_elsewhere},
    ),
    "national": Address(elsewhere, wrong=without_post, also={200: the_cio}),
    "national_sheet": Address(elsewhere, wrong=without_post, parts=a_sheet, also={200: the_cio}),
    "national_line": Address(elsewhere, wrong=without_post, parts=a_line, also={200: headquarters}),
    "national_withdraw": Address(
        headquarters,
        302,
        wrong=elsewhere,
        refusal=403,
        parts=an_answered_line,
        post={"revision": "1"},
        also={403: a_head_elsewhere},
    ),
    "national_confirm": Address(
        the_cio, wrong=elsewhere, refusal=403, parts=a_sheet, also={200: headquarters, 403: a_head_elsewhere}
    ),
    "national_csv": Address(elsewhere, wrong=without_post, parts=a_sheet, also={200: administrator}),
    "national_xlsx": Address(elsewhere, wrong=without_post, parts=a_sheet, also={200: administrator}),
    "national_upload": Address(headquarters, wrong=elsewhere, refusal=403, also={403: a_head_elsewhere}),
    "national_compare": Address(elsewhere, wrong=without_post, parts=an_edition, also={200: the_cio}),
    "national_compare_csv": Address(elsewhere, wrong=without_post, parts=an_edition, also={200: the_cio}),
    "evaluation": Address(headquarters, wrong=clerk(), also={200: the_cio}),
    "evaluation_new": Address(b.head, wrong=clerk(), also={403: the_cio, 404: keeper}),
    "evaluation_one": Address(headquarters, wrong=clerk(), parts=an_evaluation, also={200: administrator}),
    "evaluation_publish": Address(
        b.head, 302, wrong=clerk(), parts=an_evaluation, post={}, also={403: administrator}
    ),
    "evaluation_table": Address(headquarters, wrong=clerk(), parts=an_evaluation, also={200: the_cio}),
    "evaluation_json": Address(headquarters, wrong=clerk(), parts=an_evaluation, also={200: the_cio}),
    "evaluation_models": Address(the_cio, wrong=clerk(), also={200: b.head}),
    "evaluation_effort": Address(the_cio, wrong=clerk(), also={200: b.head}),
    "evaluation_effort_new": Address(headquarters, wrong=clerk(), also={403: the_cio}),
    "evaluation_effort_withdraw": Address(
        headquarters, 302, wrong=clerk(), parts=an_effort, post={}, also={403: the_cio}
    ),
    "closing": Address(the_cio, wrong=None, also={200: elsewhere}),
    "closing_begin": Address(
        headquarters, 302, wrong=elsewhere, refusal=403, post={}, also={403: a_head_elsewhere}
    ),
    "closing_act": Address(
        headquarters,
        302,
        wrong=elsewhere,
        refusal=403,
        parts=a_final_evaluation,
        post={"act": "read"},
        also={403: a_head_elsewhere},
    ),
    "closing_row": Address(
        headquarters, wrong=elsewhere, refusal=403, parts=a_final_row, also={403: a_head_elsewhere}
    ),
    "closing_plan": Address(the_cio, wrong=None, parts=a_closed_plan, also={200: elsewhere}),
    "closing_paper": Address(the_cio, wrong=None, parts=a_closed_plan, also={200: elsewhere}),
    "actions": Address(the_cio, wrong=None, also={200: elsewhere}),
    "actions_begin": Address(
        headquarters,
        302,
        wrong=elsewhere,
        refusal=403,
        post={"year": str(YEAR)},
        also={403: a_head_elsewhere},
    ),
    "actions_version": Address(the_cio, wrong=None, parts=a_version, also={200: elsewhere}),
    "actions_version_difference": Address(the_cio, wrong=None, parts=a_version, also={200: elsewhere}),
    "actions_export": Address(the_cio, wrong=None, parts=a_version, also={200: elsewhere}),
    "actions_draft": Address(the_cio, wrong=None, parts=a_draft, also={200: elsewhere}),
    "actions_draft_difference": Address(the_cio, wrong=None, parts=a_draft, also={200: elsewhere}),
    "actions_act": Address(
        headquarters,
        302,
        wrong=elsewhere,
        refusal=403,
        parts=a_draft,
        post={"act": "send", "revision": "0"},
        also={403: a_head_elsewhere},
    ),
    "actions_new": Address(headquarters, wrong=elsewhere, refusal=403, parts=a_draft),
    "actions_edit": Address(
        headquarters, wrong=elsewhere, refusal=403, parts=an_action_of_it, also={403: a_head_elsewhere}
    ),
    "indicators": Address(the_cio, wrong=None, also={200: elsewhere}),
    "indicators_one": Address(
        the_cio, wrong=None, parts=lambda world: ["corporate_income"], also={200: elsewhere}
    ),
    "indicators_withdraw": Address(
        headquarters, wrong=elsewhere, refusal=403, parts=a_value, also={403: a_head_elsewhere}
    ),
    "indicators_services": Address(the_cio, wrong=None, also={200: elsewhere}),
    "indicators_services_table": Address(the_cio, wrong=None, also={200: elsewhere}),
    "indicators_cost": Address(
        b.head,
        wrong=elsewhere,
        refusal=403,
        parts=lambda world: ["child-allowance-claim"],
        also={403: a_head_elsewhere},
    ),
    "indicators_table": Address(the_cio, wrong=None, also={200: elsewhere}),
    "indicators_upload": Address(headquarters, wrong=elsewhere, refusal=403, also={403: a_head_elsewhere}),
    "reports": Address(the_cio, wrong=None, also={200: elsewhere}),
    "reports_one": Address(the_cio, wrong=None, parts=a_report, also={200: elsewhere}),
    "wall": Address(the_cio, 302, wrong=lambda: b.staff_account(), also={302: elsewhere}),
    "wall_part": Address(
        the_cio, wrong=lambda: b.staff_account(), parts=lambda world: [1], also={200: elsewhere}
    ),
    "meetings": Address(the_cio, wrong=None, also={200: elsewhere}),
    "meetings_new": Address(headquarters, wrong=elsewhere, refusal=403, also={403: a_head_elsewhere}),
    "meetings_one": Address(the_cio, wrong=None, parts=a_meeting, also={200: elsewhere}),
    "meetings_packet": Address(the_cio, wrong=None, parts=a_meeting, also={200: elsewhere}),
    "meetings_papers": Address(the_cio, wrong=None, parts=a_meeting, also={200: elsewhere}),
    "meetings_act": Address(
        headquarters,
        302,
        wrong=elsewhere,
        refusal=403,
        parts=a_meeting,
        post={"act": "decide", "decision": "続ける"},
        also={403: a_head_elsewhere},
    ),
    "meetings_follow_up": Address(
        headquarters, wrong=elsewhere, refusal=403, parts=a_follow_up, also={403: a_head_elsewhere}
    ),
    "actions_settle": Address(
        headquarters, 302, wrong=elsewhere, refusal=403, parts=a_remark, post={}, also={403: a_head_elsewhere}
    ),
}
