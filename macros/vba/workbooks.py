"""FineScore.xlam and the macros of 考核总表.xlsm, built without Excel."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import datetime
from itertools import groupby
from xml.sax.saxutils import quoteattr

import xlsxwriter

from macros.actions import ACTIONS, TAB, Action
from macros.vba.modules import modules
from macros.vba.project import PROJECT_NAME, with_project
from udfs.catalogue import CATEGORY, FUNCTIONS
from udfs.defaults import scheme
from udfs.registration import argument_text
from xladdin.workbook.package import DOS, Parts, packed, unpacked

RIBBON_PART = "customUI/customUI14.xml"

_TYPES = "[Content_Types].xml"
_ROOT_RELATIONS = "_rels/.rels"
_WORKBOOK = "xl/workbook.xml"

_PLAIN_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_WORKBOOK_TYPE = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_ADDIN_TYPE = "application/vnd.ms-excel.addin.macroEnabled.main+xml"

_RIBBON_RELATION = (
    '<Relationship Id="rIdRibbon" Type="http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"'
    f' Target="{RIBBON_PART}"/>'
)

_CALCULATION = '<calcPr calcId="191029"/>'
"""Calculated by a current Excel, and nothing to recalculate on load: what is not reachable keeps its stored value."""


def ribbon_xml(*, hidden_if_addin: bool, say: Callable[[str], str] = str) -> bytes:
    """The ribbon's tab for Excel 2010 and later.

    `hidden_if_addin` is for a workbook of its own, whose tab gives way to the same tab of the loaded add-in. `say` gives
    the texts in a scheme's words.
    """
    visible = ' getVisible="FineScoreRibbon.GetTabVisible"' if hidden_if_addin else ""
    groups = "".join(
        f'<group id="FineScoreGroup{number}" label={quoteattr(caption)}>{"".join(_button(one, say) for one in members)}</group>'
        for number, (caption, members) in enumerate(groupby(ACTIONS, key=lambda action: action.group), start=1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<customUI xmlns="http://schemas.microsoft.com/office/2009/07/customui"><ribbon><tabs>'
        f'<tab id="FineScoreTab" label={quoteattr(TAB)}{visible}>{groups}</tab>'
        "</tabs></ribbon></customUI>"
    ).encode()


def _button(action: Action, say: Callable[[str], str]) -> str:
    attributes = {
        "id": action.id,
        "label": action.caption,
        "size": "large",
        "imageMso": action.image,
        "screentip": say(action.screentip),
        "supertip": say(action.supertip),
        "tag": f"请先打开或新建一个工作簿，再按“{action.caption}”。",  # what VBA says when none is open
        "onAction": "FineScoreRibbon.OnPress",
    }
    return f"<button{''.join(f' {name}={quoteattr(value)}' for name, value in attributes.items())}/>"


def with_macros(workbook: bytes, say: Callable[[str], str] = str) -> bytes:
    """A macro-free .xlsx package as .xlsm that brings its functions and buttons itself, these in a scheme's words.

    `ValueError` where the package is not as XlsxWriter makes them, or has macros already.
    """
    parts = unpacked(workbook)
    replaced(parts, _TYPES, _PLAIN_TYPE, _WORKBOOK_TYPE)
    _set_calculation(parts)
    parts = with_project(parts, modules(is_addin=False))
    return packed(_with_ribbon(parts, ribbon_xml(hidden_if_addin=True, say=say)), DOS)


def addin() -> bytes:
    """FineScore.xlam: the functions and buttons for every workbook, and what the function wizard tells about the functions."""
    parts = unpacked(_texts())
    replaced(parts, _TYPES, _PLAIN_TYPE, _WORKBOOK_TYPE)
    _set_calculation(parts)
    parts = with_project(parts, modules(is_addin=True))
    replaced(parts, _TYPES, _WORKBOOK_TYPE, _ADDIN_TYPE)
    return packed(_with_ribbon(parts, ribbon_xml(hidden_if_addin=False)), DOS)


def _texts() -> bytes:
    """The workbook that the add-in is without its macros: one sheet of texts, which nobody sees."""
    source = scheme().source
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        created = datetime(source.issued.year, source.issued.month, source.issued.day)
        book.set_properties({"title": PROJECT_NAME, "author": source.office_name, "created": created})
        sheet = book.add_worksheet(PROJECT_NAME)
        for row, function in enumerate(FUNCTIONS):
            texts = (argument_text(function, argument) for argument in function.arguments)
            sheet.write_row(row, 0, [function.name, function.description, CATEGORY, *texts])
    return stream.getvalue()


def _with_ribbon(parts: Parts, ribbon: bytes) -> Parts:
    replaced(parts, _ROOT_RELATIONS, "</Relationships>", f"{_RIBBON_RELATION}</Relationships>")
    return {**parts, RIBBON_PART: ribbon}


def _set_calculation(parts: Parts) -> None:
    found = re.findall(r"<calcPr\b[^>]*/>", parts[_WORKBOOK].decode("utf-8"))
    if len(found) != 1:
        raise ValueError(f"{_WORKBOOK} has {len(found)} calcPr, not one")
    replaced(parts, _WORKBOOK, found[0], _CALCULATION)


def replaced(parts: Parts, part: str, old: str, new: str) -> None:
    """Replace, in place, a text that stands exactly once in a part; `ValueError` if it does not."""
    text = parts[part].decode("utf-8")
    if text.count(old) != 1:
        raise ValueError(f"{part} has {text.count(old)} times, not once: {old}")
    parts[part] = text.replace(old, new).encode("utf-8")
