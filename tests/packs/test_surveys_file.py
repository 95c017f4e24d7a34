"""`plan/surveys.yaml` and `organisation/districts.yaml`: the shipped ones, and errors that name file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from dokodemo.kernel.packs import Pack, open_pack
from dokodemo.promotion.surveys.definitions import check, load_districts, load_surveys, surveys_of

PACKS = Path(__file__).resolve().parents[2] / "src" / "dokodemo" / "packs"
TEXT = "{ja: 小, easy: 小《ちい》さい, en: Small}"
SURVEY = f"""surveys:
  - code: small
    title: {TEXT}
    purpose: {TEXT}
    section: digital
    measures: [everyday]
    denominator: all_valid
    questions:
      - code: one
        ask: {TEXT}
        indicator: K1
        options:
          - {{code: good, label: {TEXT}, top: true}}
          - {{code: bad, label: {TEXT}}}
    kept: {{years: 3, sample: true}}
"""
DISTRICTS = f"districts:\n  - {{code: chuo, name: {TEXT}, towns: [中央]}}\n"


def city(folder: Path, surveys: str, districts: str = DISTRICTS) -> Pack:
    """A city above mihon's files with a survey and districts of its own."""
    own = folder / "tiny"
    (own / "plan").mkdir(parents=True)
    (own / "organisation").mkdir()
    (own / "pack.yaml").write_text(f"name: tiny\ntitle: {TEXT}\nextends: [japan]\n", "utf-8")
    for name in ("plan/plan.yaml", "plan/indicators.yaml", "organisation/sections.yaml"):
        (own / name).write_text((PACKS / "mihon" / name).read_text("utf-8"), "utf-8")
    (own / "plan" / "surveys.yaml").write_text(surveys, "utf-8")
    (own / "organisation" / "districts.yaml").write_text(districts, "utf-8")
    return open_pack("tiny", roots=[folder, PACKS])


@pytest.mark.parametrize("name", ["arao", "mihon"])
def test_the_shipped_surveys_are_right_and_marked_as_examples(name: str) -> None:
    pack = open_pack(name)
    assert check(pack) == []
    assert all(survey.sample for survey in load_surveys(pack).surveys)
    districts = load_districts(pack)
    assert districts is not None
    assert all(district.sample for district in districts.districts)


def test_every_town_of_the_demonstration_has_a_district() -> None:
    for name in ("arao", "mihon"):
        pack = open_pack(name)
        towns, districts = pack.document("demo/towns.yaml"), load_districts(pack)
        assert towns is not None
        assert districts is not None
        assert {town["name"] for town in towns.data["towns"]} <= set(districts.of_town())


def test_the_target_of_the_plan_has_its_question_and_its_denominator() -> None:
    survey = surveys_of("arao")[0].survey
    question = next(one for one in survey.questions if one.indicator == "convenience")
    assert [option.code for option in question.options if option.top] == ["strongly", "rather"]
    assert survey.denominator == "all_valid"
    assert survey.age_bands[0] == 18
    assert 75 in survey.age_bands


def test_a_city_of_ones_own_is_right(tmp_path: Path) -> None:
    assert check(city(tmp_path, SURVEY)) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("section: digital", "section: nobody", 5, "section nobody"),
        ("measures: [everyday]", "measures: [everyday, other]", 6, "measure other"),
        ("indicator: K1", "indicator: K9", 11, "K9"),
        ("denominator: all_valid", "denominator: some", 7, "denominator"),
        (", top: true", "", 9, "no option counts as top"),
        ("denominator: all_valid", "denominator: all_valid\n    age_bands: [45, 18]", 2, "do not rise"),
        (", top: true", ", top: true, unsure: true", 13, "both top and unsure"),
        ("code: bad", "code: good", 9, "codes of their own"),
        ("        options:", "        limit: 50\n        options:", 9, "no limit"),
        (
            "denominator: all_valid",
            "denominator: all_valid\n    minimum_per_stratum: 1",
            8,
            "minimum_per_stratum",
        ),
        ("    section: digital\n", "    section: digital\n    price: 3\n", 6, "price"),
        ("    kept: {years: 3, sample: true}\n", "", 2, "does not say how long"),
        ("years: 3", "years: 0", 15, "years"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(
    tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    assert old in SURVEY
    problems = check(city(tmp_path, SURVEY.replace(old, new)))
    assert len(problems) == 1
    assert problems[0].file.endswith("plan/surveys.yaml")
    assert problems[0].line == line
    assert said in str(problems[0])


def test_a_town_in_two_districts_is_told(tmp_path: Path) -> None:
    twice = DISTRICTS + f"  - {{code: kita, name: {TEXT}, towns: [中央]}}\n"
    problems = check(city(tmp_path, SURVEY, twice))
    assert [problem.file.endswith("organisation/districts.yaml") for problem in problems] == [True]
    assert "中央" in str(problems[0])
