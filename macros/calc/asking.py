"""Questions to the clerk that LibreOffice has no dialog of its own for."""

from __future__ import annotations

import uno

from macros.calc.untyped import Uno
from macros.host import Cancelled

_OK_CANCEL = 2  # com.sun.star.awt.MessageBoxButtons
_OK = 1


def agreed(frame: Uno, title: str, question: str) -> bool:
    """Whether the clerk agrees."""
    window = frame.getContainerWindow()
    kind = uno.Enum("com.sun.star.awt.MessageBoxType", "QUERYBOX")
    return bool(window.getToolkit().createMessageBox(window, kind, _OK_CANCEL, title, question).execute() == _OK)


def typed_answer(context: Uno, frame: Uno, title: str, question: str, default: str) -> str:
    """The text that the clerk types or accepts; `Cancelled` if none."""

    def service(name: str) -> Uno:
        return context.ServiceManager.createInstanceWithContext(f"com.sun.star.awt.{name}", context)

    model = service("UnoControlDialogModel")
    model.Title, model.PositionX, model.PositionY, model.Width, model.Height = title, 120, 100, 240, 82

    def add(name: str, kind: str, x: int, y: int, width: int, height: int, **looks: object) -> None:
        part = model.createInstance(f"com.sun.star.awt.UnoControl{kind}Model")
        part.PositionX, part.PositionY, part.Width, part.Height = x, y, width, height
        for key, value in looks.items():
            setattr(part, key, value)
        model.insertByName(name, part)

    add("question", "FixedText", 8, 8, 224, 28, Label=question, MultiLine=True, NoLabel=True)
    add("answer", "Edit", 8, 38, 224, 14, Text=default)
    # com.sun.star.awt.PushButtonType: 1 is OK, 2 is cancel
    add("ok", "Button", 118, 60, 54, 16, PushButtonType=1, DefaultButton=True)
    add("cancel", "Button", 178, 60, 54, 16, PushButtonType=2)
    dialog = service("UnoControlDialog")
    dialog.setModel(model)
    dialog.createPeer(frame.getContainerWindow().getToolkit(), frame.getContainerWindow())
    try:
        dialog.getControl("answer").setFocus()
        if dialog.execute() != _OK:
            raise Cancelled
        return str(dialog.getControl("answer").getText())
    finally:
        dialog.dispose()
