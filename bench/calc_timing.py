"""What `calc.py` times, inside LibreOffice: a script for a Python that can `import uno`."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from macros.calc.untyped import Uno
from tests.macros.calc.scenarios import Office

FORMULAS = 16  # com.sun.star.sheet.CellFlags.FORMULA
SCORE = "得分"
TOTAL = "总分"
FIRST_ANNEX, SECOND_ANNEX = "附件1", "附件2"


def in_one_book(office: Office, paths: Sequence[str]) -> Uno:
    """A document with both annexes of each form."""
    book = office.open("")
    for number, path in enumerate(paths):
        form = office.open(path)
        for name in (FIRST_ANNEX, SECOND_ANNEX):
            book.Sheets.importSheet(form, name, book.Sheets.Count)
            sheet = book.Sheets.getByIndex(book.Sheets.Count - 1)
            sheet.unprotect("")
            sheet.Name = f"{name}_{number}"
        form.close(True)
        for column in formula_columns(book.Sheets.getByName(f"{FIRST_ANNEX}_{number}")):
            for row in range(column.Rows.Count):
                cell = column.getCellByPosition(0, row)
                own = re.sub(rf"'file:[^']*'#\$?{SECOND_ANNEX}", f"${SECOND_ANNEX}_{number}", cell.Formula)
                if own != cell.Formula:
                    cell.Formula = own
    book.Sheets.removeByName(book.Sheets.getByIndex(0).Name)
    book.calculateAll()
    return book


def formula_columns(sheet: Uno) -> Iterator[Uno]:
    """The blocks of formulas, cut into columns."""
    for block in list(sheet.queryContentCells(FORMULAS)):
        for number in range(block.Columns.Count):
            yield block.getCellRangeByPosition(number, 0, number, block.Rows.Count - 1)


def count(book: Uno) -> int:
    """How many formulas a document has."""
    return sum(column.Rows.Count for sheet in book.Sheets for column in formula_columns(sheet))


def score_column(sheet: Uno) -> int:
    """The column with the head 得分, or -1."""
    heads = sheet.getCellRangeByName("A1:Z5").DataArray
    return next((row.index(SCORE) for row in heads if SCORE in row), -1)


def keep_scores(book: Uno) -> None:
    """Put values in place of all formulas but the scores."""
    for sheet in book.Sheets:
        score = score_column(sheet)
        for column in formula_columns(sheet):
            if column.RangeAddress.StartColumn != score:
                column.setDataArray(column.getDataArray())


def totals(book: Uno) -> list[float]:
    """The 总分 of all districts, in order."""
    found = []
    for sheet in book.Sheets:
        score = score_column(sheet)
        rows = sheet.getCellRangeByName("A1:H100").DataArray if score >= 0 else ()
        found += [row[score] for row in rows if any(str(text).replace(" ", "").startswith(TOTAL) for text in row[:2])]
    return found


def timed(work: Callable[[], object]) -> float:
    """Milliseconds."""
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def compared(master: Uno, forms: Uno, rounds: int) -> dict[str, Any]:
    """Hard recalculation of both in turn, after one that does not count."""
    times: list[list[float]] = [[], []]
    for turn in range(rounds + 1):
        for book, own in zip((master, forms), times, strict=True):
            taken = timed(book.calculateAll)
            if turn:
                own.append(taken)
    return {"formulas": [count(master), count(forms)], "ms": times}


def main(arguments: Sequence[str]) -> None:
    _, given, result, pipe = arguments
    job = json.loads(Path(given).read_text(encoding="utf-8"))
    office = Office(pipe)
    master, forms = office.open(job["master"]), in_one_book(office, job["forms"])
    found = {"totals": [totals(master), totals(forms)], "whole": compared(master, forms, job["rounds"])}
    for book in (master, forms):
        keep_scores(book)
    found["scores"] = compared(master, forms, job["rounds"])
    found["totals"] += [totals(master), totals(forms)]
    Path(result).write_text(json.dumps(found), encoding="utf-8")
    for book in (master, forms):
        book.close(True)
    office.desktop.terminate()


if __name__ == "__main__":
    main(sys.argv[1:])
