"""The city hall's own state (管理): who holds which post, what is published, the log and the queue of jobs.

Owns the administrator's page. Never shows a case or a person of the register.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.views.decorators.http import require_safe
from django_ox import stats

from dokodemo.administration.procedures import queries as procedures
from dokodemo.city.organisation import queries as organisation
from dokodemo.city.organisation.queries import HolderView
from dokodemo.entry.office import pages
from dokodemo.entry.office.visitors import needs_role
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.access import Role
from dokodemo.kernel.events.standing import Standing
from dokodemo.kernel.events.standing import standing as log_standing
from dokodemo.kernel.ui import texts

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
    """Sections with their staff, procedures in force, log and queue."""
    sections = organisation.sections()
    held = {section.code: organisation.holders(section.code) for section in sections}
    people = {post.account_id for posts in held.values() for post in posts}
    names, factors = organisation.staff_names(people), _with_second_factor(people)
    context = {
        "machinery": machinery(),
        "sections": [
            (section, [_post(request, post, names, factors) for post in held[section.code]])
            for section in sections
        ],
        "people": len(people),
        "without_factor": len(people - factors),
        "procedures": [
            (p.number, p.definition, _section(sections, p.definition.unit)) for p in procedures.published()
        ],
        "unconfirmed": sum(not p.definition.is_confirmed for p in procedures.published()),
    }
    return pages.show(request, "office/administration.html", context)


def _section(sections: list[organisation.SectionView], code: str) -> organisation.SectionView | None:
    return next((section for section in sections if section.code == code), None)


def _with_second_factor(people: set[UUID]) -> set[UUID]:
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    rows = Authenticator.objects.filter(user_id__in=people, type__in=kinds)
    return set(rows.values_list("user_id", flat=True))


def _post(request: Request, post: HolderView, names: dict[UUID, str], factors: set[UUID]) -> dict[str, Any]:
    role = texts.plain(f"office.role.{post.role}", request.lang)
    return {
        "name": names.get(post.account_id, ""),
        # A title of one's own is said with the role it carries, a usual one is not said twice.
        "title": role if not post.title or role.startswith(post.title) else f"{post.title}（{role}）",
        "since": post.starts_on,
        "until": post.ends_on,
        "factor": post.account_id in factors,
    }
