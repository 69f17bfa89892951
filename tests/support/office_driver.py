"""Run a list of spreadsheet jobs inside a running LibreOffice.

This is a script, not a module of the test suite: it needs a Python that can ``import uno`` (Debian's
``/usr/bin/python3`` with python3-uno, or the one bundled with LibreOffice), and that is rarely the Python of
the tests. ``libreoffice.run_office`` starts LibreOffice and this script side by side:

    python office_driver.py JOBS.json RESULTS.json PIPE_NAME CONNECT_SECONDS

A job is a JSON object. Only ``open`` is required. The steps run in this order, whatever their order in the
object:

``open``        absolute path, loaded hidden with macros off; ``"recalc": true`` adds a hard recalculation
``unprotect``   true: lift the protection of the workbook and of every sheet, where it needs no password
``set``         list of [sheet, range, rows]: write values, see ``Document.put``
``type``        list of [sheet, cell, text]: enter text as a user would, see ``Document.enter``
``cases``       list of {"set": [...], "type": [...]}, applied one after another to the same document;
                ``read`` is evaluated after each of them, and nothing is reset in between
``structure``   list of changes to the grid, see ``Document.restructure``
``read``        list of [sheet, range]: values, see ``Document.values``
``formulas``    list of [sheet, range]: formulas, see ``Document.formulas``
``save``        list of [absolute path, kind] or [absolute path, kind, password]
``cut``         true: in ``cut`` the rows lower than their texts need, see ``Document.cut``

A sheet is given by name or by index from 0. The result of a job is an object with ``read``, ``formulas``,
``cases`` (one list of read results per case) and ``error``: null, or what went wrong and in which step. After
an error the job stops, what it had read until then is kept, and the next job runs.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CONNECTION_LOST = 3
"""Exit status when LibreOffice went away while jobs were running."""

CASE_STEPS = ("set", "type")
JOB_STEPS = ("open", "recalc", "unprotect", *CASE_STEPS, "cases", "structure", "read", "formulas", "save", "cut")

FILTERS = {
    "xlsx": "Calc MS Excel 2007 XML",
    "xls": "MS Excel 97",
    "ods": "calc8",
    "pdf": "calc_pdf_Export",
}

# Constants of the UNO interface: FormulaResult, NumberFormat, AddressConvention.
ANY_FORMULA_RESULT = 1 | 2 | 4
BOOLEAN_FORMAT = 1024
TEXT_FORMAT = 256
EXCEL_FILE_SYNTAX = 3

WORD = re.compile(r"[^\W\d_]+")
NUMBER_WORDS = frozenset(("e", "t", "z", "a", "am", "p", "pm", "usd", "mon", "tue", "wed", "thu", "fri", "sat", "sun"))
MONTHS = frozenset(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"))

Address = tuple[int, int, int]
"""Sheet, column and row of a cell, all from 0."""


class JobError(Exception):
    """A step of a job cannot be done; the message is meant for the result."""


class OfficeGoneError(Exception):
    """The connection to LibreOffice is lost; no further job can run."""


class Target:
    """A range of the open document and its cells, kept because each UNO object asked for costs about 1 ms."""

    def __init__(self, sheet: Any, name: str) -> None:
        try:
            self.range = sheet.getCellRangeByName(name)
        except Exception as exc:
            raise JobError(f"no such range: {name}") from exc
        address = self.range.RangeAddress
        self.sheet: int = address.Sheet
        self.left: int = address.StartColumn
        self.top: int = address.StartRow
        self.width: int = address.EndColumn - address.StartColumn + 1
        self.height: int = address.EndRow - address.StartRow + 1
        self._cells: dict[tuple[int, int], Any] = {}
        self._columns: dict[int, Any] = {}

    def cell(self, row: int, column: int) -> Any:
        """The cell at an offset from the top left corner."""
        key = row, column
        if key not in self._cells:
            self._cells[key] = self.range.getCellByPosition(column, row)
        return self._cells[key]

    def column(self, column: int) -> Any:
        """A column of the range."""
        if column not in self._columns:
            self._columns[column] = self.range.getCellRangeByPosition(column, 0, column, self.height - 1)
        return self._columns[column]

    def offset(self, address: Address) -> tuple[int, int] | None:
        """Row and column of a cell within the range, or None if it is elsewhere."""
        sheet, column, row = address
        i, j = row - self.top, column - self.left
        return (i, j) if sheet == self.sheet and 0 <= i < self.height and 0 <= j < self.width else None


class Document:
    """An open spreadsheet document."""

    def __init__(self, uno: Any, component: Any) -> None:
        self._uno = uno
        self._component = component
        self._sheets: dict[str | int, Any] = {}
        self._targets: dict[tuple[str | int, str], Target] = {}
        self._parser: Any = None
        # Cells that hold a boolean now, with the number format they had before.
        self._booleans: dict[Address, tuple[Any, int]] = {}
        self._boolean_key = component.NumberFormats.getStandardFormat(BOOLEAN_FORMAT, component.CharLocale)
        self._calculates_by_itself: bool = component.isAutomaticCalculationEnabled()
        component.UndoManager.lock()  # thousands of cases must not pile up in the undo list

    def unprotect(self) -> None:
        """Lift the protection of the workbook structure and of every sheet."""
        try:
            self._component.unprotect("")
        except Exception as exc:
            raise JobError("the workbook structure is protected by a password") from exc
        for sheet in self._component.Sheets:
            try:
                sheet.unprotect("")
            except Exception as exc:
                raise JobError(f"sheet {sheet.Name} is protected by a password") from exc

    def recalculate(self) -> None:
        """Calculate every formula again, changed or not."""
        self._component.calculateAll()

    def put(self, sheet: str | int, name: str, rows: list[list[Any]]) -> None:
        """Write a 2-D list of the shape of the range.

        null empties a cell and a string stays a string, whatever it looks like. true and false become what
        they are in Calc, the numbers 1 and 0 with a boolean format; the format the cell had comes back with
        the next value written to it. No Calc cell can hold an empty text, so "" becomes the formula ="".
        """
        target = self._target(sheet, name)
        if len(rows) != target.height or any(len(row) != target.width for row in rows):
            shape = f"{len(rows)} x {'/'.join(map(str, sorted({len(row) for row in rows}))) or 0}"
            raise JobError(f"{target.height} x {target.width} cells, but {shape} values")
        booleans: list[tuple[int, int]] = []
        empty_texts: list[tuple[int, int]] = []
        number_like: list[tuple[int, int]] = []
        data: list[tuple[str | float, ...]] = []
        for i, row in enumerate(rows):
            line: list[str | float] = []
            for j, value in enumerate(row):
                # setDataArray: "" makes an empty cell, while None makes #N/A and a bool is refused.
                if value is None:
                    line.append("")
                elif isinstance(value, bool):
                    line.append(float(value))
                    booleans.append((i, j))
                elif isinstance(value, str):
                    line.append(value)
                    if not value:
                        empty_texts.append((i, j))
                    elif could_be_number(value):
                        number_like.append((i, j))
                elif isinstance(value, (int, float)):
                    line.append(float(value))
                else:
                    raise JobError(f"neither null, number, string nor boolean: {value!r}")
            data.append(tuple(line))

        self._restore_formats(target, keep=booleans)
        formats = self._formats(target, number_like)
        try:
            # Formats first: writing the values has formulas such as ISLOGICAL look at them.
            for i, j in booleans:
                self._make_boolean(target, i, j)
            target.range.setDataArray(tuple(data))
        except Exception as exc:
            if self._sheet(sheet).isProtected():
                raise JobError("LibreOffice refused the values; the sheet is protected") from exc
            raise
        for cells, number_format in formats:
            # A text that could be read as a number got the format "Text" with it.
            cells.NumberFormat = number_format
        for i, j in empty_texts:
            target.cell(i, j).Formula = '=""'

    def enter(self, sheet: str | int, name: str, text: str) -> None:
        """Enter text into one cell as if typed, in English (US).

        A text starting with "=" is a formula in the syntax of Excel files (commas between arguments,
        Sheet1!A1). "45%", "3/1/2024" and "TRUE" become numbers with their format. A leading apostrophe, or a
        cell with the format Text, makes a text. Not imitated: a leading + or @ for a formula, and the percent
        sign that is filled in when a percentage cell is typed into.
        """
        target = self._target(sheet, name)
        if (target.height, target.width) != (1, 1):
            raise JobError("text is entered into one cell at a time")
        if text.startswith("'"):
            self.put(sheet, name, [[text[1:]]])
            return
        self._restore_formats(target)
        cell = target.cell(0, 0)
        if self._sheet(sheet).isProtected() and cell.CellProtection.IsLocked:
            # Of the two ways below, one would ignore this and the other would ignore the text.
            raise JobError("the cell is locked and its sheet protected")
        is_formula = len(text) > 1 and text.startswith("=") and not self._is_text_format(cell.NumberFormat)
        # The parser of file formulas leaves out a #REF! written as such.
        if is_formula and "#REF!" not in text.upper():
            if self._parser is None:
                self._parser = self._component.createInstance("com.sun.star.sheet.FormulaParser")
                self._parser.FormulaConvention = EXCEL_FILE_SYNTAX
            cell.setTokens(self._parser.parseFormula(text[1:], cell.CellAddress))
        else:
            cell.FormulaLocal = text

    def restructure(self, operation: str, sheet: str | int, *arguments: Any) -> None:
        """Change the grid.

        insert_rows, delete_rows, insert_columns: index from 0, count. rename_sheet: new name. move_range:
        source range, upper left target cell on the same sheet.
        """
        target = self._sheet(sheet)
        if operation == "insert_rows":
            target.Rows.insertByIndex(*arguments)
        elif operation == "delete_rows":
            target.Rows.removeByIndex(*arguments)
        elif operation == "insert_columns":
            target.Columns.insertByIndex(*arguments)
        elif operation == "rename_sheet":
            (name,) = arguments
            target.Name = name
            if target.Name != name:
                raise JobError(f"LibreOffice refused the name {name!r}")
        elif operation == "move_range":
            source, corner = arguments
            if target.isProtected():
                raise JobError("the sheet is protected")  # LibreOffice would silently do nothing
            destination = target.getCellRangeByName(corner).getCellByPosition(0, 0).CellAddress
            target.moveRange(destination, target.getCellRangeByName(source).RangeAddress)
        else:
            raise JobError(f"unknown operation {operation!r}")
        self._sheets.clear()
        self._targets.clear()
        self._booleans.clear()

    def settle(self) -> None:
        """Make sure that reading sees what all changes led to, also in a workbook calculated manually."""
        if not self._calculates_by_itself:
            self._component.calculate()

    def values(self, sheet: str | int, name: str) -> list[list[Any]]:
        """The values of a range: null for an empty cell, number, string or {"error": code}.

        A boolean is the number 1 or 0, a date its serial number. The codes are those of LibreOffice, such as
        532 for #DIV/0!, 32767 for #N/A, 525 for #NAME?, 524 for #REF!, 519 for #VALUE!, 503 for #NUM!.
        """
        target = self._target(sheet, name)
        rows: list[list[Any]] = [list(row) for row in target.range.getDataArray()]
        sources: tuple[tuple[str, ...], ...] | None = None
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                if value is None:
                    row[j] = {"error": target.cell(i, j).getError()}
                elif value == "":
                    # Either an empty cell or a formula that gives an empty text.
                    sources = sources or target.range.getFormulaArray()
                    row[j] = value if sources[i][j] else None
        return rows

    def formulas(self, sheet: str | int, name: str) -> list[list[str | None]]:
        """The formulas of a range in LibreOffice's own syntax; null for a cell without a formula."""
        target = self._target(sheet, name)
        with_formula = {
            (row, column)
            for area in target.range.queryFormulaCells(ANY_FORMULA_RESULT).RangeAddresses
            for row in range(area.StartRow, area.EndRow + 1)
            for column in range(area.StartColumn, area.EndColumn + 1)
        }
        return [
            [source if (target.top + i, target.left + j) in with_formula else None for j, source in enumerate(row)]
            for i, row in enumerate(target.range.getFormulaArray())
        ]

    def save(self, path: str, kind: str, password: str | None = None) -> None:
        """Write a copy of the document."""
        if kind not in FILTERS:
            raise JobError(f"unknown kind {kind!r}, expected one of {', '.join(FILTERS)}")
        options: dict[str, Any] = {"FilterName": FILTERS[kind], "Overwrite": True}
        if password is not None:
            if kind == "pdf":
                raise JobError("a password is not supported for pdf")
            options["Password"] = password
            if kind == "xlsx":
                # With "Password" alone LibreOffice writes an xlsx file in the clear, without a word.
                options["EncryptionData"] = encryption_data(self._uno, password)
        self._component.storeToURL(file_url(self._uno, path), properties(self._uno, **options))

    def cut(self) -> list[tuple[str, int, float, float]]:
        """Sheet, row from 1, its height and the greater one that its texts need, in points; of what is printed.

        The heights are not put back.
        """
        found = []
        for number in range(self._component.Sheets.Count):
            sheet = self._component.Sheets.getByIndex(number)
            areas = [(area.StartRow, area.EndRow) for area in sheet.getPrintAreas()]
            cursor = sheet.createCursor()
            cursor.gotoEndOfUsedArea(False)
            last = cursor.RangeAddress.EndRow
            if not sheet.IsVisible or (areas and areas[0][0] > last):
                continue
            last = min([last, *(end for _, end in areas)])
            rows = sheet.getCellRangeByPosition(0, 0, 0, last).Rows
            had = [rows.getByIndex(row).Height for row in range(last + 1)]
            rows.OptimalHeight = True
            for row, height in enumerate(had):
                needed = rows.getByIndex(row).Height
                if 0 < height < needed:
                    found.append((sheet.Name, row + 1, height * 72 / 2540, needed * 72 / 2540))
        return found

    def close(self) -> None:
        self._component.close(True)

    def _sheet(self, key: str | int) -> Any:
        if key not in self._sheets:
            sheets = self._component.Sheets
            names = sheets.ElementNames
            if isinstance(key, int) and 0 <= key < len(names):
                self._sheets[key] = sheets.getByIndex(key)
            elif isinstance(key, str) and key in names:
                self._sheets[key] = sheets.getByName(key)
            else:
                raise JobError(f"no such sheet: {key!r}; the workbook has {', '.join(names)}")
        return self._sheets[key]

    def _target(self, sheet: str | int, name: str) -> Target:
        key = sheet, name
        if key not in self._targets:
            self._targets[key] = Target(self._sheet(sheet), name)
        return self._targets[key]

    def _make_boolean(self, target: Target, row: int, column: int) -> None:
        address = target.sheet, target.left + column, target.top + row
        if address not in self._booleans:
            cell = target.cell(row, column)
            self._booleans[address] = (cell, cell.NumberFormat)
            cell.NumberFormat = self._boolean_key

    def _restore_formats(self, target: Target, keep: Collection[tuple[int, int]] = ()) -> None:
        """Give the cells of the range that hold a boolean, save those to keep, their own format back."""
        if not self._booleans:
            return
        kept = set(keep)
        for address in list(self._booleans):
            offset = target.offset(address)
            if offset is not None and offset not in kept:
                cell, number_format = self._booleans.pop(address)
                cell.NumberFormat = number_format

    def _formats(self, target: Target, cells: list[tuple[int, int]]) -> list[tuple[Any, int]]:
        """The number formats of cells, by column where all of the column has the same."""
        formats: list[tuple[Any, int]] = []
        for j in sorted({j for _, j in cells}):
            column = target.column(j)
            if column.getPropertyState("NumberFormat").value != "AMBIGUOUS_VALUE":
                formats.append((column, column.NumberFormat))
            else:
                singles = [target.cell(i, k) for i, k in cells if k == j]
                formats += [(cell, cell.NumberFormat) for cell in singles]
        return formats

    def _is_text_format(self, key: int) -> bool:
        kind: int = self._component.NumberFormats.getByKey(key).Type
        return bool(kind & TEXT_FORMAT)


class Office:
    """A connection to a running LibreOffice."""

    def __init__(self, pipe: str, seconds: float) -> None:
        self._uno: Any = importlib.import_module("uno")
        local = self._uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        end = time.monotonic() + seconds
        while True:
            try:
                context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
                break
            except Exception as exc:
                if time.monotonic() > end:
                    raise OfficeGoneError(f"no connection within {seconds:g} s: {describe(exc)}") from exc
                time.sleep(0.02)
        self._desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)

    def run(self, job: dict[str, Any]) -> dict[str, Any]:
        """Run one job; whatever goes wrong in it is part of the result."""
        result: dict[str, Any] = {"read": [], "formulas": [], "cases": [], "error": None}
        document: Document | None = None
        try:
            refuse_unknown(job, JOB_STEPS)
            path = job.get("open", "")
            with step("open", path):
                document = self._open(path)
            self._steps(document, job, result)
        except Exception as exc:
            self._check_connection(exc)
            result["error"] = describe(exc)
        if document is not None:
            try:
                document.close()
            except Exception as exc:
                self._check_connection(exc)
                result["error"] = result["error"] or f"close: {describe(exc)}"
        return result

    def _open(self, path: str) -> Document:
        url = file_url(self._uno, path)
        if not Path(path).is_file():
            raise JobError("no such file")
        options = properties(self._uno, Hidden=True, MacroExecutionMode=0, UpdateDocMode=0)
        component = self._desktop.loadComponentFromURL(url, "_blank", 0, options)
        if component is None:
            raise JobError("LibreOffice cannot load it")
        if not component.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
            component.close(True)
            raise JobError("not a spreadsheet")
        return Document(self._uno, component)

    def _steps(self, document: Document, job: dict[str, Any], result: dict[str, Any]) -> None:
        if job.get("recalc"):
            with step("recalc"):
                document.recalculate()
        if job.get("unprotect"):
            with step("unprotect"):
                document.unprotect()
        self._write(document, job)
        for number, case in enumerate(job.get("cases", ())):
            with step(f"case {number}"):
                refuse_unknown(case, CASE_STEPS)
                self._write(document, case)
                result["cases"].append(self._read(document, job))
        for operation in job.get("structure", ()):
            with step("structure", *operation):
                document.restructure(*operation)
        result["read"] = self._read(document, job)
        for sheet, name in job.get("formulas", ()):
            with step("formulas", sheet, name):
                result["formulas"].append(document.formulas(sheet, name))
        for path, kind, *password in job.get("save", ()):
            with step("save", path, kind):
                document.save(path, kind, *password)
        if job.get("cut"):
            with step("cut"):
                result["cut"] = document.cut()

    def _write(self, document: Document, steps: dict[str, Any]) -> None:
        for sheet, name, rows in steps.get("set", ()):
            with step("set", sheet, name):
                document.put(sheet, name, rows)
        for sheet, name, text in steps.get("type", ()):
            with step("type", sheet, name):
                document.enter(sheet, name, text)

    def _read(self, document: Document, job: dict[str, Any]) -> list[list[list[Any]]]:
        document.settle()
        tables = []
        for sheet, name in job.get("read", ()):
            with step("read", sheet, name):
                tables.append(document.values(sheet, name))
        return tables

    def _check_connection(self, cause: Exception) -> None:
        """Tell a failed step from a LibreOffice that is no longer there."""
        try:
            self._desktop.getCurrentComponent()
        except Exception as exc:
            raise OfficeGoneError(describe(cause)) from exc


@contextmanager
def step(*what: object) -> Iterator[None]:
    """Name the step in the error it may raise."""
    try:
        yield
    except Exception as exc:
        raise JobError(f"{' '.join(map(str, what))}: {describe(exc)}") from exc


def describe(exc: BaseException) -> str:
    """An error in one line. The text of a UNO error is in its Message; JobError speaks for itself."""
    if isinstance(exc, JobError):
        return str(exc)
    message = getattr(exc, "Message", None)
    text = " ".join(str(exc if message is None else message).split())
    return f"{type(exc).__name__.rpartition('.')[2]}: {text}"


def refuse_unknown(steps: dict[str, Any], known: tuple[str, ...]) -> None:
    """A misspelt step must not pass for a step that was done."""
    unknown = sorted(set(steps) - set(known))
    if unknown:
        raise JobError(f"unknown step {', '.join(unknown)}; known are {', '.join(known)}")


def could_be_number(text: str) -> bool:
    """Whether Calc might take the text for a number, a date or a boolean (rather once too often)."""
    words = WORD.findall(text.lower())
    if not any(map(str.isdigit, text)):
        return words in (["true"], ["false"])
    return all(word in NUMBER_WORDS or word[:3] in MONTHS for word in words)


def file_url(uno: Any, path: str) -> str:
    if not Path(path).is_absolute():
        raise JobError(f"not an absolute path: {path}")
    url: str = uno.systemPathToFileUrl(path)
    return url


def properties(uno: Any, **values: Any) -> tuple[Any, ...]:
    result = []
    for name, value in values.items():
        item = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
        item.Name = name
        item.Value = value
        result.append(item)
    return tuple(result)


def encryption_data(uno: Any, password: str) -> Any:
    """What makes LibreOffice encrypt an Office Open XML file."""
    items = []
    for name, value in (("CryptoType", "Standard"), ("OOXPassword", password)):
        item = uno.createUnoStruct("com.sun.star.beans.NamedValue")
        item.Name = name
        item.Value = value
        items.append(item)
    return uno.Any("[]com.sun.star.beans.NamedValue", tuple(items))


def main(arguments: list[str]) -> int:
    jobs_path, results_path, pipe, seconds = arguments
    jobs = json.loads(Path(jobs_path).read_text(encoding="utf-8"))
    try:
        office = Office(pipe, float(seconds))
        results = []
        for number, job in enumerate(jobs):
            print(f"job {number}: {job.get('open')}", file=sys.stderr, flush=True)
            results.append(office.run(job))
    except OfficeGoneError as exc:
        print(f"connection lost: {exc}", file=sys.stderr)
        return CONNECTION_LOST
    Path(results_path).write_text(json.dumps(results), encoding="utf-8")
    return 0


if __name__ == "__main__":
    status = main(sys.argv[1:])
    sys.stderr.flush()
    os._exit(status)  # without the end of the interpreter, in which uno's library may crash
