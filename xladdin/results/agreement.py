"""Whether a result that was kept is what its files come to: every place in which it differs from the one worked out anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from xladdin.results.district_sheet import STATUS_WORDS
from xladdin.results.stored import Results, issue_of
from xladdin.words import (
    ADDED,
    APPROVED,
    APPROVER,
    EVALUATOR_LABEL,
    EVENT,
    EXPLANATION,
    GRADE,
    GRAND_TOTAL,
    GROUP,
    GROUP_RANK,
    ISSUES,
    POINTS,
    POLICIES,
    RANK,
    RECUSED,
    SCORE,
    TARGET,
    VERSION_LABEL,
    VETO,
)

_NOTHING, _THERE = object(), "有"
_WORDS = {
    "scheme": VERSION_LABEL,
    "document": "文号",
    "policies": POLICIES,
    "files": "采用的文件",
    "issues": ISSUES,
    "evaluators": EVALUATOR_LABEL,
    "rank": RANK,
    "total": GRAND_TOTAL,
    "sum": ADDED,
    "vetoes": VETO,
    "grade": GRADE,
    "group": GROUP,
    "group_rank": GROUP_RANK,
    "event": EVENT,
    "approver": APPROVER,
    "day": APPROVED,
    "provisional": "暂定",
    "score": SCORE,
    "status": "状态",
    "points": POINTS,
    "explain": EXPLANATION,
    "beside": "未采用的",
    "typed": "填的",
    "file": "所在文件",
    "sheet": "所在工作表",
    "cell": "所在单元格",
    "unused": "未采用的原因",
    "target": TARGET,
    "reported": "区报数",
    "value": "采用的数",
    "named": "写明案例",
    "judged": "评价",
    "recused": RECUSED,
}
_PASSED_OVER = {"districts", "sections", "items", "sources", "fields"}
"""Keys that say nothing that what stands below them does not say."""

_LISTS = {"districts", "sections", "items", "sources", "beside", "fields", "judged", "evaluators", "files", "vetoes"}
"""What is below these is data: another program does not leave any of it out."""

_OF_WORDING = {"explain", "issues", "unused"}
"""What is in the words of the program, and another one may put in other ones."""


class _Leaf(NamedTuple):
    path: tuple[str, ...]
    then: object
    now: object

    @property
    def item(self) -> tuple[str, str]:
        """District and item that it is about, if any."""
        is_of_one = len(self.path) > 4 and self.path[2] in ("items", "fields")
        return (self.path[1], self.path[3].partition(".")[0]) if is_of_one else ("", "")


def disagreements(kept: Results, fresh: Results, *, with_words: bool) -> Iterator[str]:
    """Everything in which a kept result differs from the one worked out anew, in words, a line for each.

    Without the words of the program, and what only one of them holds of each thing: another program has other ones. A
    file's SHA-256 is said of the file, not of each number in it.
    """
    leaves = list(_leaves((), _keyed(kept, fresh), _keyed(fresh, fresh)))
    if not with_words:
        leaves = [leaf for leaf in leaves if not _is_of_the_program(leaf)]
    rescored = {leaf.item for leaf in leaves if leaf.path[-1] == "score"}
    retyped = {leaf.item for leaf in leaves if {"sources", "beside"} & set(leaf.path)}
    for leaf in leaves:
        # What follows from what is said already.
        if (leaf.path[-1] == "explain" and leaf.item in rescored) or ("fields" in leaf.path and leaf.item in retyped):
            continue
        where = " ".join(filter(None, map(_word, leaf.path)))
        yield f"{where}：封存 {_shown(leaf.then)}，重新计算 {_shown(leaf.now)}"


def _is_of_the_program(leaf: _Leaf) -> bool:
    is_in_one_only = _NOTHING in (leaf.then, leaf.now) and not (len(leaf.path) > 1 and leaf.path[-2] in _LISTS)
    return is_in_one_only or bool(_OF_WORDING & set(leaf.path))


def _keyed(data: Results, fresh: Results) -> dict[str, Any]:
    """The result with its lists by what they list; districts in the order of `fresh`."""
    names = [district["name"] for district in fresh["districts"]]
    places = {name: n for n, name in enumerate(names)}
    districts = sorted(data["districts"], key=lambda d: places.get(d["name"], len(places)))
    return {
        **data,
        "districts": {d["name"]: _district(d) for d in districts},
        "files": {file["name"]: file["sha256"] for file in data.get("files", ())},
        "issues": {f"{i['code']} {i['item']} {issue_of(i).line()}": _THERE for i in data.get("issues", ())},
        "evaluators": {f"{unit['kind']} {unit['name']}": _THERE for unit in data.get("evaluators", ())},
    }


def _district(district: Mapping[str, Any]) -> dict[str, Any]:
    keyed = {
        **district,
        "sections": {f"第{number}部分": total for number, total in district["sections"].items()},
        "items": {id_: _item(item) for id_, item in district["items"].items()},
    }
    if "vetoes" in district:
        keyed["vetoes"] = _numbered(district["vetoes"], lambda veto: veto["name"])
    if "fields" in district:
        keyed["fields"] = {code: _field(field) for code, field in district["fields"].items()}
    return keyed


def _item(item: Mapping[str, Any]) -> dict[str, Any]:
    lists = {name: item[name] for name in ("sources", "beside") if name in item}
    return {**item, **{name: _numbered(cells, _cell_key) for name, cells in lists.items()}}


def _field(field: Mapping[str, Any]) -> dict[str, Any]:
    judged = _numbered(field["judged"], lambda one: f"{one['kind']} {one['unit']}") if "judged" in field else {}
    return {**field, "judged": judged}


def _cell_key(cell: Mapping[str, str]) -> str:
    return f"{cell['code']} {cell['column']}"


def _numbered(listed: Iterable[Mapping[str, Any]], key: Callable[[Mapping[str, Any]], str]) -> dict[str, Any]:
    """What is listed by its key, those of one key counted."""
    keyed: dict[str, Any] = {}
    for one in listed:
        name = key(one)
        number = sum(other == name or other.startswith(f"{name}（第") for other in keyed) + 1
        keyed[name if number == 1 else f"{name}（第{number}处）"] = {**one, "sha256": ""}
    return keyed


def _leaves(path: tuple[str, ...], then: object, now: object) -> Iterator[_Leaf]:
    if isinstance(then, Mapping) and isinstance(now, Mapping):
        for key in dict.fromkeys((*now, *then)):
            yield from _leaves((*path, str(key)), then.get(key, _NOTHING), now.get(key, _NOTHING))
    elif then != now:
        yield _Leaf(path, then, now)


def _word(key: str) -> str:
    return "" if key in _PASSED_OVER else _WORDS.get(key, key)


def _shown(value: object) -> str:
    if value is _NOTHING or value is None:
        return "没有"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return f"{value:.2f}" if round(value, 2) == value else repr(value)
    if isinstance(value, Mapping | list):
        return _THERE
    words = {status.value: word for status, word in STATUS_WORDS.items()}
    text = words.get(str(value), str(value)) or "空"
    return text if len(text) <= 60 else f"{text[:60]}…"
