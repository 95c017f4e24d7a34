"""The guide at the portal: page by page to a list, nothing kept, nothing lost, nobody else's lists."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dokodemo.administration.guidance import queries
from dokodemo.administration.guidance.models import SavedList
from dokodemo.administration.procedures import queries as procedures
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.events.models import Event
from tests.domains.entry import building as b

EVENT = "pets"
LANGS = ("ja", "easy", "en")


def page(client: Client, post: dict[str, Any] | None = None, event: str = EVENT) -> str:
    address = reverse("portal:guide", args=[event])
    response = client.get(address) if post is None else client.post(address, post)
    assert response.status_code in (200, 422)
    return response.content.decode()


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    return unescape(found[1]) if found else ""


def form(html: str, **more: Any) -> dict[str, Any]:
    sent: dict[str, Any] = {"so_far": hidden(html, "so_far")}
    if names := hidden(html, "_page"):
        sent["_page"] = names
    return {**sent, **more}


def answered(html: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(hidden(html, "so_far"))
    return content


def to_the_end(client: Client, facts: dict[str, str], event: str = EVENT) -> tuple[str, list[str]]:
    html, asked = page(client, event=event), []
    while names := hidden(html, "_page"):
        asked += names.split()
        told = {name: facts[name] for name in names.split() if name in facts}
        if told and 'name="_tick"' in html:
            told["_singly"] = "1"
        html = page(client, form(html, **(told or {"_skip": "1"})), event=event)
    return html, asked


def yes(html: str) -> dict[str, Any]:
    """Yes to all of a page: every line of a list ticked, or the one radio."""
    lines = re.findall(r'name="_tick" value="([^"]*)"', html)
    return {"_tick": lines} if lines else {hidden(html, "_page"): "true"}


KEEPS_A_DOG = {
    "dog.kept_here": "true",
    "dog.registered_before": "true",
    "dog_notice.registered_here": "false",
    "stray_animal.in_city": "false",
}


def test_the_first_page_offers_every_life_event_that_has_procedures() -> None:
    html = b.browser().get(reverse("portal:guides")).content.decode()
    for event in procedures.life_events():
        assert reverse("portal:guide", args=[event.code]) in html
    assert b.browser().get("/guide/nothing/").status_code == 404


@pytest.mark.parametrize("event", ["pets", "birth", "moving_in", "starting_business"])
def test_a_visitor_who_knows_nothing_reaches_a_list_that_says_on_what_it_depends(event: str) -> None:
    html, asked = to_the_end(b.browser(), {}, event)
    assert len(set(asked)) == len(asked)
    words = b.words(html)
    assert "まだわからない手続き" in words
    for one in queries.opened(event)[1].listing({}, frozenset(asked)).depends_on:
        assert one.procedure.definition.title.ja in words


def test_a_dog_leads_to_its_procedures_with_reasons_and_articles() -> None:
    html, asked = to_the_end(b.browser(), KEEPS_A_DOG)
    words = b.words(html)
    due = words[words.index("当てはまる手続き") :]
    assert "犬の登録事項の変更届" in due[: due.index("まだわからない手続き")]
    assert "狂犬病予防法 第4条第4項" in due
    assert "dog.kept_here" in asked
    assert words.index("犬の死亡届") > words.index("当てはまらない手続きとその理由")


def test_an_answer_that_is_missing_is_asked_for_and_nothing_is_lost() -> None:
    client = b.browser()
    first = page(client)
    second = page(client, form(first, **yes(first)))
    refused = page(client, form(second))
    assert "error-summary" in refused
    assert answered(refused) == answered(second)


@pytest.mark.parametrize("lang", LANGS)
def test_switching_the_language_keeps_answers_and_what_is_typed(lang: str) -> None:
    client = b.browser()
    first = page(client)
    second = page(client, form(first, **yes(first)))
    switched = page(client, form(second, _language=lang, **yes(second)))
    assert answered(switched) == answered(second)
    assert f'<html lang="{"en" if lang == "en" else "ja"}"' in switched
    assert re.search(r"<input[^>]* checked", switched)


def test_the_language_of_the_list_can_be_switched_too() -> None:
    client = b.browser()
    html, _ = to_the_end(client, KEEPS_A_DOG)
    switched = page(client, {"so_far": hidden(html, "so_far"), "_at_result": "1", "_language": "en"})
    assert "What you need to do" in b.words(switched)


def test_going_back_shows_the_question_before_with_its_answer() -> None:
    client = b.browser()
    first = page(client)
    name = hidden(first, "_page")
    second = page(client, form(first, **yes(first)))
    back = page(client, form(second, _back="1"))
    assert hidden(back, "_page") == name
    assert re.search(r"<input[^>]* checked", back)
    assert answered(back)["pages"] == []


BIRTH_AND_MOVE = "birth-moving_in"


def test_topics_come_first_and_what_is_left_out_is_asked_no_more_and_named_with_its_reason() -> None:
    client = b.browser()
    first = page(client, event=BIRTH_AND_MOVE)
    assert hidden(first, "_page") == "topics"
    assert "犬を飼っている" in b.words(first)
    html = page(client, form(first, _tick=["children"]), event=BIRTH_AND_MOVE)
    asked: list[str] = []
    while names := hidden(html, "_page"):
        asked += names.split()
        html = page(client, form(html, _skip="1"), event=BIRTH_AND_MOVE)
    assert "dog.kept_here" not in asked
    words = b.words(html)
    left_out = words[words.index("当てはまらない手続きとその理由") :]
    assert "犬の登録事項の変更届" in left_out
    assert "次に当てはまらないと答えたため" in left_out


def test_a_list_that_says_nothing_is_refused_none_is_an_answer_and_not_knowing_is_asked_one_by_one() -> None:
    client = b.browser()
    first = page(client)
    assert 'name="_tick"' in first
    refused = page(client, form(first))
    assert "error-summary" in refused
    assert 'href="#tick-0"' in refused
    none = page(client, form(first, _none="1"))
    names = hidden(first, "_page").split()
    assert {answered(none)["facts"][name] for name in names} == {False}
    singly = page(client, form(first, _one_by_one="1"))
    assert 'name="_singly"' in singly
    assert hidden(singly, "_page") == hidden(first, "_page")
    left = page(client, form(singly, _singly="1", **{names[0]: "true"}))
    assert answered(left)["facts"] == {names[0]: True}
    assert answered(left)["pages"] == [names]


def test_several_life_events_are_chosen_in_one_go() -> None:
    client = b.browser()
    chosen = client.get("/guide/together", {"event": ["birth", "moving_in"]})
    assert chosen.headers["Location"] == f"/guide/{BIRTH_AND_MOVE}/"
    html = page(client, event=BIRTH_AND_MOVE)
    assert "子どもが生まれたとき、引っ越してきたとき" in b.words(html)
    assert client.get("/guide/together").headers["Location"] == "/guide/"
    assert client.get("/guide/together", {"event": ["birth", "nothing"]}).status_code == 404
    for wrong in ("birth-birth", "birth-nothing", "birth-", "birth-moving_in-pets-school-tax"):
        assert client.get(f"/guide/{wrong}/").status_code == 404


def test_who_has_yet_to_register_is_told_what_can_be_claimed_afterwards() -> None:
    facts = {
        "moving.direction": "into_city",
        "moving.from_abroad": "true",
        "applicant.resident_here": "false",
    }
    html, _ = to_the_end(b.browser(), facts, "moving_in")
    words = b.words(html)
    due = words[words.index("当てはまる手続き") : words.index("まだわからない手続き")]
    assert "「転入届（引っ越してきたとき）」と同時か、その後にできます" in due


def test_nothing_personal_is_in_an_address_or_a_session_and_nothing_is_written() -> None:
    client = b.browser()
    with CaptureQueriesContext(connection) as seen:
        to_the_end(client, KEEPS_A_DOG)
    assert not [q for q in seen.captured_queries if q["sql"].split()[0] in {"INSERT", "UPDATE", "DELETE"}]
    assert not client.session.keys()


@pytest.mark.parametrize(
    "broken",
    [
        "{",
        "[]",
        '{"pages": [["applicant.full_name"]], "facts": {}, "known": {}}',
        '{"pages": [["dog.kept_here"]], "facts": {"dog.kept_here": "maybe"}, "known": {}}',
        '{"pages": [["dog.kept_here"], ["dog.kept_here"]], "facts": {}, "known": {}}',
        '{"pages": [], "facts": {"dog.kept_here": true}, "known": {}}',
        '{"pages": 3, "facts": {}, "known": {}}',
        '{"pages": [["topics"]], "facts": {"topics": ["nothing"]}, "known": {}}',
        '{"pages": [["topics"]], "facts": {"topics": "dog"}, "known": {}}',
        "x" * 200_000,
    ],
)
@pytest.mark.parametrize("place", ["guide", "guide_apply", "guide_calendar", "guide_save"])
def test_answers_that_no_form_of_ours_carried_begin_anew(broken: str, place: str) -> None:
    response = b.browser().post(reverse(f"portal:{place}", args=[EVENT]), {"so_far": broken})
    assert response.status_code == 302
    assert response.headers["Location"] == reverse("portal:guide", args=[EVENT])


def test_who_signs_in_on_the_way_comes_back_to_the_same_place() -> None:
    client = b.browser()
    first = page(client)
    second = page(client, form(first, **yes(first)))
    response = client.post(reverse("portal:guide", args=[EVENT]), form(second, _sign_in="1"))
    assert response.headers["Location"] == f"/sign-in?next=%2Fguide%2F{EVENT}%2F"
    carried = response.cookies["dokodemo_guide"]
    assert "dog" not in carried.value
    assert carried["httponly"]
    assert carried["path"] == "/guide/"
    client.force_login(
        b.resident_account(b.household()[0]), backend="dokodemo.entry.server.backends.PasswordBackend"
    )
    back = page(client)
    assert hidden(back, "_page") == hidden(second, "_page")
    assert answered(back)["pages"] == answered(second)["pages"]
    assert client.cookies["dokodemo_guide"].value == ""


def test_what_the_register_knows_is_not_asked_and_released_once() -> None:
    client = b.browser(b.resident_account(b.household()[0]))
    before = Event.objects.filter(verb="parties.facts_released").count()
    html, asked = to_the_end(client, {}, "birth")
    assert "applicant.resident_here" not in asked
    assert answered(html)["known"]["applicant.resident_here"] is True
    assert Event.objects.filter(verb="parties.facts_released").count() - before <= 3


CHANGED = "dog_notice.changed_on"


def told_the_day(client: Client, day: tuple[str, str, str], **more: str) -> str:
    html, _ = to_the_end(client, KEEPS_A_DOG)
    boxes = {f"{CHANGED}.{part}": text for part, text in zip(("year", "month", "day"), day, strict=True)}
    return page(
        client, {"so_far": hidden(html, "so_far"), "_at_result": "1", **boxes, **(more or {"_dates": "1"})}
    )


def test_a_day_told_beside_the_list_gives_the_deadline_and_the_calendar_file() -> None:
    client = b.browser()
    today = calendar_jp.today()
    html = told_the_day(client, (str(today.year), str(today.month), str(today.day)))
    assert today.isoformat() in hidden(html, "so_far")
    assert f'name="{CHANGED}.year"' not in html
    assert "カレンダーに入れる" in b.words(html)
    response = client.post(reverse("portal:guide_calendar", args=[EVENT]), {"so_far": hidden(html, "so_far")})
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    until = calendar_jp.add_calendar_days(today, 30, open_day=True)
    assert f"DTSTART;VALUE=DATE:{until:%Y%m%d}".encode() in response.content
    assert response.content.startswith(b"BEGIN:VCALENDAR\r\n")


def test_a_deadline_that_is_over_is_told_and_stays_out_of_the_calendar() -> None:
    client = b.browser()
    html = told_the_day(client, ("2020", "1", "6"))
    assert "期限を過ぎています" in b.words(html)
    response = client.post(reverse("portal:guide_calendar", args=[EVENT]), {"so_far": hidden(html, "so_far")})
    assert b"BEGIN:VEVENT" not in response.content


def test_a_day_that_does_not_exist_is_refused_beside_the_list_and_a_language_switch_keeps_it() -> None:
    client = b.browser()
    refused = told_the_day(client, ("2026", "2", "30"))
    assert "error-summary" in refused
    assert 'value="30"' in refused
    switched = told_the_day(client, ("2026", "2", "30"), _language="en")
    assert "What you need to do" in b.words(switched)
    assert 'value="30"' in switched


def saved(client: Client) -> str:
    html, _ = to_the_end(client, KEEPS_A_DOG)
    response = client.post(reverse("portal:guide_save", args=[EVENT]), {"so_far": hidden(html, "so_far")})
    assert response.status_code == 302
    return response.headers["Location"]


def test_a_resident_keeps_a_list_finds_it_again_and_deletes_it() -> None:
    client = b.browser(b.resident_account(b.household()[0]))
    where = saved(client)
    assert "犬の登録事項の変更届" in b.words(client.get(where).content)
    assert where in client.get("/my/").content.decode()
    assert saved(client) == where
    assert SavedList.objects.count() == 1
    assert Event.objects.filter(verb="guidance.list_saved").count() == 1
    assert client.post(f"{where}delete").status_code == 302
    assert not SavedList.objects.exists()
    assert Event.objects.filter(verb="guidance.list_deleted").count() == 1


def test_a_list_of_several_life_events_is_kept_and_leads_back_to_their_guide() -> None:
    client = b.browser(b.resident_account(b.household()[0]))
    address = reverse("portal:guide_save", args=[BIRTH_AND_MOVE])
    where = client.post(address, {"so_far": hidden(page(client, event=BIRTH_AND_MOVE), "so_far")})
    html = client.get(where.headers["Location"]).content.decode()
    assert f'href="/guide/{BIRTH_AND_MOVE}/"' in html
    assert "子どもが生まれたとき、引っ越してきたとき" in b.words(html)


def test_a_saved_list_is_unreadable_in_the_database() -> None:
    saved(b.browser(b.resident_account(b.household()[0])))
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM guidance_savedlist")
        stored = bytes(cursor.fetchone()[0])
    for word in (b"dog", b"pets", "犬".encode()):
        assert word not in stored


def test_more_lists_than_one_may_keep_are_refused_and_the_answers_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queries, "MOST_LISTS", 0)
    client = b.browser(b.resident_account(b.household()[0]))
    html, _ = to_the_end(client, KEEPS_A_DOG)
    response = client.post(reverse("portal:guide_save", args=[EVENT]), {"so_far": hidden(html, "so_far")})
    assert response.status_code == 200
    assert answered(response.content.decode()) == answered(html)
    assert not SavedList.objects.exists()


def test_a_page_of_the_guide_asks_the_database_a_few_questions_whatever_is_answered() -> None:
    client = b.browser()
    html = page(client, event="birth")
    with CaptureQueriesContext(connection) as seen:
        page(client, form(html, _skip="1"), event="birth")
    assert len(seen) <= 5


@pytest.mark.parametrize("place", ["home", "guides"])
def test_the_guide_is_found_from_the_first_page(place: str) -> None:
    assert "/guide/" in b.browser().get(reverse(f"portal:{place}")).content.decode()


def test_who_finds_nothing_and_who_reads_a_procedure_is_led_to_the_guide() -> None:
    assert 'href="/guide/"' in b.browser().get("/search", {"q": "宇宙飛行"}).content.decode()
    assert 'href="/guide/pets/"' in b.browser().get("/procedures/dog-registration/").content.decode()
