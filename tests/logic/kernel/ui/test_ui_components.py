"""Tags and components: what they say in words, and that they escape."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django.urls import path
from ui_builders import LANGS, text

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.ui.views import unavailable

ATTACK = '"><script>alert(1)</script>'


def say(source: str, **context: Any) -> str:
    return Template(source).render(Context({"lang": "ja", **context}))


def part(name: str, **context: Any) -> str:
    return render_to_string(f"ui/parts/{name}.html", {"lang": "ja", **context})


@pytest.fixture
def on_23_november(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar_jp, "today", lambda: date(2026, 11, 23))


def test_a_day_is_said_in_the_readers_calendar_and_given_to_machines() -> None:
    assert say("{% wareki d %}", d=date(2026, 11, 23)) == '<time datetime="2026-11-23">令和8年11月23日</time>'
    assert "23 November 2026" in say("{% wareki d %}", d=date(2026, 11, 23), lang="en")
    assert say("{% wareki d %}", d=None) == ""
    assert "令和8年11月24日" in say("{% wareki d %}", d=datetime(2026, 11, 23, 15, 0, tzinfo=UTC))


def test_a_moment_is_said_in_japanese_time_with_morning_or_afternoon() -> None:
    assert "令和8年11月23日 午後2時07分" in say(
        "{% moment at %}", at=datetime(2026, 11, 23, 5, 7, tzinfo=UTC)
    )
    assert "午前0時30分" in say("{% moment at %}", at=datetime(2026, 11, 22, 15, 30, tzinfo=UTC))
    assert "12:30 am" in say("{% moment at %}", at=datetime(2026, 11, 22, 15, 30, tzinfo=UTC), lang="en")


def test_money_has_separators() -> None:
    assert say("{% yen n %}", n=1234567) == "1,234,567円"
    assert say("{% yen n %}", n=3000, lang="en") == "¥3,000"


def test_a_quantity_says_its_unit() -> None:
    assert say("{% quantity n unit %}", n=1250, unit="points") == "1,250点"
    assert say("{% quantity n unit %}", n=1250, unit="points", lang="en") == "1,250 points"
    assert say("{% quantity n unit %}", n=1250, unit="yen") == "1,250円"
    with pytest.raises(ValueError, match="not a unit"):
        say("{% quantity n unit %}", n=1, unit="trees")


@pytest.mark.usefixtures("on_23_november")
@pytest.mark.parametrize(
    ("day", "words", "state"),
    [
        (24, "あと1日", "soon"),
        (30, "あと7日", "soon"),
        (23, "今日が期限", "soon"),
        (20, "期限を3日過ぎています", "late"),
    ],
)
def test_a_clock_says_in_words_how_far_the_deadline_is(day: int, words: str, state: str) -> None:
    html = say("{% clock due %}", due=date(2026, 11, day))
    assert words in html
    assert f"clock-{state}" in html


@pytest.mark.usefixtures("on_23_november")
def test_a_far_deadline_is_calm_and_a_paused_clock_says_so() -> None:
    assert "clock-calm" in say("{% clock due %}", due=date(2026, 12, 20))
    assert "止めて" in say("{% clock due paused=True %}", due=date(2026, 11, 20))
    assert "あと5日" in say("{% clock due left=5 %}", due=date(2026, 12, 20))


@pytest.mark.parametrize("lang", LANGS)
def test_marks_are_words_in_every_language_and_only_known_ones(lang: str) -> None:
    for kind in ("sample", "test", "unconfirmed", "new", "done"):
        assert say(f'{{% mark "{kind}" %}}', lang=lang).count(">") == 2
    with pytest.raises(ValueError, match="mark"):
        say('{% mark "golden" %}')


def test_the_error_summary_takes_focus_and_links_to_the_boxes() -> None:
    html = part("error_summary", errors=[{"href": "#a.b", "message": ATTACK}])
    assert "autofocus" in html
    assert 'tabindex="-1"' in html
    assert 'href="#a.b"' in html
    assert "<script" not in html
    assert part("error_summary", errors=[]).strip() == ""


@pytest.mark.parametrize(
    ("name", "context"),
    [
        ("notice", {"kind": "warning", "text": ATTACK, "title": ATTACK}),
        ("breadcrumbs", {"trail": [(ATTACK, "/"), (ATTACK, None)]}),
        (
            "steps",
            {"steps": [{"label": ATTACK, "state": "current", "href": ATTACK}], "current": 1, "total": 2},
        ),
        ("timeline", {"events": [{"title": ATTACK, "text": ATTACK, "day": date(2026, 1, 1)}]}),
        (
            "summary_list",
            {
                "rows": [
                    {"label": ATTACK, "value": ATTACK, "source": ATTACK, "differs": ATTACK, "href": ATTACK}
                ]
            },
        ),
        (
            "table",
            {
                "caption": ATTACK,
                "columns": [{"label": ATTACK}, {"label": ATTACK}],
                "rows": [[ATTACK, ATTACK]],
            },
        ),
        ("tabs", {"label": ATTACK, "tabs": [{"label": ATTACK, "href": ATTACK, "current": True, "count": 0}]}),
        ("card", {"href": ATTACK, "title": ATTACK, "text": ATTACK, "meta": ATTACK, "marks": ["sample"]}),
    ],
)
def test_no_component_lets_markup_through(name: str, context: dict[str, Any]) -> None:
    for lang in LANGS:
        html = part(name, lang=lang, **context)
        assert "<script" not in html
        assert "style=" not in html


def test_steps_say_their_state_in_words_not_by_colour_alone() -> None:
    steps = [{"label": str(n), "state": state} for n, state in enumerate(("done", "current", "todo"))]
    html = part("steps", steps=steps, current=2, total=3)
    assert html.count('aria-current="step"') == 1
    for word in ("済み", "現在", "これから", "全3ステップ中 2番目"):
        assert word in html


def test_an_empty_table_says_so() -> None:
    assert "ありません" in part("table", columns=[], rows=[])


def test_pagination_keeps_the_rest_of_the_query() -> None:
    request = RequestFactory().get("/list?q=犬&page=2")
    html = part("pagination", page=Paginator(range(95), 10).page(2), request=request)
    assert "q=%E7%8A%AC&amp;page=3" in html
    assert 'aria-current="page">2<' in html
    assert "全95件のうち11から20件目" in html
    assert part("pagination", page=Paginator(range(5), 10).page(1), request=request).strip() == ""


def test_a_change_link_names_what_it_changes() -> None:
    html = part(
        "summary_list", rows=[{"label": "住所", "value": "荒尾", "href": "/x", "source": text("住民登録").ja}]
    )
    assert 'aria-label="住所を変更"' in html
    assert "住民登録から" in html


@pytest.mark.parametrize("code", ["400", "500", "503"])
def test_pages_of_failure_need_nothing_and_speak_two_languages(code: str) -> None:
    html = render_to_string(f"{code}.html")
    assert '<html lang="ja">' in html
    assert 'lang="en"' in html
    assert "<h1>" in html
    assert "<h2>" in html


class SignInAddresses:
    """Only the two addresses that the header needs."""

    urlpatterns = [
        path("in", unavailable, name="account_login"),
        path("out", unavailable, name="account_logout"),
    ]


@override_settings(ROOT_URLCONF=SignInAddresses)
def test_the_header_offers_to_sign_in_or_says_who_is_signed_in() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    assert "ログイン" in part("account", request=request)
    assert "ログアウト" not in part("account", request=request)
    request.user = SimpleNamespace(is_authenticated=True)  # type: ignore[assignment]
    html = part("account", request=request, actor=SimpleNamespace(name=ATTACK))
    assert "ログアウト" in html
    assert "<script" not in html
    assert "ログイン中" in part("account", request=request)


def test_a_part_is_drawn_anew_only_when_its_key_or_the_language_is_another() -> None:
    told: list[str] = []

    def tell(words: str) -> str:
        told.append(words)
        return words

    template = Template("{% drawn key %}{{ words }}{% enddrawn %}")

    def drawn(words: str, key: object, **more: Any) -> str:
        return template.render(Context({"words": lambda: tell(words), "key": key, "lang": "ja", **more}))

    assert [drawn("a", (1, "x")), drawn("b", (1, "x")), drawn("c", (2, "x"))] == ["a", "a", "c"]
    assert drawn("d", (1, "x"), lang="en") == "d"
    assert drawn("e", (1, "x"), lang="easy", furigana=True) == "e"
    assert drawn("f", (1, "x"), lang="easy", furigana=False) == "f"
    assert told == ["a", "c", "d", "e", "f"]


def test_a_part_without_a_key_is_always_drawn_and_what_it_says_is_escaped() -> None:
    template = Template("{% drawn key %}{{ words }}{% enddrawn %}")
    for words in ("a", "b"):
        assert template.render(Context({"words": words, "key": None, "lang": "ja"})) == words
        assert template.render(Context({"words": words, "lang": "ja"})) == words
    assert "<script>" not in template.render(Context({"words": ATTACK, "key": 1, "lang": "ja"}))
    assert "<script>" not in template.render(Context({"words": ATTACK, "key": 1, "lang": "ja"}))


def test_parts_nobody_asked_for_longest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dokodemo.kernel.ui.templatetags.ui.MOST_PARTS", 2)
    template = Template("{% drawn key %}{{ words }}{% enddrawn %}")

    def drawn(words: str, key: int) -> str:
        return template.render(Context({"words": words, "key": key, "lang": "ja"}))

    assert [drawn("a", 1), drawn("b", 2), drawn("a2", 1), drawn("c", 3)] == ["a", "b", "a", "c"]
    assert [drawn("a3", 1), drawn("b2", 2)] == ["a", "b2"]


def test_a_part_needs_one_key() -> None:
    with pytest.raises(TemplateSyntaxError, match="holds everything"):
        Template("{% drawn %}x{% enddrawn %}")
