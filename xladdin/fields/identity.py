"""What a workbook says of itself: whose it is, and of which version of the scheme."""

from __future__ import annotations

import re
from collections.abc import Sequence

from xladdin.classes import record
from xladdin.issues import Place
from xladdin.scheme.book.stamps import is_foreign, is_of_other_fields
from xladdin.scheme.model import Scheme
from xladdin.words import (
    DISTRICT_PROPERTY,
    EVALUATOR_LABEL,
    EVALUATOR_PROPERTY,
    NUMBER_LABEL,
    NUMBER_PROPERTY,
    SCHEME_LABEL,
    SCHEME_PROPERTY,
    UNIT_LABEL,
    VERSION_LABEL,
    VERSION_PROPERTY,
)
from xladdin.workbook.cells import RawBook, cell_name, result_of, shown_text

_SEARCHED_ROWS = 12
_PROPERTIES = {
    UNIT_LABEL: DISTRICT_PROPERTY,
    EVALUATOR_LABEL: EVALUATOR_PROPERTY,
    VERSION_LABEL: VERSION_PROPERTY,
    NUMBER_LABEL: NUMBER_PROPERTY,
    SCHEME_LABEL: SCHEME_PROPERTY,
}
_INLINE = {label: re.compile(re.escape(label) + r"[:：]([^\s　]+)") for label in _PROPERTIES}


MADE_BEFORE = "按改动以前的考核方案生成，此后编号、内容、单位或评定者改过"
"""What is said of a workbook that the office made for other fields."""


@record
class Stated:
    """A name and where it stands: on a sheet, or among the document's properties."""

    name: str
    sheet: str
    cell: str = ""

    @property
    def where(self) -> str:
        """The place in words."""
        return f"{self.sheet}!{self.cell}" if self.cell else self.sheet

    def place(self, file: str, district: str = "") -> Place:
        """The place as findings have it."""
        return Place(district, file, self.sheet, self.cell)


@record
class Identity:
    """What stands after 填报单位, 评价单位, 方案版本, 下发编号 and 方案标识, each as often as it stands there."""

    units: tuple[Stated, ...]
    evaluators: tuple[Stated, ...]
    versions: tuple[Stated, ...]
    numbers: tuple[Stated, ...] = ()
    schemes: tuple[Stated, ...] = ()

    def other_version(self, version: str) -> Stated | None:
        """A version that is not this one, if any is named."""
        return next((stated for stated in self.versions if stated.name != version), None)

    def foreign_scheme(self, scheme: Scheme) -> Stated | None:
        """The stamp of another scheme than the office's own, if one is named."""
        return next((stated for stated in self.schemes if is_foreign(scheme, stated.name)), None)

    def other_fields(self, scheme: Scheme) -> Stated | None:
        """The stamp under which the office made a workbook of its own for other fields, if one is named."""
        return next((stated for stated in self.schemes if is_of_other_fields(scheme, stated.name)), None)


def read_identity(book: RawBook) -> Identity:
    """What the workbook says of itself: in the first rows of its sheets, then in its properties."""
    found: dict[str, list[Stated]] = {label: [] for label in _PROPERTIES}
    for sheet in book.sheets:
        for row, cells in enumerate(sheet.rows[:_SEARCHED_ROWS]):
            for column, raw in enumerate(cells):
                text = result_of(raw)
                if not isinstance(text, str):
                    continue
                for label in _PROPERTIES:
                    if label not in text:
                        continue
                    if match := _INLINE[label].search(text):
                        found[label].append(Stated(match[1], sheet.name, cell_name(row, column)))
                    elif text.strip() == label and (value := shown_text(result_of(sheet.at(row, column + 1)))):
                        found[label].append(Stated(value, sheet.name, cell_name(row, column + 1)))
    for label, name in _PROPERTIES.items():
        if name in book.properties:
            found[label].append(Stated(book.properties[name], "文档属性"))
    return Identity(*map(tuple, found.values()))


def contradiction(stated: Sequence[Stated]) -> tuple[Stated, str] | None:
    """The first that names another than the one before all others, and all of them in words; nothing where they agree."""
    for other in stated:
        if other.name != stated[0].name:
            return other, "，".join(f"{one.where} 写“{one.name}”" for one in stated)
    return None
