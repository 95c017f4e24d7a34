"""A case filed before its person was confirmed: a clerk makes the confirmed resident its applicant."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse

from dokodemo.administration.cases import actions, logic
from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases.models import Case
from dokodemo.administration.procedures import queries as procedures
from dokodemo.city.parties import actions as parties
from dokodemo.city.parties.models import Resident, SignInLink
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Account, NotFound
from tests.domains.administration.cases.building import ENTITLED, fill
from tests.domains.city.city_builders import claims_of, protect, register_clerk
from tests.domains.entry import building as b

COPY = "resident-record-copy"
OFFER = "申請した人が住民として確認されました"


class Stranger:
    """Somebody who applied before the city knew who they are."""

    def __init__(self, slug: str = COPY, facts: dict[str, Any] | None = None) -> None:
        self.person: Resident = b.household()[0]
        self.account: Account = b.resident_account()
        self.case: Case = b.filed(self.account, slug, facts=facts or {})

    def is_confirmed(self) -> None:
        link = SignInLink.objects.create(
            account=self.account,
            state="awaiting_clerk",
            claims=claims_of(self.person),
            claims_digest="z" * 64,
            asked_at=calendar_jp.now(),
        )
        parties.confirm_sign_in(actor=register_clerk(), link_id=link.pk, resident_id=self.person.pk)

    def page(self, account: Account | None = None) -> str:
        clerk = b.browser(account or b.caseworker(self.case.section))
        return clerk.get(reverse("office:case", args=[self.case.pk])).content.decode()

    def attach(self, account: Account | None = None) -> HttpResponse:
        clerk = b.browser(account or b.caseworker(self.case.section))
        return clerk.post(reverse("office:attach_person", args=[self.case.pk]))

    def persons(self) -> tuple[str, Any, Any]:
        case = b.fresh(self.case)
        return case.capacity, case.applicant_id, case.subject_id


def test_the_confirmed_resident_becomes_the_applicant_and_is_compared_with_the_register() -> None:
    stranger = Stranger()
    assert OFFER not in stranger.page()
    stranger.is_confirmed()
    before = stranger.page()
    assert OFFER in before
    assert f"{b.FAMILY_NAME} 伸也" in b.words(before)
    assert b.STREET not in before
    answer = stranger.attach()
    assert answer.headers["Location"] == f"/office/cases/{stranger.case.pk}/?done=attach"
    assert stranger.persons() == ("self", stranger.person.pk, stranger.person.pk)
    after = stranger.page()
    assert OFFER not in after
    assert b.STREET in after
    assert "確認された住民の結び付け" in after
    done = [
        event for event in events.of_object("case", stranger.case.pk) if event.verb == verbs.PERSON_ATTACHED
    ]
    assert len(done) == 1
    assert b.FAMILY_NAME not in str(done[0].refs)


def test_after_that_a_certificate_can_be_decided_and_the_person_reads_the_step() -> None:
    stranger = Stranger()
    clerk = b.acting(b.caseworker(stranger.case.section))
    actions.receive_fee(actor=clerk, case_id=stranger.case.pk, yen=stranger.case.fee_yen)
    stranger.is_confirmed()
    stranger.attach()
    decision = actions.propose_decision(actor=clerk, case_id=stranger.case.pk, outcome="approved")
    assert decision.outcome == "approved"
    words = b.words(b.browser(stranger.account).get(f"/my/cases/{stranger.case.pk}/").content)
    assert "本人を確認しました" in words


def test_while_nobody_is_confirmed_it_is_refused_with_words() -> None:
    stranger = Stranger()
    answer = stranger.attach()
    assert answer.status_code == 409
    assert "今どの住民とも結び付いていません" in b.words(answer.content)
    assert stranger.persons() == ("unconfirmed", None, None)


def test_a_second_click_and_a_proposed_decision_are_refused() -> None:
    stranger = Stranger("child-allowance-claim", ENTITLED)
    stranger.is_confirmed()
    b.proposed(stranger.case)
    assert OFFER not in stranger.page()
    assert stranger.attach().status_code == 409
    assert stranger.persons() == ("unconfirmed", None, None)
    actions.return_proposal(actor=b.acting(b.head()), case_id=stranger.case.pk, because="本人の確認が先です")
    assert stranger.attach().status_code == 302
    assert stranger.attach().status_code == 409
    log = [event.verb for event in events.of_object("case", stranger.case.pk)]
    assert log.count(verbs.PERSON_ATTACHED) == 1


def test_another_section_and_the_person_cannot_attach() -> None:
    stranger = Stranger()
    stranger.is_confirmed()
    assert stranger.attach(b.caseworker("environment")).status_code == 404
    with pytest.raises(NotFound):
        actions.attach_person(actor=b.acting(stranger.account), case_id=stranger.case.pk)
    assert stranger.persons()[1] is None


def test_what_nobody_files_for_themselves_is_not_attached(monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = Stranger()
    stranger.is_confirmed()
    definition = SimpleNamespace(who_may_file=("care_manager",))
    monkeypatch.setattr(procedures, "compiled_version", lambda pk: SimpleNamespace(definition=definition))
    clerk = b.acting(b.caseworker(stranger.case.section))
    with pytest.raises(logic.NotAllowed) as refused:
        actions.attach_person(actor=clerk, case_id=stranger.case.pk)
    assert refused.value.code == "cases.identity.not_for_oneself"


def test_a_protected_persons_address_is_hidden_as_soon_as_the_case_is_theirs() -> None:
    stranger = Stranger("dog-registration")
    stranger.is_confirmed()
    protect(stranger.person)
    elsewhere = b.caseworker("environment")
    offered = b.words(stranger.page(elsewhere))
    assert "宛名番号" not in offered
    assert stranger.attach(elsewhere).status_code == 302
    assert "支援措置（秘匿）の対象者の案件です" in stranger.page(elsewhere)


def test_a_correction_begun_before_goes_on_after() -> None:
    stranger = Stranger("child-allowance-claim", ENTITLED)
    clerk = b.acting(b.caseworker())
    actions.request_correction(
        actor=clerk,
        case_id=stranger.case.pk,
        terms=["applicant.phone"],
        message="電話番号を直してください。",
        due_on=calendar_jp.today().replace(year=2099, day=1),
    )
    draft = actions.begin_correction(actor=b.acting(stranger.account), case_id=stranger.case.pk)
    stranger.is_confirmed()
    assert stranger.attach().status_code == 302
    person = b.acting(stranger.account)
    assert actions.begin_correction(actor=person, case_id=stranger.case.pk).pk == draft.pk
    fill(person, draft.pk, ENTITLED)
    assert actions.submit(actor=person, draft_id=draft.pk).state == "in_review"
    assert stranger.persons()[2] == stranger.person.pk
