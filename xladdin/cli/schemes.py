"""The commands for 考核方案.xlsx: an office's scheme as a workbook."""

from __future__ import annotations

from pathlib import Path

from xladdin.cli.terminal import DONE, PROBLEMS, now, refuse_overwriting, say, write
from xladdin.words import REMARK


def new(out: Path, base: str) -> int:
    """以现有方案为底稿，新建下一年度的考核方案.xlsx。"""
    from xladdin.classes import replace
    from xladdin.files import write_new
    from xladdin.scheme.book.writer import scheme_workbook
    from xladdin.scheme.choosing import choose_scheme
    from xladdin.sending.sample import first_examples

    scheme = choose_scheme(asked=base)
    source = scheme.source
    year = source.year + 1
    version = str(year) if source.version == str(source.year) else source.version
    following = replace(scheme, source=replace(source, year=year, version=version))
    write_new({out: scheme_workbook(following, first_examples(scheme))})
    say(f"已写出 {out}：按工作表“{REMARK}”修改后，用 xladdin scheme check {out} 检查")
    return DONE


def check(file: Path) -> int:
    """检查考核方案.xlsx：逐处指出错误，并计算样例。"""
    from xladdin.scheme.book.reading import read_scheme_book
    from xladdin.scheme.load import SchemeError
    from xladdin.scoring.examples import wrong_examples

    try:
        book = read_scheme_book(file)
        faults = list(wrong_examples(book.scheme, book.examples))
    except SchemeError as error:
        faults = error.faults
    for fault in faults:
        say(f"[错误] {fault}")
    if faults:
        say(f"共 {len(faults)} 处，改好后再检查一次。")
        return PROBLEMS
    scheme = book.scheme
    points = f"{len(scheme.items)} 个计分项，共 {scheme.points} 分；{len(scheme.districts)} 个单位"
    say(f"没有错误：{scheme.source.title}，{points}；{len(book.examples)} 个样例计算相符")
    return DONE


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
        name = f"　{one.name}" if one.name not in ("", one.key) else ""
        say(f"{one.sheet}　{one.key}{name}　{one.column}：{_shown(one.before)} → {_shown(one.after)}")
    say(f"共 {len(found)} 处变动：{output}" if found else f"两个方案相同：{output}")
    return DONE


def export(year: str, out: Path) -> int:
    """把一个年度的考核方案导出为考核方案.xlsx。"""
    from xladdin.files import write_new
    from xladdin.scheme.book.writer import scheme_workbook
    from xladdin.scheme.choosing import choose_scheme
    from xladdin.sending.sample import first_examples

    scheme = choose_scheme(asked=year)
    write_new({out: scheme_workbook(scheme, first_examples(scheme))})
    say(f"已导出 {out}")
    return DONE


_LONGEST = 60
"""Characters of a text that a line on the screen shows; the workbook has all of it."""


def _shown(content: str | float | None) -> str:
    if content is None:
        return "（无）"
    text = f"{content:g}" if isinstance(content, float) else " ".join(content.split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
