"""一票否决: which lines count."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.support.years import SCHEMES
from xladdin import issues
from xladdin.evaluations.books import unit_workbook
from xladdin.evaluations.units import departments, office
from xladdin.evaluations.vetoes import veto_sheet
from xladdin.results.consolidation import consolidate
from xladdin.scheme import load_scheme
from xladdin.sending.forms import blank_form, district_copy
from xladdin.words import form_file_name

SCHEME = load_scheme("2026", SCHEMES)


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2026, 1, 1), "√"),
        (date(2029, 12, 31), "√"),
        (date(2025, 12, 31), "错误：应是 2026 年到 2029 年的日期"),
        (date(2036, 3, 1), "错误：应是 2026 年到 2029 年的日期"),
        ("三月", "错误：应是 2026 年到 2029 年的日期"),
        (None, "缺：批准日期"),
    ],
)
def test_line__day_of_approval__from_the_assessed_year_on_and_no_slip_of_the_pen(day: Any, state: str) -> None:
    line = {
        "区": SCHEME.district_names[0],
        "情形": next(iter(SCHEME.vetoes)),
        "事由": "通报〔2026〕3号",
        "批准人": "市政府",
        "批准日期": day,
    }
    shown = veto_sheet(SCHEME, "", "").view({0: line})
    assert str(shown[0, "校验"]).startswith(state)


def test_line__several_cells_blank__all_of_them_named() -> None:
    shown = veto_sheet(SCHEME, "", "").view({0: {"情形": next(iter(SCHEME.vetoes)), "事由": "通报"}})
    assert shown[0, "校验"] == "缺：区、批准人、批准日期"


def test_lines__the_same_veto_of_a_unit_twice__said_and_counted_once(tmp_path: Path) -> None:
    name, other = SCHEME.district_names[:2]
    veto = next(iter(SCHEME.vetoes))
    lines = [
        (name, veto, "通报〔2026〕3号", "市政府", date(2026, 5, 1)),
        (other, veto, "通报〔2026〕3号", "市政府", date(2026, 5, 1)),
        (f" {name} ", veto, "通报〔2026〕3号，更正稿", "市政府", date(2026, 5, 2)),
        (name, veto, "", "市政府", date(2026, 5, 2)),
    ]
    book = openpyxl.load_workbook(BytesIO(unit_workbook(SCHEME, office(SCHEME), 1)))
    sheet = book["一票否决"]
    head = next(row for row in sheet.iter_rows() if row[0].value == "区")
    at = {cell.value: cell.column for cell in head}
    for n, line in enumerate(lines, head[0].row + 1):
        for what, value in zip(("区", "情形", "事由", "批准人", "批准日期"), line, strict=True):
            sheet.cell(n, at[what]).value = value
    path = tmp_path / office(SCHEME).file_name
    book.save(path)
    result = consolidate(SCHEME, [path])
    (said,) = [issue for issue in result.issues if issue.code == issues.VETO_REPEATED.code]
    first = head[0].row + 1
    assert (said.level.value, said.place.cell, said.found) == ("提示", f"A{first + 2}", f"{name}，{veto}，前面已有一行")
    assert not said.is_open
    (missing,) = [issue for issue in result.issues if issue.code == issues.VETO_FAULT.code]
    assert missing.found == f"{name}，{veto}没有生效：缺：事由"
    vetoed = {d.name: [v.name for v in d.scored.vetoes] for d in result.districts if d.scored.vetoes}
    assert vetoed == {name: [veto], other: [veto]}


@pytest.mark.parametrize("whose", ["district", "department"])
def test_line__in_a_workbook_of_somebody_else__named_and_without_effect(whose: str, tmp_path: Path) -> None:
    name, other = SCHEME.district_names[:2]
    unit = departments(SCHEME)[0]
    if whose == "department":
        made = unit_workbook(SCHEME, unit, 1)
    else:
        made = district_copy(SCHEME, blank_form(SCHEME), SCHEME.districts[0], 1)
    book = openpyxl.load_workbook(BytesIO(made))
    sheet = book.create_sheet("一票否决")
    sheet.append(["区", "情形", "处理", "事由", "批准人", "批准日期", "校验"])
    sheet.append([other, next(iter(SCHEME.vetoes)), None, "听说", "本单位", date(2026, 5, 1)])
    path = tmp_path / (unit.file_name if whose == "department" else form_file_name(name))
    book.save(path)
    result = consolidate(SCHEME, [path])
    (said,) = [issue for issue in result.issues if issue.code == issues.VETO_NOT_THEIRS.code]
    assert (said.place.file, said.place.cell, said.found) == (
        path.name,
        "A2",
        f"写着一票否决：{other}，{next(iter(SCHEME.vetoes))}",
    )
    assert not any(district.vetoes for district in result.districts)
