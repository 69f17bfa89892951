"""金华市区数字化城市管理工作考核细则（试行） as a clerk types it into 考核方案.xlsx: one table, three units, points lost.

It has no annex of tasks, no zones, no departments, no experts. Nothing of it is in the product.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import openpyxl

JUDGE = "市考核办"
TITLE = "金华市区数字化城市管理工作考核细则（试行）"

ORGANISATION = "机构健全、人员落实、制度完善，未落实的，各扣 1、2、2 分"
IN_TIME = "按期结案率＝按期结案数÷（应结案数－缓办数），达 70%（含）得 50 分；每少一个百分点扣 1 分"
CLOSED = "结案率＝结案数÷（应结案数－缓办数），达 90%（含）得 20 分；每少一个百分点扣 1 分"
URGENT = "结案率未达 100%，每少一个百分点扣 0.5 分；按期结案率未达 95%，每少一个百分点扣 0.5 分"
REWORK = "核查未通过发回：每件扣 0.2 分；三次（含）以上未通过：每件扣 0.5 分；弄虚作假：每件扣 1 分；推诿：每件扣 1 分"
DOUBLED = "领导交办、部门转办、媒体曝光处置：计分方法同上，加倍扣分"
SUPERVISED = "每件未落实扣 1 分"

_ITEM = (
    "所在附件", "部分", "行", "任务原文", "评分方法原文", "行分值", "编号", "名称", "计分方式", "分值", "原文", "评价部门",
)  # fmt: skip


def _row(
    section: int, row: int, task: str, rule: str, points: float, id_: str, name: str, method: str
) -> tuple[object, ...]:
    return "考核表", section, row, task, rule, points, id_, name, method, points, rule, None


_EVENTS = (
    ("核查未通过发回", 0.2, "核查未通过发回：每件扣 0.2 分"),
    ("三次（含）以上未通过", 0.5, "三次（含）以上未通过：每件扣 0.5 分"),
    ("弄虚作假", 1, "弄虚作假：每件扣 1 分"),
    ("推诿", 1, "推诿：每件扣 1 分"),
)

SHEETS: Mapping[str, tuple[tuple[str, ...], tuple[tuple[object, ...], ...]]] = {
    "方案": (
        ("名称", "内容", "原文"),
        (
            ("方案版本", "试行", None),
            ("考核年度", 2014, None),
            ("考核办公室全称", "金华市区数字化城市管理工作考核办公室", None),
            ("考核办公室简称", JUDGE, None),
            ("下发编号字头", "JH", None),
            ("文号", TITLE, None),
            ("方案标题", TITLE, None),
            ("印发日期", "2014-01-02", None),
            ("公布日期", "2014-01-02", None),
            ("附件1名称", "考核表", None),
            ("附件1标记", "附件", None),
            ("附件1标题", "金华市区数字化城市管理工作考核表", None),
            ("附件1表头", "项目、考核指标、计分方法、基本分、得分", None),
            ("附件1总分", 100, None),
            ("考核对象原文", "婺城区、金东区、金华开发区 3 个单位", None),
            ("单位个数", 3, None),
        ),
    ),
    "部分": (
        ("部分", "名称", "标题", "分值"),
        (
            (1, "组织保障", "组织保障（5 分）", 5),
            (2, "工作任务", "工作任务（85 分）", 85),
            (3, "其它事项", "其它事项（10 分）", 10),
        ),
    ),
    "任务": (
        _ITEM,
        (
            _row(1, 1, "组织保障", ORGANISATION, 5, "Z1", "组织保障", "分步计分"),
            _row(2, 1, "按期结案率", IN_TIME, 50, "G1", "按期结案率", "按百分点扣（加）分"),
            _row(2, 2, "结案率", CLOSED, 20, "G2", "结案率", "按百分点扣（加）分"),
            _row(2, 3, "紧急问题", URGENT, 10, "G3", "紧急问题", "按百分点扣（加）分"),
            _row(2, 4, "返工、弄虚作假、推诿", REWORK, 5, "G4", "返工、弄虚作假、推诿", "扣分制"),
            _row(3, 1, "领导交办、部门转办、媒体曝光处置", DOUBLED, 5, "Q1", "交办转办曝光", "扣分制"),
            _row(3, 2, "督办事项落实", SUPERVISED, 5, "Q2", "督办事项", "扣分制"),
        ),
    ),
    "指标": (("项目编号", "编号", "名称", "单位", "原文"), ()),
    "参数": (
        ("项目编号", "参数", "内容", "原文"),
        (
            ("G1", "基数名称", "应结案数", None),
            ("G1", "基数减去", "缓办数", None),
            ("G2", "基数名称", "应结案数", None),
            ("G2", "基数减去", "缓办数", None),
            ("G3", "基数名称", "紧急问题应结案数", None),
        ),
    ),
    "步骤档次": (
        (
            "项目编号", "种类", "名称", "单位", "评定者", "分值", "分值原文", "每次（档）分值", "每次（档）分值原文", "倍数",
            "倍数原文", "起点", "起点原文",
        ),
        (
            ("Z1", "步骤", "机构健全", None, None, 1, ORGANISATION),
            ("Z1", "步骤", "人员落实", None, None, 2, ORGANISATION),
            ("Z1", "步骤", "制度完善", None, None, 2, ORGANISATION),
            ("G1", "分档数值", "按期结案数", "件", JUDGE, None, None, 1, "每少一个百分点扣 1 分", None, None, 70, "达 70%（含）得 50 分"),
            ("G2", "分档数值", "结案数", "件", JUDGE, None, None, 1, "每少一个百分点扣 1 分", None, None, 90, "达 90%（含）得 20 分"),
            ("G3", "分档数值", "紧急问题结案数", "件", JUDGE, None, None, 0.5, "每少一个百分点扣 0.5 分", None, None, 100, "结案率未达 100%"),
            ("G3", "分档数值", "紧急问题按期结案数", "件", JUDGE, None, None, 0.5, "每少一个百分点扣 0.5 分", None, None, 95, "按期结案率未达 95%"),
            *(("G4", "扣分项", name, "件", JUDGE, None, None, each, clause) for name, each, clause in _EVENTS),
            *(
                ("Q1", "扣分项", name, "件", JUDGE, None, None, each, f"约定：计分方法同上，{clause}", 2, "约定：加倍扣分为两倍")
                for name, each, clause in _EVENTS
            ),
            ("Q2", "扣分项", "未落实的督办事项", "件", JUDGE, None, None, 1, SUPERVISED),
        ),
    ),
    "口径": (
        ("口径", "名称", "原文", "理由", "读法", "读法含义", "默认"),
        (
            ("partial_point", "不足一个百分点", "每少一个百分点扣 1 分", "原文没有说不足一个百分点的不扣", "proportional", "按比例扣", "是"),
            ("partial_point", None, None, None, "whole", "不足一个百分点的不扣", None),
            ("rounding", "小数取舍", "计分方法", "印出来的数加得起来", "half_up_2", "每项得分四舍五入到两位小数", "是"),
            ("ties", "总分并列", "考核表", "原文没有规定", "share", "名次并列", "是"),
            ("ties", None, None, None, "section1", "组织保障得分高的在前", None),
        ),
    ),
    "单位": (("名称",), (("婺城区",), ("金东区",), ("金华开发区",))),
    "样例": (
        ("样例", "项目编号", "编号", "完成情况", "任务量", "得分"),
        (
            ("按期结案率 68.4%", "G1", "G1.1", 684, None, 48.4),
            (None, None, "G1.2", 1010, None, None),
            (None, None, "G1.3", 10, None, None),
            ("结案率 91%", "G2", "G2.1", 910, None, 20),
            (None, None, "G2.2", 1010, None, None),
            (None, None, "G2.3", 10, None, None),
            ("紧急 98% 和 94.5%", "G3", "G3.1", 196, None, 8.75),
            (None, None, "G3.2", 189, None, None),
            (None, None, "G3.3", 200, None, None),
            ("返工 4 件，其中 1 件三次以上", "G4", "G4.1", 3, None, 3.9),
            (None, None, "G4.2", 1, None, None),
            (None, None, "G4.3", 0, None, None),
            (None, None, "G4.4", 0, None, None),
            ("加倍，不低于 0", "Q1", "Q1.1", 1, None, 0),
            (None, None, "Q1.2", 0, None, None),
            (None, None, "Q1.3", 2, None, None),
            (None, None, "Q1.4", 1, None, None),
            ("制度没有完善", "Z1", "Z1.1", "是", None, 3),
            (None, None, "Z1.2", "是", None, None),
            (None, None, "Z1.3", "否", None, None),
        ),
    ),
}  # fmt: skip


def write_jinhua(path: Path) -> Path:
    """考核方案.xlsx with nothing in it but what was typed."""
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, (heads, rows) in SHEETS.items():
        sheet = book.create_sheet(name)
        sheet.append(heads)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path
