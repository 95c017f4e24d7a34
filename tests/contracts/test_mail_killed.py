"""A worker killed while it hands a letter over: the letter is never lost, and a second copy has the same Message-ID."""

from __future__ import annotations

import email
import signal
from datetime import timedelta
from typing import Any

import pytest

from dokodemo.kernel import calendar_jp
from dokodemo.promotion.following import logic, tasks
from dokodemo.promotion.following.logic import Wishes
from dokodemo.promotion.following.models import CONFIRM, SENT, Follower, Mail
from tests.domains.adapters.smtp_relay import relay


def a_letter() -> Mail:
    """Somebody has asked, and the question waits to be handed over."""
    now = calendar_jp.now()
    follower = Follower.objects.create(
        plan="arao-dx", alike=b"0" * 16, address="hanako@example.jp", asked_at=now
    )
    return Mail.objects.create(
        follower=follower, kind=CONFIRM, wishes=Wishes().as_json(), made_at=now, due_at=now
    )


@pytest.mark.parametrize(("word", "copies"), [("RCPT", 1), ("DATA", 2)])
def test_a_letter_survives_the_death_of_its_sender(
    shared_city: Any, monkeypatch: pytest.MonkeyPatch, word: str, copies: int
) -> None:
    monkeypatch.setenv("DOKODEMO_KEY_RING", str(shared_city.city.home / "keys" / "ring.json"))
    with relay() as server:
        server.hangs_at = word
        shared_city.city.environment |= {
            "DOKODEMO_MAIL": f"smtp://localhost:{server.port}",
            "DOKODEMO_MAIL_FROM": "plan@city.example.jp",
        }
        letter = a_letter()
        tasks.send.enqueue()
        first = shared_city.start_worker()
        assert server.hanging.wait(60)
        first.send_signal(signal.SIGKILL)
        first.wait()
        server.hangs_at = ""
        server.go_on.set()
        letter.refresh_from_db()
        assert letter.state == "sending"
        # Nobody touches it while its sender may still live; then the next run finds it.
        letter.claimed_at = calendar_jp.now() - logic.LEASE - timedelta(seconds=1)
        letter.save(update_fields=["claimed_at"])
        tasks.send.enqueue()
        shared_city.start_worker()
        shared_city.wait(lambda: Mail.objects.get(pk=letter.pk).state == SENT)
        names = [email.message_from_bytes(content)["Message-ID"] for _, content in server.taken]
    assert names == [f"<{letter.pk}@city.example.jp>"] * copies
