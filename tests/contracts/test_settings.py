"""Wrong settings stop the start (設定の誤り), naming the variable and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.cities import City

WRONG = {
    "role": ({"DOKODEMO_ROLE": "doorman"}, ["DOKODEMO_ROLE='doorman'", "choose portal, office or all"]),
    "today": ({"DOKODEMO_TODAY": "R8.11.23"}, ["DOKODEMO_TODAY='R8.11.23'", "Write it as 2026-11-23"]),
    "demo": ({"DOKODEMO_DEMO": "maybe"}, ["DOKODEMO_DEMO='maybe'", "Set it to 1 or 0"]),
    "demonstration by accident": (
        {"DOKODEMO_BASE_URL": "https://shiyakusho.example.jp"},
        ["is a public address and DOKODEMO_DEMO is not set", "Set DOKODEMO_DEMO=0 for a real city"],
    ),
    "test provider in a real city": (
        {"DOKODEMO_BASE_URL": "https://shiyakusho.example.jp", "DOKODEMO_DEMO": "0"},
        ["residents would sign in with the test provider", "Set DOKODEMO_OIDC_ISSUER"],
    ),
    "pages for developers in public": (
        {"DOKODEMO_BASE_URL": "https://demo.example.jp", "DOKODEMO_DEMO": "1", "DOKODEMO_DEBUG": "1"},
        ["would show what people typed", "Set DOKODEMO_DEBUG=0"],
    ),
    "mail": (
        {"DOKODEMO_MAIL": "smtp://mail.example.jp"},
        ["DOKODEMO_MAIL_FROM=''", "Write it alone, as plan@city.example.jp"],
    ),
    "engine": (
        {"DATABASE_URL": "mysql://city@localhost/city"},
        ["DATABASE_URL must be postgres://", "leave it unset"],
    ),
    "provider": (
        {"DOKODEMO_OIDC_ISSUER": "https://id.example.jp"},
        ["DOKODEMO_OIDC_ISSUER is set", "set DOKODEMO_OIDC_CLIENT_ID and DOKODEMO_OIDC_SECRET too"],
    ),
}
ROUTES = """
import django; django.setup()
from django.urls import Resolver404, resolve
for path in ("/", "/my/", "/office/", "/livez", "/readyz"):
    try:
        resolve(path); print(path)
    except Resolver404:
        pass
"""


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_setting_stops_the_start_and_says_what_to_write(tmp_path: Path, name: str) -> None:
    environment, sentences = WRONG[name]
    said = City(tmp_path / "var", environment=dict(environment)).run("up", "--prepare-only")
    assert said.returncode == 1
    assert all(sentence in said.stderr for sentence in sentences), said.stderr[-600:]
    assert not (tmp_path / "var" / "db" / "city.sqlite3").exists()


def test_a_key_ring_that_others_can_read_stops_the_start(tmp_path: Path) -> None:
    keys = tmp_path / "var" / "keys"
    keys.mkdir(parents=True)
    ring = keys / "ring.json"
    ring.write_text("{}")
    ring.chmod(0o644)
    said = City(tmp_path / "var").run("up", "--prepare-only")
    assert said.returncode == 1
    assert f"{ring} can be read by others. Run: chmod 600 {ring}" in said.stderr


def test_a_home_that_cannot_be_used_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = City(tmp_path / "file" / "var").run("up", "--prepare-only")
    assert said.returncode == 1
    assert str(tmp_path / "file" / "var") in said.stderr


REAL = {
    "DOKODEMO_DEMO": "0",
    "DOKODEMO_OIDC_ISSUER": "https://id.example.jp",
    "DOKODEMO_OIDC_CLIENT_ID": "city",
    "DOKODEMO_OIDC_SECRET": "x",
}


@pytest.mark.parametrize("said", [{"DOKODEMO_DEMO": "1"}, REAL], ids=["demonstration", "real city"])
def test_a_public_address_starts_once_it_is_said_what_it_is(tmp_path: Path, said: dict[str, str]) -> None:
    environment = {
        "DOKODEMO_BASE_URL": "https://shiyakusho.example.jp",
        "DJANGO_SETTINGS_MODULE": "dokodemo.entry.server.settings",
        **said,
    }
    started = City(tmp_path / "var", environment=environment).python("-c", ROUTES)
    assert started.returncode == 0, started.stderr[-600:]
    assert "/my/" in started.stdout.split()


@pytest.mark.parametrize(
    ("role", "open_", "closed"),
    [("portal", "/my/", "/office/"), ("office", "/office/", "/my/")],
)
def test_a_role_opens_its_own_doors_only(tmp_path: Path, role: str, open_: str, closed: str) -> None:
    environment = {"DOKODEMO_ROLE": role, "DJANGO_SETTINGS_MODULE": "dokodemo.entry.server.settings"}
    said = City(tmp_path / "var", environment=environment).python("-c", ROUTES)
    assert said.returncode == 0, said.stderr
    doors = said.stdout.split()
    assert open_ in doors
    assert closed not in doors
    assert {"/livez", "/readyz"} <= set(doors)
