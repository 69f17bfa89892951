"""A whole assessment of 街道: every text of every file and of the screen is read, and none speaks of a 区 or of a city's office.

The scheme is that of 2023, in whose own texts nothing is called 区 or 市: what is left of them is the product's.
"""

from __future__ import annotations

import html
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from macros.host import Selected, outcome
from macros.shared import SHARED
from tests.full_round.writing import columns
from tests.macros.test_years import Opened
from tests.support.years import ROOT, call
from tests.test_wording import OTHER_WORDS
from xladdin.classes import replace
from xladdin.scheme import Scheme, load_scheme
from xladdin.scheme.book.writer import scheme_workbook
from xladdin.words import FORM_KIND
from xladdin.workbook.tables import ResultSheet

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:Print area:UserWarning")]

UNIT = "街道"
COUNT = 4

KEPT = {FORM_KIND, "各种表里怎样称呼被考核的，如县、街镇；不写为区"}
"""What a form is known by, whatever it is called; and what is said where the word is asked for."""

KINDS = {
    "任务分解表.xlsx", "街道填报表", "考核总表.xlsm", "部门评价表", "专家评议表", "廓精细化办评分表.xlsx", "进度.xlsx",
    "催报清单.xlsx", "退回修改单", "校验结果.xlsx", "考核汇总", "更正单.xlsx", "变动.xlsx", "年度比较.xlsx", "口径分析.xlsx",
    "汇报.xlsx", "通报.docx", "反馈表",
}  # fmt: skip
"""Files that have to speak of those who are assessed, by the beginnings of their names."""


def scheme_of(folder: Path) -> Scheme:
    """The scheme of 2023 for a few 街道."""
    (folder / "2023").mkdir()
    for path in (ROOT / "xladdin/scheme/data/2023").glob("*.toml"):
        text = path.read_text(encoding="utf-8").replace("区", "坊").replace("市", "廓")
        if path.name == "source.toml":
            text += f'unit_word = "{UNIT}"\n'
        (folder / "2023" / path.name).write_text(text, encoding="utf-8")
    scheme = load_scheme("2023", folder)
    listed = replace(scheme.district_list, clause=f"{COUNT} 个{UNIT}", count=COUNT, districts=scheme.districts[:COUNT])
    return replace(scheme, district_list=listed)


def retyped(path: Path, changes: Any) -> None:
    """Type something else into the numbers that a unit has filled in."""
    book = openpyxl.load_workbook(path)
    for sheet in book:
        first, at = columns(sheet, "编号", "完成情况")
        for row in range(first + 1, sheet.max_row + 1) if first else ():
            cell = sheet.cell(row, at["完成情况"])
            if isinstance(cell.value, int | float) and not cell.protection.locked:
                cell.value = changes(cell.value)
    book.save(path)


def correct(path: Path, results: Path) -> None:
    """Write a correction into 更正单."""
    book = openpyxl.load_workbook(path)
    district = json.loads(results.read_text(encoding="utf-8"))["districts"][0]
    code, old = next(
        (c, f["value"]) for c, f in district["fields"].items() if isinstance(f["value"], float) and f["value"]
    )
    line = {
        UNIT: district["name"], "编号": code, "栏目": "完成情况", "原值": old, "新值": 0, "理由": "复核", "批准人": "主任",
        "日期": "2024-02-03",
    }  # fmt: skip
    (sheet, first, at), *_ = [(s, *found) for s in book if (found := columns(s, *line))[0]]
    for head, value in line.items():
        sheet.cell(first + 1, at[head]).value = value
    book.save(path)


def play(folder: Path) -> str:
    """The whole way by the command line; what was said."""
    said: list[str] = []

    def run(*arguments: str | Path) -> None:
        done = call(*arguments)
        said.extend((done.out, done.err))

    scheme = scheme_of(folder)
    home, sent, back, out = folder / "考核", folder / "考核/下发", folder / "考核/回收", folder / "分析"
    back.mkdir(parents=True)
    out.mkdir()
    (home / "考核方案.xlsx").write_bytes(scheme_workbook(scheme, ()))
    run("scheme", "check", home / "考核方案.xlsx")
    run("targets", home / "任务分解表.xlsx")
    run("templates", sent)
    run("sample", sent, back)
    forms = sorted(back.glob("街道填报表_*.xlsx"))
    forms[0].unlink()
    retyped(forms[1], lambda value: "很多")
    run("evaluations", sent, "--returned", home, "--round", "--experts", "甲,乙")
    for path in sent.glob("*评*表*.xlsx"):
        (back / path.name).write_bytes(path.read_bytes())
    run("check", back, "-o", out / "校验结果.xlsx")
    run("round", home, "--due", "2024-01-10", "--today", "2024-02-01")
    run("consolidate", home, "--round")
    retyped(forms[2], lambda value: value / 2)
    run("consolidate", home, "--round")
    run("correct", home, "--round")
    first, last = (home / f"结果/第{n}次/results.json" for n in (1, 2))
    correct(home / "更正单.xlsx", last)
    run("correct", home, "--round")
    run("verify", home)
    for district, item in ((forms[3].stem[-3:-1], "总分"), (forms[1].stem[-3:-1], "K03"), ("无", "总分")):
        run("explain", district, item, last)
    run("documents", last, "-o", out / "文书", "--commended", "2")
    run("documents", "check", out / "文书/通报.docx", last)
    run("analyse", home, "-o", out / "口径分析.xlsx")
    run("diff", first, last, "-o", out / "变动.xlsx")
    run("compare", first, last, "-o", out / "年度比较.xlsx")
    return "".join(said)


class Pressed(Opened):
    """A workbook on which buttons are pressed by somebody who chooses the assessment's folder and agrees to everything."""

    def __init__(self, path: Path, folder: Path) -> None:
        super().__init__(path)
        self.folder, self.asked = folder, [""]

    def ask_folder(self, prompt: str) -> Path:
        self.asked.append(prompt)
        return self.folder

    def ask_file(self, prompt: str) -> Path:
        self.asked.append(prompt)
        return self.path

    def ask_text(self, question: str, default: str) -> str:
        self.asked.append(question)
        return default

    def confirm(self, question: str) -> None:
        self.asked.append(question)

    def selected(self) -> Selected:
        return Selected(self.book.sheets[1], 4, 0)

    def write(self, sheets: Sequence[ResultSheet], *, shown: str = "", apart: bool = False) -> None:
        self.written += sheets

    def opened(self, path: Path) -> None:
        return None

    def show_file(self, path: Path) -> str:
        return ""

    def beside(self, names: object) -> Iterator[Any]:
        return iter(())


def told_by_buttons(home: Path) -> Iterator[str]:
    """What every button asks and answers, and the texts of what it writes into the open workbook."""
    master, targets, form = (
        home / "下发/考核总表.xlsm",
        home / "任务分解表.xlsx",
        next((home / "回收").glob("街道填报表_*")),
    )
    presses = [
        *product((master,), SHARED),
        (targets, "distribute"),
        *product((form,), ("check", "consolidate", "explain")),
    ]
    for path, name in presses:
        folder = (
            home / "下发" / f"{path.stem}{name}" if name in ("make_targets", "make_templates", "distribute") else home
        )
        folder.mkdir(parents=True, exist_ok=True)
        host = Pressed(path, folder)
        yield outcome(SHARED[name], host)
        yield from host.asked
        for sheet in host.written:
            yield from (sheet.name, sheet.title, *sheet.notes, *(column.head for column in sheet.columns))
            yield from (str(getattr(content, "value", content)) for row in sheet.rows for content in row)


def left(text: str) -> bool:
    """Whether the text speaks of a 区 or 市, but for a head of 考核方案.xlsx."""
    return bool(re.search("[区市]", OTHER_WORDS.sub("", text.replace("全市总量", ""))))


def texts_of(path: Path) -> Iterator[str]:
    """Every text of a file: cells, formulas, comments, messages, heads and feet, charts, names, paragraphs, values."""
    if path.suffix not in (".xlsx", ".xlsm", ".docx"):
        yield from re.findall(r'"([^"]*)"', path.read_text(encoding="utf-8")) if path.suffix == ".json" else ()
        return
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels", ".vml")):
                xml = archive.read(name).decode()
                if path.suffix == ".docx":  # a text may be cut into runs
                    xml = re.sub(r"</?w:(?!p\b)[^>]*>", "", xml)
                yield from (html.unescape(text or value) for text, value in re.findall(r'>([^<]+)<|"([^"<>]+)"', xml))


def test_round__units_called_otherwise__no_text_speaks_of_districts(scheme: Scheme, tmp_path: Path) -> None:
    lines = play(tmp_path).splitlines()
    assert [line for line in lines if left(line)] == []
    assert sum(UNIT in line for line in lines) > 20
    files = [path for name in ("考核", "分析") for path in sorted((tmp_path / name).rglob("*")) if path.is_file()]
    kept = KEPT | {
        item.clause for item in scheme.items.values()
    }  # the examples of 函数速查 are of the product's own scheme
    told = list(told_by_buttons(tmp_path / "考核"))
    assert not any("程序出错" in text for text in told)
    assert [text for text in told if left(text) and text not in kept] == []
    speaking = set()
    for path in files:
        texts = list(texts_of(path))
        assert [text for text in texts if left(text) and text not in kept] == [], path.name
        if any(UNIT in text for text in texts):
            speaking.add(path.name)
    assert [path.name for path in files if left(path.name)] == []
    assert {kind for kind in KINDS if not any(name.startswith(kind) for name in speaking)} == set()
