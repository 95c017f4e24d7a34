"""Scoring of the search: weights, concepts, slips of the finger, and never an error whatever is typed."""

from hypothesis import given, settings
from hypothesis import strategies as st

from dokodemo.administration.procedures.everyday import ConceptWords, SynonymsFile
from dokodemo.administration.procedures.logic import (
    Concept,
    Entry,
    SearchIndex,
    build_index,
    pairs_of,
    rarity,
)
from dokodemo.administration.procedures.searching import japanese, split_words, stem
from dokodemo.kernel.packs import Text

STOP = ("が", "を", "欲しい", "the")


def text(ja: str) -> Text:
    return Text(ja=ja, easy=ja, en=ja)


def entry(slug: str, **fields: list[str]) -> Entry:
    return Entry(slug, text(fields.get("title", [slug])[0]), (), fields)


def index(*entries: Entry, concepts: tuple[Concept, ...] = ()) -> SearchIndex:
    return build_index(entries, concepts, language=japanese(STOP))


THREE = index(
    entry("dog", title=["犬の登録"], summary=["飼い犬の登録です"]),
    entry("cat", title=["猫の相談"], summary=["犬と猫の相談です"]),
    entry("tax", title=["住民税の証明"], law=["地方税法"]),
    concepts=(Concept("pet", frozenset({"犬", "わんちゃん", "puppy"})),),
)


def test_a_word_in_the_title_weighs_more_than_in_the_summary() -> None:
    assert [hit.slug for hit in THREE.find("犬")] == ["dog", "cat"]


def test_a_concept_finds_what_the_word_itself_does_not() -> None:
    assert THREE.find("わんちゃん")[0].slug == "dog"
    assert THREE.find("two puppies")[0].why == ("pet",)


def test_a_short_word_of_a_concept_must_stand_alone() -> None:
    assert [hit.slug for hit in THREE.find("犬山城")] == []


def test_a_slip_of_the_finger_is_forgiven() -> None:
    assert THREE.find("住民税の正明")[0].slug == "tax"
    assert THREE.find("じゅうみんぜいのしょうめい")[0].slug == "tax"


def test_a_title_that_says_just_this_comes_before_those_that_say_more() -> None:
    allowances = index(
        entry("end", title=["児童手当の受給事由の消滅の届出", "児童手当をやめる", "児童手当の終わり"]),
        entry("claim", title=["児童手当"]),
    )
    assert [hit.slug for hit in allowances.find("児童手当が欲しい")] == ["claim", "end"]


def test_an_entry_of_less_weight_comes_after_one_that_fits_as_well() -> None:
    light = Entry("a-row", text("道路の占用"), (), {"title": ["道路の占用"]}, weight=0.9)
    both = index(entry("road", title=["道路の占用"]), light)
    assert [hit.slug for hit in both.find("道路の占用")] == ["road", "a-row"]


def test_words_without_a_subject_find_nothing() -> None:
    assert THREE.find("が を ほしい the") == []


def test_readings_in_a_query_are_only_marks() -> None:
    assert THREE.find("犬《いぬ》の｜登録《とうろく")[0].slug == "dog"


def test_equal_scores_come_in_the_order_of_the_slug() -> None:
    both = index(entry("b", title=["同じ題名"]), entry("a", title=["同じ題名"]), entry("c", title=["別の物"]))
    assert [hit.slug for hit in both.find("同じ題名")] == ["a", "b"]


def test_an_index_of_nothing_finds_nothing() -> None:
    assert index().find("犬") == []


def test_the_limit_is_kept() -> None:
    assert len(THREE.find("犬", limit=1)) == 1


def test_pairs_skip_spaces_and_marks() -> None:
    assert pairs_of("住 民・票") == ("住民", "民票")


def test_rarer_words_weigh_more_and_every_word_weighs_something() -> None:
    weights = [rarity(holders, 10) for holders in range(11)]
    assert weights == sorted(weights, reverse=True)
    assert weights[-1] > 0


def test_english_words_lose_their_commonest_endings() -> None:
    assert [stem(word) for word in ("dogs", "flooded", "puppies", "classes", "is", "2026")] == [
        "dog",
        "flood",
        "puppy",
        "class",
        "is",
        "2026",
    ]


def test_japanese_and_english_mix_in_one_text() -> None:
    words = split_words("Dogsの登録")
    assert words[0] == "dog"
    assert "登録" in words


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_whatever_is_typed_is_answered_in_order_of_score(query: str) -> None:
    scores = [hit.score for hit in THREE.find(query)]
    assert scores == sorted(scores, reverse=True)
    assert all(score > 0 for score in scores)


def test_a_pack_s_synonyms_are_words_only() -> None:
    file = SynonymsFile(stop=("a",), concepts=(ConceptWords(name="pet", words=("dog",)),))
    assert SynonymsFile.model_validate(file.model_dump(mode="json")) == file
