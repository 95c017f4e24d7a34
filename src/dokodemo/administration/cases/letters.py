"""What a letter says (通知書の内容): the case's answers, its decision and its reasons, put into words.

Owns the content handed to the typesetter, all text in Japanese and already formatted. Never typesets, signs or stores,
and never decides. The letter's source is the one stored with the case's version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings

from dokodemo.adapters.typeset import Template
from dokodemo.administration.cases import certifying, flow, hiding, queries
from dokodemo.administration.cases.models import Case, Decision, Outcome
from dokodemo.administration.certificates.actions import Order
from dokodemo.administration.certificates.definitions import Appeals, load_appeals
from dokodemo.administration.certificates.definitions import Kind as DocumentKind
from dokodemo.administration.certificates.logic import appeal_notice
from dokodemo.administration.eligibility import queries as eligibility
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.administration.procedures.definitions import Certificate, Unit
from dokodemo.administration.procedures.found import in_words
from dokodemo.city.organisation import queries as organisation
from dokodemo.city.organisation.queries import SectionView
from dokodemo.city.parties import queries as parties
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.packs import City, open_pack
from dokodemo.kernel.vocabulary import values

COMPLETED = "completed"
TITLES: Mapping[str, str] = {
    Outcome.APPROVED: "決定通知書",
    Outcome.PARTIALLY_APPROVED: "一部決定通知書",
    Outcome.REFUSED: "却下通知書",
    COMPLETED: "届出受理のお知らせ",
}
DECISIONS: Mapping[str, str] = {
    Outcome.APPROVED: "認定（承認）します",
    Outcome.PARTIALLY_APPROVED: "一部を認定（承認）します",
    Outcome.REFUSED: "認定（承認）しません",
    COMPLETED: "届出を受け付けました",
}
UNITS: Mapping[Unit, str] = {"yen": "円", "points": "点"}


def order(case: Case, decision: Decision | None, procedure: CompiledProcedure) -> Order | None:
    """The order for the letter of a closed case; None when the outcome has no letter. Raises NotCertified."""
    outcome = case.outcome or COMPLETED
    path = procedure.letter_path(outcome)
    if path is None:
        return None
    facts = _facts(case, procedure, outcome)
    return Order(
        key=f"case:{case.pk}:{outcome}",
        kind=DocumentKind.CERTIFICATE if _certificate(procedure, outcome) else DocumentKind.LETTER,
        procedure_slug=case.procedure,
        procedure_version=procedure.number,
        section=case.section,
        case_id=case.pk,
        subject_id=document_subject(case),
        template=Template(path, procedure.letters),
        content=_content(case, decision, procedure, outcome, facts),
        signer_name=signer(),
        reason=TITLES[outcome],
        readings=readings(facts),
    )


def orders(case: Case, decision: Decision | None, procedure: CompiledProcedure) -> list[Order]:
    """The orders for all that a closed case brings: of a certificate as many as were paid for, each with its own number."""
    first = order(case, decision, procedure)
    if first is None:
        return []
    certificate = _certificate(procedure, case.outcome or COMPLETED)
    copies = case.answers.get(certificate.copies, 1) if certificate and certificate.copies else 1
    return [first, *(replace(first, key=f"{first.key}:{number}") for number in range(2, copies + 1))]


def _certificate(procedure: CompiledProcedure, outcome: str) -> Certificate | None:
    """The certificate that a letter of this outcome is; None for any other, a refusal of one among them."""
    return procedure.definition.certificate if outcome != Outcome.REFUSED else None


def document_subject(case: Case) -> UUID:
    """Whose document a letter of this case is: the person it is about, else the account that filed."""
    return case.subject_id or case.applicant_id or case.owner_id or case.pk


def signer() -> str:
    """In whose name the city's letters are signed (市長)."""
    return _city_in_force(settings.DOKODEMO_PACK)[0].mayor.ja


def undecided(case: Case, procedure: CompiledProcedure) -> dict[str, Any]:
    """What a letter on the way to a decision says of its case: no decision, no amounts, no notice of appeal."""
    nothing: dict[str, Any] = {"decision": {}, "appeal": [], "amounts": {}, "fee": None}
    return {**_content(case, None, procedure, COMPLETED, case.answers), **nothing}


def preview(
    case: Case,
    procedure: CompiledProcedure,
    *,
    outcome: str,
    rules: Sequence[int] = (),
    reasons: str = "",
    conditions: str = "",
    findings: Mapping[str, Any] | None = None,
) -> dict[str, Any] | None:
    """What the letter of a decision nobody has made yet would say (案文), in the shape the typesetter takes.

    `outcome` is one of Outcome, or COMPLETED for a notification; `findings` are values by name. None when such an outcome
    has no letter. What a certificate states of the register is not part of it: that is read, and recorded, when it is issued.
    """
    if procedure.letter_path(outcome) is None:
        return None
    decision = None
    if outcome != COMPLETED:
        decision = Decision(
            case=case,
            outcome=outcome,
            rules=sorted(set(rules)),
            reasons=reasons.strip(),
            conditions=conditions.strip(),
            findings=dict(findings or {}),
            assessment=queries.assessment_of(case, procedure),
        )
    return _content(case, decision, procedure, outcome, case.answers)


def _facts(case: Case, procedure: CompiledProcedure, outcome: str) -> Mapping[str, Any]:
    """The answers; of a certificate what it states comes from the register as it is now, never from an answer.

    A refusal certifies nothing. Raises NotCertified where the register does not stand behind the certificate any more.
    """
    certificate = _certificate(procedure, outcome)
    if certificate is None:
        return dict(case.answers)
    terms = certifying.stated_terms(procedure)
    stated = {term.name for term in terms} | {name.partition(".")[0] for name in certificate.terms}
    asked = {name: value for name, value in case.answers.items() if name not in stated}
    if case.subject_id is None:
        return asked
    return {**asked, **parties.certified_facts(case.subject_id, terms=terms, case_id=case.pk)}


def _content(
    case: Case,
    decision: Decision | None,
    procedure: CompiledProcedure,
    outcome: str,
    facts: Mapping[str, Any],
) -> dict[str, Any]:
    definition = procedure.definition
    protected = hiding.is_sheltered(case)
    written, groups = _in_words(procedure, facts, protected=protected)
    city, appeals = _city_in_force(settings.DOKODEMO_PACK)
    section = organisation.section(case.section)
    return {
        "lang": "ja",
        "title": _title(procedure, outcome),
        "sample": settings.DOKODEMO_DEMO or bool(section and section.sample) or definition.fee.sample,
        "unconfirmed": not definition.is_confirmed,
        "city": _city(city, section),
        "addressee": {**_addressee(facts, protected=protected), "honorific": "様"},
        "case": {
            "number": case.number,
            "procedure": definition.title.ja,
            "arrived_on": calendar_jp.to_wareki(calendar_jp.jst_day(case.arrived_at), "ja"),
            "law": f"{definition.law.name} {definition.law.article}",
        },
        "terms": written,
        "groups": groups,
        "reasons": _reasons(procedure, decision),
        "decision": {
            "kind": outcome,
            "text": DECISIONS[outcome],
            "conditions": [
                line for line in (decision.conditions if decision else "").splitlines() if line.strip()
            ],
        },
        "findings": in_words(definition.findings, (decision.findings if decision else None) or {}),
        # A notification is told of only where somebody else decides on it and its own definition says who.
        "appeal": appeal_notice(definition, city, appeals),
        "amounts": _amounts(case, decision, procedure),
        "fee": {"text": f"{case.fee_yen:,}円"} if case.fee_yen else None,
    }


def _title(procedure: CompiledProcedure, outcome: str) -> str:
    title, certificate = procedure.definition.title, _certificate(procedure, outcome)
    return (certificate.title or title).ja if certificate else f"{title.ja} {TITLES[outcome]}"


@lru_cache(maxsize=4)
def _city_in_force(pack: str) -> tuple[City, Appeals]:
    """Who signs and where to appeal: read from the files once for each process."""
    opened = open_pack(pack)
    return opened.city, load_appeals(opened)


def _city(city: City, section: SectionView | None) -> dict[str, Any]:
    return {
        "name": city.name.ja,
        "prefecture": city.prefecture.ja,
        "mayor": city.mayor.ja,
        "postal_code": city.postal_code,
        "address": city.address,
        "phone": city.phone,
        "url": city.url,
        "department": section.department.ja if section and section.department else None,
        "section": section.name.ja if section else None,
        "section_phone": section.phone if section else city.phone,
    }


def _in_words(
    procedure: CompiledProcedure, facts: Mapping[str, Any], *, protected: bool
) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
    """Every answer as label and text. What tells where a protected person (秘匿) is goes into no letter."""
    hidden = hiding.locating_terms(procedure) if protected else frozenset()
    terms: dict[str, Any] = {}
    groups: dict[str, list[dict[str, Any]]] = {}
    for place, value in flow.places(facts).items():
        member = flow.MEMBER.fullmatch(place)
        name = f"{member['group']}.{member['field']}" if member else place
        term = procedure.vocabulary.terms.get(name)
        if term is None or name in hidden:
            continue
        entry = {"label": term.label.ja, "text": values.show(term, value, "ja"), "value": value}
        if member is None:
            terms[place] = entry
            continue
        members = groups.setdefault(member["group"], [])
        members.extend({} for _ in range(int(member["place"]) + 1 - len(members)))
        members[int(member["place"])][member["field"]] = entry
    return terms, groups


def readings(facts: Mapping[str, Any]) -> dict[str, str]:
    """The names a letter is addressed to, with the reading printed where a character has no glyph (外字).

    In its text a name stands with its reading anyway.
    """
    names = [v for v in flow.places(facts).values() if isinstance(v, dict) and "family_kana" in v]
    return {_addressed(name): f"{name['family_kana']} {name['given_kana']}".strip() for name in names}


def _addressed(name: Mapping[str, str]) -> str:
    return f"{name['family']}　{name['given']}".strip("　")


def _addressee(facts: Mapping[str, Any], *, protected: bool) -> dict[str, str | None]:
    """To whom: whoever acts for another receives the letter in the other's name."""
    for group in ("applicant", "subject", "representative"):
        name = facts.get(f"{group}.full_name")
        if name:
            address = facts.get(f"{group}.address")
            return {
                "name": _addressed(name),
                "address": address.get("full") if isinstance(address, dict) and not protected else None,
            }
    return {"name": "", "address": None}


def _reasons(procedure: CompiledProcedure, decision: Decision | None) -> list[dict[str, str | None]]:
    """The rules that failed, each with its article, then the clerk's own words (理由の提示)."""
    if decision is None or decision.outcome == Outcome.APPROVED:
        return []
    conditions = procedure.conditions
    law = procedure.definition.law.name
    listed: list[dict[str, str | None]] = [
        {"say": conditions[n].say.ja, "article": f"{conditions[n].law or law}{conditions[n].article}"}
        for n in decision.rules
    ]
    if decision.reasons:
        listed.append({"say": decision.reasons, "article": None})
    return listed


def _amounts(case: Case, decision: Decision | None, procedure: CompiledProcedure) -> dict[str, Any]:
    """What comes of it in figures: as assessed when it was decided, or of a notification on the day it arrived."""
    if decision is None:
        arrived = calendar_jp.jst_day(case.arrived_at)
        assessed = (
            eligibility.assess(procedure, case.answers, arrived).as_json() if procedure.amounts else None
        )
    else:
        assessed = None if decision.outcome == Outcome.REFUSED else decision.assessment
    return {
        amount["name"]: {
            "label": amount["label"]["ja"],
            "text": f"{amount['value']:,}{UNITS[amount['unit']]}",
            "value": amount["value"],
        }
        for amount in (assessed or {}).get("amounts", ())
        if amount["value"] is not None
    }
