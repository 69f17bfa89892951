"""Cells and parts of .xlsx files, made by hand: what other programs write, and what must do no harm."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import pytest

from xladdin.workbook.cells import CellError, Covered, MarkedText, Percentage, Raw, SerialDate
from xladdin.workbook.package import peeked_properties
from xladdin.workbook.read.reader import read_bytes
from xladdin.workbook.unreadable import Unreadable, UnreadableWorkbook

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGES = "http://schemas.openxmlformats.org/package/2006"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

Parts = dict[str, str | bytes]


def relations(*targets: tuple[str, str]) -> str:
    lines = (
        f'<Relationship Id="r{n}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets)
    )
    return f'<Relationships xmlns="{PACKAGES}/relationships">{"".join(lines)}</Relationships>'


def parts(cells: str, *, texts: str = "", styles: str = "", behind: str = "", workbook: str = "") -> Parts:
    """The parts of a workbook with one row of cells."""
    return {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGES}/content-types"/>',
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{workbook}'
        '<sheets><sheet name="表" sheetId="1" r:id="r0"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(
            ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml"), ("styles", "styles.xml")
        ),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData><row>{cells}</row></sheetData>{behind}'
        "</worksheet>",
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{texts}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
    }


def packed(contents: Mapping[str, str | bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in contents.items():
            package.writestr(name, content)
    return target.getvalue()


def row(contents: Mapping[str, str | bytes]) -> list[Raw]:
    (sheet,) = read_bytes(packed(contents)).sheets
    return list(sheet.rows[0]) if sheet.rows else []


SHARED = '<c t="s"><v>0</v></c>'
EIGHT = "<si><t>八</t></si>"


@pytest.mark.parametrize(
    ("own", "target"),
    [
        ("xl/SharedStrings.xml", "sharedStrings.xml"),
        ("XL/SHAREDSTRINGS.XML", "sharedStrings.xml"),
        ("xl\\sharedStrings.xml", "sharedStrings.xml"),
        ("xl/sharedStrings.xml", "./sharedStrings.xml"),
        ("xl/texts.xml", "texts.xml"),
        ("texts.xml", "../texts.xml"),
        ("texts.xml", "/texts.xml"),
        ("texts/a b.xml", "..\\texts\\a%20b.xml"),
    ],
)
def test_part__named_otherwise_than_its_relationship__is_found(own: str, target: str) -> None:
    contents = parts(SHARED, texts=EIGHT)
    contents[own] = contents.pop("xl/sharedStrings.xml")
    contents["xl/_rels/workbook.xml.rels"] = relations(
        ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", target)
    )
    assert row(contents) == ["八"]


def test_part__twice_under_one_name__is_refused() -> None:
    with pytest.raises(UnreadableWorkbook) as refusal:
        read_bytes(packed(parts(SHARED, texts=EIGHT) | {"XL/Workbook.xml": "<workbook/>"}))
    assert refusal.value.reason is Unreadable.DAMAGED


def test_parts__in_utf_16__are_read() -> None:
    contents = parts(SHARED, texts=EIGHT)
    for name, content in contents.items():
        assert isinstance(content, str)
        contents[name] = f'<?xml version="1.0" encoding="UTF-16"?>{content}'.encode("utf-16")
    assert row(contents) == ["八"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml"]
)
def test_declaration_of_an_entity__in_any_part_and_encoding__is_refused(part: str, encoding: str) -> None:
    contents = parts(SHARED, texts=EIGHT)
    declared = f'<!DOCTYPE x [<!ENTITY e "八">]>{contents[part]!s}'
    prefix = b"\xfe\xff" if encoding == "utf-16-be" else b""
    contents[part] = prefix + declared.encode(encoding)
    with pytest.raises(UnreadableWorkbook) as refusal:
        read_bytes(packed(contents))
    assert refusal.value.reason is Unreadable.DAMAGED


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c t="s"><v></v></c>', None),
        ('<c t="s"><v>-1</v></c>', CellError("#")),
        ('<c t="s"><v>1</v></c>', CellError("#")),
        ('<c t="s"><v>0.5</v></c>', CellError("#")),
        ("<c><v>1_0</v></c>", "1_0"),
        ("<c><v>NaN</v></c>", "NaN"),
        ('<c r="a1"><v>1</v></c>', 1.0),
    ],
)
def test_cell__as_no_spreadsheet_program_writes_it__is_never_another_number(cell: str, value: Raw) -> None:
    assert row(parts(cell, texts=EIGHT)) == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [("_xD83D_", "�"), ("_xD83D__xDE00_", "😀"), ("_x0000_", "�"), ("_xFFFF_", "�"), ("a_x000A_b", "a\nb")],
)
def test_text__that_no_output_could_hold__is_read_without_it(text: str, value: str) -> None:
    assert row(parts(SHARED, texts=f"<si><t>{text}</t></si>")) == [value]
    assert row(parts(f'<c t="str"><v>{text}</v></c>')) == [value]
    assert row(parts(f'<c t="inlineStr"><is><t>{text}</t></is></c>')) == [value]


def test_text__longer_than_a_cell__is_cut() -> None:
    (value,) = row(parts(SHARED, texts=f"<si><t>{'长' * 40_000}</t></si>"))
    assert value == "长" * 32_767


RUNS = "<r><t>1</t></r><r><rPr>{}</rPr><t>8</t></r>"


@pytest.mark.parametrize(
    ("look", "is_marked"),
    [
        ("<strike/>", True),
        ('<strike val="1"/>', True),
        ('<strike val="0"/>', False),
        ('<strike val="false"/>', False),
        ('<vertAlign val="superscript"/>', True),
        ('<vertAlign val="subscript"/>', True),
        ('<vertAlign val="baseline"/>', False),
        ("<b/>", False),
    ],
)
def test_text__with_characters_struck_out_or_raised__is_marked(look: str, is_marked: bool) -> None:
    shared = row(parts(SHARED, texts=f"<si>{RUNS.format(look)}</si>"))
    inline = row(parts(f'<c t="inlineStr"><is>{RUNS.format(look)}</is></c><c><v>1</v></c>'))
    assert shared == ["18"]
    assert inline == ["18", 1.0]
    assert [isinstance(value, MarkedText) for value in (*shared, *inline)] == [is_marked, is_marked, False]


STYLES = (
    '<numFmts><numFmt numFmtId="164" formatCode="0.0%"/></numFmts>'
    "<fonts><font/><font><strike/></font></fonts>"
    '<cellXfs><xf numFmtId="0" fontId="0"/><xf numFmtId="164" fontId="0"/><xf numFmtId="0" fontId="1"/>'
    '<xf numFmtId="14" fontId="0"/></cellXfs>'
    '<dxfs><dxf><numFmt numFmtId="0" formatCode="0%"/><font><strike/></font></dxf></dxfs>'
)


def test_cell__of_a_style__is_what_the_style_shows() -> None:
    cells = "".join(f'<c s="{style}"><v>0.5</v></c>' for style in range(4))
    read = row(parts(cells, styles=STYLES))
    assert read == [0.5, Percentage(0.5), "0.5", SerialDate(0.5)]
    assert [isinstance(value, MarkedText) for value in read] == [False, False, True, False]


def test_day__in_a_workbook_that_counts_from_1904__is_that_day() -> None:
    contents = parts('<c s="3"><v>1</v></c>', styles=STYLES, workbook='<workbookPr date1904="1"/>')
    assert row(contents) == [SerialDate(1463.0)]


@pytest.mark.parametrize("reference", ["A1:C1", "a1:c1", "$A$1:$C$1"])
def test_cells_beneath_a_merged_range__with_contents__are_covered(reference: str) -> None:
    behind = (
        f'<sheetProtection sheet="1"/><mergeCells><mergeCell ref="{reference}"/><mergeCell ref="A1:B1"/></mergeCells>'
    )
    read = row(parts("<c><v>1</v></c><c><v>2</v></c><c><v>3</v></c><c><v>4</v></c>", behind=behind))
    assert read == [1.0, Covered(2.0, "A1:C1", "2、3"), Covered(3.0, "A1:C1", "2、3"), 4.0]


def test_cells_beneath_a_merged_range__that_are_blank__are_blank() -> None:
    cells = '<c><v>1</v></c><c t="inlineStr"><is><t>  </t></is></c><c><v>3</v></c>'
    assert row(parts(cells, behind='<mergeCells><mergeCell ref="A1:B1"/></mergeCells>')) == [1.0, None, 3.0]


def test_properties__with_white_space_around_them__are_read_without_it() -> None:
    custom = (
        f'<Properties xmlns="{OFFICE[:-13]}custom-properties" xmlns:vt="v"><property name="方案版本">\n  <vt:lpwstr>'
        "2023</vt:lpwstr>\n</property></Properties>"
    )
    assert peeked_properties(packed(parts("") | {"docProps/custom.xml": custom})) == {"方案版本": "2023"}
