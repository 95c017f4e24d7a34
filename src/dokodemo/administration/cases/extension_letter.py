"""What the notice of an extension says (期限延長の通知): the new day, the reason and the article.

Owns its content and the words of the message that goes with it. Never extends and never issues.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings

from dokodemo.adapters.typeset import Template
from dokodemo.administration.cases import letters
from dokodemo.administration.cases.models import Case, Extension
from dokodemo.administration.certificates.actions import Order
from dokodemo.administration.certificates.definitions import Kind as DocumentKind
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.ui import texts

TITLE = "決定期限の延長通知書"


def order(case: Case, extension: Extension, procedure: CompiledProcedure) -> Order:
    """The order for the notice: one for each case, since a limit is extended once."""
    path, sources = procedures.extension_letter(procedure, settings.DOKODEMO_PACK)
    return Order(
        key=f"case:{case.pk}:extension",
        kind=DocumentKind.LETTER,
        procedure_slug=case.procedure,
        procedure_version=procedure.number,
        section=case.section,
        case_id=case.pk,
        subject_id=letters.document_subject(case),
        template=Template(path, sources),
        content=content(case, extension, procedure),
        signer_name=letters.signer(),
        reason=TITLE,
        readings=letters.readings(case.answers),
    )


def content(case: Case, extension: Extension, procedure: CompiledProcedure) -> dict[str, Any]:
    """What it prints. It is no decision, so it carries no notice of appeal and no amounts."""
    return {
        **letters.undecided(case, procedure),
        "title": f"{procedure.definition.title.ja} {TITLE}",
        "reasons": [{"say": extension.reason, "article": None}],
        "extension": {
            "before": calendar_jp.to_wareki(extension.before, "ja"),
            "until": calendar_jp.to_wareki(extension.until, "ja"),
            "article": _article(procedure),
        },
    }


def message(extension: Extension, procedure: CompiledProcedure) -> str:
    """What the person reads among the messages at once, in every language: which they read is not known."""
    words = {"reason": extension.reason, "article": _article(procedure)}
    return "\n\n".join(
        texts.plain(
            "cases.extension.message", lang, until=calendar_jp.to_wareki(extension.until, lang), **words
        )
        for lang in ("ja", "easy", "en")
    )


def _article(procedure: CompiledProcedure) -> str:
    limit = procedure.definition.statutory_limit
    return f"{procedure.definition.law.name}{limit.extension_article or '' if limit else ''}"
