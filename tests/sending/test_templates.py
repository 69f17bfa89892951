"""The committed blank 区填报表: up to date, reproducible, within Excel's limits, locked where it should be.

The file is read as a package of XML parts, because what a reading library makes of it would hide what Excel is told.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import openpyxl
import pytest

from macros.build import build_addin
from xladdin.issues import Refused
from xladdin.scheme import InputKind, Scheme, load_scheme
from xladdin.sending.forms import build_templates, stored_template

TEMPLATES = Path(__file__).resolve().parents[2] / "workbook_templates"
BLANK_FORM = TEMPLATES / "区填报表.xlsx"
MANIFEST = TEMPLATES / "MANIFEST.toml"

CHINESE = re.compile(r"[\u4e00-\u9fff]")
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

# What Excel 2010, WPS Office and LibreOffice all have had for long.
OLD_FUNCTIONS = """
    ABS AND AVERAGE CEILING CHOOSE COLUMN COLUMNS COUNT COUNTA COUNTBLANK COUNTIF COUNTIFS DATE DAY EXACT FALSE FIND
    FLOOR HLOOKUP IF IFERROR INDEX INT ISBLANK ISERR ISERROR ISLOGICAL ISNA ISNUMBER ISTEXT LARGE LEFT LEN LOOKUP LOWER
    MATCH MAX MEDIAN MID MIN MOD MONTH N NA NOT OR PRODUCT RANK RIGHT ROUND ROUNDDOWN ROUNDUP ROW ROWS SEARCH SIGN SMALL
    SUBSTITUTE SUM SUMIF SUMIFS SUMPRODUCT T TEXT TRIM TRUE TRUNC UPPER VALUE VLOOKUP YEAR
"""


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return load_scheme("2023")


# --- Up to date -----------------------------------------------------------------------------------------------------


def test_templates__rebuilt__same_bytes_as_committed(scheme: Scheme, tmp_path: Path) -> None:
    built = {*build_templates(scheme, tmp_path), *build_addin(scheme, tmp_path)}
    assert {path.name for path in built} == {path.name for path in TEMPLATES.iterdir() if path.is_file()}
    for path in built:
        # On failure: run `xladdin build-templates` and `xladdin addin build`, and look at what changed.
        assert path.read_bytes() == (TEMPLATES / path.name).read_bytes(), f"{path.name} is stale"


def test_templates__built_twice__same_bytes(scheme: Scheme, tmp_path: Path) -> None:
    for name in ("1", "2"):
        build_templates(scheme, tmp_path / name)
        build_addin(scheme, tmp_path / name)
    first, second = ({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()} for name in ("1", "2"))
    assert len(first) == 6
    assert first == second


def test_manifest__committed__names_scheme_document_and_checksum(scheme: Scheme) -> None:
    manifest = tomllib.loads(MANIFEST.read_text(encoding="utf-8"))
    assert manifest["scheme"] == "2023"
    assert manifest["document"] == "沪精细化办〔2023〕12号"
    listed = {entry["name"]: entry["sha256"] for entry in manifest["file"]}
    others = [p for p in TEMPLATES.iterdir() if p.is_file() and p != MANIFEST]
    assert listed == {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in others}


def test_stored_form__as_committed__given_out(scheme: Scheme) -> None:
    assert stored_template(scheme, BLANK_FORM.name) == BLANK_FORM.read_bytes()


def change_a_byte(folder: Path) -> None:
    data = bytearray((folder / BLANK_FORM.name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / BLANK_FORM.name).write_bytes(data)


def change_the_manifest(old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / MANIFEST.name).read_text(encoding="utf-8")
        assert old in text
        (folder / MANIFEST.name).write_text(text.replace(old, new), encoding="utf-8")

    return change


def test_stored_form__of_another_year_or_of_no_manifest__none(scheme: Scheme, tmp_path: Path) -> None:
    build_templates(scheme, tmp_path)
    change_the_manifest('scheme = "2023"', 'scheme = "2022"')(tmp_path)
    assert stored_template(scheme, BLANK_FORM.name, tmp_path) is None
    (tmp_path / MANIFEST.name).unlink()
    assert stored_template(scheme, BLANK_FORM.name, tmp_path) is None


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (change_a_byte, "与清单不符"),
        (lambda folder: (folder / BLANK_FORM.name).write_bytes(b""), "与清单不符"),
        (change_the_manifest("区填报表.xlsx", "填报表.xlsx"), "与清单不符"),
        (lambda folder: (folder / BLANK_FORM.name).unlink(), "找不到空白模板"),
    ],
    ids=["byte", "empty", "not-listed", "no-file"],
)
def test_stored_form__damaged__refused_in_chinese(
    damage: Callable[[Path], None], words: str, scheme: Scheme, tmp_path: Path
) -> None:
    build_templates(scheme, tmp_path)
    assert stored_template(scheme, BLANK_FORM.name, tmp_path)
    damage(tmp_path)
    with pytest.raises(Refused) as caught:
        stored_template(scheme, BLANK_FORM.name, tmp_path)
    assert words in str(caught.value)
    assert "build-templates" in str(caught.value)  # what to do about it


# --- What the package says ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Package:
    """The parts of the workbook that the checks look at."""

    workbook: Element
    styles: Element
    sheets: dict[str, Element]
    texts: list[str]

    def cells(self) -> Iterator[tuple[str, Element]]:
        for name, sheet in self.sheets.items():
            for cell in sheet.iter(f"{MAIN}c"):
                yield f"{name}!{cell.get('r')}", cell

    def formulas(self) -> list[tuple[str, str]]:
        """Every formula with its place: of cells, conditional formats and input rules."""
        found = [(place, f.text or "") for place, cell in self.cells() for f in cell.iter(f"{MAIN}f")]
        for name, sheet in self.sheets.items():
            for tag in ("cfRule", "dataValidation"):
                for rule in sheet.iter(f"{MAIN}{tag}"):
                    found += [(f"{name} {tag}", part.text or "") for part in rule if "formula" in part.tag]
        return found


def read_package(data: bytes) -> Package:
    with zipfile.ZipFile(BytesIO(data)) as package:
        workbook = ElementTree.fromstring(package.read("xl/workbook.xml"))
        relations = ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
        targets = {r.get("Id"): f"xl/{r.get('Target')}" for r in relations}
        sheets = {
            sheet.get("name", ""): ElementTree.fromstring(package.read(targets[sheet.get(RELATION_ID)]))
            for sheet in workbook.iter(f"{MAIN}sheet")
        }
        strings = ElementTree.fromstring(package.read("xl/sharedStrings.xml"))
        texts = ["".join(si.itertext()) for si in strings.iter(f"{MAIN}si")]
        return Package(workbook, ElementTree.fromstring(package.read("xl/styles.xml")), sheets, texts)


@pytest.fixture(scope="module")
def package() -> Package:
    return read_package(BLANK_FORM.read_bytes())


def test_package__formulas__there_to_be_checked(package: Package) -> None:
    cells = [place for place, cell in package.cells() if cell.find(f"{MAIN}f") is not None]
    # 校验 75, 完成率 40, 得分 44 items and 3 totals; then the cover's.
    assert len([place for place in cells if place.startswith("附件")]) == 75 + 40 + 44 + 3
    assert len(cells) > 75 + 40 + 44 + 3


def test_package__macros_links_and_queries__none() -> None:
    with zipfile.ZipFile(BLANK_FORM) as archive:
        parts = archive.namelist()
    assert [p for p in parts if re.search(r"vba|external|connection|query|calcChain|metadata", p, re.IGNORECASE)] == []


def test_formula_cells__all__carry_their_value(package: Package) -> None:
    lacking = []
    for place, cell in package.cells():
        if cell.find(f"{MAIN}f") is None:
            continue
        value = cell.find(f"{MAIN}v")
        kind = cell.get("t", "n")
        # An empty text is a value too; the writing library stores it as an empty <v> without t="str".
        good = value is not None and (
            kind == "str" or (kind == "n" and re.fullmatch(r"(-?\d+(\.\d+)?)?", value.text or ""))
        )
        if not good:
            lacking.append(place)
    assert lacking == []


def test_formula_cells__blank_form__values_are_those_of_a_blank_form(scheme: Scheme) -> None:
    # The library would store 0 for a value that nobody gave.
    book = openpyxl.load_workbook(BLANK_FORM, data_only=True)
    for annex, name in ((1, "附件1"), (2, "附件2")):
        for code, row in field_rows(book[name]).items():
            if code.endswith(".1"):
                blank = "不适用" if annex == 2 and scheme.inputs[code].kind is InputKind.AMOUNT else None
                assert row["得分"].value in ((blank, "") if blank is None else (blank,)), code
            state = str(row["校验"].value)
            assert state.startswith(("不适用", "缺", "待评", "未报送")), code
    assert str(book["填报说明"]["B7"].value).startswith("尚不能报送")


def bare(formula: str) -> str:
    """The formula without its texts, which may hold anything."""
    return re.sub(r'"(?:[^"]|"")*"', '""', formula)


def functions_of(formula: str) -> set[str]:
    return set(re.findall(r"([A-Za-z_.][\w.]*)\(", bare(formula)))


def test_formulas__functions__of_excel_2010_age(package: Package) -> None:
    used = set().union(*(functions_of(formula) for _place, formula in package.formulas()))
    assert {"IF", "ROUND", "SUM"} <= used
    assert used - set(OLD_FUNCTIONS.split()) == set()


def test_formulas__modern_or_foreign_syntax__none(package: Package) -> None:
    astray = [
        (place, formula)
        for place, formula in package.formulas()
        if "_xl" in formula
        or re.search(r"[\[\]@{}#]", bare(formula))
        or functions_of(formula) & {"LAMBDA", "LET", "FILTER", "XLOOKUP", "TEXTJOIN", "IFS"}
    ]
    assert astray == []
    # A formula that spills or takes several cells at once would need more than a plain <f>.
    assert [place for place, cell in package.cells() for f in cell.iter(f"{MAIN}f") if f.attrib] == []
    assert [place for place, cell in package.cells() if cell.get("cm") or cell.get("vm")] == []


def test_formulas__names__none_to_resolve(package: Package) -> None:
    built_in = {"_xlnm.Print_Area", "_xlnm.Print_Titles"}
    assert {n.get("name") for n in package.workbook.iter(f"{MAIN}definedName")} <= built_in
    for place, formula in package.formulas():
        rest = re.sub(r"'[^']+'!", "", bare(formula))
        rest = re.sub(r"[A-Za-z_.][\w.]*\(", "(", rest)
        rest = re.sub(r"\$?\b[A-Z]{1,2}\$?\d{1,4}\b", "", rest)
        assert set(re.findall(r"[^\W\d]\w*", rest)) <= {"TRUE", "FALSE"}, (place, formula)


def nesting(formula: str, function: str = "") -> int:
    """How many calls (of the function, or of any) stand inside one another at most."""
    open_calls: list[bool] = []
    deepest = 0
    for call in re.finditer(r"([A-Za-z_.][\w.]*)?(\()|\)", bare(formula)):
        if call[2]:
            open_calls.append(bool(call[1]) and function in ("", call[1]))
            deepest = max(deepest, sum(open_calls))
        else:
            open_calls.pop()
    assert not open_calls, formula
    return deepest


@pytest.mark.parametrize(
    ("formula", "depth"), [("1+(2)", 0), ("IF(A1,1,2)", 1), ('IF(OR(A1="(",1),IF(B1,1,2),3)', 2), ("IF(1,(IF(2)))", 2)]
)
def test_nesting__small_formula__counted(formula: str, depth: int) -> None:
    assert nesting(formula, "IF") == depth


def test_limits__formulas__within_excels(package: Package) -> None:
    for place, formula in package.formulas():
        assert 0 < len(formula) <= 8192, place
        assert nesting(formula) <= 64, place
        # A text inside a formula may have 255 characters.
        assert all(len(text) - 2 <= 255 for text in re.findall(r'"(?:[^"]|"")*"', formula)), place


def test_limits__sheet_names__within_excels(package: Package) -> None:
    names = list(package.sheets)
    assert len({name.casefold() for name in names}) == len(names)
    assert [n for n in names if not 0 < len(n) <= 31 or re.search(r"[\[\]:*?/\\]", n) or n.strip("'") != n] == []


def test_limits__input_rules__within_excels(package: Package) -> None:
    rules = [(name, r) for name, sheet in package.sheets.items() for r in sheet.iter(f"{MAIN}dataValidation")]
    # 75 values, 40 任务量, 5 names of cases.
    assert len(rules) == 75 + 40 + 5
    for name, rule in rules:
        place = f"{name}!{rule.get('sqref')}"
        for title in ("promptTitle", "errorTitle"):
            assert len(rule.get(title, "")) <= 32, place
        for text in ("prompt", "error"):
            assert len(rule.get(text, "")) <= 255, place
        assert CHINESE.search(rule.get("prompt", "")), place
        if rule.get("type"):
            assert CHINESE.search(rule.get("error", "")), place
        if rule.get("type") == "list":
            listed = rule.findtext(f"{MAIN}formula1", "")
            assert len(listed.strip('"')) <= 255, place


def test_limits__texts__within_excels(package: Package) -> None:
    assert max(map(len, package.texts)) <= 32767


# --- Open and locked cells ------------------------------------------------------------------------------------------


def field_rows(sheet: openpyxl.worksheet.worksheet.Worksheet) -> dict[str, dict[str, openpyxl.cell.Cell]]:
    """The cells of each field by code and head, found as a reader of the sheet would find them."""
    at = next(row for row in range(1, 20) if "编号" in {c.value for c in sheet[row]})
    heads = [c.value for c in sheet[at]]
    rows = [dict(zip(heads, row, strict=True)) for row in sheet.iter_rows(min_row=at + 1)]
    return {r["编号"].value: r for r in rows if re.fullmatch(r"[A-Z]\d+\.\d+", str(r["编号"].value))}


def open_heads(scheme: Scheme, code: str) -> set[str]:
    """The heads under which the district types something in the field's row."""
    spec = scheme.inputs[code]
    if spec.kind is InputKind.AMOUNT:
        return {"当年任务量", "完成情况", "佐证材料"}
    if spec.names_case:  # the district names and proves its case, the experts judge it
        return {"填报内容", "佐证材料"}
    return set() if spec.judge else {"完成情况", "佐证材料"}


def test_open_heads__scheme_2023__as_many_cells_as_counted_by_hand(scheme: Scheme) -> None:
    # 40 indicators × 3; 5 cases × 2; R1 5, R3 3, R4 3, R5 1 and R6.1 × 2. Judged: K 11, R2, R6.2, I1, I2, I3 2.
    assert sum(len(open_heads(scheme, code)) for code in scheme.inputs) == 40 * 3 + 5 * 2 + 13 * 2
    assert sum(not open_heads(scheme, code) for code in scheme.inputs) == 11 + 6


def test_cells__unlocked__exactly_what_the_district_fills_in(scheme: Scheme) -> None:
    book = openpyxl.load_workbook(BLANK_FORM)
    expected = {
        f"{name}!{row[head].coordinate}"
        for name in ("附件1", "附件2")
        for code, row in field_rows(book[name]).items()
        for head in open_heads(scheme, code)
    }
    unlocked = {
        f"{s.title}!{c.coordinate}" for s in book for row in s.iter_rows() for c in row if not c.protection.locked
    }
    assert unlocked == expected
    assert len(expected) == 40 * 3 + 5 * 2 + 13 * 2


def test_cells__whole_columns_and_rows__not_opened(package: Package) -> None:
    # A format on a column or row would unlock the cells that the file does not list.
    for name, sheet in package.sheets.items():
        assert [c.attrib for c in sheet.iter(f"{MAIN}col") if c.get("style")] == [], name
        assert [r.get("r") for r in sheet.iter(f"{MAIN}row") if r.get("customFormat")] == [], name
    default = next(iter(package.styles.find(f"{MAIN}cellXfs")))
    assert default.find(f"{MAIN}protection") is None


def test_cells__formulas__all_locked() -> None:
    book = openpyxl.load_workbook(BLANK_FORM)
    cells = [c for s in book for row in s.iter_rows() for c in row if str(c.value or "").startswith("=")]
    assert cells
    assert [c.coordinate for c in cells if not c.protection.locked] == []


def test_sheets__all__protected_without_password(package: Package) -> None:
    for name, sheet in package.sheets.items():
        protection = sheet.find(f"{MAIN}sheetProtection")
        assert protection is not None, name
        assert protection.get("sheet") == "1", name
        # 填报说明 tells the user that there is none.
        assert not {"password", "hashValue", "saltValue"} & set(protection.keys()), name
