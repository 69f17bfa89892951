"""Sealed results of a round: numbered, whole or not at all, never written again; and corrections of the newest."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import ROOT, Forms
from tests.support.libreoffice import DEADLINE
from xladdin import files
from xladdin.evaluations.books import unit_workbook
from xladdin.evaluations.units import departments, experts
from xladdin.files import write_sealed
from xladdin.issues import Refused, WrongCall
from xladdin.results.consolidation import DistrictResult
from xladdin.rounds import sealing
from xladdin.rounds.collecting import collect_round
from xladdin.rounds.progress import round_workbooks
from xladdin.rounds.sealing import CORRECTIONS_FILE, issue_corrections, newest_result, seal_corrected, seal_round
from xladdin.rounds.tracking import read_round
from xladdin.rounds.verifying import verify
from xladdin.scheme import Scheme
from xladdin.words import VALUE, form_file_name

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

WHO = "徐汇区"
STAMP = datetime.datetime(2024, 2, 12, 9, 0)


@pytest.fixture
def folder(filled: Path, tmp_path: Path) -> Path:
    """A round in which all districts have sent clean forms, which the office has judged in them."""
    shutil.copytree(filled, tmp_path / "考核" / "回收" / "第1轮")
    return tmp_path / "考核"


def resend(forms: Forms, folder: Path, at: str, value: float) -> Path:
    path = folder / "回收" / at / form_file_name(WHO)
    path.parent.mkdir()
    path.write_bytes(forms.make(WHO, {("K15.1", VALUE): value}))
    return path


def seal(scheme: Scheme, folder: Path) -> Path:
    return seal_round(scheme, folder, None, STAMP).folder


def contents(folder: Path) -> dict[str, bytes]:
    """Everything in a folder of its own by its path there."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


SCHEME = {f"方案/2023/{name}.toml" for name in ("annex1", "annex2", "districts", "policies", "source")}


# --- Sealing ----------------------------------------------------------------------------------------------------------


def test_seal__several_times__numbered_with_what_moved_and_the_earlier_untouched(
    scheme: Scheme, forms: Forms, folder: Path
) -> None:
    first = seal(scheme, folder)
    assert first == folder / "结果" / "第1次"
    assert set(contents(first)) == {"考核汇总_第1次.xlsx", "results.json", "封存.json", *SCHEME}
    before = contents(first)
    resend(forms, folder, "第2轮", 14.8)
    second = seal_round(scheme, folder, None, STAMP)
    assert (second.folder.name, second.is_new, second.workbook.name) == ("第2次", True, "考核汇总_第2次.xlsx")
    assert any(line.startswith(f"{WHO} 总分") and "K15 2.00→1.60" in line for line in second.moved)
    added = set(contents(second.folder)) - set(before)
    assert added == {"考核汇总_第2次.xlsx", "变动_第2次.xlsx"}
    assert contents(first) == before
    assert newest_result(folder) == second.folder


def test_seal__nothing_has_changed__no_new_result(scheme: Scheme, folder: Path) -> None:
    first = seal(scheme, folder)
    again = seal_round(scheme, folder, None, STAMP + datetime.timedelta(days=1))
    assert (again.folder, again.is_new, again.moved) == (first, False, [])
    assert [path.name for path in (folder / "结果").iterdir()] == ["第1次"]


def test_seal__own_result_among_what_came_back__said_and_verified(scheme: Scheme, folder: Path) -> None:
    shutil.copy(ROOT / "workbook_templates/考核总表.xlsm", folder / "回收/第1轮/考核总表.xlsm")
    sealed = seal_round(scheme, folder, None, STAMP)
    said = [(i.code, i.place.file, i.found) for i in sealed.consolidation.issues if i.code == "F15"]
    assert said == [("F15", "第1轮/考核总表.xlsm", "是考核总表")]
    assert len(sealed.consolidation.files) == len(scheme.districts)
    assert verify(sealed.folder)[0].differences == ()


def test_seal__another_reading__a_new_result_although_no_file_has_changed(scheme: Scheme, folder: Path) -> None:
    seal(scheme, folder)
    sealed = seal_round(scheme, folder, scheme.choose_policies({"media_floor": "zero"}), STAMP)
    assert sealed.folder.name == "第2次"
    assert sealed.moved[0].startswith("口径宣传扣分下限（media_floor）：")


def test_seal__after_the_tenth__counted_as_numbers(scheme: Scheme, folder: Path) -> None:
    for number in (2, 9, 10):
        (folder / "结果" / f"第{number}次（更正）").mkdir(parents=True)
    assert seal(scheme, folder).name == "第11次"


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="modes are of POSIX")
def test_sealed__files__only_to_be_read(scheme: Scheme, folder: Path) -> None:
    sealed = seal(scheme, folder)
    assert {path.stat().st_mode & 0o777 for path in sealed.rglob("*") if path.is_file()} == {0o444}


def test_seal__interrupted__leaves_no_folder(
    scheme: Scheme, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(self: Path, data: bytes) -> int:
        raise OSError("no space left")

    monkeypatch.setattr(files.Path, "write_bytes", full)
    with pytest.raises(OSError, match="no space"):
        write_sealed(tmp_path / "结果" / "第1次", {"a": b"1"})
    assert list((tmp_path / "结果").iterdir()) == []


def test_seal__somebody_else_sealing_at_the_same_time__the_next_number_or_the_same_result(
    scheme: Scheme, forms: Forms, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def after_the_other(target: Path, contents: dict[str, bytes]) -> None:
        monkeypatch.undo()
        write_sealed(target, others)
        write_sealed(target, contents)

    first = seal(scheme, folder)
    inside = [path for path in first.rglob("*") if path.is_file()]
    others = {path.relative_to(first).as_posix(): path.read_bytes() for path in inside}
    shutil.rmtree(folder / "结果")
    monkeypatch.setattr(sealing, "write_sealed", after_the_other)
    same = seal_round(scheme, folder, None, STAMP)
    assert (same.folder.name, same.is_new) == ("第1次", False)
    shutil.rmtree(folder / "结果")
    resend(forms, folder, "第2轮", 14.8)
    monkeypatch.setattr(sealing, "write_sealed", after_the_other)
    later = seal_round(scheme, folder, None, STAMP)
    assert (later.folder.name, later.is_new) == ("第2次", True)
    assert any(WHO in line for line in later.moved)
    assert contents(folder / "结果" / "第1次") == others
    assert sorted(path.name for path in (folder / "结果").iterdir()) == ["第1次", "第2次"]


@pytest.mark.slow
def test_seal__by_four_programs_at_once__one_result_that_all_of_them_name(folder: Path) -> None:
    command = [sys.executable, "-m", "xladdin", "consolidate", "--round", str(folder)]
    at_once = [
        subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
        )
        for _ in range(4)
    ]
    said = [program.communicate(timeout=DEADLINE)[0] for program in at_once]
    assert [program.returncode for program in at_once] == [0] * 4, said
    assert all("第1次" in text for text in said), said
    assert [path.name for path in (folder / "结果").iterdir()] == ["第1次"]


def test_seal__another_program_seals_after_the_look_at_what_there_is__no_second_result(
    scheme: Scheme, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, calls = sealing.newest_result, 0

    def looked(of: Path) -> Path | None:
        nonlocal calls
        found, calls = look(of), calls + 1
        if calls == 1:
            seal_round(scheme, folder, None, STAMP)
        return found

    monkeypatch.setattr(sealing, "newest_result", looked)
    assert not seal_round(scheme, folder, None, STAMP).is_new
    assert [path.name for path in (folder / "结果").iterdir()] == ["第1次"]


def test_round__file_name_that_is_no_unicode__is_written_with_what_can_be(scheme: Scheme, folder: Path) -> None:
    path = folder / "回收" / "第2轮" / os.fsdecode(b"\xff" + form_file_name(WHO).encode())
    path.parent.mkdir()
    try:
        shutil.copy(folder / "回收" / "第1轮" / form_file_name(WHO), path)
    except OSError:
        pytest.skip("a file system that has no such names")
    sealed = seal_round(scheme, folder, None, STAMP)
    assert f"�{form_file_name(WHO)}" in {file.name for file in sealed.consolidation.files}
    assert round_workbooks(scheme, read_round(scheme, folder), STAMP.date(), STAMP)
    correction = issue_corrections(scheme, folder)
    assert correction is not None
    fill(correction, LINE)
    corrected, after = seal_corrected(scheme, folder, STAMP)
    assert after is not None, corrected.issues


def test_write_sealed__folder_there_already__refused(tmp_path: Path) -> None:
    write_sealed(tmp_path / "第1次", {"a": b"1"})
    with pytest.raises(Refused, match="第1次 已存在"):
        write_sealed(tmp_path / "第1次", {"a": b"2"})
    assert (tmp_path / "第1次" / "a").read_bytes() == b"1"


def test_round__without_returns__said_so(scheme: Scheme, tmp_path: Path) -> None:
    with pytest.raises(WrongCall, match="没有“回收”文件夹"):
        seal_round(scheme, tmp_path, None, STAMP)


# --- Who is awaited ---------------------------------------------------------------------------------------------------


def lacking(scheme: Scheme, folder: Path) -> list[str]:
    sealed = seal_round(scheme, folder, None, STAMP)
    own: DistrictResult = next(d for d in sealed.consolidation.districts if d.name == WHO)
    return own.incomplete()


def test_seal__workbooks_issued_and_none_back__provisional_for_everything_that_is_judged(
    scheme: Scheme, folder: Path
) -> None:
    issued = folder / "下发"
    issued.mkdir()
    (issued / departments(scheme)[0].file_name).write_bytes(b"")
    # No expert is expected, and nobody else judges cases and 工作机制.
    assert lacking(scheme, folder) == [id_ for id_ in scheme.items if id_ not in ("N1", "R2")]


def test_seal__expert_on_the_list_only__awaited_for_what_experts_judge(scheme: Scheme, folder: Path) -> None:
    (folder / "下发").mkdir()
    expert = experts(scheme, ("专家1",))[0]
    (folder / "下发" / expert.file_name).write_bytes(b"")
    waiting = lacking(scheme, folder)
    assert {"K11", "K25", "K30", "N1", "R2"} <= set(waiting)
    found = collect_round(scheme, folder).evaluators
    assert [unit.name for unit in found] == ["专家1"]


def test_collect__newest_with_errors__the_earlier_counts_and_it_is_said(
    scheme: Scheme, forms: Forms, folder: Path
) -> None:
    later = folder / "回收" / "第2轮" / form_file_name(WHO)
    later.parent.mkdir()
    later.write_bytes(forms.make(WHO, {("K01.1", VALUE): "已完成"}))
    found = collect_round(scheme, folder).issues
    assert [(i.code, i.place.district) for i in found] == [("R05", WHO)]
    assert "第2轮" in found[0].found
    assert "第1轮" in found[0].found


def test_collect__form_in_the_name_of_another_district__neither_of_them_gets_it(
    scheme: Scheme, forms: Forms, folder: Path
) -> None:
    wrong = folder / "回收" / "第2轮" / form_file_name("静安区")
    wrong.parent.mkdir()
    wrong.write_bytes(forms.make(WHO, {("K15.1", VALUE): 0.0}))
    collection = collect_round(scheme, folder)
    assert [i.code for i in collection.issues] == ["R02"]
    assert {file.path.parent.name for file in collection.files} == {"第1轮"}


def test_collect__workbook_in_the_name_of_another_department__nobodys(scheme: Scheme, folder: Path) -> None:
    one, other = departments(scheme)[:2]
    (folder / "回收" / other.file_name).write_bytes(unit_workbook(scheme, one, 1))
    collection = collect_round(scheme, folder)
    assert [i.code for i in collection.issues] == ["R02"]
    assert collection.reports == []


# --- Corrections ------------------------------------------------------------------------------------------------------


def fill(path: Path, *lines: tuple[object, ...]) -> None:
    """Type lines into the blank 更正单."""
    book = openpyxl.load_workbook(path)
    sheet = book["更正单"]
    for row, line in enumerate(lines, 5):
        for column, content in enumerate(line, 1):
            sheet.cell(row, column).value = content  # type: ignore[assignment]
    book.save(path)


LINE = (WHO, "K15.1", VALUE, 18.5, 14.8, "复核", "市精细化办", datetime.datetime(2024, 2, 1))


def test_corrections__blank_then_filled__applied_to_the_newest_result(scheme: Scheme, folder: Path) -> None:
    seal(scheme, folder)
    path = issue_corrections(scheme, folder)
    assert path == folder / CORRECTIONS_FILE
    assert issue_corrections(scheme, folder) is None  # it stays as it is
    corrected, sealed = seal_corrected(scheme, folder, STAMP)
    assert sealed is None
    assert [i.found for i in corrected.issues] == ["没有更正"]
    fill(path, LINE)
    corrected, sealed = seal_corrected(scheme, folder, STAMP)
    assert sealed is not None
    assert sealed.folder.name == "第2次（更正）"
    assert corrected.issues == ()
    assert any("K15 2.00→1.60" in line for line in sealed.moved)
    # Once more: the same.
    _corrected, again = seal_corrected(scheme, folder, STAMP)
    assert again is not None
    assert (again.folder, again.is_new, again.moved) == (sealed.folder, False, sealed.moved)
    # With another line: in a folder of its own.
    fill(path, LINE, (WHO, "K31.1", "当年任务量", 15, 20, "复核", "市精细化办", datetime.datetime(2024, 2, 2)))
    _corrected, more = seal_corrected(scheme, folder, STAMP)
    assert more is not None
    assert more.folder.name == "第3次（更正）"
    assert newest_result(folder) == folder / "结果" / "第1次"


def test_corrections__newest_was_left_out__applied_and_still_provisional(
    scheme: Scheme, forms: Forms, folder: Path
) -> None:
    later = folder / "回收" / "第2轮" / form_file_name(WHO)
    later.parent.mkdir()
    later.write_bytes(forms.make(WHO, {("K01.1", VALUE): "已完成"}))
    first = seal(scheme, folder)
    path = issue_corrections(scheme, folder)
    assert path is not None
    fill(path, LINE)
    _corrected, sealed = seal_corrected(scheme, folder, STAMP)
    assert sealed is not None
    assert any("K15 2.00→1.60" in line for line in sealed.moved)
    for result in (first, sealed.folder):
        data = json.loads((result / "results.json").read_text(encoding="utf-8"))
        assert [d["name"] for d in data["districts"] if d["provisional"]] == [WHO]


def test_corrections__forms_that_came_since__do_not_count(scheme: Scheme, forms: Forms, folder: Path) -> None:
    seal(scheme, folder)
    path = issue_corrections(scheme, folder)
    assert path is not None
    fill(path, LINE)
    _corrected, sealed = seal_corrected(scheme, folder, STAMP)
    resend(forms, folder, "第2轮", 3.0)
    _corrected, later = seal_corrected(scheme, folder, STAMP)
    assert sealed is not None
    assert later is not None
    assert later.moved == sealed.moved


@pytest.mark.parametrize("change", ["gone", "changed"])
def test_corrections__file_that_counted_is_not_there__named(scheme: Scheme, folder: Path, change: str) -> None:
    seal(scheme, folder)
    path = issue_corrections(scheme, folder)
    assert path is not None
    fill(path, LINE)
    form = folder / "回收" / "第1轮" / form_file_name("静安区")
    actions: dict[str, Callable[[], object]] = {
        "gone": form.unlink,
        "changed": lambda: form.write_bytes(form.read_bytes() + b" "),
    }
    actions[change]()
    with pytest.raises(Refused, match="区填报表_静安区"):
        seal_corrected(scheme, folder, STAMP)


def test_corrections__no_result_yet__said_so(scheme: Scheme, folder: Path) -> None:
    issue_corrections(scheme, folder)
    with pytest.raises(WrongCall, match="还没有汇总结果"):
        seal_corrected(scheme, folder, STAMP)
