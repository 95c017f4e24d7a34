"""Every address of the office, as nobody, as a resident, without a second factor, as the wrong section, as the right one."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

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
from dokodemo.city.parties.actions import confirm_mandate, request_mandate
from dokodemo.city.parties.definitions import MandateKind
from dokodemo.city.parties.models import SignInLink
from dokodemo.entry.office.urls import EDITOR, urlpatterns
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Account, Role, system
from tests.domains.administration.cases import building
from tests.domains.administration.inventory.inventory_city import clerk_of, give, take_in
from tests.domains.administration.inventory.surveys import row
from tests.domains.city.city_builders import bring_in
from tests.domains.city.city_builders import row as person_row
from tests.domains.entry import building as b
from tests.domains.entry.office.addressing import (
    Address,
    administrator,
    clerk,
    headquarters,
    keeper,
    officer,
    the_cio,
)
from tests.domains.entry.office.owner_addresses import OWNERS
from tests.domains.entry.office.promotion_addresses import PROMOTION
from tests.domains.entry.office.survey_addresses import SURVEYS
from tests.domains.entry.office.work_addresses import WORK

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


ADDRESSES: dict[str, Address] = {
    **PROMOTION,
    **OWNERS,
    **SURVEYS,
    **WORK,
    "home": Address(the_cio, wrong=None),
    "inbox": Address(clerk(), wrong=the_cio, refusal=403),
    "staff": Address(the_cio, wrong=None),
    "staff_new": Address(administrator, wrong=clerk(), refusal=403, also={403: the_cio}),
    "staff_person": Address(administrator, wrong=clerk(), refusal=403, parts=somebody, also={403: b.head}),
    "staff_password": Address(administrator, wrong=clerk(), refusal=403, parts=somebody, also={403: b.head}),
    "staff_appoint": Address(administrator, wrong=clerk(), refusal=403, parts=somebody, also={403: b.head}),
    "staff_end": Address(administrator, wrong=clerk(), refusal=403, parts=an_appointment, also={403: b.head}),
    "tally": Address(clerk(), wrong=the_cio, refusal=403),
    "offers": Address(clerk(), wrong=the_cio, refusal=403),
    "benefit": Address(clerk(), parts=a_benefit, also={403: the_cio}),
    "what_if": Address(clerk(), parts=a_benefit, also={403: the_cio}),
    "why": Address(clerk(), parts=somebody_judged, also={403: the_cio}),
    "case": Address(clerk(), parts=case_of, also={404: the_cio}),
    "take": Address(clerk(), 302, parts=case_of, post={}),
    "attach_person": Address(clerk(), 302, parts=a_case_of_somebody_confirmed_since, post={}),
    "correction": Address(
        clerk(), 302, parts=case_of, post={"terms": ["applicant.phone"], "message": "直してください"}
    ),
    "cancel_correction": Address(clerk(), 302, parts=a_correction, post={}),
    "propose": Address(clerk(), 302, parts=case_of, post=APPROVED),
    "preview": Address(clerk(), parts=case_of),
    "approve": Address(b.head, 302, parts=a_proposal, post={}, also={403: clerk()}),
    "return": Address(b.head, 302, parts=a_proposal, post={"because": "再検討"}, also={403: clerk()}),
    "complete": Address(clerk("health"), 302, wrong=clerk(), parts=a_notification, post={}),
    "fee": Address(clerk("environment"), 302, wrong=clerk(), parts=a_dog, post={"yen": "3000"}),
    "return_fee": Address(
        clerk("resident"), 302, wrong=clerk(), parts=an_overpaid_copy, post={"back": "300"}
    ),
    "extend": Address(
        clerk("general-affairs"), 302, wrong=clerk(), parts=a_disclosure, post={"extend_reason": "x"}
    ),
    "step": Address(
        clerk("disaster"), 302, wrong=clerk(), parts=a_visited_case, post={"step": "investigation"}
    ),
    "message": Address(clerk(), 302, parts=case_of, post={"body": "連絡です"}),
    "note": Address(clerk(), 302, parts=case_of, post={"note": "メモです"}),
    "revoke": Address(
        b.head,
        302,
        parts=a_decided_case,
        post=lambda w: {
            "document": str(IssuedDocument.objects.get(case_id=w.case.pk).pk),
            "reason": "mistake",
        },
        also={403: clerk()},
    ),
    "letter": Address(clerk(), parts=a_letter),
    "attachment": Address(clerk(), parts=lambda w: [w.attachment()], also={404: keeper}),
    "waiting": Address(keeper, wrong=clerk()),
    "sign_in": Address(keeper, wrong=clerk(), parts=lambda w: [w.sign_in()]),
    "mandate": Address(keeper, wrong=clerk(), parts=lambda w: [w.mandate()]),
    "residents": Address(keeper, wrong=clerk()),
    "resident": Address(keeper, wrong=clerk(), parts=lambda w: [w.people[0].pk]),
    "protection_begin": Address(officer(), wrong=keeper, parts=lambda w: [w.people[0].pk]),
    "protection_renew": Address(
        officer(), wrong=keeper, parts=lambda w: [w.protected()], also={404: officer("care")}
    ),
    "protection_end": Address(
        officer(), wrong=keeper, parts=lambda w: [w.protected()], also={404: officer("care")}
    ),
    "sign_in_undo": Address(keeper, wrong=clerk(), parts=lambda w: [w.linked()], also={404: the_cio}),
    "mandate_revoke": Address(keeper, wrong=clerk(), parts=lambda w: [w.in_force()], also={404: the_cio}),
    "inventory": Address(clerk(), wrong=b.head, parts=an_inventory, also={200: headquarters}),
    "inventory_confirm": Address(
        clerk(),
        302,
        parts=an_inventory,
        post={"number": ["101"], "say": "not_performed"},
        also={403: headquarters},
    ),
    "inventory_assign": Address(
        headquarters,
        302,
        wrong=clerk(),
        refusal=403,
        parts=an_inventory,
        post={"number": ["101"], "to_section": "health"},
    ),
    "inventory_row": Address(clerk(), parts=an_inventory_row, also={200: headquarters}),
    "inventory_draft": Address(clerk(), parts=an_inventory_row, also={200: headquarters}),
    "inventory_begin": Address(clerk(), 302, parts=a_performed_row, post={}, also={404: headquarters}),
    "inventory_table": Address(clerk(), wrong=b.head, parts=an_inventory),
    "inventory_upload": Address(clerk(), wrong=b.head, parts=an_inventory),
    "findings": Address(headquarters, wrong=clerk(), also={404: b.head, 200: a_cio_of_another_section}),
    "findings_table": Address(headquarters, wrong=clerk(), also={404: b.head}),
    "finding": Address(headquarters, wrong=clerk(), parts=a_finding, also={200: a_cio_of_another_section}),
    "finding_answer": Address(
        headquarters,
        302,
        wrong=clerk(),
        parts=a_finding,
        post={"answer": "wished"},
        also={403: a_cio_of_another_section},
    ),
    "finding_reopen": Address(
        headquarters, 302, wrong=clerk(), parts=a_finding, post={}, also={403: a_cio_of_another_section}
    ),
    "administration": Address(administrator, wrong=clerk(), refusal=403),
}
# The editor's addresses have a table of their own, in a city of their own.
NAMES = sorted(str(pattern.name) for pattern in urlpatterns if pattern not in EDITOR)


def test_every_address_of_the_office_is_in_the_table() -> None:
    assert sorted(ADDRESSES) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_an_address_opens_for_its_own_people_only(name: str) -> None:
    entry, world = ADDRESSES[name], World()
    url = reverse(f"office:{name}", args=entry.parts(world))
    data = entry.post(world) if callable(entry.post) else entry.post

    def status(account: Account | None, *, second_factor: bool = True) -> tuple[int, str]:
        client = b.browser(account, second_factor=second_factor)
        response = client.get(url) if data is None else client.post(url, data)
        body = b"" if response.streaming else response.content
        assert response.status_code in (200, 302) or b.FAMILY_NAME.encode() not in body
        return response.status_code, response.headers.get("Location", "")

    code, where = status(None)
    assert code == 302
    assert where.startswith("/accounts/login/?next=")
    assert status(b.resident_account())[0] == 403
    assert status(world.applicant)[0] == 403
    code, where = status(entry.right(), second_factor=False)
    assert (code, where) == (302, "/accounts/2fa/")
    if entry.wrong is not None:
        assert status(entry.wrong())[0] == entry.refusal
    for refusal, who in entry.also.items():
        assert status(who())[0] == refusal
    assert status(b.staff_account())[0] in ((200,) if name == "home" else (403, 404))
    assert status(entry.right())[0] == entry.answer


@pytest.mark.parametrize("name", [name for name in NAMES if ADDRESSES[name].post is not None])
def test_an_act_is_never_done_by_following_a_link(name: str) -> None:
    entry, world = ADDRESSES[name], World()
    url = reverse(f"office:{name}", args=entry.parts(world))
    before = b.fresh(world.case)
    assert b.browser(entry.right()).get(url).status_code == 405
    after = b.fresh(world.case)
    assert (before.state, before.assignee_id, before.fee_state) == (
        after.state,
        after.assignee_id,
        after.fee_state,
    )


@pytest.mark.parametrize(
    "name", [n for n in NAMES if ADDRESSES[n].parts.__name__ in ("case_of", "a_proposal", "a_letter")]
)
def test_a_case_that_does_not_exist_looks_like_one_of_another_section(name: str) -> None:
    entry, world = ADDRESSES[name], World()
    parts = [b.NOWHERE, *entry.parts(world)[1:]]
    client = b.browser(entry.right())
    url = reverse(f"office:{name}", args=parts)
    response = client.get(url) if entry.post is None else client.post(url, {})
    assert response.status_code == 404


def test_signing_in_leads_back_to_the_page_and_never_to_an_act() -> None:
    case = World().case
    page = b.browser().get("/office/inbox?state=proposed").headers["Location"]
    assert page == "/accounts/login/?next=%2Foffice%2Finbox%3Fstate%3Dproposed"
    act = b.browser().post(f"/office/cases/{case.pk}/take").headers["Location"]
    assert act == f"/accounts/login/?next=%2Foffice%2Fcases%2F{case.pk}%2F"


def test_a_letter_of_another_case_does_not_open_under_ones_own() -> None:
    world = World()
    document = world.decided()
    other = b.filed()
    url = reverse("office:letter", args=[other.pk, document.pk])
    assert b.browser(b.caseworker()).get(url).status_code == 404


def test_an_appointment_that_ended_yesterday_opens_nothing() -> None:
    from datetime import timedelta

    from dokodemo.city.organisation.models import Appointment

    world, former = World(), b.caseworker()
    url = reverse("office:case", args=[world.case.pk])
    assert b.browser(former).get(url).status_code == 200
    Appointment.objects.filter(account=former).update(ends_on=calendar_jp.today() - timedelta(days=1))
    assert b.browser(former).get(url).status_code == 404


def test_a_refusal_is_one_line_of_the_log_and_no_traceback(caplog: pytest.LogCaptureFixture) -> None:
    assert b.browser(b.resident_account()).get(reverse("office:home")).status_code == 403
    assert [record.exc_info for record in caplog.records if record.name == "django.request"] == [None]
