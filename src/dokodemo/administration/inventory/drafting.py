"""A first definition of a procedure from its row of the survey (手続定義の下書き).

Owns what can be said from the survey alone, and what must be asked of the section: every guess is a remark. Pure and
deterministic; never publishes, and never claims that a text or a law was confirmed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dokodemo.administration.inventory.periods import days_of
from dokodemo.administration.inventory.survey import SurveyRow
from dokodemo.kernel.text_jp import add_furigana

UNDECIDED = "undecided"
USUAL_DAYS = 30
MINUTES = 10
# The last of these words in a name says what it is: 許可申請の取下げの届出 is a notification.
_KINDS = {
    "notification": ("届", "報告", "通知", "申告", "返納", "返還", "辞退", "辞任"),
    "request": ("請求", "求め", "要求", "要請", "閲覧"),
    "application": (
        *("申請", "申込", "申し込", "申出", "申し出", "申立", "申し立", "提案", "協議"),
        *("許可", "認可", "認定", "承認", "登録", "更新", "交付", "指定"),
    ),
}
_LOWEST_FIRST = ("none", "other", "papers", "signature", "seal", "seal_certified")
_IDENTITY = {"none": "none", "seal_certified": "signed"}
_ONLINE_FEE = frozenset(
    {"pay_easy_net", "pay_easy_direct", "credit_card", "code_payment", "net_banking", "online_other"}
)
_AUDIENCE = {
    "citizens": ("resident",),
    "businesses": ("business",),
    "citizens_or_businesses": ("resident", "business"),
}
_BUSINESS_TERMS = {
    "business_name": "business.trade_name",
    "corporate_number": "business.corporate_number",
    "business_address": "business.address",
    "officers": "business.representative",
    "representative_address": "business.representative_address",
    "capital": "business.capital",
}
_MISSING = {
    "payment": (
        "手数料を窓口などで払います",
        "お金《かね》は 市役所《しやくしょ》などで 払《はら》います",
        "The fee is paid at a counter",
    ),
    "originals": (
        "書類は原本が必要です",
        "紙《かみ》は コピーでは だめです",
        "Papers are needed in the original",
    ),
}
_MARKUP = re.compile(r"[《》｜]")
_BRACKETS = re.compile(r"[（(][^（()）]*[)）]")


@dataclass(frozen=True)
class Draft:
    """A definition in the shape of procedure.yaml, and remarks: keys of texts that say what the section must decide."""

    definition: dict[str, Any]
    remarks: tuple[str, ...]


def draft_of(row: SurveyRow, *, section: str = UNDECIDED) -> Draft:
    """The draft of a row; `section` is the code of the section in charge where somebody has decided it.

    The definition always validates as ProcedureDefinition. Remarks are keys `inventory.remark.<what>`.
    """
    remarks: list[str] = ["slug", "texts", "law"]
    kind = kind_of(row.name)
    if kind is None:
        remarks.append("kind")
    kind = kind or "application"
    name, law, article = (_MARKUP.sub("", words) for words in (row.name, row.law, row.article))
    fee, lacks = _fee(row, remarks), _lacks(row)
    if section == UNDECIDED:
        remarks.append("section")
    definition: dict[str, Any] = {
        "slug": f"inventory-{row.number.lower()}",
        "title": _text(name, name, f"Procedure {row.number} ({name})"),
        "summary": _text(
            f"{law}{article}に基づく手続です。" if law else f"{name}の手続です。",
            f"「{name}」の 手続《てつづ》きです。",
            f"A procedure under {law} {article}." if law else f"Procedure {row.number}.",
        ),
        "inventory": [row.number],
        "kind": kind,
        "law": _law(row, remarks),
        "legal_basis_kind": "law",
        "confirmed": {"by": None, "on": None},
        "affairs": _affairs(row, remarks),
        "unit": section,
        "life_events": list(row.life_events),
        "say": [name],
        "audience": list(_AUDIENCE[row.filer]),
        "identity": _identity(row, remarks),
        "online": _online(lacks),
        "standard_period": {"days": _days(row, kind, remarks), "count": "calendar"},
        "minutes": MINUTES,
        "fee": fee,
        "who_may_file": ["self"],
        "subject": "applicant",
        "form": list(_pages(row, remarks)),
        "evidence": list(_evidence(row, remarks)),
        "steps": ["completeness"] if kind == "notification" else ["completeness", "decision"],
        "outcome": {"completed": "letters/receipt.typ"}
        if kind == "notification"
        else {"approved": "letters/approval.typ", "refused": "letters/refusal.typ"},
    }
    if kind != "notification":
        definition["approval"] = "two_person"
        if definition["affairs"] == "none":
            definition["appeal"] = "mayor"
            remarks.append("appeal")
    if not row.life_events:
        remarks.append("life_events")
    if not row.office_named:
        remarks.append("office")
    return Draft(definition, tuple(f"inventory.remark.{remark}" for remark in dict.fromkeys(remarks)))


def kind_of(name: str) -> str | None:
    """申請 application, 届出 notification or 請求 request, by the last word that says so; None where none does."""
    for text in (_BRACKETS.sub("", name), name):
        found = [(text.rfind(word), kind) for kind, words in _KINDS.items() for word in words if word in text]
        if found:
            return max(found)[1]
    # 「…書類の提出」 hands something over; 「申請書の提出」 has been an application above.
    return "notification" if "提出" in name else None


def _text(ja: str, easy: str, en: str) -> dict[str, str]:
    """The three languages, each marked as a draft (下書き)."""
    return {
        "ja": f"（下書き）{ja}",
        "easy": f"（下書《したが》き）{add_furigana(easy)}",
        "en": f"[Draft] {en}",
    }


def _law(row: SurveyRow, remarks: list[str]) -> dict[str, str]:
    if len(row.law) >= 2 and len(row.article) >= 2:
        return {"name": row.law[:120], "article": row.article}
    remarks.append("article")
    return {
        "name": row.law[:120] if len(row.law) >= 2 else "（法令未確認）",
        "article": row.article if len(row.article) >= 2 else "（条項未確認）",
    }


def _affairs(row: SurveyRow, remarks: list[str]) -> str:
    if row.affairs is None:
        remarks.append("affairs")
    return row.affairs or "self_government"


def _identity(row: SurveyRow, remarks: list[str]) -> str:
    """The lowest level that the survey allows; where it names none, signing in."""
    allowed = [method for method in _LOWEST_FIRST if method in row.identity]
    if not allowed:
        remarks.append("identity")
        return "authenticated"
    return _IDENTITY.get(allowed[0], "authenticated")


def _days(row: SurveyRow, kind: str, remarks: list[str]) -> int:
    """Online period first, else the other; 30 days, with a remark, where the survey says nothing that is a period."""
    for text in (row.period_online, row.period_offline):
        days = days_of(text)
        if days is not None:
            if re.search(r"[～~〜又]", text):
                remarks.append("period_range")
            return days
    remarks.append("period")
    return USUAL_DAYS


def _fee(row: SurveyRow, remarks: list[str]) -> dict[str, Any]:
    if row.fee is None:
        remarks.append("fee_unknown")
    if row.fee != "charged":
        return {"amount": 0}
    # The survey knows that there is a fee and how it is paid, never how much.
    remarks.append("fee_amount")
    online = bool(_ONLINE_FEE & set(row.fee_methods))
    return {"amount": 0, "sample": True, "method": "online" if online else "counter"}


def _lacks(row: SurveyRow) -> list[str]:
    found = []
    if row.fee == "charged" and not _ONLINE_FEE & set(row.fee_methods):
        found.append("payment")
    if {"seal_person", "seal_company"} & set(row.evidence):
        found.append("originals")
    return found


def _online(lacks: list[str]) -> dict[str, Any]:
    """What would still ask for a visit once the draft is published."""
    if not lacks:
        return {"state": "full"}
    ja, easy, en = (list(words) for words in zip(*(_MISSING[lack] for lack in lacks), strict=True))
    return {
        "state": "partial",
        "lacks": lacks,
        "missing": {"ja": "。".join(ja), "easy": "。".join(easy), "en": ". ".join(en)},
    }


def _pages(row: SurveyRow, remarks: list[str]) -> Iterator[dict[str, Any]]:
    """Who files, answered from what the city knows; the business, where one files; and the matter itself."""
    yield {
        "page": {"ja": "あなたについて", "easy": "あなたの こと", "en": "About you"},
        "ask": [
            "applicant.full_name",
            "applicant.address",
            "applicant.phone",
            {"term": "applicant.email", "required": False},
        ],
    }
    if row.filer != "citizens":
        asked = [_BUSINESS_TERMS[one] for one in row.information if one in _BUSINESS_TERMS]
        terms = list(dict.fromkeys(["business.trade_name", *asked]))
        optional = row.filer == "citizens_or_businesses"
        yield {
            "page": {
                "ja": "事業者について",
                "easy": "会社《かいしゃ》・店《みせ》の こと",
                "en": "About the business",
            },
            "ask": [{"term": term, "required": False} if optional else term for term in terms],
        }
    if "my_number" in row.information:
        remarks.append("my_number")
    remarks.append("questions")
    yield {
        "page": {"ja": "手続の内容", "easy": "手続《てつづ》きの こと", "en": "What you file"},
        "ask": ["filing.content"],
    }


def _evidence(row: SurveyRow, remarks: list[str]) -> Iterator[dict[str, Any]]:
    """The papers of the survey; what the city itself keeps is not asked of residents (添付書類の省略)."""
    for name in row.evidence:
        if name == "nothing":
            continue
        evidence: dict[str, Any] = {"term": f"evidence.{name}"}
        if name == "resident_record":
            evidence["skip_when"] = "applicant.resident_here"
        if name == "other_papers":
            evidence["required"] = False
            remarks.append("other_papers")
        yield evidence
    if not row.evidence:
        remarks.append("evidence")
