"""The names of our functions in formulas: `FS_RATIO`, and nothing else, in every document that is open or saved.

Calc binds a name it knows from an add-in to the add-in and stores `ORG.FINESCORE…`; and an add-in sees neither a blank
cell apart from 0 nor an error. A function in Basic gets the cells themselves and keeps its plain name in every file. So
formulas are bound to Basic functions of the same names: when a document is opened, when a cell is typed, before it is saved.
A call with an argument left out in the middle stays with the add-in, because Basic is given 0 there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import unohelper
from com.sun.star.util import XChangesListener, XModifyListener

from macros.calc import wizard
from macros.calc.events import AFTER_SAVING, BEFORE_SAVING, OPENED, SAVED
from macros.calc.open_document import stamped_version
from macros.calc.untyped import Uno
from udfs.catalogue import BY_NAME
from xladdin.numbers import ScoringError
from xladdin.scheme import available_versions

_FORMULAS = 16  # com.sun.star.sheet.CellFlags.FORMULA
_ENGLISH_NAMES = 2  # com.sun.star.sheet.FormulaLanguage
_SPECIAL, _SEPARATORS = 0, 1  # com.sun.star.sheet.FormulaMapGroup
# Positions of the operations in their groups: com.sun.star.sheet.FormulaMapGroupSpecialOffset
_EXTERNAL, _MISSING, _BAD, _MACRO = 3, 6, 7, 11
_OPEN, _CLOSE = 0, 1

_OURS = re.compile(r"FS_[A-Z]+\s*\(|ORG\.FINESCORE\.", re.IGNORECASE)

_MANY = 500
"""Formulas on a sheet from which on not all of them are looked at whenever one cell changes."""

_PLAIN = {f"{wizard.SERVICE}.{method}".upper(): name for method, name in wizard.FUNCTION_OF.items()}
_PLAIN |= {name: name for name in wizard.FUNCTION_OF.values()}

_OWN_FUNCTION = re.compile(
    rf"^[ \t]*(?:Public\s+)?Function\s+(?:{'|'.join(wizard.FUNCTION_OF.values())})\b.*?^[ \t]*End Function",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)

_watched: dict[str, _Watch] = {}


def offer_to_cells(context: Uno) -> None:
    """Put the functions into the Basic library that every document's formulas find."""
    libraries = context.ServiceManager.createInstanceWithContext(
        "com.sun.star.script.ApplicationScriptLibraryContainer", context
    )
    libraries.loadLibrary("Standard")
    standard = libraries.getByName("Standard")
    source = wizard.basic()
    if not standard.hasByName(wizard.MODULE):
        standard.insertByName(wizard.MODULE, source)
    elif standard.getByName(wizard.MODULE) != source:
        standard.replaceByName(wizard.MODULE, source)


def on_event(document: Uno, event: str) -> None:
    """Keep the names plain at an event of a spreadsheet."""
    identity = document.RuntimeUID
    if event in OPENED and identity not in _watched:
        _watched[identity] = _Watch(document)
    watch = _watched.get(identity)
    if watch is None:
        return
    if event in BEFORE_SAVING:
        watch.before_saving()
    elif event in AFTER_SAVING:
        watch.after_saving(is_saved=event in SAVED)


def lookup_version() -> str:
    """The year of the documents in which something is looked up without a cell; nothing for the newest.

    `ScoringError` where they are of several years: Calc does not say in which document a function is computed.
    """
    versions = {watch.version for watch in _watched.values() if watch.looks_up}
    if len(versions) > 1:
        raise ScoringError("同时打开着不同年度的工作簿，不知道按哪一年度查；请把编号写在单元格里，公式引用该单元格")
    return versions.pop() if versions else ""


class _Watch(unohelper.Base, XChangesListener, XModifyListener):  # type: ignore[misc]
    """Follows one document from its opening to its end."""

    def __init__(self, document: Uno) -> None:
        self.document = document
        self.identity = document.RuntimeUID
        self.busy = False
        self.seen: dict[str, set[tuple[int, int, int, int]]] = {}
        self.own_functions: dict[tuple[str, str], str] = {}
        self.calculated_by_itself = False
        version = stamped_version(document)
        self.version = version if version in available_versions()[:-1] else ""
        self.looks_up = False
        mapper = document.createInstance("com.sun.star.sheet.FormulaOpCodeMapper")
        special = [entry.Token.OpCode for entry in mapper.getAvailableMappings(_ENGLISH_NAMES, _SPECIAL)]
        signs = [entry.Token.OpCode for entry in mapper.getAvailableMappings(_ENGLISH_NAMES, _SEPARATORS)]
        self.missing = special[_MISSING]
        self.external, self.macro = special[_EXTERNAL], special[_MACRO]
        self.names = {self.external, self.macro, special[_BAD]}
        self.open, self.close = signs[_OPEN], signs[_CLOSE]
        self._hide_own_functions()
        self._bind_all(anew=True)
        document.addChangesListener(self)
        for sheet in document.Sheets:
            sheet.addModifyListener(self)

    def before_saving(self) -> None:
        self._bind_all()
        if self.own_functions and self.document.isAutomaticCalculationEnabled():
            # The document's functions would be called as soon as they are back, and what they give would be saved.
            self.document.calculate()
            self.calculated_by_itself = True
            self.document.enableAutomaticCalculation(False)
        self._replace(self.own_functions)

    def after_saving(self, *, is_saved: bool) -> None:
        self._hide_own_functions()
        if self.calculated_by_itself:
            self.calculated_by_itself = False
            self.document.enableAutomaticCalculation(True)
        if is_saved:  # what was put back differs from the file in nothing that is saved
            self.document.setModified(False)

    def changesOccurred(self, event: Uno) -> None:  # noqa: N802 - somebody typed, pasted, undid
        if not self.busy:
            for change in event.Changes:
                ranges = change.ReplacedElement
                for area in ranges if hasattr(ranges, "RangeAddressesAsString") else (ranges,):
                    self._bind(_blocks(area), anew=False)

    def modified(self, event: Uno) -> None:  # a program changed cells, it does not say which
        if not self.busy:
            self._bind(self._new_blocks(event.Source), anew=False)

    def disposing(self, _event: Uno) -> None:
        _watched.pop(self.identity, None)

    def _bind_all(self, *, anew: bool = False) -> None:
        was_modified = self.document.isModified()
        for sheet in self.document.Sheets:
            self._bind(_blocks(sheet), anew=anew)
        if not was_modified and self.document.isModified():
            self.document.setModified(False)

    def _new_blocks(self, sheet: Uno) -> Iterator[Uno]:
        """The blocks of formulas that were not there before; of few formulas all."""
        addresses = {
            (a.StartColumn, a.StartRow, a.EndColumn, a.EndRow)
            for a in sheet.queryContentCells(_FORMULAS).getRangeAddresses()
        }
        before, self.seen[sheet.Name] = self.seen.get(sheet.Name, set()), addresses
        few = sum((right - left + 1) * (bottom - top + 1) for left, top, right, bottom in addresses) < _MANY
        for left, top, right, bottom in addresses if few else addresses - before:
            # A block that only grew downwards is old but for its end.
            known = [end for a, b, c, end in before if (a, b, c) == (left, top, right) and end < bottom]
            start = top if few or not known else max(known) + 1
            yield sheet.getCellRangeByPosition(left, start, right, bottom)

    def _bind(self, blocks: Iterable[Uno], *, anew: bool) -> None:
        undo = self.document.UndoManager
        self.busy = True
        undo.lock()  # nobody did this, so nobody can want it undone
        try:
            for block in blocks:
                for row, texts in enumerate(block.getFormulaArray()):
                    for column, text in enumerate(texts):
                        if text.startswith(("=", "{=")) and _OURS.search(text):
                            self._bind_cell(block.getCellByPosition(column, row), anew=anew)
        finally:
            undo.unlock()
            self.busy = False

    def _bind_cell(self, cell: Uno, *, anew: bool) -> None:
        tokens = cell.getTokens()
        self.looks_up |= any(self._looks_up(tokens, at) for at, token in enumerate(tokens) if self._is_ours(token))
        wanted = {at: self._wanted(tokens, at) for at, token in enumerate(tokens) if self._is_ours(token)}
        if not anew and all((tokens[at].OpCode, tokens[at].Data) == name for at, name in wanted.items()):
            return
        for at, name in wanted.items():
            tokens[at].OpCode, tokens[at].Data = name
        if cell.getArrayFormula():
            cursor = cell.getSpreadsheet().createCursorByRange(cell)
            cursor.collapseToCurrentArray()
            cursor.setArrayTokens(tokens)
        else:
            cell.setTokens(tokens)

    def _is_ours(self, token: Uno) -> bool:
        return token.OpCode in self.names and isinstance(token.Data, str) and token.Data.upper() in _PLAIN

    def _wanted(self, tokens: Uno, at: int) -> tuple[int, str]:
        """How a call has to be bound: to the add-in where an argument is left out, or else to Basic."""
        left_out = any(depth == 1 and token.OpCode == self.missing for depth, token in self._inside(tokens, at))
        return (self.external if left_out else self.macro), _PLAIN[tokens[at].Data.upper()]

    def _looks_up(self, tokens: Sequence[Uno], at: int) -> bool:
        """Whether a call looks something up and has no cell of the document among its arguments."""
        cells = (
            hasattr(token.Data, "Column") or hasattr(token.Data, "Reference1") for _, token in self._inside(tokens, at)
        )
        return BY_NAME[_PLAIN[tokens[at].Data.upper()]].looks_up and not any(cells)

    def _inside(self, tokens: Sequence[Uno], at: int) -> Iterator[tuple[int, Uno]]:
        """The tokens of a call's arguments, each with how deep in brackets it stands."""
        depth = 0
        for token in tokens[at + 1 :]:
            depth += (token.OpCode == self.open) - (token.OpCode == self.close)
            yield depth, token
            if depth == 0 and token.OpCode == self.close:
                return

    def _hide_own_functions(self) -> None:
        """Take functions of our names out of the document's macros while it is open: they only work in Excel."""
        for library, module, source in _modules(self.document):
            if _OWN_FUNCTION.search(source):
                self.own_functions[library, module] = source
                self._replace({(library, module): _OWN_FUNCTION.sub("", source)})

    def _replace(self, sources: Mapping[tuple[str, str], str]) -> None:
        was_modified = self.document.isModified()
        for (library, module), source in sources.items():
            self.document.BasicLibraries.getByName(library).replaceByName(module, source)
        if not was_modified:
            self.document.setModified(False)


def _blocks(area: Uno) -> Iterator[Uno]:
    """The blocks of formulas in an area."""
    return iter(area.queryContentCells(_FORMULAS))


def _modules(document: Uno) -> list[tuple[str, str, str]]:
    libraries = document.BasicLibraries
    return [
        (library, module, libraries.getByName(library).getByName(module))
        for library in libraries.getElementNames()
        if libraries.isLibraryLoaded(library)
        for module in libraries.getByName(library).getElementNames()
    ]
