"""A city with an adopted action plan and people with posts, for the tests of who answers for what."""

from __future__ import annotations

from datetime import date

from dokodemo.city.organisation.actions import end_appointment
from dokodemo.city.organisation.models import Appointment
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Account, Role
from dokodemo.promotion.plan import actions as plan_actions
from tests.domains.city.city_builders import MACHINE, the_pack
from tests.domains.entry import building as b
from tests.domains.promotion.test_action_plan import CIO, OFFICER

TODAY = date(2026, 11, 27)
SINCE = date(2026, 4, 1)
# A section that does not coordinate the plan, with its indicator and its actions, as the pack has them.
SECTION, INDICATOR, ACTION, SECOND = "resident", "card_holding", "cashless-counters", "card-helpdesk"


def adopted_plan() -> None:
    """The pack's sections, and its actions adopted for this fiscal year."""
    the_pack()
    year = calendar_jp.fiscal_year(calendar_jp.today())
    draft = plan_actions.begin(actor=OFFICER, fiscal_year=year)
    draft = plan_actions.send_to_review(actor=OFFICER, draft_id=draft.pk, revision=0)
    plan_actions.adopt(actor=CIO, draft_id=draft.pk, revision=draft.revision)


def clerk(section: str = SECTION, name: str = "担当 一郎") -> Account:
    """Somebody of a section since April."""
    return b.staff_account((section, Role.CASEWORKER), name=name)


def leaves(account: Account, last_day: date) -> None:
    """End every post of somebody with a day."""
    for post in Appointment.objects.filter(account=account):
        end_appointment(actor=MACHINE, appointment_id=post.pk, last_day=last_day)
