"""通报与反馈 from the ribbon: what the command line makes of the newest result, and nothing where there is none."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import docx
import pytest

from macros.build import build_addin
from xladdin.documents.making import make_documents
from xladdin.results.master import MASTER_FILE
from xladdin.rounds.sealing import seal_round
from xladdin.scheme import Scheme

pytestmark = pytest.mark.slow

SCENARIO = "tests.macros.excel.ribbon_scenarios:documents"


@pytest.fixture(scope="module")
def built(scheme: Scheme, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    build_addin(scheme, folder)
    return folder


@pytest.fixture
def home(filled: Path, tmp_path: Path) -> Path:
    shutil.copytree(filled, tmp_path / "考核" / "回收")
    return tmp_path / "考核"


def test_documents__newest_result__as_the_command_line_makes_them(
    scheme: Scheme, built: Path, home: Path, simulated: Callable[..., Any]
) -> None:
    def press(*texts: str, escape: int = 0) -> Any:
        book = str(built / MASTER_FILE)
        return simulated(SCENARIO, book=book, addin="", folder=str(home), texts=list(texts), escape=escape)

    assert press()["said"] == [f"{home} 还没有汇总结果；请先按“本轮汇总”。"]
    result = seal_round(scheme, home, None, datetime(2024, 1, 5)).folder
    data = json.loads((result / "results.json").read_text(encoding="utf-8"))
    assert press("前三", "否")["said"] == ["“前三”不是名次，请填 1 以上的整数，或不填。"]
    cancelled = press("5", "是", escape=3)
    assert (cancelled["said"], (home / "文书").exists()) == (["已取消，没有写入任何内容。"], False)
    done = press("5", "是")
    assert done["said"][0].startswith(f"已由“第1次”的结果生成 17 份文书：\n{home / '文书' / '第1次'}\n里面的 ")
    assert any("单区反馈表_" in text for text in done["status_bar"] if isinstance(text, str))
    made = make_documents(scheme, data, commended=5, final=True).files
    assert {path.name: path.read_bytes() for path in (home / "文书/第1次").iterdir()} == made
    # Pressed again, what somebody has written into them is checked, and kept.
    edited = home / "文书/第1次/通报.docx"
    document = docx.Document(str(edited))
    document.tables[0].rows[1].cells[2].paragraphs[0].runs[0].text = "99.99"
    document.save(str(edited))
    kept = edited.read_bytes()
    said = press("5", "是")["said"][0]
    assert "核对了 17 份里的" in said
    assert (
        f"1 个与结果不符：\n通报.docx 表 1第 2 行第 3 列：99.99，结果为 {data['districts'][0]['total']:.2f}。" in said
    )
    assert "【成文日期】" in said
    assert edited.read_bytes() == kept
    # A draft has a folder of its own.
    press("", "否")
    assert len(list((home / "文书/第1次（征求意见稿）").iterdir())) == 17
    (result / "results.json").chmod(0o644)
    (result / "results.json").write_text(json.dumps({**data, "files": []}), encoding="utf-8")
    assert press("5", "是")["said"] == [f"{result}/results.json 的文件封存以后有改动，没有采用；请从备份恢复"]
