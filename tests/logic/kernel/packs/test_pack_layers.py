"""How packs are found and laid over each other."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokodemo.kernel.packs import PackError, available_packs, open_pack, pack_roots
from dokodemo.kernel.packs.located import Located, overlay, plain

TITLE = "title: {ja: 例, easy: れい, en: Example}\n"
CITY = """
city:
  name: {ja: 荒尾市, easy: 荒尾市《あらおし》, en: Arao City}
  prefecture: {ja: 熊本県, easy: 熊本県《くまもとけん》, en: Kumamoto}
  code: "432041"
  mayor: {ja: 荒尾市長, easy: 荒尾市長《あらおしちょう》, en: Mayor of Arao}
  phone: (0968)63-1111
  postal_code: 864-8686
  address: 熊本県荒尾市宮内出目390
  url: https://www.example.jp/
"""
Write = Callable[[str, str], None]


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return tmp_path / "packs"


@pytest.fixture
def write(packs: Path) -> Write:
    def put(path: str, text: str) -> None:
        (packs / path).parent.mkdir(parents=True, exist_ok=True)
        (packs / path).write_text(text, encoding="utf-8")

    put("base/pack.yaml", "name: base\n" + TITLE)
    put("town/pack.yaml", "name: town\nextends: [base]\ndemo: true\n" + TITLE + CITY)
    return put


def refused(packs: Path, name: str = "town") -> list[str]:
    with pytest.raises(PackError) as caught:
        open_pack(name, roots=[packs])
    return [str(problem) for problem in caught.value.problems]


def test_a_pack_lies_on_what_it_extends(packs: Path, write: Write) -> None:
    pack = open_pack("town", roots=[packs])
    assert [layer.name for layer in pack.layers] == ["base", "town"]
    assert pack.manifest.demo
    assert pack.city.name.get("easy") == "荒尾市《あらおし》"


def test_maps_merge_and_lists_and_scalars_replace(packs: Path, write: Write) -> None:
    write("base/p/a.yaml", "fee: {amount: 300, per: one}\ntags: [a, b]\nlaw: x\nnote: y\n")
    write("town/p/a.yaml", "fee: {amount: 350}\ntags: [c]\nnote: null\nextra: 1\n")
    write("base/p/b.yaml", "only: base\n")
    documents = open_pack("town", roots=[packs]).documents("p/*.yaml")
    assert [document.path for document in documents] == ["p/a.yaml", "p/b.yaml"]
    assert documents[0].data == {
        "fee": {"amount": 350, "per": "one"},
        "tags": ["c"],
        "law": "x",
        "note": None,
        "extra": 1,
    }


def test_a_merged_value_is_blamed_on_the_file_that_wrote_it(packs: Path, write: Write) -> None:
    write("base/p/a.yaml", "fee:\n  amount: 300\n  per: one\n")
    write("town/p/a.yaml", "# ours\nfee:\n  amount: 350\n")
    document = open_pack("town", roots=[packs]).document("p/a.yaml")
    assert document is not None
    assert document.where(("fee", "amount")) == ("packs/town/p/a.yaml", 3)
    assert document.where(("fee", "per")) == ("packs/base/p/a.yaml", 3)


def test_data_handed_out_may_be_changed_without_harm(packs: Path, write: Write) -> None:
    write("base/p/a.yaml", "tags: [a]\n")
    pack = open_pack("town", roots=[packs])
    document = pack.document("p/a.yaml")
    assert document is not None
    document.data["tags"].append("b")
    assert document.data == {"tags": ["a"]}


def test_unmerged_layers_and_resources(packs: Path, write: Write) -> None:
    write("base/p/examples.yaml", "[1]\n")
    write("town/p/examples.yaml", "[2]\n")
    write("base/letters/a.typ", "base")
    pack = open_pack("town", roots=[packs])
    assert [document.data for document in pack.all_layers("p/examples.yaml")] == [[1], [2]]
    assert pack.resource("letters/a.typ") == packs.resolve() / "base/letters/a.typ"
    write("town/letters/a.typ", "town")
    assert pack.resource("letters/a.typ") == packs.resolve() / "town/letters/a.typ"
    assert pack.resource("letters/b.typ") is None
    assert pack.document("absent.yaml") is None


def test_documents_can_be_read_layer_by_layer(packs: Path, write: Write) -> None:
    write("base/v/a.yaml", "x: 1\n")
    write("base/v/b.yaml", "x: 2\n")
    write("town/v/b.yaml", "x: 3\n")
    layers = open_pack("town", roots=[packs]).by_layer("v/*.yaml")
    assert [[(document.path, document.data["x"]) for document in layer] for layer in layers] == [
        [("v/a.yaml", 1), ("v/b.yaml", 2)],
        [("v/b.yaml", 3)],
    ]


def test_all_broken_files_are_told_at_once(packs: Path, write: Write) -> None:
    write("base/p/a.yaml", "x: 1\nx: 2\n")
    write("town/p/b.yaml", "y:\n\tz: 1\n")
    with pytest.raises(PackError) as caught:
        open_pack("town", roots=[packs]).documents("p/*.yaml")
    places = [(problem.file, problem.line) for problem in caught.value.problems]
    assert places == [("packs/base/p/a.yaml", 2), ("packs/town/p/b.yaml", 2)]


def test_a_missing_pack_names_those_there_are(packs: Path, write: Write) -> None:
    assert refused(packs, "nowhere") == ['nowhere: There is no pack "nowhere". Choose one of: base, town.']
    write("town/pack.yaml", "name: town\nextends:\n  - nowhere\n" + TITLE)
    assert refused(packs)[0].startswith('packs/town/pack.yaml:3: There is no pack "nowhere" to extend.')


def test_a_circle_of_packs_is_refused(packs: Path, write: Write) -> None:
    write("base/pack.yaml", "name: base\nextends: [town]\n" + TITLE)
    assert "circle (town → base → town)" in refused(packs)[0]
    write("base/pack.yaml", "name: base\nextends: [base]\n" + TITLE)
    assert "circle (base → base)" in refused(packs)[0]


def test_a_base_reached_twice_is_one_layer(packs: Path, write: Write) -> None:
    write("middle/pack.yaml", "name: middle\nextends: [base]\n" + TITLE)
    write("town/pack.yaml", "name: town\nextends: [middle, base]\n" + TITLE)
    assert [layer.name for layer in open_pack("town", roots=[packs]).layers] == ["base", "middle", "town"]


@pytest.mark.parametrize(
    ("manifest", "expected"),
    [
        ("name: other\n" + TITLE, 'packs/town/pack.yaml:1: The folder is called "town". Write name: town.'),
        (
            "name: town\ntitel: x\n" + TITLE,
            'packs/town/pack.yaml:2: "titel" is not a known key. Did you mean "title"?',
        ),
        ("name: town\n", 'packs/town/pack.yaml:1: "title" is missing. Add `title: …` here.'),
        (
            "name: town\n" + TITLE + CITY.replace("432041", "432042"),
            "packs/town/pack.yaml:7: The check digit of 432042 is wrong. "
            'With these five digits it would be "432041".',
        ),
        (
            "name: town\n" + TITLE + CITY.replace("荒尾市《あらおし》", "荒尾市《あらおし"),
            "packs/town/pack.yaml:5: A reading 《 》 in `easy` is not closed, is empty or belongs to nothing. "
            "Write 漢字《かんじ》, or ｜ where the word begins.",
        ),
    ],
)
def test_a_broken_manifest_is_told_by_line(packs: Path, write: Write, manifest: str, expected: str) -> None:
    write("town/pack.yaml", manifest)
    assert refused(packs) == [expected]


def test_a_folder_without_a_manifest_is_no_pack(packs: Path, write: Write) -> None:
    (packs / "empty").mkdir()
    assert refused(packs, "empty") == [
        "packs/empty/pack.yaml: The pack has no manifest. Write pack.yaml with name and title."
    ]
    assert available_packs([packs]) == ["base", "town"]


def test_a_file_that_would_be_passed_over_in_silence_is_told(packs: Path, write: Write) -> None:
    write("town/terms/a.yml", "a: 1\n")
    assert refused(packs) == [
        "packs/town/terms/a.yml: Files of a pack end in .yaml. Rename it to terms/a.yaml."
    ]


@pytest.mark.parametrize(
    "path", ["../base/pack.yaml", "/etc/passwd", "a/../../b", "a\\b", "", "a//b", "~/x", "./a", "a\0b"]
)
def test_no_path_leaves_the_pack(packs: Path, write: Write, path: str) -> None:
    pack = open_pack("town", roots=[packs])
    for call in (pack.resource, pack.document, pack.all_layers, pack.documents):
        with pytest.raises(PackError, match="leaves the pack"):
            call(path)


@pytest.mark.parametrize("name", ["../town", "", "Town", "a/b", "."])
def test_no_pack_name_leaves_the_root(packs: Path, write: Write, name: str) -> None:
    assert "There is no pack" in refused(packs, name)[0]


def test_a_link_out_of_the_pack_is_refused(packs: Path, write: Write, tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("a: 1\n")
    (packs / "town/link.yaml").symlink_to(tmp_path / "secret.yaml")
    pack = open_pack("town", roots=[packs])
    with pytest.raises(PackError, match="link that leaves the pack"):
        pack.resource("link.yaml")
    with pytest.raises(PackError, match="link that leaves the pack"):
        pack.documents("*.yaml")


def test_a_pack_of_law_is_no_city(packs: Path, write: Write) -> None:
    with pytest.raises(PackError, match="names no city"):
        _ = open_pack("base", roots=[packs]).city


def test_hidden_files_of_editors_and_other_systems_are_passed_over(packs: Path, write: Write) -> None:
    write("town/v/a.yaml", "x: 1\n")
    write("town/v/._a.yaml", "\x00\x05 no YAML")
    assert [document.path for document in open_pack("town", roots=[packs]).documents("v/*.yaml")] == [
        "v/a.yaml"
    ]


def test_a_city_keeps_its_own_folder_of_packs(
    packs: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOKODEMO_PACK_ROOTS", str(packs))
    assert pack_roots()[0] == packs
    assert open_pack("town").city.code == "432041"


scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=8,
)


def locate(value: object) -> Located:
    if isinstance(value, dict):
        return Located({key: locate(child) for key, child in value.items()}, "f", 1)
    if isinstance(value, list):
        return Located(tuple(locate(child) for child in value), "f", 1)
    assert value is None or isinstance(value, bool | int | str)
    return Located(value, "f", 1)


def merged(*layers: object) -> object:
    result = locate(layers[0])
    for layer in layers[1:]:
        result = overlay(result, locate(layer))
    return plain(result)


@given(trees)
def test_overlaying_a_layer_with_itself_changes_nothing(tree: object) -> None:
    assert merged(tree, tree) == tree


@given(st.dictionaries(st.sampled_from("abc"), trees), trees)
def test_the_last_layer_always_has_the_last_word(base: dict[str, object], over: object) -> None:
    result = merged({"k": base}, {"k": over})
    assert isinstance(result, dict)
    if isinstance(over, dict):
        assert merged(result["k"], over) == result["k"]
        assert set(result["k"]) == set(base) | set(over)
    else:
        assert result["k"] == over
