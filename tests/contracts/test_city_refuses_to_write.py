"""A locked, full or silent database and a full disk: a clear answer, and nothing that was typed is lost."""

from __future__ import annotations

import errno
import os
import re
import resource
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from html import unescape
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.urls import reverse

from dokodemo.adapters.storage import files
from dokodemo.administration.cases import actions, queries
from dokodemo.administration.cases.models import Attachment, Case, Decision, Draft, FeePayment, Message, Note
from dokodemo.kernel.access import Account
from dokodemo.kernel.crypto import new_id
from tests.contracts.cities import ENGINE
from tests.domains.administration.cases import building
from tests.domains.entry import building as b
from tests.domains.entry.walking import Walker

FIRST = {"applicant.phone": "090-1234-5678", "applicant.is_public_servant": "false"}
FIRST |= {"applicant.main_earner": "true"}
BANK_BOOK = "evidence.bank_book"
FILES_PAGE = 3


class Writer:
    """Somebody with a draft, at a browser."""

    def __init__(self, city: Any) -> None:
        self.account: Account = city.a_resident()
        self.browser = Walker(self.account)
        self.draft = building.start(b.acting(self.account))

    def page(self, number: int = 0) -> str:
        return reverse("portal:page", args=[self.draft.pk, number])

    def kept(self, name: str = "applicant.phone") -> Any:
        return Draft.objects.get(pk=self.draft.pk).content["values"].get(name)


@pytest.fixture
def writer(open_city: Any) -> Iterator[Writer]:
    yield Writer(open_city)
    connection.close()


@contextmanager
def locked(draft: Draft) -> Iterator[None]:
    """Another connection that writes and does not end, while ours has little patience."""
    options = connection.settings_dict["OPTIONS"]
    usual = dict(options)
    connection.close()
    if ENGINE == "sqlite":
        options["timeout"] = 0.3
        other: Any = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
    else:
        options["options"] = "-c lock_timeout=300ms"
        other = psycopg.connect(**given_to_libpq(connection))
        other.execute("SELECT 1 FROM cases_draft WHERE id = %s FOR UPDATE", [draft.pk])
        other.execute("LOCK TABLE events_event IN ACCESS EXCLUSIVE MODE")
    try:
        yield
    finally:
        other.rollback()
        other.close()
        connection.close()
        options.clear()
        options.update(usual)


def given_to_libpq(wrapper: Any) -> dict[str, Any]:
    """How to reach the city's database from another connection."""
    place = wrapper.settings_dict
    given = {"dbname": place["NAME"], "host": place["HOST"], "port": place["PORT"], "user": place["USER"]}
    return {name: value for name, value in given.items() if value}


def sends_again(browser: Walker, answer: Any, where: str) -> Any:
    """Press the button of the answer: every field of it, to the address it names."""
    page = answer.content.decode()
    action = re.search(r'<form method="post" action="([^"]+)"', page)
    assert action
    assert unescape(action[1]) == where
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    assert "csrfmiddlewaretoken" in dict(fields)
    return browser.post(where, {unescape(name): unescape(value) for name, value in fields})


def says_it_is_kept(answer: Any) -> None:
    """503, when to come back, and that nothing is lost."""
    assert answer.status_code == 503, b.words(answer.content)[:300]
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Cache-Control"] == "private, no-store"
    words = b.words(answer.content)
    assert "入力した内容は、この画面に残っています" in words
    assert "What you typed is kept" in words


# A lock that somebody else holds


def test_a_page_sent_to_a_locked_database_comes_back_and_is_sent_again(writer: Writer) -> None:
    with locked(writer.draft):
        answer = writer.browser.post(writer.page(), FIRST)
        says_it_is_kept(answer)
        assert "混み合っていて" in b.words(answer.content)
        assert FIRST["applicant.phone"] in answer.content.decode()
        again = sends_again(writer.browser, answer, writer.page())
        says_it_is_kept(again)
    assert writer.kept() is None
    assert sends_again(writer.browser, again, writer.page()).status_code == 302
    assert writer.kept() == FIRST["applicant.phone"]


def test_handing_in_to_a_locked_database_gives_one_case_when_sent_again(writer: Writer) -> None:
    building.fill(b.acting(writer.account), writer.draft.pk)
    check = reverse("portal:check", args=[writer.draft.pk])
    with locked(writer.draft):
        answer = writer.browser.post(check)
    says_it_is_kept(answer)
    assert not Case.objects.filter(owner=writer.account).exists()
    assert sends_again(writer.browser, answer, check).status_code == 302
    assert sends_again(writer.browser, answer, check).status_code == 302
    assert Case.objects.filter(owner=writer.account).count() == 1


def test_what_staff_wrote_comes_back_as_well(open_city: Any, writer: Writer) -> None:
    case = building.a_case(b.acting(writer.account))
    clerk = Walker(b.caseworker())
    note = reverse("office:note", args=[case.pk])
    with locked(Draft.objects.get(case=case)):
        answer = clerk.post(note, {"note": "電話した", "once": str(new_id())})
    says_it_is_kept(answer)
    sends_again(clerk, answer, note)
    sends_again(clerk, answer, note)
    assert Note.objects.filter(case=case).count() == 1


def test_reading_goes_on_while_nothing_can_be_written(writer: Writer) -> None:
    with locked(writer.draft):
        assert writer.browser.get(writer.page()).status_code == 200
        assert Walker().get(reverse("portal:home")).status_code == 200


def test_a_password_is_not_written_into_the_answer(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any, **given: Any) -> Any:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr("dokodemo.kernel.access.models.Account.check_password", away)
    Account.objects.filter(username="clerk-of-the-lock").delete()
    Account.objects.create(username="clerk-of-the-lock", kind=Account.Kind.STAFF, password="x")
    typed = {"login": "clerk-of-the-lock", "password": "correct-horse-battery"}
    answer = Walker().post(reverse("account_login"), typed)
    assert answer.status_code == 503
    assert "correct-horse" not in answer.content.decode()


def test_a_form_that_is_not_ours_is_not_offered_again(writer: Writer) -> None:
    stranger = Walker(writer.account)
    stranger.client.handler.enforce_csrf_checks = True
    with locked(writer.draft):
        assert stranger.post(writer.page(), FIRST).status_code == 403


# An error on COMMIT that says nothing about whether it happened


@contextmanager
def ambiguous(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The next COMMIT takes effect, and then the answer to it is lost."""
    from django.db import connections

    backend: Any = type(connections["default"])
    commit: Callable[[Any], None] = backend._commit

    def lose(self: Any) -> None:
        commit(self)
        backend._commit = commit
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patch:
        patch.setattr(backend, "_commit", lose)
        yield


def test_a_commit_whose_answer_was_lost_doubles_no_application(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    building.fill(b.acting(writer.account), writer.draft.pk)
    check = reverse("portal:check", args=[writer.draft.pk])
    with ambiguous(monkeypatch):
        answer = writer.browser.post(check)
    says_it_is_kept(answer)
    assert Case.objects.filter(owner=writer.account).count() == 1
    receipt = sends_again(writer.browser, answer, check).headers["Location"]
    case = Case.objects.get(owner=writer.account)
    assert receipt == reverse("portal:received", args=[case.pk])


def test_a_commit_whose_answer_was_lost_doubles_no_file(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    photograph = building.photograph()

    def sent() -> Any:
        file = SimpleUploadedFile("通帳.jpg", photograph)
        return writer.browser.post(writer.page(FILES_PAGE), {BANK_BOOK: file})

    with ambiguous(monkeypatch):
        answer = sent()
    says_it_is_kept(answer)
    assert "添付ファイルだけは残せません" in b.words(answer.content)
    assert sent().status_code in (200, 302, 422)
    assert len(writer.kept(BANK_BOOK)) == 1
    assert Attachment.objects.filter(draft=writer.draft).count() == 1


def test_a_commit_whose_answer_was_lost_doubles_nothing_that_staff_do(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = building.a_case(b.acting(writer.account), "dog-registration")
    clerk = Walker(b.caseworker(case.section))
    acts: list[tuple[str, dict[str, Any], int]] = [
        ("take", {}, 302),
        ("note", {"note": "電話した", "once": str(new_id())}, 302),
        ("message", {"body": "ご連絡です", "once": str(new_id())}, 302),
        ("fee", {"yen": str(case.fee_yen)}, 409),
        ("propose", {"outcome": "approved"}, 409),
    ]
    for name, data, again in acts:
        address = reverse(f"office:{name}", args=[case.pk])
        with ambiguous(monkeypatch):
            answer = clerk.post(address, data)
        says_it_is_kept(answer)
        assert sends_again(clerk, answer, address).status_code in (again, 302), name
    counts = [model.objects.filter(case=case).count() for model in (Note, Message, FeePayment, Decision)]
    assert counts == [1, 1, 1, 1]


# No room


@contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """This process may write no file beyond a size (RLIMIT_FSIZE), as a full quota would have it."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


def sends_a_file(writer: Writer) -> Any:
    page = {BANK_BOOK: SimpleUploadedFile("通帳.jpg", building.photograph(size=(400, 300)))}
    return writer.browser.post(writer.page(FILES_PAGE), page)


@pytest.mark.parametrize("how", ["no space", "too large for this process"])
def test_a_disk_without_room_is_said_beside_the_box_and_leaves_no_half_a_file(
    writer: Writer, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = {path for path in files._root().rglob("*") if path.is_file()}
    writer.browser.post(writer.page(), FIRST)
    if how == "no space":
        with monkeypatch.context() as patch:
            patch.setattr(files.os, "fsync", full)
            answer = sends_a_file(writer)
    else:
        with monkeypatch.context() as patch:
            put = files.write_whole
            patch.setattr(files, "write_whole", lambda path, content: _limited(put, path, content))
            answer = sends_a_file(writer)
    assert answer.status_code == 422
    assert f'href="#{BANK_BOOK}"' in answer.content.decode()
    assert "ただいまファイルを保存できません" in b.words(answer.content)
    assert {path for path in files._root().rglob("*") if path.is_file()} == before
    assert writer.kept() == FIRST["applicant.phone"]
    assert sends_a_file(writer).status_code == 302
    assert len(writer.kept(BANK_BOOK)) == 1


def _limited(put: Callable[[Path, bytes], None], path: Path, content: bytes) -> None:
    with no_file_above(512):
        put(path, content)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A filesystem of its own with room for little, really full when it is full."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k,mode=700", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("a small filesystem cannot be mounted here: run as root with the right to mount")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def fill_up(place: Path) -> Path:
    """Write until nothing more fits."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65536, 4096, 512, 1):
            with suppress(OSError):
                while True:
                    file.write(b"x" * size)
        with pytest.raises(OSError, match="No space left"):
            file.write(b"x")
    return filler


def test_a_really_full_disk_keeps_no_half_a_file_and_takes_it_once_there_is_room(
    writer: Writer, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_root", lambda: small_disk / "files")
    filler = fill_up(small_disk)
    answer = sends_a_file(writer)
    assert answer.status_code == 422
    assert "ただいまファイルを保存できません" in b.words(answer.content)
    assert [path for path in small_disk.rglob("*") if path.is_file()] == [filler]
    filler.unlink()
    assert sends_a_file(writer).status_code == 302
    (kept,) = writer.kept(BANK_BOOK)
    attachment = Attachment.objects.get(pk=kept["attachment"])
    assert queries.content_of(attachment).startswith(b"\xff\xd8")


@pytest.mark.skipif(ENGINE != "sqlite", reason="a server's disk is not ours to fill")
def test_a_database_without_room_says_so_and_what_was_typed_is_sent_again(writer: Writer) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    answer = writer.browser.post(writer.page(), {**FIRST, "applicant.phone": "x" * 400_000})
    says_it_is_kept(answer)
    assert "保存場所に空きがない" in b.words(answer.content)
    assert "x" * 400_000 in answer.content.decode()
    connection.close()
    assert writer.browser.post(writer.page(), FIRST).status_code == 302
    assert writer.kept() == FIRST["applicant.phone"]


def test_a_fault_of_ours_is_told_apart_from_a_city_that_is_busy(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**given: Any) -> None:
        raise LookupError("a fault of ours")

    monkeypatch.setattr(actions, "save_page", fail)
    answer = writer.browser.post(writer.page(), FIRST)
    assert answer.status_code == 500
    assert "こちらの不具合です" in b.words(answer.content)
