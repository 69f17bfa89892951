"""Districts that try to gain by what they send: none does, nobody else falls for it in silence, and it is said where."""

from __future__ import annotations

import datetime
import random
import shutil
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests.cli.test_commands import run
from tests.conftest import Field, Forms, Typed
from tests.full_round.writing import columns
from xladdin.results.consolidation import Consolidation, DistrictResult, consolidate_forms
from xladdin.returns.targets import read_targets
from xladdin.rounds.collecting import collect_round
from xladdin.rounds.sealing import seal_round
from xladdin.rounds.targets_sheet import targets_workbook
from xladdin.rounds.verifying import verify
from xladdin.scheme import Scheme
from xladdin.sending.forms import distribute
from xladdin.words import CONTENT, TARGET, UNIT, VALUE, form_file_name
from xladdin.workbook import package

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning"),
]

STAMP = datetime.datetime(2024, 2, 12, 9, 0)
CHANGER, CLEARER, BLANK, CONVERTER, DENIER = GAMERS = ("黄浦区", "长宁区", "宝山区", "松江区", "崇明区")


class Round:
    """A round with issued forms, in which all 16 districts have sent honest ones; the five have done little."""

    def __init__(self, scheme: Scheme, forms: Forms, folder: Path, *, with_table: bool) -> None:
        self.scheme, self.forms, self.folder = scheme, forms, folder
        self.codes = [indicator.code for indicator in scheme.indicators]
        (folder / "回收").mkdir(parents=True)
        table = folder / "任务分解表.xlsx"
        table.write_bytes(targets_workbook(scheme))
        book = openpyxl.load_workbook(table)
        first, at = columns(book["任务分解表"], "编号", *scheme.district_names)
        for row in range(first + 1, book["任务分解表"].max_row + 1):
            code = book["任务分解表"].cell(row, at["编号"]).value
            for name in scheme.district_names if code in self.codes else ():
                book["任务分解表"].cell(row, at[name]).value = forms.typed(name)[str(code), TARGET]
        book.save(table)
        distribute(scheme, folder / "下发", targets=read_targets(scheme, table)[0])
        if not with_table:
            table.unlink()
        for name in scheme.district_names:
            self.send(name)

    def honest(self, district: str) -> dict[Field, Typed]:
        """What the district and its judges type; 任务量 is the office's."""
        typed = {key: value for key, value in self.forms.typed(district).items() if key[1] != TARGET}
        for n, code in enumerate(self.codes if district in GAMERS else ()):
            target = self.target(district, code)
            share = Decimal("0.3") + Decimal(n % 5) / 10  # 30 % to 70 %
            typed[code, VALUE] = float((target * share).quantize(Decimal(1) if target > 2 else Decimal("0.1")))
        return typed

    def target(self, district: str, code: str) -> Decimal:
        return Decimal(str(self.forms.typed(district)[code, TARGET]))

    def send(self, district: str, trick: Mapping[Field, Typed] | None = None) -> None:
        """Send the issued form with what is honestly typed, and over it the trick."""
        self.put(district, {**self.honest(district), **(trick or {})})

    def put(self, district: str, typed: Mapping[Field, Typed]) -> None:
        cells: dict[str, dict[str, Typed]] = {annex.sheet: {} for annex in self.forms.layout.annexes}
        for (code, head), value in typed.items():
            sheet, reference = self.forms.at(code, head)
            cells[sheet][reference] = value
        issued = (self.folder / "下发" / form_file_name(district)).read_bytes()
        (self.folder / "回收" / form_file_name(district)).write_bytes(package.rewrite(issued, {}, cells))

    def result(self) -> Consolidation:
        collection = collect_round(self.scheme, self.folder)
        return consolidate_forms(self.scheme, collection, self.scheme.default_policies)

    def tricks(self) -> dict[str, dict[Field, Typed]]:
        """What each of the five types over what it would honestly send; 宝山区 sends the form as it was issued."""
        honest = {name: self.honest(name) for name in GAMERS}
        return {
            CHANGER: {(code, TARGET): honest[CHANGER][code, VALUE] for code in self.codes},
            CLEARER: {(code, TARGET): None for code in self.codes},
            CONVERTER: {
                key: value
                for code in self.codes
                for key, value in (((code, UNIT), "平方米"), ((code, VALUE), _times(honest[CONVERTER][code, VALUE])))
            },
            DENIER: {(code, TARGET): "不适用" for code in self.codes},
        }


def _times(value: Typed) -> float:
    assert isinstance(value, float)
    return value * 10_000


@pytest.fixture(scope="module", params=[True, False], ids=["with 任务分解表", "by the issued forms alone"])
def made(
    request: pytest.FixtureRequest, scheme: Scheme, forms: Forms, tmp_path_factory: pytest.TempPathFactory
) -> Round:
    return Round(scheme, forms, tmp_path_factory.mktemp("gaming") / "考核", with_table=request.param)


@pytest.fixture
def round_(made: Round, tmp_path: Path) -> Round:
    """A copy of the round, to be written to."""
    copied = Round.__new__(Round)
    copied.__dict__.update(made.__dict__, folder=Path(shutil.copytree(made.folder, tmp_path / "考核")))
    return copied


@pytest.fixture(scope="module")
def honest(made: Round) -> dict[str, DistrictResult]:
    """What everybody has if everybody is honest."""
    result = by_name(made.result())
    assert not any(own.provisional for own in result.values())
    # There is much to be gained.
    assert all(own.scored.sections[1] < 45 for name, own in result.items() if name in GAMERS)
    return result


def by_name(result: Consolidation) -> dict[str, DistrictResult]:
    return {own.name: own for own in result.districts}


def assert_nobody_gains(
    honest: Mapping[str, DistrictResult], result: Consolidation, gamers: tuple[str, ...] = GAMERS
) -> None:
    """No total of those who tried is above the honest one; nobody else has another total or a worse rank."""
    now = by_name(result)
    gained = {n: (honest[n].scored.total, now[n].scored.total) for n in gamers}
    assert all(after <= before for before, after in gained.values()), gained
    for name, own in now.items():
        before = honest[name]
        if name in gamers:
            assert own.provisional, name
        else:
            assert own.scored.total == before.scored.total, name
            assert own.rank <= before.rank, name
            assert not own.provisional, name


def test_five_districts__all_at_once__none_gains_and_each_is_named_at_a_cell_it_changed(
    round_: Round, honest: dict[str, DistrictResult]
) -> None:
    tricks = round_.tricks()
    for name, trick in tricks.items():
        round_.send(name, trick)
    round_.put(BLANK, {})
    result = round_.result()
    assert_nobody_gains(honest, result)
    for name, trick in tricks.items():
        changed = {round_.forms.at(code, head) for code, head in trick}
        named = {(i.place.sheet, i.place.cell) for i in result.issues if i.is_open and i.place.district == name}
        assert named & changed, name
    (blank,) = [i for i in result.issues if i.code == "M07"]
    assert blank.place.district == BLANK


@pytest.mark.parametrize("name", GAMERS)
def test_each_of_the_five__alone__gains_nothing(round_: Round, honest: dict[str, DistrictResult], name: str) -> None:
    if name == BLANK:
        round_.put(name, {})
    else:
        round_.send(name, round_.tricks()[name])
    assert_nobody_gains(honest, round_.result(), (name,))


def test_five_districts__by_command__sent_back_with_their_cells_and_provisional(
    round_: Round, honest: dict[str, DistrictResult]
) -> None:
    for name, trick in round_.tricks().items():
        round_.send(name, trick)
    round_.put(BLANK, {})
    done = run("round", "考核", "--today", "2024-01-10", cwd=round_.folder.parent)
    assert done.returncode == 1
    states = statuses(round_.folder / "进度.xlsx")
    assert {name for name, state in states.items() if state in ("退回", "未填")} == set(GAMERS)
    assert states[BLANK] == "未填"
    slips = {path.stem.rpartition("_")[2] for path in (round_.folder / "退回修改单").iterdir()}
    assert slips == set(GAMERS)
    sealed = run("consolidate", "考核", "--round", cwd=round_.folder.parent)
    assert sealed.returncode == 1
    book = openpyxl.load_workbook(round_.folder / "结果" / "第1次" / "考核汇总_第1次.xlsx")
    first, at = columns(book["排名"], "名次", "区", "总分", "备注")
    rows = [[cell.value for cell in row] for row in book["排名"].iter_rows(min_row=first + 1)]
    ranking = {row[at["区"] - 1]: row for row in rows if row[at["区"] - 1] in honest}
    for name, own in honest.items():
        total = Decimal(str(ranking[name][at["总分"] - 1])).quantize(Decimal("0.01"))
        remark = str(ranking[name][at["备注"] - 1] or "")
        if name in GAMERS:
            assert total <= own.scored.total
            assert remark.startswith("暂定："), remark
        else:
            assert (total, remark) == (own.scored.total, ""), name


def statuses(path: Path) -> dict[str, str]:
    sheet = openpyxl.load_workbook(path)["进度"]
    first, at = columns(sheet, "单位", "类别", "状态")
    rows = range(first + 1, sheet.max_row + 1)
    return {
        str(sheet.cell(row, at["单位"]).value): str(sheet.cell(row, at["状态"]).value)
        for row in rows
        if sheet.cell(row, at["类别"]).value == "区"
    }


def test_five_districts__tricks_sent_after_honest_forms__the_honest_ones_count(
    round_: Round, honest: dict[str, DistrictResult]
) -> None:
    (round_.folder / "回收" / "第2轮").mkdir()
    for name, trick in round_.tricks().items():
        kept = (round_.folder / "回收" / form_file_name(name)).read_bytes()
        round_.send(name, trick)
        shutil.move(round_.folder / "回收" / form_file_name(name), round_.folder / "回收" / "第2轮")
        (round_.folder / "回收" / form_file_name(name)).write_bytes(kept)
    now = by_name(round_.result())
    assert {name: own.scored.total for name, own in now.items()} == {n: o.scored.total for n, o in honest.items()}
    assert {name for name, own in now.items() if own.provisional} == set(GAMERS) - {BLANK}


Trick = Callable[[float], dict[str, Typed]]
TRICKS: dict[str, Trick] = {
    "任务量 is what was done": lambda done: {TARGET: done},
    "任务量 is 1": lambda done: {TARGET: 1.0},
    "任务量 is 0": lambda done: {TARGET: 0.0},
    "任务量 is below 0": lambda done: {TARGET: -1.0},
    "任务量 is a text": lambda done: {TARGET: f"{done:g}个"},
    "任务量 is 不适用": lambda done: {TARGET: "不适用"},
    "任务量 is a mark of nothing": lambda done: {TARGET: "/"},
    "任务量 is cleared": lambda done: {TARGET: None},
    "both are cleared": lambda done: {TARGET: None, VALUE: None},
    "both are 不适用": lambda done: {TARGET: "不适用", VALUE: "不适用"},
    "done is 不适用": lambda done: {VALUE: "不适用"},
    "done is cleared": lambda done: {VALUE: None},
    "done is below 0": lambda done: {VALUE: -done},
    "done is a text": lambda done: {VALUE: "已全部完成"},
    "done is an error value": lambda done: {VALUE: "#N/A"},
    "another unit": lambda done: {UNIT: "万平方米", VALUE: done * 10_000},
    "another name": lambda done: {CONTENT: "其他工作", VALUE: done * 2},
}


@pytest.mark.parametrize("trick", TRICKS)
def test_any_trick__on_every_amount__gains_nothing_and_is_not_silent(
    round_: Round, honest: dict[str, DistrictResult], trick: str
) -> None:
    for name in GAMERS:
        typed = round_.honest(name)
        changes = {code: TRICKS[trick](float(typed[code, VALUE] or 0)) for code in round_.codes}
        round_.send(name, {(code, head): value for code, own in changes.items() for head, value in own.items()})
    assert_nobody_gains(honest, round_.result())


@pytest.mark.parametrize("seed", range(6))
def test_tricks_here_and_there__of_every_kind__gain_nothing(
    round_: Round, honest: dict[str, DistrictResult], seed: int
) -> None:
    chosen = random.Random(seed)
    for name in GAMERS:
        typed = round_.honest(name)
        changes: dict[Field, Typed] = {}
        for code in chosen.sample(round_.codes, chosen.randint(1, 12)):
            own = TRICKS[chosen.choice(list(TRICKS))](float(typed[code, VALUE] or 0))
            changes |= {(code, head): value for head, value in own.items()}
        round_.send(name, changes)
    assert_nobody_gains(honest, round_.result())


def test_forms_made_anew__without_what_they_were_issued_with__still_scored_by_what_was_assigned(
    round_: Round, honest: dict[str, DistrictResult]
) -> None:
    gamers = (CHANGER, CLEARER, DENIER)
    for name in gamers:
        round_.send(name, round_.tricks()[name])
        make_anew(round_.folder / "回收" / form_file_name(name))
    result = round_.result()
    assert_nobody_gains(honest, result, gamers)
    assert by_name(result)[CHANGER].scored.total == honest[CHANGER].scored.total
    changed = {i.place.item for i in result.issues if i.code == "R07" and i.place.district == CHANGER}
    assert len(changed) >= len(round_.codes) - 3


def make_anew(path: Path) -> None:
    """Take out of a form what it was issued with, as it stands in its properties and in hidden cells."""
    book = openpyxl.load_workbook(path)
    for name in [name for name in book.custom_doc_props.names if name.startswith("xladdin.amounts")]:
        del book.custom_doc_props[name]
    taken = 0
    for sheet in book:
        for cell in (cell for row in sheet.iter_rows(max_row=12) for cell in row):
            if isinstance(cell.value, str) and cell.value.startswith("下达任务量"):
                cell.value = None
                taken += 1
    assert taken
    book.save(path)


@pytest.mark.parametrize("made", [False], indirect=True, ids=["by the issued forms alone"])
def test_verify__round_without_a_table__by_the_issued_forms_which_are_part_of_what_counted(round_: Round) -> None:
    sealed = seal_round(round_.scheme, round_.folder, None, STAMP).folder
    assert [one.differences for one in verify(sealed)] == [()]
    issued = round_.folder / "下发" / form_file_name(CHANGER)
    distribute(round_.scheme, round_.folder / "另发", targets=None)
    shutil.copy(round_.folder / "另发" / form_file_name(CHANGER), issued)
    (one,) = verify(sealed)
    assert one.differences[0] == f"下发/{form_file_name(CHANGER)} 的内容有改动"
    issued.unlink()
    (one,) = verify(sealed)
    assert one.differences == (f"下发/{form_file_name(CHANGER)} 找不到（已移走，或内容有改动）",)


@pytest.mark.parametrize("typed", [165_000.0, 1e6])
def test_done__in_another_unit_than_the_forms__scored_as_typed_and_never_final(
    round_: Round, honest: dict[str, DistrictResult], typed: float
) -> None:
    name = CONVERTER
    round_.send(name, {("K15.1", VALUE): typed})
    result = round_.result()
    own = by_name(result)[name]
    assert own.provisional
    (found,) = [i for i in result.issues if i.is_open and i.place.district == name]
    assert (found.place.sheet, found.place.cell) == round_.forms.at("K15.1")
