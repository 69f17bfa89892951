"""Days as people type them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from xladdin.fields.dates import read_day, read_moment
from xladdin.workbook.cells import CellError, Formula, Raw, SerialDate

DAY = date(2024, 1, 31)


@pytest.mark.parametrize(
    "raw",
    [
        DAY,
        datetime(2024, 1, 31, 17, 30),
        SerialDate(45322.0),
        SerialDate(45322.75),
        Formula("TODAY()", SerialDate(45322.0)),
        "2024-01-31",
        "2024/1/31",
        "2024.1.31",
        "2024年1月31日",
        " ２０２４年１月３１日 ",
        "2024-01-31 00:00",
        "2024-01-31T00:00:00",
        "2024-01-31 17:30:05",
    ],
)
def test_read_day__a_day__read(raw: Raw) -> None:
    assert read_day(raw) == DAY


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "",
        "下周",
        "1月31日",
        "2024-02-30",
        "2024-01-31 或 2024-02-01",
        "20240131",
        20240131.0,
        2024,
        45322.0,
        True,
        SerialDate(1e9),
        CellError("#N/A"),
    ],
)
def test_read_day__none__nothing(raw: Raw) -> None:
    assert read_day(raw) is None


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("2024-01-08 14:30", datetime(2024, 1, 8, 14, 30)),
        ("2024年1月8日 8:05:09", datetime(2024, 1, 8, 8, 5, 9)),
        ("2024/1/8", datetime(2024, 1, 8)),
        (SerialDate(45299.5), datetime(2024, 1, 8, 12)),
        (datetime(2024, 1, 8, 14, 30, 1), datetime(2024, 1, 8, 14, 30, 1)),
        ("2024-01-08 25:00", None),
        ("上午", None),
    ],
)
def test_read_moment__a_day_with_its_time__to_the_second(raw: Raw, wanted: datetime | None) -> None:
    assert read_moment(raw) == wanted
