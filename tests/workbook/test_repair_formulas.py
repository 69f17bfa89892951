"""Mending formula texts: every way a call is known to break, and that nothing else in a formula moves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from udfs.catalogue import BY_NAME
from xladdin.workbook.repair.formulas import link_numbers, renumbered, repaired

NAMES = frozenset(BY_NAME)

MENDED = [
    # where the add-in or the workbook was
    (r"'C:\Users\张三\AppData\Roaming\Microsoft\Excel\XLSTART\FineScore.xlam'!FS_RATIO(A1,B1)", "FS_RATIO(A1,B1)"),
    (r"'D:\o''brien\FineScore.xlam'!FS_RATIO(A1,B1)", "FS_RATIO(A1,B1)"),
    ("'https://某某.example/办公/FineScore.xlam'!FS_TOTAL(A1:A9)", "FS_TOTAL(A1:A9)"),
    ("FineScore.xlam!FS_RATIO(A1,B1)", "FS_RATIO(A1,B1)"),
    ("FINESCORE.XLAM!FS_RATIO(A1,B1)", "FS_RATIO(A1,B1)"),
    ("'[FineScore.xlam]Sheet1'!FS_RATIO(A1,B1)", "FS_RATIO(A1,B1)"),
    (r"'C:\path\[FineScore.xlam]x'!FS_RATIO(A1,B1)", "FS_RATIO(A1,B1)"),
    ("[FineScore.xlam]Sheet1!FS_RATIO(A1,B1)", "FS_RATIO(A1,B1)"),
    ("考核总表.xlsm!FS_RATIO(A1,B1)", "FS_RATIO(A1,B1)"),
    ("'考核总表 (1).xlsm'!FS_RATIO(A1,B1)", "FS_RATIO(A1,B1)"),
    (r"'\\server\共享\考核总表.xlsm'!FS_RATIO(A1,B1)", "FS_RATIO(A1,B1)"),
    (r"'C:\资料\FineScore.xlam.bak'!FS_RATIO(A1,B1)", "FS_RATIO(A1,B1)"),
    ("'https://某某.example/FineScore'!FS_RATIO(A1,B1)", "FS_RATIO(A1,B1)"),
    # what a stored formula has instead
    ("[1]!FS_RATIO(A1,B1)", "FS_RATIO(A1,B1)"),
    ("[12]!FS_RATIO(A1,B1)", "FS_RATIO(A1,B1)"),
    ("[0]!FS_RATIO(A1,B1)", "FS_RATIO(A1,B1)"),
    ("[3]Sheet1!FS_RATIO(A1,B1)", "FS_RATIO(A1,B1)"),
    ("'[3]黄浦 区'!FS_RATIO(A1,B1)", "FS_RATIO(A1,B1)"),
    # marks of functions not known
    ("_xludf.FS_RATIO(A1,B1)", "FS_RATIO(A1,B1)"),
    ("__xludf.FS_RATIO(A1,B1)", "FS_RATIO(A1,B1)"),
    ("_xll.FS_RATIO(A1,B1)", "FS_RATIO(A1,B1)"),
    ("_xlfn.FS_RATIO(A1,B1)", "FS_RATIO(A1,B1)"),
    ("_xlfn._xludf.FS_RATIO(A1,B1)", "FS_RATIO(A1,B1)"),
    ("_XLFN._XLUDF.fs_ratio(A1,B1)", "FS_RATIO(A1,B1)"),
    ("_xldudf_FS_RATIO(A1,B1)", "FS_RATIO(A1,B1)"),
    # one value out of an array
    ("@FS_RATIO(A1,B1)", "FS_RATIO(A1,B1)"),
    ("_xlfn.SINGLE(FS_RATIO(A1,B1))", "FS_RATIO(A1,B1)"),
    ("_xlfn.single(fs_ratio(A1,B1))", "FS_RATIO(A1,B1)"),
    ("@_xlfn.SINGLE(_xlfn.SINGLE(@FS_RATIO(A1,(B1))))*2", "FS_RATIO(A1,(B1))*2"),
    ("_xlfn.SINGLE(FS_RATIO(A1,B1))+_xlfn.SINGLE(C1:C3)", "FS_RATIO(A1,B1)+_xlfn.SINGLE(C1:C3)"),
    # several at once, one in another
    ("@[1]!_xludf.fs_ratio(A1,B1)", "FS_RATIO(A1,B1)"),
    (
        "IF(ISERROR('C:\\x\\FineScore.xlam'!FS_RATIO(A1,B1)),\"\",'C:\\x\\FineScore.xlam'!FS_RATIO(A1,B1))",
        'IF(ISERROR(FS_RATIO(A1,B1)),"",FS_RATIO(A1,B1))',
    ),
    (
        "ROUND([1]!FS_TOTAL([1]!FS_RATIO(A1,B1),_xlfn.SINGLE([2]!FS_MEDIA(C1,D1)))/2,2)",
        "ROUND(FS_TOTAL(FS_RATIO(A1,B1),FS_MEDIA(C1,D1))/2,2)",
    ),
    ('[1]!FS_EXPLAIN("K01",[2]Sheet1!A1,\'[3]a b\'!B1)', 'FS_EXPLAIN("K01",[2]Sheet1!A1,\'[3]a b\'!B1)'),
    ("fs_ratio(表1[[#This Row],[完成'[1]!]],表1[任务])", "FS_RATIO(表1[[#This Row],[完成'[1]!]],表1[任务])"),
    ("表1[完成'[]+fs_ratio(A1,B1)", "表1[完成'[]+FS_RATIO(A1,B1)"),
    ("-[1]!FS_POINTS(\n \"K01\")", "-FS_POINTS(\n \"K01\")"),
]  # fmt: skip


@pytest.mark.parametrize("equals", ["", "="])
@pytest.mark.parametrize(("broken", "mended"), MENDED)
def test_repaired__broken_call__as_typed(broken: str, mended: str, equals: str) -> None:
    assert repaired(equals + broken, NAMES) == equals + mended
    assert repaired(equals + mended, NAMES) == equals + mended


@pytest.mark.parametrize(
    "formula",
    [
        "",
        "=",
        "=A1+B1",
        "FS_RATIO(A1,B1)",
        # texts, names of sheets, columns and other things
        '="[1]!FS_RATIO(A1,B1)"',
        '="他说""[1]!fs_ratio(A1)""吧"&A1',
        "='fs_ratio('!A1",
        r"='C:\x\[FineScore.xlam]fs_ratio('!A1",
        "=表1[fs_ratio(]",
        "=表1[[#This Row],['[1]!fs_ratio(]]",
        "=表1[完成'] fs_ratio(]",
        "=fs_ratio",
        "=fs_ratio+1",
        "=XFS_RATIO(A1)",
        "=fs_ratio2(A1)",
        "=a.fs_ratio(A1)",
        "=得fs_ratio(A1)",
        # not ours, whatever it is marked with
        "=FS_NOPE(A1)",
        "=[1]!FS_NOPE(A1)",
        "=_xludf.FS_NOPE(A1)",
        "=@FS_NOPE(A1)",
        "=_xlfn.SINGLE(A1:A3)+[1]!OTHER(A1)",
        r"='C:\x\other.xlam'!OTHER(A1)",
        "=_xlpm.fs_ratio(A1)",
        # a name of the workbook's own sheet is not the add-in's
        "=Sheet1!fs_ratio(A1)",
        "='黄浦区'!fs_ratio(A1)",
        "=#REF!fs_ratio(A1)",
        "=Sheet1!_xlfn.SINGLE(FS_RATIO(A1))",
        # no formula has it, and taking it out would join two names
        "=A1@FS_RATIO(A1)",
        # the wrapping is around more than our call
        "=_xlfn.SINGLE(FS_RATIO(A1,B1)+1)",
        "=_xlfn.SINGLE((FS_RATIO(A1,B1)))",
        "=_xlfn.SINGLE(A1,FS_RATIO(A1,B1))",
        "=SINGLE(FS_RATIO(A1,B1))",
        "=@(FS_RATIO(A1,B1))",
        # not formulas at all
        "='[1]!FS_RATIO(A1,B1)",
        '="[1]!FS_RATIO(A1,B1)',
        "=[1[1]!FS_RATIO(A1,B1)",
    ],
)
def test_repaired__nothing_of_ours_broken__untouched(formula: str) -> None:
    assert repaired(formula, NAMES) == formula


def test_repaired__inside_of_other_wrapping__still_mended() -> None:
    assert repaired("=_xlfn.SINGLE([1]!FS_RATIO(A1,B1)+1)", NAMES) == "=_xlfn.SINGLE(FS_RATIO(A1,B1)+1)"
    assert repaired("=[1]!OTHER([1]!FS_RATIO(A1,B1))", NAMES) == "=[1]!OTHER(FS_RATIO(A1,B1))"
    assert repaired("=_xludf.FS_NOPE(@FS_RATIO(A1,B1))", NAMES) == "=_xludf.FS_NOPE(FS_RATIO(A1,B1))"


def test_repaired__other_names__only_those_given() -> None:
    assert repaired("=[1]!FS_RATIO(A1)+[1]!fs_sum(B1)", {"Fs_Sum"}) == "=[1]!FS_RATIO(A1)+Fs_Sum(B1)"


# --- Properties -------------------------------------------------------------------------------------------------------

Pair = tuple[str, str]
"""A formula as it is to be, and the same broken."""

TRICKY = st.sampled_from(
    [
        "[1]!",
        "FS_RATIO(",
        "fs_total(A1)",
        "@",
        "_xlfn.SINGLE(",
        ")",
        "'",
        "''",
        "[",
        "]",
        "!",
        "FineScore.xlam!",
        "，",
        " ",
    ]
)
TEXTS = st.lists(TRICKY | st.characters(codec="utf-8", exclude_characters='"'), max_size=6).map(
    lambda pieces: '"' + '""'.join(pieces) + '"'
)
OPERANDS = TEXTS | st.sampled_from(
    [
        "1", "2.5E+3", "TRUE", "A1", "$B$2:C9", "Sheet1!A1", "'a''b ('!A1", "'[2]其他 表'!C3", "[2]Sheet1!C3", "[3]!税率",
        r"'D:\资料\[x.xlsx]表'!A1", "表1[得分]", "表1[[#This Row],[完成 (个)]]", "表1['[1'] fs_ratio(]", "#N/A", "#REF!",
        '{1,"@FS_RATIO(";2,3}', "fs_ratio", "_xlfn.SINGLE(A1:A3)", "[1]!FS_NOPE(A1)", "@OTHER(A1)", "A1#", "5%",
    ]
)  # fmt: skip
QUALIFIERS = st.sampled_from(
    [
        "", "[1]!", "[12]!", "[0]!", "[2]Sheet1!", "'[2]a b'!", "FineScore.xlam!", "考核总表.xlsm!", "'FineScore.xlam'!",
        "'[FineScore.xlam]Sheet1'!", r"'C:\Users\张三\FineScore.xlam'!", r"'C:\o''b (x)\[考核总表.xlsm]黄浦区'!",
    ]
)  # fmt: skip
MARKS = st.sampled_from(["", "_xludf.", "__xludf.", "_xll.", "_xlfn.", "_xlfn._xludf.", "_xldudf_", "_XLFN."])
WRAPPINGS = st.lists(st.sampled_from([("@", ""), ("_xlfn.SINGLE(", ")"), ("_xlfn.single(", ")")]), max_size=3)


def joined(opening: Pair, arguments: list[Pair], closing: Pair) -> Pair:
    good, broken = (",".join(texts) for texts in zip(*arguments, strict=True))
    return opening[0] + good + closing[0], opening[1] + broken + closing[1]


@st.composite
def own_call(draw: st.DrawFn, arguments: st.SearchStrategy[list[Pair]]) -> Pair:
    name = draw(st.sampled_from(sorted(NAMES)))
    written = draw(st.sampled_from([name, name.lower(), name.capitalize()]))
    before, after = draw(QUALIFIERS) + draw(MARKS) + written + "(", ")"
    for opening, closing in draw(WRAPPINGS):
        before, after = opening + before, after + closing
    return joined((name + "(", before), draw(arguments), (")", after))


def larger(inner: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    arguments = st.lists(inner, min_size=1, max_size=3)
    others = st.sampled_from(["IF(", "ISERROR(", "_xlfn.IFNA(", "(", "[1]!OTHER(", "_xludf.FS_NOPE("])
    other_call = st.builds(lambda name, given: joined((name, name), given, (")", ")")), others, arguments)
    signs = st.sampled_from(["+", "-", "*", "/", "&", "<>", "=", " ", ", ", "^"])
    both = st.builds(lambda a, sign, b: (a[0] + sign + b[0], a[1] + sign + b[1]), inner, signs, inner)
    return own_call(arguments) | other_call | both


FORMULAS = st.recursive(OPERANDS.map(lambda text: (text, text)), larger, max_leaves=12)


@given(FORMULAS)
def test_repaired__any_formula_broken_in_any_way__is_what_it_was(pair: Pair) -> None:
    good, broken = pair
    assert repaired(broken, NAMES) == good
    assert repaired(good, NAMES) == good


@given(TEXTS)
def test_repaired__any_text_beside_a_broken_call__untouched(text: str) -> None:
    assert (
        repaired(f"=IF({text}=A1,{text},[1]!fs_ratio(A1,{text}))", NAMES)
        == f"=IF({text}=A1,{text},FS_RATIO(A1,{text}))"
    )


SCRAPS = st.lists(
    TRICKY | st.sampled_from(['"', "(", "A1", "FS_RATIO", "_xludf.", "#", "#REF!", "'[1]x'!", "{", "}", ",", "x.xla", "\n"]),
    max_size=14,
).map("".join)  # fmt: skip


@given(SCRAPS)
def test_repaired__anything__a_second_time_changes_nothing(formula: str) -> None:
    once = repaired(formula, NAMES)
    assert repaired(once, NAMES) == once


# --- Numbers of links -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "numbers"),
    [
        ("[1]!税率+[2]Sheet1!A1:[2]Sheet1!A9", {1, 2}),
        ("'[3]a b'!A1+[4]a:b!A1", {3, 4}),
        ("[12]!'item'", {12}),
        ("[0]!名称", {0}),
        ("SUM('[5]o''b'!A1,-[6]x!B2)", {5, 6}),
        ('"[1]!x"&A1', set()),
        ("表1[1]+表1[[1]:[2]]", set()),
        ("SUM(表1[1])-表1[1]", set()),
        ("'a[1]b'!A1", set()),
        ("A1+B1", set()),
    ],
)
def test_link_numbers__formula__those_of_other_workbooks(formula: str, numbers: set[int]) -> None:
    assert link_numbers(formula) == numbers


def test_renumbered__formula__only_links_change() -> None:
    formula = "=IF([2]!x='[3]a b'!A1,\"[2]!x\",表1[2]+[12]S!A1:[12]S!B2)+'[4]y'!A1+[0]!z"
    expected = "=IF([1]!x='[2]a b'!A1,\"[2]!x\",表1[2]+[9]S!A1:[9]S!B2)+'[4]y'!A1+[0]!z"
    assert renumbered(formula, {2: 1, 3: 2, 12: 9}) == expected


@given(SCRAPS)
def test_renumbered__nothing_to_change__same_text(formula: str) -> None:
    assert renumbered(formula, {}) == formula
