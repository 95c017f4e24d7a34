"""How terms and groups of all layers become one vocabulary, and which mistakes are refused."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokodemo.kernel.packs import PackError, open_pack
from dokodemo.kernel.vocabulary import TermType, Vocabulary, load_vocabulary
from dokodemo.kernel.vocabulary.loading import names_in
from dokodemo.kernel.vocabulary.locating import unmarked_places

LABEL = "{ja: 例, easy: れい, en: Example}"
GROUPS = f"""groups:
  - {{name: applicant, label: {LABEL}}}
  - {{name: child, label: {LABEL}, item: {LABEL}, repeats: true, max: 12}}
"""
Write = Callable[[str, str], None]
Load = Callable[[], Vocabulary]


def term(name: str, kind: str = "text", **more: object) -> str:
    extra = "".join(f", {key}: {value}" for key, value in more.items())
    return (
        f"  - {{name: {name}, gif: Person.fullName, type: {kind}, label: {LABEL}, "
        f'confidentiality: "3B", purpose: identification{extra}}}\n'
    )


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def put(path: str, text: str) -> None:
        file = tmp_path / "packs" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    put("base/pack.yaml", f"name: base\ntitle: {LABEL}\n")
    put("town/pack.yaml", f"name: town\ntitle: {LABEL}\nextends: [base]\n")
    put("base/vocabulary/a.yaml", GROUPS)
    return put


@pytest.fixture
def load(tmp_path: Path, write: Write) -> Load:
    return lambda: load_vocabulary(open_pack("town", roots=[tmp_path / "packs"]))


@pytest.fixture
def refused(load: Load) -> Callable[[], list[str]]:
    def problems() -> list[str]:
        with pytest.raises(PackError) as caught:
            load()
        return [str(problem).removeprefix("packs/") for problem in caught.value.problems]

    return problems


def test_terms_of_all_layers_come_together(write: Write, load: Load) -> None:
    write(
        "base/vocabulary/b.yaml", "terms:\n" + term("applicant.full_name", "person_name") + term("child.sex")
    )
    write("town/vocabulary/own.yaml", "terms:\n" + term("applicant.nickname"))
    vocabulary = load()
    assert list(vocabulary.terms) == ["applicant.full_name", "child.sex", "applicant.nickname"]
    full_name = vocabulary.term("applicant.full_name")
    assert (full_name.type, full_name.group_name, full_name.field) == (
        TermType.PERSON_NAME,
        "applicant",
        "full_name",
    )
    assert full_name.editable
    assert full_name.register is None
    group = vocabulary.group_of("child.sex")
    assert group is not None
    assert (group.repeats, group.max) == (True, 12)
    assert [t.name for t in vocabulary.terms_of("applicant")] == ["applicant.full_name", "applicant.nickname"]


def test_an_unknown_term_is_a_key_error(load: Load) -> None:
    with pytest.raises(KeyError):
        load().term("nobody.nothing")
    with pytest.raises(KeyError):
        load().group_of("nobody.nothing")


def test_a_city_replaces_a_term_of_the_country_by_name(write: Write, load: Load) -> None:
    write(
        "base/vocabulary/b.yaml", "terms:\n" + term("applicant.phone", "phone") + term("applicant.nickname")
    )
    write(
        "town/vocabulary/b.yaml",
        "terms:\n" + term("applicant.phone", "phone", register="phone", editable="false"),
    )
    vocabulary = load()
    assert set(vocabulary.terms) == {"applicant.phone", "applicant.nickname"}
    assert vocabulary.term("applicant.phone").register == "phone"
    assert not vocabulary.term("applicant.phone").editable


def test_the_digest_follows_the_content_only(write: Write, load: Load) -> None:
    write("base/vocabulary/b.yaml", "terms:\n" + term("applicant.a") + term("applicant.b"))
    first = load().digest
    write(
        "base/vocabulary/b.yaml", "# in another order\nterms:\n" + term("applicant.b") + term("applicant.a")
    )
    assert load().digest == first
    write("base/vocabulary/b.yaml", "terms:\n" + term("applicant.b") + term("applicant.a", "long_text"))
    assert load().digest != first


def test_a_vocabulary_cannot_be_changed(write: Write, load: Load) -> None:
    write("base/vocabulary/b.yaml", "terms:\n" + term("applicant.a"))
    vocabulary = load()
    with pytest.raises(TypeError):
        vocabulary.terms["x"] = vocabulary.term("applicant.a")  # type: ignore[index]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (term("nobody.x"), 'There is no group "nobody"'),
        (term("alone"), '"alone" belongs to no group'),
        (term("applicant.x", "name"), '"type" cannot be the text "name"'),
        (term("applicant.x", "text", choices="[]", min=1), "`min` means nothing for the type text"),
        (term("applicant.x", "choice", choices=f"[{{value: a, label: {LABEL}}}]"), "leaves no choice"),
        (
            term(
                "applicant.x",
                "choice",
                choices=f"[{{value: a, label: {LABEL}}}, {{value: a, label: {LABEL}}}]",
            ),
            "twice",
        ),
        (term("applicant.x", "integer", min=5, max=3), "`min` 5 is above `max` 3"),
        (term("applicant.x", "integer", min="today"), "cannot limit a value of the type integer"),
        (term("applicant.x", "date", max="2026-02-30"), "cannot limit a value of the type date"),
        (term("applicant.x", "text", pattern='"[0-9"'), "is no regular expression"),
        (term("applicant.x", "file", derive="today"), "cannot be derived"),
        (term("applicant.x", "date", derive="today", register="birth"), "derived and read from the register"),
        (term("applicant.x", "date", per="procedure", register="birth"), "yet asked for each procedure"),
        (term("applicant.x", "date", per="procedure", derive="today"), "yet asked for each procedure"),
        (term("applicant.x", "text", per="case"), '"per" cannot be'),
        (term("child.x", "text", per="procedure"), "cannot be `per: procedure`"),
        (term("Applicant.x"), '"name" cannot be'),
        (term("applicant.x.y"), '"name" cannot be'),
        (term("child", "integer", derive='"1"'), "also the name of a group"),
        (term("today", "date", derive='"1"'), "means something else in rules"),
        (term("applicant.x").replace("Person.fullName", "null"), "no field of GIF and no reason"),
        (term("applicant.x").replace("3B", "4"), '"confidentiality" cannot be'),
        (term("applicant.x", "text", lable="x"), 'Did you mean "label"?'),
        (term("applicant.x", "text", register_fact="x"), '"register_fact" is not a known key'),
    ],
)
def test_a_wrong_term_is_refused_where_it_stands(
    write: Write, refused: Callable[[], list[str]], line: str, expected: str
) -> None:
    write("town/vocabulary/b.yaml", "terms:\n" + term("applicant.good") + line)
    problems = refused()
    assert len(problems) == 1
    assert problems[0].startswith("town/vocabulary/b.yaml:3: ")
    assert expected in problems[0]


def test_a_doubled_term_names_both_places(write: Write, refused: Callable[[], list[str]]) -> None:
    write("base/vocabulary/b.yaml", "terms:\n" + term("applicant.x"))
    write("base/vocabulary/c.yaml", "terms:\n" + term("applicant.y") + term("applicant.x"))
    assert refused() == [
        'base/vocabulary/c.yaml:3: The term "applicant.x" is already in packs/base/vocabulary/b.yaml:2. '
        "Delete or rename one of them."
    ]


def test_every_broken_file_is_told(write: Write, refused: Callable[[], list[str]]) -> None:
    write("base/vocabulary/b.yaml", "terms:\n" + term("applicant.x", "nothing"))
    write("town/vocabulary/c.yaml", "term: []\n")
    assert len(refused()) == 2


def test_a_maximum_needs_a_repeating_group(write: Write, refused: Callable[[], list[str]]) -> None:
    write("town/vocabulary/b.yaml", f"groups:\n  - {{name: dog, label: {LABEL}, max: 3}}\n")
    assert "does not repeat" in refused()[0]


def test_a_circle_of_derived_terms_is_refused(write: Write, refused: Callable[[], list[str]]) -> None:
    write(
        "town/vocabulary/b.yaml",
        "terms:\n"
        + term("start", "integer", derive='"a + 1"')
        + term("a", "integer", derive='"b + 1"')
        + term("b", "integer", derive='"CASE WHEN applicant.x THEN c ELSE 0 END"')
        + term("c", "integer", derive='"a"')
        + term("applicant.x", "boolean"),
    )
    assert refused() == [
        "town/vocabulary/b.yaml:3: A derived term needs itself (a → b → c → a). "
        "Break the circle: derive one of them from other terms."
    ]


def test_a_term_that_names_itself_only_in_a_text_is_no_circle(write: Write, load: Load) -> None:
    write(
        "town/vocabulary/b.yaml",
        "terms:\n" + term("a", "boolean", derive="\"applicant.x = 'a'\"") + term("applicant.x"),
    )
    assert load().term("a").derive == "applicant.x = 'a'"


def test_names_in_a_rule_leave_texts_out() -> None:
    rule = "count(child) FILTER (WHERE child.sex = 'it''s child.x') >= 1 AND today > a"
    assert {"child", "child.sex", "a", "today"} <= set(names_in(rule))
    assert "child.x" not in names_in(rule)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12))
def test_circles_are_found_exactly_when_there_are_some(edges: list[tuple[int, int]]) -> None:
    from dokodemo.kernel.vocabulary.loading import _circle_from

    needs = {str(n): [str(b) for a, b in edges if a == n] for n in range(6)}
    reach = {n: set(needs[n]) for n in needs}
    for _ in needs:
        reach = {n: reach[n] | {far for near in reach[n] for far in reach[near]} for n in needs}
    safe: set[str] = set()
    found = [_circle_from(n, needs, safe) for n in needs]
    assert any(found) == any(n in reach[n] for n in needs)
    for circle in filter(None, found):
        assert circle[0] == circle[-1]
        assert all(b in needs[a] for a, b in pairwise(circle))


# Where somebody is (秘匿)


def test_an_address_and_what_is_marked_tell_where_somebody_is(write: Write, load: Load) -> None:
    write(
        "town/vocabulary/a.yaml",
        "terms:\n"
        + term("applicant.home", "address")
        + term("applicant.whereabouts", "long_text", locates="true")
        + term("applicant.phone", "phone", locates="true")
        + term("applicant.remark", "long_text"),
    )
    telling = {name: one.tells_where for name, one in load().terms.items()}
    assert telling == {
        "applicant.home": True,
        "applicant.whereabouts": True,
        "applicant.phone": True,
        "applicant.remark": False,
    }


@pytest.mark.parametrize("kind", ["address", "boolean", "file"])
def test_the_mark_of_a_place_means_nothing_for_other_types(
    kind: str, write: Write, refused: Callable[[], list[str]]
) -> None:
    write("town/vocabulary/a.yaml", "terms:\n" + term("applicant.place", kind, locates="true"))
    assert f"`locates` means nothing for the type {kind}" in refused()[0]


@pytest.mark.parametrize("word", ["住所", "所在", "居所"])
def test_a_text_that_asks_for_an_address_and_bears_no_mark_is_pointed_out(
    word: str, write: Write, tmp_path: Path
) -> None:
    asked = term("applicant.before").replace("ja: 例", f"ja: 前の{word}")
    write("town/vocabulary/a.yaml", "terms:\n" + term("applicant.remark") + asked)
    pack = open_pack("town", roots=[tmp_path / "packs"])
    (problem,) = unmarked_places(pack)
    assert '"applicant.before"' in problem.message
    assert (problem.line, "locates: true" in (problem.remedy or "")) == (3, True)
    for mended in (
        asked.replace("type: text", "type: text, locates: true"),
        asked.replace("type: text", "type: address"),
    ):
        write("town/vocabulary/a.yaml", "terms:\n" + mended)
        assert unmarked_places(open_pack("town", roots=[tmp_path / "packs"])) == []
