"""Signatures: made here, accepted elsewhere, refused after any change."""

import stat
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.exceptions import ImproperlyConfigured
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pytest_django import Settings

from dokodemo.adapters import signing
from dokodemo.adapters.signing import SigningError, SigningKeyExpired, SigningKeyMissing, keys
from dokodemo.adapters.signing.local import LocalSigner, LocalVerifier
from dokodemo.adapters.typeset import typeset
from tests.papers import need

LETTER = '#set document(title: "通知")\n#set text(lang: "ja", font: "Noto Serif JP")\n= 通知\n荒尾 太郎 様'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return signing.ensure_signing_keys(tmp_path_factory.mktemp("city") / "keys")


@pytest.fixture(scope="module")
def letter(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    template = tmp_path_factory.mktemp("letter") / "letter.typ"
    template.write_text(LETTER, "utf-8")
    return typeset(template, {}, created=datetime(2026, 11, 23, tzinfo=UTC)).pdf


@pytest.fixture(scope="module")
def signed(folder: Path, letter: bytes) -> bytes:
    return LocalSigner(folder).sign(letter, reason="決定の通知", signer_name="荒尾市長")


def later(monkeypatch: pytest.MonkeyPatch, years: int) -> None:
    """The signer sees a machine whose clock is years ahead."""
    moment = datetime.now(UTC) + timedelta(days=365 * years)
    monkeypatch.setattr("dokodemo.adapters.signing.local.now", lambda: moment)


def test_a_signed_letter_is_intact_trusted_and_labelled_as_a_test(folder: Path, signed: bytes) -> None:
    result = LocalVerifier(folder).verify(signed)
    assert result.good
    assert result.timestamped
    assert result.test_only
    assert result.problem is None
    assert result.signer is not None
    assert "試験用" in result.signer
    assert result.signed_at is not None
    assert abs(result.signed_at - datetime.now(UTC)) < timedelta(minutes=5)


def test_the_library_validator_accepts_the_signature_with_our_root(folder: Path, signed: bytes) -> None:
    root = keys.read_certificate(folder, keys.ROOT)
    anchor = asn1_x509.Certificate.load(root.public_bytes(Encoding.DER))
    signature = PdfFileReader(BytesIO(signed)).embedded_signatures[0]
    status = validate_pdf_signature(signature, ValidationContext(trust_roots=[anchor], allow_fetching=False))
    assert status.bottom_line
    assert status.timestamp_validity is not None
    assert status.timestamp_validity.valid
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.sig_object["/Name"] == "荒尾市長"


def test_pdfsig_accepts_the_signature(signed: bytes, tmp_path: Path) -> None:
    need("pdfsig")
    path = tmp_path / "signed.pdf"
    path.write_bytes(signed)
    done = subprocess.run(
        ["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False, timeout=60
    )
    assert "Signature Validation: Signature is Valid." in done.stdout, done.stdout + done.stderr
    assert "Total document signed" in done.stdout


def test_signing_leaves_the_letter_as_it_was_and_keeps_its_standards(letter: bytes, signed: bytes) -> None:
    assert signed.startswith(letter)
    added = signed[len(letter) :]
    reader = PdfFileReader(BytesIO(signed))
    metadata = reader.root["/Metadata"].data
    for promise in (b"<pdfaid:part>3<", b"<pdfaid:conformance>A<", b"<pdfuaid:part>1<"):
        assert promise in metadata
    assert metadata == PdfFileReader(BytesIO(letter)).root["/Metadata"].data
    widget = reader.root["/AcroForm"]["/Fields"][0].get_object()
    assert widget["/F"] & 0b100, "PDF/A wants the print flag"
    assert not widget["/F"] & 0b10, "PDF/A forbids the hidden flag"
    left, bottom, right, top = map(float, widget["/Rect"])
    assert right <= 0, "PDF/UA excuses untagged fields outside the page only"
    assert top <= 0
    assert (left, bottom) == (right, top)
    assert widget["/TU"] == "電子署名"
    page = reader.root["/Pages"]["/Kids"][0].get_object()
    assert page["/Tabs"] == "/S"
    assert b"/JavaScript" not in added


def test_one_changed_signed_byte_is_noticed(folder: Path, signed: bytes) -> None:
    for position in (0, 9, len(signed) // 3, len(signed) - 20):
        changed = bytearray(signed)
        changed[position] ^= 1
        assert not LocalVerifier(folder).verify(bytes(changed)).good, position


def test_something_added_after_signing_is_noticed(folder: Path, signed: bytes, letter: bytes) -> None:
    result = LocalVerifier(folder).verify(signed + letter[letter.rindex(b"trailer") :])
    assert not result.good
    assert result.problem is not None


def test_hostile_files_are_refused_without_an_exception(folder: Path, letter: bytes, signed: bytes) -> None:
    verifier = LocalVerifier(folder)
    for hostile in (b"", b"%PDF-1.7", b"\x00" * 1000, letter, signed[:-600], b"[" * 200_000, signed + signed):
        result = verifier.verify(hostile)
        assert not result.good
        assert result.problem


def test_a_letter_signed_by_another_city_is_intact_but_not_trusted(
    letter: bytes, folder: Path, tmp_path: Path
) -> None:
    other = LocalSigner(signing.ensure_signing_keys(tmp_path)).sign(letter, reason="x", signer_name="y")
    result = LocalVerifier(folder).verify(other)
    assert result.intact
    assert not result.trusted
    assert not result.good
    assert result.problem is not None
    assert "authority" in result.problem


def test_a_file_is_signed_once_and_only_a_pdf_is_signed(folder: Path, signed: bytes) -> None:
    with pytest.raises(SigningError, match="already signed"):
        LocalSigner(folder).sign(signed, reason="x", signer_name="y")
    with pytest.raises(SigningError, match="could not be signed"):
        LocalSigner(folder).sign(b"not a pdf", reason="x", signer_name="y")


def test_keys_are_files_that_only_the_city_reads(folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = sorted(path.name for path in folder.iterdir())
    assert files == [f"{name}.{kind}" for name in ("root", "signing", "timestamp") for kind in ("crt", "key")]
    assert {stat.S_IMODE((folder / name).stat().st_mode) for name in files} == {0o600}
    for name in ("root", "signing", "timestamp"):
        assert "試験用" in keys.read_certificate(folder, name).subject.rfc4514_string()


def test_a_second_start_keeps_the_keys(tmp_path: Path) -> None:
    folder = signing.ensure_signing_keys(tmp_path)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    signing.ensure_signing_keys(tmp_path)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_two_processes_at_first_start_make_one_authority(tmp_path: Path) -> None:
    made: list[Path] = []
    threads = [
        threading.Thread(target=lambda: made.append(signing.ensure_signing_keys(tmp_path))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert keys.read_pair(made[0], keys.SIGNING)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["signing"]


def test_absent_keys_are_a_clear_error(letter: bytes, tmp_path: Path) -> None:
    signer = LocalSigner(tmp_path / "signing")
    with pytest.raises(SigningKeyMissing, match="dokodemo up"):
        signer.sign(letter, reason="x", signer_name="y")
    assert "dokodemo up" in signer.check()[0]


def test_half_a_key_folder_is_never_replaced(tmp_path: Path, letter: bytes) -> None:
    folder = signing.ensure_signing_keys(tmp_path)
    certificate = (folder / "root.crt").read_bytes()
    (folder / "root.key").unlink()
    with pytest.raises(SigningKeyMissing, match="Restore"):
        signing.ensure_signing_keys(tmp_path)
    assert (folder / "root.crt").read_bytes() == certificate
    (folder / "signing.key").write_bytes((folder / "timestamp.key").read_bytes())
    with pytest.raises(SigningKeyMissing, match=r"fits its signing\.crt"):
        LocalSigner(folder).sign(letter, reason="x", signer_name="y")


def test_expired_keys_are_a_clear_error_and_renewal_keeps_old_letters_trusted(
    letter: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = signing.ensure_signing_keys(tmp_path, clock=lambda: datetime.now(UTC) - timedelta(days=365 * 4))
    old = LocalSigner(folder).sign(letter, reason="x", signer_name="y")
    later(monkeypatch, 2)
    with pytest.raises(SigningKeyExpired, match="Start the city again"):
        LocalSigner(folder).sign(letter, reason="x", signer_name="y")
    assert "Start the city again" in LocalSigner(folder).check()[0]
    renewed = datetime.now(UTC) + timedelta(days=365 * 2)
    signing.ensure_signing_keys(tmp_path, clock=lambda: renewed)
    assert LocalSigner(folder).check() == []
    assert LocalVerifier(folder).verify(old).good


def test_a_certificate_that_ends_soon_is_announced(tmp_path: Path) -> None:
    folder = signing.ensure_signing_keys(
        tmp_path, clock=lambda: datetime.now(UTC) - timedelta(days=365 * 5 - 10)
    )
    # Made as if by a city that has not restarted since: the renewal at start would have replaced it.
    assert keys.read_certificate(folder, keys.SIGNING).not_valid_after_utc > datetime.now(UTC)
    assert "ends in" in LocalSigner(folder).check()[0]


def test_a_letter_signed_before_its_certificate_expired_stays_good(
    tmp_path: Path, letter: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = datetime.now(UTC) - timedelta(days=365 * 6)
    folder = signing.ensure_signing_keys(tmp_path, clock=lambda: start)
    assert keys.read_certificate(folder, keys.SIGNING).not_valid_after_utc < datetime.now(UTC)
    monkeypatch.setattr("dokodemo.adapters.signing.local.now", lambda: start + timedelta(days=1))
    signed = LocalSigner(folder).sign(letter, reason="x", signer_name="y")
    result = LocalVerifier(folder).verify(signed)
    assert result.good
    assert result.signed_at is not None
    assert abs(result.signed_at - (start + timedelta(days=1))) < timedelta(minutes=1)


def test_a_wrong_signing_setting_is_a_clear_error(settings: Settings) -> None:
    settings.DOKODEMO_SIGNING = "dokodemo.absent"
    with pytest.raises(ImproperlyConfigured, match="cannot be imported"):
        signing.signer()
    settings.DOKODEMO_SIGNING = "os.path"
    with pytest.raises(ImproperlyConfigured, match="must offer"):
        signing.verifier()
    assert "must offer" in signing.check()[0]


def test_the_city_signs_with_the_keys_in_its_home(settings: Settings, tmp_path: Path, letter: bytes) -> None:
    settings.DOKODEMO_HOME = tmp_path
    assert "dokodemo up" in signing.check()[0]
    signing.ensure_signing_keys(tmp_path / "keys")
    assert signing.check() == []
    assert signing.verifier().verify(signing.signer().sign(letter, reason="x", signer_name="y")).good
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]
