"""核验: a sealed result is worked out again from what came back, and whatever was changed since is named."""

from __future__ import annotations

import datetime
import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import xladdin
from tests.cli.test_commands import run
from tests.conftest import Forms
from tests.support.years import call
from xladdin.issues import WrongCall
from xladdin.results.files import results_json
from xladdin.rounds.sealing import issue_corrections, seal_corrected, seal_round
from xladdin.rounds.targets_sheet import targets_workbook
from xladdin.rounds.verifying import Verified, verify, worked_out_again
from xladdin.scheme import Scheme
from xladdin.scheme.book.writer import scheme_workbook
from xladdin.words import VALUE, form_file_name

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

WHO = "徐汇区"
STAMP = datetime.datetime(2024, 2, 12, 9, 0)
LINE = (WHO, "K15.1", VALUE, 18.5, 14.8, "复核", "市精细化办", datetime.datetime(2024, 2, 1))


def fill(path: Path, row: int, line: tuple[Any, ...]) -> None:
    """Type a line into 更正单."""
    book = openpyxl.load_workbook(path)
    for column, content in enumerate(line, 1):
        book["更正单"].cell(row, column).value = content
    book.save(path)


@pytest.fixture(scope="module")
def sealed_round(scheme: Scheme, filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A round with 任务分解表, one result and its correction. Not to be written to."""
    folder = tmp_path_factory.mktemp("verifying") / "考核"
    shutil.copytree(filled, folder / "回收" / "第1轮")
    (folder / "任务分解表.xlsx").write_bytes(targets_workbook(scheme))
    seal_round(scheme, folder, None, STAMP)
    sheet = issue_corrections(scheme, folder)
    assert sheet is not None
    fill(sheet, 5, LINE)
    seal_corrected(scheme, folder, STAMP + datetime.timedelta(days=1))
    return folder


@pytest.fixture
def folder(sealed_round: Path, tmp_path: Path) -> Path:
    copied = Path(shutil.copytree(sealed_round, tmp_path / "考核"))
    for path in copied.rglob("*"):
        path.chmod(0o755)
    return copied


@pytest.fixture
def first(folder: Path) -> Path:
    return folder / "结果" / "第1次"


def form(folder: Path, district: str = WHO) -> Path:
    return folder / "回收" / "第1轮" / form_file_name(district)


def verified(result: Path) -> Verified:
    (one,) = verify(result)
    return one


def text(one: Verified) -> str:
    return "\n".join(one.lines())


def change_results(result: Path, change: Callable[[dict[str, Any]], object], *, with_seal: bool) -> None:
    """Change results.json, and its SHA-256 in the seal as somebody would who knows of it."""
    path = result / "results.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if with_seal:
        renew_seal(result, path.name)


def renew_seal(result: Path, name: str) -> None:
    seal = json.loads((result / "封存.json").read_text(encoding="utf-8"))
    seal["files"][name] = hashlib.sha256((result / name).read_bytes()).hexdigest()
    (result / "封存.json").write_text(json.dumps(seal), encoding="utf-8")


def of(data: dict[str, Any], district: str = WHO) -> dict[str, Any]:
    own: dict[str, Any] = next(d for d in data["districts"] if d["name"] == district)
    return own


def as_sealed_by_an_earlier_program(result: Path) -> None:
    """Take away what earlier programs did not keep: the seal, the scheme, both sheets, two readings and what is not scored."""
    (result / "封存.json").unlink()
    shutil.rmtree(result / "方案")
    (result / "任务分解表.xlsx").unlink()
    (result / "更正单.xlsx").unlink(missing_ok=True)

    def forget(data: dict[str, Any]) -> None:
        del data["policies"]["i3_floor"], data["policies"]["expert_tasks"]
        for district in data["districts"]:
            del district["fields"]
            for item in district["items"].values():
                del item["beside"]
                for source in item["sources"]:
                    del source["unused"]

    change_results(result, forget, with_seal=False)


@pytest.mark.slow
def test_worked_out_again__relative_path_of_a_correction__as_with_the_absolute_one(
    sealed_round: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(sealed_round)
    again = worked_out_again(Path("结果") / "第2次（更正）")
    assert results_json(again) == (sealed_round / "结果" / "第2次（更正）" / "results.json").read_bytes()


def test_verify__seal_taken_away__not_identical_and_to_be_restored(first: Path) -> None:
    (first / "封存.json").unlink()
    one = verified(first)
    assert not one.is_identical
    assert [words in text(one) for words in ("封存.json 缺失", "请从备份恢复", "较早的程序")] == [True, True, False]


def test_documents__of_a_result_changed_since_it_was_sealed__refused(first: Path, tmp_path: Path) -> None:
    change_results(first, lambda data: of(data)["items"]["K15"].update(explain="满分"), with_seal=False)
    said = first / "results.json"
    notice = tmp_path / "通报.docx"
    notice.write_bytes(b"")
    asked = (
        ("documents", said, "-o", tmp_path / "文书"),
        ("documents", "check", notice, said),
        ("explain", WHO, "K15", said),
    )
    for words in ("封存以后有改动", "封存.json 缺失"):
        for command in asked:
            ended = call(*command)
            assert (ended.code, words in ended.err) == (1, True), command
        (first / "封存.json").unlink(missing_ok=True)
    assert not (tmp_path / "文书").exists()
    # Outside the round it is a copy, which has to add up by itself.
    copy = tmp_path / "results.json"
    data = json.loads(said.read_text(encoding="utf-8"))
    of(data)["total"] += 1
    copy.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    for command in (("documents", copy, "-o", tmp_path / "文书"), ("documents", "check", notice, copy)):
        ended = call(*command)
        assert (ended.code, f"自相矛盾，可能被改过：{WHO} 总分" in ended.err) == (1, True)


# --- Identical --------------------------------------------------------------------------------------------------------


def test_verify__nothing_changed__identical_with_its_code(first: Path) -> None:
    one = verified(first)
    digits = hashlib.sha256((first / "封存.json").read_bytes()).hexdigest()[:16]
    assert one.lines() == [
        "第1次：一致",
        "  用当时采用的 16 份表重新计算，16 个区的每项得分、总分、名次都相同，考核汇总逐格相同",
        f"  核验码 {digits[:4]}-{digits[4:8]}-{digits[8:12]}-{digits[12:]}，应与封存时显示的相同",
    ]


@pytest.mark.slow
def test_verify__a_year_later__identical_whatever_came_and_was_written_since(
    scheme: Scheme, forms: Forms, folder: Path
) -> None:
    later = folder / "回收" / "第2轮" / form_file_name(WHO)
    later.parent.mkdir()
    later.write_bytes(forms.make(WHO, {("K15.1", VALUE): 3.0}))
    fill(folder / "更正单.xlsx", 6, (WHO, "K31.1", "当年任务量", 15, 20, "复核", "市精细化办", LINE[-1]))
    (folder / "任务分解表.xlsx").unlink()
    moved = folder.rename(folder.parent / "2023 年归档")
    assert [(one.folder.name, one.is_identical) for one in verify(moved)] == [("第1次", True), ("第2次（更正）", True)]


@pytest.mark.slow
def test_verify__form_in_an_archive__identical_and_corrected(scheme: Scheme, folder: Path) -> None:
    shutil.rmtree(folder / "结果")
    with zipfile.ZipFile(folder / "回收" / "第1轮" / f"{WHO}.zip", "w") as archive:
        archive.write(form(folder), form_file_name(WHO))
    form(folder).unlink()
    seal_round(scheme, folder, None, STAMP)
    _corrected, sealed = seal_corrected(scheme, folder, STAMP)
    assert sealed is not None
    assert any("K15 2.00→1.60" in line for line in sealed.moved)
    assert [one.differences for one in verify(folder)] == [(), ()]


@pytest.mark.slow
def test_verify__other_program__numbers_alone_compared_and_said(first: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def reword(data: dict[str, Any]) -> None:
        of(data)["items"]["K15"]["explain"] = "另一种说法"

    change_results(first, reword, with_seal=True)
    monkeypatch.setattr(xladdin, "__version__", "9.0.0")
    one = verified(first)
    assert one.is_identical
    assert "封存时的程序是 1.0.0，现在是 9.0.0：只核对数" in text(one)


@pytest.mark.slow
def test_verify__sealed_by_an_earlier_program__identical_and_what_it_lacks_said(folder: Path) -> None:
    for name in ("第1次", "第2次（更正）"):
        as_sealed_by_an_earlier_program(folder / "结果" / name)
    plain, corrected = verify(folder)
    assert (plain.differences, corrected.differences) == ((), ())
    for one in (plain, corrected):
        assert "由较早的程序封存，没有封存的方案、程序版本、任务分解表和考核汇总的 SHA-256" in text(one)
        assert "口径执法数据督查扣分下限（i3_floor）：原结果没有写，按默认 zero" in text(one)
        assert "口径专家评议的任务由谁评分（expert_tasks）：原结果没有写，按默认 experts" in text(one)


# --- Changed ----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("with_seal", [False, True])
def test_verify__score_in_results_changed__district_item_and_both_numbers_named(first: Path, with_seal: bool) -> None:
    def raise_score(data: dict[str, Any]) -> None:
        of(data, "崇明区")["items"]["K15"]["score"] = 2.5
        of(data, "崇明区")["rank"] = 1

    change_results(first, raise_score, with_seal=with_seal)
    one = verified(first)
    shown = [line for line in one.differences if line.startswith("results.json 崇明区")]
    assert shown[0].startswith("results.json 崇明区 名次：封存 1，重新计算 ")
    assert shown[1].startswith("results.json 崇明区 K15 得分：封存 2.50，重新计算 ")
    assert ("results.json 的文件封存以后有改动" in one.differences) is not with_seal
    assert len(one.differences) == (2 if with_seal else 3)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d["policies"].update(media_floor="zero"), "媒体|results.json|考核汇总"),
        (lambda d: d.update(scheme="1999"), "没有 1999 年的方案"),
        (lambda d: d["policies"].update(ties="mine"), "ties"),
        (lambda d: d["districts"].pop(), "重新计算 有"),
        (lambda d: d["files"].pop(), "采用的文件"),
        (lambda d: of(d)["items"].pop("K15"), f"{WHO}的项目缺 K15"),
        (lambda d: of(d)["items"]["K15"].update(explain="满分"), f"{WHO} K15 得分说明：封存 满分"),
        (lambda d: d.update(districts=None), "不是 xladdin consolidate"),
    ],
)
def test_verify__results_otherwise_changed__named(first: Path, change: Callable[[Any], object], said: str) -> None:
    change_results(first, change, with_seal=True)
    one = verified(first)
    assert not one.is_identical
    assert any(part in text(one) for part in said.split("|"))


@pytest.mark.slow
def test_verify__workbook_changed_together_with_the_seal__cell_and_both_contents_named(first: Path) -> None:
    path = first / "考核汇总_第1次.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["排名"]
    at = next(cell for row in sheet.iter_rows() for cell in row if cell.value == WHO)
    total = sheet.cell(at.row, at.column + 1)
    before, total.value = total.value, 99.5
    book.save(path)
    assert "考核汇总_第1次.xlsx 的文件封存以后有改动" in verified(first).differences
    renew_seal(first, path.name)
    one = verified(first)
    assert one.differences == (f"考核汇总_第1次.xlsx 排名!{total.coordinate}：封存“99.5”，重新计算“{before}”",)


@pytest.mark.slow
def test_verify__returned_form_changed__file_and_what_it_moves_named(forms: Forms, folder: Path, first: Path) -> None:
    form(folder).write_bytes(forms.make(WHO, {("K15.1", VALUE): 14.8}))
    one = verified(first)
    assert one.differences[0] == f"回收/第1轮/{form_file_name(WHO)} 的内容有改动"
    assert f"results.json {WHO} K15 得分：封存 2.00，重新计算 1.60" in one.differences
    assert f"results.json {WHO} K15 K15.1 完成情况 填的：封存 18.5，重新计算 14.8" in one.differences
    assert "没有逐格核对考核汇总" in text(one)


@pytest.mark.slow
def test_verify__returned_form_gone__named_and_nothing_worked_out(folder: Path, first: Path) -> None:
    form(folder).unlink()
    one = verified(first)
    assert one.differences == (f"回收/第1轮/{form_file_name(WHO)} 找不到（已移走，或内容有改动）",)
    assert "缺表，没有重新计算" in text(one)


@pytest.mark.slow
def test_verify__returned_form_renamed__the_old_name_named(folder: Path, first: Path) -> None:
    form(folder).rename(folder / "回收" / "徐汇.xlsx")
    assert verified(first).differences == (f"回收/徐汇.xlsx 当时名为 回收/第1轮/{form_file_name(WHO)}，请改回",)


@pytest.mark.slow
def test_verify__returned_form_in_another_folder__identical(folder: Path, first: Path) -> None:
    form(folder).rename(folder / "回收" / form_file_name(WHO))
    assert verified(first).is_identical


@pytest.mark.slow
def test_verify__scheme_changed__file_named(first: Path) -> None:
    path = first / "方案" / "2023" / "policies.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('default = "share"', 'default = "section1"'), "utf-8")
    one = verified(first)
    assert one.differences[0] == "方案/2023/policies.toml 的文件封存以后有改动"
    # share, which was in force, is no longer the default.
    assert any("采用默认口径" in line and "采用非默认口径：ties=share" in line for line in one.differences)
    assert "封存的方案与现在的不同（policies.toml）" in text(one)


@pytest.mark.slow
def test_verify__scheme_that_this_program_cannot_read__its_own_used_and_said(first: Path) -> None:
    path = first / "方案" / "2023" / "policies.toml"
    path.write_text("[[policy]]\nname = 1\n", "utf-8")
    renew_seal(first, "方案/2023/policies.toml")
    one = verified(first)
    assert one.is_identical
    assert "封存的方案现在的程序读不了（2023/policies.toml：" in text(one)
    assert "；改按本机现在的 2023 年方案核验" in text(one)


@pytest.mark.slow
def test_verify__by_a_scheme_in_a_workbook__by_the_one_that_was_sealed_whatever_became_of_it(
    scheme: Scheme, folder: Path
) -> None:
    shutil.rmtree(folder / "结果")
    own = folder / "考核方案.xlsx"
    own.write_bytes(scheme_workbook(scheme, ()))
    done = run("consolidate", "考核", "--round", cwd=folder.parent)
    assert "已封存" in done.stdout
    (one,) = verify(folder)
    assert one.is_identical
    assert "现在的不同" not in text(one)
    book = openpyxl.load_workbook(own)
    book["说明"]["A40"] = "改过"
    book.save(own)
    (one,) = verify(folder)
    assert one.is_identical
    assert "封存的方案与现在的不同（考核方案.xlsx）；按封存的核验" in text(one)
    kept = folder / "结果" / "第1次" / "方案" / "2023" / "考核方案.xlsx"
    kept.chmod(0o644)
    kept.write_bytes(b"PK")
    (one,) = verify(folder)
    assert not one.is_identical
    assert "考核方案.xlsx 的文件封存以后有改动" in text(one)
    assert "封存的方案缺文件或有改动，读不了，请从备份恢复；改按本机现在的 2023 年方案核验" in text(one)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("任务分解表.xlsx", ("任务分解表.xlsx 找不到",)),
        ("考核汇总_第1次.xlsx", ("考核汇总_第1次.xlsx 找不到",)),
        ("results.json", ("results.json 找不到；请从备份恢复",)),
    ],
)
def test_verify__a_sealed_file_is_gone__said_once(first: Path, name: str, said: tuple[str, ...]) -> None:
    (first / name).unlink()
    assert verified(first).differences == said


@pytest.mark.slow
def test_verify__corrections_kept_with_the_result_changed__named(folder: Path) -> None:
    corrected = folder / "结果" / "第2次（更正）"
    fill(corrected / "更正单.xlsx", 5, (*LINE[:4], 10, *LINE[5:]))
    renew_seal(corrected, "更正单.xlsx")
    one = verified(corrected)
    # 18.5 were assigned: 10 of them are 2 × 10 ÷ 18.5 = 1.08 points, 14.8 were 1.60.
    assert f"results.json {WHO} K15 得分：封存 1.60，重新计算 1.08" in one.differences


@pytest.mark.slow
@pytest.mark.parametrize("name", ["封存.json", "results.json"])
@pytest.mark.parametrize("content", ["", "{", "[]", '{"program": 1}', "[" * 100_000, "\x00"])
def test_verify__damaged__said_so(first: Path, name: str, content: str) -> None:
    (first / name).write_text(content, encoding="utf-8")
    one = verified(first)
    assert not one.is_identical
    assert name in text(one)


@pytest.mark.slow
def test_verify__as_a_command__says_what_differs_and_ends_accordingly(first: Path, folder: Path) -> None:
    done = run("verify", first, cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "\n".join(verified(first).lines()) + "\n"
    form(folder).unlink()
    done = run("verify", folder, cwd=folder)
    assert done.returncode == 1
    assert done.stdout.count("：不一致，共 1 处\n  × 回收/第1轮/区填报表_徐汇区.xlsx 找不到") == 2
    done = run("verify", "回收/第1轮", cwd=folder)
    assert done.returncode == 2
    assert "请选择考核文件夹的“结果”里的第N次" in done.stderr


def test_verify__no_sealed_result__said_what_to_choose(tmp_path: Path) -> None:
    with pytest.raises(WrongCall, match="请选择考核文件夹的“结果”里的第N次"):
        verify(tmp_path)


def test_lines__very_many_differences__the_first_told_and_the_rest_counted(tmp_path: Path) -> None:
    lines = Verified(tmp_path, tuple(map(str, range(60))), ()).lines(50)
    assert (len(lines), lines[0][-6:], lines[-1]) == (52, "共 60 处", "  …… 还有 10 处")
