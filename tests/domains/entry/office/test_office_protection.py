"""Protections from the office: begun, renewed and ended by the section in charge, each after what follows was read."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from dokodemo.administration.cases import actions as cases
from dokodemo.city.parties.logic import year_after
from dokodemo.city.parties.models import Resident, SignInLink
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Account, Role
from dokodemo.kernel.events.models import Event
from tests.domains.city.city_builders import protect
from tests.domains.entry import building as b
from tests.domains.entry.office.addressing import officer

KEEPING = {"purpose": "register-keeping"}


def today() -> date:
    return calendar_jp.today()


def the_officer(*sections: str) -> Account:
    return b.staff_account(*((section, Role.PROTECTION_OFFICER) for section in sections or ("resident",)))


def address(act: str, person: Resident) -> str:
    return reverse(f"office:protection_{act}", args=[person.pk])


def days(**changes: str) -> dict[str, str]:
    return {
        "starts_on": today().isoformat(),
        "review_on": (today() + timedelta(days=300)).isoformat(),
    } | changes


def page_of(client: Any, person: Resident) -> str:
    return str(client.get(reverse("office:resident", args=[person.pk]), KEEPING).content.decode())


def verbs(person: Resident) -> list[str]:
    found = Event.objects.filter(object_id=str(person.pk), verb__startswith="parties.protection")
    return [event.verb for event in found.order_by("at")]


def fresh(person: Resident) -> Resident:
    return Resident.objects.get(pk=person.pk)


def under_protection(until: date | None = None) -> Resident:
    father = b.household()[0]
    protect(father)
    Resident.objects.filter(pk=father.pk).update(protection_review_on=until or today() + timedelta(days=20))
    return fresh(father)


# Beginning


def test_an_officer_reads_what_follows_and_only_then_begins_a_protection() -> None:
    father = b.household()[0]
    client = b.browser(the_officer())
    assert f'action="{address("begin", father)}"' in page_of(client, father)
    look = client.post(address("begin", father), days())
    words = b.words(look.content)
    assert "支援措置を始めますか" in words
    assert "同じ世帯のほかの2人" in words
    assert "証明書や通知に" in words
    assert not fresh(father).protected
    response = client.post(address("begin", father), days(act="do"))
    assert response.headers["Location"] == f"/office/register/residents/{father.pk}?purpose=register-keeping"
    found = fresh(father)
    assert (found.protected, found.protected_section) == (True, "resident")
    assert (found.protected_from, found.protection_review_on) == (today(), today() + timedelta(days=300))
    assert verbs(father) == ["parties.protection_started"]
    assert "支援措置を始めました" in page_of(client, father)


def test_what_was_begun_hides_the_whole_household_from_another_section() -> None:
    father, mother, _ = b.household()
    case = b.filed(b.resident_account(mother))
    clerk = b.browser(b.caseworker(case.section))
    url = reverse("office:case", args=[case.pk])
    assert b.STREET in clerk.get(url).content.decode()
    b.browser(the_officer()).post(address("begin", father), days(act="do"))
    assert b.STREET not in clerk.get(url).content.decode()


def test_a_sign_in_waits_for_a_clerk_after_the_beginning_and_the_page_says_so_before() -> None:
    father = b.household()[0]
    b.resident_account(father)
    client = b.browser(the_officer())
    assert "ログインの結び付きを外します" in b.words(client.post(address("begin", father), days()).content)
    client.post(address("begin", father), days(act="do"))
    assert SignInLink.objects.get().state == "awaiting_clerk"


@pytest.mark.parametrize(
    ("typed", "box"),
    [
        ({"starts_on": "きのう"}, "starts_on"),
        ({"review_on": ""}, "review_on"),
        ({"starts_on": "2999-01-01"}, "starts_on"),
        ({"review_on": "2020-01-01"}, "review_on"),
        ({"review_on": "2999-01-01"}, "review_on"),
    ],
)
def test_days_that_cannot_be_are_said_beside_their_box_and_nothing_typed_is_lost(
    typed: dict[str, str], box: str
) -> None:
    father = b.household()[0]
    client = b.browser(the_officer())
    for act in ({}, {"act": "do"}):
        response = client.post(address("begin", father), days(**typed, **act))
        html = response.content.decode()
        assert response.status_code == 422
        assert f'id="{box}-error"' in html
        assert f'href="#{box}"' in html
        assert all(f'value="{value}"' in html for value in days(**typed).values())
    assert not fresh(father).protected


def test_what_was_entered_comes_back_to_be_changed() -> None:
    father = b.household()[0]
    typed = days(act="change", review_on="2999-01-01")
    response = b.browser(the_officer()).post(address("begin", father), typed)
    assert response.status_code == 200
    assert 'value="2999-01-01"' in response.content.decode()
    assert "aria-invalid" not in response.content.decode()


def test_an_officer_of_two_sections_says_in_whose_charge_it_is() -> None:
    father = b.household()[0]
    client = b.browser(the_officer("resident", "health"))
    response = client.post(address("begin", father), days(section="childcare"))
    assert response.status_code == 422
    assert 'id="section-error"' in response.content.decode()
    assert client.post(address("begin", father), days(section="health", act="do")).status_code == 302
    assert fresh(father).protected_section == "health"


def test_nobody_who_has_died_comes_under_protection() -> None:
    father = b.household()[0]
    Resident.objects.filter(pk=father.pk).update(status="dead")
    client = b.browser(the_officer())
    assert "亡くなった人の支援措置は始められません" in page_of(client, father)
    assert client.post(address("begin", father), days(act="do")).status_code == 302
    assert not fresh(father).protected


def test_a_second_beginning_changes_nothing_and_says_how_things_stand() -> None:
    father = under_protection()
    client = b.browser(the_officer())
    assert client.post(address("begin", father), days(act="do")).status_code == 302
    assert "その操作はできません" in page_of(client, father)
    assert fresh(father).protected_from == father.protected_from
    assert verbs(father) == []


# Renewing


def test_an_officer_renews_a_protection_for_up_to_a_year_after_its_review_day() -> None:
    father = under_protection()
    assert father.protection_review_on is not None
    latest = year_after(father.protection_review_on)
    client = b.browser(the_officer())
    assert f'value="{latest.isoformat()}"' in client.get(address("renew", father)).content.decode()
    too_late = (latest + timedelta(days=1)).isoformat()
    refused = client.post(address("renew", father), {"review_on": too_late})
    assert refused.status_code == 422
    assert 'id="review_on-error"' in refused.content.decode()
    typed = {"review_on": latest.isoformat()}
    assert "支援措置を延ばしますか" in b.words(client.post(address("renew", father), typed).content)
    assert fresh(father).protection_review_on == father.protection_review_on
    assert client.post(address("renew", father), typed | {"act": "do"}).status_code == 302
    found = fresh(father)
    assert (found.protected_from, found.protection_review_on) == (father.protected_from, latest)
    assert verbs(father) == ["parties.protection_renewed"]


# Ending


def test_an_officer_ends_a_protection_with_a_ground_after_reading_what_is_shown_again() -> None:
    father = under_protection()
    client = b.browser(the_officer())
    unsaid = client.post(address("end", father), {"act": "do"})
    assert unsaid.status_code == 422
    assert 'id="ground-error"' in unsaid.content.decode()
    look = client.post(address("end", father), {"ground": "asked"})
    assert "証明書や通知に、また住所が載ります" in b.words(look.content)
    assert fresh(father).protected
    assert client.post(address("end", father), {"ground": "asked", "act": "do"}).status_code == 302
    assert not fresh(father).protected
    assert verbs(father) == ["parties.protection_ended"]
    assert Event.objects.get(verb="parties.protection_ended").refs["ground"] == "asked"
    assert f'action="{address("begin", father)}"' in page_of(client, father)


def test_a_period_is_over_only_after_its_review_day() -> None:
    father = under_protection(until=today())
    client = b.browser(the_officer())
    refused = client.post(address("end", father), {"ground": "period-over", "act": "do"})
    assert refused.status_code == 422
    assert "見直しの日がまだ過ぎていません" in refused.content.decode()
    assert fresh(father).protected
    Resident.objects.filter(pk=father.pk).update(protection_review_on=today() - timedelta(days=1))
    assert client.post(address("end", father), {"ground": "period-over", "act": "do"}).status_code == 302
    assert not fresh(father).protected


def test_an_end_says_that_the_address_stays_hidden_while_another_of_the_household_is_protected() -> None:
    father, mother, _ = b.household()
    protect(father)
    protect(mother)
    words = b.words(b.browser(the_officer()).post(address("end", father), {"ground": "asked"}).content)
    assert "これからも隠れたまま" in words
    assert "また住所が載ります" not in words


# Who may


def test_a_clerk_and_a_head_of_the_section_are_told_who_may_and_find_no_form() -> None:
    father = under_protection()
    for account in (b.caseworker("resident"), b.head("resident")):
        client = b.browser(account)
        html = page_of(client, father)
        assert "支援措置担当だけです" in html
        assert "/protection" not in html
        for act in ("begin", "renew", "end"):
            assert client.get(address(act, father)).status_code == 404
            response = client.post(address(act, father), days(ground="asked", act="do"))
            assert response.status_code == 404
    assert fresh(father).protection_review_on == father.protection_review_on


def test_an_officer_of_another_section_neither_sees_nor_changes_it() -> None:
    father = under_protection()
    client = b.browser(officer("health")())
    assert "/protection" not in page_of(client, father)
    for act in ("begin", "renew", "end"):
        response = client.post(address(act, father), days(ground="asked", act="do"))
        assert response.status_code == 404
    assert fresh(father).protected


def test_the_persons_own_page_of_looks_never_says_that_a_protection_was_prepared() -> None:
    father = b.household()[0]
    account = b.resident_account(father)
    client = b.browser(the_officer())
    client.get(address("begin", father))
    page_of(client, father)
    html = b.browser(account).get(reverse("portal:data")).content.decode()
    assert "住民記録の管理" in html
    assert "支援措置" not in html


# Ways to it


def test_the_list_to_review_leads_to_the_forms() -> None:
    father = under_protection(until=today())
    client = b.browser(the_officer())
    home = client.get(reverse("office:home")).content.decode()
    where = f"{reverse('office:resident', args=[father.pk])}?purpose=register-keeping"
    assert f'href="{where}#protection"' in home
    assert f'action="{address("renew", father)}"' in client.get(where).content.decode()


def test_a_granted_request_leads_to_the_persons_record_and_one_not_decided_does_not() -> None:
    father = b.household()[0]
    case = b.filed(b.resident_account(father), "address-protection")
    clerk = b.browser(b.caseworker(case.section))
    url = reverse("office:case", args=[case.pk])
    way = f"{reverse('office:resident', args=[father.pk])}?purpose=register-keeping#protection"
    assert way not in clerk.get(url).content.decode()
    b.proposed(case)
    if b.fresh(case).state == "proposed":
        cases.approve_proposal(actor=b.acting(b.head(case.section)), case_id=case.pk)
    html = clerk.get(url).content.decode()
    assert way in html
    assert "記録はまだ隠れません" in html


@pytest.mark.parametrize("lang", ["ja", "easy", "en"])
def test_the_pages_speak_three_languages(lang: str) -> None:
    father = b.household()[0]
    client = b.browser(the_officer(), lang=lang)
    titles = set()
    for act, typed in (
        ("begin", days()),
        ("renew", {"review_on": days()["review_on"]}),
        ("end", {"ground": "asked"}),
    ):
        if act == "renew":
            protect(father)
        for response in (client.get(address(act, father)), client.post(address(act, father), typed)):
            assert response.status_code == 200
            titles.add(response.content.decode().partition("<title>")[2].partition("</title>")[0])
    assert len(titles) == 6
