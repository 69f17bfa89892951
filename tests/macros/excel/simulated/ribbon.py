"""The ribbon that a file brings along: its customUI part, read for the controls and the callbacks they name."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from pyopenvba.interpreter._objects import VBAObject, member

PARTS = ("customUI/customUI14.xml", "customUI/customUI.xml")
"""Where a package keeps it; Excel takes the first of these that is there."""


class RibbonControl(VBAObject):
    """Office's IRibbonControl, which a callback is given."""

    vba_type_name = "IRibbonControl"
    vba_library = "office"

    def __init__(self, control_id: str, tag: str) -> None:
        self.control_id = control_id
        self.tag = tag

    @member
    def ID(self) -> object:  # noqa: N802
        return self.control_id

    @member
    def Tag(self) -> object:  # noqa: N802
        return self.tag


@dataclass(frozen=True)
class Control:
    """A control, the callback behind it, and the callbacks that decide whether it and what it lies in are shown."""

    id: str
    label: str
    tag: str
    on_action: str
    shown_by: tuple[tuple[str, str], ...]
    """(callback, id of the element it is asked for), the tab first."""


def controls(path: Path) -> list[Control]:
    """The controls of a file that do something, in the order of the ribbon."""
    with zipfile.ZipFile(path) as package:
        part = next((name for name in PARTS if name in package.namelist()), None)
        if part is None:
            return []
        return list(_below(ElementTree.fromstring(package.read(part)), ()))


def _below(element: ElementTree.Element, shown_by: tuple[tuple[str, str], ...]) -> Iterator[Control]:
    own = element.attrib
    if "getVisible" in own:
        shown_by = (*shown_by, (own["getVisible"], own.get("id", "")))
    if own.get("visible") in ("false", "0"):
        return
    if "onAction" in own:
        yield Control(own["id"], own.get("label", ""), own.get("tag", ""), own["onAction"], shown_by)
    for child in element:
        yield from _below(child, shown_by)
