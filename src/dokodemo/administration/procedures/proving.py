"""Do the examples of a procedure come out as they say? (具体例による検証)

Owns the comparison of an example with what the rules give. The examples are the test of a procedure: none may fail
when it is published. Pure.
"""

from collections.abc import Iterator

from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.administration.procedures.facts import fact_faults
from dokodemo.administration.procedures.judging import Judgement, judge
from dokodemo.administration.procedures.reading import LocatedExample, ProcedureFile
from dokodemo.kernel.packs import PackError, Problem


def prove_examples(file: ProcedureFile, procedure: CompiledProcedure) -> list[Problem]:
    """Every example that does not come out, one problem for each difference."""
    return [problem for example in file.examples for problem in prove(example, procedure)]


def prove(located: LocatedExample, procedure: CompiledProcedure) -> list[Problem]:
    """The differences between one example and the rules."""
    example = located.example
    faults = fact_faults(procedure.vocabulary, example.facts)
    if faults:
        return [
            located.document.problem(
                ("examples", located.index, "facts", *fault.place), fault.message, fault.remedy
            )
            for fault in faults
        ]
    try:
        judgement = judge(procedure, example.facts, example.on)
    except PackError as error:
        return [located.problem("facts", f"The rules fail: {p.message}", p.remedy) for p in error.problems]
    return [
        *_eligible(located, procedure, judgement),
        *_because(located, procedure, judgement),
        *_asks(located, judgement),
        *_amounts(located, procedure, judgement),
        *_decision(located, procedure),
    ]


def _eligible(located: LocatedExample, procedure: CompiledProcedure, found: Judgement) -> Iterator[Problem]:
    expected = located.example.eligible
    if found.eligible == expected and isinstance(found.eligible, bool) == isinstance(expected, bool):
        return
    reasons = "; ".join(_told(procedure, found, i) for i in _reasons(found)) or "every rule holds"
    message = f"The rules say eligible: {_word(found.eligible)} ({reasons})"
    yield located.problem(
        "eligible", message, f"Correct the rules, the facts or `eligible: {_word(expected)}`"
    )


def _because(located: LocatedExample, procedure: CompiledProcedure, found: Judgement) -> Iterator[Problem]:
    articles = [rule.article for rule in procedure.conditions]
    named: set[int] = set()
    for reason in located.example.because:
        if isinstance(reason, str) and reason in articles:
            named |= {i for i, article in enumerate(articles) if article == reason}
        elif isinstance(reason, int) and 1 <= reason <= len(articles):
            named.add(reason - 1)
        else:
            remedy = f"Name a rule from 1 to {len(articles)} or one of: {', '.join(articles) or 'none'}"
            yield located.problem("because", f"There is no rule {reason}", remedy)
            return
    actual = set(_reasons(found))
    by_article = {articles[i] for i in named} == {articles[i] for i in actual}
    words_only = all(isinstance(reason, str) for reason in located.example.because)
    if named != actual and not (words_only and by_article):
        told = "; ".join(_told(procedure, found, i) for i in sorted(actual)) or "none: every rule holds"
        numbers = ", ".join(str(i + 1) for i in sorted(actual))
        yield located.problem("because", f"The reasons are {told}", f"Write because: [{numbers}]")


def _asks(located: LocatedExample, found: Judgement) -> Iterator[Problem]:
    expected = located.example.asks
    if expected is not None and set(expected) != set(found.missing):
        told = ", ".join(found.missing) or "nothing"
        yield located.problem("asks", f"Still asked: {told}", f"Write asks: [{', '.join(found.missing)}]")


def _amounts(located: LocatedExample, procedure: CompiledProcedure, found: Judgement) -> Iterator[Problem]:
    for name, expected in (located.example.amounts or {}).items():
        if name not in found.amounts:
            known = ", ".join(found.amounts) or "none"
            yield located.problem(
                "amounts", f'There is no amount "{name}"', f"Amounts of this procedure: {known}"
            )
        elif found.amounts[name] != expected:
            unit = procedure.amount_labels[name].unit
            actual = "unknown" if found.amounts[name] is None else f"{found.amounts[name]} {unit}"
            yield located.problem(
                "amounts", f'"{name}" comes to {actual}, not {expected} {unit}', "Correct one of them"
            )


def _decision(located: LocatedExample, procedure: CompiledProcedure) -> Iterator[Problem]:
    example = located.example
    if example.decision is None:
        return
    if procedure.letter_path(example.decision) is None:
        outcomes = ", ".join(procedure.definition.outcome.letters())
        message = f'No letter says "{example.decision}"'
        yield located.problem("decision", message, f"Choose one of: {outcomes}")
    elif example.eligible is False and example.decision == "approved":
        yield located.problem("decision", "Nobody is approved who is not eligible", "Write decision: refused")
    elif example.eligible == "unknown" and example.decision not in {"completed", "refused"}:
        message = "Nothing can be approved while eligibility is unknown"
        yield located.problem("decision", message, "Delete `decision` or complete the facts")


def _reasons(found: Judgement) -> list[int]:
    """Positions of the rules that made the verdict: those that fail, or those still unknown; none when it is true."""
    return [
        i
        for i, rule in enumerate(found.rules)
        if found.eligible is not True and rule.verdict == found.eligible
    ]


def _told(procedure: CompiledProcedure, found: Judgement, i: int) -> str:
    rule = found.rules[i]
    missing = f", unknown: {', '.join(rule.missing)}" if rule.missing else ""
    return f"rule {i + 1} {procedure.conditions[i].article} is {_word(rule.verdict)}{missing}"


def _word(verdict: object) -> str:
    return str(verdict).lower()
