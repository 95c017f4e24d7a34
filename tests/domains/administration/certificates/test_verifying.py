"""Is it genuine? Every changed byte is refused, whatever a validator says."""

import json
import random
import re
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1_x509
from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pytest_django import Settings

from dokodemo.adapters import signing
from dokodemo.adapters.signing import keys
from dokodemo.administration.certificates import actions, queries
from dokodemo.administration.certificates.definitions import RevocationReason
from dokodemo.administration.certificates.models import IssuedDocument
from dokodemo.entry.cli.verify import command
from dokodemo.kernel.access import Actor
from tests.papers import need

type MakeOrder = Callable[..., actions.Order]

pytestmark = pytest.mark.django_db
NAME = "髙﨑 𠮷子"


@pytest.fixture
def letter(worker: Actor, make_order: MakeOrder, resident: Actor) -> tuple[actions.Issued, bytes]:
    order = make_order(NAME)
    issued = actions.issue(actor=worker, order=order)
    opened = queries.open_document(resident, issued.id, case_id=order.case_id, subject_id=order.subject_id)
    return issued, opened.content


def test_the_issued_file_is_genuine_and_says_that_its_key_is_a_test_key(
    letter: tuple[actions.Issued, bytes],
) -> None:
    issued, content = letter
    outcome = queries.verify_upload(content)
    assert outcome.status == "genuine"
    assert outcome.document is not None
    assert outcome.document.number == issued.number
    assert outcome.test_only
    assert outcome.signed_at is not None


def test_one_flipped_byte_anywhere_is_refused(letter: tuple[actions.Issued, bytes]) -> None:
    _, content = letter
    padding = re.search(rb"/Contents <[0-9a-fA-F]+?(0{200,})>", content)
    assert padding is not None, "a signature has padding that validators do not look at"
    positions = set(random.Random(20261123).sample(range(len(content)), 300))
    positions |= set(range(*padding.span(1)))
    for position in positions:
        changed = bytearray(content)
        changed[position] ^= 1 << (position % 8)
        assert queries.verify_upload(bytes(changed)).status in {"altered", "unknown"}, position


def test_padding_that_validators_accept_is_refused_by_us(letter: tuple[actions.Issued, bytes]) -> None:
    _, content = letter
    padding = re.search(rb"/Contents <[0-9a-fA-F]+?(0{200,})>", content)
    assert padding is not None
    changed = bytearray(content)
    changed[padding.end(1) - 2 : padding.end(1)] = b"ff"
    assert signing.verifier().verify(bytes(changed)).intact, "the trap: the signature alone does not notice"
    assert queries.verify_upload(bytes(changed)).status == "altered"


@pytest.mark.parametrize("length", [0, 1, 1000, -1])
def test_a_cut_or_lengthened_file_is_refused(length: int, letter: tuple[actions.Issued, bytes]) -> None:
    _, content = letter
    assert queries.verify_upload(content[:length]).status in {"altered", "unknown"}
    assert queries.verify_upload(content + b"\n").status == "altered"


def test_files_of_others_are_unknown() -> None:
    for content in (b"", b"%PDF-1.7\n%%EOF", b"\xff" * 5000, b"x" * (queries.MAX_UPLOAD_BYTES + 1)):
        outcome = queries.verify_upload(content)
        assert outcome.status == "unknown"
        assert outcome.document is None


def test_a_digest_in_the_database_alone_makes_nothing_genuine(letter: tuple[actions.Issued, bytes]) -> None:
    import hashlib

    issued, content = letter
    forged = content.replace(b"%%EOF", b"%%E0F", 1)
    IssuedDocument.objects.filter(pk=issued.id).update(sha256=hashlib.sha256(forged).hexdigest())
    assert queries.verify_upload(forged).status == "altered"


def test_a_revoked_file_says_so(letter: tuple[actions.Issued, bytes], head: Actor) -> None:
    issued, content = letter
    actions.revoke(actor=head, document_id=issued.id, reason=RevocationReason.DECISION_WITHDRAWN)
    outcome = queries.verify_upload(content)
    assert outcome.status == "revoked"
    assert outcome.document is not None
    assert outcome.document.revocation_reason == "decision_withdrawn"


def test_a_document_past_its_period_is_genuine_but_expired(
    worker: Actor, make_order: MakeOrder, resident: Actor, settings: Settings
) -> None:
    from datetime import date

    settings.DOKODEMO_TODAY = date(2026, 11, 23)
    order = make_order(valid_days=30)
    issued = actions.issue(actor=worker, order=order)
    content = queries.open_document(
        resident, issued.id, case_id=order.case_id, subject_id=order.subject_id
    ).content
    for day, expired in ((date(2026, 12, 23), False), (date(2026, 12, 24), True)):
        settings.DOKODEMO_TODAY = day
        outcome = queries.verify_upload(content)
        assert outcome.status == "genuine"
        assert outcome.document is not None
        assert outcome.document.expired is expired


def test_the_library_validator_accepts_the_letter(letter: tuple[actions.Issued, bytes]) -> None:
    folder = Path(settings.DOKODEMO_HOME) / "keys" / "signing"
    root = asn1_x509.Certificate.load(keys.read_certificate(folder, keys.ROOT).public_bytes(Encoding.DER))
    signature = PdfFileReader(BytesIO(letter[1])).embedded_signatures[0]
    status = validate_pdf_signature(signature, ValidationContext(trust_roots=[root], allow_fetching=False))
    assert status.bottom_line


def test_pdfsig_accepts_the_letter(letter: tuple[actions.Issued, bytes], tmp_path: Path) -> None:
    need("pdfsig")
    path = tmp_path / "letter.pdf"
    path.write_bytes(letter[1])
    done = subprocess.run(
        ["pdfsig", "-nocert", path], capture_output=True, text=True, check=False, timeout=60
    )
    assert "Signature is Valid" in done.stdout
    assert "Total document signed" in done.stdout


def test_the_letter_is_archivable_accessible_and_holds_the_name_as_written(
    letter: tuple[actions.Issued, bytes], tmp_path: Path
) -> None:
    issued, content = letter
    for promise in (b"<pdfaid:part>3<", b"<pdfaid:conformance>A<", b"<pdfuaid:part>1<"):
        assert promise in content
    need("pdftotext")
    path = tmp_path / "letter.pdf"
    path.write_bytes(content)
    text = subprocess.run(
        ["pdftotext", path, "-"], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert NAME in text
    assert issued.number in text
    assert "http://localhost:8000/verify?number=" in text.replace("\n", "")


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(command, list(arguments))
    return result.exit_code, result.output


def test_the_command_tells_genuine_altered_unknown_and_revoked_apart(
    letter: tuple[actions.Issued, bytes], head: Actor, tmp_path: Path
) -> None:
    issued, content = letter
    path = tmp_path / "letter.pdf"
    path.write_bytes(content)
    code, output = run(str(path))
    assert code == 0
    assert "Genuine" in output
    assert "試験用" in output
    code, output = run(str(path), "--json")
    assert code == 0
    assert json.loads(output)["number"] == issued.number
    path.write_bytes(content + b" ")
    assert run(str(path)) == (1, "Altered: made from a document of this city, but not what was issued.\n")
    path.write_bytes(b"%PDF-1.7")
    code, output = run(str(path), "--json")
    assert (code, json.loads(output)) == (1, {"status": "unknown"})
    path.write_bytes(content)
    actions.revoke(actor=head, document_id=issued.id, reason=RevocationReason.MISTAKE)
    code, output = run(str(path))
    assert code == 2
    assert "mistake" in output
    assert json.loads(run(str(path), "--json")[1])["status"] == "revoked"


def test_a_file_that_could_not_be_checked_is_never_called_revoked(tmp_path: Path) -> None:
    assert run(str(tmp_path / "absent.pdf"))[0] == 3
    assert run()[0] == 3
    assert run("--unknown")[0] == 3
    assert run(str(tmp_path))[0] == 3


def test_the_command_says_when_the_citys_keys_are_absent(
    letter: tuple[actions.Issued, bytes], tmp_path: Path, settings: Settings
) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(letter[1])
    settings.DOKODEMO_HOME = tmp_path
    code, output = run(str(path))
    assert code == 3
    assert "dokodemo up" in output
