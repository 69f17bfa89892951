"""`FineScore.oxt`, built without LibreOffice. The same inputs give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import distribution
from pathlib import Path
from xml.sax.saxutils import escape

import xlsxwriter

import xladdin
from macros.actions import BY_ID, TAB
from macros.calc import wizard
from macros.calc.events import EVENTS
from macros.shared import SHARED
from udfs.catalogue import CATEGORY, FUNCTIONS
from udfs.defaults import scheme
from udfs.registration import argument_text
from xladdin.workbook.package import package_of, part

IDENTIFIER = "org.finescore.calc"

_ROOT = Path(__file__).parents[2]
_LEFT_OUT = (
    "__main__.py",
    "ranges.py",
    "calc/build.py",
    "calc/component.py",
)
"""What only works outside LibreOffice, or builds the extension."""

_SHARED = ("actions", "documents", "drawing", "host", "master", "rounds", "schemes", "scoring", "sending", "shared")
"""The modules of `macros` that both programs' actions need."""

_MEDIA_TYPES = {
    "interface.idl": "application/vnd.sun.star.uno-typelibrary;type=RDB",
    "component.py": "application/vnd.sun.star.uno-component;type=Python",
    "CalcAddIns.xcu": "application/vnd.sun.star.configuration-data",
    "Jobs.xcu": "application/vnd.sun.star.configuration-data",
    "ProtocolHandler.xcu": "application/vnd.sun.star.configuration-data",
    "Addons.xcu": "application/vnd.sun.star.configuration-data",
    "CalcWindowState.xcu": "application/vnd.sun.star.configuration-data",
}

_PROTOCOL = "org.finescore:"
"""What the addresses of the menu's entries begin with."""


def extension() -> bytes:
    """The bytes of the extension."""
    parts = {
        "META-INF/manifest.xml": _manifest(),
        "description.xml": _description(),
        "interface.idl": wizard.interface(),
        "CalcAddIns.xcu": _functions(),
        "Jobs.xcu": _jobs(),
        "ProtocolHandler.xcu": _protocol(),
        "Addons.xcu": _menu(),
        "CalcWindowState.xcu": _toolbar(),
        "component.py": (_ROOT / "macros/calc/component.py").read_text(encoding="utf-8"),
    }
    contents = {name: text.encode() for name, text in parts.items()}
    contents |= {f"pythonpath/{path.relative_to(_ROOT).as_posix()}": path.read_bytes() for path in _sources()}
    library = Path(xlsxwriter.__file__).parent
    for path in sorted(library.glob("*.py")):
        contents[f"pythonpath/xlsxwriter/{path.name}"] = path.read_bytes()
    licence = distribution("XlsxWriter").read_text("licenses/LICENSE.txt") or ""
    contents["pythonpath/xlsxwriter/LICENSE.txt"] = licence.encode()
    return package_of(part(name, data)._replace(attributes=0o644 << 16) for name, data in contents.items())


def _sources() -> Iterator[Path]:
    """The packages that come along, and the templates of documents."""
    yield _ROOT / "macros/__init__.py"
    yield from (_ROOT / "macros" / f"{name}.py" for name in _SHARED)
    yield from sorted((_ROOT / "workbook_templates/documents").glob("*.docx"))
    for folder, pattern in (("macros/calc", "*.py"), ("udfs", "*.py"), ("xladdin", "*.py"), ("xladdin", "*.toml")):
        for path in sorted((_ROOT / folder).rglob(pattern)):
            if not {"cli", "release"} & set(path.relative_to(_ROOT).parts) and not path.as_posix().endswith(_LEFT_OUT):
                yield path


def _manifest() -> str:
    entries = "".join(
        f'<manifest:file-entry manifest:media-type="{kind}" manifest:full-path="{name}"/>\n'
        for name, kind in _MEDIA_TYPES.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">\n{entries}</manifest:manifest>\n'
    )


def _description() -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<description xmlns="http://openoffice.org/extensions/description/2006" xmlns:xlink="http://www.w3.org/1999/xlink">
<identifier value="{IDENTIFIER}"/>
<version value="{xladdin.__version__}"/>
<dependencies>
<l:LibreOffice-minimal-version value="7.4" d:name="LibreOffice 7.4" xmlns:l="http://libreoffice.org/extensions/description/2011"
 xmlns:d="http://openoffice.org/extensions/description/2006"/>
</dependencies>
<display-name>
<name lang="zh-CN">{CATEGORY}（FineScore）</name>
<name lang="en-US">{CATEGORY}（FineScore）</name>
</display-name>
<publisher><name lang="zh-CN" xlink:href="">{escape(scheme().source.office_name)}</name></publisher>
</description>
"""


def _registry(name: str, nodes: str, *, package: str = "org.openoffice.Office") -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<oor:component-data xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
        f' oor:name="{name}" oor:package="{package}">\n{nodes}</oor:component-data>\n'
    )


def _node(name: str, content: str, *, operation: str = "") -> str:
    marked = f' oor:op="{operation}"' if operation else ""
    return f'<node oor:name="{name}"{marked}>{content}</node>\n'


def _prop(name: str, value: str) -> str:
    return f'<prop oor:name="{name}"><value>{escape(value)}</value></prop>'


def _text(name: str, text: str) -> str:
    """A text that is the same in every language of the program."""
    values = "".join(f'<value xml:lang="{lang}">{escape(text)}</value>' for lang in ("en-US", "zh-CN"))
    return f'<prop oor:name="{name}">{values}</prop>'


def _functions() -> str:
    nodes = ""
    for function in FUNCTIONS:
        parameters = "".join(
            _node(
                f"argument{n}",
                _text("DisplayName", argument.label) + _text("Description", argument_text(function, argument)),
                operation="replace",
            )
            for n, argument in enumerate(function.arguments, 1)
        )
        content = _text("DisplayName", function.name) + _text("Description", function.description)
        content += _prop("Category", "Add-In") + _text("CompatibilityName", function.name)
        content += _node("Parameters", parameters)
        nodes += _node(wizard.method_of(function.name), content, operation="replace")
    service = _node(wizard.SERVICE, _node("AddInFunctions", nodes), operation="replace")
    return _registry("CalcAddIns", _node("AddInInfo", service))


def _jobs() -> str:
    aliases = ("start", "document")
    jobs = "".join(_node(a, _prop("Service", "org.finescore.Job"), operation="replace") for a in map(_job, aliases))
    events = _event("OnStartApp", "start") + "".join(_event(event, "document") for event in EVENTS)
    return _registry("Jobs", _node("Jobs", jobs) + _node("Events", events))


def _job(alias: str) -> str:
    return f"org.finescore.{alias}"


def _event(event: str, alias: str) -> str:
    return _node(event, _node("JobList", _node(_job(alias), "", operation="replace")), operation="fuse")


def _protocol() -> str:
    protocols = f'<prop oor:name="Protocols"><value>{_PROTOCOL}*</value></prop>'
    return _registry(
        "ProtocolHandler", _node("HandlerSet", _node("org.finescore.Menu", protocols, operation="replace"))
    )


def _menu() -> str:
    entries, group = [], ""
    for id_ in SHARED:
        if group and BY_ID[id_].group != group:
            entries.append(_prop("URL", "private:separator"))
        group = BY_ID[id_].group
        entries.append(_entry(id_))
    of_open_workbook = (_entry(id_) for id_ in SHARED if BY_ID[id_].group == BY_ID["consolidate"].group)
    menu = _node(
        IDENTIFIER,
        _text("Title", TAB)
        + _prop("Target", "_self")
        + _prop("Context", "com.sun.star.sheet.SpreadsheetDocument")
        + _node("Submenu", _listed(entries)),
        operation="replace",
    )
    bar = _node(IDENTIFIER, _listed(of_open_workbook), operation="replace")
    return _registry("Addons", _node("AddonUI", _node("OfficeMenuBar", menu) + _node("OfficeToolBar", bar)))


def _entry(id_: str) -> str:
    return (
        _prop("URL", f"{_PROTOCOL}{id_}")
        + _text("Title", BY_ID[id_].caption)
        + _prop("Target", "_self")
        + _prop("Context", "com.sun.star.sheet.SpreadsheetDocument")
    )


def _listed(entries: Iterable[str]) -> str:
    """Entries in their order, which is that of their names."""
    return "".join(_node(f"m{n:02}", content, operation="replace") for n, content in enumerate(entries))


def _toolbar() -> str:
    """The toolbar's name, and its place below the others: by itself it would lie over them."""
    state = (
        _text("UIName", TAB)
        + _prop("Docked", "true")
        + _prop("DockingArea", "0")
        + _prop("DockPos", "0,2")
        + _prop("Visible", "true")
    )
    bar = _node(f"private:resource/toolbar/addon_{IDENTIFIER}", state, operation="replace")
    nodes = _node("UIElements", _node("States", bar))
    return _registry("CalcWindowState", nodes, package="org.openoffice.Office.UI")
