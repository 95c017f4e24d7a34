"""A request as our views see it (リクエスト): with its actor and its language.

Owns the type, and where a request came from. The values are set by the middleware: `actor` by ActorMiddleware, `lang` and
`furigana` by LanguageMiddleware.
"""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

from dokodemo.kernel.access import Account, Actor
from dokodemo.kernel.ui.language import Lang


class Request(HttpRequest):
    """What every view of portal and office is given."""

    actor: Actor
    lang: Lang
    furigana: bool
    user: Account


def visitor_address(request: HttpRequest) -> str:
    """The network a visitor comes from, to count by: what the proxies that may be believed say (`DOKODEMO_PROXIES`), else the
    connection's own address; of IPv6 the /64, since one household has all of that. Empty where it is not known."""
    proxies: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    passed = request.headers.get("X-Forwarded-For", "").split(",")
    said = passed[-proxies] if proxies and len(passed) >= proxies else request.META.get("REMOTE_ADDR", "")
    try:
        found = ip_address(said.strip())
    except ValueError:
        return ""
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else str(found)
