"""Whether a wave of a survey has a public page (公表済みの調査): a value taken in from a table may name one that has none."""

from __future__ import annotations

from django import template

from dokodemo.promotion.surveys import queries

register = template.Library()


@register.filter
def has_results(survey: str, wave: int | None) -> bool:
    """Whether the results of a wave are published here."""
    return wave is not None and queries.is_published(survey, wave)
