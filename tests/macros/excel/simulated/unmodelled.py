"""Parts of Excel that hold what they were given and do nothing with it: page set-up, charts, conditional formats.

Their members are those of Excel's type library; a name it does not have is refused as Excel refuses it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pyopenvba.interpreter._inventory import members_of
from pyopenvba.interpreter._objects import VBAObject
from pyopenvba.interpreter._values import VBAInt, error

_TYPES = {
    ("ChartObjects", "add"): "ChartObject",
    ("ChartObjects", "item"): "ChartObject",
    ("FormatConditions", "add"): "FormatCondition",
    ("FormatConditions", "adddatabar"): "Databar",
    ("FormatConditions", "addcolorscale"): "ColorScale",
    ("FormatConditions", "item"): "FormatCondition",
    ("SeriesCollection", "item"): "Series",
    ("SeriesCollection", "newseries"): "Series",
    ("Axes", "item"): "Axis",
}
"""What a member answers with, where its name does not say so."""

_DEFAULTS: dict[tuple[str, str], object] = {
    ("Application", "asktoupdatelinks"): True,
    ("Application", "automationsecurity"): VBAInt(1, "Long"),
    ("Application", "cursor"): VBAInt(-4143, "Long"),
}
"""Plain values that stand there before anything is put there."""

_MAKING = ("add", "newseries")


def _has(type_name: str, member: str) -> bool:
    return member.lower() in members_of(type_name, "excel")


def _type(name: str) -> str:
    """A member's name as the type of what it answers with, if there is such a type."""
    return name if members_of(name, "excel") else "Object"


class Record:
    """One use of an unmodelled member: `kind` is get, set or call."""

    def __init__(self, kind: str, path: str, value: object) -> None:
        self.kind = kind
        self.path = path
        self.value = value


class Unmodelled(VBAObject):
    """An object of Excel's type `vba_type_name`, reached by `path`."""

    vba_library = "excel"

    def __init__(self, store: Unmodelleds, type_name: str, name: str, path: str, parent: Unmodelled | None) -> None:
        self.store = store
        self.vba_type_name = type_name
        self.name = name
        self.path = path
        self.parent = parent
        self.values: dict[str, object] = {}
        self.items: list[Unmodelled] = []
        self.removed = False

    def read(self, name: str) -> object:
        """A member's value: what was put there, or an object to ask further."""
        key = name.lower()
        self._check(name)
        if key == "count":
            return VBAInt(len(self.items), "Long")
        if key not in self.values:
            self.values[key] = self.child(name)
        return self.values[key]

    def write(self, name: str, value: object) -> None:
        self._check(name)
        self.values[name.lower()] = value
        self.store.note("set", f"{self.path}.{name}", value)

    def call(self, given: Sequence[object], named: Mapping[str, object]) -> object:
        """The member itself called: a method, or an item of a collection."""
        method = self.name.lower()
        owner = self.parent
        if owner is not None and method.startswith(_MAKING):
            self.store.note("call", self.path, (tuple(given), dict(named)))
            return owner.made(self.name)
        if owner is not None and method == "delete":
            self.store.note("call", self.path, ())
            owner.emptied()
            return VBAInt(0, "Long")
        if owner is not None and method == "item":
            return owner.item(given[0])
        if given and _has(self.vba_type_name, "Item"):
            return self.item(given[0])
        self.store.note("call", self.path, (tuple(given), dict(named)))
        return self

    def child(self, name: str) -> Unmodelled:
        """The object behind a member."""
        kind = _TYPES.get((self.vba_type_name, name.lower())) or _type(name)
        return Unmodelled(self.store, kind, name, f"{self.path}.{name}", self)

    def made(self, member: str) -> Unmodelled:
        """A new item of the collection."""
        kind = _TYPES.get((self.vba_type_name, member.lower()), "Object")
        path = f"{self.path}({len(self.items) + 1})"
        self.items.append(Unmodelled(self.store, kind, "", path, self))
        return self.items[-1]

    def item(self, index: object) -> Unmodelled:
        """The item of this number or name."""
        if not _has(self.vba_type_name, "Add"):  # one that nobody makes, such as a chart's axis
            kind = _TYPES.get((self.vba_type_name, "item"), "Object")
            return self.values.setdefault(  # type: ignore[return-value]
                f"({index})", Unmodelled(self.store, kind, "", f"{self.path}({index})", self)
            )
        for number, item in enumerate(self.items, 1):
            if index in (number, item.values.get("name")):
                return item
        raise error(9)

    def emptied(self) -> None:
        """The object deleted: a collection loses its items, an item leaves its collection."""
        if self.parent is not None and self in self.parent.items:
            self.parent.items.remove(self)
        self.items.clear()

    def vba_iterate(self) -> Iterator[object]:
        return iter(list(self.items))

    def _check(self, name: str) -> None:
        if self.vba_type_name != "Object" and not _has(self.vba_type_name, name):
            raise AttributeError(f"{self.vba_type_name}.{name}")


class Unmodelleds:
    """What was put on the unmodelled members of Excel's own objects."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self._of: dict[tuple[str, str], object] = {}

    def read(self, owner: VBAObject, name: str) -> object:
        """The value that stands there, or an object to ask further."""
        key = (_place(owner), name.lower())
        if key not in self._of:
            default = _DEFAULTS.get((owner.vba_type_name, key[1]))
            self._of[key] = (
                Unmodelled(self, _type(name), name, f"{key[0]}.{name}", None) if default is None else default
            )
        return self._of[key]

    def write(self, owner: VBAObject, name: str, value: object) -> None:
        self._of[_place(owner), name.lower()] = value
        self.note("set", f"{_place(owner)}.{name}", value)

    def note(self, kind: str, path: str, value: object) -> None:
        """Write a use down."""
        self.records.append(Record(kind, path, value))


def _place(owner: VBAObject) -> str:
    """Which object of Excel's this is: two Range objects of the same cells are one."""
    kind = owner.vba_type_name
    if kind == "Range":
        return f"Range({owner.sheet.name}!{owner.vba_get('Address', [False, False])})"  # type: ignore[attr-defined]
    name = getattr(owner, "name", "")
    return f"{kind}({name})" if name else kind
