"""May a procedure look for people in the register by itself? (プッシュ型の案内の定義の検査)

Owns which facts of the register its rules may read for that purpose: those listed in `uses` with their law, of a class
and a purpose that allow it. Pure.
"""

from collections.abc import Iterator

from dokodemo.administration.procedures.agreement import Place, Rules, Surroundings, at, closest
from dokodemo.administration.procedures.reading import ProcedureFile
from dokodemo.kernel.expressions import MOST_TERMS
from dokodemo.kernel.expressions.kinds import type_of_term
from dokodemo.kernel.packs import Problem

# 3A is what the guideline keeps on the inner network of My Number affairs; contact and payment decide no entitlement.
CLASSES = frozenset({"3B", "3C", "2", "1"})
PURPOSES = frozenset({"eligibility", "identification"})


def reads_what_it_may(file: ProcedureFile, around: Surroundings, rules: Rules) -> Iterator[Problem]:
    """Problems of the block `proactive`; nothing where there is none."""
    definition = file.definition
    if definition.proactive is None:
        return
    if definition.certificate is not None or not definition.eligible:
        message = "A procedure without conditions cannot look for those entitled"
        yield at(file, ("proactive",), message, "Delete `proactive`, or write `eligible`")
    if definition.online_state == "none" or "self" not in definition.who_may_file:
        message = "An offer opens an application of the person's own, which is not possible here"
        yield at(file, ("proactive",), message, "Delete `proactive`, or let people file it online themselves")
    yield from _uses(file, around)
    allowed = set(definition.proactive.terms)
    for place, rule in rules.items():
        if place[0] not in {"eligible", "amounts"}:
            continue
        if len(rule.askable) > MOST_TERMS:
            message = f"The rule asks for {len(rule.askable)} terms"
            yield at(file, place, message, f"Split it: at most {MOST_TERMS} can be told apart")
        for name in sorted(rule.terms - allowed):
            term = around.vocabulary.terms.get(name)
            if term is not None and term.register is not None:
                message = f'The rule reads "{name}" from the register, which `proactive.uses` does not list'
                yield at(file, place, message, f"Add {{term: {name}, law: …, article: …}} to `uses`")


def _uses(file: ProcedureFile, around: Surroundings) -> Iterator[Problem]:
    proactive = file.definition.proactive
    assert proactive is not None
    seen: set[str] = set()
    for i, name in enumerate(proactive.terms):
        place: Place = ("proactive", "uses", i, "term")
        term = around.vocabulary.terms.get(name)
        if term is None:
            remedy = closest(name, around.vocabulary.terms, "Name a term of vocabulary/*.yaml")
            yield at(file, place, f'There is no term "{name}"', remedy)
            continue
        if term.register is None:
            yield at(file, place, f'The register does not hold "{name}"', "Delete it")
        elif type_of_term(term) is None:
            yield at(file, place, f'No rule can test "{name}" (type {term.type})', "Delete it")
        if term.confidentiality not in CLASSES:
            message = f'"{name}" is of class {term.confidentiality}, which is not read for this purpose'
            yield at(file, place, message, "Delete it, and leave it out of the rules")
        if term.purpose not in PURPOSES:
            message = f'"{name}" was collected for {term.purpose}, not to look for those entitled'
            yield at(file, place, message, "Delete it, and leave it out of the rules")
        if name in seen:
            yield at(file, place, f'"{name}" is in `uses` twice', "Delete one of the two")
        seen.add(name)
