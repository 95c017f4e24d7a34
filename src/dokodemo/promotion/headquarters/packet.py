"""The papers of a meeting (本部会議資料): made in one go from the records, as PDF/A and as tables.

Owns what the papers hold and their words, which are Japanese. Never stores them and never changes a record.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from dokodemo.adapters import typeset
from dokodemo.city.organisation import queries as organisation
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor
from dokodemo.kernel.packs import open_pack
from dokodemo.kernel.tables import as_csv
from dokodemo.kernel.ui import texts
from dokodemo.promotion.headquarters import logic, queries
from dokodemo.promotion.headquarters.models import FollowUp, Meeting, Report
from dokodemo.promotion.headquarters.since import Since, since_meeting
from dokodemo.promotion.headquarters.words import (
    UNITS,
    choice_words,
    day_words,
    figure,
    quarter_words,
    value_words,
)
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.indicators import targeting, withdrawals
from dokodemo.promotion.indicators.observing import TOO_FEW, Withdrawn
from dokodemo.promotion.indicators.queries import Reading
from dokodemo.promotion.indicators.targeting import TargetReading
from dokodemo.promotion.plan import queries as plans

_PAPER = Path(__file__).parent / "papers" / "packet.typ"
_NONE = "–"
# What the tables beside the papers hold, also where there is nothing to tell.
COLUMNS = {
    "numbers": ("code", "title", "before", "value", "period", "target", "progress"),
    "reports": (
        "action",
        "title",
        "section",
        "state",
        "grade",
        "direction",
        "done",
        "learned",
        "evidence",
        "numbers",
        "second",
    ),
    "follow_ups": ("words", "section", "owner", "due", "late"),
    "decisions": ("on", "words", "follow_up", "section", "owner", "state"),
    "done": ("words", "section", "how", "on"),
    "moved": ("title", "before", "now"),
    "late": ("title", "section"),
}


def papers(actor: Actor, meeting: Meeting, owners: Mapping[UUID, str] | None = None) -> dict[str, Any]:
    """Everything the papers of a meeting print, in Japanese words. Raises NotFound.

    `owners`: who answers for each open follow-up, by its identifier; who that is on a day is not the headquarters' to know.
    """
    names = owners or {}
    quarter = logic.to_report(min(meeting.on, calendar_jp.today()))
    rows = queries.quarter(actor, quarter)
    sections = {one.code: one.name.ja for one in organisation.sections()}
    version = plans.in_force()
    listed = plans.actions_of(version) if version is not None else ()
    titles = {one.code: one.title.ja for one in (*listed, *(row.action for row in rows))}
    before = queries.meeting_before(meeting)
    since = since_meeting(before) if before is not None else None
    readings = withdrawals.told(indicators.readings())
    targets = {one.target.indicator: one for one in targeting.targets(readings)}
    moved = logic.moved(queries.states(quarter.before), queries.states(quarter))
    return {
        "plan": plans.plan().title.ja,
        "city": open_pack(settings.DOKODEMO_PACK).city.name.ja,
        "made_on": day_words(calendar_jp.today()),
        "quarter": quarter_words(quarter),
        "sample": any(row.action.sample for row in rows),
        "meeting": {"on": day_words(meeting.on), "place": meeting.place or _NONE, "agenda": meeting.agenda},
        "since": _since(since, titles) if since is not None else None,
        "decisions": _decisions(since, sections, names) if since is not None else [],
        "done": [_done(one, sections) for one in since.done] if since is not None else [],
        "moved": [
            {
                "title": titles.get(one.action, one.action),
                "before": choice_words("state", one.before) if one.before else _NONE,
                "now": choice_words("state", one.now),
            }
            for one in moved
        ],
        "late": [
            {
                "title": row.action.title.ja,
                "section": sections.get(row.action.section, row.action.section),
            }
            for row in rows
            if row.late
        ],
        "numbers": [
            _number(one, targets.get(code), since.then.get(code) if since is not None else None)
            for code, one in readings.items()
        ],
        "reports": [
            _report(row.report, row.action.title.ja, sections)
            for row in rows
            if row.report is not None and row.report.filed_at is not None
        ],
        "follow_ups": [_follow_up(one, sections, names) for one in queries.open_follow_ups(actor)],
    }


def _since(since: Since, titles: Mapping[str, str]) -> dict[str, Any]:
    """What is new since the last meeting, beside what was decided and what moved."""
    return {
        "on": day_words(since.meeting.on),
        "versions": [
            f"アクションプラン{calendar_jp.fiscal_year_label(one.fiscal_year, 'ja')}第{one.number}版"
            f"（{day_words(calendar_jp.jst_day(one.adopted_at))}決裁）"
            for one in since.versions
        ],
        "filed": [
            f"{titles.get(one.action, one.action)}（{quarter_words(one.quarter)}、{choice_words('state', one.state)}）"
            for one in since.filed
        ],
    }


def _decisions(since: Since, sections: Mapping[str, str], names: Mapping[UUID, str]) -> list[dict[str, str]]:
    """What was decided last time, a row for each follow-up: what became of it."""
    rows = []
    for decision in since.decisions:
        told = {"on": day_words(since.meeting.on), "words": decision.words}
        follow_ups = list(decision.follow_ups.all())
        if not follow_ups:
            rows.append(told | {"follow_up": "", "section": "", "owner": "", "state": ""})
        for one in follow_ups:
            state = (
                f"{day_words(calendar_jp.jst_day(one.done_at))}完了" if one.done_at is not None else "未了"
            )
            open_one = _follow_up(one, sections, names)
            rows.append(
                told
                | {
                    "follow_up": one.words,
                    "section": open_one["section"],
                    "owner": open_one["owner"] if one.done_at is None else "",
                    "state": state if one.done_at is not None else f"{state}（{open_one['due']}まで）",
                }
            )
    return rows


def _done(one: FollowUp, sections: Mapping[str, str]) -> dict[str, str]:
    """A follow-up that was finished, and how."""
    day = day_words(calendar_jp.jst_day(one.done_at)) if one.done_at is not None else ""
    section = sections.get(one.section, one.section)
    return {"words": one.words, "section": section, "how": one.done_words, "on": day}


def _number(reading: Reading, target: TargetReading | None, then: Reading | None) -> dict[str, str]:
    unit = UNITS[reading.indicator.unit]
    period = _NONE
    if reading.ratio is not None:
        period = day_words(reading.ratio.as_of)
    elif reading.amount is not None:
        period = day_words(reading.amount.as_of)
    elif reading.observed is not None:
        one = reading.observed
        period = f"{day_words(one.from_)}から{day_words(one.to)}まで"
        if one.answers is not None:
            period += f"、回答{one.answers:,}人"
        if one.low is not None and one.high is not None:
            period += f"、95%信頼区間{figure(float(one.low))}〜{figure(float(one.high))}{unit}"
    if reading.withdrawn is not None:
        period = _withdrawn(reading.withdrawn, "" if period == _NONE else f"{period}。")
    done = target.progress if target is not None else None
    return {
        "code": reading.indicator.code,
        "title": reading.indicator.title.ja,
        "before": _NONE if then is None else value_words(then),
        "value": value_words(reading),
        "period": period,
        "target": f"{figure(target.target.target.value)}{unit}" if target is not None else _NONE,
        "progress": f"{100 * done:.0f}%" if done is not None else _NONE,
    }


def _withdrawn(one: Withdrawn, before: str) -> str:
    why = texts.plain("indicators.withdrawal.too_few", "ja") if one.cause == TOO_FEW else ""
    said = (
        f"{before}{day_words(one.from_)}から{day_words(one.to)}までの値は{day_words(one.on)}に取下げ。{why}"
    )
    return f"{said}理由：{one.reason}" if one.reason else said


def _report(report: Report, title: str, sections: dict[str, str]) -> dict[str, str]:
    known = {code: words.ja for code, words in indicators.titles().items()}
    figures = [
        f"{known.get(one['code'], one['code'])}："
        + ("未計測" if one["value"] is None else f"{figure(one['value'])}{UNITS.get(one['unit'], '')}")
        for one in report.numbers
    ]
    second = ""
    if report.assessed_at is not None:
        second = f"{choice_words('grade', report.second_grade)}・{choice_words('direction', report.second_direction)}"
        second += f"\n{report.second_words}" if report.second_words else ""
    return {
        "action": report.action,
        "title": title,
        "section": sections.get(report.section, report.section),
        "state": choice_words("state", report.state),
        "grade": choice_words("grade", report.grade),
        "direction": choice_words("direction", report.direction),
        "done": report.done,
        "learned": report.learned,
        "evidence": report.evidence,
        "numbers": "\n".join(figures),
        "second": second,
    }


def _follow_up(one: FollowUp, sections: Mapping[str, str], names: Mapping[UUID, str]) -> dict[str, str]:
    late = "（期限を過ぎています）" if one.due < calendar_jp.today() else ""
    return {
        "words": one.words,
        "section": sections.get(one.section, one.section),
        "owner": names.get(one.pk, "責任者なし"),
        "due": day_words(one.due),
        "late": late,
    }


def as_pdf(data: dict[str, Any]) -> bytes:
    """The papers as PDF/A-3a and PDF/UA-1. Raises TypesetError."""
    template = typeset.Template("packet.typ", {"packet.typ": _PAPER.read_text("utf-8")})
    return typeset.typeset(template, data, created=calendar_jp.now()).pdf


def as_zip(data: dict[str, Any]) -> bytes:
    """The papers with the same data as tables (CSV UTF-8). Raises TypesetError."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("packet.pdf", as_pdf(data))
        for name, columns in COLUMNS.items():
            archive.writestr(f"{name}.csv", _table(columns, data[name]))
    return out.getvalue()


def _table(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bytes:
    return as_csv([columns, *([row[name] for name in columns] for row in rows)])
