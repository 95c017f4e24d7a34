"""All proactive benefits over all residents (全件判定): which facts are read, and what the rules came to for each.

Owns the way from lines of the register to decisions, the same as `judge` would say of each person. Pure: reads no
database, keeps nothing. Nothing is guessed: where a fact is missing the verdict is "unknown" and names the terms.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from dokodemo.administration.eligibility.tables import RegisterTables
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.administration.procedures.snapshot import digest_of, parameters_json
from dokodemo.kernel.expressions import missing_terms
from dokodemo.kernel.vocabulary import Group, Term, Vocabulary

OLDEST_BAND = 90
ENTITLED, NOT_ENTITLED, UNKNOWN, FAILED = "entitled", "not", "unknown", "failed"


class Line(Protocol):
    """What a register says of one resident (`city.parties.everybody.Line`)."""

    @property
    def resident_id(self) -> UUID: ...
    @property
    def facts(self) -> Mapping[str, Any]: ...
    @property
    def age(self) -> int | None: ...
    @property
    def town(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """One benefit for one resident: the verdict, and the missing terms (sorted, with a space between) while unknown."""

    verdict: str
    because: str = ""


def uses(procedure: CompiledProcedure) -> list[Term]:
    """The facts of the register that may be read for a benefit, in the order of its definition."""
    proactive = procedure.definition.proactive
    return [] if proactive is None else [procedure.vocabulary.term(name) for name in proactive.terms]


def terms_of(procedures: Iterable[CompiledProcedure]) -> list[Term]:
    """What is read for all benefits together, each term once."""
    return list({term.name: term for procedure in procedures for term in uses(procedure)}.values())


def only_uses(procedure: CompiledProcedure, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The part of stored facts that may be read for one benefit (利用目的の範囲)."""
    plain, fields = set[str](), dict[str, set[str]]()
    for term in uses(procedure):
        group = term.group_name
        if group is not None and procedure.vocabulary.groups[group].repeats:
            fields.setdefault(group, set()).add(term.field)
        else:
            plain.add(term.name)
    found = {name: value for name, value in facts.items() if name in plain}
    for group, names in fields.items():
        held = facts.get(group)
        if isinstance(held, Mapping):
            found[group] = {**held, "members": _picked(held["members"], names)}
        elif held is not None:
            found[group] = _picked(held, names)
    return found


def _picked(members: Iterable[Mapping[str, Any]], names: set[str]) -> list[dict[str, Any]]:
    return [{name: value for name, value in member.items() if name in names} for member in members]


def merged_vocabulary(procedures: Iterable[CompiledProcedure]) -> Vocabulary:
    """The terms and groups of several versions in force together; they agree, since one pack published them."""
    terms: dict[str, Term] = {}
    groups: dict[str, Group] = {}
    for procedure in procedures:
        terms.update(procedure.vocabulary.terms)
        groups.update(procedure.vocabulary.groups)
    return Vocabulary(terms, groups)


def tables_for(procedures: Sequence[CompiledProcedure]) -> RegisterTables:
    """Empty tables for what these benefits may read."""
    return RegisterTables(terms_of(procedures), merged_vocabulary(procedures))


def judge_all(
    tables: RegisterTables, procedures: Sequence[CompiledProcedure], on: date
) -> Iterator[tuple[Outcome, ...]]:
    """For each resident of the tables, in order, the outcome of each benefit."""
    names = [[f"{p.slug}:{n}" for n in range(len(p.rules))] for p in procedures]
    rules = {
        name: rule
        for procedure, own in zip(procedures, names, strict=True)
        for name, rule in zip(own, procedure.rules, strict=True)
    }
    known: dict[tuple[int, tuple[int, ...]], Outcome] = {}
    fixed = {verdict: Outcome(verdict) for verdict in (ENTITLED, NOT_ENTITLED, FAILED)}
    for row in tables.ask(rules, on, missing=True):
        found, start = [], 0
        for place, procedure in enumerate(procedures):
            end = start + 3 * len(procedure.rules)
            values, errors, masks = row[start:end:3], row[start + 1 : end : 3], row[start + 2 : end : 3]
            start = end
            if True in errors:
                found.append(fixed[FAILED])
            elif False in values:
                found.append(fixed[NOT_ENTITLED])
            elif None not in values:
                found.append(fixed[ENTITLED])
            else:
                outcome = known.get((place, masks))
                if outcome is None:
                    outcome = known[place, masks] = Outcome(UNKNOWN, _because(procedure, masks))
                found.append(outcome)
        yield tuple(found)


def _because(procedure: CompiledProcedure, masks: Sequence[int]) -> str:
    names = {
        name for rule, mask in zip(procedure.rules, masks, strict=True) for name in missing_terms(rule, mask)
    }
    return " ".join(sorted(names))


def band_of(age: int | None) -> str:
    """The age band of ten years: "0-9", …, "90-"; "" for an age that is not known."""
    if age is None:
        return ""
    first = min(age // 10 * 10, OLDEST_BAND)
    return f"{first}-" if first == OLDEST_BAND else f"{first}-{first + 9}"


def all_bands() -> list[str]:
    """Every age band in order, last those of unknown age."""
    return [*(band_of(age) for age in range(0, OLDEST_BAND + 1, 10)), ""]


def rules_digest(procedure: CompiledProcedure) -> str:
    """SHA-256 (hex) of the rules a decision stands on: conditions, amounts and the derived terms behind them."""
    derived = {name: term.derive for name, term in procedure.vocabulary.terms.items() if term.derive}
    texts = [rule.when for rule in procedure.definition.eligible]
    formulas = [[amount.name, amount.formula] for amount in procedure.definition.amounts]
    return digest_of([texts, formulas, derived])


def parameters_digest(procedure: CompiledProcedure) -> str:
    """SHA-256 (hex) of the dated parameters of a version."""
    return digest_of(parameters_json(procedure.parameters, set(procedure.parameters)))
