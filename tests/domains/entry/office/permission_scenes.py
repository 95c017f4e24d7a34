"""Scenes for the office's table of permissions: a case, a letter, a row, somebody judged, and who may see it."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from dokodemo.administration.cases import actions
from dokodemo.administration.cases.models import Attachment, Case
from dokodemo.administration.certificates.models import IssuedDocument
from dokodemo.administration.eligibility.actions import run_register
from dokodemo.administration.eligibility.models import Judged
from dokodemo.administration.findings.actions import tell
from dokodemo.administration.findings.models import Finding
from dokodemo.administration.inventory.actions import confirm
from dokodemo.administration.inventory.definitions import OnlineState, Performed
from dokodemo.administration.inventory.logic import Answer
from dokodemo.city.organisation.queries import appointments_of
from dokodemo.city.parties.actions import confirm_mandate, refuse_sign_in, request_mandate
from dokodemo.city.parties.definitions import MandateKind
from dokodemo.city.parties.models import SignInLink
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Account, Role, system
from tests.domains.administration.cases import building
from tests.domains.administration.inventory.inventory_city import clerk_of, give, take_in
from tests.domains.administration.inventory.surveys import row
from tests.domains.city.city_builders import bring_in
from tests.domains.city.city_builders import row as person_row
from tests.domains.entry import building as b
from tests.domains.entry.office.addressing import (
    keeper,
)

APPROVED = {"outcome": "approved", "finding-pays_from": "2026-12"}


class World:
    """The things addresses are about, made when asked for."""

    def __init__(self) -> None:
        self.people = b.household()
        self.applicant = b.resident_account(self.people[0])

    @cached_property
    def case(self) -> Case:
        return b.filed(self.applicant)

    def proposed(self) -> Case:
        return b.proposed(self.case)

    def decided(self) -> IssuedDocument:
        self.proposed()
        actions.approve_proposal(actor=b.acting(b.head()), case_id=self.case.pk)
        actions.issue_letter(case_id=self.case.pk)
        return IssuedDocument.objects.get(case_id=self.case.pk)

    def waiting_for_correction(self) -> None:
        actions.request_correction(
            actor=b.acting(b.caseworker()),
            case_id=self.case.pk,
            terms=["applicant.phone"],
            message="電話番号を直してください。",
            due_on=date(2099, 1, 1),
        )

    def attachment(self) -> UUID:
        return Attachment.objects.filter(case=self.case)[0].pk

    def sign_in(self) -> UUID:
        link = SignInLink.objects.create(
            account=b.resident_account(),
            state="awaiting_clerk",
            claims={"full_name": "見本 花子", "date_of_birth": "1990-05-17"},
            claims_digest="y" * 64,
            asked_at=calendar_jp.now(),
        )
        return link.pk

    def mandate(self) -> UUID:
        return request_mandate(
            actor=b.acting(self.applicant),
            kind=MandateKind.MANDATE,
            principal_name="見本 花子",
            principal_date_of_birth=date(1990, 5, 17),
        )

    def refused(self) -> UUID:
        """A sign-in that a clerk did not recognise."""
        link = self.sign_in()
        refuse_sign_in(actor=b.acting(keeper()), link_id=link, reason="登録がない")
        return link

    def linked(self) -> UUID:
        return SignInLink.objects.get(account=self.applicant).pk

    def in_force(self) -> UUID:
        """A mandate over somebody else, confirmed by a clerk."""
        mandate = self.mandate()
        principal = bring_in(person_row(70, 70, givenName="花子"))[0]
        confirm_mandate(actor=b.acting(keeper()), mandate_id=mandate, principal_id=principal.pk)
        return mandate

    def protected(self) -> UUID:
        return b.protected(self.people)[0].pk


def case_of(world: World) -> list[Any]:
    return [world.case.pk]


def a_notification(world: World) -> list[Any]:
    world.case = b.filed(world.applicant, "pregnancy-notification")
    return [world.case.pk]


def a_dog(world: World) -> list[Any]:
    world.case = b.filed(world.applicant, "dog-registration")
    return [world.case.pk]


def a_case_of_somebody_confirmed_since(world: World) -> list[Any]:
    account = b.resident_account()
    world.case = b.filed(account)
    SignInLink.objects.create(
        account=account,
        resident=b.household(31)[0],
        state="linked",
        claims={},
        claims_digest="x" * 64,
        asked_at=calendar_jp.now(),
        decided_at=calendar_jp.now(),
    )
    return [world.case.pk]


def a_disclosure(world: World) -> list[Any]:
    world.case = b.filed(world.applicant, "personal-information-disclosure")
    return [world.case.pk]


def an_overpaid_copy(world: World) -> list[Any]:
    facts = {"request.copies": 2, "request.scope": "household", "request.show_relation": True}
    world.case = b.filed(world.applicant, "resident-record-copy", facts=facts)
    actor = building.clerk(world.case.section)
    actions.receive_fee(actor=actor, case_id=world.case.pk, yen=world.case.fee_yen)
    # As a correction to one copy leaves it.
    Case.objects.filter(pk=world.case.pk).update(fee_yen=world.case.fee_yen - 300)
    return [world.case.pk]


def a_visited_case(world: World) -> list[Any]:
    world.case = b.filed(world.applicant, "disaster-damage-certificate")
    return [world.case.pk]


def a_proposal(world: World) -> list[Any]:
    return [world.proposed().pk]


def a_correction(world: World) -> list[Any]:
    world.waiting_for_correction()
    return [world.case.pk]


def a_letter(world: World) -> list[Any]:
    return [world.case.pk, world.decided().pk]


def a_benefit(world: World) -> list[Any]:
    run_register(actor=system("eligibility"))
    return [Judged.objects.get(procedure="child-allowance-claim").pk]


def somebody_judged(world: World) -> list[Any]:
    return [*a_benefit(world), world.people[0].pk]


def a_decided_case(world: World) -> list[Any]:
    world.decided()
    return [world.case.pk]


def a_cio_of_another_section() -> Account:
    return b.staff_account(("childcare", Role.CIO))


def a_finding(world: World) -> list[Any]:
    """What somebody sent to the city."""
    tell(words="宇宙へ行く", text="", lang="ja", found=False)
    return [Finding.objects.get(told=1).pk]


def an_inventory_row(world: World) -> list[Any]:
    """Row 101 of the section that the case belongs to."""
    take_in(row("101"))
    give(b.CHILDCARE, "101")
    return ["101"]


def a_performed_row(world: World) -> list[Any]:
    """Row 101 once its section has said that it is performed."""
    an_inventory_row(world)
    confirm(
        actor=clerk_of(b.CHILDCARE),
        number="101",
        answer=Answer(Performed.PERFORMED, OnlineState.NOT_YET),
        revision=0,
    )
    return ["101"]


def an_inventory(world: World) -> list[Any]:
    an_inventory_row(world)
    return []


def somebody(world: World) -> list[Any]:
    """A member of staff with a post."""
    return [b.caseworker().pk]


def an_appointment(world: World) -> list[Any]:
    """The one appointment of a member of staff."""
    return [appointments_of(b.caseworker().pk)[0].appointment_id]
