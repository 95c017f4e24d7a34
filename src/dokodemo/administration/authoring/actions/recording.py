"""One event of a proposal (起案の出来事の記録): never a text of it, only its digest."""

from __future__ import annotations

from datetime import date

from dokodemo.administration.authoring import queries
from dokodemo.administration.authoring.models import Proposal
from dokodemo.kernel.access import Actor
from dokodemo.kernel.events import record


def record_verb(
    verb: str, actor: Actor, proposal: Proposal, *, day: date | None = None, version: int | None = None
) -> None:
    """Append the event of a verb with what it is about: procedure, day (as the number 20261123), version, files."""
    numbers = {"publish_on": int(day.strftime("%Y%m%d"))} if day else {}
    numbers |= {"version": version} if version else {}
    record(
        verb,
        actor=actor,
        object=("proposal", proposal.pk),
        refs={"procedure": proposal.slug},
        numbers=numbers,
        digests={"files": queries.digest_of_files(proposal.files)},
    )
