"""Other cities beside this one as people see them (他の自治体との比較の見せ方): for the office and for everybody.

Owns the form, the pictures, the table and the files. Never ranks: every list follows the municipality code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, JsonResponse
from django.utils.safestring import SafeString

from dokodemo.entry.server.requests import Request
from dokodemo.entry.server.table_files import csv_response
from dokodemo.kernel.ui import charts, texts
from dokodemo.kernel.ui.language import say, say_plain
from dokodemo.promotion.national import comparing, queries
from dokodemo.promotion.national.comparing import NATION, PREFECTURE, Choice, Compared, Comparison
from dokodemo.promotion.national.definitions import NationalIndicator
from dokodemo.promotion.national.logic import BANDS, FEWEST, Cell, Value, cell_written, written
from dokodemo.promotion.national.models import Edition, Municipality

AREAS = (PREFECTURE, NATION)


def chosen(request: Request, edition: Edition) -> Choice:
    """What the reader chose in the form; what is unknown counts as not chosen."""
    area, band = request.GET.get("area", ""), request.GET.get("band", "")
    code = request.GET.get("indicator", "")
    national = queries.national_list(edition.year)
    known = national is not None and national.indicator(code) is not None
    return Choice(area if area in AREAS else PREFECTURE, band if band in BANDS else "", code if known else "")


def context(request: Request, *, page: int) -> dict[str, Any]:
    """What `portal/compare_body.html` draws; only that nothing is there before the first import."""
    edition = comparing.edition(request.GET.get("edition", "")[:20])
    if edition is None:
        return {"edition": None}
    choice = chosen(request, edition)
    found = comparing.compare(edition, choice)
    return {
        "edition": edition,
        "found": found,
        "choice": choice,
        "fewest": FEWEST,
        "few": found.cities < FEWEST,
        "areas": [(one, f"national.area.{one}", one == choice.area) for one in AREAS],
        "bands": [(one, f"national.band.{one or 'any'}", one == choice.band) for one in ("", *BANDS)],
        "band_key": f"national.band.{choice.band or 'any'}",
        "own_band": comparing.own_band(edition),
        "indicators": [(one.code, one.title, one.code == choice.indicator) for one in _all(edition)],
        "editions": [(f"{one.year}-{one.number}", one, one.pk == edition.pk) for one in comparing.editions()],
        "rows": [_row(request, one) for one in found.compared],
        "shares": _shares(request, found.compared),
        "spreads": [_spread(request, one) for one in found.compared if one.spread is not None],
        "query": urlencode(_query(edition, choice)),
        "page": _cities(edition, choice, page) if choice.indicator else None,
        "cities": _listed(request, found, edition, choice, page) if choice.indicator else [],
    }


def _all(edition: Edition) -> Sequence[NationalIndicator]:
    national = queries.national_list(edition.year)
    return national.indicators if national is not None else ()


def _query(edition: Edition, choice: Choice) -> dict[str, str]:
    said = {"area": choice.area, "band": choice.band, "indicator": choice.indicator}
    return {"edition": f"{edition.year}-{edition.number}", **{k: v for k, v in said.items() if v}}


def _cities(edition: Edition, choice: Choice, page: int) -> Any:
    return comparing.page_of(edition, choice, page)


def _listed(
    request: Request, found: Comparison, edition: Edition, choice: Choice, page: int
) -> list[tuple[Municipality, Any]]:
    one = found.compared[0].indicator
    return [(city, cell(request, one, city.values.get(one.code))) for city in _cities(edition, choice, page)]


def cell(request: Request, one: NationalIndicator, value: Cell | None) -> SafeString:
    """A published value in the reader's language; not known in words."""
    if value is None:
        return texts.t("national.compare.unknown", request.lang, furigana=request.furigana)
    if one.kind == "yes_no":
        return texts.t(f"national.word.{value}", request.lang, furigana=request.furigana)
    if one.kind == "choice":
        choice = one.choice(str(value))
        return say(choice.title if choice else str(value), request.lang, furigana=request.furigana)
    return SafeString(charts.number(float(value), _unit(one)))


def _unit(one: NationalIndicator) -> str:
    return "%" if one.kind == "ratio" else ""


def _row(request: Request, one: Compared) -> dict[str, Any]:
    unit, spread = _unit(one.indicator), one.spread
    numbers = {}
    if spread is not None:
        numbers = {
            name: charts.number(value, unit) for name, value in asdict(spread).items() if name != "known"
        }
    return {
        "one": one,
        "ours": cell(request, one.indicator, one.ours),
        "confirmed": _confirmed(request, one.indicator, one.confirmed),
        "numbers": numbers,
        "shares": [(cell(request, one.indicator, word), count) for word, count in (one.shares or {}).items()],
    }


def _confirmed(request: Request, indicator: NationalIndicator, value: Value | None) -> str | SafeString:
    if value is None:
        return ""
    if indicator.kind in ("yes_no", "choice"):
        return cell(request, indicator, value.word)
    return charts.number(value.percent if indicator.kind == "ratio" else value.numerator, _unit(indicator))


# Pictures


def _shares(request: Request, compared: Sequence[Compared]) -> SafeString:
    """The yes-or-no questions in one picture; empty for a group that is too small."""
    questions = [one for one in compared if one.indicator.kind == "yes_no" and one.shares]
    if not questions:
        return SafeString("")
    points = []
    for one in questions:
        yes = (one.shares or {}).get("yes", 0)
        own = texts.plain(
            "national.compare.own",
            request.lang,
            value=_plain(request, one.indicator, one.ours),
        )
        label = f"{say_plain(one.indicator.title, request.lang)}\n{own}"
        points.append(charts.Point(label, 100 * yes / one.known, f"{yes} / {one.known}"))
    frame = charts.frame(
        request,
        "shares",
        "national.compare.shares",
        "national.compare.shares_desc",
        "%",
        count=len(questions),
    )
    return charts.bars(frame, points, most=100)


def _plain(request: Request, one: NationalIndicator, value: Cell | None) -> str:
    if value is None:
        return texts.plain("national.compare.unknown", request.lang)
    if one.kind == "yes_no":
        return texts.plain(f"national.word.{value}", request.lang)
    return cell_written(one.shape, value)


def _spread(request: Request, one: Compared) -> SafeString:
    """How the group lies in one number, with this city's own value."""
    spread, unit = one.spread, _unit(one.indicator)
    assert spread is not None
    values = {
        "low": spread.low,
        "first": spread.first,
        "middle": spread.middle,
        "third": spread.third,
        "high": spread.high,
    }
    five = [charts.Point(texts.plain(f"national.five.{name}", request.lang), v) for name, v in values.items()]
    own = charts.Point(
        texts.plain("national.compare.our_city", request.lang), None if one.ours is None else float(one.ours)
    )
    frame = charts.frame(
        request,
        f"spread-{one.indicator.code.replace('_', '-')}",
        "national.compare.spread",
        "national.compare.spread_desc",
        unit,
        name=say_plain(one.indicator.title, request.lang),
        count=spread.known,
        middle=charts.number(spread.middle, unit),
        own=charts.number(own.value, unit),
    )
    return charts.spread(frame, five, own, most=100 if unit else None)


# Files


def table(request: Request) -> HttpResponse | None:
    """The group and this city as CSV in the order of the codes; None before the first import."""
    edition = comparing.edition(request.GET.get("edition", "")[:20])
    if edition is None:
        return None
    choice = chosen(request, edition)
    wanted = [one for one in _all(edition) if choice.indicator in ("", one.code)]
    header = ["year", "vintage", "code", "prefecture", "name", "population", "own"]
    rows = [
        [
            edition.year,
            edition.vintage,
            city.code,
            city.prefecture,
            city.name,
            "" if city.population is None else city.population,
            int(own),
            *(cell_written(one.shape, city.values.get(one.code)) for one in wanted),
        ]
        for city, own in _with_own(edition, choice)
    ]
    return csv_response(
        [[*header, *(one.published for one in wanted)], *rows], f"compare-{edition.year}-{edition.number}.csv"
    )


def _with_own(edition: Edition, choice: Choice) -> list[tuple[Municipality, bool]]:
    own = comparing.ours(edition)
    found = [(city, False) for city in comparing.everything(edition, choice)]
    if own is not None:
        found.append((own, True))
    return sorted(found, key=lambda pair: pair[0].code)


def numbers(request: Request) -> JsonResponse:
    """The same and how the group lies as JSON; `spread` and `shares` are null for fewer than five cities."""
    edition = comparing.edition(request.GET.get("edition", "")[:20])
    if edition is None:
        return JsonResponse({"edition": None})
    choice = chosen(request, edition)
    found = comparing.compare(edition, choice)
    return JsonResponse(
        {
            "edition": {
                "year": edition.year,
                "number": edition.number,
                "vintage": edition.vintage,
                "published_on": edition.published_on.isoformat(),
                "imported_at": edition.imported_at.isoformat(),
                "source": edition.source,
            },
            "group": {
                "area": choice.area,
                "prefecture": found.prefecture if choice.area == PREFECTURE else None,
                "band": choice.band or None,
                "cities": found.cities,
                "fewest_for_a_spread": FEWEST,
            },
            "confirmed_year": found.confirmed_year,
            "indicators": [_one(one) for one in found.compared],
            "municipalities": [
                {
                    "code": city.code,
                    "prefecture": city.prefecture,
                    "name": city.name,
                    "population": city.population,
                    "own": own,
                    "values": {
                        one.indicator.code: city.values.get(one.indicator.code) for one in found.compared
                    },
                }
                for city, own in _with_own(edition, choice)
            ],
        },
        json_dumps_params={"ensure_ascii": False, "indent": 1},
    )


def _one(one: Compared) -> Mapping[str, Any]:
    return {
        "code": one.indicator.code,
        "title": one.indicator.title.model_dump(),
        "published": one.indicator.published,
        "kind": one.indicator.kind,
        "ours": one.ours,
        "confirmed": None if one.confirmed is None else written(one.indicator.shape, one.confirmed),
        "known": one.known,
        "spread": None if one.spread is None else asdict(one.spread),
        "shares": one.shares,
    }
