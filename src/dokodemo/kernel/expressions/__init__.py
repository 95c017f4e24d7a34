"""The rule language: one expression over terms, in SQL syntax, in three-valued logic (規則の言語).

Owns parsing, types, dated parameters, evaluation for one person with its reasons, and the query for the whole
register. Never asks a database: it makes the query's text, others run it. See docs/adr/0003-rule-language.md.
"""

from dokodemo.kernel.expressions.duck import to_duckdb
from dokodemo.kernel.expressions.errors import ExpressionError, FactError
from dokodemo.kernel.expressions.kinds import Kind
from dokodemo.kernel.expressions.masks import MOST_TERMS, missing_terms
from dokodemo.kernel.expressions.parameters import DatedValue, Parameter, ParameterSet, load_parameters
from dokodemo.kernel.expressions.register import GroupTable, RegisterSchema
from dokodemo.kernel.expressions.rules import Expression, compile_expression
from dokodemo.kernel.expressions.trace import Leaf, Trace
from dokodemo.kernel.expressions.values import UNKNOWN, Unknown, Value

__all__ = [
    "MOST_TERMS",
    "UNKNOWN",
    "DatedValue",
    "Expression",
    "ExpressionError",
    "FactError",
    "GroupTable",
    "Kind",
    "Leaf",
    "Parameter",
    "ParameterSet",
    "RegisterSchema",
    "Trace",
    "Unknown",
    "Value",
    "compile_expression",
    "load_parameters",
    "missing_terms",
    "to_duckdb",
]
