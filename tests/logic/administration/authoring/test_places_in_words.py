"""Where something stands in a definition, as the editor calls it and not as the file does."""

from __future__ import annotations

import pytest

from dokodemo.administration.authoring.wording import place


@pytest.mark.parametrize(
    ("steps", "ja", "en"),
    [
        (("title", "en"), "手続の名前 › 英語", "Name › English"),
        (("summary", "easy"), "説明 › やさしい日本語", "Summary › Plain Japanese"),
        (("say", 2), "ふだんの言い方（1行に一つ） › 3", "Words people use (one a line) › 3"),
        (
            ("eligible", 1, "say", "ja"),
            "要件 › 2 › 住民に見せる文 › 日本語",
            "Conditions › 2 › Sentence that residents read › Japanese",
        ),
        (("law", "article"), "条項", "Article"),
        (("fee", "amount"), "手数料（円）", "Fee in yen"),
        (("form", 0, "page", "ja"), "様式と質問 › 1 › ページの見出し › 日本語", None),
        (("ended", "because", "ja"), "やめる理由（住民に見せる文） › 日本語", None),
        (("outcome", "refused"), "通知書 › refused", "Letters › refused"),
    ],
)
def test_a_place_is_called_as_the_page_on_which_it_is_written(
    steps: tuple[str | int, ...], ja: str | None, en: str | None
) -> None:
    if ja is not None:
        assert place(steps, "ja") == ja
    if en is not None:
        assert place(steps, "en") == en


def test_what_the_editor_has_no_name_for_keeps_the_files() -> None:
    assert place(("proactive", "uses", 0, "law"), "ja") == "proactive › uses › 1 › 別の法令のとき、その名前"
