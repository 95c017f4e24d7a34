"""One whole walk of a person whose every detail is unmistakable: nothing of it is kept, said or logged in clear."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import DataError, connection
from django.urls import reverse
from django_ox.models import OxTask
from django_ox.testing import run_tasks

from dokodemo.administration.cases import actions, letters
from dokodemo.administration.cases.models import Case
from dokodemo.city.parties import port
from dokodemo.city.parties.models import Resident
from dokodemo.kernel.access import Account
from tests.domains.administration.cases import building
from tests.domains.city.city_builders import bring_in, claims_of, row
from tests.domains.entry import building as b
from tests.domains.entry.privacy import markers as m
from tests.domains.entry.walking import Walker

MINE = {
    "applicant.phone": m.PHONE,
    ".number": m.BANK_NUMBER,
    ".holder_kana": f"{m.FAMILY_KANA}　{m.GIVEN_KANA}",
    "dog.breed": m.WORDS["breed"],
}


class Walk:
    """A resident and the staff who work for them, each at a browser, and what became of it."""

    def __init__(self) -> None:
        people = bring_in(*_household())
        account = Account.objects.create(username="resident-of-the-walk", kind=Account.Kind.RESIDENT)
        port.link_sign_in(account_id=account.pk, claims=claims_of(people[0]))
        self.resident: Resident = people[0]
        self.account = account
        self.person = Walker(account)
        self.clerk, self.head = Walker(b.caseworker()), Walker(b.head())
        self.keeper = Walker(b.caseworker("resident"))

    @property
    def everybody(self) -> list[Walker]:
        return [self.person, self.clerk, self.head, self.keeper]

    def applies(self) -> Case:
        check = self.person.applies(answers=MINE, file=building.photograph(maker=m.CAMERA), name=m.FILE_NAME)
        assert m.FAMILY in self.person.get(check).content.decode()
        assert self.person.post(check).status_code == 302
        case = Case.objects.get(owner=self.account)
        self.person.get(reverse("portal:received", args=[case.pk]))
        return case

    def talks_and_corrects(self, case: Case) -> None:
        place = reverse("portal:case", args=[case.pk])
        assert self.person.post(f"{place}message", {"body": m.WORDS["message"]}).status_code == 302
        self.acts(self.clerk, "take", case)
        self.acts(self.clerk, "message", case, body=m.WORDS["answer"])
        self.acts(self.clerk, "note", case, note=m.WORDS["note"])
        asked = {"terms": ["applicant.phone"], "message": m.WORDS["correction"]}
        self.acts(self.clerk, "correction", case, **asked)
        self.person.get(place)
        page = self.person.post(f"{place}correct").headers["Location"]
        page = self.person.get(page).headers["Location"]
        form = {"applicant.phone": m.OTHER_PHONE, "applicant.is_public_servant": "false"}
        form |= {"applicant.main_earner": "true"}
        assert self.person.post(page, form | {"applicant.phone": "?"}).status_code == 422
        assert self.person.post(page, form).status_code == 302
        check = re.sub(r"/\d+$", "/check", urlsplit(page).path)
        assert self.person.post(check).status_code == 302
        assert b.fresh(case).answers["applicant.phone"] == m.OTHER_PHONE

    def decides(self, case: Case) -> None:
        proposal = {
            "outcome": "partially_approved",
            "reasons": m.WORDS["reasons"],
            "conditions": m.WORDS["conditions"],
        }
        outcome = (
            proposal
            if building.procedures.compiled_version(case.version_id).letter_path("partially_approved")
            else proposal | {"outcome": "refused"}
        )
        self.acts(self.clerk, "propose", case, **outcome)
        self.acts(self.head, "return", case, because=m.WORDS["returned"])
        self.acts(self.clerk, "propose", case, **outcome)
        self.acts(self.head, "approve", case)
        for attachment in case.attachments.all():
            assert self.clerk.get(reverse("office:attachment", args=[attachment.pk])).status_code == 200

    def acts(self, who: Walker, name: str, case: Case, **data: Any) -> None:
        answer = who.post(reverse(f"office:{name}", args=[case.pk]), data)
        assert answer.status_code == 302, (name, b.words(answer.content)[:500])
        assert m.FAMILY in who.get(reverse("office:case", args=[case.pk])).content.decode()

    def receives(self, case: Case) -> None:
        assert [result.status for result in run_tasks()] == ["SUCCESSFUL"]
        page = self.person.get(reverse("portal:case", args=[case.pk])).content.decode()
        letter = self.person.get(re.findall(rf'/my/cases/{case.pk}/letters/[^"]+', page)[0])
        assert letter.content.startswith(b"%PDF")
        path = Path(settings.DOKODEMO_HOME).with_suffix(".letter.pdf")
        path.write_bytes(letter.content)
        try:
            with path.open("rb") as file:
                said = self.person.post(reverse("portal:verify"), {"file": file})
        finally:
            path.unlink()
        assert "本物" in b.words(said.content)

    def is_looked_up(self) -> None:
        search = reverse("office:residents")
        for typed in ({"name": f"{m.FAMILY}{m.GIVEN}"}, {"born": m.BORN}, {"born": "昭和62年6月5日"}):
            self.keeper.post(search, typed)
        assert (
            m.FAMILY
            in self.keeper.get(
                reverse("office:resident", args=[self.resident.pk]) + "?purpose=inquiry"
            ).content.decode()
        )
        self.person.get(reverse("portal:data"))
        mandate = {"kind": "mandate", "name": f"{m.FAMILY} {m.GIVEN}", "born": m.BORN, "procedure": ""}
        assert self.person.post(reverse("portal:people"), mandate).status_code in (200, 302)


def _household() -> list[dict[str, str]]:
    mine = {
        "familyName": m.FAMILY,
        "familyNameKana": m.FAMILY_KANA,
        "streetAddress": m.STREET,
        "cityBlock": m.BLOCK,
    }
    father = row(1, 1, givenName=m.GIVEN, givenNameKana=m.GIVEN_KANA, dateOfBirth=m.BORN, **mine)
    return [father, row(2, 1, "妻", givenName="美咲", **mine), row(3, 1, "子", givenName="陽葵", **mine)]


@pytest.fixture
def log() -> Iterator[m.Kept]:
    with m.everything_logged() as kept:
        yield kept


@pytest.fixture
def walk(log: m.Kept) -> Walk:
    return Walk()


def nothing_found(walk: Walk, log: m.Kept) -> None:
    """Tables with jobs and events, files, what was logged, addresses, cookies, pages of errors: not a word of the person."""
    database, files = m.database(), m.files()
    assert database.bytes > 100_000
    assert files.bytes > 10_000
    assert database.found == {}
    assert files.found == {}
    assert m.texts("log", log.lines).found == {}
    for walker in walk.everybody:
        assert m.texts("addresses", walker.addresses).found == {}
        errors = [a for a in walker.answers if a.status_code >= 400 and a.status_code != 422]
        assert m.texts("pages of errors", (answer.content.decode() for answer in errors)).found == {}
        cookies = [answer.cookies.output() for answer in walker.answers]
        assert m.texts("cookies", cookies).found == {}


def test_the_search_finds_a_detail_however_it_is_written() -> None:
    for name, text in (("family name", m.FAMILY), ("bank number", m.BANK_NUMBER), ("phone", m.PHONE)):
        for spelling in m.spellings(text):
            assert m.marked(b"\0 '" + spelling + b"' \xff") == {name}, spelling
        for before in range(3):
            coded = base64.b64encode(b"x" * before + text.encode() + b"y")
            assert m.marked(coded) == {name}, before
    assert m.marked(f"0a{m.BANK_NUMBER}ff") == set()


def test_the_search_reads_every_table_and_would_see_what_was_left_in_clear() -> None:
    account = Account.objects.create(username=m.FAMILY_KANA, kind="staff")
    cache.set("left", {"phone": m.PHONE})
    try:
        found = m.database().found
        assert found["access_account.username"] == {"family kana"}
        if connection.vendor == "sqlite":
            assert "family kana" in found["pages of the file"]
        assert {"phone"} in m.files().found.values()
    finally:
        cache.clear()
    account.delete()


def test_a_whole_walk_leaves_nothing_in_clear(walk: Walk, log: m.Kept) -> None:
    case = walk.applies()
    walk.talks_and_corrects(case)
    walk.decides(case)
    walk.receives(case)
    walk.is_looked_up()
    assert b.fresh(case).notified_at is not None
    nothing_found(walk, log)


def test_a_request_that_fails_says_nothing_of_what_was_typed(
    walk: Walk, log: m.Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**given: Any) -> None:
        raise ValueError(f"cannot keep {given['values']}") from DataError(f"{m.FAMILY} {m.GIVEN} {m.BORN}")

    check = walk.person.applies(answers=MINE)
    page = re.sub("/check$", "/0", check)
    monkeypatch.setattr(actions, "save_page", fail)
    monkeypatch.setattr(actions, "submit", fail)
    answer = walk.person.post(page, {"applicant.phone": m.PHONE, "applicant.main_earner": "true"})
    assert answer.status_code == 500
    (line,) = (line for line in log.lines if "Internal Server Error" in line)
    assert line.endswith("ValueError")
    assert "in save_page" not in line
    assert "in _save" in line
    nothing_found(walk, log)


def test_a_job_that_fails_keeps_its_place_and_kind_and_nothing_of_the_letter(
    walk: Walk, log: m.Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = walk.applies()
    building.decided(case, "refused", reasons=m.WORDS["reasons"])
    whole = letters.order

    def fail(*given: Any) -> None:
        raise KeyError(json.dumps(dict(whole(*given).content), ensure_ascii=False, default=str))

    monkeypatch.setattr(letters, "order", fail)
    OxTask.objects.filter(task_path__endswith="issue_letter").update(max_attempts=1)
    assert [result.status for result in run_tasks()] == ["FAILED"]
    (error,) = OxTask.objects.get(task_path__endswith="issue_letter").errors
    assert error["exception_class_path"] == "dokodemo.kernel.jobs.JobFailed"
    assert "KeyError" in error["traceback"]
    assert "in issue_letter" in error["traceback"]
    assert any("KeyError" in line and "in issue_letter" in line for line in log.lines)
    nothing_found(walk, log)


@pytest.mark.parametrize("broken", ["400", "403", "404"])
def test_a_page_that_is_refused_repeats_nothing_that_was_sent(walk: Walk, log: m.Kept, broken: str) -> None:
    draft = building.start(b.acting(walk.account))
    page = reverse("portal:page", args=[draft.pk, 0])
    typed = {"applicant.phone": m.PHONE, "words": m.WORDS["message"]}
    if broken == "400":
        answer = walk.person.post(page, {f"{m.FAMILY}-{number}": m.PHONE for number in range(2500)})
    elif broken == "403":
        strict = Walker(walk.account)
        strict.client.handler.enforce_csrf_checks = True
        answer = strict.post(page, typed)
        walk.person.answers.append(answer)
    else:
        answer = walk.clerk.post(reverse("office:note", args=[b.NOWHERE]), typed)
    assert answer.status_code == int(broken)
    nothing_found(walk, log)
