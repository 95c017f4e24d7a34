"""From text to a syntax tree that holds only what the rule language has (規則の文法).

Owns the lexical limits, the allow-list of syntax nodes and the words of every refusal. Never looks a name up:
`check` knows the vocabulary. sqlglot does the parsing; whatever it accepts beyond the list below is refused.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ParseError, TokenError

from dokodemo.kernel.expressions.errors import ExpressionError, Source

LONGEST = 2000
DEEPEST_BRACKETS = 20
DEEPEST_TREE = 60
DIGITS = 19
NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


class RuleDialect(Dialect):
    """SQL without SQL's own functions: every call keeps the name that was written."""

    class Parser(sqlglot.parser.Parser):
        FUNCTIONS = {}
        FUNCTION_PARSERS = {}
        NO_PAREN_FUNCTIONS = {}
        NO_PAREN_FUNCTION_PARSERS = {"CASE": sqlglot.parser.Parser.NO_PAREN_FUNCTION_PARSERS["CASE"]}

    class Generator(sqlglot.generator.Generator):
        TRANSFORMS = {
            **sqlglot.generator.Generator.TRANSFORMS,
            exp.Cast: lambda self, node: f"DATE {self.sql(node, 'this')}",
            exp.Filter: lambda self, node: (
                f"{self.sql(node, 'this')} FILTER ({self.sql(node, 'expression').strip()})"
            ),
        }


ALLOWED: tuple[type[exp.Expr], ...] = (
    exp.And, exp.Or, exp.Not, exp.Paren, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.In, exp.Between,
    exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg, exp.Case, exp.If, exp.Literal, exp.Boolean, exp.Column,
    exp.Identifier, exp.Anonymous, exp.Star, exp.Filter, exp.Where, exp.Cast, exp.DataType,
)  # fmt: skip

# Where more than the type of the node decides: its arguments that may be set.
_ARGUMENTS: dict[type[exp.Expr], frozenset[str]] = {
    exp.In: frozenset({"this", "expressions"}),
    exp.Between: frozenset({"this", "low", "high"}),
    exp.Column: frozenset({"this", "table"}),
    exp.Anonymous: frozenset({"this", "expressions"}),
    exp.Star: frozenset(),
    exp.Case: frozenset({"this", "ifs", "default"}),
}

_WRONG_TOKENS = {
    ";": (
        "a rule is one expression, not several statements",
        "Remove the semicolon; join conditions with AND",
    ),
    "!": ("`!` is not part of the rule language", "Write NOT"),
    "!=": ("`!=` is not part of the rule language", "Write <>"),
    "==": ("`==` is not part of the rule language", "Write a single ="),
    "::": ("a type conversion is not part of the rule language", "Give the term the right type instead"),
}

_CONVERSIONS = frozenset({"CAST", "TRY_CAST", "SAFE_CAST", "CONVERT"})

_WRONG_NODES: tuple[tuple[type[exp.Expr], str, str], ...] = (
    (exp.Query, "a query inside a rule is refused", "Use count, sum, min, max, bool_or or bool_and over a group"),
    (exp.Exists, "a query inside a rule is refused", "Write count(group) >= 1 or bool_or(…)"),
    (exp.Window, "a window (OVER) is not part of the rule language", "Use an aggregate with FILTER (WHERE …)"),
    (exp.Null, "NULL is not part of the rule language: not known yet is no value that a rule can write",
     "Leave it out; unknown terms are handled by the language"),
    (exp.Is, "IS is not part of the rule language: a rule cannot ask whether something is known",
     "Write = TRUE, = FALSE or the term itself"),
    (exp.DPipe, "joining texts (||) is not part of the rule language", "Join texts in the letter or form instead"),
    (exp.Like, "LIKE is not part of the rule language", "Use = or IN with the values meant"),
    (exp.ILike, "ILIKE is not part of the rule language", "Use = or IN with the values meant"),
    (exp.RegexpLike, "patterns are not part of the rule language", "Use = or IN with the values meant"),
    (exp.Mod, "% is not part of the rule language", "Use round_down(x, unit) or floor(x / y)"),
    (exp.IntDiv, "DIV is not part of the rule language", "Write floor(x / y)"),
    (exp.Interval, "INTERVAL is not part of the rule language", "Use date_add_days(date, days)"),
    (exp.Alias, "a name for a result (AS) is not part of the rule language",
     "Remove it; if two conditions follow each other, put AND or OR between them"),
    (exp.Distinct, "DISTINCT is not part of the rule language", "Each member of a group counts once anyway"),
    (exp.Tuple, "a list stands only after IN", "Write `term IN ('a', 'b')`"),
    (exp.Kwarg, "named arguments are not part of the rule language", "Give the arguments in their order"),
)  # fmt: skip


# The same derived terms stand in hundreds of rules. Trees are only read, and wrong texts are not kept.
_parsed: dict[str, exp.Expr] = {}
_MOST_PARSED = 8192


def parse(source: Source) -> exp.Expr:
    """The syntax tree of the rule; ExpressionError with line, column and remedy for anything but the language."""
    known = _parsed.get(source.text)
    if known is not None:
        return known
    tree = _parse(source)
    if len(_parsed) >= _MOST_PARSED:
        _parsed.clear()
    _parsed[source.text] = tree
    return tree


def _parse(source: Source) -> exp.Expr:
    _check_text(source)
    try:
        trees = RuleDialect().parse(source.text)
    except ParseError as error:
        raise _syntax_error(source, error) from None
    except RecursionError:
        raise _too_deep(source, 0) from None
    if len(trees) != 1 or trees[0] is None:
        raise source.error(0, "the text is not one expression", "Write one condition or one formula")
    tree = trees[0]
    if isinstance(tree, _STATEMENTS):
        raise source.error(
            0, "a rule is a condition or a formula, not a statement", "Remove everything but the condition"
        )
    _check_depth(source, tree)
    for node in tree.walk():
        _check_node(source, node)
    _check_nothing_lost(source, tree)
    return tree


def written(node: exp.Expr, limit: int = 300) -> str:
    """The rule's text for a node, in one line and one spelling."""
    # Nothing is rewritten on the way, so the tree need not be copied first.
    text = node.sql(dialect=RuleDialect, copy=False, normalize_functions=False, comments=False)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def offset_of(node: exp.Expr) -> int:
    """Where the node starts in the rule's text (from 0), as far as the parser remembers it."""
    starts = [part.meta["start"] for part in node.walk() if "start" in part.meta]
    if starts:
        return int(min(starts))
    return offset_of(node.parent) if node.parent is not None else 0


def chain(node: exp.Expr, connector: type[exp.Expr]) -> Iterator[exp.Expr]:
    """The conditions of `a AND b AND c` in order, without recursion however long it is."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, connector):
            waiting += [part.args["expression"], part.this]
        else:
            yield part


def _check_text(source: Source) -> None:
    text = source.text
    if len(text) > LONGEST:
        raise source.error(
            LONGEST,
            f"the rule has {len(text)} characters, more than {LONGEST}",
            "Move a part of it into a derived term of the vocabulary",
        )
    if not text.strip():
        raise source.error(0, "the rule is empty", "Write a condition, or remove the key")
    try:
        tokens = RuleDialect().tokenize(text)
    except TokenError:
        raise source.error(*_unclosed(text)) from None
    _check_gaps(source, tokens)
    _check_tokens(source, tokens)


def _unclosed(text: str) -> tuple[int, str, str]:
    return max(text.find("'"), 0), "a text in quotes is not closed", "Close it with a single quote '"


def _check_gaps(source: Source, tokens: list[Any]) -> None:
    # Whatever the tokenizer skipped is white space or a comment.
    end = 0
    for start, stop in [*((token.start, token.end + 1) for token in tokens), (len(source.text), 0)]:
        gap = source.text[end:start]
        if gap.strip():
            raise source.error(
                end + len(gap) - len(gap.lstrip()),
                "comments are not part of the rule language",
                "Say it in the file with a YAML comment (#)",
            )
        end = stop


def _check_tokens(source: Source, tokens: list[Any]) -> None:
    depth = prefixes = 0
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        written_so = source.text[token.start : token.end + 1]
        if written_so in _WRONG_TOKENS:
            raise source.error(token.start, *_WRONG_TOKENS[written_so])
        if written_so[0] in '"`[{$@#?:':
            raise source.error(
                token.start,
                f"`{written_so[0]}` is not part of the rule language",
                "Write names without quotes (child.date_of_birth) and texts in single quotes ('self')",
            )
        word = written_so.upper()
        if word in _CONVERSIONS and following is not None and following.text == "(":
            raise source.error(token.start, *_WRONG_TOKENS["::"])
        depth += (word in {"(", "CASE"}) - (word in {")", "END"})
        prefixes = prefixes + 1 if word in {"NOT", "-", "+", "("} else 0
        if depth > DEEPEST_BRACKETS or prefixes > DEEPEST_BRACKETS:
            raise _too_deep(source, token.start)


def _too_deep(source: Source, offset: int) -> ExpressionError:
    return source.error(
        offset,
        f"the rule is nested too deeply: {DEEPEST_BRACKETS} brackets, {DEEPEST_TREE} steps at most",
        "Move a part of it into a derived term of the vocabulary",
    )


def _check_depth(source: Source, tree: exp.Expr) -> None:
    waiting: list[tuple[exp.Expr, int]] = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > DEEPEST_TREE:
            raise _too_deep(source, 0)
        below = depth + (not isinstance(node, exp.Connector))
        waiting += [(child, below) for child in node.iter_expressions()]


def _check_nothing_lost(source: Source, tree: exp.Expr) -> None:
    # The parser passes over some words in silence ("1 AS"); a rule must mean all that it says.
    if _words(source.text) != _words(written(tree, limit=10 * LONGEST)):
        raise source.error(0, "a part of the text has no meaning", "Write the expression without it")


def _words(text: str) -> Counter[str]:
    tokens = RuleDialect().tokenize(text)
    return Counter(text[token.start : token.end + 1].upper() for token in tokens)


def _check_node(source: Source, node: exp.Expr) -> None:
    if not isinstance(node, ALLOWED):
        raise _refused(source, node)
    permitted = _ARGUMENTS.get(type(node))
    if permitted is not None:
        for name, argument in node.args.items():
            if argument and name not in permitted:
                raise _wrong_argument(source, node, argument)
    if isinstance(node, exp.Cast):
        _check_date_literal(source, node)
    elif isinstance(node, exp.Literal):
        _check_literal(source, node)
    elif isinstance(node, exp.Identifier) and not NAME.match(node.name):
        raise source.error(
            offset_of(node),
            f"`{node.name}` is not a name of the rule language",
            "Names have small letters, digits and underscores",
        )
    elif isinstance(node, exp.Column) and isinstance(node.this, exp.Star):
        raise source.error(offset_of(node), f"`{written(node)}` is refused", "Write count(group) or one term")
    elif isinstance(node, exp.Case) and node.args.get("default") is None:
        raise source.error(
            offset_of(node), "CASE without ELSE leaves the rest open", "End it with `ELSE … END`, e.g. ELSE 0"
        )


def _wrong_argument(source: Source, node: exp.Expr, argument: Any) -> ExpressionError:
    inner = argument if isinstance(argument, exp.Expr) else node
    for part in inner.walk():
        if not isinstance(part, ALLOWED):
            return _refused(source, part)
    if isinstance(node, exp.Column):
        return source.error(
            offset_of(node),
            f"`{written(node)}` has more than one dot",
            "A term is `name` or `group.name`, a parameter `param.name`",
        )
    return source.error(offset_of(node), f"`{written(node, 60)}` is not part of the rule language", _PLAIN)


def _check_date_literal(source: Source, node: exp.Expr) -> None:
    literal, to = node.this, node.args["to"]
    day = isinstance(literal, exp.Literal) and literal.is_string and to.this == exp.DataType.Type.DATE
    if type(node) is not exp.Cast or not day:
        raise source.error(
            offset_of(node),
            "a type conversion is not part of the rule language",
            "Only days are written with their type: DATE '2026-04-01'",
        )


def _check_literal(source: Source, node: exp.Literal) -> None:
    if node.is_string:
        return
    digits = node.name
    if not digits.isdecimal() or not digits.isascii():
        raise source.error(
            offset_of(node),
            f"`{digits}` is not a whole number",
            "Write whole numbers; a rate as a fraction, e.g. floor(x * 15 / 100)",
        )
    if len(digits) > DIGITS or int(digits) >= 2**63:
        raise source.error(offset_of(node), f"{digits} is too large", "Numbers have at most 64 bit")


_STATEMENTS = (exp.Query, exp.DDL, exp.DML, exp.Drop, exp.Set, exp.Pragma, exp.Command, exp.Use, exp.Describe)
_PLAIN = "Use AND, OR, NOT, comparisons, + - * /, CASE, aggregates over a group and the listed functions"


def _refused(source: Source, node: exp.Expr) -> ExpressionError:
    for kind, message, remedy in _WRONG_NODES:
        if isinstance(node, kind):
            return source.error(_offset(source, node), message, remedy)
    return source.error(
        _offset(source, node), f"`{written(node, 60)}` is not part of the rule language", _PLAIN
    )


def _offset(source: Source, node: exp.Expr) -> int:
    # The parser remembers no place for NULL; its first mention is the one refused first.
    found = re.search(r"\bNULL\b", source.text, re.IGNORECASE) if isinstance(node, exp.Null) else None
    return found.start() if found else offset_of(node)


def _syntax_error(source: Source, error: ParseError) -> ExpressionError:
    first = error.errors[0] if error.errors else {}
    lines = source.text.split("\n")
    line = min(int(first.get("line") or 1), len(lines))
    word = str(first.get("highlight") or "")
    # The parser counts columns to the end of the word it stumbled over.
    column = max(int(first.get("col") or 1) - len(word), 0)
    offset = min(sum(len(text) + 1 for text in lines[: line - 1]) + column, len(source.text))
    place = f"near `{word}`" if word else "here"
    return source.error(
        offset, f"the text cannot be read {place}", "Look for a missing bracket, quote, operator, THEN or END"
    )
