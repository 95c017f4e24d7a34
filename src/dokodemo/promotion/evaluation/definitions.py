"""The shape of logic models (ロジックモデルの定義): `plan/logic_models.yaml`.

Owns which keys the file may have, and that it names what the plan has. Never measures anything.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from dokodemo.kernel.packs import Document, Pack, PackError, PackModel, Problem, Text, validate
from dokodemo.promotion.evaluation.logic_models import BoxKind, faults
from dokodemo.promotion.indicators.definitions import load_indicators
from dokodemo.promotion.plan.definitions import Code, load_plan, twice

LOGIC_MODELS_FILE = "plan/logic_models.yaml"


class Box(PackModel):
    """One step from means to ends, with the indicators that show it (箱)."""

    code: Code
    kind: BoxKind
    title: Text
    indicators: tuple[Code, ...] = ()


class Link(PackModel):
    """One step leads to another; `because` says why it is thought to (つながり)."""

    from_: Code = Field(alias="from")
    to: Code
    because: Text | None = None


class LogicModel(PackModel):
    """How measures are thought to work (ロジックモデル). `sample`: invented, not decided by the city."""

    code: Code
    title: Text
    measures: tuple[Code, ...] = Field(min_length=1)
    sample: bool
    assumptions: tuple[Text, ...] = ()
    boxes: tuple[Box, ...] = Field(min_length=3, max_length=40)
    links: tuple[Link, ...] = Field(min_length=2, max_length=100)


class LogicModels(PackModel):
    """The whole of `plan/logic_models.yaml`."""

    logic_models: tuple[LogicModel, ...] = Field(min_length=1)


def load_logic_models(pack: Pack) -> tuple[LogicModel, ...]:
    """The logic models of a city; none where it has no such file. Raises PackError."""
    document = pack.document(LOGIC_MODELS_FILE)
    return () if document is None else validate(LogicModels, document).logic_models


def check(pack: Pack) -> list[Problem]:
    """What is wrong with the logic models of a pack, also against its plan and its numbers."""
    document = pack.document(LOGIC_MODELS_FILE)
    if document is None:
        return []
    try:
        models = load_logic_models(pack)
        measures = {measure.code for measure in load_plan(pack).measures}
        indicators = {indicator.code for indicator in load_indicators(pack).indicators}
    except PackError as error:
        return list(error.problems)
    return [
        *twice(document, "logic_models", [model.code for model in models]),
        *(
            problem
            for place, model in enumerate(models)
            for problem in _problems(document, place, model, measures, indicators)
        ),
    ]


def _problems(
    document: Document, place: int, model: LogicModel, measures: set[str], indicators: set[str]
) -> Iterator[Problem]:
    at = ("logic_models", place)
    for number, code in enumerate(model.measures):
        if code not in measures:
            yield document.problem(
                (*at, "measures", number),
                f"The logic model {model.code} names the measure {code}, which the plan does not have",
                f"Choose among {', '.join(sorted(measures))}",
            )
    codes = [box.code for box in model.boxes]
    for number, box in enumerate(model.boxes):
        if box.code in codes[:number]:
            yield document.problem(
                (*at, "boxes", number, "code"),
                f"{model.code} has the box {box.code} twice",
                "A code is for one box",
            )
        for n, code in enumerate(box.indicators):
            if code not in indicators:
                yield document.problem(
                    (*at, "boxes", number, "indicators", n),
                    f"The box {box.code} names the indicator {code}, which does not exist",
                    f"Choose among {', '.join(sorted(indicators))}",
                )
    kinds = {box.code: box.kind for box in model.boxes}
    if len(kinds) == len(codes):
        yield from _own_causes(document, at, model)
        for fault in faults(kinds, [(link.from_, link.to) for link in model.links]):
            yield document.problem((*at, fault.part, fault.place), fault.message, fault.remedy)


def _own_causes(document: Document, at: tuple[str | int, ...], model: LogicModel) -> Iterator[Problem]:
    """Boxes measured by a number that a box leading to them is measured by: a number that is said to move itself."""
    shown = {box.code: frozenset(box.indicators) for box in model.boxes}
    links = [(link.from_, link.to) for link in model.links if {link.from_, link.to} <= shown.keys()]
    # As many rounds as boxes: in a circle, which is told elsewhere, nothing is added any more.
    before: dict[str, frozenset[str]] = dict.fromkeys(shown, frozenset())
    for _ in shown:
        for source, target in links:
            before[target] |= before[source] | shown[source]
    for place, box in enumerate(model.boxes):
        for number, code in enumerate(box.indicators):
            if code in before[box.code]:
                yield document.problem(
                    (*at, "boxes", place, "indicators", number),
                    f"{code} shows {box.code} and a step that leads to it, so it would move itself",
                    "Name a number of its own for one of the two",
                )
