"""A city whose plan has ended, short to write: its last year's actions, reports, and a successor where one is wanted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dokodemo.kernel.access import Role
from dokodemo.kernel.packs.loading import ROOTS_VARIABLE
from dokodemo.promotion.closing import actions, queries
from dokodemo.promotion.closing.logic import ACTION
from dokodemo.promotion.closing.models import FinalEvaluation
from dokodemo.promotion.headquarters import actions as headquarters
from dokodemo.promotion.headquarters.logic import Quarter
from dokodemo.promotion.plan import actions as plan_actions
from dokodemo.promotion.plan.models import ActionPlan, ClosedPlan
from tests.domains.promotion.test_action_plan import CIO, OFFICER, staff

LAST_YEAR, LAST = 2025, Quarter(2025, 4)
REASON = "計画の期間が終わったため"
SUMMARY = {"ja": "四年間で手続が変わりました。", "easy": "手続《てつづ》きが 変《か》わりました。", "en": ""}
_PLAN = """code: next-plan
title: {ja: 次の計画, easy: つぎの 計画《けいかく》, en: The next plan}
source: {ja: 見本, easy: 見本《みほん》, en: A sample}
state: draft
sample: true
period: {from: 2026-04-01, to: 2030-03-31}
vision: {ja: 待たない町, easy: 待《ま》たない 町《まち》, en: No waiting}
strategies:
  - code: people
    title: {ja: 人のために, easy: 人《ひと》の ために, en: For people}
    aim: {ja: だれも待たない, easy: 待《ま》たない, en: Nobody waits}
measures:
  - code: together
    strategy: people
    number: 1
    title: {ja: いっしょに使う, easy: いっしょに 使《つか》う, en: Together}
    promise: {ja: 教え合える, easy: 教《おし》え合《あ》える, en: Teach each other}
    state: planned
    place: life/learning
    takes_over: [life-1, life-3]
"""


def last_year() -> ActionPlan:
    """The pack's actions adopted for the plan's last fiscal year."""
    draft = plan_actions.begin(actor=OFFICER, fiscal_year=LAST_YEAR)
    draft = plan_actions.send_to_review(actor=OFFICER, draft_id=draft.pk, revision=draft.revision)
    return plan_actions.adopt(actor=CIO, draft_id=draft.pk, revision=draft.revision)


def report(code: str, state: str, *, quarter: Quarter = LAST, direction: str = "continue") -> None:
    """A filed report on an action."""
    said = {"state": state, "done": "行った", "grade": "on_track", "direction": direction}
    headquarters.keep_report(actor=OFFICER, quarter=quarter, action=code, revision=0, said=said, file=True)


def judged(
    evaluation: FinalEvaluation, *, passed: tuple[str, ...] = (), actor: Any = OFFICER
) -> FinalEvaluation:
    """Every row judged as the records say, the actions in `passed` passed on, the others ended, and the summary written."""
    for row in queries.rows_of(evaluation):
        if row.finished or not row.open or row.id is None:
            continue
        choice = ("pass_on" if row.code in passed else "end") if row.kind == ACTION else row.result
        actions.keep_row(
            actor=actor,
            evaluation_id=evaluation.pk,
            row_id=row.id,
            revision=row.revision,
            judgement=choice,
            words="続ける価値がある" if choice == "pass_on" else "わかったこと",
        )
    evaluation.refresh_from_db()
    return actions.keep_summary(
        actor=actor, evaluation_id=evaluation.pk, revision=evaluation.revision, said=SUMMARY
    )


def closed(*, passed: tuple[str, ...] = ()) -> ClosedPlan:
    """The plan prepared, judged and closed on its last day, its last reports left open."""
    evaluation = judged(actions.prepare(actor=OFFICER), passed=passed)
    return actions.close(
        actor=CIO,
        evaluation_id=evaluation.pk,
        revision=evaluation.revision,
        on=queries.plan_of(evaluation).period.to,
        reason=REASON,
        despite_open=True,
    )


def with_successor(settings: Any, monkeypatch: Any, folder: Path) -> None:
    """From here on the city's pack has a successor of its plan, in force from the day after."""
    pack = folder / "successor"
    (pack / "plan" / "plans").mkdir(parents=True, exist_ok=True)
    (pack / "pack.yaml").write_text(
        "name: successor\ntitle: {ja: 次の市, easy: つぎの 市《し》, en: Next}\nextends: [arao]\ndemo: true\n",
        "utf-8",
    )
    (pack / "plan" / "plan.yaml").write_text("successor: next-plan\n", "utf-8")
    (pack / "plan" / "plans" / "next.yaml").write_text(_PLAN, "utf-8")
    monkeypatch.setenv(ROOTS_VARIABLE, str(folder))
    settings.DOKODEMO_PACK = "successor"


HEAD = staff(Role.HEAD_OF_SECTION, "library")
