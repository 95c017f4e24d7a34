"""`plan/promotion.yaml`: what is wrong is told with file and line, and the shipped files name what there is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dokodemo.kernel.packs import PackError, open_pack
from dokodemo.promotion.responsibility.definitions import PROMOTION_FILE, check, load_promotion

TEXT = "{ja: あ, easy: あ, en: A}"
GROUP = f"code: g, name: {TEXT}, task: {TEXT}, since: 2026-04-01"


@pytest.mark.parametrize("name", ["arao", "mihon", "japan"])
def test_the_shipped_promotion_has_nothing_wrong(name: str) -> None:
    assert check(open_pack(name)) == []


@pytest.mark.parametrize("name", ["arao", "mihon"])
def test_what_is_shipped_is_marked_as_a_sample(name: str) -> None:
    file = load_promotion(open_pack(name))
    assert file.groups
    assert file.reminders.sample
    assert all(group.sample for group in file.groups)


def test_a_city_without_the_file_reminds_on_the_usual_days() -> None:
    file = load_promotion(open_pack("japan"))
    assert (file.reminders.before_days, file.reminders.after_days, file.groups) == (7, 14, ())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("reminders: {before_days: 61}", "before_days"),
        ("reminders: {after_days: 0}", "after_days"),
        (f"groups: [{{{GROUP}, measures: []}}]", "measures"),
        (f"groups: [{{{GROUP}, measures: [everyday], until: 2026-03-31}}]", "ends before it begins"),
        (
            "sample_seats: [{seat: cio, scope: digital, held_by: {section: digital, role: cio}}]",
            "does not fit",
        ),
        ("sample_seats: [{seat: digital_staff, held_by: {section: digital, role: cio}}]", "does not fit"),
        ("sample_seats: [{seat: mayor, held_by: {section: digital, role: cio}}]", "seat"),
        ("unknown: 1", "unknown"),
    ],
)
def test_a_file_of_the_wrong_shape_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(PackError) as refused:
        load_promotion(open_pack("mihon", roots=[_with(tmp_path, text)]))
    problem = refused.value.problems[0]
    assert problem.file.endswith(PROMOTION_FILE)
    assert problem.line == 1
    assert said in f"{problem}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"groups: [{{{GROUP}, measures: [no-such]}}]", 'no measure "no-such"'),
        (f"groups: [{{{GROUP}, measures: [everyday]}}, {{{GROUP}, measures: [everyday]}}]", "g twice"),
        (
            "sample_seats: [{seat: digital_staff, scope: no-such, held_by: {section: digital, role: cio}}]",
            'no "no-such" to sit in',
        ),
        (
            "sample_seats: [{seat: group_lead, scope: g, held_by: {section: digital, role: cio}}]",
            'no "g" to sit in',
        ),
        ("sample_seats: [{seat: cio, held_by: {section: no-such, role: cio}}]", 'no section "no-such"'),
        ("sample_owners: [{section: no-such, role: cio}]", 'no section "no-such"'),
    ],
)
def test_what_names_something_that_is_not_there_is_told(tmp_path: Path, text: str, said: str) -> None:
    found = check(open_pack("mihon", roots=[_with(tmp_path, text)]))
    assert [said in problem.message for problem in found] == [True]
    assert (found[0].line, bool(found[0].remedy)) == (1, True)


def _with(folder: Path, text: str) -> Path:
    """The fictional city with another promotion file."""
    packs = Path(__file__).parents[2] / "src" / "dokodemo" / "packs"
    for name in ("japan", "mihon"):
        shutil.copytree(packs / name / "plan", folder / name / "plan") if (
            packs / name / "plan"
        ).exists() else None
        for part in ("pack.yaml", "organisation"):
            source = packs / name / part
            if source.is_dir():
                shutil.copytree(source, folder / name / part)
            elif source.exists():
                (folder / name).mkdir(exist_ok=True)
                shutil.copy(source, folder / name / part)
    (folder / "mihon" / PROMOTION_FILE).write_text(text + "\n", "utf-8")
    return folder
