"""Any number of annexes: 附件1, an annex that is a part's only row, one that is a part's row among others, and amounts in 附件1 itself."""

from __future__ import annotations

import json
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest

from tests.scheme.test_scheme_book import assert_same
from tests.support.annexes import YEAR, data_with_annexes
from tests.support.years import call
from xladdin.scheme import Scheme, load_scheme
from xladdin.scheme import load as loading
from xladdin.scheme.book.reading import scheme_book_of
from xladdin.scheme.book.writer import scheme_workbook
from xladdin.sending.forms import blank_form
from xladdin.workbook.read.reader import read_bytes


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return data_with_annexes(tmp_path_factory.mktemp("data") / "data")


@pytest.fixture(scope="module")
def scheme(data: Path) -> Scheme:
    return load_scheme(YEAR, data)


def test_workbook__written_and_read__same_scheme(scheme: Scheme) -> None:
    assert_same(scheme_book_of(read_bytes(scheme_workbook(scheme, ())).sheets, {}).scheme, scheme)


def test_form__sheets_heads_and_titles__follow_the_scheme(scheme: Scheme) -> None:
    book = openpyxl.load_workbook(BytesIO(blank_form(scheme)))
    assert book.sheetnames == ["填报说明", "附件1", "附件2", "附件3", "亮点表"]
    heads = {name: [cell.value for cell in book[name][4]] for name in book.sheetnames[1:]}
    assert all("当年任务量" in heads[name] for name in ("附件1", "附件2", "附件3"))  # 附件1 assigns amounts too
    assert heads["亮点表"][:12] == [
        "序号",
        "工作",
        "评价部门",
        "评分方法",
        "分值",
        "得分",
        "编号",
        "填报内容",
        "单位",
        "完成情况",
        "佐证材料",
        "校验",
    ]
    assert book["附件3"]["A2"].value == "2026 年度专项任务考核表"
    notes = [cell.value for row in book["附件1"].iter_rows() for cell in row if "转入" in str(cell.value)]
    assert notes == [f"由 {name} 合计转入，本行不填" for name in ("附件2", "亮点表", "附件3")]
    (first,) = (row[0].value for row in book["填报说明"].iter_rows() if str(row[0].value).startswith("1. "))
    assert first.startswith("1. 只填黄色格：附件1、附件2、附件3、亮点表 右侧")


@pytest.mark.slow
def test_round__sample_to_documents__sections_add_up_and_every_annex_is_a_table(
    data: Path, scheme: Scheme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "DATA", data)
    asked = ("--scheme", YEAR)
    assert call("templates", tmp_path / "空白", *asked).code == 0
    assert call("sample", tmp_path / "空白", tmp_path / "回收").code == 0
    said = call("consolidate", tmp_path / "回收", "-o", tmp_path / "a.xlsx", "--json", tmp_path / "a.json", *asked)
    assert "表中得分为" not in said.out  # each form's own formulas come to the same
    result = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"), parse_float=Decimal)
    for district in result["districts"]:
        items = district["items"]
        for number, ids in {"1": ("T",), "2": ("G", "H"), "3": ("D", "W"), "4": ("P",)}.items():
            own = [item for id_, item in items.items() if id_.startswith(ids)]
            applicable = [item for item in own if item["status"] != "not_applicable"]
            total = sum(Decimal(item["score"] or 0) for item in applicable)
            points, base = (sum(Decimal(item["points"]) for item in some) for some in (own, applicable))
            due = (points * total / base if base else Decimal(0)).quantize(Decimal("0.01"), ROUND_HALF_UP)
            assert district["sections"][number] == due, (district["name"], number)
    assert {len(d["items"]) for d in result["districts"]} == {17}
    said = call("documents", tmp_path / "a.json", "-o", tmp_path / "文书", *asked)
    assert (said.code, "与结果一致" in said.out) == (0, True), said
    notice = docx.Document(str(tmp_path / "文书/通报.docx"))
    titles = [paragraph.text for paragraph in notice.paragraphs]
    assert [t for t in titles if t.startswith("附件") and len(t) < 5] == ["附件1", "附件2", "附件3", "附件4"]
    tables = [[cell.text for cell in table.rows[-1].cells][:2] for table in notice.tables[2:5]]
    assert tables == [["4", scheme.annexes[0].tasks[-1].task], ["2", "架空线入地 60 公里"], ["1", "开展文明创建"]]
