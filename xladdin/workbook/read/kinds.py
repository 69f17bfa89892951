"""What a file is that is no workbook which can be read, known by how it begins."""

from __future__ import annotations

from xladdin.workbook.unreadable import UNPACK, Unreadable, UnreadableWorkbook

_ENCRYPTED = (b"E-SafeNet", b"%TSD-Header-###%", b"TIPRAYH", b"IP-guard", b"LDENCRYPT")
"""In the first bytes of files that document-encryption software has wrapped."""

_SCAN = "扫描件、照片、打印件不能计分，请报送单位另报填好的 .xlsx 原表"
_SAVE_AS = "用 Excel、WPS 或 LibreOffice 打开后另存为 .xlsx，或请报送单位报送 .xlsx"

_BEGINNINGS = (
    (b"%PDF", "是 PDF 文件（扫描件或打印件）", _SCAN),
    (b"\xff\xd8\xff", "是图片（照片或扫描件）", _SCAN),
    (b"\x89PNG", "是图片（照片或扫描件）", _SCAN),
    (b"GIF8", "是图片（照片或扫描件）", _SCAN),
    (b"BM", "是图片（照片或扫描件）", _SCAN),
    (b"II*\x00", "是图片（照片或扫描件）", _SCAN),
    (b"MM\x00*", "是图片（照片或扫描件）", _SCAN),
    (b"Rar!", "是 RAR 压缩包，未打开", UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "是 7z 压缩包，未打开", UNPACK),
    (b"\x1f\x8b", "是 gzip 压缩包，未打开", UNPACK),
    (b"{\\rtf", "是 RTF 文档", ""),
)
_HTML = (b"<html", b"<!doctype html", b"<table", b"mime-version:")


def unknown(data: bytes) -> UnreadableWorkbook:
    """The refusal of what does not begin as a workbook does, saying what it is as far as that shows."""
    beginning = data[:1024]
    if any(mark in beginning for mark in _ENCRYPTED):
        return UnreadableWorkbook(Unreadable.ENCRYPTED)
    return UnreadableWorkbook(Unreadable.NOT_A_WORKBOOK, *_what(beginning))


def _what(beginning: bytes) -> tuple[str, str]:
    """What it is, as far as that shows, and what to do."""
    for mark, what, remedy in _BEGINNINGS:
        if beginning.startswith(mark):
            return what, remedy
    text = beginning.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith(_HTML) or b"<html" in text:
        return "是网页文件，不是工作簿", ""
    if text.startswith(b"<?xml"):
        is_table = b"excel.sheet" in text or b"office:spreadsheet" in text or b"opendocument" in text
        return ("是 XML 电子表格（如 .fods）", _SAVE_AS) if is_table else ("是 XML 文件", "")
    if not _BINARY.intersection(beginning):
        return "是文本文件（如 .csv），不是工作簿", ""
    return "", ""


_BINARY = frozenset((*range(9), 11, 12, *range(14, 32)))
"""Bytes that no text in any encoding of ours has."""
