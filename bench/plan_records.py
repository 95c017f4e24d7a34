"""Records of ten years for the measurement of a large plan (測定用の十年分の記録), written in bulk.

Owns `python -m bench.plan_records`, run inside the environment of a throw-away city: it reads what to make as JSON from
standard input and prints how many rows there are. Writes the tables directly: through the actions it would take days.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import batched
from typing import Any
from uuid import UUID

from dokodemo.entry.cli.ready import ready

ROWS = 50_000
EVENTS_OF_A_CASE = 10
# These links are read in their order and never verified, so none is worked out.
LINK = "0" * 64
BLOB = b"x" * 600
TOLD_EVERY = 5.0


def _insert(model: Any, rows: Iterable[Sequence[Any]], total: int, columns: Sequence[str]) -> int:
    """Rows as values of Python; how many. Tells how far it is. Nothing else may write meanwhile."""
    from django.db import connection, transaction

    fields = [model._meta.get_field(name) for name in columns]
    names = ", ".join(field.column for field in fields)
    table = model._meta.db_table
    insert = f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(fields))})"
    prepared = _plain if connection.vendor == "sqlite" else _as_it_is
    done, told = 0, time.monotonic()
    for some in batched(rows, ROWS):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(insert, [list(map(prepared, row)) for row in some])
        done += len(some)
        if time.monotonic() - told > TOLD_EVERY:
            told = time.monotonic()
            print(f"    {table}: {done:,} of {total:,}", file=sys.stderr, flush=True)
    return done


def _plain(value: Any) -> Any:
    """A value as SQLite keeps it."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(value, date):
        return value.isoformat()
    return value


def _as_it_is(value: Any) -> Any:
    return value


def _id(kind: int, n: int) -> UUID:
    return UUID(int=(kind << 96) | n)


def observations(given: dict[str, Any]) -> dict[str, int]:
    """A value of each section for each year and indicator, of the plan in force and of the plans before it."""
    from dokodemo.promotion.indicators.models import Observation

    size, codes, year = given["size"], given["codes"], given["year"]
    earlier = size["plans"] - 1
    every = [*codes, *(f"plan_{p}_{n}" for p in range(earlier) for n in range(size["indicators"]))]
    total = len(every) * size["years"] * size["sections"]
    entered = datetime(year, 4, 1, tzinfo=UTC)

    def rows() -> Iterator[Sequence[Any]]:
        n = 0
        for code in every:
            for back in range(size["years"]):
                start = date(year - 1 - back, 4, 1)
                for section in range(size["sections"]):
                    # The sections' values follow each other through the year: a period of its own for each.
                    day = start + timedelta(days=section * 365 // size["sections"])
                    n += 1
                    yield (
                        _id(1, n), code, day, day + timedelta(days=2), str(n % 100), n % 100, 100,
                        "final", "first", day + timedelta(days=30), "bench", "", entered, None,
                    )  # fmt: skip

    columns = (
        "id", "code", "period_from", "period_to", "value", "numerator", "denominator", "status", "vintage",
        "published_on", "source", "evidence", "entered_at", "entered_by",
    )  # fmt: skip
    return {"observations": _insert(Observation, rows(), total, columns)}


def years(given: dict[str, Any]) -> dict[str, int]:
    """Adopted versions and filed reports of each year: of the plan in force and of the plans before it."""
    from dokodemo.promotion.headquarters.models import Report
    from dokodemo.promotion.indicators.models import MonthlyReading
    from dokodemo.promotion.plan import queries as plans
    from dokodemo.promotion.plan.models import ActionPlan

    size, year = given["size"], given["year"]
    version = plans.in_force()
    assert version is not None
    content = version.content
    codes = [version.plan, *(f"earlier-{n}" for n in range(size["plans"] - 1))]
    made = [
        ActionPlan(
            plan=code,
            fiscal_year=year - back,
            number=1,
            content=content,
            digest="0" * 64,
            adopted_at=datetime(year - back, 4, 1, tzinfo=UTC),
        )
        for code in codes
        for back in range(2 if code == version.plan else 0, size["years"])
    ]
    ActionPlan.objects.bulk_create(made, batch_size=20)
    account = _id(2, 1)
    reports = (
        (
            _id(3, n), code, action["code"], year - back, quarter, action["section"],
            "started", "done", "", "", "on_track", "continue", "[]", 1,
            datetime(year - back, 7, 1, tzinfo=UTC), account, datetime(year - back, 7, 1, tzinfo=UTC),
            "", "", "",
        )
        for n, (code, back, quarter, action) in enumerate(
            (code, back, quarter, action)
            for code in codes
            for back in range(1, size["years"])
            for quarter in range(1, 5)
            for action in content["actions"]
        )
    )  # fmt: skip
    columns = (
        "id", "plan", "action", "fiscal_year", "quarter", "section",
        "state", "done", "learned", "evidence", "grade", "direction", "numbers", "revision",
        "changed_at", "changed_by", "filed_at", "second_grade", "second_direction", "second_words",
    )  # fmt: skip
    total = len(codes) * (size["years"] - 1) * 4 * len(content["actions"])
    months = [
        MonthlyReading(
            code=code,
            month=date(year - back, month, 1),
            numerator=1,
            denominator=2,
            as_of=date(year - back, month, 2),
        )
        for code in ("K1", "K2", "K3")
        for back in range(1, size["years"] + 1)
        for month in range(1, 13)
    ]
    MonthlyReading.objects.bulk_create(months, ignore_conflicts=True)
    return {"versions": len(made), "reports": _insert(Report, reports, total, columns)}


def cases(given: dict[str, Any]) -> dict[str, int]:
    """Cases with their drafts and all events of their way, spread over the years; the events are sealed."""
    from dokodemo.administration.cases.models import Case, Draft
    from dokodemo.administration.procedures.models import ProcedureVersion
    from dokodemo.kernel.access.models import Account
    from dokodemo.kernel.events import last_sequence
    from dokodemo.kernel.events.models import Event, Seal

    first, number = given["first"], given["number"]
    owner, _ = Account.objects.get_or_create(username="bench-resident", kind=Account.Kind.RESIDENT)
    versions = list(
        ProcedureVersion.objects.order_by("procedure__slug").values_list("pk", "procedure__slug")[:40]
    )
    until = datetime.now(UTC).replace(microsecond=1) - timedelta(days=1)
    since = until - timedelta(days=given["days"])
    step = (until - since) / number

    def lives() -> Iterator[tuple[int, UUID, str, datetime, datetime, datetime]]:
        for n in range(first, first + number):
            version, slug = versions[n % len(versions)]
            arrived = since + step * (n - first)
            decided = min(until, arrived + timedelta(days=1 + n % 30))
            yield n, version, slug, arrived - timedelta(minutes=20), arrived, decided

    made = {
        "cases": _insert(
            Case,
            (
                (
                    _id(5, n), f"B{n}", version, slug, "application", "childcare", "self",
                    "online" if n % 10 < 7 else "counter", "decided", "approved", BLOB, "{}", 12, n % 12,
                    arrived, arrived + timedelta(days=20), False, 0, "none", decided, n % 5 + 1 if n % 10 == 0 else None,
                )
                for n, version, slug, _, arrived, decided in lives()
            ),
            number,
            (
                "id", "number", "version", "procedure", "kind", "section", "capacity", "channel", "state",
                "outcome", "answers", "sources", "answers_total", "answers_typed", "arrived_at", "due_on",
                "extended", "fee_yen", "fee_state", "closed_at", "satisfaction",
            ),
        ),
        "drafts": _insert(
            Draft,
            (
                (
                    _id(6, n), owner.pk, version, slug, _id(7, n), "self", BLOB, 3, begun, arrived,
                    _id(5, n), arrived, True,
                )
                for n, version, slug, begun, arrived, _ in lives()
            ),
            number,
            (
                "id", "owner", "version", "procedure", "slot", "capacity", "content", "pages_done",
                "created_at", "updated_at", "case", "closed_at", "handed_in",
            ),
        ),
    }  # fmt: skip
    known = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    actor = f"account:{owner.pk}"
    refs = {slug: json.dumps({"procedure": slug, "section": "childcare"}) for _, slug in versions}

    def events() -> Iterator[Sequence[Any]]:
        for n, _, slug, begun, arrived, decided in lives():
            pk = known + (n - first) * EVENTS_OF_A_CASE
            case, draft = str(_id(5, n)), str(_id(6, n))
            for place, (verb, at) in enumerate(
                (
                    ("cases.draft_started", begun),
                    ("cases.submitted", arrived),
                    ("cases.viewed", arrived),
                    ("cases.taken", arrived),
                    ("cases.review_begun", arrived),
                    ("cases.viewed", decided),
                    ("cases.decision_proposed", decided),
                    ("cases.decided", decided),
                    ("cases.letter_issued", decided),
                    ("cases.satisfaction_given" if n % 10 == 0 else "cases.viewed", decided),
                ),
                1,
            ):
                kind, about = ("draft", draft) if place == 1 else ("case", case)
                yield pk + place, at, verb, actor, kind, about, refs[slug], "{}", "{}"

    total = number * EVENTS_OF_A_CASE
    columns = ("id", "at", "verb", "actor", "object_type", "object_id", "refs", "numbers", "digests")
    made["events"] = _insert(Event, events(), total, columns)
    last = last_sequence()
    seals = ((last + n, known + n, LINK) for n in range(1, total + 1))
    made["seals"] = _insert(Seal, seals, total, ("sequence", "event", "hash"))
    return made


def sign_in(given: dict[str, Any]) -> dict[str, str]:
    """Cookies of the CIO, signed in with the second factor."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from dokodemo.entry.office.visitors import SECOND_FACTOR
    from dokodemo.kernel.access.models import Account

    account = Account.objects.get(username=given["name"])
    session = SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = "dokodemo.entry.server.backends.PasswordBackend"
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session[SECOND_FACTOR] = True
    session.save()
    return {settings.SESSION_COOKIE_NAME: session.session_key or ""}


def follow(given: dict[str, Any]) -> dict[str, float]:
    """Let the counters follow what was sealed since, in this process; how many seals and seconds."""
    from dokodemo.kernel.access import system
    from dokodemo.promotion.indicators.counting import follow as bring_up

    began = time.perf_counter()
    seals = bring_up(actor=system("indicators"))
    return {"seals": seals, "seconds": time.perf_counter() - began}


MAKERS = {one.__name__: one for one in (observations, years, cases, sign_in, follow)}


if __name__ == "__main__":
    ready()
    json.dump(MAKERS[sys.argv[1]](json.load(sys.stdin)), sys.stdout)
