"""Workbook packages as their parts, for putting other parts in."""

from __future__ import annotations

import io
import zipfile

Parts = dict[str, bytes]
"""The parts of a package by name, in their order in the file."""

_EPOCH = (1980, 1, 1, 0, 0, 0)


def unpacked(data: bytes) -> Parts:
    """The parts of a package of our own making."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {info.filename: package.read(info) for info in package.infolist()}


def packed(parts: Parts) -> bytes:
    """The package; the same parts give the same bytes."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 0  # whatever the system it is built on
            package.writestr(info, content)
    return data.getvalue()


def replaced(parts: Parts, part: str, old: str, new: str) -> None:
    """Replace, in place, a text that stands exactly once in a part; `ValueError` if it does not."""
    text = parts[part].decode("utf-8")
    if text.count(old) != 1:
        raise ValueError(f"{part} has {text.count(old)} times, not once: {old}")
    parts[part] = text.replace(old, new).encode("utf-8")
