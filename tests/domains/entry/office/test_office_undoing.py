"""A clerk undoes a sign-in's link and revokes a mandate, each with the reason, on a page that says what follows."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from django.urls import reverse

from dokodemo.city.parties import port
from dokodemo.city.parties.actions import (
    confirm_mandate,
    link_sign_in,
    refuse_sign_in,
    request_mandate,
    revoke_mandate,
    unlink,
)
from dokodemo.city.parties.definitions import MandateKind
from dokodemo.city.parties.models import Mandate, Resident, SignInLink
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Account, NotFound
from dokodemo.kernel.events.models import Event
from tests.domains.city.city_builders import bring_in, protect, register_clerk, row
from tests.domains.entry import building as b
from tests.domains.entry.office.addressing import keeper, officer


def link_of(account: Account) -> SignInLink:
    return SignInLink.objects.get(account=account)


def undo(account: Account) -> str:
    return reverse("office:sign_in_undo", args=[link_of(account).pk])


def in_force(principal: Resident) -> tuple[Account, UUID]:
    """An agent's account and the mandate a clerk has confirmed."""
    agent = b.resident_account(bring_in(row(90, 90, familyName="坂本", givenName="由美子"))[0])
    mandate = request_mandate(
        actor=b.acting(agent),
        kind=MandateKind.MANDATE,
        principal_name=f"{b.FAMILY_NAME} 伸也",
        principal_date_of_birth=date(1990, 5, 17),
    )
    confirm_mandate(actor=register_clerk(), mandate_id=mandate, principal_id=principal.pk)
    return agent, mandate


def record_of(person: Resident, account: Account | None = None) -> str:
    client = b.browser(account or keeper())
    url = reverse("office:resident", args=[person.pk])
    return str(client.get(url, {"purpose": "identity-check"}).content.decode())


# Sign-ins


def refused_sign_in(person: Resident) -> UUID:
    claims = {"full_name": "新田 まゆみ", "date_of_birth": "1988-02-03", "sex": "2", "address": "前の住所"}
    account = b.resident_account()
    link_sign_in(account_id=account.pk, claims=claims)
    link = link_of(account)
    refuse_sign_in(actor=register_clerk(), link_id=link.pk, reason="まだ登録がありません")
    return link.pk


def test_a_refused_sign_in_is_taken_up_again_from_the_list_and_decided_at_once() -> None:
    father = b.household()[0]
    link, client = refused_sign_in(father), b.browser(keeper())
    assert reverse("office:sign_ins_refused") in client.get(reverse("office:waiting")).content.decode()
    html = client.get(reverse("office:sign_ins_refused")).content.decode()
    assert "新田 まゆみ" in html
    assert "まだ登録がありません" in html
    opened = client.post(reverse("office:sign_in_reopen", args=[link]), follow=True)
    assert opened.redirect_chain == [(reverse("office:sign_in", args=[link]), 302)]
    assert "確認待ちに戻しました" in opened.content.decode()
    assert "新田 まゆみ" not in client.get(reverse("office:sign_ins_refused")).content.decode()


def test_two_clerks_who_take_the_same_sign_in_up_again_are_told() -> None:
    url = reverse("office:sign_in_reopen", args=[refused_sign_in(b.household()[0])])
    client = b.browser(keeper())
    assert [client.post(url).status_code for _ in range(2)] == [302, 409]


def test_a_clerk_undoes_a_link_with_a_reason_that_stays_out_of_the_log() -> None:
    father = b.household()[0]
    account = b.resident_account(father)
    url, client = undo(account), b.browser(keeper())
    assert f'href="{url}"' in record_of(father)
    assert "もう一度結び付けられるのは、職員だけです" in client.get(url).content.decode()
    assert link_of(account).state == "linked"
    response = client.post(url, {"reason": f"{b.FAMILY_NAME}さんのカードではない"})
    assert response.headers["Location"] == f"/office/register/residents/{father.pk}?purpose=identity-check"
    link = link_of(account)
    assert (link.state, link.reason) == ("unlinked", f"{b.FAMILY_NAME}さんのカードではない")
    assert Event.objects.filter(verb="parties.sign_in_unlinked").count() == 1
    assert b.FAMILY_NAME not in "".join(str(e.refs) + str(e.numbers) for e in Event.objects.all())
    assert port.resident_of(account.pk) is None
    assert "結び付いたログインはありません" in record_of(father)


@pytest.mark.parametrize("reason", ["  ", "長" * 401])
def test_a_link_is_not_undone_without_a_reason_of_a_fitting_length(reason: str) -> None:
    account = b.resident_account(b.household()[0])
    response = b.browser(keeper()).post(undo(account), {"reason": reason})
    html = response.content.decode()
    assert response.status_code == 422
    assert 'id="reason-error"' in html
    assert 'href="#reason"' in html
    assert reason.strip() in html
    assert link_of(account).state == "linked"


def test_a_link_that_somebody_else_has_undone_is_said_to_be_gone() -> None:
    account = b.resident_account(b.household()[0])
    url, client = undo(account), b.browser(keeper())
    client.post(url, {"reason": "誤り"})
    again = client.post(url, {"reason": "誤り"})
    assert again.status_code == 409
    assert "ほかの職員が先に処理しました" in again.content.decode()
    assert client.get(url).status_code == 404


def test_the_desk_leads_from_a_taken_resident_to_the_link_that_is_in_the_way() -> None:
    father = b.household()[0]
    account = b.resident_account(father)
    waiting = SignInLink.objects.create(
        account=b.resident_account(),
        state="awaiting_clerk",
        claims={"full_name": f"{b.FAMILY_NAME} 伸也", "date_of_birth": "1990-05-17"},
        claims_digest="y" * 64,
        asked_at=calendar_jp.now(),
    )
    url, client = reverse("office:sign_in", args=[waiting.pk]), b.browser(keeper())
    assert f'href="{undo(account)}"' in client.get(url).content.decode()
    client.post(undo(account), {"reason": "別人"})
    assert client.post(url, {"confirm": "1", "resident": str(father.pk)}).status_code == 302
    assert port.resident_of(waiting.account_id) == father.pk


def test_a_protected_persons_link_is_undone_by_the_authorised_section_only() -> None:
    father = b.household()[0]
    account = b.resident_account(father)
    protect(father, section="health")
    clerk = b.browser(keeper())
    assert undo(account) not in record_of(father)
    assert clerk.get(undo(account)).status_code == 404
    clerk.post(undo(account), {"reason": "誤り"})
    assert link_of(account).state == "linked"
    with pytest.raises(NotFound):
        unlink(actor=register_clerk(), account_id=account.pk, reason="誤り")
    authorised = officer("health")()
    assert undo(account) in record_of(father, authorised)
    assert b.browser(authorised).post(undo(account), {"reason": "誤り"}).status_code == 302
    assert link_of(account).state == "unlinked"


# Mandates


def test_a_clerk_revokes_a_mandate_with_a_reason_and_the_agent_acts_no_longer() -> None:
    father = b.household()[0]
    agent, mandate = in_force(father)
    url, client = reverse("office:mandate_revoke", args=[mandate]), b.browser(keeper())
    html = record_of(father)
    assert f'href="{url}"' in html
    assert "坂本 由美子" in html
    words = b.words(client.get(url).content)
    assert "代理をする人は、今すぐ" in words
    assert "坂本 由美子" in words
    assert client.post(url, {"reason": "委任が終わった"}).status_code == 302
    found = Mandate.objects.get(pk=mandate)
    assert (found.state, found.reason) == ("revoked", "委任が終わった")
    assert Event.objects.filter(verb="parties.mandate_revoked").count() == 1
    assert [option.capacity.kind for option in port.capacities(b.acting(agent))] == ["self"]
    assert url not in record_of(father)
    assert client.post(url, {"reason": "もう一度"}).status_code == 409


def test_a_mandate_stands_on_the_agents_record_as_well() -> None:
    father = b.household()[0]
    agent, mandate = in_force(father)
    sakamoto = link_of(agent).resident
    assert sakamoto is not None
    assert reverse("office:mandate_revoke", args=[mandate]) in record_of(sakamoto)


def test_a_mandate_is_not_revoked_by_a_clerk_without_a_reason() -> None:
    father = b.household()[0]
    _, mandate = in_force(father)
    response = b.browser(keeper()).post(reverse("office:mandate_revoke", args=[mandate]), {"reason": ""})
    assert response.status_code == 422
    assert 'id="reason-error"' in response.content.decode()
    with pytest.raises(ValueError, match="why"):
        revoke_mandate(actor=register_clerk(), mandate_id=mandate)
    assert Mandate.objects.get(pk=mandate).state == "confirmed"


def test_a_request_that_waits_is_refused_at_the_desk_and_not_revoked_here() -> None:
    agent = b.resident_account(b.household()[0])
    mandate = request_mandate(
        actor=b.acting(agent),
        kind=MandateKind.MANDATE,
        principal_name="見本 花子",
        principal_date_of_birth=date(1990, 5, 17),
    )
    assert b.browser(keeper()).get(reverse("office:mandate_revoke", args=[mandate])).status_code == 404


def test_a_mandate_over_a_protected_person_is_revoked_by_the_authorised_section_only() -> None:
    father = b.household()[0]
    agent, mandate = in_force(father)
    protect(father, section="health")
    url = reverse("office:mandate_revoke", args=[mandate])
    assert b.browser(keeper()).get(url).status_code == 404
    sakamoto = link_of(agent).resident
    assert sakamoto is not None
    assert url not in record_of(father)
    assert url not in record_of(sakamoto)
    with pytest.raises(NotFound):
        revoke_mandate(actor=register_clerk(), mandate_id=mandate, reason="誤り")
    assert b.browser(officer("health")()).post(url, {"reason": "誤り"}).status_code == 302
    assert Mandate.objects.get(pk=mandate).state == "revoked"


@pytest.mark.parametrize("lang", ["ja", "easy", "en"])
def test_the_pages_of_undoing_speak_three_languages(lang: str) -> None:
    father = b.household()[0]
    agent, mandate = in_force(father)
    client = b.browser(keeper(), lang=lang)
    assert client.get(undo(agent)).status_code == 200
    assert client.get(reverse("office:mandate_revoke", args=[mandate])).status_code == 200
