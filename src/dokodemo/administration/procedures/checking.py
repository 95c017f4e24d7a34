"""Do the procedures of a pack agree with its vocabulary, sections, letters and rules? (手続定義の検査)

Owns every check that needs more than one file. A problem stops publication; a warning is printed and stops nothing.
Never touches the database.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from dokodemo.administration.procedures.agreement import (
    CHECKS,
    Place,
    Surroundings,
    at,
    closest,
    counts_as_partial,
    plain_japanese,
    somebody_answers,
)
from dokodemo.administration.procedures.compiled import CompiledProcedure, compile_file
from dokodemo.administration.procedures.form_size import members_fit, members_fit_together
from dokodemo.administration.procedures.letters_agree import LETTER_CHECKS
from dokodemo.administration.procedures.proactive import reads_what_it_may
from dokodemo.administration.procedures.proving import prove_examples
from dokodemo.administration.procedures.reading import (
    SECTIONS,
    ProcedureFile,
    read_life_events,
    read_procedures,
    read_synonyms,
)
from dokodemo.administration.procedures.topics import topics_agree
from dokodemo.kernel.expressions import Expression, compile_expression, load_parameters
from dokodemo.kernel.packs import Pack, PackError, Problem
from dokodemo.kernel.vocabulary import load_vocabulary

VOCABULARY = "vocabulary/*.yaml"
FEWEST_EXAMPLES = 10


@dataclass
class Findings:
    """What a check found: `problems` must be mended, `warnings` should be."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def add(self, other: "Findings") -> None:
        """Takes over what another check found."""
        self.problems += other.problems
        self.warnings += other.warnings


def read_surroundings(pack: Pack) -> Surroundings:
    """Vocabulary, parameters, section codes and life events of a pack. Raises PackError."""
    document = pack.document(SECTIONS)
    codes = None if document is None else frozenset(_codes(document.data))
    return Surroundings(load_vocabulary(pack), load_parameters(pack), codes, read_life_events(pack))


def _codes(data: Any) -> Iterator[str]:
    """Section codes of a file whose own shape is checked by the domain that owns it."""
    sections = data.get("sections") if isinstance(data, dict) else None
    for section in sections if isinstance(sections, list) else []:
        if isinstance(section, dict) and isinstance(section.get("code"), str):
            yield section["code"]


def check_procedures(pack: Pack) -> Findings:
    """Everything that is wrong with the procedures of a pack, examples included. Never raises PackError.

    Derived terms come first: while one is wrong, every rule that uses it would only repeat it.
    """
    findings = Findings()
    try:
        read_synonyms(pack)
        surroundings = read_surroundings(pack)
        files = read_procedures(pack)
        check_derived_terms(pack, surroundings)
    except PackError as error:
        return Findings(problems=list(error.problems))
    slugs = {file.definition.slug for file in files}
    for file in files:
        findings.add(check_procedure(file, surroundings))
        findings.problems += successor_exists(file, slugs)
    findings.problems += members_fit_together(files, surroundings)
    findings.problems += topics_agree(pack, slugs)
    return findings


def successor_exists(file: ProcedureFile, slugs: Collection[str]) -> Iterator[Problem]:
    """What people use instead is another procedure of the city."""
    ended = file.definition.ended
    if ended is None or ended.successor is None:
        return
    if ended.successor == file.definition.slug or ended.successor not in slugs:
        remedy = closest(
            ended.successor, set(slugs) - {file.definition.slug}, "Name another procedure's slug"
        )
        message = f'There is no other procedure "{ended.successor}" to use instead'
        yield at(file, ("ended", "successor"), message, remedy)


def check_derived_terms(pack: Pack, surroundings: Surroundings) -> None:
    """Raises PackError unless every derived term is a rule of its term's type, used or not."""
    terms = surroundings.vocabulary.terms
    problems: list[Problem] = []
    for document in [d for layer in pack.by_layer(VOCABULARY) for d in layer]:
        for i, written in enumerate(document.data.get("terms") or ()):
            term = terms[written["name"]]
            if term.derive is None or term.derive != written.get("derive"):
                continue
            group = surroundings.vocabulary.group_of(term.name)
            member_of = group.name if group is not None and group.repeats else None
            where = document.where(("terms", i, "derive"))
            _, broken = _compile(term.derive, term.type, where, surroundings, member_of)
            problems += broken
    if problems:
        raise PackError(problems)


def check_procedure(file: ProcedureFile, surroundings: Surroundings) -> Findings:
    """Everything that is wrong with one procedure; its examples are proved only when its rules can be read."""
    problems = [problem for check in (*CHECKS, *LETTER_CHECKS) for problem in check(file, surroundings)]
    rules, broken = compile_rules(file, surroundings)
    problems += broken
    problems += reads_what_it_may(file, surroundings, rules)
    problems += members_fit(file, surroundings)
    warnings = [*plain_japanese(file), *somebody_answers(file, surroundings, rules)]
    warnings += counts_as_partial(file, surroundings)
    if not problems:
        compiled = compile_file(file, surroundings.vocabulary, surroundings.parameters)
        problems += prove_examples(file, compiled)
    if len(file.examples) < FEWEST_EXAMPLES:
        number = len(file.examples)
        warnings.append(
            at(file, (), f"There are only {number} examples", f"Write at least {FEWEST_EXAMPLES}")
        )
    return Findings(problems, warnings)


def compile_rules(
    file: ProcedureFile, surroundings: Surroundings
) -> tuple[dict[Place, Expression], list[Problem]]:
    """Every rule of a procedure by key path, and the problems of those that cannot be read."""
    rules: dict[Place, Expression] = {}
    problems: list[Problem] = []
    for place, text in file.definition.expressions().items():
        expected = file.definition.expected_at(place)
        rule, broken = _compile(
            text, expected, file.document.where(place), surroundings, file.definition.member_of(place)
        )
        problems += broken
        if rule is not None:
            rules[place] = rule
    return rules, problems


def _compile(
    text: str, expected: str, where: tuple[str, int], around: Surroundings, member_of: str | None = None
) -> tuple[Expression | None, list[Problem]]:
    try:
        rule = compile_expression(
            text, around.vocabulary, around.parameters, expected=expected, where=where, member_of=member_of
        )
    except PackError as error:
        return None, list(error.problems)
    return rule, []


def procedures_of(pack: Pack) -> list[CompiledProcedure]:
    """Every procedure of a pack, ready for use without a database. Raises PackError."""
    around = read_surroundings(pack)
    return [compile_file(file, around.vocabulary, around.parameters) for file in read_procedures(pack)]
