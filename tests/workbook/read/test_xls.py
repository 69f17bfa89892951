"""Cells of .xls files, their records made by hand: what programs store there beside values."""

from __future__ import annotations

import struct

import pytest

from xladdin.workbook.cells import CellError, Covered, Formula, MarkedText, Percentage, Raw, SerialDate
from xladdin.workbook.read.reader import read_bytes
from xladdin.workbook.unreadable import Unreadable, UnreadableWorkbook

PLAIN, PERCENT, SIGN, ERA, STRUCK = range(5)
"""The cell styles below."""

CHART, MACROS, WORKSHEET = 2, 1, 0


def record(kind: int, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack("<HH", kind, len(body)) + body


def text(value: str, lengths: str = "<H") -> bytes:
    return struct.pack(lengths, len(value)) + b"\x01" + value.encode("utf-16-le")


def number(row: int, column: int, value: float, style: int = PLAIN) -> bytes:
    return record(0x0203, struct.pack("<HHHd", row, column, style, value))


def formula(row: int, column: int, value: float, tokens: bytes) -> bytes:
    return record(
        0x0006, struct.pack("<HHHd", row, column, PLAIN, value), struct.pack("<HLH", 0, 0, len(tokens)), tokens
    )


def font(*, struck: bool = False, raised: bool = False) -> bytes:
    look = struct.pack("<HHHHHBBBB", 200, 8 * struck, 0x7FFF, 400, int(raised), 0, 0, 0, 0)
    return record(0x0031, look, text("宋体", "<B"))


def style(font: int, number_format: int) -> bytes:
    return record(0x00E0, struct.pack("<HHH", font, number_format, 0), bytes(14))


def xls(*sheets: tuple[int, str, bytes]) -> bytes:
    """A workbook with these sheets: of which kind, their name and their records."""
    begin, end = struct.pack("<HHHHLL", 0x0600, 5, 0, 0, 0, 0), record(0x000A)
    looks = b"".join((font(), font(struck=True), font(raised=True), font()))
    looks += record(0x041E, struct.pack("<H", 164), text(r"0\%")) + record(
        0x041E, struct.pack("<H", 165), text('e"年"m"月"')
    )
    looks += style(0, 0) + style(0, 9) + style(0, 164) + style(0, 165) + style(1, 0)
    start = record(0x0809, begin) + record(0x0042, struct.pack("<H", 1200)) + looks
    names = [text(name, "<B") for _kind, name, _records in sheets]
    position = len(start) + sum(4 + 6 + len(name) for name in names) + len(end)
    listed, contents = b"", b""
    for (kind, _name, records), name in zip(sheets, names, strict=True):
        listed += record(0x0085, struct.pack("<LBB", position + len(contents), 0, kind), name)
        contents += (
            record(0x0809, struct.pack("<HHHHLL", 0x0600, 0x20 if kind == CHART else 0x10, 0, 0, 0, 0)) + records + end
        )
    return start + listed + end + contents


def rows(*records: bytes) -> list[list[Raw]]:
    (sheet,) = read_bytes(xls((WORKSHEET, "表", b"".join(records)))).sheets
    return [list(row) for row in sheet.rows]


@pytest.mark.parametrize("kind", [CHART, MACROS])
def test_formula__behind_sheets_of_other_kinds__is_one_and_nothing_else_is(kind: int) -> None:
    before = (kind, "图", b"")
    cells = number(0, 0, 3) + formula(0, 1, 2, b"\x1e\x01\x00\x1e\x01\x00\x03")
    (sheet,) = read_bytes(xls(before, (WORKSHEET, "表", cells))).sheets
    assert sheet.name == "表"
    assert list(map(list, sheet.rows)) == [[3.0, Formula("", 2.0)]]


def test_number__in_a_format__is_what_the_format_shows() -> None:
    cells = [number(0, column, value, style) for column, (value, style) in enumerate(VALUES)]
    assert rows(*cells) == [[48.0, Percentage(0.48), 48.0, SerialDate(45261.0), "48"]]


VALUES = [(48, PLAIN), (0.48, PERCENT), (48, SIGN), (45261, ERA), (48, STRUCK)]


def test_number__that_is_struck_out__is_marked() -> None:
    ((value,),) = rows(number(0, 0, 48, STRUCK))
    assert isinstance(value, MarkedText)


def test_day__in_a_workbook_that_counts_from_1904__is_that_day() -> None:
    data = xls((WORKSHEET, "表", number(0, 0, 1, ERA)))
    (sheet,) = read_bytes(data.replace(record(0x0042, struct.pack("<H", 1200)), record(0x0022, b"\x01\x00"))).sheets
    assert sheet.rows[0][0] == SerialDate(1463.0)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_number__that_is_none__is_an_error_value(value: float) -> None:
    assert rows(number(0, 0, value)) == [[CellError("#NUM!")]]


@pytest.mark.parametrize(
    ("tokens", "stored"),
    [
        (b"\x1d\x01", "TRUE()"),
        (b"\x1d\x00", "FALSE()"),
        (b"\x21\x22\x00", "TRUE()"),
        (b"\x41\x23\x00", "FALSE()"),
        (b"\x42\x00\x22\x00", "TRUE()"),
        (b"\x1d\x01\x1d\x01\x03", ""),
    ],
)
def test_logical_value__stored_as_a_formula__is_known_as_one(tokens: bytes, stored: str) -> None:
    assert rows(formula(0, 0, 1, tokens)) == [[Formula(stored, 1.0)]]


def test_rows_that_have_only_borders__however_many__do_no_harm() -> None:
    blank = [record(0x00BE, struct.pack("<HH", row, 0), bytes(2 * 255), struct.pack("<H", 254)) for row in range(65535)]
    blank += [record(0x0201, struct.pack("<HHH", row, 255, 0)) for row in range(65535)]
    assert rows(number(0, 0, 1), *blank) == [[1.0]]


def test_cell__far_outside_any_table__is_refused() -> None:
    with pytest.raises(UnreadableWorkbook, match="工作表“表”第 65001 行第 1 列有内容") as refusal:
        rows(number(65000, 0, 1))
    assert refusal.value.reason is Unreadable.OVERSIZED


def test_cells_beneath_a_merged_range__with_contents__are_covered() -> None:
    merged = record(0x00E5, struct.pack("<HHHHH", 1, 0, 1, 0, 0))
    assert rows(number(0, 0, 1), number(1, 0, 2), merged) == [[1.0], [Covered(2.0, "A1:A2", "2")]]


def test_text__that_no_output_could_hold__is_read_without_it() -> None:
    cell = record(0x0204, struct.pack("<HHH", 0, 0, PLAIN), text("1\x00\uffff"))
    assert rows(cell) == [["1��"]]


def test_text__with_half_a_character__makes_the_file_a_damaged_one() -> None:
    half = struct.pack("<HHHHB", 0, 0, PLAIN, 1, 1) + b"\x3d\xd8"
    with pytest.raises(UnreadableWorkbook) as refusal:
        rows(record(0x0204, half))
    assert refusal.value.reason is Unreadable.DAMAGED
