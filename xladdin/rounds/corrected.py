"""A sealed result with corrections: a new result of the same files and 更正单, as data and as a workbook.

The sealed result stays as it is. Further corrections are added to the same 更正单, which always holds all of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from xladdin.classes import record, replace
from xladdin.fields.showing import shown_value
from xladdin.files import Progress
from xladdin.issues import Issue, Level, Refused, WrongCall
from xladdin.methods.item import Policies
from xladdin.results.agreement import disagreements
from xladdin.results.consolidation import Consolidation, consolidate_forms
from xladdin.results.district_sheet import rank_cell, total_cell
from xladdin.results.layers import Correction
from xladdin.results.result_changes import points_text, result_change_sheets, result_differences, result_lines
from xladdin.results.sheets import result_sheets
from xladdin.results.stored import NotComparable, Results, load_results, results
from xladdin.returns.targets import Issued
from xladdin.rounds.collecting import collect_again
from xladdin.rounds.corrections import contradictions, read_corrections
from xladdin.scheme.model import Scheme
from xladdin.scheme.policies import PolicyError
from xladdin.words import (
    APPROVER,
    CODE,
    CORRECTED,
    CORRECTIONS_KIND,
    DAY,
    DISTRICT,
    GRAND_TOTAL,
    GROUNDS,
    HEAD,
    INDICATOR,
    KIND_PROPERTY,
    NEW,
    OLD,
    ORDINAL,
    RANK,
    RESULT_KIND,
    SCORE,
    VERSION_PROPERTY,
    earlier,
    later,
)
from xladdin.workbook.cells import result_of, shown_text
from xladdin.workbook.read.reader import SourceFile, read_workbook
from xladdin.workbook.read.texts import fit_text
from xladdin.workbook.tables import Column, Content, ResultSheet, told
from xladdin.workbook.unreadable import UnreadableWorkbook
from xladdin.workbook.write.tables import write_tables


@record
class Corrected:
    """The results before and after; there is none after where an error among the issues forbids to correct anything."""

    before: Consolidation
    after: Consolidation | None
    corrections: tuple[Correction, ...]
    issues: tuple[Issue, ...]
    sealed: SourceFile
    sheet: SourceFile
    assumed: tuple[str, ...] = ()
    """What to say of readings that the result before does not name."""


def correct(
    scheme: Scheme,
    sealed: Path,
    paths: Sequence[Path],
    sheet: Path,
    progress: Progress | None = None,
    table: Path | None = None,
    issued: Mapping[str, Issued] | None = None,
) -> Corrected:
    """Consolidate the paths as they are and as 更正单 (`sheet`) has them, under the readings of the sealed results.json.

    `table` is the 任务分解表 that was in force, `issued` the issued forms that were; unless these are given, both are looked
    for in the folder of the round that the paths are of.

    `NotComparable` where `sealed` is no result or `sheet` cannot be opened; `Refused` where the paths do not come to
    the sealed result.
    """
    earlier = load_results(sealed)
    try:
        book = read_workbook(sheet)
        policies = scheme.choose_policies(earlier["policies"])
    except UnreadableWorkbook as error:
        raise NotComparable(f"{sheet} 不能用作{CORRECTIONS_KIND}：{error.detail or '不是工作簿'}") from error
    except PolicyError as error:
        raise Refused(f"{sealed} 的口径本方案没有：{error}") from error
    file = SourceFile(sheet, fit_text(sheet.name), book.sha256)
    corrections, found = read_corrections(scheme, book, file.name)
    collection = collect_again(scheme, earlier, paths, table, issued, progress)
    before = consolidate_forms(scheme, collection, policies)
    _compare(sealed, earlier, before)
    found += contradictions(scheme, before, corrections)
    found = [issue.told(scheme.source.say) for issue in found]
    after = None
    if not any(issue.level is Level.ERROR for issue in found):
        with_sheet = replace(
            collection,
            files=[*collection.files, file],
            inputs=[*collection.inputs, sheet],
            issues=[*collection.issues, *found],
        )
        after = consolidate_forms(scheme, with_sheet, policies, corrections)
    digest = hashlib.sha256(sealed.read_bytes()).hexdigest()
    result = SourceFile(sealed, fit_text(sealed.name), digest)
    return Corrected(
        before, after, tuple(corrections), tuple(found), result, file, assumed_readings(scheme, earlier, policies)
    )


def assumed_readings(scheme: Scheme, sealed: Results, policies: Policies) -> tuple[str, ...]:
    """Readings that a result does not name, made before there was a choice: they are the scheme's defaults."""
    in_force = policies.described()
    return tuple(
        f"口径{scheme.reading_title(name)}：原结果没有写，按默认 {in_force[name]}"
        for name in in_force
        if name not in sealed["policies"]
    )


def _compare(sealed: Path, earlier: Results, before: Consolidation) -> None:
    """Refuse what does not come to the sealed result; files of which nothing counted may be among them."""
    fresh: Results = json.loads(json.dumps(results(before)))
    policies = {**fresh["policies"], **earlier["policies"]}
    sides = ({**earlier, "policies": policies, "files": _used(earlier)}, {**fresh, "files": _used(fresh)})
    if moved := list(disagreements(*sides, with_words=False)):
        raise Refused(
            f"{sealed} 不是这些文件的汇总结果：{'；'.join(moved[:3])}。请指定当时汇总所用的全部文件和当时的 results.json，都不能有改动"
        )


def _used(data: Results) -> list[Mapping[str, str]]:
    """The files of which something counted."""
    sources = (s for d in data["districts"] for item in d["items"].values() for s in item["sources"])
    return [{"name": name, "sha256": digest} for name, digest in {s["file"]: s["sha256"] for s in sources}.items()]


def refuse_replacing(outputs: Iterable[Path]) -> None:
    """Refuse outputs that exist: an earlier result stays untouched, whichever it is."""
    for path in outputs:
        if path.exists():
            raise WrongCall(f"{path} 已存在；更正不覆盖已有的结果，请换一个文件名")


def corrected_workbook(corrected: Corrected, after: Consolidation, target: Path, generated: datetime) -> bytes:
    """The corrected result and what moved. `target` is where it will stand, `generated` the one time stamp."""
    scheme = after.scheme
    differences = result_differences(results(corrected.before), results(after))
    sheets = [
        *result_sheets(after, target.parent, generated),
        told(corrections_sheet(corrected, after), scheme.source.say),
        *result_change_sheets(scheme, differences),
    ]
    properties = {KIND_PROPERTY: RESULT_KIND, VERSION_PROPERTY: scheme.source.version}
    title = f"{scheme.source.title}　{RESULT_KIND}（{CORRECTED}）"
    return write_tables(sheets, properties, title, scheme.source.office_name, generated)


def corrected_lines(corrected: Corrected, after: Consolidation) -> list[str]:
    """What moved, line by line."""
    return [
        *corrected.assumed,
        *result_lines(after.scheme, result_differences(results(corrected.before), results(after))),
    ]


def corrections_sheet(corrected: Corrected, after: Consolidation) -> ResultSheet:
    """更正: every line of 更正单 with the item's score, the district's total and rank before and after."""
    columns = (
        Column(ORDINAL, 6, "centre"),
        Column(DISTRICT, 10, "bold"),
        Column(CODE, 8, "centre"),
        Column(INDICATOR, 30, "text"),
        Column(HEAD, 12, "centre"),
        Column(OLD, 12, "centre"),
        Column(NEW, 12, "bold"),
        Column(GROUNDS, 40, "text"),
        Column(APPROVER, 12, "centre"),
        Column(DAY, 12, "centre"),
        Column(earlier(SCORE), 9, "centre"),
        Column(later(SCORE), 9, "centre"),
        Column(earlier(GRAND_TOTAL), 10, "score"),
        Column(later(GRAND_TOTAL), 10, "bold_score"),
        Column(earlier(RANK), 8, "centre"),
        Column(later(RANK), 8, "bold"),
    )
    rows = [_row(corrected.before, after, n, c) for n, c in enumerate(corrected.corrections, 1)]
    notes = (
        f"共更正 {len(rows)} 处。得分、总分、名次为全部更正以前和以后的。",
        f"原结果 {corrected.sealed.name} 保持不变，SHA-256 {corrected.sealed.sha256}",
        f"{CORRECTIONS_KIND} {corrected.sheet.name}，SHA-256 {corrected.sheet.sha256}",
        *corrected.assumed,
    )
    return ResultSheet(CORRECTED, CORRECTIONS_KIND, columns, rows, notes, frozen_columns=3, large_paper=True)


def _row(before: Consolidation, after: Consolidation, number: int, c: Correction) -> list[Content]:
    row: list[Content] = [float(number), c.district, c.code, after.scheme.inputs[c.code].name, c.head]
    row += [shown_text(result_of(c.old)).strip() or None, shown_value(c.new, c.typed) or "未填"]
    row += [c.reason, c.approver, c.day.isoformat()]
    sides = [next(d for d in one.districts if d.name == c.district) for one in (before, after)]
    scores = [side.scored.items[c.code.partition(".")[0]] for side in sides]
    row += [points_text((None if s.score is None else float(s.score), s.status.value)) for s in scores]
    row += [total_cell(side.scored) for side in sides]
    row += [rank_cell(side.rank, side.provisional) for side in sides]
    return row
