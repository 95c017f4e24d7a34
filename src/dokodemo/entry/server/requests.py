"""A request as our views see it (リクエスト): with its actor and its language.

Owns the type. The values are set by the middleware: `actor` by ActorMiddleware, `lang` and `furigana` by LanguageMiddleware.
"""

from __future__ import annotations

from django.http import HttpRequest

from dokodemo.kernel.access import Account, Actor
from dokodemo.kernel.ui.language import Lang


class Request(HttpRequest):
    """What every view of portal and office is given."""

    actor: Actor
    lang: Lang
    furigana: bool
    user: Account
