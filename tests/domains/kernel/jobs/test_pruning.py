"""Finished jobs are deleted (データベースの手入れ) without a word in the terminal of whoever keeps the city running."""

from __future__ import annotations

import pytest

from dokodemo.kernel.jobs.tasks import prune


def test_pruning_says_nothing_when_all_is_well(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    prune.call()
    assert capsys.readouterr() == ("", "")
