"""An office's own scheme that was changed after forms had been sent out: refused until it is sent out anew or confirmed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from xladdin.classes import record, replace
from xladdin.files import write_together
from xladdin.issues import Refused
from xladdin.methods.inputs import Input
from xladdin.returns.files import WORKBOOK_SUFFIXES
from xladdin.scheme.book.differences import Difference, differences
from xladdin.scheme.book.reading import read_scheme_book
from xladdin.scheme.book.stamps import is_foreign, is_from_workbook, moves_no_field, stamp_of
from xladdin.scheme.load import SchemeError
from xladdin.scheme.model import Scheme
from xladdin.words import (
    CONFIRMED_DAY_PROPERTY,
    CONFIRMED_PROPERTY,
    ISSUED_FOLDER,
    ISSUED_SCHEME_FILE,
    KIND_PROPERTY,
    OWN_RESULTS,
    SCHEME_CONFIRMED_FILE,
    SCHEME_CONFIRMED_KIND,
    SCHEME_FILE,
    SCHEME_PROPERTY,
    VERSION_PROPERTY,
)
from xladdin.workbook.package import peeked_properties
from xladdin.workbook.read.archives import bytes_of
from xladdin.workbook.unreadable import UnreadableWorkbook

_MOVES_FIELDS = "变动涉及填报的编号、内容、单位或评定者，已发出的表不能再用。"
_ISSUE_ANEW = f"请重新下发：移走“{ISSUED_FOLDER}”里原来的表，再生成、发出；不该改的，把“{SCHEME_FILE}”改回去。"


@record
class SchemeChange:
    """The scheme as it is, the stamps of what was sent out under earlier states of it, and how many workbooks those are.

    `before` is the scheme as it was sent out with; None where no copy of it lies beside the forms.
    """

    scheme: Scheme
    stamps: tuple[str, ...]
    count: int
    before: Scheme | None

    @property
    def moves_no_field(self) -> bool:
        """Whether what was sent out can be read as it was meant."""
        return all(moves_no_field(stamp, stamp_of(self.scheme)) for stamp in self.stamps)

    @property
    def found(self) -> list[Difference]:
        return differences(self.before, self.scheme) if self.before else []

    @property
    def warnings(self) -> list[str]:
        """What cannot be said of the change, or what the forms that were sent out say otherwise than the office now."""
        if self.before is None:
            return [f"“{ISSUED_FOLDER}”里没有“{ISSUED_SCHEME_FILE}”，不能列出改了什么。"]
        before, now = self.before.inputs, self.scheme.inputs
        moved = [code for code in now if code in before and _limits(before[code]) != _limits(now[code])]
        if not moved:
            return []
        return [
            f"其中 {'、'.join(moved)} 允许填的最大值或最低任务量变了：已发出的表仍按原来的提示，汇总按现在的检查，两者会不同；要让各单位按新的填，请重新下发。"
        ]

    def lines(self, most: int = 10) -> list[str]:
        """What was changed, of the differences at most so many."""
        head = f"“{SCHEME_FILE}”在下发以后改过：“{ISSUED_FOLDER}”里的 {self.count} 份表是按原来的方案做的。"
        found = self.found
        rest = [f"……共 {len(found)} 处"] if len(found) > most else []
        return [head, *(f"  {one.line}" for one in found[:most]), *rest, *self.warnings]

    def remedies(self, folder: Path) -> tuple[str, str]:
        """What to do in the assessment folder."""
        confirm = f"变动不涉及填报的编号、内容、单位和评定者，也可以确认：在 Excel 里打开“{SCHEME_FILE}”按“检查方案”，或用命令 xladdin scheme confirm {folder}。已发出的表里显示的得分仍是按原来的方案算的，汇总时按现在的重算。"
        return confirm if self.moves_no_field else _MOVES_FIELDS, _ISSUE_ANEW


def _limits(spec: Input) -> tuple[object, ...]:
    """What a form lets be typed into a field and its 任务量."""
    own = spec.indicator
    return spec.maximum, spec.signed, own and (own.maximum, own.at_least, own.by_zone)


def changed_since_issue(scheme: Scheme, folder: Path) -> SchemeChange | None:
    """What was changed since the forms of the assessment folder were sent out; None where they are of the scheme as it is."""
    if not is_from_workbook(scheme):
        return None
    issued = folder / ISSUED_FOLDER
    files = sorted(
        p for p in issued.rglob("*") if p.suffix.lower() in WORKBOOK_SUFFIXES and not p.name.startswith("~$")
    )
    stamps = [stamp for path in files if (stamp := _stamp(path))]
    foreign = [stamp for stamp in stamps if is_foreign(scheme, stamp)]
    if not foreign or len(foreign) < len(stamps):  # sent out anew
        return None
    most = max(foreign, key=foreign.count)
    copies = (_read(path) for path in files if path.name == ISSUED_SCHEME_FILE)
    before = next((copy for copy in copies if copy and stamp_of(copy) == most), None)
    return SchemeChange(scheme, tuple(dict.fromkeys(foreign)), len(foreign), before)


def refuse_changed(scheme: Scheme, folder: Path) -> None:
    """`Refused` where the folder's own scheme is not that of its forms, naming what was changed and what to do."""
    change = changed_since_issue(scheme, folder)
    if change is None:
        return
    raise Refused("\n".join([*change.lines(), *change.remedies(folder)]))


def confirm_change(scheme: Scheme, folder: Path, generated: datetime) -> SchemeChange | None:
    """Write down that what was sent out counts under the scheme as it is now; None where there is nothing to confirm.

    `Refused` where the change moves a field.
    """
    # Written only here: the writing library is not at hand wherever a scheme is read.
    from xladdin.scheme.book.differences import changes_sheet
    from xladdin.workbook.write.tables import write_tables

    change = changed_since_issue(scheme, folder)
    if change is None:
        return None
    if not change.moves_no_field:
        refuse_changed(scheme, folder)
    sheet = changes_sheet(change.before or scheme, scheme, change.found)
    said = (
        f"考核办公室确认（{generated:%Y-%m-%d %H:%M}）：下列变动不涉及填报内容，已下发的 {change.count} 份表照常采用。"
    )
    sheet = replace(sheet, notes=(said, *sheet.notes, *change.warnings))
    properties = {
        KIND_PROPERTY: SCHEME_CONFIRMED_KIND,
        VERSION_PROPERTY: scheme.source.version,
        SCHEME_PROPERTY: stamp_of(scheme),
        CONFIRMED_PROPERTY: " ".join(change.stamps),
        CONFIRMED_DAY_PROPERTY: f"{generated:%Y-%m-%d}",
    }
    office = scheme.source.office_name
    data = write_tables([sheet], properties, SCHEME_CONFIRMED_KIND, office, generated)
    write_together({folder / SCHEME_CONFIRMED_FILE: data})
    return change


def _stamp(path: Path) -> str:
    """The stamp of something that was sent out to be filled in."""
    try:
        properties = peeked_properties(bytes_of(path))
    except UnreadableWorkbook:
        return ""
    return "" if properties.get(KIND_PROPERTY) in OWN_RESULTS else properties.get(SCHEME_PROPERTY, "")


def _read(path: Path) -> Scheme | None:
    try:
        return read_scheme_book(path).scheme
    except SchemeError:  # it only serves to say what was changed
        return None
