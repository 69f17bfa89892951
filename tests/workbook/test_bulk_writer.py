"""Rows put together here against the same rows written by the library, whose inner members the short way relies on."""

from __future__ import annotations

import warnings
from io import BytesIO

import openpyxl
import pytest
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from xladdin.workbook.write.bulk import BulkWorksheet

ROWS = [
    ["文字 <&>\"'", 1.5, None, -0.1, 1e-7, 123456789012345.0],
    ["=1+1", 0.0, "", 1 / 3, "  两端空格 ", 100.0],
    ["\x01控制符", 2.0, "行\n行", None, "重复", "重复"],
]
HEIGHTS = [18.0, 33.0, 18.0]
LINK = (4, 0, "internal:'表'!A1", "文字")


def _book(*, bulk: bool) -> bytes:
    stream = BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    forms = [book.add_format({"border": 1, "num_format": f}) for f in ("@", "0.00", "General", "0%", "0", "0.0")]
    sheet: Worksheet = book.add_worksheet("表", worksheet_class=BulkWorksheet if bulk else Worksheet)
    sheet.set_default_row(18)
    sheet.write_string(0, 0, "表头", forms[0])
    for at, (values, height) in enumerate(zip(ROWS, HEIGHTS, strict=True), 1):
        if isinstance(sheet, BulkWorksheet):
            sheet.append_row(at, values, forms, height)
            continue
        sheet.set_row(at, height)
        for column, value in enumerate(values):
            if isinstance(value, str):
                sheet.write_string(at, column, value, forms[column])
            elif value is None or isinstance(value, float):
                (sheet.write_blank if value is None else sheet.write_number)(at, column, value, forms[column])
    if isinstance(sheet, BulkWorksheet):
        sheet.append_row(4, ["文字", None], forms[:2], 18)
        assert sheet.link(*LINK, forms[0])
    else:
        sheet.set_row(4, 18)
        sheet.write_url(LINK[0], LINK[1], LINK[2], forms[0], LINK[3])
        sheet.write_blank(4, 1, None, forms[1])
    book.close()
    return stream.getvalue()


def test_bulk_rows__beside_the_librarys__same_values_looks_heights_and_links() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours, theirs = (openpyxl.load_workbook(BytesIO(_book(bulk=bulk)))["表"] for bulk in (True, False))
    assert ours.dimensions == theirs.dimensions
    for row in theirs.iter_rows():
        for cell in row:
            own = ours[cell.coordinate]
            # An empty text is a blank cell to the library and a text to us: both show nothing.
            assert (own.value or None, own.number_format, own.border.left.style) == (
                cell.value or None,
                cell.number_format,
                cell.border.left.style,
            )
            assert own.data_type == cell.data_type or not own.value
            assert (own.hyperlink and own.hyperlink.location) == (cell.hyperlink and cell.hyperlink.location)
    for at in range(2, 6):
        assert ours.row_dimensions[at].height == pytest.approx(theirs.row_dimensions[at].height)


def test_bulk_row__with_a_text_no_cell_takes__is_refused() -> None:
    book = xlsxwriter.Workbook(BytesIO(), {"in_memory": True})
    sheet = book.add_worksheet("表", worksheet_class=BulkWorksheet)
    with pytest.raises(ValueError, match="longer"):
        sheet.append_row(0, ["好" * 32768], [book.add_format()], 18)


def test_bulk_row__of_hundreds_of_columns__each_in_its_own() -> None:
    """口径分析 and 考核总表 of 300 units have a column for each."""
    stream = BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("表", worksheet_class=BulkWorksheet)
    sheet.append_row(0, [float(n) for n in range(800)], [book.add_format()] * 800, 18)
    book.close()
    (row,) = openpyxl.load_workbook(stream)["表"].iter_rows(values_only=True)
    assert row == tuple(range(800))
