"""Characters that no font can show."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from dokodemo.adapters.typeset.fonts import coverage, font_files, read_coverage
from dokodemo.adapters.typeset.substitution import Replacement, is_selector, printable, substitute

YOSHI = "\U00020bb7田"  # 𠮷田, outside the basic plane
TSUJI = "辻\U000e0100"  # 辻󠄀, a registered shape (IVS)
TSUJI_UNKNOWN = "辻\U000e01ef"  # a shape no font has
RARE = "\U0002a6df"  # 𪛟, in no bundled font
PRIVATE = "\ue000"


def shown(text: str, readings: dict[str, str] | None = None) -> tuple[str, tuple[Replacement, ...]]:
    copy, replaced = substitute({"text": text}, coverage(), readings or {})
    return copy["text"], replaced


def test_both_fonts_know_common_and_rare_characters() -> None:
    for path in font_files():
        known = read_coverage(path.read_bytes())
        assert all(known.shows(character) for character in "荒尾市長洲髙﨑𠮷〓")
        assert not known.shows(RARE)
        assert not known.shows(PRIVATE)
        assert known.shows_variant("辻", "\U000e0100")
        assert not known.shows_variant("辻", "\U000e01ef")


def test_names_the_fonts_know_are_printed_as_they_are_written() -> None:
    for name in (YOSHI, TSUJI, "髙﨑 﨟子", "神"):
        assert shown(name) == (name, ())


def test_an_unknown_shape_is_printed_as_its_base_character() -> None:
    assert shown(f"{TSUJI_UNKNOWN}さん") == ("辻さん", (Replacement(TSUJI_UNKNOWN, "辻", "shape"),))
    assert Replacement(TSUJI_UNKNOWN, "辻", "shape").code == "U+8FBB U+E01EF"


def test_an_unknown_character_is_printed_as_a_mark_with_the_reading() -> None:
    name = f"{RARE}田 太郎"
    text, replaced = shown(f"{name} 様", {name: "カナダ タロウ", "別人": "ベツジン"})
    assert text == "〓田 太郎（カナダ タロウ） 様"
    assert replaced == (Replacement(RARE, "〓", "missing"),)


def test_a_known_name_keeps_its_reading_to_itself() -> None:
    assert shown("荒尾 太郎", {"荒尾 太郎": "アラオ タロウ"}) == ("荒尾 太郎", ())


def test_private_use_characters_are_marked() -> None:
    assert shown(f"{PRIVATE}田") == ("〓田", (Replacement(PRIVATE, "〓", "missing"),))


def test_a_compatibility_character_falls_back_to_its_base() -> None:
    missing = next(
        character
        for character in map(chr, range(0x2F800, 0x2FA1E))
        if not coverage().shows(character) and coverage().shows(unicodedata.normalize("NFKC", character))
    )
    text, replaced = shown(missing)
    assert text == unicodedata.normalize("NFKC", missing)
    assert [one.why for one in replaced] == ["shape"]


def test_a_loose_accent_is_dropped_and_reported() -> None:
    assert shown("x\u0327") == ("x", (Replacement("\u0327", "", "missing"),))


def test_control_characters_print_nothing_and_lines_stay() -> None:
    assert shown("一\x00行\n二\u202e行") == ("一行\n二行", ())


def test_every_string_of_nested_data_is_covered_and_keys_and_numbers_stay() -> None:
    data = {"children": [{"name": PRIVATE, "age": 3}], "sample": True, "none": None}
    copy, replaced = substitute(data, coverage(), {})
    assert copy == {"children": [{"name": "〓", "age": 3}], "sample": True, "none": None}
    assert len(replaced) == 1
    assert data["children"] == [{"name": PRIVATE, "age": 3}]


@given(st.text(max_size=40))
def test_whatever_was_typed_only_characters_with_a_glyph_remain(text: str) -> None:
    fonts = coverage()
    result = printable(text, fonts, set())
    for index, character in enumerate(result):
        if is_selector(character) and index and not is_selector(result[index - 1]):
            assert fonts.shows_variant(result[index - 1], character) or fonts.shows(character)
        else:
            assert character in "\n\t" or fonts.shows(character)


@given(st.text(alphabet=sorted(map(chr, list(coverage().characters)[:3000])), max_size=40))
def test_text_the_fonts_know_is_never_changed(text: str) -> None:
    plain = "".join(character for character in text if not is_selector(character))
    assert printable(plain, coverage(), set()) == plain
