"""The commands of a whole round: targets, evaluations, progress, differences, corrections. `cli` puts them together."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from xladdin.console import (
    DONE,
    PROBLEMS,
    USAGE,
    Paths,
    existing,
    fail,
    now,
    print_issues,
    progress_bar,
    refuse_overwriting,
    scheme_in_force,
    write,
)


def targets_command(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="要写出的任务分解表")] = Path("任务分解表.xlsx"),
) -> None:
    """生成空白的任务分解表：各指标 × 16 个区，合计与全市数量核对。"""
    from xladdin.assessment.unit_books import targets_workbook
    from xladdin.files import WouldOverwrite, write_new

    try:
        write_new({out: targets_workbook(scheme_in_force())})
    except WouldOverwrite as error:
        fail(str(error), PROBLEMS)
    typer.echo(f"已生成任务分解表：{out}")


def evaluations_command(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="存放评价表的文件夹")],
    returned: Annotated[
        list[Path] | None,
        typer.Option("--returned", callback=existing, help="回收的区填报表，填入区报数供核对；可重复"),
    ] = None,
    experts: Annotated[str, typer.Option("--experts", help="专家姓名，用逗号分开；不写为专家1至专家7")] = "",
    issue: Annotated[int, typer.Option("--issue", min=1, help="第几次下发，写入下发编号")] = 1,
) -> None:
    """生成部门评价表、专家评议表和市精细化办评分表。"""
    from xladdin.assessment.unit_distribution import write_unit_workbooks
    from xladdin.assessment.units import DEFAULT_EXPERTS, UnitNameError
    from xladdin.files import WouldOverwrite

    names = [name.strip() for name in experts.replace("，", ",").replace("、", ",").split(",") if name.strip()]
    try:
        with progress_bar("生成评价表") as progress:
            written = write_unit_workbooks(
                scheme_in_force(),
                out,
                returned=returned or [],
                experts=names or DEFAULT_EXPERTS,
                issue=issue,
                progress=progress,
            )
    except UnitNameError as error:
        fail(str(error), USAGE)
    except WouldOverwrite as error:
        fail(str(error), PROBLEMS)
    typer.echo(f"已生成 {len(written)} 份评价表：{out}")


def diff_command(
    before: Annotated[
        Path, typer.Argument(metavar="BEFORE", callback=existing, help="变动前：results.json 或报送的表")
    ],
    after: Annotated[
        Path, typer.Argument(metavar="AFTER", callback=existing, help="变动后：results.json 或同一单位的表")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="变动工作簿")] = Path("变动.xlsx"),
) -> None:
    """比较两次汇总结果，或同一单位前后两份表，逐格列出变动。"""
    from xladdin.assessment.difference_sheets import changes_workbook, compare_files
    from xladdin.assessment.differences import NotComparable

    scheme = scheme_in_force()
    try:
        compared = compare_files(scheme, before, after)
    except NotComparable as error:
        fail(str(error), USAGE)
    refuse_overwriting([output], [before, after])
    typer.echo("\n".join(compared.lines))
    write(output, changes_workbook(scheme, compared.sheets, now()))
    typer.echo(f"变动：{output}")


def round_command(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", callback=existing, help="这一次考核的文件夹，内有“回收”")],
    today: Annotated[
        datetime | None,
        typer.Option("--today", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="按哪一天算逾期；不写为今天"),
    ] = None,
    due: Annotated[
        datetime | None,
        typer.Option("--due", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="没有填截止日期的单位的截止日期"),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="OUTFOLDER", help="结果文件夹；不写为 FOLDER")
    ] = None,
) -> None:
    """回收进度：谁交了、谁没交、退回改什么、每个单位采用哪一份。"""
    from xladdin.assessment.round_files import round_workbooks, status_lines
    from xladdin.assessment.round_tracking import read_round
    from xladdin.issues import weighty

    scheme = scheme_in_force()
    day = (today or now()).date()
    round_ = read_round(scheme, folder, due.date() if due else None)
    if not round_.is_tracked:
        print_issues(round_.issues)
        fail("进度表有错误，没有写出文件", PROBLEMS)
    out = output or folder
    files = {out / name: data for name, data in round_workbooks(scheme, round_, day, now()).items()}
    typer.echo("\n".join(status_lines(round_.statuses, day)))
    if round_.issues:
        print_issues(round_.issues)
    for path, data in files.items():
        write(path, data)
        typer.echo(str(path))
    wanting = any(status.is_wanting for status in round_.statuses)
    raise typer.Exit(PROBLEMS if wanting or weighty(round_.issues, awaited=False) else DONE)


def correct_command(
    sealed: Annotated[
        Path, typer.Argument(metavar="RESULTS", callback=existing, help="更正以前的 results.json，保持不变")
    ],
    paths: Paths,
    sheet: Annotated[
        Path,
        typer.Option("--corrections", callback=existing, help="更正单：区、编号、栏目、原值、新值、理由、批准人、日期"),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="更正后的汇总工作簿")] = Path("考核汇总（更正）.xlsx"),
    json_path: Annotated[Path | None, typer.Option("--json", metavar="results.json", help="同时写出 JSON 结果")] = None,
) -> None:
    """按更正单（复核、申诉）重新计分排名，写出新结果和变动；原结果不动。"""
    import json

    from xladdin.assessment.consolidate import results
    from xladdin.assessment.correction_files import corrected_lines, corrected_workbook, refuse_replacing
    from xladdin.assessment.corrections import NotTheResult, correct
    from xladdin.assessment.differences import NotComparable
    from xladdin.files import WouldOverwrite
    from xladdin.issues import weighty

    scheme = scheme_in_force()
    outputs = [output, json_path] if json_path else [output]
    try:
        refuse_replacing(outputs)
        with progress_bar("更正") as progress:
            corrected = correct(scheme, sealed, paths, sheet, progress)
    except (WouldOverwrite, NotComparable) as error:
        fail(str(error), USAGE)
    except NotTheResult as error:
        fail(str(error), PROBLEMS)
    if corrected.issues:
        print_issues(corrected.issues)
    after = corrected.after
    if after is None:
        fail("更正单有错误，没有更正", PROBLEMS)
    refuse_overwriting(outputs, after.inputs)
    typer.echo("\n".join(corrected_lines(corrected, after)))
    write(output, corrected_workbook(corrected, after, output, now()))
    if json_path:
        write(json_path, json.dumps(results(after), ensure_ascii=False, indent=1).encode() + b"\n")
    typer.echo(f"更正后的汇总工作簿：{output}")
    raise typer.Exit(PROBLEMS if weighty(after.issues, awaited=True) else DONE)
