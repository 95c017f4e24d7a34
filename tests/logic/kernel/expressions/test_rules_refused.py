"""What the rule language refuses: each with file, line, column and what to do."""

from dataclasses import dataclass

import pytest
from rules_city import CITY, ON, PARAMETERS, RELATIONS, Choice, Term, city, rule, value

from dokodemo.kernel.expressions import ExpressionError, compile_expression
from dokodemo.kernel.packs import PackError

REFUSED = [
    # text, column, a part of the message, a part of the remedy
    ("applicant.size = (SELECT 1)", 26, "a query inside a rule", "count, sum"),
    ("applicant.size IN (SELECT 1)", 27, "a query inside a rule", "count, sum"),
    ("EXISTS(SELECT 1)", 15, "a query inside a rule", "count"),
    ("SELECT 1", 1, "not a statement", "Remove"),
    ("DELETE FROM residents", 1, "not a statement", "Remove"),
    ("DROP TABLE residents", 1, "not a statement", "Remove"),
    ("TRUE; FALSE", 5, "not several statements", "semicolon"),
    ("TRUE;", 5, "not several statements", "semicolon"),
    ("TRUE -- surely", 6, "comments", "YAML comment"),
    ("TRUE /* surely */ AND TRUE", 6, "comments", "YAML comment"),
    ("/*+ hint */ TRUE", 1, "comments", "YAML comment"),
    ("applicant.size = NULL", 18, "NULL", "Leave it out"),
    ("applicant.size IS NULL", 1, "whether something is known", "the term itself"),
    ("applicant.resident_here IS TRUE", 1, "IS is not part", "= TRUE"),
    ("applicant.note || 'x' = 'ax'", 1, "joining texts", "letter or form"),
    ("applicant.note LIKE 'a%'", 1, "LIKE", "= or IN"),
    ("applicant.note ILIKE 'a%'", 1, "ILIKE", "= or IN"),
    ("applicant.note SIMILAR TO 'a'", 1, "not part of the rule language", "Use AND"),
    ("applicant.size::TEXT = '1'", 15, "type conversion", "right type"),
    ("CAST(applicant.size AS TEXT) = '1'", 1, "type conversion", "right type"),
    ("TRY_CAST('2026-04-01' AS DATE) = today", 1, "type conversion", "right type"),
    ("TIMESTAMP '2026-04-01' = today", 11, "type conversion", "DATE '2026-04-01'"),
    ("sum(applicant.size) OVER () > 1", 1, "a window (OVER)", "FILTER"),
    ("count(*) FILTER (WHERE child.living_together) OVER () > 1", 1, "a window (OVER)", "FILTER"),
    ("count(DISTINCT child) > 1", 16, "DISTINCT", "counts once"),
    ("count(child ORDER BY child.points) > 1", 7, "not part of the rule language", "Use AND"),
    ("applicant.size % 2 = 0", 1, "% is not part", "round_down"),
    ("today > today - INTERVAL '1' DAY", 26, "INTERVAL", "date_add_days"),
    ("applicant.size != 1", 16, "`!=`", "<>"),
    ("applicant.size == 1", 16, "`==`", "single ="),
    ("!applicant.resident_here", 1, "`!`", "NOT"),
    ('"applicant".resident_here', 1, '`"`', "without quotes"),
    ("applicant.size = $1", 18, "`$`", "without quotes"),
    ("applicant.size = ?", 18, "`?`", "without quotes"),
    ("applicant.size IN [1, 2]", 19, "`[`", "without quotes"),
    ("applicant.size > 1.5", 18, "not a whole number", "fraction"),
    ("applicant.size > 1e5", 18, "not a whole number", "fraction"),
    ("applicant.size > 99999999999999999999", 18, "too large", "64 bit"),
    ("applicant.size > 9223372036854775808", 18, "too large", "64 bit"),
    ("(1, 2) = (1, 2)", 2, "a list stands only after IN", "IN ("),
    ("age(birth => today) > 1", 14, "named arguments", "in their order"),
    ("applicant.resident_here applicant.is_public_servant", 34, "cannot be read near", "operator"),
    ("today applicant", 1, "a name for a result", "AND or OR"),
    ("TRUE AS", 1, "no meaning", "without it"),
    ("applicant.size BETWEEN SYMMETRIC 1 AND 2", 1, "not part of the rule language", "Use AND"),
    ("a.b.c = 1", 1, "more than one dot", "group.name"),
    ("child.* = 1", 1, "refused", "count(group)"),
    ("Applicant.size > 1", 1, "not a name", "small letters"),
    ("年齢 > 18", 1, "not a name", "small letters"),
    ("CASE WHEN TRUE THEN 1 END = 1", 21, "without ELSE", "ELSE"),
    ("age(applicant.born", 15, "cannot be read", "missing bracket"),
    ("applicant.resident_here AND", 25, "cannot be read", "missing bracket"),
    ("applicant.note = 'a", 18, "not closed", "single quote"),
    ("", 1, "empty", "Write a condition"),
    ("  \n ", 1, "empty", "Write a condition"),
    # names
    ("applicant.residnt_here", 1, "no such term", "Did you mean applicant.resident_here?"),
    ("applicant", 1, "a group, not a term", "count"),
    ("applicant.size > param.limt", 18, "no such parameter", "Did you mean limit?"),
    ("applicant.full_name = 'x'", 1, "cannot test a term of type person_name", "another type"),
    ("child.living_together", 1, "one value for each child", "bool_or(child.living_together"),
    ("coalesce(applicant.size, 0) > 1", 1, "no such function", "Not known yet is no value"),
    ("concat('a', 'b') = 'ab'", 1, "no such function", "letter or form"),
    ("now() > today", 1, "no such function", "`today`"),
    ("current_date > today", 1, "no such term", "spelling"),
    ("random() > 1", 1, "no such function", "Use one of abs, age"),
    ("avg(child.points) > 1", 1, "no such function", "floor(sum"),
    ("round(applicant.size) > 1", 1, "no such function", "floor, ceil or round_down"),
    ("circle_a > 1", 1, "circle_a → circle_b → circle_a", "Break the circle"),
    ("broken", 1, "in the derived term: `applicant.nothing`: no such term", "Did you mean applicant.note?"),
    ("wrongly_typed", 1, "the derived term is a whole number, not a yes or no", "Correct"),
    # types
    ("applicant.born > 18", 1, "a date is compared with a whole number", "age(date) >= 18"),
    ("applicant.resident_here = 1", 1, "a yes or no is compared with a whole number", "TRUE or FALSE"),
    ("applicant.relation = applicant.note", 1, "a choice is compared with a text", "quotes"),
    ("applicant.relation = 'selv'", 22, "not one of the choices", "Did you mean 'self'?"),
    (
        "applicant.relation IN ('self', 'me')",
        32,
        "not one of the choices",
        "Choose 'other', 'parent', 'self'",
    ),
    ("'me' = applicant.relation", 1, "not one of the choices", "Choose"),
    ("applicant.relation > 'self'", 1, "a choice has no order", "IN"),
    ("applicant.note < 'b'", 1, "a text has no order", "IN"),
    ("applicant.resident_here < TRUE", 1, "a yes or no has no order", "IN"),
    ("applicant.born > '2026-02-30'", 18, "not a date", "like '2026-04-01'"),
    ("applicant.born > DATE '2026-13-01'", 23, "not a date", "like '2026-04-01'"),
    ("applicant.since = '2026-13'", 19, "not a year and month", "like '2026-04'"),
    ("applicant.size = '1'", 18, "this is a text, but a whole number is needed", "without quotes"),
    ("applicant.size AND TRUE", 1, "not a condition", ">= 1"),
    ("NOT applicant.born", 5, "not a condition", ">= 1"),
    ("applicant.born + 1 > today", 1, "not a number", "date_add_days"),
    ("applicant.resident_here + 1 > 1", 1, "not a number", "CASE WHEN"),
    ("applicant.income * applicant.income > 1", 1, "yen times yen", "plain number"),
    ("floor(applicant.size / applicant.income) > 1", 7, "a plain number is divided by yen", "yen by yen"),
    ("applicant.size / 2 > 1", 1, "how it is rounded", "floor(x / y)"),
    ("floor(1 + applicant.size / 2) > 1", 11, "how it is rounded", "floor(x / y)"),
    ("floor(applicant.size / 0) > 1", 7, "divides by zero", "divisor"),
    ("floor(applicant.size) > 1", 1, "nothing to round", "leave it out"),
    ("round_down(applicant.size, 0) > 1", 1, "the unit is not above zero", "1000"),
    ("CASE WHEN TRUE THEN 1 ELSE today END = 1", 28, "this result is a date", "same type"),
    ("CASE WHEN 1 THEN 1 ELSE 2 END = 1", 11, "not a condition", ">= 1"),
    ("least(applicant.size, today) > 1", 23, "least cannot compare", "numbers or dates"),
    ("age(applicant.size) > 1", 5, "but a date is needed", "that type"),
    ("age() > 1", 1, "0 arguments", "age(date, on)"),
    ("fiscal_age_at_most(applicant.born) = TRUE", 1, "1 arguments", "fiscal_age_at_most(date, 18)"),
    ("abs(1, 2) = 1", 1, "2 arguments", "abs(x)"),
    # aggregates
    ("count(*) > 1", 1, "names no repeating group", "count(child)"),
    ("count(child.points) > 1", 1, "count takes a repeating group", "count(child)"),
    ("count(applicant) > 1", 1, "count takes a repeating group", "count(child)"),
    ("sum(applicant.size) > 1", 1, "names no repeating group", "count(child)"),
    ("sum(*) > 1", 1, "only in count(*)", "sum(child.term)"),
    ("sum(child.living_together) > 1", 5, "sum cannot take a yes or no", "fitting type"),
    ("bool_or(child.points)", 9, "bool_or cannot take a whole number", "fitting type"),
    ("max(child.tie) = 'self'", 5, "max cannot take a choice", "fitting type"),
    ("sum(child.points + member.points) > 1", 1, "two groups: child, member", "each aggregate"),
    ("count(child) FILTER (WHERE member.works) > 1", 1, "two groups: child, member", "each aggregate"),
    ("sum(child.points + count(child)) > 1", 20, "an aggregate inside an aggregate", "outside"),
    ("bool_or(child.points > children_to_age_18)", 24, "an aggregate inside an aggregate", "outside"),
    ("floor(applicant.size / 2) FILTER (WHERE TRUE) > 1", 1, "only after an aggregate", "count, sum"),
]


@pytest.mark.parametrize(("text", "column", "message", "remedy"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_the_language_does_not_have_is_refused_with_place_and_remedy(
    text: str, column: int, message: str, remedy: str
) -> None:
    with pytest.raises(ExpressionError) as caught:
        rule(text, where=("packs/mihon/rules.yaml", 12), expected="boolean")
    (problem,) = caught.value.problems
    assert problem.file == "packs/mihon/rules.yaml"
    assert caught.value.column == column, str(problem)
    assert f"column {column}: " in problem.message
    assert message in problem.message
    assert remedy in problem.remedy


def test_the_line_is_that_of_the_mistake_in_a_rule_of_several_lines() -> None:
    with pytest.raises(ExpressionError) as caught:
        rule("applicant.resident_here\n  AND applicant.size >\n  today", where=("packs/x.yaml", 40))
    (problem,) = caught.value.problems
    assert problem.line == 41
    assert caught.value.column == 7


def test_a_mistake_of_a_rule_is_a_problem_of_its_pack() -> None:
    with pytest.raises(PackError, match=r"packs/x\.yaml:3: column 1: `a`: no such term"):
        rule("a", where=("packs/x.yaml", 3))


def test_a_rule_of_more_than_2000_characters_is_refused() -> None:
    assert rule("TRUE" + " AND TRUE" * 221).evaluate({}, ON) is True
    with pytest.raises(ExpressionError, match="2002 characters, more than 2000"):
        rule("TRUE " + " AND TRUE" * 221 + " " * 8)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 21 + "TRUE" + ")" * 21,
        "NOT " * 300 + "TRUE",
        "- " * 300 + "1 > 0",
        "1" + " + 1" * 200 + " > 0",
        "CASE WHEN TRUE THEN " * 25 + "1" + " ELSE 2 END" * 25 + " = 1",
        "abs(" * 30 + "1" + ")" * 30 + " = 1",
    ],
)
def test_a_rule_nested_too_deeply_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError, match="nested too deeply"):
        rule(text)


def test_a_long_chain_of_conditions_is_not_deep() -> None:
    assert value("applicant.size > 0" + " AND applicant.size > 0" * 80, applicant__size=1) is True


def test_the_type_that_is_needed_is_demanded() -> None:
    assert rule("10000 * count(child)", expected="yen").type == "integer"
    assert rule("param.amount * count(child)", expected="yen").type == "yen"
    with pytest.raises(ExpressionError, match="the rule is an amount in yen, but a whole number is needed"):
        rule("param.amount", expected="integer")
    with pytest.raises(ExpressionError, match="cannot come to person_name"):
        rule("TRUE", expected="person_name")


def test_a_member_may_be_asked_about_alone() -> None:
    alone = rule("child.is_minor AND child.living_together", member_of="child")
    assert alone.terms == {"child.date_of_birth", "child.living_together"}
    assert alone.evaluate({"child.date_of_birth": "2020-01-01", "child.living_together": True}, ON) is True
    assert rule("child.points = sum(child.points)", member_of="child").evaluate(
        {"child.points": 3, "child": [{"points": 1}, {"points": 2}]}, ON
    )


def test_a_term_with_several_choices_at_once_cannot_be_tested() -> None:
    @dataclass(frozen=True)
    class Several(Term):
        multiple: bool = True

    with pytest.raises(ExpressionError, match="cannot test"):
        compile_expression(
            "wishes = 'self'", city([Several("wishes", "choice", choices=RELATIONS)]), PARAMETERS
        )


def test_choices_of_different_terms_are_not_compared() -> None:
    odd = city(
        [Term("a", "choice", choices=(Choice("x"), Choice("y"))), Term("b", "choice", choices=(Choice("x"),))]
    )
    with pytest.raises(ExpressionError, match="a choice is compared with a choice of other choices"):
        compile_expression("a = b", odd, PARAMETERS)


def test_the_vocabulary_of_the_tests_has_no_other_broken_term() -> None:
    broken = set()
    for name, term in CITY.terms.items():
        if term.derive is None:
            continue
        try:
            rule(name, member_of=name.split(".")[0] if "." in name else None)
        except ExpressionError:
            broken.add(name)
    assert broken == {"circle_a", "circle_b", "broken", "wrongly_typed"}
