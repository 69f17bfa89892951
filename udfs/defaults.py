"""What an argument counts as when it is left out: the scheme's own numbers and readings, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from udfs.catalogue import Argument
from xladdin.methods.rules import Tier
from xladdin.numbers import ScoringError, plain

if TYPE_CHECKING:
    from xladdin.scheme import Scheme


@cache
def scheme() -> Scheme:
    """The scheme in force."""
    # Reading it costs more than importing all of this package, and a formula that brings its own numbers needs none of it.
    from xladdin.scheme import load_scheme

    return load_scheme()


@cache
def rule(method: str) -> Any:  # noqa: ANN401 - the item's class follows from its method
    """The only item that the scheme scores by a method."""
    found = _items(method)
    if len(found) != 1:
        raise ScoringError(f"考核方案中有 {len(found)} 项用这种评分方法，应只有一项")
    return found[0]


def _items(method: str) -> list[Any]:
    return [item for item in scheme().items.values() if item.method == method]


def _same(numbers: Iterable[Decimal]) -> Decimal:
    """The number that all items of a kind share."""
    found = set(numbers)
    if len(found) != 1:
        raise ScoringError("考核方案中各项的数值不同，没有默认值，请把这个参数写出来")
    return found.pop()


def _points(method: str) -> Decimal:
    return _same(item.points for item in _items(method))


def _expert_points() -> Decimal:
    # 附件1 has an expert item of its own with other points: the default is that of the tasks.
    tasks = {task.id for task in scheme().annex2.tasks}
    return _same(item.points for item in _items("expert") if item.id in tasks)


@cache
def trims() -> tuple[str, ...]:
    """The readings of `expert_trim`."""
    return tuple(next(p.options for p in scheme().policy_list if p.name == "expert_trim"))


@cache
def tiers() -> tuple[Tier, ...]:
    """The tiers of the only item that has some."""
    return tuple(Tier(t.start, t.to, t.points) for t in rule("tiers").tiers)


NUMBERS: dict[str, Callable[[], Decimal]] = {
    "ratio.points": lambda: _points("ratio"),
    "expert.points": _expert_points,
    "expert.trim": lambda: Decimal(scheme().default_policies["expert_trim"]),
    "rating.points": lambda: _points("rating"),
    "reference.full": lambda: scheme().annex2.reference.full.value,
    "reference.points": lambda: _points("reference"),
    "cases.per_case": lambda: _same([rule("cases").per_case.value]),
    "cases.max_cases": lambda: _same([rule("cases").max_cases.value]),
    "media.each": lambda: _same([rule("media").positive_each.value, rule("media").negative_each.value]),
    "media.cap": lambda: _same([rule("media").positive_cap.value, rule("media").negative_cap.value]),
    "inspection.points": lambda: _same([rule("inspection").full.value]),
    "inspection.step": lambda: _same([rule("inspection").deduction.value, rule("inspection").restoration.value]),
}

NONE = "none"
"""The default of an argument that some calls must give and others must not."""

SWITCHES: dict[str, Callable[[], bool]] = {
    "ratio.cap": lambda: scheme().default_policies["ratio_cap"] == "cap",
}


@cache
def number(name: str) -> Decimal:
    """A number of the scheme by its name."""
    return NUMBERS[name]()


@cache
def switch(name: str) -> bool:
    """A reading of the scheme that is either in force or not."""
    return SWITCHES[name]()


def shown(argument: Argument, labels: Mapping[str, str]) -> str:
    """An optional argument's default as people read it; `labels` are those of the function's arguments, by name."""
    default = argument.default
    if default in labels:
        return f"与{labels[default]}相同"
    try:
        if default in NUMBERS:
            return f" {plain(number(default))}"
        if default in SWITCHES:
            return " TRUE" if switch(default) else " FALSE"
    except ScoringError:  # a scheme whose items differ in this
        return "没有，必须写出"
    return default
