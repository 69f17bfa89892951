"""The person in front of the screen: what was shown to them, what they answer, the keys they press."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pyopenvba.interpreter._objects import VBACollection, VBAObject, member, method, setter
from pyopenvba.interpreter._values import MISSING, VBAInt, error, to_bool, to_text

BUTTONS: dict[int, tuple[str, ...]] = {
    0: ("ok",),
    1: ("ok", "cancel"),
    2: ("abort", "retry", "ignore"),
    3: ("yes", "no", "cancel"),
    4: ("yes", "no"),
    5: ("retry", "cancel"),
}
"""The buttons of a message box, by the last digit of its style."""

_CODES = {"ok": 1, "cancel": 2, "abort": 3, "retry": 4, "ignore": 5, "yes": 6, "no": 7}

FILE_DIALOGS = {1: "open", 2: "save", 3: "files", 4: "folder"}
"""Office's msoFileDialog… numbers."""

ESCAPE = 27
_PRESSED = -32768


class Unanswered(BaseException):
    """A question was put for which the test had prepared no answer. No `except Exception` of the code under test holds it."""


@dataclass(frozen=True)
class Message:
    """A message box. `kind` says who put it up: MsgBox (VBA), alert (xlwings), Popup (xlwings' error popup)."""

    kind: str
    text: str
    title: str
    buttons: tuple[str, ...]
    answer: str


@dataclass(frozen=True)
class Dialog:
    """A file dialog as it was shown, and the paths chosen; none where it was cancelled."""

    kind: str
    title: str
    initial: str
    filters: tuple[tuple[str, str], ...]
    multiple: bool
    chosen: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """A box for a text as it was shown, and what was typed; None where it was cancelled."""

    text: str
    title: str
    default: str
    typed: str | None


@dataclass
class Desk:
    """All that passes between Excel and the person."""

    messages: list[Message] = field(default_factory=list)
    dialogs: list[Dialog] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    status_bar: list[str | bool] = field(default_factory=list)
    """Every text of the status bar in order; False where it was given back to Excel."""
    escape_after: int | None = None
    """Esc is held down from this poll of the keyboard on (1 is the first); None: never."""
    polls: int = 0
    """How often the keyboard was asked for Esc."""
    answers: deque[str] = field(default_factory=deque)
    choices: deque[tuple[str, ...]] = field(default_factory=deque)
    texts: deque[str | None] = field(default_factory=deque)
    """What is typed into the next boxes for a text; None: cancelled, "": what stands there is accepted."""

    def asked(self, kind: str, text: str, title: str, style: int) -> int:
        """Show a message box; the code of the button pressed. One button needs no answer, several do."""
        buttons = BUTTONS[style & 0x0F]
        if len(buttons) == 1:
            answer = buttons[0]
        elif self.answers:
            answer = self.answers.popleft()
        else:
            raise Unanswered(f"{kind} {buttons}: {text}")
        if answer not in buttons:
            raise Unanswered(f"{kind} {buttons} has no button {answer!r}: {text}")
        self.messages.append(Message(kind, text, title, buttons, answer))
        return _CODES[answer]

    def chose(self, dialog: FileDialog) -> tuple[str, ...]:
        """Show a file dialog; the paths chosen."""
        if not self.choices:
            raise Unanswered(f"file dialog {dialog.kind}: {dialog.title}")
        chosen = self.choices.popleft()
        if len(chosen) > 1 and not dialog.multiple:
            raise Unanswered(f"file dialog {dialog.kind} lets one be chosen, not {len(chosen)}")
        self.dialogs.append(
            Dialog(dialog.kind, dialog.title, dialog.initial, tuple(dialog.filters.pairs), dialog.multiple, chosen)
        )
        return chosen

    def typed(self, text: str, title: str, default: str) -> str | None:
        """Show a box for a text; what was typed, or None."""
        if not self.texts:
            raise Unanswered(f"InputBox: {text}")
        prepared = self.texts.popleft()
        answer = default if prepared == "" else prepared
        self.questions.append(Question(text, title, default, answer))
        return answer

    def choose(self, paths: Sequence[str | Path]) -> None:
        """Prepare the answer to the next file dialog."""
        self.choices.append(tuple(map(str, paths)))

    # --- what xlwings and our Python call of Windows

    def message_box(self, _window: int, text: str, title: str = "", style: int = 0) -> int:
        """win32api.MessageBox."""
        return self.asked("alert", text, title, style)

    def key_state(self, key: int) -> int:
        """win32api.GetAsyncKeyState."""
        if key != ESCAPE:
            return 0
        self.polls += 1
        return _PRESSED if self.escape_after is not None and self.polls >= self.escape_after else 0


class Filters(VBACollection):
    """A file dialog's kinds of files."""

    vba_type_name = "FileDialogFilters"

    def __init__(self) -> None:
        self.pairs: list[tuple[str, str]] = []

    def vba_items(self) -> list[object]:
        return [f"{name} ({patterns})" for name, patterns in self.pairs]

    @method
    def Clear(self) -> None:  # noqa: N802
        self.pairs.clear()

    @method
    def Add(self, Description: object, Extensions: object, Position: object = MISSING) -> None:  # noqa: N802, N803
        self.pairs.append((to_text(Description), to_text(Extensions)))


class SelectedItems(VBACollection):
    """The paths chosen in a file dialog."""

    vba_type_name = "FileDialogSelectedItems"

    def __init__(self, paths: tuple[str, ...]) -> None:
        self.paths = paths

    def vba_items(self) -> list[object]:
        return list(self.paths)


class FileDialog(VBAObject):
    """Application.FileDialog."""

    vba_type_name = "FileDialog"

    def __init__(self, desk: Desk, kind: int) -> None:
        self.desk = desk
        self.kind = FILE_DIALOGS[kind]
        self.title = ""
        self.initial = ""
        self.multiple = self.kind in ("open", "files")
        self.filters = Filters()
        self.selected = SelectedItems(())

    @member
    def Title(self) -> object:  # noqa: N802
        return self.title

    @setter("Title")
    def set_title(self, value: object) -> None:
        self.title = to_text(value)

    @member
    def ButtonName(self) -> object:  # noqa: N802
        return ""

    @setter("ButtonName")
    def set_button_name(self, value: object) -> None:
        """Not kept: no test looks at it."""

    @member
    def InitialFileName(self) -> object:  # noqa: N802
        return self.initial

    @setter("InitialFileName")
    def set_initial(self, value: object) -> None:
        self.initial = to_text(value)

    @member
    def AllowMultiSelect(self) -> object:  # noqa: N802
        return self.multiple

    @setter("AllowMultiSelect")
    def set_multiple(self, value: object) -> None:
        if self.kind == "folder" and to_bool(value):
            raise error(1004, "AllowMultiSelect is not for folders")
        self.multiple = to_bool(value)

    @member
    def Filters(self) -> object:  # noqa: N802
        return self.filters

    @member
    def SelectedItems(self) -> object:  # noqa: N802
        return self.selected

    @method
    def Show(self) -> object:  # noqa: N802
        self.selected = SelectedItems(self.desk.chose(self))
        return VBAInt(-1 if self.selected.paths else 0, "Long")
