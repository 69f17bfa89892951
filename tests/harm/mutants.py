"""Seeded damage: in the bytes, in the zip, in XML, in BIFF records, in cells, in JSON."""

from __future__ import annotations

import io
import json
import random
import re
import struct
import zipfile
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.returns.test_damage import declare


class Mutant(NamedTuple):
    """A damaged file and what was done to it."""

    data: bytes
    how: str


Change = Callable[[bytes, random.Random], bytes]


def mutant(name: str, data: bytes, dice: random.Random) -> Mutant:
    """One way of damage to a file, of those that its kind can take."""
    ways = _WAYS[name.rpartition(".")[2]]
    family, changes = dice.choice(ways)
    change = dice.choice(changes)
    return Mutant(change(data, dice), f"{family}: {change.__name__.strip('_')}")


# --- Bytes ------------------------------------------------------------------------------------------------------------


def _flipped(data: bytes, dice: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.choice((1, 1, 3, 30))):
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def _cut_off(data: bytes, dice: random.Random) -> bytes:
    return data[: dice.choice((dice.randrange(len(data)), len(data) - dice.randrange(1, 64), dice.randrange(64)))]


def _overwritten(data: bytes, dice: random.Random) -> bytes:
    start, length = dice.randrange(len(data)), dice.randrange(1, 600)
    fill = dice.choice((bytes(length), b"\xff" * length, dice.randbytes(length)))
    return (data[:start] + fill + data[start + length :])[: len(data)]


def _inserted(data: bytes, dice: random.Random) -> bytes:
    start = dice.choice((0, dice.randrange(len(data)), len(data)))
    return data[:start] + dice.randbytes(dice.randrange(1, 300)) + data[start:]


def _removed(data: bytes, dice: random.Random) -> bytes:
    start = dice.randrange(len(data))
    return data[:start] + data[start + dice.randrange(1, 300) :]


BYTES: list[Change] = [_flipped, _cut_off, _overwritten, _inserted, _removed]

# --- Zip --------------------------------------------------------------------------------------------------------------

Entry = tuple[str, bytes]


def _entries(data: bytes) -> list[Entry]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(info.filename, archive.read(info)) for info in archive.infolist()]


def _zip(entries: list[Entry], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", how) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name), content, how)
    return target.getvalue()


def _part_dropped(data: bytes, dice: random.Random) -> bytes:
    entries = _entries(data)
    del entries[dice.randrange(len(entries))]
    return _zip(entries)


def _part_emptied(data: bytes, dice: random.Random) -> bytes:
    entries = _entries(data)
    n = dice.randrange(len(entries))
    entries[n] = entries[n][0], dice.choice((b"", b"<", b"\xef\xbb\xbf", b"<a/>", dice.randbytes(50)))
    return _zip(entries)


def _parts_swapped(data: bytes, dice: random.Random) -> bytes:
    entries = _entries(data)
    a, b = dice.randrange(len(entries)), dice.randrange(len(entries))
    entries[a], entries[b] = (entries[a][0], entries[b][1]), (entries[b][0], entries[a][1])
    return _zip(entries)


def _part_renamed(data: bytes, dice: random.Random) -> bytes:
    entries = _entries(data)
    n = dice.randrange(len(entries))
    name = entries[n][0]
    other = dice.choice(
        (name.upper(), name.replace("/", "\\"), "/" + name, "../" + name, "x", "", f"{name}/", "C:" + name)
    )
    entries[n] = other or "。", entries[n][1]
    return _zip(entries)


def _part_twice(data: bytes, dice: random.Random) -> bytes:
    entries = _entries(data)
    name, content = dice.choice(entries)
    return _zip([*entries, (dice.choice((name, name.upper())), content[: dice.randrange(len(content) + 1)])])


def _size_declared(data: bytes, dice: random.Random) -> bytes:
    name, content = dice.choice([entry for entry in _entries(data) if entry[1]])
    return declare(
        _zip(_entries(data)), name, dice.choice((0, len(content) // 2, len(content) + 1, 1 << 26, (1 << 32) - 1))
    )


def _directory_changed(data: bytes, dice: random.Random) -> bytes:
    """Something else in the list of parts: flags, methods, offsets, lengths."""
    changed = bytearray(data)
    start = changed.rindex(b"PK\x01\x02")
    for _ in range(dice.randrange(1, 4)):
        changed[start + dice.randrange(4, 46)] = dice.choice((0, 1, 9, 0x41, 0xFF))
    return bytes(changed)


def _packed_otherwise(data: bytes, dice: random.Random) -> bytes:
    return _zip(_entries(data), dice.choice((zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)))


def _bomb(data: bytes, dice: random.Random) -> bytes:
    """A part of 30 MB that is packed to some kB."""
    entries = _entries(data)
    n = dice.randrange(len(entries))
    name, content = entries[n]
    piece = dice.choice((b" ", b"<a/>", b"<c><v>1</v></c>", b"0"))
    at = content.rfind(b"</")
    entries[n] = name, content[:at] + piece * (30_000_000 // len(piece)) + content[at:]
    return _zip(entries)


ZIP: list[Change] = [
    *(_part_dropped, _part_emptied, _parts_swapped, _part_renamed, _part_twice),
    *(_size_declared, _directory_changed, _packed_otherwise, _bomb),
]

# --- XML --------------------------------------------------------------------------------------------------------------

_LEAF = re.compile(rb"<([\w:.]+)(?:\s[^<>]*)?(?:/>|>[^<>]*</\1>)")
_ELEMENT = re.compile(
    rb"<(row|c|si|xf|sheet|numFmt|font|table:table-row|table:table-cell|text:p|Relationship|property)\b(?:\s[^<>]*)?(?:/>|>.*?</\1>)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(rb'\s([\w:]+)="([^"]*)"')
_TEXT = re.compile(rb">([^<>]+)<")

_NASTY = [
    *(
        "",
        " ",
        "0",
        "-1",
        "1",
        "2147483648",
        "99999999999999999999",
        "1e999",
        "NaN",
        "-0",
        "1_000",
        "０",
        "Ⅷ",
        "²",
        "1048576",
    ),
    *("true", "A0", "XFD1048576", "A1:XFD1048576", "A1:B", "$", "s", "d", "/etc/passwd", "..", "file:///etc/passwd"),
    *(
        "错误",
        "K01.1",
        "静安区",
        "黄浦区",
        "2022",
        "=1+1",
        "+1",
        "-2",
        "@SUM(A1)",
        "%s{0}{x}",
        "_xD800_",
        "_x0000_",
        "#REF!",
    ),
    *(
        "&#x10FFFF;",
        "&#9;",
        "a" * 40_000,
        "9" * 5000,
        "\u202e12",
        "\u200b",
        "12\n13",
        "12.5.1",
        "45%",
        "12个",
        "1，234",
        "－3",
    ),
]
_REFUSED_BY_XML = ["&#0;", "&#xD800;", "\x00", "&x;", "<", "]]>"]


def _in_part(change: Change) -> Change:
    """The change of a part, made in one of the package's; larger and better filled ones more often."""

    def changed(data: bytes, dice: random.Random) -> bytes:
        entries = _entries(data)
        texts = [n for n, (name, _content) in enumerate(entries) if name.endswith((".xml", ".rels"))]
        n = dice.choices(texts, [min(len(entries[n][1]), 20_000) + 2000 for n in texts])[0]
        entries[n] = entries[n][0], change(entries[n][1], dice)
        return _zip(entries)

    changed.__name__ = change.__name__
    return changed


def _one(pattern: re.Pattern[bytes], content: bytes, dice: random.Random) -> re.Match[bytes] | None:
    found = list(pattern.finditer(content))
    return dice.choice(found) if found else None


def _put(content: bytes, match: re.Match[bytes] | None, new: bytes, group: int = 0) -> bytes:
    return content if match is None else content[: match.start(group)] + new + content[match.end(group) :]


def _element_gone(content: bytes, dice: random.Random) -> bytes:
    return _put(content, _one(dice.choice((_LEAF, _ELEMENT)), content, dice), b"")


def _element_twice(content: bytes, dice: random.Random) -> bytes:
    match = _one(dice.choice((_LEAF, _ELEMENT)), content, dice)
    return _put(content, match, match[0] * dice.choice((2, 2, 3, 500)) if match else b"")


def _elements_swapped(content: bytes, dice: random.Random) -> bytes:
    found = list(dice.choice((_LEAF, _ELEMENT)).finditer(content))
    if len(found) < 2:
        return content
    first, second = sorted(dice.sample(found, 2), key=lambda match: match.start())
    between = content[first.end() : second.start()]
    return content[: first.start()] + second[0] + between + first[0] + content[second.end() :]


def _attribute_changed(content: bytes, dice: random.Random) -> bytes:
    return _put(content, _one(_ATTRIBUTE, content, dice), dice.choice(_NASTY).replace("&", "&amp;").encode(), 2)


def _attribute_gone(content: bytes, dice: random.Random) -> bytes:
    return _put(content, _one(_ATTRIBUTE, content, dice), b"")


def _attributes_exchanged(content: bytes, dice: random.Random) -> bytes:
    match, other = _one(_ATTRIBUTE, content, dice), _one(_ATTRIBUTE, content, dice)
    return _put(content, match, other[2], 2) if match and other else content


def _text_changed(content: bytes, dice: random.Random) -> bytes:
    return _put(content, _one(_TEXT, content, dice), dice.choice(_NASTY).encode(), 1)


def _text_refused_by_xml(content: bytes, dice: random.Random) -> bytes:
    return _put(content, _one(_TEXT, content, dice), dice.choice(_REFUSED_BY_XML).encode(), 1)


def _tag_renamed(content: bytes, dice: random.Random) -> bytes:
    match = _one(_LEAF, content, dice)
    return content if match is None else content.replace(b"<" + match[1], b"<" + match[1].upper(), dice.choice((1, -1)))


def _namespace_changed(content: bytes, dice: random.Random) -> bytes:
    found = list(re.finditer(rb'xmlns(?::\w+)?="([^"]+)"', content))
    return _put(content, dice.choice(found), b"urn:x", 1) if found else content


def _declared(content: bytes, dice: random.Random) -> bytes:
    declarations = (
        b'<!DOCTYPE a [<!ENTITY x "1">]>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        b'<?xml version="1.0" encoding="utf-7"?>',
        b'<?xml version="1.0" encoding="x-none"?>',
    )
    start = content.find(b"?>") + 2 if content.startswith(b"<?xml") else 0
    declaration = dice.choice(declarations)
    return (
        declaration + content[start:]
        if declaration.startswith(b"<?xml")
        else content[:start] + declaration + content[start:]
    )


def _encoded_otherwise(content: bytes, dice: random.Random) -> bytes:
    text = re.sub(r"^<\?xml[^>]*\?>", "", content.decode("utf-8", "replace"))
    encoding = dice.choice(("utf-16", "gb18030", "latin-1"))
    declared = encoding if encoding == "utf-16" else "utf-8"
    return f'<?xml version="1.0" encoding="{declared}"?>{text}'.encode(encoding, "replace")


def _nested(content: bytes, dice: random.Random) -> bytes:
    depth = dice.choice((200, 5000, 100_000))
    at = content.rfind(b"</")
    return content[:at] + b"<a>" * depth + b"</a>" * depth + content[at:]


def _many(content: bytes, dice: random.Random) -> bytes:
    match = _one(_LEAF, content, dice)
    at = content.rfind(b"</")
    return content[:at] + (match[0] if match else b"<a/>") * dice.choice((2000, 60_000)) + content[at:]


def _xml_cut_off(content: bytes, dice: random.Random) -> bytes:
    return content[: dice.randrange(len(content))]


XML: list[Change] = [
    _in_part(change)
    for change in (
        *(_element_gone, _element_twice, _elements_swapped, _attribute_changed, _attribute_gone, _attributes_exchanged),
        *(_text_changed, _text_refused_by_xml, _tag_renamed, _namespace_changed, _declared, _encoded_otherwise),
        *(_nested, _many, _xml_cut_off, _flipped),
    )
]

# --- Cells of .xlsx ---------------------------------------------------------------------------------------------------

_CELL = re.compile(rb'<c r="([A-Z]+)([0-9]+)"([^<>]*?)(?:/>|>(.*?)</c>)', re.DOTALL)
_ROW = re.compile(rb'<row r="([0-9]+)"[^<>]*?>.*?</row>', re.DOTALL)


def _on_a_sheet(change: Change) -> Change:
    def changed(data: bytes, dice: random.Random) -> bytes:
        entries = _entries(data)
        sheets = [n for n, (name, _content) in enumerate(entries) if "worksheets/sheet" in name]
        n = dice.choices(sheets, [len(entries[n][1]) for n in sheets])[0]
        entries[n] = entries[n][0], change(entries[n][1], dice)
        return _zip(entries)

    changed.__name__ = change.__name__
    return changed


def _some_cell(content: bytes, dice: random.Random) -> re.Match[bytes]:
    """A cell; those in which people type more often than texts of the form."""
    found = list(_CELL.finditer(content))
    filled = [match for match in found if match[4]]
    numbers = [match for match in filled if b"<v>" in match[4] and b"<f" not in match[4] and b't="s"' not in match[3]]
    return dice.choice(dice.choice((found, filled, numbers or filled, numbers or filled)))


def _with(content: bytes, match: re.Match[bytes], attributes: bytes, inner: bytes) -> bytes:
    style = re.search(rb' s="\d+"', match[3])
    cell = b'<c r="' + match[1] + match[2] + b'"' + (style[0] if style else b"") + attributes + b">" + inner + b"</c>"
    return _put(content, match, cell)


def _typed_over(content: bytes, dice: random.Random) -> bytes:
    match, nasty = _some_cell(content, dice), dice.choice(_NASTY).replace("&", "&amp;").encode()
    kinds = (
        (b"", b"<v>" + nasty + b"</v>"),
        (b' t="inlineStr"', b'<is><t xml:space="preserve">' + nasty + b"</t></is>"),
        (b' t="inlineStr"', b"<is><r><rPr><strike/></rPr><t>1</t></r><r><t>" + nasty + b"</t></r></is>"),
        (b' t="str"', b"<v>" + nasty + b"</v>"),
        (b' t="s"', b"<v>" + nasty + b"</v>"),
        (b' t="b"', b"<v>" + nasty + b"</v>"),
        (b' t="e"', b"<v>" + nasty + b"</v>"),
        (b' t="d"', b"<v>2023-01-01</v>"),
        (b"", b"<f>" + nasty + b"</f><v>1</v>"),
        (b' t="str"', b'<f>HYPERLINK("http://x","1")</f><v>1</v>'),
    )
    return _with(content, match, *dice.choice(kinds))


def _cleared(content: bytes, dice: random.Random) -> bytes:
    return _with(content, _some_cell(content, dice), b"", b"")


def _cells_swapped(content: bytes, dice: random.Random) -> bytes:
    """Two cells of a column: codes, names of districts, amounts."""
    found = [match for match in _CELL.finditer(content) if match[4]]
    column = dice.choice(sorted({match[1] for match in found}))
    own = [match for match in found if match[1] == column]
    if len(own) < 2:
        return content
    first, second = sorted(dice.sample(own, 2), key=lambda match: match.start())
    moved = (
        b'<c r="' + match[1] + match[2] + b'"' + other[3] + b">" + other[4] + b"</c>"
        for match, other in ((first, second), (second, first))
    )
    return (
        content[: first.start()]
        + next(moved)
        + content[first.end() : second.start()]
        + next(moved)
        + content[second.end() :]
    )


def _cell_restyled(content: bytes, dice: random.Random) -> bytes:
    match = _some_cell(content, dice)
    attributes = re.sub(rb' s="\d+"', b"", match[3]) + b' s="' + str(dice.randrange(60)).encode() + b'"'
    return _put(
        content, match, b'<c r="' + match[1] + match[2] + b'"' + attributes + b">" + (match[4] or b"") + b"</c>"
    )


def _cell_moved(content: bytes, dice: random.Random) -> bytes:
    match = _some_cell(content, dice)
    address = dice.choice((b"ZZ9", b"A1", b"k5", b"$A$1", b"A" + match[2], match[1] + b"7", match[1] + b"6000", b"?"))
    return _put(content, match, match[0].replace(match[1] + match[2], address, 1))


def _row_gone(content: bytes, dice: random.Random) -> bytes:
    return _put(content, _one(_ROW, content, dice), b"")


def _row_twice(content: bytes, dice: random.Random) -> bytes:
    """A row once more below all others."""
    match = _one(_ROW, content, dice)
    if match is None:
        return content
    last = max(int(row[1]) for row in _ROW.finditer(content)) + 1
    copied = re.sub(rb'r="([A-Z]*)' + match[1] + rb'"', rb'r="\g<1>%d"' % last, match[0])
    return content.replace(b"</sheetData>", copied + b"</sheetData>")


def _rows_swapped(content: bytes, dice: random.Random) -> bytes:
    found = list(_ROW.finditer(content))
    if len(found) < 2:
        return content
    first, second = sorted(dice.sample(found, 2), key=lambda match: match.start())
    moved = [
        re.sub(rb'r="([A-Z]*)' + row[1] + rb'"', rb'r="\g<1>%b"' % other[1], row[0])
        for row, other in ((second, first), (first, second))
    ]
    return (
        content[: first.start()] + moved[0] + content[first.end() : second.start()] + moved[1] + content[second.end() :]
    )


def _merged(content: bytes, dice: random.Random) -> bytes:
    match = _some_cell(content, dice)
    row = int(match[2])
    area = match[1] + match[2] + b":" + dice.choice((match[1], b"Z", b"XFD")) + str(row + dice.randrange(5)).encode()
    return content.replace(b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="' + area + b'"/></mergeCells>', 1)


CELLS: list[Change] = [
    _on_a_sheet(change)
    for change in (
        *(_typed_over, _typed_over, _typed_over, _cleared, _cells_swapped, _cell_restyled, _cell_moved),
        *(_row_gone, _row_twice, _rows_swapped, _merged),
    )
]

# --- Records of .xls --------------------------------------------------------------------------------------------------


def _records(data: bytes) -> list[tuple[int, int]]:
    """Where the records of the workbook's stream begin and how long they are; its sectors lie one after the other."""
    at, found = data.index(b"\x09\x08\x10\x00\x00\x06\x05\x00"), []
    while at + 4 <= len(data):
        kind, length = struct.unpack_from("<HH", data, at)
        if not kind and not length:
            break
        found.append((at, 4 + length))
        at += 4 + length
    return found


def _record_changed(data: bytes, dice: random.Random) -> bytes:
    """Something else in a record's kind, length or contents."""
    at, length = dice.choice(_records(data))
    changed = bytearray(data)
    for _ in range(dice.randrange(1, 5)):
        changed[at + dice.randrange(length)] = dice.choice((0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256)))
    return bytes(changed)


def _record_of_another_kind(data: bytes, dice: random.Random) -> bytes:
    at, _length = dice.choice(_records(data))
    kind = dice.choice((0x203, 0x204, 0xFD, 0x27E, 0xBD, 0x6, 0x205, 0xE5, 0xFC, 0x85, 0x809, 0xA, 0x3C, 0xFFFF, 0x2F))
    return data[:at] + struct.pack("<H", kind) + data[at + 2 :]


def _records_swapped(data: bytes, dice: random.Random) -> bytes:
    records = _records(data)
    (a, m), (b, n) = sorted(dice.sample(records, 2))
    return data[:a] + data[b : b + n] + data[a + m : b] + data[a : a + m] + data[b + n :]


def _container_changed(data: bytes, dice: random.Random) -> bytes:
    """Something else in the container's head: sector sizes, chains, the directory."""
    changed = bytearray(data)
    for _ in range(dice.randrange(1, 4)):
        changed[dice.choice((dice.randrange(512), len(data) - dice.randrange(1, 2048)))] = dice.choice(
            (0, 1, 9, 0xFE, 0xFF)
        )
    return bytes(changed)


BIFF: list[Change] = [_record_changed, _record_changed, _record_of_another_kind, _records_swapped, _container_changed]

# --- JSON -------------------------------------------------------------------------------------------------------------

_VALUES: list[Any] = [
    *(None, True, 0, -1, 1.5, 10**400, float("nan"), float("inf"), "", "x", "=1+1", "\ud800", "a" * 40_000),
    *([], {}, [[]], {"x": {}}, "2022", "missing", [1, 2]),
]


def _places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    pairs = list(data.items()) if isinstance(data, dict) else list(enumerate(data)) if isinstance(data, list) else []
    return [place for key, value in pairs for place in ((*path, key), *_places(value, (*path, key)))]


def _in_json(change: Callable[[Any, Any, random.Random], None]) -> Change:
    def changed(data: bytes, dice: random.Random) -> bytes:
        whole = json.loads(data)
        places = [p for p in _places(whole) if dice.random() < 0.02 or len(p) < 3] or _places(whole)
        *path, key = dice.choice(places)
        holder = whole
        for step in path:
            holder = holder[step]
        change(holder, key, dice)
        return json.dumps(whole, ensure_ascii=False).encode("utf-8", "surrogatepass")

    changed.__name__ = change.__name__
    return changed


def _value_replaced(holder: Any, key: Any, dice: random.Random) -> None:
    holder[key] = dice.choice(_VALUES)


def _value_gone(holder: Any, key: Any, _dice: random.Random) -> None:
    del holder[key]


def _value_twice(holder: Any, key: Any, _dice: random.Random) -> None:
    if isinstance(holder, list):
        holder.append(holder[key])
    else:
        holder["x"] = holder[key]


def _json_nested(data: bytes, dice: random.Random) -> bytes:
    depth = dice.choice((900, 5000, 200_000))
    return dice.choice(
        (b"[" * depth, b'{"a":' * depth, b"[" * depth + b"]" * depth, data.replace(b"[", b"[" * depth, 1))
    )


JSON: list[Change] = [
    *map(_in_json, (_value_replaced, _value_replaced, _value_gone, _value_twice)),
    _json_nested,
    *BYTES,
]

# --- Archives ---------------------------------------------------------------------------------------------------------

_NAMES = [
    "../../x.xlsx",
    "/etc/x.xlsx",
    "C:\\x.xlsx",
    "..",
    "x\x00y.xlsx",
    "区填报表_黄浦区.xlsx",
    "\u202e.xlsx",
    "a/" * 200,
    "x" * 3000,
]


def _named_otherwise(data: bytes, dice: random.Random) -> bytes:
    return _zip([(dice.choice(_NAMES), content) for _name, content in _entries(data)])


def _within(data: bytes, dice: random.Random) -> bytes:
    """A workbook in the archive damaged."""
    return _zip([(name, mutant("x.xlsx", content, dice).data) for name, content in _entries(data)])


def _archive_in_itself(data: bytes, _dice: random.Random) -> bytes:
    return _zip([*_entries(data), ("长宁区.zip", data)])


ARCHIVE: list[Change] = [_named_otherwise, _within, _within, _archive_in_itself]

_WAYS: dict[str, list[tuple[str, list[Change]]]] = {
    "xlsx": [("bytes", BYTES), ("zip", ZIP), ("XML", XML), ("XML", XML), ("cells", CELLS), ("cells", CELLS)],
    "xlsm": [("bytes", BYTES), ("zip", ZIP), ("XML", XML), ("cells", CELLS), ("cells", CELLS)],
    "ods": [("bytes", BYTES), ("zip", ZIP), ("XML", XML), ("XML", XML), ("XML", XML)],
    "docx": [("bytes", BYTES), ("zip", ZIP), ("XML", XML), ("XML", XML)],
    "xls": [("bytes", BYTES), ("BIFF", BIFF), ("BIFF", BIFF), ("BIFF", BIFF)],
    "zip": [
        ("bytes", BYTES),
        ("zip", [change for change in ZIP if change is not _bomb]),
        ("archive", ARCHIVE),
        ("archive", ARCHIVE),
    ],
    "json": [("JSON", JSON)],
}
