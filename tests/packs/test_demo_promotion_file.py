"""`demo/promotion.yaml`: what is wrong is told with file and line, and the shipped stories name what there is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dokodemo.kernel.packs import DEFAULT_ROOT, Pack, PackError, open_pack
from dokodemo.promotion.demonstration.definitions import STORY_FILE, check, load_story

TEXT = "{ja: あ, easy: あ, en: A}"
REPORT = "state: half, grade: on_track, direction: continue, done: あ"
ISSUE = f"title: あ, words: あ, measure: everyday, section: digital, shown: {TEXT}"


def with_story(folder: Path, text: str) -> Pack:
    """The fictional city with another story."""
    shutil.copytree(DEFAULT_ROOT / "japan", folder / "japan")
    shutil.copytree(DEFAULT_ROOT / "mihon", folder / "mihon")
    (folder / "mihon" / STORY_FILE).write_text(text, "utf-8")
    return open_pack("mihon", roots=[folder])


@pytest.mark.parametrize("name", ["arao", "mihon"])
def test_the_shipped_stories_name_what_there_is(name: str) -> None:
    assert load_story(open_pack(name)) is not None
    assert check(open_pack(name)) == []


def test_a_pack_without_a_story_is_right() -> None:
    assert load_story(open_pack("japan")) is None
    assert check(open_pack("japan")) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"reports: [{{{REPORT}, action: bin-reports, grade: best}}]", "grade"),
        (f"issues: [{{{ISSUE}, finding: bin-reports, done: あ}}]", "told by half"),
        (
            f"issues: [{{{ISSUE}, finding: survey, values: {{before: 1, after: 2, vintage: あ, source: あ}}}}]",
            "half",
        ),
        (
            "evaluation: {title: あ, measure: everyday, unit: minutes, values: [1, 1, 1, 1, 1, 1], change: 6}",
            "no month after",
        ),
        ("sessions: [{course: x, days: 1, starts: 14, ends: 14, place: あ, seats: 1}]", "ends before"),
        (
            'survey: {survey: near, ask: 60, answer: 0.5, leanings: {near: {"yes": 0}}}',
            "greater than or equal to 1",
        ),
        ("systems: [{system: family-register, state: moved}]", "told by half"),
        ("systems: [{system: family-register, state: extended}]", "told by half"),
        (
            "reforms: [{task: T-1, what: あ, before: 6, after: 3, cases: 20, measured: true, freed: {core: 2}}]",
            "more hours than it saves",
        ),
        ("drill: {course: x, clicked: 2, reported: 0}", "less than or equal to 1"),
        ("unknown: 1", "unknown"),
    ],
)
def test_a_story_of_the_wrong_shape_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(PackError) as refused:
        load_story(with_story(tmp_path, text))
    problem = refused.value.problems[0]
    assert problem.file.endswith(STORY_FILE)
    assert problem.line == 1
    assert said in f"{problem}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"reports: [{{{REPORT}, action: no-such}}]", 'no action "no-such"'),
        (f"issues: [{{{ISSUE}, finding: no-such}}]", 'no action "no-such"'),
        (f"issues: [{{{ISSUE}, finding: survey, indicator: no-such}}]", 'no indicator "no-such"'),
        (
            "meetings: [{days: 0, place: あ, agenda: あ, decisions: [{words: あ, follow_ups: "
            "[{words: あ, section: no-such, days: 1}]}]}]",
            'no section "no-such"',
        ),
        ("systems: [{system: no-such, state: testing}]", 'no system "no-such"'),
        ("quizzes: [{course: no-such, take: 1, right: 1}]", 'no quiz "no-such"'),
        ("drill: {course: no-such, clicked: 0, reported: 1}", 'no drill "no-such"'),
        (
            "reforms: [{task: no-such, what: あ, before: 6, after: 3, cases: 200, measured: true}]",
            'no task "no-such"',
        ),
        ("survey: {survey: no-such, ask: 60, answer: 0.5, leanings: {}}", 'no survey "no-such"'),
        ("survey: {survey: near, ask: 60, answer: 0.5, leanings: {near: {maybe: 1}}}", "no option maybe"),
        (
            "survey: {survey: near, ask: 60, answer: 0.5, leanings: {}, words: {near: [あ]}}",
            "answered in words",
        ),
    ],
)
def test_a_story_that_names_what_there_is_not_is_told_with_its_place(
    tmp_path: Path, text: str, said: str
) -> None:
    problems = check(with_story(tmp_path, text))
    assert [said in f"{one}" for one in problems] == [True]
    assert problems[0].file.endswith(STORY_FILE)
    assert problems[0].line == 1
