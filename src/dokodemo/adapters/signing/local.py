"""The local twin of a signing service (試験用署名): pyHanko, a test authority and its own timestamps.

Owns signing with the keys in `DOKODEMO_HOME/keys/signing` (PAdES B-T) and the verification of such
signatures. Never fetches anything from the network.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, fields, signers
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from dokodemo.adapters.signing.keys import (
    LABEL,
    RENEW_BEFORE,
    ROOT,
    SIGNING,
    TIMESTAMP,
    now,
    read_certificate,
    read_pair,
)
from dokodemo.adapters.signing.ports import SigningError, SigningKeyExpired, Verification
from dokodemo.adapters.signing.timestamp import LocalTimestampAuthority

FIELD = "DokodemoSignature"
# Room for the signature, its certificates and the timestamp token: some 7,000 bytes with 3,072-bit keys.
_RESERVED_BYTES = 8_192


def signer() -> "LocalSigner":
    """Signs with this city's keys."""
    return LocalSigner(_folder())


def verifier() -> "LocalVerifier":
    """Verifies against this city's root."""
    return LocalVerifier(_folder())


def _folder() -> Path:
    return Path(settings.DOKODEMO_HOME) / "keys" / "signing"


@dataclass(frozen=True)
class _Keys:
    signing: asn1_x509.Certificate
    signing_key: rsa.RSAPrivateKey
    timestamp: asn1_x509.Certificate
    timestamp_key: rsa.RSAPrivateKey
    root: asn1_x509.Certificate


class _LoadedSigner(signers.Signer):
    """Holds the key ready: pyHanko's own signer parses and checks an RSA key for a tenth of a second each time."""

    def __init__(self, keys: _Keys) -> None:
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # unannotated there
        store.register(keys.root)
        super().__init__(signing_cert=keys.signing, cert_registry=store)
        self._key = keys.signing_key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if digest_algorithm != "sha256":
            raise SigningError(f"The local signer knows SHA-256, not {digest_algorithm}.")
        return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())


class _MetadataKept(IncrementalPdfFileWriter):
    """Adds the signature without rewriting the XMP metadata, whose PDF/A schemas would not survive it."""

    def _update_meta(self) -> None:
        pass


class LocalSigner:
    """Signs with the test authority's key; the signature is a certification that permits no later change."""

    def __init__(self, folder: Path) -> None:
        """`folder` is `DOKODEMO_HOME/keys/signing`."""
        self._folder = folder

    def sign(self, pdf: bytes, *, reason: str, signer_name: str) -> bytes:
        """The PDF with one invisible PAdES B-T signature added as an incremental update.

        Raises SigningKeyMissing, SigningKeyExpired, or SigningError for bytes that are no unsigned PDF.
        """
        keys = _load(self._folder, _stamp(self._folder))
        at = now()
        _refuse_expired(keys, at)
        signer = _LoadedSigner(keys)
        clock = LocalTimestampAuthority(keys.timestamp, keys.timestamp_key, keys.root, at)
        description = PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            reason=reason,
            name=signer_name,
            subfilter=fields.SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        )
        # Print flag for PDF/A, a box outside the page for PDF/UA: the invisible field that satisfies both.
        field = fields.SigFieldSpec(
            FIELD,
            readable_field_name="電子署名",
            invis_sig_settings=fields.InvisSigSettings(box_out_of_bounds=True),
        )
        try:
            writer = _MetadataKept(BytesIO(pdf))
            if writer.prev.embedded_signatures:
                raise SigningError("The file is already signed; only a freshly made letter is signed.")
            signed = BytesIO()
            PdfSigner(description, signer=signer, timestamper=clock, new_field_spec=field).sign_pdf(
                writer, output=signed, bytes_reserved=2 * _RESERVED_BYTES
            )
        except SigningError:
            raise
        except Exception as fault:
            raise SigningError(f"The file could not be signed ({type(fault).__name__}).") from fault
        return signed.getvalue()

    def check(self) -> list[str]:
        """Missing, expired or soon expiring keys, in plain sentences."""
        try:
            keys = _load(self._folder, _stamp(self._folder))
            _refuse_expired(keys, now())
        except SigningError as fault:
            return [str(fault)]
        left = keys.signing.not_valid_after - now()
        if left < RENEW_BEFORE:
            return [f"The signing certificate ends in {left.days} days. Start the city again to renew it."]
        return []


class LocalVerifier:
    """Verifies signatures that lead to the test authority's root."""

    def __init__(self, folder: Path) -> None:
        """`folder` is `DOKODEMO_HOME/keys/signing`; only root.crt is read."""
        self._folder = folder

    def verify(self, pdf: bytes) -> Verification:
        """What the file's only signature says as of its timestamp. Raises only SigningKeyMissing."""
        root = _asn1(read_certificate(self._folder, ROOT))
        try:
            signatures = PdfFileReader(BytesIO(pdf)).embedded_regular_signatures
            if len(signatures) != 1:
                return _nothing(f"the file carries {len(signatures)} signatures instead of one")
            return _verify(signatures[0], root)
        except Exception as fault:  # a hostile file can break any part of the reader
            return _nothing(f"the signature cannot be read ({type(fault).__name__})")


def _verify(signature: EmbeddedPdfSignature, root: asn1_x509.Certificate) -> Verification:
    first = validate_pdf_signature(signature, _context(root, None), _context(root, None))
    stamp = first.timestamp_validity
    good_stamp = stamp is not None and stamp.intact and stamp.valid
    at = stamp.timestamp if stamp is not None and good_stamp else None
    # What is trusted today needs no second look; a certificate that has ended since is judged as of the timestamp.
    status = first
    if at is not None and not _all_trusted(first):
        status = validate_pdf_signature(signature, _context(root, at), _context(root, at))
    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    subject = status.signing_cert.subject.native
    return Verification(
        intact=bool(status.intact and status.valid),
        trusted=_all_trusted(status),
        covers_whole_file=whole,
        signer=str(subject.get("common_name", "")) or None,
        signed_at=at or status.signer_reported_dt,
        timestamped=bool(good_stamp),
        test_only=LABEL in str(subject.get("organization_name", "")),
        problem=_problem(status, whole),
    )


def _all_trusted(status: PdfSignatureStatus) -> bool:
    stamp = status.timestamp_validity
    return bool(status.trusted) and (stamp is None or bool(stamp.trusted))


def _problem(status: PdfSignatureStatus, whole: bool) -> str | None:
    if not (status.intact and status.valid):
        return "the signed bytes were changed"
    if not whole:
        return "something was added after signing"
    if not status.trusted:
        return "the certificate does not lead to this city's authority, or was not valid then"
    return None if _all_trusted(status) else "the timestamp is not trusted"


def _nothing(problem: str) -> Verification:
    return Verification(intact=False, trusted=False, covers_whole_file=False, problem=problem)


def _context(root: asn1_x509.Certificate, at: datetime | None) -> ValidationContext:
    return ValidationContext(trust_roots=[root], allow_fetching=False, moment=at, revocation_mode="soft-fail")


def _refuse_expired(keys: _Keys, at: datetime) -> None:
    for name, certificate in (("signing", keys.signing), ("timestamp", keys.timestamp)):
        if not certificate.not_valid_before <= at <= certificate.not_valid_after:
            raise SigningKeyExpired(
                f"The {name} certificate is valid from {certificate.not_valid_before:%Y-%m-%d} to "
                f"{certificate.not_valid_after:%Y-%m-%d} only. Start the city again to renew it."
            )


def _stamp(folder: Path) -> tuple[int, ...]:
    """Changes when a key file changes, so that a renewal is seen without a restart."""
    files = (folder / f"{name}.{kind}" for name in (ROOT, SIGNING, TIMESTAMP) for kind in ("crt", "key"))
    return tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in files)


@lru_cache(maxsize=4)
def _load(folder: Path, stamp: tuple[int, ...]) -> _Keys:
    signing, timestamp = read_pair(folder, SIGNING), read_pair(folder, TIMESTAMP)
    return _Keys(
        signing=_asn1(signing.certificate),
        signing_key=signing.private_key,
        timestamp=_asn1(timestamp.certificate),
        timestamp_key=timestamp.private_key,
        root=_asn1(read_certificate(folder, ROOT)),
    )


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
