"""Functions of a file's VBA in cells: the formula engine calls them as Excel calls those of a loaded add-in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pyopenvba._a1 import Area
from pyopenvba.apps.excel import _model
from pyopenvba.apps.excel._engine_book import ERROR_NUMBERS, scalar
from pyopenvba.formula._calc import registry
from pyopenvba.formula._calc.cells import CellError
from pyopenvba.formula._calc.values import EMPTY, NAME, Array, Empty, Reference
from pyopenvba.interpreter._values import MISSING, VBAArray, VBAErrorValue

from tests.macros.excel.simulated.members import simulation

if TYPE_CHECKING:
    from tests.macros.excel.simulated.project import Project


def register(project: Project) -> None:
    """Make a project's functions known to the formula engine, which is one for the whole process."""
    for name, fewest, most in project.wrappers():
        most = registry.MAX_ARGUMENTS if most is None else most
        registry.function(name.upper(), *([registry.R] * max(most, 1)), minimum=fewest, maximum=most)(_calling(name))


def _calling(name: str) -> registry.Implementation:
    def call(context: Any, *given: object) -> object:
        book = context.book.book
        excel = simulation(book.application)
        project = excel.project_offering(name, book)
        if project is None:
            return NAME
        sheet = book.sheet_named(context.sheet)
        caller = _model.Range(sheet, [Area(context.row, context.column, context.row, context.column, sheet.name)])
        with excel.computing(caller):
            return _result(project.run(f"{project.wrapper_module()}.{name}", *(_argument(book, one) for one in given)))

    return call


def _argument(book: Any, given: object) -> object:
    """An argument as VBA receives it: references as Ranges, arrays as arrays, one left out as missing."""
    match given:
        case Reference():
            sheet = book.sheet_named(given.areas[0].sheet)
            areas = [Area(one.top, one.left, one.bottom, one.right, sheet.name) for one in given.areas]
            _calculate(book, sheet, areas)
            return _model.Range(sheet, areas)
        case Array():
            items = [
                _argument(book, given.rows[row][column]) for column in range(given.width) for row in range(given.height)
            ]
            return VBAArray([(1, given.height), (1, given.width)], items=items)
        case Empty():
            return MISSING
        case CellError():
            return VBAErrorValue(ERROR_NUMBERS[given.code])
    return given


def _calculate(book: Any, sheet: Any, areas: Iterable[Area]) -> None:
    """Work out what an argument refers to before the function reads it, in manual calculation too.

    Excel calls a function that came upon a cell yet to be calculated once more when it is; pyOpenVBA would let it read what the
    cell showed before.
    """
    if book.calculator.automatic:
        return
    for area in areas:
        is_block = area.rows * area.columns < len(sheet.cells_)
        rows, columns = range(area.top, area.bottom + 1), range(area.left, area.right + 1)
        keys = [(row, column) for row in rows for column in columns] if is_block else list(sheet.cells_)
        for row, column in keys:
            cell = sheet.cells_.get((row, column))
            if cell is not None and cell.formula and cell.stale and area.contains(row, column):
                book.calculator.value_of(sheet.name, row, column, force=True)


def _result(value: object) -> object:
    if isinstance(value, VBAArray):
        if value.dimensions == 1:
            return Array([[_single(one) for one in value.elements()]])
        (top, bottom), (left, right) = value.bounds
        return Array(
            [[_single(value.get([row, column])) for column in range(left, right + 1)] for row in range(top, bottom + 1)]
        )
    return _single(value)


def _single(value: object) -> Any:
    """A value in a cell; Empty shows as 0."""
    found = scalar(value)
    return 0.0 if found is EMPTY else found
