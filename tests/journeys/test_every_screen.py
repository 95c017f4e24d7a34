"""Every screen that needs no story, and the pages that say something went wrong; the journeys look at the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import cast

import pytest
from journey_city import City
from journey_forms import COPY, PREGNANCY, answer_page, answer_pages, begin
from journey_people import Town, Visitor
from playwright.sync_api import Route

TODAY = date.today()
FISCAL_YEAR = TODAY.year - (TODAY.month < 4)
PUBLIC = {
    "search-empty": "/search",
    "search-nothing": "/search?q=%E5%AE%87%E5%AE%99%E9%A3%9B%E8%A1%8C",
    "procedures": "/procedures/",
    "procedures-event": "/procedures/?event=birth",
    "procedure-care": "/procedures/care-need-certification/",
    "procedure-damage": "/procedures/disaster-damage-certificate/",
    "procedure-fee": "/procedures/dog-registration/",
    "procedure-disclosure": "/procedures/personal-information-disclosure/",
    "procedure-notification": "/procedures/pregnancy-notification/",
    "procedure-copy": "/procedures/resident-record-copy/",
    "verify-from-code": "/verify?number=R8-000001&code=ABCDEFGHJK",
    "plan-compare": "/plan/compare",
    "plan-cycle": "/plan/cycle",
    "accessibility": "/accessibility",
    "privacy": "/privacy",
    "not-found": "/nowhere",
}
OWN = {"my-page-fresh": "/my/", "own-data": "/my/data"}
OFFICE = {
    "resident-caseworker": {
        "office-home-register": "/office/",
        "office-inbox-empty": "/office/inbox",
        "office-inbox-no-number": "/office/inbox?number=261123-000000-0",
        "office-residents": "/office/register/residents",
        "office-sign-ins-refused": "/office/register/sign-ins/refused",
        "office-tally": "/office/tally",
        "office-staff": "/office/staff",
    },
    "childcare-head": {
        "office-home-head": "/office/",
        "office-reform-task": "/office/reform/tasks/CHI-01/",
        "office-reform-change": "/office/reform/tasks/CHI-01/change",
        "office-reform-record": "/office/reform/tasks/CHI-01/record",
        "office-reform-new": "/office/reform/new",
        "office-training": "/office/training/",
        "office-training-course": "/office/training/courses/personal-data/",
        "office-training-quiz": "/office/training/courses/security-yearly/quiz",
        "office-training-section": "/office/training/sections/childcare/",
        "office-training-skills": "/office/training/skills",
        "office-training-skills-section": "/office/training/skills/childcare/",
    },
    "cio": {"office-home-cio": "/office/"},
    "digital-officer": {
        "office-home-digital": "/office/",
        "office-actions": "/office/actions/",
        "office-indicators": "/office/indicators/",
        "office-indicators-services": "/office/indicators/services",
        "office-indicators-upload": "/office/indicators/upload",
        "office-reports": "/office/reports/",
        "office-meetings": "/office/meetings/",
        "office-meetings-new": "/office/meetings/new",
        "office-wall-overdue": "/office/wall/2?still=1",
        "office-owners": "/office/owners/",
        "office-owners-late": "/office/owners/late",
        "office-owners-handover": "/office/owners/handover",
        "office-owners-seats": "/office/owners/seats",
        "office-owners-seats-history": "/office/owners/seats/history",
        "office-owners-notices": "/office/owners/notices",
        "office-improvement": "/office/improvement/",
        "office-improvement-findings": "/office/improvement/findings",
        "office-improvement-issues": "/office/improvement/issues",
        "office-service-cost": "/office/indicators/services/dog-registration/cost",
        "office-evaluation": "/office/evaluation/",
        "office-evaluation-new": "/office/evaluation/new",
        "office-logic-models": "/office/evaluation/logic-models",
        "office-effort": "/office/evaluation/effort",
        "office-effort-new": "/office/evaluation/effort/new",
        "office-national": "/office/national/",
        "office-national-line": f"/office/national/{FISCAL_YEAR}/lines/card/",
        "office-national-confirm": f"/office/national/{FISCAL_YEAR}/confirm",
        "office-national-upload": "/office/national/upload",
        "office-national-compare": "/office/national/compare",
        "office-reform": "/office/reform/",
        "office-reform-upload": "/office/reform/upload",
        "office-reform-results": "/office/reform/results",
        "office-reform-systems": "/office/reform/systems",
        "office-reform-system": "/office/reform/systems/family-register/",
        "office-training-sessions": "/office/training/sessions",
        "office-training-session-new": "/office/training/sessions/new",
        "office-training-sections": "/office/training/sections",
        "office-training-drills": "/office/training/drills",
        "office-training-overdue": "/office/training/overdue",
    },
    "administrator": {
        "office-home-administrator": "/office/",
        "office-administration": "/office/administration",
        "office-staff-factors": "/office/staff",
        "office-staff-new": "/office/staff/new",
    },
    "protection-officer": {"office-home-protection": "/office/"},
}
# What is filled in on the way, so that every page of every form is seen.
ANSWERS: Mapping[str, Mapping[str, str]] = {
    "resident-record-copy": COPY,
    "pregnancy-notification": PREGNANCY,
    "disaster-damage-certificate": {
        "damage.your_role": "owner_living",
        "damage.in_city": "true",
        "damage.at_own_address": "true",
        "damage.is_dwelling": "true",
        "damage.happened_on.era": "reiwa",
        "damage.happened_on.year": "8",
        "damage.happened_on.month": "11",
        "damage.happened_on.day": "2",
        "damage.cause": "rain",
        "damage.water_above_floor": "false",
        "damage.description": "床下まで水につかりました。",
        "damage.accepts_minor": "true",
        "damage.copies": "1",
    },
    "personal-information-disclosure": {
        "request.about": "self",
        "request.information": "令和7年度の介護保険料の記録",
        "request.held_by_city": "true",
        "request.way": "inspect",
    },
}
# The pages that come whatever is broken, and the one for too many tries, as the city itself renders them.
FAULTS = """
from django.test import RequestFactory
from django.shortcuts import render
from dokodemo.kernel.ui import views
def too_many(lang):
    request = RequestFactory().get("/accounts/login/")
    request.lang, request.furigana = lang, lang == "easy"
    return render(request, "429.html")
pages = {"400": views.bad_request(None, None), "500": views.server_error(None), "503": views.unavailable(None)}
pages |= {"429." + lang: too_many(lang) for lang in ("ja", "easy", "en")}
print(json.dumps({name: page.content.decode() for name, page in pages.items()}))
"""


def test_every_public_screen(town: Town) -> None:
    anybody = town.visitor()
    for name, path in PUBLIC.items():
        anybody.go(path)
        anybody.look(name)


def test_every_screen_of_ones_own(town: Town) -> None:
    person = town.resident("dog-owner")
    for name, path in OWN.items():
        person.go(path)
        person.look(name)


@pytest.mark.parametrize("slug", ANSWERS)
def test_every_page_of_a_form(town: Town, slug: str) -> None:
    person = town.resident("other-parent")
    begin(person, slug)
    for number in range(1, 9):
        person.look(f"form-of-{slug}-{number}")
        page = person.step()
        answer_page(person, ANSWERS[slug])
        if person.step() in (page, page.rpartition("/")[0] + "/check"):
            break
    if person.box("evidence.damage_photos").count():
        person.attach("evidence.damage_photos", "wall")
    answer_pages(person, ANSWERS[slug])
    person.look(f"check-{slug}")


@pytest.mark.parametrize("username", OFFICE)
def test_the_screens_of_the_office(town: Town, username: str) -> None:
    clerk = town.clerk(username)
    for name, path in OFFICE[username].items():
        clerk.go(path)
        clerk.look(name)


def test_what_is_refused_is_said_in_style(town: Town) -> None:
    person = town.resident("mother")
    person.go("/office/")
    person.look("office-not-for-residents")
    clerk = town.clerk("childcare-caseworker")
    clerk.go("/my/")
    assert "403" in clerk.says()
    clerk.look("my-page-not-for-staff")


def test_a_page_open_for_too_long_says_what_to_do(town: Town) -> None:
    anybody = town.visitor()
    anybody.go("/verify")
    anybody.context.clear_cookies(name="csrftoken")
    anybody.fill(number="R8-000001", code="ABCDEFGHJK")
    anybody.click("main form button")
    assert "まだ送れていません" in anybody.says()
    anybody.look("csrf", again="never")
    anybody.click("#again button")
    assert "確かめられませんでした" in anybody.says()


def answer_with(visitor: Visitor, pages: Mapping[str, str], status: str) -> Callable[[Route], None]:
    """Answer a request with the page of this status, in the language the browser remembers."""

    def answer(route: Route) -> None:
        spoken = f"{status}.{visitor.screens.spoken(visitor.context)}"
        body = pages[spoken] if spoken in pages else pages[status]
        route.fulfill(status=int(status), content_type="text/html", body=body)

    return answer


def test_a_fault_of_ours_is_said_in_style(city: City, town: Town) -> None:
    pages = cast("dict[str, str]", city.ask(FAULTS))
    anybody = town.visitor()
    for status in ("400", "429", "500", "503"):
        address = f"/fault-{status}"

        anybody.page.route(f"**{address}", answer_with(anybody, pages, status))
        anybody.go(address)
        assert status in anybody.says()
        # Those that stand alone say everything in Japanese and in English at once.
        anybody.look(f"fault-{status}", again="load" if status == "429" else "never")
