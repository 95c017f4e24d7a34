"""Boxes filled in again after the switch of language: what was typed, in its own form, and nothing else touched."""

from __future__ import annotations

from html import unescape
from html.parser import HTMLParser

import pytest
from django.http import QueryDict
from django.test import RequestFactory
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st

from dokodemo.kernel.ui.switching import Switch, by_form, refilled, switch_of

PAGE = """<form method="post" action="/out"><input type="hidden" name="name" value="other form"></form>
<form id="ask" method="post" novalidate><input type="hidden" name="csrfmiddlewaretoken" value="fresh">
<input type="hidden" name="revision" value="8"><p title='value="x" > checked'>a &amp; b</p>
<input id="name" name="name" value="old" maxlength="80" aria-label="a > b"><input name="row" value="1"><input name="row">
<input type="password" name="secret"><input type="file" name="paper">
<input type="radio" name="kind" value="a" checked><input type="radio" name="kind" value="b">
<input type="checkbox" name="tick" value="1" checked><input type="checkbox" name="tick" value="2">
<select name="procedure"><option value="" selected>-</option><option value="dog">d</option></select>
<textarea name="body" rows="3">
old</textarea><button name="_switch" value="en ask">E</button></form>
<input type="checkbox" form="ask" name="tick" value="3"><input name="body" value="nobody's">"""


def typed(**boxes: list[str]) -> dict[str, dict[str, list[str]]]:
    return {"ask": boxes}


def test_every_kind_of_box_holds_what_was_typed() -> None:
    page = refilled(
        PAGE,
        typed(
            revision=["7"],
            name=['髙木 "<b>"'],
            row=["x", "y"],
            kind=["b"],
            tick=["2", "3"],
            procedure=["dog"],
            body=["一行目\r\n<二行目>"],
            secret=["hunter"],
            csrfmiddlewaretoken=["stale"],
        ),
    )
    assert '<input type="hidden" name="revision" value="7">' in page
    assert (
        '<input id="name" name="name" value="髙木 &quot;&lt;b&gt;&quot;" maxlength="80" aria-label="a > b">'
        in page
    )
    assert '<input name="row" value="x"><input name="row" value="y">' in page
    assert (
        '<input type="radio" name="kind" value="a"><input type="radio" name="kind" value="b" checked>' in page
    )
    assert 'name="tick" value="1"><input type="checkbox" name="tick" value="2" checked>' in page
    assert '<input type="checkbox" form="ask" name="tick" value="3" checked>' in page
    assert '<option value="">-</option><option value="dog" selected>' in page
    assert "\n一行目\r\n&lt;二行目&gt;</textarea>" in page
    assert 'value="fresh"' in page
    assert "hunter" not in page
    assert 'value="other form"' in page
    assert '<input name="body" value="nobody\'s">' in page


def test_a_box_that_sent_nothing_keeps_its_text_and_loses_its_tick() -> None:
    page = refilled(PAGE, typed())
    assert 'name="name" value="old"' in page
    assert "\nold</textarea>" in page
    assert "checked>" not in page


def test_another_page_is_left_as_it_is() -> None:
    assert refilled(PAGE, {"elsewhere": {"name": ["x"]}}) == PAGE


class Text(HTMLParser):
    """The text of the textarea as a browser reads it."""

    def __init__(self) -> None:
        super().__init__()
        self.inside, self.text = False, ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.inside = tag == "textarea"

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.text += data


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_no_text_breaks_out_of_its_box(text: str) -> None:
    page = refilled(PAGE, typed(body=[text], name=[text]))
    reader = Text()
    reader.feed(page)
    assert reader.text.removeprefix("\n") == text
    assert f'value="{escape(text)}"' in page
    assert unescape(escape(text)) == text


def test_other_forms_are_told_apart_by_their_name() -> None:
    post = QueryDict(
        "body=a&csrfmiddlewaretoken=t&_switch=en+message&decision:reasons=b&decision:rules=1&decision:rules=2"
    )
    assert by_form(post, "message") == {
        "message": {"body": ["a"]},
        "decision": {"reasons": ["b"], "rules": ["1", "2"]},
    }


@pytest.mark.parametrize(
    ("word", "switch"),
    [
        ("en ask", Switch("ask", lang="en")),
        ("easy ask", Switch("ask", lang="easy")),
        ("on ask", Switch("ask", furigana="on")),
        ("off ask", Switch("ask", furigana="off")),
        ("fr ask", None),
        ("", None),
    ],
)
def test_only_our_own_words_switch(word: str, switch: Switch | None) -> None:
    assert switch_of(RequestFactory().post("/", {"_switch": word})) == switch
    assert switch_of(RequestFactory().get("/", {"_switch": word})) is None
