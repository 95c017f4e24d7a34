"""The pages of proactive benefits under bad input, and what they never show."""

from typing import Any

import pytest
from django.urls import reverse

from dokodemo.administration.eligibility.actions import run_register
from dokodemo.administration.eligibility.models import Decision, Judged, Offer
from dokodemo.kernel.access import system
from tests.domains.administration.cases.building import CHILD_ALLOWANCE
from tests.domains.entry import building as b


def page(name: str = "benefit", *more: Any) -> str:
    run_register(actor=system("eligibility"))
    return reverse(f"office:{name}", args=[Judged.objects.get(procedure=CHILD_ALLOWANCE).pk, *more])


@pytest.mark.parametrize(
    "query",
    [
        "verdict=nobody",
        "page=abc",
        "page=99999",
        "band=x&town=<b>",
        "verdict=unknown&because=%00;drop",
        "because=a",
    ],
)
def test_a_filter_that_means_nothing_finds_nobody_or_everybody_and_breaks_nothing(query: str) -> None:
    b.household()
    answer = b.browser(b.caseworker()).get(f"{page()}?{query}")
    assert answer.status_code == 200
    assert b"<b>" not in answer.content


@pytest.mark.parametrize("people", [[], ["nobody"], [str(b.NOWHERE)]])
def test_offers_to_nobody_known_are_not_sent(people: list[str]) -> None:
    b.household()
    answer = b.browser(b.caseworker()).post(page(), {"person": people})
    assert answer.status_code == (302 if people == [str(b.NOWHERE)] else 422)
    assert not Offer.objects.exists()


def test_the_protected_are_on_no_page_of_a_section_that_is_not_authorised() -> None:
    b.protected(b.household()[1:2])
    url, client = page(), b.browser(b.caseworker())
    for address in (url, f"{url}?verdict=unknown", f"{url}?town={b.STREET}"):
        answer = client.get(address)
        assert b.FAMILY_NAME.encode() not in answer.content
    assert b.STREET.encode() not in client.get(url).content


def test_a_change_with_impossible_values_is_refused_beside_its_box_and_kept_as_typed() -> None:
    b.household()
    url, client = page("what_if"), b.browser(b.caseworker())
    typed = {f"rule-{n}": "TRUE" for n in range(5)} | {
        "param-child_allowance_third": "-1",
        "param-child_allowance_under_3": "12,000",
        "param-child_allowance_3_to_18": "9" * 5_000,
        "assume-applicant.main_earner": "perhaps",
    }
    answer = client.post(url, typed)
    assert answer.status_code == 422
    assert answer.content.count(b'aria-invalid="true"') >= 2
    assert b'value="-1"' in answer.content


def test_small_numbers_of_people_are_never_written_where_a_change_is_tried() -> None:
    b.household()
    url, client = page("what_if"), b.browser(b.caseworker())
    typed = {f"rule-{n}": "TRUE" for n in range(5)} | {
        f"param-child_allowance_{name}": "10000" for name in ("third", "under_3", "3_to_18")
    }
    answer = client.post(url, typed)
    assert answer.status_code == 200
    words = b.words(answer.content)
    assert "10人未満" in words
    assert "増える人 10人未満" in words


def test_why_somebody_was_judged_so_says_rules_facts_and_that_it_comes_to_the_same_again() -> None:
    father = b.household()[0]
    url, client = page("why", father.pk), b.browser(b.caseworker())
    words = b.words(client.get(url).content)
    for expected in (
        "不明",
        "この市に住民登録がある",
        "1人目の",
        "計算し直した結果は、記録した判定と同じです",
        "足りない事実があるので、まだ言えません",
    ):
        assert expected in words
    Decision.objects.filter(resident=father, judged__procedure=CHILD_ALLOWANCE).update(
        verdict="entitled", because=""
    )
    words = b.words(client.get(url).content)
    assert "記録と一致しません" in words
    assert words.count("不一致") == 2


def test_what_would_turn_a_verdict_over_is_said_in_words_in_each_language() -> None:
    b.household()
    run_register(actor=system("eligibility"))
    judged = Judged.objects.get(procedure="care-need-certification")
    found = Decision.objects.filter(judged=judged, verdict="not").first()
    assert found is not None
    url = reverse("office:why", args=[judged.pk, found.resident_id])
    clerk = b.caseworker(judged.section)
    said = {lang: b.words(b.browser(clerk, lang=lang).get(url).content) for lang in ("ja", "easy", "en")}
    assert "以前なら、対象になるかもしれません" in said["ja"]
    assert "あてはまるかもしれません" in said["easy"]
    assert "or earlier, they might be entitled" in said["en"]
    listed = b.browser(clerk).get(reverse("office:benefit", args=[judged.pk]) + "?verdict=not")
    assert url.encode() in listed.content
    assert b'name="person"' not in listed.content, "nobody of them can be told"


def test_nobody_protected_from_the_section_and_nobody_unknown_has_reasons() -> None:
    father, mother, *_ = b.household()
    url, client = page("why", father.pk), b.browser(b.caseworker())
    assert client.get(page("why", b.NOWHERE)).status_code == 404
    b.protected([mother])
    answer = client.get(url)
    assert answer.status_code == 404
    assert b.FAMILY_NAME.encode() not in answer.content
