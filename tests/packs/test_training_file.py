"""`plan/training.yaml`: what is wrong is told with file and line, and the shipped courses can be completed."""

from __future__ import annotations

from pathlib import Path

import pytest

from dokodemo.kernel.packs import Pack, PackError, open_pack
from dokodemo.promotion.training.definitions import check, load_training
from dokodemo.promotion.training.logic import graded

TEXT = "{ja: あ, easy: あ, en: A}"
QUIZ = f"quiz: {{pass_mark: 50, questions: [{{ask: {TEXT}, choices: [{TEXT}, {TEXT}], right: 1, because: {TEXT}}}]}}"
COURSE = f"code: CODE, title: {TEXT}, about: {TEXT}, kind: security, for_roles: [cio], since: 2026-04-01, grace_days: 30"


def city(folder: Path, text: str) -> Pack:
    """A pack with one file of training."""
    own = folder / "tiny"
    (own / "plan").mkdir(parents=True)
    (own / "pack.yaml").write_text(f"name: tiny\ntitle: {TEXT}\n", "utf-8")
    (own / "plan" / "training.yaml").write_text(text, "utf-8")
    return open_pack("tiny", roots=[folder])


@pytest.mark.parametrize("name", ["arao", "mihon", "japan"])
def test_the_shipped_courses_have_nothing_wrong(name: str) -> None:
    assert check(open_pack(name)) == []


def test_arao_ships_a_yearly_security_course_with_a_quiz_and_a_drill_that_leads_to_it() -> None:
    file = load_training(open_pack("arao"))
    yearly, drill = file.course("security-yearly"), file.course("phishing-drill")
    assert yearly is not None
    assert yearly.quiz is not None
    assert drill is not None
    assert (yearly.every_months, drill.after_click) == (12, "security-yearly")
    right = [question.right for question in yearly.quiz.questions]
    assert graded(right, right, yearly.quiz.pass_mark).passed
    assert all(course.sample for course in file.courses)


@pytest.mark.parametrize(
    ("courses", "said"),
    [
        (f"{COURSE}, completed_by: quiz", "does not fit its quiz"),
        (f"{COURSE}, completed_by: drill, {QUIZ}", "does not fit its quiz"),
        (f"{COURSE}, completed_by: quiz, {QUIZ.replace('right: 1', 'right: 3')}", "there are 2 choices"),
        (f"{COURSE}, completed_by: attendance, after_click: CODE", "is no drill"),
        (f"{COURSE.replace('[cio]', '[pilot]')}, completed_by: attendance", "for_roles"),
    ],
)
def test_a_course_that_cannot_be_completed_is_refused(tmp_path: Path, courses: str, said: str) -> None:
    with pytest.raises(PackError, match=said) as refused:
        load_training(city(tmp_path, f"courses:\n  - {{{courses}}}\n"))
    assert refused.value.problems[0].file.endswith("tiny/plan/training.yaml")


def test_a_code_twice_and_a_drill_that_leads_nowhere_are_told_with_their_lines(tmp_path: Path) -> None:
    one = f"  - {{{COURSE}, completed_by: attendance}}\n"
    drill = f"  - {{{COURSE.replace('CODE', 'D')}, completed_by: drill, after_click: moon}}\n"
    kept = "kept: {years: 3, sample: true}\n"
    found = check(city(tmp_path, "courses:\n" + one + one + drill + kept))
    assert [(problem.line, "moon" in str(problem)) for problem in found] == [(3, False), (4, True)]


def test_courses_without_a_period_for_the_records_of_people_are_told(tmp_path: Path) -> None:
    (found,) = check(city(tmp_path, f"courses:\n  - {{{COURSE}, completed_by: attendance}}\n"))
    assert "does not say how long" in str(found)
    assert check(city(tmp_path / "none", "skills: []\n")) == []
