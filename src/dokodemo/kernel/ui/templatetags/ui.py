"""Template tags of every screen (画面の部品): texts, dates, money, marks and clocks in the page's language.

Owns how templates say things. Never computes what is said. Registered as a builtin: no `{% load %}` is needed.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from threading import Lock
from urllib.parse import urlencode

from django import template
from django.core.paginator import Page
from django.template.base import FilterExpression, Parser, Token, token_kwargs
from django.template.context import Context
from django.template.loader_tags import BlockNode
from django.urls import reverse
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import (
    Lang,
    Spoken,
    as_lang,
    furigana_of,
    html_lang,
    language_of,
    say,
    say_plain,
)

register = template.Library()
UNITS = {"yen": "ui.yen", "points": "ui.points", "hours": "ui.hours"}
MARKS = ("sample", "test", "unconfirmed", "new", "done")
SOON_DAYS = 7
# Parts kept of one place in a template: the rows of a large plan in every language, some megabytes.
MOST_PARTS = 1500


def context_lang(context: Mapping[str, object] | Context) -> Lang:
    """The page's language: a `lang` given to the template, else the request's, else Japanese."""
    return as_lang(str(context.get("lang"))) or language_of(context.get("request"))  # type: ignore[arg-type]


def context_furigana(context: Mapping[str, object] | Context) -> bool:
    """Whether this page shows readings."""
    given = context.get("furigana")
    return bool(given) if given is not None else furigana_of(context.get("request"))  # type: ignore[arg-type]


class TextNode(template.Node):
    """`{% t %}` or `{% plain %}`, with its key checked when the template is compiled."""

    def __init__(
        self, key: FilterExpression, params: Mapping[str, FilterExpression], name: str | None, markup: bool
    ) -> None:
        self.key, self.params, self.name, self.markup = key, params, name, markup
        # The same words on every page: nothing in them depends on the page.
        self.steady = not params and not hasattr(key.var, "resolve") and not key.filters
        self.said: dict[tuple[Lang, bool, bool], str] = {}

    def render(self, context: Context) -> str:
        """The text, or nothing when it is kept under a name."""
        said = self._said(context) if self.steady else self._say(context)
        if not self.name:
            return said
        context[self.name] = said
        return ""

    def _said(self, context: Context) -> str:
        manner = (context_lang(context), context_furigana(context), context.autoescape)
        said = self.said.get(manner)
        if said is None:
            said = self.said[manner] = self._say(context)
        return said

    def _say(self, context: Context) -> str:
        key = str(self.key.resolve(context))
        params = {name: value.resolve(context) for name, value in self.params.items()}
        lang = context_lang(context)
        if self.markup:
            text: str = texts.t(key, lang, furigana=context_furigana(context), **params)
        else:
            text = texts.plain(key, lang, **params)
        raw = self.markup or self.name or not context.autoescape
        return text if raw else conditional_escape(text)


def _text_tag(parser: Parser, token: Token) -> TextNode:
    tag, *words = token.split_contents()
    if not words:
        raise template.TemplateSyntaxError(f"{{% {tag} %}} needs the key of a text.")
    name = None
    if len(words) > 2 and words[-2] == "as":
        name, words = words[-1], words[:-2]
    key = parser.compile_filter(words[0])
    rest = words[1:]
    params = token_kwargs(rest, parser)
    if rest:
        raise template.TemplateSyntaxError(
            f"{{% {tag} %}}: {rest[0]!r} is not a parameter. Write name=value."
        )
    if not hasattr(key.var, "resolve"):
        entries = texts.catalogue().entries
        if key.var not in entries:
            raise template.TemplateSyntaxError(f"No texts.yaml has the key {key.var!r}.")
        missing = texts.placeholders(entries[str(key.var)]["ja"]) - set(params)
        if missing:
            raise template.TemplateSyntaxError(f"{key.var!r} also needs {', '.join(sorted(missing))}.")
    return TextNode(key, params, name, markup=tag == "t")


class KeptNode(template.Node):
    """`{% kept %}…{% endkept %}`: what is the same on every page of this city, drawn once for each language.

    Nothing inside may depend on the page, the person or the request; a block inside would belong to one page.
    """

    def __init__(self, inside: template.NodeList) -> None:
        self.inside = inside
        self.drawn: dict[tuple[object, ...], str] = {}

    def render(self, context: Context) -> str:
        """The part as first drawn for this city in this language."""
        city = context.get("city")
        manner = (
            context_lang(context),
            context_furigana(context),
            id(city),
            context.get("demo"),
            context.get("role"),
        )
        drawn = self.drawn.get(manner)
        if drawn is None:
            drawn = self.drawn[manner] = self.inside.render(context)
        return drawn


@register.tag("kept")
def _kept_tag(parser: Parser, token: Token) -> KeptNode:
    inside = parser.parse(("endkept",))
    parser.delete_first_token()
    if inside.get_nodes_by_type(BlockNode):
        raise template.TemplateSyntaxError("{% kept %} cannot hold a block: each page fills it with its own.")
    return KeptNode(inside)


class DrawnNode(template.Node):
    """`{% drawn key %}…{% enddrawn %}`: a part that is drawn anew only when something it says is another.

    `key` holds everything the part says and can be compared; nothing for a part that is always drawn. Nothing inside may depend
    on anything else than the key and the page's language.
    """

    def __init__(self, key: FilterExpression, inside: template.NodeList) -> None:
        self.key, self.inside = key, inside
        # By the hash of what they say: to work it out of a long plan takes longer than to compare the plan with itself.
        self.parts: OrderedDict[int, tuple[tuple[object, ...], str]] = OrderedDict()
        self.turn = Lock()

    def render(self, context: Context) -> str:
        """The part as drawn for this key in this language; the parts that were not asked for longest are forgotten."""
        key = self.key.resolve(context)
        if not key:
            return self.inside.render(context)
        manner = (context_lang(context), context_furigana(context), key)
        place = hash(manner)
        with self.turn:
            known = self.parts.get(place)
            if known is not None and known[0] == manner:
                self.parts.move_to_end(place)
                return known[1]
        drawn = self.inside.render(context)
        with self.turn:
            self.parts[place] = manner, drawn
            while len(self.parts) > MOST_PARTS:
                self.parts.popitem(last=False)
        return drawn


@register.tag("drawn")
def _drawn_tag(parser: Parser, token: Token) -> DrawnNode:
    words = token.split_contents()
    if len(words) != 2:
        raise template.TemplateSyntaxError("{% drawn %} needs one thing that holds everything the part says.")
    key = parser.compile_filter(words[1])
    inside = parser.parse(("enddrawn",))
    parser.delete_first_token()
    return DrawnNode(key, inside)


register.tag("t", _text_tag)
register.tag("plain", _text_tag)


@register.simple_tag(takes_context=True, name="say")
def say_tag(context: Context, text: Spoken | str | None) -> SafeString:
    """A pack's Text in the page's language, with readings where they are on."""
    return say(text, context_lang(context), furigana=context_furigana(context))


@register.simple_tag(takes_context=True, name="say_plain")
def say_plain_tag(context: Context, text: Spoken | str | None) -> str:
    """A pack's Text without ruby: for `<title>`, `aria-label` and `<option>`."""
    return say_plain(text, context_lang(context))


@register.simple_tag(takes_context=True, name="html_lang")
def html_lang_tag(context: Context) -> str:
    """The value for `<html lang>`."""
    return html_lang(context_lang(context))


@register.simple_tag(takes_context=True)
def wareki(context: Context, day: date | datetime | str | None) -> SafeString:
    """A day as 令和8年11月23日 (in English: 23 November 2026), inside `<time>`; empty for None.

    A datetime is taken as the day it is in Japan; a str is an ISO day.
    """
    if not day:
        return SafeString("")
    if isinstance(day, str):
        day = date.fromisoformat(day)
    if isinstance(day, datetime):
        day = timezone.localtime(day).date()
    shown = calendar_jp.to_wareki(day, context_lang(context))
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), shown)


@register.simple_tag(takes_context=True)
def moment(context: Context, at: datetime | None) -> SafeString:
    """A point in time as day and clock time in Japan, inside `<time>`; empty for None."""
    if at is None:
        return SafeString("")
    lang, here = context_lang(context), timezone.localtime(at)
    shown = texts.t(
        "ui.moment.am" if here.hour < 12 else "ui.moment.pm",
        lang,
        furigana=context_furigana(context),
        date=calendar_jp.to_wareki(here.date(), lang),
        hour=here.hour % 12 if lang != "en" else (here.hour % 12 or 12),
        minute=f"{here.minute:02}",
    )
    return format_html('<time datetime="{}">{}</time>', here.isoformat(timespec="minutes"), shown)


@register.simple_tag(takes_context=True)
def fiscal_year(context: Context, year: int) -> str:
    """A fiscal year as people read it: 令和8年度, 2026年度, fiscal year 2026."""
    return calendar_jp.fiscal_year_label(year, context_lang(context))


@register.simple_tag(takes_context=True)
def yen(context: Context, amount: int | None) -> SafeString:
    """An amount in yen with separators and the word for the currency; empty for None."""
    return SafeString("") if amount is None else quantity(context, amount, "yen")


@register.simple_tag(takes_context=True)
def quantity(context: Context, amount: int, unit: str) -> SafeString:
    """A number with separators and the word for its unit: yen 円, points 点, hours 時間."""
    if unit not in UNITS:
        raise ValueError(f"{unit!r} is not a unit: {', '.join(UNITS)}")
    lang, furigana = context_lang(context), context_furigana(context)
    return texts.t(UNITS[unit], lang, furigana=furigana, amount=f"{amount:,}")


@register.simple_tag(takes_context=True)
def mark(context: Context, kind: str) -> SafeString:
    """A tag in words: sample 見本, test 試験用, unconfirmed 未確認, new, done."""
    if kind not in MARKS:
        raise ValueError(f"{kind!r} is not a mark: {', '.join(MARKS)}")
    word = texts.t(f"ui.mark.{kind}", context_lang(context), furigana=context_furigana(context))
    return format_html('<span class="mark mark-{}">{}</span>', kind, word)


@register.simple_tag(takes_context=True)
def clock(context: Context, due: date | None, *, paused: bool = False, left: int | None = None) -> SafeString:
    """A badge saying in words how far a deadline is. `left`: days to go if they are not calendar days."""
    if due is None:
        return SafeString("")
    days = (due - calendar_jp.today()).days if left is None else left
    if paused:
        state, key = "paused", "ui.clock.paused"
    elif days < 0:
        state, key = "late", "ui.clock.late"
    elif days == 0:
        state, key = "soon", "ui.clock.today"
    else:
        state, key = ("soon" if days <= SOON_DAYS else "calm"), "ui.clock.left"
    words = texts.t(key, context_lang(context), furigana=context_furigana(context), days=abs(days))
    return format_html('<span class="clock clock-{}">{}</span>', state, words)


@register.simple_tag(takes_context=True)
def switch_url(context: Context, switch: str, choice: str) -> str:
    """The address that switches `language` or `furigana` to `choice` and comes back to this page."""
    request = context.get("request")
    back = request.get_full_path() if request is not None else "/"
    return f"{reverse(f'ui:{switch}', args=[choice])}?{urlencode({'next': back})}"


@register.simple_tag(takes_context=True)
def page_url(context: Context, number: int) -> str:
    """This page's address with `page=number` and every other query parameter kept."""
    query = context["request"].GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"


@register.filter
def beside(row: Iterable[object], columns: Iterable[object]) -> list[tuple[object, object]]:
    """Each cell of a table row with its column."""
    return list(zip(row, columns, strict=False))


@register.filter
def page_range(page: Page[object]) -> list[int | None]:
    """The page numbers to offer around this page; None stands for a gap."""
    return [
        n if isinstance(n, int) else None
        for n in page.paginator.get_elided_page_range(page.number, on_each_side=1)
    ]
