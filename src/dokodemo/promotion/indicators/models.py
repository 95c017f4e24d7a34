"""Tables of indicators (指標の推移): what each number was, month by month.

Owns the kept readings. Never holds a number that the records did not give.
"""

from typing import ClassVar

from django.db import models


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
