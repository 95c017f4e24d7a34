"""One draft sent by many threads at once, as impatient fingers and proxies do: one case, one receipt, each file once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from dokodemo.administration.cases import actions
from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases.models import Attachment, Case, Draft, Message
from dokodemo.kernel import events
from dokodemo.kernel.access import Account
from dokodemo.kernel.crypto import new_id
from tests.domains.administration.cases import building
from tests.domains.administration.cases.building import CHILD_ALLOWANCE
from tests.domains.entry import building as b

THREADS = 12
BANK_BOOK = "evidence.bank_book"


def at_once[T](call: Callable[[], T]) -> list[T]:
    """What the call gives to many threads that begin in the same instant, each with a connection of its own."""
    together = threading.Barrier(THREADS)

    def run(number: int) -> T:
        try:
            together.wait(timeout=60)
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def posts_at_once(account: Account, address: str, data: Callable[[], dict[str, Any]] = dict) -> list[Any]:
    """The answers to one form that one browser sends many times at once."""
    signed_in = b.browser(account).cookies.output(header="", sep=";")

    def post() -> Any:
        browser = b.browser()
        browser.cookies.load(signed_in)
        return browser.post(address, data())

    return at_once(post)


def test_a_draft_handed_in_many_times_at_once_is_one_case(open_city: Any) -> None:
    account = open_city.a_resident()
    actor = b.acting(account)
    draft = building.filled_draft(actor)
    numbers = at_once(lambda: actions.submit(actor=actor, draft_id=draft.pk).number)
    case = Case.objects.get(owner=account)
    assert set(numbers) == {case.number}
    assert [event.verb for event in events.of_object("case", case.pk)] == [verbs.SUBMITTED]
    assert Attachment.objects.filter(draft=draft, case=case, removed_at__isnull=True).count() > 0


def test_every_click_is_answered_with_the_same_receipt(open_city: Any) -> None:
    account = open_city.a_resident()
    draft = building.filled_draft(b.acting(account))
    answers = posts_at_once(account, reverse("portal:check", args=[draft.pk]))
    case = Case.objects.get(owner=account)
    assert {answer.status_code for answer in answers} == {302}
    assert {answer["Location"] for answer in answers} == {reverse("portal:received", args=[case.pk])}


def test_clicks_on_apply_begin_one_application(open_city: Any) -> None:
    account = open_city.a_resident()
    itself = {"for": f"self:{b.acting(account).resident_id}:"}
    answers = posts_at_once(account, reverse("portal:start", args=[CHILD_ALLOWANCE]), lambda: itself)
    draft = Draft.objects.get(owner=account)
    assert {answer.status_code for answer in answers} == {302}
    assert {str(draft.pk) in answer["Location"] for answer in answers} == {True}


def test_a_file_sent_many_times_at_once_is_kept_once(open_city: Any) -> None:
    account = open_city.a_resident()
    draft = building.start(b.acting(account))
    photograph = building.photograph()

    def page() -> dict[str, Any]:
        return {BANK_BOOK: SimpleUploadedFile("通帳.jpg", photograph)}

    answers = posts_at_once(account, reverse("portal:page", args=[draft.pk, 3]), page)
    assert {answer.status_code for answer in answers} == {302}
    assert len(Draft.objects.get(pk=draft.pk).content["values"][BANK_BOOK]) == 1
    assert Attachment.objects.filter(draft=draft).count() == 1


def test_a_message_sent_many_times_at_once_is_one_message(open_city: Any) -> None:
    account = open_city.a_resident()
    case = building.a_case(b.acting(account))
    once = str(new_id())
    answers = posts_at_once(
        account, reverse("portal:message", args=[case.pk]), lambda: {"body": "質問です", "once": once}
    )
    assert {answer.status_code for answer in answers} == {302}
    assert Message.objects.filter(case=case).count() == 1


def test_a_case_decided_by_two_clicks_has_one_decision_and_one_letter_job(open_city: Any) -> None:
    case = building.a_case(b.acting(open_city.a_resident()))
    found = building.findings_of(case)
    actions.propose_decision(actor=building.clerk(), case_id=case.pk, outcome="approved", findings=found)
    head = b.head()
    answers = posts_at_once(head, reverse("office:approve", args=[case.pk]))
    codes = [answer.status_code for answer in answers]
    assert codes.count(302) == 1
    assert set(codes) == {302, 409}
    case.refresh_from_db()
    assert case.state == "decided"
    assert case.decisions.count() == 1
    said = [event.verb for event in events.of_object("case", case.pk)]
    assert said.count(verbs.DECIDED) == 1
