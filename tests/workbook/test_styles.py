"""How many pages a table takes beside one another."""

from __future__ import annotations

import pytest

from xladdin.workbook.write.styles import line_count, page_breaks, pages_wide


@pytest.mark.parametrize(
    ("digits", "large_paper", "landscape", "pages"),
    # Of 10 points 8 are left at 80 %: 784 points of A4 lying take 908 points of columns that are 8 % wider elsewhere, A3 1312.
    [(172, False, True, 1), (173, False, True, 2), (249, True, True, 1), (250, True, True, 2), (118, False, False, 2)],
)
def test_pages_wide__a_table__no_smaller_than_eight_points(
    digits: int, large_paper: bool, landscape: bool, pages: int
) -> None:
    # One column: its digits of 7 pixels and 5 beside them, at three quarters of a point.
    assert pages_wide([digits], large_paper=large_paper, landscape=landscape) == pages


@pytest.mark.parametrize(
    ("text", "lines"),
    # 22 digits have room for 20, and a line that is not the last ends one character before.
    [
        ("", 1),
        ("十个汉字刚好排满一行", 1),
        ("十一个汉字要分成两行了", 2),
        ("一行\n又一行", 2),
        ("2024-2026年三年行", 1),
        ("2024-2026年三年行动", 2),
        ("0123456789" * 3, 3),
    ],
)
def test_line_count__text__lines_in_any_program(text: str, lines: int) -> None:
    assert line_count(text, 22) == lines


def test_page_breaks__any_number_of_rows__the_end_stands_below_three_of_them_and_no_page_is_too_full() -> None:
    """A page of 500 points: 100 above the first rows, 20 for the heads of the next pages, 40 at the end."""
    for height in (20.0, 34.0):
        for count in range(1, 120):
            breaks = page_breaks([height] * count, 500, above=100, heads=20, end=40)
            first, *rest = (b - a for a, b in zip([0, *breaks], [*breaks, count], strict=True))
            assert first * height <= 400
            assert all(rows * height <= 480 for rows in rest)
            *_, last = [first, *rest]
            assert last >= min(3, count)
            assert last * height + 40 <= (480 if rest else 400) or count <= 3
    # 18 rows of 20 points and the end fill the first page; of 19 three go with the end to a second one
    assert [page_breaks([20.0] * count, 500, above=100, heads=20, end=40) for count in (18, 19)] == [[], [16]]
