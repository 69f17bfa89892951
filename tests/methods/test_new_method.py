"""A way of scoring that the product does not know, added as one would: its own file, its function, its cases.

Nothing else is touched: the scheme's loader, the engine, 区填报表 with its formulas, 考核总表, the sample data and the
consolidation take it from the registry.
"""

import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from pathlib import Path

import ironcalc
import pytest

from udfs import catalogue, defaults
from udfs.catalogue import Argument, CellFunction
from udfs.registration import REGISTERED, Shown, cell_function
from udfs.values import Cells
from xladdin.classes import record
from xladdin.forms.layout import form_layout
from xladdin.methods.formulas import ItemCells
from xladdin.methods.inputs import Entry, Input, InputKind
from xladdin.methods.item import (
    METHODS,
    Dice,
    Item,
    Outcome,
    Policies,
    Sampled,
    each,
    number,
    require_within,
    rounded,
    values,
)
from xladdin.numbers import plain
from xladdin.records import Quoted
from xladdin.results.consolidation import consolidate
from xladdin.results.master import master_workbook
from xladdin.scheme import Scheme, load_scheme
from xladdin.scheme.load import DATA
from xladdin.scoring.items import Status, score_item
from xladdin.sending.forms import blank_form, district_copy
from xladdin.sending.sample import fill_samples
from xladdin.words import CODE, SCORE, VALUE
from xladdin.workbook.cells import Formula
from xladdin.workbook.read.reader import read_bytes

# --- The method's own file --------------------------------------------------------------------------------------------


@pytest.fixture
def shortfall_item() -> Iterator[type[Item]]:
    """结案率: full marks from a threshold on, and a deduction for each percentage point below it."""

    @record(kw_only=True)
    class ShortfallItem(Item):
        method = "shortfall"

        judge: str
        threshold: Quoted
        deduction: Quoted

        @property
        def highest(self) -> Decimal:
            return self.points

        @cached_property
        def inputs(self) -> tuple[Input, ...]:
            hundred = Decimal(100)
            return (Input(f"{self.id}.1", "结案率", "%", InputKind.SCORE, maximum=hundred, judge=self.judge),)

        def score(self, entries: Sequence[Entry], policies: Policies) -> Outcome:
            (rate,) = each(number, values(entries))
            return shortfall(rate, self.threshold.value, self.deduction.value, self.points)

        def native(self, cells: ItemCells) -> str:
            rate = cells.value()
            lost = f"MAX(0,{self.threshold}-{rate})*{self.deduction}"
            return f'IF(ISNUMBER({rate}),ROUND(MAX(0,{plain(self.points)}-{lost}),2),"")'

        def call(self, cells: ItemCells) -> str:
            return f"FS_SHORTFALL({cells.value()},{self.threshold},{self.deduction},{plain(self.points)})"

        def defaults(self) -> Mapping[str, Decimal]:
            return {"threshold": self.threshold.value, "deduction": self.deduction.value, "points": self.points}

        def sample(self, dice: Dice) -> Sampled:
            return Sampled({self.inputs[0].code: float(dice.random.randint(80, 100))})

    yield ShortfallItem
    del METHODS["shortfall"]


def shortfall(rate: Decimal | None, threshold: Decimal, deduction: Decimal, points: Decimal) -> Outcome:
    """The points less `deduction` for each percentage point that the rate is short of the threshold, never below 0."""
    if rate is None:
        return Outcome(None, lambda: "尚未填报")
    require_within(rate, Decimal(100), "结案率")
    lost = max(Fraction(0), Fraction(threshold) - Fraction(rate)) * Fraction(deduction)
    net = max(Fraction(0), Fraction(points) - lost)
    return rounded(
        net, lambda: f"结案率 {plain(rate)}%，扣 {plain(lost)} 分，{plain(points)}-{plain(lost)}", stated=False
    )


# --- Its function ---------------------------------------------------------------------------------------------------

ENTRY = CellFunction(
    "FS_SHORTFALL",
    "按百分点扣分：每少一个百分点扣一定的分，扣完为止。还没有填报时，结果为空白。",
    (
        Argument("rate", "结案率", "结案率，一格，0 到 100"),
        Argument("threshold", "起点", "不扣分的最低结案率", "shortfall.threshold"),
        Argument("deduction", "每点扣分", "每少一个百分点的扣分", "shortfall.deduction"),
        Argument("points", "分值", "该项的分值", "shortfall.points"),
    ),
    "=FS_SHORTFALL(92,95,0.1,3)",
)


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Shown]:
    monkeypatch.setitem(catalogue.BY_NAME, ENTRY.name, ENTRY)
    monkeypatch.delitem(REGISTERED, ENTRY.name, raising=False)

    def FS_SHORTFALL(rate: Cells, threshold: Cells, deduction: Cells, points: Cells) -> Outcome:  # noqa: N802
        return shortfall(rate.mark(), threshold.number(), deduction.number(), points.number())

    return cell_function(FS_SHORTFALL)


# --- Its cases ------------------------------------------------------------------------------------------------------

CASES = {
    95.0: "3.00",
    100.0: "3.00",
    94.0: "2.90",
    92.5: "2.75",
    65.0: "0.00",
    0.0: "0.00",
    94.95: "3.00",
    94.94: "2.99",
}
"""Score by 结案率, worked out by hand: 3 points, 0.1 for each point below 95. 94.95 loses 0.005, half of which is kept."""


@pytest.fixture
def scheme(shortfall_item: type[Item], tmp_path: Path) -> Scheme:
    """2023, in which 工作机制 is scored by 结案率."""
    folder = Path(shutil.copytree(DATA / "2023", tmp_path / "schemes/2023"))
    path = folder / "annex1.toml"
    text = path.read_text(encoding="utf-8")
    own = text.index('id = "R2"')
    head, tail = text[:own], text[own:]
    tail = tail.replace('method = "expert"', 'method = "shortfall"', 1)
    tail = re.sub(
        r"full = .*\n",
        'threshold = { value = 95, basis = "约定" }\ndeduction = { value = 0.1, basis = "约定" }\n',
        tail,
        count=1,
    )
    path.write_text(head + tail, encoding="utf-8")
    return load_scheme("2023", folder.parent)


def test_engine__cases__as_worked_out(scheme: Scheme) -> None:
    item = scheme.items["R2"]
    for rate, wanted in CASES.items():
        scored = score_item(item, {"R2.1": Entry(Decimal(str(rate)))}, scheme.default_policies)
        assert scored.score == Decimal(wanted), rate
    assert score_item(item, {}, scheme.default_policies).status is Status.MISSING
    assert score_item(item, {"R2.1": Entry(Decimal(101))}, scheme.default_policies).status is Status.ERROR
    assert "扣 0.25 分" in score_item(item, {"R2.1": Entry(Decimal("92.5"))}, scheme.default_policies).explain


def test_native_formula__cases__as_worked_out(scheme: Scheme, tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(blank_form(scheme))
    model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
    annex = form_layout(scheme).annex1
    row, sheet = annex.fields["R2.1"] + 1, 1
    assert model.get_cell_value(sheet, row, annex.column(CODE) + 1) == "R2.1"
    for rate, wanted in CASES.items():
        model.update_cell_with_number(sheet, row, annex.column(VALUE) + 1, rate)
        model.evaluate()
        shown = model.get_cell_value(sheet, annex.items["R2"].first + 1, annex.column(SCORE) + 1)
        assert shown == float(wanted), rate


def test_cell_function__cases_and_bad_arguments__as_worked_out(
    scheme: Scheme, function: Callable[..., Shown], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert {rate: function(rate, 95, 0.1, 3) for rate in CASES} == {r: float(wanted) for r, wanted in CASES.items()}
    monkeypatch.setattr(defaults, "scheme", lambda: scheme)
    monkeypatch.setattr(defaults, "items", defaults.items.__wrapped__)
    monkeypatch.setattr(defaults, "number", defaults.number.__wrapped__)
    assert function(92.5) == 2.75  # the numbers left out are the scheme's
    assert function(None) == ""
    assert str(function("很高", 95, 0.1, 3)).startswith("错误：")
    assert str(function(-1, 95, 0.1, 3)).startswith("错误：")


def test_master__call__carries_the_schemes_numbers(scheme: Scheme, function: Callable[..., Shown]) -> None:
    sheet = next(s for s in read_bytes(master_workbook(scheme)).sheets if s.name == scheme.district_names[0])
    formulas = [cell.text for cells in sheet.rows for cell in cells if isinstance(cell, Formula)]
    (call,) = [text for text in formulas if "FS_SHORTFALL" in text]
    match = re.search(r"FS_SHORTFALL\(([A-Z]+)(\d+),95,0\.1,3\)", call)
    assert match
    values_row = sheet.rows[int(match[2]) - 1]
    assert "R2.1" in values_row
    assert function(92.5, 95, 0.1, 3) == 2.75


def test_whole_way__samples_to_ranking__scored_in_every_district(scheme: Scheme, tmp_path: Path) -> None:
    blank = blank_form(scheme)
    out = tmp_path / "下发"
    out.mkdir()
    for district in scheme.districts:
        (out / f"区填报表_{district.name}.xlsx").write_bytes(district_copy(scheme, blank, district, 1))
    fill_samples(scheme, out, tmp_path / "回收")
    result = consolidate(scheme, [tmp_path / "回收"])
    own = [district.scored.items["R2"] for district in result.districts]
    assert len(own) == len(scheme.districts)
    # One district's slip is a mark still to come, which may be this one.
    assert sum(score.status is Status.SCORED for score in own) >= len(own) - 1
    assert all("结案率" in score.explain for score in own if score.status is Status.SCORED)
