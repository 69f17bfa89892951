"""Classes whose fields are their annotations: what `dataclasses` does, without what it costs when a program starts.

Up to Python 3.12 the library compiles six functions for each class, one by one: half a millisecond for each of some ninety
classes, a third of the start of a short command. Here one function is compiled, the others are shared. That nobody assigns
to a field of a frozen class is checked with the types, not while the program runs.
"""
# ruff: noqa: ANN401 - these work on classes of every kind

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform, overload

Made = TypeVar("Made")

REQUIRED: Any = object()
"""Stands for a default where there is none."""


class Attribute:
    """A field of a class: its name, what it is annotated with, and its default, or what makes one for each instance.

    One that is not `compared` makes no difference to whether two instances are equal.
    """

    def __init__(
        self, default: Any, factory: Callable[[], Any] | None, compared: bool, metadata: Mapping[str, Any]
    ) -> None:
        self.name, self.type = "", None
        self.default, self.factory, self.compared, self.metadata = default, factory, compared, metadata
        self.by_name_only = False

    @property
    def is_optional(self) -> bool:
        return self.default is not REQUIRED or self.factory is not None


def field(
    *,
    default: Any = REQUIRED,
    default_factory: Callable[[], Any] | None = None,
    compare: bool = True,
    metadata: Mapping[str, Any] | None = None,
) -> Any:
    """More about a field than its annotation and a plain default say."""
    return Attribute(default, default_factory, compare, metadata or {})


@overload
def record(made: type[Made]) -> type[Made]: ...
@overload
def record(*, frozen: bool = True, kw_only: bool = False, eq: bool = True) -> Callable[[type[Made]], type[Made]]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(made: Any = None, *, frozen: bool = True, kw_only: bool = False, eq: bool = True) -> Any:
    """Give a class the functions of a record: made of its fields, equal where they are equal, shown with them.

    With `kw_only` its own fields are given by name. Only a `frozen` one has a hash.
    """

    def complete(cls: Any) -> Any:
        own = _own_fields(cls, kw_only)
        inherited = (base.__dict__.get("_own_fields", {}) for base in reversed(cls.__mro__))
        known = {f.name: f for found in (*inherited, own) for f in found.values()}
        cls._own_fields, cls._fields = own, tuple(known.values())
        cls.__init__ = _initializer(cls._fields)
        cls.__repr__ = _shown
        positional = tuple(f.name for f in cls._fields if not f.by_name_only)
        setattr(cls, "__match_args__", positional)  # noqa: B010 - the type checker knows it as fixed
        if eq:
            compared = [f.name for f in cls._fields if f.compared]
            values = attrgetter(*compared) if compared else lambda _instance: ()

            def equal(self: Any, other: object) -> bool:
                return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

            cls.__eq__ = equal
            cls.__hash__ = (lambda self: hash(values(self))) if frozen else None
        return cls

    return complete if made is None else complete(made)


def _own_fields(made: Any, by_name_only: bool) -> dict[str, Attribute]:
    found = {}
    for name, annotation in made.__annotations__.items():
        if "ClassVar" in str(annotation):
            continue
        default = made.__dict__.get(name, REQUIRED)
        own = default if isinstance(default, Attribute) else Attribute(default, None, True, {})
        own.name, own.type, own.by_name_only = name, annotation, by_name_only
        if default is own:
            delattr(made, name)
            if own.default is not REQUIRED:
                setattr(made, name, own.default)
        found[name] = own
    return found


def _initializer(fields: tuple[Attribute, ...]) -> Callable[..., None]:
    plain = [f for f in fields if not f.by_name_only]
    named = [f for f in fields if f.by_name_only]
    known: dict[str, Any] = {"REQUIRED": REQUIRED}
    lines = []
    for f in fields:
        known[f"default_{f.name}"] = f.default
        known[f"made_{f.name}"] = f.factory
        value = f"made_{f.name}() if {f.name} is REQUIRED else {f.name}" if f.factory else f.name
        lines.append(f" self.{f.name} = {value}")
    parameters = [f"{f.name}=default_{f.name}" if f.is_optional else f.name for f in (*plain, *named)]
    if named:
        parameters.insert(len(plain), "*")
    exec(f"def __init__({', '.join(['self', *parameters])}):\n" + ("\n".join(lines) or " pass"), known)
    made: Callable[..., None] = known["__init__"]
    return made


def _shown(self: Any) -> str:
    return f"{type(self).__qualname__}({', '.join(f'{f.name}={getattr(self, f.name)!r}' for f in self._fields)})"


def fields(made: Any) -> tuple[Attribute, ...]:
    """The fields of a record's class, or of a record, in order."""
    found: tuple[Attribute, ...] = made._fields
    return found


def replace(made: Made, **changes: Any) -> Made:
    """A copy of a record with some fields changed."""
    return type(made)(**{f.name: getattr(made, f.name) for f in fields(made)} | changes)
