"""Filling a Word template: the same values give the same bytes, and what a template may say is held in bounds."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xladdin.issues import Refused
from xladdin.workbook.package import packed, unpacked

if TYPE_CHECKING:
    from docx.table import Table
    from docx.text.paragraph import Paragraph

_OFFICE_STYLE = "发文机关标志"
"""The style in which a template shows whose document it is."""

_AFTER_SCALE = tuple(
    f"w:{name}" for name in ("kern", "position", "sz", "szCs", "highlight", "u", "shd", "vertAlign", "lang")
)
"""What the standard wants behind the width of letters."""

TEMPLATES = Path(__file__).resolve().parents[2] / "workbook_templates" / "documents"


def filled(template: Path, values: Mapping[str, Any], title: str) -> bytes:
    """The template with its places filled; `Refused` where it cannot be, naming the file and what is wrong.

    Templates are edited by hand: their expressions are run in jinja2's sandbox, and a name that is not given is an error.
    """
    try:
        import docxtpl
        from docx.oxml.ns import qn
        from jinja2 import StrictUndefined, TemplateError
        from jinja2.sandbox import SandboxedEnvironment
    except ModuleNotFoundError as error:
        raise Refused(
            f"这里的 Python 没有安装 {error.name}，不能生成文书；请在 Excel 功能区、命令行里生成，"
            "或给这个 Python 装上 docxtpl（Debian、统信、麒麟等系统：apt install python3-docxtpl）"
        ) from error
    if not template.is_file():
        raise Refused(f"找不到文书模板 {template}；请把它放回去，或重新安装")
    document = docxtpl.DocxTemplate(template)
    try:
        document.render(dict(values), SandboxedEnvironment(undefined=StrictUndefined), autoescape=True)
    except TemplateError as error:
        raise Refused(
            f"文书模板 {template.name} 里的“{{{{ }}}}”或“{{% %}}”写得不对：{error}；请改正模板，或换回原来的模板"
        ) from error
    except Exception as error:  # not a Word document, or one that is damaged
        raise Refused(f"文书模板 {template} 打不开（已损坏，或不是 .docx 文档）；请换回原来的模板") from error
    for table in document.docx.tables:
        _widen(table)
        for merged in list(table._tbl.iter(qn("w:vMerge"))):
            # The library puts it last, where the standard does not want it.
            cell = merged.getparent()
            cell.remove(merged)
            cell._insert_vMerge(merged)
    page = document.docx.sections[0]
    width = (page.page_width or 0) - (page.left_margin or 0) - (page.right_margin or 0)
    for paragraph in document.docx.paragraphs:
        if paragraph.style is not None and paragraph.style.name == _OFFICE_STYLE:
            _fit(paragraph, width)
    document.docx.core_properties.title = title
    out = io.BytesIO()
    document.save(out)
    return packed(unpacked(out.getvalue()))


def _widen(table: Table) -> None:
    """Give each column the width that its cells were given in the template, also where the template repeats one."""
    from docx.oxml.ns import qn

    cells = max((row._tr.tc_lst for row in table.rows), key=len)
    grid = table._tbl.tblGrid
    if len(grid.gridCol_lst) == len(cells):
        for column, cell in zip(grid.gridCol_lst, cells, strict=True):
            column.w = cell.width
        table._tbl.tblPr.find(qn("w:tblW")).set(qn("w:w"), str(sum(cell.width.twips for cell in cells)))


def _fit(paragraph: Paragraph, width: int) -> None:
    """Narrow the letters of a paragraph until it has one line, as is usual for an office with a long name."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    size = paragraph.style.font.size if paragraph.style else None
    needed = len(paragraph.text) * (size or 0)
    for run in paragraph.runs if needed > width else ():
        scale = OxmlElement("w:w")
        scale.set(qn("w:val"), str(100 * width // needed))
        run._r.get_or_add_rPr().insert_element_before(scale, *_AFTER_SCALE)
