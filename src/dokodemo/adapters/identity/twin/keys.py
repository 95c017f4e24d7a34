"""The twin's signing key (署名鍵・試験用), made at first start.

Owns `DOKODEMO_HOME/keys/twin.pem`. Never signs anything but the twin's tokens.
"""

from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from dokodemo.kernel.secrets import kept


def _new_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem.decode("ascii")


def signing_key(home: Path) -> str:
    """An RSA key of 2,048 bits as PEM text, kept with mode 0600."""
    return kept(home, "twin.pem", _new_key)
