"""What `pack check` asks of a pack (パック検査の一覧).

Owns the list of checks: each domain brings its own, and adding one is adding a line to CHECKS. Never knows what a
check means.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dokodemo.administration.procedures.checking import Findings, check_procedures
from dokodemo.entry.cli.pack_files import files_have_readers
from dokodemo.kernel.packs import Pack, PackError, Problem

# A check takes a pack and returns its problems (or Findings, with warnings), or raises PackError.
Check = Callable[[Pack], Any]


@dataclass
class Report:
    """What `pack check` found: the pack's name, its problems and warnings, and how much was looked at."""

    name: str
    findings: Findings = field(default_factory=Findings)
    counts: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The report as the command prints it."""
        return {
            "pack": self.name,
            "ok": not self.findings.problems,
            "problems": [problem.as_json() for problem in self.findings.problems],
            "warnings": [warning.as_json() for warning in self.findings.warnings],
            "counts": self.counts,
        }


def every_file_can_be_read(pack: Pack) -> list[Problem]:
    """Every YAML file is read, also those that no domain asks for."""
    pack.documents("**/*.yaml")
    return []


def sections_are_right(pack: Pack) -> list[Problem]:
    """A city's sections; a pack of national law has none."""
    if pack.manifest.city is not None:
        from dokodemo.city.organisation.actions import read_sections

        read_sections(pack)
    return []


def demonstration_is_right(pack: Pack) -> list[Problem]:
    """The files from which a made-up register grows and promotion begins with a story, where the pack has them."""
    if not pack.documents("demo/*.yaml"):
        return []
    from dokodemo.city.parties.synthetic_data import read_demo_data
    from dokodemo.promotion.demonstration.definitions import check

    read_demo_data(pack)
    return check(pack)


def appeals_are_right(pack: Pack) -> list[Problem]:
    """The appeal notices, and that every procedure's `appeal` has one."""
    from dokodemo.administration.certificates.definitions import load_appeals
    from dokodemo.administration.procedures.reading import read_procedures

    files = read_procedures(pack)
    if not any(not file.definition.is_notification for file in files):
        return []
    known = load_appeals(pack).classes
    return [
        file.document.problem(
            ("appeal",),
            f'appeals.yaml has no class "{file.definition.appeal}"',
            f"Choose one of: {', '.join(sorted(known))}",
        )
        for file in files
        if file.definition.appeal is not None and file.definition.appeal not in known
    ]


def refusals_say_why(pack: Pack) -> list[Problem]:
    """Every refusal prints its reasons and the notice on appeals."""
    from dokodemo.administration.procedures.letters_agree import refusals_say_why
    from dokodemo.administration.procedures.reading import read_procedures

    return [problem for file in read_procedures(pack) for problem in refusals_say_why(file)]


def plan_is_right(pack: Pack) -> list[Problem]:
    """The plan and its numbers, and that every measure a procedure serves is in it; where the pack has a plan."""
    if not pack.documents("plan/*.yaml"):
        return []
    from dokodemo.administration.procedures.reading import read_procedures
    from dokodemo.promotion.headquarters.definitions import load_wall
    from dokodemo.promotion.indicators.definitions import check
    from dokodemo.promotion.plan.definitions import load_plans

    found = check(pack)
    load_wall(pack)
    known = {measure.code for plan in load_plans(pack) for measure in plan.measures}
    return found + [
        file.document.problem(
            ("measures", i),
            f'The plan has no measure "{code}"',
            f"Choose one of: {', '.join(sorted(known))}",
        )
        for file in read_procedures(pack)
        for i, code in enumerate(file.definition.measures)
        if code not in known
    ]


def logic_models_are_right(pack: Pack) -> list[Problem]:
    """How measures are thought to work: no step skipped, every outcome from an output, and nothing named that is not there."""
    from dokodemo.promotion.evaluation.definitions import check

    return check(pack)


def inventory_is_right(pack: Pack) -> list[Problem]:
    """The code lists, the lists of priority and the population, where the pack has them."""
    from dokodemo.administration.inventory.definitions import check

    return check(pack)


def facts_are_the_registers(pack: Pack) -> list[Problem]:
    """Every fact that a term is filled from is one the register keeps."""
    from dokodemo.city.parties.checking import register_facts_exist

    return register_facts_exist(pack)


def places_are_marked(pack: Pack) -> Findings:
    """Every text that asks where somebody is bears the mark by which it is hidden for protected people."""
    from dokodemo.kernel.vocabulary.locating import unmarked_places

    return Findings(warnings=unmarked_places(pack))


def forbidden_questions_are_right(pack: Pack) -> list[Problem]:
    """The list of what no form may ask."""
    from dokodemo.administration.authoring.definitions import forbidden_questions

    forbidden_questions(pack)
    return []


def findings_are_right(pack: Pack) -> list[Problem]:
    """How the city treats what was searched and not found."""
    from dokodemo.administration.findings.definitions import load_findings

    load_findings(pack)
    return []


def surveys_are_right(pack: Pack) -> list[Problem]:
    """The surveys of residents and the districts they are drawn by, where the pack has them."""
    from dokodemo.promotion.surveys.definitions import check

    return check(pack)


def reform_is_right(pack: Pack) -> list[Problem]:
    """The tasks a city begins with, the rules that find candidates with their examples, the standardised systems."""
    from dokodemo.promotion.reform.definitions import check

    return check(pack)


def national_lists_are_right(pack: Pack) -> list[Problem]:
    """The lists of national indicators, each with a source that can answer it and an example that can be read."""
    from dokodemo.promotion.national.definitions import check

    return check(pack)


def training_is_right(pack: Pack) -> list[Problem]:
    """The courses with their quizzes, and the skills of the map."""
    from dokodemo.promotion.training.definitions import check

    return check(pack)


def promotion_is_right(pack: Pack) -> list[Problem]:
    """The days of reminders, the working groups and the samples of who sits where."""
    from dokodemo.promotion.responsibility.definitions import check

    return check(pack)


def costs_are_right(pack: Pack) -> list[Problem]:
    """What a minute of staff costs, where the pack says it."""
    from dokodemo.promotion.costs.definitions import check

    return check(pack)


CHECKS: list[Check] = [
    every_file_can_be_read,
    files_have_readers,
    sections_are_right,
    check_procedures,
    appeals_are_right,
    refusals_say_why,
    plan_is_right,
    logic_models_are_right,
    reform_is_right,
    training_is_right,
    promotion_is_right,
    national_lists_are_right,
    costs_are_right,
    surveys_are_right,
    inventory_is_right,
    facts_are_the_registers,
    places_are_marked,
    forbidden_questions_are_right,
    findings_are_right,
    demonstration_is_right,
]


def check_pack(open_it: Callable[[], Pack]) -> Report:
    """Opens a pack and asks every check, each problem once. Never raises PackError."""
    try:
        pack = open_it()
    except PackError as error:
        return Report("pack", Findings(problems=list(error.problems)))
    report = Report(pack.name)
    for check in CHECKS:
        try:
            found = check(pack)
        except PackError as error:
            found = list(error.problems)
        report.findings.add(found if isinstance(found, Findings) else Findings(problems=found))
    report.findings.problems = _once(report.findings.problems)
    report.findings.warnings = _once(report.findings.warnings)
    report.counts = _counts(pack)
    return report


def _once(problems: list[Problem]) -> list[Problem]:
    """In file and line order, each once: two checks may stumble over the same line."""
    return sorted(dict.fromkeys(problems), key=lambda problem: (problem.file, problem.line or 0))


def _counts(pack: Pack) -> dict[str, int]:
    patterns = {"files": "**/*.yaml", "procedures": "procedures/*/procedure.yaml"}
    paths = {
        what: {path for layer in pack.layers for path in layer.paths(pattern)}
        for what, pattern in patterns.items()
    }
    return {what: len(found) for what, found in paths.items()}
