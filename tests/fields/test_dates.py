"""Days as people type them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from xladdin.fields.dates import read_day
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
