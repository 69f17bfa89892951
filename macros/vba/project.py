"""Puts a VBA project into a workbook that has none, without Excel."""

from __future__ import annotations

import re
import struct
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pyopenvba import ExcelFile, VBAModuleKind
from pyopenvba.cfb import CFB
from pyopenvba.vba import compress, decompress

from macros.vba.modules import Module
from xladdin.workbook.package import DOS, Parts, packed, unpacked

PROJECT_NAME = "FineScore"

PROJECT_PART = "xl/vbaProject.bin"

_NO_CACHE = bytes.fromhex("cc61 ffff 00 0000")
"""The stream _VBA_PROJECT as [MS-OVBA] 2.3.4.1 wants it written: no version, no compiled code."""

_COOKIE = 0xFFFF
"""What [MS-OVBA] 2.3.4.2.3 wants written."""

_PROJECT_NAME_RECORD = 0x0004
_PROJECT_VERSION_RECORD = 0x0009

_KINDS = {"standard": VBAModuleKind.standard, "class": VBAModuleKind.other}


def with_project(parts: Parts, modules: Sequence[Module]) -> Parts:
    """The parts of a workbook and a VBA project: the modules, and one document module for each sheet.

    The workbook and its sheets get the code names that tie them to their modules.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "book.xlsm")
        path.write_bytes(packed(parts, DOS))
        with ExcelFile(path) as book:
            project = book.add_vba_project()
            for module in modules:
                if module.kind == "document":
                    book.set_module(module.name, module.source)
                else:
                    project.add_module(module.name, module.source, kind=_KINDS[module.kind])
            for part in project.modules:
                part.dirty = True  # written from its text alone, without what another Excel compiled from it
                part.cookie = _COOKIE
            project.project_cookie = _COOKIE
            book.save()
        result = unpacked(path.read_bytes())
    result[PROJECT_PART] = _named(result[PROJECT_PART])
    return result


def _named(project: bytes) -> bytes:
    """The project with our name and without a cache."""
    streams = CFB.from_bytes(project)
    text = streams.get_stream("PROJECT").decode("ascii")
    text, times = re.subn(r'^Name="[^"]*"', f'Name="{PROJECT_NAME}"', text, flags=re.MULTILINE)
    if times != 1:
        raise ValueError(f"the project has {times} names, not one")
    streams.write_stream("PROJECT", text.encode("ascii"))
    records = decompress(streams.get_stream_in_storage("VBA", "dir"), stream_name="VBA/dir")
    streams.write_stream_in_storage("VBA", "dir", compress(_renamed(records)))
    streams.write_stream_in_storage("VBA", "_VBA_PROJECT", _NO_CACHE)
    written: bytes = streams.to_bytes()
    return written


def _renamed(records: bytes) -> bytes:
    """The dir stream's records with our project name, [MS-OVBA] 2.3.4.2."""
    at = 0
    while at < len(records):
        kind, size = struct.unpack_from("<HI", records, at)
        end = at + struct.calcsize("<HI") + size
        if kind == _PROJECT_NAME_RECORD:
            name = PROJECT_NAME.encode("ascii")
            return records[:at] + struct.pack("<HI", kind, len(name)) + name + records[end:]
        at = end + (2 if kind == _PROJECT_VERSION_RECORD else 0)  # the one record longer than it says
    raise ValueError("the project has no name")
