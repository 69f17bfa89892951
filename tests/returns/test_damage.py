"""Returned files with one thing wrong each: it is named at its place, nothing else is, and no other score moves.

Every case starts from the 16 clean forms, damages one and states all findings there are to be, by code, district, file,
sheet and cell, and every item that no longer counts as in the clean form.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import Field, Forms, Typed
from tests.support.libreoffice import DEADLINE
from xladdin.issues import Level, weighty
from xladdin.methods.ratio import RatioItem
from xladdin.results.consolidation import Consolidation, consolidate, examine
from xladdin.results.files import issues_workbook, result_workbook
from xladdin.results.stored import results
from xladdin.returns.collection import collect
from xladdin.scheme import Scheme
from xladdin.scoring.items import Status
from xladdin.words import CODE, COVER, SCORE, TARGET, VALUE, form_file_name
from xladdin.workbook import package
from xladdin.workbook.cells import cell_name
from xladdin.workbook.package import MAX_PARTS, MAX_UNPACKED

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

ROOT = Path(__file__).resolve().parents[2]

OURS = "静安区"
FILE = form_file_name(OURS)
OTHER = "黄浦区"
OTHER_FILE = form_file_name(OTHER)

ONE, TWO = "附件1", "附件2"
ERROR, MISSING, NOT_APPLICABLE = Status.ERROR, Status.MISSING, Status.NOT_APPLICABLE

Found = tuple[str, str, str, str, str]
"""Code, district, file, sheet, cell of a finding."""


def at(code: str, sheet: str = "", cell: str = "", *, district: str = OURS, file: str = FILE) -> Found:
    return code, district, file, sheet, cell


LOST = [at("F01")]
"""What is said of the district when its file cannot be used."""


# --- Ways to do damage ------------------------------------------------------------------------------------------------


def edit_part(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The package with the text of one part changed; it must change."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            content = old.read(info)
            if info.filename == part:
                changed = change(content)
                assert changed != content, part
                content = changed
            new.writestr(info.filename, content)
    return target.getvalue()


def part_of(data: bytes, sheet: str) -> str:
    return next(listed.relation.part for listed in package.Package(data).sheets if listed.name == sheet)


def set_xml(data: bytes, sheet: str, cell: str, xml: str) -> bytes:
    """The form with a cell's whole element replaced; STYLE stands for its style."""

    def change(content: bytes) -> bytes:
        pattern = rb'<c r="' + cell.encode() + rb'"( s="\d+")?[^>]*?(?:/>|>.*?</c>)'
        match = re.search(pattern, content)
        assert match, cell
        fresh = xml.replace("STYLE", (match[1] or b"").decode().strip())
        return content[: match.start()] + fresh.encode() + content[match.end() :]

    return edit_part(data, part_of(data, sheet), change)


def set_texts(data: bytes, cells: Mapping[tuple[str, str], Typed]) -> bytes:
    """The form with cells typed over and no result recalculated."""
    by_sheet: dict[str, dict[str, Typed]] = {}
    for (sheet, cell), value in cells.items():
        by_sheet.setdefault(sheet, {})[cell] = value
    return package.rewrite(data, {}, by_sheet)


def by_openpyxl(data: bytes, change: Callable[[openpyxl.Workbook], None]) -> bytes:
    """The form changed and saved by openpyxl, which stores no results."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for sheet in book:
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
    change(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def zip_of(parts: Mapping[str, str | bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def declare(data: bytes, part: str, size: int) -> bytes:
    """The zip with a part's unpacked size declared as something else."""
    changed = bytearray(data)
    for signature, size_at, name_length_at, name_at in ((b"PK\x01\x02", 24, 28, 46), (b"PK\x03\x04", 22, 26, 30)):
        start = changed.find(signature)
        while start >= 0:
            (length,) = struct.unpack_from("<H", changed, start + name_length_at)
            if changed[start + name_at : start + name_at + length].decode() == part:
                struct.pack_into("<I", changed, start + size_at, size)
            start = changed.find(signature, start + 4)
    assert bytes(changed) != data
    return bytes(changed)


def small_xlsx(rows: str, strings: str = "") -> bytes:
    """A workbook with one sheet of these rows, made by hand."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packages = "http://schemas.openxmlformats.org/package/2006"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    shared = f'<Relationship Id="s" Type="{office}/sharedStrings" Target="sharedStrings.xml"/>' if strings else ""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{packages}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{packages}/relationships">'
        f'<Relationship Id="b" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}">'
        f'<sheets><sheet name="{TWO}" sheetId="1" r:id="a"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{packages}/relationships">'
        f'<Relationship Id="a" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>{shared}</Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
    }
    if strings:
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{main}">{strings}</sst>'
    return zip_of(parts)


def small_ods(declaration: str, text: str) -> bytes:
    names = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0"?>{declaration}<office:document-content xmlns:office="{names}:office:1.0" '
        f'xmlns:table="{names}:table:1.0" xmlns:text="{names}:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="{TWO}"><table:table-row><table:table-cell><text:p>{text}</text:p></table:table-cell>'
        "</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    )
    return zip_of({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content})


def ole_file(*streams: str) -> bytes:
    """The beginning of an OLE container and the names of its streams, which is what tells what it holds."""
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + b"".join(s.encode("utf-16-le") for s in streams) + bytes(512)
    )


# --- Cases ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """One thing wrong with the returned files.

    `damage` does it; `found` is all there is to be found; `statuses` are the items of `OURS` that come to something else
    than in the clean form. `lost` names the districts left without a usable form.
    """

    name: str
    damage: Callable[[Path, Forms], None]
    found: Iterable[Found]
    statuses: Mapping[str, Status] = field(default_factory=dict)
    lost: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name


def cell_of(code: str, head: str = VALUE) -> tuple[str, str]:
    return Forms(_scheme()).at(code, head)


def _scheme() -> Scheme:
    from xladdin.scheme import load_scheme

    return load_scheme("2023")


def typed(name: str, code: str, value: Typed, kind: str, status: Status | None = ERROR, head: str = VALUE) -> Case:
    """Something else typed into one field."""

    def damage(folder: Path, forms: Forms) -> None:
        (folder / FILE).write_bytes(forms.make(OURS, {(code, head): value}))

    item = code.partition(".")[0]
    return Case(name, damage, [at(kind, *cell_of(code, head))], {item: status} if status else {})


def raw(name: str, code: str, xml: str, kind: str, head: str = VALUE) -> Case:
    """One field's cell written by hand."""
    sheet, cell = cell_of(code, head)

    def damage(folder: Path, _forms: Forms) -> None:
        path = folder / FILE
        path.write_bytes(set_xml(path.read_bytes(), sheet, cell, xml.replace("CELL", cell)))

    return Case(name, damage, [at(kind, sheet, cell)], {code.partition(".")[0]: ERROR})


def unusable(name: str, content: bytes | Callable[[bytes], bytes], kind: str) -> Case:
    """The district's file replaced by something that cannot be used at all."""

    def damage(folder: Path, _forms: Forms) -> None:
        path = folder / FILE
        path.write_bytes(content if isinstance(content, bytes) else content(path.read_bytes()))

    return Case(name, damage, [at(kind), *LOST], lost=(OURS,))


def shown(name: str, sheet: str, cell: str, xml: str) -> Case:
    """A formula's cell typed over."""

    def damage(folder: Path, _forms: Forms) -> None:
        path = folder / FILE
        path.write_bytes(set_xml(path.read_bytes(), sheet, cell, xml.replace("CELL", cell)))

    return Case(name, damage, [at("V01", sheet, cell)])


def score_cell(item: str) -> tuple[str, str]:
    layout = Forms(_scheme()).layout
    annex = layout.annex_of(item)
    return annex.sheet, cell_name(annex.items[item].first, annex.column(SCORE))


def saved(name: str, change: Callable[[openpyxl.Workbook], None], found: Iterable[Found], **more: Status) -> Case:
    """Rows or codes changed with a program that stores no results, so that no shown score can be held against it."""

    def damage(folder: Path, _forms: Forms) -> None:
        path = folder / FILE
        path.write_bytes(by_openpyxl(path.read_bytes(), change))

    return Case(name, damage, found, more)


def code_cell(code: str) -> tuple[str, str]:
    return cell_of(code, CODE)


def unused_row(code: str) -> list[Found]:
    """What is said of a field's row that nothing is read from."""
    return [at("S08", *cell_of(code, head)) for head in (TARGET, VALUE)]


def row_of(code: str) -> int:
    return int(re.sub("[A-Z]", "", cell_of(code)[1]))


def recoded(old: str, new: str) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        sheet, cell = code_cell(old)
        assert book[sheet][cell].value == old
        book[sheet][cell].value = new

    return change


def delete_row(code: str) -> Callable[[openpyxl.Workbook], None]:
    return lambda book: book[cell_of(code)[0]].delete_rows(row_of(code))


def double_row(code: str) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        sheet, row = book[cell_of(code)[0]], row_of(code)
        sheet.insert_rows(row + 1)
        for column in range(1, sheet.max_column + 1):
            sheet.cell(row + 1, column).value = sheet.cell(row, column).value

    return change


def extra_row(code: str) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        sheet, row = book[TWO], row_of("K05.1")
        sheet.insert_rows(row)
        sheet[re.sub(r"\d", "", code_cell("K05.1")[1]) + str(row)].value = code
        sheet[re.sub(r"\d", "", cell_of("K05.1")[1]) + str(row)].value = 7

    return change


def remove(folder: Path, _forms: Forms) -> None:
    (folder / FILE).unlink()


def instead(name: str, content: bytes) -> Callable[[Path, Forms], None]:
    """Another file in place of the district's form."""

    def damage(folder: Path, _forms: Forms) -> None:
        (folder / FILE).unlink()
        (folder / name).write_bytes(content)

    return damage


def renamed(name: str) -> Callable[[Path, Forms], None]:
    def damage(folder: Path, _forms: Forms) -> None:
        (folder / FILE).rename(folder / name)

    return damage


def archived(name: str, content: bytes = b"") -> Callable[[Path, Forms], None]:
    """The district's form, or something else, under a name in an archive."""

    def damage(folder: Path, _forms: Forms) -> None:
        data = content or (folder / FILE).read_bytes()
        (folder / FILE).unlink()
        (folder / "回收.zip").write_bytes(zip_of({name: data}))

    return damage


def locked(data: bytes) -> bytes:
    """The archive with its files said to be encrypted."""
    changed = bytearray(data)
    for signature, flags_at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        changed[changed.index(signature) + flags_at] |= 1
    return bytes(changed)


UNREADABLE = [
    ("RAR", ".rar", b"Rar!\x1a\x07\x00", "F03"),
    ("7z", ".7z", b"7z\xbc\xaf\x27\x1c", "F03"),
    ("a photograph", ".jpg", b"\xff\xd8\xff\xe0", "F03"),
    ("text", ".csv", "编号,完成情况\n".encode("gb18030"), "F03"),
    ("flat XML", ".fods", b'<?xml version="1.0"?><office:document xmlns:office="opendocument">', "F03"),
    ("a WPS workbook of its own kind", ".et", b"WPS" + bytes(64), "F03"),
    ("an encrypted file", ".xlsx", b"b\x14#e\x01\x00\x00\x00E-SafeNet\x00\x00LOCK", "F19"),
]
"""What it is, how it is named and begins, and the finding."""


def second_file(name: str, code: str = "") -> Callable[[Path, Forms], None]:
    """Another file of the same district beside the first, different where a code says so."""

    def damage(folder: Path, forms: Forms) -> None:
        (folder / name).write_bytes(forms.make(OURS, {(code, VALUE): 5.0} if code else {}))

    return damage


def renamed_sheet(folder: Path, _forms: Forms) -> None:
    path = folder / FILE
    change = edit_part(
        path.read_bytes(), "xl/workbook.xml", lambda x: x.replace(f'name="{TWO}"'.encode(), b'name="Sheet2"')
    )
    path.write_bytes(change)


def stamped(cover_cell: str, text: str) -> Callable[[Path, Forms], None]:
    def damage(folder: Path, _forms: Forms) -> None:
        path = folder / FILE
        path.write_bytes(set_texts(path.read_bytes(), {(COVER, cover_cell): text}))

    return damage


def only_file_name_left(folder: Path, _forms: Forms) -> None:
    def change(book: openpyxl.Workbook) -> None:
        for sheet in book:
            for row in sheet.iter_rows(max_row=12):
                for cell in row:
                    if isinstance(cell.value, str):
                        cell.value = cell.value.replace(OURS, "")

    path = folder / FILE
    data = by_openpyxl(path.read_bytes(), change)
    path.write_bytes(edit_part(data, "docProps/custom.xml", lambda x: x.replace(OURS.encode(), b"")))


def no_name_at_all(folder: Path, forms: Forms) -> None:
    only_file_name_left(folder, forms)
    (folder / FILE).rename(folder / "报送.xlsx")


def another_districts_form(folder: Path, forms: Forms) -> None:
    (folder / OTHER_FILE).write_bytes(forms.make(OURS, {("K05.1", VALUE): 5.0}))


def folders_of_districts(folder: Path, _forms: Forms) -> None:
    """One folder for each district with a file of the same name; a district got a copy of another's."""
    for path in list(folder.iterdir()):
        own = folder / path.stem.removeprefix("区填报表_")
        own.mkdir()
        path.rename(own / "填报表.xlsx")
    shutil.copyfile(folder / OTHER / "填报表.xlsx", folder / OURS / "填报表.xlsx")


def beside(name: str, content: bytes) -> Callable[[Path, Forms], None]:
    """Something else in the folder."""

    def damage(folder: Path, _forms: Forms) -> None:
        (folder / name).write_bytes(content)

    return damage


def own_results(folder: Path, forms: Forms) -> None:
    """What this program wrote, into the folder it reads."""
    found = consolidate(forms.scheme, [folder], forms.scheme.default_policies)
    workbook = result_workbook(found, folder / "考核汇总.xlsx", datetime(2024, 1, 5))
    (folder / "校验结果.xlsx").write_bytes(issues_workbook(forms.scheme, [], {}, folder / "校验结果.xlsx"))
    (folder / "考核汇总.xlsx").write_bytes(workbook)


DOCX = zip_of({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w:document/>"})
XLSB = zip_of(
    {"[Content_Types].xml": "<Types/>", "xl/workbook.bin": b"\x83\x01\x00", "xl/worksheets/sheet1.bin": b"\x81"}
)
EXTERNAL = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
NESTED = '<!DOCTYPE x [<!ENTITY a "12"><!ENTITY b "&a;&a;&a;&a;">]>'
LATE = f"<!--{' ' * 2000}-->{NESTED}"

FILE_CASES = [
    Case("missing file", remove, LOST, lost=(OURS,)),
    Case(
        "two different files of a district",
        second_file("区填报表_静安区(1).xlsx", "K05.1"),
        [at("F12"), *LOST],
        lost=(OURS,),
    ),
    Case(
        "two different files, one named as it should be",
        second_file("最终版.xlsx", "K05.1"),
        [at("F12", file="最终版.xlsx")],
    ),
    Case("two identical files", second_file("最终版.xlsx"), [at("F13", file="最终版.xlsx")]),
    Case(
        "another district's form under this name",
        another_districts_form,
        [
            at("F11", COVER, "B3", file=OTHER_FILE),
            at("F12", file=OTHER_FILE),
            at("F01", district=OTHER, file=OTHER_FILE),
        ],
        lost=(OTHER,),
    ),
    Case(
        "another district's form in this district's folder",
        folders_of_districts,
        [
            at("F11", COVER, "B3", district=OTHER, file=f"{OURS}/填报表.xlsx"),
            at("F13", district=OTHER, file=f"{OTHER}/填报表.xlsx"),
            *LOST,
        ],
        lost=(OURS,),
    ),
    Case("stamps that contradict", stamped("B3", OTHER), [at("F10", ONE, "A3"), *LOST], lost=(OURS,)),
    Case("no district inside", only_file_name_left, [at("F16")]),
    Case("no district anywhere", no_name_at_all, [at("F09", district="", file="报送.xlsx"), *LOST], lost=(OURS,)),
    Case("an older scheme", stamped("B4", "2022"), [at("F14", COVER, "B4"), *LOST], lost=(OURS,)),
    Case("Excel's lock file", beside(f"~${FILE}", b"\x0aExcel"), []),
    Case("LibreOffice's lock file", beside(f".~lock.{FILE}#", b",user,host,"), []),
    Case("macOS's shadow file", beside(f"._{FILE}", b"\x00\x05\x16\x07"), []),
    Case("an unrelated document", beside("通知.docx", DOCX), [at("F21", district="", file="通知.docx")]),
    Case("a file of a program", beside("Thumbs.db", b"\xd0\xcf"), []),
    Case(
        "a form printed to PDF",
        beside("区填报表_静安区.pdf", b"%PDF-1.7"),
        [at("F17", district="", file="区填报表_静安区.pdf")],
    ),
    Case("a scan of a form", beside("静安区（盖章）.pdf", b"%PDF-1.7"), [at("F17", file="静安区（盖章）.pdf")]),
    Case(
        "a form sent as PDF only",
        instead("静安区（盖章）.pdf", b"%PDF-1.7"),
        [at("F03", file="静安区（盖章）.pdf"), *LOST],
        lost=(OURS,),
    ),
    *(
        Case(
            f"a form sent as {what}",
            instead(f"静安区{suffix}", content),
            [at(code, file=f"静安区{suffix}"), *LOST],
            lost=(OURS,),
        )
        for what, suffix, content, code in UNREADABLE
    ),
    Case("a form without an extension", renamed("区填报表_静安区"), []),
    Case("a form as a template", renamed("区填报表_静安区.xltx"), []),
    Case("a form in an archive", archived(f"新建文件夹/{FILE}"), []),
    Case(
        "a scan in an archive",
        archived("静安区.png", b"\x89PNG"),
        [at("F03", file="回收.zip/静安区.png"), *LOST],
        lost=(OURS,),
    ),
    Case(
        "an archive in an archive",
        archived("静安区.zip", zip_of({FILE: b""})),
        [at("F03", file="回收.zip/静安区.zip"), *LOST],
        lost=(OURS,),
    ),
    Case("an empty archive", instead("静安区.zip", zip_of({})), [at("F02", file="静安区.zip"), *LOST], lost=(OURS,)),
    Case(
        "an archive with a password",
        instead("静安区.zip", locked(zip_of({FILE: b"1"}))),
        [at("F04", file="静安区.zip"), *LOST],
        lost=(OURS,),
    ),
    Case(
        "a damaged archive", instead("静安区.zip", b"PK\x03\x04"), [at("F05", file="静安区.zip"), *LOST], lost=(OURS,)
    ),
    Case(
        "an unrelated workbook",
        beside("通讯录.xlsx", small_xlsx('<row r="1"><c r="A1"><v>1</v></c></row>')),
        [at("F21", district="", file="通讯录.xlsx")],
    ),
    Case(
        "our own results in the folder",
        own_results,
        [at("F15", district="", file="考核汇总.xlsx"), at("F15", district="", file="校验结果.xlsx")],
    ),
    unusable("empty file", b"", "F02"),
    unusable("text named .xlsx", "区,编号\n静安区,K01.1\n".encode(), "F03"),
    unusable("PDF named .xlsx", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "F03"),
    unusable("web page named .xlsx", b"<html><table><tr><td>1</td></tr></table></html>", "F03"),
    unusable("Word document named .xlsx", DOCX, "F03"),
    unusable("old Word document named .xlsx", ole_file("WordDocument", "1Table"), "F03"),
    unusable("zip of something else", zip_of({"a.txt": "a"}), "F03"),
    unusable("binary workbook", XLSB, "F03"),
    unusable("password to open", ole_file("EncryptedPackage", "EncryptionInfo"), "F04"),
    unusable("cut off in the middle", lambda data: data[: len(data) // 2], "F05"),
    unusable("cut off at the end", lambda data: data[:-30], "F05"),
    unusable("bytes overwritten", lambda data: data[:9000] + bytes(3000) + data[12000:], "F05"),
    unusable("only zeros", bytes(4096), "F03"),
    unusable("external entity", small_ods(EXTERNAL, "&e;"), "F05"),
    unusable("nested entities", small_ods(NESTED, "&b;"), "F05"),
    unusable("entities declared late", small_ods(LATE, "&b;"), "F05"),
    unusable("huge when unpacked", lambda data: declare(data, "xl/styles.xml", MAX_UNPACKED + 1), "F06"),
    unusable("too many parts", zip_of({f"xl/{n}.xml": "" for n in range(MAX_PARTS + 1)}), "F06"),
    unusable("far row", small_xlsx('<row r="6000"><c r="A6000"><v>1</v></c></row>'), "F06"),
    unusable("far column", small_xlsx('<row r="1"><c r="ZZ1"><v>1</v></c></row>'), "F06"),
]

CELL_CASES = [
    typed("a word for an amount", "K05.1", "已完成", "C01"),
    typed("a negative amount", "K05.1", -3.0, "C01"),
    typed("a negative target", "K05.1", -3.0, "C01", head=TARGET),
    typed("a word for a target", "K05.1", "若干", "C01", head=TARGET),
    typed("an amount in the wrong unit", "K03.1", "12米", "C01"),
    typed("a fraction for a percentage", "K10.5", 0.45, "C01"),
    typed("a percentage above 100", "K10.5", 101.0, "C01"),
    typed("a mark above 100", "K14.1", 120.0, "C01"),
    typed("a mark above the points", "R2.1", 3.1, "C01"),
    typed("a case's mark above 1.5", "N1.3", 1.6, "C01"),
    typed("half a brief", "R5.1", 2.5, "C01"),
    typed("a word for 是/否", "R1.2", "已完成", "C01"),
    typed("不适用 for a mark", "K11.1", "不适用", "C01"),
    typed("不适用 for an amount assigned", "K05.1", "不适用", "C11"),
    typed("no amount", "K05.1", None, "M02", MISSING),
    typed("a blank mark for an amount", "K05.1", "—", "M02", MISSING),
    typed("no mark", "K14.1", None, "M03", MISSING),
    typed("no answer", "R5.1", None, "M01", MISSING),
    raw("a formula", "K05.1", '<c r="CELL" STYLE><f>5+4</f><v>9</v></c>', "C03"),
    raw("a formula in XML with line breaks", "K05.1", '<c r="CELL" STYLE>\n<f>5+4</f>\n<v>9</v></c>', "C03"),
    raw("a formula for a target", "K05.1", '<c r="CELL" STYLE><f>5+4</f><v>9</v></c>', "C03", head=TARGET),
    raw("a formula filled down", "K05.1", '<c r="CELL" STYLE><f t="shared" si="0"/><v>9</v></c>', "C03"),
    raw("an array formula", "K05.1", '<c r="CELL" STYLE><f t="array" ref="CELL">5+4</f><v>9</v></c>', "C03"),
    raw("a formula never calculated", "K05.1", '<c r="CELL" STYLE><f>5+4</f></c>', "C03"),
    raw("a formula that shows nothing", "K05.1", '<c r="CELL" STYLE t="str"><f>""</f><v></v></c>', "C03"),
    raw("a link to another file", "K14.1", '<c r="CELL" STYLE><f>[1]Sheet1!A1</f><v>90</v></c>', "C03"),
    raw("a formula for 是/否", "R1.2", '<c r="CELL" STYLE t="b"><f>1=1</f><v>1</v></c>', "C03"),
    raw("an error value", "K05.1", '<c r="CELL" STYLE t="e"><v>#DIV/0!</v></c>', "C02"),
    raw("an error value in XML with line breaks", "K05.1", '<c r="CELL" STYLE t="e">\n<v>#N/A</v></c>', "C02"),
    raw("an error value for a target", "K05.1", '<c r="CELL" STYLE t="e"><v>#REF!</v></c>', "C02", head=TARGET),
    raw("a formula with an error", "K05.1", '<c r="CELL" STYLE t="e"><f>1/0</f><v>#DIV/0!</v></c>', "C02"),
    raw("an error value for a mark", "K14.1", '<c r="CELL" STYLE t="e"><v>#N/A</v></c>', "C02"),
    raw("TRUE for an amount", "K05.1", '<c r="CELL" STYLE t="b"><v>1</v></c>', "C01"),
    shown("a score typed over", *score_cell("K05"), '<c r="CELL" STYLE><v>2</v></c>'),
    shown("a score typed over with a word", *score_cell("R6"), '<c r="CELL" STYLE t="str"><v>满分</v></c>'),
    shown("a score deleted", *score_cell("N1"), '<c r="CELL" STYLE/>'),
    shown("a score that is an error", *score_cell("K05"), '<c r="CELL" STYLE t="e"><v>#NAME?</v></c>'),
    shown("the total typed over", ONE, "E30", '<c r="CELL" STYLE><v>99.5</v></c>'),
]

ROW_CASES = [
    Case("a sheet renamed", renamed_sheet, [at("S01", "Sheet2")]),
    saved("a row deleted", delete_row("K05.1"), [at("S03", TWO)], K05=ERROR),
    saved("one of several indicators deleted", delete_row("K07.2"), [at("S03", TWO)], K07=ERROR),
    saved("a row of 附件1 deleted", delete_row("R3.2"), [at("S03", ONE)], R3=ERROR),
    saved("a row twice", double_row("K05.1"), [at("S04", TWO, f"G{row_of('K05.1') + 1}")], K05=ERROR),
    saved(
        "a code typed over with another",
        recoded("K05.1", "K06.1"),
        [at("S03", TWO), at("S04", TWO, code_cell("K06.1")[1])],
        K05=ERROR,
        K06=ERROR,
    ),
    saved("a code of no item", recoded("K05.1", "K05.9"), [at("S03", TWO), at("S05", *code_cell("K05.1"))], K05=ERROR),
    saved(
        "a code without its zero", recoded("K05.1", "K5.1"), [at("S03", TWO), at("S05", *code_cell("K05.1"))], K05=ERROR
    ),
    saved("a code deleted", recoded("K05.1", ""), [at("S03", TWO), *unused_row("K05.1")], K05=ERROR),
    saved("a code that is a word", recoded("K05.1", "见附注"), [at("S03", TWO), *unused_row("K05.1")], K05=ERROR),
    saved("a row added", extra_row("K35.1"), [at("S05", TWO, code_cell("K05.1")[1])]),
    saved("a row added without a code", extra_row("小计"), [at("S08", *cell_of("K05.1"))]),
    saved("saved without results", lambda book: None, []),
]

CASES = [*FILE_CASES, *CELL_CASES, *ROW_CASES]


# --- What must hold for all of them -----------------------------------------------------------------------------------


@pytest.fixture
def folder(filled: Path, tmp_path: Path) -> Path:
    return shutil.copytree(filled, tmp_path / "回收")


def seen(result: Consolidation) -> list[Found]:
    places = [(i.code, i.place.district, i.place.file, i.place.sheet, i.place.cell) for i in result.issues]
    return sorted(places)


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def run(scheme: Scheme, folder: Path) -> Consolidation:
    """The consolidation of the folder, whose files stay as they are."""
    before = contents(folder)
    result = consolidate(scheme, [folder], scheme.default_policies)
    assert contents(folder) == before
    return result


@pytest.fixture(scope="module")
def outcome(
    scheme: Scheme, forms: Forms, filled: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Case], Consolidation]:
    """What a case comes to, worked out once."""
    known: dict[str, Consolidation] = {}

    def of(case: Case) -> Consolidation:
        if case.name not in known:
            folder = shutil.copytree(filled, tmp_path_factory.mktemp("damaged") / "回收")
            case.damage(folder, forms)
            known[case.name] = run(scheme, folder)
            shutil.rmtree(folder)
        return known[case.name]

    return of


def changed_items(result: Consolidation, clean: Consolidation, district: str) -> dict[str, Status]:
    own, before = (next(d for d in c.districts if d.name == district).scored.items for c in (result, clean))
    return {
        id_: own[id_].status
        for id_ in before
        if (own[id_].score, own[id_].status) != (before[id_].score, before[id_].status)
    }


SENT_INSTEAD = {
    "黄浦区.rar": (b"Rar!\x1a\x07\x01\x00", "是 RAR 压缩包，未打开", "解压后把里面的表放进回收文件夹"),
    "黄浦区.7z": (b"7z\xbc\xaf\x27\x1c", "是 7z 压缩包，未打开", "解压后把里面的表放进回收文件夹"),
    "黄浦区.pdf": (
        b"%PDF-1.7",
        "是 PDF 文件（扫描件或打印件）",
        "扫描件、照片、打印件不能计分，请报送单位另报填好的 .xlsx 原表",
    ),
    "黄浦区.csv": (
        "区,得分".encode(),
        "是文本文件（如 .csv），不是工作簿",
        "请报送单位在下发的表里填写，保存为 .xlsx 再报送",
    ),
    "通知.rar": (
        b"Rar!\x1a\x07\x01\x00",
        "是 RAR 压缩包，未打开",
        "未采用；是报送的件，解压后把里面的表放进回收文件夹",
    ),
}


def test_sent_instead_of_a_workbook__each_with_what_it_is_and_what_helps(tmp_path: Path, scheme: Scheme) -> None:
    for name, (content, _found, _remedy) in SENT_INSTEAD.items():
        (tmp_path / name).write_bytes(content)
    told = {issue.place.file: issue for issue in collect(scheme, [tmp_path]).issues}
    assert {name: told[name].found for name in SENT_INSTEAD} == {name: own[1] for name, own in SENT_INSTEAD.items()}
    for name, (_content, _found, remedy) in SENT_INSTEAD.items():
        assert told[name].remedy.startswith(remedy), told[name]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_damage__one_thing_wrong__named_at_its_place_and_nothing_else_moves(
    case: Case, scheme: Scheme, outcome: Callable[[Case], Consolidation], clean: Consolidation
) -> None:
    result = outcome(case)
    assert seen(result) == sorted(case.found)
    for district in scheme.district_names:
        if district in case.lost:
            continue
        expected = case.statuses if district == OURS else {}
        assert changed_items(result, clean, district) == expected, district
    assert {d.name for d in result.districts if d.layers is None} == set(case.lost)


@pytest.mark.parametrize("case", [c for c in CASES if c.lost or c.statuses], ids=str)
def test_damage__that_costs_a_score__makes_the_rank_provisional_and_the_run_end_with_problems(
    case: Case, outcome: Callable[[Case], Consolidation]
) -> None:
    result = outcome(case)
    touched = {*case.lost, *([OURS] if case.statuses else [])}
    assert {d.name for d in result.districts if d.provisional} == touched
    assert weighty(result.issues, awaited=True)
    for district in results(result)["districts"]:
        for id_, item in district["items"].items():
            lacking = item["status"] in ("missing", "error")
            assert lacking == (district["name"] in case.lost or (district["name"] == OURS and id_ in case.statuses))
            if lacking:
                assert item["score"] in (None, 0.0)


def test_damage__several_districts_at_once__each_named_and_check_says_the_same(
    scheme: Scheme, forms: Forms, folder: Path, clean: Consolidation
) -> None:
    wrong: dict[str, tuple[Field, Typed]] = {
        "浦东新区": (("K05.1", VALUE), "已完成"),
        "徐汇区": (("K14.1", VALUE), None),
        "长宁区": (("R1.1", VALUE), "办结"),
        "普陀区": (("K10.5", TARGET), "五成"),
    }
    for district, (cell, value) in wrong.items():
        (folder / form_file_name(district)).write_bytes(forms.make(district, {cell: value}))
    (folder / form_file_name("崇明区")).unlink()
    (folder / form_file_name("奉贤区")).write_bytes(b"%PDF")
    result = run(scheme, folder)
    expected = [
        at(kind, *cell_of(*wrong[district][0]), district=district, file=form_file_name(district))
        for district, kind in zip(wrong, ("C01", "M03", "C01", "C01"), strict=True)
    ]
    expected += [at("F01", district=d, file=form_file_name(d)) for d in ("崇明区", "奉贤区")]
    expected.append(at("F03", district="奉贤区", file=form_file_name("奉贤区")))
    assert seen(result) == sorted(expected)
    assert examine(scheme, collect(scheme, [folder])) == list(result.issues)
    for district in scheme.district_names:
        if district not in ("崇明区", "奉贤区"):
            expected_items = {wrong[district][0][0].partition(".")[0]} if district in wrong else set()
            assert changed_items(result, clean, district).keys() == expected_items


@pytest.mark.parametrize("case", [c for c in CASES if c.found], ids=str)
def test_finding__about_any_damage__says_in_chinese_what_is_expected_and_what_to_do(
    case: Case, outcome: Callable[[Case], Consolidation]
) -> None:
    for issue in outcome(case).issues:
        assert issue.found
        for text in (issue.expected, issue.remedy):
            assert re.search("[\u4e00-\u9fff]", text), issue
            assert "{" not in text, issue


# --- Heads ------------------------------------------------------------------------------------------------------------


def items_that_need(scheme: Scheme, sheet: str, head: str) -> set[str]:
    layout = Forms(scheme).layout
    annex = next(a for a in layout.annexes if a.sheet == sheet)
    return {id_ for id_ in annex.items if head != TARGET or isinstance(scheme.items[id_], RatioItem)}


def rehead(sheet: str, head: str, to: str | None) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        cells = [cell for row in book[sheet].iter_rows() for cell in row if cell.value == head]
        assert len(cells) == 1
        cells[0].value = to

    return change


HEADS = [(ONE, CODE), (ONE, VALUE), (TWO, CODE), (TWO, TARGET), (TWO, VALUE)]


@pytest.mark.parametrize("to", ["数量", None], ids=["renamed", "deleted"])
@pytest.mark.parametrize(("sheet", "head"), HEADS)
def test_head__renamed_or_deleted__every_item_below_it_is_an_error(
    scheme: Scheme, folder: Path, clean: Consolidation, sheet: str, head: str, to: str | None
) -> None:
    path = folder / FILE
    path.write_bytes(by_openpyxl(path.read_bytes(), rehead(sheet, head, to)))
    result = run(scheme, folder)
    needed = items_that_need(scheme, sheet, head)
    assert changed_items(result, clean, OURS) == dict.fromkeys(needed, ERROR)
    assert {(i.place.district, i.place.file, i.place.sheet, i.level) for i in result.issues} == {
        (OURS, FILE, sheet, Level.ERROR)
    }


@pytest.mark.parametrize(
    ("sheet", "head"),
    [
        (TWO, VALUE),
        (TWO, TARGET),
        (ONE, VALUE),
    ],
)
def test_head__renamed__is_named_as_the_column_that_is_missing(
    scheme: Scheme, folder: Path, sheet: str, head: str
) -> None:
    path = folder / FILE
    path.write_bytes(by_openpyxl(path.read_bytes(), rehead(sheet, head, "数量")))
    result = run(scheme, folder)
    assert seen(result) == [at("S02", sheet, "第 4 行")]
    assert head in result.issues[0].found


@pytest.mark.parametrize(("sheet", "head"), [(TWO, VALUE), (TWO, TARGET), (ONE, VALUE), (ONE, CODE)])
def test_head__with_a_line_break_or_full_width_forms__is_known_all_the_same(
    scheme: Scheme, folder: Path, clean: Consolidation, sheet: str, head: str
) -> None:
    path = folder / FILE
    path.write_bytes(by_openpyxl(path.read_bytes(), rehead(sheet, head, f" {head[:2]}\n{head[2:]}　")))
    result = run(scheme, folder)
    assert seen(result) == []
    assert changed_items(result, clean, OURS) == {}


# --- Odd files and faults of several cells -------------------------------------------------------------------------------------------------


def second_indicator(folder: Path, forms: Forms) -> None:
    (folder / FILE).write_bytes(forms.make(OURS, {("K01.2", VALUE): "不适用"}))


def rule_fault_beside_a_lost_head(folder: Path, forms: Forms) -> None:
    data = forms.make(OURS, {("I3.2", VALUE): 9.0})
    (folder / FILE).write_bytes(by_openpyxl(data, rehead(TWO, TARGET, "指标")))


ODD_CASES = [
    raw("a formula in XML with single quotes", "K05.1", "<c r='CELL' STYLE><f>5+4</f><v>9</v></c>", "C03"),
    raw("an error in XML with single quotes", "K05.1", "<c r='CELL' STYLE t='e'><v>#N/A</v></c>", "C02"),
    Case("不适用 for the second indicator", second_indicator, [at("C11", *cell_of("K01.2"))], {"K01": ERROR}),
    Case(
        "more rectified than cited, and a head lost elsewhere",
        rule_fault_beside_a_lost_head,
        [at("S02", TWO, "第 4 行"), at("C11", *cell_of("I3.2"))],
        {**dict.fromkeys(items_that_need(_scheme(), TWO, TARGET), ERROR), "I3": ERROR},
    ),
    shown("附件2's 合计 typed over", TWO, "F56", '<c r="CELL" STYLE><v>68</v></c>'),
    shown("附件1's first row typed over", ONE, "E5", '<c r="CELL" STYLE><v>68</v></c>'),
    raw("an error value few know", "K05.1", '<c r="CELL" STYLE t="e"><v>#GETTING_DATA</v></c>', "C02"),
    raw("a formula after a comment", "K05.1", '<!-- </sheetData> --><c r="CELL"><f>5+4</f><v>9</v></c>', "C03"),
    raw("a number that is none", "K05.1", '<c r="CELL" STYLE><v>NaN</v></c>', "C01"),
    raw("a number beyond all bounds", "K05.1", '<c r="CELL" STYLE><v>1E999</v></c>', "C01"),
    raw("400 digits", "K05.1", f'<c r="CELL" STYLE t="str"><v>{"9" * 400}</v></c>', "C01"),
    raw("a text as long as a cell takes", "K05.1", f'<c r="CELL" STYLE t="str"><v>{"好" * 32767}</v></c>', "C01"),
]


@pytest.mark.parametrize("case", ODD_CASES, ids=lambda case: case.name)
def test_damage__of_an_odd_kind__is_named_at_its_cell(
    case: Case, scheme: Scheme, forms: Forms, folder: Path, clean: Consolidation
) -> None:
    case.damage(folder, forms)
    result = run(scheme, folder)
    assert result_workbook(result, folder.parent / "考核汇总.xlsx", datetime(2024, 1, 5))
    assert seen(result) == sorted(case.found)
    assert changed_items(result, clean, OURS) == case.statuses


@pytest.mark.parametrize("name", [OURS, OTHER])
def test_sheet__of_a_form_named_by_a_district__changes_no_districts_scores(
    scheme: Scheme, folder: Path, clean: Consolidation, name: str
) -> None:
    path = folder / FILE
    path.write_bytes(by_openpyxl(path.read_bytes(), lambda book: setattr(book[TWO], "title", name)))
    result = run(scheme, folder)
    assert changed_items(result, clean, OTHER) == {}
    refused = any(i.level is Level.ERROR and i.place.file == FILE for i in result.issues)
    assert changed_items(result, clean, OURS) == {} or (refused and result.districts[2].layers is None)


def test_formula__in_cells_without_addresses__is_refused(scheme: Scheme, folder: Path, clean: Consolidation) -> None:
    # Addresses are optional in the file format: a cell without one follows the one before.
    path = folder / FILE
    sheet, cell = cell_of("K05.1")
    data = set_xml(path.read_bytes(), sheet, cell, f'<c r="{cell}"><f>5+4</f><v>9</v></c>')
    path.write_bytes(edit_part(data, part_of(data, sheet), lambda x: re.sub(rb'<c r="[A-Z]+\d+"', b"<c", x)))
    assert changed_items(run(scheme, folder), clean, OURS) == {"K05": ERROR}


@pytest.mark.parametrize("address", ["k11", "$K$11", "?"])
def test_cell__whose_address_is_none__is_not_read_into_another(
    scheme: Scheme, folder: Path, clean: Consolidation, address: str
) -> None:
    path = folder / FILE
    sheet, cell = cell_of("K05.1")
    path.write_bytes(set_xml(path.read_bytes(), sheet, cell, f'<c r="{address}" STYLE><v>18</v></c>'))
    result = run(scheme, folder)
    refused = any(i.level is Level.ERROR and i.place.file == FILE for i in result.issues)
    assert changed_items(result, clean, OURS) == {} or refused


@pytest.mark.parametrize(("stored", "value"), [("1", True), ("0", False), ("true", True), ("false", False), ("", None)])
def test_logical_value__as_a_program_may_store_it__is_what_it_says(
    scheme: Scheme, folder: Path, stored: str, value: bool | None
) -> None:
    path = folder / FILE
    sheet, cell = cell_of("R1.2")
    path.write_bytes(set_xml(path.read_bytes(), sheet, cell, f'<c r="{cell}" STYLE t="b"><v>{stored}</v></c>'))
    form = consolidate(scheme, [path], scheme.default_policies).districts[2].layers
    assert form is not None
    assert form.entries["R1.2"].value is value


# --- Files that could take the process along --------------------------------------------------------------------------

GIGABYTE = 1 << 30

CHILD = """
import sys
from pathlib import Path
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
except ImportError:
    pass
from xladdin.workbook.read.reader import read_workbook
from xladdin.workbook.unreadable import UnreadableWorkbook
try:
    book = read_workbook(Path(sys.argv[1]))
except UnreadableWorkbook as error:
    print(error.reason.name)
else:
    print("READ", [sheet.name for sheet in book.sheets])
"""


def read_in_child(path: Path, data: bytes, *, memory: int = 3 * GIGABYTE) -> str:
    """What reading the file comes to in a process of its own, with a deadline and little memory."""
    path.write_bytes(data)
    command = [sys.executable, "-c", CHILD, str(path), str(memory)]
    child = subprocess.run(
        command,
        capture_output=True,
        timeout=DEADLINE,
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert child.returncode == 0, child.stderr.decode(errors="replace")[-400:]
    return child.stdout.decode().strip()


NEAR = '<row r="1"><c r="A1"><v>1</v></c></row>'
FAR_CELLS = {
    "as Excel writes it": NEAR + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    "alone": '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    "text": NEAR + '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>',
    "formula": NEAR + '<row r="1048576"><c r="XFD1048576"><f>1</f></c></row>',
    "with attributes": NEAR + '<row spans="1:1" r="1048576" ht="15"><c s="0" r="XFD1048576"><v>1</v></c></row>',
    "line breaks": NEAR + '<row r="1048576">\n<c r="KN1048576"><v>1</v></c></row>',
    "row without a number": NEAR + '<row><c r="KN1048576"><v>1</v></c></row>',
    "row with another number": NEAR + '<row r="2"><c r="KN1048576"><v>1</v></c></row>',
    "many columns": NEAR + '<row r="2"><c r="XFD2"><v>1</v></c></row>',
}
FAR_CELLS_OTHERWISE = {
    "single quotes": NEAR + "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
    "spaces in the tag": NEAR + '<row r = "1048576"><c r = "XFD1048576"><v>1</v></c></row>',
    "line break in the tag": NEAR + '<row\nr="1048576"><c\nr="XFD1048576"><v>1</v></c></row>',
    "after a comment": NEAR + '<!-- </sheetData> --><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
}


@pytest.mark.parametrize("rows", FAR_CELLS.values(), ids=FAR_CELLS.keys())
def test_far_cell__in_a_small_file__is_refused_at_once(tmp_path: Path, rows: str) -> None:
    assert read_in_child(tmp_path / "far.xlsx", small_xlsx(rows)) == "OVERSIZED"


@pytest.mark.parametrize("rows", FAR_CELLS_OTHERWISE.values(), ids=FAR_CELLS_OTHERWISE.keys())
def test_far_cell__written_otherwise__is_refused_at_once(tmp_path: Path, rows: str) -> None:
    assert read_in_child(tmp_path / "far.xlsx", small_xlsx(rows)) == "OVERSIZED"


@pytest.mark.parametrize(
    "rows", [NEAR + '<row r="1048576" ht="15"/>', NEAR + '<row r="1048576"><c r="XFD1048576" s="0"/></row>']
)
def test_far_cell__empty_but_formatted__does_no_harm(tmp_path: Path, rows: str) -> None:
    assert read_in_child(tmp_path / "far.xlsx", small_xlsx(rows)) == f"READ ['{TWO}']"


def test_shared_texts__declared_smaller_than_they_are__are_not_unpacked(tmp_path: Path) -> None:
    strings = f"<si><t>{'x' * 1_000_000}</t></si>" * 80
    data = declare(small_xlsx(NEAR, strings), "xl/sharedStrings.xml", 100)
    assert len(data) < 1_000_000
    assert read_in_child(tmp_path / "bomb.xlsx", data, memory=GIGABYTE) == "DAMAGED"


def test_shared_texts__short_and_very_many__take_little_memory(tmp_path: Path) -> None:
    data = small_xlsx('<row r="1"><c t="s"><v>1</v></c></row>', "<si><t>ab</t></si>" * 600_000)
    assert read_in_child(tmp_path / "many.xlsx", data, memory=200 << 20).startswith("READ")


def test_shared_text__long_and_in_very_many_cells__takes_little_memory(tmp_path: Path) -> None:
    cells = '<c t="s"><v>0</v></c>' * 300
    rows = "".join(f'<row r="{n}">{cells}</row>' for n in range(1, 2000))
    data = small_xlsx(rows, f"<si><t>{'x' * 30_000}</t></si>")
    assert len(data) < 200_000
    assert read_in_child(tmp_path / "bomb.xlsx", data, memory=GIGABYTE) == f"READ ['{TWO}']"


# --- The result workbook as a source ----------------------------------------------------------------------------------


def reread(scheme: Scheme, folder: Path, tmp_path: Path) -> tuple[Consolidation, Consolidation]:
    """The consolidation of a folder, and that of its own 考核汇总."""
    first = run(scheme, folder)
    path = tmp_path / "考核汇总.xlsx"
    path.write_bytes(result_workbook(first, path, datetime(2024, 1, 5)))
    return first, consolidate(scheme, [path], scheme.default_policies)


def standing(result: Consolidation) -> dict[str, object]:
    return {
        d.name: (d.rank, d.scored.total, {id_: (s.score, s.status) for id_, s in d.scored.items.items()})
        for d in result.districts
    }


def test_result_workbook__passed_as_path__gives_the_same_scores(scheme: Scheme, folder: Path, tmp_path: Path) -> None:
    first, again = reread(scheme, folder, tmp_path)
    assert [i.code for i in again.issues] == ["F18"]  # where the numbers come from cannot be told any further back
    assert standing(again) == standing(first)


def test_result_workbook__with_faults_and_gaps__gives_the_same_scores_and_statuses(
    scheme: Scheme, forms: Forms, folder: Path, tmp_path: Path
) -> None:
    changes: list[dict[Field, Typed]] = [
        {("K05.1", VALUE): "已完成"},
        {("K05.1", VALUE): None},
        {("K05.1", VALUE): 0.0},
        {("K05.1", TARGET): None, ("K05.1", VALUE): None},
        {("K05.1", VALUE): "12个", ("K14.1", VALUE): "95分"},
        {("K14.1", VALUE): None, ("R1.1", VALUE): None},
        {("K01.2", TARGET): -1.0, ("I3.2", VALUE): 9.0},
        {("K05.1", TARGET): "不适用", ("K05.1", VALUE): "不适用"},
        {("N1.4", VALUE): None, ("N1.5", VALUE): None, ("R5.1", VALUE): "三篇"},
    ]
    for district, change in zip(scheme.district_names, changes, strict=False):
        (folder / form_file_name(district)).write_bytes(forms.make(district, change))
    path = folder / form_file_name("崇明区")
    path.write_bytes(by_openpyxl(path.read_bytes(), delete_row("K05.1")))
    first, again = reread(scheme, folder, tmp_path)
    assert {s.status for d in first.districts for s in d.scored.items.values()} == set(Status)
    assert standing(again) == standing(first)


def test_result_workbook__with_a_district_missing__keeps_it_missing(
    scheme: Scheme, folder: Path, tmp_path: Path
) -> None:
    (folder / FILE).unlink()
    first, again = reread(scheme, folder, tmp_path)
    assert standing(again) == standing(first)


def test_result_workbook__with_a_refused_formula__keeps_it_refused(
    scheme: Scheme, folder: Path, tmp_path: Path
) -> None:
    path = folder / FILE
    sheet, cell = cell_of("K05.1")
    path.write_bytes(set_xml(path.read_bytes(), sheet, cell, f'<c r="{cell}"><f t="shared" si="0"/><v>9</v></c>'))
    first, again = reread(scheme, folder, tmp_path)
    assert standing(again) == standing(first)


# --- The same file by several ways ------------------------------------------------------------------------------------


def test_paths__folder_and_a_file_in_it__read_once(scheme: Scheme, folder: Path, clean: Consolidation) -> None:
    result = consolidate(scheme, [folder / FILE, folder], scheme.default_policies)
    assert result.issues == ()
    assert standing(result) == standing(clean)


def test_paths__same_file_written_in_two_ways__read_once(
    scheme: Scheme, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    assert consolidate(scheme, [Path(folder.name), folder.resolve() / FILE], scheme.default_policies).issues == ()
