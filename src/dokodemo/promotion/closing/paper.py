"""The paper of a final evaluation (最終評価書): set from the closed plan alone, as PDF/A.

Owns what the paper holds and its words, which are Japanese. Never stores it and never changes a record.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings

from dokodemo.adapters import typeset
from dokodemo.city.organisation import queries as organisation
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.packs import open_pack
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import say_plain
from dokodemo.promotion.closing.logic import ACTION
from dokodemo.promotion.closing.queries import Final, Reported, RowView
from dokodemo.promotion.headquarters.words import UNITS, choice_words, day_words, figure, quarter_words

_PAPER = Path(__file__).parent / "papers" / "final.typ"
_NONE = "–"


def content(final: Final) -> dict[str, Any]:
    """Everything the paper prints, in Japanese words."""
    plan, closed = final.plan, final.closed
    sections = {one.code: one.name.ja for one in organisation.sections()}
    return {
        "plan": plan.title.ja,
        "city": open_pack(settings.DOKODEMO_PACK).city.name.ja,
        "sample": plan.sample or any(one.facts.get("sample") for one in final.actions),
        "period": f"{day_words(plan.period.from_)}から{day_words(plan.period.to)}まで",
        "closed_on": day_words(closed.on),
        "made_on": day_words(calendar_jp.today()),
        "reason": closed.reason,
        "summary": "\n".join(say_plain(line, "ja") for line in final.summary("ja")[0]),
        "tally": [
            {"result": _word("result", one), "count": str(count)} for one, count in final.tally.items()
        ],
        "rows": [_row(one) for one in final.judged],
        "actions": [
            {
                "title": _titled(one),
                "section": sections.get(one.facts["section"], one.facts["section"]),
                "reported": _reported(one.reported),
                "choice": _judged(one),
                "words": one.words,
            }
            for one in final.actions
        ],
        "digest": closed.digest,
    }


def _row(one: RowView) -> dict[str, str]:
    return {
        "kind": _word("kind", one.kind),
        "title": _titled(one),
        "records": f"{_word('result', one.result)}（{_word('why', one.facts['why'])}）",
        "value": _value(one),
        "actions": "\n".join(f"{_text(each)}：{_reported(each)}" for each in one.actions),
        "judgement": _judged(one),
        "words": one.words,
    }


def _titled(one: RowView) -> str:
    return f"{say_plain(one.title, 'ja')}（見本）" if one.facts.get("sample") else say_plain(one.title, "ja")


def _text(one: Reported) -> str:
    return f"{say_plain(one.title, 'ja')}（見本）" if one.sample else say_plain(one.title, "ja")


def _value(one: RowView) -> str:
    """The last value of the period with its vintage, and the target; nothing for a measure."""
    facts, unit = one.facts, UNITS.get(one.facts.get("unit", ""), "")
    said = []
    if facts.get("value") is not None and one.to is not None:
        time = (
            f"{day_words(one.from_)}から{day_words(one.to)}まで"
            if one.from_ is not None
            else day_words(one.to)
        )
        vintage = f"、公表の版：{facts['vintage']}" if facts["vintage"] else ""
        sampled = f"、回答{facts['answers']:,}人" if facts.get("answers") else ""
        if facts.get("low") is not None:
            sampled += f"、95%信頼区間{figure(facts['low'])}〜{figure(facts['high'])}{unit}"
        said.append(f"{figure(facts['value'])}{unit}（{time}{vintage}{sampled}）")
    if facts.get("target") is not None:
        year = calendar_jp.fiscal_year_label(facts["target_year"], "ja")
        said.append(f"目標 {figure(facts['target'])}{unit}（{year}）")
    return "\n".join(said)


def _reported(one: Reported) -> str:
    if one.state is None or one.quarter is None:
        return "報告なし"
    way = f"・{choice_words('direction', one.direction)}" if one.direction else ""
    return f"{choice_words('state', one.state)}{way}（{quarter_words(one.quarter)}）"


def _judged(one: RowView) -> str:
    if one.finished:
        return _word("result", "met")
    if not one.judgement:
        return _NONE
    return _word("choice" if one.kind == ACTION else "result", one.judgement)


def _word(kind: str, value: str) -> str:
    return texts.plain(f"closing.{kind}.{value}", "ja")


def as_pdf(data: dict[str, Any]) -> bytes:
    """The paper as PDF/A-3a and PDF/UA-1. Raises TypesetError."""
    template = typeset.Template("final.typ", {"final.typ": _PAPER.read_text("utf-8")})
    return typeset.typeset(template, data, created=calendar_jp.now()).pdf
