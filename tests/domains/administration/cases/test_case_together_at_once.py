"""Many clicks at once: one joint draft, one bundle, one case for each procedure."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection

from dokodemo.administration.cases import actions
from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases.models import Bundle, Case, Draft
from dokodemo.kernel.events.models import Event
from tests.domains.administration.cases import building
from tests.domains.own_database import on_file

pytestmark = pytest.mark.django_db(transaction=True)
CLICKS = 6
THREE = ("child-allowance-claim", "resident-record-copy", "pregnancy-notification")


@pytest.fixture(autouse=True)
def _city_of_its_own(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    if connection.vendor != "sqlite":
        building.publish()
        yield
        return
    for _ in on_file(tmp_path / "city.sqlite3"):
        building.publish()
        yield


def at_once(click: Callable[[], UUID]) -> set[UUID]:
    def one(_: int) -> UUID:
        try:
            return click()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=CLICKS) as pool:
        return set(pool.map(one, range(CLICKS)))


def test_clicks_at_once_hand_in_once() -> None:
    father = building.an_applicant()
    draft = building.fill(father, building.start_together(father, *THREE).pk)
    bundles = at_once(lambda: actions.submit_together(actor=father, draft_id=draft.pk).pk)
    assert bundles == {Bundle.objects.get().pk}
    assert sorted(Case.objects.values_list("procedure", flat=True)) == sorted(THREE)
    assert Event.objects.filter(verb=verbs.SUBMITTED).count() == 3
    assert Event.objects.filter(verb=verbs.BUNDLE_SUBMITTED).count() == 1


def test_clicks_at_once_begin_one_joint_draft() -> None:
    father = building.an_applicant()
    drafts = at_once(lambda: building.start_together(father, *THREE).pk)
    assert drafts == {Draft.objects.get().pk}
    assert Draft.objects.get().parts.count() == 3


def test_a_hand_in_whose_answer_was_lost_is_asked_for_again() -> None:
    father = building.an_applicant()
    draft = building.fill(father, building.start_together(father, *THREE).pk)
    actions.submit_together(actor=father, draft_id=draft.pk)
    connection.close()
    assert actions.submit_together(actor=father, draft_id=draft.pk) == Bundle.objects.get()
    assert Case.objects.count() == 3
