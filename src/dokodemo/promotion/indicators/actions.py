"""Keeping indicators (指標の記録): counted ones once a month, others as they are observed and entered.

Owns the only writes of this domain. Nothing is ever changed: a month is kept once, a corrected value is another row, a value
that was withdrawn stays with the row that says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import transaction

from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden, NotFound
from dokodemo.kernel.packs import open_pack
from dokodemo.promotion.indicators import events as verbs
from dokodemo.promotion.indicators import policies, queries
from dokodemo.promotion.indicators.definitions import Observed, load_observations
from dokodemo.promotion.indicators.models import MonthlyAmount, MonthlyReading, Observation, Withdrawal
from dokodemo.promotion.indicators.observation_table import read_table
from dokodemo.promotion.indicators.observing import LONGEST_REASON, TAKEN_BACK, TOO_FEW, Fault, faults, same
from dokodemo.promotion.indicators.queries import Reading, readings


class Impossible(ValueError):
    """A value cannot be; `faults` are (key, message in English, remedy)."""

    def __init__(self, found: Sequence[Fault]) -> None:
        super().__init__("; ".join(message for _, message, _ in found))
        self.faults = list(found)


class NotWithdrawn(ValueError):
    """A value cannot be withdrawn; `key` is the text that says why, `box` the field it is about, "" for none."""

    def __init__(self, key: str, box: str = "") -> None:
        super().__init__(key)
        self.key, self.box = key, box


def keep_month(*, actor: Actor, on: date | None = None) -> int:
    """Keep what each measured indicator is now, unless this month has it already; how many were kept."""
    today = on or calendar_jp.today()
    month = today.replace(day=1)
    with transaction.atomic():
        known: set[str] = set()
        for table in (MonthlyReading, MonthlyAmount):
            known |= set(table._default_manager.filter(month=month).values_list("code", flat=True))
        new = [one for code, one in readings().items() if one.counted is not None and code not in known]
        if not new:
            return 0
        ratios, amounts = _months(new, month, today)
        # Another process may keep the same month at the same moment: the first one stands.
        MonthlyReading.objects.bulk_create(ratios, ignore_conflicts=True)
        MonthlyAmount.objects.bulk_create(amounts, ignore_conflicts=True)
        events.record(
            verbs.KEPT,
            actor=actor,
            object=("indicators_month", f"{month:%Y-%m}"),
            numbers={"indicators": len(new)},
        )
    return len(new)


def _months(
    new: Sequence[Reading], month: date, today: date
) -> tuple[list[MonthlyReading], list[MonthlyAmount]]:
    """The rows that keep some readings of a day as those of its month."""
    ratios, amounts = [], []
    for reading in new:
        code, ratio, amount = reading.indicator.code, reading.ratio, reading.amount
        if ratio is not None:
            parts = {"numerator": ratio.numerator, "denominator": ratio.denominator}
            ratios.append(MonthlyReading(code=code, month=month, as_of=today, **parts))
        elif amount is not None:
            amounts.append(MonthlyAmount(code=code, month=month, as_of=today, value=amount.value))
    return ratios, amounts


@transaction.atomic
def observe(*, actor: Actor, observed: Observed) -> Observation:
    """Enter a value observed elsewhere; the very same value again changes nothing.

    Raises NotFound for an indicator the plan does not have, Forbidden, and Impossible with every fault.
    """
    indicator = queries.definitions().get(observed.indicator)
    if indicator is None:
        raise NotFound
    if not policies.may_enter(actor, indicator):
        raise Forbidden("A value is entered by the section that owns the indicator.")
    found = list(faults(observed, indicator, calendar_jp.today()))
    if found:
        raise Impossible(found)
    known = queries.kept(observed)
    if known is not None:
        return known
    row = _row(observed, actor.account_id)
    row.save(force_insert=True)
    events.record(
        verbs.OBSERVED,
        actor=actor,
        object=("observation", row.pk),
        refs={"indicator": observed.indicator, "status": observed.status},
    )
    return row


@transaction.atomic
def take_table(*, actor: Actor, data: bytes) -> int:
    """Enter the values of a CSV file; how many were new. Raises Forbidden, and TableRefused with every wrong line."""
    if not policies.may_enter_tables(actor):
        raise Forbidden("Tables are taken in by who coordinates the plan.")
    return _enter(actor, read_table(data, queries.definitions(), calendar_jp.today()), actor.account_id)


@transaction.atomic
def load_of_pack(*, actor: Actor) -> int:
    """Enter the values the city's pack brings, unless it brought them before; how many were new.

    What people corrected or withdrew since stays as they left it.
    """
    found = load_observations(open_pack(settings.DOKODEMO_PACK))
    brought = queries.brought_by_pack({one.indicator for one in found})
    return _enter(actor, [one for one in found if brought.get(same(one)) != one], None)


@transaction.atomic
def withdraw(*, actor: Actor, observation_id: UUID, reason: str) -> Withdrawal:
    """Withdraw a value that counts; everybody may read the reason. What it corrected does not come back.

    Raises NotFound, Forbidden, and NotWithdrawn where there is no fit reason, or the value does not count any more.
    """
    if not policies.may_read(actor):
        raise NotFound
    row = Observation.objects.select_for_update().filter(pk=observation_id).first()
    indicator = queries.definitions().get(row.code) if row is not None else None
    if row is None or indicator is None:
        raise NotFound
    if not policies.may_enter(actor, indicator):
        raise Forbidden("A value is withdrawn by the section that owns the indicator.")
    words = reason.strip()
    if not words:
        raise NotWithdrawn("indicators.withdrawal.empty", "reason")
    if len(words) > LONGEST_REASON:
        raise NotWithdrawn("indicators.withdrawal.long", "reason")
    if not queries.counts(row):
        raise NotWithdrawn("indicators.withdrawal.gone")
    made = _withdrawal(actor, row, TAKEN_BACK, words)
    made.save(force_insert=True)
    events.record(
        verbs.WITHDRAWN,
        actor=actor,
        object=("observation", row.pk),
        refs={"indicator": row.code, "cause": TAKEN_BACK},
    )
    return made


@transaction.atomic
def withdraw_wave(*, actor: Actor, code: str, survey: str, wave: int, reason: str) -> int:
    """Withdraw every value of a survey's wave, which is published again and shows the share no more; how many counted.

    Raises NotFound for an indicator the plan does not have, Forbidden.
    """
    indicator = queries.definitions().get(code)
    if indicator is None:
        raise NotFound
    if not policies.may_enter(actor, indicator):
        raise Forbidden("A value is withdrawn by the section that owns the indicator.")
    rows = Observation.objects.select_for_update().filter(code=code, survey=survey, wave=wave)
    gone = [_withdrawal(actor, row, TOO_FEW, reason) for row in rows.order_by("pk") if queries.counts(row)]
    if not gone:
        return 0
    Withdrawal.objects.bulk_create(gone)
    events.record(
        verbs.WITHDRAWN,
        actor=actor,
        object=("observations", calendar_jp.today().isoformat()),
        refs={"indicator": code, "cause": TOO_FEW, "survey": survey, "wave": str(wave)},
        numbers={"values": len(gone)},
    )
    return len(gone)


def _withdrawal(actor: Actor, row: Observation, cause: str, reason: str) -> Withdrawal:
    today = calendar_jp.today()
    return Withdrawal(
        observation=row,
        code=row.code,
        cause=cause,
        reason=reason,
        withdrawn_on=today,
        void_from=row.published_on if cause == TOO_FEW else today,
        withdrawn_at=calendar_jp.now(),
        withdrawn_by=actor.account_id,
    )


def _enter(actor: Actor, observed: Sequence[Observed], by: UUID | None) -> int:
    known = {same(one): one for one in queries.all_kept({one.indicator for one in observed})}
    new = [_row(one, by) for one in observed if known.get(same(one)) != one]
    if not new:
        return 0
    Observation.objects.bulk_create(new, batch_size=500)
    events.record(
        verbs.TABLE_TAKEN_IN,
        actor=actor,
        object=("observations", calendar_jp.today().isoformat()),
        numbers={"values": len(new)},
    )
    return len(new)


def _row(observed: Observed, by: UUID | None) -> Observation:
    return Observation(
        code=observed.indicator,
        period_from=observed.from_,
        period_to=observed.to,
        value=observed.value,
        numerator=observed.numerator,
        denominator=observed.denominator,
        status=observed.status,
        vintage=observed.vintage,
        published_on=observed.published_on,
        source=observed.source,
        evidence=observed.evidence,
        answers=observed.answers,
        low=observed.low,
        high=observed.high,
        survey=observed.survey,
        wave=observed.wave,
        entered_at=calendar_jp.now(),
        entered_by=by,
    )
