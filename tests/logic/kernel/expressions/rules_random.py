"""Random well-typed rules and random people, for the property tests of the rule language."""

from typing import Any

from hypothesis import strategies as st

BOOLS = ("applicant.resident_here", "applicant.is_public_servant")
NUMBERS = ("applicant.size", "applicant.score")
DATES = ("applicant.born", "applicant.moved")
FIELDS: dict[str, dict[str, tuple[str, ...]]] = {
    "child": {
        "boolean": ("child.living_together", "child.is_minor", "child.close"),
        "number": ("child.points",),
        "date": ("child.date_of_birth",),
        "choice": ("child.tie",),
    },
    "member": {"boolean": ("member.works",), "number": ("member.points",), "date": (), "choice": ()},
}
DAY_VALUES = ("2008-04-01", "2008-04-02", "2020-02-29", "2026-11-23")
NUMBER_VALUES = (-2, 0, 1, 3, 2**62)
CHOICES = ("self", "parent", "other")
MONTHS = ("2025-03", "2026-04")

# What each term may be when it is known; small, so that all completions of a person who leaves little open can be tried.
DOMAINS: dict[str, tuple[Any, ...]] = {
    "applicant.resident_here": (True, False),
    "applicant.is_public_servant": (True, False),
    "applicant.size": NUMBER_VALUES,
    "applicant.score": NUMBER_VALUES,
    "applicant.born": DAY_VALUES,
    "applicant.moved": DAY_VALUES,
    "applicant.since": MONTHS,
    "applicant.relation": CHOICES,
    "applicant.note": ("a", "it's"),
    "child.date_of_birth": DAY_VALUES,
    "child.points": NUMBER_VALUES,
    "child.living_together": (True, False),
    "child.tie": CHOICES,
    "member.points": NUMBER_VALUES,
    "member.works": (True, False),
}

_literals = st.sampled_from(["0", "1", "2", "3", "5", "100", "(-1)", "4611686018427387904"])
_comparisons = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])


@st.composite
def numbers(draw: st.DrawFn, depth: int, group: str | None = None) -> str:
    terms = (*NUMBERS, *(FIELDS[group]["number"] if group else ("children_to_age_18",)))
    leaves = ["literal", "term", "term", "parameter"]
    kinds = leaves if depth <= 0 else [*_NUMBER_KINDS, *([] if group else _AGGREGATE_KINDS)]
    kind = draw(st.sampled_from(kinds))
    inner = numbers(depth - 1, group)
    match kind:
        case "literal":
            return draw(_literals)
        case "term":
            return draw(st.sampled_from(terms))
        case "parameter":
            return draw(st.sampled_from(["param.limit", "param.limit", "param.later"]))
        case "+" | "-" | "*":
            return f"({draw(inner)} {kind} {draw(inner)})"
        case "neg":
            return f"(-{draw(inner)})"
        case "floor" | "ceil":
            return f"{kind}({draw(inner)} / {draw(_divisor(depth - 1, group))})"
        case "round_down":
            unit = draw(st.one_of(st.sampled_from(["2", "10"]), st.sampled_from(terms)))
            return f"round_down({draw(inner)}, {unit})"
        case "abs":
            return f"abs({draw(inner)})"
        case "least" | "greatest":
            return f"{kind}({', '.join(draw(st.lists(inner, min_size=2, max_size=3)))})"
        case "case":
            return draw(_case(inner, depth, group))
        case "age":
            return f"age({draw(dates(depth - 1, group))})"
        case "between":
            name = draw(st.sampled_from(["years_between", "months_between", "days_between"]))
            return f"{name}({draw(dates(depth - 1, group))}, {draw(dates(depth - 1, group))})"
        case "fiscal_year":
            return f"fiscal_year({draw(dates(depth - 1, group))})"
        case "count":
            over = draw(st.sampled_from(sorted(FIELDS)))
            return f"count({over})" + draw(_filter(depth, over, optional=True))
        case _:
            over = draw(st.sampled_from(sorted(FIELDS)))
            return draw(_over(kind, numbers(depth - 1, over), depth, over))


_NUMBER_KINDS = (
    "literal", "term", "parameter", "+", "-", "*", "neg", "floor", "ceil", "round_down", "abs", "least", "greatest",
    "case", "age", "between", "fiscal_year",
)  # fmt: skip
_AGGREGATE_KINDS = ("count", "count", "sum", "sum", "min", "max")


def _divisor(depth: int, group: str | None) -> st.SearchStrategy[str]:
    return st.one_of(
        st.sampled_from(["2", "7", "(-3)"]), numbers(depth, group).filter(lambda text: text != "0")
    )


@st.composite
def _filter(draw: st.DrawFn, depth: int, group: str, *, optional: bool) -> str:
    if optional and draw(st.booleans()):
        return ""
    return f" FILTER (WHERE {draw(booleans(depth - 1, group))})"


@st.composite
def _over(draw: st.DrawFn, name: str, inner: st.SearchStrategy[str], depth: int, group: str) -> str:
    # The group must be named: a term of it is drawn in when the operand and the filter happen to have none.
    operand = draw(inner)
    condition = draw(_filter(depth, group, optional=True))
    if f"{group}." not in operand + condition:
        condition = f" FILTER (WHERE {draw(st.sampled_from(FIELDS[group]['boolean']))})"
    return f"{name}({operand}){condition}"


@st.composite
def _case(draw: st.DrawFn, inner: st.SearchStrategy[str], depth: int, group: str | None) -> str:
    branches = draw(st.lists(st.tuples(booleans(depth - 1, group), inner), min_size=1, max_size=2))
    whens = " ".join(f"WHEN {condition} THEN {result}" for condition, result in branches)
    return f"CASE {whens} ELSE {draw(inner)} END"


@st.composite
def dates(draw: st.DrawFn, depth: int, group: str | None = None) -> str:
    terms = (*DATES, *(FIELDS[group]["date"] if group else ()))
    leaves = ["term", "term", "today", "literal", "parameter"]
    kinds = leaves if depth <= 0 else [*leaves, "add", "least", "case", *([] if group else ["min"])]
    inner = dates(depth - 1, group)
    match draw(st.sampled_from(kinds)):
        case "term":
            return draw(st.sampled_from(terms))
        case "today":
            return "today"
        case "literal":
            return f"DATE '{draw(st.sampled_from(DAY_VALUES))}'"
        case "parameter":
            return "param.opens"
        case "add":
            return f"date_add_days({draw(inner)}, {draw(numbers(depth - 1, group))})"
        case "least":
            return f"{draw(st.sampled_from(['least', 'greatest']))}({draw(inner)}, {draw(inner)})"
        case "case":
            return draw(_case(inner, depth, group))
        case _:
            name = draw(st.sampled_from(["min", "max"]))
            return draw(_over(name, dates(depth - 1, "child"), depth, "child"))


@st.composite
def words(draw: st.DrawFn, depth: int, group: str | None = None) -> str:
    terms = ("applicant.relation", *(FIELDS[group]["choice"] if group else ("tie_word",)))
    if depth > 0 and draw(st.booleans()):
        inner = st.one_of(words(depth - 1, group), st.sampled_from(CHOICES).map(lambda word: f"'{word}'"))
        conditions = booleans(depth - 1, group)
        # The first result is a term, so that the others are read as its choices.
        first = f"WHEN {draw(conditions)} THEN {draw(st.sampled_from(terms))}"
        return f"CASE {first} WHEN {draw(conditions)} THEN {draw(inner)} ELSE {draw(inner)} END"
    return draw(st.sampled_from(terms))


@st.composite
def booleans(draw: st.DrawFn, depth: int, group: str | None = None) -> str:
    terms = (*BOOLS, *(FIELDS[group]["boolean"] if group else ("has_close_child",)))
    leaves = ["term", "term", "term", "constant"]
    kinds = leaves if depth <= 0 else [*_BOOLEAN_KINDS, *([] if group else ["any", "any"])]
    inner = booleans(depth - 1, group)
    match draw(st.sampled_from(kinds)):
        case "term":
            return draw(st.sampled_from(terms))
        case "constant":
            return draw(st.sampled_from(["TRUE", "FALSE"]))
        case "and":
            return "(" + " AND ".join(draw(st.lists(inner, min_size=2, max_size=3))) + ")"
        case "or":
            return "(" + " OR ".join(draw(st.lists(inner, min_size=2, max_size=3))) + ")"
        case "not":
            return f"(NOT {draw(inner)})"
        case "number":
            side = numbers(depth - 1, group)
            return f"({draw(side)} {draw(_comparisons)} {draw(side)})"
        case "between":
            side = numbers(depth - 1, group)
            return f"({draw(side)} BETWEEN {draw(side)} AND {draw(side)})"
        case "in":
            side = numbers(depth - 1, group)
            return f"({draw(side)} IN ({', '.join(draw(st.lists(side, min_size=1, max_size=3)))}))"
        case "date":
            side = dates(depth - 1, group)
            return f"({draw(side)} {draw(_comparisons)} {draw(side)})"
        case "fiscal_age":
            return f"fiscal_age_at_most({draw(dates(depth - 1, group))}, {draw(numbers(depth - 2, group))})"
        case "word":
            return f"({draw(words(depth - 1, group))} {draw(st.sampled_from(['=', '<>']))} 'self')"
        case "month":
            return f"(applicant.since {draw(_comparisons)} '2025-12')"
        case "text":
            return "(applicant.note IN ('a', 'b', 'it''s'))"
        case "truth":
            return f"({draw(inner)} = {draw(inner)})"
        case "case":
            return draw(_case(inner, depth, group))
        case _:
            over = draw(st.sampled_from(sorted(FIELDS)))
            name = draw(st.sampled_from(["bool_or", "bool_and"]))
            return draw(_over(name, booleans(depth - 1, over), depth, over))


_BOOLEAN_KINDS = (
    "term", "constant", "and", "or", "not", "number", "number", "between", "in", "date", "fiscal_age", "word", "month",
    "text", "truth", "case",
)  # fmt: skip

rules = st.one_of(booleans(3), numbers(3), dates(2), words(2))


def _maybe(name: str) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), st.sampled_from(DOMAINS[name]))


def _members(group: str) -> st.SearchStrategy[Any]:
    fields = {name.split(".")[1]: _maybe(name) for name in DOMAINS if name.startswith(f"{group}.")}
    found = st.lists(st.fixed_dictionaries(fields), max_size=3)
    return st.one_of(st.none(), found, st.fixed_dictionaries({"members": found, "complete": st.booleans()}))


people = st.fixed_dictionaries(
    {name: _maybe(name) for name in DOMAINS if name.startswith("applicant.")}
    | {group: _members(group) for group in FIELDS}
)
