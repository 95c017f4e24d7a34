"""The catalogue of fixed texts: complete, checked, escaped."""

import re
from pathlib import Path

import pytest
from django.template import Context, Template, TemplateSyntaxError
from ui_builders import text

from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import LANGS, say, say_plain

SOURCE = Path(texts.__file__).parents[2]


def write(folder: Path, body: str) -> Path:
    file = folder / "texts.yaml"
    file.write_text(body, encoding="utf-8")
    return file


def test_every_text_of_the_city_hall_exists_in_three_languages() -> None:
    entries = texts.read(texts.files()).entries
    assert len(entries) > 100
    for key, entry in entries.items():
        assert set(entry) == set(LANGS), key


def test_every_key_that_templates_and_code_name_exists() -> None:
    entries = texts.catalogue().entries
    named = re.compile(
        r"""(?:\{%\s*(?:t|plain)\s+|\b(?:t|plain|say|_say|_word)\()["']([a-z0-9_]+(?:\.[a-z0-9_-]+)+)["']"""
    )
    used: dict[str, Path] = {}
    for file in [*SOURCE.rglob("*.html"), *SOURCE.rglob("*.py")]:
        for key in named.findall(file.read_text(encoding="utf-8")):
            used[key] = file
    assert len(used) > 50
    assert {key: str(file) for key, file in used.items() if key not in entries} == {}


def test_every_text_of_the_layout_is_used() -> None:
    own = [key for key in texts.catalogue().entries if key.startswith("ui.")]
    everything = "\n".join(
        file.read_text(encoding="utf-8") for file in [*SOURCE.rglob("*.html"), *SOURCE.rglob("*.py")]
    )
    built = ("ui.part.", "ui.era.", "ui.account.", "ui.mark.", "ui.hint.")
    assert [key for key in own if not key.startswith(built) and key not in everything] == []


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("a.b: {ja: はい, en: 'Yes'}", "lacks ['easy']"),
        ("a.b: {ja: はい, easy: はい, en: Yes, please}", "comma"),
        ("a.b: {ja: はい, easy: '', en: 'Yes'}", "easy is empty"),
        ("a.b: {ja: '{n}日', easy: '{m}日', en: '{n} days'}", "placeholders"),
        ("a.b: {ja: 日《にち, easy: 日, en: day}", "ruby"),
        ("a.b: {ja: '{', easy: 日, en: day}", "brace"),
        ("Key: {ja: a, easy: a, en: a}", "not a key"),
        ("a.b: {ja: a, easy: a, en: a}\na.b: {ja: b, easy: b, en: b}", '"a.b" is written twice'),
        ("a.b: {ja: a", "YAML"),
        ("- a.b", "holds no texts"),
        ("# nothing yet", "empty"),
    ],
)
def test_a_faulty_catalogue_names_the_file_and_the_fault(tmp_path: Path, body: str, complaint: str) -> None:
    with pytest.raises(texts.TextsError) as caught:
        texts.read([write(tmp_path, body)])
    assert complaint in str(caught.value)
    assert "/texts.yaml:" in str(caught.value)


def test_a_fault_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(texts.TextsError, match=r"texts\.yaml:3: c\.d: en is empty"):
        texts.read([write(tmp_path, "# Words\na.b: {ja: a, easy: a, en: a}\nc.d: {ja: c, easy: c, en: ''}")])


def test_a_key_in_two_files_is_refused(tmp_path: Path) -> None:
    one = write(tmp_path, "a.b: {ja: a, easy: a, en: a}")
    with pytest.raises(texts.TextsError, match="already"):
        texts.read([one, one])


def test_parameters_are_escaped_in_html_and_left_alone_in_plain_text() -> None:
    attack = '<script>alert("x")</script>'
    assert "<script>" not in texts.t("ui.signed_in_as", "ja", name=attack)
    assert "&lt;script&gt;" in texts.t("ui.signed_in_as", "ja", name=attack)
    assert texts.plain("ui.signed_in_as", "ja", name=attack) == f"{attack} さん"


def test_a_text_passed_as_parameter_keeps_its_readings() -> None:
    inner = say(text("住民登録", "住民登録《じゅうみんとうろく》"), "easy", furigana=True)
    assert "<rt>" in texts.t("ui.form.known", "easy", furigana=True, source=inner)


def test_english_knows_one_day_from_two() -> None:
    assert texts.plain("ui.clock.left", "en", days=1) == "1 day left"
    assert texts.plain("ui.clock.left", "en", days=2) == "2 days left"


def test_readings_are_ruby_when_on_and_gone_when_off() -> None:
    on = texts.t("ui.skip", "easy", furigana=True)
    off = texts.t("ui.skip", "easy", furigana=False)
    assert "<ruby>" in on
    assert "<rt>ほんぶん</rt>" in on
    assert off == "本文へ 行く"
    assert "《" not in on
    assert "<ruby>" not in texts.t("ui.skip", "en", furigana=True)


def test_japanese_gets_readings_although_nobody_wrote_them() -> None:
    assert "<rt>" in texts.t("ui.form.required", "ja", furigana=True)


def test_an_unknown_key_or_a_missing_parameter_raises_while_testing() -> None:
    with pytest.raises(texts.UnknownText):
        texts.t("ui.no_such_text", "ja")
    with pytest.raises(KeyError):
        texts.t("ui.clock.left", "ja")


def test_in_service_an_unknown_key_is_logged_and_the_page_still_comes(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(texts, "is_strict", lambda: False)
    assert texts.t("ui.no_such_text", "ja") == "no such text"
    assert "ui.no_such_text" in caplog.text


def test_a_template_with_an_unknown_key_does_not_compile() -> None:
    with pytest.raises(TemplateSyntaxError, match=r"ui\.nothing"):
        Template('{% t "ui.nothing" %}')
    with pytest.raises(TemplateSyntaxError, match="days"):
        Template('{% t "ui.clock.left" %}')


def test_the_tag_speaks_the_language_of_the_context() -> None:
    template = Template('{% t "ui.home" %}|{% plain "ui.home" as x %}{{ x }}|{% t key %}')
    assert template.render(Context({"lang": "en", "key": "ui.back"})) == "Home|Home|Back"
    assert template.render(Context({"lang": "ja", "key": "ui.back"})).startswith("トップページ|")


def test_a_packs_text_is_escaped_and_none_is_nothing() -> None:
    assert say(text("<b>重要</b>"), "ja") == "&lt;b&gt;重要&lt;/b&gt;"
    assert say(None, "ja") == ""
    assert say_plain(text("犬《いぬ》"), "ja") == "犬"
    assert Template("{% say x %}").render(Context({"x": text("犬《いぬ》"), "lang": "ja"})) == "犬"
