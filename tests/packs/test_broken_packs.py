"""Wrong packs: each mistake is named with file, line and remedy, and little else is said to be wrong."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from dokodemo.entry.cli.pack_checks import Report, check_pack
from dokodemo.kernel.packs import Pack, open_pack

GRANT = "procedures/tree-grant/procedure.yaml"
ROWS: list[dict[str, Any]] = YAML(typ="safe").load(Path(__file__).with_name("wrong.yaml").read_text("utf-8"))
WRONG = [pytest.param(row, id=row["mistake"]) for row in ROWS]


def line_of(file: Path, words: str) -> int:
    """The line of the last place that holds the words (line breaks included)."""
    text = file.read_text("utf-8")
    assert words in text, f"{words!r} is not in {file.name}"
    return text.count("\n", 0, text.rindex(words)) + 1


def check(pack: Callable[[], Pack]) -> Report:
    return check_pack(pack)


@pytest.mark.parametrize("wrong", WRONG)
def test_a_mistake_is_named_with_file_line_and_remedy(
    wrong: dict[str, str], edited: Callable[..., Pack], small_folder: Path
) -> None:
    report = check(lambda: edited((wrong["file"], wrong["old"], wrong["new"])))
    problems = report.findings.problems
    assert problems, "nothing was found to be wrong"
    file = wrong.get("in", wrong["file"])
    line = line_of(small_folder / file, wrong["at"])
    there = [p for p in problems if p.file.endswith(f"small/{file}") and p.line == line]
    assert there, f"no problem on line {line}: {[str(p) for p in problems]}"
    assert [p for p in there if wrong["message"] in p.message and p.remedy and wrong["remedy"] in p.remedy], [
        str(p) for p in there
    ]
    assert len(problems) <= 3, [str(p) for p in problems]


def test_there_are_enough_kinds_of_mistakes() -> None:
    assert len(ROWS) >= 25


def test_the_small_pack_itself_is_right(edited: Callable[..., Pack]) -> None:
    report = check(lambda: edited())
    assert report.findings.problems == []


def test_plain_japanese_with_a_bare_kanji_is_a_warning_only(edited: Callable[..., Pack]) -> None:
    report = check(
        lambda: edited(
            (GRANT, "easy: 木《き》を 植《う》える お金《かね》,", "easy: 木を 植《う》える お金《かね》,")
        )
    )
    assert report.findings.problems == []
    warnings = [w for w in report.findings.warnings if "without a reading: 木" in w.message]
    assert warnings
    assert warnings[0].line == 2


def test_a_full_procedure_with_a_fee_at_the_counter_is_told_that_it_counts_as_partial(
    edited: Callable[..., Pack],
) -> None:
    report = check(lambda: edited((GRANT, "fee: {amount: 0}", "fee: {amount: 500, method: counter}")))
    assert report.findings.problems == []
    assert any("partly online" in warning.message for warning in report.findings.warnings)


def test_a_rule_that_nobody_can_answer_is_a_warning(edited: Callable[..., Pack]) -> None:
    report = check(
        lambda: edited(
            (
                GRANT,
                "      - {term: applicant.owns_land, required: false, show_when: applicant.resident_here}\n",
                "",
            ),
            (GRANT, "when: applicant.resident_here", "when: applicant.resident_here OR applicant.owns_land"),
        )
    )
    assert any("applicant.owns_land" in warning.message for warning in report.findings.warnings)


def test_a_text_that_asks_for_an_address_without_a_mark_is_a_warning() -> None:
    from dokodemo.entry.cli.pack_checks import CHECKS, places_are_marked

    assert places_are_marked in CHECKS
    for name in ("arao", "mihon"):
        assert places_are_marked(open_pack(name)).warnings == []


def test_a_pack_that_does_not_exist_is_a_problem_with_a_remedy() -> None:
    report = check(lambda: open_pack("atlantis"))
    assert "atlantis" in report.findings.problems[0].message
    assert "arao" in report.findings.problems[0].remedy


@pytest.mark.parametrize(("fields", "refused"), [(200 + 200 * 3, False), (200 + 200 * 3 - 1, True)])
def test_a_group_whose_page_could_never_be_sent_is_named_with_what_is_possible(
    edited: Callable[..., Pack], small_folder: Path, settings: Any, fields: int, refused: bool
) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = fields
    problems = check(lambda: edited(("vocabulary/terms.yaml", "max: 5", "max: 200"))).findings.problems
    assert bool(problems) == refused
    if refused:
        assert problems[0].line == line_of(small_folder / GRANT, "each: tree")
        assert "200 × 3 boxes is more than the 599 that can be sent" in problems[0].message
        assert problems[0].remedy is not None
        assert 'Lower `max` of the group "tree" to 199' in problems[0].remedy


def test_a_derived_term_may_be_each_member_s_own(edited: Callable[..., Pack]) -> None:
    own = """  - name: tree.is_tall
    gif: null
    own: derived
    type: boolean
    derive: "tree.height >= 100"
    label: {ja: 高い木である, easy: 高《たか》い 木《き》です, en: Tall}
    confidentiality: "1"
    purpose: eligibility
"""
    edits = (
        ("vocabulary/terms.yaml", "  - name: evidence.photo\n", f"{own}  - name: evidence.photo\n"),
        ("vocabulary/terms.yaml", "(WHERE tree.height >= 100)", "(WHERE tree.is_tall)"),
    )
    assert check(lambda: edited(*edits)).findings.problems == []
    spoilt = ("vocabulary/terms.yaml", 'derive: "tree.height >= 100"', 'derive: "tree.width >= 100"')
    assert "tree.width" in str(check(lambda: edited(spoilt)).findings.problems[0])
