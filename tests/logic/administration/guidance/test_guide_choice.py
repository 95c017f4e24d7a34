"""The guide's promise: the verdicts of complete facts, no idle question, none twice, in whatever order one answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.households import any_answers, households
from dokodemo.administration.guidance.logic import Guide
from dokodemo.administration.guidance.playing import answer, play
from dokodemo.administration.procedures.checking import procedures_of
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.administration.procedures.definitions import Ask, EligibleRule, Page
from dokodemo.administration.procedures.judging import judge
from dokodemo.administration.procedures.reading import read_life_events
from dokodemo.administration.procedures.topics import Topic, read_topics
from dokodemo.kernel.packs import Pack, Text, open_pack
from dokodemo.kernel.vocabulary import Group, Term, Vocabulary

DAY = date(2026, 11, 23)
VERDICTS = {"due": True, "not_due": False, "depends_on": "unknown"}
EVENTS = sorted(read_life_events(open_pack("arao")))


@cache
def pack() -> Pack:
    return open_pack("arao")


@cache
def guide_of(event: str) -> Guide:
    events = set(event.split("-"))
    found = [one for one in procedures_of(pack()) if events & set(one.definition.life_events)]
    return Guide(event, found, DAY, list(read_topics(pack()).values()))


def really(guide: Guide, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What complete facts come to, rule by rule: as things stand, or once a procedure that is due has been filed."""
    plain = {one.slug: judge(one, facts, DAY).eligible for one in guide.procedures}
    for first in guide.procedures:
        if first.definition.brings and plain[first.slug] is True:
            after = {**facts, **first.definition.brings}
            for one in guide.procedures:
                if one is not first and judge(one, after, DAY).eligible is True:
                    plain[one.slug] = True
    return plain


# Small made-up procedures, whose every completion can be tried.


def label(name: str) -> Text:
    return Text(ja=name, easy=name, en=name)


def term(name: str, kind: str = "boolean", **more: Any) -> Term:
    return Term.model_validate(
        {
            "name": name,
            "gif": None,
            "own": "made up",
            "type": kind,
            "label": label(name).model_dump(),
            "confidentiality": "2",
            "purpose": "eligibility",
            **more,
        }
    )


CHOICES = [{"value": value, "label": label(value).model_dump()} for value in ("red", "blue", "green", "none")]
DOMAINS: Mapping[str, Sequence[Any]] = {
    "a.one": (True, False),
    "a.two": (True, False),
    "b.three": (True, False),
    "b.colour": ("red", "blue", "green", "none"),
    "b.count": (0, 1, 2, 3),
}
VOCABULARY = Vocabulary(
    {
        "a.one": term("a.one"),
        "a.two": term("a.two"),
        "b.three": term("b.three"),
        "b.colour": term("b.colour", "choice", choices=CHOICES),
        "b.count": term("b.count", "integer", min=0, max=3),
    },
    {name: Group(name=name, label=label(name)) for name in ("a", "b")},
)
PARTS = (
    "a.one",
    "a.two",
    "b.three",
    "b.colour = 'red'",
    "b.colour <> 'none'",
    "b.colour IN ('blue', 'green')",
    "b.count >= 2",
    "b.count = 0",
)


def joined(parts: tuple[str, str, str]) -> str:
    left, word, right = parts
    return f"(({left}) {word} ({right}))"


RULES = st.recursive(
    st.sampled_from(PARTS),
    lambda inner: st.one_of(
        inner.map(lambda one: f"(NOT {one})"),
        st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(joined),
    ),
    max_leaves=4,
)


@cache
def example() -> CompiledProcedure:
    return next(one for one in procedures_of(pack()) if one.slug == "dog-registration")


def procedure(number: int, rules: list[str]) -> CompiledProcedure:
    conditions = tuple(EligibleRule(when=rule, say=label("条件"), article="第1条") for rule in rules)
    definition = example().definition.model_copy(
        update={
            "slug": f"made-up-{number}",
            "eligible": conditions,
            "form": (Page(page=label("質問"), ask=tuple(Ask(term=name) for name in DOMAINS)),),
            "evidence": (),
            "deadlines": (),
            "amounts": (),
        }
    )
    return replace(example(), definition=definition, vocabulary=VOCABULARY)


def completions(known: Mapping[str, Any]) -> list[dict[str, Any]]:
    names = [name for name in DOMAINS if name not in known]
    return [
        {**known, **dict(zip(names, values, strict=True))}
        for values in product(*(DOMAINS[name] for name in names))
    ]


def verdicts(guide: Guide, facts: Mapping[str, Any]) -> list[Any]:
    return [judge(one, facts, DAY).eligible for one in guide.procedures]


def can_change(guide: Guide, known: Mapping[str, Any], name: str) -> bool:
    found: dict[tuple[Any, ...], list[Any]] = {}
    for facts in completions(known):
        others = tuple(value for key, value in sorted(facts.items()) if key != name)
        if found.setdefault(others, verdicts(guide, facts)) != verdicts(guide, facts):
            return True
    return False


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(RULES, min_size=1, max_size=3), min_size=1, max_size=3),
    st.fixed_dictionaries({name: st.sampled_from(values) for name, values in DOMAINS.items()}),
)
def test_made_up_rules_are_settled_as_with_complete_facts_and_by_no_idle_question(
    rules: list[list[str]], facts: dict[str, Any]
) -> None:
    guide = Guide("made_up", [procedure(number, one) for number, one in enumerate(rules)], DAY)
    known: dict[str, Any] = {}
    asked: list[str] = []
    while (page := guide.page(known, frozenset(asked))) is not None:
        for name in page.names:
            assert name not in asked
            assert can_change(guide, known, name), (name, known)
        asked += page.names
        answer(page, facts, known)
    listing = guide.listing(known, frozenset(asked))
    assert not listing.depends_on
    assert {item.slug: VERDICTS[item.kind] for item in listing.items()} == {
        one.slug: judge(one, facts, DAY).eligible for one in guide.procedures
    }


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(RULES, min_size=1, max_size=2), min_size=1, max_size=2),
    st.fixed_dictionaries({name: st.sampled_from(values) for name, values in DOMAINS.items()}),
    st.sets(st.sampled_from(sorted(DOMAINS))),
)
def test_a_procedure_depends_on_exactly_what_was_not_answered_and_could_still_decide_it(
    rules: list[list[str]], facts: dict[str, Any], untold: set[str]
) -> None:
    guide = Guide("made_up", [procedure(number, one) for number, one in enumerate(rules)], DAY)
    played = play(guide, {name: value for name, value in facts.items() if name not in untold})
    for item in played.listing.items():
        alone = Guide("made_up", [item.procedure], DAY)
        possible = {judge(item.procedure, one, DAY).eligible for one in completions(played.known)}
        assert (possible == {True, False}) == (item.kind == "depends_on")
        assert all(can_change(alone, played.known, name) for name in item.terms)


def test_nothing_is_asked_of_rules_that_nobody_can_meet_or_fail() -> None:
    never = procedure(1, ["a.one", "b.colour = 'red' AND b.colour = 'blue'"])
    always = procedure(2, ["a.two OR NOT a.two"])
    listing = Guide("made_up", [never, always], DAY).listing({})
    assert listing.page is None
    assert [(item.slug, item.kind) for item in listing.items()] == [
        ("made-up-2", "due"),
        ("made-up-1", "not_due"),
    ]


def test_the_question_that_settles_most_comes_first_and_ties_go_by_order() -> None:
    shared = [procedure(number, [PARTS[number], "b.colour = 'red'"]) for number in range(3)]
    page = Guide("made_up", shared, DAY).page({})
    assert page is not None
    assert page.names == ("b.colour",)
    page = Guide("made_up", [procedure(0, ["b.count >= 2", "b.colour = 'red'"])], DAY).page({})
    assert page is not None
    assert page.names == ("b.colour",)


def test_a_group_that_is_only_counted_is_asked_by_its_first_term() -> None:
    counted = [EligibleRule(when="count(child) >= 2", say=label("条件"), article="第1条")]
    claim = next(one for one in procedures_of(pack()) if one.slug == "child-allowance-claim")
    definition = claim.definition.model_copy(update={"eligible": tuple(counted)})
    guide = Guide("made_up", [replace(claim, definition=definition)], DAY)
    page = guide.page({})
    assert page is not None
    assert (page.names, [one.name for one in page.terms]) == (("child",), ["child.full_name"])
    assert set(guide.askable()) == {"child.full_name"}
    assert guide.listing({"child": [{}, {}]}).due
    assert guide.listing({"child": []}).not_due


def test_what_the_city_does_not_perform_is_never_on_the_list() -> None:
    one = procedure(1, ["a.one"])
    idle = replace(one, definition=one.definition.model_copy(update={"performed": False}))
    assert list(Guide("made_up", [idle], DAY).listing({}).items()) == []


def test_yes_or_no_questions_are_ticked_in_one_list_and_count_as_one_question() -> None:
    guide = Guide("made_up", [procedure(0, ["a.one", "a.two"]), procedure(1, ["b.three"])], DAY)
    played = play(guide, {"a.one": True, "a.two": True, "b.three": False})
    assert [(page.names, page.ticked) for page in played.pages] == [(("a.one", "a.two", "b.three"), True)]
    assert (played.questions, len(played.asked)) == (1, 3)


def topic(number: int) -> Topic:
    return Topic(code=f"topic_{number}", label=label("話題"), procedures=(f"made-up-{number}",))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(RULES, min_size=1, max_size=2), min_size=3, max_size=5),
    st.fixed_dictionaries({name: st.sampled_from(values) for name, values in DOMAINS.items()}),
    st.sets(st.integers(min_value=0, max_value=4)),
)
def test_who_ticks_what_is_true_of_them_misses_nothing_and_ticking_more_changes_nothing(
    rules: list[list[str]], facts: dict[str, Any], more: set[int]
) -> None:
    procedures = [procedure(number, one) for number, one in enumerate(rules)]
    guide = Guide("made_up", procedures, DAY, [topic(number) for number in range(len(rules))])
    real = {one.slug: judge(one, facts, DAY).eligible for one in procedures}
    ticked = [one.code for n, one in enumerate(guide.topics) if real[f"made-up-{n}"] or n in more]
    listing = play(guide, {**facts, "topics": ticked}).listing
    assert not listing.depends_on
    assert {item.slug: VERDICTS[item.kind] for item in listing.items()} == real
    for item in listing.items():
        if item.aside:
            assert item.kind == "not_due"
            assert not {one.code for one in item.aside} & set(ticked)


def test_a_topic_is_asked_only_while_one_of_its_procedures_is_open() -> None:
    guide = Guide("made_up", [procedure(n, [PARTS[n]]) for n in range(5)], DAY, [topic(n) for n in range(5)])
    page = guide.page({})
    assert page is not None
    assert [one.code for one in page.topics] == [f"topic_{n}" for n in range(5)]
    page = guide.page({"a.one": True})
    assert page is not None
    assert [one.code for one in page.topics] == [f"topic_{n}" for n in range(1, 5)]
    page = guide.page({"topics": ["topic_0"]})
    assert page is not None
    assert page.names == ("a.one",)


BRINGS = {"b.three": True}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(RULES, min_size=1, max_size=2), min_size=2, max_size=3),
    st.fixed_dictionaries({name: st.sampled_from(values) for name, values in DOMAINS.items()}),
    st.sets(st.sampled_from(sorted(DOMAINS))),
)
def test_what_filing_one_procedure_brings_is_counted_for_the_others_and_nothing_is_missed(
    rules: list[list[str]], facts: dict[str, Any], untold: set[str]
) -> None:
    first, *rest = [procedure(number, one) for number, one in enumerate(rules)]
    first = replace(first, definition=first.definition.model_copy(update={"brings": BRINGS}))
    guide = Guide("made_up", [first, *rest], DAY)
    listing = play(guide, facts).listing
    real = really(guide, facts)
    assert not listing.depends_on
    assert {item.slug: VERDICTS[item.kind] for item in listing.items()} == real
    assert all(item.after for item in listing.due if judge(item.procedure, facts, DAY).eligible is False)
    part = play(guide, {name: value for name, value in facts.items() if name not in untold}).listing
    for item in part.items():
        assert item.kind == "depends_on" or VERDICTS[item.kind] == real[item.slug]


# The procedures of the city.


def draw(event: str, number: int) -> tuple[Guide, list[dict[str, Any]]]:
    guide, rng = guide_of(event), Random(f"{event} 7")
    people = households(pack(), DAY, rng, residents=400)
    return guide, [any_answers(guide, next(people), rng).facts for _ in range(number)]


@pytest.mark.parametrize("event", EVENTS)
def test_a_household_is_told_what_complete_facts_say_and_asked_nothing_twice(event: str) -> None:
    guide, found = draw(event, 2)
    for facts in found:
        played = play(guide, facts)
        assert len(set(played.asked)) == len(played.asked)
        assert not played.listing.depends_on
        told = {item.slug: VERDICTS[item.kind] for item in played.listing.items()}
        assert told == really(guide, facts)


@pytest.mark.parametrize("event", EVENTS)
def test_answering_in_another_order_leads_to_the_same_list(event: str) -> None:
    guide, (facts,) = draw(event, 1)
    rng, known, asked = Random(event), dict[str, Any](), set()
    names = [name for name in guide.order() if name in facts]
    known["topics"] = facts["topics"]
    rng.shuffle(names)
    for name in names:
        known[name] = facts[name]
        asked.add(name)
    straight = play(guide, facts).listing
    shuffled = guide.listing(known, frozenset(asked))
    assert shuffled.page is None
    assert {i.slug: i.kind for i in shuffled.items()} == {i.slug: i.kind for i in straight.items()}


@pytest.mark.parametrize("event", ["birth", "moving_in", "childcare"])
def test_what_the_register_knows_is_not_asked(event: str) -> None:
    guide, rng = guide_of(event), Random(event)
    people = households(pack(), DAY, rng, residents=400)
    one = next(person for person in people if person.registered and person.children)
    told = any_answers(guide, one, rng)
    played = play(guide, told.facts, told.released)
    plain = {name for name in told.released if name not in guide.groups}
    assert plain
    assert not plain & set(played.asked)
    asked_fields = {t.name for page in played.pages if page.group for t in page.terms}
    assert "child.date_of_birth" not in asked_fields
    assert {i.slug: VERDICTS[i.kind] for i in played.listing.items()} == really(guide, told.facts)


def test_the_number_of_questions_to_come_is_never_less_than_what_comes() -> None:
    for event in ("pets", "birth", "moving_within", "birth-moving_in"):
        guide, (facts,) = draw(event, 1)
        at_most = guide.listing({}).at_most
        assert len(play(guide, facts).asked) <= at_most
