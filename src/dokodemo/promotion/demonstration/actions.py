"""Promotion as if it had been used for a while, in a demonstration (見本の推進の記録を作る).

Owns the order in which the story of the pack is told, through the actions of each domain. Never runs in a real city, and
never where anybody reported, met, asked or raised something.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from dokodemo.city.organisation import queries as organisation
from dokodemo.city.organisation.definitions import Function
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, Forbidden, Role
from dokodemo.kernel.packs import open_pack
from dokodemo.promotion.demonstration import definitions as story_of
from dokodemo.promotion.demonstration import working
from dokodemo.promotion.demonstration.definitions import SampleIssue, SampleMeeting, SampleSurvey, Story
from dokodemo.promotion.evaluation import actions as evaluation
from dokodemo.promotion.evaluation.asking import Question, Told
from dokodemo.promotion.evaluation.savings import Effort
from dokodemo.promotion.evaluation.series import Point
from dokodemo.promotion.headquarters import actions as headquarters
from dokodemo.promotion.headquarters import queries as reports
from dokodemo.promotion.headquarters.logic import Quarter, quarter_of, to_report
from dokodemo.promotion.improvement import actions as improvement
from dokodemo.promotion.improvement import queries as issues
from dokodemo.promotion.improvement.models import Issue
from dokodemo.promotion.indicators.actions import observe
from dokodemo.promotion.indicators.definitions import Observed
from dokodemo.promotion.plan import actions as plan_actions
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.surveys import actions as surveys
from dokodemo.promotion.surveys import queries as waves
from dokodemo.promotion.training import actions as training

_SEED = "dokodemo"


@dataclass(frozen=True)
class _People:
    """Who acts in the story: the machine that prepares the city, a digital officer and the CIO."""

    machine: Actor
    officer: Actor
    cio: Actor


@transaction.atomic
def load_sample(*, actor: Actor) -> bool:
    """Tell the story of the pack, once; whether it was told. Raises Forbidden outside a demonstration, PackError."""
    if not settings.DOKODEMO_DEMO:
        raise Forbidden("Samples exist only where DOKODEMO_DEMO is on.")
    story = story_of.load_story(open_pack(settings.DOKODEMO_PACK))
    officer, cio = _staff(Role.DIGITAL_OFFICER), _staff(Role.CIO)
    if story is None or officer is None or cio is None or _used(officer):
        return False
    people = _People(actor, officer, cio)
    _reports(people, story)
    for meeting in story.meetings:
        _meeting(people, meeting)
    if story.survey is not None:
        _survey(people, story.survey)
    for issue in story.issues:
        _issue(people, issue)
    _effects(people, story)
    working.tell(people.officer, story)
    return True


def _staff(role: Role) -> Actor | None:
    """Who holds a post in the section that keeps the plan."""
    for section in sorted(organisation.sections_with(Function.DX_HEADQUARTERS)):
        for holder in organisation.holders(section, role=role):
            grants = organisation.staff_grants(account_id=holder.account_id, on=calendar_jp.today())
            return Actor(kind="staff", account_id=holder.account_id, grants=grants)
    return None


def _used(officer: Actor) -> bool:
    """Whether anybody worked with promotion already: then nothing is made up beside it."""
    return bool(
        reports.told(1)
        or reports.meetings(officer)
        or issues.all_issues()
        or any(one.waves for one in waves.listed(officer))
    )


def _reports(people: _People, story: Story) -> None:
    quarter = to_report(calendar_jp.today())
    there = {one.code for one in reports.actions_of(quarter)}
    for one in story.reports:
        if one.action not in there:
            continue
        said = {name: getattr(one, name) for name in ("state", "grade", "direction", "done", "learned")}
        report = headquarters.keep_report(
            actor=people.officer,
            quarter=quarter,
            action=one.action,
            revision=0,
            said={**said, "evidence": one.evidence},
            file=True,
        )
        if one.second is not None:
            headquarters.assess(
                actor=people.cio,
                report_id=report.pk,
                grade=one.second.grade,
                direction=one.second.direction,
                words=one.second.words,
            )


def _meeting(people: _People, told: SampleMeeting) -> None:
    today = calendar_jp.today()
    version = plans.in_force()
    there = {one.code for one in plans.actions_of(version)} if version is not None else set()
    meeting = headquarters.call_meeting(
        actor=people.officer,
        on=today if told.minutes else calendar_jp.add_calendar_days(today, told.days, open_day=True),
        place=told.place,
        agenda=told.agenda,
    )
    for one in told.decisions:
        decision = headquarters.decide(
            actor=people.officer,
            meeting_id=meeting.pk,
            words=one.words,
            action=one.action if one.action in there else "",
        )
        for follow_up in one.follow_ups:
            given = headquarters.follow_up(
                actor=people.officer,
                meeting_id=meeting.pk,
                decision_id=decision.pk,
                words=follow_up.words,
                section=follow_up.section,
                due=today + timedelta(days=follow_up.days),
            )
            if follow_up.done:
                headquarters.finish_follow_up(
                    actor=people.officer, follow_up_id=given.pk, words=follow_up.done
                )
    if told.minutes:
        headquarters.hold(actor=people.officer, meeting_id=meeting.pk, minutes=told.minutes)


def _survey(people: _People, told: SampleSurvey) -> None:
    """A wave from its plan to its results. Where nobody may be asked, it stays a plan that says so."""
    officer, today = people.officer, calendar_jp.today()
    wave = surveys.plan_wave(
        actor=officer,
        survey=told.survey,
        opens_on=today,
        closes_on=today,
        design=surveys.Design(size=told.ask),
        seed=_SEED,
    )
    surveys.read_frame(actor=people.machine, wave_id=wave)
    if waves.get(officer, wave).plan["wanted"] is None:
        return
    surveys.draw(actor=officer, wave_id=wave)
    surveys.read_frame(actor=people.machine, wave_id=wave)
    letters = surveys.make_list(actor=officer, wave_id=wave)
    surveys.open_wave(actor=officer, wave_id=wave)
    chance = random.Random(_SEED)  # noqa: S311 - what made-up people answer is no secret
    for letter in letters:
        if chance.random() >= told.answer:
            continue
        answers = _answers(told, chance)
        if chance.random() < told.paper:
            surveys.enter_paper(actor=officer, wave_id=wave, code=letter.code, answers=answers)
        else:
            surveys.answer(code=letter.code, answers=answers, client="")
    surveys.close_wave(actor=officer, wave_id=wave)
    surveys.publish(actor=officer, wave_id=wave)


def _answers(told: SampleSurvey, chance: random.Random) -> dict[str, str]:
    answers = {
        question: chance.choices(list(weights), list(weights.values()))[0]
        for question, weights in told.leanings.items()
    }
    return answers | {question: chance.choice(words) for question, words in told.words.items()}


def _issue(people: _People, told: SampleIssue) -> None:
    """An issue from what it was found by; with `done` through the whole cycle."""
    officer = people.officer
    if told.measure not in {one.code for one in plans.plan().measures}:
        return
    if told.values is not None and told.indicator is not None:
        _value(people, told, months_ago=2)
    issue = improvement.raise_issue(
        actor=officer,
        keys=_finding(officer, told),
        said={
            "title": told.title,
            "words": told.words,
            "measure": told.measure,
            "section": told.section,
            "indicator": told.indicator or "",
        },
    )
    issue = improvement.show(
        actor=officer, issue_id=issue.pk, revision=issue.revision, title=told.shown.model_dump()
    )
    if told.done and told.what is not None:
        _turn(people, told, issue)
    else:
        improvement.move(actor=officer, issue_id=issue.pk, revision=issue.revision, to="looked_at")


def _finding(officer: Actor, told: SampleIssue) -> list[str]:
    """The key of what an issue came from: the lesson of a report, or the words written most often in the survey."""
    source = "surveys" if told.finding == "survey" else "reports"
    found = issues.proposals(officer, source=source)
    if source == "reports":
        found = [one for one in found if one.signal.place[-1] == told.finding]
    return [one.signal.key for one in found[:1]]


def _turn(people: _People, told: SampleIssue, issue: Issue) -> None:
    """From the issue to a number that moved: its action is written, adopted, reported as finished, and the next value comes."""
    officer = people.officer
    issue, draft_id = improvement.open_action(actor=officer, issue_id=issue.pk, revision=issue.revision)
    draft = plans.get_draft(officer, draft_id)
    data: dict[str, Any] = next(one for one in draft.content["actions"] if one["code"] == issue.action)
    assert told.what is not None
    draft = plan_actions.keep_action(
        actor=officer,
        draft_id=draft_id,
        revision=draft.revision,
        data={**data, "what": told.what.model_dump(), "sample": True},
        code=issue.action,
    )
    draft = plan_actions.send_to_review(actor=officer, draft_id=draft_id, revision=draft.revision)
    plan_actions.adopt(actor=people.cio, draft_id=draft_id, revision=draft.revision, reason=told.title)
    headquarters.keep_report(
        actor=officer,
        quarter=_now(),
        action=issue.action,
        revision=0,
        said={"state": "finished", "grade": "on_track", "direction": "end", "done": told.done},
        file=True,
    )
    if told.values is not None and told.indicator is not None:
        _value(people, told, months_ago=1)
    improvement.move(actor=officer, issue_id=issue.pk, revision=issue.revision, to="done", reason=told.done)


def _now() -> Quarter:
    return quarter_of(calendar_jp.today())


def _value(people: _People, told: SampleIssue, *, months_ago: int) -> None:
    """The value of a month that is over, as somebody else published it."""
    assert told.values is not None
    first = _month(months_ago)
    observe(
        actor=people.officer,
        observed=Observed.model_validate(
            {
                "indicator": told.indicator,
                "from": first,
                "to": _month(months_ago - 1) - timedelta(days=1),
                "value": told.values.before if months_ago > 1 else told.values.after,
                "vintage": told.values.vintage,
                "published_on": calendar_jp.today(),
                "source": told.values.source,
            }
        ),
    )


def _month(ago: int) -> date:
    """The first day of the month so many months ago."""
    today = calendar_jp.today()
    year, month = divmod(today.year * 12 + today.month - 1 - ago, 12)
    return date(year, month + 1, 1)


def _effects(people: _People, story: Story) -> None:
    """A change that is evaluated, effort that was saved, and sessions to come."""
    asked = story.evaluation
    measures = {one.code for one in plans.plan().measures}
    if asked is not None and asked.measure in measures:
        months = [_month(ago) for ago in range(len(asked.values), 0, -1)]
        series = tuple(Point(month, float(value)) for month, value in zip(months, asked.values, strict=True))
        evaluation.submit(
            actor=people.officer,
            question=Question(asked.title, asked.measure, "", asked.unit, months[asked.change], series, ()),
        )
    for one in story.efforts:
        if one.measure not in measures:
            continue
        effort = Effort(
            one.before, one.after, one.cases, one.build, one.upkeep, one.before_basis, one.after_basis
        )
        evaluation.keep_effort(
            actor=people.officer,
            told=Told(one.task, one.measure, _month(one.months), _month(1), effort),
        )
    for session in story.sessions:
        training.add_session(
            actor=people.officer,
            facts=training.SessionFacts(
                course=session.course,
                day=calendar_jp.add_calendar_days(calendar_jp.today(), session.days, open_day=True),
                starts=time(session.starts),
                ends=time(session.ends),
                online=False,
                place=session.place,
                seats=session.seats,
            ),
        )
