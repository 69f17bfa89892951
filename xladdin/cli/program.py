"""The program `xladdin`: the table of its commands, and how a call is read by it.

Calls are read by the standard library's `getopt` and values checked here, so that every message is in the words of the users.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from enum import Enum
from getopt import GetoptError, gnu_getopt
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from xladdin.cli import analysis, commands, documents, releases, rounds, schemes
from xladdin.cli.terminal import (
    DONE,
    USAGE,
    columns,
    cut,
    fail,
    refuse_changed_since_issue,
    run,
    say,
    scheme_in_force,
    width,
)
from xladdin.words import DISTRICT, GRAND_TOTAL, RESULTS_FOLDER, RETURNED_FOLDER, SCHEME_FILE

REQUIRED = object()
"""The default of what has to be given."""


class Argument(NamedTuple):
    """What may follow a command's name: a parameter of its function, or options with their names.

    `metavar` stands for the value in the help; None if the option has none. What is `repeated` gives a list.
    """

    parameter: str
    about: str
    names: tuple[str, ...] = ()
    metavar: str | None = None
    convert: Callable[[str], object] = str
    default: object = REQUIRED
    repeated: bool = False

    @property
    def is_option(self) -> bool:
        return bool(self.names)

    @property
    def label(self) -> str:
        return " ".join(filter(None, (", ".join(self.names), self.metavar)))

    @property
    def help(self) -> str:
        is_told = isinstance(self.default, Path | int) and self.default is not False
        return f"{self.about}；不写为 {self.default}" if is_told else self.about


class Which(Enum):
    """By which scheme a command works."""

    NONE = "none"
    NEWEST = "newest"
    """What is built into the product is built for the newest year."""
    OF_FILES = "of the files"
    """The one that is asked for, else that of the files given; of a round, with --round."""
    OF_ROUND = "of the round"


class Command:
    """A command: a function that returns the exit code, whose docstring says what it does, and its arguments.

    The function takes the arguments by the names of its parameters, and before them the scheme, if it works by one.
    """

    def __init__(self, function: Callable[..., int], *arguments: Argument, scheme: Which = Which.OF_FILES) -> None:
        is_asked = scheme in (Which.OF_FILES, Which.OF_ROUND)
        self.function, self.arguments, self.scheme = function, (*arguments, *([SCHEME] if is_asked else [])), scheme
        self.about = function.__doc__ or ""


class Group(NamedTuple):
    """Commands under a name of their own. What follows the name and is none of theirs is for the command `otherwise`."""

    about: str
    commands: Mapping[str, Command | Group]
    otherwise: Command | None = None


def existing(text: str) -> Path:
    """A file or folder that is there."""
    path = Path(text)
    if not path.exists():
        raise FileNotFoundError(text)
    return path


def day(text: str) -> date:
    """A date in any of the spellings that a workbook may have it in."""
    from xladdin.fields.dates import read_day

    found = read_day(text)
    if found is None:
        raise ValueError("应为日期，如 2024-03-01")
    return found


def number(text: str, least: int = 0) -> int:
    """A whole number."""
    if not text.isdecimal() or int(text) < least:
        raise ValueError(f"应为不小于 {least} 的整数")
    return int(text)


def positive(text: str) -> int:
    """A whole number from 1."""
    return number(text, 1)


def plain(
    metavar: str,
    about: str,
    convert: Callable[[str], object] = existing,
    *,
    parameter: str = "",
    default: object = REQUIRED,
    repeated: bool = False,
) -> Argument:
    """What is written without an option."""
    return Argument(parameter or metavar.lower(), about, (), metavar, convert, default, repeated)


def option(
    names: str,
    metavar: str | None,
    about: str,
    convert: Callable[[str], object] = str,
    *,
    parameter: str = "",
    default: object = None,
    repeated: bool = False,
) -> Argument:
    """What is written behind a name of its own."""
    split = tuple(names.split("/"))
    return Argument(parameter or split[-1].removeprefix("--"), about, split, metavar, convert, default, repeated)


def output(about: str, default: str = "") -> Argument:
    """Where a result goes."""
    return option("-o/--output", "FILE", about, Path, default=Path(default) if default else None)


PATHS = plain("PATH…", "回收表所在文件夹、文件，或含各区工作表的工作簿", parameter="paths", repeated=True)
AS_ROUND = option(
    "--round",
    None,
    f"PATH 是一次考核的文件夹（内有“{RETURNED_FOLDER}”），每个单位采用最新有效的一份",
    parameter="as_round",
    default=False,
)
JSON = option("--json", "results.json", "同时写出 JSON 结果", Path, parameter="json_path")
SCHEME = option("--scheme", "YEAR", "按哪一年度的考核方案；不写则按考核文件夹或文件的方案版本，都没有的按最新的")
ISSUE = option("--issue", "N", "第几次下发，写入下发编号", positive, default=1)

PROGRAM = Group(
    "各区年度考核：生成模板、校验回收表、汇总排名。",
    {
        "build-templates": Command(commands.store_templates, scheme=Which.NEWEST),
        "templates": Command(
            commands.write_templates,
            plain("OUT", "存放模板的文件夹", Path),
            option("--targets", "FILE", "任务分解表：编号 × 区，预填当年任务量", existing),
            ISSUE,
        ),
        "targets": Command(
            rounds.write_targets, plain("OUT", "要写出的任务分解表", Path, default=Path("任务分解表.xlsx"))
        ),
        "evaluations": Command(
            rounds.write_evaluations,
            plain("OUT", "存放评价表的文件夹", Path),
            option(
                "--returned", "PATH", "回收的区填报表，填入区报数供核对；可重复", existing, default=(), repeated=True
            ),
            option("--experts", "NAMES", "专家姓名，用逗号分开；不写为专家1至专家7", default=""),
            ISSUE,
            AS_ROUND,
        ),
        "round": Command(
            rounds.show_progress,
            plain("FOLDER", f"这一次考核的文件夹，内有“{RETURNED_FOLDER}”"),
            option("--today", "YYYY-MM-DD", "按哪一天算逾期；不写为今天", day),
            option("--due", "YYYY-MM-DD", "截止日期，可以再改；进度表里另填了日期的单位不变", day),
            option("-o/--output", "OUTFOLDER", "结果文件夹；不写为 FOLDER", Path),
            scheme=Which.OF_ROUND,
        ),
        "diff": Command(
            rounds.compare,
            plain("BEFORE", "变动前：results.json 或报送的表"),
            plain("AFTER", "变动后：results.json 或同一单位的表"),
            output("变动工作簿", "变动.xlsx"),
        ),
        "corrections": Command(
            rounds.write_corrections, plain("OUT", "要写出的更正单", Path, default=Path("更正单.xlsx"))
        ),
        "correct": Command(
            rounds.apply_corrections,
            plain("RESULTS", "更正以前的 results.json，保持不变；用 --round 时为考核文件夹", parameter="sealed"),
            plain("PATH…", "当时汇总所用的回收表；用 --round 时不写", parameter="paths", default=(), repeated=True),
            option(
                "--corrections",
                "FILE",
                "更正单：区、编号、栏目、原值、新值、理由、批准人、日期；用 --round 时不写",
                existing,
                parameter="sheet",
            ),
            output("更正后的汇总工作簿；不写为 考核汇总（更正）.xlsx"),
            JSON,
            AS_ROUND,
        ),
        "verify": Command(
            rounds.verify,
            plain("RESULT", "考核文件夹里的 结果/第N次；或考核文件夹，核验其中的每一次", parameter="path"),
            scheme=Which.NONE,
        ),
        "sample": Command(
            commands.fill_sample,
            plain("TEMPLATES", "模板所在文件夹"),
            plain("OUT", "存放示例的文件夹", Path),
            option("--seed", "N", "随机种子；相同的种子得到相同的文件", number, default=commands.SEED),
        ),
        "check": Command(commands.check_returned, PATHS, output("校验结果工作簿", "校验结果.xlsx")),
        "consolidate": Command(
            commands.consolidate_returned,
            PATHS,
            output(f"汇总工作簿；不写为 考核汇总.xlsx，用 --round 时封存在考核文件夹的“{RESULTS_FOLDER}”里"),
            JSON,
            option(
                "--policy",
                "名称=选项",
                "改用某一口径，可重复；例如 --policy briefs_at_six=lower",
                parameter="choices",
                default=(),
                repeated=True,
            ),
            AS_ROUND,
        ),
        "demo": Command(commands.show_whole_run, plain("OUT", "存放演示结果的文件夹", Path, default=Path("demo"))),
        "explain": Command(
            commands.explain_score,
            plain("DISTRICT", f"区名，可以不写“{DISTRICT}”字", str),
            plain("ITEM", f"项目的编号或名称，“第一部分”这样的部分或其名称，或“{GRAND_TOTAL}”", str),
            plain("RESULTS", "consolidate --json 写出的文件"),
        ),
        "analyse": Command(
            analysis.analyse,
            plain("RESULTS", "考核文件夹、收回的表所在的文件夹，或 results.json"),
            output("口径分析工作簿", "口径分析.xlsx"),
            scheme=Which.OF_ROUND,
        ),
        "documents": Group(
            documents.write_documents.__doc__ or "",
            {
                "check": Command(
                    documents.check_document,
                    plain("FILE", "要核对的 .docx，可以是改过的"),
                    plain("RESULTS", "汇总结果 results.json"),
                )
            },
            otherwise=Command(
                documents.write_documents,
                plain("RESULTS", "汇总结果 results.json"),
                option("-o/--output", "OUT", "存放文书的文件夹", Path, default=Path("文书")),
                option("--commended", "N", "通报表彰名次居前几位的区；不写则留给起草人填写", positive),
                option("--final", None, "定稿；有名次为暂定的不能定稿，不写则每页标明征求意见稿", default=False),
                option("--pdf", None, "同时用 LibreOffice 另存为 PDF", default=False),
                option("--templates", "FOLDER", "改过的文书模板所在文件夹", existing),
            ),
        ),
        "compare": Command(
            analysis.compare_years,
            plain("BEFORE", "原来一年的 results.json"),
            plain("AFTER", "现在一年的 results.json"),
            output("年度比较工作簿", "年度比较.xlsx"),
            scheme=Which.NONE,
        ),
        "scheme": Group(
            "考核方案工作簿 考核方案.xlsx：新建、检查、比较、导出。",
            {
                "new": Command(
                    schemes.new,
                    plain("OUT", "要写出的考核方案", Path, default=Path(SCHEME_FILE)),
                    option(
                        "--from",
                        "YEAR",
                        "以哪一年度的方案或哪个考核方案.xlsx 为底稿；不写为最新的",
                        parameter="base",
                        default="",
                    ),
                    scheme=Which.NONE,
                ),
                "check": Command(schemes.check, plain("FILE", "考核方案工作簿"), scheme=Which.NONE),
                "diff": Command(
                    schemes.compare,
                    plain("BEFORE", "变动前：年度或考核方案工作簿", str),
                    plain("AFTER", "变动后：年度或考核方案工作簿", str),
                    output("方案变动工作簿", "方案变动.xlsx"),
                    scheme=Which.NONE,
                ),
                "confirm": Command(schemes.confirm, plain("FOLDER", "考核文件夹"), scheme=Which.NONE),
                "export": Command(
                    schemes.export,
                    plain("YEAR", "年度，或考核方案工作簿", str),
                    plain("OUT", "要写出的考核方案", Path),
                    scheme=Which.NONE,
                ),
            },
        ),
        "release": Command(
            releases.release,
            plain("OUT", "存放发布文件的文件夹", Path),
            option(
                "--pythons", "VERSIONS", "为 Windows 上哪些 Python 准备组件，用逗号分开", default="3.11,3.12,3.13,3.14"
            ),
            option("--pyodide", "FOLDER", "已解开的 npm 包 pyodide；不写则用 npm 取", existing),
            option("--python", "ZIP", "放进安装包的 Python：python.org 的 python-3.x.y-embed-amd64.zip", existing),
            option(
                "--python-sha256", "HEX", "这个压缩包的 SHA-256，以 python.org 公布的为准", parameter="python_sha256"
            ),
            scheme=Which.NEWEST,
        ),
        "repair": Command(
            commands.repair_formulas,
            plain("FILE", "公式失效的工作簿，.xlsx 或 .xlsm"),
            output("修复后的工作簿；不写时放在原文件旁边，文件名加“（已修复）”"),
            scheme=Which.NONE,
        ),
        "addin": Group(
            "构建、安装、卸载、检查 Excel 加载项（安装只对当前用户，不需要管理员权限）。",
            {
                "build": Command(commands.store_addin, scheme=Which.NEWEST),
                "install": Command(commands.install_addin, scheme=Which.NONE),
                "uninstall": Command(commands.uninstall_addin, scheme=Which.NONE),
                "status": Command(commands.show_addin_status, scheme=Which.NONE),
            },
        ),
    },
)


def main() -> NoReturn:
    """The program."""
    name = "python -m xladdin" if Path(sys.argv[0]).name == "__main__.py" else "xladdin"
    run(lambda: _called(name, PROGRAM, sys.argv[1:]))


def _called(name: str, called: Group | Command, words: Sequence[str]) -> int:
    """Do what the words after the name of a group or command ask for; the exit code."""
    if isinstance(called, Command):
        if "--help" in words:
            say(_help_of_command(name, called))
            return DONE
        given = _read(name, called.arguments, words)
        asked = given.pop(SCHEME.parameter, None) or ""
        if called.scheme is Which.NONE:
            return called.function(**given)
        if called.scheme is Which.NEWEST:
            return called.function(scheme_in_force(asked, [], of_round=False), **given)
        from xladdin.scheme.choosing import scheme_file_of

        files = _files(called.arguments, given)
        out = [value for value in given.values() if isinstance(value, Path)]
        own = None if asked else scheme_file_of([*files, *out])
        of_round = called.scheme is Which.OF_ROUND or bool(given.get(AS_ROUND.parameter))
        scheme = scheme_in_force(str(own) if own else asked, files, of_round=of_round)
        if own:
            refuse_changed_since_issue(scheme, own.parent, files)
        return called.function(scheme, **given)
    if not words:
        fail(_help_of_group(name, called), USAGE)
    first, *rest = words
    if first == "--help":
        say(
            "\n\n".join(
                [
                    _help_of_group(name, called),
                    *([_help_of_command(name, called.otherwise)] if called.otherwise else []),
                ]
            )
        )
        return DONE
    if first not in called.commands and called.otherwise:
        return _called(name, called.otherwise, words)
    if first not in called.commands:
        _wrong(name, f"没有选项 {first}" if first.startswith("-") else f"没有这个命令或参数：“{first}”")
    return _called(f"{name} {first}", called.commands[first], rest)


def _read(name: str, arguments: Sequence[Argument], words: Sequence[str]) -> dict[str, Any]:
    """The values for the function's parameters; the end of the program where a call is wrong."""
    options = {option: a for a in arguments for option in a.names if a.is_option}
    marks = {option: "" if a.metavar is None else "=" for option, a in options.items()}
    short = "".join(option[1] + mark.replace("=", ":") for option, mark in marks.items() if option[1] != "-")
    long = [option[2:] + mark for option, mark in marks.items() if option.startswith("--")]
    try:
        found, plain = gnu_getopt(list(words), short, long)
    except GetoptError as error:
        option = f"-{error.opt}" if len(error.opt) == 1 else f"--{error.opt}"
        if option not in options:
            _wrong(name, f"没有选项 {option}")
        _wrong(name, f"选项 {option} 缺少值" if options[option].metavar else f"选项 {option} 后面不写值")
    given: dict[str, Any] = {a.parameter: a.default for a in arguments if a.default is not REQUIRED}
    for option, text in found:
        a = options[option]
        if a.metavar is None:
            given[a.parameter] = True
        else:
            value = _value(name, a, text)
            given[a.parameter] = [*given[a.parameter], value] if a.repeated else value
    for a in arguments:
        if not a.is_option and plain:
            own, plain = (plain, []) if a.repeated else (plain[:1], plain[1:])
            values = [_value(name, a, text) for text in own]
            given[a.parameter] = values if a.repeated else values[0]
        elif a.parameter not in given:
            _wrong(name, f"缺少参数 {a.metavar}")
    if plain:
        _wrong(name, f"没有这个命令或参数：“{plain[0]}”")
    return given


def _files(arguments: Sequence[Argument], given: Mapping[str, Any]) -> list[Path]:
    """The files and folders given that are there to be read."""
    values = [given[a.parameter] for a in arguments if a.convert is existing]
    return [path for value in values for path in (value if isinstance(value, list) else [value]) if path]


def _value(name: str, a: Argument, text: str) -> object:
    try:
        return a.convert(text)
    except FileNotFoundError:
        _wrong(name, f"找不到文件或文件夹“{text}”")
    except ValueError as error:
        _wrong(name, f"参数 {'/'.join(a.names) if a.is_option else a.metavar} 为“{text}”，{error}")


def _wrong(name: str, what: str) -> NoReturn:
    fail(f"{what}\n用法见：{name} --help", USAGE)


def _help_of_group(name: str, group: Group) -> str:
    rows = [(word, command.about) for word, command in group.commands.items()]
    return "\n".join([f"用法：{name} 命令 …", "", f"  {group.about}", "", "命令：", *_listed(rows)])


def _help_of_command(name: str, command: Command) -> str:
    options = [(a.label, a.help) for a in command.arguments if a.is_option] + [("--help", "显示这些说明")]
    others = [a for a in command.arguments if not a.is_option]
    usage = [a.label if a.default is REQUIRED else f"[{a.label}]" for a in others]
    lines = [" ".join([f"用法：{name}", "[选项]", *usage]), "", f"  {command.about}", ""]
    if others:
        lines += ["参数：", *_listed([(a.label, a.help) for a in others]), ""]
    return "\n".join([*lines, "选项：", *_listed(options)])


def _listed(rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Names and what they mean in two columns, as wide as the terminal is."""
    indent = max(width(label) for label, _about in rows) + 4
    for label, about in rows:
        head = f"  {label}{' ' * (indent - 2 - width(label))}"
        while about:
            piece = cut(about, max(columns() - indent - 1, 20))
            if about[len(piece) :][:1] in _UNBROKEN:
                piece = piece.rstrip(_UNBROKEN) or piece
            yield head + piece
            head, about = " " * indent, about[len(piece) :].lstrip()


_UNBROKEN = "".join(map(chr, range(ord("!"), ord("~") + 1)))
"""Of these characters words are made that do not go over the end of a line."""
