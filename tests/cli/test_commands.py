"""The command line as people run it: what it says, what it writes, and how it ends."""

from __future__ import annotations

import gc
import inspect
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

import openpyxl
import pytest
import xlsxwriter

from macros.windows.checkup import CHECKS
from tests.conftest import Forms
from tests.support.libreoffice import DEADLINE
from tests.support.years import call
from xladdin.cli.calls import Command, Group, Which
from xladdin.cli.program import PROGRAM, main
from xladdin.cli.terminal import progress_bar, width, write
from xladdin.cli.terminal import run as terminal_run
from xladdin.files import FileBusy, write_whole
from xladdin.issues import WrongCall
from xladdin.results.master import MASTER_FILE
from xladdin.returns.targets import read_targets
from xladdin.scheme import Scheme
from xladdin.sending.forms import TEMPLATES
from xladdin.words import TARGET, VALUE, form_file_name

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

ROOT = Path(__file__).resolve().parents[2]

DONE, PROBLEMS, USAGE = 0, 1, 2
OURS = "静安区"

Ended = subprocess.CompletedProcess[str]


def run(*arguments: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> Ended:
    """`python -m xladdin` in a folder, as a process would run it, but in this one."""
    command = ["__main__.py", *map(str, arguments)]
    out, err = io.StringIO(), io.StringIO()
    with (
        chdir(cwd),
        patch.dict(os.environ, env or {}),
        patch.object(sys, "argv", command),
        patch.object(os, "_exit", sys.exit),
        redirect_stdout(out),
        redirect_stderr(err),
        pytest.raises(SystemExit) as end,
    ):
        for name in {"SOURCE_DATE_EPOCH", "PYTHONIOENCODING"} - {*(env or {})}:
            os.environ.pop(name, None)
        main()
    gc.enable()
    assert "程序出错" not in err.getvalue(), err.getvalue()
    return Ended(command, int(str(end.value.code)), out.getvalue(), err.getvalue())


def started(*arguments: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> Ended:
    """The same in a process of its own; it always speaks UTF-8."""
    environment = {k: v for k, v in os.environ.items() if k not in ("SOURCE_DATE_EPOCH", "PYTHONIOENCODING")}
    environment |= {"PYTHONPATH": str(ROOT), **(env or {})}
    command = [sys.executable, "-m", "xladdin", *map(str, arguments)]
    ended = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, timeout=DEADLINE, check=False)
    out, err = ended.stdout.decode("utf-8"), ended.stderr.decode("utf-8")
    assert "程序出错" not in err, err
    return Ended(command, ended.returncode, out, err)


def listing(folder: Path) -> dict[Path, bytes | None]:
    """Everything below the folder, hidden and temporary files included."""
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def chinese(text: str) -> bool:
    return bool(re.search("[\u4e00-\u9fff]", text))


def forms_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture(scope="module")
def all_files(scheme: Scheme) -> set[str]:
    return {MASTER_FILE, *(form_file_name(name) for name in scheme.district_names)}


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of templates as the command writes them. Not to be written to."""
    folder = tmp_path_factory.mktemp("templates")
    assert started("templates", "模板", "--scheme", "2023", cwd=folder).returncode == DONE
    return folder / "模板"


@pytest.fixture(scope="module")
def results_path(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """results.json of the clean forms. Not to be written to."""
    folder = tmp_path_factory.mktemp("results")
    ended = run("consolidate", filled, "-o", "考核汇总.xlsx", "--json", "results.json", cwd=folder)
    assert ended.returncode == DONE, ended.stdout
    return folder / "results.json"


# --- templates --------------------------------------------------------------------------------------------------------


def test_templates__into_a_new_folder__writes_the_16_forms_and_the_master(templates: Path, all_files: set[str]) -> None:
    assert forms_in(templates) == all_files
    assert (templates / MASTER_FILE).read_bytes() == (TEMPLATES / MASTER_FILE).read_bytes()
    for path in templates.glob("区填报表_*"):
        book = openpyxl.load_workbook(path)
        assert book.sheetnames == ["填报说明", "附件1", "附件2"]
        assert book["填报说明"]["B3"].value == path.stem.removeprefix("区填报表_")


def test_templates__of_a_second_issue__carry_its_number(tmp_path: Path, all_files: set[str]) -> None:
    ended = run("templates", "深/模板", "--scheme", "2023", "--issue", "2", cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (DONE, "")
    assert "16" in ended.stdout
    assert "模板" in ended.stdout
    assert forms_in(tmp_path / "深" / "模板") == all_files
    sheet = openpyxl.load_workbook(tmp_path / "深" / "模板" / form_file_name("静安区"))["填报说明"]
    assert sheet["B5"].value == "JXH2023-03-2"


def test_templates__made_twice__have_identical_bytes(templates: Path, tmp_path: Path) -> None:
    run("templates", "再次", "--scheme", "2023", cwd=tmp_path)
    assert {p.name: p.read_bytes() for p in (tmp_path / "再次").iterdir()} == {
        p.name: p.read_bytes() for p in templates.iterdir()
    }


def shared_out(scheme: Scheme) -> dict[str, dict[str, Decimal]]:
    """Every city-wide amount divided among the districts to the last unit: by code and district."""
    table: dict[str, dict[str, Decimal]] = {}
    names = scheme.district_names
    for indicator in scheme.indicators:
        if indicator.by_zone:
            table[indicator.code] = {d.name: indicator.by_zone[d.zone] for d in scheme.districts}
            continue
        amount = indicator.amount or Decimal(64)
        each, rest = divmod(amount, len(names))
        table[indicator.code] = {name: each + (1 if n < rest else 0) for n, name in enumerate(names)}
    return table


def write_targets(
    path: Path, scheme: Scheme, changes: Mapping[tuple[str, str], object], drop: Iterable[str] = ()
) -> Path:
    """任务分解表: 编号 × 区, with some cells changed and some districts left out."""
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("任务分解")
    sheet.write(0, 0, "2023年任务分解表")
    names = [name for name in scheme.district_names if name not in drop]
    sheet.write_row(2, 0, ["编号", "任务", *names])
    for row, (code, shares) in enumerate(shared_out(scheme).items(), 3):
        cells = [changes.get((code, name), float(shares[name])) for name in names]
        sheet.write_row(row, 0, [code, scheme.inputs[code].name, *cells])
    book.close()
    return path


def test_targets__that_add_up__are_filled_into_every_form(forms: Forms, scheme: Scheme, tmp_path: Path) -> None:
    write_targets(tmp_path / "任务分解表.xlsx", scheme, {})
    ended = run("templates", "模板", "--targets", "任务分解表.xlsx", "--scheme", "2023", cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (DONE, "")
    shares = shared_out(scheme)
    for name in scheme.district_names:
        book = openpyxl.load_workbook(tmp_path / "模板" / form_file_name(name))
        for code, by_district in shares.items():
            sheet, cell = forms.at(code, TARGET)
            assert (book[sheet][cell].value or 0) == by_district[name], (name, code)
    master = openpyxl.load_workbook(tmp_path / "模板" / MASTER_FILE)
    for name in scheme.district_names:
        amounts = {row[5].value: row[8].value for row in master[name].iter_rows(min_row=4)}
        for code, by_district in shares.items():
            assert (amounts[code] or 0) == by_district[name], (name, code)


def test_targets__with_a_wrong_sum__are_named_and_the_forms_written(
    scheme: Scheme, tmp_path: Path, all_files: set[str]
) -> None:
    write_targets(tmp_path / "任务分解表.xlsx", scheme, {("K02.1", "黄浦区"): 3.0})
    ended = run("templates", "模板", "--targets", "任务分解表.xlsx", "--scheme", "2023", cwd=tmp_path)
    assert ended.returncode == DONE  # 提醒 alone
    named = [line for line in ended.stdout.splitlines() if line.startswith("[")]
    assert len(named) == 1
    assert all(word in named[0] for word in ("任务分解表.xlsx", "任务分解 A6", "18", "16 个", "完成 16 个"))
    assert forms_in(tmp_path / "模板") == all_files


@pytest.mark.parametrize(
    ("changes", "drop", "words"),
    [
        ({("K02.1", "黄浦区"): -1.0}, (), ("黄浦区", "任务分解 D6", "-1")),
        ({("K02.1", "黄浦区"): "若干"}, (), ("黄浦区", "任务分解 D6", "若干")),
        ({("K10.5", "黄浦区"): 0.5}, (), ("黄浦区", "0.5", "45% 填 45")),
        ({}, ("崇明区",), ("表头缺 崇明区",)),
    ],
    ids=["negative", "text", "fraction for a percentage", "a district missing"],
)
def test_targets__with_an_error__are_named_and_nothing_is_written(
    scheme: Scheme,
    tmp_path: Path,
    changes: Mapping[tuple[str, str], object],
    drop: tuple[str, ...],
    words: tuple[str, ...],
) -> None:
    write_targets(tmp_path / "任务分解表.xlsx", scheme, changes, drop)
    before = listing(tmp_path)
    ended = run("templates", "模板", "--targets", "任务分解表.xlsx", "--scheme", "2023", cwd=tmp_path)
    assert ended.returncode == PROBLEMS
    assert any(all(word in line for word in words) for line in ended.stdout.splitlines()), ended.stdout
    assert "未生成模板" in ended.stderr
    assert listing(tmp_path) == before


@pytest.mark.parametrize("code", ["K23.1", "K33.1"])
def test_targets__without_a_row_whose_amount_the_text_sets__nothing_is_written(
    scheme: Scheme, tmp_path: Path, code: str
) -> None:
    path = write_targets(tmp_path / "任务分解表.xlsx", scheme, {})
    found = {issue.code: issue for issue in read_targets(scheme, without_row(path, code))[1]}
    is_set = scheme.least_amount(code) is not None
    assert (list(found), is_set) == ((["T04"], True) if code == "K33.1" else (["T02"], False))
    if is_set:
        before = listing(tmp_path)
        said = call("templates", tmp_path / "模板", "--targets", path, "--scheme", "2023")
        assert (said.code, f"没有 {code}" in said.out, "未生成模板" in said.err) == (PROBLEMS, True, True)
        assert listing(tmp_path) == before


def without_row(path: Path, code: str) -> Path:
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    page.delete_rows(next(row for row in range(1, page.max_row + 1) if page.cell(row, 1).value == code))
    book.save(path)
    return path


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"PK\x03\x04cut off"])
def test_targets__no_workbook__are_named_and_nothing_is_written(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "任务分解表.xlsx").write_bytes(content)
    before = listing(tmp_path)
    ended = run("templates", "模板", "--targets", "任务分解表.xlsx", "--scheme", "2023", cwd=tmp_path)
    assert ended.returncode == PROBLEMS
    assert "任务分解表.xlsx" in ended.stdout
    assert listing(tmp_path) == before


# --- sample -----------------------------------------------------------------------------------------------------------


def test_sample__same_seed__identical_bytes_and_another_seed_differs(
    templates: Path, tmp_path: Path, all_files: set[str]
) -> None:
    before = listing(templates)
    for out, seed in (("甲", "7"), ("乙", "7"), ("丙", "8")):
        ended = run("sample", templates, out, "--seed", seed, cwd=tmp_path)
        assert (ended.returncode, ended.stderr) == (DONE, "")
        assert forms_in(tmp_path / out) == all_files - {MASTER_FILE}
    made = {out: {p.name: p.read_bytes() for p in (tmp_path / out).iterdir()} for out in "甲乙丙"}
    assert made["甲"] == made["乙"]
    assert all(made["甲"][name] != made["丙"][name] for name in all_files - {MASTER_FILE})
    assert listing(templates) == before


def test_sample__without_templates__is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    before = listing(tmp_path)
    ended = run("sample", "空", "出", cwd=tmp_path)
    assert ended.returncode == USAGE
    assert "空" in ended.stderr
    assert "xladdin templates" in ended.stderr
    assert listing(tmp_path) == before


# --- check ------------------------------------------------------------------------------------------------------------


def test_check__clean_forms_and_a_stray_file__ends_well_and_says_so(filled: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(filled, tmp_path / "回收")
    (folder / "通知.docx").write_bytes(b"PK\x03\x04")
    ended = run("check", "回收", "-o", "校验结果.xlsx", cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (DONE, "")
    told, *rest = ended.stdout.splitlines()
    assert told.startswith("[提醒] 通知.docx：")
    assert rest == ["共 1 条：提醒 1", "校验结果：校验结果.xlsx"]
    assert forms_in(tmp_path) == {"回收", "校验结果.xlsx"}


def test_check__problems__names_each_with_place_and_remedy_and_writes_them(
    forms: Forms, filled: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(filled, tmp_path / "回收")
    (folder / form_file_name(OURS)).write_bytes(forms.make(OURS, {("K05.1", VALUE): "已完成"}))
    (folder / form_file_name("黄浦区")).unlink()
    ended = run("check", "回收", cwd=tmp_path)
    assert ended.returncode == PROBLEMS
    lines = ended.stdout.splitlines()
    assert [
        line
        for line in lines
        if all(w in line for w in ("[错误]", OURS, form_file_name(OURS), "附件2 K11", "已完成", "办法"))
    ]
    assert [line for line in lines if "[错误]" in line and "黄浦区" in line and "没有可用的填报表" in line]
    assert lines[-3:-1] == ["  黄浦区、静安区：各错误 1", "共 2 条：错误 2"]
    sheet = openpyxl.load_workbook(tmp_path / "校验结果.xlsx")["校验"]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [row for row in cells if OURS in row and "K11" in row and "C01" in row]
    assert [row for row in cells if "黄浦区" in row and "F01" in row]


def test_check__one_file_alone__does_not_miss_the_other_districts(filled: Path, tmp_path: Path) -> None:
    ended = run("check", filled / form_file_name(OURS), cwd=tmp_path)
    assert ended.returncode == DONE
    assert "没有发现问题" in ended.stdout


def test_check_and_consolidate__marks_still_to_come__only_hold_up_the_ranking(
    forms: Forms, filled: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(filled, tmp_path / "回收")
    (folder / form_file_name(OURS)).write_bytes(forms.make(OURS, {("K14.1", VALUE): None}))
    checked = run("check", "回收", cwd=tmp_path)
    assert checked.returncode == DONE
    assert "[待评]" in checked.stdout
    assert run("consolidate", "回收", cwd=tmp_path).returncode == PROBLEMS


# --- consolidate ------------------------------------------------------------------------------------------------------


def test_consolidate__clean_forms__ends_well_and_writes_both(results_path: Path, scheme: Scheme) -> None:
    assert forms_in(results_path.parent) == {"考核汇总.xlsx", "results.json"}
    data = json.loads(results_path.read_text(encoding="utf-8"))
    assert [d["rank"] for d in data["districts"]] == sorted(d["rank"] for d in data["districts"])
    assert {d["name"] for d in data["districts"]} == set(scheme.district_names)
    book = openpyxl.load_workbook(results_path.parent / "考核汇总.xlsx")
    assert {"汇总", "排名", "校验", "溯源", "口径"} <= set(book.sheetnames)


def test_consolidate__problems_in_the_data__ends_with_1_and_loses_nothing(
    forms: Forms, filled: Path, tmp_path: Path, results_path: Path
) -> None:
    folder = shutil.copytree(filled, tmp_path / "回收")
    (folder / form_file_name(OURS)).write_bytes(b"%PDF-1.7")
    before = listing(folder)
    ended = run("consolidate", "回收", "--json", "results.json", cwd=tmp_path)
    assert ended.returncode == PROBLEMS
    lines = ended.stdout.splitlines()
    assert [line.split()[1] for line in lines[1:-2] if line.endswith("暂定")] == [OURS]
    assert lines[-2:] == ["汇总工作簿：考核汇总.xlsx", "校验：错误 2，见“校验”"]
    assert listing(folder) == before
    own, clean = (
        {d["name"]: d for d in json.loads(path.read_text(encoding="utf-8"))["districts"]}
        for path in (tmp_path / "results.json", results_path)
    )
    for name, district in own.items():
        assert (district["total"] == clean[name]["total"]) == (name != OURS)
    assert {item["status"] for item in own[OURS]["items"].values()} == {"missing"}


def test_consolidate__its_result_in_the_same_folder__is_not_read_the_next_time(filled: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(filled, tmp_path / "回收")
    totals = []
    for _ in range(2):
        ended = run("consolidate", ".", "--json", "results.json", cwd=folder)
        assert ended.returncode == DONE, ended.stdout
        data = json.loads((folder / "results.json").read_text(encoding="utf-8"))
        totals.append({d["name"]: d["total"] for d in data["districts"]})
    assert totals[0] == totals[1]


def test_consolidate__under_a_policy__says_which_in_the_results(filled: Path, tmp_path: Path) -> None:
    arguments = ("--policy", "briefs_at_six=lower", "--policy", "multi_indicator=weights:K10.1=2,K10.2=1")
    ended = run("consolidate", filled, "--json", "results.json", *arguments, cwd=tmp_path)
    assert ended.returncode == DONE
    policies = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["policies"]
    assert policies["briefs_at_six"] == "lower"
    assert policies["multi_indicator"] == "weights:K10.1=2,K10.2=1"
    assert policies["ratio_cap"] == "cap"


def test_output__on_a_terminal_that_is_not_utf8__is_readable_all_the_same(filled: Path, tmp_path: Path) -> None:
    ended = started("check", filled, cwd=tmp_path, env={"PYTHONIOENCODING": "ascii"})
    assert ended.returncode == DONE
    assert "没有发现问题" in ended.stdout


# --- demo -------------------------------------------------------------------------------------------------------------


def test_demo__in_an_empty_folder__shows_the_ranking_and_where_everything_is(
    tmp_path: Path, scheme: Scheme, all_files: set[str]
) -> None:
    ended = run("demo", "演示", "--scheme", "2023", cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (DONE, "")
    out = tmp_path / "演示"
    assert forms_in(tmp_path) == {"演示"}
    assert forms_in(out / "模板") >= all_files
    assert forms_in(out / "回收") == all_files - {MASTER_FILE}
    data = json.loads((out / "results.json").read_text(encoding="utf-8"))
    shown = [line for line in ended.stdout.splitlines() if re.match(r"\D*\d+\s.*区", line)]
    for district in data["districts"]:
        row = [line for line in shown if district["name"] in line and f"{district['total']:.2f}" in line]
        assert len(row) == 1, district["name"]
        assert ("暂定" in row[0]) == district["provisional"]
    ends = {width(line.partition(".")[0]) for line in shown if re.search(r"\.\d\d  ", line)}
    assert len(ends) == 1, "the totals stand below one another"
    for name in ("模板", "回收", "校验结果.xlsx", "考核汇总.xlsx", "results.json"):
        assert (out / name).exists()
        assert str(Path("演示") / name) in ended.stdout


def test_demo__on_top_of_itself__gives_the_same_again(tmp_path: Path) -> None:
    made = []
    for _ in range(2):
        assert run("demo", cwd=tmp_path, env={"SOURCE_DATE_EPOCH": "1700000000"}).returncode == DONE
        made.append(listing(tmp_path))
    assert made[0] == made[1]


# --- explain ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "item"), [(OURS, "k01"), (OURS.removesuffix("区"), "美丽街区")])
def test_explain__a_score__says_how_it_came_and_from_which_cells(
    results_path: Path, who: str, item: str, tmp_path: Path
) -> None:
    ended = run("explain", who, item, results_path, cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (DONE, "")
    data = {d["name"]: d for d in json.loads(results_path.read_text(encoding="utf-8"))["districts"]}
    score = data[OURS]["items"]["K01"]
    lines = ended.stdout.splitlines()
    assert OURS in lines[0]
    assert "2 分" in lines[0]
    assert score["explain"] in lines
    for cell in ("附件2!J5", "附件2!K5", "附件2!J6", "附件2!K6"):
        assert [line for line in lines if form_file_name(OURS) in line and cell in line]


def test_explain__items_of_every_section__end_in_the_score(results_path: Path, tmp_path: Path) -> None:
    for item in ("K14", "N1", "R6", "I3"):
        ended = run("explain", "浦东新区", item, results_path, cwd=tmp_path)
        assert ended.returncode == DONE
        assert re.search(r"得分 -?\d+\.\d\d$", ended.stdout, re.MULTILINE), item


@pytest.mark.parametrize(
    ("district", "item", "words"),
    [
        ("静宁", "K01", ("没有区“静宁”", "静安区", "崇明区")),
        ("区", "K01", ("“区”不止一个区", "静安区", "崇明区")),
        (OURS, "K35", ("K35", "总分", "重点工作", "K01 美丽街区", "I3")),
        (OURS, "K1", ("K1", "K01")),
        (OURS, "", ("K01",)),
        (OURS, "美丽", ("“美丽”不止一个项目；可选：K01 美丽街区、K14 美丽家园\n",)),
    ],
)
def test_explain__name_of_nothing_or_of_several__says_what_there_is(
    results_path: Path, tmp_path: Path, district: str, item: str, words: tuple[str, ...]
) -> None:
    ended = run("explain", district, item, results_path, cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (USAGE, "")
    assert all(word in ended.stderr for word in words)
    assert chinese(ended.stderr)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\xfe\x00binary", id="binary"),
        pytest.param(b"[]", id="list"),
        pytest.param(b"[" * 2000 + b"]" * 2000, id="nested"),
        pytest.param(b'"text"', id="text"),
        pytest.param(b'{"districts": 5}', id="districts no list"),
        pytest.param(b'{"districts": [1, 2]}', id="districts no records"),
        pytest.param(b'{"districts": [{}]}', id="no names"),
        pytest.param(
            '{"districts": [{"name": "静安区"}]}'.encode(),
            id="no items",
        ),
        pytest.param(
            '{"districts": [{"name": "静安区", "items": {"K01": {"score": 2}}}]}'.encode(),
            id="no explanation",
        ),
    ],
)
def test_explain__file_that_holds_no_results__is_wrong_usage(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "results.json").write_bytes(content)
    ended = run("explain", OURS, "K01", "results.json", cwd=tmp_path)
    assert ended.returncode == USAGE
    assert "results.json" in ended.stderr
    assert chinese(ended.stderr)


# --- Wrong usage ------------------------------------------------------------------------------------------------------

WRONG: dict[str, tuple[list[str], tuple[str, ...]]] = {
    "no command": ([], ("templates", "consolidate")),
    "unknown command": (["汇总"], ("汇总",)),
    "unknown option": (["check", ".", "--fast"], ("--fast",)),
    "check without a path": (["check"], ("PATH",)),
    "consolidate without a path": (["consolidate", "-o", "x.xlsx"], ("PATH",)),
    "check of nothing": (["check", "没有这个文件夹"], ("没有这个文件夹",)),
    "consolidate of nothing": (["consolidate", "没有.xlsx"], ("没有.xlsx",)),
    "consolidate of one that is not": (["consolidate", ".", "没有.xlsx"], ("没有.xlsx",)),
    "templates without a folder": (["templates"], ("OUT",)),
    "templates with targets that are not": (["templates", "模板", "--targets", "没有.xlsx"], ("没有.xlsx",)),
    "templates of issue 0": (["templates", "模板", "--issue", "0"], ("--issue",)),
    "sample of nothing": (["sample", "没有", "出"], ("没有",)),
    "sample with a word for a seed": (["sample", ".", "出", "--seed", "七"], ("--seed",)),
    "explain without results": (["explain", OURS, "K01"], ("RESULTS",)),
    "explain of nothing": (["explain", OURS, "K01", "没有.json"], ("没有.json",)),
    "policy unknown": (["consolidate", ".", "--policy", "rounding_mode=up"], ("rounding_mode", "ratio_cap", "ties")),
    "policy's option unknown": (["consolidate", ".", "--policy", "ratio_cap=maybe"], ("ratio_cap", "maybe", "none")),
    "policy without =": (["consolidate", ".", "--policy", "ratio_cap"], ("ratio_cap", "名称=选项")),
    "policy without a name": (["consolidate", ".", "--policy", "=cap"], ("ratio_cap", "ties")),
    "policy without an option": (["consolidate", ".", "--policy", "ratio_cap="], ("ratio_cap", "none")),
    "policy empty": (["consolidate", ".", "--policy", ""], ("名称=选项",)),
    "weights without any": (["consolidate", ".", "--policy", "multi_indicator=weights"], ("weights:K10.1=2",)),
    "weights of no indicator": (["consolidate", ".", "--policy", "multi_indicator=weights:K14.1=2"], ("K14.1",)),
    "weights not positive": (["consolidate", ".", "--policy", "multi_indicator=weights:K10.1=-1"], ("K10.1", "-1")),
    "weights no number": (["consolidate", ".", "--policy", "multi_indicator=weights:K10.1=nan"], ("K10.1", "nan")),
    "detail where none belongs": (["consolidate", ".", "--policy", "ratio_cap=cap:1"], ("ratio_cap", ":1")),
}


@pytest.mark.parametrize(("arguments", "words"), WRONG.values(), ids=WRONG.keys())
def test_wrong_usage__of_any_kind__ends_with_2_says_in_chinese_what_is_wrong_and_writes_nothing(
    arguments: list[str], words: tuple[str, ...], tmp_path: Path
) -> None:
    ended = run(*arguments, cwd=tmp_path)
    assert ended.returncode == USAGE
    assert chinese(ended.stderr), ended.stderr
    assert all(word in ended.stderr for word in words), ended.stderr
    assert listing(tmp_path) == {}


@pytest.mark.parametrize("case", ["unknown command", "templates of issue 0", "sample with a word for a seed"])
def test_wrong_usage__message__has_no_english_sentence(case: str, tmp_path: Path) -> None:
    ended = run(*WRONG[case][0], cwd=tmp_path)
    assert not re.search(r"[A-Za-z]{2,} [a-z]{2,} ", ended.stderr.splitlines()[0]), ended.stderr


MISUSED = {
    "option without its value": (["check", ".", "-o"], "选项 -o 缺少值"),
    "value behind an option that has none": (["consolidate", ".", "--round=1"], "选项 --round 后面不写值"),
    "too many": (["demo", "甲", "乙"], "没有这个命令或参数：“乙”"),
    "no such day": (["round", ".", "--today", "2024-02-30"], "参数 --today 为“2024-02-30”，应为日期，如 2024-03-01"),
    "no such file among several": (["check", "没有.xlsx", ".", "-o", "x.xlsx"], "找不到文件或文件夹“没有.xlsx”"),
    "option of the program": (["--version"], "没有选项 --version"),
    "addin alone": (["addin", "remove"], "没有这个命令或参数：“remove”"),
}


@pytest.mark.parametrize(("arguments", "said"), MISUSED.values(), ids=MISUSED.keys())
def test_wrong_usage__said_exactly_and_where_to_look(arguments: list[str], said: str, tmp_path: Path) -> None:
    ended = run(*arguments, cwd=tmp_path)
    command = " ".join(["xladdin", *(word for word in arguments[:1] if not word.startswith("-"))])
    assert (ended.returncode, ended.stdout) == (USAGE, "")
    assert ended.stderr.splitlines() == [said, f"用法见：python -m {command} --help"]


def test_arguments__in_any_order__mean_the_same(filled: Path, tmp_path: Path) -> None:
    first, second = filled / form_file_name(OURS), filled / form_file_name("黄浦区")
    for arguments in (
        [first, "-o", "甲.xlsx", second],
        ["-o甲.xlsx", first, second],
        ["--output=甲.xlsx", "--", first, second],
    ):
        ended = run("check", *arguments, cwd=tmp_path)
        assert (ended.returncode, forms_in(tmp_path)) == (DONE, {"甲.xlsx"}), ended.stderr
        (tmp_path / "甲.xlsx").unlink()


# --- Help -------------------------------------------------------------------------------------------------------------


def calls(name: tuple[str, ...], called: Group | Command) -> Iterator[tuple[tuple[str, ...], Group | Command]]:
    yield name, called
    for word, command in called.commands.items() if isinstance(called, Group) else ():
        yield from calls((*name, word), command)


CALLS = dict(calls((), PROGRAM))


@pytest.mark.parametrize("words", CALLS, ids=lambda words: " ".join(words) or "xladdin")
def test_help__of_the_program_and_each_command__names_everything_in_chinese(
    words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["xladdin", *words, "--help"])
    monkeypatch.setattr("os._exit", lambda code: pytest.fail() if code else None)
    main()
    shown, called = capsys.readouterr().out, CALLS[words]
    assert shown.startswith(" ".join(("用法：xladdin", *words)))
    assert called.about in shown.replace("\n" + " " * 13, "")
    lines = [line for line in shown.splitlines() if line.startswith("  ")]
    named = called.commands if isinstance(called, Group) else [a.label for a in called.arguments] + ["--help"]
    for name in named:
        assert [line for line in lines if line.startswith(f"  {name} ") and chinese(line)], name
    assert not re.search(r"usage|option|argument|default|required|show", shown, re.IGNORECASE)
    assert max(map(width, shown.splitlines()[4:])) < 80


def test_functions__of_commands__take_just_the_arguments_of_the_table() -> None:
    for words, called in CALLS.items():
        if isinstance(called, Command):
            own = list(inspect.signature(called.function).parameters)
            expected = ["scheme"] * (called.scheme is Which.NEWEST) + [a.parameter for a in called.arguments]
            assert sorted(own) == sorted(expected), words


# --- The terminal -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "said", "code"),
    [
        (
            OSError(28, "No space left on device", "/考核/汇总.xlsx"),
            "文件操作失败：/考核/汇总.xlsx：磁盘已满",
            PROBLEMS,
        ),
        (WrongCall("不对"), "不对", USAGE),
        (RuntimeError("what nobody has thought of"), "没有完成：程序出错。请把文件", PROBLEMS),
    ],
)
def test_error__of_any_kind__is_said_in_chinese_and_noted_where_nobody_has_thought_of_it(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    said: str,
    code: int,
) -> None:
    def fail() -> int:
        raise error

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("gc.disable", lambda: None)
    with pytest.raises(SystemExit) as end:
        terminal_run(fail)
    shown = capsys.readouterr().err
    assert (end.value.code, shown.startswith(said)) == (code, True)
    assert "No space" not in shown
    assert "nobody" not in shown
    noted = [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()]
    assert [text.splitlines()[-1] for text in noted] == (
        ["RuntimeError: what nobody has thought of"] if isinstance(error, RuntimeError) else []
    )


class Terminal(io.StringIO):
    """A terminal of a Chinese system, 80 columns wide."""

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        raise OSError


def test_progress__on_a_terminal__one_line_that_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with progress_bar("汇总") as step:
        assert step is not None
        step(8, 16, "区填报表_浦东新区.xlsx")
        step(16, 16, "很长" * 40)
        step(16, 16, "")
    lines = terminal.getvalue().split("\r")
    assert f"汇总 {'#' * 15}{'-' * 15} 8/16 区填报表_浦东新区.xlsx" in lines
    assert "\n" not in terminal.getvalue()
    assert max(map(width, lines)) == 78  # of 79, and the next character takes two
    assert (lines[-2].strip(), width(lines[-2]), lines[-1]) == ("", width(f"汇总 {'#' * 30} 16/16 "), "")


def test_progress__elsewhere__none(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("汇总") as step:
        assert step is None
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("epoch", ["yesterday", "99999999999999"])
def test_source_date_epoch__no_date__ends_without_a_traceback(filled: Path, tmp_path: Path, epoch: str) -> None:
    ended = run("consolidate", filled, cwd=tmp_path, env={"SOURCE_DATE_EPOCH": epoch})
    assert ended.returncode in (DONE, USAGE)


# --- Written whole or not at all --------------------------------------------------------------------------------------

Obstacle = Callable[[Path], Path]


def a_folder(place: Path) -> Path:
    """Where the output should go there is a folder."""
    (place / "挡路").mkdir()
    return place / "挡路"


def below_a_file(place: Path) -> Path:
    """The output's folder is a file."""
    (place / "挡路").write_bytes(b"1")
    return place / "挡路" / "结果.xlsx"


def read_only(place: Path) -> Path:
    """Nothing may be written into the output's folder."""
    (place / "只读").mkdir(mode=0o555)
    return place / "只读" / "结果.xlsx"


def writes_anywhere() -> bool:
    """Whether a read-only folder stops nobody here: the user is root, or the system has no such folders."""
    with tempfile.TemporaryDirectory() as place:
        try:
            read_only(Path(place)).write_bytes(b"")
        except PermissionError:
            return False
        return True


if_read_only = pytest.mark.skipif(writes_anywhere(), reason="no folder is read-only to this user")


@pytest.mark.parametrize("obstacle", [a_folder, below_a_file, pytest.param(read_only, marks=if_read_only)])
@pytest.mark.parametrize("command", ["check", "consolidate", "consolidate --json"])
def test_output__that_cannot_be_written__is_said_and_leaves_nothing_behind(
    filled: Path, tmp_path: Path, command: str, obstacle: Obstacle
) -> None:
    target = obstacle(tmp_path)
    before = listing(tmp_path)
    option = ["--json", target, "-o", "考核汇总.xlsx"] if "--json" in command else ["-o", target]
    ended = run(command.split()[0], filled, *option, cwd=tmp_path)
    assert ended.returncode == PROBLEMS
    assert chinese(ended.stderr)
    after = {path: content for path, content in listing(tmp_path).items() if path.name != "考核汇总.xlsx"}
    assert after == before


def test_output__that_is_a_folder__is_named_in_the_message(filled: Path, tmp_path: Path) -> None:
    ended = run("consolidate", filled, "-o", a_folder(tmp_path), cwd=tmp_path)
    assert "挡路" in ended.stderr


@pytest.mark.parametrize("obstacle", [below_a_file, pytest.param(read_only, marks=if_read_only)])
@pytest.mark.parametrize("command", ["templates", "sample", "demo"])
def test_output_folder__that_cannot_be_written__is_said_and_leaves_nothing_behind(
    templates: Path, tmp_path: Path, command: str, obstacle: Obstacle
) -> None:
    target = obstacle(tmp_path)
    before = listing(tmp_path)
    ended = run(command, *([templates] if command == "sample" else []), target, cwd=tmp_path)
    assert ended.returncode == PROBLEMS
    assert chinese(ended.stderr)
    assert listing(tmp_path) == before


@pytest.mark.parametrize(
    ("error", "raised"), [(PermissionError(13, "in use"), FileBusy), (OSError(28, "full"), OSError)]
)
def test_file__whose_replacement_fails__keeps_its_old_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, raised: type[Exception]
) -> None:
    path = tmp_path / "考核汇总.xlsx"
    write_whole(path, b"old")

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(raised):
        write_whole(path, b"new")
    assert listing(tmp_path) == {path: b"old"}


def test_result__in_place_of_a_damaged_workbook__is_written(tmp_path: Path) -> None:
    path = tmp_path / "校验结果.xlsx"
    path.write_bytes(b"PK\x03\x04 cut off")
    write({path: b"new"})
    assert listing(tmp_path) == {path: b"new"}


def test_result__open_in_excel__is_said_to_be_closed_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "考核汇总.xlsx"

    def busy(*_: object) -> None:
        raise PermissionError(13, "in use")

    monkeypatch.setattr("os.replace", busy)
    with pytest.raises(FileBusy, match=r"考核汇总\.xlsx.*关闭"):
        write_whole(path, b"new")


# --- What was returned is never lost ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "回收", "-o", f"回收/{form_file_name(OURS)}"],
        ["check", f"回收/{form_file_name(OURS)}", "-o", f"回收/{form_file_name(OURS)}"],
        ["consolidate", "回收", "-o", f"回收/{form_file_name(OURS)}"],
        ["consolidate", "回收", "--json", f"回收/{form_file_name(OURS)}"],
        ["templates", "回收"],
    ],
    ids=[
        "check over a form",
        "check over its only form",
        "consolidate over a form",
        "json over a form",
        "templates over forms",
    ],
)
def test_returned_forms__as_the_output_of_a_command__are_not_overwritten(
    filled: Path, tmp_path: Path, arguments: list[str]
) -> None:
    folder = shutil.copytree(filled, tmp_path / "回收")
    before = listing(folder)
    run(*arguments, cwd=tmp_path)
    after = listing(folder)
    assert {path.name for path in before if after.get(path) != before[path]} == set()


@pytest.mark.parametrize("command", ["check", "consolidate"])
def test_returned_file__that_could_not_be_read__is_not_overwritten_either(
    filled: Path, tmp_path: Path, command: str
) -> None:
    # Protected by a password, say: refused as a form, and still what the district handed in.
    folder = shutil.copytree(filled, tmp_path / "回收")
    (folder / form_file_name(OURS)).rename(folder / "静安区.xlsx")
    (folder / "静安区.xlsx").write_bytes(b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"))
    before = listing(folder)
    run(command, "回收", "-o", "回收/静安区.xlsx", cwd=tmp_path)
    assert listing(folder) == before


def test_workbook_and_json__under_one_name__is_wrong_usage(filled: Path, tmp_path: Path) -> None:
    ended = run("consolidate", filled, "-o", "结果.xlsx", "--json", "结果.xlsx", cwd=tmp_path)
    assert ended.returncode == USAGE


@pytest.mark.parametrize("command", ["check", "consolidate"])
def test_returned_forms__read_by_a_command__keep_their_bytes_and_times(
    filled: Path, tmp_path: Path, command: str
) -> None:
    folder = shutil.copytree(filled, tmp_path / "回收")
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}
    assert run(command, "回收", cwd=tmp_path).returncode == DONE
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()} == before


def test_stored_templates__by_any_command__stay_as_they_are(tmp_path: Path) -> None:
    before = listing(TEMPLATES)
    run("demo", "演示", "--scheme", "2023", cwd=tmp_path)
    assert listing(TEMPLATES) == before


CANCELLED_AT_THE_THIRD_FILE = """
import sys
from xladdin import cli
from xladdin.returns import reading
read, count = reading.read_workbook, iter(range(99))
def interrupted(path):
    if next(count) == 2:
        raise KeyboardInterrupt
    return read(path)
reading.read_workbook = interrupted
cli.main()
"""


@pytest.mark.parametrize("command", ["check", "consolidate"])
def test_command__cancelled_halfway__says_so_and_writes_nothing(filled: Path, tmp_path: Path, command: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", CANCELLED_AT_THE_THIRD_FILE, command, str(filled), "-o", str(tmp_path / "结果.xlsx")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
    )
    assert ended.returncode == PROBLEMS
    assert "已取消" in ended.stderr
    assert "程序出错" not in ended.stderr
    assert list(tmp_path.iterdir()) == []


# --- repair, addin ----------------------------------------------------------------------------------------------------


def broken_formulas(path: Path) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("得分")
        sheet.write_row(0, 0, [6, 8])
        sheet.write_formula(0, 2, "='D:\\addins\\FineScore.xlam'!FS_RATIO(A1,B1)", None, 1.5)
    return path


def test_repair__broken_formula__is_listed_and_mended_in_a_copy(tmp_path: Path) -> None:
    path = broken_formulas(tmp_path / "旧表.xlsx")
    before = path.read_bytes()
    ended = run("repair", "旧表.xlsx", cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (DONE, "")
    assert "得分!C1" in ended.stdout
    assert "=FS_RATIO(A1,B1)" in ended.stdout
    assert path.read_bytes() == before
    assert openpyxl.load_workbook(tmp_path / "旧表（已修复）.xlsx")["得分"]["C1"].value == "=FS_RATIO(A1,B1)"


def test_repair__nothing_broken__writes_nothing(tmp_path: Path) -> None:
    broken_formulas(tmp_path / "旧表.xlsx")
    run("repair", "旧表.xlsx", "-o", "新表.xlsx", cwd=tmp_path)
    ended = run("repair", "新表.xlsx", cwd=tmp_path)
    assert (ended.returncode, "没有需要修复" in ended.stdout) == (DONE, True)
    assert forms_in(tmp_path) == {"旧表.xlsx", "新表.xlsx"}


def test_repair__no_such_workbook__is_said(tmp_path: Path) -> None:
    (tmp_path / "旧表.xls").write_bytes(b"\xd0\xcf\x11\xe0 no workbook")
    assert "另存" in run("repair", "旧表.xls", cwd=tmp_path).stderr
    assert run("repair", "没有.xlsx", cwd=tmp_path).returncode == USAGE


@pytest.mark.skipif(sys.platform == "win32", reason="would install")
@pytest.mark.parametrize("command", ["install", "uninstall"])
def test_addin__on_another_system__is_refused(command: str, tmp_path: Path) -> None:
    ended = run("addin", command, cwd=tmp_path)
    assert (ended.returncode, "Windows" in ended.stderr) == (PROBLEMS, True)


def test_addin__status__names_every_check(tmp_path: Path) -> None:
    ended = run("addin", "status", cwd=tmp_path)
    assert len(ended.stdout.splitlines()) == len(CHECKS)
    assert ended.stderr == ""


# --- the commands of a round ------------------------------------------------------------------------------------------


def test_targets__blank_table__is_written_once(tmp_path: Path) -> None:
    assert run("targets", "任务分解表.xlsx", cwd=tmp_path).returncode == DONE
    heads = [c.value for row in openpyxl.load_workbook(tmp_path / "任务分解表.xlsx")["任务分解表"] for c in row]
    assert "编号" in heads
    (tmp_path / "任务分解表.xlsx").write_bytes(b"filled in")
    assert run("targets", "任务分解表.xlsx", cwd=tmp_path).returncode == PROBLEMS


def test_evaluations__with_named_experts__writes_a_workbook_for_every_unit(filled: Path, tmp_path: Path) -> None:
    ended = run("evaluations", "评价", "--returned", filled, "--experts", "专家甲，专家乙", cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (DONE, "")
    names = forms_in(tmp_path / "评价")
    assert len(names) == 11 + 2 + 1
    assert {"专家评议表_专家甲.xlsx", "专家评议表_专家乙.xlsx", "市精细化办评分表.xlsx"} < names
    assert run("evaluations", "又", "--experts", "a/b", cwd=tmp_path).returncode == USAGE


def test_consolidate__beside_blank_evaluations__is_provisional_and_shows_who_is_awaited(
    filled: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(filled, tmp_path / "回收")
    run("evaluations", "回收", "--returned", filled, cwd=tmp_path)
    ended = run("consolidate", folder, "-o", "考核汇总.xlsx", cwd=tmp_path)
    assert ended.returncode == PROBLEMS
    assert {"评价对照", "交表情况"} < set(openpyxl.load_workbook(tmp_path / "考核汇总.xlsx").sheetnames)
    # Its own result is a workbook with 16 sheets, not one of theirs.
    again = run("consolidate", "考核汇总.xlsx", "-o", "再次.xlsx", "--json", "again.json", cwd=tmp_path)
    assert all(d["total"] for d in json.loads((tmp_path / "again.json").read_text("utf-8"))["districts"]), again.stdout


def test_round__forms_in_a_round_folder__progress_is_written_and_the_newest_counts(
    forms: Forms, filled: Path, tmp_path: Path
) -> None:
    shutil.copytree(filled, tmp_path / "考核" / "回收" / "第1轮")
    later = tmp_path / "考核" / "回收" / "第2轮" / form_file_name(OURS)
    later.parent.mkdir()
    later.write_bytes(forms.make(OURS, {("K01.1", VALUE): 0.0}))
    ended = run("round", "考核", cwd=tmp_path)
    assert (tmp_path / "考核" / "进度.xlsx").exists(), ended.stdout + ended.stderr
    counted = run("consolidate", "考核", "--round", "-o", "考核汇总.xlsx", "--json", "r.json", cwd=tmp_path)
    assert "重复" not in counted.stdout
    ours = next(d for d in json.loads((tmp_path / "r.json").read_text("utf-8"))["districts"] if d["name"] == OURS)
    assert "K01" in ours["items"]
    assert any("第2轮" in s["file"] or s["typed"] == "0" for s in ours["items"]["K01"]["sources"])


def test_consolidate__of_a_round__sealed_once_and_again_only_if_something_moved(
    forms: Forms, filled: Path, tmp_path: Path
) -> None:
    shutil.copytree(filled, tmp_path / "考核" / "回收" / "第1轮")
    first = run("consolidate", "考核", "--round", cwd=tmp_path)
    assert (first.returncode, first.stderr) == (DONE, "")
    assert "考核汇总_第1次.xlsx" in first.stdout
    assert "相同，没有另存" in run("consolidate", "考核", "--round", cwd=tmp_path).stdout
    later = tmp_path / "考核" / "回收" / "第2轮" / form_file_name(OURS)
    later.parent.mkdir()
    later.write_bytes(forms.make(OURS, {("K01.1", VALUE): 0.0}))
    second = run("consolidate", "考核", "--round", cwd=tmp_path)
    assert second.returncode == DONE
    assert f"{OURS} K01" in second.stdout
    assert sorted(p.name for p in (tmp_path / "考核" / "结果").iterdir()) == ["第1次", "第2次"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["consolidate", "考核", "--round"],
        ["consolidate", "考核", "空", "--round"],
        ["consolidate", "考核", "--round", "-o", "r.xlsx"],
        ["consolidate", "考核", "--round", "--json", "r.json"],
        ["round", "考核"],
        ["correct", "考核", "--round"],
        ["correct", "考核", "--round", "-o", "r.xlsx"],
        ["evaluations", "评价", "--returned", "考核", "--round"],
        ["correct", "考核"],
        ["correct", "考核", "--round", "--corrections", "没有.xlsx"],
    ],
)
def test_round_commands__no_round__said_in_chinese_and_nothing_written(tmp_path: Path, arguments: list[str]) -> None:
    for name in ("考核", "空"):
        (tmp_path / name).mkdir()
    ended = run(*arguments, cwd=tmp_path)
    assert ended.returncode == USAGE
    assert re.search("[一-鿿]", ended.stderr)
    assert {path.name for path in tmp_path.rglob("*")} == {"考核", "空"}


def test_results__over_what_somebody_filled_in_or_sealed__refused(filled: Path, tmp_path: Path) -> None:
    run("corrections", cwd=tmp_path)
    (tmp_path / "封存.xlsx").write_bytes(b"sealed")
    (tmp_path / "封存.xlsx").chmod(0o444)
    before = listing(tmp_path)
    for outputs in (["-o", "更正单.xlsx"], ["-o", "先写的.xlsx", "--json", "封存.xlsx"]):
        ended = run("consolidate", filled, *outputs, cwd=tmp_path)
        assert (ended.returncode, "请换一个文件名" in ended.stderr) == (USAGE, True)
        assert listing(tmp_path) == before
    assert run("consolidate", filled, "-o", "考核汇总.xlsx", cwd=tmp_path).returncode == DONE
    assert run("consolidate", filled, "-o", "考核汇总.xlsx", cwd=tmp_path).returncode == DONE  # its own, again


def test_corrections__blank_sheet__is_written_once(tmp_path: Path) -> None:
    assert run("corrections", cwd=tmp_path).returncode == DONE
    assert openpyxl.load_workbook(tmp_path / "更正单.xlsx").sheetnames == ["填报说明", "更正单", "编号"]
    (tmp_path / "更正单.xlsx").write_bytes(b"filled in")
    assert run("corrections", cwd=tmp_path).returncode == PROBLEMS
    assert (tmp_path / "更正单.xlsx").read_bytes() == b"filled in"


def test_correct__of_a_round__blank_first_then_applied(filled: Path, tmp_path: Path) -> None:
    shutil.copytree(filled, tmp_path / "考核" / "回收" / "第1轮")
    run("consolidate", "考核", "--round", cwd=tmp_path)
    first = run("correct", "考核", "--round", cwd=tmp_path)
    assert (first.returncode, "空白的更正单" in first.stdout) == (DONE, True)
    still_blank = run("correct", "考核", "--round", cwd=tmp_path)
    assert (still_blank.returncode, "没有更正" in still_blank.stdout) == (PROBLEMS, True)
    assert [p.name for p in (tmp_path / "考核" / "结果").iterdir()] == ["第1次"]


def test_diff__two_forms__names_the_changed_cell(forms: Forms, tmp_path: Path) -> None:
    for name, changes in (("前", {}), ("后", {("K01.1", VALUE): 0.0})):
        (tmp_path / name).mkdir()
        (tmp_path / name / form_file_name(OURS)).write_bytes(forms.make(OURS, changes))
    ended = run("diff", f"前/{form_file_name(OURS)}", f"后/{form_file_name(OURS)}", cwd=tmp_path)
    assert ended.returncode == DONE
    assert "K01.1" in ended.stdout
    assert (tmp_path / "变动.xlsx").exists()


# --- start ------------------------------------------------------------------------------------------------------------

LOADED = """
import sys
import xladdin.cli
sys.argv = ["xladdin", *sys.argv[1:]]
import os
os._exit = lambda code: None
xladdin.cli.main()
print("loaded:", *sorted(sys.modules))
"""


def loaded_by(*arguments: str | Path, cwd: Path) -> set[str]:
    """The modules that a call leaves loaded."""
    ended = subprocess.run(
        [sys.executable, "-c", LOADED, *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return set(ended.stdout.splitlines()[-1].removeprefix("loaded: ").split())


def test_start__of_help__loads_nothing_of_what_commands_need(tmp_path: Path) -> None:
    loaded = loaded_by("--help", cwd=tmp_path)
    assert "xladdin.cli.program" in loaded
    ours = {name for name in loaded if name.startswith(("xladdin.", "macros", "udfs")) and "xladdin.cli" not in name}
    assert ours <= {"xladdin.words"}
    assert (
        loaded & {"inspect", "dataclasses", "decimal", "fractions", "json", "zipfile", "tempfile", "xlsxwriter"}
        == set()
    )


def test_start__of_check__loads_no_library_that_only_others_need(filled: Path, tmp_path: Path) -> None:
    loaded = loaded_by("check", filled / form_file_name(OURS), cwd=tmp_path)
    assert "xladdin.returns.collection" in loaded
    assert loaded & {"uuid", "platform", "xlrd", "xlwings", "macros", "udfs", "xladdin.sending"} == set()
