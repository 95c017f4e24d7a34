"""The passwords of made-up staff (見本職員の合言葉): kept for the next start, for nobody else to read."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from django.test import override_settings

from dokodemo.city.organisation.demo_staff import DemoSignIn
from dokodemo.entry.server import demo_sign_ins
from dokodemo.kernel.access import Role

HEAD = DemoSignIn(
    "childcare-head", "ygzj-ddk7", "子育て支援課 課長（見本）", "childcare", Role.HEAD_OF_SECTION
)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    with override_settings(DOKODEMO_HOME=tmp_path):
        yield demo_sign_ins.file()


def test_those_of_a_later_start_join_those_that_were_there(file: Path) -> None:
    demo_sign_ins.keep([HEAD])
    demo_sign_ins.keep([HEAD])
    assert demo_sign_ins.known() == [asdict(HEAD)] * 2
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("written", [None, ""])
def test_a_start_that_was_cut_off_before_they_were_written_stops_no_other(
    file: Path, written: str | None
) -> None:
    if written is not None:
        file.write_text(written, encoding="utf-8")
    assert demo_sign_ins.known() == []
