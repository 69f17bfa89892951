"""The terminal: progress, messages, wrong calls told in Chinese, exit codes."""

from __future__ import annotations

import gc
import os
import re
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, cast

import typer

from xladdin.issues import Refused, WrongCall

if TYPE_CHECKING:
    from xladdin.files import Progress
    from xladdin.issues import Issue
    from xladdin.results.consolidation import Consolidation
    from xladdin.scheme.model import Scheme

DONE, PROBLEMS, USAGE = 0, 1, 2

_CANCELLED = 130  # what the command-line library makes of Ctrl+C


def run(app: typer.Typer) -> NoReturn:
    """Run the command line with errors told in Chinese, and end the process."""
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
        fail(_usage(error), USAGE)
    except Refused as error:
        fail(str(error), USAGE if isinstance(error, WrongCall) else PROBLEMS)
    except OSError as error:
        fail(f"文件操作失败：{error.filename or ''} {error.strerror or error}", PROBLEMS)
    if code == _CANCELLED:
        fail("已取消，未写入结果文件", PROBLEMS)
    _leave(code if isinstance(code, int) else DONE)


def existing(value: Path | list[Path] | None) -> Path | list[Path] | None:
    """A path option's value, which has to exist."""
    for path in value if isinstance(value, list) else filter(None, [value]):
        if not path.exists():
            raise typer.BadParameter(f"找不到文件或文件夹“{path}”")
    return value


Paths = Annotated[
    list[Path],
    typer.Argument(metavar="PATH…", callback=existing, help="回收表所在文件夹、文件，或含 16 张区工作表的工作簿"),
]


AsRound = Annotated[
    bool, typer.Option("--round", help="PATH 是一次考核的文件夹（内有“回收”），每个单位采用最新有效的一份")
]


def round_folder(paths: list[Path]) -> Path:
    """The one folder that --round is about."""
    from xladdin.rounds.folder import round_home

    if len(paths) != 1 or not paths[0].is_dir():
        fail("--round 要指定一个考核文件夹", USAGE)
    return round_home(paths[0])


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


def fail(message: str, code: int) -> NoReturn:
    """End with a message and an exit code."""
    typer.echo(message, err=True)
    raise SystemExit(code)


@contextmanager
def progress_bar(title: str) -> Iterator[Progress | None]:
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


def now() -> datetime:
    """The time stamp of results; SOURCE_DATE_EPOCH fixes it for reproducible output."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch and not (epoch.isdigit() and len(epoch) <= 11):
        fail(f"环境变量 SOURCE_DATE_EPOCH 应为 1970 年以来的秒数，现为“{epoch}”", USAGE)
    return (
        datetime.fromtimestamp(int(epoch), UTC).replace(tzinfo=None) if epoch else datetime.now().replace(microsecond=0)
    )


def write(path: Path, data: bytes) -> None:
    """Write a result whole, or say why that cannot be."""
    from xladdin.files import FileBusy, write_whole

    if told := _what_would_be_lost(path, data):
        fail(f"没有写出 {path}：{told}，请换一个文件名", USAGE)
    try:
        write_whole(path, data)
    except FileBusy as error:
        fail(str(error), PROBLEMS)


def _what_would_be_lost(path: Path, data: bytes) -> str:
    """What stands in a result's place and is no earlier result of its kind."""
    if not path.is_file():
        return ""
    if not path.stat().st_mode & stat.S_IWUSR:
        return "那里有一份封存的文件"
    kind = _kind_of(path.read_bytes()) if path.suffix.lower() == ".xlsx" else ""
    return "" if kind in ("", _kind_of(data)) else f"那里有一份{kind}"


def _kind_of(workbook: bytes) -> str:
    """Which of our workbooks it is, without reading its sheets; nothing for any other file."""
    import zipfile
    from xml.etree.ElementTree import ParseError

    from xladdin.words import KIND_PROPERTY
    from xladdin.workbook.package import HostilePackage, custom_properties, open_package

    try:
        return custom_properties(open_package(workbook)).get(KIND_PROPERTY, "")
    except (zipfile.BadZipFile, HostilePackage, ParseError):
        return ""


def refuse_overwriting(outputs: list[Path], inputs: Sequence[Path]) -> None:
    """End where a result would replace what somebody filled in."""
    from xladdin import files
    from xladdin.words import FORM_KIND

    try:
        files.refuse_overwriting(outputs, inputs, FORM_KIND)
    except files.WouldOverwrite as error:
        fail(str(error), USAGE)


def print_issues(issues: Sequence[Issue]) -> None:
    """Print every finding on a line."""
    for issue in issues:
        typer.echo(issue.line())
    typer.echo(f"共 {len(issues)} 条" if issues else "没有发现问题")


def print_ranking(result: Consolidation) -> None:
    """Print the ranking as a table."""
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


def scheme_in_force() -> Scheme:
    """The scheme, or the end of the program with what is wrong with its data."""
    from xladdin.scheme import SchemeError, load_scheme

    try:
        return load_scheme()
    except SchemeError as error:
        fail(str(error), PROBLEMS)
