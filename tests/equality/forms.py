"""Filled 区填报表 with every kind of content that a cell can hold."""

from __future__ import annotations

import zipfile
from io import BytesIO

from tests.conftest import Forms
from tests.equality.cases import Filling
from xladdin.workbook import package
from xladdin.workbook.cells import CellError

_TEXT = b't="inlineStr"><is><t xml:space="preserve">%s</t></is>'
_TYPED = {"＃真": b't="b"><v>1</v>', "＃假": b't="b"><v>0</v>', "＃错": b't="e"><v>#N/A</v>'}
"""Stand-ins for what is neither text nor number, and how a file writes it."""


def returned_form(forms: Forms, district: str, filling: Filling) -> bytes:
    """A district's form as issued with its fields filled in."""
    cells: dict[str, dict[str, str | float | None]] = {annex.sheet: {} for annex in forms.layout.annexes}
    for (code, head), content in filling.items():
        sheet, reference = forms.at(code, head)
        match content:
            case bool():
                cells[sheet][reference] = "＃真" if content else "＃假"
            case CellError():
                cells[sheet][reference] = "＃错"
            case _:
                cells[sheet][reference] = content
    return _with_types(package.rewrite(forms.blank(district), {}, cells))


def _with_types(data: bytes) -> bytes:
    source, target = zipfile.ZipFile(BytesIO(data)), BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as changed:
        for info in source.infolist():
            content = source.read(info)
            for word, typed in _TYPED.items():
                content = content.replace(_TEXT % word.encode(), typed)
            changed.writestr(info, content)
    return target.getvalue()
