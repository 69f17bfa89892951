"""Days as people type them into cells."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from xladdin.workbook.cells import DAY_ZERO, Raw, SerialDate, result_of

_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]+\d{1,2}:\d{2}[\d:.]*Z?)?")
_CLOCK = re.compile(r"[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*$")


def read_day(raw: Raw) -> date | None:
    """The day that a cell holds, as a date or as text, a time beside it aside; nothing where it is none.

    A plain number is none: a year such as 2024 would be a day of 1905.
    """
    match result_of(raw):
        case datetime() as moment:
            return moment.date()
        case date() as day:
            return day
        case SerialDate(number):
            try:
                return (DAY_ZERO + timedelta(days=number)).date()
            except OverflowError:
                return None
        case str() as text if match := _DAY.fullmatch(unicodedata.normalize("NFKC", text).strip()):
            try:
                return date(*map(int, match.groups()))
            except ValueError:  # 2 月 30 日
                return None
    return None


def read_moment(raw: Raw) -> datetime | None:
    """The day that a cell holds with the time beside it, to the second; midnight where there is none."""
    day = read_day(raw)
    if day is None:
        return None
    clock = time()
    match result_of(raw):
        case datetime() as moment:
            clock = moment.time().replace(microsecond=0)
        case SerialDate(number):
            clock = (DAY_ZERO + timedelta(seconds=round(number * 86400))).time()
        case str() as text if match := _CLOCK.search(unicodedata.normalize("NFKC", text)):
            try:
                clock = time(int(match[1]), int(match[2]), int(match[3] or 0))
            except ValueError:  # 25:00
                return None
    return datetime.combine(day, clock)
