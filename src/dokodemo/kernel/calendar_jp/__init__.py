"""The Japanese calendar (暦): eras, fiscal years, holidays, business days, periods, and the day it is in Japan.

Owns how days are named, read and counted. Never knows what a day is for.
"""

from dokodemo.kernel.calendar_jp.clock import JST, day_end, day_start, jst_day, now, today
from dokodemo.kernel.calendar_jp.eras import (
    ERAS,
    Era,
    era_of,
    era_year,
    japanese_year,
    month_label,
    to_wareki,
)
from dokodemo.kernel.calendar_jp.parsing import (
    ImpossibleDate,
    date_from_boxes,
    parse_date,
    parse_year_month,
    year_month_from_boxes,
)
from dokodemo.kernel.calendar_jp.periods import (
    add_business_days,
    add_calendar_days,
    add_months,
    business_days_between,
    fiscal_year,
    fiscal_year_end,
    fiscal_year_label,
    fiscal_year_start,
    holiday_name,
    is_business_day,
    is_holiday,
    months_before,
    next_business_day,
)

__all__ = [
    "ERAS",
    "JST",
    "Era",
    "ImpossibleDate",
    "add_business_days",
    "add_calendar_days",
    "add_months",
    "business_days_between",
    "date_from_boxes",
    "day_end",
    "day_start",
    "era_of",
    "era_year",
    "fiscal_year",
    "fiscal_year_end",
    "fiscal_year_label",
    "fiscal_year_start",
    "holiday_name",
    "is_business_day",
    "is_holiday",
    "japanese_year",
    "jst_day",
    "month_label",
    "months_before",
    "next_business_day",
    "now",
    "parse_date",
    "parse_year_month",
    "to_wareki",
    "today",
    "year_month_from_boxes",
]
