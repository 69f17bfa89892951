"""What is done in LibreOffice: a script for a Python that can `import uno`, one function for each scenario."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import uno

FILTERS = {
    "xlsx": "Calc MS Excel 2007 XML",
    "xlsm": "Calc MS Excel 2007 VBA XML",
    "ods": "calc8",
}


def properties(**values: Any) -> tuple[Any, ...]:
    found = []
    for name, value in values.items():
        item = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
        item.Name, item.Value = name, value
        found.append(item)
    return tuple(found)


class Office:
    def __init__(self, pipe: str) -> None:
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
        end = time.monotonic() + 600
        while True:
            try:
                self.context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
                break
            except Exception:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)
        self.desktop = self.service("com.sun.star.frame.Desktop")

    def service(self, name: str) -> Any:
        return self.context.ServiceManager.createInstanceWithContext(name, self.context)

    def documents(self) -> list[Any]:
        """The spreadsheets that are open, the oldest first."""
        found = [d for d in self.desktop.Components if d.supportsService("com.sun.star.sheet.SpreadsheetDocument")]
        return sorted(found, key=lambda d: int(d.RuntimeUID))

    def open(self, path: str) -> Any:
        url = uno.systemPathToFileUrl(path) if path else "private:factory/scalc"
        return self.desktop.loadComponentFromURL(url, "_blank", 0, properties(Hidden=True))

    def save(self, document: Any, path: str) -> None:
        document.storeToURL(uno.systemPathToFileUrl(path), properties(FilterName=FILTERS[path.rpartition(".")[2]]))

    def dispatch(self, document: Any, url: str, **arguments: Any) -> Any:
        frame = document.CurrentController.Frame
        helper = self.service("com.sun.star.frame.DispatchHelper")
        return helper.executeDispatch(frame, url, "", 0, properties(**arguments))


def content(cell: Any) -> Any:
    """What a cell shows: a number, or a text."""
    return cell.Value if cell.FormulaResultType2 == 1 and not cell.getError() else cell.String


def typed(office: Office, cells: dict[str, Any], formulas: dict[str, str], save: list[str]) -> Any:
    """Fill the cells of a new document, then formulas; what they show, and again when what was saved is opened."""
    document = office.open("")
    sheet = document.Sheets.getByIndex(0)
    for reference, value in cells.items():
        cell = sheet.getCellRangeByName(reference)
        if isinstance(value, bool):
            cell.Formula = f"={str(value).upper()}()"
            key = document.NumberFormats.getStandardFormat(1024, uno.createUnoStruct("com.sun.star.lang.Locale"))
            cell.NumberFormat = key
        elif isinstance(value, str) and not value.startswith("="):
            cell.String = value
        elif isinstance(value, str):
            cell.Formula = value
        else:
            cell.Value = value
    for reference, formula in formulas.items():
        sheet.getCellRangeByName(reference).Formula = formula
    shown = {r: content(sheet.getCellRangeByName(r)) for r in formulas}
    texts = {r: sheet.getCellRangeByName(r).FormulaLocal for r in formulas}
    again = {}
    for path in save:
        office.save(document, path)
    document.close(True)
    for path in save:
        document = office.open(path)
        sheet = document.Sheets.getByIndex(0)
        again[path] = {r: content(sheet.getCellRangeByName(r)) for r in formulas}
        document.close(True)
    return {"shown": shown, "texts": texts, "again": again}


def entered(office: Office, formula: str) -> Any:
    """Type a formula into a cell the way a person does, then change what it refers to."""
    document = office.open("")
    sheet = document.Sheets.getByIndex(0)
    office.dispatch(document, ".uno:GoToCell", ToPoint="C1")
    office.dispatch(document, ".uno:EnterString", StringName=formula)
    cell = sheet.getCellRangeByName("C1")
    shown = [content(cell)]
    for value in (0.0, 50.0):
        sheet.getCellRangeByName("A1").Value = value
        shown.append(content(cell))
    sheet.getCellRangeByName("A1").String = ""
    shown.append(content(cell))
    document.close(True)
    return shown


def opened(office: Office, path: str, reads: list[str], edit: dict[str, Any], save: list[str]) -> Any:
    """Open a file, read cells (`sheet.A1`), edit others, read again, and save."""
    document = office.open(path)

    def cell(reference: str) -> Any:
        sheet, _, place = reference.rpartition(".")
        return document.Sheets.getByName(sheet).getCellRangeByName(place)

    modified = document.isModified()
    loaded = {r: content(cell(r)) for r in reads}
    for reference, value in edit.items():
        if isinstance(value, str):
            cell(reference).String = value
        else:
            cell(reference).Value = value
    edited = {r: content(cell(r)) for r in reads}
    for target in save:
        office.save(document, target)
    saved = {r: content(cell(r)) for r in reads}
    document.close(True)
    return {"modified": modified, "loaded": loaded, "edited": edited, "saved": saved}


def together(office: Office, paths: list[str], edit: dict[str, Any], reads: list[str], save: dict[str, str]) -> Any:
    """Open files side by side, edit the same cells (`sheet.A1`) of all that have them, read cells, and save."""
    documents = {path: office.open(path) for path in paths}
    shown: dict[str, dict[str, Any]] = {}
    for path, document in documents.items():
        own = {}
        for reference in (*edit, *reads):
            sheet, _, place = reference.rpartition(".")
            if document.Sheets.hasByName(sheet):
                own[reference] = document.Sheets.getByName(sheet).getCellRangeByName(place)
        for reference, value in edit.items():
            if reference in own:
                own[reference].Value = value
        shown[path] = {reference: content(cell) for reference, cell in own.items() if reference in reads}
    for path, document in documents.items():
        document.calculateAll()
        again = {
            r: content(document.Sheets.getByName(r.rpartition(".")[0]).getCellRangeByName(r.rpartition(".")[2]))
            for r in shown[path]
        }
        assert again == shown[path], (again, shown[path])  # whichever document is in front
        if path in save:
            office.save(document, save[path])
    for document in documents.values():
        document.close(True)
    return shown


def wizard(office: Office) -> Any:
    """What the function wizard knows of our functions."""
    document = office.open("")
    descriptions = office.service("com.sun.star.sheet.FunctionDescriptions")
    found = {}
    for number in range(descriptions.Count):
        entry = {item.Name: item.Value for item in descriptions.getByIndex(number)}
        if entry["Name"].startswith("FS_"):
            arguments = [[a.Name, a.Description] for a in entry["Arguments"]]
            found[entry["Name"]] = {"description": entry["Description"], "arguments": arguments}
    document.close(True)
    return found


def pressed(
    office: Office, path: str, fill: dict[str, dict[str, list[Any]]], actions: list[list[str]], save: list[str]
) -> Any:
    """Open a workbook, fill in pieces of columns by sheet (a cell takes as long as a piece), save it, run menu entries, each with a selected cell, save it again."""
    document = office.open(path)
    document.enableAutomaticCalculation(False)  # once for all cells is enough
    for name, areas in fill.items():
        sheet = document.Sheets.getByName(name)
        for area, values in areas.items():
            sheet.getCellRangeByName(area).setDataArray(tuple((value,) for value in values))
    document.enableAutomaticCalculation(True)
    if len(save) > 1:
        office.save(document, save[0])
    said = []
    for alias, selected in actions:
        if selected:
            sheet, _, place = selected.rpartition(".")
            document.CurrentController.select(document.Sheets.getByName(sheet).getCellRangeByName(place))
        said.append(office.dispatch(document, f"org.finescore:{alias}").Result)
    if save:
        office.save(document, save[-1])
    names = list(document.Sheets.ElementNames)
    document.close(True)
    return {"said": said, "sheets": names}


def answered(office: Office, path: str, actions: list[list[Any]], edit: dict[str, Any]) -> Any:
    """Run menu entries, each with the answers to its questions, in the last file that was opened.

    What each said, and the files that are open then; before the last entry cells (`sheet.A1`) of its file are edited.
    """
    office.open(path)
    found = []
    for number, (alias, *answers) in enumerate(actions, 1):
        *_, document = office.documents()
        for reference, value in edit.items() if number == len(actions) else ():
            sheet, _, place = reference.rpartition(".")
            document.Sheets.getByName(sheet).getCellRangeByName(place).String = value
        frame = document.CurrentController.Frame
        given = tuple(item for answer in answers for item in properties(Answer=answer))
        helper = office.service("com.sun.star.frame.DispatchHelper")
        said = helper.executeDispatch(frame, f"org.finescore:{alias}", "", 0, given).Result
        found.append([said, [d.URL.rpartition("/")[2] or ",".join(d.Sheets.ElementNames) for d in office.documents()]])
    for other in office.documents():
        other.close(True)
    return found


def main(arguments: list[str]) -> None:
    scenario, given, result, pipe = arguments
    office = Office(pipe)
    found = globals()[scenario](office, **json.loads(Path(given).read_text(encoding="utf-8")))
    Path(result).write_text(json.dumps(found), encoding="utf-8")
    for document in list(office.desktop.Components):
        document.close(True)


if __name__ == "__main__":
    main(sys.argv[1:])
    os._exit(0)  # without the end of the interpreter, in which uno's library may crash
