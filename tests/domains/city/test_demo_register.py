"""The demonstration's register in the database, and the verb that imports a real one (見本の住民台帳・取込コマンド)."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path

import pytest
from city_builders import MACHINE, account, csv_of, row, the_pack
from click.testing import CliRunner

from dokodemo.city.parties import port
from dokodemo.city.parties.actions import link_sign_in
from dokodemo.city.parties.definitions import LinkOutcome
from dokodemo.city.parties.demo_register import create_demo_register, demo_cards
from dokodemo.city.parties.models import Resident
from dokodemo.entry.cli.main import main
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden

pytestmark = pytest.mark.django_db


def test_the_demonstration_fills_an_empty_register_once() -> None:
    pack = the_pack()
    stages: list[str] = []
    made = create_demo_register(
        actor=MACHINE, pack=pack, residents=300, progress=lambda stage, *_: stages.append(stage)
    )
    assert made is not None
    assert made.report.created == Resident.objects.count() == 300
    assert list(dict.fromkeys(stages)) == ["make", "check", "write"]
    assert create_demo_register(actor=MACHINE, pack=pack, residents=300) is None


def test_a_real_city_makes_nobody_up(settings: object) -> None:
    settings.DOKODEMO_DEMO = False  # type: ignore[attr-defined]
    with pytest.raises(Forbidden):
        create_demo_register(actor=MACHINE, pack=the_pack(), residents=50)
    assert not Resident.objects.exists()


def test_each_person_with_a_story_can_sign_in_with_the_card() -> None:
    pack = the_pack()
    create_demo_register(actor=MACHINE, pack=pack, residents=100)
    outcomes = {}
    actors = {}
    for card in demo_cards(pack, today=calendar_jp.today()):
        made = account()
        outcomes[card.id] = link_sign_in(
            account_id=made.pk,
            claims={
                "full_name": card.name,
                "date_of_birth": card.birthdate,
                "sex": card.gender,
                "address": card.address,
            },
        )
        actors[card.id] = Actor(kind="resident", account_id=made.pk, resident_id=port.resident_of(made.pk))
    assert outcomes.pop("protected") is LinkOutcome.AWAITING_CLERK
    assert set(outcomes.values()) == {LinkOutcome.LINKED}
    assert {"mother", "father", "daughter", "dog-owner", "foreigner", "fifteen", "other-parent"} <= set(
        outcomes
    )
    assert [o.capacity.kind for o in port.capacities(actors["mother"])] == [
        "self",
        "legal_guardian",
        "legal_guardian",
    ]
    assert [o.capacity.kind for o in port.capacities(actors["other-parent"])] == ["self"]


def test_cards_begin_with_the_stories_and_leave_out_small_children(settings: object) -> None:
    pack = the_pack()
    assert demo_cards(pack, today=calendar_jp.today()) == []
    create_demo_register(actor=MACHINE, pack=pack, residents=200)
    today = calendar_jp.today()
    cards = demo_cards(pack, today=today)
    stories = [card for card in cards if card.story]
    assert cards[: len(stories)] == stories
    assert len(stories) >= 8
    assert all(date.fromisoformat(card.birthdate).year <= today.year - 14 for card in cards)
    assert len(demo_cards(pack, today=today, residents=20)) < len(cards)
    # A card keeps saying what the register says, also on a later day.
    assert demo_cards(pack, today=today + timedelta(days=200))[0] == cards[0]
    settings.DOKODEMO_DEMO = False  # type: ignore[attr-defined]
    assert demo_cards(pack, today=today) == []
    settings.DOKODEMO_DEMO = True  # type: ignore[attr-defined]
    assert len({card.id for card in cards}) == len(cards)
    assert set(asdict(cards[0])) == {"id", "name", "kana", "birthdate", "gender", "address", "story"}


def run(*words: str) -> tuple[int, str]:
    """Run the command; exit code and everything it printed."""
    result = CliRunner().invoke(main, words)
    return result.exit_code, result.output


def test_the_verb_imports_a_file_and_says_what_it_did(tmp_path: Path) -> None:
    the_pack()
    file = tmp_path / "register.csv"
    file.write_bytes(csv_of([row(1, 1), row(2, 1, "妻")]))
    code, output = run("register", "import", str(file))
    assert (code, "2 residents read: 2 new, 0 changed, 0 unchanged." in output) == (0, True)
    code, output = run("register", "import", str(file), "--json")
    assert json.loads(output[output.index("{") :])["unchanged"] == 2


def test_the_verb_reports_a_broken_file_by_line_and_changes_nothing(tmp_path: Path) -> None:
    the_pack()
    file = tmp_path / "register.csv"
    file.write_bytes(csv_of([row(n, n, sex="?") for n in range(1, 251)]))
    code, output = run("register", "import", str(file))
    assert code == 1
    assert "register.csv: line 2, sex: is not one of the accepted words." in output
    assert "… and 50 more problems." in output
    assert "250 problems. Nothing was changed." in output
    assert not Resident.objects.exists()
    assert events.of_object("register", calendar_jp.today().isoformat()) == []
    code, output = run("register", "import", str(file), "--json")
    found = json.loads(output[output.index("{") :])
    assert (code, found["total"], len(found["problems"])) == (1, 250, 200)
    assert set(found["problems"][0]) == {"line", "column", "message", "remedy"}


def test_the_verb_says_when_there_is_no_such_file(tmp_path: Path) -> None:
    code, output = run("register", "import", str(tmp_path / "none.csv"))
    assert code == 2
    assert "does not exist" in output
