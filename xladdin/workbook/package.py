"""Zip packages of workbooks: refusing hostile ones before any parser sees them, and replacing cells in our own."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from html import escape
from io import BytesIO
from xml.etree import ElementTree

MAX_UNPACKED = 64 * 1024 * 1024
MAX_PARTS = 2000

_EPOCH = (1980, 1, 1, 0, 0, 0)


class HostilePackage(ValueError):
    """A package whose contents would unpack to more than any form needs."""


def open_package(data: bytes) -> zipfile.ZipFile:
    """The package, with its declared sizes checked; `zipfile.BadZipFile` or `HostilePackage` if it is not fit to read."""
    package = zipfile.ZipFile(BytesIO(data))
    infos = package.infolist()
    if len(infos) > MAX_PARTS or sum(i.file_size for i in infos) > MAX_UNPACKED:
        raise HostilePackage
    return package


def sheet_parts(package: zipfile.ZipFile) -> dict[str, str]:
    """The part of each worksheet by sheet name, in the workbook's order."""
    workbook = _workbook_part(package)
    folder, _, name = workbook.rpartition("/")
    relations = ElementTree.fromstring(package.read(f"{folder}/_rels/{name}.rels"))
    targets = {r.get("Id"): r.get("Target", "") for r in relations}
    parts = {}
    for sheet in ElementTree.fromstring(package.read(workbook)).iter():
        if sheet.tag.endswith("}sheet"):
            relation = next((v for k, v in sheet.attrib.items() if k.endswith("}id")), "")
            target = targets.get(relation, "")
            part = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
            parts[sheet.get("name", "")] = part
    return parts


def _workbook_part(package: zipfile.ZipFile) -> str:
    for relation in ElementTree.fromstring(package.read("_rels/.rels")):
        if relation.get("Type", "").endswith("/officeDocument"):
            return relation.get("Target", "").lstrip("/")
    raise KeyError("no workbook part")


def custom_properties(package: zipfile.ZipFile) -> dict[str, str]:
    """The text properties of docProps/custom.xml by name."""
    try:
        root = ElementTree.fromstring(package.read("docProps/custom.xml"))
    except KeyError:
        return {}
    return {p.get("name", ""): "".join(p.itertext()) for p in root}


_CELL = re.compile(
    rb'<c r="([A-Z]+[0-9]+)"(?: s="([0-9]+)")?(?: t="[a-zA-Z]+"(?: [a-z]+="[^"]*")*)?(?:/>|>(<f>[^<]*</f>)?(?:<v>[^<]*</v>|<v/>|<is>.*?</is>)?</c>)'
)


def rewrite(
    data: bytes,
    texts: Mapping[str, str],
    cells: Mapping[str, Mapping[str, str | float | None]] | None = None,
    cell_styles: Mapping[str, Mapping[str, bytes]] | None = None,
) -> bytes:
    """A copy of one of our own workbooks with texts and cells replaced.

    `texts` replaces placeholders wherever they stand; `cells` gives new values by sheet and A1 reference (a formula stays
    and gets the value as its result), `cell_styles` new style indexes. Every cell named must exist in the file.
    """
    source = open_package(data)
    parts = {part: name for name, part in sheet_parts(source).items()} if cells else {}
    replaced = [(escape(k, quote=False).encode(), escape(v, quote=False).encode()) for k, v in texts.items()]
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for info in source.infolist():
            content = source.read(info)
            for old, new in replaced:
                content = content.replace(old, new)
            sheet = parts.get(info.filename, "")
            if cells and sheet in cells:
                content = _set_cells(content, cells[sheet], (cell_styles or {}).get(sheet, {}))
            fresh = zipfile.ZipInfo(info.filename, _EPOCH)
            fresh.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(fresh, content)
    return target.getvalue()


def style_of(data: bytes, sheet: str, reference: str) -> bytes:
    """The style index of a cell of one of our own workbooks."""
    package = open_package(data)
    for match in _CELL.finditer(package.read(sheet_parts(package)[sheet])):
        if match[1].decode() == reference:
            return match[2] or b"0"
    raise KeyError(f"{sheet}!{reference}")


def _set_cells(xml: bytes, values: Mapping[str, str | float | None], cell_styles: Mapping[str, bytes]) -> bytes:
    pending = set(values)

    def replace(match: re.Match[bytes]) -> bytes:
        reference = match[1].decode()
        if reference not in values:
            return match[0]
        pending.discard(reference)
        value = values[reference]
        style = cell_styles.get(reference, match[2])
        head = b'<c r="' + match[1] + b'"' + (b' s="' + style + b'"' if style else b"")
        formula = match[3] or b""
        if value is None:
            return head + (b">" + formula + b"</c>" if formula else b"/>")
        if isinstance(value, str):
            text = escape(value, quote=False).encode()
            if formula:
                return head + b' t="str">' + formula + b"<v>" + text + b"</v></c>"
            return head + b' t="inlineStr"><is><t xml:space="preserve">' + text + b"</t></is></c>"
        return head + b">" + formula + b"<v>" + f"{value:.15g}".encode() + b"</v></c>"

    changed = _CELL.sub(replace, xml)
    if pending:
        raise KeyError(f"cells not in the sheet: {', '.join(sorted(pending))}")
    return changed
