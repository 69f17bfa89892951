"""The commands of a whole round: targets, evaluations, progress, differences, corrections. `cli` puts them together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xladdin.cli.terminal import (
    DONE,
    PROBLEMS,
    USAGE,
    AsRound,
    existing,
    fail,
    now,
    print_issues,
    progress_bar,
    refuse_overwriting,
    round_folder,
    scheme_in_force,
    write,
)

if TYPE_CHECKING:
    from xladdin.files import Progress
    from xladdin.forms.form import Form
    from xladdin.results.consolidation import Consolidation
    from xladdin.returns.collection import Collection
    from xladdin.rounds.corrections import Corrected
    from xladdin.scheme.model import Scheme
    from xladdin.scheme.policies import Policies


def targets_command(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="要写出的任务分解表")] = Path("任务分解表.xlsx"),
) -> None:
    """生成空白的任务分解表：各指标 × 16 个区，合计与全市数量核对。"""
    from xladdin.rounds.targets_sheet import targets_workbook

    _write_blank(out, targets_workbook(scheme_in_force()), "任务分解表")


def _write_blank(out: Path, workbook: bytes, kind: str) -> None:
    from xladdin.files import WouldOverwrite, write_new

    try:
        write_new({out: workbook})
    except WouldOverwrite as error:
        fail(str(error), PROBLEMS)
    typer.echo(f"已生成{kind}：{out}")


def evaluations_command(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="存放评价表的文件夹")],
    returned: Annotated[
        list[Path] | None,
        typer.Option("--returned", callback=existing, help="回收的区填报表，填入区报数供核对；可重复"),
    ] = None,
    experts: Annotated[str, typer.Option("--experts", help="专家姓名，用逗号分开；不写为专家1至专家7")] = "",
    issue: Annotated[int, typer.Option("--issue", min=1, help="第几次下发，写入下发编号")] = 1,
    as_round: AsRound = False,
) -> None:
    """生成部门评价表、专家评议表和市精细化办评分表。"""
    from xladdin.evaluations.units import DEFAULT_EXPERTS, UnitNameError, split_names
    from xladdin.files import WouldOverwrite
    from xladdin.sending.evaluations import write_unit_workbooks

    scheme = scheme_in_force()
    forms = _returned_forms(scheme, returned or [], as_round=as_round)
    try:
        with progress_bar("生成评价表") as progress:
            written = write_unit_workbooks(
                scheme,
                out,
                forms=forms,
                experts=split_names(experts) or DEFAULT_EXPERTS,
                issue=issue,
                progress=progress,
            )
    except UnitNameError as error:
        fail(str(error), USAGE)
    except WouldOverwrite as error:
        fail(str(error), PROBLEMS)
    typer.echo(f"已生成 {len(written)} 份评价表：{out}")
    absent = [name for name in scheme.district_names if name not in forms]
    if returned and absent:
        typer.echo(f"没有可用的填报表，表中区报数和案例名称空着的：{'、'.join(absent)}")


def _returned_forms(scheme: Scheme, returned: list[Path], *, as_round: bool) -> Mapping[str, Form]:
    """The districts' forms among the paths, or those that count of a round."""
    from xladdin.returns.collection import collect

    if as_round:
        return collected(scheme, round_folder(returned), None).forms
    return collect(scheme, returned).forms if returned else {}


def collected(scheme: Scheme, folder: Path, progress: Progress | None) -> Collection:
    """What counts of a round, or the end where there is none."""
    from xladdin.rounds.sealing import BrokenRound, NotARound, collect_round

    try:
        return collect_round(scheme, folder, progress)
    except NotARound as error:
        fail(str(error), USAGE)
    except BrokenRound as error:
        fail(str(error), PROBLEMS)


def counted(scheme: Scheme, folder: Path, policies: Policies | None, progress: Progress | None) -> Consolidation:
    """The consolidation of what counts of a round, not sealed."""
    from xladdin.results.consolidation import consolidate_forms
    from xladdin.returns.collection import report_missing

    collection = collected(scheme, folder, progress)
    report_missing(scheme, collection)
    return consolidate_forms(scheme, collection, policies or scheme.default_policies)


def seal(scheme: Scheme, folder: Path, policies: Policies | None) -> tuple[Consolidation, Path]:
    """Consolidate and seal what counts of a round; the result and its workbook."""
    from xladdin.files import WouldOverwrite
    from xladdin.rounds.sealing import BrokenRound, NotARound, corrections_left_out, seal_round

    try:
        with progress_bar("汇总") as progress:
            sealed = seal_round(scheme, folder, policies, now(), progress)
    except NotARound as error:
        fail(str(error), USAGE)
    except (BrokenRound, WouldOverwrite) as error:
        fail(str(error), PROBLEMS)
    typer.echo(f"已封存：{sealed.folder}" if sealed.is_new else f"与 {sealed.folder.name} 相同，没有另存")
    if sealed.moved:
        typer.echo("与上次相比：")
        typer.echo("\n".join(sealed.moved))
    if told := corrections_left_out(folder):
        typer.echo(told)
    return sealed.consolidation, sealed.workbook


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
    from xladdin.results.difference_sheets import changes_workbook, compare_files
    from xladdin.results.differences import NotComparable

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
    from xladdin.issues import weighty
    from xladdin.rounds.progress import round_workbooks, status_lines
    from xladdin.rounds.sealing import NotARound, returned_folder
    from xladdin.rounds.tracking import read_round

    scheme = scheme_in_force()
    folder = round_folder([folder])
    day = (today or now()).date()
    try:
        returned_folder(folder)
    except NotARound as error:
        fail(str(error), USAGE)
    with progress_bar("读取回收表") as progress:
        round_ = read_round(scheme, folder, due.date() if due else None, progress)
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


def corrections_command(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="要写出的更正单")] = Path("更正单.xlsx"),
) -> None:
    """生成空白的更正单。"""
    from xladdin.rounds.corrections_sheet import corrections_workbook

    _write_blank(out, corrections_workbook(scheme_in_force()), "更正单")


def correct_command(
    sealed: Annotated[
        Path,
        typer.Argument(
            metavar="RESULTS", callback=existing, help="更正以前的 results.json，保持不变；用 --round 时为考核文件夹"
        ),
    ],
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH…", callback=existing, help="当时汇总所用的回收表；用 --round 时不写"),
    ] = None,
    sheet: Annotated[
        Path | None,
        typer.Option(
            "--corrections",
            callback=existing,
            help="更正单：区、编号、栏目、原值、新值、理由、批准人、日期；用 --round 时不写",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="更正后的汇总工作簿；不写为 考核汇总（更正）.xlsx")
    ] = None,
    json_path: Annotated[Path | None, typer.Option("--json", metavar="results.json", help="同时写出 JSON 结果")] = None,
    as_round: AsRound = False,
) -> None:
    """按更正单（复核、申诉）重新计分排名，写出新结果和变动；原结果不动。"""
    from xladdin.files import WouldOverwrite
    from xladdin.issues import weighty
    from xladdin.results.differences import NotComparable
    from xladdin.results.files import results_json
    from xladdin.rounds.correction_files import corrected_lines, corrected_workbook, refuse_replacing
    from xladdin.rounds.corrections import NotTheResult, correct

    scheme = scheme_in_force()
    if as_round:
        if paths or sheet or output or json_path:
            fail("用 --round 时只写考核文件夹：更正单在其中，结果封存在其中的“结果”里", USAGE)
        after = _correct_round(scheme, round_folder([sealed]))
        raise typer.Exit(PROBLEMS if weighty(after.issues, awaited=True) else DONE)
    if not paths or sheet is None:
        fail("请指定当时汇总所用的回收表和更正单（--corrections），或用 --round 指定考核文件夹", USAGE)
    output = output or Path("考核汇总（更正）.xlsx")
    outputs = [output, json_path] if json_path else [output]
    try:
        refuse_replacing(outputs)
        with progress_bar("更正") as progress:
            corrected = correct(scheme, sealed, paths, sheet, progress)
    except (WouldOverwrite, NotComparable) as error:
        fail(str(error), USAGE)
    except NotTheResult as error:
        fail(str(error), PROBLEMS)
    after = _corrected(corrected)
    refuse_overwriting(outputs, after.inputs)
    typer.echo("\n".join(corrected_lines(corrected, after)))
    write(output, corrected_workbook(corrected, after, output, now()))
    if json_path:
        write(json_path, results_json(after))
    typer.echo(f"更正后的汇总工作簿：{output}")
    raise typer.Exit(PROBLEMS if weighty(after.issues, awaited=True) else DONE)


def _corrected(corrected: Corrected) -> Consolidation:
    """The result with the corrections; the end where 更正单 does not allow any."""
    if corrected.issues:
        print_issues(corrected.issues)
    if corrected.after is None:
        fail("更正单有错误，没有更正", PROBLEMS)
    return corrected.after


def _correct_round(scheme: Scheme, folder: Path) -> Consolidation:
    """Apply the 更正单 that lies in a round's folder, or put a blank one there."""
    from xladdin.files import WouldOverwrite
    from xladdin.results.differences import NotComparable
    from xladdin.rounds.corrections import NotTheResult
    from xladdin.rounds.sealing import BrokenRound, NotARound, issue_corrections, returned_folder, seal_corrected

    try:
        returned_folder(folder)
        if written := issue_corrections(scheme, folder):
            typer.echo(f"已生成空白的更正单 {written}；填好、保存后再运行一次")
            raise typer.Exit(DONE)
        with progress_bar("更正") as progress:
            corrected, sealed = seal_corrected(scheme, folder, now(), progress)
    except NotARound as error:
        fail(str(error), USAGE)
    except (NotTheResult, NotComparable, BrokenRound, WouldOverwrite) as error:
        fail(str(error), PROBLEMS)
    after = _corrected(corrected)
    assert sealed is not None
    typer.echo("\n".join(sealed.moved))
    if not sealed.is_new:
        typer.echo(f"与 {sealed.folder.name} 相同，没有另存")
    typer.echo(f"更正后的汇总工作簿：{sealed.workbook}")
    return after
