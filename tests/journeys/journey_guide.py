"""Walking through the guide of a turn of life: what a page asks, answered the same way by whoever walks."""

from __future__ import annotations

from journey_people import Visitor

MOST_PAGES = 60
NEXT = "form#guide .buttons button.button"


def say_yes(person: Visitor) -> str:
    """Yes to the page: every line of a list ticked, or the radio. The names the page asked."""
    names = str(person.box("_page").get_attribute("value"))
    ticks = person.page.locator("input[name=_tick]")
    if ticks.count():
        for number in range(ticks.count()):
            ticks.nth(number).check()
    else:
        person.choose(names, str(person.box(names).first.get_attribute("value")))
    person.click(NEXT)
    return names


def answer_to_the_end(person: Visitor) -> list[str]:
    """Answer yes to what can be answered by yes and skip the rest, until the list."""
    asked: list[str] = []
    for _ in range(MOST_PAGES):
        if not person.box("_page").count():
            break
        name = str(person.box("_page").get_attribute("value"))
        if person.page.locator(f'input[name=_tick], input[type=radio][name="{name}"]').count():
            say_yes(person)
        else:
            person.click("button[name=_skip]")
        asked.append(name)
    return asked
