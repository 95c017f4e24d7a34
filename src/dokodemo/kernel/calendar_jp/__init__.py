"""The Japanese calendar (和暦・開庁日): eras, fiscal years, holidays, business days.

Owns days. Never knows a procedure.
"""

from dokodemo.kernel.calendar_jp.days import (
    JST,
    add_business_days,
    add_calendar_days,
    business_days_between,
    day_end,
    day_start,
    fiscal_year,
    fiscal_year_bounds,
    fiscal_year_label,
    is_business_day,
    is_holiday,
    jst_day,
    next_business_day,
    now,
    today,
)
from dokodemo.kernel.calendar_jp.eras import (
    ERAS,
    ImpossibleDate,
    era_of,
    era_year,
    from_parts,
    parse_date,
    to_wareki,
)

__all__ = [
    "ERAS",
    "JST",
    "ImpossibleDate",
    "add_business_days",
    "add_calendar_days",
    "business_days_between",
    "day_end",
    "day_start",
    "era_of",
    "era_year",
    "fiscal_year",
    "fiscal_year_bounds",
    "fiscal_year_label",
    "from_parts",
    "is_business_day",
    "is_holiday",
    "jst_day",
    "next_business_day",
    "now",
    "parse_date",
    "to_wareki",
    "today",
]
