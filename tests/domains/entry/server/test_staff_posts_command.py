"""`dokodemo staff add`, `appoint`, `end`, `list` (職員の登録・発令): a real city comes to its first administrator."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result
from django.test import Client
from factor_steps import give_password

from dokodemo.city.organisation import queries
from dokodemo.city.organisation.actions import load_sections
from dokodemo.city.organisation.models import Section
from dokodemo.entry.cli.main import main
from dokodemo.entry.cli.up import _tell_first_administrator
from dokodemo.kernel.access import Account, Grant, Role
from dokodemo.kernel.events.models import Event
from dokodemo.kernel.packs import open_pack

pytestmark = pytest.mark.django_db


@pytest.fixture
def real_city(settings) -> None:  # type: ignore[no-untyped-def]
    settings.DOKODEMO_DEMO = False
    load_sections(open_pack("arao"))


def run(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, ["staff", *words], input=typed)


def added(*more: str) -> str:
    ran = run("add", "hanako", "--name", "荒尾 花子", *more)
    assert ran.exit_code == 0, ran.output
    return ran.stdout.strip()


def grants(day: str = "2027-04-01") -> frozenset[Grant]:
    (posts,) = (one.posts for one in queries.members(queries.date.fromisoformat(day)))
    return frozenset(Grant(post.section, post.role) for post in posts)


def test_a_real_city_gets_its_first_administrator_who_signs_in(real_city: None) -> None:
    password = added("--administrator")
    assert grants() == {Grant("policy", Role.ADMINISTRATOR)}
    assert give_password(Client(), "hanako", password).status_code == 302
    assert [event.verb for event in Event.objects.order_by("pk")][-2:] == [
        "organisation.staff_created",
        "organisation.appointed",
    ]


def test_the_name_is_asked_for_when_it_is_not_given(real_city: None) -> None:
    ran = run("add", "hanako", typed="荒尾 花子\n")
    assert ran.exit_code == 0, ran.output
    assert [one.name for one in queries.members()] == ["荒尾 花子"]
    assert "Without a post nothing opens" in ran.stderr


def test_posts_are_given_at_once_from_a_day_on(real_city: None) -> None:
    added("--post", "childcare:caseworker", "--post", "care:head_of_section", "--from", "2027-04-01")
    assert grants() == {Grant("childcare", Role.CASEWORKER), Grant("care", Role.HEAD_OF_SECTION)}
    assert grants("2027-03-31") == frozenset()


def test_somebody_is_appointed_and_leaves_again(real_city: None) -> None:
    added()
    post = ("hanako", "--section", "care", "--role", "caseworker")
    assert run("appoint", *post, "--from", "2027-01-01", "--title", "主査").exit_code == 0
    assert grants() == {Grant("care", Role.CASEWORKER)}
    ran = run("end", *post, "--on", "2027-03-31")
    assert ran.exit_code == 0, ran.output
    assert grants("2027-03-31") == {Grant("care", Role.CASEWORKER)}
    assert grants() == frozenset()


def test_the_list_names_everybody_with_their_posts_as_words_and_as_json(real_city: None) -> None:
    assert "dokodemo staff add USERNAME --administrator" in run("list").stderr
    added("--administrator", "--from", "2026-04-01")
    assert run("list", "--on", "2027-04-01").stdout.splitlines() == [
        "hanako  荒尾 花子",
        "  policy administrator  システム管理者  from 2026-04-01",
    ]
    assert run("list", "--on", "2020-01-01").stdout.splitlines()[1] == "  no post"
    (row,) = json.loads(run("list", "--on", "2027-04-01", "--json").stdout)
    assert row["posts"] == [
        {
            "section": "policy",
            "role": "administrator",
            "title": "システム管理者",
            "from": "2026-04-01",
            "until": None,
        }
    ]


POST = ("--section", "care", "--role", "caseworker")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("add", "Hanako", "--name", "花子"), 1, "small letters"),
        (("add", "taro", "--name", "太郎"), 1, "Choose another"),
        (("add", "x", "--name", "花子", "--post", "care"), 2, "Write it as childcare:caseworker"),
        (("add", "x", "--name", "花子", "--post", "caer:caseworker"), 2, 'Did you mean "care"?'),
        (("add", "x", "--name", "花子", "--post", "care:casewroker"), 2, 'Did you mean "caseworker"?'),
        (("add", "x", "--name", "花子", "--from", "April"), 2, "--from 'April' is not a day"),
        (("appoint", "nobody", *POST), 1, "dokodemo staff list"),
        (("appoint", "taro", *POST, "--from", "2027-04-01", "--until", "2027-03-31"), 1, "Write a later day"),
        (("appoint", "taro", *POST, "--until", "soon"), 2, "--until 'soon' is not a day"),
        (("appoint", "taro", *POST, "--from", "1999-01-01"), 2, 'no section "care"'),
        (("end", "taro", *POST), 1, "Appointments: policy administrator from 2026-04-01"),
        (("end", "taro", "--section", "policy", "--role", "administrator"), 1, "another administrator first"),
    ],
)
def test_an_error_says_what_to_write_instead_and_changes_nothing(
    real_city: None, words: tuple[str, ...], code: int, said: str
) -> None:
    assert run("add", "taro", "--name", "太郎", "--administrator", "--from", "2026-04-01").exit_code == 0
    before = queries.members(), Event.objects.count()
    ran = run(*words)
    assert (ran.exit_code, said in ran.output) == (code, True), ran.output
    assert (queries.members(), Event.objects.count()) == before


def test_a_post_that_cannot_be_given_leaves_no_account_behind(real_city: None) -> None:
    ran = run("add", "x", "--name", "花子", "--post", "care:caseworker", "--from", "1999-01-01")
    assert ran.exit_code == 2
    assert not Account.objects.exists()


def test_a_city_that_was_never_started_is_prepared_first(db: None) -> None:
    Section.objects.all().delete()
    ran = run("add", "hanako", "--name", "花子", "--administrator")
    assert (ran.exit_code, "bin/up --prepare-only" in ran.output) == (1, True)


def test_the_start_says_how_to_add_the_first_administrator_until_there_is_one(
    real_city: None, capsys: pytest.CaptureFixture[str]
) -> None:
    _tell_first_administrator()
    assert "dokodemo staff add USERNAME --administrator" in capsys.readouterr().out
    added("--administrator")
    _tell_first_administrator()
    assert capsys.readouterr().out == ""
