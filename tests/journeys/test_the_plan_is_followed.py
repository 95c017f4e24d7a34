"""Following the plan in a browser: asked, confirmed from the mailbox, stopped; the wall turns and stands."""

from __future__ import annotations

import email
import email.policy
import re

from journey_city import City, wait_until
from journey_people import Town


def test_a_resident_follows_the_plan_and_stops_again(city: City, town: Town) -> None:
    visitor = town.visitor()
    visitor.go("/plan/follow?measure=admin-3")
    visitor.look("plan-follow")
    visitor.fill(address="hanako＠")
    visitor.press("確認のメールを受け取る")
    assert "形が正しくありません" in visitor.page.locator(".error-summary").inner_text()
    visitor.look("plan-follow-refused", again="send")
    visitor.fill(address="hanako-uguisu@example.jp")
    visitor.press("確認のメールを受け取る")
    assert "メールを確認してください" in visitor.heading()
    visitor.look("plan-follow-sent")

    visitor.go(_link(city))
    visitor.look("plan-follow-confirm")
    visitor.press("受け取る")
    assert "受取りが始まりました" in visitor.heading()
    visitor.look("plan-follow-done")

    visitor.go(str(city.ask(STOP)))
    visitor.look("plan-follow-stop")
    visitor.press("やめる")
    assert "やめました" in visitor.heading()
    visitor.look("plan-follow-stopped")
    assert city.ask(FOLLOWERS) == 0
    visitor.go("/plan/follow/stop/torn-off")
    assert "もう使えません" in visitor.heading()


STOP = """
from dokodemo.promotion.following import tokens
from dokodemo.promotion.following.models import Follower
print(json.dumps(f"/plan/follow/stop/{tokens.make(tokens.STOP, Follower.objects.get().pk)}"))
"""


FOLLOWERS = """
from dokodemo.promotion.following.models import Follower
print(json.dumps(Follower.objects.count()))
"""


def _link(city: City) -> str:
    """Where the question in the mailbox leads."""
    folder = city.home / "mail"
    wait_until(lambda: folder.is_dir() and any(folder.iterdir()), seconds=60, what="the mail is written")
    (mail,) = folder.iterdir()
    read = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
    body = read.get_body(("plain",))
    assert body is not None
    return str(re.findall(rf"{city.address}(/plan/follow/confirm/\S+)", body.get_content())[0])


def test_the_wall_turns_by_itself_and_stands_when_it_is_told_to(city: City, town: Town) -> None:
    visitor = town.visitor()
    visitor.go("/plan/wall")
    assert visitor.page.url.endswith("/plan/wall/1")
    with visitor.page.expect_navigation(url=re.compile(r"/plan/wall/2$"), timeout=40_000):
        pass
    visitor.follow("自動の切替えを止める")
    for number in range(2, 6):
        visitor.go(f"/plan/wall/{number}?still=1")
        visitor.look(f"plan-wall-{number}")
    for width, height in ((1920, 1080), (1280, 720)):
        visitor.page.set_viewport_size({"width": width, "height": height})
        for number in range(1, 6):
            for lang in ("ja", "easy", "en"):
                visitor.go(f"/plan/wall/{number}?lang={lang}")
                assert visitor.page.evaluate(FITS) == [], (width, number, lang)


# What is higher than the screen, or lies over what stands above or below it.
FITS = """() => {
  const boxes = ['.wall-head', 'main > :first-child', 'main > :last-child', '.wall-foot'];
  const [head, first, last, foot] = boxes.map(one => document.querySelector(one).getBoundingClientRect());
  return [[document.documentElement.scrollHeight > innerHeight, 'higher than the screen'],
    [first.top < head.bottom, 'over the head'], [last.bottom > foot.top, 'over the foot']]
    .filter(one => one[0]).map(one => one[1]);
}"""
