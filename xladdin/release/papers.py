"""The guide as a clerk opens it: one page for a browser with its pictures inside, and a Word document."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from xladdin.issues import Refused
from xladdin.workbook.package import packed, unpacked

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph
    from markdown_it import MarkdownIt
    from markdown_it.token import Token
    from markdown_it.tree import SyntaxTreeNode

CONTENTS = (2, 3)
"""The levels of headings that the table of contents has."""

STYLE = """
body { font: 16px/1.75 "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; color: #222; margin: 0 auto; max-width: 980px; padding: 1rem 1.5rem 4rem; }
h1, h2, h3, h4 { color: #1f4e79; line-height: 1.4; break-after: avoid; }
h2 { border-bottom: 2px solid #c9d3de; margin-top: 2.5rem; }
table { border-collapse: collapse; width: 100%; margin: .8rem 0 1.2rem; font-size: .94rem; }
th, td { border: 1px solid #c9d3de; padding: .3rem .6rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; min-width: 3.4em; }
th { background: #dce6f1; word-break: keep-all; }
tr, img { break-inside: avoid; }
thead { display: table-header-group; }
code { background: #f2f4f7; padding: .1em .3em; border-radius: 3px; font-family: Consolas, "Noto Sans Mono CJK SC", monospace; font-size: .92em; overflow-wrap: anywhere; }
pre code { display: block; padding: .6rem .8rem; white-space: pre-wrap; }
img { max-width: 100%; border: 1px solid #c9d3de; }
a { color: #1f4e79; }
nav { background: #f5f9fd; border: 1px solid #c9d3de; padding: .6rem 1rem; font-size: .94rem; line-height: 1.6; }
nav a { display: block; text-decoration: none; }
nav a.third { padding-left: 1.6em; }
@media screen and (min-width: 1340px) {
  body { margin-left: 340px; max-width: 1000px; }
  nav { position: fixed; left: 0; top: 0; bottom: 0; width: 310px; overflow-y: auto; border-width: 0 1px 0 0; }
}
@media print {
  @page { size: A4; margin: 18mm 16mm; }
  body { font-size: 10.5pt; max-width: none; padding: 0; }
  nav { display: none; }
  a { color: inherit; text-decoration: none; }
}
"""


def as_html(text: str, folder: Path) -> bytes:
    """A Markdown text as one page; `folder` is where its pictures lie from."""
    tokens = _parsed(text)
    contents = []
    for n, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", f"h{n}")
            level = int(token.tag[1])
            if level in CONTENTS:
                mark = ' class="third"' if level == CONTENTS[-1] else ""
                contents.append(f'<a href="#h{n}"{mark}>{html.escape(_plain(tokens[n + 1]))}</a>')
        for child in token.children or ():
            if child.type == "image":
                picture = (folder / str(child.attrGet("src"))).read_bytes()
                child.attrSet("src", f"data:image/png;base64,{base64.b64encode(picture).decode()}")
    title = html.escape(_title(tokens))
    head = f'<meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
    nav = f'<nav aria-label="目录">{"".join(contents)}</nav>'
    body = _markdown().renderer.render(tokens, _markdown().options, {})
    return f'<!doctype html>\n<html lang="zh-CN"><head>{head}</head>\n<body>{nav}\n{body}</body></html>\n'.encode()


def as_docx(text: str, folder: Path) -> bytes:
    """The same text as a Word document."""
    from markdown_it.tree import SyntaxTreeNode

    tokens = _parsed(text)
    document = _blank_document(_title(tokens))
    for node in SyntaxTreeNode(tokens).children:
        _Writer(document, folder).block(node)
    out = BytesIO()
    document.save(out)
    return packed(unpacked(out.getvalue()))  # without the time of day


def _markdown() -> MarkdownIt:
    try:
        from markdown_it import MarkdownIt
    except ImportError as error:
        raise Refused('做发布文件还要几个组件，请先运行 pip install ".[build]"') from error
    return MarkdownIt("commonmark").enable("table")


def _parsed(text: str) -> list[Token]:
    """The text's blocks, without comments and without links to other files, which are not beside the guide then."""
    tokens = [token for token in _markdown().parse(text) if token.type != "html_block"]
    for token in tokens:
        is_open = True
        kept = []
        for child in token.children or ():
            if child.type == "link_open":
                is_open = str(child.attrGet("href")).startswith(("https:", "#"))
            if is_open or child.type not in ("link_open", "link_close"):
                kept.append(child)
        if token.children is not None:
            token.children = kept
    return tokens


def _title(tokens: Sequence[Token]) -> str:
    return next(_plain(tokens[n + 1]) for n, token in enumerate(tokens) if token.tag == "h1")


def _plain(inline: Token) -> str:
    return "".join(child.content for child in inline.children or ())


# --- Word -----------------------------------------------------------------------------------------------------------

WIDTH = 170
"""Millimetres between the margins of an A4 page."""

BODY, HEADINGS, CODE = "宋体", "黑体", "Consolas"
SIZES = {"Normal": 10.5, "Heading 1": 18.0, "Heading 2": 14.0, "Heading 3": 12.0, "Heading 4": 10.5}
"""Type sizes in points."""


def _blank_document(title: str) -> Document:
    import docx
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    document = docx.Document()
    document.core_properties.title = title
    document.core_properties.author = document.core_properties.comments = ""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm((210 - WIDTH) / 2)
    section.top_margin = section.bottom_margin = Mm(20)
    for name, size in SIZES.items():
        style = document.styles[name]
        font = BODY if name == "Normal" else HEADINGS
        style.font.name = font
        style.font.size = Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in list(fonts.attrib):
            del fonts.attrib[key]
        for script in ("ascii", "hAnsi", "eastAsia"):
            fonts.set(qn(f"w:{script}"), font)
        if name != "Normal":
            style.font.color.rgb = RGBColor(0x1F, 0x4E, 0x79)
            style.font.bold = False
    document.styles["Normal"].paragraph_format.space_after = Pt(4)
    number = section.footer.paragraphs[0]
    number.alignment = 1
    for kind, content in (("begin", None), (None, "PAGE"), ("end", None)):
        run = number.add_run()
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = content
        run._r.append(part)
    return document


class _Writer:
    """Writes into a document, of a certain width."""

    def __init__(self, document: Document, folder: Path, width: float = WIDTH) -> None:
        self.document = document
        self.folder = folder
        self.width = width

    def block(self, node: SyntaxTreeNode, depth: int = 0) -> None:
        from docx.shared import Mm

        match node.type:
            case "heading":
                self.inline(self.document.add_heading(level=int(node.tag[1])), node)
            case "paragraph":
                paragraph = self.document.add_paragraph()
                paragraph.paragraph_format.left_indent = Mm(7 * depth)
                self.inline(paragraph, node)
            case "fence":
                paragraph = self.document.add_paragraph()
                paragraph.paragraph_format.left_indent = Mm(7 * depth + 3)
                paragraph.add_run(node.content.rstrip()).font.name = CODE
            case "bullet_list" | "ordered_list":
                first = int(node.attrs.get("start", 1))
                for n, item in enumerate(node.children, first):
                    self.item(item, "•" if node.type == "bullet_list" else f"{n}.", depth + 1)
            case "blockquote":
                for child in node.children:
                    self.block(child, depth + 1)
            case "table":
                self.table(node)
            case _:
                raise ValueError(f"no way to write {node.type} in a document")

    def item(self, node: SyntaxTreeNode, mark: str, depth: int) -> None:
        """An item of a list, with its number as text: Word's own numbers would go on from one list to the next."""
        from docx.shared import Mm

        first, *others = node.children
        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.left_indent = Mm(7 * depth)
        paragraph.paragraph_format.first_line_indent = Mm(-7)
        paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(7 * depth))
        paragraph.add_run(f"{mark}\t")
        self.inline(paragraph, first)
        for other in others:
            self.block(other, depth)

    def table(self, node: SyntaxTreeNode) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.oxml import OxmlElement, parse_xml
        from docx.oxml.ns import nsdecls
        from docx.shared import Mm, Pt

        rows = [row for part in node.children for row in part.children]
        columns = len(rows[0].children)
        shares = _shares(rows)
        table = self.document.add_table(rows=len(rows), cols=columns)
        table.style = "Table Grid"
        table.autofit = False
        for column, share in zip(table.columns, shares, strict=True):
            column.width = Mm(self.width * share)
        for n, (made, row) in enumerate(zip(table.rows, rows, strict=True)):
            properties = made._tr.get_or_add_trPr()
            properties.append(OxmlElement("w:cantSplit"))
            if n == 0:
                properties.append(OxmlElement("w:tblHeader"))
            for cell, content, share in zip(made.cells, row.children, shares, strict=True):
                cell.width = Mm(self.width * share)
                paragraph = cell.paragraphs[0]
                paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
                if "right" in str(content.attrs.get("style", "")):
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                _Writer(self.document, self.folder, self.width * share - 5).inline(paragraph, content)
                if n == 0:
                    cell._tc.get_or_add_tcPr().append(
                        parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:fill="DCE6F1"/>')
                    )
        self.document.add_paragraph().paragraph_format.space_after = 0

    def inline(self, paragraph: Paragraph, node: SyntaxTreeNode, *, bold: bool = False) -> None:
        """The texts and pictures of a block, or of a part of it that is set in bold."""
        from docx.shared import Mm

        for part in node.children:
            match part.type:
                case "inline" | "em" | "link":
                    self.inline(paragraph, part, bold=bold)
                case "strong":
                    self.inline(paragraph, part, bold=True)
                case "text" | "code_inline":
                    run = paragraph.add_run(part.content)
                    run.bold = bold or None
                    if part.type == "code_inline":
                        run.font.name = CODE
                case "softbreak" | "hardbreak":
                    paragraph.add_run().add_break()
                case "image":
                    picture = str(self.folder / str(part.attrs["src"]))
                    paragraph.add_run().add_picture(picture, width=Mm(self.width))
                case _:
                    raise ValueError(f"no way to write {part.type} in a document")


def _shares(rows: Sequence[SyntaxTreeNode]) -> list[float]:
    """How much of a table's width each column gets: by its longest text, in bounds."""
    longest = [max(map(_length, column)) for column in zip(*(row.children for row in rows), strict=True)]
    weights = [min(max(length, 8), 60) for length in longest]
    return [weight / sum(weights) for weight in weights]


def _length(node: SyntaxTreeNode) -> int:
    """How wide a cell's text is, in halves of a Chinese character."""
    return sum(1 + (ord(character) > 0xFF) for text in _texts(node) for character in text)


def _texts(node: SyntaxTreeNode) -> Iterator[str]:
    if node.type in ("text", "code_inline"):
        yield node.content
    for child in node.children:
        yield from _texts(child)
