"""Every address of the office, as nobody, as a resident, without a second factor, as the wrong section, as the right one."""

from __future__ import annotations

import pytest
from django.urls import reverse

from dokodemo.administration.certificates.models import IssuedDocument
from dokodemo.entry.office.urls import EDITOR, urlpatterns
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Account
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
from tests.domains.entry.office.permission_scenes import (
    World,
    a_benefit,
    a_case_of_somebody_confirmed_since,
    a_cio_of_another_section,
    a_correction,
    a_decided_case,
    a_disclosure,
    a_dog,
    a_finding,
    a_letter,
    a_notification,
    a_performed_row,
    a_proposal,
    a_visited_case,
    an_appointment,
    an_inventory,
    an_inventory_row,
    an_overpaid_copy,
    case_of,
    somebody,
    somebody_judged,
)
from tests.domains.entry.office.promotion_addresses import PROMOTION
from tests.domains.entry.office.survey_addresses import SURVEYS
from tests.domains.entry.office.work_addresses import WORK

APPROVED = {"outcome": "approved", "finding-pays_from": "2026-12"}


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
    "sign_ins_refused": Address(keeper, wrong=clerk()),
    "sign_in_reopen": Address(keeper, 302, wrong=clerk(), parts=lambda w: [w.refused()], post={}),
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
