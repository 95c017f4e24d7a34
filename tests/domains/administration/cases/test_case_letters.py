"""Letters: what they say, to whom, once."""

import json
from datetime import date

import pytest

from dokodemo.administration.cases import actions, letters, queries
from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases.letters import document_subject
from dokodemo.administration.cases.models import Case
from dokodemo.administration.certificates import actions as certificate_actions
from dokodemo.administration.certificates import queries as certificates
from dokodemo.administration.procedures import queries as procedures
from dokodemo.city.organisation.models import Section
from dokodemo.city.parties.models import Resident
from dokodemo.kernel import events
from dokodemo.kernel.access import NotFound
from tests.domains.administration.cases import building
from tests.domains.city.city_builders import FULL_ADDRESS, bring_in, family, protect, row, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("arao")]
RECORD_COPY = "resident-record-copy"
CARE = "care-need-certification"


def test_a_letter_is_made_once_however_often_the_job_runs() -> None:
    father = building.an_applicant()
    case = building.decided(building.a_case(father))
    for _ in range(3):
        actions.issue_letter(case_id=case.pk)
    assert len(certificates.for_case(father, case.pk)) == 1
    assert [e.verb for e in events.of_object("case", case.pk)].count(verbs.LETTER_ISSUED) == 1


def test_a_job_that_died_after_issuing_finishes_though_a_word_has_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    father = building.an_applicant()
    case = building.decided(building.a_case(father))
    procedure = procedures.compiled_version(case.version_id)
    order = letters.order(case, queries.standing_decision(case), procedure)
    assert order is not None
    from dokodemo.kernel.access import system

    certificate_actions.issue(actor=system("cases"), order=order)
    assert Case.objects.get(pk=case.pk).notified_at is None
    Section.objects.filter(code=case.section).update(phone="(0968)99-9999")
    actions.issue_letter(case_id=case.pk)
    assert Case.objects.get(pk=case.pk).notified_at is not None
    assert len(certificates.for_case(father, case.pk)) == 1


def test_no_letter_leaves_before_a_decision() -> None:
    father = building.an_applicant()
    case = building.a_case(father)
    actions.issue_letter(case_id=case.pk)
    found = building.findings_of(case)
    actions.propose_decision(actor=building.clerk(), case_id=case.pk, outcome="approved", findings=found)
    actions.issue_letter(case_id=case.pk)
    actions.withdraw(actor=father, case_id=case.pk)
    actions.issue_letter(case_id=case.pk)
    assert certificates.for_case(father, case.pk) == []


def test_a_refusal_says_why_by_which_article_and_where_to_appeal() -> None:
    case = building.decided(building.a_case(), "refused", rules=[3], reasons="勤務先にご請求ください。")
    letter = building.ordered_letter(case)
    assert letter["reasons"] == [
        {"say": "公務員ではない（公務員は勤め先に請求します）", "article": "児童手当法第17条第1項"},
        {"say": "勤務先にご請求ください。", "article": None},
    ]
    appeal = "".join(letter["appeal"])
    assert "熊本県知事" in appeal
    assert "3か月以内" in appeal
    assert "6か月以内" in appeal
    assert letter["amounts"] == {}


def test_the_board_of_care_insurance_hears_appeals_about_care() -> None:
    person = signed_in(building.a_neighbour())
    case = building.decided(building.a_case(person, CARE, facts={}), "refused", reasons="x")
    assert "熊本県介護保険審査会" in "".join(building.ordered_letter(case)["appeal"])


def test_an_approval_tells_the_amount_that_the_rules_gave() -> None:
    letter = building.ordered_letter(
        building.decided(building.a_case(), conditions="毎年6月に現況を確認\n\n転出時は届出")
    )
    assert letter["amounts"]["monthly"]["text"] == "10,000円"
    assert letter["decision"]["conditions"] == ["毎年6月に現況を確認", "転出時は届出"]
    assert letter["terms"]["applicant.bank_account"]["value"] == building.BANK_ACCOUNT
    assert letter["addressee"] == {"name": "髙木　伸也", "address": FULL_ADDRESS, "honorific": "様"}


def test_a_notification_tells_the_amount_that_follows_from_it() -> None:
    facts = {"moped.action": "register", "moped.kind": "up_to_125"}
    case = building.a_case(slug="moped-registration", facts=facts)
    letter = building.ordered_letter(building.finished(case))
    assert letter["amounts"]["yearly_tax"]["text"] == "2,400円"
    assert letter["appeal"] == []


def test_a_copy_of_the_family_register_is_appealed_to_the_legal_affairs_bureau() -> None:
    case = building.decided(building.a_case(slug="family-register-copy", facts={}), "refused", reasons="x")
    appeal = "".join(building.ordered_letter(case)["appeal"])
    assert "法務局又は地方法務局の長に対して審査請求をすることができます（戸籍法第124条）" in appeal
    assert "知事" not in appeal


def test_the_pension_service_decides_and_its_own_letter_is_where_one_may_appeal() -> None:
    case = building.finished(building.a_case(slug="pension-exemption", facts={}))
    assert "社会保険審査官に対して審査請求" in "".join(building.ordered_letter(case)["appeal"])


def test_points_are_told_as_points() -> None:
    case = building.a_case(slug="nursery-admission", facts={"nursery_parent.hours": 160})
    letter = building.ordered_letter(building.decided(case))
    assert {name: amount["text"] for name, amount in letter["amounts"].items()} == {
        "base": "100点",
        "adjustment": "200点",
        "total": "300点",
    }


def test_a_letter_says_that_it_is_a_sample_and_unconfirmed_while_it_is() -> None:
    letter = building.ordered_letter(building.decided(building.a_case()))
    assert letter["sample"] is True
    assert letter["unconfirmed"] is True


def test_the_preview_says_what_the_letter_will_say() -> None:
    case = building.a_case()
    procedure = procedures.compiled_version(case.version_id)
    seen = letters.preview(case, procedure, outcome="refused", rules=[3], reasons="x")
    made = building.ordered_letter(building.decided(case, "refused", rules=[3], reasons="x"))
    assert seen == made
    assert letters.preview(case, procedure, outcome="completed") is None


# Certificates of the register


def copy_for(person: Resident, **facts: object) -> Case:
    more = {"request.copies": 1, "request.scope": "household", "request.show_relation": True, **facts}
    return building.decided(building.a_case(signed_in(person), RECORD_COPY, facts=more))


def test_a_copy_of_the_record_states_the_register_of_the_right_person() -> None:
    _, mother, _ = building.a_family()
    building.a_neighbour()
    letter = building.ordered_letter(copy_for(mother))
    assert letter["terms"]["applicant.full_name"]["text"] == "髙木 美咲"
    assert letter["terms"]["applicant.head_of_household_name"]["text"] == "髙木 伸也"
    members = [member["full_name"]["value"]["given"] for member in letter["groups"]["household_member"]]
    assert members == ["伸也", "美咲", "陽葵"]
    assert "坂本" not in json.dumps(letter, ensure_ascii=False)
    assert letter["fee"] == {"text": "300円"}


def test_a_copy_prints_a_reading_that_is_registered() -> None:
    _, mother, _ = family(kanaStatus="registered")
    letter = building.ordered_letter(copy_for(mother))
    assert letter["terms"]["applicant.full_name"]["text"] == "髙木 美咲（タカキ ヒト）"


def test_a_copy_states_the_register_as_it_is_when_it_is_issued_and_never_an_answer() -> None:
    from tests.domains.city.city_builders import bring_in

    father, _, _ = building.a_family()
    case = copy_for(father)
    bring_in(row(1, 1, "世帯主", givenName="伸也", cityBlock="9丁目9-99"))
    case.answers = {**case.answers, "applicant.full_name": building.NAME}
    letter = building.ordered_letter(case)
    assert letter["terms"]["applicant.full_name"]["value"]["given"] == "伸也"
    assert "9丁目9-99" in letter["terms"]["applicant.address"]["text"]


def test_two_people_at_once_get_each_their_own_copy() -> None:
    father, _, _ = building.a_family()
    neighbour = building.a_neighbour()
    for person in (father, neighbour):
        case = copy_for(person)
        actions.issue_letter(case_id=case.pk)
        owner = building.letter_reader(case)
        (issued,) = certificates.for_case(owner, case.pk)
        for subject in (father.pk, neighbour.pk):
            if subject == document_subject(case):
                assert certificates.open_document(owner, issued.id, case_id=case.pk, subject_id=subject)
            else:
                with pytest.raises(NotFound):
                    certificates.open_document(owner, issued.id, case_id=case.pk, subject_id=subject)


# Protected persons (秘匿)


@pytest.mark.parametrize("slug", [building.CHILD_ALLOWANCE, CARE, "dog-registration"])
def test_no_letter_prints_where_a_protected_person_lives(slug: str) -> None:
    father, mother, _ = family()
    facts = {
        **building.ENTITLED,
        "dog.address": {**building.ADDRESS, "full": FULL_ADDRESS},
        "request.scope": "household",
    }
    case = building.decided(building.a_case(signed_in(mother), slug, facts=facts))
    assert FULL_ADDRESS in json.dumps(building.ordered_letter(case), ensure_ascii=False)
    # Whoever of the household is protected: what locates one locates all.
    protect(father)
    letter = json.dumps(building.ordered_letter(case), ensure_ascii=False)
    assert FULL_ADDRESS not in letter
    assert "緑ケ丘" not in letter


def withheld(case: Case) -> list[str]:
    return [e.verb for e in events.of_object("case", case.pk) if e.verb == verbs.CERTIFICATE_WITHHELD]


def test_no_certificate_without_an_address_is_made_for_a_sheltered_household() -> None:
    father, mother, _ = family()
    person = signed_in(mother)
    case = building.decided(building.a_case(person, RECORD_COPY, facts={"request.scope": "household"}))
    # Whoever of the household is protected, and however late: the paper is made at the counter.
    protect(father)
    for _ in range(2):
        actions.issue_letter(case_id=case.pk)
    assert certificates.for_case(person, case.pk) == []
    assert len(withheld(case)) == 1
    assert Case.objects.get(pk=case.pk).notified_at is None


@pytest.mark.parametrize("status", ["dead", "moved_out"])
def test_no_certificate_is_made_of_who_left_after_the_decision(status: str) -> None:
    father, *_ = family()
    person = signed_in(father)
    case = building.decided(building.a_case(person, RECORD_COPY, facts={}))
    Resident.objects.filter(pk=father.pk).update(status=status)
    actions.issue_letter(case_id=case.pk)
    assert certificates.for_case(person, case.pk) == []
    assert len(withheld(case)) == 1


def test_a_refusal_reaches_who_left_and_who_is_sheltered() -> None:
    for number, change in enumerate(({"status": "moved_out"}, {"protected": True}), start=1):
        (neighbour,) = bring_in(row(number + 80, number + 80))
        person = signed_in(neighbour)
        case = building.a_case(person, RECORD_COPY, facts={})
        if "status" in change:
            Resident.objects.filter(pk=neighbour.pk).update(**change)
        else:
            protect(neighbour)
        case = building.decided(case, "refused", reasons="窓口で交付します")
        actions.issue_letter(case_id=case.pk)
        assert len(certificates.for_case(person, case.pk)) == 1
        letter = json.dumps(building.ordered_letter(case), ensure_ascii=False)
        assert ("緑ケ丘" in letter) == ("status" in change)


def test_what_a_text_tells_of_the_place_is_in_no_letter_of_a_protected_person() -> None:
    where = "熊本県荒尾市増永1502番地の祖母の家"
    father, *_ = family()
    facts = {
        **building.ENTITLED,
        "child": [
            {
                "full_name": building.NAME,
                "date_of_birth": "2016-05-01",
                "relation": "子",
                "living_together": False,
                "cared_for": True,
            }
        ],
        "applicant.separate_children": where,
    }
    case = building.decided(building.a_case(signed_in(father), facts=facts))
    assert where in json.dumps(building.ordered_letter(case), ensure_ascii=False)
    protect(father)
    letter = building.ordered_letter(case)
    assert where not in json.dumps(letter, ensure_ascii=False)
    assert not {"applicant.phone", "applicant.separate_children"} & letter["terms"].keys()


def test_who_files_unconfirmed_and_is_protected_is_in_no_letter_once_the_sign_in_is_linked() -> None:
    from dokodemo.city.parties import port
    from dokodemo.city.parties.models import SignInLink

    father, *_ = family()
    protect(father)
    stranger = signed_in(None)
    facts = {"applicant.address": {**building.ADDRESS, "full": FULL_ADDRESS}}
    draft = building.start(stranger, "dog-registration", port.UNCONFIRMED)
    case = actions.submit(actor=stranger, draft_id=building.fill(stranger, draft.pk, facts).pk)
    case = building.decided(case)
    assert FULL_ADDRESS in json.dumps(building.ordered_letter(case), ensure_ascii=False)
    linked = signed_in(father)
    SignInLink.objects.filter(account_id=linked.account_id).update(account_id=stranger.account_id)
    assert FULL_ADDRESS not in json.dumps(building.ordered_letter(case), ensure_ascii=False)


def test_the_address_of_a_protected_agent_is_in_no_letter_either() -> None:
    from dokodemo.city.parties import actions as party_actions
    from dokodemo.city.parties import port
    from dokodemo.city.parties.definitions import MandateKind
    from tests.domains.city.city_builders import bring_in, register_clerk

    father, daughter = bring_in(
        row(71, 71, cityBlock="1丁目1-1"), row(72, 72, sex="2", cityBlock="7丁目7-77")
    )
    agent = signed_in(daughter)
    number = party_actions.request_mandate(
        actor=agent,
        kind=MandateKind.MANDATE,
        principal_name="髙木 人71",
        principal_date_of_birth=date(1990, 5, 17),
    )
    party_actions.confirm_mandate(actor=register_clerk(), mandate_id=number, principal_id=father.pk)
    capacity = port.Capacity("mandate", father.pk, number)
    case = building.decided(building.a_case(agent, CARE, capacity=capacity, facts={}))
    protect(daughter)
    assert "7丁目7-77" not in json.dumps(building.ordered_letter(case), ensure_ascii=False)


def test_a_name_no_font_shows_is_printed_with_its_reading() -> None:
    case = building.decided(building.a_case())
    order = letters.order(case, queries.standing_decision(case), procedures.compiled_version(case.version_id))
    assert order is not None
    assert order.readings["髙木　伸也"] == "タカキ ヒト"
