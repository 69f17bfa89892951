"""Forms as they really came back, each saved or changed in a way that was once read wrongly.

The files under `cases` are two clean forms and what became of them; every one stands for a kind.
"""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from xladdin.forms.form import Form
from xladdin.issues import Issue, Level
from xladdin.numbers import Fault, Value
from xladdin.results.consolidation import consolidate, examine
from xladdin.results.files import result_workbook
from xladdin.results.stored import NotComparable, load_results
from xladdin.returns import reading as reading_module
from xladdin.returns.collected import Collection
from xladdin.returns.collection import collect
from xladdin.returns.stamps import stamps_of
from xladdin.scheme import Scheme
from xladdin.workbook.read.reader import read_bytes

CASES_FOLDER = Path(__file__).parent / "cases"

TWO = "附件2"


@dataclass(frozen=True)
class Case:
    """A file, the findings there are to be by code, sheet and cell, and the values that differ from the clean form's.

    `Fault` stands for any value that cannot be used.
    """

    file: str
    found: tuple[tuple[str, str, str], ...] = ()
    values: Mapping[str, Value | type[Fault]] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.file


REFUSED_K05 = {"K05.1": Fault}

# Scores that Gnumeric does not work out.
GNUMERIC_SCORES = [("附件1", "E30"), ("附件1", "E5"), (TWO, "F56"), (TWO, "F8")]

CASES = [
    Case("clean-jingan.xlsx"),
    Case("clean-pudong.xlsx"),
    # Parts of the package: names in another case, with backslashes, elsewhere
    Case("part-name-case-jingan.xlsx"),
    Case("backslashes-jingan.xlsx"),
    Case(
        "moved-styles-pudong.xlsx",
        (("C01", TWO, "K7"), ("C01", TWO, "K10"), ("C04", TWO, "K27"), ("V01", TWO, "F27")),
        {"K02.1": Fault, "K04.1": Fault, "K14.1": Decimal(95)},
    ),
    Case("empty-shared-string-pudong.xlsx"),
    # Number formats
    Case("date-era-jingan.xlsx", (("C01", TWO, "K11"),), REFUSED_K05),
    Case("date-weekday-jingan.xlsx", (("C01", TWO, "K11"),), REFUSED_K05),
    Case("dxf-format-jingan.xlsx"),
    # Characters that do not say what they say one after the other, or that no output can hold
    Case("struck-out-jingan.xlsx", (("C14", TWO, "K11"),), REFUSED_K05),
    Case("superscript-jingan.xlsx", (("C14", TWO, "K11"),), REFUSED_K05),
    Case("zero-width-jingan.xlsx", (("C04", TWO, "K11"),)),
    Case("half-emoji-pudong.xlsx", (("C01", TWO, "K5"),), {"K01.1": Fault}),
    Case("endless-code.xlsx", (("C19", TWO, ""), ("S03", "附件1", ""), ("S05", "附件1", "F10"))),
    # What is typed and not used
    Case("row-without-code-jingan.xlsx", (("S08", TWO, "K12"),), {"K05.1": Decimal(10)}),
    Case("hidden-copy-jingan.xlsx", (("S10", "附件2 (2)", ""),)),
    Case("merge-over-values-jingan.xlsx", (("C15", TWO, "K13:K15"),), {"K07.2": Fault, "K07.3": Fault}),
    Case(
        "case-named-by-link-jingan.xlsx",
        (("C16", "附件1", "G10"), ("V01", "附件1", "E30"), ("V01", "附件1", "E6")),
        {"N1.4": None, "N1.5": None},
    ),
    # .xls: a chart before the form, a percent sign in the format, no number for a score
    Case("charts-before-pudong.xls", (("C03", TWO, "K5"),), {"K01.1": Fault}),
    Case("percent-literal-jingan.xls"),
    # .ods: a percentage that another program stored as a plain number, a tab, struck-out text
    Case(
        "percent-float-pudong.ods",
        (("C04", TWO, "K27"), *(("V01", sheet, cell) for sheet, cell in GNUMERIC_SCORES), ("V01", TWO, "F27")),
        {"K14.1": Decimal(95)},
    ),
    Case("spaces-tab-pudong.ods", (("C01", TWO, "K5"),), {"K01.1": Fault}),
    Case("struck-out-jingan.ods", (("C14", TWO, "K11"),), REFUSED_K05),
    # Another program, which writes K01.1 over two lines
    Case("other-program-pudong.xlsx", (("C01", TWO, "K5"), ("V01", TWO, "F8")), {"K01.1": Fault}),
]

HARMFUL = ["many-empty-properties.xlsx", "many-empty-elements.ods"]

WRAPPED = {
    "document-encryption-jingan.xlsx": ("F19", "被文档加密软件加密"),
    "default-password-pudong.xlsx": ("F04", "已加密（设有打开密码，或由 Excel 自动加密）"),
}


def read(scheme: Scheme, name: str) -> tuple[Collection, list[Issue]]:
    collection = collect(scheme, [CASES_FOLDER / name])
    return collection, [issue for issue in examine(scheme, collection) if issue.level is not Level.AWAITED]


def values(collection: Collection) -> dict[str, Value]:
    return {code: field.value.value for form in collection.forms.values() for code, field in form.fields.items()}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_returned_form__as_it_came__is_read_as_it_shows(scheme: Scheme, case: Case) -> None:
    collection, found = read(scheme, case.file)
    assert sorted((i.code, i.place.sheet, i.place.cell) for i in found) == sorted(case.found)
    if case.file.startswith("endless"):  # of a district without a clean form here
        return
    clean = "clean-pudong.xlsx" if "pudong" in case.file else "clean-jingan.xlsx"
    own, before = values(collection), values(read(scheme, clean)[0])
    changed = {code: Fault if isinstance(own[code], Fault) else own[code] for code in own if own[code] != before[code]}
    assert changed == case.values


@pytest.mark.parametrize("case", [case for case in CASES if case.found], ids=str)
def test_returned_form__as_it_came__is_spoken_of_in_texts_that_every_output_holds(scheme: Scheme, case: Case) -> None:
    for issue in read(scheme, case.file)[1]:
        line = issue.line()
        assert line.encode().decode() == line
        assert len(line) < 1000


def test_covered_cells__in_one_merged_range__are_named_once_with_what_is_beneath(scheme: Scheme) -> None:
    (issue,) = read(scheme, "merge-over-values-jingan.xlsx")[1]
    assert issue.found == "K13:K15 是合并单元格，遮住了“14.5、15”"


@pytest.mark.parametrize("name", HARMFUL)
def test_returned_form__that_would_take_all_memory__is_refused_at_once(scheme: Scheme, name: str) -> None:
    start = time.process_time()
    collection, found = read(scheme, name)
    assert time.process_time() - start < 2
    assert [(i.code, i.place.file) for i in found] == [("F06", name)]
    assert not collection.forms


@pytest.mark.parametrize("name", WRAPPED)
def test_returned_form__that_is_encrypted__is_said_to_be(scheme: Scheme, name: str) -> None:
    (issue,) = read(scheme, name)[1]
    assert (issue.code, issue.found) == WRAPPED[name]


def test_score_that_is_no_number__in_xls__is_named_and_the_own_one_counts(scheme: Scheme) -> None:
    collection, found = read(scheme, "nan-in-score-jingan.xls")
    claims = [issue for issue in found if issue.code == "V01"]
    assert {issue.found for issue in claims} == {"表中得分为“#NUM!”"}
    assert len(claims) == len(collection.forms["静安区"].claims) > 40
    assert {issue.code for issue in found} == {"V01", "C04", "C19"}


# --- Workbooks made for one kind --------------------------------------------------------------------------------------


def of_bytes(scheme: Scheme, folder: Path, data: bytes) -> tuple[Collection, list[Issue]]:
    path = folder / "静安区.xls"
    path.write_bytes(data)
    return collect(scheme, [path]), examine(scheme, collect(scheme, [path]))


def with_entry(data: bytes, name: str, change: Callable[[bytearray, int], None]) -> bytes:
    """The .xls with the entry of a stream in the container's directory changed."""
    changed = bytearray(data)
    entry = changed.index(name.encode("utf-16-le") + bytes(2), 512 + 512 * struct.unpack_from("<i", data, 48)[0])
    change(changed, entry)
    return bytes(changed)


def test_xls__whose_stream_is_called_in_capitals__is_read(scheme: Scheme, tmp_path: Path) -> None:
    def rename(data: bytearray, entry: int) -> None:
        data[entry : entry + 16] = "WORKBOOK".encode("utf-16-le")

    clean = (CASES_FOLDER / "percent-literal-jingan.xls").read_bytes()
    collection, found = of_bytes(scheme, tmp_path, with_entry(clean, "Workbook", rename))
    assert not found
    assert values(collection) == values(read(scheme, "percent-literal-jingan.xls")[0])


def test_xls__with_a_damaged_container__is_read_as_far_as_it_goes_and_said_to_be(
    scheme: Scheme, tmp_path: Path
) -> None:
    def claim_the_workbook(data: bytearray, entry: int) -> None:
        data[entry + 116 : entry + 120] = struct.pack("<i", 2)  # where the workbook begins

    clean = (CASES_FOLDER / "percent-literal-jingan.xls").read_bytes()
    collection, found = of_bytes(scheme, tmp_path, with_entry(clean, "Root Entry", claim_the_workbook))
    assert [issue.code for issue in found] == ["F20"]
    assert values(collection) == values(read(scheme, "percent-literal-jingan.xls")[0])


# --- What lies beside -------------------------------------------------------------------------------------------------


def test_results__nested_without_end__are_none_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_bytes((CASES_FOLDER / "nested-results.json").read_bytes())
    assert not list(stamps_of([path]))
    with pytest.raises(NotComparable, match="不是"):
        load_results(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without pipes in folders")
def test_pipe__in_place_of_a_file__is_not_waited_for(scheme: Scheme, tmp_path: Path) -> None:
    pipe = tmp_path / "静安区.xlsx"
    os.mkfifo(pipe)
    assert not list(stamps_of([pipe, tmp_path]))
    (issue,) = collect(scheme, [pipe]).issues
    assert (issue.code, issue.found) == ("F07", "不是文件")
    assert not collect(scheme, [tmp_path]).issues


def test_file_name__that_is_no_unicode__is_said_with_what_can_be_written(scheme: Scheme, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xff" + "静安区.xlsx".encode())
    try:
        path.write_bytes((CASES_FOLDER / "half-emoji-pudong.xlsx").read_bytes())
    except OSError:
        pytest.skip("a file system that has no such names")
    result = consolidate(scheme, [tmp_path])
    assert {issue.place.file for issue in result.issues if issue.code in ("C01", "F11")} == {"�静安区.xlsx"}
    target = tmp_path / "汇总.xlsx"
    target.write_bytes(result_workbook(result, target, datetime(2024, 3, 1)))
    assert read_bytes(target.read_bytes()).sheets


def test_contents__that_nothing_is_prepared_for__cost_only_whoever_sent_them(
    scheme: Scheme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("静安区", "浦东新区"):
        stem = "jingan" if name == "静安区" else "pudong"
        (tmp_path / f"{name}.xlsx").write_bytes((CASES_FOLDER / f"clean-{stem}.xlsx").read_bytes())
    form_of = reading_module.read_form

    def fails_for_one(*arguments: Any, **more: Any) -> Form:
        if arguments[2].district == "静安区":
            raise RecursionError
        return form_of(*arguments, **more)

    monkeypatch.setattr(reading_module, "read_form", fails_for_one)
    collection = collect(scheme, [tmp_path])
    assert list(collection.forms) == ["浦东新区"]
    assert [(i.code, i.place.district, i.found) for i in collection.issues] == [("F05", "静安区", "内容异常，无法读取")]
