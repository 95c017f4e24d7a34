"""The test authority and its keys (試験用認証局・署名鍵), kept as files outside the database.

Owns `DOKODEMO_HOME/keys/signing`: a root, a signing certificate and a timestamp certificate, all labelled
試験用. Never replaces a root: letters signed under it would stop being trusted.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from dokodemo.adapters.signing.ports import SigningKeyMissing
from dokodemo.kernel.folders import sync_folder

LABEL: Final = "試験用"
ROOT, SIGNING, TIMESTAMP = "root", "signing", "timestamp"
_NAMES = (ROOT, SIGNING, TIMESTAMP)
_YEARS = {ROOT: 20, SIGNING: 5, TIMESTAMP: 10}
_TITLES = {ROOT: "認証局 Test CA", SIGNING: "文書署名 Document signing", TIMESTAMP: "時刻認証 Time stamping"}
RENEW_BEFORE: Final = timedelta(days=30)
_KEY_BITS = 3072


@dataclass(frozen=True)
class Pair:
    """A certificate and its private key."""

    certificate: x509.Certificate
    private_key: rsa.RSAPrivateKey


def now() -> datetime:
    """The real time (UTC): a signature's time is never the demo's pretended day."""
    return datetime.now(UTC)


def ensure_signing_keys(
    keys: Path, *, organisation: str = "どこでも市役所", clock: Callable[[], datetime] = now
) -> Path:
    """Make the test authority in `keys`/signing at first start; later renew what ends within 30 days.

    Safe to call from several processes at once. Returns the folder. Raises SigningKeyMissing when the folder
    is there but incomplete: then a backup must be restored, since a new root would make every issued letter
    untrusted.
    """
    folder = keys / "signing"
    keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(keys / ".signing.lock"):
        if not folder.exists():
            _create(folder, organisation, clock())
        read_pair(folder, ROOT)
        for name in (SIGNING, TIMESTAMP):
            if read_certificate(folder, name).not_valid_after_utc - clock() < RENEW_BEFORE:
                _renew(folder, name, organisation, clock())
    return folder


def read_pair(folder: Path, name: str) -> Pair:
    """A certificate with its key. Raises SigningKeyMissing with what to do."""
    try:
        key = serialization.load_pem_private_key((folder / f"{name}.key").read_bytes(), None)
    except (OSError, ValueError) as fault:
        raise SigningKeyMissing(_remedy(folder, name)) from fault
    certificate = read_certificate(folder, name)
    if not isinstance(key, rsa.RSAPrivateKey) or key.public_key() != certificate.public_key():
        raise SigningKeyMissing(_remedy(folder, name))
    return Pair(certificate, key)


def read_certificate(folder: Path, name: str) -> x509.Certificate:
    """A certificate alone. Raises SigningKeyMissing with what to do."""
    try:
        return x509.load_pem_x509_certificate((folder / f"{name}.crt").read_bytes())
    except (OSError, ValueError) as fault:
        raise SigningKeyMissing(_remedy(folder, name)) from fault


def _remedy(folder: Path, name: str) -> str:
    if not folder.exists():
        return "The city has no signing keys yet. Start it once with `dokodemo up`, or restore a backup."
    return f"keys/signing lacks a {name}.key that fits its {name}.crt. Restore the folder keys from a backup."


def _create(folder: Path, organisation: str, at: datetime) -> None:
    draft = folder.with_name(f".signing-{os.getpid()}")
    draft.mkdir(mode=0o700)
    root_key = _new_key()
    root = _certificate(ROOT, root_key, root_key, None, organisation, at)
    _write(draft, ROOT, root, root_key)
    for name in (SIGNING, TIMESTAMP):
        key = _new_key()
        _write(draft, name, _certificate(name, key, root_key, root, organisation, at), key)
    draft.rename(folder)
    sync_folder(folder.parent)


def _renew(folder: Path, name: str, organisation: str, at: datetime) -> None:
    root, key = read_pair(folder, ROOT), _new_key()
    _write(folder, name, _certificate(name, key, root.private_key, root.certificate, organisation, at), key)


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)


def _certificate(
    name: str,
    key: rsa.RSAPrivateKey,
    issuer_key: rsa.RSAPrivateKey,
    issuer: x509.Certificate | None,
    organisation: str,
    at: datetime,
) -> x509.Certificate:
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, f"{LABEL} {organisation}"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{LABEL} {_TITLES[name]}"),
        ]
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(hours=1))
        .not_valid_after(at + timedelta(days=365 * _YEARS[name]))
        .add_extension(x509.BasicConstraints(ca=name == ROOT, path_length=0 if name == ROOT else None), True)
        .add_extension(_usage(name), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False)
    )
    if name == TIMESTAMP:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)
    return builder.sign(issuer_key, hashes.SHA256())


def _usage(name: str) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=name != ROOT,
        content_commitment=name == SIGNING,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=name == ROOT,
        crl_sign=name == ROOT,
        encipher_only=False,
        decipher_only=False,
    )


def _write(folder: Path, name: str, certificate: x509.Certificate, key: rsa.RSAPrivateKey) -> None:
    pem, shape = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    _write_file(folder / f"{name}.key", key.private_bytes(pem, shape, serialization.NoEncryption()))
    _write_file(folder / f"{name}.crt", certificate.public_bytes(pem))
    sync_folder(folder)


def _write_file(path: Path, content: bytes) -> None:
    draft = path.with_suffix(f"{path.suffix}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
