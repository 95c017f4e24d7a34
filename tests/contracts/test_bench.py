"""`bin/bench` runs, counts and prints. What its numbers are depends on the machine and decides nothing here."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench import apply, eligibility, guide, pages, plan, processes
from bench.forms import read_form


def run(project: Path, measurement: str) -> dict[str, Any]:
    finished = subprocess.run(
        [sys.executable, "-m", "bench", measurement, "--json", "--quick"],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr[-3000:]
    found: dict[str, Any] = json.loads(finished.stdout)
    return found


def test_bench_apply_hands_applications_in_and_prints_every_number(project: Path) -> None:
    found = run(project, "apply")
    name = "postgresql" if os.environ.get("DATABASE_URL") else "sqlite"
    engine = found["engines"][name]
    assert engine["ratio"] > 0
    for one in (*engine["dokodemo"], *engine["bare_form"]):
        assert one["submissions"] >= one["users"]
        assert one["requests"] == 11 * one["submissions"]
        assert 0 < one["p50_ms"] <= one["p95_ms"]
        assert one["memory_mib"]["total"] > 0
    text = apply.table(found)
    for label in ("submissions/s", "requests/s", "p50", "p95", "MiB PSS", "bare form", name):
        assert label in text


@pytest.mark.once
def test_bench_pages_weighs_every_public_page_and_none_needs_a_script(project: Path) -> None:
    found = run(project, "pages")
    paths = {page["path"] for page in found["pages"]}
    assert {"/", "/plan", "/verify", "/procedures/child-allowance-claim/"} <= paths
    for page in found["pages"]:
        assert page["total_bytes"] < pages.MOST_BYTES, page
        assert page["html_bytes"] < page["html_bytes_plain"], page
        assert page["scripts"] == 0, page
        assert page["server_p95_ms"] > 0
    assert all(path in pages.table(found) for path in ("/plan", "/privacy"))


@pytest.mark.once
def test_bench_guide_compares_questions_with_all_conditions_of_every_life_event(project: Path) -> None:
    found = run(project, "guide")
    assert {"birth", "moving_in", "bereavement"} <= {event["event"] for event in found["events"]}
    for event in found["events"]:
        for kind in ("lived", "any"):
            assert 0 < event[kind]["questions"] <= event[kind]["asked"] <= event["conditions"], event
            # What the register holds spares questions; in one event the order of the rest may cost one again.
            assert 0 < event[kind]["questions_register"] <= event[kind]["questions"] + 1, event
    for kind in ("lived", "any"):
        assert found["overall"][kind]["asked_register"] <= found["overall"][kind]["asked"], found["overall"]
        assert 0 < found["overall"][kind]["questions"] <= found["aim"], found["overall"]
    assert "overall" in guide.table(found)


@pytest.mark.once
def test_bench_eligibility_compares_rules_with_numpy_explains_and_runs_over_a_city(project: Path) -> None:
    found = run(project, "eligibility")
    assert [row["residents"] for row in found["rules"]] == list(eligibility.QUICK_SIZES)
    for row in found["rules"]:
        assert row["equal"], row
        assert 0 < row["entitled"] < row["residents"]
        assert row["unknown"] > 0
        assert row["ratio"] == row["ours_seconds"] / row["numpy_seconds"] > 0
        assert row["first_seconds"] > row["ours_seconds"]
        assert 0 < row["peak_gib"] < eligibility.AIM_GIB
    assert 0 < found["explain_p50_ms"] <= found["explain_p95_ms"]
    assert found["run"]["residents"] == eligibility.QUICK_RESIDENTS
    assert found["run"]["benefits"] > 0
    assert 0 < found["run"]["seconds"] < found["run"]["with_start_seconds"]
    text = eligibility.table(found)
    for label in ("ratio", "first run", "GiB", "p95", "eligibility run", "same results", "measures nothing"):
        assert label in text


@pytest.mark.once
def test_bench_plan_reads_every_page_of_a_large_plan_and_its_counters_are_what_a_full_count_gives(
    project: Path,
) -> None:
    found = run(project, "plan")
    size, rows = found["size"], found["rows"]
    assert size["values"] == size["plans"] * size["indicators"] * size["years"] * size["sections"]
    assert rows["events"] == rows["seals"] == 10 * size["cases"] == 10 * rows["cases"]
    counters = found["counters"]
    assert counters["differences"] == 0
    assert counters["recompute"]["rows"] > 0
    assert counters["followed"]["seals"] >= 1000
    assert counters["ratio"] == round(counters["recompute"]["seconds"] / plan.CEILING_SECONDS, 3)
    measured = {page["path"] for page in found["pages"]}
    assert {*plan.PUBLIC, *plan.OFFICE} <= measured
    for page in found["pages"]:
        assert 0 < page["p50_ms"] <= page["p95_ms"], page
        assert page["ratio"] == pytest.approx(page["p95_ms"] / plan.CEILING_MS, abs=0.01), page
    assert found["memory_mib"]["total"] > 0
    text = plan.table(found)
    for label in (
        "counted anew",
        "new events followed",
        "differences",
        "MiB",
        "p95",
        "measures nothing",
        "/plan",
    ):
        assert label in text


def test_an_unknown_measurement_is_refused_with_the_list_of_those_there_are(project: Path) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "bench", "nothing"], cwd=project, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 2
    for name in ("apply", "pages", "writes"):
        assert name in finished.stderr


PAGE = """
<form method="post" action="/elsewhere"><input name="other" value="x"></form>
<form id="apply" method="post" enctype="multipart/form-data">
<input type="hidden" name="csrfmiddlewaretoken" value="token">
<input name="a.phone"><input name="a.name" value="髙木">
<input type="radio" name="a.main" value="true"><input type="radio" name="a.main" value="false">
<select name="a.kind"><option value=""></option><option value="one">1</option><option value="two">2</option></select>
<input type="file" name="a.file"><button>次へ</button>
</form>
"""


def test_the_load_sends_what_a_browser_would_send() -> None:
    form = read_form(PAGE)
    kind, body = form.body({".phone": "0968", ".main": "false", ".kind": "two"}, b"bytes")
    assert kind.startswith("multipart/form-data; boundary=")
    text = body.decode()
    for name, value in {
        "csrfmiddlewaretoken": "token",
        "a.phone": "0968",
        "a.name": "髙木",
        "a.main": "false",
        "a.kind": "two",
    }.items():
        assert f'name="{name}"\r\n\r\n{value}\r\n' in text
    assert 'name="a.file"; filename="a.png"' in text
    assert "other" not in text
    form.multipart = False
    assert form.body({}, b"")[1].startswith(b"csrfmiddlewaretoken=token&")


def test_a_page_without_a_form_of_its_own_is_no_page_of_the_way() -> None:
    with pytest.raises(ValueError, match="no form"):
        read_form('<form method="post" action="/elsewhere"></form>')


def test_doubled_receipts_end_the_measurement() -> None:
    seen = {"errors": [], "receipts": 2, "distinct": 1}
    with pytest.raises(apply.NotMeasured, match="distinct"):
        apply._result(apply.CITY, 1, seen, 0.0, processes.Watch(os.getpid(), {}))


def test_memory_of_processes_is_read_and_what_has_ended_holds_none() -> None:
    held = processes.held_by([os.getpid()])
    assert 0 < held.pss <= held.rss
    assert processes.held_by([2**22 - 1]) == processes.Held(0, 0)
    assert os.getpid() in processes.descendants(os.getpid())
