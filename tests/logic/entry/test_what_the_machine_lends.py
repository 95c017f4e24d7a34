"""What a run does on a machine that lacks something: it is brought first, or said, and a whole run fails without it."""

from __future__ import annotations

import pytest

from tests import machine, papers, run


@pytest.fixture
def without_poppler(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A machine without a reader of PDF, where nothing can be installed; the list of what was tried."""
    tried: list[str] = []

    def refuse(*packages: str) -> bool:
        tried.extend(packages)
        return False

    monkeypatch.setattr(machine.shutil, "which", lambda name: None)
    monkeypatch.setattr(machine, "_installed", refuse)
    return tried


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_a_missing_reader_of_pdf_is_a_failure_only_where_the_run_must_be_whole(
    without_poppler: list[str], monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="pdfsig is absent: sudo apt install poppler-utils"):
        papers.need("pdfsig")


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
def test_readers_of_pdf_are_brought_before_the_first_round(
    without_poppler: list[str], monkeypatch: pytest.MonkeyPatch, ci: str, code: int
) -> None:
    brought: list[list[str]] = []

    def first_round(round_: run.Round, arguments: list[str]) -> int:
        brought.append(list(without_poppler))
        return 0

    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(run, "pytest", first_round)
    monkeypatch.setattr(run, "chromium", lambda: "/usr/bin/chromium")
    monkeypatch.setenv("DOKODEMO_TEST_POSTGRES", "postgres://nobody@localhost/nothing")
    assert run.main([]) == code
    assert brought[0] == ["poppler-utils"]
    assert len(brought) == 4
