"""The command line. Exit codes: 0 done, 1 problems in the data (named), 2 wrong usage.

What a command needs is imported when it runs, so that a short command starts fast.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from xladdin.cli import rounds as round_commands
from xladdin.cli.terminal import (
    DONE,
    PROBLEMS,
    USAGE,
    AsRound,
    Paths,
    existing,
    fail,
    now,
    print_issues,
    print_ranking,
    progress_bar,
    refuse_overwriting,
    round_folder,
    run,
    scheme_in_force,
    write,
)

if TYPE_CHECKING:
    from xladdin.issues import Issue
    from xladdin.results.consolidation import Consolidation
    from xladdin.scheme.model import Scheme
    from xladdin.scheme.policies import Policies

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="上海市城市管理精细化考核：生成模板、校验回收表、汇总排名。",
)

addin = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="构建、安装、卸载、检查 Excel 加载项（安装只对当前用户，不需要管理员权限）。",
)
app.add_typer(addin, name="addin")


PolicyOption = Annotated[
    list[str] | None,
    typer.Option("--policy", metavar="名称=选项", help="改用某一口径，可重复；例如 --policy briefs_at_six=lower"),
]


def main() -> NoReturn:
    """The program `xladdin`."""
    run(app)


def _policies(scheme: Scheme, choices: list[str] | None) -> Policies | None:
    """The readings asked for; None leaves them to the workbook, or to the scheme's defaults."""
    from xladdin.scheme import PolicyError

    if not choices:
        return None
    chosen = {}
    for choice in choices:
        name, equals, option = choice.partition("=")
        if not equals:
            fail(f"--policy 应写成 名称=选项，现为“{choice}”", USAGE)
        chosen[name.strip()] = option.strip()
    try:
        return scheme.choose_policies(chosen)
    except PolicyError as error:
        fail(str(error), USAGE)


@app.command("build-templates")
def build_templates_command() -> None:
    """由考核方案数据重新生成 workbook_templates/ 中的空白模板和清单。"""
    from xladdin.sending.forms import build_templates

    for path in build_templates(scheme_in_force()):
        typer.echo(f"已生成 {path}")


@app.command("templates")
def templates_command(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="存放模板的文件夹")],
    targets: Annotated[
        Path | None,
        typer.Option("--targets", callback=existing, help="任务分解表：编号 × 区，预填当年任务量"),
    ] = None,
    issue: Annotated[int, typer.Option("--issue", min=1, help="第几次下发，写入下发编号")] = 1,
) -> None:
    """生成 16 个区的填报表和考核总表。"""
    code = _templates(scheme_in_force(), out, targets, issue)
    raise typer.Exit(code)


def _templates(scheme: Scheme, out: Path, targets: Path | None, issue: int) -> int:
    from xladdin.files import WouldOverwrite
    from xladdin.issues import Level
    from xladdin.rounds.targets import read_targets
    from xladdin.sending.forms import StaleTemplates, distribute

    amounts, found = read_targets(scheme, targets) if targets else (None, [])
    if found:
        print_issues(found)
    if any(i.level is Level.ERROR for i in found):
        typer.echo("任务分解表有错误，未生成模板", err=True)
        return PROBLEMS
    try:
        with progress_bar("生成模板") as progress:
            distribute(scheme, out, targets=amounts, issue=issue, progress=progress)
    except (StaleTemplates, WouldOverwrite) as error:
        fail(str(error), PROBLEMS)
    typer.echo(f"已生成 {len(scheme.districts)} 个区的填报表和考核总表：{out}")
    return PROBLEMS if found else DONE


app.command("targets")(round_commands.targets_command)
app.command("evaluations")(round_commands.evaluations_command)
app.command("round")(round_commands.round_command)
app.command("diff")(round_commands.diff_command)
app.command("corrections")(round_commands.corrections_command)
app.command("correct")(round_commands.correct_command)


@app.command("sample")
def sample_command(
    templates: Annotated[Path, typer.Argument(metavar="TEMPLATES", callback=existing, help="模板所在文件夹")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="存放示例的文件夹")],
    seed: Annotated[int, typer.Option("--seed", help="随机种子；相同的种子得到相同的文件")] = 2023,
) -> None:
    """用示例数据填写模板，供试用和培训。"""
    _sample(scheme_in_force(), templates, out, seed)


def _sample(scheme: Scheme, templates: Path, out: Path, seed: int) -> None:
    from xladdin.files import WouldOverwrite
    from xladdin.sending.sample import NoTemplates, fill_samples

    try:
        with progress_bar("填写示例") as progress:
            written = fill_samples(scheme, templates, out, seed, progress)
    except NoTemplates as error:
        fail(str(error), USAGE)
    except WouldOverwrite as error:
        fail(str(error), PROBLEMS)
    typer.echo(f"已填写 {len(written)} 个区的示例：{out}")


@app.command("check")
def check_command(
    paths: Paths,
    output: Annotated[Path, typer.Option("-o", "--output", help="校验结果工作簿")] = Path("校验结果.xlsx"),
) -> None:
    """校验回收的填报表，列出全部问题及所在单元格。"""
    from xladdin.issues import weighty

    found = _check(scheme_in_force(), paths, output)
    raise typer.Exit(PROBLEMS if weighty(found, awaited=False) else DONE)


def _check(scheme: Scheme, paths: list[Path], output: Path) -> list[Issue]:
    from xladdin.results.consolidation import examine
    from xladdin.results.files import issues_workbook
    from xladdin.returns.collection import collect

    with progress_bar("校验") as progress:
        collection = collect(scheme, paths, progress)
    files = {file.name: file.path for file in collection.files}
    refuse_overwriting([output], collection.inputs)
    found = examine(scheme, collection)
    print_issues(found)
    write(output, issues_workbook(scheme, found, files, output))
    typer.echo(f"校验结果：{output}")
    return found


@app.command("consolidate")
def consolidate_command(
    paths: Paths,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", help="汇总工作簿；不写为 考核汇总.xlsx，用 --round 时封存在考核文件夹的“结果”里"
        ),
    ] = None,
    json_path: Annotated[Path | None, typer.Option("--json", metavar="results.json", help="同时写出 JSON 结果")] = None,
    policy: PolicyOption = None,
    as_round: AsRound = False,
) -> None:
    """汇总、计分、排名，写出考核汇总工作簿。"""
    from xladdin.issues import weighty

    scheme = scheme_in_force()
    policies = _policies(scheme, policy)
    if as_round and output is None:
        if json_path:
            fail("用 --round 封存时 results.json 在“结果”里；要另写一份，请同时写 -o", USAGE)
        result, workbook = round_commands.seal(scheme, round_folder(paths), policies)
    else:
        workbook = output or Path("考核汇总.xlsx")
        result = _consolidate(scheme, paths, policies, workbook, json_path, as_round=as_round)
    counted = f"，有 {len(result.issues)} 条校验结果，见“校验”" if result.issues else ""
    typer.echo(f"汇总工作簿：{workbook}{counted}")
    raise typer.Exit(PROBLEMS if weighty(result.issues, awaited=True) else DONE)


def _consolidate(
    scheme: Scheme,
    paths: list[Path],
    policies: Policies | None,
    output: Path,
    json_path: Path | None,
    *,
    as_round: bool = False,
) -> Consolidation:
    from xladdin.results.consolidation import consolidate
    from xladdin.results.files import result_workbook, results_json
    from xladdin.scheme import PolicyError

    try:
        with progress_bar("汇总") as progress:
            if as_round:
                result = round_commands.counted(scheme, round_folder(paths), policies, progress)
            else:
                result = consolidate(scheme, paths, policies, progress)
    except PolicyError as error:
        fail(f"“口径”工作表：{error}", PROBLEMS)
    outputs = [output, json_path] if json_path else [output]
    refuse_overwriting(outputs, result.inputs)
    workbook = result_workbook(result, output, now())
    write(output, workbook)
    if json_path:
        write(json_path, results_json(result))
    return result


@app.command("demo")
def demo_command(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="存放演示结果的文件夹")] = Path("demo"),
) -> None:
    """演示全过程：生成模板 → 填写示例 → 校验 → 汇总排名。"""
    scheme = scheme_in_force()
    templates, returned, output, json_path = out / "模板", out / "回收", out / "考核汇总.xlsx", out / "results.json"
    _templates(scheme, templates, None, 1)
    _sample(scheme, templates, returned, 2023)
    _check(scheme, [returned], out / "校验结果.xlsx")
    result = _consolidate(scheme, [returned], None, output, json_path)
    print_ranking(result)
    for path in (templates, returned, out / "校验结果.xlsx", output, json_path):
        typer.echo(str(path))


@app.command("explain")
def explain_command(
    district: Annotated[str, typer.Argument(metavar="DISTRICT", help="区名")],
    item: Annotated[str, typer.Argument(metavar="ITEM", help="项目编号，如 K01、R5")],
    results_path: Annotated[
        Path, typer.Argument(metavar="RESULTS", callback=existing, help="consolidate --json 写出的文件")
    ],
) -> None:
    """说明一个得分是怎么来的、用到的数在哪个文件的哪个单元格。"""
    import json

    try:
        districts = {d["name"]: d["items"] for d in json.loads(results_path.read_text(encoding="utf-8"))["districts"]}
        if district not in districts:
            fail(f"结果中没有“{district}”；可选：{'、'.join(districts)}", USAGE)
        items = districts[district]
        if item.upper() not in items:
            fail(f"结果中没有项目“{item}”；可选：{'、'.join(items)}", USAGE)
        score = items[item.upper()]
        lines = [f"{district} {item.upper()}（{score['points']:g} 分）", score["explain"]]
        for source in score["sources"]:
            place = f"{source['file']} {source['sheet']}!{source['cell']}"
            typed = f"{source['code']} {source['column']}：“{source['typed']}”"
            lines.append(f"  {typed}  {place}  SHA-256 {source['sha256']}")
    except (ValueError, KeyError, TypeError, AttributeError):
        fail(f"{results_path} 不是 xladdin consolidate --json 写出的结果", USAGE)
    typer.echo("\n".join(lines))


@app.command("repair")
def repair_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", callback=existing, help="公式失效的工作簿，.xlsx 或 .xlsm")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="修复后的工作簿；不写时放在原文件旁边，文件名加“（已修复）”")
    ] = None,
) -> None:
    """修复失效的 FS_ 公式，另存一份；原文件不动。"""
    from macros.repair import CannotRepair, repair_file
    from xladdin.files import FileBusy, WouldOverwrite

    try:
        written, changes = repair_file(file, output)
    except (CannotRepair, FileBusy, WouldOverwrite) as error:
        fail(str(error), PROBLEMS)
    for change in changes:
        typer.echo(change.line())
    typer.echo(f"共修复 {len(changes)} 处：{written}" if changes else "没有需要修复的公式，未写出文件")


@addin.command("build")
def addin_build_command() -> None:
    """重新生成 workbook_templates/ 中的考核总表、Excel 加载项和 LibreOffice 扩展（不需要 Excel）。"""
    from macros.build import build_addin

    for path in build_addin(scheme_in_force()):
        typer.echo(f"已生成 {path}")


@addin.command("install")
def addin_install_command() -> None:
    """把加载项装进当前用户的 Excel。"""
    from macros.windows.install import install

    _change_installation(install)


@addin.command("uninstall")
def addin_uninstall_command() -> None:
    """卸载加载项，只删除安装时写入的文件。"""
    from macros.windows.install import uninstall

    _change_installation(uninstall)


def _change_installation(change: Callable[..., list[str]]) -> None:
    from macros.windows.install import CannotInstall
    from macros.windows.machine import Windows, this_machine

    machine = this_machine()
    if not isinstance(machine, Windows):
        fail("加载项只能在 Windows 上安装和卸载", PROBLEMS)
    try:
        lines = change(machine)
    except CannotInstall as error:
        fail(str(error), PROBLEMS)
    typer.echo("\n".join(lines))


@addin.command("status")
def addin_status_command() -> None:
    """体检：逐项检查本机的安装，写明毛病和办法。"""
    from macros.windows.checkup import checkup, report
    from macros.windows.machine import this_machine

    findings = checkup(this_machine())
    typer.echo("\n".join(report(findings)))
    raise typer.Exit(PROBLEMS if any(finding.ok is False for finding in findings) else DONE)
