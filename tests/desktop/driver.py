"""The person at the keyboard: types, clicks and looks, in a LibreOffice with a window.

A script for a Python that can `import uno`. Everything is done by xdotool's key presses and mouse clicks; over UNO the
office is only asked what its cells hold and where on the screen something is.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import uno
from com.sun.star.lang import DisposedException, IndexOutOfBoundsException

PATIENCE = 120
"""Seconds until what should have happened on the screen counts as not happening."""

MANY = 500
"""As many children only a sheet's cells have, which are not looked through."""

Place = tuple[int, int]
"""Where to click: pixels from the left and from the top."""


class Screen:
    """The keyboard, the mouse and the camera."""

    def __init__(self, pictures: Path) -> None:
        self.pictures = pictures

    def press(self, keys: str) -> None:
        _run("xdotool", "key", keys)

    def type(self, text: str) -> None:
        _run("xdotool", "type", "--delay", "25", text)

    def click(self, place: Place) -> None:
        _run("xdotool", "mousemove", str(place[0]), str(place[1]), "sleep", "0.2", "click", "1")

    def photograph(self, name: str) -> None:
        time.sleep(0.7)  # what was pressed last is drawn a moment later
        _run("import", "-window", "root", "-strip", "+dither", "-colors", "256", f"png8:{self.pictures / name}.png")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, timeout=PATIENCE, stdin=subprocess.DEVNULL)


class Office:
    """What the office tells of itself."""

    def __init__(self, pipe: str) -> None:
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")

        def connected() -> Any:
            try:
                return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            except Exception:
                return None

        self.context = until("LibreOffice answers", connected)
        self.desktop = self._service("com.sun.star.frame.Desktop")
        self.toolkit = self._service("com.sun.star.awt.Toolkit")

    def _service(self, name: str) -> Any:
        return self.context.ServiceManager.createInstanceWithContext(name, self.context)

    def shown_document(self) -> Any:
        """The document in the window, if one is open."""
        document = self.desktop.CurrentComponent
        controller = document.CurrentController if document else None
        return document if controller and controller.Frame.ContainerWindow.isVisible() else None

    def place_of(self, role: str, name: str) -> Place | None:
        """The middle of what has that role and name on the screen, as a screen reader learns it."""
        for window in self._windows():
            for found in _below(window, role):
                if found.getAccessibleName() == name and found.getSize().Width > 0:
                    return _middle(found)
        return None

    def box(self) -> tuple[str, Place] | None:
        """What the box that waits for an answer says, and where its last button is, the one it proposes."""
        for window in self._windows():
            if _has_role(window, "ALERT", "DIALOG"):
                said = "".join(label.getAccessibleName() for label in _below(window, "LABEL", "STATIC"))
                *_, button = _below(window, "PUSH_BUTTON")
                return said, _middle(button)
        return None

    def _windows(self) -> Iterator[Any]:
        for number in range(self.toolkit.TopWindowCount):
            window = self.toolkit.getTopWindow(number)
            context = window.getAccessibleContext() if window.isVisible() else None
            if context is not None:
                yield context


def _middle(context: Any) -> Place:
    at, size = context.getLocationOnScreen(), context.getSize()
    return at.X + size.Width // 2, at.Y + size.Height // 2


def _has_role(context: Any, *roles: str) -> bool:
    numbers = [uno.getConstantByName(f"com.sun.star.accessibility.AccessibleRole.{role}") for role in roles]
    return context.getAccessibleRole() in numbers


def _below(context: Any, *roles: str) -> Iterator[Any]:
    if context is None:  # nothing is told of what is being built or taken down
        return
    if _has_role(context, *roles):
        yield context
    count = context.getAccessibleChildCount()
    for number in range(count if count < MANY else 0):
        child = context.getAccessibleChild(number)
        if child is not None:
            yield from _below(child.getAccessibleContext(), *roles)


def until(what: str, condition: Callable[[], Any]) -> Any:
    """What the condition gives as soon as it gives something."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            if found := condition():
                return found
        except (DisposedException, IndexOutOfBoundsException):
            pass  # a window closed while it was looked at
        if time.monotonic() > end:
            raise TimeoutError(f"not seen within {PATIENCE} s: {what}")
        time.sleep(0.1)


class Clerk:
    """Works on one workbook, which is being opened."""

    def __init__(self, office: Office, screen: Screen) -> None:
        self.office, self.screen = office, screen
        self.said: list[str] = []
        self.document: Any = None

    def click(self, what: str, place: Callable[[], Place | None], done: Callable[[], Any]) -> None:
        """Click until that has an effect: what is still being drawn does not hear the first click."""

        def clicked() -> Any:
            if at := place():
                self.screen.click(at)
            end = time.monotonic() + 2
            while not (effect := done()) and time.monotonic() < end:
                time.sleep(0.1)
            return effect

        until(what, clicked)

    def answer(self) -> None:
        """Read a message box and press the button it proposes."""
        said, _ = until("a message box", self.office.box)
        self.said.append(said)
        self.click("the button", lambda: (self.office.box() or ("", None))[1], lambda: self.office.box() is None)

    def open(self) -> None:
        """Wait for the workbook, past LibreOffice's warning of the macros in it."""
        until("the workbook or a warning", lambda: self.office.shown_document() or self.office.box())
        if self.office.box():
            self.answer()
        self.document = until("the workbook", self.office.shown_document)

    def active_sheet(self) -> Any:
        return self.document.CurrentController.ActiveSheet

    def go_to_sheet(self, name: str) -> None:
        tab = partial(self.office.place_of, "PAGE_TAB", name)
        self.click(f"sheet {name}", tab, lambda: self.active_sheet().Name == name)

    def go_to_cell(self, reference: str) -> None:
        """Through the Name Box."""
        self.screen.press("ctrl+shift+t")
        self.screen.press("ctrl+a")
        self.screen.type(reference)
        self.screen.press("Return")
        until(f"cell {reference}", lambda: self._selected(reference))

    def _selected(self, reference: str) -> bool:
        selected = self.document.CurrentSelection
        return bool(selected.AbsoluteName.replace("$", "").endswith(f".{reference}"))

    def shown(self, area: str) -> list[list[Any]]:
        """Rows of the active sheet's numbers and texts."""
        return [list(row) for row in self.active_sheet().getCellRangeByName(area).DataArray]

    def save(self) -> None:
        """Keep the file's format when LibreOffice asks."""
        file = Path(uno.fileUrlToSystemPath(self.document.URL))
        before = file.stat().st_mtime_ns
        self.screen.press("ctrl+s")
        self.answer()
        until("the workbook is saved", lambda: file.stat().st_mtime_ns != before and zipfile.is_zipfile(file))


def work(clerk: Clerk, sheet: str, typed: Sequence[Sequence[str]], score: str, ranking: str) -> dict[str, Any]:
    """Type into cells of a district's sheet, watch a score, press 汇总排名, look at the ranking and save."""
    screen = clerk.screen
    clerk.open()
    clerk.go_to_sheet(sheet)
    scores = [clerk.shown(score)[0][0]]
    for number, (reference, text) in enumerate(typed, 1):
        clerk.go_to_cell(reference)
        screen.type(text)
        if number == len(typed):
            screen.photograph("typing")
        screen.press("Return")
        until(f"{text} in {reference}", lambda r=reference, t=text: clerk.shown(r) == [[float(t)]])
        scores.append(clerk.shown(score)[0][0])
    screen.photograph("score")
    menu, entry = (partial(clerk.office.place_of, *at) for at in (("MENU", "精细化考核"), ("MENU_ITEM", "汇总排名")))
    clerk.click("the menu", menu, entry)
    screen.photograph("menu")
    clerk.click("what 汇总排名 says", entry, clerk.office.box)
    screen.photograph("message")
    clerk.answer()
    active = clerk.active_sheet().Name
    screen.photograph("ranking")
    table = clerk.shown(ranking)
    clerk.save()
    clerk.document.close(True)
    return {"scores": scores, "active": active, "ranking": table, "said": clerk.said}


def main(arguments: Sequence[str]) -> None:
    given, result, pipe = arguments
    job = json.loads(Path(given).read_text(encoding="utf-8"))
    office = Office(pipe)
    screen = Screen(Path(job.pop("pictures")))
    try:
        found = work(Clerk(office, screen), **job)
    except Exception:
        screen.photograph("failed")
        raise
    Path(result).write_text(json.dumps(found), encoding="utf-8")
    office.desktop.terminate()


if __name__ == "__main__":
    main(sys.argv[1:])
