"""Mending workbook files: the broken formulas change, and not one other byte of what the package holds."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from macros.repair import NAMES, repair_file, repair_formulas
from tests.support.libreoffice import requires_office, run_office
from xladdin.issues import Refused
from xladdin.workbook.cells import Formula
from xladdin.workbook.package import MAX_PARTS, MAX_UNPACKED
from xladdin.workbook.read.reader import read_bytes
from xladdin.workbook.repair.file import LINK, Change, Repair, repair_workbook
from xladdin.workbook.unreadable import Unreadable, UnreadableWorkbook

SHEET, OTHER = "黄浦区", "甲 & 乙"
LOCAL = r"'C:\Users\张三\FineScore.xlam'!"
ADD_IN_PATH = r"file:///C:\Users\张三\AppData\Roaming\Microsoft\AddIns\FineScore.xlam"

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PATH = f"{OFFICE}/externalLinkPath"
STARTUP = "http://schemas.microsoft.com/office/2006/relationships/xlExternalLinkPath/xlStartup"

Parts = dict[str, bytes]


def parts_of(data: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None
        return {info.filename: package.read(info) for info in package.infolist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name, (2023, 12, 1, 8, 30, 2)), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def put(parts: Parts, part: str, old: str, new: str) -> None:
    """Replace a text in a part, where it must stand exactly once."""
    assert parts[part].count(old.encode()) == 1, (part, old, parts[part].count(old.encode()))
    parts[part] = parts[part].replace(old.encode(), new.encode())


def add_links(parts: Parts, *links: tuple[str, str]) -> None:
    """External links as Excel writes them, each with the type of its relation and its target."""
    references = relations = types = ""
    for number, (kind, target) in enumerate(links, 1):
        references += f'<externalReference r:id="rId9{number}"/>'
        relations += (
            f'<Relationship Id="rId9{number}" Type="{OFFICE}/externalLink"'
            f' Target="externalLinks/externalLink{number}.xml"/>'
        )
        types += (
            f'<Override PartName="/xl/externalLinks/externalLink{number}.xml" ContentType='
            '"application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"/>'
        )
        parts[f"xl/externalLinks/externalLink{number}.xml"] = (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
            '<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            f'<externalBook xmlns:r="{OFFICE}" r:id="rId1"><sheetNames><sheetName val="Sheet1"/></sheetNames>'
            '<definedNames><definedName name="FS_RATIO"/></definedNames>'
            '<sheetDataSet><sheetData sheetId="0" refreshError="1"/></sheetDataSet></externalBook></externalLink>'
        ).encode()
        parts[f"xl/externalLinks/_rels/externalLink{number}.xml.rels"] = (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{kind}" Target="{escape(target)}" TargetMode="External"/></Relationships>'
        ).encode()
    put(parts, "xl/workbook.xml", "</sheets>", f"</sheets><externalReferences>{references}</externalReferences>")
    put(parts, "xl/_rels/workbook.xml.rels", "</Relationships>", f"{relations}</Relationships>")
    put(parts, "[Content_Types].xml", "</Types>", f"{types}</Types>")


def book(*formulas: str, names: Mapping[str, str] | None = None) -> Parts:
    """A workbook with two numbers in its first row and these formulas, with results, down its third column."""
    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream, {"in_memory": True, "use_future_functions": False})
    sheet = workbook.add_worksheet(SHEET)
    workbook.add_worksheet(OTHER).write_string(0, 0, "=[1]!FS_RATIO(A1,B1)")
    sheet.write_row(0, 0, [8, 10])
    for row, formula in enumerate(formulas):
        sheet.write_formula(row, 2, formula, None, 1.6)
    for name, formula in (names or {}).items():
        workbook.define_name(name, formula)
    workbook.close()
    return parts_of(stream.getvalue())


def mend(parts: Mapping[str, bytes]) -> Repair:
    """The repair, which must leave nothing to repair and keep the parts in their order and with their dates."""
    data = packed(parts)
    repair = repair_workbook(data, NAMES)
    assert repair_workbook(repair.data, NAMES) == Repair(repair.data, ())
    before, after = (zipfile.ZipFile(io.BytesIO(d)).infolist() for d in (data, repair.data))
    kept = {info.filename for info in after}
    assert [(i.filename, i.date_time, i.compress_type) for i in after] == [
        (i.filename, i.date_time, i.compress_type) for i in before if i.filename in kept
    ]
    return repair


FIRST = "xl/worksheets/sheet1.xml"
SECOND = "xl/worksheets/sheet2.xml"


# --- Cells ------------------------------------------------------------------------------------------------------------


def test_cells__broken_in_many_ways__formulas_mended_and_all_else_same_bytes() -> None:
    parts = book(
        "=[1]!FS_RATIO(A1,B1)",
        f'=IF({LOCAL}FS_RATIO(A1,B1)<1,"a & \'[1]!\'",@fs_points("K01"))',
        "=SUM(A1:B1)",
        '=_xludf.FS_RATIO(A1,B1)&"[1]!FS_RATIO("',
    )
    add_links(parts, (PATH, r"file:///D:\资料\预算.xlsx"))
    expected = dict(parts)
    for broken, whole in (
        ("<f>[1]!FS_RATIO(A1,B1)</f>", "<f>FS_RATIO(A1,B1)</f>"),
        (
            f'<f>IF({LOCAL}FS_RATIO(A1,B1)&lt;1,"a &amp; \'[1]!\'",@fs_points("K01"))</f>',
            '<f>IF(FS_RATIO(A1,B1)&lt;1,"a &amp; \'[1]!\'",FS_POINTS("K01"))</f>',
        ),
        ('<f>_xludf.FS_RATIO(A1,B1)&amp;"', '<f>FS_RATIO(A1,B1)&amp;"'),
    ):
        put(expected, FIRST, broken, whole)
    repair = mend(parts)
    # The link is another workbook's and stays.
    assert parts_of(repair.data) == expected
    assert repair.changes == (
        Change(SHEET, "C1", "=[1]!FS_RATIO(A1,B1)", "=FS_RATIO(A1,B1)"),
        Change(
            SHEET,
            "C2",
            f'=IF({LOCAL}FS_RATIO(A1,B1)<1,"a & \'[1]!\'",@fs_points("K01"))',
            '=IF(FS_RATIO(A1,B1)<1,"a & \'[1]!\'",FS_POINTS("K01"))',
        ),
        Change(SHEET, "C4", '=_xludf.FS_RATIO(A1,B1)&"[1]!FS_RATIO("', '=FS_RATIO(A1,B1)&"[1]!FS_RATIO("'),
    )
    assert repair.changes[0].line() == "黄浦区!C1：=[1]!FS_RATIO(A1,B1) → =FS_RATIO(A1,B1)"


def test_cells__result__read_by_others_with_its_cached_values() -> None:
    parts = book("=[1]!FS_RATIO(A1,B1)", f"={LOCAL}FS_RATIO(A1,B1)")
    add_links(parts, (STARTUP, "FineScore.xlam"))
    data = mend(parts).data
    workbook = openpyxl.load_workbook(io.BytesIO(data))
    assert [workbook[SHEET][cell].value for cell in ("C1", "C2")] == ["=FS_RATIO(A1,B1)"] * 2
    assert workbook._external_links == []
    assert workbook[OTHER]["A1"].value == "=[1]!FS_RATIO(A1,B1)"
    values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    assert [values[SHEET][cell].value for cell in ("C1", "C2")] == [1.6, 1.6]
    assert read_bytes(data).sheets[0].at(1, 2) == Formula("FS_RATIO(A1,B1)", 1.6)


CELL = '<c r="C1"><f>SUM(A1)</f><v>1.6</v></c>'


@pytest.mark.parametrize(
    ("broken", "whole", "place", "before"),
    [
        # a shared formula's text stands in its first cell
        (
            '<c r="C1"><f t="shared" ref="C1:C9" si="0">[1]!FS_RATIO(A1,B1)</f><v>1.6</v></c>'
            '<c r="D1"><f t="shared" si="0"/><v>2</v></c>',
            '<c r="C1"><f t="shared" ref="C1:C9" si="0">FS_RATIO(A1,B1)</f><v>1.6</v></c>'
            '<c r="D1"><f t="shared" si="0"/><v>2</v></c>',
            "C1:C9",
            "=[1]!FS_RATIO(A1,B1)",
        ),
        (
            "<c r='C1' cm=\"1\" t='str'><f t='array' ref='C1' aca=\"1\"\n>_xlfn.SINGLE(fs_ratio(A1,B1))</f ><v>不适用</v></c>",
            "<c r='C1' cm=\"1\" t='str'><f t='array' ref='C1' aca=\"1\"\n>FS_RATIO(A1,B1)</f ><v>不适用</v></c>",
            "C1",
            "=_xlfn.SINGLE(fs_ratio(A1,B1))",
        ),
        # every way of writing a character
        (
            '<c r="C1" t="e"><f xml:space="preserve"> &apos;o&#39;&#x27;b\\FineScore.xlam&apos;!FS_RATIO(A1,"&lt;&quot;&quot;&gt;") </f>'
            "<v>#NAME?</v></c>",
            '<c r="C1" t="e"><f xml:space="preserve"> FS_RATIO(A1,"&lt;""&gt;") </f><v>#NAME?</v></c>',
            "C1",
            "= 'o''b\\FineScore.xlam'!FS_RATIO(A1,\"<\"\">\") ",
        ),
        (
            '<c r="C1"><f><![CDATA[[1]!FS_RATIO(A1,"<&")]]><!-- [1]! --></f><v>1.6</v></c>',
            '<c r="C1"><f>FS_RATIO(A1,"&lt;&amp;")</f><v>1.6</v></c>',
            "C1",
            '=[1]!FS_RATIO(A1,"<&")',
        ),
        (
            '<c r="C1"><!-- <f>[1]!FS_RATIO(A1)</f> --><f>&#70;s_ratio(A1,&#10;B1)</f><v>1.6</v></c>',
            '<c r="C1"><!-- <f>[1]!FS_RATIO(A1)</f> --><f>FS_RATIO(A1,\nB1)</f><v>1.6</v></c>',
            "C1",
            "=Fs_ratio(A1,\nB1)",
        ),
        (
            '<c r="C1"><f>&#70;s_ratio(A1)</f><v>1.6</v></c>',
            '<c r="C1"><f>FS_RATIO(A1)</f><v>1.6</v></c>',
            "C1",
            "=Fs_ratio(A1)",
        ),
        (
            '<c r="C1"><f>[1]!FS_RATIO(A1,&#13;&#10;B1)</f><v>1.6</v></c>',
            '<c r="C1"><f>FS_RATIO(A1,&#13;\nB1)</f><v>1.6</v></c>',
            "C1",
            "=[1]!FS_RATIO(A1,\r\nB1)",
        ),
    ],
)
def test_cells__written_in_other_ways__only_the_text_changes(broken: str, whole: str, place: str, before: str) -> None:
    parts = book("=SUM(A1)")
    put(parts, FIRST, CELL, broken)
    expected = dict(parts)
    put(expected, FIRST, broken, whole)
    repair = mend(parts)
    assert parts_of(repair.data) == expected
    assert [(c.sheet, c.cell, c.before) for c in repair.changes] == [(SHEET, place, before)]


def test_cells__elements_with_prefix__mended() -> None:
    parts = book("=[1]!FS_RATIO(A1,B1)")
    text = parts[FIRST].decode().replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?")
    parts[FIRST] = text.replace("xmlns=", "xmlns:x=").encode()
    expected = dict(parts)
    put(expected, FIRST, "<x:f>[1]!FS_RATIO(A1,B1)</x:f>", "<x:f>FS_RATIO(A1,B1)</x:f>")
    assert parts_of(mend(parts).data) == expected


def test_cells__part_in_another_encoding__stays_in_it() -> None:
    parts = book("=SUM(A1)")
    put(parts, FIRST, 'encoding="UTF-8"', 'encoding="ISO-8859-1"')
    put(parts, FIRST, CELL, '<c r="C1"><f>[1]!FS_RATIO("é&#24471;")</f></c>')
    parts[FIRST] = parts[FIRST].decode().encode("latin-1")
    repair = mend(parts)
    assert '<c r="C1"><f>FS_RATIO("é&#24471;")</f></c>'.encode("latin-1") in parts_of(repair.data)[FIRST]
    assert repair.changes[0].after == '=FS_RATIO("é得")'


def test_cells__nothing_broken__same_file() -> None:
    data = packed(book("=FS_RATIO(A1,B1)", "=[1]!OTHER(A1)", '="[1]!FS_RATIO(A1,B1)"'))
    assert repair_workbook(data, NAMES) == Repair(data, ())


def test_workbook_with_macros__project__untouched() -> None:
    parts = book("=考核总表.xlsm!FS_RATIO(A1,B1)")
    put(parts, "[Content_Types].xml", "officedocument.spreadsheetml.sheet.main", "ms-excel.sheet.macroEnabled.main")
    parts["xl/vbaProject.bin"] = bytes(range(256)) * 9 + b"<f>[1]!FS_RATIO(A1)</f>"
    expected = dict(parts)
    put(expected, FIRST, "<f>考核总表.xlsm!FS_RATIO(A1,B1)</f>", "<f>FS_RATIO(A1,B1)</f>")
    assert parts_of(mend(parts).data) == expected


# --- Everywhere else a formula can stand ------------------------------------------------------------------------------


def everywhere() -> Parts:
    """Calls in every place that takes a formula."""
    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet, second = workbook.add_worksheet(SHEET), workbook.add_worksheet(OTHER)
    sheet.write_row(0, 0, [8, 10])
    sheet.add_table(
        "E1:F3",
        {
            "name": "表1",
            "columns": [{"header": "完成"}, {"header": "得分", "formula": "=[1]!FS_RATIO(表1[[#This Row],[完成]],10)"}],
        },
    )
    rule = {"type": "formula", "criteria": "=[1]!FS_RATIO($A$1,$B$1)<1", "multi_range": "A1:B1 D5"}
    sheet.conditional_format("A1:B1", rule)
    sheet.conditional_format("A2:A9", {"type": "data_bar", "min_type": "formula", "min_value": "=[1]!FS_TOTAL(A1)"})
    second.data_validation("B2:B9", {"validate": "custom", "value": "=[1]!FS_POINTS(B2)>0"})
    second.data_validation(
        "C2", {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": "=fs_points(A1)"}
    )
    second.add_sparkline("D4", {"range": "B1:C1"})
    workbook.define_name("得分率", "=[1]!FS_RATIO(黄浦区!$A$1,黄浦区!$B$1)")
    workbook.define_name(f"'{OTHER}'!本表", "=@FS_RATIO(黄浦区!$A$1,黄浦区!$B$1)")
    workbook.close()
    parts = parts_of(stream.getvalue())
    main = 'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"'
    put(
        parts,
        SECOND,
        "<x14:sparklineGroups",
        "<x14:conditionalFormattings><x14:conditionalFormatting "
        f'{main}><x14:cfRule type="expression" id="{{1}}"><xm:f>[1]!FS_RATIO(黄浦区!A1,1)=1</xm:f></x14:cfRule>'
        "<xm:sqref>G1:G9</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings>"
        f'<x14:dataValidations {main} count="1"><x14:dataValidation type="list"><x14:formula1>\n<xm:f>'
        "[1]!FS_TIER(黄浦区!A1)</xm:f></x14:formula1><xm:sqref>H1 H3</xm:sqref></x14:dataValidation></x14:dataValidations>"
        "<x14:sparklineGroups",
    )
    return parts


EVERYWHERE = [
    ("xl/tables/table1.xml", "[1]!FS_RATIO(表1[[#This Row],[完成]],10)", "FS_RATIO(表1[[#This Row],[完成]],10)"),
    (FIRST, "<formula>[1]!FS_RATIO($A$1,$B$1)&lt;1<", "<formula>FS_RATIO($A$1,$B$1)&lt;1<"),
    (FIRST, '<cfvo type="formula" val="[1]!FS_TOTAL(A1)"/>', '<cfvo type="formula" val="FS_TOTAL(A1)"/>'),
    (FIRST, '"F2"><f>[1]!FS_RATIO(表1[', '"F2"><f>FS_RATIO(表1['),
    (FIRST, '"F3"><f>[1]!FS_RATIO(表1[', '"F3"><f>FS_RATIO(表1['),
    (SECOND, "<formula1>[1]!FS_POINTS(B2)&gt;0<", "<formula1>FS_POINTS(B2)&gt;0<"),
    (SECOND, "<formula2>fs_points(A1)<", "<formula2>FS_POINTS(A1)<"),
    (SECOND, "<xm:f>[1]!FS_RATIO(黄浦区!A1,1)=1<", "<xm:f>FS_RATIO(黄浦区!A1,1)=1<"),
    (SECOND, "<xm:f>[1]!FS_TIER(黄浦区!A1)<", "<xm:f>FS_TIER(黄浦区!A1)<"),
    ("xl/workbook.xml", ">[1]!FS_RATIO(黄浦区!$A$1,", ">FS_RATIO(黄浦区!$A$1,"),
    ("xl/workbook.xml", ">@FS_RATIO(黄浦区!$A$1,", ">FS_RATIO(黄浦区!$A$1,"),
]


def test_formulas__everywhere_else__mended_and_named_by_their_place() -> None:
    parts = everywhere()
    expected = dict(parts)
    for part, broken, whole in EVERYWHERE:
        put(expected, part, broken, whole)
    repair = mend(parts)
    assert parts_of(repair.data) == expected
    assert {(c.sheet, c.cell) for c in repair.changes} == {
        (SHEET, "F2"),
        (SHEET, "F3"),
        (SHEET, "A1:B1 D5"),
        (SHEET, "A2:A9"),
        (OTHER, "B2:B9"),
        (OTHER, "C2"),
        (OTHER, "G1:G9"),
        (OTHER, "H1 H3"),
        (OTHER, "本表"),
        ("", "表1[得分]"),
        ("", "得分率"),
    }
    assert len(repair.changes) == len(EVERYWHERE)
    # Sheets come in the workbook's order, then what belongs to none.
    assert [c.sheet for c in repair.changes] == [SHEET] * 4 + [OTHER] * 5 + [""] * 2


# --- External links ---------------------------------------------------------------------------------------------------


def without_link(parts: Parts, number: int, *, last: bool) -> None:
    """Take a link out of the parts by hand."""
    reference = f'<externalReference r:id="rId9{number}"/>'
    listed = f"<externalReferences>{reference}</externalReferences>" if last else reference
    put(parts, "xl/workbook.xml", listed, "")
    put(
        parts,
        "xl/_rels/workbook.xml.rels",
        f'<Relationship Id="rId9{number}" Type="{OFFICE}/externalLink" Target="externalLinks/externalLink{number}.xml"/>',
        "",
    )
    put(
        parts,
        "[Content_Types].xml",
        f'<Override PartName="/xl/externalLinks/externalLink{number}.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"/>',
        "",
    )
    del parts[f"xl/externalLinks/externalLink{number}.xml"]
    del parts[f"xl/externalLinks/_rels/externalLink{number}.xml.rels"]


@pytest.mark.parametrize(
    ("kind", "target", "shown"),
    [
        (STARTUP, "FineScore.xlam", "FineScore.xlam"),
        (PATH, ADD_IN_PATH, ADD_IN_PATH),
        (PATH, "file:///C:\\Users\\%E5%BC%A0%E4%B8%89\\finescore.XLAM", "file:///C:\\Users\\张三\\finescore.XLAM"),
        (PATH, "/Volumes/data/FineScore.xlam", "/Volumes/data/FineScore.xlam"),
        (PATH, "%E8%80%83%E6%A0%B8%E6%80%BB%E8%A1%A8.xlsm", "考核总表.xlsm"),
        (PATH, r"file:///\\server\share\考核总表.xlsm", r"file:///\\server\share\考核总表.xlsm"),
    ],
)
def test_link__to_the_add_in__taken_out(kind: str, target: str, shown: str) -> None:
    parts = book("=[1]!FS_RATIO(A1,B1)")
    add_links(parts, (kind, target))
    expected = dict(parts)
    put(expected, FIRST, "[1]!FS_RATIO", "FS_RATIO")
    without_link(expected, 1, last=True)
    repair = mend(parts)
    assert parts_of(repair.data) == expected
    assert repair.changes == (
        Change(SHEET, "C1", "=[1]!FS_RATIO(A1,B1)", "=FS_RATIO(A1,B1)"),
        Change("", LINK, shown, ""),
    )
    assert repair.changes[1].line() == f"外部链接：{shown} → 已删除"


def test_link__to_the_add_in_with_no_call_left__taken_out_alone() -> None:
    parts = book("=FS_RATIO(A1,B1)")
    add_links(parts, (STARTUP, "FineScore.xlam"))
    expected = dict(parts)
    without_link(expected, 1, last=True)
    repair = mend(parts)
    assert parts_of(repair.data) == expected
    assert repair.changes == (Change("", LINK, "FineScore.xlam", ""),)


@pytest.mark.parametrize("target", ["预算.xlsx", "FineScore.xlam.xlsx", "MyFineScore.xlam", "FineScore.xlam/预算.xlsx"])
def test_link__to_another_workbook__stays(target: str) -> None:
    parts = book("=[1]!FS_RATIO(A1,B1)")
    add_links(parts, (PATH, target))
    expected = dict(parts)
    put(expected, FIRST, "[1]!FS_RATIO", "FS_RATIO")
    repair = mend(parts)
    assert parts_of(repair.data) == expected
    assert [c.cell for c in repair.changes] == ["C1"]


@pytest.mark.parametrize(("address", "taken_out"), [("FineScore.xlam", True), ("预算.xlsx", False)])
def test_link__with_another_address_of_the_file__taken_out_if_both_are_the_add_in(
    address: str, taken_out: bool
) -> None:
    parts = book("=FS_RATIO(A1,B1)")
    add_links(parts, (PATH, "FineScore.xlam"))
    second = f'<Relationship Id="rId2" Type="{PATH}" Target="https://x.example/{address}" TargetMode="External"/>'
    put(parts, "xl/externalLinks/_rels/externalLink1.xml.rels", "</Relationships>", f"{second}</Relationships>")
    assert bool(mend(parts).changes) is taken_out


KEEPING: dict[str, Callable[[Parts], None]] = {
    "a cell": lambda parts: put(parts, FIRST, "<f>SUM(A1)</f>", "<f>[1]黄浦区!D5</f>"),
    "a macro's button": lambda parts: put(
        parts, SECOND, "</worksheet>", '<x:controlPr xmlns:x="y" macro="[1]!Check"/></worksheet>'
    ),
    "an old button": lambda parts: parts.update(
        {"xl/drawings/vmlDrawing1.vml": b"<xml><br><x:FmlaMacro>[1]!Check</x:FmlaMacro></xml>"}
    ),
    "a name": lambda parts: put(parts, "xl/workbook.xml", ">黄浦区!$A$1<", ">'[1]黄浦区'!$A$1<"),
    "a chart": lambda parts: parts.update({"xl/charts/chart1.xml": b"<a><c:f xmlns:c='c'>[1]S!$A$1</c:f></a>"}),
    "a name of ours that is not called": lambda parts: put(parts, FIRST, "<f>SUM(A1)</f>", "<f>[1]!FS_RATIO</f>"),
}


@pytest.mark.parametrize("user", KEEPING)
def test_link__to_the_add_in_but_still_needed__stays(user: str) -> None:
    parts = book("=[1]!FS_RATIO(A1,B1)", "=SUM(A1)", names={"名": "=黄浦区!$A$1"})
    KEEPING[user](parts)
    add_links(parts, (STARTUP, "FineScore.xlam"))
    expected = dict(parts)
    put(expected, FIRST, "[1]!FS_RATIO(", "FS_RATIO(")
    assert parts_of(mend(parts).data) == expected


def test_links__earlier_one_taken_out__later_ones_renumbered_everywhere() -> None:
    parts = book(
        "=[1]!FS_RATIO([2]S!A1,'[4]a b'!B1)",
        '=[3]S!A1+[2]!税率&"[2]!x"',
        "=[2]!fs_total(A1)",
        names={"名": "=[4]S!$A$1"},
    )
    parts["xl/drawings/vmlDrawing1.vml"] = "<xml><br><x:FmlaLink>'[4]区 &amp; 街'!A1</x:FmlaLink></xml>".encode()
    parts["xl/drawings/drawing1.xml"] = (
        b"<a><xdr:sp xmlns:xdr='x' name='a > \"b\"' macro='' textlink=\"'[2]a &amp; &quot;b'!$A$1\"/>"
        b"<xdr:sp xmlns:xdr='x' macro='[0]!Go' textlink='[4]S!$A$1'/><t>[4]S!A1</t></a>"
    )
    parts["xl/charts/chart1.xml"] = b"<a><c:f xmlns:c='c'>[4]S!$A$1:$A$9</c:f><c:v>[4]</c:v></a>"
    add_links(parts, (STARTUP, "FineScore.xlam"), (PATH, "预算.xlsx"), (PATH, "考核总表.xlsm"), (PATH, "x.xlsx"))
    expected = dict(parts)
    put(expected, FIRST, "<f>[1]!FS_RATIO([2]S!A1,'[4]a b'!B1)<", "<f>FS_RATIO([1]S!A1,'[3]a b'!B1)<")
    put(expected, FIRST, '<f>[3]S!A1+[2]!税率&amp;"[2]!x"<', '<f>[2]S!A1+[1]!税率&amp;"[2]!x"<')
    put(expected, FIRST, "<f>[2]!fs_total(A1)<", "<f>FS_TOTAL(A1)<")
    put(expected, "xl/workbook.xml", ">[4]S!$A$1<", ">[3]S!$A$1<")
    put(expected, "xl/drawings/vmlDrawing1.vml", "[4]", "[3]")
    put(expected, "xl/drawings/drawing1.xml", "'[2]a &amp; &quot;b'!$A$1", "&#x27;[1]a &amp; &quot;b&#x27;!$A$1")
    put(expected, "xl/drawings/drawing1.xml", "textlink='[4]", "textlink='[3]")
    put(expected, "xl/charts/chart1.xml", "<c:f xmlns:c='c'>[4]", "<c:f xmlns:c='c'>[3]")
    without_link(expected, 1, last=False)
    repair = mend(parts)
    assert parts_of(repair.data) == expected
    # 考核总表 is still referred to by a cell. Renumbering alone is nothing a user can see, so it is not listed.
    assert [(c.cell, c.after) for c in repair.changes] == [
        ("C1", "=FS_RATIO([1]S!A1,'[3]a b'!B1)"),
        ("C3", "=FS_TOTAL(A1)"),
        (LINK, ""),
    ]
    links = openpyxl.load_workbook(io.BytesIO(repair.data))._external_links
    assert [link.file_link.Target for link in links] == ["预算.xlsx", "考核总表.xlsm", "x.xlsx"]


def test_links__several_of_ours__all_taken_out() -> None:
    parts = book("=[1]!FS_RATIO(A1,B1)+[3]!FS_RATIO(A1,B1)+[2]S!A1")
    add_links(parts, (STARTUP, "FineScore.xlam"), (PATH, "x.xlsx"), (PATH, ADD_IN_PATH))
    expected = dict(parts)
    put(expected, FIRST, "[1]!FS_RATIO(A1,B1)+[3]!FS_RATIO(A1,B1)+[2]S", "FS_RATIO(A1,B1)+FS_RATIO(A1,B1)+[1]S")
    without_link(expected, 1, last=False)
    without_link(expected, 3, last=False)
    assert parts_of(mend(parts).data) == expected


# --- LibreOffice ------------------------------------------------------------------------------------------------------


@requires_office
def test_mended_file__in_libreoffice__opens_with_plain_calls(tmp_path: Path) -> None:
    parts = everywhere()
    add_links(parts, (STARTUP, "FineScore.xlam"))
    path = tmp_path / "mended.xlsx"
    path.write_bytes(mend(parts).data)
    (result,) = run_office([{"open": path, "read": [[SHEET, "A1:B1"]], "formulas": [[SHEET, "F2:F3"]]}])
    assert result["error"] is None
    assert result["read"] == [[[8, 10]]]
    for (formula,) in result["formulas"][0]:
        assert formula.upper().startswith("=FS_RATIO(")


@requires_office
def test_file_saved_by_libreoffice__with_links_lost_and_small_letters__mended(tmp_path: Path) -> None:
    typed = ["=FS_RATIO(A1,B1)", '=IF(A1>1,FS_POINTS("K01"),FS_TOTAL(A1:B1,2))']
    parts = book("=[1]!FS_RATIO(A1,B1)", '=IF(A1>1,[1]!FS_POINTS("K01"),_xludf.FS_TOTAL(A1:B1,2))')
    add_links(parts, (STARTUP, "FineScore.xlam"))
    broken, saved = tmp_path / "broken.xlsx", tmp_path / "saved.xlsx"
    broken.write_bytes(packed(parts))
    (result,) = run_office([{"open": broken, "save": [[saved, "xlsx"]]}])
    assert result["error"] is None
    stored = parts_of(saved.read_bytes())[FIRST].decode()
    assert "[1]!fs_ratio(" in stored  # what there is to mend
    sheet = openpyxl.load_workbook(io.BytesIO(repair_workbook(saved.read_bytes(), NAMES).data))[SHEET]
    assert [sheet[cell].value for cell in ("C1", "C2")] == typed


# --- Files that cannot be mended --------------------------------------------------------------------------------------


def changed(part: str, content: bytes) -> bytes:
    return packed({**book("=[1]!FS_RATIO(A1,B1)"), part: content})


def bomb() -> bytes:
    data = bytearray(packed({**book("=[1]!FS_RATIO(A1,B1)"), "xl/media/a.bin": b"x" * 999}))
    size = (999).to_bytes(4, "little")
    at = data.rindex(size, 0, data.rindex(b"xl/media/a.bin"))
    data[at : at + 4] = (MAX_UNPACKED + 1).to_bytes(4, "little")
    return bytes(data)


def ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + stream.encode("utf-16-le") + bytes(600)


ENTITIES = b'<!DOCTYPE a [<!ENTITY b "FS_RATIO(A1)">]><worksheet><c r="A1"><f>&b;</f></c></worksheet>'
GOOD = packed(book("=[1]!FS_RATIO(A1,B1)"))

REFUSED = {
    "nothing": (b"", Unreadable.EMPTY, "空文件"),
    "a text": (b"a,b\n", Unreadable.NOT_A_WORKBOOK, "另存为 .xlsx"),
    "an .xls or .et": (ole("Workbook"), Unreadable.NOT_A_WORKBOOK, "另存为 .xlsx"),
    "an .ods": (
        packed({"mimetype": b"application/vnd.oasis", "content.xml": b"<a/>"}),
        Unreadable.NOT_A_WORKBOOK,
        "另存为 .xlsx",
    ),
    "an .xlsb": (
        packed(
            {"_rels/.rels": f'<a><Relationship Type="{OFFICE}/officeDocument" Target="xl/workbook.bin"/></a>'.encode()}
        ),
        Unreadable.NOT_A_WORKBOOK,
        "另存为 .xlsx",
    ),
    "a .docx": (
        packed(
            {
                "_rels/.rels": f'<a><Relationship Type="{OFFICE}/officeDocument" Target="word/document.xml"/></a>'.encode(),
                "word/document.xml": b"<document/>",
            }
        ),
        Unreadable.NOT_A_WORKBOOK,
        "另存为 .xlsx",
    ),
    "an encrypted one": (ole("EncryptedPackage"), Unreadable.PASSWORD, "打开密码"),
    "cut off": (GOOD[:-40], Unreadable.DAMAGED, "已损坏"),
    "broken XML": (changed(FIRST, b"<worksheet><f>[1]!FS_RATIO(A1)</worksheet>"), Unreadable.DAMAGED, "已损坏"),
    "no workbook": (
        packed({k: v for k, v in book().items() if k != "xl/workbook.xml"}),
        Unreadable.DAMAGED,
        "已损坏",
    ),
    "entities": (changed(FIRST, ENTITIES), Unreadable.DAMAGED, "不允许的声明"),
    "UTF-16": (changed(FIRST, "<worksheet/>".encode("utf-16")), Unreadable.DAMAGED, "不允许的声明"),
    "a bomb": (bomb(), Unreadable.OVERSIZED, "过大"),
    "too many parts": (packed({f"xl/{n}.xml": b"" for n in range(MAX_PARTS + 1)}), Unreadable.OVERSIZED, "过大"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_unusable_file__refused__told_in_chinese_and_nothing_written(what: str, tmp_path: Path) -> None:
    data, reason, told = REFUSED[what]
    with pytest.raises(UnreadableWorkbook) as refused:
        repair_workbook(data, NAMES)
    assert refused.value.reason is reason
    path = tmp_path / "考核表.xlsx"
    path.write_bytes(data)
    with pytest.raises(Refused, match=told) as message:
        repair_file(path)
    assert str(path) in str(message.value) and "请" in str(message.value)
    assert list(tmp_path.iterdir()) == [path]


def test_package__two_parts_of_one_name__refused() -> None:
    target = io.BytesIO(GOOD)
    with zipfile.ZipFile(target, "a") as package, pytest.warns(UserWarning, match="Duplicate"):
        package.writestr(FIRST, b"<worksheet/>")
    with pytest.raises(UnreadableWorkbook, match="重名"):
        repair_workbook(target.getvalue(), NAMES)


@settings(max_examples=150)
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=40))
def test_package__bytes_overwritten__mended_or_refused(at: int, noise: bytes) -> None:
    try:
        repair = repair_workbook(GOOD[:at] + noise + GOOD[at + len(noise) :], NAMES)
    except UnreadableWorkbook:
        return
    assert repair_workbook(repair.data, NAMES).changes == ()


# --- Files and open workbooks -----------------------------------------------------------------------------------------


def test_repair_file__broken__copy_beside_it_and_the_file_untouched(tmp_path: Path) -> None:
    path = tmp_path / "考核表.v2.xlsm"
    path.write_bytes(GOOD)
    written, changes = repair_file(path)
    assert written == tmp_path / "考核表.v2（已修复）.xlsm"
    assert changes == (Change(SHEET, "C1", "=[1]!FS_RATIO(A1,B1)", "=FS_RATIO(A1,B1)"),)
    assert path.read_bytes() == GOOD
    assert written.read_bytes() == repair_workbook(GOOD, NAMES).data
    # Once more gives the same copy, and the copy needs none.
    assert repair_file(path) == (written, changes)
    assert repair_file(written) == (written, ())
    assert sorted(tmp_path.iterdir()) == sorted([path, written])


def test_repair_file__output_named__written_there(tmp_path: Path) -> None:
    path, output = tmp_path / "a.xlsx", tmp_path / "结果" / "b.xlsx"
    path.write_bytes(GOOD)
    assert repair_file(path, output)[0] == output
    assert output.read_bytes() == repair_workbook(GOOD, NAMES).data


def test_repair_file__nothing_broken__nothing_written(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(packed(book("=FS_RATIO(A1,B1)")))
    assert repair_file(path, tmp_path / "b.xlsx") == (path, ())
    assert list(tmp_path.iterdir()) == [path]


def test_repair_file__another_file_in_the_way__not_overwritten(tmp_path: Path) -> None:
    path, taken = tmp_path / "a.xlsx", tmp_path / "a（已修复）.xlsx"
    path.write_bytes(GOOD)
    taken.write_bytes(b"somebody's work")
    with pytest.raises(Refused, match="没有覆盖"):
        repair_file(path)
    with pytest.raises(Refused, match="没有覆盖"):
        repair_file(path, path)
    assert (path.read_bytes(), taken.read_bytes()) == (GOOD, b"somebody's work")


def test_repair_file__output_of_another_kind__refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsm"
    path.write_bytes(GOOD)
    with pytest.raises(Refused, match=r"以 \.xlsm 结尾"):
        repair_file(path, tmp_path / "b.xlsx")


def test_repair_file__no_such_file_or_a_folder__told_so(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="没有这个文件"):
        repair_file(tmp_path / "a.xlsx")
    folder = tmp_path / "b.xlsx"
    folder.mkdir()
    with pytest.raises(Refused, match="不是文件"):
        repair_file(folder)


def test_repair_file__larger_than_any_form__refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with path.open("wb") as stream:
        stream.truncate(33 * 1024 * 1024)
    with pytest.raises(Refused, match="32 MB"):
        repair_file(path)


def test_repair_formulas__block_of_contents__row_and_column_of_each_broken_one() -> None:
    block = [
        ["区", 8.0, f"={LOCAL}FS_RATIO(B1,C1)", ""],
        [None, True, "=FS_RATIO(B1,C1)", "[1]!FS_RATIO(B1,C1)"],
        ["=SUM(A1)", '=@fs_points("K01")', "#NAME?", "=[1]!OTHER(A1)"],
    ]
    assert repair_formulas(block) == [
        (0, 2, f"={LOCAL}FS_RATIO(B1,C1)", "=FS_RATIO(B1,C1)"),
        (2, 1, '=@fs_points("K01")', '=FS_POINTS("K01")'),
    ]
    assert repair_formulas(((),)) == []
