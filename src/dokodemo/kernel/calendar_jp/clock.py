"""What day and time it is for the city (日本時間): the only place that asks the machine's clock for a day.

Owns the change between UTC, in which everything is stored, and days in Japan. Honours settings.DOKODEMO_TODAY.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

JST = ZoneInfo("Asia/Tokyo")


def now() -> datetime:
    """This moment, aware, in UTC. With DOKODEMO_TODAY set, the clock time of now on that day."""
    moment = datetime.now(UTC)
    fixed = _fixed_day()
    if fixed is None:
        return moment
    return datetime.combine(fixed, moment.astimezone(JST).time(), JST).astimezone(UTC)


def today() -> date:
    """The day it is in Japan, or settings.DOKODEMO_TODAY."""
    return _fixed_day() or jst_day(datetime.now(UTC))


def jst_day(at: datetime) -> date:
    """The day in Japan at the moment `at`; ValueError for a naive datetime, whose moment nobody knows."""
    if at.tzinfo is None:
        raise ValueError("a datetime without time zone has no day in Japan")
    return at.astimezone(JST).date()


def day_start(day: date) -> datetime:
    """The first moment of a day in Japan, as UTC."""
    return datetime.combine(day, time.min, JST).astimezone(UTC)


def day_end(day: date) -> datetime:
    """The first moment after a day in Japan, as UTC: moments of the day lie before it."""
    return day_start(day + timedelta(days=1))


def _fixed_day() -> date | None:
    # Django is asked only here and only on use, so that rules about days work in any Python.
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    try:
        fixed = getattr(settings, "DOKODEMO_TODAY", None)
    except ImproperlyConfigured:
        return None
    return date.fromisoformat(fixed) if isinstance(fixed, str) and fixed else fixed or None
