"""Accounts, browsers and cases for the tests of portal and office. Import it from any suite.

    from tests.domains.entry import building

Who signs in here is real: staff by appointments, residents by linked sign-ins, so that the middleware finds them.
"""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any
from uuid import UUID

from django.test import Client

from dokodemo.administration.cases import actions
from dokodemo.administration.cases.models import Case
from dokodemo.city.organisation.actions import appoint
from dokodemo.city.organisation.models import StaffProfile
from dokodemo.city.parties import port
from dokodemo.city.parties.models import Resident, SignInLink
from dokodemo.entry.office.visitors import SECOND_FACTOR
from dokodemo.entry.server.middleware import actor_of
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Account, Actor, Role
from tests.domains.administration.cases.building import (
    CHILD_ALLOWANCE,
    CHILDCARE,
    fill,
    filled_draft,
    findings_of,
    with_its_steps,
)
from tests.domains.city.city_builders import MACHINE, bring_in, row

# Found nowhere else in a page: a search for them in a whole response proves something.
FAMILY_NAME = "鷹觜"
STREET = "秘密ケ丘"
NOWHERE = UUID("00000000-0000-7000-8000-00000000dead")

# People


def household(first: int = 1, **changes: str) -> list[Resident]:
    """Father (head), mother and a child with a name and a street of their own."""
    changes = {"familyName": FAMILY_NAME, "streetAddress": STREET} | changes
    return bring_in(
        row(first, first, "世帯主", givenName="伸也", **changes),
        row(first + 1, first, "妻", givenName="美咲", **changes),
        row(first + 2, first, "子", givenName="陽葵", **changes),
    )


def protected(people: list[Resident], section: str = "resident") -> list[Resident]:
    """The same people under protection (秘匿) in the charge of a section."""
    Resident.objects.filter(pk__in=[person.pk for person in people]).update(
        protected=True, protected_from=date(2026, 8, 1), protected_section=section
    )
    return people


# Accounts and browsers


def for_whom(
    person: Resident | None, kind: str = "self", *, mandate_id: UUID | None = None
) -> dict[str, str]:
    """What a form posts for the person it is about; None for a sign-in that is nobody the register knows."""
    if person is None:
        return {"for": "unconfirmed::"}
    return {"for": f"{kind}:{person.pk}:{mandate_id or ''}"}


def resident_account(resident: Resident | None = None) -> Account:
    """An account signed in as a resident, or as nobody the register knows."""
    made = Account.objects.create(username=_name("resident"), kind=Account.Kind.RESIDENT)
    if resident is not None:
        now = calendar_jp.now()
        SignInLink.objects.create(
            account=made,
            resident=resident,
            state="linked",
            claims={},
            claims_digest="x" * 64,
            asked_at=now,
            decided_at=now,
        )
    return made


def staff_account(*posts: tuple[str, Role], name: str = "見本 職員") -> Account:
    """A member of staff appointed to posts (section, role) since April."""
    made = Account.objects.create(username=_name("staff"), kind=Account.Kind.STAFF)
    StaffProfile.objects.create(account=made, name=name)
    for section, role in posts:
        appoint(
            actor=MACHINE, account_id=made.pk, section_code=section, role=role, starts_on=date(2026, 4, 1)
        )
    return made


def _name(kind: str) -> str:
    return f"{kind}-{Account.objects.count()}"


def caseworker(section: str = CHILDCARE) -> Account:
    """A caseworker (担当者)."""
    return staff_account((section, Role.CASEWORKER), name=f"担当 {section}")


def head(section: str = CHILDCARE) -> Account:
    """A head of section (課長)."""
    return staff_account((section, Role.HEAD_OF_SECTION), name=f"課長 {section}")


def acting(account: Account) -> Actor:
    """The actor the account is today."""
    return actor_of(account)


def browser(account: Account | None = None, *, second_factor: bool = True, lang: str = "ja") -> Client:
    """A browser; signed in as an account, staff with their second factor unless told otherwise."""
    client = Client()
    client.cookies["dokodemo_language"] = lang
    if account is None:
        return client
    client.force_login(account, backend="dokodemo.entry.server.backends.PasswordBackend")
    if account.kind == Account.Kind.STAFF and second_factor:
        session = client.session
        session[SECOND_FACTOR] = True
        session.save()
    return client


# Cases


def filed(account: Account | None = None, slug: str = CHILD_ALLOWANCE, **more: Any) -> Case:
    """A case handed in by an account; by the father of a fresh household when nobody is named."""
    who = acting(account or resident_account(household(Resident.objects.count() + 1)[0]))
    if who.resident_id is None:
        more.setdefault("capacity", port.Capacity("unconfirmed"))
    draft = filled_draft(who, slug, **more)
    more.pop("capacity", None)
    # An answer may open a further question on its own page: fill once more before handing in.
    fill(who, draft.pk, **more)
    return actions.submit(actor=who, draft_id=draft.pk)


def proposed(case: Case, by: Account | None = None, outcome: str = "approved", **more: Any) -> Case:
    """The case with a proposal that waits for approval."""
    writer = by or caseworker(case.section)
    if outcome != "refused":
        with_its_steps(case)
    more.setdefault("findings", findings_of(case, outcome))
    actions.propose_decision(actor=acting(writer), case_id=case.pk, outcome=outcome, **more)
    return fresh(case)


def fresh(case: Case) -> Case:
    """The case as the database has it now."""
    return Case.objects.get(pk=case.pk)


def words(html: str | bytes) -> str:
    """What is read on a page, a space between elements."""
    text = html.decode() if isinstance(html, bytes) else html
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", text)).split())
