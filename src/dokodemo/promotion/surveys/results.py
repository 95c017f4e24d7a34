"""What a wave comes to (調査結果): rates, weighted shares and intervals, with what may not be shown left out.

Owns pure rules: from strata and answers to the one JSON that office, public pages and files all read. A number that is
not shown is null in it, so that nobody further on can forget to hide it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dokodemo.promotion.surveys.definitions import Denominator, Frozen, Question
from dokodemo.promotion.surveys.estimating import Share, kish_deff, share_of
from dokodemo.promotion.surveys.sampling import Cell
from dokodemo.promotion.surveys.suppressing import (
    Hidden,
    Kinds,
    hidden_among,
    hidden_in_all,
    hidden_options,
    is_small,
)
from dokodemo.promotion.surveys.weighting import Weights, weigh

OTHER_RULE: dict[Denominator, Denominator] = {"all_valid": "without_unsure", "without_unsure": "all_valid"}


@dataclass(frozen=True)
class Returned:
    """One answer: the stratum, the option or words by question, and its weight."""

    cell: Cell
    answers: Mapping[str, str]
    weight: float = 0.0


def build(
    frozen: Frozen,
    population: Mapping[Cell, int],
    invited: Mapping[Cell, int],
    answers: Sequence[tuple[Cell, Mapping[str, str]]],
) -> dict[str, Any]:
    """The results of a closed wave as plain JSON; the keys are explained in docs/guide/surveys.md."""
    came = Counter(cell for cell, _ in answers)
    weights = weigh(population, came)
    rows = [Returned(cell, said, weights.by_cell[cell]) for cell, said in answers]
    asked = [(question, _Base(frozen, question, rows)) for question in frozen.survey.questions]
    by_band = Counter({str(band): 0 for band in frozen.survey.age_bands})
    by_band.update(str(row.cell.band) for row in rows)
    bands = hidden_in_all([by_band, *(base.bands for _, base in asked if base.has_bands)])
    return {
        "people": sum(population.values()),
        "invited": sum(invited.values()),
        "returned": len(rows),
        "rates": {
            "bands": _rates(invited, came, lambda cell: str(cell.band), bands),
            "sexes": _rates(invited, came, lambda cell: cell.sex),
            "districts": _rates(invited, came, lambda cell: cell.district),
        },
        "weights": _weights(weights, rows),
        "questions": [_question(question, base, bands) for question, base in asked],
    }


class _Base:
    """The answers to one question, counted, and what of them is hidden."""

    def __init__(self, frozen: Frozen, question: Question, rows: Sequence[Returned]) -> None:
        self.rule: Denominator = frozen.survey.denominator
        self.unsure = {option.code for option in question.options if option.unsure}
        self.top = {option.code for option in question.options if option.top}
        self.question = question
        self.all = [row for row in rows if question.code in row.answers]
        self.sure = [row for row in self.all if self.said(row) not in self.unsure]
        self.first = self.all if self.rule == "all_valid" else self.sure
        self.counts = Counter({option.code: 0 for option in question.options})
        self.counts.update(self.said(row) for row in self.all)
        self.hidden: Hidden[str] = hidden_options(self._kinds(), unsure_counts=self.rule == "all_valid")
        self.closed = is_small(len(self.first)) or (not self.first and is_small(len(self.all)))
        self.bands = Counter({str(band): 0 for band in frozen.survey.age_bands})
        self.bands.update(str(row.cell.band) for row in self.first)

    def said(self, row: Returned) -> str:
        """The answer of a row to this question."""
        return row.answers[self.question.code]

    def _kinds(self) -> Kinds[str]:
        kinds: dict[str, dict[str, int]] = {"top": {}, "other": {}, "unsure": {}}
        for code, number in self.counts.items() if self.question.options else ():
            kind = "top" if code in self.top else "unsure" if code in self.unsure else "other"
            kinds[kind][code] = number
        return Kinds(kinds["top"], kinds["other"], kinds["unsure"])

    @property
    def has_bands(self) -> bool:
        """Whether the share of the top options is shown by age band."""
        return bool(self.top and self.first) and not self.closed and not self.hidden.top

    def share(self, rule: Denominator, hits: set[str], band: str | None = None) -> Share | None:
        """The weighted share of options among the answers of a denominator."""
        rows = self.all if rule == "all_valid" else self.sure
        rows = rows if band is None else [row for row in rows if str(row.cell.band) == band]
        return share_of([row.weight for row in rows], [self.said(row) in hits for row in rows])


def _question(question: Question, base: _Base, bands: frozenset[str]) -> dict[str, Any]:
    shown = None if base.closed else len(base.first)
    found: dict[str, Any] = {"code": question.code, "kind": question.kind, "n": shown}
    if question.kind == "text":
        return found
    found["options"] = [
        _option(code, base, hidden=base.closed or code in base.hidden.options) for code in base.counts
    ]
    if not base.top:
        return found
    closed, other = base.closed or base.hidden.top, OTHER_RULE[base.rule]
    shares = {
        base.rule: None if closed else _share(base.share(base.rule, base.top)),
        other: None
        if closed or base.hidden.second or is_small(len(base.all if other == "all_valid" else base.sure))
        else _share(base.share(other, base.top)),
    }
    found["shares"] = {rule: shares[rule] for rule in ("all_valid", "without_unsure")}
    if base.has_bands:
        found["bands"] = [
            {
                "code": band,
                **(_share(None if band in bands else base.share(base.rule, base.top, band)) or _NO_SHARE),
            }
            for band in base.bands
        ]
    return found


def _option(code: str, base: _Base, *, hidden: bool) -> dict[str, Any]:
    if hidden:
        return {"code": code, "n": None, "percent": None, "low": None, "high": None}
    out = base.rule == "without_unsure" and code in base.unsure
    share = None if out else base.share(base.rule, {code})
    shown = _share(share) or _NO_SHARE
    return {"code": code, "n": base.counts[code], **{key: shown[key] for key in ("percent", "low", "high")}}


def _share(share: Share | None) -> dict[str, Any] | None:
    """A share as it is shown: percent to one decimal, weighted counts as whole people."""
    if share is None:
        return None
    return {
        "n": share.n,
        "numerator": round(share.numerator),
        "denominator": round(share.denominator),
        "percent": round(share.percent, 1),
        "low": round(share.low, 1),
        "high": round(share.high, 1),
        "deff": round(share.deff, 3),
        "effective": round(share.effective, 1),
    }


_NO_SHARE: dict[str, Any] = dict.fromkeys(
    ("n", "numerator", "denominator", "percent", "low", "high", "deff", "effective")
)


def _rates(
    invited: Mapping[Cell, int],
    came: Mapping[Cell, int],
    part: Callable[[Cell], str],
    hidden: frozenset[str] | None = None,
) -> list[dict[str, Any]]:
    asked: Counter[str] = Counter()
    back: Counter[str] = Counter()
    for cell, number in sorted(invited.items()):
        asked[part(cell)] += number
        back[part(cell)] += came.get(cell, 0)
    closed = hidden_among(back) if hidden is None else hidden
    return [
        {
            "code": code,
            "invited": number,
            "returned": None if code in closed else back[code],
            "percent": None if code in closed or not number else round(100 * back[code] / number, 1),
        }
        for code, number in asked.items()
    ]


def _weights(weights: Weights, rows: Sequence[Returned]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "method": weights.method,
        "groups": weights.groups,
        "trims": weights.trims,
        "above": weights.above,
        "met": weights.met,
        "deff": None,
        "effective": None,
    }
    if rows:
        deff = kish_deff([row.weight for row in rows])
        found |= {"deff": round(deff, 3), "effective": round(len(rows) / deff, 1)}
    return found
