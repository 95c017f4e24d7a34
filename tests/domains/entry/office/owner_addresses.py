"""Addresses of responsibility and seats in the office: everybody with a post reads, few name people."""

from __future__ import annotations

from datetime import date
from typing import Any

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Account
from dokodemo.promotion.responsibility import actions
from tests.domains.entry import building as b
from tests.domains.entry.office.addressing import (
    Address,
    a_head_elsewhere,
    clerk,
    elsewhere,
    headquarters,
    keeper,
    the_cio,
)

SECTION, INDICATOR = "resident", "card_holding"


def a_head_of_residents() -> Account:
    return b.head(SECTION)


def an_indicator(world: Any) -> list[Any]:
    """An indicator of the residents' section."""
    return ["indicator", INDICATOR]


def somebody_responsible(world: Any) -> list[Any]:
    """Somebody of that section who answers for it."""
    person = keeper()
    actions.assign(
        actor=b.acting(headquarters()),
        kind="indicator",
        code=INDICATOR,
        account_id=person.pk,
        since=date(2026, 4, 1),
    )
    return [person.pk]


def a_seating(world: Any) -> list[Any]:
    """An aide to the CIO."""
    made = actions.seat(
        actor=b.acting(headquarters()),
        kind="cio_aide",
        account_id=keeper().pk,
        starts_on=calendar_jp.today(),
    )
    return [made.pk]


def nobody_of_staff() -> Account:
    return b.staff_account()


OWNERS: dict[str, Address] = {
    "owners": Address(clerk(), wrong=nobody_of_staff, also={200: elsewhere}),
    "owners_table": Address(clerk(), wrong=nobody_of_staff, also={200: the_cio}),
    "owners_one": Address(clerk(), wrong=nobody_of_staff, parts=an_indicator, also={200: elsewhere}),
    "owners_late": Address(the_cio, wrong=nobody_of_staff, also={200: elsewhere}),
    "owners_late_table": Address(the_cio, wrong=nobody_of_staff, also={200: elsewhere}),
    "owners_handover": Address(
        a_head_of_residents, wrong=clerk(), refusal=403, also={200: headquarters, 404: nobody_of_staff}
    ),
    "owners_handover_one": Address(
        a_head_of_residents,
        wrong=a_head_elsewhere,
        parts=somebody_responsible,
        also={200: headquarters, 403: clerk()},
    ),
    "owners_seats": Address(clerk(), wrong=nobody_of_staff, also={200: the_cio}),
    "owners_seats_table": Address(clerk(), wrong=nobody_of_staff, also={200: the_cio}),
    "owners_seats_history": Address(clerk(), wrong=nobody_of_staff, also={200: the_cio}),
    "owners_seats_new": Address(
        headquarters, wrong=clerk(), refusal=403, also={200: the_cio, 404: nobody_of_staff}
    ),
    "owners_seats_end": Address(
        headquarters, wrong=a_head_elsewhere, refusal=403, parts=a_seating, also={200: the_cio}
    ),
    "owners_notices": Address(clerk(), wrong=nobody_of_staff, also={200: the_cio}),
    "owners_notices_read": Address(clerk(), 302, wrong=nobody_of_staff, post={}, also={302: the_cio}),
}
