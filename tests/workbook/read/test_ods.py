"""Cells of .ods files, made by hand: what another program may write that LibreOffice does not."""

from __future__ import annotations

import io
import zipfile

import pytest

from xladdin.workbook.cells import Covered, Formula, MarkedText, Percentage, Raw, SerialDate
from xladdin.workbook.read.reader import read_bytes
from xladdin.workbook.unreadable import Unreadable, UnreadableWorkbook

NAMES = "urn:oasis:names:tc:opendocument:xmlns"
SPACES = " ".join(
    f'xmlns:{short}="{NAMES}:{name}:1.0"'
    for short, name in (
        ("office", "office"),
        ("table", "table"),
        ("text", "text"),
        ("style", "style"),
        ("number", "datastyle"),
        ("draw", "drawing"),
    )
)
STYLES = """
<number:percentage-style style:name="P"><number:number/><number:text>%</number:text></number:percentage-style>
<number:number-style style:name="L"><number:number/><number:text>%</number:text></number:number-style>
<number:date-style style:name="D"><number:year/></number:date-style>
<number:time-style style:name="T"><number:hours/></number:time-style>
<style:style style:name="percent" style:family="table-cell" style:data-style-name="P"/>
<style:style style:name="based" style:family="table-cell" style:parent-style-name="percent"/>
<style:style style:name="sign" style:family="table-cell" style:data-style-name="L"/>
<style:style style:name="day" style:family="table-cell" style:data-style-name="D"/>
<style:style style:name="time" style:family="table-cell" style:data-style-name="T"/>
<style:style style:name="gone" style:family="table-cell"><style:text-properties
 style:text-line-through-style="solid"/></style:style>
<style:style style:name="struck" style:family="text"><style:text-properties
 style:text-line-through-type="single"/></style:style>
<style:style style:name="raised" style:family="text"><style:text-properties style:text-position="super 58%"/></style:style>
<style:style style:name="lowered" style:family="text"><style:text-properties style:text-position="-33% 58%"/></style:style>
<style:style style:name="plain" style:family="text"><style:text-properties style:text-line-through-style="none"
 style:text-position="0% 100%"/></style:style>
"""


def ods(table: str, before: str = "", styles: str = "") -> bytes:
    content = (
        f'<?xml version="1.0"?><office:document-content {SPACES}><office:automatic-styles>{STYLES}'
        f"</office:automatic-styles><office:body><office:spreadsheet>{before}"
        f'<table:table table:name="表">{table}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("content.xml", content)
        if styles:
            package.writestr("styles.xml", f"<office:document-styles {SPACES}>{styles}</office:document-styles>")
    return target.getvalue()


def rows(table: str, before: str = "", styles: str = "") -> list[list[Raw]]:
    (sheet,) = read_bytes(ods(table, before, styles)).sheets
    return [list(row) for row in sheet.rows]


def cell(attributes: str, text: str = "") -> Raw:
    """What a cell with these attributes and this content is read as."""
    read = rows(f"<table:table-row><table:table-cell {attributes}>{text}</table:table-cell></table:table-row>")
    return read[0][0] if read else None


FLOAT = 'office:value-type="float" office:value="0.95"'


@pytest.mark.parametrize(
    ("style", "value"),
    [
        ("percent", Percentage(0.95)),
        ("based", Percentage(0.95)),
        ("sign", 0.95),
        ("day", SerialDate(0.95)),
        ("time", SerialDate(0.95)),
        ("gone", "0.95"),
        ("unknown", 0.95),
    ],
)
def test_number__stored_as_a_plain_one__is_what_its_style_shows(style: str, value: Raw) -> None:
    read = cell(f'{FLOAT} table:style-name="{style}"')
    assert read == value
    assert isinstance(read, MarkedText) is (style == "gone")


def test_number__without_a_style__has_that_of_its_row_or_column() -> None:
    column = '<table:table-column table:number-columns-repeated="2" table:default-cell-style-name="percent"/>'
    value = f"<table:table-cell {FLOAT}/>"
    by_column = f"{column}<table:table-row><table:table-cell/>{value}{value}</table:table-row>"
    assert rows(by_column) == [[None, Percentage(0.95), 0.95]]
    by_row = f'{column}<table:table-row table:default-cell-style-name="day">{value}</table:table-row>'
    assert rows(by_row) == [[SerialDate(0.95)]]


def test_number__in_a_style_of_the_document__is_what_it_shows() -> None:
    styles = (
        '<number:percentage-style style:name="N"/>'
        '<style:style style:name="Prozent" style:family="table-cell" style:data-style-name="N"/>'
    )
    cells = f'<table:table-row><table:table-cell {FLOAT} table:style-name="Prozent"/></table:table-row>'
    assert rows(cells, styles=styles) == [[Percentage(0.95)]]


def test_day__counted_from_another_one__is_that_day() -> None:
    settings = (
        '<table:calculation-settings><table:null-date table:date-value="1904-01-01"/></table:calculation-settings>'
    )
    cells = f'<table:table-row><table:table-cell {FLOAT} table:style-name="day"/></table:table-row>'
    assert rows(cells, settings) == [[SerialDate(1462.95)]]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("<text:p>12<text:tab/>34</text:p>", "12\t34"),
        ("<text:p>12<text:line-break/>34</text:p>", "12\n34"),
        ('<text:p>12<text:s text:c="2"/>34</text:p>', "12  34"),
        ("<text:p>12 \n  34</text:p>", "12 34"),
        ("<text:p>12</text:p><text:p>34</text:p>", "12\n34"),
        ("<text:p>\n  12</text:p>", "12"),
        ("<text:p><text:span>1</text:span><text:a>2</text:a></text:p>", "12"),
        (
            "<text:p><text:ruby><text:ruby-base>区</text:ruby-base><text:ruby-text>qu</text:ruby-text></text:ruby></text:p>",
            "区",
        ),
        ("<office:annotation><text:p>改过</text:p></office:annotation><text:p>12</text:p>", "12"),
        ("<text:p>12</text:p><draw:frame><text:p>图</text:p></draw:frame>", "12"),
        ("<text:p/>", None),
    ],
)
def test_text__with_white_space_or_notes__is_what_the_cell_shows(text: str, value: Raw) -> None:
    assert cell('office:value-type="string"', text) == value


@pytest.mark.parametrize(
    ("style", "is_marked"), [("struck", True), ("raised", True), ("lowered", True), ("plain", False)]
)
def test_text__with_characters_struck_out_or_raised__is_marked(style: str, is_marked: bool) -> None:
    value = cell("", f'<text:p>1<text:span text:style-name="{style}">8</text:span></text:p>')
    assert value == "18"
    assert isinstance(value, MarkedText) is is_marked


def test_contents_before_a_change__kept_by_the_program__are_not_read() -> None:
    tracked = (
        "<table:tracked-changes><table:cell-content-change><table:previous><table:change-track-table-cell"
        f" {FLOAT}><text:p>0.95</text:p></table:change-track-table-cell></table:previous>"
        "</table:cell-content-change></table:tracked-changes>"
    )
    cells = '<table:table-row><table:table-cell office:value-type="float" office:value="3"/></table:table-row>'
    assert rows(cells, tracked) == [[3.0]]


def test_cells_beneath_a_merged_range__with_contents__are_covered() -> None:
    merged = 'table:number-rows-spanned="2" table:number-columns-spanned="1"'
    covered = f"<table:covered-table-cell {FLOAT}/>"
    table = (
        f"<table:table-row><table:table-cell {FLOAT} {merged}/></table:table-row>"
        f"<table:table-row>{covered}</table:table-row>"
    )
    assert rows(table) == [[0.95], [Covered(0.95, "A1:A2", "0.95")]]


def test_formula__of_another_program__keeps_its_text_and_result() -> None:
    assert cell(f'{FLOAT} table:formula="of:=1-0.05" table:style-name="percent"') == Formula("1-0.05", Percentage(0.95))


@pytest.mark.parametrize(
    "table",
    [
        '<table:table-row table:number-rows-repeated="999999999">{}</table:table-row>',
        "<table:table-row>{}</table:table-row>",
    ],
)
def test_repeated_cells__beyond_any_table__are_refused(table: str) -> None:
    repeated = f'<table:table-cell {FLOAT} table:number-columns-repeated="{200 if "rows" in table else 16384}"/>'
    with pytest.raises(UnreadableWorkbook) as refusal:
        read_bytes(ods(table.format(repeated)))
    assert refusal.value.reason is Unreadable.OVERSIZED
