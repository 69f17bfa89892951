"""What the tests of the simulated Excel have it do, on an add-in and workbooks made here."""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import xlwings.udfs
from openpyxl.packaging.relationship import Relationship
from openpyxl.workbook.external_link import ExternalLink
from openpyxl.workbook.external_link.external import ExternalBook
from pyopenvba import ExcelFile, VBAModuleKind

import udfs
from tests.macros.excel.simulated import SimulatedExcel, Unanswered
from tests.macros.excel.simulated.com import NotSimulated
from xladdin.workbook.read.reader import read_workbook

ADDIN = "Small.xlam"

RIBBON = """Attribute VB_Name = "SmallRibbon"
Public Sub OnPress(control As IRibbonControl)
    If ActiveWorkbook Is Nothing Then
        MsgBox control.Tag
    Else
        RunPython "import tests.macros.excel.simulated.scenarios as s; s." & control.ID & "()"
    End If
End Sub

Public Sub GetVisible(control As IRibbonControl, ByRef shown)
    shown = (control.ID = "shown")
End Sub
"""

EVENTS = """Private WithEvents App As Application
Private Sub Class_Initialize()
    Set App = Application
End Sub
Private Sub App_WorkbookOpen(ByVal Wb As Workbook)
    Debug.Print "opened " & Wb.Name
End Sub
"""

THIS_WORKBOOK = """
Private Watcher As SmallEvents
Private Sub Workbook_Open()
    Set Watcher = New SmallEvents
End Sub
"""

CUSTOM_UI = """<customUI xmlns="http://schemas.microsoft.com/office/2009/07/customui"><ribbon><tabs>
<tab id="shown" getVisible="SmallRibbon.GetVisible"><group id="g">
<button id="write_sheet" tag="先打开" onAction="SmallRibbon.OnPress"/>
<button id="fail" onAction="SmallRibbon.OnPress"/>
<button id="ask" onAction="OnPress"/>
</group></tab>
<tab id="hidden" getVisible="SmallRibbon.GetVisible"><group id="h"><button id="never" onAction="OnPress"/></group></tab>
</tabs></ribbon></customUI>"""


def small_addin(folder: Path) -> Path:
    """An add-in with xlwings' module as it is shipped, `udfs` in cells, three buttons and a class that watches Excel."""
    wrappers = io.StringIO()
    xlwings.udfs.generate_vba_wrapper("udfs", udfs, wrappers, SimpleNamespace(Name=ADDIN))
    made = folder / "made.xlam"
    shutil.copyfile(Path(xlwings.__file__).with_name("quickstart_addin_ribbon.xlam"), made)
    with ExcelFile(made) as file:
        project = file.vba_project()
        project.delete_module("RibbonMyAddin")
        project.add_module("SmallRibbon", RIBBON)
        project.add_module(
            "xlwings_udfs", '#Const App = "Microsoft Excel" \' as xlwings has it\n' + wrappers.getvalue()
        )
        project.add_module("SmallEvents", EVENTS, kind=VBAModuleKind.other)
        file.set_module("xlwings", file.get_module("xlwings").replace('"myaddin"', '"finescore"'))
        file.set_module("ThisWorkbook", file.get_module("ThisWorkbook") + THIS_WORKBOOK)
        file.save()
    target = folder / ADDIN
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(target, "w") as package:
        for name in source.namelist():
            package.writestr(name, CUSTOM_UI if name == "customUI/customUI.xml" else source.read(name))
    return target


# --- What the buttons do


def write_sheet() -> None:
    """A button: a new sheet with a table."""
    book = xlwings.Book.caller()
    sheet = book.sheets.add("结果", after=book.sheets[-1])
    sheet.range("A1").value = [["区", "得分"], ["黄浦区", 1.5], ["静安区", None]]
    sheet.range("A1:B1").font.bold = True
    sheet.range("B2:B3").number_format = "0.00"
    sheet.range("A1").api.Interior.Color = 255
    sheet.autofit()
    book.app.status_bar = "写出中"
    book.app.status_bar = False
    book.app.alert("完成", "写出")


def fail() -> None:
    """A button: an error nobody expects."""
    raise ValueError("坏了")


def ask() -> None:
    """A button: a question, then a folder, while Esc is watched."""
    import win32api

    app = xlwings.Book.caller().app
    while win32api.GetAsyncKeyState(27) >= 0:
        pass
    answer = app.alert("继续吗？", "问", buttons="yes_no")
    dialog = app.api.FileDialog(4)
    dialog.Title = "选择文件夹"
    chosen = dialog.SelectedItems(1) if dialog.Show() == -1 else "没有选"
    app.alert(f"{answer} {chosen}")


# --- Scenarios


def cells(folder: str) -> dict[str, Any]:
    """Values and formats through xlwings, and through a file."""
    excel = SimulatedExcel()
    excel.new_workbook()
    sheet = xlwings.books.active.sheets[0]
    sheet["A1"].value = [[1, "文"], [True, 2.5]]
    sheet["B2"].number_format = "0.00"
    sheet["A4"].formula2 = [["=A1+B2", "=1/0"], ["=B1", "x"]]
    read = sheet["A1:C3"].raw_value
    excel.set("D1", "2023-05-17")
    excel.save(Path(folder) / "saved.xlsx")
    saved = openpyxl.load_workbook(Path(folder) / "saved.xlsx")["Sheet1"]
    (ours,) = read_workbook(Path(folder) / "saved.xlsx").sheets
    book = excel.open_workbook(Path(folder) / "saved.xlsx")
    sheet.api.Protect("geheim")
    try:
        excel.set("[Book1]Sheet1!A1", 9)
    except Exception as error:
        refused = str(error)
    return {
        "read": read,
        "mixed": sheet["A1:B2"].number_format,
        "has_formula": [sheet["A4:B5"].api.HasFormula, sheet["A4"].api.HasFormula, sheet["A1"].api.HasFormula],
        "computed": excel.value("[Book1]Sheet1!A4:B5"),
        "date": excel.value("[Book1]Sheet1!D1"),
        "shown": excel.text("[Book1]Sheet1!B2"),
        "saved": [saved["A1"].value, saved["B2"].number_format, saved["A4"].value],
        "ours": [str(value) for value in ours.rows[3][:2]],
        "opened": [book, excel.value("A1"), excel.books, excel.active],
        "refused": refused,
    }


def functions(folder: str) -> dict[str, Any]:
    """Functions in cells, with the add-in and without."""
    excel = SimulatedExcel()
    excel.load_addin(small_addin(Path(folder)))
    excel.new_workbook()
    excel.set("A1:B2", [[1, 2], [2, 2]])
    formulas = [
        "=FS_RATIO(A1:A2,B1:B2)",
        '=IFERROR(FS_RATIO(A1:A2,B1:B2)*2,"")',
        "=FS_TOTAL(C1,A1,{1,2})",
        "=FS_RATIO(1,2,,TRUE)",
        "=FS_BRIEFS(-1)",
        "=FS_BRIEFS(1/0)",
    ]
    for row, formula in enumerate(formulas, 1):
        excel.enter(f"C{row}", formula)
    before = [row[0] for row in excel.value("C1:C6")]
    excel.set("A1", 2)
    after = [row[0] for row in excel.value("C1:C6")]
    without = SimulatedExcel()
    without.new_workbook()
    without.enter("A1", "=FS_BRIEFS(3)")
    return {
        "before": before,
        "after": after,
        "without": without.value("A1"),
        "started": len(excel.machine.server_commands),
    }


def buttons(folder: str) -> dict[str, Any]:
    """Buttons: without a workbook, writing a sheet, failing."""
    excel = SimulatedExcel()
    excel.load_addin(small_addin(Path(folder)))
    excel.press("write_sheet")
    excel.new_workbook()
    excel.press("write_sheet")
    table = excel.value("结果!A1:B3")
    counted = excel.count("set", "Range", "Value")
    excel.press("fail")
    return {
        "unread": excel.project(ADDIN).unread,
        "buttons": excel.buttons(),
        "table": table,
        "fill": excel.get("结果!A1", "Interior.Color"),
        "format": excel.number_format("结果!B2:B3"),
        "writes": counted,
        "written": excel.written,
        "status_bar": excel.status_bar,
        "messages": [[one.kind, one.text.splitlines()[0], one.title] for one in excel.messages],
        "last": excel.messages[-1].text,
        "run": excel.machine.commands,
    }


def answers(folder: str) -> dict[str, Any]:
    """Questions: answered, cancelled, and without a prepared answer."""
    excel = SimulatedExcel()
    excel.load_addin(small_addin(Path(folder)))
    excel.new_workbook()
    excel.answer_message("yes", "no")
    excel.answer_folder("/tmp")
    excel.answer_cancel()
    excel.press_escape(at_poll=3)
    excel.press("ask")
    polls = excel.desk.polls
    excel.press("ask")
    try:
        excel.press("ask")
        unanswered = ""
    except Unanswered as error:
        unanswered = str(error)
    return {
        "polls": polls,
        "texts": [one.text for one in excel.messages],
        "dialogs": [[one.kind, one.title, list(one.chosen)] for one in excel.dialogs],
        "unanswered": unanswered,
    }


def com() -> dict[str, Any]:
    """What is peculiar to late-bound objects, and what has no model."""
    excel = SimulatedExcel()
    excel.new_workbook()
    sheet = xlwings.books.active.sheets[0]
    cell = sheet["B2"].api
    rows = sheet["A1:B3"].api.Rows
    sheet.api.PageSetup.Orientation = 2
    condition = sheet["A1:A9"].api.FormatConditions.AddDatabar()
    condition.BarColor.Color = 5
    many = sheet["A1:A9"].api.FormatConditions.Count
    sheet["A1:A9"].api.FormatConditions.Delete()
    wrong = []
    for attempt in (
        lambda: sheet.api.PageSetup.Orientatoin,
        lambda: setattr(sheet.api, "Nonsense", 1),
        lambda: sheet.api.Parent.VBProject,
        lambda: sheet["A1"].api.Value.Nonsense,
    ):
        try:
            wrong.append(repr(attempt()))
        except (Exception, NotSimulated) as error:
            wrong.append(type(error).__name__)
    return {
        "offset": [cell.Offset(1, 1).GetAddress(False, False), cell.GetOffset(1, 1).Address],
        "rows": [rows.Count, rows.Item(2).GetAddress(False, False)],
        "international": sheet.api.Application.GetInternational(5),
        "conditions": [many, sheet["A1:A9"].api.FormatConditions.Count],
        "page_setup": [
            sheet.api.PageSetup.Orientation,
            excel.unmodelled("set", "Worksheet(Sheet1).PageSetup.Orientation"),
        ],
        "wrong": wrong,
        "kinds": sorted({kind for kind, _, _ in excel.calls}),
    }


def files(folder: str) -> dict[str, Any]:
    """Opening: events of the add-in's class, links to a file that is not there."""
    linked = openpyxl.Workbook()
    linked.active.append([1, 2, "=[1]!FS_RATIO(A1,B1)", "=A1+1"])
    link = ExternalLink(externalBook=ExternalBook())
    link.file_link = Relationship(type="externalLinkPath", Target="file:///D:/old/Small.xlam", TargetMode="External")
    linked._external_links.append(link)
    linked.save(Path(folder) / "linked.xlsx")
    openpyxl.Workbook().save(Path(folder) / "quiet.xlsx")

    excel = SimulatedExcel()
    excel.load_addin(small_addin(Path(folder)))
    excel.open_workbook(Path(folder) / "linked.xlsx")
    formula, stored = excel.formula("C1"), excel.value("C1")
    book = xlwings.books.active
    sources = book.api.LinkSources(1)
    excel.application.vba_get("CalculateFull")
    unresolved = excel.value("C1")
    excel.enter("C1", "=FS_RATIO(A1,B1)")
    repaired = excel.value("C1")
    excel.enter("E1", "='D:\\old\\Small.xlam'!FS_RATIO(A1,B1)")
    book.api.BreakLink(sources[0], 1)
    opened = book.app.books.open(str(Path(folder) / "quiet.xlsx"))
    excel.close(opened.name)
    excel.open_workbook(Path(folder) / "quiet.xlsx", quietly=True)
    return {
        "formula": formula,
        "stored": stored,
        "sources": sources,
        "unresolved": unresolved,
        "repaired": repaired,
        "broken": [excel.formula("[linked.xlsx]Sheet!E1"), book.api.LinkSources(1)],
        "told": excel.project(ADDIN).interpreter.console,
        "addin": [book.app.books[ADDIN].name, len(book.app.books)],
    }
