"""Which boxes stand on which page of the editor (編集画面の構成).

Owns the pages and their boxes. What a value means is said by the definition itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import get_args

from dokodemo.administration.authoring.content import Content
from dokodemo.administration.procedures import definitions as d
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.agreement import Surroundings
from dokodemo.entry.office.authoring_fields import Box


def _choice(name: str, kind: object, *, optional: bool = False) -> Box:
    return Box(name, "choice", get_args(kind), optional)


def _choices(name: str, kind: object) -> Box:
    return Box(name, "choices", get_args(kind))


COUNT = ("calendar", "business")
PAGES: Mapping[str, tuple[Box, ...]] = {
    "texts": (
        Box("title", "text3"),
        Box("summary", "text3"),
        Box("needs", "texts3"),
        Box("file_within", "text3", optional=True),
        Box("say", "lines"),
        Box("say_en", "lines"),
    ),
    "basis": (
        _choice("kind", d.Kind),
        Box("law.name", "line"),
        Box("law.article", "line"),
        Box("legal_basis_kind", "choice", ("law", "ordinance")),
        Box("unit", "choice"),
        Box("life_events", "choices"),
        Box("measures", "choices"),
        Box("inventory", "lines"),
        _choice("affairs", d.Affairs),
        _choice("appeal", d.Appeal, optional=True),
        Box("identity", "choice", ("none", "authenticated", "signed")),
        _choices("who_may_file", d.Filer),
        Box("subject", "choice", ("applicant", "subject")),
        _choices("audience", d.Audience),
        Box("priority", "number", optional=True),
        _choices("steps", d.Step),
        Box("approval", "choice", ("one", "two_person"), optional=True),
    ),
    "service": (
        Box("online.state", "choice", ("full", "partial", "none")),
        _choices("online.lacks", d.Lack),
        Box("online.missing", "text3", optional=True),
        Box("online.reason", "text3", optional=True),
        Box("minutes", "number"),
        Box("standard_period.days", "number"),
        Box("standard_period.count", "choice", COUNT),
        Box("statutory_limit.days", "number", optional=True),
        Box("statutory_limit.count", "choice", COUNT, optional=True),
        Box("statutory_limit.article", "line", optional=True),
        Box("fee.amount", "number"),
        Box("fee.method", "choice", ("counter", "online"), optional=True),
        Box("fee.per", "text3", optional=True),
        Box("fee.sample", "flag"),
    ),
    "ending": (
        Box("ended.on", "day", optional=True),
        Box("ended.because", "text3", optional=True),
        Box("ended.successor", "choice", optional=True),
    ),
}
# Pages that are lists: the key of the definition, and the boxes of one entry.
LISTS: Mapping[str, tuple[str, tuple[Box, ...]]] = {
    "conditions": (
        "eligible",
        (Box("when", "rule"), Box("say", "text3"), Box("article", "line"), Box("law", "line", optional=True)),
    ),
    "amounts": (
        "amounts",
        (
            Box("name", "line"),
            Box("label", "text3"),
            Box("formula", "rule", expected="yen"),
            Box("article", "line"),
        ),
    ),
    "form": (
        "form",
        (
            Box("page", "text3"),
            Box("lead", "text3", optional=True),
            Box("each", "choice", optional=True),
            Box("show_when", "rule", optional=True),
        ),
    ),
    "evidence": (
        "evidence",
        (
            Box("term", "choice"),
            Box("required", "choice", ("true", "false")),
            Box("skip_when", "rule", optional=True),
            Box("say", "text3", optional=True),
        ),
    ),
    "deadlines": (
        "deadlines",
        (
            Box("since", "rule", optional=True, expected="date"),
            Box("before", "rule", optional=True, expected="date"),
            Box("days", "number", optional=True),
            Box("months", "number", optional=True),
            Box("count", "choice", COUNT, optional=True),
            Box("counts_first_day", "flag"),
            Box("article", "line"),
            Box("event", "choice", optional=True),
        ),
    ),
}
ORDER = (
    "texts", "basis", "form", "conditions", "evidence", "amounts", "service", "deadlines", "letters", "examples", "terms",
    "ending",
)  # fmt: skip


def boxes_of(
    boxes: tuple[Box, ...], content: Content, around: Surroundings | None, sections: tuple[str, ...]
) -> list[Box]:
    """The boxes with the choices that this city and this vocabulary offer."""
    groups = around.vocabulary.groups.values() if around else ()
    terms = around.vocabulary.terms.values() if around else ()
    offered = {
        "unit": sections,
        "life_events": tuple(around.life_events) if around else (),
        "event": tuple(around.life_events) if around else (),
        "ended.successor": tuple(p.slug for p in procedures.published() if p.slug != content.slug),
        "measures": _measures(content),
        "each": tuple(group.name for group in groups if group.repeats),
        "term": tuple(term.name for term in terms if str(term.type) == "file"),
    }
    return [replace(box, choices=offered[box.name]) if box.name in offered else box for box in boxes]


def _measures(content: Content) -> tuple[str, ...]:
    document = content.pack.document("plan/plan.yaml")
    listed = document.data.get("measures") if document is not None else None
    if not isinstance(listed, list):
        return tuple(str(code) for code in content.data.get("measures") or ())
    return tuple(str(one["code"]) for one in listed if isinstance(one, dict) and "code" in one)
