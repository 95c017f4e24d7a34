"""How a sign-in becomes a resident (サインインと住民の結び付け): twins, namesakes, clerks, second thoughts."""

from __future__ import annotations

import pytest
from city_builders import (
    account,
    bring_in,
    claims_of,
    family,
    pk_of,
    protect,
    register_clerk,
    row,
    signed_in,
    staff,
    the_pack,
)
from django.db import IntegrityError, connection, transaction

from dokodemo.city.parties import port, queries
from dokodemo.city.parties.actions import (
    confirm_sign_in,
    link_sign_in,
    refuse_sign_in,
    reopen_sign_in,
    unlink,
)
from dokodemo.city.parties.definitions import LinkOutcome
from dokodemo.city.parties.models import Resident, SignInLink
from dokodemo.city.parties.sign_in_views import refused_sign_ins
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import ANONYMOUS, Actor, Forbidden, NotFound, Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sections() -> None:
    the_pack()


def sign_in(claims: dict[str, str | None]) -> tuple[LinkOutcome, Actor]:
    """A new account signs in with these claims."""
    made = account()
    outcome = link_sign_in(account_id=made.pk, claims=claims)
    return outcome, Actor(kind="resident", account_id=made.pk, resident_id=port.resident_of(made.pk))


def test_all_four_equal_and_unique_is_linked_at_once() -> None:
    _, mother, _ = family()
    outcome, actor = sign_in(claims_of(mother))
    assert outcome is LinkOutcome.LINKED
    assert actor.resident_id == mother.pk
    link = SignInLink.objects.get()
    (event,) = events.of_object("sign_in", link.pk)
    assert (event.verb, event.refs["resident"]) == ("parties.sign_in_linked", str(mother.pk))


@pytest.mark.parametrize(
    "changes",
    [
        {"full_name": "髙木　美咲"},
        {"full_name": "髙木美咲"},
        {"address": "熊本県荒尾市緑ケ丘３丁目４－１２"},
        {"address": "熊本県荒尾市緑ケ丘3-4-12"},
        {"address": "熊本県荒尾市 緑ケ丘 3丁目4番12号"},
        {"sex": "female"},
    ],
)
def test_a_card_that_is_written_differently_is_the_same_person(changes: dict[str, str | None]) -> None:
    _, mother, _ = family()
    assert sign_in(claims_of(mother, **changes))[0] is LinkOutcome.LINKED


@pytest.mark.parametrize(
    "changes",
    [
        {"full_name": "高木 美咲"},
        {"full_name": "髙木 美先"},
        {"full_name": None},
        {"date_of_birth": "1990-05-18"},
        {"date_of_birth": None},
        {"sex": "1"},
        {"sex": None},
        {"address": "熊本県荒尾市緑ケ丘3丁目4-13"},
        {"address": "熊本県荒尾市荒尾3丁目4-12"},
        {"address": None},
        {"full_name": "", "address": ""},
    ],
)
def test_one_difference_leaves_it_to_a_clerk_and_releases_nothing(changes: dict[str, str | None]) -> None:
    _, mother, _ = family()
    outcome, actor = sign_in(claims_of(mother, **changes))
    assert outcome is LinkOutcome.AWAITING_CLERK
    assert actor.resident_id is None
    assert port.capacities(actor) == [port.PersonOption(port.UNCONFIRMED, "")]


def test_variants_of_a_character_are_different_people_until_a_clerk_says_otherwise() -> None:
    (compatibility,) = bring_in(row(1, 1, familyName="\ufa19田", givenName="薫"))
    outcome, _ = sign_in(claims_of(compatibility, full_name="神田 薫"))
    assert outcome is LinkOutcome.AWAITING_CLERK


def test_twins_are_told_apart_by_their_names() -> None:
    twins = bring_in(
        row(1, 1, dateOfBirth="1960-01-01", residentSince=""),
        row(2, 1, "子", givenName="蓮", dateOfBirth="2008-06-01", residentSince=""),
        row(3, 1, "子", givenName="律", dateOfBirth="2008-06-01", residentSince=""),
    )[1:]
    for twin in twins:
        outcome, actor = sign_in(claims_of(twin))
        assert outcome is LinkOutcome.LINKED
        assert actor.resident_id == twin.pk


def test_namesakes_at_different_addresses_are_told_apart() -> None:
    one, two = bring_in(
        row(1, 1, givenName="清"), row(2, 2, givenName="清", streetAddress="増永", cityBlock="5番地")
    )
    assert sign_in(claims_of(one))[1].resident_id == one.pk
    assert sign_in(claims_of(two))[1].resident_id == two.pk


def test_namesakes_born_on_one_day_at_one_address_are_left_to_a_clerk() -> None:
    one, two = bring_in(row(1, 1, givenName="清"), row(2, 2, givenName="清"))
    outcome, actor = sign_in(claims_of(one))
    assert outcome is LinkOutcome.AWAITING_CLERK
    assert actor.resident_id is None
    _, candidates = queries.sign_in_candidates(register_clerk(), SignInLink.objects.get().pk)
    assert {c.resident_id for c in candidates if len(c.agrees) == 4} == {one.pk, two.pk}


@pytest.mark.parametrize("status", ["moved_out", "dead"])
def test_who_does_not_live_here_any_more_is_not_linked(status: str) -> None:
    (resident,) = bring_in(row(1, 1))
    Resident.objects.filter(pk=resident.pk).update(status=status)
    assert sign_in(claims_of(resident))[0] is LinkOutcome.AWAITING_CLERK


def test_a_second_account_never_becomes_the_same_resident_by_itself() -> None:
    (resident,) = bring_in(row(1, 1))
    assert sign_in(claims_of(resident))[0] is LinkOutcome.LINKED
    outcome, second = sign_in(claims_of(resident))
    assert outcome is LinkOutcome.AWAITING_CLERK
    link = SignInLink.objects.get(account_id=second.account_id)
    with pytest.raises(Forbidden):
        confirm_sign_in(actor=register_clerk(), link_id=link.pk, resident_id=resident.pk)


def test_signing_in_again_changes_nothing_and_records_nothing() -> None:
    _, mother, _ = family()
    outcome, actor = sign_in(claims_of(mother))
    link = SignInLink.objects.get()
    assert link_sign_in(account_id=pk_of(actor), claims=claims_of(mother)) is outcome
    assert link_sign_in(account_id=pk_of(actor), claims=claims_of(mother, address="新しい住所")) is outcome
    assert len(events.of_object("sign_in", link.pk)) == 1


def test_who_waits_is_linked_when_the_register_has_caught_up() -> None:
    (resident,) = bring_in(row(1, 1, cityBlock="1番地"))
    claims = claims_of(resident, address="熊本県荒尾市緑ケ丘2番地")
    _, actor = sign_in(claims)
    assert link_sign_in(account_id=pk_of(actor), claims=claims) is LinkOutcome.AWAITING_CLERK
    bring_in(row(1, 1, cityBlock="2番地"))
    assert link_sign_in(account_id=pk_of(actor), claims=claims) is LinkOutcome.LINKED
    assert SignInLink.objects.count() == 1


def test_a_clerk_confirms_and_from_then_on_the_facts_are_there() -> None:
    (resident,) = bring_in(row(1, 1))
    _, actor = sign_in(claims_of(resident, address="前の住所"))
    clerk = register_clerk()
    (waiting,) = queries.sign_ins_to_confirm(clerk)
    assert waiting.account_id == actor.account_id
    _, (candidate,) = queries.sign_in_candidates(clerk, waiting.id)
    assert candidate.agrees == {"full_name", "date_of_birth", "sex"}
    confirm_sign_in(actor=clerk, link_id=waiting.id, resident_id=resident.pk)
    assert port.resident_of(pk_of(actor)) == resident.pk
    assert queries.sign_ins_to_confirm(clerk) == []
    with pytest.raises(NotFound):
        confirm_sign_in(actor=clerk, link_id=waiting.id, resident_id=resident.pk)


def test_what_a_clerk_has_refused_stays_refused_until_the_card_says_something_else() -> None:
    (resident,) = bring_in(row(1, 1))
    claims = claims_of(resident, address="前の住所")
    _, actor = sign_in(claims)
    link = SignInLink.objects.get()
    with pytest.raises(ValueError, match="reason"):
        refuse_sign_in(actor=register_clerk(), link_id=link.pk, reason=" ")
    refuse_sign_in(actor=register_clerk(), link_id=link.pk, reason="本人ではない")
    assert link_sign_in(account_id=pk_of(actor), claims=claims) is LinkOutcome.REFUSED
    # Even a perfect match is a clerk's matter now.
    assert link_sign_in(account_id=pk_of(actor), claims=claims_of(resident)) is LinkOutcome.AWAITING_CLERK
    assert port.resident_of(pk_of(actor)) is None


def refused(claims: dict[str, str | None]) -> tuple[Actor, SignInLink]:
    _, actor = sign_in(claims)
    link = SignInLink.objects.get(account=actor.account_id)
    refuse_sign_in(actor=register_clerk(), link_id=link.pk, reason="登録がない")
    return actor, link


def test_a_refusal_is_taken_back_and_the_same_card_is_then_confirmed() -> None:
    (resident,) = bring_in(row(1, 1))
    claims = claims_of(resident, address="前の住所")
    actor, link = refused(claims)
    clerk = register_clerk()
    page, (shown,) = refused_sign_ins(clerk, 1)
    assert (page.paginator.count, shown.id, shown.reason) == (1, link.pk, "登録がない")
    reopen_sign_in(actor=clerk, link_id=link.pk)
    assert refused_sign_ins(clerk, 1)[1] == []
    assert link_sign_in(account_id=pk_of(actor), claims=claims) is LinkOutcome.AWAITING_CLERK
    (waiting,) = queries.sign_ins_to_confirm(clerk)
    confirm_sign_in(actor=clerk, link_id=waiting.id, resident_id=resident.pk)
    assert port.resident_of(pk_of(actor)) == resident.pk
    assert [e.verb for e in events.of_object("sign_in", link.pk)][-2:] == [
        "parties.sign_in_reopened",
        "parties.sign_in_linked",
    ]
    assert SignInLink.objects.get(pk=link.pk).reason is None


def test_nothing_is_taken_back_for_who_has_asked_again_with_another_card_or_was_not_refused() -> None:
    (resident,) = bring_in(row(1, 1))
    actor, link = refused(claims_of(resident, address="前の住所"))
    link_sign_in(account_id=pk_of(actor), claims=claims_of(resident))
    assert refused_sign_ins(register_clerk(), 1)[1] == []
    again = SignInLink.objects.exclude(pk=link.pk).get()
    for pk in (link.pk, again.pk, resident.pk):
        with pytest.raises(NotFound):
            reopen_sign_in(actor=register_clerk(), link_id=pk)
    assert SignInLink.objects.get(pk=link.pk).state == "refused"


def test_an_unlinked_account_is_linked_again_only_by_a_clerk() -> None:
    (resident,) = bring_in(row(1, 1))
    _, actor = sign_in(claims_of(resident))
    unlink(actor=actor, account_id=pk_of(actor))
    assert port.resident_of(pk_of(actor)) is None
    assert link_sign_in(account_id=pk_of(actor), claims=claims_of(resident)) is LinkOutcome.AWAITING_CLERK
    verbs = [e.verb for link in SignInLink.objects.all() for e in events.of_object("sign_in", link.pk)]
    assert sorted(verbs) == [
        "parties.sign_in_awaiting",
        "parties.sign_in_linked",
        "parties.sign_in_unlinked",
    ]


def test_nobody_else_confirms_refuses_unlinks_or_lists() -> None:
    one, neighbour = bring_in(row(1, 1), row(2, 2))
    _, waiting = sign_in(claims_of(one, address="x"))
    link = SignInLink.objects.get()
    linked = signed_in(neighbour)
    strangers = [
        ANONYMOUS,
        waiting,
        signed_in(None),
        staff(("childcare", Role.CASEWORKER)),
        staff(("resident", Role.CIO)),
        staff(("policy", Role.ADMINISTRATOR)),
        staff(),
    ]
    for actor in strangers:
        for attempt in (
            lambda a=actor: confirm_sign_in(actor=a, link_id=link.pk, resident_id=one.pk),
            lambda a=actor: refuse_sign_in(actor=a, link_id=link.pk, reason="x"),
            lambda a=actor: unlink(actor=a, account_id=pk_of(linked)),
            lambda a=actor: reopen_sign_in(actor=a, link_id=link.pk),
            lambda a=actor: refused_sign_ins(a, 1),
            lambda a=actor: queries.sign_ins_to_confirm(a),
            lambda a=actor: queries.sign_in_candidates(a, link.pk),
        ):
            with pytest.raises(NotFound):
                attempt()
    assert SignInLink.objects.get(pk=link.pk).state == "awaiting_clerk"


def test_staff_accounts_and_unknown_accounts_are_never_linked() -> None:
    (resident,) = bring_in(row(1, 1))
    with pytest.raises(NotFound):
        link_sign_in(account_id=account(kind="staff").pk, claims=claims_of(resident))
    with pytest.raises(NotFound):
        link_sign_in(account_id=resident.pk, claims=claims_of(resident))


def test_the_database_itself_refuses_a_second_link() -> None:
    one, two = bring_in(row(1, 1), row(2, 2))
    actor = signed_in(one)
    common = {"claims": {}, "claims_digest": "x", "asked_at": calendar_jp.now()}
    for fields in (
        {"account_id": actor.account_id, "resident": two, "state": "linked"},
        {"account": account(), "resident": one, "state": "linked"},
        {"account": account(), "resident": None, "state": "linked"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            SignInLink.objects.create(**common, **fields)


def test_claims_and_reasons_lie_encrypted() -> None:
    (resident,) = bring_in(row(1, 1))
    sign_in(claims_of(resident, address="秘密の住所"))
    refuse_sign_in(actor=register_clerk(), link_id=SignInLink.objects.get().pk, reason="秘密の理由")
    with connection.cursor() as cursor:
        cursor.execute("SELECT claims, reason FROM parties_signinlink")
        stored = b"".join(bytes(value) for value in cursor.fetchone())
    assert "秘密".encode() not in stored


def test_a_protected_candidate_is_not_listed_to_who_is_not_authorised() -> None:
    (resident,) = bring_in(row(1, 1))
    protect(resident, section="care")
    sign_in(claims_of(resident))
    _, candidates = queries.sign_in_candidates(register_clerk(), SignInLink.objects.get().pk)
    assert candidates == []
