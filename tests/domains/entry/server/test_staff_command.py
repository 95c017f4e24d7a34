"""`dokodemo staff` (職員のログインの再発行)."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from django.test import Client
from factor_steps import SET_UP, give_password, set_up_app

from dokodemo.entry.cli.main import main
from dokodemo.kernel.access import Account

pytestmark = pytest.mark.django_db


def test_a_fresh_password_is_printed_alone_and_works(clerk: Account) -> None:
    ran = CliRunner().invoke(main, ["staff", "password", "hanako"])
    assert ran.exit_code == 0, ran.output
    fresh = ran.stdout.strip()
    assert give_password(Client(), "hanako", fresh).status_code == 302
    assert give_password(Client(), "hanako").status_code == 200


def test_a_reset_takes_the_factor_and_says_what_comes_next(client: Client, clerk: Account) -> None:
    set_up_app(client, "hanako")
    ran = CliRunner().invoke(main, ["staff", "reset-factor", "hanako"])
    assert ran.exit_code == 0, ran.output
    assert "2 removed" in ran.stdout
    assert give_password(Client(), "hanako")["Location"] == SET_UP


@pytest.mark.parametrize("verb", ["password", "reset-factor"])
def test_an_unknown_name_is_named(db: None, verb: str) -> None:
    Account.objects.create(username="resident-1", kind="resident")
    for name in ("nobody", "resident-1"):
        ran = CliRunner().invoke(main, ["staff", verb, name])
        assert ran.exit_code == 1
        assert name in ran.output
