"""Everything people type into number and 是/否 cells, and what becomes of it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xladdin import issues
from xladdin.fields.reading import Reading, read_cell
from xladdin.issues import Kind, Level, Place
from xladdin.methods import checks
from xladdin.numbers import NOT_APPLICABLE, Fault
from xladdin.scheme import InputKind, load_scheme
from xladdin.workbook.cells import MAX_SHOWN, CellError, Formula, Percentage, Raw, SerialDate

SCHEME = load_scheme("2023")
PLACE = Place("静安区", "区填报表_静安区.xlsx", "附件2", "K5", "K01.1")

# One field of each sort.
NUMBER = "K01.1"  # 个, whole
LENGTH = "K03.1"  # 公里
AREA = "K07.3"  # 万平方米
RATE = "K10.5"  # %, at most 100
MARK = "K14.1"  # 分, at most 100
SMALL = "R2.1"  # 分, at most 3
CASE = "N1.1"  # 分, at most 1.5
COUNT = "R5.1"  # 篇, whole or refused
FLAG = "R1.1"

REFUSED = Fault("")
"""Stands for any fault."""


@dataclass(frozen=True)
class Row:
    """What is typed where, what it is read as and which findings that makes."""

    raw: Raw
    code: str
    value: object
    kinds: tuple[Kind, ...] = ()
    target: bool = False

    def __str__(self) -> str:
        return f"{self.code} {self.raw!r}"


def plain(raw: Raw, code: str, number: str) -> Row:
    return Row(raw, code, Decimal(number))


def turned(raw: Raw, code: str, value: object) -> Row:
    return Row(raw, code, Decimal(value) if isinstance(value, str) else value, (issues.CONVERTED,))


def bad(raw: Raw, code: str, kind: Kind = issues.BAD_CELL) -> Row:
    return Row(raw, code, REFUSED, (kind,))


ROWS = [
    # Blank
    Row(None, NUMBER, None),
    Row("", NUMBER, None),
    Row("   ", NUMBER, None),
    Row("　\n", NUMBER, None),
    Row("—", NUMBER, None),
    Row("—", FLAG, None),
    Row("—", MARK, None),
    Row("—", NUMBER, None, target=True),
    *(turned(mark, NUMBER, None) for mark in ("-", "－", "--", "——", "/", "／", "无", " 无 ", "…", "……")),
    turned("无", FLAG, None),
    turned("/", MARK, None),
    turned("无", COUNT, None),
    bad("–", NUMBER),
    bad("没有", NUMBER),
    # Not applicable
    Row("不适用", NUMBER, NOT_APPLICABLE),
    Row("不适用", NUMBER, NOT_APPLICABLE, target=True),
    turned("不涉及", NUMBER, NOT_APPLICABLE),
    turned("N/A", NUMBER, NOT_APPLICABLE),
    turned("n/a", LENGTH, NOT_APPLICABLE),
    *(bad("不适用", code) for code in (MARK, SMALL, CASE, COUNT, FLAG)),
    bad("不涉及", MARK),
    # Numbers as numbers
    plain(0, NUMBER, "0"),
    plain(0.0, MARK, "0"),
    plain(12, NUMBER, "12"),
    plain(0.1 + 0.2, LENGTH, "0.3"),
    plain(7.45, LENGTH, "7.45"),
    plain(100, MARK, "100"),
    plain(2.5, SMALL, "2.5"),
    plain(0.95, SMALL, "0.95"),
    plain(1.5, CASE, "1.5"),
    plain(6, COUNT, "6"),
    # Numbers outside what the field takes
    bad(-3, NUMBER),
    bad(-0.5, LENGTH),
    bad(-1, MARK),
    bad(-1, COUNT),
    bad(100.5, MARK),
    bad(120, MARK),
    bad(3.01, SMALL),
    bad(1.6, CASE),
    bad(101, RATE),
    bad(2.5, COUNT),
    Row(2.5, NUMBER, Decimal("2.5"), (issues.NOT_WHOLE,)),
    Row(0.95, MARK, Decimal("0.95"), (issues.FRACTION_OF_MARK,)),
    # The percentage
    plain(45, RATE, "45"),
    bad(1, RATE),
    bad("1", RATE),
    plain(1.5, RATE, "1.5"),
    turned("1%", RATE, "1"),
    turned("0.5%", RATE, "0.5"),
    turned(Percentage(0.01), RATE, "1"),
    plain(0, RATE, "0"),
    bad(0.45, RATE),
    Row(0.45, RATE, REFUSED, (issues.BAD_CELL,), target=True),
    bad("0.45", RATE),
    turned("45%", RATE, "45"),
    turned("45％", RATE, "45"),
    turned(Percentage(0.45), RATE, "45"),
    turned(Percentage(0.07), RATE, "7"),
    turned(Percentage(0.95), MARK, "95"),
    bad(Percentage(1.2), RATE),
    bad(Percentage(12.0), NUMBER),
    bad(Percentage(0.9), SMALL),
    bad(Percentage(1.0), FLAG),
    turned("４５", RATE, "45"),
    bad("120%", RATE),
    bad("45分", RATE),
    # Numbers no cell can mean
    *(bad(number, NUMBER) for number in (float("nan"), float("inf"), float("-inf"), 1e300, "9" * 400)),
    bad(float("nan"), MARK),
    bad(float("nan"), FLAG),
    # More than one number, which must not be joined into another one
    *(
        bad(text, NUMBER)
        for text in ("5\n3", "3 4", "12 300", "12①", "①", "10²", "H₂", "5　6", "1㉑", "㊿", "½", "\u202e81\u202c")
    ),
    # Numbers as text
    turned("12", NUMBER, "12"),
    turned("0", NUMBER, "0"),
    turned(" 12 ", NUMBER, "12"),
    turned("９５", NUMBER, "95"),
    turned("１２．５", LENGTH, "12.5"),
    turned("12.", LENGTH, "12"),
    turned("+5", NUMBER, "5"),
    turned("1,234", NUMBER, "1234"),
    turned("1，234", NUMBER, "1234"),
    turned("1,234,567.5", LENGTH, "1234567.5"),
    bad("1,23", NUMBER),
    bad("1234,567", NUMBER),
    bad("1.234,5", LENGTH),
    bad("-3", NUMBER),
    bad("－3", NUMBER),
    bad("−3", NUMBER),
    bad("120", MARK),
    bad("1e5", NUMBER),
    bad("0x10", NUMBER),
    bad("=1+1", NUMBER),
    Row("2.5", NUMBER, Decimal("2.5"), (issues.CONVERTED, issues.NOT_WHOLE)),
    Row("2.5个", NUMBER, Decimal("2.5"), (issues.CONVERTED, issues.NOT_WHOLE)),
    Row("0.95", MARK, Decimal("0.95"), (issues.CONVERTED, issues.FRACTION_OF_MARK)),
    # Units
    turned("12个", NUMBER, "12"),
    turned("12 个", NUMBER, "12"),
    turned("2公里", LENGTH, "2"),
    turned("12.5万平方米", AREA, "12.5"),
    turned("2000万", AREA, "2000"),
    turned("2000万", NUMBER, "20000000"),
    turned("7.5万", NUMBER, "75000"),
    turned("7.5万个", NUMBER, "75000"),
    turned("1亿", NUMBER, "100000000"),
    turned("3篇", COUNT, "3"),
    turned("95分", MARK, "95"),
    turned("95%", MARK, "95"),
    turned("2.5分", SMALL, "2.5"),
    bad("2.5 篇", COUNT),
    bad("12米", LENGTH),
    bad("12公里", NUMBER),
    bad("12平方米", AREA),
    bad("12.5万平方米", NUMBER),
    bad("95分", NUMBER),
    bad("95%", NUMBER),
    bad("95%", SMALL),
    bad("3万", RATE),
    # Words
    *(
        bad(text, NUMBER)
        for text in ("约12", "二十", "十二个", "12-15", "12~15", "12余", "12个左右", "超过12", "已完成", "是", "√")
    ),
    bad("优秀", MARK),
    bad("六篇", COUNT),
    # What is no number
    bad(True, NUMBER),
    bad(False, NUMBER),
    bad(True, MARK),
    bad(datetime.date(2023, 12, 1), NUMBER),
    bad(datetime.datetime(2023, 12, 1), NUMBER),
    bad(datetime.datetime(2023, 12, 1), FLAG),
    bad(SerialDate(45000.0), NUMBER),
    bad(SerialDate(0.5), MARK),
    bad(SerialDate(1.0), FLAG),
    bad(SerialDate(1e300), NUMBER),
    bad(CellError("#N/A"), NUMBER, issues.ERROR_CELL),
    bad(CellError("#DIV/0!"), FLAG, issues.ERROR_CELL),
    bad(Formula("3+4", 7.0), NUMBER, issues.FORMULA_CELL),
    bad(Formula("3+4", None), NUMBER, issues.FORMULA_CELL),
    bad(Formula('""', ""), NUMBER, issues.FORMULA_CELL),
    bad(Formula("", 7.0), MARK, issues.FORMULA_CELL),
    bad(Formula("A1=1", True), FLAG, issues.FORMULA_CELL),
    bad(Formula("1/0", CellError("#DIV/0!")), NUMBER, issues.ERROR_CELL),
    # 是/否
    Row("是", FLAG, True),
    Row("√", FLAG, True),
    Row("否", FLAG, False),
    Row("×", FLAG, False),
    Row(True, FLAG, True),
    Row(False, FLAG, False),
    Row(1, FLAG, True),
    Row(0.0, FLAG, False),
    Row(None, FLAG, None),
    *(turned(text, FLAG, True) for text in ("TRUE", "true", "1", "１", "✓", "✔", "☑", " 是 ", "是\n")),
    *(turned(text, FLAG, False) for text in ("FALSE", "False", "0", "✗", "✘", "否　")),
    *(bad(text, FLAG) for text in ("已完成", "是的", "是/否", "对", "Y", "x", "2", "100%")),
    bad(2, FLAG),
    bad(0.5, FLAG),
    bad(-1, FLAG),
]


def read(raw: Raw, code: str, *, target: bool = False) -> Reading:
    return read_cell(raw, SCHEME.inputs[code], PLACE, is_target=target)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_cell__as_people_type_it__read_or_refused_as_stated(row: Row) -> None:
    reading = read(row.raw, row.code, target=row.target)
    if row.value is REFUSED:
        assert isinstance(reading.value, Fault)
    else:
        assert reading.value == row.value
        assert type(reading.value) is type(row.value)  # 1 and True, 0 and False are equal to Python
    assert [issue.code for issue in reading.issues] == [kind.code for kind in row.kinds]


@pytest.mark.parametrize("row", [row for row in ROWS if row.kinds], ids=str)
def test_finding__about_a_cell__says_where_and_quotes_what_was_typed(row: Row) -> None:
    findings = read(row.raw, row.code, target=row.target).issues
    for finding in findings:
        assert finding.place == PLACE
        assert finding.found
        assert finding.expected
        assert finding.remedy
    if isinstance(row.raw, str):
        assert row.raw[:MAX_SHOWN] in findings[0].found


def test_refusal__of_a_bounded_field__names_its_bounds() -> None:
    for code, words in (
        (MARK, "0 到 100"),
        (SMALL, "0 到 3"),
        (CASE, "0 到 1.5"),
        (FLAG, "“是”或“否”"),
        (RATE, "45% 填 45"),
    ):
        (finding,) = read("约数", code).issues
        assert words in finding.expected


def test_unit__of_the_field_itself__is_left_off_in_every_field() -> None:
    wrong = []
    for code, spec in SCHEME.inputs.items():
        if spec.kind is InputKind.FLAG:
            continue
        read_alike = {read(text, code).value for text in (f"1{spec.unit}", f"1 {spec.unit}", f"１{spec.unit}")}
        if read_alike != {Decimal(1)} or not isinstance(read(f"1{spec.unit}多", code).value, Fault):
            wrong.append(code)
    assert wrong == []


# --- Whatever is typed ------------------------------------------------------------------------------------------------

always = settings(max_examples=400, deadline=None, derandomize=True, database=None)

codes = st.sampled_from([NUMBER, LENGTH, AREA, RATE, MARK, SMALL, CASE, COUNT, FLAG])
pieces = st.sampled_from(
    [
        *"0123456789０９.,，．-—－/%％+万亿个分是否√×无零〇一二①² 　\n\t",
        "公里",
        "不适用",
        "N/A",
        "万平方米",
        "\u200b",
        "\ufeff",
    ]
)
texts = st.one_of(st.text(max_size=8), st.lists(pieces, max_size=6).map("".join))
numbers = st.one_of(st.integers(), st.floats())
shown = st.floats().flatmap(lambda number: st.sampled_from([Percentage(number), SerialDate(number)]))
values = st.one_of(st.none(), texts, numbers, st.booleans(), st.dates(), st.datetimes(), shown, texts.map(CellError))
raws = st.one_of(values, st.builds(Formula, texts, values))


@always
@given(raws, codes, st.booleans())
def test_cell__whatever_it_holds__never_raises_and_no_fault_goes_unnamed(raw: Raw, code: str, target: bool) -> None:
    reading = read(raw, code, target=target)
    named = any(issue.level is Level.ERROR for issue in reading.issues)
    assert isinstance(reading.value, Fault) == named
    if SCHEME.inputs[code].kind is InputKind.FLAG:
        assert reading.value is None or isinstance(reading.value, bool | Fault)
    else:
        assert not isinstance(reading.value, bool)


@always
@given(texts, codes, st.booleans())
def test_text__not_empty__never_becomes_zero_or_blank_unnamed(text: str, code: str, target: bool) -> None:
    reading = read(text, code, target=target)
    stated_marks = {*checks.BLANK_MARKS, *({"否", "×"} if code == FLAG else ())}
    stated = "".join(text.split()) in stated_marks
    if text.strip() and not stated and (reading.value is None or reading.value == 0):
        assert reading.issues
        assert text in reading.issues[0].found


@always
@given(st.decimals(0, 100, places=2), st.sampled_from([LENGTH, AREA]))
def test_number__the_field_takes__is_read_to_the_last_digit(number: Decimal, code: str) -> None:
    assert read(float(number), code) == Reading(number)
    assert read(str(number), code).value == number


@always
@given(st.decimals(-1000, 1000, places=1), st.sampled_from([MARK, SMALL, CASE, RATE]))
def test_number__outside_the_bounds__is_refused_and_within_them_kept(number: Decimal, code: str) -> None:
    maximum = SCHEME.inputs[code].maximum
    assert maximum is not None
    taken = 0 <= number <= maximum and not (code == RATE and 0 < number <= 1)
    for raw in (float(number), str(number)):
        value = read(raw, code).value
        assert value == number if taken else isinstance(value, Fault)
