"""The sign-in and the register: undone after a second word, and said as it is to whoever is not linked."""

from __future__ import annotations

import pytest
from django.urls import reverse

from dokodemo.city.parties import actions as parties
from dokodemo.city.parties import port
from dokodemo.city.parties.definitions import LinkOutcome
from dokodemo.city.parties.models import SignInLink
from dokodemo.kernel.access import Account, NotFound
from tests.domains.city.city_builders import claims_of, register_clerk
from tests.domains.entry import building as b

UNLINK = "/my/unlink"
WAITING, REFUSED, UNDONE = "確認しています", "どなたかを確かめられませんでした", "結び付けは解かれています"
REASON = "カードの住所が登録と違います"


def refused(reason: str = REASON) -> Account:
    """Somebody whose card nearly matches, and whom a clerk did not recognise."""
    account = b.resident_account()
    parties.link_sign_in(
        account_id=account.pk, claims=claims_of(b.household()[0], address="熊本県荒尾市別町9-9")
    )
    parties.refuse_sign_in(
        actor=register_clerk(), link_id=SignInLink.objects.get(account=account).pk, reason=reason
    )
    return account


@pytest.mark.parametrize(
    ("lang", "only_a_clerk"),
    [
        ("ja", "もう一度結び付けられるのは、市の職員が確認したときだけ"),
        ("easy", "だけが できます"),
        ("en", "Only a clerk can link it again"),
    ],
)
def test_undoing_the_link_asks_once_more_and_says_what_it_ends(lang: str, only_a_clerk: str) -> None:
    account = b.resident_account(b.household()[0])
    browser = b.browser(account, lang=lang)
    data = browser.get(reverse("portal:data")).content.decode()
    assert f'href="{UNLINK}"' in data
    assert f'action="{UNLINK}"' not in data
    page = browser.get(UNLINK)
    assert only_a_clerk in b.words(page.content)
    assert SignInLink.objects.get(account=account).state == "linked"
    assert browser.post(UNLINK).headers["Location"] == reverse("portal:my")
    assert SignInLink.objects.get(account=account).state == "unlinked"
    assert browser.post(UNLINK).headers["Location"] == reverse("portal:my")


@pytest.mark.parametrize("address", ["/my/", "/my/data", "/my/people"])
def test_whoever_undid_the_link_reads_so_and_how_to_link_again(address: str) -> None:
    father = b.household()[0]
    account = b.resident_account(father)
    browser = b.browser(account)
    browser.post(UNLINK)
    words = b.words(browser.get(address).content)
    assert UNDONE in words
    assert "もう一度ログインしてください" in words
    assert WAITING not in words
    # What it says to do is what works: signing in once more waits for a clerk.
    assert parties.link_sign_in(account_id=account.pk, claims=claims_of(father)) == LinkOutcome.AWAITING_CLERK
    words = b.words(browser.get(address).content)
    assert WAITING in words
    assert UNDONE not in words


@pytest.mark.parametrize("address", ["/my/", "/my/data", "/my/people"])
def test_whoever_was_refused_reads_the_clerks_words_and_whom_to_ask(address: str) -> None:
    words = b.words(b.browser(refused(f"{REASON} <b>太字</b>")).get(address).content)
    assert REFUSED in words
    assert f"{REASON} <b>太字</b>" in words
    assert "問い合わせ先： 市民課" in words
    assert WAITING not in words


def test_the_clerk_who_refuses_is_told_that_the_person_reads_the_reason() -> None:
    account = b.resident_account()
    parties.link_sign_in(
        account_id=account.pk, claims=claims_of(b.household()[0], address="熊本県荒尾市別町9-9")
    )
    link = SignInLink.objects.get(account=account)
    page = b.browser(b.caseworker("resident")).get(reverse("office:sign_in", args=[link.pk]))
    assert "本人がログインすると読めます" in b.words(page.content)


def test_nobody_but_its_holder_reads_the_state_of_a_sign_in() -> None:
    refused()
    other = b.resident_account()
    assert REASON not in b.words(b.browser(other).get("/my/").content)
    with pytest.raises(NotFound):
        port.own_link(register_clerk())
