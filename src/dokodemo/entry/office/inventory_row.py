"""One row of the inventory (棚卸の一行): what the survey says, what the section says, and who said it when.

Owns the form of a confirmation, the download of a draft and the way from it to the editor. Never writes: confirming is an
action of the inventory, beginning a procedure one of the editor.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dokodemo.administration.authoring import queries as authoring
from dokodemo.administration.authoring.actions import Refused, start_from
from dokodemo.administration.authoring.policies import may_write
from dokodemo.administration.inventory import actions, policies, queries
from dokodemo.administration.inventory.actions import BadAnswer, Stale
from dokodemo.administration.inventory.coding import count_of
from dokodemo.administration.inventory.definitions import LACKS, OnlineState, Performed
from dokodemo.administration.inventory.drafting import UNDECIDED, draft_of
from dokodemo.administration.inventory.logic import Answer
from dokodemo.administration.inventory.standing import Standing, priority_of
from dokodemo.administration.inventory.survey import SurveyRow
from dokodemo.administration.procedures import queries as procedures
from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.drafts import as_yaml
from dokodemo.entry.office import pages
from dokodemo.entry.office.authoring_frame import told
from dokodemo.entry.office.inventory import filters_of, query_of, section_names
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.access import NotFound
from dokodemo.kernel.ui.language import Lang

_BOXES = ("performed", "online", "missing", "reason", "via_mynaportal", "yearly", "yearly_online")


class Unreadable(Exception):
    """A box holds something that is no value of its kind; (field, text key) of each."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        self.faults = faults
        super().__init__()


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def row(request: Request, number: str) -> HttpResponse:
    """The row with its form; a good answer leads to the next unconfirmed row or back here."""
    standing, survey = queries.get(request.actor, number)
    if request.method != "POST":
        return _show(request, standing, survey, _typed_of(standing.answer), [])
    typed = {name: request.POST.get(name, "").strip()[:400] for name in _BOXES}
    typed["lacks"] = [lack for lack in LACKS if lack in request.POST.getlist("lacks")]  # type: ignore[assignment]
    try:
        answer = _answer(typed)
        actions.confirm(
            actor=request.actor,
            number=number,
            answer=answer,
            revision=pages.revision(request),
        )
    except (BadAnswer, Unreadable) as refused:
        return _show(request, standing, survey, typed, refused.faults, status=422)
    except Stale:
        standing, survey = queries.get(request.actor, number)
        wrong = [("performed", "inventory.fault.stale")]
        return _show(request, standing, survey, typed, wrong, status=409)
    filters = filters_of(request)
    if "next" in request.POST:
        following = queries.next_unknown(request.actor, filters, after=number)
        if following is not None:
            return _to(following, query_of(filters, done="1"))
    return _to(number, query_of(filters, done="1"))


def _to(number: str, query: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('office:inventory_row', args=[number])}?{query}")


def _answer(typed: dict[str, Any]) -> Answer:
    """The form as an answer. Raises Unreadable."""
    counts: dict[str, int | None] = {}
    wrong = []
    for name in ("yearly", "yearly_online"):
        try:
            counts[name] = count_of(typed[name])
        except ValueError:
            wrong.append((name, "inventory.fault.number"))
    if wrong:
        raise Unreadable(wrong)
    performed, online = typed["performed"], typed["online"]
    return Answer(
        performed=Performed(performed) if performed in list(Performed) else None,
        online=OnlineState(online) if online in list(OnlineState) else None,
        lacks=tuple(typed["lacks"]),
        missing=typed["missing"],
        reason=typed["reason"],
        via_mynaportal={"yes": True, "no": False}.get(typed["via_mynaportal"]),
        yearly=counts["yearly"],
        yearly_online=counts["yearly_online"],
    )


def _typed_of(answer: Answer) -> dict[str, Any]:
    """What the boxes show of an answer given before."""
    return {
        "performed": answer.performed or "",
        "online": answer.online or "",
        "lacks": answer.lacks,
        "missing": answer.missing,
        "reason": answer.reason,
        "via_mynaportal": {True: "yes", False: "no", None: ""}[answer.via_mynaportal],
        "yearly": "" if answer.yearly is None else answer.yearly,
        "yearly_online": "" if answer.yearly_online is None else answer.yearly_online,
    }


def _show(
    request: Request,
    standing: Standing,
    survey: SurveyRow,
    typed: dict[str, Any],
    wrong: list[tuple[str, str]],
    *,
    status: int = 200,
) -> HttpResponse:
    said = queries.history(request.actor, standing.number)
    people = organisation.staff_names({one.by for one in said})
    names = section_names()
    first: dict[str, str] = {}
    for field, key in wrong:
        first.setdefault(field, key)
    context = {
        "row": standing,
        "survey": survey,
        "section": names.get(standing.section),
        "may_confirm": policies.may_confirm(request.actor, standing.section),
        "definitions": [procedures.get_published(slug).definition for slug in standing.definitions],
        "may_begin": _may_begin(request, standing),
        "lists": _lists(standing.number),
        "typed": typed,
        "wrong": first,
        "errors": pages.errors(request, first.items()),
        "performed_values": list(Performed),
        "online_values": list(OnlineState),
        "lacks_values": LACKS,
        "history": [(one, people.get(one.by, ""), names.get(one.section)) for one in said],
        "query": query_of(filters_of(request)),
        "done": "done" in request.GET,
    }
    return pages.show(request, "office/inventory_row.html", context, status=status)


def _may_begin(request: Request, standing: Standing) -> bool:
    """A procedure is begun by whoever writes for the section, once the row is confirmed and nothing answers for it."""
    performed = standing.answer.performed == Performed.PERFORMED and standing.gone_at is None
    return performed and not standing.linked and may_write(request.actor, standing.section)


@needs_staff
@require_POST
def begin(request: Request, number: str) -> HttpResponse:
    """Begin the procedure of a row in the editor from its draft, or go on with the one that was begun."""
    standing, survey = queries.get(request.actor, number)
    if not _may_begin(request, standing):
        raise NotFound
    draft = draft_of(survey, section=standing.section)
    going_on = authoring.open_for(str(draft.definition["slug"]))
    try:
        proposal = going_on or start_from(draft.definition, draft.remarks, actor=request.actor)
    except Refused as refusal:
        return told(request, refusal, reverse("office:inventory_row", args=[number]))
    return HttpResponseRedirect(reverse("office:proposal", args=[proposal.pk]))


def _lists(number: str) -> list[tuple[str, str]]:
    """(list, membership) of every list of priority that an entry of this row stands in."""
    found: dict[str, str] = {}
    for entry in priority_of(settings.DOKODEMO_PACK).entries.values():
        if number in entry.ids:
            for name in ("in_26", "in_31", "in_59", "in_32"):
                if getattr(entry, name) != "no":
                    found[name] = getattr(entry, name)
    return list(found.items())


@needs_staff
@require_safe
def draft(request: Request, number: str) -> HttpResponse:
    """A draft definition of the row, to be completed in a pack."""
    standing, survey = queries.get(request.actor, number)
    lang: Lang = request.lang
    text = as_yaml(draft_of(survey, section=standing.section or UNDECIDED), "ja" if lang == "easy" else lang)
    response = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="procedure-{standing.number}.yaml"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
