"""The city hall's own state (管理): what is published, the log, the queue of jobs, and whether the staff may work.

Owns the administrator's page. Never shows a case or a person of the register.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpResponse
from django.views.decorators.http import require_safe
from django_ox import stats

from dokodemo.administration.procedures import queries as procedures
from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.office import pages
from dokodemo.entry.office.staffing import second_factors
from dokodemo.entry.office.visitors import needs_role
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.access import Role
from dokodemo.kernel.events.standing import Standing
from dokodemo.kernel.events.standing import standing as log_standing

# A job that waits longer than this says that no worker runs.
PATIENCE = timedelta(minutes=5)


@dataclass(frozen=True)
class Queue:
    """The queue of jobs: how many wait, run, failed or were lost, and how long the oldest has waited."""

    ready: int
    running: int
    failed: int
    lost: int
    done: int
    oldest: timedelta | None

    @property
    def stuck(self) -> bool:
        """Whether work waits that nobody takes."""
        return self.oldest is not None and self.oldest > PATIENCE

    @property
    def oldest_minutes(self) -> int:
        """Whole minutes the oldest job has waited."""
        return int(self.oldest.total_seconds() // 60) if self.oldest else 0


@dataclass(frozen=True)
class Machinery:
    """What keeps the city running: the log's standing and the queue."""

    log: Standing
    queue: Queue

    @property
    def well(self) -> bool:
        """Whether an administrator has nothing to do."""
        return not (self.queue.stuck or self.queue.failed or self.queue.lost or self.log.behind)


def machinery() -> Machinery:
    """The state of log and queue now."""
    queues = stats.queue_stats()
    queue = Queue(
        ready=sum(one.ready for one in queues),
        running=sum(one.running for one in queues),
        failed=sum(one.failed for one in queues),
        lost=sum(one.lost for one in queues),
        done=sum(one.successful for one in queues),
        oldest=stats.oldest_ready_age(),
    )
    return Machinery(log_standing(), queue)


@needs_role(Role.ADMINISTRATOR)
@require_safe
def administration(request: Request) -> HttpResponse:
    """Log and queue, procedures in force, and how many of the staff may work."""
    sections = organisation.sections()
    people = organisation.staff_on()
    context = {
        "machinery": machinery(),
        "people": len(people),
        "without_factor": len(people - second_factors(people)),
        "procedures": [
            (p.number, p.definition, _section(sections, p.definition.unit)) for p in procedures.published()
        ],
        "unconfirmed": sum(not p.definition.is_confirmed for p in procedures.published()),
    }
    return pages.show(request, "office/administration.html", context)


def _section(sections: list[organisation.SectionView], code: str) -> organisation.SectionView | None:
    return next((section for section in sections if section.code == code), None)
