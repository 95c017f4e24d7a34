"""Taking up, moving and ending issues (課題の起票・対応): the only writes of this domain.

Owns what becomes of a finding. Never writes words of residents, and changes the plan only through its own draft.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from uuid import UUID

from django.db import IntegrityError, transaction

from dokodemo.city.organisation import queries as organisation
from dokodemo.kernel import calendar_jp, events, text_jp
from dokodemo.kernel.access import Actor, Forbidden, NotFound
from dokodemo.kernel.refusals import ChangedMeanwhile, Refused
from dokodemo.promotion.headquarters import queries as headquarters
from dokodemo.promotion.improvement import cycle, effects, logic, policies, queries
from dokodemo.promotion.improvement import events as verbs
from dokodemo.promotion.improvement.models import Evidence, Issue
from dokodemo.promotion.improvement.queries import Proposal
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.plan import actions as plan_actions
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.plan.action_plan import Wrong

LONGEST_TITLE, LONGEST_WORDS = 120, 4000
LANGUAGES = ("ja", "easy", "en")


@transaction.atomic
def raise_issue(*, actor: Actor, keys: Collection[str], said: Mapping[str, str]) -> Issue:
    """Take findings up as one issue; without any, staff noticed it themselves.

    `said`: title, words, measure, section, indicator. The indicator's value of this moment is kept as the one before.
    Raises NotFound for a finding that is not there to be judged, Forbidden, ChangedMeanwhile, Refused.
    """
    found = queries.chosen(actor, keys) if keys else []
    if not policies.may_read(actor):
        raise NotFound
    faults = _faults(said)
    if faults:
        raise Refused(faults)
    if not policies.may_write(actor, said["section"]):
        raise Forbidden("An issue is raised by its section, or by who coordinates the plan.")
    now = calendar_jp.now()
    issue = Issue(plan=plans.plan().code, raised_at=now, raised_by=actor.account)
    _fill(issue, said)
    _name(issue, said.get("indicator", ""))
    issue.changed_at = now
    issue.save()
    _judge(actor, issue, found, "")
    _record(verbs.RAISED, actor, issue, findings=len(found))
    return issue


@transaction.atomic
def join(*, actor: Actor, issue_id: UUID, keys: Collection[str]) -> Issue:
    """Join findings to an issue that is not ended. Raises NotFound, Forbidden, ChangedMeanwhile, Refused."""
    found = queries.chosen(actor, keys)
    issue = _locked(actor, issue_id)
    if not found:
        raise NotFound
    if issue.state in ("done", "not_pursued"):
        raise Refused({"issue": "improvement.fault.ended"})
    _judge(actor, issue, found, "")
    _changed(issue)
    _record(verbs.JOINED, actor, issue, findings=len(found))
    return issue


@transaction.atomic
def set_aside(*, actor: Actor, keys: Collection[str], reason: str) -> None:
    """Say that findings become no issue, and why. Raises NotFound, Forbidden, ChangedMeanwhile, Refused."""
    found = queries.chosen(actor, keys)
    if not found:
        raise NotFound
    if not policies.may_set_aside(actor):
        raise Forbidden("Findings are set aside by who coordinates the plan.")
    words = _words(reason, "reason", "improvement.fault.reason")
    rows = _judge(actor, None, found, words)
    events.record(
        verbs.SET_ASIDE, actor=actor, object=("evidence", rows[0].pk), numbers={"findings": len(rows)}
    )


def _judge(actor: Actor, issue: Issue | None, found: Collection[Proposal], reason: str) -> list[Evidence]:
    turns = queries.turns([one.signal.key for one in found])
    now = calendar_jp.now()
    rows = [
        Evidence(
            issue=issue,
            key=one.signal.key,
            turn=turns.get(one.signal.key, 0),
            source=one.signal.source,
            count=one.signal.count,
            first_day=one.signal.first,
            last_day=one.signal.last,
            reason=reason,
            judged_at=now,
            judged_by=actor.account,
        )
        for one in found
    ]
    try:
        with transaction.atomic():
            return Evidence.objects.bulk_create(rows)
    except IntegrityError:
        raise ChangedMeanwhile from None


@transaction.atomic
def change(*, actor: Actor, issue_id: UUID, revision: int, said: Mapping[str, str]) -> Issue:
    """Say anew what an issue is; another indicator begins with its value of now. Raises NotFound, Forbidden,
    ChangedMeanwhile, Refused; once an action was opened the indicator stays."""
    issue = _locked(actor, issue_id, revision)
    faults = _faults(said)
    indicator = said.get("indicator", "")
    if issue.action and indicator != issue.indicator:
        faults["indicator"] = "improvement.fault.indicator_stays"
    if faults:
        raise Refused(faults)
    if not policies.may_write(actor, said["section"]):
        raise Forbidden("An issue goes to a section of one's own, or by who coordinates the plan.")
    _fill(issue, said)
    if indicator != issue.indicator:
        _name(issue, indicator)
    _changed(issue)
    _record(verbs.CHANGED, actor, issue)
    return issue


@transaction.atomic
def move(*, actor: Actor, issue_id: UUID, revision: int, to: str, reason: str = "") -> Issue:
    """Move an issue by hand: looked at, done (how), or not pursued (why).

    Raises NotFound, Forbidden, ChangedMeanwhile, and Refused for a way there is not, or an action that is not reported as
    finished.
    """
    issue = _locked(actor, issue_id, revision)
    gone = bool(issue.action) and cycle.standings([issue])[issue.pk].gone
    again = to == "looked_at" and issue.state == "action" and gone
    if issue.state not in logic.MOVES.get(to, ()) and not again:
        raise Refused({"to": "improvement.fault.move"})
    if to == "done" and issue.action and not headquarters.finished([issue.action]):
        raise Refused({"to": "improvement.fault.not_finished"})
    words = _words(reason, "reason", f"improvement.fault.why_{to}") if to in logic.SAYS_WHY else ""
    if to == "looked_at" and issue.action:
        # An issue taken up again goes on with its action, unless that stands nowhere any more.
        if gone:
            issue.action, issue.opened_at = "", None
        else:
            to = "action"
    issue.state, issue.reason = to, words
    _changed(issue)
    _record(verbs.MOVED, actor, issue)
    return issue


@transaction.atomic
def open_action(*, actor: Actor, issue_id: UUID, revision: int) -> tuple[Issue, UUID]:
    """Make an issue an action in the draft of this fiscal year's next version, begun where there is none; with the draft.

    Raises NotFound, Forbidden, ChangedMeanwhile, and Refused when the draft is being reviewed or takes no more.
    """
    issue = _locked(actor, issue_id, revision)
    if not policies.may_open(actor):
        raise Forbidden("Actions are opened by who coordinates the plan.")
    if issue.state not in ("new", "looked_at"):
        raise Refused({"open": "improvement.fault.move"})
    today = calendar_jp.today()
    year = calendar_jp.fiscal_year(today)
    code = f"issue-{issue.pk.hex[-12:]}"
    try:
        draft = plan_actions.begin(actor=actor, fiscal_year=year)
        plan_actions.keep_action(
            actor=actor, draft_id=draft.pk, revision=draft.revision, data=_as_action(issue, code)
        )
    except plan_actions.Refused as refused:
        raise Refused({"open": refused.code}) from None
    except Wrong:
        raise Refused({"open": "improvement.fault.not_an_action"}) from None
    issue.action, issue.opened_at, issue.state = code, calendar_jp.now(), "action"
    _changed(issue)
    _record(verbs.ACTION_OPENED, actor, issue)
    return issue, draft.pk


def _as_action(issue: Issue, code: str) -> dict[str, object]:
    """An issue as the plan's own form would have it; the other languages wait for their words in the draft."""
    today = calendar_jp.today()
    end = calendar_jp.fiscal_year_end(calendar_jp.fiscal_year(today))
    what = issue.words or issue.title
    return {
        "code": code,
        "title": {one: issue.shown.get(one) or issue.title for one in LANGUAGES},
        "what": dict.fromkeys(LANGUAGES, what),
        "measures": [issue.measure],
        "section": issue.section,
        "from": today.isoformat(),
        "to": end.isoformat(),
        "indicators": [issue.indicator] if issue.indicator else [],
    }


@transaction.atomic
def show(*, actor: Actor, issue_id: UUID, revision: int, title: Mapping[str, str]) -> Issue:
    """Let residents read of an issue under a title in three languages. Raises NotFound, Forbidden, ChangedMeanwhile, Refused."""
    issue = _locked(actor, issue_id, revision, may=policies.may_show)
    shown = {one: title.get(one, "").strip() for one in LANGUAGES}
    faults = {f"shown_{one}": fault for one, text in shown.items() if (fault := _title_fault(text))}
    if faults:
        raise Refused(faults)
    issue.shown = shown
    _changed(issue)
    _record(verbs.SHOWN, actor, issue)
    return issue


@transaction.atomic
def hide(*, actor: Actor, issue_id: UUID, revision: int) -> Issue:
    """Take an issue from what residents read. Raises NotFound, Forbidden, ChangedMeanwhile."""
    issue = _locked(actor, issue_id, revision, may=policies.may_show)
    issue.shown = {}
    _changed(issue)
    _record(verbs.HIDDEN, actor, issue)
    return issue


def _locked(
    actor: Actor, issue_id: UUID, revision: int | None = None, *, may: Callable[[Actor], bool] | None = None
) -> Issue:
    queries.get(actor, issue_id)
    issue = Issue.objects.select_for_update().get(pk=issue_id)
    allowed = may(actor) if may is not None else policies.may_write(actor, issue.section)
    if not allowed:
        raise Forbidden("An issue is written by its section, or by who coordinates the plan.")
    if revision is not None and issue.revision != revision:
        raise ChangedMeanwhile
    return issue


def _changed(issue: Issue) -> None:
    issue.revision += 1
    issue.changed_at = calendar_jp.now()
    issue.save()


def _record(verb: str, actor: Actor, issue: Issue, **numbers: int) -> None:
    events.record(
        verb,
        actor=actor,
        object=("issue", issue.pk),
        refs={"state": issue.state, "measure": issue.measure, "action": issue.action or None},
        numbers={"revision": issue.revision, **numbers},
    )


def _fill(issue: Issue, said: Mapping[str, str]) -> None:
    issue.title, issue.words = said["title"].strip(), said.get("words", "").strip()
    issue.measure, issue.section = said["measure"], said["section"]


def _name(issue: Issue, indicator: str) -> None:
    """Name the indicator an issue should move, with its value of this moment."""
    value = effects.value_now(indicator) if indicator else None
    issue.indicator = indicator
    issue.before = value.value if value is not None else None
    issue.before_on = value.on if value is not None else None
    issue.before_vintage = value.vintage if value is not None else ""


def _faults(said: Mapping[str, str]) -> dict[str, str]:
    faults = {}
    if fault := _title_fault(said.get("title", "").strip()):
        faults["title"] = fault
    if len(said.get("words", "").strip()) > LONGEST_WORDS:
        faults["words"] = "improvement.fault.long"
    elif _unreadable(said.get("words", "")):
        faults["words"] = "improvement.fault.ruby"
    if said.get("measure") not in {one.code for one in plans.plan().measures}:
        faults["measure"] = "improvement.fault.measure"
    if said.get("section") not in {one.code for one in organisation.sections()}:
        faults["section"] = "improvement.fault.section"
    if said.get("indicator") and said["indicator"] not in indicators.definitions():
        faults["indicator"] = "improvement.fault.indicator"
    return faults


def _title_fault(text: str) -> str:
    if not text:
        return "improvement.fault.title"
    if len(text) > LONGEST_TITLE:
        return "improvement.fault.title_long"
    return "improvement.fault.ruby" if _unreadable(text) else ""


def _unreadable(text: str) -> bool:
    """Whether a reading 《 》 is not closed: the plan's own texts do not take that."""
    try:
        text_jp.pieces(text)
    except text_jp.BadRuby:
        return True
    return False


def _words(text: str, box: str, empty: str) -> str:
    said = text.strip()
    if not said:
        raise Refused({box: empty})
    if len(said) > LONGEST_WORDS:
        raise Refused({box: "improvement.fault.long"})
    return said
