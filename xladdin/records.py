"""Records read from tables of a data file: one strict reader, which refuses what it does not know and says so by key.

A record is a class whose annotations say what a value has to be: a text (never empty), a number (never below 0),
a whole number, true or false, a day, one of these or nothing, several of them, or another record. The modules that define
records must not postpone the evaluation of annotations.
"""

import types
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, cast, get_args, get_origin

from xladdin.classes import REQUIRED, field, fields, record
from xladdin.numbers import plain

Record = TypeVar("Record")

Faults = list[tuple[str, str]]
"""What is wrong, as (key, problem in Chinese)."""

MISSING, UNKNOWN, NO_SWITCH, NO_SOURCE = (
    "缺少这个键",
    "不认识这个键",
    "应为 true 或 false",
    "clause（原文）与 basis（约定）必须且只能写一个",
)
"""Problems that whoever reads a sheet is told in other words."""


def named(key: str = "", *, least: int = 0, default: Any = REQUIRED) -> Any:  # noqa: ANN401 - as `field`
    """A field that the data calls `key`, and of which a list has at least so many."""
    return field(default=default, metadata={"key": key, "least": least})


def filled_in() -> Any:  # noqa: ANN401 - as `field`
    """A text that the data does not hold: whoever reads the record gives it."""
    return field(default="", metadata={"given": True})


@record
class Variants:
    """Records told apart by the value of a key; to be given in place of a record, as `record` of a base class."""

    key: str
    of: Mapping[str, type]
    missing: str
    unknown: str


@record
class RecordField:
    """A field of a record: its name, the key the data has for it, what it has to be, and whether whoever reads it gives it."""

    name: str
    key: str
    type: Any
    is_optional: bool
    least: int
    is_given: bool


@cache
def record_fields(record: Any) -> tuple[RecordField, ...]:  # noqa: ANN401 - a record type
    """The fields of a record class."""
    return tuple(
        RecordField(
            f.name,
            f.metadata.get("key") or f.name,
            f.type,
            f.is_optional,
            f.metadata.get("least", 0),
            f.metadata.get("given", False),
        )
        for f in fields(record)
    )


def read(
    record: type[Record], raw: object, faults: Faults, key: str = "", given: Mapping[str, Any] | None = None
) -> Record | None:
    """The record that a table holds, or None where something is wrong with it, which is added to `faults`.

    `given` are values by field name that take the place of the table's.
    """
    variants: Variants | None = getattr(record, "variants", None)
    if not isinstance(raw, Mapping):
        faults.append((key, "应为一张表"))
        return None
    if variants is not None and not getattr(record, variants.key):
        return cast("Record | None", _variant(variants, raw, faults, key, given))
    known = record_fields(cast("Any", record))
    values = dict(given or {})
    before = len(faults)
    taken = {f.key for f in known if not f.is_given and f.name not in values}
    if variants is not None:
        taken.add(variants.key)
    faults.extend((_joined(key, name), UNKNOWN) for name in raw if name not in taken)
    for f in known:
        if f.name in values or f.is_given:
            continue
        where = _joined(key, f.key)
        if f.key not in raw:
            if not f.is_optional:
                faults.append((where, MISSING))
            continue
        values[f.name] = _value(f.type, raw[f.key], faults, where, f.least)
    if len(faults) > before:
        return None
    made = record(**values)
    problem: Callable[[], str] | None = getattr(made, "problem", None)
    if problem is not None and (words := problem()):
        faults.append((key, words))
        return None
    return made


def _variant(
    variants: Variants, raw: Mapping[str, Any], faults: Faults, key: str, given: Mapping[str, Any] | None
) -> Any:  # noqa: ANN401 - the record follows from the data
    name = raw.get(variants.key)
    if name is None or name not in variants.of:
        faults.append((_joined(key, variants.key), variants.missing if name is None else variants.unknown))
        return None
    return read(variants.of[name], raw, faults, key, given)


def _joined(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name


def _value(type_: Any, raw: Any, faults: Faults, key: str, least: int) -> Any:  # noqa: ANN401 - whatever is annotated
    origin = get_origin(type_)
    if origin is types.UnionType:
        return _value(next(a for a in get_args(type_) if a is not types.NoneType), raw, faults, key, least)
    if origin is tuple:
        if not isinstance(raw, list):
            faults.append((key, "应为列表"))
        elif len(raw) < least:
            faults.append((key, "不能为空"))
        else:
            inner = get_args(type_)[0]
            return tuple(_value(inner, one, faults, f"{key}[{n}]", 0) for n, one in enumerate(raw, 1))
        return None
    if origin is dict:
        if not isinstance(raw, Mapping):
            faults.append((key, "应为一张表"))
            return None
        inner = get_args(type_)[1]
        return {name: _value(inner, one, faults, f"{key}.{name}", 0) for name, one in raw.items()}
    check = _PLAIN.get(type_)
    if check is None:
        return read(type_, raw, faults, key)
    value, problem = check(raw)
    if problem:
        faults.append((key, problem))
    return value


def _number(raw: object) -> tuple[Decimal, str]:
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal) or (type(raw) is Decimal and not raw.is_finite()):
        return Decimal(0), "应为数字"
    return Decimal(raw), "不能小于 0" if raw < 0 else ""


def _text(raw: object) -> tuple[str, str]:
    if not isinstance(raw, str):
        return "", "应为文字"
    return raw, "" if raw else "不能为空"


def _whole(raw: object) -> tuple[object, str]:
    return raw, "" if type(raw) is int else "应为整数"


def _switch(raw: object) -> tuple[object, str]:
    return raw, "" if isinstance(raw, bool) else NO_SWITCH


def _day(raw: object) -> tuple[object, str]:
    is_day = isinstance(raw, date) and not isinstance(raw, datetime)
    return raw, "" if is_day else "应为日期（年-月-日）"


_PLAIN: dict[Any, Callable[[Any], tuple[Any, str]]] = {
    Decimal: _number,
    str: _text,
    int: _whole,
    bool: _switch,
    date: _day,
}


@record(kw_only=True)
class Quoted:
    """A number of the scheme beside the sentence it comes from, or the convention it rests on where the text has none."""

    value: Decimal
    clause: str | None = None
    basis: str | None = None

    def problem(self) -> str:
        """What is wrong with the record, if anything."""
        has_one = (self.clause is None) != (self.basis is None)
        return "" if has_one else NO_SOURCE

    def __str__(self) -> str:
        return plain(self.value)
