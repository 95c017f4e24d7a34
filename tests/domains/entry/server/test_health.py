"""What /readyz says (稼働確認): the part that is missing, and no more than that."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from dokodemo.administration.procedures.models import CurrentVersion
from dokodemo.entry.server import health
from dokodemo.kernel.crypto import CryptoError

pytestmark = pytest.mark.django_db


def asked(client: Client) -> tuple[int, dict[str, Any]]:
    answer = client.get("/readyz")
    return answer.status_code, answer.json()


def test_a_city_with_procedures_in_force_is_ready(client: Client) -> None:
    assert asked(client) == (200, {"ready": True, "database": "ok", "procedures": "ok", "keys": "ok"})


def test_a_city_whose_procedures_have_all_been_retired_is_not(client: Client) -> None:
    CurrentVersion.objects.update(retired_at=timezone.now())
    status, said = asked(client)
    assert (status, said["ready"]) == (503, False)
    assert said["procedures"] == "none published: run `dokodemo pack load`"


def test_keys_that_cannot_be_read_and_a_silent_database_are_each_told_by_a_word(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked() -> None:
        raise CryptoError("/where/they/are: mode 644")

    def silent() -> bool:
        raise OperationalError("connection to 10.0.0.1 refused")

    monkeypatch.setattr(health, "ensure_key_ring", locked)
    monkeypatch.setattr(health, "is_open", silent)
    assert asked(client) == (503, {"ready": False, "database": "OperationalError", "keys": "CryptoError"})
