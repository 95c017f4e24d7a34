"""The plan of a city agrees with its procedures and sections, and its invented people add up."""

import re
import unicodedata
from itertools import pairwise
from typing import Any

import pytest

from dokodemo.administration.procedures.reading import read_procedures
from dokodemo.kernel import text_jp
from dokodemo.kernel.packs import Pack, open_pack, pack_roots

CITIES = ("arao", "mihon")


def data_of(pack: Pack, path: str) -> Any:
    document = pack.document(path)
    assert document is not None, path
    return document.data


def sections_of(pack: Pack) -> set[str]:
    return {section["code"] for section in data_of(pack, "organisation/sections.yaml")["sections"]}


@pytest.mark.parametrize("name", CITIES)
def test_every_procedure_serves_a_measure_of_the_plan(name: str) -> None:
    pack = open_pack(name)
    measures = {measure["code"] for measure in data_of(pack, "plan/plan.yaml")["measures"]}
    own = {folder.name for root in pack_roots() for folder in root.glob(f"{name}/procedures/*")}
    for file in read_procedures(pack):
        assert set(file.definition.measures) <= measures, file.definition.slug
        assert file.definition.measures or file.definition.slug not in own, file.definition.slug


@pytest.mark.parametrize("name", CITIES)
def test_whatever_the_plan_refers_to_exists(name: str) -> None:
    pack = open_pack(name)
    plan, numbers = data_of(pack, "plan/plan.yaml"), data_of(pack, "plan/indicators.yaml")
    indicators = {indicator["code"] for indicator in numbers["indicators"]}
    strategies = {strategy["code"] for strategy in plan["strategies"]}
    measures = {measure["code"] for measure in plan["measures"]}
    assert len(measures) == len(plan["measures"])
    assert {measure["strategy"] for measure in plan["measures"]} == strategies
    for item in (*plan["measures"], *plan["roadmap"]):
        assert set(item["indicators"]) <= indicators, item["code"]
    assert all(set(item["measures"]) <= measures for item in plan["roadmap"])
    for target in numbers["targets"]:
        assert target["strategy"] in strategies
        assert target["indicator"] in indicators
    owners = {indicator["owner"] for indicator in numbers["indicators"]}
    owners |= {body["section"] for body in plan["organisation"] if body["section"]}
    assert owners <= sections_of(pack)


def test_arao_has_every_part_of_its_plan() -> None:
    pack = open_pack("arao")
    plan, numbers = data_of(pack, "plan/plan.yaml"), data_of(pack, "plan/indicators.yaml")
    counted = {key: len(plan[key]) for key in ("strategies", "measures", "guidelines", "roadmap")}
    assert counted == {"strategies": 3, "measures": 11, "guidelines": 9, "roadmap": 6}
    per_strategy = [
        [m["number"] for m in plan["measures"] if m["strategy"] == s["code"]] for s in plan["strategies"]
    ]
    assert per_strategy == [[1, 2, 3, 4], [1, 2, 3], [1, 2, 3, 4]]
    assert sorted(target["strategy"] for target in numbers["targets"]) == ["admin", "industry", "life"]


def test_the_plan_map_names_every_part_of_the_plan(project: Any) -> None:
    table = (project / "docs" / "plan-map.md").read_text("utf-8")
    pack = open_pack("arao")
    plan = data_of(pack, "plan/plan.yaml")
    codes = [
        part["code"]
        for key in ("strategies", "measures", "guidelines", "roadmap", "organisation")
        for part in plan[key]
    ]
    assert [code for code in codes if f"`{code}`" not in table] == []


def test_a_computed_target_uses_just_its_inputs() -> None:
    targets = data_of(open_pack("arao"), "plan/indicators.yaml")["targets"]
    computed = [target for target in targets if target["formula"]]
    assert computed
    for target in computed:
        names = set(re.findall(r"[a-z_]+", target["formula"])) - {"floor", "ceil", "round_down"}
        assert names == {entry["name"] for entry in target["inputs"]}


@pytest.mark.parametrize("name", CITIES)
def test_the_invented_people_add_up(name: str) -> None:
    shape = data_of(open_pack(name), "demo/population.yaml")
    assert sum(band["men"] + band["women"] for band in shape["bands"]) == 1000
    assert sum(household["share"] for household in shape["households"]) == 1000
    assert sum(shape["kana_states"].values()) == 1000
    ends = [(band["from"], band["to"]) for band in shape["bands"]]
    assert ends[0][0] == 0
    assert all(before[1] + 1 == after[0] for before, after in pairwise(ends))


def test_araos_people_are_as_old_and_live_as_together_as_in_arao() -> None:
    shape = data_of(open_pack("arao"), "demo/population.yaml")
    aged = sum(band["men"] + band["women"] for band in shape["bands"] if band["from"] >= 65)
    assert aged == 365
    people = sum(household["size"] * household["share"] for household in shape["households"])
    assert 2.0 <= people / 1000 <= 2.1


@pytest.mark.parametrize("name", CITIES)
def test_every_invented_name_can_be_stored_and_read(name: str) -> None:
    names = data_of(open_pack(name), "demo/names.yaml")
    written = [*names["family"], *names["rare"]]
    written += [person for cohort in names["given"] for sex in ("men", "women") for person in cohort[sex]]
    for entry in written:
        assert text_jp.is_katakana_name(entry["kana"]), entry
        assert not text_jp.has_private_use(entry["name"]), entry
    years = [(cohort["from"], cohort["to"]) for cohort in names["given"]]
    assert all(before[1] + 1 == after[0] for before, after in pairwise(years))


def test_araos_rare_names_try_old_forms_other_planes_and_variants() -> None:
    rare = "".join(entry["name"] for entry in data_of(open_pack("arao"), "demo/names.yaml")["rare"])
    assert any(ord(character) > 0xFFFF and unicodedata.category(character) == "Lo" for character in rare)
    assert any(0xE0100 <= ord(character) <= 0xE01EF for character in rare)
    assert unicodedata.normalize("NFC", rare) != rare
    assert {"髙", "﨑", "德"} <= set(rare)


def test_only_what_is_known_of_arao_is_no_sample() -> None:
    pack = open_pack("arao")
    sections = data_of(pack, "organisation/sections.yaml")["sections"]
    assert [section["code"] for section in sections if not section["sample"]] == ["policy"]
    charged = [file.definition for file in read_procedures(pack) if file.definition.fee.amount]
    assert charged
    assert all(definition.fee.sample for definition in charged)
    assert not any(file.definition.is_confirmed for file in read_procedures(pack))
