"""Letters as PDF: standards, equal bytes, a closed folder."""

import re
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dokodemo.adapters.typeset import Template, TypesetError, bound_to, check, engine, typeset
from dokodemo.adapters.typeset.fonts import Coverage, coverage
from tests.papers import need

CREATED = datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)
BINDING = "ab" * 32
LETTER = """\
#import "_frame.typ": frame
#let data = json("data.json")
#show: frame.with(title: data.title)
= #data.title
#data.addressee.name 様
#for note in data.substitutions [ #note.code は #note.shown と印字しました。 ]
"""
FRAME = """\
#let frame(title: "", body) = {
  set document(title: title)
  set page(paper: "a4")
  set text(lang: "ja", font: "Noto Serif JP")
  body
}
"""

type Make = Callable[..., Path]


@pytest.fixture
def template(tmp_path: Path) -> Make:
    def make(source: str = LETTER, name: str = "letter.typ") -> Path:
        (tmp_path / "_frame.typ").write_text(FRAME, "utf-8")
        path = tmp_path / name
        path.write_text(source, "utf-8")
        return path

    return make


def data(name: str = "荒尾 太郎") -> dict[str, object]:
    return {"title": "認定のお知らせ", "addressee": {"name": name}}


def words(pdf: bytes, folder: Path) -> str:
    need("pdftotext")
    path = folder / "words.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True, timeout=30)
    return done.stdout.decode()


def test_a_letter_says_that_it_is_pdf_a_3a_and_pdf_ua_1(template: Make) -> None:
    pdf = typeset(template(), data(), created=CREATED).pdf
    assert pdf.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>3</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert b"/Marked true" in pdf


def test_equal_input_gives_equal_bytes_and_other_input_other_bytes(template: Make) -> None:
    path = template()
    first = typeset(path, data(), created=CREATED, binding=BINDING).pdf
    assert typeset(path, dict(reversed(data().items())), created=CREATED, binding=BINDING).pdf == first
    assert typeset(path, data("長洲 花子"), created=CREATED, binding=BINDING).pdf != first
    assert typeset(path, data(), created=datetime(2027, 1, 1, tzinfo=UTC), binding=BINDING).pdf != first


def test_rare_names_are_in_the_text_exactly_as_written(template: Make, tmp_path: Path) -> None:
    result = typeset(template(), data("𠮷田 辻\U000e0100子"), created=CREATED)
    assert result.replaced == ()
    assert "𠮷田 辻\U000e0100子" in words(result.pdf, tmp_path)


@pytest.mark.parametrize(
    "name", ["\ue000田", "辻\U000e01ef", "\U0002a6df", "김철수", "ไทย", "😀", "a\x00b", "x\u0327"]
)
def test_a_letter_never_stops_for_a_character(name: str, template: Make) -> None:
    result = typeset(template(), data(name), created=CREATED)
    assert result.pdf.startswith(b"%PDF-")


def test_a_replaced_character_is_reported_and_can_be_printed_as_a_note(
    template: Make, tmp_path: Path
) -> None:
    result = typeset(
        template(), data("\ue000田 太郎"), created=CREATED, readings={"\ue000田 太郎": "ガイダ タロウ"}
    )
    assert [one.code for one in result.replaced] == ["U+E000"]
    text = words(result.pdf, tmp_path)
    assert "〓田 太郎（ガイダ タロウ）" in text
    assert "U+E000 は 〓 と印字しました" in text


def test_a_character_the_fonts_list_but_cannot_shape_is_replaced_at_the_second_attempt(
    template: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = coverage()
    optimistic = Coverage(known.characters | {0xE000, 0xE001}, known.variants)
    monkeypatch.setattr(engine, "coverage", lambda: optimistic)
    result = typeset(template(), data("\ue000と\ue001"), created=CREATED)
    assert [one.original for one in result.replaced] == ["\ue000", "\ue001"]


def test_the_binding_can_be_read_back_and_only_when_it_is_unambiguous(template: Make) -> None:
    pdf = typeset(template(), data(), created=CREATED, binding=BINDING).pdf
    assert bound_to(pdf) == BINDING
    assert bound_to(typeset(template(), data(), created=CREATED).pdf) is None
    assert bound_to(pdf + b"dokodemo-request:" + b"cd" * 32) is None


def test_the_binding_adds_no_page(template: Make, tmp_path: Path) -> None:
    pdf = typeset(template(), data(), created=CREATED, binding=BINDING).pdf
    assert len(re.findall(rb"/Type ?/Page\b", pdf)) == 1


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ('#import "@preview/cetz:0.3.0"\nhi', "packages from the network"),
        ('#set document(title: "x")\n#read("/etc/passwd")', "letter.typ:2: file not found"),
        ('#set document(title: "x")\n#read("../../../../etc/passwd")', "letter.typ:2"),
        ("#unknown-function()", "letter.typ:1"),
        ("no title, so not PDF/UA", "letter.typ"),
    ],
)
def test_a_bad_template_is_refused_with_its_place(source: str, reason: str, template: Make) -> None:
    with pytest.raises(TypesetError, match=re.escape(reason)):
        typeset(template(source), data(), created=CREATED)


def test_a_fault_never_repeats_the_letters_data(template: Make) -> None:
    source = '#let data = json("data.json")\n#set document(title: "x")\n#panic(data.addressee.name)'
    with pytest.raises(TypesetError) as caught:
        typeset(template(source), data("秘密 太郎"), created=CREATED)
    assert "秘密" not in str(caught.value)


def test_a_missing_template_a_naive_time_and_a_strange_file_name_are_refused(
    template: Make, tmp_path: Path
) -> None:
    with pytest.raises(TypesetError, match="cannot be read"):
        typeset(tmp_path / "absent.typ", {}, created=CREATED)
    with pytest.raises(TypesetError, match="time zone"):
        typeset(template(), data(), created=datetime(2026, 11, 23))
    for name in ("../escape.svg", "/escape.svg", "data.json", "__letter__.typ", ""):
        with pytest.raises(TypesetError, match="beside the template"):
            typeset(template(), data(), files={name: b""}, created=CREATED)
    with pytest.raises(TypesetError, match="64 hexadecimal digits"):
        typeset(template(), data(), created=CREATED, binding='"]')


def test_the_template_sees_only_its_own_folder(template: Make, tmp_path: Path) -> None:
    (tmp_path / "other.typ").write_text("secret", "utf-8")
    with pytest.raises(TypesetError, match=r"letter\.typ:1"):
        typeset(template('#include "other.typ"'), data(), created=CREATED)


def test_the_typesetter_works_here() -> None:
    assert check() == []


def test_a_template_kept_as_text_gives_the_letter_a_file_gives(template: Make) -> None:
    held = Template(
        "procedures/x/letter.typ", {"procedures/x/letter.typ": LETTER, "procedures/x/_frame.typ": FRAME}
    )
    moved = Template(
        held.path, {held.path: LETTER.replace('json("', 'json("/'), "procedures/x/_frame.typ": FRAME}
    )
    assert typeset(moved, data(), created=CREATED).pdf == typeset(template(), data(), created=CREATED).pdf
    with pytest.raises(TypesetError, match=r"procedures/x/letter\.typ:2: file not found"):
        typeset(held, data(), created=CREATED)
    with pytest.raises(TypesetError, match="not among its files"):
        typeset(Template("absent.typ", held.files), data(), created=CREATED)
