"""What needs no database: facts, verdicts, definitions and the snapshot a version keeps."""

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from dokodemo.administration.eligibility.logic import explain
from dokodemo.administration.procedures.checking import procedures_of, read_surroundings
from dokodemo.administration.procedures.compiled import CompiledProcedure, restore
from dokodemo.administration.procedures.definitions import (
    Confirmed,
    Fee,
    Online,
    Outcomes,
    ProcedureDefinition,
    StatutoryLimit,
)
from dokodemo.administration.procedures.facts import fact_faults
from dokodemo.administration.procedures.judging import Verdict, all_of, judge
from dokodemo.administration.procedures.reading import read_letters, read_procedures
from dokodemo.administration.procedures.snapshot import digest_of, take_snapshot
from dokodemo.kernel.crypto import new_id
from dokodemo.kernel.packs import Pack, open_pack
from dokodemo.kernel.vocabulary import Vocabulary

DAY = date(2026, 11, 23)
ROOT = Path(__file__).parents[2] / "packs"


@cache
def small() -> Pack:
    return open_pack("small", roots=[ROOT])


@cache
def grant() -> CompiledProcedure:
    return next(p for p in procedures_of(small()) if p.slug == "tree-grant")


def vocabulary() -> Vocabulary:
    return grant().vocabulary


@pytest.mark.parametrize(
    ("verdicts", "outcome"),
    [
        ([], True),
        ([True, True], True),
        ([True, False], False),
        ([True, "unknown"], "unknown"),
        (["unknown", False], False),
    ],
)
def test_conditions_join_in_three_values(verdicts: list[Verdict], outcome: Verdict) -> None:
    assert all_of(verdicts) == outcome


def test_one_false_condition_decides_and_asks_nothing_more() -> None:
    found = judge(grant(), {"applicant.resident_here": False}, DAY)
    assert (found.eligible, found.missing) == (False, ())


def test_what_is_missed_comes_in_the_order_of_the_form() -> None:
    assert judge(grant(), {}, DAY).missing == ("applicant.resident_here", "tree")


def test_an_amount_is_unknown_until_it_can_be_worked_out() -> None:
    facts: dict[str, Any] = {"applicant.resident_here": True}
    assert judge(grant(), facts, DAY).amounts == {"grant": None}
    assert judge(grant(), facts | {"tree": [{"height": 150}]}, DAY).amounts == {"grant": 1500}


def test_points_are_whole_numbers_and_keep_their_unit() -> None:
    written = grant().definition.model_dump(mode="json")
    written["amounts"][0] |= {"formula": "10 * tall_trees", "unit": "points"}
    pointed = replace(grant(), definition=ProcedureDefinition.model_validate(written))
    assert pointed.amounts["grant"].type == "integer"
    found = explain(pointed, {"tree": [{"height": 150}]}, DAY)
    assert [(amount.unit, amount.value) for amount in found.amounts] == [("points", 10)]
    assert [amount.unit for amount in explain(grant(), {}, DAY).amounts] == ["yen"]


FAULTS: list[tuple[dict[str, Any], tuple[str | int, ...]]] = [
    ({"applicant.resident": True}, ("applicant.resident",)),
    ({"applicant.resident_here": "true"}, ("applicant.resident_here",)),
    ({"tree": [{"height": 1.5}]}, ("tree", 0, "height")),
    ({"tree": [{"height": True}]}, ("tree", 0, "height")),
    ({"tree": [{"height": 2**63}]}, ("tree", 0, "height")),
    ({"tree": [{"kind": "oak"}]}, ("tree", 0, "kind")),
    ({"tree": [{"leaf": 1}]}, ("tree", 0, "leaf")),
    ({"tree": "many"}, ("tree",)),
    ({"tree": [1]}, ("tree",)),
    ({"tree.height": 3}, ("tree.height",)),
    ({"tall_trees": 3}, ("tall_trees",)),
    ({"applicant.full_name": "荒尾 花子"}, ("applicant.full_name",)),
    ({"applicant": {}}, ("applicant",)),
]


@pytest.mark.parametrize(("facts", "place"), FAULTS)
def test_a_wrong_fact_is_named_with_its_place_and_a_remedy(
    facts: dict[str, Any], place: tuple[str | int, ...]
) -> None:
    faults = fact_faults(vocabulary(), facts)
    assert [fault.place for fault in faults] == [place]
    assert faults[0].remedy


def test_null_and_empty_are_facts() -> None:
    assert fact_faults(vocabulary(), {"tree": [], "applicant.owns_land": None}) == []
    assert fact_faults(vocabulary(), {"tree": None}) == []
    assert fact_faults(vocabulary(), {"tree": [{"height": None}]}) == []


def test_a_fault_never_repeats_the_value() -> None:
    faults = fact_faults(vocabulary(), {"applicant.full_name": "秘密", "tree": [{"kind": "秘密"}]})
    assert all("秘密" not in fault.message + fault.remedy for fault in faults)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from(["applicant.resident_here", "applicant.full_name", "tree", "tall_trees"]) | st.text(
    max_size=12
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(names, json_values, max_size=4))
def test_facts_without_a_fault_can_be_judged(facts: dict[str, Any]) -> None:
    if not fact_faults(vocabulary(), facts):
        assert judge(grant(), facts, DAY).eligible in (True, False, "unknown")


def test_what_a_version_keeps_is_enough_to_rebuild_it() -> None:
    around = read_surroundings(small())
    for file in read_procedures(small()):
        taken = take_snapshot(file, around.vocabulary, around.parameters)
        again = restore(
            version_id=new_id(),
            number=1,
            digest=taken.digest,
            definition=taken.definition,
            vocabulary=taken.vocabulary,
            parameters=taken.parameters,
            letters=taken.letters,
        )
        assert again.definition == file.definition
        for located in file.examples:
            before = judge(
                next(p for p in procedures_of(small()) if p.slug == again.slug), located.example.facts, DAY
            )
            after = judge(again, located.example.facts, DAY)
            assert (after.eligible, after.amounts, after.missing) == (
                before.eligible,
                before.amounts,
                before.missing,
            )


def test_a_version_keeps_only_the_terms_it_stands_on() -> None:
    around = read_surroundings(small())
    report = next(f for f in read_procedures(small()) if f.definition.slug == "tree-report")
    taken = take_snapshot(report, around.vocabulary, around.parameters)
    assert [term["name"] for term in taken.vocabulary["terms"]] == ["applicant.full_name"]
    assert taken.parameters == {}


def test_a_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert digest_of({"a": 1, "b": [2]}) == digest_of({"b": [2], "a": 1})
    assert digest_of({"a": [1, 2]}) != digest_of({"a": [2, 1]})


def test_letters_come_with_all_they_import_and_the_procedure_s_own_come_first() -> None:
    letters, missing = read_letters(
        small(), "procedures/tree-grant", ["letters/approval.typ", "letters/refusal.typ"]
    )
    assert list(letters) == [
        "letters/_letter.typ",
        "letters/refusal.typ",
        "procedures/tree-grant/letters/approval.typ",
    ]
    assert missing == ()
    assert grant().letter_path("approved") == "procedures/tree-grant/letters/approval.typ"
    assert grant().letter_path("refused") == "letters/refusal.typ"
    assert grant().letter_path("completed") is None


def test_a_page_is_compiled_with_its_conditions_and_evidence_last() -> None:
    first, second, evidence = grant().pages
    assert [question.term.name for question in first.questions][-1] == "applicant.owns_land"
    condition = first.questions[-1].show_when
    assert condition is not None
    assert condition.evaluate({"applicant.resident_here": True}, DAY) is True
    assert second.group is not None
    assert second.group.name == "tree"
    skip = evidence.questions[0].skip_when
    assert skip is not None
    assert skip.evaluate({"tree": []}, DAY) is True


def changed(**values: Any) -> dict[str, Any]:
    content = grant().definition.model_dump(mode="json", exclude_defaults=True)
    return {**content, **values}


@pytest.mark.parametrize(
    "values",
    [
        {"slug": "Tree Grant"},
        {"minutes": 0},
        {"inventory": ["abc"]},
        {"who_may_file": []},
        {"steps": []},
        {"form": []},
        {"kind": "letter"},
        {"outcome": {"approved": "../secret.typ"}},
        {"outcome": {"approved": "/etc/passwd.typ"}},
        {"standard_period": {"days": 0}},
        {"nobody": "knows"},
    ],
)
def test_a_definition_refuses_what_it_does_not_know(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ProcedureDefinition.model_validate(changed(**values))


def test_small_parts_say_everything_or_nothing() -> None:
    for broken in (
        lambda: Confirmed(by="課長"),
        lambda: Fee(amount=300),
        lambda: Online(state="partial"),
        lambda: Online(state="none"),
        lambda: StatutoryLimit(days=30, article="第1条", extension_days=30),
    ):
        with pytest.raises(ValidationError):
            broken()


def test_a_fee_at_the_counter_is_never_wholly_online() -> None:
    fee = {"amount": 300, "method": "counter"}
    assert ProcedureDefinition.model_validate(changed(fee=fee)).online_state == "partial"
    assert (
        ProcedureDefinition.model_validate(changed(fee={"amount": 300, "method": "online"})).online_state
        == "full"
    )
    assert ProcedureDefinition.model_validate(changed()).online_state == "full"


def test_outcomes_list_only_those_with_a_letter() -> None:
    assert Outcomes(approved="letters/a.typ").letters() == {"approved": "letters/a.typ"}
