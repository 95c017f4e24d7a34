"""Applying for somebody else: the choice names the person, and the way to be allowed to choose is on the page."""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from bench.forms import read_form
from dokodemo.administration.cases.models import Draft
from dokodemo.administration.procedures import queries as procedures
from dokodemo.city.parties import actions as parties
from dokodemo.city.parties import port
from dokodemo.city.parties.definitions import MandateKind
from dokodemo.city.parties.models import Mandate, Resident
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Account
from tests.domains.city.city_builders import bring_in, register_clerk, row
from tests.domains.entry import building as b

CARE, COPY, DOG = "care-need-certification", "resident-record-copy", "dog-registration"
START = f"/procedures/{CARE}/apply"
TOGETHER = {"slug": [CARE, COPY], "offered": [CARE, COPY], "begin": "1"}


class Family:
    """A daughter who acts for her father and her aunt, each by a mandate of its own."""

    def __init__(self, kind: MandateKind = MandateKind.MANDATE) -> None:
        self.daughter, self.father, self.aunt = bring_in(
            row(72, 72, familyName="坂本", givenName="由美子", sex="2"),
            row(71, 71, familyName="𠮷田", givenName="征四郎", dateOfBirth="1944-01-20"),
            row(73, 73, familyName="伯母", givenName="花", dateOfBirth="1940-01-20"),
        )
        self.account: Account = b.resident_account(self.daughter)
        self.browser: Client = b.browser(self.account)
        self.kind = kind

    def mandated(self, person: Resident, name: str) -> UUID:
        actor = b.acting(self.account)
        born = date.fromisoformat(person.facts["date_of_birth"]["value"])
        made = parties.request_mandate(
            actor=actor, kind=self.kind, principal_name=name, principal_date_of_birth=born
        )
        parties.confirm_mandate(actor=register_clerk(), mandate_id=made, principal_id=person.pk)
        return made

    def ends(self, mandate_id: UUID) -> None:
        port.revoke_mandate(actor=b.acting(self.account), mandate_id=mandate_id)

    def for_father(self, mandate_id: UUID) -> dict[str, str]:
        return b.for_whom(self.father, self.kind.value, mandate_id=mandate_id)


def test_whoever_was_chosen_is_applied_for_or_nobody() -> None:
    family = Family()
    his, hers = family.mandated(family.father, "𠮷田 征四郎"), family.mandated(family.aunt, "伯母 花")
    chosen = family.for_father(his)
    assert f'value="{chosen["for"]}"' in family.browser.get(START).content.decode()
    family.ends(his)
    answer = family.browser.post(START, chosen)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#whom"' in html
    assert re.search(r'<fieldset[^>]* id="whom"[^>]* aria-describedby="for-error"', html)
    assert html.count("選んだ人の分は、今は申し込めません") == 2
    assert not Draft.objects.exists()
    family.ends(hers)
    answer = family.browser.post(START, chosen)
    assert answer.status_code == 422
    assert 'id="whom"' in answer.content.decode()
    assert not Draft.objects.exists()


def test_the_one_person_there_is_stands_in_the_form_and_begins_the_application() -> None:
    family = Family()
    form = read_form(family.browser.get(START).content.decode())
    assert form.fields["for"] == b.for_whom(family.daughter)["for"]
    assert family.browser.post(START, {}).status_code == 422
    assert family.browser.post(START, form.fields).status_code == 302
    assert Draft.objects.get().principal_id == family.daughter.pk


def test_a_mandate_says_for_whom_even_when_another_one_stands_in_front() -> None:
    family = Family()
    family.mandated(family.aunt, "伯母 花")
    his = family.mandated(family.father, "𠮷田 征四郎")
    assert family.browser.post(START, family.for_father(his)).status_code == 302
    assert (Draft.objects.get().principal_id, Draft.objects.get().mandate_id) == (family.father.pk, his)


def test_several_applications_together_are_for_whoever_was_chosen_or_nobody() -> None:
    family = Family()
    his = family.mandated(family.father, "𠮷田 征四郎")
    chosen = family.for_father(his)
    family.ends(his)
    for address in ("/together/", "/together/begun/"):
        answer = family.browser.post(address, {**TOGETHER, **chosen, "carry": "no"})
        assert answer.status_code == 422
        assert 'href="#whom"' in answer.content.decode()
        assert "選んだ人の分は、今は申し込めません" in b.words(answer.content)
    assert not Draft.objects.exists()
    form = read_form(
        family.browser.get(f"/together/?slug={CARE}&slug={COPY}")
        .content.decode()
        .replace('action="/together/"', "")
    )
    assert form.fields["for"] == b.for_whom(family.daughter)["for"]


@pytest.mark.parametrize("lang", ["ja", "easy", "en"])
def test_the_way_to_apply_for_somebody_else_is_on_the_page(lang: str) -> None:
    family = Family()
    browser = b.browser(family.account, lang=lang)
    wanted = f"{reverse('portal:people')}?procedure={CARE}#ask"
    assert f'href="{wanted}"' in browser.get(START).content.decode()
    page = browser.get(wanted.removesuffix("#ask")).content.decode()
    assert 'id="ask"' in page
    assert f'<option value="{CARE}" selected>' in page


def test_what_only_the_person_may_file_names_no_way_to_file_it_for_others() -> None:
    family = Family()
    alone = next(
        one.slug
        for one in procedures.published()
        if set(one.definition.who_may_file) == {"self"} and one.definition.online_state != "none"
    )
    page = family.browser.get(reverse("portal:start", args=[alone])).content.decode()
    assert f"{reverse('portal:people')}?procedure=" not in page


def test_a_mandate_may_be_asked_for_until_a_day() -> None:
    family = Family()
    asked = {"kind": "mandate", "name": "𠮷田 征四郎", "born": "1944/1/20", "procedure": CARE}
    for ends, why in (("いつか", "終わりの日を"), ("2020/1/1", "終わりの日が始まりの日より前です")):
        answer = family.browser.post(reverse("portal:people"), {**asked, "ends": ends})
        html = answer.content.decode()
        assert answer.status_code == 422
        assert 'href="#ends"' in html
        assert why in b.words(answer.content)
        assert f'value="{ends}"' in html
    assert not Mandate.objects.exists()
    last = calendar_jp.today() + timedelta(days=90)
    answer = family.browser.post(reverse("portal:people"), {**asked, "ends": last.isoformat()})
    assert answer.status_code == 302
    assert Mandate.objects.get().ends_on == last
    family.browser.post(reverse("portal:people"), asked)
    assert Mandate.objects.filter(ends_on=None).count() == 1


@pytest.mark.parametrize("address", [START, "/my/people", f"/together/?slug={CARE}&slug={COPY}"])
def test_a_grown_up_ward_is_no_child(address: str) -> None:
    family = Family(MandateKind.LEGAL_GUARDIAN)
    family.mandated(family.father, "𠮷田 征四郎")
    words = b.words(family.browser.get(address).content)
    assert "お子さん（" not in words
    assert "𠮷田 征四郎さん（親権者・成年後見人などとして）" in words


def test_ones_own_minor_child_is_a_child() -> None:
    father, _, _ = b.household()
    words = b.words(b.browser(b.resident_account(father)).get("/my/people").content)
    assert f"お子さん（{b.FAMILY_NAME} 陽葵さん）" in words
