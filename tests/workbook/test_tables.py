"""How a result sheet is shown and printed, by its size."""

from __future__ import annotations

import pytest

from macros.drawing import pages_down
from xladdin.workbook.tables import Chart, Column, ResultSheet


@pytest.mark.parametrize(
    ("units", "has_chart", "pages"),
    # Of 10 points 8 are left at 80 %: 945 points of A4 standing take heads, 315 points of chart and rows of 18.
    [(16, True, 1), (29, True, 1), (30, True, 0), (40, True, 0), (41, False, 0), (1000, False, 0)],
)
def test_chart__of_the_ranking__where_a_page_has_room_for_it(units: int, has_chart: bool, pages: int) -> None:
    columns = (Column("区", 10), Column("总分", 10))
    rows = [[f"{n}", 90.0] for n in range(units)]
    sheet = ResultSheet("排名", "排名", columns, rows, landscape=False, bars=Chart("总分", 0, (1,)))
    assert (sheet.chart is not None, pages_down(sheet)) == (has_chart, pages)


def test_print_area__of_a_sheet_with_a_long_list_below__ends_above_it() -> None:
    sheet = ResultSheet("口径", "口径", (Column("口径", 10),) * 3, [["甲", None, None]] * 20, printed_rows=4)
    assert sheet.print_areas == [(0, 0, 5, 2)]  # title, heads, four rows
