"""Tables of indicators (指標の推移・観測値・集計): what each number was month by month, values observed elsewhere, counters.

Owns the kept readings, the observations and their withdrawals: written once and never changed, a correction is another row.
Owns the counters too: what they hold can be counted again from the records at any time.
"""

from typing import ClassVar

from django.db import models

from dokodemo.kernel.crypto import new_id
from dokodemo.promotion.indicators.definitions import STATUSES
from dokodemo.promotion.indicators.observing import CAUSES, TAKEN_BACK


class MonthlyReading(models.Model):
    """What an indicator was when it was first read in a month (月ごとの値). Written once, never changed."""

    code = models.CharField(max_length=60)
    month = models.DateField()
    numerator = models.PositiveBigIntegerField()
    denominator = models.PositiveBigIntegerField()
    as_of = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "month"], name="indicators_reading_once_a_month"),
            models.CheckConstraint(
                condition=models.Q(month__day=1), name="indicators_month_is_its_first_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} in {self.month:%Y-%m}"


class MonthlyAmount(models.Model):
    """The same of a number that is a part of nothing, in its indicator's unit (月ごとの量). Written once, never changed."""

    code = models.CharField(max_length=60)
    month = models.DateField()
    value = models.DecimalField(max_digits=18, decimal_places=4)
    as_of = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "month"], name="indicators_amount_once_a_month"),
            models.CheckConstraint(
                condition=models.Q(month__day=1), name="indicators_amount_month_is_its_first_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} in {self.month:%Y-%m}"


class Observation(models.Model):
    """A value observed elsewhere and entered with what proves it (観測値).

    `value` is in the indicator's unit; days are inclusive. Of rows that agree in indicator, period and `vintage` (公表の版)
    the last entered counts; the others stay as what was believed before. `entered_by`: an account, null for the city's pack.
    `answers`, `low` and `high`: of a survey, how many answered and the 95 % interval in the indicator's unit; `survey` and
    `wave`: which of the city's own surveys it is.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=60)
    period_from = models.DateField()
    period_to = models.DateField()
    value = models.DecimalField(max_digits=18, decimal_places=4)
    numerator = models.PositiveBigIntegerField(null=True)
    denominator = models.PositiveBigIntegerField(null=True)
    status = models.CharField(max_length=11, choices=[(one, one) for one in STATUSES])
    vintage = models.CharField(max_length=80)
    published_on = models.DateField()
    source = models.CharField(max_length=300)
    evidence = models.TextField(blank=True, default="")
    # Added without defaults: a default would have SQLite build the table anew, and it would lose its guard.
    answers = models.PositiveIntegerField(null=True)
    low = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    high = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    survey = models.CharField(max_length=40, null=True)  # noqa: DJ001
    wave = models.PositiveSmallIntegerField(null=True)
    entered_at = models.DateTimeField()
    entered_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(period_to__gte=models.F("period_from")), name="observation_in_order"
            ),
            models.CheckConstraint(
                condition=models.Q(denominator=None) | models.Q(denominator__gt=0),
                name="observation_of_something",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["code", "period_to", "published_on", "entered_at"], name="observation_published"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.period_from} to {self.period_to}"


class Withdrawal(models.Model):
    """That an observed value counts no more from a day on (取下げ), by whom and why. Written once, never changed.

    `code`: the value's, by which those of an indicator are found. `reason` is public; empty only where `cause` says it all.
    `withdrawn_on`: the day in Japan. `void_from`: the first day as of which the value is not shown; a share for which too few
    answered is shown as of no day, whoever saw it before. `withdrawn_by`: an account.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    observation = models.OneToOneField(Observation, on_delete=models.PROTECT, related_name="withdrawal")
    code = models.CharField(max_length=60)
    cause = models.CharField(max_length=10, choices=[(one, one) for one in CAUSES])
    reason = models.TextField(blank=True, default="")
    withdrawn_on = models.DateField()
    void_from = models.DateField()
    withdrawn_at = models.DateTimeField()
    withdrawn_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(cause=TAKEN_BACK) | ~models.Q(reason=""),
                name="withdrawal_says_why",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["code", "void_from"], name="withdrawal_of_indicator"),
            models.Index(fields=["withdrawn_at"], name="withdrawal_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.code} withdrawn on {self.withdrawn_on}"


class Counter(models.Model):
    """What one procedure counts on a day, or in a month as the sum of its days (集計値); see `cases.daily.Tally`.

    `first`: the day, or the first day of the month. Cases of joint forms' answers stand under the procedure "".
    """

    SPANS: ClassVar = ("day", "month")

    span = models.CharField(max_length=5, choices=[(one, one) for one in SPANS])
    first = models.DateField()
    procedure = models.SlugField(max_length=80, blank=True, db_index=False)
    online = models.PositiveIntegerField(default=0)
    other = models.PositiveIntegerField(default=0)
    answers = models.PositiveBigIntegerField(default=0)
    typed = models.PositiveBigIntegerField(default=0)
    decided = models.PositiveIntegerField(default=0)
    in_time = models.PositiveIntegerField(default=0)
    begun = models.PositiveIntegerField(default=0)
    handed_in = models.PositiveIntegerField(default=0)
    said_1 = models.PositiveIntegerField(default=0)
    said_2 = models.PositiveIntegerField(default=0)
    said_3 = models.PositiveIntegerField(default=0)
    said_4 = models.PositiveIntegerField(default=0)
    said_5 = models.PositiveIntegerField(default=0)
    apart = models.PositiveBigIntegerField(default=0)
    once = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["span", "first", "procedure"], name="indicators_counter_once"),
            models.CheckConstraint(
                condition=models.Q(span="day") | models.Q(first__day=1), name="indicators_counter_of_a_month"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure} {self.span} {self.first}"


class Counting(models.Model):
    """How far the counters are (集計の進み): one row.

    `sequence`: the last seal they hold. `complete`: whether they hold every record from before that. `whole_before`: the
    days before it are whole; from it on records are counted directly.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    sequence = models.PositiveBigIntegerField(default=0)
    complete = models.BooleanField(default=False)
    whole_before = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="indicators_one_counting"),
            models.CheckConstraint(
                condition=models.Q(complete=False) | models.Q(whole_before__isnull=False),
                name="indicators_complete_up_to_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"up to {self.sequence}"
