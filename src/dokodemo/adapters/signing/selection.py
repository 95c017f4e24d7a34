"""Which signing service this city uses (署名サービスの選択).

Owns the setting `DOKODEMO_SIGNING`: `local` (default, the test authority) or the dotted path of a module that
has `signer()` and `verifier()`. Never holds a key, and loads the service only when something is signed or verified:
what reads PDF takes most of a second to load, and most processes never need it.
"""

import importlib
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from dokodemo.adapters.signing.ports import Signer, Verifier

LOCAL = "dokodemo.adapters.signing.local"


def signer() -> Signer:
    """The city's signer. Raises ImproperlyConfigured for a wrong setting."""
    found: Signer = _module().signer()
    return found


def verifier() -> Verifier:
    """The verifier that fits the city's signer. Raises ImproperlyConfigured for a wrong setting."""
    found: Verifier = _module().verifier()
    return found


def check() -> list[str]:
    """What is wrong with signing here, in plain sentences; empty when letters can be signed."""
    try:
        return signer().check()
    except ImproperlyConfigured as fault:
        return [str(fault)]


def _module() -> Any:
    name = getattr(settings, "DOKODEMO_SIGNING", "local")
    try:
        module = importlib.import_module(LOCAL if name == "local" else name)
    except ImportError as fault:
        raise ImproperlyConfigured(f"DOKODEMO_SIGNING={name!r} cannot be imported: {fault}") from None
    if not (hasattr(module, "signer") and hasattr(module, "verifier")):
        raise ImproperlyConfigured(f"DOKODEMO_SIGNING={name!r} must offer signer() and verifier().")
    return module
