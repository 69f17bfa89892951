"""The commands for 考核方案.xlsx: an office's scheme as a workbook."""

from __future__ import annotations

from pathlib import Path

from xladdin.cli.terminal import DONE, PROBLEMS, now, refuse_overwriting, say, write
from xladdin.words import REMARK


def new(out: Path, base: str) -> int:
    """以现有方案为底稿，新建下一年度的考核方案.xlsx。"""
    from xladdin.files import write_new
    from xladdin.scheme.choosing import choose_scheme
    from xladdin.sending.schemes import following

    write_new({out: following(choose_scheme(asked=base))})
    say(f"已写出 {out}：按工作表“{REMARK}”修改后，用 xladdin scheme check {out} 检查")
    return DONE


def check(file: Path) -> int:
    """检查考核方案.xlsx：逐处指出错误，并计算样例。"""
    from xladdin.scheme.book.reading import scheme_sheets
    from xladdin.scheme.load import SchemeError
    from xladdin.scoring.examples import Checked, checked

    try:
        found = checked(scheme_sheets(file))
    except SchemeError as error:
        found = Checked(tuple(error.faults))
    for line in found.lines:
        say(line)
    return PROBLEMS if found.faults else DONE


def compare(before: str, after: str, output: Path) -> int:
    """比较两个考核方案：增减、改名、分值、任务量、档次、评价部门和原文的变动。"""
    from xladdin.scheme.book.differences import differences
    from xladdin.scheme.book.writer import differences_workbook
    from xladdin.scheme.choosing import choose_scheme

    old, new_ = choose_scheme(asked=before), choose_scheme(asked=after)
    found = differences(old, new_)
    refuse_overwriting([output], [Path(name) for name in (before, after)])
    write({output: differences_workbook(old, new_, found, now())})
    for one in found:
        say(one.line)
    say(f"共 {len(found)} 处变动：{output}" if found else f"两个方案相同：{output}")
    return DONE


def confirm(folder: Path) -> int:
    """确认下发以后对考核方案的改动不涉及填报内容，已下发的表照常采用。"""
    from xladdin.rounds.scheme_changes import confirm_change
    from xladdin.scheme.choosing import read_scheme_file
    from xladdin.words import SCHEME_CONFIRMED_FILE, SCHEME_FILE

    change = confirm_change(read_scheme_file(folder / SCHEME_FILE), folder, now())
    if change is None:
        say("没有要确认的：下发的表都是按现在的考核方案做的")
        return DONE
    for line in change.lines():
        say(line)
    say(f"已确认，写进 {folder / SCHEME_CONFIRMED_FILE}，随结果一起封存")
    return DONE


def export(year: str, out: Path) -> int:
    """把一个年度的考核方案导出为考核方案.xlsx。"""
    from xladdin.files import write_new
    from xladdin.scheme.choosing import choose_scheme
    from xladdin.sending.schemes import exported

    write_new({out: exported(choose_scheme(asked=year))})
    say(f"已导出 {out}")
    return DONE
