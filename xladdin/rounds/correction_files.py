"""The corrected result as a workbook: 考核汇总 with 更正, 变动 and 变动原因 behind it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from xladdin.files import WouldOverwrite
from xladdin.forms.origins import shown_value
from xladdin.results.consolidation import Consolidation, results
from xladdin.results.difference_sheets import points_text, result_change_sheets, result_lines
from xladdin.results.differences import result_differences
from xladdin.results.sheets import result_sheets
from xladdin.rounds.corrections import CORRECTED, Corrected, Correction
from xladdin.words import (
    APPROVER,
    CODE,
    CORRECTION_HEAD,
    CORRECTION_REASON,
    CORRECTIONS_KIND,
    DAY,
    DISTRICT,
    GRAND_TOTAL,
    KIND_PROPERTY,
    NEW,
    OLD,
    RESULT_KIND,
    VERSION_PROPERTY,
)
from xladdin.workbook.cells import result_of, shown_text
from xladdin.workbook.tables import Cell, Column, Content, ResultSheet
from xladdin.workbook.write.tables import write_tables


def refuse_replacing(outputs: Iterable[Path]) -> None:
    """Refuse outputs that exist: an earlier result stays untouched, whichever it is."""
    for path in outputs:
        if path.exists():
            raise WouldOverwrite(f"{path} 已存在；更正不覆盖已有的结果，请换一个文件名")


def corrected_workbook(corrected: Corrected, after: Consolidation, target: Path, generated: datetime) -> bytes:
    """The corrected result and what moved. `target` is where it will stand, `generated` the one time stamp."""
    scheme = after.scheme
    differences = result_differences(results(corrected.before), results(after))
    sheets = [
        *result_sheets(after, target.parent, generated),
        corrections_sheet(corrected, after),
        *result_change_sheets(scheme, differences),
    ]
    properties = {KIND_PROPERTY: RESULT_KIND, VERSION_PROPERTY: scheme.source.version}
    title = f"{scheme.source.title}　{RESULT_KIND}（{CORRECTED}）"
    return write_tables(sheets, properties, title, scheme.source.office_name, generated)


def corrected_lines(corrected: Corrected, after: Consolidation) -> list[str]:
    """What moved, line by line."""
    return result_lines(result_differences(results(corrected.before), results(after)))


def corrections_sheet(corrected: Corrected, after: Consolidation) -> ResultSheet:
    """更正: every line of 更正单 with the item's score, the district's total and rank before and after."""
    columns = (
        Column("序号", 6, "centre"),
        Column(DISTRICT, 10, "bold"),
        Column(CODE, 8, "centre"),
        Column("指标", 30, "text"),
        Column(CORRECTION_HEAD, 12, "centre"),
        Column(OLD, 12, "centre"),
        Column(NEW, 12, "bold"),
        Column(CORRECTION_REASON, 40, "text"),
        Column(APPROVER, 12, "centre"),
        Column(DAY, 12, "centre"),
        Column("原得分", 9, "centre"),
        Column("现得分", 9, "centre"),
        Column(f"原{GRAND_TOTAL}", 10, "score"),
        Column(f"现{GRAND_TOTAL}", 10, "bold_score"),
        Column("原名次", 8, "centre"),
        Column("现名次", 8, "bold"),
    )
    rows = [_row(corrected.before, after, n, c) for n, c in enumerate(corrected.corrections, 1)]
    notes = (
        f"共更正 {len(rows)} 处。得分、总分、名次为全部更正以前和以后的。",
        f"原结果 {corrected.sealed.name} 保持不变，SHA-256 {corrected.sealed.sha256}",
        f"{CORRECTIONS_KIND} {corrected.sheet.name}，SHA-256 {corrected.sheet.sha256}",
    )
    return ResultSheet(CORRECTED, CORRECTIONS_KIND, columns, rows, notes, frozen_columns=3, large_paper=True)


def _row(before: Consolidation, after: Consolidation, number: int, c: Correction) -> list[Content]:
    row: list[Content] = [float(number), c.district, c.code, after.scheme.inputs[c.code].name, c.head]
    row += [shown_text(result_of(c.old)).strip() or None, shown_value(c.new, c.typed) or "未填"]
    row += [c.reason, c.approver, c.day.isoformat()]
    sides = [next(d for d in one.districts if d.name == c.district) for one in (before, after)]
    scores = [side.scored.items[c.code.partition(".")[0]] for side in sides]
    row += [points_text((None if s.score is None else float(s.score), s.status.value)) for s in scores]
    row += [float(side.scored.total) for side in sides]
    row += [Cell(float(d.rank), "provisional") if d.provisional else float(d.rank) for d in sides]
    return row
