"""What every page knows (共通の表示): the city, the demo flag, who is signed in.

Owns the context shared by all templates. Never reads personal data.
"""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from dokodemo.kernel.access import ANONYMOUS
from dokodemo.kernel.packs import City, open_pack


def this_city() -> City:
    """The city this server runs for. Raises PackError at start when the pack is broken."""
    return _city_of(settings.DOKODEMO_PACK)


@cache
def _city_of(pack: str) -> City:
    return open_pack(pack).city


def city(request: HttpRequest) -> dict[str, Any]:
    """`city`, `demo`, `role` and `actor` for templates."""
    return {
        "city": this_city(),
        "demo": settings.DOKODEMO_DEMO,
        "role": settings.DOKODEMO_ROLE,
        "actor": getattr(request, "actor", ANONYMOUS),
    }
