"""The strict loader: one damaged copy of the scheme's data per kind of mistake, and the words its report must contain.

Every report names the file, the key and what is wrong with it in Chinese, because the person who mends the data reads
the document, not the code.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from xladdin.scheme import Scheme, SchemeError, available_versions, load_scheme
from xladdin.scheme.quoting import names_number

DATA = Path(__file__).resolve().parents[2] / "xladdin" / "scheme" / "data"

CHINESE = re.compile(r"[\u4e00-\u9fff]")

FILES = ("source.toml", "annex1.toml", "annex2.toml", "districts.toml", "policies.toml")


@dataclass(frozen=True)
class Change:
    """`old` is what a mistaken hand replaces by `new`, the first time it stands in the file after `after`."""

    file: str
    old: str
    new: str
    after: str = ""

    def apply(self, folder: Path) -> None:
        path = folder / self.file
        text = path.read_text(encoding="utf-8")
        start = text.index(self.after) + len(self.after)
        assert self.old in text[start:], f"{self.file} no longer has {self.old!r}"
        path.write_text(text[:start] + text[start:].replace(self.old, self.new, 1), encoding="utf-8")


@dataclass(frozen=True)
class Mistake:
    """A kind of mistake, the changes that make it, and where and how it must be reported."""

    name: str
    changes: tuple[Change, ...]
    key: str
    problem: str
    file: str = ""
    """The file that must be named, where it is not the changed one."""

    @property
    def reported_file(self) -> str:
        return self.file or self.changes[0].file


def mistake(name: str, file: str, old: str, new: str, key: str, problem: str, after: str = "") -> Mistake:
    return Mistake(name, (Change(file, old, new, after),), key, problem)


LAST_CHECK = """[[section.row.item.check]]
name = "及时编制本区年度工作计划、工作总结"
points = { value = 0.5, clause = "及时编制本区年度工作计划、工作总结, 计 0.5 分" }
"""
ITEM = """[[section.row.item]]
id = "X1"
name = "分头考评"
points = 68
method = "rating"
clause = "由市精细化办各成员单位分头开展考评"
judge = "各成员单位"
full = { value = 68, basis = "约定" }
"""
LAST_DISTRICT = '[[district]]\nname = "崇明区"\nzone = "other"\n'
LAST_TASK_START = '[[task]]\nid = "K34"'

MISTAKES = [
    # Keys
    mistake("unknown_key", "annex1.toml", "points = 100\n", "points = 100\ncolor = 3\n", "annex.color", "不认识这个键"),
    mistake(
        "unknown_key_in_item",
        "annex1.toml", 'case_name = "示范案例"', 'case_name = "示范案例"\ncolor = 3',
        "section[2].row[1].item[1].color", "不认识这个键",
    ),
    mistake(
        "unknown_key_in_task",
        "annex2.toml", "number = 7\n", "number = 7\nweight = 2\n", "task[7].weight", "不认识这个键",
    ),
    mistake(
        "unknown_key_in_number",
        "annex1.toml", "{ value = 5,", "{ value = 5, page = 3,",
        "section[2].row[1].item[1].max_cases.page", "不认识这个键",
    ),
    mistake(
        "unknown_key_in_source", "source.toml", "version =", "month = 5\nversion =", "month", "不认识这个键"
    ),
    mistake(
        "unknown_key_in_district",
        "districts.toml", 'name = "黄浦区"', 'name = "黄浦区"\nsize = 1', "district[2].size", "不认识这个键",
    ),
    mistake(
        "unknown_key_in_policy",
        "policies.toml", 'title = "完成率封顶"', 'title = "完成率封顶"\npage = 3',
        "policy[1].page", "不认识这个键",
    ),
    mistake(
        "duplicate_key", "annex1.toml", "points = 100\n", "points = 100\npoints = 100\n", "points", "键重复"
    ),
    mistake("missing_key", "annex2.toml", 'title = "', '# title = "', "annex.title", "缺少这个键"),
    mistake(
        "missing_key_in_item",
        "annex1.toml", 'judge = "评审专家"\n', "", "section[2].row[1].item[1].judge", "缺少这个键",
    ),
    mistake("missing_key_in_district", "districts.toml", 'zone = "other"\n', "", "district[1].zone", "缺少这个键"),
    mistake("missing_key_in_policy", "policies.toml", "reason =", "# reason =", "policy[1].reason", "缺少这个键"),
    # Clauses
    mistake(
        "missing_clause_of_item",
        "annex1.toml", "clause =", "# clause =", "section[2].row[1].item[1].clause", "缺少这个键",
    ),
    mistake(
        "missing_clause_of_number",
        "annex1.toml", '{ value = 1.5, clause = "每项满分 1.5 分" }', "{ value = 1.5 }",
        "section[2].row[1].item[1].per_case", "clause（原文）与 basis（约定）必须且只能写一个",
    ),
    mistake(
        "clause_and_basis_both",
        "annex2.toml", "{ value = 100, basis", '{ value = 100, clause = "分值", basis',
        "reference.full", "clause（原文）与 basis（约定）必须且只能写一个",
    ),
    mistake(
        "missing_clause_of_indicator",
        "annex2.toml", "clause =", "# clause =", "task[1].indicator[1].clause", "缺少这个键",
    ),
    mistake("missing_clause_of_policy", "policies.toml", "clause =", "# clause =", "policy[1].clause", "缺少这个键"),
    mistake("missing_clause_of_districts", "districts.toml", "clause =", "# clause =", "clause", "缺少这个键"),
    mistake(
        "clause_of_item_not_in_text",
        "annex1.toml", 'clause = "推动精细化示范区建设', 'clause = "推进精细化示范区建设',
        "section[3].row[2].item[3].clause", "原文中找不到这句话：“推进精细化示范区建设，满分 3 分。其中",
    ),
    mistake(
        "clause_of_number_not_in_text",
        "annex1.toml", 'clause = "每项满分 1.5 分"', 'clause = "每例满分 1.5 分"',
        "section[2].row[1].item[1].per_case", "原文中找不到这句话：“每例满分 1.5 分”",
    ),
    mistake(
        "clause_of_check_not_in_text",
        "annex1.toml", 'clause = "制定本区精细化办工作要点, 计 0.5 分"', 'clause = "制定本办工作要点, 计 0.5 分"',
        "section[3].row[1].item[1].check[3].points", "原文中找不到这句话",
    ),
    mistake(
        "clause_of_tier_not_in_text",
        "annex1.toml", 'clause = "报送 1 篇的，计', 'clause = "报 1 篇的，计',
        "section[3].row[3].item[1].tier[4].points", "原文中找不到这句话",
    ),
    mistake(
        "clause_of_indicator_not_in_text",
        "annex2.toml", 'clause = "新建 100 个', 'clause = "建成 100 个',
        "task[1].indicator[1].clause", "原文中找不到这句话：“建成 100 个“美丽街区””",
    ),
    mistake(
        "clause_of_another_task",
        "annex2.toml", 'clause = "绿道 200 公里"', 'clause = "完成 16 个“道路+”精品区域"',
        "task[7].indicator[2].clause", "原文中找不到这句话",
    ),
    # Numbers
    mistake(
        "amount_not_in_clause",
        "annex2.toml", "amount = 100\n", "amount = 101\n", "task[1].indicator[1]", "中没有数字 101",
    ),
    mistake(
        "amount_is_part_of_a_number", "annex2.toml", "amount = 100\n", "amount = 10\n", "task[1].indicator[1]", "10"
    ),
    mistake(
        "amount_ten_times_too_small",
        "annex2.toml", "amount = 250000\n", "amount = 25000\n", "task[5].indicator[1]", "中没有数字 25000",
    ),
    mistake(
        "least_not_in_clause",
        "annex2.toml", "at_least = 3\n", "at_least = 2\n", "task[33].indicator[1]", "中没有数字 2",
    ),
    mistake(
        "zone_amount_not_in_clause",
        "annex2.toml", "other = 30", "other = 35", "task[10].indicator[5]", "中没有数字 35",
    ),
    mistake(
        "tier_end_not_in_clause",
        "annex1.toml", "from = 4, to = 6", "from = 4, to = 5",
        "section[3].row[3].item[1].tier[2].to", "中没有数字 5",
    ),
    mistake(
        "tier_points_not_in_clause",
        "annex1.toml", "to = 3, points = 1,", "to = 3, points = 1.2,",
        "section[3].row[3].item[1].tier[3].points", "中没有数字 1.2",
    ),
    mistake(
        "deduction_not_in_clause",
        "annex1.toml", "deduction = { value = 0.5", "deduction = { value = 0.6",
        "section[4].row[3].item[1].deduction", "中没有数字 0.6",
    ),
    mistake(
        "section_points_not_in_label",
        "annex1.toml", "(17 分)", "(18 分)", "section[3].points", "中没有数字 17",
    ),
    mistake("number_is_text", "annex1.toml", "points = 100\n", 'points = "百"\n', "annex.points", "应为数字"),
    mistake("number_is_negative", "annex1.toml", "points = 100\n", "points = -100\n", "annex.points", "不能小于 0"),
    mistake("number_is_nan", "annex1.toml", "points = 100\n", "points = nan\n", "annex.points", "应为数字"),
    mistake("text_is_empty", "annex2.toml", 'name = "绿道"', 'name = ""', "task[7].indicator[2].name", "不能为空"),
    # Tasks
    mistake("gap_in_task_numbers", "annex2.toml", "number = 34\n", "number = 35\n", "task[34].number", "为 35，应为 34"),
    mistake("tasks_out_of_order", "annex2.toml", "number = 2\n", "number = 3\n", "task[2].number", "为 3，应为 2"),
    mistake("duplicate_task_id", "annex2.toml", 'id = "K16"', 'id = "K14"', "task.id", "“K14”重复"),
    mistake("task_points", "annex2.toml", "points = 2\n", "points = 3\n", "task", "34 项任务合计 69 分，应为 68 分"),
    mistake(
        "duplicate_indicator_code",
        "annex2.toml", '"K01.2"', '"K01.1"', "task[1].indicator[2].code", "为“K01.1”，应为 K01.2",
    ),
    mistake(
        "indicator_of_judged_task",
        "annex2.toml", 'method = "ratio"', 'method = "expert"', "task[1].indicator", "不认识这个键",
    ),
    mistake(
        "ratio_task_without_indicator",
        "annex2.toml", 'method = "expert"', 'method = "ratio"', "task[11].indicator", "缺少这个键",
    ),
    mistake(
        "unknown_method_of_task", "annex2.toml", 'method = "expert"', 'method = "lot"', "task[11].method", "没有这种评分方法"
    ),
    # Annex 1
    mistake("annex_total", "annex1.toml", "points = 100\n", "points = 101\n", "section", "应为 101 分"),
    Mistake(
        "sections_not_100",
        (
            Change("annex1.toml", "(7.5 分)", "(8.5 分)", "(二)"),
            Change("annex1.toml", "points = 7.5", "points = 8.5", "(二)"),
        ),
        "section",
        "各部分合计 101 分，应为 100 分",
    ),
    mistake(
        "rows_not_the_section",
        "annex1.toml", "points = 2.5\n", "points = 3.5\n", "section[4].row", "合计 8.5 分，应为 7.5 分",
        after='task = "依据城市管理执法数据开展的督查情况"',
    ),
    mistake(
        "items_not_the_row",
        "annex1.toml", "points = 3\n", "points = 2\n",
        "section[3].row[2].item", "各计分项合计 8 分，应为 9 分",
        after='name = "工作机制"',
    ),
    mistake(
        "checklist_not_its_points",
        "annex1.toml", LAST_CHECK, "", "section[3].row[1].item[1].points",
        "按规则最高可得 2.5 分，与分值 3 分不符",
    ),
    mistake(
        "cases_not_their_points",
        "annex1.toml", '{ value = 5, clause = "每个区最多报送 5 项示范案例" }', '{ value = 4, basis = "约定" }',
        "section[2].row[1].item[1].points", "按规则最高可得 6 分，与分值 7.5 分不符",
    ),
    mistake(
        "unknown_method_of_item",
        "annex1.toml", 'method = "cases"', 'method = "lot"', "section[2].row[1].item[1].method", "没有这种评分方法",
    ),
    mistake(
        "missing_method_of_item",
        "annex1.toml", 'method = "cases"\n', "", "section[2].row[1].item[1].method", "缺少 method（评分方法）",
    ),
    mistake("duplicate_item_id", "annex1.toml", 'id = "R2"', 'id = "R1"', "item.id", "“R1”重复"),
    mistake("item_id_of_a_task", "annex1.toml", 'id = "N1"', 'id = "K01"', "item.id", "“K01”重复"),
    mistake("gap_in_section_numbers", "annex1.toml", "number = 4", "number = 5", "section[4].number", "为 5，应为 4"),
    mistake(
        "annex_that_is_not_there",
        "annex1.toml", 'annex = "附件2"', 'annex = "附件3"', "section[1].row[1].annex", "没有“附件3”这个附件",
    ),
    Mistake(
        "annex2_not_referred_to",
        (Change("annex1.toml", 'annex = "附件2"\n', ITEM.replace("points = 2", "points = 68")),),
        "annex.points",
        "应恰有一行引用本附件，它在第 1 部分、分值 68 分",
        file="annex2.toml",
    ),
    mistake(
        "items_in_the_referring_row",
        "annex1.toml", 'annex = "附件2"\n', 'annex = "附件2"\n' + ITEM, "section[1].row[1].item",
        "由另一附件计分的行不能再有计分项",
    ),
    # Districts and policies
    mistake("fifteen_districts", "districts.toml", LAST_DISTRICT, "", "district", "有 15 个单位，应为 16 个"),
    mistake("count_not_in_clause", "districts.toml", "count = 16", "count = 17", "count", "中没有数字 17"),
    mistake("duplicate_district", "districts.toml", '"崇明区"', '"奉贤区"', "district[16].name", "“奉贤区”重复"),
    mistake(
        "unknown_zone",
        "districts.toml", 'zone = "other"', 'zone = "far"', "district[1].zone", "没有名为“far”的区域",
    ),
    mistake(
        "amounts_for_other_zones",
        "annex2.toml", "{ central = 50, other = 30 }", "{ central = 50 }",
        "task[10].indicator[5].by_zone", "区域应与 districts.toml 的 zones 一致",
    ),
    mistake(
        "default_not_an_option",
        "policies.toml", 'default = "cap"', 'default = "top"', "policy[1].default", "选项中没有“top”",
    ),
    mistake(
        "default_that_no_formula_follows",
        "policies.toml", 'default = "cap"', 'default = "none"', "policy[1].default", "公式只能按“cap”计算",
    ),
    mistake(
        "list_that_nobody_keeps",
        "annex1.toml", 'list = "简讯"', 'list = "快讯"', "section[3].row[3].item[1].list", "没有名为“快讯”的清单",
    ),
    mistake("duplicate_policy", "policies.toml", '"ties"', '"rounding"', "policy.name", "“rounding”重复"),
    # Names that become those of folders, files and sheets
    *(
        mistake(f"district_{name}", "districts.toml", '"崇明区"', f'"{written}"', "district[16].name", problem)
        for name, written, problem in (
            ("out_of_the_folder", "/../../../逃出", "“/../../../逃出”不能用作文件名、工作表名：含有 /，"),
            ("of_a_drive", "c:\\\\a*", "含有 : \\ *，"),
            ("in_brackets", "[崇明区]", "含有 [ ]，"),
            ("on_two_lines", "崇明\\n区", "“崇明 区”不能用作文件名、工作表名：含有换行"),
            ("of_dots", "..", "开头"),
            ("as_a_formula", "=1+1", "开头"),
            ("in_quotes", "'崇明区'", "开头"),
            ("with_a_dot_last", "崇明区.", "结尾"),
            ("with_a_space", "崇明区 ", "前后有空格"),
            ("too_long", "崇" * 26, "有 26 个字，最多 25 个"),
        )
    ),
    mistake("version_too_long", "source.toml", 'version = "2023"', f'version = "{"2" * 300}"', "version", "有 300 个字，最多 20 个"),
    mistake("office_is_a_folder", "source.toml", '"市精细化办"', '"市/办"', "office_name", "含有 /，"),
    mistake("department_is_a_folder", "annex2.toml", '["市绿化市容局"]', '["市绿化|市容局"]', "task[4].departments", "含有 |，"),
    mistake("prefix_of_small_letters", "source.toml", '"JXH"', '"jxh3"', "number_prefix", "应为 1 至 8 个大写字母"),
    # What the code relies on
    mistake("version_of_another_year", "source.toml", 'version = "2023"', 'version = "2022"', "version", "文件夹名“2023”"),
    mistake("policy_missing", "policies.toml", 'name = "media_floor"', 'name = "media_flour"', "policy.name", "缺少“media_floor”"),
    mistake("policy_unknown", "policies.toml", 'name = "ties"', 'name = "knots"', "policy[9].name", "“knots”没有这种口径"),
    mistake("option_missing", "policies.toml", 'lead = "', 'last = "', "policy[6].options.lead", "缺少“lead”这种读法"),
    mistake("tier_missing", "annex1.toml", "from = 1, to = 1", "from = 2, to = 2", "section[3].row[3].item[1].tier", "1 不在任何一档内"),
    mistake("column_missing", "annex2.toml", '"序号", ', "", "annex.columns", "有 5 列，应为 6 列"),
    mistake("dot_in_id", "annex1.toml", 'id = "N1"', 'id = "N.1"', "section[2].row[1].item[1].id", "应为大写字母加数字"),
    mistake("last_column_not_the_score", "annex1.toml", '"分值", "得分"', '"得分", "分值"', "annex.columns", "最后一列应为“得分”"),
    mistake("annex_no_sheet_can_be_called", "annex1.toml", 'id = "附件1"', 'id = "附件[1]"', "annex.id", "不能用作文件名、工作表名"),
    mistake("annex_called_like_the_cover", "annex1.toml", 'id = "附件1"', 'id = "填报说明"', "annex.id", "第一张工作表的名称"),
    Mistake(
        "annexes_of_one_name",
        (Change("annex1.toml", 'id = "附件1"', 'id = "附件2"'),), "annex.id", "“附件2”重复", file="annex2.toml",
    ),
    # What the texts say
    mistake("wrong_year_in_the_title", "source.toml", 'title = "2023年', 'title = "2022年', "title", "写的是 2022 年，应为 2023 年"),
    mistake("wrong_year_in_an_annex", "annex2.toml", 'title = "2023 年', 'title = "2024 年', "annex.title", "写的是 2024 年，应为 2023 年"),
    mistake("number_of_another_year", "source.toml", "〔2023〕", "〔2022〕", "number", "写的是 2022 年，应为 2023 年"),
    mistake("reading_with_other_points", "policies.toml", "按 68×Σ得分÷Σ适用分值 折算\"\n\n", "按 70×Σ得分÷Σ适用分值 折算\"\n\n", "policy[3].reason", "写有 70 ×，本方案没有这样的数"),
    mistake("reading_with_another_count", "policies.toml", "简讯正好 6 篇", "简讯正好 7 篇", "policy[4].title", "写有 7 篇"),
    mistake("reading_of_another_indicator", "policies.toml", "weights:K10.1=2", "weights:K99.1=2", "policy[2].options.weights", "写有 K99.1"),
    # Files
    *(mistake(f"not_toml_{name[:-5]}", name, "=", ":", "文件", "不是正确的 TOML") for name in FILES),
]  # fmt: skip


@pytest.fixture
def copy(tmp_path: Path) -> Callable[[str], Path]:
    """Makes a copy of the 2023 data under a year's name and gives its folder."""

    def make(version: str) -> Path:
        return Path(shutil.copytree(DATA / "2023", tmp_path / version))

    return make


def report(folder: Path) -> SchemeError:
    """What the loader has against the folder's data."""
    with pytest.raises(SchemeError) as caught:
        load_scheme(folder.name, folder.parent)
    return caught.value


def matching(error: SchemeError, file: str, key: str, problem: str) -> list[str]:
    """The faults at that file and key with those words, which must be told in Chinese."""
    found = [
        fault
        for fault in error.faults
        if fault.startswith(f"2023/{file}：{key}：") and problem in fault.removeprefix(f"2023/{file}：{key}：")
    ]
    return [fault for fault in found if CHINESE.search(fault.removeprefix(f"2023/{file}：{key}："))]


def test_load__undamaged_copy__is_the_scheme(copy: Callable[[str], Path]) -> None:
    folder = copy("2023")
    loaded, own = load_scheme("2023", folder.parent), load_scheme("2023")
    assert loaded.items == own.items
    assert loaded.district_names == own.district_names


@pytest.mark.parametrize("case", MISTAKES, ids=[m.name for m in MISTAKES])
def test_load__one_mistake__named_by_file_key_and_problem(case: Mistake, copy: Callable[[str], Path]) -> None:
    folder = copy("2023")
    for change in case.changes:
        change.apply(folder)
    error = report(folder)
    assert matching(error, case.reported_file, case.key, case.problem), str(error)
    assert str(error).splitlines() == ["考核方案数据有误：", *error.faults]
    # A mistake is never blamed on a file that is right.
    assert {f.partition("：")[0] for f in error.faults} == {f"2023/{case.reported_file}"}


def test_load__33_tasks__named(copy: Callable[[str], Path]) -> None:
    folder = copy("2023")
    path = folder / "annex2.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index(LAST_TASK_START)], encoding="utf-8")
    error = report(folder)
    assert error.faults == ["2023/annex2.toml：task：33 项任务合计 66 分，应为 68 分"]


@pytest.mark.parametrize("file", [file for file in FILES if file != "annex2.toml"])
def test_load__missing_file__named(file: str, copy: Callable[[str], Path]) -> None:
    folder = copy("2023")
    (folder / file).unlink()
    assert report(folder).faults == [f"2023/{file}：文件：找不到"]


def test_load__missing_annex__row_that_names_it_is_at_fault(copy: Callable[[str], Path]) -> None:
    folder = copy("2023")
    (folder / "annex2.toml").unlink()
    faults = report(folder).faults
    assert (
        "2023/annex1.toml：section[1].row[1].annex：没有“附件2”这个附件；由本行计分的请写计分项，不写引用附件" in faults
    )


def test_load__third_annex_without_the_second__file_named(copy: Callable[[str], Path]) -> None:
    folder = copy("2023")
    (folder / "annex2.toml").rename(folder / "annex3.toml")
    assert report(folder).faults == ["2023/annex2.toml：文件：找不到"]


@pytest.mark.parametrize("file", FILES)
def test_load__not_utf8__named(file: str, copy: Callable[[str], Path]) -> None:
    folder = copy("2023")
    path = folder / file
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    assert matching(report(folder), file, "文件", "不是正确的 TOML")


def test_load__year_without_data__every_file_named(tmp_path: Path) -> None:
    assert report(tmp_path / "2023").faults == [f"2023/{file}：文件：找不到" for file in FILES if file != "annex2.toml"]


def test_load__mistakes_of_form_in_several_files__all_reported(copy: Callable[[str], Path]) -> None:
    folder = copy("2023")
    changes = [
        Change("source.toml", "number =", "# number ="),
        Change("annex1.toml", "points = 100\n", "points = 100\ncolor = 3\n"),
        Change("annex2.toml", "whole = true\n", ""),
        Change("annex2.toml", "number = 7\n", "number = 7\nweight = 2\n"),
        Change("districts.toml", "[zones]", "[zones"),
    ]
    for change in changes:
        change.apply(folder)
    (folder / "policies.toml").unlink()
    error = report(folder)
    assert [f for f in error.faults if "不是正确的 TOML" not in f] == [
        "2023/policies.toml：文件：找不到",
        "2023/source.toml：number：缺少这个键",
        "2023/annex1.toml：annex.color：不认识这个键",
        "2023/annex2.toml：task[1].indicator[1].whole：缺少这个键",
        "2023/annex2.toml：task[7].weight：不认识这个键",
    ]
    assert matching(error, "districts.toml", "文件", "不是正确的 TOML")


def test_load__mistakes_of_content_in_several_files__all_reported(copy: Callable[[str], Path]) -> None:
    folder = copy("2023")
    named = ["unknown_zone", "default_not_an_option", "duplicate_task_id", "checklist_not_its_points", "annex_total"]
    named += ["amount_not_in_clause", "clause_of_number_not_in_text", "fifteen_districts"]
    cases = [m for m in MISTAKES if m.name in named]
    assert len(cases) == len(named)
    for case in cases:
        for change in case.changes:
            change.apply(folder)
    error = report(folder)
    lacking = [c.name for c in cases if not matching(error, c.reported_file, c.key, c.problem)]
    assert lacking == []


@pytest.mark.parametrize(
    ("clause", "number", "named"),
    [
        ("每起扣五分", 5, True), ("每起扣五分", 15, False), ("扣十五分", 5, False), ("扣十五分", 15, True),
        ("二十篇以上的", 20, True), ("二十篇以上的", 2, False), ("两次以上的", 2, True), ("三次（含）以上的", 3, True),
        ("每少一个百分点扣2分", 1, False), ("每少一个百分点扣一分", 1, True), ("第三方评价", 3, False),
        ("（６８ 分）", 68, True), ("百分之九十以上的", 90, True), ("三百件", 3, False),
    ],
)  # fmt: skip
def test_names_number__in_chinese_and_full_width__as_it_is_read(clause: str, number: int, named: bool) -> None:
    assert names_number(clause, Decimal(number)) is named


# --- A further year is a further folder -------------------------------------------------------------------------------


@pytest.fixture
def next_year(copy: Callable[[str], Path]) -> Path:
    """Data for 2023 and, with a few different numbers, for 2024; the folder of both."""
    folder = copy("2024")
    for file, old, new in (
        ("source.toml", 'version = "2023"', 'version = "2024"'),
        ("annex2.toml", "优化设置 5000 个", "优化设置 6000 个"),
        ("annex2.toml", "amount = 5000\n", "amount = 6000\n"),
        ("annex1.toml", "最多报送 5 项示范案例", "最多报送 3 项示范案例"),
        ("annex1.toml", "max_cases = { value = 5,", "max_cases = { value = 3,"),
        ("annex1.toml", "每项满分 1.5 分", "每项满分 2.5 分"),
        ("annex1.toml", "per_case = { value = 1.5,", "per_case = { value = 2.5,"),
    ):
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    copy("2023")
    return folder.parent


def test_versions__second_folder__listed_in_order(next_year: Path) -> None:
    (next_year / "notes").mkdir()  # a folder without source.toml is no scheme
    assert available_versions(next_year) == ["2023", "2024"]
    assert load_scheme("2023", next_year).source.version == "2023"


def test_load__second_year__its_own_numbers_without_code(next_year: Path) -> None:
    def facts(scheme: Scheme) -> tuple[object, ...]:
        seats = scheme.items["K04"].inputs[0].indicator
        cases = [i for i in scheme.inputs.values() if i.names_case]
        return scheme.source.version, seats.amount, len(cases), cases[0].maximum, scheme.items["N1"].points

    assert facts(load_scheme("2024", next_year)) == ("2024", Decimal(6000), 3, Decimal("2.5"), Decimal("7.5"))
    assert facts(load_scheme("2023", next_year)) == ("2023", Decimal(5000), 5, Decimal("1.5"), Decimal("7.5"))
