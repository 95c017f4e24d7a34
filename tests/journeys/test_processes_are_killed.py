"""A journey through faults: whatever process ends at whatever moment, the city comes back and nothing given is lost."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from journey_city import City, wait_until
from journey_forms import DOG, answer_page, begin, fetch_letter, hand_in, open_case
from journey_people import Resident, Town

WEB, WORKER = "web.serve dokodemo.entry.server.wsgi", "cli.main worker"
# The server with its two workers, and one worker for jobs; for a moment a dying one may be counted beside its successor.
WHOLE = {WEB: 3, WORKER: 1}
BACK_SECONDS = 120


def kill(city: City, words: str, which: slice) -> None:
    """End these at once, as the kernel would when memory is short, and wait until others do their work."""
    before = city.processes(words)
    victims = before[which]
    assert victims
    # Without their server, workers end by themselves a moment later.
    leaving = set(before) if before[0] in victims else set(victims)
    for process in victims:
        os.kill(process, signal.SIGKILL)

    def back() -> bool:
        now = city.processes(words)
        return leaving.isdisjoint(now) and len(now) >= WHOLE[words] and city.answers()

    wait_until(back, seconds=BACK_SECONDS, what=f"{words} is back")


def kill_web_workers(city: City) -> None:
    kill(city, WEB, slice(1, None))


def kill_web_server(city: City) -> None:
    kill(city, WEB, slice(0, 1))


def kill_worker(city: City) -> None:
    kill(city, WORKER, slice(None))


def cases_named(person: Resident, words: str) -> int:
    """How many cards of this procedure my page shows."""
    person.go("/my/")
    return person.page.locator("main .card-title").filter(has_text=words).count()


def handed_in(person: Resident, check: str) -> str:
    """The receipt number, whether the city had taken the application before it fell or takes it now."""
    person.go("/my/")
    person.go(check)
    if person.step() == check:
        return hand_in(person)
    person.go(person.step() + "received")
    return person.page.locator(".receipt-number").inner_text().strip()


def test_nothing_acknowledged_is_lost_or_doubled_whatever_is_killed(
    city: City, town: Town, tmp_path: Path
) -> None:
    person = town.resident("daughter")
    before = cases_named(person, "犬の登録")
    begin(person, "dog-registration")
    person.next()
    typed = {
        name: text for name, text in DOG.items() if name.startswith(("dog.name", "dog.breed", "dog.colour"))
    }
    answer_page(person, typed)
    assert person.page.locator("#error-summary").count() == 1

    here = person.step()
    kill_web_workers(city)
    person.go(here)
    assert person.box("dog.name").input_value() == DOG["dog.name"]
    assert person.box("dog.breed").input_value() == DOG["dog.breed"]

    # What stands in the window but was not sent yet is sent to the server that came back.
    person.box("dog.name").fill("タロウ")
    kill_web_server(city)
    answer_page(person, DOG)
    answer_page(person, DOG)
    assert "タロウ" in person.says()

    kill(city, WEB, slice(None))
    kill_worker(city)
    check = person.step()
    person.page.evaluate("document.querySelector('main form').submit()")
    kill_web_workers(city)
    number = handed_in(person, check)
    assert cases_named(person, "犬の登録") == before + 1

    clerk = town.clerk("environment-caseworker")
    clerk.open_case(number)
    clerk.submit_form("take")
    clerk.fill(yen="3000")
    clerk.submit_form("fee")
    clerk.page.locator('input[name="outcome"][value="approved"]').check()
    clerk.submit_form("decision")
    kill_worker(city)
    fetch_letter(person, number, tmp_path)
    open_case(person, number)
    assert person.page.locator("main a.button", has_text="PDF").count() == 1
    assert city.run("audit", "verify").returncode == 0
