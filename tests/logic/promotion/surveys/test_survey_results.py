"""What a wave comes to: shares worked out again with numpy, and hidden numbers that stay hidden through the whole JSON."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dokodemo.promotion.surveys.definitions import Frozen
from dokodemo.promotion.surveys.results import build
from dokodemo.promotion.surveys.sampling import Cell
from dokodemo.promotion.surveys.suppressing import is_small

TEXT = {"ja": "問", "easy": "問《とい》", "en": "Question"}
OPTIONS = ["strongly", "rather", "hardly", "unsure"]


def frozen(denominator: str = "all_valid") -> Frozen:
    """A survey of two questions of choice and one of words."""
    options = [
        {"code": code, "label": TEXT, "top": code in ("strongly", "rather"), "unsure": code == "unsure"}
        for code in OPTIONS
    ]
    questions = [
        {"code": "one", "ask": TEXT, "options": options, "indicator": "convenience"},
        {"code": "two", "ask": TEXT, "options": options},
        {"code": "words", "ask": TEXT, "kind": "text", "limit": 100},
    ]
    survey = {"code": "s", "title": TEXT, "purpose": TEXT, "section": "p", "denominator": denominator}
    return Frozen.model_validate(
        {"survey": {**survey, "age_bands": [18, 45, 75], "questions": questions}, "districts": []}
    )


CELLS = [Cell(band, sex, place) for band in (18, 45, 75) for sex in ("female", "male") for place in "ab"]


def city(
    seed: int, most: int = 40
) -> tuple[dict[Cell, int], dict[Cell, int], list[tuple[Cell, dict[str, str]]]]:
    """People, invited and answers of a made-up wave."""
    chance = random.Random(seed)
    population = {cell: chance.randint(200, 2000) for cell in CELLS}
    invited = {cell: chance.randint(most, most + 20) for cell in CELLS}
    answers: list[tuple[Cell, dict[str, str]]] = []
    for cell in CELLS:
        for _ in range(chance.randint(0, most)):
            said = {"one": chance.choice(OPTIONS), "two": chance.choice(OPTIONS[: chance.randint(1, 4)])}
            answers.append((cell, {key: word for key, word in said.items() if chance.random() < 0.9}))
    return population, invited, answers


@pytest.mark.parametrize("rule", ["all_valid", "without_unsure"])
def test_shares_are_those_of_numpy(rule: str) -> None:
    population, invited, answers = city(11)
    invited = dict.fromkeys(invited, 60)
    # Ten answers in every stratum: the weight is people over answers, which numpy can work out without any of our code.
    for cell in CELLS:
        answers += [(cell, {"one": OPTIONS[n % 4], "two": OPTIONS[n % 3]}) for n in range(10)]
    came = {cell: sum(one == cell for one, _ in answers) for cell in CELLS}
    # Weights between 20 and 53: none is five times the median.
    population = {cell: number * (20 + 3 * place) for place, (cell, number) in enumerate(came.items())}
    found = build(frozen(rule), population, invited, answers)
    assert found["weights"]["method"] == "cells"
    rows = [(population[cell] / came[cell], said["one"]) for cell, said in answers if "one" in said]
    for name in ("all_valid", "without_unsure"):
        kept = [(w, said) for w, said in rows if name == "all_valid" or said != "unsure"]
        weights = np.array([w for w, _ in kept])
        hits = np.array([said in ("strongly", "rather") for _, said in kept])
        share = found["questions"][0]["shares"][name]
        assert share["percent"] == round(float(100 * (weights * hits).sum() / weights.sum()), 1)
        assert share["deff"] == round(float(len(kept) * (weights**2).sum() / weights.sum() ** 2), 3)
        assert (share["n"], share["denominator"]) == (len(kept), round(float(weights.sum())))
        p, n, z = share["percent"] / 100, share["effective"], 1.959964
        # Wilson's bounds are the roots of (p - x)² = z² x(1 - x)/n.
        for bound in (share["low"] / 100, share["high"] / 100):
            assert (p - bound) ** 2 == pytest.approx(z**2 * bound * (1 - bound) / n, abs=2e-4)
    assert found["questions"][0]["n"] == found["questions"][0]["shares"][rule]["n"]


def test_a_small_age_band_is_hidden_in_every_table_with_another() -> None:
    population, invited, answers = city(5)
    answers = [one for one in answers if one[0].band != 75] + [(Cell(75, "male", "a"), {"one": "rather"})] * 4
    found = build(frozen(), population, invited, answers)
    tables = [found["rates"]["bands"]] + [one["bands"] for one in found["questions"] if "bands" in one]
    hidden = {tuple(row["code"] for row in table if row["percent"] is None) for table in tables}
    assert len(hidden) == 1
    assert "75" in next(iter(hidden))
    assert len(next(iter(hidden))) == 2


def test_few_answers_to_a_question_show_nothing_of_it() -> None:
    population, invited, _ = city(5)
    answers = [(CELLS[0], {"one": "rather", "words": "x"})] * 9 + [(CELLS[1], {"two": "rather"})] * 30
    found = build(frozen(), population, invited, answers)
    question = found["questions"][0]
    assert question["n"] is None
    assert question["shares"] == {"all_valid": None, "without_unsure": None}
    assert all(one["n"] is None and one["percent"] is None for one in question["options"])
    assert "bands" not in question
    assert found["questions"][2]["n"] is None


def numbers(found: Any) -> list[Any]:
    """Every count of answers in the JSON."""
    if isinstance(found, dict):
        own = [found[key] for key in ("n", "returned") if found.get(key) is not None]
        return own + [one for value in found.values() for one in numbers(value)]
    if isinstance(found, list):
        return [one for value in found for one in numbers(value)]
    return []


@given(st.integers(0, 10_000), st.sampled_from([6, 15, 40]), st.sampled_from(["all_valid", "without_unsure"]))
@settings(max_examples=60, deadline=None)
def test_no_small_number_is_anywhere_in_the_results(seed: int, most: int, rule: str) -> None:
    population, invited, answers = city(seed, most)
    found = build(frozen(rule), population, invited, answers)
    if is_small(len(answers)):
        return
    assert not [one for one in numbers(found) if is_small(one)]
    for question in found["questions"][:2]:
        shares = [share["n"] for share in question["shares"].values() if share]
        assert not shares or not is_small(max(shares) - min(shares))
        for rows in (question["options"], question.get("bands", [])):
            missing = [one for one in rows if one["n"] is None]
            total = question["n"] if rows is not question["options"] else max(shares, default=0)
            if missing and total:
                left = total - sum(one["n"] for one in rows if one["n"] is not None)
                assert not is_small(left)
    for table in found["rates"].values():
        left = len(answers) - sum(one["returned"] or 0 for one in table)
        assert not is_small(left)
