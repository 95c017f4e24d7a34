"""A case's page in every language, and how often it asks the database."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dokodemo.administration.cases import actions
from tests.domains.entry import building as b


def test_the_page_speaks_all_three_languages() -> None:
    case, clerk = b.filed(), b.caseworker()
    url = reverse("office:case", args=[case.pk])
    assert "What to do" in b.browser(clerk, lang="en").get(url).content.decode()
    assert "どうするか" in b.browser(clerk, lang="easy").get(url).content.decode()


def test_the_page_asks_the_database_a_bounded_number_of_times() -> None:
    owner = b.resident_account(b.household()[0])
    case, clerk = b.filed(owner), b.caseworker()
    client, url = b.browser(clerk), reverse("office:case", args=[case.pk])

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    client.get(url)
    few = queries()
    for number in range(10):
        actions.send_message(actor=b.acting(clerk), case_id=case.pk, body=f"連絡 {number}")
        actions.write_note(actor=b.acting(clerk), case_id=case.pk, body=f"メモ {number}")
    assert queries() == few
    assert few <= 40
