"""What an argument counts as when it is left out: the scheme's own numbers and readings, by name."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from udfs.catalogue import Argument
from xladdin.methods.inputs import InputKind
from xladdin.numbers import ScoringError, plain

if TYPE_CHECKING:
    from xladdin.scheme import Item, Scheme


@cache
def scheme() -> Scheme:
    """The newest scheme, whose numbers are the defaults in every workbook."""
    # Reading it costs more than importing all of this package, and a formula that brings its own numbers needs none of it.
    from xladdin.scheme import choose_scheme

    return choose_scheme()


@cache
def items(method: str) -> tuple[Item, ...]:
    """The items that a method's function has its numbers from: tasks, where the method is used for any."""
    everywhere = [item for item in scheme().items.values() if item.method == method]
    return tuple([item for item in everywhere if item.id in scheme().tasks] or everywhere)


@cache
def rule(method: str) -> Any:  # noqa: ANN401 - the item's class follows from its method
    """The only item that the scheme scores by a method; where there are several, the only one with a list to be counted."""
    found = items(method)
    if len(found) > 1:
        found = tuple(item for item in found if any(spec.listed for spec in item.inputs))
    if len(found) != 1:
        raise ScoringError(f"考核方案中有 {len(found)} 项用这种评分方法，应只有一项")
    return found[0]


@cache
def trims() -> tuple[str, ...]:
    """The readings of `expert_trim`."""
    return tuple(next((p.options for p in scheme().policy_list if p.name == "expert_trim"), ("0",)))


FALSE = "FALSE"
"""The default of an argument that is no unless it is said."""

NONE = "none"
"""The default of an argument that some calls must give and others must not."""


@cache
def number(name: str) -> Decimal:
    """The number itself, or one of the scheme: of the items that a method scores (`reference.full`), or the default of a reading."""
    if name[0].isdecimal():
        return Decimal(name)
    method, _, key = name.rpartition(".")
    if not method:
        return Decimal(_reading(key))
    found = {item.defaults()[key] for item in items(method)}
    if not found:
        raise ScoringError("考核方案中没有这样评分的项，没有默认值，请把这个参数写出来")
    if len(found) > 1:
        raise ScoringError("考核方案中各项的数值不同，没有默认值，请把这个参数写出来")
    return found.pop()


@cache
def switch(name: str) -> bool:
    """No, or whether a reading of the scheme that is either in force or not is in force."""
    return name != FALSE and _reading(name) == "cap"


def _reading(name: str) -> str:
    """The option in force; of a reading that the scheme has no use for, the one that changes nothing."""
    from xladdin.methods.item import METHODS

    first = next(method.policies[name][0] for method in METHODS.values() if name in method.policies)
    return scheme().default_policies.chosen.get(name, first)


def with_items(text: str) -> str:
    """The text with an item's id in place of `<amounts>` and `<count>`: the first scored by two amounts, and by a count."""
    if "<" not in text:
        return text
    everywhere = list(scheme().items.values())
    by_amounts = (i for i in everywhere if i.inputs[0].kind is InputKind.AMOUNT and len(i.inputs) == 2)
    by_count = (i for i in everywhere if any(spec.kind is InputKind.COUNT for spec in i.inputs))
    for mark, found in (("<amounts>", by_amounts), ("<count>", by_count)):
        text = text.replace(mark, next(found, everywhere[0]).id)
    return text


def shown(argument: Argument, labels: Mapping[str, str]) -> str:
    """An optional argument's default as people read it; `labels` are those of the function's arguments, by name."""
    default = argument.default
    if default in labels:
        return f"与{labels[default]}相同"
    try:
        if default in (FALSE, "ratio_cap"):
            return " TRUE" if switch(default) else " FALSE"
        return f" {plain(number(default))}"
    except ScoringError:  # a scheme whose items differ in this
        return "没有，必须写出"
