"""A city whose plan is followed: an adopted action plan, followers, reports that are filed, a clock that can be moved."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Role, system
from dokodemo.promotion.following import actions
from dokodemo.promotion.following.logic import Wishes
from dokodemo.promotion.following.models import Follower
from dokodemo.promotion.headquarters import actions as headquarters
from dokodemo.promotion.headquarters.logic import to_report
from dokodemo.promotion.headquarters.models import Report
from dokodemo.promotion.plan import actions as plan_actions
from tests.domains.promotion.test_action_plan import CIO, OFFICER, staff

ADDRESS = "hanako-uguisu@example.jp"
ACTION, MEASURE = "security-drill", "admin-3"
JOB = system("following")


def adopt() -> None:
    """The pack's actions are in force this year."""
    year = calendar_jp.fiscal_year(calendar_jp.today())
    draft = plan_actions.begin(actor=OFFICER, fiscal_year=year)
    draft = plan_actions.send_to_review(actor=OFFICER, draft_id=draft.pk, revision=0)
    plan_actions.adopt(actor=CIO, draft_id=draft.pk, revision=draft.revision)


def report(action: str = ACTION, state: str = "half") -> Report:
    """A report on an action is filed."""
    today = calendar_jp.today()
    quarter = to_report(today)
    if quarter.fiscal_year != calendar_jp.fiscal_year(today):
        quarter = quarter.next
    said = {"state": state, "done": "琥珀色のこと", "grade": "on_track", "direction": "continue"}
    found = next(one for one in _actions() if one.code == action)
    head = staff(Role.HEAD_OF_SECTION, found.section)
    return headquarters.keep_report(
        actor=head, quarter=quarter, action=action, revision=0, said=said, file=True
    )


def _actions() -> Any:
    from dokodemo.promotion.plan import queries as plans

    version = plans.in_force()
    assert version is not None
    return plans.actions_of(version)


def ask(address: str = ADDRESS, wishes: Wishes | None = None, client: str = "192.0.2.1") -> None:
    """Somebody asks for news at an address."""
    actions.ask(address=address, wishes=wishes or Wishes(), client=client)


def link(kind: str, body: str) -> str:
    """The token of the only link of a kind in a letter."""
    (token,) = set(re.findall(rf"/plan/follow/{kind}/([\w-]+)", body))
    return str(token)


def follower(address: str = ADDRESS, wishes: Wishes | None = None, client: str = "192.0.2.1") -> Follower:
    """An address that said yes from its mailbox; the question is out of the outbox."""
    before = set(Follower.objects.values_list("pk", flat=True))
    ask(address, wishes, client)
    actions.send(actor=JOB)
    actions.confirm(token=link("confirm", str(mail.outbox[-1].body)))
    mail.outbox.clear()
    return Follower.objects.exclude(pk__in=before).get()


def move_clock(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """From now on it is so much later."""
    now = calendar_jp.now
    monkeypatch.setattr(calendar_jp, "now", lambda: now() + by)
