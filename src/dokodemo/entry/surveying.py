"""Results of surveys as people see them (調査結果の見せ方): for the office and for everybody.

Owns labels, charts, tables and files made of a wave's results. Never computes a share: what results do not hold is not shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from dokodemo.entry.server.requests import Request
from dokodemo.kernel.packs import Text
from dokodemo.kernel.ui import charts, texts
from dokodemo.kernel.ui.language import Lang, say, say_plain
from dokodemo.promotion.surveys import queries
from dokodemo.promotion.surveys.definitions import Frozen, Question, Survey
from dokodemo.promotion.surveys.models import Wave
from dokodemo.promotion.surveys.sampling import ELSEWHERE

RULES = ("all_valid", "without_unsure")


@dataclass(frozen=True)
class Line:
    """A row of a table: label, and numbers as they are written; a dash for what is not shown."""

    label: Any
    n: str
    percent: str
    interval: str
    deff: str = ""
    weighted: str = ""


@dataclass(frozen=True)
class Block:
    """A question with everything that is shown of it."""

    question: Question
    n: str
    sentence: SafeString
    shares: list[Line]
    options: list[Line]
    chart: SafeString
    bands: list[Line]
    band_chart: SafeString
    over_time: SafeString


@dataclass(frozen=True)
class RateTable:
    """Response rates by one margin."""

    name: str
    title: SafeString
    rows: list[tuple[Any, str, str, str]]
    chart: SafeString


class Words:
    """Labels of one wave in the language of a request."""

    def __init__(self, request: Request, frozen: Frozen) -> None:
        self.request, self.frozen = request, frozen
        self.lang, self.furigana = request.lang, request.furigana
        self.districts = {district.code: district.name for district in frozen.districts}

    def t(self, key: str, **params: object) -> SafeString:
        """A fixed text with readings."""
        return texts.t(key, self.lang, furigana=self.furigana, **params)

    def plain(self, key: str, **params: object) -> str:
        """A fixed text without markup."""
        return texts.plain(key, self.lang, **params)

    def say(self, text: Text) -> SafeString:
        """A text of the pack with readings."""
        return say(text, self.lang, furigana=self.furigana)

    def band(self, code: str) -> str:
        """An age band such as 18–29歳; the last is open."""
        bands = self.frozen.survey.age_bands
        above = [band for band in bands if band > int(code)]
        if not above:
            return self.plain("surveys.band_up", lowest=code)
        return self.plain("surveys.band", lowest=code, highest=above[0] - 1)

    def sex(self, code: str) -> str:
        """The word for a sex."""
        return self.plain(f"surveys.sex_{code}")

    def district(self, code: str) -> str:
        """The name of a district."""
        if code == ELSEWHERE or code not in self.districts:
            return self.plain("surveys.elsewhere")
        return say_plain(self.districts[code], self.lang)

    def frame(self, anchor: str, title: str, desc: str, unit: str = "%", **params: object) -> charts.Frame:
        """What a chart says of itself, from two keys."""
        return charts.frame(self.request, anchor, title, desc, unit, **params)


def count(number: int | float | None) -> str:
    """A count with separators; a dash for what is not shown."""
    return "–" if number is None else f"{number:,}"


def percent(number: float | None) -> str:
    """A percentage with one decimal; a dash for what is not shown."""
    return "–" if number is None else f"{number:.1f}%"


def interval(found: dict[str, Any]) -> str:
    """A 95 % interval; a dash for what is not shown."""
    return "–" if found["low"] is None else f"{found['low']:.1f}–{found['high']:.1f}%"


def blocks(request: Request, wave: Wave, *, earlier: Sequence[Wave] = ()) -> list[Block]:
    """Every question of a wave's results, with the same question in `earlier` waves (oldest first, this one last)."""
    frozen = queries.frozen_of(wave)
    words = Words(request, frozen)
    found = {one["code"]: one for one in wave.results["questions"]}
    return [
        _block(words, wave, question, found[question.code], earlier) for question in frozen.survey.questions
    ]


def _block(
    words: Words, wave: Wave, question: Question, found: dict[str, Any], earlier: Sequence[Wave]
) -> Block:
    labels = {option.code: option.label for option in question.options}
    name = f"w{wave.number}-{question.code}"
    options = [(labels[one["code"]], one) for one in found.get("options", ())]
    bands = found.get("bands", [])
    asked = say_plain(question.ask, words.lang)
    return Block(
        question=question,
        n=count(found["n"]),
        sentence=_sentence(words, question, found),
        shares=_shares(words, found),
        options=[
            Line(words.say(label), count(one["n"]), percent(one["percent"]), interval(one))
            for label, one in options
        ],
        chart=charts.bars(
            words.frame(f"{name}-options", "surveys.chart.options", "surveys.chart.options_desc", name=asked),
            [charts.Point(label, one["percent"], _shown(one)) for label, one in options],
            most=100,
        )
        if any(one["percent"] is not None for _, one in options)
        else SafeString(""),
        bands=[
            Line(
                words.band(one["code"]),
                count(one["n"]),
                percent(one["percent"]),
                interval(one),
                _deff(one),
            )
            for one in bands
        ],
        band_chart=charts.bars(
            words.frame(f"{name}-bands", "surveys.chart.bands", "surveys.chart.bands_desc", name=asked),
            [charts.Point(words.band(one["code"]), one["percent"], _shown(one)) for one in bands],
            most=100,
        )
        if any(one["percent"] is not None for one in bands)
        else SafeString(""),
        over_time=_over_time(words, name, asked, question.code, earlier),
    )


def _shown(found: dict[str, Any]) -> str:
    return percent(found["percent"])


def _deff(found: dict[str, Any]) -> str:
    return "–" if found.get("deff") is None else f"{found['deff']:.2f}"


def _shares(words: Words, found: dict[str, Any]) -> list[Line]:
    """Both denominators, the one that was fixed first."""
    if "shares" not in found:
        return []
    fixed = words.frozen.survey.denominator
    lines = []
    for rule in sorted(RULES, key=lambda one: one != fixed):
        share = found["shares"][rule]
        label = words.t(f"surveys.rule_{rule}_fixed" if rule == fixed else f"surveys.rule_{rule}")
        if share is None:
            lines.append(Line(label, "–", "–", "–", "–", "–"))
            continue
        weighted = f"{share['numerator']:,} / {share['denominator']:,}"
        lines.append(
            Line(label, count(share["n"]), percent(share["percent"]), interval(share), _deff(share), weighted)
        )
    return lines


def _sentence(words: Words, question: Question, found: dict[str, Any]) -> SafeString:
    share = found.get("shares", {}).get(words.frozen.survey.denominator)
    if share is None:
        return SafeString("")
    top = [option for option in question.options if option.top]
    quoted = [words.plain("surveys.quoted", label=say_plain(option.label, words.lang)) for option in top]
    return words.t(
        "surveys.sentence",
        top=(", " if words.lang == "en" else "").join(quoted),
        percent=f"{share['percent']:.1f}",
        low=f"{share['low']:.1f}",
        high=f"{share['high']:.1f}",
        n=f"{share['n']:,}",
    )


def _over_time(words: Words, name: str, asked: str, code: str, waves: Sequence[Wave]) -> SafeString:
    points = []
    for wave in waves:
        survey = queries.frozen_of(wave).survey
        found: dict[str, Any] = next((one for one in wave.results["questions"] if one["code"] == code), {})
        share = found.get("shares", {}).get(survey.denominator)
        if "shares" in found:
            points.append(charts.Point(_year_month(wave), share["percent"] if share else None))
    if len(points) < 2:
        return SafeString("")
    return charts.line(
        words.frame(f"{name}-waves", "surveys.chart.waves", "surveys.chart.waves_desc", name=asked), points
    )


def _year_month(wave: Wave) -> str:
    return f"{wave.opens_on.year}/{wave.opens_on.month}"


def rates(request: Request, wave: Wave) -> list[RateTable]:
    """Response rates of a closed wave, as far as they are shown."""
    words = Words(request, queries.frozen_of(wave))
    named = {"bands": words.band, "sexes": words.sex, "districts": words.district}
    tables = []
    for name, label in named.items():
        found = wave.results["rates"][name]
        rows = [
            (label(one["code"]), count(one["invited"]), count(one["returned"]), percent(one["percent"]))
            for one in found
        ]
        points = [charts.Point(label(one["code"]), one["percent"], percent(one["percent"])) for one in found]
        tables.append(rate_table(words, name, rows, points, f"w{wave.number}"))
    return tables


def rate_table(
    words: Words,
    name: str,
    rows: list[tuple[Any, str, str, str]],
    points: Sequence[charts.Point],
    prefix: str = "now",
) -> RateTable:
    """One margin as chart and table."""
    frame = words.frame(f"{prefix}-rates-{name}", f"surveys.rates_{name}", "surveys.rates_desc")
    return RateTable(name, words.t(f"surveys.rates_{name}"), rows, charts.bars(frame, points, most=100))


# Files


def as_json(wave: Wave) -> dict[str, Any]:
    """A published wave for machines: the survey as it was asked, the days, and the results."""
    frozen, until = queries.frozen_of(wave), queries.kept_until(wave)
    return {
        "survey": frozen.survey.model_dump(mode="json"),
        "districts": [district.model_dump(mode="json") for district in frozen.districts],
        "definition_sha256": wave.digest,
        "wave": wave.number,
        "opened": wave.opens_on.isoformat(),
        "closed": wave.closed_on.isoformat() if wave.closed_on else None,
        "published": wave.published_on.isoformat() if wave.published_on else None,
        "publications": [
            {
                "number": one.number,
                "status": one.status,
                "published": one.published_on.isoformat(),
                "reason": one.reason or None,
                "results": _told_still(one.results, wave.results),
            }
            for one in queries.publications(wave)
        ],
        "single_answers": {
            "kept_until": until.isoformat() if until is not None else None,
            "erased": wave.erased_on.isoformat() if wave.erased_on else None,
        },
        "interval": "95 %, Wilson with the effective number of answers (Kish)",
        "suppressed_below": 10,
        "results": wave.results,
    }


def _told_still(earlier: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Earlier results without the questions whose share was shown and is hidden now: too few answers are left for it."""
    hidden = {
        (question["code"], rule)
        for question in now["questions"]
        for rule, share in question.get("shares", {}).items()
        if share is None
    }
    told = [
        {"code": one["code"], "kind": one["kind"], "withheld": "too few answers are left after a correction"}
        if any(share and (one["code"], rule) in hidden for rule, share in one.get("shares", {}).items())
        else one
        for one in earlier["questions"]
    ]
    return {**earlier, "questions": told}


COLUMNS = (
    "wave",
    "question",
    "row",
    "code",
    "label",
    "n",
    "percent",
    "low",
    "high",
    "deff",
    "effective",
    "numerator",
    "denominator",
)


def as_table(waves: Sequence[Wave], lang: Lang) -> list[list[str]]:
    """Waves as rows of numbers under COLUMNS; empty cells are not shown to anybody."""
    rows = [list(COLUMNS)]
    for wave in waves:
        survey = queries.frozen_of(wave).survey
        for found in wave.results["questions"]:
            rows += [[str(wave.number), found["code"], *row] for row in _rows(survey, found, lang)]
    return rows


def _rows(survey: Survey, found: dict[str, Any], lang: Lang) -> list[list[str]]:
    question = next(one for one in survey.questions if one.code == found["code"])
    labels = {option.code: say_plain(option.label, lang) for option in question.options}
    rows = [["answers", "", say_plain(question.ask, lang), *_cells({"n": found["n"]})]]
    for rule, share in found.get("shares", {}).items():
        rows.append(["top", rule, "", *_cells(share or {})])
    rows += [["option", one["code"], labels[one["code"]], *_cells(one)] for one in found.get("options", ())]
    rows += [["band", one["code"], "", *_cells(one)] for one in found.get("bands", ())]
    return rows


def _cells(found: dict[str, Any]) -> list[str]:
    return ["" if found.get(name) is None else str(found[name]) for name in COLUMNS[5:]]
