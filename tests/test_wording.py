"""Where those who are assessed are not called 区, nobody is told of a 区."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.test_code_health import CODE, name_of, tree_of
from xladdin import issues, words
from xladdin.classes import replace
from xladdin.evaluations.books import unit_book
from xladdin.evaluations.layout import AMOUNTS, EVALUATION_TABLES
from xladdin.evaluations.units import units
from xladdin.fields.tables import find_tables
from xladdin.issues import Kind
from xladdin.results.consolidation import consolidate_forms
from xladdin.results.sheets import result_sheets
from xladdin.returns.collected import Collection
from xladdin.rounds.corrections_sheet import corrections_book
from xladdin.rounds.targets_sheet import targets_book
from xladdin.scheme.model import Scheme
from xladdin.wording import in_words_of
from xladdin.words import UNIT_WORD_PROPERTY
from xladdin.workbook.cells import RawBook, RawSheet

OTHER_WORDS = re.compile("功能区|填　报　区|区分(?!部)|分区|填报区|区间|区域|街区|小区|示范区|中心城区|社区|《[^》]*》")
NO_TEXTS = {"最高区", "最低区", "区县", "行政区"}
"""What a template names, and heads that people write."""
KINDS = [kind for kind in vars(issues).values() if isinstance(kind, Kind)]


def left(text: str) -> bool:
    """Whether the text still speaks of a 区, or of a city's office."""
    return bool(re.search("区|市里|全市|市下达", OTHER_WORDS.sub("", text)))


@pytest.fixture(scope="module")
def townships(scheme: Scheme) -> Scheme:
    """The scheme with other units: what is still called 区 in a text is not one of theirs."""
    named = tuple(replace(d, name=f"{n}号镇") for n, d in enumerate(scheme.district_list.districts, 1))
    listed = replace(scheme.district_list, districts=named)
    source = replace(scheme.source, unit_word="街镇", office_name="县考核办")
    return replace(scheme, district_list=listed, source=source)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("请该区改回后重报，市里在下发以后改的请重新分发", "请该街镇改回后重报，县考核办在下发以后改的请重新分发"),
        ("各处写的区一致；每个区一份；16 个区名", "各处写的街镇一致；每个街镇一份；16 个街镇名"),
        ("区里不填，同区报的、没有区报数的除外", "街镇里不填，同街镇报的、没有街镇报数的除外"),
        ("区", "街镇"),
        ("全市数量，各区合计；市下达的任务量", "总体数量，各街镇合计；县考核办下达的任务量"),
        ("“区报完成量”", "“街镇报完成量”"),
        (
            "婺城区、大同区的美丽街区、社区、功能区，中心城区按区间计",
            "婺城区、大同区的美丽街区、社区、功能区，中心城区按区间计",
        ),
        (
            "发给的区绿化局、区应急局、区数据局，由区考核办核定；全区",
            "发给的区绿化局、区应急局、区数据局，由区考核办核定；全区",
        ),
        ("“该区各区”不能用，《各区办法》", "“该区各区”不能用，《各区办法》"),
    ],
)
def test_words__texts__as_the_scheme_says_it(text: str, said: str) -> None:
    assert in_words_of(text, "街镇", "县考核办") == said
    assert in_words_of(said, "街镇", "县考核办") == said
    assert in_words_of(text, "区", "市考核办") == text
    assert in_words_of(text, "区", "新区考核办") == text.replace("市里", "新区考核办").replace(
        "市下", "新区考核办下"
    ).replace("全市", "总体")


def test_words__cities_of_a_province__the_office_is_not_taken_for_them() -> None:
    text = "任务量以市里下达的为准，由市里填更正单；请该区改回"
    said = "任务量以省考核办下达的为准，由省考核办填更正单；请该市改回"
    for told in (text, said):
        assert in_words_of(told, "市", "省考核办") == said
    assert in_words_of("市里填写；灰色格市里不填", "市", "省考核办") == "市里填写；灰色格市里不填"


def texts_of(path: Path) -> Iterator[str]:
    """Every text of a source file but docstrings, with the words that are built into it; what else is, as 甲."""
    tree = tree_of(path)
    apart = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            apart.update(map(id, node.values))
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else _built_in(ast.unparse(part))
                for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in apart:
            yield node.value


def _built_in(expression: str) -> str:
    word = getattr(words, expression.strip("f'{}\""), None)
    return word if isinstance(word, str) else "甲"


def test_sources__every_text__said_where_it_means_the_units_and_nowhere_else() -> None:
    found = [
        (name_of(path), text)
        for path in CODE
        if path.name != "wording.py"
        for text in texts_of(path)
        if re.search("区|市(?!\\])", text) and "(?:" not in text and text not in NO_TEXTS
    ]
    assert len(found) > 200
    said = {text: in_words_of(text, "街道", "县考核办") for _name, text in found}
    assert [(name, text) for name, text in found if left(said[text])] == []
    assert [text for text in said if OTHER_WORDS.findall(text) != OTHER_WORDS.findall(said[text])] == []


@pytest.mark.parametrize("word", ["区县", "园区", "县"])
def test_words__unit_word_that_contains_it__said_once(word: str) -> None:
    said = in_words_of("各区、该区的区填报表", word, "县考核办")
    assert said == f"各{word}、该{word}的{word}填报表"
    assert in_words_of(said, word, "县考核办") == said


def test_findings__whole_catalogue__no_district_is_left(townships: Scheme) -> None:
    texts = [text for kind in KINDS for text in (kind.expected, kind.remedy)]
    assert len(KINDS) > 80
    assert sum(map(left, texts)) > 20
    assert [text for text in map(townships.source.say, texts) if left(text)] == []


def test_findings__of_forms__told_in_the_schemes_words(townships: Scheme) -> None:
    result = consolidate_forms(townships, Collection(), townships.default_policies)
    assert {issue.place.district for issue in result.issues} == set(townships.district_names)
    assert {issue.expected for issue in result.issues} >= {"1号镇的街镇填报表"}
    assert not any(left(issue.line()) for issue in result.issues)
    for sheet in result_sheets(result, Path(), datetime(2024, 1, 1)):
        heads = [text for column in sheet.columns for text in (column.head, column.above)]
        assert [text for text in (sheet.title, *sheet.notes, *heads) if left(text)] == []


def test_evaluations__heads__in_the_schemes_words_and_found_again(townships: Scheme) -> None:
    say = townships.source.say
    assert say("区报完成量") in map(say, AMOUNTS.heads)
    for tables in EVALUATION_TABLES.values():
        for table in tables:
            raw = RawBook("", [RawSheet("表", [[say(head) for head in table.heads], [None]])])
            (found,) = find_tables(raw, (table,), say)
            assert set(found.columns) == set(table.heads)
            assert not found.respelt
            (old,) = find_tables(RawBook("", [RawSheet("表", [list(table.heads), [None]])]), (table,), say)
            assert old.columns == found.columns
            assert not old.respelt
            raw = RawBook("", [RawSheet("表", [[in_words_of(head, "街道") for head in table.heads], [None]])])
            (other,) = find_tables(replace(raw, properties={UNIT_WORD_PROPERTY: "街道"}), (table,), say)
            assert other.columns == found.columns
            assert not other.respelt


def test_workbooks__hints_rules_and_steps__no_district_is_left(townships: Scheme) -> None:
    books = [targets_book(townships), corrections_book(townships)]
    books += [unit_book(townships, unit, 1) for unit in units(townships)]
    for book in books:
        assert book.properties[UNIT_WORD_PROPERTY] == "街镇"
        texts = [*book.steps]
        for sheet in book.sheets:
            texts += [sheet.title, sheet.hint, *sheet.table.heads, *(block.rule.message for block in sheet.rules)]
            texts += [*sheet.formulas.values(), *(v for v in sheet.view({}).values() if isinstance(v, str))]
        assert [text for text in map(book.say, texts) if left(text)] == []
