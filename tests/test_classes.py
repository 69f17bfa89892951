"""Records: what holds of every class whose fields are its annotations."""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import ClassVar

import pytest

from xladdin.classes import field, fields, record, replace


@record
class Point:
    unit: ClassVar[str] = "mm"
    x: int
    y: int = 2
    names: list[str] = field(default_factory=list)
    place: str = field(default="", compare=False)

    @cached_property
    def total(self) -> int:
        return self.x + self.y


@record(kw_only=True)
class Named(Point):
    label: str
    size: int = 7


@record(frozen=False)
class Open:
    x: int = 1


@record(eq=False)
class Self:
    x: int = 1


@record
class Nothing:
    pass


def test_record__made__takes_fields_in_order_or_by_name_and_defaults() -> None:
    made = Point(1)
    assert (made.x, made.y, made.names, made.place, made.total, Point.unit) == (1, 2, [], "", 3, "mm")
    assert (Point(y=5, x=4).x, Point(4, 5, ["a"]).names) == (4, ["a"])
    assert Point(1).names is not Point(1).names
    with pytest.raises(TypeError, match="'x'"):
        Point()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="'z'"):
        Point(1, z=1)  # type: ignore[call-arg]


def test_record__of_a_base__its_fields_first_and_own_ones_by_name_only() -> None:
    made = Named(1, 3, label="a")
    assert (made.x, made.y, made.label, made.size) == (1, 3, "a", 7)
    assert [f.name for f in fields(Named)] == ["x", "y", "names", "place", "label", "size"]
    assert [f.name for f in fields(Point)] == ["x", "y", "names", "place"]
    assert [f.name for f in fields(made) if not f.is_optional] == ["x", "label"]
    with pytest.raises(TypeError, match="label"):
        Named(1)  # type: ignore[call-arg]


def test_record__equal__where_the_compared_fields_of_one_class_are() -> None:
    assert Point(1, place="here") == Point(1, place="there") != Point(2)
    assert Named(1, label="a") != Named(1, label="b")
    assert Point(1) != Named(1, label="a")
    assert Point(1) != (1, 2, [], "")
    assert hash(Named(1, 2, (), label="a")) == hash(Named(1, 2, (), "there", label="a"))  # type: ignore[arg-type]
    assert (Open(2) == Open(2), Self() == Self(), Nothing() == Nothing()) == (True, False, True)
    with pytest.raises(TypeError, match="unhashable"):
        hash(Open())
    assert len({Self(), Self(), Nothing(), Nothing()}) == 3


def test_record__changed_copy__rest_kept() -> None:
    made = Named(1, 3, ["a"], "here", label="b")
    other = replace(made, x=2, label="c")
    assert (other.x, other.y, other.names, other.place, other.label) == (2, 3, ["a"], "here", "c")
    assert made.x == 1
    with pytest.raises(TypeError, match="unknown"):
        replace(made, unknown=1)


def test_record__shown_and_matched__as_the_librarys() -> None:
    assert repr(Point(1)) == "Point(x=1, y=2, names=[], place='')"
    match Point(1, 3):
        case Point(x, y):
            assert (x, y) == (1, 3)
    library = dataclasses.make_dataclass("Point", [("x", int), ("y", int, 2)], frozen=True)
    assert repr(library(1)) == repr(Point(1)).replace(", names=[], place=''", "")
