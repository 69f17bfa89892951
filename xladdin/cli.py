"""The command line. Exit codes: 0 done, 1 problems in the data (named), 2 wrong usage.

What a command needs is imported when it runs, so that a short command starts fast.
"""

from __future__ import annotations

import gc
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, cast

import typer

if TYPE_CHECKING:
    from xladdin.assessment.collect import Progress
    from xladdin.assessment.consolidate import Consolidation
    from xladdin.issues import Issue
    from xladdin.scheme.model import Scheme
    from xladdin.scheme.policies import Policies

DONE, PROBLEMS, USAGE = 0, 1, 2

_CANCELLED = 130  # what the command-line library makes of Ctrl+C

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="上海市城市管理精细化考核：生成模板、校验回收表、汇总排名。",
)


def _existing(value: Path | list[Path] | None) -> Path | list[Path] | None:
    for path in value if isinstance(value, list) else filter(None, [value]):
        if not path.exists():
            raise typer.BadParameter(f"找不到文件或文件夹“{path}”")
    return value


Paths = Annotated[
    list[Path],
    typer.Argument(metavar="PATH…", callback=_existing, help="回收表所在文件夹、文件，或含 16 张区工作表的工作簿"),
]
PolicyOption = Annotated[
    list[str] | None,
    typer.Option("--policy", metavar="名称=选项", help="改用某一口径，可重复；例如 --policy briefs_at_six=lower"),
]


def main() -> NoReturn:
    """Run the command line with errors told in Chinese."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    gc.disable()  # a short-lived process that builds large tables and then ends
    os.environ.setdefault(
        "PYDANTIC_DISABLE_PLUGINS", "__all__"
    )  # looking for them takes longer than reading the scheme
    try:
        code = app(standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        code = _CANCELLED
    except _UsageError as error:
        _fail(_usage(error), USAGE)
    except OSError as error:
        _fail(f"文件操作失败：{error.filename or ''} {error.strerror or error}", PROBLEMS)
    if code == _CANCELLED:
        _fail("已取消，未写入结果文件", PROBLEMS)
    _leave(code if isinstance(code, int) else DONE)


# The library's own class; typer only exports its subclasses.
_UsageError: type[Exception] = cast("type[Exception]", typer.BadParameter.__mro__[1])


def _usage(error: Exception) -> str:
    """A wrong call told in Chinese: the library's classes say what is wrong, its own words are English."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError" and context is not None:
        return str(context.get_help())
    param = getattr(error, "param", None)
    name = (param.metavar or "/".join(param.opts)) if param is not None else ""
    message = str(getattr(error, "message", error))
    match type(error).__name__:
        case "MissingParameter":
            what = f"缺少参数 {name}"
        case "NoSuchOption":
            what = f"没有选项 {getattr(error, 'option_name', '')}"
        case "BadParameter":
            what = message if message.startswith("找不到") else f"参数 {name} 的值不对"
        case _:
            quoted = "、".join(f"“{word}”" for word in re.findall(r"'([^']*)'", message))
            what = f"没有这个命令或参数：{quoted}" if quoted else "命令写法不对"
    command = context.command_path if context is not None else "xladdin"
    return f"{what}\n用法见：{command} --help"


def _leave(code: int) -> NoReturn:
    """End at once: everything is written, and taking large tables apart object by object would only cost time."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _fail(message: str, code: int) -> NoReturn:
    typer.echo(message, err=True)
    raise SystemExit(code)


@contextmanager
def _progress(title: str) -> Iterator[Progress | None]:
    """A progress bar on the terminal; nothing where the output is not one. Ctrl+C cancels."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[now]}"))
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None, now="")

        def step(done: int, total: int, now: str) -> None:
            bar.update(task, completed=done, total=total, now=now)

        yield step


def _scheme() -> Scheme:
    from xladdin.scheme import SchemeError, load_scheme

    try:
        return load_scheme()
    except SchemeError as error:
        _fail(str(error), PROBLEMS)


def _policies(scheme: Scheme, choices: list[str] | None) -> Policies:
    from xladdin.scheme import PolicyError

    chosen = {}
    for choice in choices or []:
        name, equals, option = choice.partition("=")
        if not equals:
            _fail(f"--policy 应写成 名称=选项，现为“{choice}”", USAGE)
        chosen[name.strip()] = option.strip()
    try:
        return scheme.choose_policies(chosen)
    except PolicyError as error:
        _fail(str(error), USAGE)


def _now() -> datetime:
    """The time stamp of results; SOURCE_DATE_EPOCH fixes it for reproducible output."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch and not (epoch.isdigit() and len(epoch) <= 11):
        _fail(f"环境变量 SOURCE_DATE_EPOCH 应为 1970 年以来的秒数，现为“{epoch}”", USAGE)
    return (
        datetime.fromtimestamp(int(epoch), UTC).replace(tzinfo=None) if epoch else datetime.now().replace(microsecond=0)
    )


def _write(path: Path, data: bytes) -> None:
    from xladdin.files import FileBusy, write_whole

    try:
        write_whole(path, data)
    except FileBusy as error:
        _fail(str(error), PROBLEMS)


def _refuse_overwriting(outputs: list[Path], inputs: Sequence[Path]) -> None:
    from xladdin.files import WouldOverwrite, refuse_overwriting
    from xladdin.workbook.layout import FORM_KIND

    try:
        refuse_overwriting(outputs, inputs, FORM_KIND)
    except WouldOverwrite as error:
        _fail(str(error), USAGE)


def _print_issues(issues: Sequence[Issue]) -> None:
    for issue in issues:
        typer.echo(issue.line())
    typer.echo(f"共 {len(issues)} 条" if issues else "没有发现问题")


@app.command("build-templates")
def build_templates_command() -> None:
    """由考核方案数据重新生成 workbook_templates/ 中的空白模板和清单。"""
    from xladdin.assessment.distribute import build_templates

    for path in build_templates(_scheme()):
        typer.echo(f"已生成 {path}")


@app.command("templates")
def templates_command(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="存放模板的文件夹")],
    targets: Annotated[
        Path | None,
        typer.Option("--targets", callback=_existing, help="任务分解表：编号 × 区，预填当年任务量"),
    ] = None,
    issue: Annotated[int, typer.Option("--issue", min=1, help="第几次下发，写入下发编号")] = 1,
) -> None:
    """生成 16 个区的填报表。"""
    code = _templates(_scheme(), out, targets, issue)
    raise typer.Exit(code)


def _templates(scheme: Scheme, out: Path, targets: Path | None, issue: int) -> int:
    from xladdin.assessment.distribute import StaleTemplates, distribute
    from xladdin.assessment.targets import read_targets
    from xladdin.files import WouldOverwrite
    from xladdin.issues import Level

    amounts, found = read_targets(scheme, targets) if targets else (None, [])
    if found:
        _print_issues(found)
    if any(i.level is Level.ERROR for i in found):
        typer.echo("任务分解表有错误，未生成模板", err=True)
        return PROBLEMS
    try:
        with _progress("生成模板") as progress:
            written = distribute(scheme, out, targets=amounts, issue=issue, progress=progress)
    except (StaleTemplates, WouldOverwrite) as error:
        _fail(str(error), PROBLEMS)
    typer.echo(f"已生成 {len(written)} 个区的填报表：{out}")
    return PROBLEMS if found else DONE


@app.command("sample")
def sample_command(
    templates: Annotated[Path, typer.Argument(metavar="TEMPLATES", callback=_existing, help="模板所在文件夹")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="存放示例的文件夹")],
    seed: Annotated[int, typer.Option("--seed", help="随机种子；相同的种子得到相同的文件")] = 2023,
) -> None:
    """用示例数据填写模板，供试用和培训。"""
    _sample(_scheme(), templates, out, seed)


def _sample(scheme: Scheme, templates: Path, out: Path, seed: int) -> None:
    from xladdin.assessment.sample import NoTemplates, fill_samples
    from xladdin.files import WouldOverwrite

    try:
        with _progress("填写示例") as progress:
            written = fill_samples(scheme, templates, out, seed, progress)
    except NoTemplates as error:
        _fail(str(error), USAGE)
    except WouldOverwrite as error:
        _fail(str(error), PROBLEMS)
    typer.echo(f"已填写 {len(written)} 个区的示例：{out}")


@app.command("check")
def check_command(
    paths: Paths,
    output: Annotated[Path, typer.Option("-o", "--output", help="校验结果工作簿")] = Path("校验结果.xlsx"),
) -> None:
    """校验回收的填报表，列出全部问题及所在单元格。"""
    from xladdin.issues import weighty

    found = _check(_scheme(), paths, output)
    raise typer.Exit(PROBLEMS if weighty(found, awaited=False) else DONE)


def _check(scheme: Scheme, paths: list[Path], output: Path) -> list[Issue]:
    from xladdin.assessment.collect import collect
    from xladdin.assessment.consolidate import examine
    from xladdin.assessment.report import issues_workbook

    with _progress("校验") as progress:
        collection = collect(scheme, paths, progress)
    files = {file.name: file.path for file in collection.files}
    _refuse_overwriting([output], collection.inputs)
    found = examine(scheme, collection)
    _print_issues(found)
    _write(output, issues_workbook(scheme, found, files, output))
    typer.echo(f"校验结果：{output}")
    return found


@app.command("consolidate")
def consolidate_command(
    paths: Paths,
    output: Annotated[Path, typer.Option("-o", "--output", help="汇总工作簿")] = Path("考核汇总.xlsx"),
    json_path: Annotated[Path | None, typer.Option("--json", metavar="results.json", help="同时写出 JSON 结果")] = None,
    policy: PolicyOption = None,
) -> None:
    """汇总、计分、排名，写出考核汇总工作簿。"""
    from xladdin.issues import weighty

    scheme = _scheme()
    policies = _policies(scheme, policy)
    result = _consolidate(scheme, paths, policies, output, json_path)
    counted = f"，有 {len(result.issues)} 条校验结果，见“校验”" if result.issues else ""
    typer.echo(f"汇总工作簿：{output}{counted}")
    raise typer.Exit(PROBLEMS if weighty(result.issues, awaited=True) else DONE)


def _consolidate(
    scheme: Scheme, paths: list[Path], policies: Policies, output: Path, json_path: Path | None
) -> Consolidation:
    from xladdin.assessment.consolidate import consolidate, results
    from xladdin.assessment.report import result_workbook

    with _progress("汇总") as progress:
        result = consolidate(scheme, paths, policies, progress)
    outputs = [output, json_path] if json_path else [output]
    _refuse_overwriting(outputs, result.inputs)
    workbook = result_workbook(result, output, _now())
    _write(output, workbook)
    if json_path:
        import json

        _write(json_path, json.dumps(results(result), ensure_ascii=False, indent=1).encode() + b"\n")
    return result


@app.command("demo")
def demo_command(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="存放演示结果的文件夹")] = Path("demo"),
) -> None:
    """演示全过程：生成模板 → 填写示例 → 校验 → 汇总排名。"""
    scheme = _scheme()
    templates, returned, output, json_path = out / "模板", out / "回收", out / "考核汇总.xlsx", out / "results.json"
    _templates(scheme, templates, None, 1)
    _sample(scheme, templates, returned, 2023)
    _check(scheme, [returned], out / "校验结果.xlsx")
    result = _consolidate(scheme, [returned], scheme.default_policies, output, json_path)
    _print_ranking(result)
    for path in (templates, returned, out / "校验结果.xlsx", output, json_path):
        typer.echo(str(path))


def _print_ranking(result: Consolidation) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{result.scheme.source.title}　排名")
    for head in ("名次", "区", "总分", *(s.name for s in result.scheme.sections), "备注"):
        table.add_column(head, justify="left" if head in ("区", "备注") else "right")
    for d in result.ranked():
        sections = [str(d.scored.sections[s.number]) for s in result.scheme.sections]
        remark = "暂定" if d.provisional else ""
        table.add_row(str(d.rank), d.name, str(d.scored.total), *sections, remark)
    Console(file=sys.stdout, width=100 if not sys.stdout.isatty() else None).print(table)


@app.command("explain")
def explain_command(
    district: Annotated[str, typer.Argument(metavar="DISTRICT", help="区名")],
    item: Annotated[str, typer.Argument(metavar="ITEM", help="项目编号，如 K01、R5")],
    results_path: Annotated[
        Path, typer.Argument(metavar="RESULTS", callback=_existing, help="consolidate --json 写出的文件")
    ],
) -> None:
    """说明一个得分是怎么来的、用到的数在哪个文件的哪个单元格。"""
    import json

    try:
        districts = {d["name"]: d["items"] for d in json.loads(results_path.read_text(encoding="utf-8"))["districts"]}
        if district not in districts:
            _fail(f"结果中没有“{district}”；可选：{'、'.join(districts)}", USAGE)
        items = districts[district]
        if item.upper() not in items:
            _fail(f"结果中没有项目“{item}”；可选：{'、'.join(items)}", USAGE)
        score = items[item.upper()]
        lines = [f"{district} {item.upper()}（{score['points']:g} 分）", score["explain"]]
        for source in score["sources"]:
            place = f"{source['file']} {source['sheet']}!{source['cell']}"
            typed = f"{source['code']} {source['column']}：“{source['typed']}”"
            lines.append(f"  {typed}  {place}  SHA-256 {source['sha256']}")
    except (ValueError, KeyError, TypeError, AttributeError):
        _fail(f"{results_path} 不是 xladdin consolidate --json 写出的结果", USAGE)
    typer.echo("\n".join(lines))
