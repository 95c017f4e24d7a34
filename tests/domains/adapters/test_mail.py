"""Handing letters to a relay: headers, one call for many letters, and what its answers mean."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path
from typing import Any

import pytest

from dokodemo.adapters.mail import Letter, Refused, Unreachable, post, relay
from tests.domains.adapters.smtp_relay import relay as a_relay


def letter(to: str = "hanako@example.jp", **changes: Any) -> Letter:
    said = {
        "name": "0b1d-7",
        "sender": "荒尾市",
        "subject": "計画の新しいお知らせ",
        "text": "新しい動き",
        "html": "<p>新しい動き</p>",
        "stop": "https://city.example.jp/plan/follow/stop/x",
    }
    return Letter(to=to, **(said | changes))


def way(settings: Any, port: int) -> None:
    """Mail goes to a relay on this machine."""
    said = {"DOKODEMO_MAIL": "smtp://127.0.0.1:25", "DOKODEMO_MAIL_FROM": "plan@city.example.jp"}
    settings.DOKODEMO_MAIL = relay(said, Path(), demo=False)
    mailers = settings.DOKODEMO_MAIL.mailers
    mailers["default"]["OPTIONS"]["port"] = port
    settings.MAILERS = mailers


def test_letters_go_over_one_connection_with_the_headers_of_one_press_stopping(settings: Any) -> None:
    with a_relay() as server:
        way(settings, server.port)
        with post() as open_post:
            open_post.send(letter())
            open_post.send(letter("taro@example.jp", name="0b1d-8", stop=None))
        assert server.calls == 1
        (first, second) = server.taken
    assert "<hanako@example.jp>" in first[0]
    read = email.message_from_bytes(first[1], policy=email.policy.default)
    assert read["Message-ID"] == "<0b1d-7@city.example.jp>"
    assert read["List-Unsubscribe"] == "<https://city.example.jp/plan/follow/stop/x>"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read["Auto-Submitted"] == "auto-generated"
    assert str(read["From"]) == "荒尾市 <plan@city.example.jp>"
    assert str(read["Subject"]) == "計画の新しいお知らせ"
    assert {part.get_content_type() for part in read.walk()} == {
        "multipart/alternative",
        "text/plain",
        "text/html",
    }
    assert b"List-Unsubscribe" not in second[1]


@pytest.mark.parametrize("answer", ["550 no such user", "550 5.1.1 unknown", "553 bad", "552 5.2.1 disabled"])
def test_a_mailbox_that_is_not_there_is_refused_and_the_next_letter_goes(settings: Any, answer: str) -> None:
    with a_relay({"gone": answer}) as server:
        way(settings, server.port)
        with post() as open_post:
            with pytest.raises(Refused) as refused:
                open_post.send(letter("gone@example.jp"))
            open_post.send(letter())
        assert len(server.taken) == 1
    assert "gone@" not in str(refused.value)


@pytest.mark.parametrize("answer", ["450 busy", "550 5.7.1 relaying denied", "452 4.2.2 full"])
def test_what_may_pass_or_is_the_relays_policy_is_no_refusal_of_the_mailbox(
    settings: Any, answer: str
) -> None:
    with a_relay({"later": answer}) as server:
        way(settings, server.port)
        with post() as open_post, pytest.raises(Unreachable) as failed:
            open_post.send(letter("later@example.jp"))
    assert not failed.value.everybody


def test_a_relay_that_is_away_is_away_for_everybody(settings: Any) -> None:
    with a_relay() as server:
        port = server.port
    way(settings, port)
    with post() as open_post, pytest.raises(Unreachable) as failed:
        open_post.send(letter())
    assert failed.value.everybody


def test_what_the_twin_writes_is_for_this_user_alone(settings: Any, tmp_path: Path) -> None:
    settings.DOKODEMO_HOME = tmp_path
    settings.DOKODEMO_MAIL = relay({}, tmp_path, demo=True)
    settings.MAILERS = settings.DOKODEMO_MAIL.mailers
    with post() as open_post:
        open_post.send(letter())
    folder = tmp_path / "mail"
    assert folder.stat().st_mode & 0o077 == 0
    (written,) = folder.iterdir()
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in written.read_bytes()
