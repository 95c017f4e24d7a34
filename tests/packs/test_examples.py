"""Every example of every shipped pack comes out as its author says: the examples are the tests of the procedures."""

from functools import cache

import pytest

from dokodemo.administration.eligibility.logic import explain
from dokodemo.administration.procedures.checking import read_surroundings
from dokodemo.administration.procedures.compiled import CompiledProcedure, compile_file
from dokodemo.administration.procedures.proving import prove
from dokodemo.administration.procedures.reading import ProcedureFile, read_procedures
from dokodemo.entry.cli.pack_checks import check_pack
from dokodemo.kernel.packs import PackError, available_packs, open_pack

SHIPPED = available_packs()
SEVEN = {
    "child-allowance-claim",
    "pregnancy-notification",
    "dog-registration",
    "resident-record-copy",
    "care-need-certification",
    "disaster-damage-certificate",
    "personal-information-disclosure",
}


@cache
def procedures(pack: str) -> dict[str, tuple[ProcedureFile, CompiledProcedure]]:
    opened = open_pack(pack)
    around = read_surroundings(opened)
    return {
        file.definition.slug: (file, compile_file(file, around.vocabulary, around.parameters))
        for file in read_procedures(opened)
    }


def every_example() -> list[object]:
    """(pack, slug, position) of each example; a pack that cannot be read is reported by its own test below."""
    found = []
    for pack in SHIPPED:
        try:
            files = read_procedures(open_pack(pack))
        except PackError:
            continue
        for file in files:
            for i, located in enumerate(file.examples):
                name = f"{pack}-{file.definition.slug}-{located.example.title}"
                found.append(pytest.param(pack, file.definition.slug, i, id=name))
    return found


@pytest.mark.parametrize("pack", SHIPPED)
def test_a_shipped_pack_has_no_problem(pack: str) -> None:
    report = check_pack(lambda: open_pack(pack))
    assert report.findings.problems == [], "\n".join(map(str, report.findings.problems))


@pytest.mark.parametrize(("pack", "slug", "place"), every_example())
def test_an_example_comes_out_as_it_says(pack: str, slug: str, place: int) -> None:
    file, procedure = procedures(pack)[slug]
    located = file.examples[place]
    assert prove(located, procedure) == []
    assessment = explain(procedure, located.example.facts, located.example.on)
    assert assessment.eligible == located.example.eligible
    for name, expected in (located.example.amounts or {}).items():
        assert next(amount.value for amount in assessment.amounts if amount.name == name) == expected


@pytest.mark.parametrize("slug", sorted(SEVEN))
def test_each_of_the_seven_procedures_has_at_least_ten_examples(slug: str) -> None:
    file, _ = procedures("arao")[slug]
    assert len(file.examples) >= 10


def test_the_city_has_the_seven_procedures() -> None:
    assert set(procedures("arao")) >= SEVEN


def test_examples_are_sound_when_a_fact_is_left_out() -> None:
    """Leaving one fact out of an example never turns a yes into a no, or a no into a yes."""
    for file, procedure in procedures("arao").values():
        for located in file.examples:
            example = located.example
            for name in example.facts:
                fewer = {key: value for key, value in example.facts.items() if key != name}
                verdict = explain(procedure, fewer, example.on).eligible
                assert verdict in {example.eligible, "unknown"}, (procedure.slug, example.title, name)
