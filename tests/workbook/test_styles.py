"""How many pages a table takes beside one another."""

from __future__ import annotations

import pytest

from xladdin.workbook.write.styles import pages_wide


@pytest.mark.parametrize(
    ("digits", "large_paper", "landscape", "pages"),
    # Of 10.5 points 8 are left at 76 %: 784 points of A4 lying take 1029 points of columns, A3 lying 1487.
    [(190, False, True, 1), (196, False, True, 2), (280, True, True, 1), (285, True, True, 2), (135, False, False, 2)],
)
def test_pages_wide__a_table__no_smaller_than_eight_points(
    digits: int, large_paper: bool, landscape: bool, pages: int
) -> None:
    # One column: its digits of 7 pixels and 5 beside them, at three quarters of a point.
    assert pages_wide([digits], large_paper=large_paper, landscape=landscape) == pages
