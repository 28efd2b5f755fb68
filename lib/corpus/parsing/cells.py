"""A workbook's cell as the person sees it in the grid: dates, percentages, currencies, no binary dust."""

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

_IGNORED = re.compile(r"\[(?!\$)[^\]]*\]|_.|\*.")
_CURRENCY = re.compile(r"\[\$([^\]-]+)[^\]]*\]|([€$£¥])")
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_DECIMALS = re.compile(r"0\.(0+)")
_MOST_DECIMALS = 9


def shown(value: object, number_format: str = "General") -> str:
    """The cell's text; numbers follow the cell's format in decimals, thousands, percent and currency."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return _number(value, number_format.split(";")[0])
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, time):
        return value.isoformat("seconds").removesuffix(":00")
    if isinstance(value, timedelta):
        return _span(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _moment(value: datetime) -> str:
    moment = value + timedelta(milliseconds=500)  # Excel keeps times as binary fractions of a day
    clock = moment.time().isoformat("seconds").removesuffix(":00")
    return moment.date().isoformat() if clock == "00:00" else f"{moment.date().isoformat()} {clock}"


def _span(value: timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}" if seconds == 0 else f"{hours}:{minutes:02}:{seconds:02}"


def _number(value: float, number_format: str) -> str:
    pattern = _IGNORED.sub("", number_format)
    currency = _CURRENCY.search(pattern)
    bare = _LITERAL.sub("", _CURRENCY.sub("", pattern))
    if not re.search("[0#]", bare) or "E" in bare or "/" in bare:
        return _plain(value)
    is_percent = "%" in bare
    digits = _digits(value * 100 if is_percent else value, bare)
    text = f"{digits}%" if is_percent else digits
    return _with_currency(text, pattern, currency) if currency else text


def _plain(value: float) -> str:
    """The number without the dust of binary fractions and without an exponent where it can be avoided."""
    if isinstance(value, int) or value != value or abs(value) >= 1e15:
        return str(value)
    if value and abs(value) < 1e-6:
        return f"{value:.6g}"
    text = f"{round(value, _MOST_DECIMALS):.{_MOST_DECIMALS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _digits(value: float, pattern: str) -> str:
    decimals = _DECIMALS.search(pattern)
    places = len(decimals[1]) if decimals else 0
    if ("." in pattern and not decimals) or places > _MOST_DECIMALS:
        return _plain(value)
    rounded = Decimal(_plain(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{rounded:,f}" if "," in pattern else f"{rounded:f}"


def _with_currency(text: str, pattern: str, currency: re.Match[str]) -> str:
    sign = (currency[1] or currency[2] or "").strip()
    digits = re.search("[0#]", pattern)
    if digits and currency.start() > digits.start():
        return f"{text} {sign}"
    return f"-{sign}{text[1:]}" if text.startswith("-") else f"{sign}{text}"
