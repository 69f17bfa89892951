"""What stands in for pydantic inside LibreOffice, whose Python has none: records made from data checked long before.

The scheme's data files are part of the extension and were checked with pydantic when it was built, so only conversion is
left to do: annotations say what a value becomes. While our packages are imported this module answers to the name
`pydantic`; other extensions never see it.
"""

from __future__ import annotations

import sys
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Literal, NamedTuple

Value = Any
"""What a record holds, or an annotation."""


class ValidationError(ValueError):
    """Never raised: the data were checked when the extension was built."""

    def errors(self) -> list[dict[str, Any]]:
        return []


class ConfigDict(dict[str, Any]):
    """A record's configuration; these records need none."""


class _Field(NamedTuple):
    alias: str
    default: Any
    discriminator: str


_REQUIRED = object()


def Field(  # noqa: N802 - pydantic's name
    *, default: Value = _REQUIRED, alias: str = "", discriminator: str = "", **_checks: object
) -> Value:
    """How a field is called in the data and what it is when it is left out."""
    return _Field(alias, default, discriminator)


def model_validator(*, mode: str) -> Callable[[Any], Any]:
    """A check, which is not made again."""
    return lambda check: check


class BaseModel:
    """A record whose fields are its annotations."""

    def __init__(self, **values: Value) -> None:
        for name, (annotation, field) in _fields(type(self)).items():
            key = field.alias or name
            if key in values:
                self.__dict__[name] = _converted(values[key], annotation)
            elif field.default is not _REQUIRED:
                self.__dict__[name] = field.default
            else:
                raise ValidationError(f"{type(self).__name__}.{key}")

    @classmethod
    def model_validate(cls, values: Mapping[str, Any]) -> typing.Self:
        return cls(**values)

    def model_copy(self, *, update: Mapping[str, Any]) -> typing.Self:
        copied = type(self).__new__(type(self))
        copied.__dict__.update({name: self.__dict__[name] for name in _fields(type(self))}, **update)
        return copied

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return ((name, self.__dict__[name]) for name in _fields(type(self)))

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and dict(self) == dict(other)

    def __hash__(self) -> int:
        return hash(tuple(self.__dict__[name] for name in _fields(type(self))))


def _described(record: Value) -> dict[str, tuple[Any, _Field]]:
    """Annotation and description of each field, the base classes' first."""
    found: dict[str, tuple[Any, _Field]] = {}
    for base in reversed(record.__mro__):
        if not issubclass(base, BaseModel) or base is BaseModel:
            continue
        hints = typing.get_type_hints(base, include_extras=True)
        for name in vars(base).get("__annotations__", {}):
            if typing.get_origin(hints[name]) is typing.ClassVar:
                continue
            default = vars(base).get(name, _REQUIRED)
            field = default if isinstance(default, _Field) else _Field("", default, "")
            found[name] = (hints[name], field)
    return found


_fields: Callable[[Value], dict[str, tuple[Value, _Field]]] = cache(_described)


def _converted(value: Value, annotation: Value) -> Value:
    origin: Value = typing.get_origin(annotation)
    inner = typing.get_args(annotation)
    if origin is typing.Annotated:
        tag = next((extra.discriminator for extra in inner[1:] if isinstance(extra, _Field)), "")
        return _converted(value, _tagged(inner[0], tag, value) if tag else inner[0])
    if origin in (typing.Union, types.UnionType):
        return None if value is None else _converted(value, next(a for a in inner if a is not type(None)))
    if origin is tuple:
        return tuple(_converted(item, inner[0]) for item in value)
    if origin is dict:
        return {key: _converted(item, inner[1]) for key, item in value.items()}
    if origin is Literal or isinstance(value, annotation):
        return value
    if annotation is Decimal:
        return Decimal(value)
    if annotation is date:
        return date.fromisoformat(value)
    return annotation.model_validate(value)


def _tagged(union: Value, tag: str, value: Value) -> type[BaseModel]:
    """The record of a union that the value's tag names."""
    wanted = value[tag] if isinstance(value, Mapping) else getattr(value, tag)
    records: tuple[type[BaseModel], ...] = typing.get_args(union)
    return next(r for r in records if wanted in typing.get_args(_fields(r)[tag][0]))


@contextmanager
def in_place_of_pydantic() -> Iterator[None]:
    """Import our packages within: they find these records, and no xlwings, whose functions LibreOffice has no use for."""
    ours: dict[str, Any] = {"pydantic": sys.modules[__name__], "xlwings": None}
    hidden = {name: sys.modules.pop(name) for name in ours if name in sys.modules}
    sys.modules.update(ours)
    try:
        yield
    finally:
        for name in ours:
            del sys.modules[name]
        sys.modules.update(hidden)
