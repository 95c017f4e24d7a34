"""What a decision finds: asked in its form, seen by whoever approves, and shown to the person."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from dokodemo.administration.cases import actions
from dokodemo.administration.cases.models import Case, Decision
from tests.domains.administration.cases.building import with_its_steps
from tests.domains.entry import building as b

DAMAGE, CARE = "disaster-damage-certificate", "care-need-certification"
WORDS = "要件 <b>太字</b>"
ESCAPED = "要件 &lt;b&gt;太字&lt;/b&gt;"


def send(case: Case, act: str = "propose", **data: Any) -> HttpResponse:
    client = b.browser(b.caseworker(case.section))
    return client.post(reverse(f"office:{act}", args=[case.pk]), data)


def test_a_missing_degree_is_asked_for_beside_its_box_and_nothing_typed_is_lost() -> None:
    case = with_its_steps(b.filed(slug=DAMAGE, facts={}))
    answer = send(case, outcome="approved", conditions=WORDS)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="finding-degree-error"' in html
    assert 'href="#finding-degree"' in html
    assert "この決定には、この項目が必要です。" in html
    assert 'id="outcome-approved" value="approved" checked' in html
    assert ESCAPED in html
    assert not Decision.objects.exists()


def test_everything_wrong_is_said_at_once_and_what_was_typed_stands_in_its_boxes() -> None:
    case = with_its_steps(b.filed(slug=CARE, facts={}))
    typed = {"finding-level": "care3", "finding-valid_from": "<いつか>", "finding-valid_until": ""}
    html = send(case, outcome="approved", **typed).content.decode()
    assert 'id="finding-valid_from-error"' in html
    assert 'id="finding-valid_until-error"' in html
    assert 'id="finding-level-error"' not in html
    assert 'value="&lt;いつか&gt;"' in html
    assert '<option value="care3" selected>' in html


def test_who_approves_and_the_person_read_what_was_found() -> None:
    account = b.resident_account(b.household()[0])
    case = with_its_steps(b.filed(account, slug=DAMAGE, facts={}))
    assert send(case, outcome="approved", **{"finding-degree": "large"}).status_code == 302
    head = b.browser(b.head(case.section))
    assert "住家の被害の程度 大規模半壊" in b.words(head.get(reverse("office:case", args=[case.pk])).content)
    preview = head.get(reverse("office:preview", args=[case.pk]))
    assert "住家の被害の程度 大規模半壊" in b.words(preview.content)
    person = b.browser(account)
    page = reverse("portal:case", args=[case.pk])
    assert "大規模半壊" not in b.words(person.get(page).content)
    actions.approve_proposal(actor=b.acting(b.head(case.section)), case_id=case.pk)
    assert "住家の被害の程度 大規模半壊" in b.words(person.get(page).content)
    person.cookies["dokodemo_language"] = "en"
    assert "Largely destroyed" in b.words(person.get(page).content)


def test_the_preview_says_what_is_missing_and_prints_what_is_there() -> None:
    case = with_its_steps(b.filed(slug=CARE, facts={}))
    typed = {"outcome": "approved", "finding-level": "support1"}
    words = b.words(send(case, "preview", **typed).content)
    assert "認定結果（要介護状態区分等） 要支援1" in words
    assert "まだ書いていない項目があります" in words
    asked = b.browser(b.caseworker(case.section)).get(reverse("office:preview", args=[case.pk]))
    assert "この決定には、この項目が必要です。" not in b.words(asked.content)


def test_what_was_typed_is_kept_when_somebody_else_was_faster() -> None:
    case = with_its_steps(b.filed(slug=DAMAGE, facts={}))
    send(case, outcome="approved", **{"finding-degree": "half"})
    again = send(case, outcome="approved", **{"finding-degree": "total"})
    assert again.status_code == 409
    assert "住家の被害の程度：全壊" in again.content.decode()
