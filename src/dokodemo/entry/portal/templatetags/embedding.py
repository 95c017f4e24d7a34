"""Template tags of the plan's page (埋め込み用コード).

Owns the code others copy into their pages. Never renders the embedded page.
"""

from collections.abc import Mapping
from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import escape, format_html

from dokodemo.kernel.ui.language import language_of, say_plain
from dokodemo.promotion.plan.definitions import Measure

register = template.Library()
HEIGHT = 520


@register.simple_tag(takes_context=True)
def embed_code(context: Mapping[str, Any], measure: Measure) -> str:
    """The HTML that frames a measure in the page's language, escaped to be shown and copied."""
    lang = language_of(context.get("request"))
    code = format_html(
        '<iframe src="{}{}?lang={}" title="{}" width="100%" height="{}" loading="lazy" style="border:0"></iframe>',
        settings.DOKODEMO_BASE_URL,
        reverse("portal:plan_embed", args=[measure.code]),
        lang,
        say_plain(measure.title, lang),
        HEIGHT,
    )
    return escape(str(code) + "")
