"""What the mail of an invitation says (依頼メールの文面): who asks whom and why, the code, and until when.

Owns the words, in the three languages one after the other, since nobody knows which one somebody reads. Its link holds no code,
and no picture or anything else tells the city whether it was opened.
"""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string

from dokodemo.adapters.mail import Letter
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.packs import open_pack
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import LANGS, Lang, html_lang, say_plain
from dokodemo.promotion.surveys import queries
from dokodemo.promotion.surveys.models import Wave

# The address of `entry.portal`, which a job of the office's own process must know too; a test holds the two together.
SURVEY_PATH = "/survey/"


class Writer:
    """Writes the mails of one wave: what they all say is made once."""

    def __init__(self, wave: Wave) -> None:
        self._city = open_pack(settings.DOKODEMO_PACK).city
        self._said = [self._part(wave, lang) for lang in LANGS]
        title = queries.frozen_of(wave).survey.title
        self._subject = texts.plain(
            "surveys.mail.subject",
            "ja",
            city=say_plain(self._city.name, "ja"),
            survey=say_plain(title, "ja"),
            english=say_plain(title, "en"),
        )

    def _part(self, wave: Wave, lang: Lang) -> dict[str, str]:
        survey = queries.frozen_of(wave).survey
        until = calendar_jp.to_wareki(wave.closes_on, lang)
        words = {
            "lead": {"city": say_plain(self._city.name, lang), "survey": say_plain(survey.title, lang)},
            "how": {"until": until},
            "code": {},
            "free": {},
            "lost": {"phone": self._city.phone},
            "number": {},
        }
        said = {key: texts.plain(f"surveys.mail.{key}", lang, **params) for key, params in words.items()}
        demo = texts.plain("surveys.mail.demo", lang) if settings.DOKODEMO_DEMO else ""
        purpose = say_plain(survey.purpose, lang)
        return {**said, "purpose": purpose, "demo": demo, "html_lang": html_lang(lang)}

    def write(self, invitation: UUID, number: int, to: str, code: str) -> Letter:
        """The mail of one invitation as it is handed over; by `number` the city hall finds it for a second code."""
        context = {
            "said": self._said,
            "subject": self._subject,
            "code": code,
            "number": number,
            "address": f"{settings.DOKODEMO_BASE_URL}{SURVEY_PATH}",
        }
        return Letter(
            name=f"survey-{invitation}",
            to=to,
            sender=say_plain(self._city.name, "ja"),
            subject=self._subject,
            text=render_to_string("surveys/invitation.txt", context),
            html=render_to_string("surveys/invitation.html", context),
        )
