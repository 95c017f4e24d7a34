"""Which signing service this city uses (署名サービスの選択).

Owns the setting `DOKODEMO_SIGNING`: `local` (default, the test authority) or the dotted path of a module that
has `signer()` and `verifier()`. Never holds a key.
"""

import importlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from dokodemo.adapters.signing.local import LocalSigner, LocalVerifier
from dokodemo.adapters.signing.ports import Signer, Verifier


def folder() -> Path:
    """Where the local twin's keys are."""
    return Path(settings.DOKODEMO_HOME) / "keys" / "signing"


def signer() -> Signer:
    """The city's signer. Raises ImproperlyConfigured for a wrong setting."""
    module = _module()
    return LocalSigner(folder()) if module is None else module.signer()


def verifier() -> Verifier:
    """The verifier that fits the city's signer. Raises ImproperlyConfigured for a wrong setting."""
    module = _module()
    return LocalVerifier(folder()) if module is None else module.verifier()


def check() -> list[str]:
    """What is wrong with signing here, in plain sentences; empty when letters can be signed."""
    try:
        return signer().check()
    except ImproperlyConfigured as fault:
        return [str(fault)]


def _module() -> Any | None:
    name = getattr(settings, "DOKODEMO_SIGNING", "local")
    if name == "local":
        return None
    try:
        module = importlib.import_module(name)
    except ImportError as fault:
        raise ImproperlyConfigured(f"DOKODEMO_SIGNING={name!r} cannot be imported: {fault}") from None
    if not (hasattr(module, "signer") and hasattr(module, "verifier")):
        raise ImproperlyConfigured(f"DOKODEMO_SIGNING={name!r} must offer signer() and verifier().")
    return module
