"""What number formats show numbers as, in every spelling that came back or that Excel, WPS and LibreOffice offer."""

from __future__ import annotations

import pytest

from xladdin.workbook.cells import MarkedText, Percentage, SerialDate
from xladdin.workbook.read.formats import number_kind

OWN = 164
"""The first number of a format that a workbook brings along."""


@pytest.mark.parametrize(
    "code",
    [
        'e"年"m"月"',
        "[$-804]e/m/d",
        "[$-404]ggge年m月d日",
        "aaaa",
        "[$-804]aaa",
        "mmmm",
        'm"月"',
        "d",
        "yyyy-mm-dd",
        "YYYY/M/D",
        r"yyyy\-mm",
        "[h]:mm",
        "[hh]",
        "[m]",
        "[mm]:ss",
        "[s]",
        "h:mm AM/PM",
        '上午/下午h"时"mm"分"',
        "[DBNum1][$-804]yyyy年m月d日;@",
        "bbbb",
        "0;d",
    ],
)
def test_format__that_shows_a_date_or_a_time__is_one(code: str) -> None:
    assert number_kind(OWN, code) is SerialDate


@pytest.mark.parametrize("code", ["0%", "0.00%", "#,##0.0%;[Red]-0.0%", '0"约"%', "[>1]0%;0.0%"])
def test_format__that_multiplies_by_100__shows_a_percentage(code: str) -> None:
    assert number_kind(OWN, code) is Percentage


@pytest.mark.parametrize(
    "code",
    [
        "General",
        "G/通用格式",
        'G/通用格式"个"',
        "0",
        "0.00E+00",
        "##0.0e-0",
        '0"%"',
        r"0\%",
        "0!%",
        '0"天"',
        '0"days"',
        r"0\d",
        "0_d",
        "#,##0*y",
        "[Red]0",
        "[$USD-409]0",
        "[$-804]0",
        "[<=9]0",
        "@",
        "",
        '"年"0',
        "#,##0.00_);[Red]\\(#,##0.00\\)",
        '_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ;_ @_ ',
        '0!.0,"万"',
    ],
)
def test_format__that_shows_a_plain_number__is_neither(code: str) -> None:
    assert number_kind(OWN, code) is None


@pytest.mark.parametrize(
    "code",
    ['"12"', ";;;", '""', '0"0"', '"1"0', '"第1"0', "0,", "#,##0,", "0!.0,", r"\50", r"0\0", '"-"0', '[>100]"12";0'],
)
def test_format__that_shows_another_number_or_none__does_not_say_what_the_cell_says(code: str) -> None:
    kind = number_kind(OWN, code)
    assert kind is not None
    assert kind(200) == "200" and isinstance(kind(200), MarkedText)


@pytest.mark.parametrize("code", ['0"万m2"', '0"m³"', '[=0]"无";0', "0;-0;;@", '"第"0"次"', "# ?/?", "$#,##0", "+0;-0"])
def test_format__with_texts_around_the_number__shows_it(code: str) -> None:
    assert number_kind(OWN, code) is None


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [
        (None, (0, 2, 11, 37, 48, 49, 59)),
        (Percentage, (9, 10)),
        (SerialDate, (14, 22, 27, 36, 45, 47, 50, 58)),
    ],
)
def test_format__without_a_code__is_what_its_number_stands_for(
    kind: type[Percentage] | type[SerialDate] | None, numbers: tuple[int, ...]
) -> None:
    assert {number_kind(number, code) for number in numbers for code in (None, "")} == {kind}


def test_format__with_a_number_of_a_date_and_a_code_of_none__is_what_the_code_says() -> None:
    assert number_kind(14, "0.0") is None
    assert number_kind(9, "0") is None
