"""Procedures as open data (行政サービス・制度のオープンデータ): the columns of GIF DS-451-4, one row for each procedure in force.

Owns which field of a definition stands under which name of the standard. Pure; never reads a table. Names of our own,
where the standard has none, come after those of the standard.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.administration.procedures.everyday import LifeEvent
from dokodemo.kernel.packs import City, Text
from dokodemo.kernel.text_jp import strip_ruby

# https://www.digital.go.jp/policies/data_strategy_government_interoperability_framework (DS-451-4, 2025-03-25)
STANDARD = (
    "制度所管組織", "タイトル", "サブタイトル", "制度番号", "元制度番号", "根拠法令", "地域", "概要", "内容", "対象者",
    "対象者条件", "費用", "申請届出方法", "手続書類", "電子申請の有無", "詳細URL", "ステージとアクション", "キーワード",
    "お問い合わせ先", "連絡先情報", "公開終了日", "最終更新日", "表示優先度",
)  # fmt: skip
OWN = (
    "手続の種類", "オンライン化の状況", "標準処理期間（日）", "法定期限（日）", "入力にかかる分数", "確認の状況", "タイトル_英語",
    "概要_英語", "概要_やさしい日本語",
)  # fmt: skip
COLUMNS = (*STANDARD, *OWN)
_KINDS = {"application": "申請", "notification": "届出", "request": "請求"}
_STATES = {"full": "すべてオンライン", "partial": "一部オンライン", "none": "オンライン不可"}
_AUDIENCES = {"resident": "住民", "young": "若者", "business": "事業者", "farmer": "農業者"}


@dataclass(frozen=True)
class Around:
    """What a row needs besides the procedure: the city, its sections by code (name, telephone), life events, addresses.

    `pages` and `forms` give the absolute address of a procedure's page and of its application by slug.
    """

    city: City
    sections: Mapping[str, tuple[str, str]]
    life_events: Mapping[str, LifeEvent]
    pages: Mapping[str, str]
    forms: Mapping[str, str]


def row_of(procedure: CompiledProcedure, published_on: date, around: Around) -> dict[str, str | int | None]:
    """One procedure in force as a row: every name of COLUMNS; money in yen, days as ISO text, lists joined by «;»."""
    d = procedure.definition
    section, phone = around.sections.get(d.unit, ("", ""))
    papers = [_ja(need) for need in d.needs]
    papers += [_ja(e.say or procedure.vocabulary.term(e.term).label) for e in d.evidence]
    online = d.online_state != "none"
    found: dict[str, str | int | None] = {
        "制度所管組織": f"{_ja(around.city.name)}{section}",
        "タイトル": _ja(d.title),
        "サブタイトル": d.say[0] if d.say else "",
        "制度番号": f"{around.city.code}-{d.slug}",
        "元制度番号": ";".join(d.inventory),
        "根拠法令": f"{d.law.name}{d.law.article}",
        "地域": around.city.code,
        "概要": _ja(d.summary),
        "内容": _ja(d.summary),
        "対象者": ";".join(_AUDIENCES[one] for one in d.audience),
        "対象者条件": ";".join(_ja(rule.say) for rule in d.eligible),
        "費用": d.fee.amount,
        "申請届出方法": "オンライン;窓口" if online else "窓口",
        "手続書類": ";".join(papers),
        "電子申請の有無": around.forms[d.slug] if online else "",
        "詳細URL": around.pages[d.slug],
        "ステージとアクション": ";".join(
            _ja(around.life_events[code].title) for code in d.life_events if code in around.life_events
        ),
        "キーワード": ";".join(d.say),
        "お問い合わせ先": section,
        "連絡先情報": phone or around.city.phone,
        "公開終了日": d.ended.on.isoformat() if d.ended else "",
        "最終更新日": published_on.isoformat(),
        "表示優先度": d.priority,
        "手続の種類": _KINDS[d.kind],
        "オンライン化の状況": _STATES[d.online_state],
        "標準処理期間（日）": d.standard_period.days,
        "法定期限（日）": d.statutory_limit.days if d.statutory_limit else None,
        "入力にかかる分数": d.minutes,
        "確認の状況": "確認済み" if d.is_confirmed else "未確認・見本",
        "タイトル_英語": d.title.en,
        "概要_英語": d.summary.en,
        "概要_やさしい日本語": strip_ruby(d.summary.easy),
    }
    return {name: found[name] for name in COLUMNS}


def _ja(text: Text) -> str:
    return strip_ruby(text.ja)
