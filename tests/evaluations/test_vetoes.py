"""一票否决: which lines count."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.support.years import SCHEMES
from xladdin.evaluations.vetoes import veto_sheet
from xladdin.scheme import load_scheme

SCHEME = load_scheme("2026", SCHEMES)


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2026, 1, 1), "√"),
        (date(2029, 12, 31), "√"),
        (date(2025, 12, 31), "错误：应是 2026 年到 2029 年的日期"),
        (date(2036, 3, 1), "错误：应是 2026 年到 2029 年的日期"),
        ("三月", "错误：应是 2026 年到 2029 年的日期"),
        (None, "缺：批准日期"),
    ],
)
def test_line__day_of_approval__from_the_assessed_year_on_and_no_slip_of_the_pen(day: Any, state: str) -> None:
    line = {
        "区": SCHEME.district_names[0],
        "情形": next(iter(SCHEME.vetoes)),
        "事由": "通报〔2026〕3号",
        "批准人": "市政府",
        "批准日期": day,
    }
    shown = veto_sheet(SCHEME, "", "").view({0: line})
    assert str(shown[0, "校验"]).startswith(state)
