"""Workbooks that people fill in, put together: identity, steps, what is evaluated, sheets, and the cover over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from xladdin.fillin.cover import cover_formulas
from xladdin.fillin.sheets import UnitBook, UnitSheet
from xladdin.scheme.book.stamps import stamp_of
from xladdin.scheme.model import Scheme
from xladdin.words import (
    DISTRICT,
    KIND_PROPERTY,
    SCHEME_LABEL,
    SCHEME_PROPERTY,
    STATUS,
    UNIT_LABEL,
    UNIT_WORD_PROPERTY,
    VERSION_LABEL,
    VERSION_PROPERTY,
)

_COMMON_STEPS = (
    "只填黄色格，其余格已锁定，不设密码，请勿改动。",
    "数字格只填数字，不带单位。最右一列随填随报：出现“错误”“缺”时请改正或补填，“提示”请核实。",
    f"上面的“{STATUS}”显示可以报送后，另存为 .xlsx、.xls 或 .ods 均可，文件名不要改。",
)


def created(scheme: Scheme) -> datetime:
    """The time stamp of a workbook made from the scheme: the day it was issued, so that the bytes do not change."""
    issued = scheme.source.issued
    return datetime(issued.year, issued.month, issued.day, tzinfo=UTC)


def office_stamp(scheme: Scheme) -> str:
    """The line below a table's title of a workbook that the office keeps for itself."""
    return f"{UNIT_LABEL}：{scheme.source.office_name}　{VERSION_LABEL}：{scheme.source.version}"


def office_book(scheme: Scheme, kind: str, steps: Sequence[str], sheets: Sequence[UnitSheet]) -> UnitBook:
    """A workbook that the office keeps for itself."""
    stamp = stamp_of(scheme)
    identity = (
        (UNIT_LABEL, scheme.source.office_name),
        (VERSION_LABEL, scheme.source.version),
        (SCHEME_LABEL, stamp),
    )
    properties = {KIND_PROPERTY: kind, VERSION_PROPERTY: scheme.source.version, SCHEME_PROPERTY: stamp}
    return book(scheme, kind, identity, steps, (), sheets, properties)


def book(
    scheme: Scheme,
    kind: str,
    identity: Sequence[tuple[str, str]],
    steps: Sequence[str],
    codes: Sequence[str],
    sheets: Sequence[UnitSheet],
    properties: Mapping[str, str],
) -> UnitBook:
    """A workbook as data, with the cover that counts what its sheets say."""
    counted = [sheet for sheet in sheets if sheet.unlocked]
    if scheme.source.unit_word != DISTRICT:
        properties = {**properties, UNIT_WORD_PROPERTY: scheme.source.unit_word}
    return UnitBook(
        kind=kind,
        title=f"{scheme.source.title}　{kind}",
        identity=identity,
        document=f"依据 {scheme.source.number}",
        steps=[f"{n}. {scheme.source.say(step)}" for n, step in enumerate((*steps, *_COMMON_STEPS), 1)],
        contents=_contents(scheme, codes),
        sheets=sheets,
        cover_formulas=cover_formulas(counted),
        counted_sheets=[sheet.table.sheet for sheet in counted],
        properties=properties,
        author=scheme.source.office_name,
        footer=f"{kind}　{identity[0][1]}",
        say=scheme.source.say,
    )


def _contents(scheme: Scheme, codes: Sequence[str]) -> list[tuple[str, str, str]]:
    """Item id, task and 评分方法 of every item that the codes belong to, as the document words them."""
    worded = {task.id: (task.task, task.method_text) for task in scheme.tasks.values()}
    for row in (row for section in scheme.sections for row in section.rows):
        # One text governs several items there; each quotes its own sentence.
        worded.update({item.id: (row.task, item.clause) for item in row.items})
    items = dict.fromkeys(code.partition(".")[0] for code in codes)
    return [(id_, worded[id_][0], " ".join(worded[id_][1].split())) for id_ in items]
