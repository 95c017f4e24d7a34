"""Pages of a draft as forms (申請フォーム): compiled once for each version, or each set of them, kept in the process.

Owns the bridge from what a draft is written on to the form machinery. Never reads or saves an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from dokodemo.administration.cases import prefill, together
from dokodemo.administration.cases.models import Draft
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import Form, FormPage, FormQuestion
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.ui.form_values import Prefills
from dokodemo.kernel.ui.forms import CompiledPage, Question, compile_page
from dokodemo.kernel.vocabulary import Group

type Facts = Mapping[str, Any]


def _now(question: FormQuestion, group: Group | None, facts: Facts) -> FormQuestion | None:
    """The question as it is asked now; inside a repeating group, of the member whose answers are among the facts."""
    now = question.now(facts, calendar_jp.today())
    if now is None or group is None:
        return now
    prefix = f"{group.name}."
    return now.of({name.removeprefix(prefix): v for name, v in facts.items() if name.startswith(prefix)})


def _question(asked: FormQuestion, group: Group | None) -> Question:
    def shows(facts: Facts) -> bool:
        return _now(asked, group, facts) is not None

    def requires(facts: Facts) -> bool:
        now = _now(asked, group, facts)
        return now is not None and now.required

    return Question(
        asked.term,
        asked.required,
        group,
        None if asked.always else shows,
        requires if asked.varies else None,
    )


def compiled(page: FormPage) -> CompiledPage:
    """One page of a procedure, ready to be drawn; also of one that is not published yet."""
    group = page.group if page.group is not None and page.group.repeats else None
    return compile_page([_question(asked, group) for asked in page.questions])


def pages(draft: Draft) -> tuple[CompiledPage, ...]:
    """Every page a draft is written on, ready to be drawn. Raises NotFound."""
    return _pages(together.versions_of(draft), together.is_joint(draft))


@lru_cache(maxsize=512)
def _pages(versions: tuple[UUID, ...], joint: bool) -> tuple[CompiledPage, ...]:
    form: Form = together.joint_form(versions) if joint else procedures.compiled_version(versions[0])
    return tuple(compiled(page) for page in form.pages)


def known(entries: Mapping[str, Mapping[str, Any]]) -> Prefills:
    """A draft's released facts in the shape the form draws them."""
    return prefill.as_facts(entries)
