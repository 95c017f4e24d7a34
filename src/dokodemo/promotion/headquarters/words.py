"""Days, quarters and values in the words of papers (資料のことば): Japanese as a meeting reads them.

Pure but for the catalogue of texts. Never reads a record.
"""

from __future__ import annotations

from datetime import date

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.ui import texts
from dokodemo.promotion.headquarters.logic import Quarter
from dokodemo.promotion.indicators.queries import Reading

UNITS = {
    "percent": "%",
    "million_yen": "百万円",
    "count": "件",
    "hours": "時間",
    "minutes": "分",
    "yen": "円",
}


def figure(value: float) -> str:
    """A number with one decimal at most: 1,234.5."""
    return f"{value:,.1f}".removesuffix(".0")


def value_words(reading: Reading) -> str:
    """A value with its unit; 未計測 where there is none."""
    return "未計測" if reading.value is None else f"{figure(reading.value)}{UNITS[reading.indicator.unit]}"


def day_words(day: date) -> str:
    """A day: 令和8年11月27日."""
    return calendar_jp.to_wareki(day, "ja")


def quarter_words(quarter: Quarter, lang: str = "ja") -> str:
    """A quarter as people read it: 令和8年度 第2四半期; in plain Japanese its months."""
    if lang == "easy":
        return f"{quarter.first.year}年{quarter.first.month}月から {quarter.last.month}月まで"
    year = calendar_jp.fiscal_year_label(quarter.fiscal_year, lang)
    return f"quarter {quarter.number} of {year}" if lang == "en" else f"{year} 第{quarter.number}四半期"


def choice_words(kind: str, value: str) -> str:
    """What a state, grade or direction is called."""
    return texts.plain(f"headquarters.{kind}.{value}", "ja")
