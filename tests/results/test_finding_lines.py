"""What the screen says of findings: by weight, by cause and unit, and how many there are of each."""

from __future__ import annotations

from xladdin.issues import Issue, Level, Place, weighty
from xladdin.results.finding_lines import finding_lines, unit_counts


def finding(level: Level, code: str, place: Place, found: str = "写了甲") -> Issue:
    return Issue(code, level, place, found, "乙", "改成乙")


COPIED = [
    finding(Level.ERROR, "S04", Place("静安区", "静.xlsx", "附件2 (2)", f"G{row}", "K01.1")) for row in range(5, 56)
]
AWAITED = [finding(Level.AWAITED, "M03", Place("黄浦区", "黄.xlsx", "附件1", f"I{n}", f"R{n}.1")) for n in range(1, 9)]
STRAY = finding(Level.WARNING, "F21", Place(file="通知.docx"), "不是工作簿")
BLANK = finding(Level.MISSING, "M01", Place("黄浦区", "黄.xlsx", "附件1", "I11"), "未填")
BLANK_ELSEWHERE = finding(Level.MISSING, "M01", Place("黄浦区", "黄.xlsx", "附件2", "K5"), "未填")
BY_DEPARTMENT = finding(Level.ERROR, "C01", Place("静安区", "部门评价表_市水务局.xlsx", "评议", "D7"))
OWNERS = {"黄.xlsx": "黄浦区", "静.xlsx": "静安区", "部门评价表_市水务局.xlsx": "市水务局"}
ALL = [STRAY, *AWAITED, BLANK, BLANK_ELSEWHERE, *COPIED, BY_DEPARTMENT]


def test_finding_lines__what_weighs_most_first_and_a_cause_of_a_unit_once() -> None:
    rest = "应为：乙；办法：改成乙"
    assert finding_lines(ALL, OWNERS) == [
        f"[错误] 静安区 静.xlsx 附件2 (2) G5：写了甲；{rest}；同类的还有 50 处：G6、G7、G8、G9、G10、G11 等",
        f"[错误] 静安区 部门评价表_市水务局.xlsx 评议 D7：写了甲；{rest}",
        f"[缺项] 黄浦区 黄.xlsx 附件1 I11：未填；{rest}；同类的还有 1 处：附件2 K5",
        "[待评] 黄浦区 黄.xlsx：8 处尚待评定：R1.1、R2.1、R3.1、R4.1、R5.1、R6.1 等；评定以前名次为暂定",
        f"[提醒] 通知.docx：不是工作簿；{rest}",
    ]


def test_unit_counts__every_unit_and_all_together() -> None:
    assert unit_counts(ALL, OWNERS) == [
        "  通知.docx：提醒 1",
        "  黄浦区：缺项 2，待评 8",
        "  静安区：错误 51",
        "  市水务局：错误 1",
        "共 63 条：错误 52，缺项 2，待评 8，提醒 1",
    ]
    assert unit_counts(COPIED, OWNERS) == ["共 51 条：错误 51"]
    assert unit_counts([], {}) == ["没有发现问题"]
    assert unit_counts([finding(Level.NOTE, "C19", Place(name)) for name in "甲乙"], {}) == [
        "  甲、乙：各提示 1",
        "共 2 条：提示 2",
    ]


def test_finding_lines__the_same_of_several_units__one_line_that_names_each() -> None:
    absent = [
        Issue("F01", Level.ERROR, Place(name, f"表_{name}.xlsx"), "没有", f"{name}的表", "催收") for name in "东西南北"
    ]
    assert finding_lines(absent, {}) == [f"{absent[0].line()}；另有 3 个单位同样：西、南、北"]
    assert finding_lines(absent[:2], {}) == [issue.line() for issue in absent[:2]]
    tasks = {"东": "K01、K02", "西": "K03", "南": "K01"}
    notes = [
        finding(Level.NOTE, "C19", Place(name, cell=f"A{len(name)}"), f"未下达：{own}") for name, own in tasks.items()
    ]
    assert finding_lines(notes, {}) == [f"{notes[0].line()}；另有 2 个单位同样：西、南"]
    typed = [finding(Level.ERROR, "C01", Place(name, cell="K5", item="K01.1"), f"“{name}某”") for name in "东西南"]
    others = [finding(Level.ERROR, "C01", Place("北", cell=f"K{n}", item="K01.1"), "“北某”") for n in (5, 6)]
    assert finding_lines([*typed, *others], {}) == [f"{typed[0].line()}；另有 3 个单位同样：西、南、北 2 处"]
    awaited = [
        finding(Level.AWAITED, "M03", Place(name, cell=f"K{n}", item=f"R{n}.1")) for name in "东西南" for n in (1, 2)
    ]
    assert finding_lines(awaited, {}) == [
        "[待评] 东：2 处尚待评定：R1.1、R2.1；评定以前名次为暂定；另有 2 个单位同样：西 2 处、南 2 处"
    ]


def test_finding_lines__what_each_typed_differs__nobody_is_told_of_with_others() -> None:
    typed = [
        finding(Level.ERROR, "C01", Place(name, cell="K5", item="K01.1"), f"“{word}”")
        for name, word in zip("甲乙丙", ("无", "待定", "十"), strict=True)
    ]
    assert finding_lines(typed, {}) == [issue.line() for issue in typed]


def test_finding_lines__a_form_that_cannot_be_used__told_by_its_fault_and_not_by_its_absence() -> None:
    absent = finding(Level.ERROR, "F01", Place("甲", "区填报表_甲.xlsx"), "已来件，未能读取：甲.rar")
    fault = finding(Level.ERROR, "F03", Place("甲", "甲.rar"), "是 RAR 压缩包，未打开")
    assert finding_lines([absent, fault], {}) == [fault.line()]
    blank = finding(Level.MISSING, "M07", Place("甲", "甲.xlsx"), "一格也没有填")
    cells = [
        finding(Level.MISSING, "M02", Place("甲", "甲.xlsx", "附件2", f"K{n}", f"K{n:02}.1"), "未填") for n in (5, 6)
    ]
    assert finding_lines([blank, *cells], {}) == [blank.line()]
    warning = finding(Level.WARNING, "F11", Place("甲", "乙.xlsx"))
    assert finding_lines([absent, warning], {}) == [absent.line(), warning.line()]


def test_weighty__only_to_be_looked_at__is_no_problem_unless_the_rank_waits_for_it() -> None:
    far_too_much = finding(Level.WARNING, "C18", Place("黄浦区"))
    assert not weighty([STRAY], awaited=True)
    assert weighty([far_too_much], awaited=False)
    assert weighty([BLANK], awaited=False)
    assert (weighty(AWAITED, awaited=False), weighty(AWAITED, awaited=True)) == (False, True)


FORGED = "写着“12\r\n[错误] 静安区 假的.xlsx\u2028\u202e甲\u200b\x1b[2J乙\t丙　丁”"


def test_finding_lines__line_breaks_and_direction_marks_in_what_was_typed__shown_on_one_line() -> None:
    shown = "写着“12〔换行〕[错误] 静安区 假的.xlsx〔换行〕〔U+202E〕甲〔U+200B〕〔U+001B〕[2J乙 丙　丁”"
    line = f"[错误] 静安区 静.xlsx 附件2 G5：{shown}；应为：乙；办法：改成乙"
    forged = finding(Level.ERROR, "C01", Place("静安区", "静.xlsx", "附件2", "G5"), FORGED)
    assert finding_lines([forged], OWNERS) == [forged.line()] == [line]
    many = [finding(Level.AWAITED, "M03", Place(file="a\nb.xlsx", item=item)) for item in ("R1.1", "R2.1")]
    assert "\n" not in finding_lines(many, {})[0]


def test_finding_lines__of_one_kind_and_another_meaning__nobody_is_told_what_holds_elsewhere() -> None:
    place = Place("静安区", "静.xlsx", "附件2", "G5", "K01.1")
    there = Place("静安区", "静.xlsx", "附件2", "G6", "K01.2")
    first = finding(Level.ERROR, "C07", place)
    other = Issue("C07", Level.ERROR, there, "写了丙", "不少于 3 个", "改成乙")
    assert finding_lines([first, other], OWNERS) == [
        f"{first.line()}；同类的还有 1 处：G6（写了丙；应为：不少于 3 个）"
    ]
    many = [
        Issue("C07", Level.ERROR, Place(cell=f"G{n}", item=f"K{n}.1"), f"写了{n}", "乙", "改成乙") for n in range(9)
    ]
    assert finding_lines(many, {}) == [
        f"{many[0].line()}；同类的还有 8 处（各处不同，见“校验”）：G1、G2、G3、G4、G5、G6 等"
    ]
    heads = Place(file="任务分解表.xlsx", sheet="任务分解表", cell="第 3 行")
    of_heads = [finding(Level.ERROR, "T03", heads, found) for found in ("表头缺 黄浦区", "表头有两列 静安区")]
    assert finding_lines(of_heads, {}) == [issue.line() for issue in of_heads]
    blank = Issue("M02", Level.MISSING, there, "未填", "完成情况（任务量 3 个）", "改成乙")
    blanks = [finding(Level.MISSING, "M02", place, "未填"), blank]
    assert finding_lines(blanks, OWNERS) == [
        f"{blanks[0].line()}；同类的还有 1 处：G6（应为：完成情况（任务量 3 个））"
    ]
