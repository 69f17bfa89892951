"""使用手册.md: up to date, and nothing of what it is to explain left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from docs.guide import GUIDE, MISTAKES, TYPED, computed, rendered
from macros.actions import ACTIONS, TAB
from macros.windows.checkup import CHECKS
from udfs.catalogue import FUNCTIONS
from udfs.defaults import with_items
from udfs.registration import argument_text
from xladdin import issues
from xladdin.results.district_sheet import DISTRICT_COLUMNS
from xladdin.scheme import Scheme

TEXT = GUIDE.read_text(encoding="utf-8")


def lines_outside_code() -> Iterator[str]:
    """The guide's lines, those of code blocks left out."""
    in_code = False
    for line in TEXT.splitlines():
        if line.lstrip().startswith("```"):
            in_code = not in_code
        elif not in_code:
            yield line


def cells(line: str) -> list[str]:
    """The cells of a table's row, as Markdown counts them."""
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def rows() -> list[list[str]]:
    return [cells(line) for line in lines_outside_code() if line.startswith("|")]


def headings(level: int) -> list[str]:
    mark = "#" * level + " "
    return [line.removeprefix(mark) for line in lines_outside_code() if line.startswith(mark)]


def section(heading: str) -> str:
    """What stands below a heading, up to the next one."""
    return re.split(r"^#+ ", TEXT.partition(f" {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


# --- Up to date -----------------------------------------------------------------------------------------------------


def test_guide__rendered_again__same_as_committed() -> None:
    assert rendered() == TEXT, "docs/使用手册.md 已过期：请运行 python docs/guide.py，看过改动后一并提交"


def test_guide__sections__numbered_without_a_gap() -> None:
    for level in (2, 3):
        numbers = [heading.split()[0].rstrip(".") for heading in headings(level) if heading[0].isdigit()]
        assert len(numbers) > 10
        assert [n.rpartition(".")[2] for n in numbers] == [str(i) for i in positions(numbers)], numbers


def positions(numbers: list[str]) -> Iterator[int]:
    """Of each number its position among those of the same section, from 1."""
    seen: dict[str, int] = {}
    for number in numbers:
        parent = number.rpartition(".")[0]
        seen[parent] = seen.get(parent, 0) + 1
        yield seen[parent]


# --- Complete -------------------------------------------------------------------------------------------------------


def test_buttons__each__a_section_in_the_ribbons_order() -> None:
    told = [heading.split(" ", 1)[1] for heading in headings(3) if heading.startswith("4.")]
    assert told == [action.caption for action in ACTIONS]
    assert TAB in TEXT
    for number, action in enumerate(ACTIONS, 1):
        own = section(f"4.{number} {action.caption}")
        assert action.supertip in own
        assert "\n例：" in own


def test_functions__each__with_signature_arguments_and_example() -> None:
    told = [heading.split(" ", 1)[1] for heading in headings(3) if heading.startswith("5.")]
    assert told == [function.name for function in FUNCTIONS]
    for number, function in enumerate(FUNCTIONS, 1):
        own = section(f"5.{number} {function.name}")
        assert f"`{function.signature}`" in own
        assert f"`{with_items(function.example)}`，结果：" in own
        named = [row for row in map(cells, own.splitlines()) if row and row[0].startswith("`")]
        expected = [[f"`{a.name}`", a.label, argument_text(function, a)] for a in function.arguments]
        assert named == expected


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("=FS_RATIO({6;4},{10;5})", "1.4"),  # (60 % + 80 %) / 2 of 2 points
        ("=FS_EXPERT({85,90,95},2,100)", "1.8"),
        ("=FS_RATING(2.2)", "2.2"),
        ("=FS_REFERENCE(92)", "1.84"),
        ('=FS_CHECKLIST({"是";"否";"是"},{1;1;1})', "2"),
        ("=FS_CASES({1.2,1.1,0.9})", "3.2"),
        ("=FS_BRIEFS(5)", "1.5"),
        ("=FS_TIER(12,{5;10;20},{1;2;3})", "2"),
        ("=FS_MEDIA(4,1)", "1.5"),
        ("=FS_INSPECTION(3,2)", "2"),
        ('=FS_TOTAL({1.4;"不适用";1.85},2)', "5.25"),
        ("=FS_RANK(86.2,{90.1;86.2;77})", "2"),
        ('=FS_POINTS("K01")', "2"),
        ('=FS_BRIEFS("")', "（空白）"),
    ],
)
def test_computed__formula__result_worked_out_by_hand(formula: str, result: str) -> None:
    assert computed(formula).result == result


def test_mistakes__each__an_error_that_says_what_is_allowed() -> None:
    for formula in MISTAKES:
        result = computed(formula).result
        assert result.startswith("错误：")
        assert re.search("应|最多|不能", result), result
        assert [f"`{formula}`", result] in rows()


def test_findings__each__a_row_with_its_level() -> None:
    kinds = [kind for kind in vars(issues).values() if isinstance(kind, issues.Kind)]
    told = {row[0]: row[1] for row in rows() if re.fullmatch(r"[A-Z]\d\d", row[0])}
    assert told == {kind.code: kind.level.value for kind in kinds}
    levels = [row[0] for row in map(cells, section("8.5 “校验”里的各条").splitlines()) if len(row) == 2][2:]
    assert levels == [level.value for level in issues.Level]


def test_findings__placeholders__all_filled_in_chinese() -> None:
    assert re.findall(r"\{[a-z_]+\}", TEXT) == []
    assert re.search(r"〔\w+〕", TEXT)


def test_checkup__each_check__named() -> None:
    listed = section("2.4 检查安装").strip().splitlines()[-1]
    assert listed.removesuffix("。").split("、") == list(CHECKS)


def test_readings_of_the_text__each__a_row_with_every_option(scheme: Scheme) -> None:
    told = {row[1]: row for row in rows() if len(row) == 6}
    for policy in scheme.policy_list:
        row = told[f"`{policy.name}`"]
        assert row[2] == f"`{policy.default}`"
        assert all(f"`{option}`：{text}" in row[3] for option, text in policy.options.items())


def test_columns_and_codes__all__explained(scheme: Scheme) -> None:
    heads = [row[0] for row in map(cells, section("6.1 区工作表").splitlines()) if len(row) == 2][2:]
    assert heads == [column.head for column in DISTRICT_COLUMNS]
    listed = {row[0] for row in rows()}
    assert {code for code, spec in scheme.inputs.items() if spec.judge} <= listed
    assert {i.code for i in scheme.indicators} <= listed
    assert {code for code, _typed in TYPED} <= set(scheme.inputs)


# --- Well-formed ----------------------------------------------------------------------------------------------------


def test_tables__every_row__as_many_cells_as_its_head() -> None:
    uneven = []
    width = 0
    for line in lines_outside_code():
        if not line.startswith("|"):
            width = 0
            continue
        width = width or len(cells(line))
        if len(cells(line)) != width or not line.endswith("|"):
            uneven.append(line)
    assert len(rows()) > 200
    assert uneven == []


def test_links__relative__all_there() -> None:
    targets = re.findall(r"\]\(([^)]+)\)", TEXT)
    relative = [unquote(target) for target in targets if "://" not in target]
    assert sum(target.endswith(".png") for target in relative) >= 5
    assert [target for target in relative if not (GUIDE.parent / target.partition("#")[0]).is_file()] == []


def test_text__whole__no_path_of_somebodys_machine() -> None:
    assert re.findall(r"[A-Za-z]:[\\/]\w|(?<![\w%}])/(?:home|root|tmp|work|Users)/", TEXT) == []
    assert str(Path.home()) not in TEXT
