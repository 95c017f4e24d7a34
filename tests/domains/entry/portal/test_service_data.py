"""Procedures for machines: every one in force, under the names of the standard, page by page, and told apart by a tag."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.service_catalogue import COLUMNS, STANDARD
from dokodemo.entry.portal import service_data

pytestmark = pytest.mark.django_db
# What the standard calls required (必).
REQUIRED = ("制度所管組織", "タイトル", "概要", "内容", "連絡先情報")


def test_the_table_holds_every_procedure_in_force_with_what_the_standard_requires() -> None:
    answer = Client().get("/procedures.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert tuple(rows[0]) == COLUMNS
    assert set(REQUIRED) <= set(STANDARD)
    assert len(rows) == len(procedures.published())
    assert all(row[name] for row in rows for name in REQUIRED)
    assert not any(mark in "".join(row.values()) for row in rows for mark in "《》｜")
    dog = next(row for row in rows if row["制度番号"].endswith("-dog-registration"))
    assert dog["詳細URL"] == "http://testserver/procedures/dog-registration/"
    assert dog["確認の状況"] == "未確認・見本"
    assert Client().get(dog["詳細URL"]).status_code == 200


def test_the_pages_hold_the_same_rows_and_lead_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_data, "PAGE", 30)
    found, address = [], "/procedures.json"
    while address:
        page = Client().get(address).json()
        found += page["procedures"]
        address = page["next"]
    assert [row["制度番号"] for row in found] == sorted({row["制度番号"] for row in found})
    assert page["total"] == len(found) == len(procedures.published())
    assert Client().get("/procedures.json?page=99999").json()["next"] is None
    assert Client().get("/procedures.json?page=-1").json()["page"] == 1


@pytest.mark.parametrize("address", ["/procedures.csv", "/procedures.json"])
def test_who_has_the_newest_is_told_so(address: str) -> None:
    first = Client().get(address)
    again = Client().get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert "public" in first.headers["Cache-Control"]
