"""Pages of a procedure as forms (申請フォーム): compiled once for each version, kept in the process.

Owns the bridge from a compiled procedure to the form machinery. Never reads or saves an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from dokodemo.administration.cases import prefill
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import FormPage, FormQuestion
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.ui.form_values import Prefills
from dokodemo.kernel.ui.forms import CompiledPage, Question, compile_page

type Facts = Mapping[str, Any]


def _shows(question: FormQuestion) -> Callable[[Facts], bool] | None:
    if question.show_when is None and question.skip_when is None:
        return None

    def shows(facts: Facts) -> bool:
        today = calendar_jp.today()
        if question.show_when is not None and question.show_when.evaluate(facts, on=today) is not True:
            return False
        return question.skip_when is None or question.skip_when.evaluate(facts, on=today) is not True

    return shows


def compiled(page: FormPage) -> CompiledPage:
    """One page of a procedure, ready to be drawn; also of one that is not published yet."""
    group = page.group if page.group is not None and page.group.repeats else None
    return compile_page(
        [Question(asked.term, asked.required, group, _shows(asked)) for asked in page.questions]
    )


@lru_cache(maxsize=512)
def pages(version_id: UUID) -> tuple[CompiledPage, ...]:
    """Every page of a published version, ready to be drawn. Raises NotFound."""
    return tuple(compiled(page) for page in procedures.compiled_version(version_id).pages)


def known(entries: Mapping[str, Mapping[str, Any]]) -> Prefills:
    """A draft's released facts in the shape the form draws them."""
    return prefill.as_facts(entries)
