"""What is wrong with the queries of a pack's indicators (集計式の点検): names nobody has, arithmetic, and circles.

Pure. Never reads a record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from dokodemo.kernel.expressions import ExpressionError
from dokodemo.kernel.packs import Document, Problem
from dokodemo.promotion.indicators.definitions import Indicator
from dokodemo.promotion.indicators.formulas import Query, circle, compiled, places


def query_problems(
    document: Document, indicators: Sequence[Indicator], measures: Collection[str]
) -> Iterator[Problem]:
    """Everything wrong with the queries, each at its line."""
    names, read = places(indicators), dict[str, Query]()
    for place, one in enumerate(indicators):
        if one.query is None:
            continue
        if one.query.measure is not None and one.query.measure not in measures:
            yield document.problem(
                ("indicators", place, "query", "measure"),
                f"The query of {one.code} is about the measure {one.query.measure}, which no plan has",
                f"Choose one of {', '.join(sorted(measures))}",
            )
        try:
            read[one.code] = compiled(one.query.numerator, one.query.denominator, names)
        except ExpressionError as error:
            for found in error.problems:
                yield document.problem(("indicators", place, "query"), found.message, found.remedy)
    for place, one in enumerate(indicators):
        way = circle(one.code, lambda code: sorted(read[code].indicators) if code in read else [])
        if way is not None:
            yield document.problem(
                ("indicators", place, "query"),
                f"The indicator {one.code} depends on itself: {' → '.join(way)}",
                "Take one of them out of a query: a number cannot be worked out from itself",
            )
