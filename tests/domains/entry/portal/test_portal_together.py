"""Applying for several procedures at once, as a browser sees it: chosen, written once, checked, received, followed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dokodemo.administration.cases import actions, queries, together
from dokodemo.administration.cases.models import Bundle, Case, Draft
from dokodemo.city.parties.models import Resident
from tests.domains.administration.cases.building import fill, start, start_together
from tests.domains.city.city_builders import bring_in, row
from tests.domains.entry import building as b

ALLOWANCE, COPY, PREGNANCY = "child-allowance-claim", "resident-record-copy", "pregnancy-notification"
THREE = [ALLOWANCE, COPY, PREGNANCY]
CHOOSE = "/together/"


class Person:
    """A father who has several things to apply for."""

    def __init__(self, people: list[Resident] | None = None) -> None:
        self.people = people or b.household()
        self.account = b.resident_account(self.people[0])
        self.client: Client = b.browser(self.account)

    def itself(self) -> dict[str, str]:
        return b.for_whom(self.people[0])

    def begins(self, slugs: list[str], **more: Any) -> Draft:
        data = {"slug": slugs, "offered": slugs, "begin": "1", **self.itself(), **more}
        answer = self.client.post(CHOOSE, data)
        assert answer.status_code == 302, b.words(answer.content)
        return queries.my_drafts(b.acting(self.account))[0]

    def ready(self, slugs: list[str] | None = None) -> Draft:
        actor = b.acting(self.account)
        return fill(actor, start_together(actor, *(slugs or THREE)).pk)

    def check(self, draft: Draft) -> str:
        return reverse("portal:check", args=[draft.pk])


@pytest.fixture
def person() -> Person:
    return Person()


def test_procedures_ticked_on_a_page_of_a_life_event_are_offered_together(person: Person) -> None:
    page = person.client.get(reverse("portal:procedures") + "?event=certificates").content.decode()
    assert page.count('name="slug"') >= 2
    assert f'value="{COPY}"' in page
    answer = person.client.post(CHOOSE, {"slug": [COPY, PREGNANCY]})
    assert answer.headers["Location"] == f"{CHOOSE}?slug={COPY}&slug={PREGNANCY}"
    words = b.words(person.client.get(answer.headers["Location"]).content)
    assert "住民票の写しの交付請求" in words
    assert "妊娠の届出" in words


def test_whoever_signs_in_first_comes_back_to_what_was_ticked() -> None:
    answer = b.browser().post(CHOOSE, {"slug": [COPY, PREGNANCY]})
    assert answer.headers["Location"].startswith(CHOOSE)
    to_sign_in = b.browser().get(answer.headers["Location"]).headers["Location"]
    assert "slug%3Dresident-record-copy%26slug%3Dpregnancy-notification" in to_sign_in


def test_nothing_ticked_leads_back_to_the_list(person: Person) -> None:
    for asked in ({}, {"slug": ["no-such-procedure"]}):
        answer = person.client.post(CHOOSE, asked, follow=True)
        assert "手続きが選ばれていません" in b.words(answer.content)


def test_one_procedure_alone_goes_the_usual_way(person: Person) -> None:
    answer = person.client.post(CHOOSE, {"slug": [COPY], "offered": THREE, "begin": "1", **person.itself()})
    assert answer.headers["Location"] == reverse("portal:start", args=[COPY])


def test_what_does_not_fit_the_person_is_refused_with_a_sentence_and_unticked(person: Person) -> None:
    page = person.client.get(f"{CHOOSE}?slug={COPY}&slug={PREGNANCY}").content.decode()
    number = re.search(r'name="for"[^>]* value="([^"]+)"[^>]*>\s*<label[^>]*>お子さん', page)
    assert number is not None
    answer = person.client.post(
        CHOOSE, {"slug": [COPY, PREGNANCY], "offered": [COPY, PREGNANCY], "begin": "1", "for": number[1]}
    )
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "この立場では申し込めない手続きです" in html
    assert re.search(rf'value="{COPY}" checked', html)
    assert not re.search(rf'value="{PREGNANCY}" checked', html)
    assert not Draft.objects.exists()


def test_the_language_switch_keeps_what_is_ticked_and_what_was_offered(person: Person) -> None:
    page = person.client.post(
        CHOOSE, {"slug": [COPY], "offered": THREE, **person.itself(), "_language": "en"}, follow=True
    ).content.decode()
    assert "Apply together" in page
    assert re.search(rf'value="{COPY}" checked', page)
    assert not re.search(rf'value="{PREGNANCY}" checked', page)
    assert re.search(r'id="for-0"[^>]* checked', page)


def test_two_clicks_begin_one_joint_draft(person: Person) -> None:
    first, second = person.begins(THREE), person.begins(THREE)
    assert first.pk == second.pk
    assert Draft.objects.count() == 1


def test_every_page_says_who_uses_it_and_the_check_says_it_for_every_answer(person: Person) -> None:
    draft = person.ready()
    first = b.words(person.client.get(reverse("portal:page", args=[draft.pk, 0])).content)
    assert "このページで聞く手続き：すべて" in first
    words = b.words(person.client.get(person.check(draft)).content)
    assert "使う手続き：児童手当の認定請求" in words
    assert "それぞれの課に届くもの" in words
    assert words.count("この手続きを外す") == 3


def test_what_an_office_is_said_to_see_is_what_its_case_holds(person: Person) -> None:
    draft = person.ready()
    html = person.client.get(person.check(draft)).content.decode()
    counts = [int(n) for n in re.findall(r"届く項目（(\d+)）", html)]
    person.client.post(person.check(draft))
    for slug, count in zip(THREE, counts, strict=True):
        case = Case.objects.get(procedure=slug)
        places = {re.sub(r"-\d+\.", ".", place) for place in case.sources}
        assert len(places) == count


def test_handing_in_twice_gives_one_receipt_with_every_number(person: Person) -> None:
    draft = person.ready()
    first, second = (person.client.post(person.check(draft)) for _ in range(2))
    bundle = Bundle.objects.get()
    assert first.headers["Location"] == reverse("portal:bundle_received", args=[bundle.pk])
    assert first.headers["Location"] == second.headers["Location"]
    words = b.words(person.client.get(first.headers["Location"]).content)
    assert "3件の申請を一度に受け付けました" in words
    numbers = [case.number for case in Case.objects.all()]
    assert len(numbers) == 3
    assert all(number in words for number in numbers)


def test_a_bundle_is_seen_on_my_page_and_on_each_of_its_cases(person: Person) -> None:
    draft = person.ready()
    person.client.post(person.check(draft))
    bundle = Bundle.objects.get()
    address = reverse("portal:bundle", args=[bundle.pk])
    my = person.client.get(reverse("portal:my")).content.decode()
    assert my.count(address) == 1
    assert "まとめて申請したもの（3件）" in my
    for case in Case.objects.all():
        page = person.client.get(reverse("portal:case", args=[case.pk])).content.decode()
        assert address in page
        others = Case.objects.exclude(pk=case.pk)
        assert all(other.number in page for other in others)
    assert person.client.get(address).status_code == 200


def test_a_case_filed_alone_names_no_bundle(person: Person) -> None:
    case = b.filed(person.account)
    assert "いっしょに申請した" not in b.words(
        person.client.get(reverse("portal:case", args=[case.pk])).content
    )


def test_a_procedure_is_taken_out_by_a_second_word_only(person: Person) -> None:
    draft = person.ready()
    address = reverse("portal:without", args=[draft.pk])
    assert "外しますか" in b.words(person.client.get(f"{address}?slug={ALLOWANCE}").content)
    assert draft.parts.count() == 3
    answer = person.client.post(address, {"slug": ALLOWANCE})
    assert answer.headers["Location"] == person.check(draft)
    words = b.words(person.client.get(person.check(draft)).content)
    assert "児童手当" not in words
    person.client.post(address, {"slug": COPY})
    assert "外す" not in b.words(person.client.get(person.check(draft)).content)
    last = person.client.post(address, {"slug": PREGNANCY})
    assert last.headers["Location"] == reverse("portal:discard", args=[draft.pk])


def test_a_draft_of_one_procedure_has_nothing_to_take_out(person: Person) -> None:
    b.filed(person.account)
    draft = Draft.objects.get()
    assert person.client.get(reverse("portal:without", args=[draft.pk])).status_code == 404


@pytest.mark.parametrize("name", ["check", "resume", "page", "discard", "without"])
def test_whoever_comes_back_to_a_joint_draft_that_was_handed_in_sees_the_bundle(
    person: Person, name: str
) -> None:
    draft = person.ready()
    person.client.post(person.check(draft))
    arguments: list[object] = [draft.pk, 0] if name == "page" else [draft.pk]
    answer = person.client.get(reverse(f"portal:{name}", args=arguments))
    assert answer.headers["Location"] == reverse("portal:bundle", args=[Bundle.objects.get().pk])


def test_a_joint_draft_goes_on_where_it_stopped_and_bears_its_first_title(person: Person) -> None:
    draft = person.begins(THREE)
    my = person.client.get(reverse("portal:my")).content
    assert "児童手当の認定請求 ほか2件" in b.words(my)
    answer = person.client.get(reverse("portal:resume", args=[draft.pk]))
    assert answer.headers["Location"] == reverse("portal:page", args=[draft.pk, 0])


def test_a_person_on_one_list_only_is_asked_what_this_list_asks() -> None:
    people = [*b.household(), *bring_in(row(50, 50))]
    person = Person(people)
    draft = person.begins(["moving-within", "address-protection"])
    actor = b.acting(person.account)

    form = together.joint_form_of(draft)
    index = next(n for n, page in enumerate(form.pages) if page.group is not None and page.group.repeats)
    moving, protecting = (part.marks["household_member"] for part in form.parts)
    who = next(
        n for n, page in enumerate(form.pages) for q in page.questions if q.term.name == "relocation.who"
    )
    actions.save_page(actor=actor, draft_id=draft.pk, index=who, values={"relocation.who": "whole_household"})
    url = reverse("portal:page", args=[draft.pk, index])
    html = person.client.get(url).content.decode()
    assert f'name="household_member-0.{moving}"' in html
    assert 'name="household_member-0.sex"' not in html
    posted = {
        "household_member.count": "1",
        "household_member-0.from": "0",
        f"household_member-0.{moving}": "true",
        f"household_member-0.{protecting}": "false",
    }
    opened = person.client.post(url, posted).content.decode()
    assert "household_member-0.relation" in opened


OPEN = "/together/begun/"


def begin_alone(person: Person, slug: str, **answers: Any) -> Draft:
    """A single form with something written on it."""
    actor = b.acting(person.account)
    draft = start(actor, slug)
    values = {name.replace("__", "."): value for name, value in answers.items()}
    actions.save_page(actor=actor, draft_id=draft.pk, index=0, values=values, done=False)
    return draft


def test_whoever_begun_one_of_them_before_is_asked_whether_it_comes_along(person: Person) -> None:
    begin_alone(person, PREGNANCY, applicant__phone="09011111111")
    begin_alone(person, COPY, applicant__phone="09022222222")
    data = {"slug": THREE, "offered": THREE, "begin": "1", **person.itself()}
    asked = person.client.post(CHOOSE, data).headers["Location"]
    assert asked.startswith(OPEN)
    words = b.words(person.client.get(asked).content)
    assert "妊娠の届出" in words
    assert "住民票の写しの交付請求" in words
    # Two numbers for one question: the later stands, and both are shown before anything happens.
    assert re.search("090-?2222-?2222 ?使います", words)
    assert re.search("090-?1111-?1111", words)
    assert len(queries.my_drafts(b.acting(person.account))) == 2
    answer = person.client.post(OPEN, {"slug": THREE, **person.itself(), "carry": "yes"})
    (joint,) = queries.my_drafts(b.acting(person.account))
    assert answer.headers["Location"] == reverse("portal:page", args=[joint.pk, 0])
    assert joint.content["values"]["applicant.phone"] == "09022222222"
    page = person.client.get(answer.headers["Location"]).content
    assert "書いた答えを移しました" in b.words(page)


def test_what_does_not_come_along_stays_as_it_is(person: Person) -> None:
    alone = begin_alone(person, COPY, applicant__phone="09022222222")
    person.client.post(OPEN, {"slug": THREE, **person.itself(), "carry": "no"})
    drafts = queries.my_drafts(b.acting(person.account))
    assert {draft.pk for draft in drafts} > {alone.pk}
    joint = next(draft for draft in drafts if together.is_joint(draft))
    assert "applicant.phone" not in joint.content["values"]
    # Going on with the joint form asks nothing of the kind about itself.
    again = person.client.post(OPEN, {"slug": THREE, **person.itself()})
    assert again.status_code == 200


@pytest.mark.parametrize("data", [{}, {"slug": [COPY]}, {"slug": ["nothing", COPY], "carry": "yes"}])
def test_no_choice_leads_back_to_the_list(person: Person, data: dict[str, Any]) -> None:
    answer = person.client.post(OPEN, data)
    assert answer.headers["Location"].startswith(f"{CHOOSE}?")


def test_a_procedure_is_written_apart_with_its_answers(person: Person) -> None:
    draft = person.ready()
    start_page = b.words(person.client.get(reverse("portal:start", args=[ALLOWANCE])).content)
    assert "まとめて申請の中で書きかけ" in start_page
    address = reverse("portal:without", args=[draft.pk])
    answer = person.client.post(address, {"slug": ALLOWANCE, "apart": "1"})
    apart = next(d for d in queries.my_drafts(b.acting(person.account)) if d.procedure == ALLOWANCE)
    # Everything was seen already, so that the check comes next.
    assert answer.headers["Location"] == person.check(apart)
    assert person.client.get(answer.headers["Location"]).status_code == 200
    assert "児童手当" not in b.words(person.client.get(person.check(draft)).content)


def test_a_certificate_given_at_the_counter_alone_is_taken_out_and_the_others_are_handed_in(
    person: Person,
) -> None:
    draft = person.ready()
    b.protected(person.people[1:2])
    page = b.words(person.client.get(person.check(draft)).content)
    assert "窓口で交付します" in page
    assert "この手続きを外してください" in page
    person.client.post(person.check(draft), follow=True)
    assert not Case.objects.exists()
    actions.take_out(actor=b.acting(person.account), draft_id=draft.pk, slug=COPY)
    assert "窓口で交付します" not in b.words(person.client.get(person.check(draft)).content)
    person.client.post(person.check(draft))
    assert {case.procedure for case in Case.objects.all()} == {ALLOWANCE, PREGNANCY}
