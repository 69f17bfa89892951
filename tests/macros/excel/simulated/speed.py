"""What makes pyOpenVBA fast enough for whole workbooks; what it computes and what stands in its files stay the same."""

from __future__ import annotations

import zlib
from collections import defaultdict
from functools import lru_cache
from typing import Any

from pyopenvba._a1 import Area
from pyopenvba.apps.excel import _calc, _controls, _engine_book
from pyopenvba.formula import _prefixes
from pyopenvba.powerquery import _opc

Key = tuple[str, int, int]


class _Blocks(dict[Key, list[Area]]):
    """The blocks of cells that each formula reads, findable by the sheet they lie on."""

    def __init__(self) -> None:
        super().__init__()
        self.on_sheet: defaultdict[str, dict[Key, list[Area]]] = defaultdict(dict)

    def __setitem__(self, key: Key, areas: list[Area]) -> None:
        super().__setitem__(key, areas)
        for area in areas:
            self.on_sheet[area.sheet.lower()].setdefault(key, []).append(area)

    def pop(self, key: Key, default: Any = None) -> Any:
        areas = super().pop(key, default)
        for area in areas or ():
            self.on_sheet[area.sheet.lower()].pop(key, None)
        return areas

    def clear(self) -> None:
        super().clear()
        self.on_sheet.clear()


def index_readers() -> None:
    """Keep calculators from going through every formula of a workbook for every cell that is written."""
    initialise = _calc.Calculator.__init__

    def initialise_indexed(self: Any, book: Any) -> None:
        initialise(self, book)
        self._blocks = _Blocks()

    def reading(self: Any, name: str, row: int, column: int) -> set[Key]:
        found = set(self._readers.get((name, row, column), ()))
        for key, areas in self._blocks.on_sheet[name].items():
            for area in areas:
                if area.top <= row <= area.bottom and area.left <= column <= area.right:
                    found.add(key)
                    break
        return found

    _calc.Calculator.__init__ = initialise_indexed  # type: ignore[method-assign]
    _calc.Calculator._reading = reading  # type: ignore[method-assign]


def read_formulas_once() -> None:
    """Parse a formula's text once, however many cells and workbooks have it."""
    _prefixes.in_file = lru_cache(maxsize=None)(_prefixes.in_file)
    _engine_book.parse = lru_cache(maxsize=None)(_engine_book.parse)


def deflate_with_zlib() -> None:
    """Pack with zlib: pyOpenVBA packs in Python, for the sake of files that are Excel's to the byte."""

    def raw_compress(data: bytes) -> bytes:
        compressor = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        return compressor.compress(data) + compressor.flush()

    _opc.raw_compress = raw_compress


def leave_out_controls() -> None:
    """Keep cells from looking for check boxes and lists linked to them through all sheets: the workbooks have none."""
    _controls.cell_changed = lambda *_given: None
