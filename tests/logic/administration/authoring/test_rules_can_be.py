"""Rules that hold for nobody, for everybody or not together are found; ordinary ones are not accused."""

from datetime import date
from pathlib import Path

import pytest

from dokodemo.administration.authoring.reasoning import Reasoned, reason
from dokodemo.administration.procedures.checking import read_surroundings
from dokodemo.kernel.expressions import compile_expression
from dokodemo.kernel.packs import open_pack

DAY = date(2026, 11, 23)
PACKS = Path(__file__).resolve().parents[3] / "packs"


def reasoned(*rules: str) -> Reasoned:
    around = read_surroundings(open_pack("small", roots=[PACKS]))
    compiled = [
        compile_expression(rule, around.vocabulary, around.parameters, expected="boolean") for rule in rules
    ]
    return reason(compiled, around.vocabulary, around.parameters, DAY)


@pytest.mark.parametrize(
    "rule",
    [
        "tall_trees >= 4 AND tall_trees <= 3",
        "applicant.resident_here AND NOT applicant.resident_here",
        "count(tree) < 0",
    ],
)
def test_a_rule_that_holds_for_nobody_is_found(rule: str) -> None:
    assert reasoned(rule).never == (0,)


@pytest.mark.parametrize("rule", ["count(tree) >= 0", "applicant.owns_land OR NOT applicant.owns_land"])
def test_a_rule_that_holds_for_everybody_is_found(rule: str) -> None:
    found = reasoned(rule)
    assert (found.never, found.always) == ((), (0,))


def test_two_rules_that_exclude_each_other_are_named() -> None:
    found = reasoned("applicant.owns_land", "tall_trees >= 3", "tall_trees < 3")
    assert (found.never, found.always, found.pair) == ((), (), (1, 2))


def test_ordinary_rules_are_not_accused() -> None:
    assert reasoned("applicant.resident_here", "tall_trees >= 1") == Reasoned((), (), None, True)


def test_every_published_procedure_of_the_packs_passes() -> None:
    from dokodemo.administration.procedures.checking import procedures_of

    for procedure in procedures_of(open_pack("mihon"))[::4]:
        found = reason(procedure.rules, procedure.vocabulary, procedure.parameters, DAY)
        assert (found.never, found.pair, found.together) == ((), None, True), procedure.slug
