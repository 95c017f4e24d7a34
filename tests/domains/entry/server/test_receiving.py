"""Large files on their way in: without a name, cut where nobody reads on, and no reason to lose what was typed."""

from __future__ import annotations

import errno
import io
import random
import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from PIL import Image

from dokodemo.adapters.storage import StorageFull
from dokodemo.administration.cases.models import Attachment, Draft
from dokodemo.entry.server import receiving
from tests.domains.administration.cases.building import CHILD_ALLOWANCE, start
from tests.domains.entry import building as b

LARGE = 3 * 1024 * 1024
FILES_PAGE = 3


def received(*files: bytes) -> HttpRequest:
    """A request that brought these files."""
    data = {f"file-{n}": SimpleUploadedFile(f"{n}.bin", content) for n, content in enumerate(files)}
    return RequestFactory().post("/", data | {"text": "typed"})


def large_photograph() -> bytes:
    noise = Image.frombytes("RGB", (1600, 1600), random.Random(1).randbytes(1600 * 1600 * 3))
    written = io.BytesIO()
    noise.save(written, "JPEG", quality=95)
    assert len(written.getvalue()) > 2 * 1024 * 1024
    return written.getvalue()


def test_a_large_file_arrives_whole_and_has_no_name_while_it_is_held() -> None:
    content = random.Random(1).randbytes(LARGE)
    request = received(content, b"small")
    upload = request.FILES["file-0"]
    # The kernel knows a file without a name as deleted.
    assert "(deleted)" in str(Path(f"/proc/self/fd/{upload.file.fileno()}").readlink())
    assert (upload.name, upload.size, upload.read()) == ("0.bin", LARGE, content)
    assert request.FILES["file-1"].read() == b"small"
    assert request.POST["text"] == "typed"
    upload.close()


def test_no_handler_of_the_city_gives_a_file_a_name(settings: Any) -> None:
    assert settings.FILE_UPLOAD_HANDLERS == [
        "django.core.files.uploadhandler.MemoryFileUploadHandler",
        "dokodemo.entry.server.receiving.UnnamedFiles",
    ]


def test_of_a_file_that_nobody_takes_only_the_size_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "MOST_BYTES", 1024 * 1024)
    upload = received(b"x" * LARGE)
    file = upload.FILES["file-0"]
    assert file.size == LARGE
    assert len(file.read()) < 1024 * 1024 + 64 * 1024


@pytest.mark.parametrize("moment", ["open", "write"])
def test_without_room_the_reader_is_told_and_the_fields_are_there(
    monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    no_room(monkeypatch, moment)
    request = received(b"x" * LARGE)
    assert request.POST["text"] == "typed"
    assert request.FILES["file-0"].size == LARGE
    with pytest.raises(StorageFull):
        request.FILES["file-0"].read()


def no_room(monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    """A machine whose memory for files is full."""

    class Full(io.BytesIO):
        def write(self, data: Any) -> int:
            raise OSError(errno.ENOSPC, "full")

    def make(**given: Any) -> Any:
        if moment == "open":
            raise OSError(errno.ENOSPC, "full")
        return Full()

    monkeypatch.setattr(tempfile, "TemporaryFile", make)


def test_a_page_without_room_for_its_file_keeps_what_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    account = b.resident_account(b.household()[0])
    draft = start(b.acting(account), CHILD_ALLOWANCE)
    no_room(monkeypatch, "write")
    upload = SimpleUploadedFile("通帳.jpg", large_photograph())
    answer = b.browser(account).post(
        reverse("portal:page", args=[draft.pk, FILES_PAGE]), {"evidence.bank_book": upload}
    )
    assert answer.status_code == 422
    assert 'href="#evidence.bank_book"' in answer.content.decode()
    assert not Attachment.objects.exists()
    assert Draft.objects.get(pk=draft.pk).closed_at is None


def test_a_large_photograph_is_kept_through_the_page_and_leaves_no_file_behind() -> None:
    account = b.resident_account(b.household()[0])
    draft = start(b.acting(account), CHILD_ALLOWANCE)
    before = {*Path(tempfile.gettempdir()).glob("*upload*")}
    upload = SimpleUploadedFile("通帳.jpg", large_photograph())
    answer = b.browser(account).post(
        reverse("portal:page", args=[draft.pk, FILES_PAGE]), {"evidence.bank_book": upload}
    )
    assert isinstance(answer, HttpResponse)
    assert Attachment.objects.get().draft_id == draft.pk
    assert {*Path(tempfile.gettempdir()).glob("*upload*")} == before
