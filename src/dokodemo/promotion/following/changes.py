"""What happened to the plan (計画の変化), for everybody who follows it: versions adopted, actions reported on, values withdrawn.

Owns the one list that the feed and the letters are made of. Never shows what a section wrote in a report.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import Lang, say_plain
from dokodemo.promotion.headquarters import queries as headquarters
from dokodemo.promotion.headquarters.queries import Told
from dokodemo.promotion.headquarters.words import quarter_words
from dokodemo.promotion.indicators import withdrawals
from dokodemo.promotion.indicators.observing import TOO_FEW
from dokodemo.promotion.indicators.withdrawals import Taken
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.plan.action_plan import Action
from dokodemo.promotion.plan.models import ActionPlan

MOST = 50
MOST_AT_ALL = 2_000
VERSIONS_READ = 12


@dataclass(frozen=True)
class Change:
    """One thing that happened: its lasting key, when (UTC), the measures it serves, and where on /plan it is seen ("": the top).

    `subject` is the version adopted, the report with its action, or the value withdrawn.
    """

    id: UUID
    when: datetime
    measures: tuple[str, ...]
    place: str
    subject: ActionPlan | tuple[Told, Action] | Taken

    def title(self, lang: Lang) -> str:
        """The change in one line."""
        if isinstance(self.subject, ActionPlan):
            year = calendar_jp.fiscal_year_label(self.subject.fiscal_year, lang)
            return texts.plain("following.change.adopted", lang, year=year, number=self.subject.number)
        if isinstance(self.subject, Taken):
            return _said(self.subject, lang)
        told, action = self.subject
        state = texts.plain(f"headquarters.state.{told.state}", lang)
        name = f"{say_plain(action.title, lang)}: {state} – {quarter_words(told.quarter, lang)}"
        return f"{texts.plain('ui.mark.sample', lang)} {name}" if action.sample else name


def latest(measure: str = "", *, most: int = MOST, since: datetime | None = None) -> list[Change]:
    """The last changes, the newest first: of one measure or of the whole plan, from a moment on (UTC)."""
    versions = plans.adopted(VERSIONS_READ)
    known = _known(versions, measure)
    by_code = {one.code for one in plans.plan().measures}
    found = [
        *_adoptions(versions, known),
        *_reports(known, measure, by_code, most, since),
        *_withdrawn(measure, most, since),
    ]
    recent = [one for one in found if since is None or one.when >= since]
    return sorted(recent, key=lambda one: one.when, reverse=True)[:most]


def _known(versions: Sequence[ActionPlan], measure: str) -> dict[str, Action]:
    """The actions of the versions, as the newest that has them says; only those that serve the measure."""
    found: dict[str, Action] = {}
    for version in reversed(versions):
        found.update((one.code, one) for one in plans.actions_of(version))
    return {code: one for code, one in found.items() if not measure or measure in one.measures}


def _adoptions(versions: Sequence[ActionPlan], known: dict[str, Action]) -> list[Change]:
    found = []
    for version in versions:
        actions = [known[one.code] for one in plans.actions_of(version) if one.code in known]
        if actions:
            serves = tuple(sorted({code for one in actions for code in one.measures}))
            found.append(Change(version.pk, version.adopted_at, serves, "", version))
    return found


def _reports(
    known: dict[str, Action], measure: str, codes: set[str], most: int, since: datetime | None
) -> list[Change]:
    found = []
    for told in headquarters.told(most, actions=known, since=since):
        action = known[told.action]
        place = measure or next((code for code in action.measures if code in codes), "")
        found.append(Change(told.id, told.filed_at, tuple(action.measures), place, (told, action)))
    return found


def _withdrawn(measure: str, most: int, since: datetime | None) -> list[Change]:
    """What was withdrawn of the numbers of a measure, or of the plan."""
    measures = plans.plan().measures
    of = None if not measure else next((one.indicators for one in measures if one.code == measure), ())
    found = []
    for taken in withdrawals.latest(most, since=since, of=of):
        serves = tuple(one.code for one in measures if taken.indicator.code in one.indicators)
        found.append(Change(taken.id, taken.when, serves, measure or next(iter(serves), ""), taken))
    return found


def _said(taken: Taken, lang: Lang) -> str:
    one = taken.withdrawn
    said = texts.plain(
        "following.change.withdrawn",
        lang,
        name=say_plain(taken.indicator.title, lang),
        first=calendar_jp.to_wareki(one.from_, lang),
        last=calendar_jp.to_wareki(one.to, lang),
    )
    why = [texts.plain("indicators.withdrawal.too_few", lang)] if one.cause == TOO_FEW else []
    return " ".join([said, *why, *([one.reason] if one.reason else [])])
