"""变动: two results, or two submissions of one unit, compared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from xladdin.classes import record
from xladdin.results.result_changes import result_change_sheets, result_differences, result_lines
from xladdin.results.stored import NotComparable, load_results
from xladdin.results.submission_changes import submission_changes
from xladdin.scheme.model import Scheme
from xladdin.words import CHANGES_KIND, KIND_PROPERTY, VERSION_PROPERTY
from xladdin.workbook.tables import ResultSheet, told
from xladdin.workbook.write.tables import write_tables

RESULT_SUFFIX = ".json"


@record
class Compared:
    """What two files differ in, as lines for the screen and as sheets."""

    lines: list[str]
    sheets: list[ResultSheet]


def compare_files(scheme: Scheme, before: Path, after: Path) -> Compared:
    """Compare two results.json, or two workbooks that one unit returned; `NotComparable` for anything else."""
    are_results = [path.suffix.lower() == RESULT_SUFFIX for path in (before, after)]
    if all(are_results):
        differences = result_differences(load_results(before), load_results(after))
        return Compared(result_lines(scheme, differences), result_change_sheets(scheme, differences))
    if any(are_results):
        raise NotComparable("一份是 results.json，一份是工作簿，不能比较；请指定两份 results.json 或同一单位的两份表")
    lines, sheet = submission_changes(scheme, before, after)
    return Compared(lines, [told(sheet, scheme.source.say)])


def changes_workbook(scheme: Scheme, sheets: Sequence[ResultSheet], generated: datetime) -> bytes:
    """变动.xlsx. `generated` is the one time stamp."""
    properties = {KIND_PROPERTY: CHANGES_KIND, VERSION_PROPERTY: scheme.source.version}
    return write_tables(sheets, properties, CHANGES_KIND, scheme.source.office_name, generated)
