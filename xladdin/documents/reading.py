"""A Word document as text: its paragraphs, and its tables cell by cell. Page numbers, and what was deleted, are no text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from xladdin.classes import record
from xladdin.issues import WrongCall
from xladdin.workbook.package import Package

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARTS = re.compile(r"word/(?:document|header\d*|footer\d*|footnotes|endnotes)\.xml", re.IGNORECASE)
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_NO_TEXT = {_FALLBACK, f"{_W}moveFrom", f"{_W}del"}
"""Another form of what stands beside it, and what somebody has taken out while changes were tracked."""
_PAGES = re.compile(r"\s*(?:PAGE|NUMPAGES|SECTIONPAGES|SECTION)\b", re.IGNORECASE)

_MAX_SPAN = 63
"""Columns that a table of Word can have."""


@record
class Document:
    """The text of a document. `tables` are rows of cells; a cell merged with the one above repeats its text."""

    paragraphs: list[str]
    tables: list[list[list[str]]]
    has_pictures: bool


def read_document(content: bytes, name: str) -> Document:
    """The text of a .docx; `WrongCall`, with the file's name, where it is none."""
    try:
        package = Package(content)
        roots = [package.root(part) for part in package.namelist() if _PARTS.fullmatch(part)]
        document = Document([], [], any(part.startswith("word/media/") for part in package.namelist()))
        for root in roots:
            _gather(root, document)
    except Exception as error:  # any parser's complaint means the same to the clerk, as with workbooks
        raise WrongCall(f"{name} 不是能打开的 .docx 文档；.doc、.wps 请先用 Word 或 WPS 另存为 .docx") from error
    if not roots:
        raise WrongCall(f"{name} 不是 Word 文档")
    return document


def _gather(parent: Element, document: Document) -> None:
    for child in parent:
        if child.tag == f"{_W}p":
            document.paragraphs.append(_text(child))
            for box in child.iter(f"{_W}txbxContent"):
                _gather(box, document)
        elif child.tag == f"{_W}tbl":
            _gather_table(child, document)
        elif child.tag not in _NO_TEXT:
            _gather(child, document)


def _gather_table(table: Element, document: Document) -> None:
    rows: list[list[str]] = []
    document.tables.append(rows)
    for row in _below(table, "tr"):
        cells: list[str] = []
        for cell in _below(row, "tc"):
            properties = cell.find(f"{_W}tcPr")
            span = properties.find(f"{_W}gridSpan") if properties is not None else None
            merged = properties.find(f"{_W}vMerge") if properties is not None else None
            inner = Document([], document.tables, False)
            _gather(cell, inner)
            text = "\n".join(inner.paragraphs).strip()
            if merged is not None and merged.get(f"{_W}val") != "restart" and rows and len(cells) < len(rows[-1]):
                text = rows[-1][len(cells)]
            cells += [text] * min(int(span.get(f"{_W}val", "1") if span is not None else 1), _MAX_SPAN)
        rows.append(cells)


def _below(parent: Element, name: str) -> Iterator[Element]:
    """The rows of a table or cells of a row, also those within content controls and tracked changes."""
    for child in parent:
        if child.tag == f"{_W}{name}":
            yield child
        elif child.tag not in (f"{_W}tbl", *_NO_TEXT):
            yield from _below(child, name)


def _text(paragraph: Element) -> str:
    """A paragraph's own text."""
    pieces: list[str] = []
    fields: list[str] = []  # the instructions of the fields that are open
    shown: list[bool] = []  # of each of them, whether its result has begun

    def visit(element: Element) -> None:
        for child in element:
            name = child.tag.removeprefix(_W)
            if child.tag in _NO_TEXT or name == "txbxContent":
                continue
            if name == "fldChar":
                kind = child.get(f"{_W}fldCharType")
                if kind == "begin":
                    fields.append("")
                    shown.append(False)
                elif kind == "separate" and shown:
                    shown[-1] = True
                elif fields:
                    fields.pop()
                    shown.pop()
            elif name == "instrText" and fields:
                fields[-1] += child.text or ""
            elif name == "fldSimple" and _PAGES.match(child.get(f"{_W}instr", "")):
                continue
            elif name == "t" and all(shown) and not any(map(_PAGES.match, fields)):
                pieces.append(child.text or "")
            elif name in ("tab", "br", "cr"):
                pieces.append("\n")
            else:
                visit(child)

    visit(paragraph)
    return "".join(pieces)
