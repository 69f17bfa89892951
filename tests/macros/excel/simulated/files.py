"""Workbook files: how they are opened with their links and properties, and written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

from pyopenvba.apps.excel import _io
from pyopenvba.exceptions import VBAUnsupportedError
from pyopenvba.interpreter._objects import VBACollection, VBAObject, member
from pyopenvba.interpreter._values import error

_OPENED = (".xlsx", ".xlsm", ".xlam")

_LINKED = re.compile(r"\[(\d+)\]!")

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def opened_package(application: Any, path: Path) -> Any:
    """A workbook read from its file, with links to other files as Excel shows them."""
    if path.suffix.lower() not in _OPENED:
        raise VBAUnsupportedError(f"opening a {path.suffix} file")
    book = _io.load_workbook(application, path)
    vars(book)["links"] = links = _link_targets(book)
    for sheet in book.sheets_:
        for cell in sheet.cells_.values():
            if "[" in cell.formula:
                cell.formula = _LINKED.sub(lambda found: f"'{links[int(found[1]) - 1]}'!", cell.formula)
    vars(book)["never_used"] = {link for link in links if not any(_cells_with(book, link))}
    return book


def linked_files(book: Any) -> tuple[str, ...]:
    """The files the workbook has links to: a link goes when the last formula that refers to it does."""
    links: tuple[str, ...] = vars(book).get("links", ())
    return tuple(link for link in links if link in vars(book)["never_used"] or any(_cells_with(book, link)))


def _cells_with(book: Any, link: str) -> Iterator[tuple[Any, int, int, Any]]:
    """The cells whose formulas refer to a file: sheet, row, column, cell."""
    for sheet in book.sheets_:
        for (row, column), cell in list(sheet.cells_.items()):
            if f"'{link}'!" in cell.formula:
                yield sheet, row, column, cell


def _link_targets(book: Any) -> tuple[str, ...]:
    """The files behind [1], [2], … in the workbook's formulas."""
    workbook = ElementTree.fromstring(book.package.read("xl/workbook.xml"))
    links = _relations(book.package, "xl/_rels/workbook.xml.rels")
    targets = []
    for reference in workbook.iter(f"{_MAIN}externalReference"):
        name = links[reference.attrib[f"{_RELATION}id"]].rpartition("/")[2]
        (target,) = _relations(book.package, f"xl/externalLinks/_rels/{name}.rels").values()
        targets.append(unquote(target).removeprefix("file:///").replace("/", "\\"))
    return tuple(targets)


def _relations(package: Any, part: str) -> dict[str, str]:
    if not package.has(part):
        return {}
    return {one.attrib["Id"]: one.attrib["Target"] for one in ElementTree.fromstring(package.read(part))}


def save_copy(book: Any, target: Path) -> None:
    """Write the workbook as it stands to another file; the open one keeps its name."""
    saved, name, path = book.saved, book.name, book.path
    _io.save_workbook(book, target)
    book.saved, book.name, book.path = saved, name, path


def broken_link(book: Any, link: str) -> bool:
    """Put values in place of the formulas that refer to the file; whether there is such a link."""
    if link not in linked_files(book):
        return False
    for sheet, row, column, cell in _cells_with(book, link):
        book.calculator.value_of(sheet.name, row, column)
        cell.formula = ""
        sheet.cell_changed(row, column)
    vars(book)["never_used"].discard(link)
    return True


class DocumentProperty(VBAObject):
    """A property of a file."""

    vba_type_name = "DocumentProperty"

    def __init__(self, name: str, value: object) -> None:
        self.name = name
        self.value = value

    @member
    def Name(self) -> object:  # noqa: N802
        return self.name

    @member(default=True)
    def Value(self) -> object:  # noqa: N802
        return self.value


class DocumentProperties(VBACollection):
    """A file's own properties, as its docProps/custom.xml has them."""

    vba_type_name = "DocumentProperties"

    def __init__(self, properties: list[DocumentProperty]) -> None:
        self.properties = properties

    def vba_items(self) -> list[object]:
        return list(self.properties)

    def vba_lookup(self, index: object, items: list[object]) -> object:
        for one in self.properties:
            if isinstance(index, str) and one.name.casefold() == index.casefold():
                return one
        if isinstance(index, str):
            raise error(5)
        return super().vba_lookup(index, items)


def custom_properties(book: Any) -> DocumentProperties:
    """The workbook's own properties."""
    part = "docProps/custom.xml"
    if book.package is None or not book.package.has(part):
        return DocumentProperties([])
    found = ElementTree.fromstring(book.package.read(part))
    return DocumentProperties([DocumentProperty(one.attrib["name"], "".join(one.itertext())) for one in found])
