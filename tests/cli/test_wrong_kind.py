"""Commands on the wrong kind of file or folder: refused with what to give them instead, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.years import call

NOTHING = "里没有能用的填报表、评价表；请指定考核文件夹，或报来的表所在的文件夹、文件"
A_FOLDER = "是文件夹，请指定其中的 results.json；考核文件夹的在“结果”里最后一次的文件夹中"
NO_RESULT = "不是 xladdin consolidate --json 写出的结果，请指定 results.json"

CALLS = {
    "check of nothing": (("check", "empty"), "empty 里没有填报表、评价表；请指定考核文件夹，或报来的表所在的文件夹"),
    "consolidate of nothing": (("consolidate", "empty"), f"empty {NOTHING}"),
    "consolidate of a text": (("consolidate", "notes.txt"), f"notes.txt {NOTHING}"),
    "consolidate of a round without returns": (("consolidate", "round", "--round"), f"round {NOTHING}"),
    "analyse of nothing": (("analyse", "empty"), f"empty {NOTHING}"),
    "evaluations of nothing": (("evaluations", "out", "--returned", "empty"), f"empty {NOTHING}"),
    "a round that is a file": (("round", "notes.txt"), "请指定一个考核文件夹（其中有“回收”），现为 notes.txt"),
    "a round without its folder": (("round", "empty"), "empty 里没有“回收”文件夹"),
    "explain of a folder": (("explain", "黄浦", "K01", "empty"), f"empty {A_FOLDER}"),
    "documents of a folder": (("documents", "empty", "-o", "out"), f"empty {A_FOLDER}"),
    "explain of a text": (("explain", "黄浦", "K01", "notes.txt"), f"notes.txt {NO_RESULT}"),
    "verify of a folder": (("verify", "empty"), "empty 不是封存的结果；请选择考核文件夹的“结果”里的第N次"),
    "a folder to repair": (("repair", "empty"), "无法修复 empty：不是文件"),
    "a year that is not there": (("check", "notes.txt", "--scheme", "1999"), "没有“1999”年度的考核方案；可用的：2023，或一份 考核方案.xlsx"),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_command__of_the_wrong_kind__says_what_it_needs_and_writes_nothing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("empty", "round/回收"):
        Path(folder).mkdir(parents=True)
    Path("notes.txt").write_text("记一笔", encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    words, told = CALLS[name]
    said = call(*words)
    assert said.code != 0
    assert told in f"{said.out}{said.err}".replace(f"{tmp_path}/", "")
    assert sorted(tmp_path.rglob("*")) == before
