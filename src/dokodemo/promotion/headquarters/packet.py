"""The papers of a meeting (本部会議資料): made in one go from the records, as PDF/A and as tables.

Owns what the papers hold and their words, which are Japanese. Never stores them and never changes a record.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from dokodemo.adapters import typeset
from dokodemo.city.organisation import queries as organisation
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor
from dokodemo.kernel.packs import open_pack
from dokodemo.kernel.tables import as_csv
from dokodemo.kernel.ui import texts
from dokodemo.promotion.headquarters import logic, queries
from dokodemo.promotion.headquarters.logic import Quarter
from dokodemo.promotion.headquarters.models import FollowUp, Meeting, Report
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.indicators import targeting, withdrawals
from dokodemo.promotion.indicators.observing import TOO_FEW, Withdrawn
from dokodemo.promotion.indicators.queries import Reading
from dokodemo.promotion.indicators.targeting import TargetReading
from dokodemo.promotion.plan import queries as plans

_PAPER = Path(__file__).parent / "papers" / "packet.typ"
_NONE = "–"
UNITS = {
    "percent": "%",
    "million_yen": "百万円",
    "count": "件",
    "hours": "時間",
    "minutes": "分",
    "yen": "円",
}


def papers(actor: Actor, meeting: Meeting) -> dict[str, Any]:
    """Everything the papers of a meeting print, in Japanese words. Raises NotFound."""
    quarter = logic.to_report(min(meeting.on, calendar_jp.today()))
    rows = queries.quarter(actor, quarter)
    sections = {one.code: one.name.ja for one in organisation.sections()}
    titles = {row.action.code: row.action.title.ja for row in rows}
    before = queries.meeting_before(meeting)
    readings = withdrawals.told(indicators.readings())
    targets = {one.target.indicator: one for one in targeting.targets(readings)}
    moved = logic.moved(queries.states(quarter.before), queries.states(quarter))
    return {
        "plan": plans.plan().title.ja,
        "city": open_pack(settings.DOKODEMO_PACK).city.name.ja,
        "made_on": _day(calendar_jp.today()),
        "quarter": quarter_words(quarter),
        "sample": any(row.action.sample for row in rows),
        "meeting": {"on": _day(meeting.on), "place": meeting.place or _NONE, "agenda": meeting.agenda},
        "before": None
        if before is None
        else {"on": _day(before.on), "decisions": [one.words for one in before.decisions.all()]},
        "moved": [
            {
                "title": titles.get(one.action, one.action),
                "before": _word("state", one.before) if one.before else _NONE,
                "now": _word("state", one.now),
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
        "numbers": [_number(one, targets.get(code)) for code, one in readings.items()],
        "reports": [
            _report(row.report, row.action.title.ja, sections)
            for row in rows
            if row.report is not None and row.report.filed_at is not None
        ],
        "follow_ups": [_follow_up(one, sections) for one in queries.open_follow_ups(actor)],
    }


def _number(reading: Reading, target: TargetReading | None) -> dict[str, str]:
    unit = UNITS[reading.indicator.unit]
    period = _NONE
    if reading.ratio is not None:
        period = _day(reading.ratio.as_of)
    elif reading.amount is not None:
        period = _day(reading.amount.as_of)
    elif reading.observed is not None:
        one = reading.observed
        period = f"{_day(one.from_)}から{_day(one.to)}まで"
        if one.answers is not None:
            period += f"、回答{one.answers:,}人"
        if one.low is not None and one.high is not None:
            period += f"、95%信頼区間{_figure(float(one.low))}〜{_figure(float(one.high))}{unit}"
    if reading.withdrawn is not None:
        period = _withdrawn(reading.withdrawn, "" if period == _NONE else f"{period}。")
    done = target.progress if target is not None else None
    return {
        "code": reading.indicator.code,
        "title": reading.indicator.title.ja,
        "value": "未計測" if reading.value is None else f"{_figure(reading.value)}{unit}",
        "period": period,
        "target": f"{_figure(target.target.target.value)}{unit}" if target is not None else _NONE,
        "progress": f"{100 * done:.0f}%" if done is not None else _NONE,
    }


def _withdrawn(one: Withdrawn, before: str) -> str:
    why = texts.plain("indicators.withdrawal.too_few", "ja") if one.cause == TOO_FEW else ""
    said = f"{before}{_day(one.from_)}から{_day(one.to)}までの値は{_day(one.on)}に取下げ。{why}"
    return f"{said}理由：{one.reason}" if one.reason else said


def _figure(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0")


def _report(report: Report, title: str, sections: dict[str, str]) -> dict[str, str]:
    known = {code: words.ja for code, words in indicators.titles().items()}
    figures = [
        f"{known.get(one['code'], one['code'])}："
        + ("未計測" if one["value"] is None else f"{_figure(one['value'])}{UNITS.get(one['unit'], '')}")
        for one in report.numbers
    ]
    second = ""
    if report.assessed_at is not None:
        second = f"{_word('grade', report.second_grade)}・{_word('direction', report.second_direction)}"
        second += f"\n{report.second_words}" if report.second_words else ""
    return {
        "action": report.action,
        "title": title,
        "section": sections.get(report.section, report.section),
        "state": _word("state", report.state),
        "grade": _word("grade", report.grade),
        "direction": _word("direction", report.direction),
        "done": report.done,
        "learned": report.learned,
        "evidence": report.evidence,
        "numbers": "\n".join(figures),
        "second": second,
    }


def _follow_up(one: FollowUp, sections: dict[str, str]) -> dict[str, str]:
    late = "（期限を過ぎています）" if one.due < calendar_jp.today() else ""
    return {
        "words": one.words,
        "section": sections.get(one.section, one.section),
        "due": _day(one.due),
        "late": late,
    }


def quarter_words(quarter: Quarter, lang: str = "ja") -> str:
    """A quarter as people read it: 令和8年度 第2四半期; in plain Japanese its months."""
    if lang == "easy":
        return f"{quarter.first.year}年{quarter.first.month}月から {quarter.last.month}月まで"
    year = calendar_jp.fiscal_year_label(quarter.fiscal_year, lang)
    return f"quarter {quarter.number} of {year}" if lang == "en" else f"{year} 第{quarter.number}四半期"


def _word(kind: str, value: str) -> str:
    return texts.plain(f"headquarters.{kind}.{value}", "ja")


def _day(day: date) -> str:
    return calendar_jp.to_wareki(day, "ja")


def as_pdf(data: dict[str, Any]) -> bytes:
    """The papers as PDF/A-3a and PDF/UA-1. Raises TypesetError."""
    template = typeset.Template("packet.typ", {"packet.typ": _PAPER.read_text("utf-8")})
    return typeset.typeset(template, data, created=calendar_jp.now()).pdf


def as_zip(data: dict[str, Any]) -> bytes:
    """The papers with the same data as tables (CSV UTF-8). Raises TypesetError."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("packet.pdf", as_pdf(data))
        for name in ("numbers", "reports", "follow_ups", "moved", "late"):
            archive.writestr(f"{name}.csv", _table(data[name]))
    return out.getvalue()


def _table(rows: Sequence[dict[str, str]]) -> bytes:
    return as_csv([list(rows[0]), *(list(row.values()) for row in rows)] if rows else [])
