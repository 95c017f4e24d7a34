"""The register's desk: sign-ins, mandates, and a person's record with its purpose."""

from __future__ import annotations

import logging
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from dokodemo.city.parties.actions import request_mandate
from dokodemo.city.parties.definitions import MandateKind
from dokodemo.city.parties.models import Mandate, Resident, SignInLink
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.events.models import Event
from tests.domains.city.city_builders import bring_in, row
from tests.domains.entry import building as b


def keeper() -> Any:
    return b.browser(b.caseworker("resident"))


def a_sign_in(resident: Resident, **changes: str) -> UUID:
    """Somebody whose card nearly matches a resident."""
    claims = {
        "full_name": f"{b.FAMILY_NAME} 伸也",
        "date_of_birth": resident.facts["date_of_birth"]["value"],
        "sex": "1",
        "address": "熊本県荒尾市別町9-9",
    }
    link = SignInLink.objects.create(
        account=b.resident_account(),
        state="awaiting_clerk",
        claims=claims | changes,
        claims_digest="y" * 64,
        asked_at=calendar_jp.now(),
    )
    return link.pk


def a_mandate(principal: Resident) -> UUID:
    agent = b.resident_account(bring_in(row(90, 90, familyName="坂本"))[0])
    return request_mandate(
        actor=b.acting(agent),
        kind=MandateKind.MANDATE,
        principal_name=f"{b.FAMILY_NAME} 伸也",
        principal_date_of_birth=date.fromisoformat(principal.facts["date_of_birth"]["value"]),
    )


# Sign-ins


def test_a_clerk_sees_what_agrees_and_confirms_a_sign_in_once() -> None:
    father = b.household()[0]
    url = reverse("office:sign_in", args=[a_sign_in(father)])
    client = keeper()
    words = b.words(client.get(url).content)
    assert "氏名：一致" in words
    assert "住所：違う" in words
    assert client.post(url, {"confirm": "1", "resident": str(father.pk)}).status_code == 302
    assert SignInLink.objects.get(resident=father).state == "linked"
    again = client.post(url, {"confirm": "1", "resident": str(father.pk)})
    assert again.status_code == 409
    assert "ほかの職員が先に処理しました" in again.content.decode()


def test_confirming_without_choosing_and_refusing_without_a_reason_say_so_beside_the_box() -> None:
    father = b.household()[0]
    url = reverse("office:sign_in", args=[a_sign_in(father)])
    client = keeper()
    response = client.post(url, {"confirm": "1", "reason": "書きかけ"})
    assert response.status_code == 422
    html = response.content.decode()
    assert 'id="resident-error"' in html
    assert f'href="#r-{father.pk}"' in html
    assert "書きかけ" in html
    response = client.post(url, {"refuse": "1", "reason": " ", "resident": str(father.pk)})
    html = response.content.decode()
    assert 'id="reason-error"' in html
    assert f'value="{father.pk}" checked' in html
    assert SignInLink.objects.get().state == "awaiting_clerk"


def test_a_resident_who_was_not_offered_cannot_be_chosen() -> None:
    father = b.household()[0]
    stranger = bring_in(row(80, 80, familyName="坂本", dateOfBirth="1950-01-01"))[0]
    url = reverse("office:sign_in", args=[a_sign_in(father)])
    assert keeper().post(url, {"confirm": "1", "resident": str(stranger.pk)}).status_code == 422
    assert SignInLink.objects.get().state == "awaiting_clerk"


def test_a_resident_with_another_sign_in_cannot_be_chosen() -> None:
    father = b.household()[0]
    b.resident_account(father)
    link = a_sign_in(father)
    url = reverse("office:sign_in", args=[link])
    client = keeper()
    assert "disabled" in client.get(url).content.decode()
    response = client.post(url, {"confirm": "1", "resident": str(father.pk)})
    assert response.status_code == 422
    assert "すでに別のログイン" in response.content.decode()


def test_a_refusal_keeps_its_reason_out_of_the_log() -> None:
    father = b.household()[0]
    link = a_sign_in(father)
    url = reverse("office:sign_in", args=[link])
    response = keeper().post(url, {"refuse": "1", "reason": f"{b.FAMILY_NAME}さんではない"})
    assert response.headers["Location"] == "/office/register/waiting?done=refused"
    found = SignInLink.objects.get(pk=link)
    assert (found.state, found.reason) == ("refused", f"{b.FAMILY_NAME}さんではない")
    assert b.FAMILY_NAME not in "".join(str(e.refs) + str(e.numbers) for e in Event.objects.all())


# Mandates


def test_a_mandate_is_confirmed_for_the_person_found_and_only_once() -> None:
    father = b.household()[0]
    mandate = a_mandate(father)
    url = reverse("office:mandate", args=[mandate])
    client = keeper()
    words = b.words(client.get(url).content)
    assert "任意代理" in words
    assert "すべての手続き" in words
    assert client.post(url, {"confirm": "1", "resident": str(father.pk)}).status_code == 302
    assert Mandate.objects.get(pk=mandate).principal_id == father.pk
    assert client.post(url, {"refuse": "1", "reason": "遅れて"}).status_code == 409
    assert Mandate.objects.get(pk=mandate).state == "confirmed"


def test_nobody_becomes_their_own_representative() -> None:
    father = b.household()[0]
    mandate = request_mandate(
        actor=b.acting(b.resident_account(father)),
        kind=MandateKind.MANDATE,
        principal_name=f"{b.FAMILY_NAME} 伸也",
        principal_date_of_birth=date.fromisoformat(father.facts["date_of_birth"]["value"]),
    )
    url = reverse("office:mandate", args=[mandate])
    response = keeper().post(url, {"confirm": "1", "resident": str(father.pk)})
    assert response.status_code == 422
    assert 'id="resident-error"' in response.content.decode()


def test_the_desk_counts_what_waits() -> None:
    father = b.household()[0]
    a_sign_in(father)
    a_mandate(father)
    words = b.words(keeper().get(reverse("office:waiting")).content)
    assert "ログインした人の確認 1" in words
    assert "代理の申出 1" in words


# People


def search(client: Any, **typed: str) -> Any:
    return client.post(reverse("office:residents"), typed)


def test_a_person_is_found_by_name_birthday_or_number_and_the_search_is_recorded() -> None:
    father = b.household()[0]
    client = keeper()
    for typed in (
        {"name": f"{b.FAMILY_NAME}伸也"},
        {"number": father.number},
        {"born": father.facts["date_of_birth"]["value"], "name": f"{b.FAMILY_NAME} 伸也"},
    ):
        response = search(client, **typed)
        assert response.status_code == 200
        assert str(father.pk) in response.content.decode()
    assert Event.objects.filter(verb="parties.residents_searched").count() == 3


def test_what_is_searched_for_never_gets_into_an_address_or_the_log(caplog: pytest.LogCaptureFixture) -> None:
    b.household()
    client = keeper()
    with caplog.at_level(logging.DEBUG):
        html = search(client, name=f"{b.FAMILY_NAME}伸也").content.decode()
        assert search(client, name="誰も いない").status_code == 200
    forms = html.split("<form")
    assert any('method="post" role="search"' in form for form in forms)
    assert f"={b.FAMILY_NAME}" not in html.replace(f'value="{b.FAMILY_NAME}', "")
    logged = "".join(r.getMessage() for r in caplog.records if not r.name.startswith("django.db"))
    assert b.FAMILY_NAME not in logged
    assert client.get(reverse("office:residents"), {"name": b.FAMILY_NAME}).context["found"] == []


def test_a_search_without_words_or_with_an_impossible_day_says_so_and_keeps_the_rest() -> None:
    client = keeper()
    nothing = search(client)
    assert nothing.status_code == 422
    assert 'id="name-error"' in nothing.content.decode()
    impossible = search(client, born="2月30日", name="荒尾")
    html = impossible.content.decode()
    assert impossible.status_code == 422
    assert 'id="born-error"' in html
    assert 'value="2月30日"' in html
    assert 'value="荒尾"' in html


def test_many_people_come_page_by_page() -> None:
    bring_in(*(row(n, n, familyName="荒尾", givenName="一郎") for n in range(100, 160)))
    client = keeper()
    first = search(client, name="荒尾一郎")
    assert len(first.context["found"]) == 50
    second = search(client, name="荒尾一郎", offset=str(first.context["after"]))
    assert len(second.context["found"]) == 10
    assert second.context["after"] is None
    assert second.context["before"] == 0


def test_a_record_opens_only_for_a_purpose_which_the_person_can_read() -> None:
    father = b.household()[0]
    url = reverse("office:resident", args=[father.pk])
    client = keeper()
    asked = client.get(url)
    assert "何のために" in asked.content.decode()
    assert b.STREET not in asked.content.decode()
    assert not Event.objects.filter(verb="parties.resident_viewed").exists()
    assert client.get(url, {"asked": "1"}).status_code == 422
    assert "何のために" in client.get(url, {"purpose": "curiosity"}).content.decode()
    opened = client.get(url, {"purpose": "inquiry"}).content.decode()
    assert b.STREET in opened
    assert Event.objects.get(verb="parties.resident_viewed").refs["purpose"] == "inquiry"
    own = b.browser(b.resident_account(father)).get(reverse("portal:data"))
    assert own.status_code == 200


def test_a_protected_record_shows_no_address_to_a_keeper_who_is_not_authorised() -> None:
    father = b.protected(b.household(), section="health")[0]
    url = reverse("office:resident", args=[father.pk])
    html = keeper().get(url, {"purpose": "inquiry"}).content.decode()
    assert b.STREET not in html
    assert "支援措置" in html
    found = search(keeper(), name=f"{b.FAMILY_NAME}伸也").content.decode()
    assert b.STREET not in found


def test_somebody_who_does_not_exist_is_not_found() -> None:
    url = reverse("office:resident", args=[b.NOWHERE])
    assert keeper().get(url, {"purpose": "inquiry"}).status_code == 404
