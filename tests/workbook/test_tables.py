"""How a result sheet is shown and printed, by its size."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import openpyxl
import pytest

from macros.drawing import chart_top, heights, pages_down
from xladdin.workbook.tables import Chart, Column, ResultSheet
from xladdin.workbook.write.tables import write_tables


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


@pytest.mark.parametrize(
    ("lines", "pages", "breaks", "heads"),
    # 16 rows of 14.5 points a line and 4 more, 54 above them: with 36 and a chart of at least 276 on 945 points; by itself on
    # 848, as many as a page has of a table that is 615 wide and made to fit its 537.
    [(2, None, [], None), (3, 0, [19], None), (4, 0, [19], "$2:$2")],
)
def test_chart__of_a_ranking_with_remarks_of_many_lines__on_its_page_or_on_one_without_heads(
    lines: int, pages: int | None, breaks: list[int], heads: str | None
) -> None:
    rows = [[f"{n}", 90.0, "\n".join(["数据尚不完整，名次为暂定"] * lines)] for n in range(16)]
    columns = (Column("区", 10), Column("总分", 65), Column("备注", 40))
    sheet = ResultSheet("排名", "排名", columns, rows, landscape=False, bars=Chart("总分", 0, (1,)))
    (page,) = openpyxl.load_workbook(BytesIO(write_tables([sheet], {}, "", "", datetime(2024, 1, 5)))).worksheets
    found = (page.page_setup.fitToHeight, [line.id for line in page.row_breaks.brk], page.print_title_rows)
    assert found == (pages, breaks, heads)


def test_ranking__drawn_in_a_program_that_is_open__rows_as_high_as_in_a_file() -> None:
    rows = [[f"{n}", 90.0, "\n".join(["数据尚不完整，名次为暂定"] * (n % 3))] for n in range(16)]
    columns = (Column("区", 10), Column("总分", 65), Column("备注", 40))
    sheet = ResultSheet("排名", "排名", columns, rows, bars=Chart("总分", 0, (1,)))
    (page,) = openpyxl.load_workbook(BytesIO(write_tables([sheet], {}, "", "", datetime(2024, 1, 5)))).worksheets
    drawn = {row + 1: points for top, bottom, points in heights(sheet) for row in range(top, bottom + 1)}
    assert {row: page.row_dimensions[row].height or 18 for row in range(3, 19)} == {
        row: drawn[row] for row in range(3, 19)
    }
    # Title and heads, two rows left free; 11 rows of one line, 5 of two of 14.5 points and 4 more.
    assert chart_top(sheet) == 30 + 24 + 2 * 18 + 11 * 18 + 5 * 33


def test_print_area__of_a_sheet_with_a_long_list_below__ends_above_it() -> None:
    sheet = ResultSheet("口径", "口径", (Column("口径", 10),) * 3, [["甲", None, None]] * 20, printed_rows=4)
    assert sheet.print_areas == [(0, 0, 5, 2)]  # title, heads, four rows
