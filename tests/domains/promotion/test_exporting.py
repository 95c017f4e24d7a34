"""`dokodemo pack export` takes the plan along: the actions in force and every observed value, as files that load to the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from dokodemo.entry.cli.pack import command
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import system
from dokodemo.kernel.packs import Pack, open_pack, pack_roots
from dokodemo.promotion.indicators import actions as indicators
from dokodemo.promotion.indicators import queries
from dokodemo.promotion.indicators.definitions import Observed, check, load_observations
from dokodemo.promotion.plan import actions
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.plan.action_plan import load_actions
from tests.domains.city.city_builders import the_pack
from tests.domains.promotion.test_action_plan import CIO, OFFICER

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _city() -> None:
    the_pack()


def exported(folder: Path) -> tuple[Pack, str]:
    done = CliRunner().invoke(command, ["export", str(folder / "packs" / "arao")])
    assert done.exit_code == 0, done.output
    return open_pack("arao", roots=[folder / "packs", *pack_roots()]), done.output


def test_what_was_adopted_and_observed_comes_back_from_the_files(tmp_path: Path) -> None:
    indicators.load_of_pack(actor=system("up"))
    value = {
        "indicator": "card_holding",
        "from": "2026-08-01",
        "to": "2026-08-31",
        "value": "81.2",
        "numerator": 40_031,
        "denominator": 49_299,
        "vintage": "2026年8月末",
        "published_on": "2026-09-20",
        "source": "総務省: 「#1」",
        "evidence": "表1\n注あり",
    }
    for changes in ({}, {"value": "81.21"}):
        indicators.observe(actor=OFFICER, observed=Observed.model_validate(value | changes))
    year = calendar_jp.fiscal_year(calendar_jp.today())
    draft = actions.begin(actor=OFFICER, fiscal_year=year)
    draft = actions.take_out(actor=OFFICER, draft_id=draft.pk, revision=0, code="security-drill")
    draft = actions.send_to_review(actor=OFFICER, draft_id=draft.pk, revision=draft.revision)
    version = actions.adopt(actor=CIO, draft_id=draft.pk, revision=draft.revision)

    pack, said = exported(tmp_path)
    found = load_actions(pack)
    assert found is not None
    assert (found.fiscal_year, found.actions) == (year, plans.actions_of(version))
    assert "security-drill" not in {one.code for one in found.actions}
    known = {one for code in queries.definitions() for one in queries.observed(code)}
    assert set(load_observations(pack)) == known
    assert len(known) == 3
    assert check(pack) == []
    assert "as it stands now: plan/actions.yaml" in said
    text = (tmp_path / "packs" / "arao" / "plan" / "observations.yaml").read_text("utf-8")
    assert text.startswith("# Values observed elsewhere")
    assert text.count("observations:") == 1


def test_what_nobody_changed_stays_as_it_was(tmp_path: Path) -> None:
    pack, said = exported(tmp_path)
    own = open_pack("arao").layers[-1].folder
    for name in ("actions.yaml", "observations.yaml"):
        file = tmp_path / "packs" / "arao" / "plan" / name
        assert file.read_bytes() == (own / "plan" / name).read_bytes()
    assert "as it stands now" not in said
    assert check(pack) == []
