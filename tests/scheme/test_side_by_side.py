"""Years and cities side by side: which scheme is in force, and every door with schemes of other shapes."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.support.years import OTHERS, call, data_with, product_with
from xladdin.issues import WrongCall
from xladdin.rounds.folder import round_scheme
from xladdin.scheme import Stamp, choose_scheme, load_scheme
from xladdin.scheme import load as loading
from xladdin.scheme.choosing import scheme_file_of
from xladdin.words import SCHEME_FILE

ROOT = Path(__file__).resolve().parents[2]

ALL = ("2023", *OTHERS)


@pytest.fixture
def years(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """All three schemes at hand; 2025 is the newest."""
    data = data_with(tmp_path_factory.mktemp("data"), *OTHERS)
    monkeypatch.setattr(loading, "DATA", data)
    yield data


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """A round of each year, all made while all years are at hand: 任务分解表, what was issued and what came back."""
    data = data_with(tmp_path_factory.mktemp("data"), *OTHERS)
    made = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "DATA", data)
        for year in ALL:
            folder = made[year] = tmp_path_factory.mktemp(f"round{year}")
            asked = ("--scheme", year)
            assert call("targets", folder / "任务分解表.xlsx", *asked).code == 0
            table = ("--targets", folder / "任务分解表.xlsx")
            assert call("templates", folder / "下发", *table, *asked).code in (0, 1)  # a blank table adds up to less
            assert call("evaluations", folder / "下发", *asked).code == 0
            assert call("sample", folder / "下发", folder / "回收").code == 0  # of the year they are stamped with
    yield made


@pytest.fixture
def own(rounds: dict[str, Path], years: Path, tmp_path: Path) -> dict[str, Path]:
    """The same, to be written to."""
    return {year: Path(shutil.copytree(folder, tmp_path / year)) for year, folder in rounds.items()}


# --- Which one --------------------------------------------------------------------------------------------------------


def test_choose__nothing_said__the_newest(years: Path) -> None:
    assert choose_scheme().source.version == "2025"
    assert choose_scheme([], [Stamp("a.xlsx", "1999")]).source.version == "2025"  # a year that is not at hand


def test_choose__asked__before_all_stamps(years: Path) -> None:
    stamps = [Stamp("a.xlsx", "2024"), Stamp("b.xlsx", "2025")]
    assert choose_scheme(stamps, asked="2023").source.version == "2023"


def test_choose__stamps__the_first_group_that_has_any_decides(years: Path) -> None:
    assert choose_scheme([], [Stamp("a.xlsx", "2024")], [Stamp("b.xlsx", "2023")]).source.version == "2024"


def test_choose__asked_for_a_year_not_at_hand__refused(years: Path) -> None:
    with pytest.raises(WrongCall, match="没有“2022”年度的考核方案；可用的：2023、2024、2025"):
        choose_scheme(asked="2022")


def test_choose__years_mixed__refused_with_the_files_names(years: Path) -> None:
    stamps = [Stamp("甲.xlsx", "2024"), *(Stamp(f"乙{n}.xlsx", "2023") for n in range(7))]
    with pytest.raises(WrongCall) as refused:
        choose_scheme(stamps)
    said = "2023 年度 乙0.xlsx、乙1.xlsx、乙2.xlsx、乙3.xlsx、乙4.xlsx 等 7 份；2024 年度 甲.xlsx"
    assert said in str(refused.value)


def test_choose__one_scheme_at_hand__no_file_is_looked_at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(loading, "DATA", data_with(tmp_path))

    def never() -> Iterator[Stamp]:
        raise AssertionError
        yield

    assert choose_scheme(never()).source.version == "2023"


@pytest.mark.parametrize(
    ("place", "is_found"),
    [
        (".", True),
        ("回收", True),
        ("回收/第2轮/一区.xlsx", True),
        ("结果/第1次/results.json", True),
        ("文书/第1次/通报.docx", True),
        ("../别的考核/回收/第1轮/一区.xlsx", False),
        ("资料/抄件/一区.xlsx", False),
    ],
)
def test_scheme_file__of_what_lies_in_an_assessment_folder__no_other_ones(
    tmp_path: Path, place: str, is_found: bool
) -> None:
    folder = tmp_path / "考核"
    folder.mkdir()
    (folder / SCHEME_FILE).touch()
    assert scheme_file_of([Path(os.path.normpath(folder / place))]) == (folder / SCHEME_FILE if is_found else None)


def test_scheme_file__draft_above_the_assessment_folder__is_another_ones(tmp_path: Path) -> None:
    (tmp_path / SCHEME_FILE).touch()
    (tmp_path / "2023" / "下发").mkdir(parents=True)
    assert scheme_file_of([tmp_path / "2023" / "回收" / "第1轮" / "一区.xlsx"]) is None
    assert scheme_file_of([tmp_path / "2023"]) is None
    assert scheme_file_of([tmp_path / "2025" / "下发"]) is None  # to be made by what is asked for


@pytest.mark.parametrize("suffix", [".ods", ".xls"])
def test_scheme_file__in_another_format__refused_and_not_left_aside(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "考核方案").with_suffix(suffix).touch()
    (tmp_path / "回收").mkdir()
    with pytest.raises(WrongCall, match=f"考核方案{suffix} 不是 .xlsx：请打开它，另存为 考核方案.xlsx"):
        scheme_file_of([tmp_path / "回收"])


def test_choose_scheme__faulty_workbook__named(tmp_path: Path) -> None:
    folder = tmp_path / "考核"
    folder.mkdir()
    book = openpyxl.Workbook()
    book.active.title = "方案"
    book.save(folder / SCHEME_FILE)
    with pytest.raises(loading.SchemeError, match=f"考核方案数据有误（.*{SCHEME_FILE}）"):
        choose_scheme(asked=str(folder / SCHEME_FILE))


def test_load_scheme__in_the_product__only_called_by_the_chooser() -> None:
    callers = set()
    for package in ("xladdin", "udfs", "macros"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "load_scheme":
                    callers.add(path.relative_to(ROOT).as_posix())
    # What is sealed brings the data of its own scheme.
    assert callers == {"xladdin/scheme/choosing.py", "xladdin/rounds/verifying.py"}


# --- Every door -------------------------------------------------------------------------------------------------------


def results(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def filled(path: Path, line: dict[str, Any]) -> None:
    """Write the line into the first row of a blank 更正单."""
    book = openpyxl.load_workbook(path)
    sheet = book["更正单"]
    row = next(n for n, cells in enumerate(sheet.iter_rows(values_only=True), 1) if "编号" in cells)
    for column, head in enumerate(next(sheet.iter_rows(row, row, values_only=True)), 1):
        if head in line:
            sheet.cell(row + 1, column, line[head])
    book.save(path)


@pytest.mark.parametrize("year", ["2023", pytest.param("2024", marks=pytest.mark.slow), "2025"])
def test_doors__of_a_year__by_the_stamps_while_a_newer_one_is_there(year: str, own: dict[str, Path]) -> None:
    scheme, folder = load_scheme(year, loading.DATA), own[year]
    forms = sorted((folder / "回收").iterdir())
    assert len(forms) == len(scheme.districts)
    masters = sorted(path.name for path in (folder / "下发").glob("考核总表*"))
    assert masters == ["考核总表.xlsm"]

    checked = call("check", folder / "回收", "-o", folder / "校验结果.xlsx")
    assert checked.code == 1
    assert f"[错误] {scheme.district_names[9]} " in checked.out  # the one slip that is an error
    assert checked.out.count("[错误]") == 1

    out = folder / "汇总"
    assert call("consolidate", folder / "回收", "-o", out / "考核汇总.xlsx", "--json", out / "results.json").code == 1
    data = results(out / "results.json")
    assert (data["scheme"], sorted(d["name"] for d in data["districts"])) == (year, sorted(scheme.district_names))
    for district in data["districts"]:
        assert list(district["items"]) == list(scheme.items)
        assert {id_: item["points"] for id_, item in district["items"].items()} == {
            id_: float(item.points) for id_, item in scheme.items.items()
        }
        assert Decimal(str(district["total"])) == sum(Decimal(str(s)) for s in district["sections"].values())
    heads = openpyxl.load_workbook(out / "考核汇总.xlsx", read_only=True)
    assert set(scheme.district_names) < set(heads.sheetnames)

    item = scheme.items[next(iter(scheme.items))]
    explained = call("explain", scheme.district_names[0], item.id, out / "results.json")
    assert explained.code == 0
    assert item.method_text in explained.out

    followed = call("round", folder, "--today", "2026-01-31")
    assert followed.code == 1
    evaluators = len(list((folder / "下发").iterdir())) - len(forms) - 1
    assert f"共 {len(forms) + evaluators} 个单位" in followed.out
    assert call("evaluations", folder / "评价表", "--round", "--returned", folder).code == 0
    assert len(list((folder / "评价表").iterdir())) == evaluators

    assert call("consolidate", folder, "--round").code == 1
    sealed = results(folder / "结果/第1次/results.json")
    assert sealed["scheme"] == year
    assert {e["name"] for e in sealed["evaluators"]} >= {scheme.source.office_name}
    assert "没有另存" in call("consolidate", folder, "--round").out

    code = next(code for code, spec in scheme.inputs.items() if spec.indicator)
    district = next(d for d in data["districts"] if d["items"][item.id]["score"])
    value = next(s for s in district["items"][item.id]["sources"] if (s["code"], s["column"]) == (code, "完成情况"))
    assert "更正单" in call("correct", folder, "--round").out
    line = {"区": district["name"], "编号": code, "栏目": "完成情况", "原值": float(value["typed"]), "新值": 0}
    filled(folder / "更正单.xlsx", {**line, "理由": "复核", "批准人": "张三", "日期": scheme.source.issued})
    corrected = call("correct", folder, "--round")
    assert corrected.code == 1, corrected
    again = results(folder / "结果/第2次（更正）/results.json")
    after = next(d for d in again["districts"] if d["name"] == district["name"])
    assert after["items"][item.id]["score"] < district["items"][item.id]["score"]
    assert after["total"] < district["total"]

    compared = call(
        "diff",
        folder / "结果/第1次/results.json",
        folder / "结果/第2次（更正）/results.json",
        "-o",
        folder / "变动.xlsx",
    )
    assert compared.code == 0
    assert district["name"] in compared.out
    blank = folder / "下发" / forms[0].name
    assert call("diff", blank, forms[0], "-o", folder / "变动2.xlsx").code == 0


def test_results__of_2023__the_same_with_and_without_newer_years(
    own: dict[str, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    made = []
    for data in (loading.DATA, data_with(tmp_path / "alone")):
        monkeypatch.setattr(loading, "DATA", data)
        out = tmp_path / "同一处"
        shutil.rmtree(out, ignore_errors=True)
        call("consolidate", own["2023"] / "回收", "-o", out / "考核汇总.xlsx", "--json", out / "results.json")
        made.append([(out / name).read_bytes() for name in ("考核汇总.xlsx", "results.json")])
    assert made[0] == made[1]


def test_file_name__of_a_district_whose_name_holds_anothers__is_its_own(own: dict[str, Path]) -> None:
    folder = own["2025"]
    for name in ("城区", "新城区"):
        (folder / f"回收/区填报表_{name}.xlsx").write_bytes(b"")
    said = call("round", folder)
    lines = {tuple(line.split("　")[1:3]): line.split("　")[0] for line in said.out.splitlines()}
    assert (lines["区", "城区"], lines["区", "新城区"]) == ("退回", "退回")


# --- Mixed ------------------------------------------------------------------------------------------------------------


def test_mixed__forms_of_two_years__refused_with_their_names(own: dict[str, Path], tmp_path: Path) -> None:
    stray = shutil.copy(own["2024"] / "回收/区填报表_奉贤新区.xlsx", own["2023"] / "回收")
    for command in ("check", "consolidate"):
        said = call(command, own["2023"] / "回收", "-o", tmp_path / "out.xlsx")
        assert said.code == 2
        assert "2023 年度" in said.err
        assert f"2024 年度 {Path(stray).name}" in said.err
        assert "--scheme" in said.err  # what else can be done
        assert not (tmp_path / "out.xlsx").exists()
    # Asked for, the year's own files count, and the stray one is named as before.
    said = call("check", own["2023"] / "回收", "-o", tmp_path / "out.xlsx", "--scheme", "2023")
    assert f"{Path(stray).name}" in said.out
    assert "方案版本为“2024”" in said.out


def test_mixed__in_a_round__what_was_issued_says_the_year(own: dict[str, Path]) -> None:
    folder = own["2023"]
    shutil.copy(own["2024"] / "回收/区填报表_黄浦区.xlsx", folder / "回收/另一年.xlsx")
    said = call("round", folder)
    assert "另一年.xlsx" in said.out  # sent back, and the round goes on
    shutil.copy(own["2024"] / "任务分解表.xlsx", folder / "任务分解表.xlsx")
    said = call("round", folder)
    assert said.code == 2
    assert "2024 年度 任务分解表.xlsx" in said.err


def test_mixed__a_workbook_of_another_year_beside_a_round__refused(own: dict[str, Path]) -> None:
    assert round_scheme(own["2024"]).source.version == "2024"
    with pytest.raises(WrongCall, match=r"2023 年度 考核总表\.xlsm；2024 年度"):
        round_scheme(own["2024"], also=[Stamp("考核总表.xlsm", "2023")])


def test_mixed__tables_of_another_year__refused_also_where_the_year_is_asked_for(own: dict[str, Path]) -> None:
    folder = own["2024"]
    table = own["2023"] / "任务分解表.xlsx"
    said = call("templates", folder / "又", "--targets", table, "--scheme", "2024")
    assert said.code == 1
    assert "方案版本为“2023”；应为：方案版本 2024 的任务分解表" in said.out
    assert not (folder / "又").exists()
    call("consolidate", folder / "回收", "-o", folder / "a.xlsx", "--json", folder / "a.json")
    call("corrections", folder / "更正.xlsx", "--scheme", "2023")
    said = call(
        "correct", folder / "a.json", folder / "回收", "--corrections", folder / "更正.xlsx", "--scheme", "2024"
    )
    assert said.code == 1
    assert "方案版本为“2023”；应为：方案版本 2024 的更正单" in said.out


def test_mixed__results_of_two_years__not_compared(own: dict[str, Path], tmp_path: Path) -> None:
    paths = []
    for year in ("2023", "2024"):
        paths.append(tmp_path / f"{year}.json")
        call("consolidate", own[year] / "回收", "-o", tmp_path / f"{year}.xlsx", "--json", paths[-1])
    said = call("diff", *paths, "-o", tmp_path / "变动.xlsx")
    assert said.code == 2
    assert "2023 年度 2023.json；2024 年度 2024.json" in said.err


def test_stamp__properties_lost__still_told_by_the_sheets(own: dict[str, Path], tmp_path: Path) -> None:
    path = next((own["2023"] / "回收").iterdir())
    book = openpyxl.load_workbook(path)
    for name in list(book.custom_doc_props.names):
        del book.custom_doc_props[name]
    book.save(tmp_path / path.name)
    call("consolidate", tmp_path / path.name, "-o", tmp_path / "out.xlsx", "--json", tmp_path / "r.json")
    assert results(tmp_path / "r.json")["scheme"] == "2023"


# --- Built into a product ---------------------------------------------------------------------------------------------


def test_product__with_another_citys_data__needs_nothing_else(tmp_path: Path) -> None:
    product = product_with(tmp_path / "product", *OTHERS)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": os.fspath(product)}
        command = [sys.executable, "-m", "xladdin", *words]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
        )

    demo = run("demo")
    assert "2025年度宁州市城乡环境综合治理考核方案　排名" in demo.stdout
    assert len(list((tmp_path / "demo/回收").iterdir())) == 12
    demo = run("demo", "demo2023", "--scheme", "2023")
    assert "2023年各区城市管理精细化工作考核方案　排名" in demo.stdout
    built = run("addin", "build")
    assert built.returncode == 0, built.stderr
    manifest = (product / "workbook_templates/MANIFEST.toml").read_text(encoding="utf-8")
    assert 'scheme = "2025"' in manifest
    assert run("build-templates").returncode == 0
    assert run("templates", "模板").returncode == 0
    assert (tmp_path / "模板/考核总表.xlsm").read_bytes() == (product / "workbook_templates/考核总表.xlsm").read_bytes()
