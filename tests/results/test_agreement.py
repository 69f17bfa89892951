"""A kept result beside the one worked out anew: whatever differs is named, and nothing else."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from xladdin.results.agreement import disagreements
from xladdin.results.consolidation import Consolidation
from xladdin.results.stored import results

WHO = "徐汇区"


@pytest.fixture(scope="module")
def fresh(clean: Consolidation) -> Any:
    return json.loads(json.dumps(results(clean)))


@pytest.fixture
def kept(clean: Consolidation) -> Any:
    return json.loads(json.dumps(results(clean)))


def lines(kept: Any, fresh: Any, *, with_words: bool = True) -> list[str]:
    return list(disagreements(kept, fresh, with_words=with_words))


def of(data: Any) -> Any:
    return next(d for d in data["districts"] if d["name"] == WHO)


def values(data: Any) -> Iterator[tuple[Any, Any]]:
    """Where every single value stands: what holds it, and its key or index."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        if isinstance(value, dict | list):
            yield from values(value)
        else:
            yield data, key


def other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int | float) else f"{value or ''}改"


def test_disagreements__the_same__none(kept: Any, fresh: Any) -> None:
    assert lines(kept, fresh) == []


@pytest.mark.slow
def test_disagreements__any_value_changed__told(kept: Any, fresh: Any) -> None:
    told_by_file = {"sha256"}  # of a number's file: said of the file
    places = [(holder, key) for holder, key in values(kept) if key not in told_by_file or "typed" not in holder]
    for holder, key in random.Random(11).sample(places, 300):
        before = holder[key]
        holder[key] = other(before)
        assert lines(kept, fresh), (key, before)
        holder[key] = before
    assert lines(kept, fresh) == []


def test_disagreements__numbers_changed__district_item_and_both_sides_named(kept: Any, fresh: Any) -> None:
    own = of(kept)
    own["total"], own["sections"]["1"], own["provisional"] = 99.5, 60.25, True
    own["items"]["K15"].update(score=None, status="missing", explain="缺")
    own["items"]["K16"]["sources"][0]["typed"] = "88"
    now = of(fresh)
    assert lines(kept, fresh) == [
        f"{WHO} 总分：封存 99.50，重新计算 {now['total']:.2f}",
        f"{WHO} 暂定：封存 是，重新计算 否",
        f"{WHO} 第1部分：封存 60.25，重新计算 {now['sections']['1']:.2f}",
        f"{WHO} K15 得分：封存 没有，重新计算 2.00",
        f"{WHO} K15 状态：封存 缺，重新计算 已计分",
        f"{WHO} K16 K16.1 完成情况 填的：封存 88，重新计算 {now['items']['K16']['sources'][0]['typed']}",
    ]


def test_disagreements__something_left_out__told_whichever_program_kept_it(kept: Any, fresh: Any) -> None:
    del of(kept)["items"]["K15"]
    of(kept)["items"]["K16"]["sources"].clear()
    kept["districts"] = [d for d in kept["districts"] if d["name"] != "静安区"]
    for with_words in (True, False):
        assert set(lines(kept, fresh, with_words=with_words)) == {
            "静安区：封存 没有，重新计算 有",
            f"{WHO} K15：封存 没有，重新计算 有",
            f"{WHO} K16 K16.1 完成情况：封存 没有，重新计算 有",
        }


def test_disagreements__of_another_program__its_words_and_what_it_does_not_keep_are_none(kept: Any, fresh: Any) -> None:
    for district in kept["districts"]:
        del district["fields"]
        for item in district["items"].values():
            del item["beside"]
            item["explain"] = "另一种说法"
    kept["more"] = {"than": "now"}
    del kept["document"]
    assert len(lines(kept, fresh)) > 16
    assert lines(kept, fresh, with_words=False) == []
