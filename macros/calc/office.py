"""What the services of `component` do: compute a function, describe it to the wizard, and run the jobs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import uno

import udfs
from macros.calc import names, wizard
from macros.calc.arguments import argument_of
from macros.calc.open_document import stamped_version
from macros.calc.untyped import Uno
from udfs.catalogue import BY_NAME, CATEGORY
from udfs.registration import argument_text
from udfs.workbook import Workbook


def computed(function: str, arguments: Sequence[object]) -> float | str:
    """The result of a function of the cells; its arguments are as Basic hands them over."""
    workbook = _workbook(function, arguments)
    result: float | str = getattr(udfs, function)(*(argument_of(given) for given in arguments), *workbook)
    return result


def _workbook(function: str, arguments: Sequence[Uno]) -> list[Workbook]:
    """The document of a function that looks something up, to be handed over behind its arguments."""
    if not BY_NAME[function].looks_up:
        return []
    return [Workbook(partial(_version, arguments), partial(_path, arguments))]


def _version(arguments: Sequence[Uno]) -> str:
    """What the document is stamped with: that of a cell among the arguments, for Calc does not say which one calls."""
    document = _document(arguments)
    return names.lookup_version() if document is None else stamped_version(document)


def _path(arguments: Sequence[Uno]) -> str:
    """Where the document lies, where a cell among the arguments says which it is."""
    document = _document(arguments)
    return uno.fileUrlToSystemPath(document.URL) if document is not None and document.URL.startswith("file:") else ""


def _document(arguments: Sequence[Uno]) -> Uno:
    for given in arguments:
        if hasattr(given, "getCellRange"):
            return given.getCellRange().getSpreadsheet().DrawPage.Forms.Parent
    return None


def computed_by_method(method: str, arguments: Sequence[Uno]) -> float | str:
    """The same as Calc calls it from the wizard's function: None is an argument left out."""
    function = wizard.FUNCTION_OF[method]
    if BY_NAME[function].arguments[-1].repeated:
        *fixed, rest = arguments
        arguments = [*fixed, *rest]
    given = list(arguments)
    while given and given[-1] is None:
        given.pop()
    result: float | str = getattr(udfs, function)(*given, *_workbook(function, ()))
    return result


def method_of(shown: str) -> str:
    """The method behind a function's name."""
    return wizard.method_of(shown)


def function_of(method: str) -> str:
    """The function's name behind a method; empty for other methods."""
    return wizard.FUNCTION_OF.get(method, "")


def description_of(method: str) -> str:
    """What the wizard says about a function."""
    return BY_NAME[wizard.FUNCTION_OF[method]].description


def argument_name_of(method: str, number: int) -> str:
    """An argument's short name."""
    entry = BY_NAME[wizard.FUNCTION_OF[method]]
    return entry.arguments[min(number, len(entry.arguments) - 1)].label


def argument_text_of(method: str, number: int) -> str:
    """What the wizard says about an argument."""
    entry = BY_NAME[wizard.FUNCTION_OF[method]]
    return argument_text(entry, entry.arguments[min(number, len(entry.arguments) - 1)])


def category_of(_method: str) -> str:
    """The functions' group, where a program shows one of its own."""
    return CATEGORY


def follow(context: Uno, event: str | None, document: Uno) -> None:
    """Do what is due at LibreOffice's start or at an event of a document."""
    if event == "OnStartApp":
        names.offer_to_cells(context)
    elif event and document is not None and document.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
        names.on_event(document, event)


def press(context: Uno, action_id: str, frame: Uno, arguments: Sequence[Uno]) -> str:
    """Run the action of a menu entry and give back what to tell the clerk."""
    from macros.calc import menu  # late: a cell's function needs nothing of it

    return menu.press(context, action_id, frame, arguments)
