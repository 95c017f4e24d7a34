"""Searching, and telling the city what was not found (さがす・見つからないと知らせる).

Owns the result page and the form to the city. Never keeps who searched: what is counted, and how, is `administration.findings`.
"""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dokodemo.administration.findings import actions
from dokodemo.administration.findings.logic import LONGEST_QUESTION, LONGEST_WORDS
from dokodemo.administration.inventory import searching
from dokodemo.administration.inventory.searching import Found
from dokodemo.administration.procedures import queries as procedures
from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.portal.finding import MOST_WANTED, most_wanted
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.ui import texts

LONGEST_QUERY = 200
_LANGUAGE = ("_language", "_furigana")


@require_safe
def search(request: Request) -> HttpResponse:
    """Procedures for everyday words; nothing found says so and what to do instead."""
    text = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    hits = searching.find(text) if text else []
    if text and _is_a_search(request, text):
        actions.count_search(words=text, lang=request.lang, found=bool(hits))
    rows = [one.row for one in hits if one.row is not None]
    sections = {one.code: one for one in organisation.sections()} if rows else {}
    context = {
        "q": text,
        "words": text[:LONGEST_WORDS],
        "found": _definitions(hits),
        "rows": [(row, sections.get(row.section)) for row in rows],
        "procedures": [] if hits else most_wanted()[:MOST_WANTED],
    }
    return render(request, "portal/search.html", context)


def _definitions(hits: list[Found]) -> list[object]:
    published = {one.slug: one.definition for one in procedures.published()}
    return [published[one.hit.slug] for one in hits if one.hit.slug in published]


def _is_a_search(request: Request, text: str) -> bool:
    """Somebody's search, once: not a look ahead by a browser, and not the same page again in another language."""
    if request.method != "GET" or "prefetch" in request.headers.get("Sec-Purpose", ""):
        return False
    try:
        seen = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return True
    said = [words.strip()[:LONGEST_QUERY] for words in parse_qs(seen.query).get("q", [])]
    return seen.path != request.path or text not in said


@require_http_methods(["GET", "HEAD", "POST"])
def tell(request: Request) -> HttpResponse:
    """Tell the city what was not found; no name is asked and nobody is answered."""
    if request.method != "POST":
        return _form(request, request.GET.get("q", "").strip()[:LONGEST_WORDS], "")
    words = request.POST.get("words", "").strip()[:LONGEST_QUERY]
    text = request.POST.get("text", "").strip()[: LONGEST_QUESTION * 2]
    if any(name in request.POST for name in _LANGUAGE):
        return _form(request, words, text)
    if not words and not text:
        return _form(request, words, text, "portal.tell.empty")
    if len(text) > LONGEST_QUESTION:
        return _form(request, words, text, "portal.tell.long", box="text")
    try:
        actions.tell(words=words, text=text, lang=request.lang, found=bool(searching.find(words, limit=1)))
    except actions.NothingFit:
        return _form(request, words, text, "portal.tell.nothing_fit")
    except actions.TooMany:
        return _form(request, words, text, "portal.tell.too_many", status=503)
    return HttpResponseRedirect(reverse("portal:told"))


def _form(
    request: Request, words: str, text: str, wrong: str = "", *, box: str = "words", status: int = 422
) -> HttpResponse:
    said = texts.t(wrong, request.lang, furigana=request.furigana, count=LONGEST_QUESTION) if wrong else ""
    context = {
        "words": words,
        "text": text,
        "wrong": said,
        "wrong_box": box,
        "errors": [{"href": f"#{box}", "message": said}] if wrong else [],
        "longest_words": LONGEST_WORDS,
        "longest_text": LONGEST_QUESTION,
        "switch_form": "tell",
    }
    response = render(request, "portal/tell.html", context, status=status if wrong else 200)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@require_safe
def told(request: Request) -> HttpResponse:
    """Thanks, and the ways to an answer."""
    return render(request, "portal/told.html")
