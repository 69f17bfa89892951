"""What may follow the name of a command, and how a call is read: by the standard library's `getopt`, values checked here.

So every message is in the words of the users.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from enum import Enum
from getopt import GetoptError, gnu_getopt
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from xladdin.cli.terminal import (
    DONE,
    USAGE,
    columns,
    cut,
    fail,
    refuse_changed_since_issue,
    say,
    scheme_in_force,
    width,
)
from xladdin.words import RETURNED_FOLDER

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


AS_ROUND = option(
    "--round",
    None,
    f"PATH 是一次考核的文件夹（内有“{RETURNED_FOLDER}”），每个单位采用最新有效的一份",
    parameter="as_round",
    default=False,
)
SCHEME = option("--scheme", "YEAR", "按哪一年度的考核方案；不写则按考核文件夹或文件的方案版本，都没有的按最新的")


def called(name: str, asked: Group | Command, words: Sequence[str]) -> int:
    """Do what the words after the name of a group or command ask for; the exit code."""
    if isinstance(asked, Command):
        return _done(name, asked, words)
    if not words:
        fail(_help_of_group(name, asked), USAGE)
    first, *rest = words
    if first in asked.commands:
        return called(f"{name} {first}", asked.commands[first], rest)
    if first == "--help":
        helps = [_help_of_group(name, asked)]
        if asked.otherwise:
            helps.append(_help_of_command(name, asked.otherwise))
        say("\n\n".join(helps))
        return DONE
    if asked.otherwise is None:
        _wrong(name, f"没有选项 {first}" if first.startswith("-") else f"没有这个命令或参数：“{first}”")
    return _done(name, asked.otherwise, words)


def _done(name: str, command: Command, words: Sequence[str]) -> int:
    """Do a command, by the scheme that the call or its files name."""
    if "--help" in words:
        say(_help_of_command(name, command))
        return DONE
    given = _read(name, command.arguments, words)
    asked = given.pop(SCHEME.parameter, None) or ""
    if command.scheme is Which.NONE:
        return command.function(**given)
    if command.scheme is Which.NEWEST:
        return command.function(scheme_in_force(asked, [], of_round=False), **given)
    from xladdin.scheme.choosing import scheme_file_of

    files = _files(command.arguments, given)
    out = [value for value in given.values() if isinstance(value, Path)]
    own = None if asked else scheme_file_of([*files, *out])
    of_round = command.scheme is Which.OF_ROUND or bool(given.get(AS_ROUND.parameter))
    scheme = scheme_in_force(str(own) if own else asked, files, of_round=of_round)
    if own:
        refuse_changed_since_issue(scheme, own.parent, files)
    return command.function(scheme, **given)


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
