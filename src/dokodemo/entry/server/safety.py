"""Settings that must not meet (設定の組合せ): a demonstration, the sign-in twin or error pages of developers in a real city.

Owns the rules. Knows no Django, for the settings ask it. In a demonstration anybody signs in as anybody; that is right
on one's own machine and a disaster in a city hall, so elsewhere it has to be said.
"""

from __future__ import annotations

from urllib.parse import urlsplit


def is_local(address: str) -> bool:
    """Whether an address is reached from this machine only."""
    host = urlsplit(address).hostname or ""
    return host in {"localhost", "127.0.0.1", "::1"} or host.endswith(".localhost")


def refusal(*, base_url: str, demo: bool, demo_said: bool, twin: bool, role: str, debug: bool) -> str | None:
    """Why a server with these settings must not start, and what to set; None when it may.

    `demo_said`: DOKODEMO_DEMO was set, not assumed. `twin`: residents would sign in with the local test provider.
    """
    public = not is_local(base_url)
    if public and not demo_said:
        return (
            f"DOKODEMO_BASE_URL={base_url!r} is a public address and DOKODEMO_DEMO is not set. In a demonstration "
            "anybody signs in as anybody. Set DOKODEMO_DEMO=0 for a real city, or DOKODEMO_DEMO=1 to show one."
        )
    if not demo and twin and role != "office":
        return (
            "DOKODEMO_DEMO=0 and no DOKODEMO_OIDC_ISSUER: residents would sign in with the test provider, anybody as "
            "anybody. Set DOKODEMO_OIDC_ISSUER, or open the office alone until then with DOKODEMO_ROLE=office."
        )
    if public and debug:
        return (
            f"DOKODEMO_DEBUG=1 at the public address {base_url!r} would show what people typed to anybody. "
            "Set DOKODEMO_DEBUG=0."
        )
    return None
