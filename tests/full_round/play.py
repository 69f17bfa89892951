"""The story played from the command line, each command as somebody would type it; what it left behind after each round."""

from __future__ import annotations

import datetime
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from unittest.mock import patch

import openpyxl

from tests.full_round import story, writing
from tests.support.libreoffice import find_office, run_office
from tests.support.years import call
from xladdin.returns.targets import Targets
from xladdin.rounds import folder as rounds_folder
from xladdin.scheme import Scheme

EPOCH = str(int(datetime.datetime(2024, 2, 12, tzinfo=datetime.UTC).timestamp()))
"""The time stamp of everything that is written, so that two doors can be compared."""


@dataclass
class Played:
    """The round's folder; the folder as it was at some points, by name; what the commands said, by name; their exit codes."""

    folder: Path
    kept: Path
    said: dict[str, str] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)

    def at(self, name: str) -> Path:
        return self.kept / name

    def keep(self, name: str) -> None:
        shutil.copytree(self.folder, self.at(name))

    def run(self, name: str, *arguments: str) -> None:
        with chdir(self.folder.parent), patch.dict(os.environ, SOURCE_DATE_EPOCH=EPOCH):
            done = call(*arguments)
        self.said[name] = done.out + done.err
        self.codes[name] = done.code


@contextmanager
def examined_once() -> Iterator[None]:
    """Examine a submission once, however many commands come upon it; files of one name and content are one, as in a round."""
    examine_file = rounds_folder._examined
    known: dict[tuple[str, str], list[tuple[Scheme, Targets, rounds_folder._Examined]]] = {}

    def examined(scheme: Scheme, path: Path, targets: Targets) -> rounds_folder._Examined:
        digest = rounds_folder.digest_of(path)
        earlier = known.setdefault((path.name, digest), []) if digest else []
        for of_scheme, of_targets, content in earlier:
            if of_scheme == scheme and of_targets == targets:
                return content
        content = examine_file(scheme, path, targets)
        earlier.append((scheme, targets, content))
        return content

    with patch.object(rounds_folder, "_examined", examined):
        yield


def play(base: Path) -> Played:
    """Three rounds and the corrections."""
    folder = base / "考核"
    folder.mkdir()
    played = Played(folder, base / "kept")
    name = folder.name
    played.run("targets", "targets", f"{name}/任务分解表.xlsx")
    writing.fill_targets(folder / "任务分解表.xlsx")
    played.run("templates", "templates", f"{name}/下发", "--targets", f"{name}/任务分解表.xlsx")

    _send(played, 1)
    played.run("round 1", "round", name, "--today", story.TODAY[1], "--due", story.DUE_DISTRICTS)
    played.keep("round 1")
    experts = "、".join(story.EXPERTS)
    played.run("evaluations", "evaluations", f"{name}/下发", "--returned", name, "--round", "--experts", experts)
    played.run("expected", "round", name, "--today", story.TODAY[1])
    _note(folder, "截止日期", dict.fromkeys((*story.DEPARTMENTS, *story.EXPERTS, story.OFFICE), story.DUE_UNITS))
    played.keep("issued")

    _send(played, 2)
    played.run("round 2", "round", name, "--today", story.TODAY[2])
    played.run("result 1", "consolidate", name, "--round")
    _note(folder, "确认", dict.fromkeys(story.CONFIRMED, "是"))
    played.keep("round 2")

    _send(played, 3)
    played.run("round 3", "round", name, "--today", story.TODAY[3])
    played.keep("round 3")
    played.run("result 2", "consolidate", name, "--round")
    played.run("result again", "consolidate", name, "--round")
    played.run("blank corrections", "correct", name, "--round")
    writing.fill_corrections(folder / "更正单.xlsx")
    played.keep("before corrections")
    played.run("result 3", "correct", name, "--round")
    return played


def _send(played: Played, number: int) -> None:
    has_office = find_office() is not None
    for sent in story.SENT:
        if sent.round == number:
            one = sent if has_office else replace(sent, kind="xlsx")
            writing.send(played.folder, one, _save_as)


def _save_as(path: Path, target: Path, kind: str) -> None:
    (result,) = run_office([{"open": path, "save": [[target, kind]]}])
    assert result["error"] is None, result["error"]


def _note(folder: Path, head: str, notes: Mapping[str, str]) -> None:
    """Write something beside units on the tracking sheet."""
    path = folder / "进度.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["进度"]
    first, at = writing.columns(sheet, "单位", "类别", head)
    left = dict(notes)
    for row in range(first + 1, sheet.max_row + 1):
        unit = sheet.cell(row, at["单位"]).value
        if unit in left:
            sheet.cell(row, at[head]).value = left.pop(unit)
    assert not left, left
    book.save(path)


def digests(folder: Path) -> dict[str, str]:
    """The content of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
