"""The result as files: 考核汇总.xlsx, results.json and 校验结果.xlsx."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from xladdin.issues import Issue
from xladdin.results.consolidation import Consolidation
from xladdin.results.sheets import file_links, issues_sheet, result_sheets
from xladdin.results.stored import results
from xladdin.scheme.model import Scheme
from xladdin.words import ISSUES_KIND, KIND_PROPERTY, RANKING, RESULT_KIND, VERSION_PROPERTY
from xladdin.workbook.tables import told
from xladdin.workbook.write.tables import write_tables


def result_workbook(consolidation: Consolidation, target: Path, generated: datetime) -> bytes:
    """考核汇总.xlsx. `target` is where it will stand, for the links to the returned files; `generated` the one time stamp."""
    scheme = consolidation.scheme
    properties = {KIND_PROPERTY: RESULT_KIND, VERSION_PROPERTY: scheme.source.version}
    sheets = result_sheets(consolidation, target.parent, generated)
    title = f"{scheme.source.title}　{RESULT_KIND}"
    return write_tables(sheets, properties, title, scheme.source.office_name, generated, shown=RANKING)


def results_json(consolidation: Consolidation) -> bytes:
    """results.json: the result as plain data, with the files and the readings it was made of."""
    return json.dumps(results(consolidation), ensure_ascii=False, indent=1).encode() + b"\n"


def issues_workbook(scheme: Scheme, issues: Sequence[Issue], files: Mapping[str, Path], target: Path) -> bytes:
    """The findings of a check alone, as a workbook."""
    links = file_links(files, target.parent)
    issued = scheme.source.issued
    created = datetime(issued.year, issued.month, issued.day)
    properties = {KIND_PROPERTY: ISSUES_KIND, VERSION_PROPERTY: scheme.source.version}
    sheet = told(issues_sheet(issues, links, {}), scheme.source.say)
    return write_tables([sheet], properties, ISSUES_KIND, scheme.source.office_name, created)
