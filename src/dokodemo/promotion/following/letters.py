"""What letters say (メールの文面): the question whether one wants to follow, and what is new.

Owns the words, plain and in HTML, in the follower's language. Every letter says why it came and how to stop; none holds a picture
or anything else that would tell the city whether it was opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string

from dokodemo.adapters.mail import Letter
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.packs import open_pack
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import Lang, as_lang, html_lang, say_plain
from dokodemo.promotion.following import changes, logic, queries, tokens
from dokodemo.promotion.following.changes import Change
from dokodemo.promotion.following.models import CONFIRM, Mail
from dokodemo.promotion.plan import queries as plans


class Writer:
    """Writes letters, and reads what happened to the plan once for all of them."""

    def __init__(self) -> None:
        self._known: dict[UUID, Change] = {}

    def write(self, mail: Mail) -> Letter | None:
        """The letter as it is handed over; None when nothing of what it was to tell is left."""
        return _question(mail) if mail.kind == CONFIRM else self._news(mail)

    def _news(self, mail: Mail) -> Letter | None:
        wanted = set(mail.notices.values_list("change", flat=True))
        if not wanted <= self._known.keys():
            since = calendar_jp.now() - 2 * logic.LOOK_BACK
            found = changes.latest(most=changes.MOST_AT_ALL, since=since)
            self._known = {one.id: one for one in found}
        # In their own order: the newest first.
        told = [one for key, one in self._known.items() if key in wanted]
        return _news(mail, told) if told else None


def _question(mail: Mail) -> Letter:
    lang = as_lang(mail.wishes["lang"]) or "ja"
    said = {
        "address": tokens.confirm_address(mail.pk, lang),
        "until": calendar_jp.to_wareki(logic.last_day_to_confirm(mail.made_at), lang),
        "measures": [say_plain(one.title, lang) for one in queries.measures_of(mail.wishes["measures"])],
        "often": texts.plain(f"following.often.{mail.wishes['often']}", lang),
        "days": logic.FORGET_AFTER.days,
    }
    return _letter(mail, lang, "question", said, stop=None)


def _news(mail: Mail, told: Sequence[Change]) -> Letter:
    follower = mail.follower
    lang = as_lang(follower.lang) or "ja"
    said = {
        "changes": [
            {
                "title": one.title(lang),
                "day": calendar_jp.to_wareki(calendar_jp.jst_day(one.when), lang),
                "address": tokens.address(tokens.PLAN_PATH + (f"#measure-{one.place}" if one.place else "")),
            }
            for one in told
        ],
        "measures": [say_plain(one.title, lang) for one in queries.measures_of(follower.measures)],
        "change_address": tokens.address(f"{tokens.FOLLOW_PATH}?lang={lang}"),
    }
    return _letter(mail, lang, "news", said, stop=tokens.stop_address(follower.pk, lang))


def _letter(mail: Mail, lang: Lang, kind: str, said: dict[str, Any], *, stop: str | None) -> Letter:
    city = say_plain(open_pack(settings.DOKODEMO_PACK).city.name, lang)
    context = {
        "lang": lang,
        "furigana": False,
        "html_lang": html_lang(lang),
        "city": city,
        "plan": say_plain(plans.plan().title, lang),
        "demo": settings.DOKODEMO_DEMO,
        "stop": stop,
        "subject": texts.plain(f"following.mail.{kind}", lang, city=city),
        **said,
    }
    return Letter(
        name=str(mail.pk),
        to=mail.follower.address,
        sender=city,
        subject=str(context["subject"]),
        text=render_to_string(f"following/{kind}.txt", context),
        html=render_to_string(f"following/{kind}.html", context),
        stop=stop,
    )
