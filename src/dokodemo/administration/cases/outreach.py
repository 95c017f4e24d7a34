"""Who needs no offer of a benefit any more (案内の要らない人): those who receive it or have asked for it.

Owns what counts as having asked. Never reads an answer.
"""

from uuid import UUID

from dokodemo.administration.cases.models import Case, Outcome, State


def applied(slug: str) -> frozenset[UUID]:
    """The residents a case of a procedure is about, unless it was withdrawn or refused."""
    rows = Case.objects.filter(procedure=slug, subject_id__isnull=False)
    rows = rows.exclude(state=State.WITHDRAWN).exclude(outcome=Outcome.REFUSED)
    return frozenset(pk for pk in rows.values_list("subject_id", flat=True) if pk is not None)
