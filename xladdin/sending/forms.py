"""Sending out: the blank official workbook, and the districts' copies made from it."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from xladdin.files import Progress, write_new, write_whole
from xladdin.forms import issued
from xladdin.forms.layout import form_layout
from xladdin.forms.native import native_formulas
from xladdin.forms.view import Shown, form_view
from xladdin.forms.writer import GIVEN_TEXT, write_form
from xladdin.issues import Refused
from xladdin.results.consolidation import DistrictResult
from xladdin.results.master import MASTER_FILE, assigned_districts, master_workbook, with_targets
from xladdin.returns.targets import Targets
from xladdin.scheme.book.stamps import is_from_workbook
from xladdin.scheme.model import District, Scheme
from xladdin.words import (
    COVER,
    DISTRICT_PLACEHOLDER,
    FIRST_CHECK,
    FORM_KIND,
    ISSUED_SCHEME_FILE,
    MASTER_KIND,
    NUMBER_PLACEHOLDER,
    SCHEME_FILE,
    TARGET,
    form_file_name,
)
from xladdin.workbook import package
from xladdin.workbook.cells import cell_name
from xladdin.workbook.read.reader import read_bytes

TEMPLATES = Path(__file__).resolve().parents[2] / "workbook_templates"
BLANK_FORM = f"{FORM_KIND}.xlsx"
ADDIN_FILE = "FineScore.xlam"
EXTENSION_FILE = "FineScore.oxt"
FIRST_CHECK_FILE = f"{FIRST_CHECK}.xlsx"
MANIFEST = "MANIFEST.toml"


def blank_form(scheme: Scheme) -> bytes:
    """The blank official 区填报表, built from the scheme. The same scheme gives the same bytes."""
    layout = form_layout(scheme)
    issued = scheme.source.issued
    created = datetime(issued.year, issued.month, issued.day, tzinfo=UTC)
    return write_form(layout, native_formulas(layout), form_view(layout, {}), created)


def build_templates(scheme: Scheme, folder: Path = TEMPLATES) -> list[Path]:
    """Write the blank form, and the manifest of the folder."""
    write_whole(folder / BLANK_FORM, blank_form(scheme))
    return [folder / BLANK_FORM, write_manifest(scheme, folder)]


def write_manifest(scheme: Scheme, folder: Path = TEMPLATES) -> Path:
    """Write down the scheme's version and the checksums of the workbooks in the folder."""
    lines = ["# 由 xladdin build-templates 和 xladdin addin build 生成，请勿手改。\n"]
    lines += [f'scheme = "{scheme.source.version}"', f'document = "{scheme.source.number}"']
    for name in (BLANK_FORM, MASTER_FILE, ADDIN_FILE, EXTENSION_FILE, FIRST_CHECK_FILE):
        if (folder / name).is_file():
            digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
            lines.append(f'\n[[file]]\nname = "{name}"\nsha256 = "{digest}"')
    write_whole(folder / MANIFEST, ("\n".join(lines) + "\n").encode())
    return folder / MANIFEST


def stored_template(scheme: Scheme, name: str, folder: Path = TEMPLATES) -> bytes | None:
    """A workbook of the templates folder, checked against the manifest; nothing where it is another scheme's.

    An office's own scheme may be of a year for which the product has one, and is not that one. In LibreOffice's extension
    there is none of them: no manifest lists any.
    """
    command = "build-templates" if name == BLANK_FORM else "addin build"
    if not (folder / MANIFEST).is_file():
        return None
    try:
        manifest = tomllib.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        data = (folder / name).read_bytes()
    except OSError as error:
        raise Refused(f"找不到空白模板（{error.filename}）；请运行 xladdin {command}") from error
    listed = {entry["name"]: entry["sha256"] for entry in manifest["file"]}
    if manifest["scheme"] != scheme.source.version or is_from_workbook(scheme):
        return None
    if listed.get(name) != hashlib.sha256(data).hexdigest():
        raise Refused(f"空白模板 {name} 与清单不符（被改动或已过期）；请运行 xladdin {command}")
    return data


def plain_master(scheme: Scheme) -> tuple[str, bytes]:
    """考核总表 without macros: the add-in brings its functions and buttons."""
    return f"{MASTER_KIND}.xlsx", master_workbook(scheme)


def district_copy(
    scheme: Scheme, blank: bytes, district: District, issue: int, assigned: DistrictResult | None = None
) -> bytes:
    """A district's copy of the blank form, stamped with whose it is.

    Where it is known what is `assigned`, 任务量 is filled in and locked, where nothing is assigned as well; what is left to
    the district stays as it is.
    """
    number = scheme.source.issue_number(f"{scheme.district_names.index(district.name) + 1:02d}", issue)
    texts = {DISTRICT_PLACEHOLDER: district.name, NUMBER_PLACEHOLDER: number}
    fields = assigned.layers.fields if assigned and assigned.layers else {}
    own = {code: field.reported.assigned for code, field in fields.items() if field.reported.assigned}
    texts.update(zip(issued.placeholders(scheme), issued.texts(scheme, district.name, own), strict=True))
    if assigned is None or assigned.layers is None:
        return package.rewrite(blank, texts)
    layout = form_layout(scheme)
    cells: dict[str, dict[str, Shown | None]] = {}
    entries = assigned.layers.entries
    for (sheet, row, at), value in form_view(layout, entries, scored=assigned.scored).items():
        cells.setdefault(sheet, {})[cell_name(row, at)] = value
    looks: dict[str, dict[str, bytes]] = {}
    for code, cell in own.items():
        annex = layout.annex_of(code)
        name = cell_name(annex.fields[code], annex.column(TARGET))
        cells[annex.sheet][name] = float(cell.value) if isinstance(cell.value, Decimal) else None
        looks.setdefault(annex.sheet, {})[name] = _given_look(blank, scheme.source.say(GIVEN_TEXT))
    return package.rewrite(blank, texts, cells, looks)


@lru_cache(maxsize=1)
def _given_look(blank: bytes, legend: str) -> bytes:
    """The style of the legend's cell that shows how an issued 任务量 looks."""
    cover = next(sheet for sheet in read_bytes(blank).sheets if sheet.name == COVER)
    for row, cells in enumerate(cover.rows):
        if cells and cells[0] == legend:
            return package.style_of(blank, COVER, cell_name(row, 0))
    raise Refused(f"空白模板中没有“{legend}”图例；请运行 xladdin build-templates")


def distribute(
    scheme: Scheme,
    out: Path,
    *,
    targets: Targets | None = None,
    issue: int = 1,
    templates: Path = TEMPLATES,
    build_master: Callable[[Scheme], tuple[str, bytes]] = plain_master,
    progress: Progress | None = None,
) -> list[Path]:
    """Write a 区填报表 for every district and 考核总表 into the folder; all of them are made before the first is written.

    Of a year that is not the one of the stored templates both are built here; `build_master` gives 考核总表's name and bytes.
    """
    blank = stored_template(scheme, BLANK_FORM, templates) or blank_form(scheme)
    stored_master = stored_template(scheme, MASTER_FILE, templates)
    master_name, master = (MASTER_FILE, stored_master) if stored_master else build_master(scheme)
    assigned = None if targets is None else assigned_districts(scheme, targets)
    copies: dict[Path, bytes] = {}
    for step, district in enumerate(scheme.districts):
        if progress:
            progress(step, len(scheme.districts), district.name)
        own = assigned[step] if assigned else None
        copies[out / form_file_name(district.name, scheme.source.form_kind)] = district_copy(
            scheme, blank, district, issue, own
        )
    copies[out / master_name] = with_targets(scheme, master, assigned) if assigned else master
    if is_from_workbook(scheme):  # it may be changed afterwards
        copies[out / ISSUED_SCHEME_FILE] = scheme.files[SCHEME_FILE]
    if progress:  # the last moment at which nothing is written yet
        progress(len(scheme.districts), len(scheme.districts), "")
    write_new(copies)
    return list(copies)
