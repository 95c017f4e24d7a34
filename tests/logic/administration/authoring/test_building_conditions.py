"""Conditions by clicking: what is put together can be read back, and what makes no sense is refused by row."""

import pytest

from dokodemo.administration.authoring.building import CannotBuild, Row, compose, decompose
from dokodemo.kernel.expressions import compile_expression, load_parameters
from dokodemo.kernel.packs import open_pack
from dokodemo.kernel.vocabulary import load_vocabulary

PACK = open_pack("arao")
TERMS = load_vocabulary(PACK)
PARAMETERS = load_parameters(PACK)


@pytest.mark.parametrize(
    ("rows", "joiner", "rule"),
    [
        ([Row("applicant.resident_here", "yes", "")], "AND", "applicant.resident_here"),
        ([Row("applicant.resident_here", "no", "")], "AND", "NOT applicant.resident_here"),
        ([Row("dog.date_of_birth", "age_ge", "３")], "AND", "age(dog.date_of_birth) >= 3"),
        ([Row("dog.date_of_birth", "le", "2026-04-01")], "AND", "dog.date_of_birth <= DATE '2026-04-01'"),
        (
            [Row("applicant.resident_here", "yes", ""), Row("dog_age_days", "gt", "90"), Row("", "eq", "x")],
            "OR",
            "applicant.resident_here OR dog_age_days > 90",
        ),
        ([Row("dog.name", "eq", "O'Hara")], "AND", "dog.name = 'O''Hara'"),
    ],
)
def test_what_is_put_together_is_a_rule_and_can_be_read_back(rows: list[Row], joiner: str, rule: str) -> None:
    assert compose(rows, joiner, TERMS.terms) == rule
    compile_expression(rule, TERMS, PARAMETERS, expected="boolean")
    again = decompose(rule)
    assert again is not None
    assert compose(*again, TERMS.terms) == rule


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (Row("dog.nothing", "yes", ""), "no_term"),
        (Row("dog.name", "ge", "3"), "no_operator"),
        (Row("dog_age_days", "ge", "many"), "no_number"),
        (Row("dog.date_of_birth", "ge", "2026-02-30"), "no_day"),
        (Row("dog.sex", "eq", "purple' OR 1=1"), "no_choice"),
    ],
)
def test_a_row_that_makes_no_comparison_is_refused(row: Row, code: str) -> None:
    with pytest.raises(CannotBuild, match=code) as refusal:
        compose([row], "AND", TERMS.terms)
    assert refusal.value.row == 0


@pytest.mark.parametrize("rule", ["count(child) >= 1", "a.b AND (a.c OR a.d)", "", "a.b = a.c", "NOT (a.b)"])
def test_a_rule_beyond_simple_comparisons_is_left_to_be_typed(rule: str) -> None:
    assert decompose(rule) is None
