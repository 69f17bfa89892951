"""How 区填报表 prints: no task of 附件2 goes over the end of a page, and no page is fuller than it can be."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise

import openpyxl
import pytest

from tests.conftest import Forms
from tests.support.years import SCHEMES
from xladdin.scheme import load_scheme
from xladdin.sending.forms import blank_form


def test_pages__of_the_long_annex__end_between_tasks(forms: Forms) -> None:
    layout = forms.layout
    sheet = openpyxl.load_workbook(BytesIO(blank_form(forms.scheme)))[layout.annexes[1].sheet]
    starts = {row.block.first + 1 for row in layout.annexes[1].rows}
    begins = [1, *(b.id + 1 for b in sheet.row_breaks.brk), layout.annexes[1].signature_row + 2]
    assert len(begins) > 2
    assert set(begins[1:-1]) <= starts
    # 297 mm less the margins at the top and bottom; the heads are repeated on every page but the first.
    room = 297 / 25.4 * 72 - (0.6 + 0.7) * 72 - 26
    for first, end in pairwise(begins):
        assert sum(sheet.row_dimensions[row].height or 15 for row in range(first, end)) <= room


@pytest.mark.parametrize(("year", "wider"), [("2023", "B"), ("2026", "D")])
def test_columns__of_an_annex_of_tasks__the_wider_one_for_the_longer_texts(year: str, wider: str) -> None:
    """2023 has long tasks and short rules (B and D), 2026 the other way round."""
    scheme = load_scheme(year, None if year == "2023" else SCHEMES)
    sheet = openpyxl.load_workbook(BytesIO(blank_form(scheme)))["附件2"]
    widths = {letter: sheet.column_dimensions[letter].width for letter in "BD"}
    assert max(widths, key=lambda letter: widths[letter]) == wider
