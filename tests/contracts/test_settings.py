"""Wrong settings stop the start (設定の誤り), naming the variable and what to write instead."""

from __future__ import annotations

import socket
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
    "no address of a database": (
        {"DATABASE_URL": "foo"},
        ["DATABASE_URL must be postgres://USER:PASSWORD@HOST:5432/DATABASE", "leave it unset"],
    ),
    "database that does not answer": (
        {"DATABASE_URL": "postgres://city:hidden@127.0.0.1:1/city"},
        ["DATABASE_URL: PostgreSQL at 127.0.0.1:1 cannot be used", "Start it, or mend the address"],
    ),
    "port": ({"DOKODEMO_PORT": "abc"}, ["DOKODEMO_PORT='abc'", "Write a number from 1 to 65535"]),
    "port of the twin": (
        {"DOKODEMO_TWIN_PORT": "abc"},
        ["DOKODEMO_TWIN_PORT='abc'", "Write a number from 1 to 65535"],
    ),
    "proxies": ({"DOKODEMO_PROXIES": "x"}, ["DOKODEMO_PROXIES='x'", "Write a number from 0 to 9"]),
    "level of the log": (
        {"DOKODEMO_LOG_LEVEL": "LOUD"},
        ["DOKODEMO_LOG_LEVEL='LOUD'", "Choose one of: DEBUG, INFO, WARNING, ERROR, CRITICAL"],
    ),
    "pack": (
        {"DOKODEMO_PACK": "nope"},
        ["DOKODEMO_PACK='nope'", "Choose one of: arao,", "DOKODEMO_PACK_ROOTS"],
    ),
    "public address": (
        {"DOKODEMO_BASE_URL": "shiyakusho.example.jp"},
        ["DOKODEMO_BASE_URL='shiyakusho.example.jp'", "Write it as https://shiyakusho.example.jp"],
    ),
    "provider": (
        {"DOKODEMO_OIDC_ISSUER": "https://id.example.jp"},
        ["DOKODEMO_OIDC_ISSUER is set", "set DOKODEMO_OIDC_CLIENT_ID and DOKODEMO_OIDC_SECRET too"],
    ),
}
WAYS_BACK = """
import django; django.setup()
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.test import Client, RequestFactory
said = {"headers": {"host": "shiyakusho.example.jp", "x-forwarded-proto": "https"}}
answer = Client().get("/livez", **said)
print(answer.status_code, answer.headers.get("Strict-Transport-Security"))
request = RequestFactory().get("/guide/", **said)
print(request.build_absolute_uri())
print(OpenIDConnectOAuth2Adapter(request, "citizen").get_callback_url(request, None))
print(Client().get("/livez", headers={"host": "127.0.0.1"}).status_code)
print(Client().get("/livez", headers={"host": "testserver"}).status_code)
"""
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
    assert "Traceback" not in said.stderr
    assert "hidden" not in said.stderr
    made = {path.name for path in (tmp_path / "var").glob("*/*")}
    assert made <= {"django", "twin-client"}, "secrets of the settings themselves are all that is there"


@pytest.mark.parametrize(("said", "level"), [({}, "WARNING"), ({"DOKODEMO_LOG_LEVEL": "INFO"}, "INFO")])
def test_jobs_that_were_done_are_told_only_to_who_asks_for_it(
    tmp_path: Path, said: dict[str, str], level: str
) -> None:
    show = (
        "import django, logging; django.setup(); "
        "print(*(logging.getLevelName(logging.getLogger(n).getEffectiveLevel()) for n in ('', 'django.tasks')))"
    )
    usual = {"DJANGO_SETTINGS_MODULE": "dokodemo.entry.server.settings"}
    shown = City(tmp_path / "var", environment=usual | said).python("-c", show)
    assert shown.stdout.split() == [level, level], shown.stderr


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


def test_the_port_of_the_command_line_wins_over_the_variable(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        number = str(taken.getsockname()[1])
        said = City(tmp_path / "var").run("up", "--port", number)
    assert said.returncode == 1
    assert f"Port {number} is taken" in said.stderr


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


PUBLIC = {
    "DOKODEMO_BASE_URL": "https://shiyakusho.example.jp",
    "DOKODEMO_DEMO": "1",
    "DJANGO_SETTINGS_MODULE": "dokodemo.entry.server.settings",
}


def test_behind_a_proxy_with_tls_every_way_back_is_https(tmp_path: Path) -> None:
    city = City(tmp_path / "var", environment={**PUBLIC, "DOKODEMO_PROXIES": "1"})
    said = city.python("-c", WAYS_BACK)
    assert said.returncode == 0, said.stderr[-600:]
    assert said.stdout.splitlines() == [
        "200 max-age=31536000",
        "https://shiyakusho.example.jp/guide/",
        "https://shiyakusho.example.jp/accounts/oidc/citizen/login/callback/",
        "200",
        "400",
    ]


def test_nobody_but_a_proxy_is_believed_about_tls(tmp_path: Path) -> None:
    said = City(tmp_path / "var", environment=PUBLIC).python("-c", WAYS_BACK)
    assert said.stdout.splitlines()[:2] == ["200 None", "http://shiyakusho.example.jp/guide/"], said.stderr


def test_names_that_are_set_stand_beside_the_public_one_and_this_machines(tmp_path: Path) -> None:
    city = City(
        tmp_path / "var", environment={**PUBLIC, "DOKODEMO_HOSTS": "www.example.jp, shiyakusho.example.jp"}
    )
    said = city.python("-c", "from django.conf import settings; print(*settings.ALLOWED_HOSTS)")
    assert said.stdout.split() == [
        "www.example.jp",
        "shiyakusho.example.jp",
        "localhost",
        "127.0.0.1",
        "[::1]",
    ]


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
