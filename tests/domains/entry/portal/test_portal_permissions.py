"""Every address of the portal, as nobody, as another resident, as staff, as the person: never another's data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from dokodemo.administration.cases import actions
from dokodemo.administration.cases.models import Attachment, Bundle, Case, Draft
from dokodemo.administration.certificates.models import IssuedDocument
from dokodemo.administration.eligibility.actions import run_register
from dokodemo.administration.eligibility.models import Judged, Offer
from dokodemo.administration.guidance import queries as guidance
from dokodemo.administration.guidance.actions import save_list
from dokodemo.administration.guidance.definitions import kept
from dokodemo.city.parties.actions import request_mandate
from dokodemo.city.parties.definitions import MandateKind
from dokodemo.entry.portal.urls import urlpatterns
from dokodemo.kernel.access import Account, system
from dokodemo.promotion.following import tokens
from dokodemo.promotion.following.models import Mail
from dokodemo.promotion.national.actions import import_file
from tests.domains.administration.cases.building import CHILD_ALLOWANCE, fill, start, start_together
from tests.domains.administration.inventory.inventory_city import take_in
from tests.domains.administration.inventory.surveys import row as survey_row
from tests.domains.city.city_builders import bring_in, row
from tests.domains.entry import building as b
from tests.domains.promotion import closing_plans, following_city
from tests.domains.promotion.national_files import arao, by_line, cities
from tests.domains.promotion.surveys import survey_city

TOGETHER = ("resident-record-copy", "pregnancy-notification")


class World:
    """A person with what belongs to them, and a neighbour."""

    def __init__(self) -> None:
        self.people = b.household()
        self.owner = b.resident_account(self.people[0])
        self.neighbour = b.resident_account(
            bring_in(row(90, 90, familyName="坂本", givenName="由美子", sex="2"))[0]
        )

    def draft(self) -> Draft:
        return start(b.acting(self.owner), CHILD_ALLOWANCE)

    def joint(self) -> Draft:
        return start_together(b.acting(self.owner), *TOGETHER)

    def bundle(self) -> Bundle:
        actor = b.acting(self.owner)
        return actions.submit_together(actor=actor, draft_id=fill(actor, self.joint().pk).pk)

    def case(self) -> Case:
        return b.filed(self.owner)

    def asked(self) -> Case:
        case = self.case()
        actions.request_correction(
            actor=b.acting(b.caseworker()),
            case_id=case.pk,
            terms=["applicant.phone"],
            message="電話番号を直してください。",
            due_on=date(2099, 1, 1),
        )
        return case

    def letter(self) -> IssuedDocument:
        case = b.proposed(self.case())
        actions.approve_proposal(actor=b.acting(b.head()), case_id=case.pk)
        actions.issue_letter(case_id=case.pk)
        return IssuedDocument.objects.get(case_id=case.pk)

    def offer(self) -> UUID:
        run_register(actor=system("eligibility"))
        actions.send_offers(
            actor=b.acting(b.caseworker()),
            judged_id=Judged.objects.get(procedure=CHILD_ALLOWANCE).pk,
            resident_ids=[self.people[0].pk],
        )
        return Offer.objects.get(resident=self.people[0]).pk

    def mandate(self) -> UUID:
        return request_mandate(
            actor=b.acting(self.owner),
            kind=MandateKind.MANDATE,
            principal_name="見本 花子",
            principal_date_of_birth=date(1990, 5, 17),
        )


def a_letter(world: World) -> list[Any]:
    document = world.letter()
    return [document.case_id, document.pk]


@dataclass(frozen=True)
class Address:
    """`kind`: open to everybody; mine: one's own whoever one is; theirs: of one person, 404 for any other."""

    kind: str = "open"
    parts: Callable[[World], list[Any]] = lambda world: []
    post: Mapping[str, Any] | None = None
    answer: int = 200
    query: str = ""


def a_saved_list(world: World) -> UUID:
    """A list of the owner's."""
    event, guide = guidance.opened("pets")
    content = kept("pets", event.title, date(2026, 11, 23), guide.listing({}))
    return save_list(actor=b.acting(world.owner), content=content)


def a_row(world: World) -> list[Any]:
    """A row of the inventory that no procedure answers for."""
    take_in(survey_row("101"))
    return ["101"]


def a_published_survey(world: World) -> list[Any]:
    """A survey with a published wave."""
    survey_city.people(24)
    survey_city.published(survey_city.officer(), 10)
    return [survey_city.SURVEY]


def a_closed_plan(world: World) -> list[Any]:
    """The plan that has ended, with its final evaluation."""
    return [closing_plans.closed().plan]


def a_letter_of_the_plan(kind: str) -> list[Any]:
    """A link in a letter to somebody who asked to follow the plan."""
    following_city.ask()
    mail = Mail.objects.get()
    return [tokens.make(kind, mail.pk if kind == tokens.CONFIRM else mail.follower_id)]


def an_edition(world: World) -> list[Any]:
    """The national file was taken in."""
    import_file(actor=system("test"), data=by_line([arao(), *cities(6)]), year=2024)
    return []


NO_ANSWERS = {"so_far": '{"pages": [], "facts": {}, "known": {}}'}

ADDRESSES: dict[str, Address] = {
    "guides": Address(),
    "guide_together": Address(answer=302),
    "guide": Address(parts=lambda w: ["pets"]),
    "guide_apply": Address(parts=lambda w: ["pets"], post=NO_ANSWERS, answer=302),
    "guide_calendar": Address(parts=lambda w: ["pets"], post=NO_ANSWERS),
    "guide_list": Address("theirs", lambda w: [a_saved_list(w)]),
    "delete_guide_list": Address("theirs", lambda w: [a_saved_list(w)], post={}, answer=302),
    "home": Address(),
    "search": Address(),
    "tell": Address(post={"words": "宇宙へ行く"}, answer=302),
    "told": Address(),
    "inventory_row": Address(parts=a_row),
    "procedures": Address(),
    "procedures_csv": Address(),
    "procedures_json": Address(),
    "procedure": Address(parts=lambda w: [CHILD_ALLOWANCE]),
    "sign_in": Address(),
    "verify": Address(),
    "plan": Address(),
    "plan_cycle": Address(),
    "plan_missing": Address(),
    "compare": Address(),
    "compare_csv": Address(parts=an_edition),
    "compare_json": Address(),
    "plan_numbers": Address(),
    "plan_csv": Address(),
    "plan_actions": Address(),
    "plan_whole": Address(),
    "plan_measures": Address(),
    "plan_targets": Address(),
    "plan_cycle_csv": Address(),
    "plan_history": Address(),
    "plan_history_json": Address(),
    "plan_feed": Address(),
    "plan_final": Address(parts=a_closed_plan),
    "plan_final_csv": Address(parts=a_closed_plan),
    "plan_final_json": Address(parts=a_closed_plan),
    "plan_embed": Address(parts=lambda w: ["admin-3"]),
    "plan_follow": Address(post={"address": "hanako@example.jp"}, answer=302),
    "plan_follow_sent": Address(),
    "plan_follow_confirm": Address(parts=lambda w: a_letter_of_the_plan(tokens.CONFIRM), post={}),
    "plan_follow_stop": Address(parts=lambda w: a_letter_of_the_plan(tokens.STOP), post={}),
    "plan_wall": Address(),
    "plan_wall_part": Address(parts=lambda w: [2]),
    "survey": Address(),
    "survey_thanks": Address(),
    "survey_results": Address(parts=a_published_survey),
    "survey_csv": Address(parts=a_published_survey),
    "survey_json": Address(parts=a_published_survey),
    "accessibility": Address(),
    "privacy": Address(),
    "guide_save": Address("mine", lambda w: ["pets"], post=NO_ANSWERS, answer=302),
    "start": Address("mine", lambda w: [CHILD_ALLOWANCE]),
    "my": Address("mine"),
    "data": Address("mine"),
    "people": Address("mine"),
    "unlink": Address("mine", post={}, answer=302),
    "offers_wish": Address("mine", post={"wish": "out"}, answer=302),
    "open_offer": Address("theirs", lambda w: [w.offer()], post={}, answer=302),
    "decline_offer": Address("theirs", lambda w: [w.offer()], post={}, answer=302),
    "resume": Address("theirs", lambda w: [w.draft().pk], answer=302),
    "page": Address("theirs", lambda w: [w.draft().pk, 0]),
    "check": Address("theirs", lambda w: [w.draft().pk], answer=302),
    "discard": Address("theirs", lambda w: [w.draft().pk], post={}, answer=302),
    "without": Address("theirs", lambda w: [w.joint().pk], post={"slug": TOGETHER[0]}, answer=302),
    "together": Address("mine", query=f"?slug={TOGETHER[0]}&slug={TOGETHER[1]}"),
    "together_open": Address("mine", query=f"?slug={TOGETHER[0]}&slug={TOGETHER[1]}", answer=302),
    "bundle": Address("theirs", lambda w: [w.bundle().pk]),
    "bundle_received": Address("theirs", lambda w: [w.bundle().pk]),
    "case": Address("theirs", lambda w: [w.case().pk]),
    "received": Address("theirs", lambda w: [w.case().pk]),
    "message": Address("theirs", lambda w: [w.case().pk], post={"body": "質問です"}, answer=302),
    "correct": Address("theirs", lambda w: [w.asked().pk], post={}, answer=302),
    "withdraw": Address("theirs", lambda w: [w.case().pk], post={}, answer=302),
    "satisfaction": Address("theirs", lambda w: [w.case().pk], post={"points": "4"}, answer=302),
    "letter": Address("theirs", a_letter),
    "attachment": Address("theirs", lambda w: [Attachment.objects.filter(case=w.case())[0].pk]),
    "end_mandate": Address("theirs", lambda w: [w.mandate()], post={}, answer=302),
}
NAMES = sorted(str(pattern.name) for pattern in urlpatterns)


def test_every_address_of_the_portal_is_in_the_table() -> None:
    assert sorted(ADDRESSES) == NAMES


def answered(url: str, entry: Address, account: Account | None, *, own: bool = False) -> tuple[int, str]:
    """Status and place; nobody but the person ever reads the person's name or street."""
    client = b.browser(account)
    response = client.get(url) if entry.post is None else client.post(url, entry.post)
    body = b"" if response.streaming else response.content
    framed = url.startswith("/plan/embed/")
    assert ("frame-ancestors *" in response.headers["Content-Security-Policy"]) is framed
    assert response.headers.get("X-Frame-Options") == (None if framed else "DENY")
    if not own:
        assert b.FAMILY_NAME.encode() not in body
        assert b.STREET.encode() not in body
    return response.status_code, response.headers.get("Location", "")


@pytest.mark.parametrize("name", NAMES)
def test_an_address_shows_a_person_their_own_things_only(name: str) -> None:
    entry, world = ADDRESSES[name], World()
    url = reverse(f"portal:{name}", args=entry.parts(world)) + entry.query
    if entry.kind == "open":
        for account in (None, world.neighbour, b.caseworker()):
            assert answered(url, entry, account)[0] in (200, 302)
        return
    code, where = answered(url, entry, None)
    assert code == 302
    assert where.startswith("/sign-in?next=")
    assert answered(url, entry, b.caseworker())[0] == 403
    assert answered(url, entry, b.head())[0] == 403
    refusal = (404,) if entry.kind == "theirs" else (200, 302)
    assert answered(url, entry, world.neighbour)[0] in refusal
    assert answered(url, entry, b.resident_account())[0] in (*refusal, 404)
    assert answered(url, entry, world.owner, own=True)[0] == entry.answer


@pytest.mark.parametrize("name", [n for n in NAMES if ADDRESSES[n].kind == "theirs"])
def test_what_does_not_exist_looks_like_what_is_anothers(name: str) -> None:
    entry, world = ADDRESSES[name], World()
    parts = [b.NOWHERE, *entry.parts(world)[1:]]
    url = reverse(f"portal:{name}", args=parts)
    client = b.browser(world.owner)
    assert (client.get(url) if entry.post is None else client.post(url, entry.post)).status_code == 404


@pytest.mark.parametrize("name", [n for n in NAMES if ADDRESSES[n].post is not None and n != "withdraw"])
def test_nothing_of_a_person_changes_by_following_a_link(name: str) -> None:
    entry, world = ADDRESSES[name], World()
    url = reverse(f"portal:{name}", args=entry.parts(world))
    before = [(case.state, case.satisfaction) for case in Case.objects.all()]
    assert b.browser(world.owner).get(url).status_code in (200, 302, 405)
    assert [(case.state, case.satisfaction) for case in Case.objects.all()] == before


def test_a_representative_sees_a_case_only_while_the_mandate_stands() -> None:
    from dokodemo.city.parties import port
    from dokodemo.city.parties.actions import confirm_mandate, revoke_mandate
    from tests.domains.administration.cases.building import filled_draft

    world = World()
    father = world.people[0]
    agent = b.acting(world.neighbour)
    born = date.fromisoformat(father.facts["date_of_birth"]["value"])
    mandate = request_mandate(
        actor=agent,
        kind=MandateKind.MANDATE,
        principal_name=f"{b.FAMILY_NAME} 伸也",
        principal_date_of_birth=born,
    )
    confirm_mandate(actor=b.acting(b.caseworker("resident")), mandate_id=mandate, principal_id=father.pk)
    capacity = port.Capacity("mandate", father.pk, mandate)
    case = actions.submit(actor=agent, draft_id=filled_draft(agent, capacity=capacity).pk)
    url = reverse("portal:case", args=[case.pk])
    assert b.browser(world.neighbour).get(url).status_code == 200
    assert b.browser(world.owner).get(url).status_code == 200
    revoke_mandate(actor=b.acting(world.owner), mandate_id=mandate)
    assert b.browser(world.neighbour).get(url).status_code == 404
    assert b.browser(world.owner).get(url).status_code == 200
