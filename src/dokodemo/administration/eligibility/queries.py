"""Asking whether someone is entitled (該当判定の照会).

Owns the entry for other domains. Keeps no fact and writes nothing; who may see the answer is the caller's to know.
"""

from datetime import date
from uuid import UUID

from dokodemo.administration.eligibility.logic import Assessment, explain
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.administration.procedures.judging import Facts
from dokodemo.kernel import calendar_jp


def assess(procedure: CompiledProcedure | UUID, facts: Facts, on: date | None = None) -> Assessment:
    """The assessment of one person under a procedure or a pinned version, on a day (default: today, JST).

    Raises NotFound for an unknown version, ExpressionError for an arithmetic error of the pack.
    """
    compiled = procedures.compiled_version(procedure) if isinstance(procedure, UUID) else procedure
    return explain(compiled, facts, calendar_jp.today() if on is None else on)
