"""The language switch of an office page (表示言語の切替): drawn last, for it sends along the form that the page came to have.

Owns which form that is: the one that was sent along last, the one the page names, or the first marked `data-typed`. Of
several forms a script sends the others along, and without scripts each has buttons of its own. Never offers to send a form
where the page could not be opened anew: one that answers a form of another address and does not say where it is at home.
"""

from __future__ import annotations

import re

from django.http import HttpResponse
from django.template.loader import render_to_string

from dokodemo.entry.server.requests import Request

_MARK = b"<!--switch-->"
_FORM = re.compile(rb"<form data-typed\b[^>]*>")
_ID = re.compile(rb' id="([^"]+)"')


def put_switch(request: Request, response: HttpResponse, *, form: str, page: str) -> None:
    """Draw the switch into a page: with buttons of its form, or with links where it has none."""
    found = {
        name[1].decode(): b" action=" not in tag
        for tag in _FORM.findall(response.content)
        if (name := _ID.search(tag)) is not None
    }
    at_home = request.method != "POST" or bool(page)
    usable = [name for name, posts_here in found.items() if at_home or posts_here]
    wanted = (getattr(request, "switched_form", ""), form, *usable)
    chosen = next((name for name in wanted if name in usable), "")
    context = {"typed_form": chosen, "typed_page": page, "typed_several": len(usable) > 1}
    switch = render_to_string("ui/parts/language_switch.html", context, request)
    content = response.content.replace(_MARK, switch.encode(), 1)
    if len(usable) > 1:
        content = _with_own_buttons(request, content, usable, page)
    response.content = content


def _with_own_buttons(request: Request, content: bytes, forms: list[str], page: str) -> bytes:
    """At the end of each form its own buttons, for browsers without scripts."""
    pieces: list[bytes] = []
    at = 0
    for tag in _FORM.finditer(content):
        name = _ID.search(tag[0])
        end = content.find(b"</form>", tag.end())
        if name is None or name[1].decode() not in forms or end < 0:
            continue
        context = {"typed_form": name[1].decode(), "typed_page": page}
        own = render_to_string("ui/parts/typed_switch_here.html", context, request)
        pieces += [content[at:end], own.encode()]
        at = end
    return b"".join([*pieces, content[at:]])
