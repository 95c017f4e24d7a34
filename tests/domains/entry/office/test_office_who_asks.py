"""Who asks to act for somebody, and who filed: a clerk reads the name that stands on the paper."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from django.urls import reverse

from dokodemo.administration.cases import actions
from dokodemo.administration.cases.models import Case
from dokodemo.city.parties import actions as parties
from dokodemo.city.parties import events as verbs
from dokodemo.city.parties import port, queries
from dokodemo.city.parties.definitions import MandateKind
from dokodemo.city.parties.models import Resident
from dokodemo.kernel import events
from dokodemo.kernel.access import Account, NotFound
from tests.domains.administration.cases.building import fill, start
from tests.domains.city.city_builders import bring_in, protect, register_clerk, row
from tests.domains.entry import building as b

COPY = "resident-record-copy"
MASKED = "秘匿のため表示できません"


class Agency:
    """A daughter who asks to act for her father."""

    def __init__(self) -> None:
        self.agent, self.father = bring_in(
            row(72, 72, familyName="坂本", givenName="由美子", sex="2", dateOfBirth="1971-05-02"),
            row(71, 71, familyName="𠮷田", givenName="征四郎", dateOfBirth="1944-01-20"),
        )
        self.account: Account = b.resident_account(self.agent)
        self.mandate: UUID = parties.request_mandate(
            actor=b.acting(self.account),
            kind=MandateKind.MANDATE,
            principal_name="𠮷田 征四郎",
            principal_date_of_birth=date(1944, 1, 20),
        )

    def files(self) -> Case:
        parties.confirm_mandate(actor=register_clerk(), mandate_id=self.mandate, principal_id=self.father.pk)
        actor = b.acting(self.account)
        draft = start(actor, COPY, port.Capacity("mandate", self.father.pk, self.mandate))
        return actions.submit(actor=actor, draft_id=fill(actor, draft.pk, {"request.copies": 1}).pk)

    def pages(self) -> list[str]:
        clerk = b.browser(b.caseworker("resident"))
        return [
            b.words(clerk.get(url).content)
            for url in (reverse("office:waiting"), reverse("office:mandate", args=[self.mandate]))
        ]


def looks(resident: Resident, purpose: str) -> int:
    return sum(
        event.verb == verbs.RESIDENT_VIEWED and event.refs.get("purpose") == purpose
        for event in events.of_object("resident", resident.pk)
    )


def test_the_clerk_who_matches_a_paper_reads_who_asks() -> None:
    agency = Agency()
    for words in agency.pages():
        assert "坂本 由美子" in words
        assert "昭和46年5月2日" in words
        assert f"宛名番号 {agency.agent.number}" in words
        assert "𠮷田 征四郎" in words
    assert looks(agency.agent, "mandate-check") == 1


def test_of_an_agent_under_protection_the_name_alone_is_read_by_other_sections() -> None:
    agency = Agency()
    protect(agency.agent, "care")
    for words in agency.pages():
        assert "坂本 由美子" in words
        assert MASKED in words
        assert "昭和46年5月2日" not in words
        assert "宛名番号" not in words


def test_the_head_of_a_case_names_the_representative_and_the_look_is_recorded_once_a_day() -> None:
    agency = Agency()
    case = agency.files()
    clerk = b.browser(b.caseworker(case.section))
    for _ in range(2):
        words = b.words(clerk.get(reverse("office:case", args=[case.pk])).content)
        assert "申請した代理人 坂本 由美子" in words
        assert "昭和46年5月2日" in words
        assert f"宛名番号 {agency.agent.number}" in words
    assert looks(agency.agent, COPY) == 1


def test_a_case_of_the_person_names_no_representative() -> None:
    case = b.filed()
    words = b.words(b.browser(b.caseworker(case.section)).get(reverse("office:case", args=[case.pk])).content)
    assert "申請した代理人" not in words


def test_a_representative_who_is_nobody_now_is_said_to_be_so() -> None:
    agency = Agency()
    case = agency.files()
    port.unlink(actor=b.acting(agency.account), account_id=agency.account.pk)
    words = b.words(b.browser(b.caseworker(case.section)).get(reverse("office:case", args=[case.pk])).content)
    assert "どの住民とも結び付いていない" in words
    assert "坂本" not in words


def test_another_section_is_not_told_who_filed() -> None:
    agency = Agency()
    case = agency.files()
    with pytest.raises(NotFound):
        queries.person_of_case(
            b.acting(b.caseworker("environment")),
            agency.account.pk,
            purpose=COPY,
            section=case.section,
            case_id=case.pk,
        )
