"""口径分析 as a workbook: what it says of the rankings, and 试算, whose formulas rank again when something is changed."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests.support.libreoffice import run_office
from xladdin.analysis.firmness import analysis_workbook
from xladdin.analysis.readings import Spread
from xladdin.results.consolidation import Consolidation
from xladdin.results.stored import Results, results
from xladdin.scheme import Scheme
from xladdin.words import INTERNAL

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

NOW = datetime(2024, 2, 12)


@pytest.fixture(scope="module")
def data(consolidation: Consolidation) -> Results:
    return results(consolidation)


@pytest.fixture(scope="module")
def path(scheme: Scheme, data: Results, firm: Spread, tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("firmness") / "口径分析.xlsx"
    written.write_bytes(analysis_workbook(scheme, data, firm, NOW))
    return written


def rows_below(path: Path, sheet: str, head: str) -> list[dict[str, object]]:
    """The rows of a sheet by head."""
    rows = [list(row) for row in openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)]
    at = next(n for n, row in enumerate(rows) if head in row)
    return [dict(zip(map(str, rows[at]), row, strict=True)) for row in rows[at + 1 :] if row[0] is not None]


@pytest.mark.slow
def test_workbook__every_sheet__marked_as_no_result(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [
        "结论",
        "结论图",
        "逐条口径",
        "口径组合",
        "去掉一项",
        "距上一名",
        "试算",
        "组合明细",
        "增减一个单位",
    ]
    assert {sheet.oddHeader.right.text for sheet in book.worksheets} == {INTERNAL}


@pytest.mark.slow
def test_conclusion__each_district__its_best_and_worst_rank_and_how_often_first(
    path: Path, scheme: Scheme, firm: Spread
) -> None:
    rows = {row["区"]: row for row in rows_below(path, "结论", "最好名次")}
    for name in scheme.district_names:
        ranks = [standing.ranks[name] for standing in firm.combined]
        assert (rows[name]["最好名次"], rows[name]["最差名次"]) == (min(ranks), max(ranks))
        assert rows[name]["居第一"] == pytest.approx(sum(rank == 1 for rank in ranks) / len(ranks))
    heat = {row["区"]: row for row in rows_below(path, "口径组合", "第1")}
    for name in scheme.district_names:
        assert sum(float(str(heat[name][f"第{n}"])) for n in range(1, 17)) == pytest.approx(1)


def test_workbook__of_results_without_fields__leaves_out_what_it_cannot_say(
    scheme: Scheme, data: Results, tmp_path: Path
) -> None:
    older = {**data, "districts": [{k: v for k, v in d.items() if k != "fields"} for d in data["districts"]]}
    written = tmp_path / "口径分析.xlsx"
    written.write_bytes(analysis_workbook(scheme, older, None, NOW))
    assert openpyxl.load_workbook(written).sheetnames == ["结论", "去掉一项", "距上一名", "试算"]


@pytest.mark.slow
def test_what_if__scores_and_points_changed__totals_and_ranks_follow(
    path: Path, scheme: Scheme, consolidation: Consolidation
) -> None:
    sheet = openpyxl.load_workbook(path)["试算"]
    rows = list(sheet.iter_rows(values_only=True))
    at = next(n for n, row in enumerate(rows) if row[0] == "区")
    heads, first = list(rows[at]), at + 4  # two rows of points, and rows count from 1
    names = [str(row[0]) for row in rows[first - 1 : first + 15]]
    column = heads.index("总分")
    letter = openpyxl.utils.get_column_letter
    area = f"{letter(column + 1)}{first}:{letter(column + 2)}{first + 15}"

    def cell(item: str, row: int) -> str:
        return f"{letter(heads.index(item) + 1)}{row}"

    loser = names[-1]
    changes = {("K01", loser): 2.0, ("N1", loser): 7.5, ("R5", loser): 2.5, ("K02", "黄浦区"): 1.25}
    typed = [["试算", cell(item, first + names.index(name)), [[value]]] for (item, name), value in changes.items()]
    points = ["试算", cell("K03", at + 3), [[5.0]]]
    job = {"open": path, "recalc": True, "cases": [{}, {"set": typed}, {"set": [points]}], "read": [["试算", area]]}
    (result,) = run_office([job])
    assert result["error"] is None, result
    scored = {d.name: {id_: s.score for id_, s in d.scored.items.items()} for d in consolidation.districts}
    assert scored["黄浦区"]["K02"] is None

    def expected(weights: dict[str, Decimal]) -> list[list[float]]:
        totals = []
        for name in names:
            whole = Decimal(0)
            for section in scheme.sections:
                own = scheme.items_of(section.number)
                full = sum((weights[item.id] for item in own), Decimal(0))
                given = [(item, s) for item in own if (s := scored[name][item.id]) is not None]
                gained = sum((s * weights[item.id] / item.points for item, s in given), Decimal(0))
                base = sum((weights[item.id] for item, _s in given), Decimal(0))
                whole += (full * gained / base).quantize(Decimal("0.01"), "ROUND_HALF_UP")
            totals.append(whole)
        return [[float(own), 1 + sum(other > own for other in totals)] for own in totals]

    weights = {item.id: item.points for item in scheme.items.values()}
    grids = [[[float(v) for v in row] for row in grid] for (grid,) in result["cases"]]
    assert grids[0] == [[pytest.approx(a), b] for a, b in expected(weights)]
    assert [b for _a, b in grids[0]] == [d.rank for d in consolidation.ranked()]
    for (item, name), value in changes.items():
        scored[name][item] = Decimal(str(value))
    assert grids[1] == [[pytest.approx(a), b] for a, b in expected(weights)]
    weights["K03"] = Decimal(5)
    assert grids[2] == [[pytest.approx(a), b] for a, b in expected(weights)]
    assert grids[0] != grids[1] != grids[2]
