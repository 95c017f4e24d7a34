"""Logic models: no step is skipped, nothing is its own cause, and every outcome comes from something produced."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokodemo.promotion.evaluation.logic_models import ORDER, OUTCOMES, BoxKind, faults

BOXES: dict[str, BoxKind] = {
    "staff": "input",
    "form": "activity",
    "online": "output",
    "used": "short",
    "time": "mid",
    "trust": "long",
    "town": "impact",
}
CHAIN = [
    ("staff", "form"),
    ("form", "online"),
    ("online", "used"),
    ("used", "time"),
    ("time", "trust"),
    ("trust", "town"),
]


def said(links: list[tuple[str, str]], boxes: dict[str, BoxKind] = BOXES) -> list[tuple[str, int]]:
    return [(fault.part, fault.place) for fault in faults(boxes, links)]


def test_a_chain_from_means_to_ends_is_sound() -> None:
    assert said(CHAIN) == []
    assert said([*CHAIN, ("online", "time"), ("used", "town")]) == []


@pytest.mark.parametrize(
    ("link", "words"),
    [
        (("online", "trust"), "jumps from an output to long"),
        (("online", "town"), "jumps from an output to impact"),
        (("form", "used"), "passes over what is produced"),
        (("staff", "town"), "passes over what is produced"),
        (("time", "used"), "does not lead forward"),
        (("used", "used"), "does not lead forward"),
        (("used", "nobody"), "is no box"),
        (("online", "used"), "there twice"),
    ],
)
def test_a_link_that_breaks_the_order_is_named_by_its_place(link: tuple[str, str], words: str) -> None:
    found = list(faults(BOXES, [*CHAIN, link]))
    assert [(fault.part, fault.place) for fault in found] == [("links", len(CHAIN))]
    assert words in found[0].message
    assert found[0].remedy


def test_an_outcome_that_no_output_leads_to_is_named() -> None:
    links = [link for link in CHAIN if link[0] != "online"]
    assert said(links) == [("boxes", 3), ("boxes", 4), ("boxes", 5), ("boxes", 6)]


@given(st.data())
def test_a_model_without_faults_has_no_circle_and_no_outcome_from_nothing(data: st.DataObject) -> None:
    kinds = data.draw(st.lists(st.sampled_from(ORDER), min_size=3, max_size=9))
    boxes = {f"b{n}": kind for n, kind in enumerate(kinds)}
    pairs = st.tuples(st.sampled_from(sorted(boxes)), st.sampled_from(sorted(boxes)))
    links = data.draw(st.lists(pairs, max_size=14))
    if list(faults(boxes, links)):
        return
    left = dict(boxes)
    while left:
        first = [code for code in left if not any(b == code and a in left for a, b in links)]
        assert first, "a circle"
        for code in first:
            del left[code]
    before = {code: {a for a, b in links if b == code} for code in boxes}
    for code, kind in boxes.items():
        if kind in OUTCOMES:
            causes, known = set(before[code]), set[str]()
            while causes - known:
                known |= causes
                causes |= {a for one in known for a in before[one]}
            assert any(boxes[one] == "output" for one in causes)
