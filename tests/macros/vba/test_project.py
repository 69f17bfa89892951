"""FineScore.xlam and the macros of 考核总表.xlsm as files: source, ribbon, packaging, checked without Excel.

What the VBA does is tested elsewhere, in a simulated Excel; here is also the part of it that needs none.
"""

from __future__ import annotations

import hashlib
import io
import os
import posixpath
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import xlsxwriter
import xmlschema
from pyopenvba import ExcelFile
from pyopenvba.apps.excel import ExcelApplication
from pyopenvba.apps.excel._model import Workbook
from pyopenvba.cfb import CFB
from pyopenvba.exceptions import PyOpenVBAError
from pyopenvba.interpreter._objects import MemberSpec
from pyopenvba.interpreter._values import EMPTY, VBAArray
from pyopenvba.vba import VBAProject
from pyvbaanalysis import VbaDiagnostic, analyze_office_file

from macros.actions import ACTIONS, TAB
from macros.vba import modules as vba_modules
from macros.vba.modules import NO_ANSWER, NO_PYTHON, XlwingsChanged, modules, python_module
from macros.vba.workbooks import addin, ribbon_xml, with_macros
from macros.vba.wrappers import WRAPPER_NAME
from tests.support.libreoffice import requires_office, run_office
from udfs.catalogue import FUNCTIONS
from xladdin.workbook.package import DOS, packed, unpacked

ROOT = Path(__file__).parents[3]

SHEETS = [f"表{n}" for n in range(1, 22)]

CALLBACKS = {"onAction": "(control As IRibbonControl)", "getVisible": "(control As IRibbonControl, ByRef returnedVal)"}
"""What Microsoft prescribes for each attribute's VBA."""

both = pytest.mark.parametrize("is_addin", [True, False], ids=["addin", "workbook"])


def plain_workbook() -> bytes:
    """A workbook as the 考核总表 is: 21 sheets, formulas of our functions with their values."""
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        for name in SHEETS:
            sheet = book.add_worksheet(name)
            sheet.write_number(0, 0, 5)
            sheet.write_formula(1, 0, "=FS_BRIEFS(A1)", None, 1.5)
    return data.getvalue()


def python(code: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


@dataclass(frozen=True)
class Built:
    """One of the two files."""

    path: Path
    data: bytes

    @cached_property
    def parts(self) -> dict[str, bytes]:
        return unpacked(self.data)

    @cached_property
    def project(self) -> VBAProject:
        with ExcelFile(self.path) as book:
            assert book.validate() == []
            project = book.vba_project()
            assert [m.source for m in project.modules]  # read before the file is closed
        return project

    @cached_property
    def sources(self) -> dict[str, str]:
        return {module.name: module.source for module in self.project.modules}

    @cached_property
    def ribbon(self) -> ElementTree.Element:
        return ElementTree.fromstring(self.parts["customUI/customUI14.xml"])


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Built]:
    folder = tmp_path_factory.mktemp("built")
    contents = {True: ("FineScore.xlam", addin()), False: ("book.xlsm", with_macros(plain_workbook()))}
    for name, data in contents.values():
        (folder / name).write_bytes(data)
    return {is_addin: Built(folder / name, data) for is_addin, (name, data) in contents.items()}


@pytest.fixture
def built(files: dict[bool, Built], is_addin: bool) -> Built:
    return files[is_addin]


# --- The source -----------------------------------------------------------------------------------------------------


@both
def test_modules__file__exactly_those_of_the_build(built: Built, is_addin: bool) -> None:
    wanted = {m.name: m.source for m in modules(is_addin=is_addin)}
    sheets = {name for name in built.sources if re.fullmatch(r"Sheet\d+", name)}
    assert built.sources.keys() - sheets == wanted.keys()
    assert len(sheets) == (1 if is_addin else len(SHEETS))
    for name, source in wanted.items():
        # Document and class modules get their attributes when they are put in.
        assert built.sources[name].endswith(source) or built.sources[name] == source, name
    for name, source in built.sources.items():
        assert source.isascii(), name
        assert max(map(len, source.split("\r\n"))) < 1023, name
        assert f'Attribute VB_Name = "{name}"' in source
        assert source.count("\n") == source.count("\r\n"), name
    for name in sheets:
        assert re.fullmatch(r"(Attribute VB_\w+ = .*\r\n)+", built.sources[name])


def serious(found: list[VbaDiagnostic]) -> set[tuple[str, str]]:
    return {(d.severity.value, d.code) for d in found if d.severity.value != "information"}


@both
def test_analysis__both_files__nothing_to_complain_of(built: Built) -> None:
    found = {name: serious(list(problems)) for name, problems in analyze_office_file(str(built.path)).items()}
    assert found.keys() == built.sources.keys()
    assert set().union(*found.values()) == set()


def with_source(built: Built, old: str, new: str, target: Path) -> Path:
    """A copy of a file in which the ribbon's module is changed."""
    with ExcelFile(built.path) as book:
        source = book.get_module("FineScoreRibbon")
        assert source.count(old) == 1
        book.set_module("FineScoreRibbon", source.replace(old, new))
        book.save(target)
    return target


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("PythonIsThere()", "PythonIsHere()"),
        ("control.Tag", "contrl.Tag"),
        ("control.Tag, vbExclamation", "control.Tag, vbExclam"),
    ],
)
def test_analysis__broken_module__found(files: dict[bool, Built], tmp_path: Path, old: str, new: str) -> None:
    broken = with_source(files[True], old, new, tmp_path / "broken.xlam")
    assert "error" in {severity for severity, _ in serious(list(analyze_office_file(str(broken))["FineScoreRibbon"]))}


def interpreted(source: str) -> str:
    """Source without what the interpreter cannot read: statements on files, events."""
    source = re.sub(r"(?m)^ *(?:Open|Close|Input) .*#.*$", "", source)
    return source.replace("Private WithEvents ", "Private ")


@both
def test_parser__every_module__reads_it(built: Built) -> None:
    for name, source in built.sources.items():
        ExcelApplication().add_module(interpreted(source), name=name)


@both
@pytest.mark.parametrize("block", ["End If", "End Sub"])
def test_parser__unfinished_block__found(built: Built, block: str) -> None:
    source = interpreted(built.sources["FineScoreRibbon"])
    with pytest.raises(PyOpenVBAError):
        ExcelApplication().add_module(source.replace(block, "", 1), name="FineScoreRibbon")


@both
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_olevba__both_files__reads_back_the_same_source(built: Built) -> None:
    from oletools.olevba import VBA_Parser  # warns about its own parser when it is imported

    parser = VBA_Parser(str(built.path))
    read = {stream.removeprefix("VBA/"): code for _file, stream, _name, code in parser.extract_macros()}
    parser.close()
    assert {name: code.splitlines() for name, code in read.items()} == {
        name: source.splitlines() for name, source in built.sources.items()
    }


@both
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_olevba__suspicious_words__no_more_than_starting_python_takes(is_addin: bool) -> None:
    """What antivirus programs look at as well; the README says how many there are. Those in small letters stand in comments."""
    from oletools.olevba import VBA_Scanner

    found = VBA_Scanner("\n".join(module.source for module in modules(is_addin=is_addin))).scan()
    assert sorted(word for kind, word, _ in found if kind == "AutoExec") == ["Workbook_BeforeClose", "Workbook_Open"]
    assert sorted(word for kind, word, _ in found if kind == "IOC") == ["8.dll", "cmd.exe"]
    assert sorted(word for kind, word, _ in found if kind == "Suspicious") == [
        *("Base64 Strings", "ChrW", "Environ", "Exec", "Lib", "Open", "Windows"),
        *("binary", "call", "command", "environment", "put", "run"),
    ]


# --- The way to Python ------------------------------------------------------------------------------------------------


@both
def test_xlwings__version__same_in_vba_package_and_pin(built: Built) -> None:
    installed = version("xlwings")
    assert re.findall(r"xlwings(?:32|64)-([\d.]+)\.dll", "".join(built.sources.values())) == [installed] * 4
    pins = re.findall(r"xlwings==([\d.]+)", (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert pins == [installed, installed]  # for those who use it, and for those who build the workbooks


@both
def test_python__reached__by_nothing_but_the_dll_and_the_users_own_file(built: Built) -> None:
    source = "\n".join(
        line for line in "".join(built.sources.values()).splitlines() if not line.strip().startswith("'")
    )
    assert re.findall(r"Lib \"(.*?)\"", source) == [
        f"xlwings64-{version('xlwings')}.dll",
        f"xlwings32-{version('xlwings')}.dll",
        "KERNEL32",
    ]
    assert re.findall(r'"[^"]*\.conf"', source) == ['"\\.finescore\\finescore.conf"']
    assert re.findall(r"Environ\(\"(\w+)\"\)", source) == ["ComSpec", "USERPROFILE"]
    assert re.findall(r"(?m)^ *(Open .*?)\r?$", source) == ["Open Path For Input As #Number"]
    # No other program, no library of somebody's, nothing written, no macro called by a name made up at run time.
    for gone in ("CreateObject", "WScript", "Shell", "Kill", "Output", "Application.Run", "VBProject", "MacScript"):
        assert gone not in source, gone
    assert source.count(" -I -B -c ") == source.count(" -c ") == 1
    assert source.count("cmd.exe") == source.count('= "cmd.exe"') == 1  # where Windows names no other


CALL_FROM_A_CELL = """
import sys
from types import SimpleNamespace
from macros.windows import standins
standins.install()
import xlwings.udfs
from tests.udfs.com import excel_range

xlwings.udfs.__pro__ = False  # no licence key of the machine's
if sys.argv[1] == "known":
    from macros.excel.server import know_functions
    know_functions()
book = SimpleNamespace(Name="received.xlsx", Worksheets=[SimpleNamespace(Name="udfs.py")])
print(xlwings.udfs.call_udf("udfs", "FS_BRIEFS", (5.0,), book, excel_range([[None]])))
"""


@pytest.mark.parametrize("prepared", ["known", "unknown"])
def test_xlwings__sheet_named_like_code__does_not_stop_the_functions(prepared: str) -> None:
    """As workbooks built before hand themselves over, whose macros are xlwings' own."""
    done = python(CALL_FROM_A_CELL, prepared)
    # As xlwings' own command line starts it, the sheet is looked at: what our way of starting it is for.
    assert ("Embedded code" in done.stderr) == (prepared == "unknown")
    assert done.stdout == ("[[1.5]]\n" if prepared == "known" else "")


@both
def test_python__server__started_through_ours(built: Built) -> None:
    assert re.findall(r"[\w.]*serve\('\$\(CLSID\)'\)", built.sources["FineScorePython"]) == [
        "macros.excel.server.serve('$(CLSID)')"
    ]


@both
def test_xlwings__licence__kept(built: Built) -> None:
    source = built.sources["FineScorePython"]
    assert "* Redistributions of source code must retain" in source
    assert "Copyright (C) 2014-present, Zoomer Analytics LLC." in source
    assert "SUCH DAMAGE." in source


@pytest.mark.parametrize("declaration", ["Declare PtrSafe Function Other{}", "Function XLPyDLLActivateAuto Lib {}"])
def test_xlwings__another_declaration__build_stops(monkeypatch: pytest.MonkeyPatch, declaration: str) -> None:
    monkeypatch.setattr(vba_modules, "_DECLARATION", declaration)
    with pytest.raises(XlwingsChanged, match="XLPyDLLActivateAuto"):
        python_module()


# --- The functions ----------------------------------------------------------------------------------------------------

WRITTEN_BY_XLWINGS = """
import io
import sys
from types import SimpleNamespace
from macros.windows import standins
standins.install()
from xlwings import udfs as generator
import udfs

text = io.StringIO()
generator.generate_vba_wrapper("udfs", udfs, text, SimpleNamespace(Name="FineScore.xlam"))
sys.stdout.write(text.getvalue())
"""


@both
def test_functions__as_xlwings_writes_them__same_names_and_arguments(built: Built) -> None:
    done = python(WRITTEN_BY_XLWINGS)
    assert done.returncode == 0, done.stderr
    heads = re.findall(r"(?m)^Function (\w+)\((.*)\)$", done.stdout)
    calls = re.findall(r'XLPy.CallUDF\("udfs", "(\w+)", (.*), ActiveWorkbook, Application.Caller\)', done.stdout)
    source = built.sources[WRAPPER_NAME]
    ours = re.findall(r"(?m)^Function (\w+)\((.*)\) As Variant\r$", source)
    assert [(name, arguments.replace("() As Variant", "()")) for name, arguments in ours] == heads
    assert [name for name, _ in heads] == sorted(f.name for f in FUNCTIONS)
    passed = re.findall(r'(?m)^    (\w+) = ValueOf\("(\w+)", (.*)\)\r$', source)
    assert [(name, given.replace("Given", "argsArray")) for name, _, given in passed] == calls
    assert all(name == called for name, called, _ in passed)


@both
def test_functions__typed_in_a_cell__excel_offers_ours_only(built: Built) -> None:
    """Excel offers every public function of a standard module whose project does not keep it to itself."""
    for name, source in built.sources.items():
        offered = re.findall(r"(?m)^(?:Public )?Function (\w+)", source)
        if "\r\nOption Private Module\r\n" not in source:
            assert [one for one in offered if not one.startswith("FS_")] == [], name


# --- The ribbon -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(Path(__file__).with_name("customui14.xsd"))


@both
def test_ribbon__schema__valid(schema: xmlschema.XMLSchema, built: Built) -> None:
    assert list(schema.iter_errors(built.parts["customUI/customUI14.xml"].decode())) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (' onAction="', ' onaction="'),
        ('id="check"', 'id="distribute"'),
        ('size="large"', 'size="huge"'),
        ('supertip="', f'supertip="{"长" * 1024}'),
        ("</group>", ""),
    ],
)
def test_ribbon__schema__mistakes_are_found(schema: xmlschema.XMLSchema, old: str, new: str) -> None:
    xml = ribbon_xml(hidden_if_addin=True).decode()
    assert old in xml
    with pytest.raises((xmlschema.XMLSchemaValidationError, ElementTree.ParseError)):
        schema.validate(xml.replace(old, new))


@both
def test_ribbon__actions__all_there_in_their_groups(built: Built) -> None:
    (tab,) = built.ribbon.iterfind(".//{*}tab")
    assert tab.get("label") == TAB
    shown = [(g.get("label"), b.get("id"), b.get("label"), b.get("imageMso")) for g in tab for b in g]
    assert shown == [(a.group, a.id, a.caption, a.image) for a in ACTIONS]
    assert len(tab) == len({a.group for a in ACTIONS})
    for button in tab.iterfind(".//{*}button"):
        assert button.get("tag") == f"请先打开或新建一个工作簿，再按“{button.get('label')}”。"


@both
def test_ribbon__callbacks__public_subs_of_the_right_form(built: Built, is_addin: bool) -> None:
    named = {(key, value) for node in built.ribbon.iter() for key, value in node.attrib.items() if key in CALLBACKS}
    assert {key for key, _ in named} == ({"onAction"} if is_addin else {"onAction", "getVisible"})
    assert not any(
        key.startswith(("get", "on")) for node in built.ribbon.iter() for key in node.attrib.keys() - CALLBACKS
    )
    for attribute, callback in named:
        module, _, name = callback.partition(".")
        assert f"\r\nPublic Sub {name}{CALLBACKS[attribute]}\r\n" in built.sources[module]


# --- The package ----------------------------------------------------------------------------------------------------

TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"


def relations(parts: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    """Type and target part of every relationship."""
    for name, content in parts.items():
        if name.endswith(".rels"):
            folder = posixpath.dirname(posixpath.dirname(name))
            for relation in ElementTree.fromstring(content):
                assert relation.get("TargetMode") != "External"
                target = relation.get("Target", "")
                yield (
                    relation.get("Type", ""),
                    target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target)),
                )


@both
def test_package__parts__typed_and_related(built: Built, is_addin: bool) -> None:
    parts = built.parts
    types = ElementTree.fromstring(parts["[Content_Types].xml"])
    defaults = {d.get("Extension"): d.get("ContentType") for d in types.iter(f"{TYPES}Default")}
    overrides = {o.get("PartName", "")[1:]: o.get("ContentType") for o in types.iter(f"{TYPES}Override")}
    assert overrides.keys() <= parts.keys()
    kinds = {name: overrides.get(name, defaults.get(name.rpartition(".")[2])) for name in parts}
    assert None not in kinds.values()
    assert kinds["xl/vbaProject.bin"] == "application/vnd.ms-office.vbaProject"
    assert (
        kinds["xl/workbook.xml"] == f"application/vnd.ms-excel.{'addin' if is_addin else 'sheet'}.macroEnabled.main+xml"
    )
    targets = list(relations(parts))
    related = {target for _, target in targets}
    assert len(targets) == len(related)
    assert related == {name for name in parts if name != "[Content_Types].xml" and not name.endswith(".rels")}
    by_type = {kind.partition("/office/")[2]: target for kind, target in targets if "schemas.microsoft.com" in kind}
    assert by_type == {
        "2006/relationships/vbaProject": "xl/vbaProject.bin",
        "2007/relationships/ui/extensibility": "customUI/customUI14.xml",
    }
    for name, content in parts.items():
        if not name.endswith(".bin"):
            ElementTree.fromstring(content)


@both
def test_package__code_names__one_document_module_each(built: Built) -> None:
    names = re.findall(r'<workbookPr[^>]* codeName="(\w+)"', built.parts["xl/workbook.xml"].decode())
    for part, content in built.parts.items():
        if part.startswith("xl/worksheets/sheet"):
            names += re.findall(r'<sheetPr[^>]* codeName="(\w+)"', content.decode())
    documents = {"0002081900000000": "workbook", "0002082000000000": "sheet"}
    found = {}
    for name, source in built.sources.items():
        base = re.search(r'Attribute VB_Base = "0\{(\w+)-(\w+)-(\w+)-C000-000000000046\}"', source)
        if base:
            found[name] = documents["".join(base.groups())]
    assert sorted(names) == sorted(found)
    assert [name for name, kind in found.items() if kind == "workbook"] == ["ThisWorkbook"]
    declared = re.findall(r"(?m)^Document=(\w+)/&H00000000\r$", project_stream(built))
    assert sorted(declared) == sorted(names)


def project_stream(built: Built) -> str:
    return CFB.from_bytes(built.parts["xl/vbaProject.bin"]).get_stream("PROJECT").decode("ascii")


@both
def test_package__project__named_ours_and_without_compiled_code(built: Built) -> None:
    assert built.project.name == "FineScore"
    assert '\r\nName="FineScore"\r\n' in project_stream(built)
    streams = CFB.from_bytes(built.parts["xl/vbaProject.bin"])
    # [MS-OVBA] 2.3.4.1: what a writer other than Excel is to write there.
    assert streams.get_stream_in_storage("VBA", "_VBA_PROJECT") == bytes.fromhex("cc61ffff000000")
    assert [m.name for m in built.project.modules if m.text_offset] == []
    assert not [name for name in streams.list_streams_in_storage("VBA") if name.startswith("__SRP")]
    # IRibbonControl is a type of this library.
    assert [r.name for r in built.project.references] == ["stdole", "Office"]


@both
def test_package__traces__of_nobody_but_us(built: Built) -> None:
    texts = [content.decode("latin-1") for content in built.parts.values()]
    texts += [*built.sources.values(), built.project.dir_raw.decode("latin-1"), project_stream(built)]
    for trace in ("felix", "zoomer", "william", r"c:\users", "myaddin", "abspath"):
        found = [text for text in texts if trace in text.lower()]
        assert found == ([built.sources["FineScorePython"]] if trace == "zoomer" else []), (
            trace
        )  # there stands the licence


def test_package__addin__one_sheet_of_texts_and_our_name(files: dict[bool, Built]) -> None:
    parts = files[True].parts
    assert re.findall(r'<sheet name="([^"]*)"', parts["xl/workbook.xml"].decode()) == ["FineScore"]
    cells = ElementTree.fromstring(parts["xl/worksheets/sheet1.xml"]).iterfind(".//{*}c")
    assert {cell.get("t") for cell in cells} == {"s"}
    core = parts["docProps/core.xml"].decode()
    assert "<dc:title>FineScore</dc:title><dc:creator>市精细化办</dc:creator>" in core


@both
def test_package__calculation__nothing_on_load(built: Built) -> None:
    assert built.parts["xl/workbook.xml"].count(b'<calcPr calcId="191029"/>') == 1
    assert b"fullCalcOnLoad" not in built.parts["xl/workbook.xml"]


def test_with_macros__sheets__unchanged_but_for_their_code_name(files: dict[bool, Built]) -> None:
    before, after = unpacked(plain_workbook()), files[False].parts
    for name, content in before.items():
        if name.startswith("xl/worksheets/"):
            assert re.sub(rb'<sheetPr codeName="\w+"/>', b"", after[name]) == content
        elif name not in ("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
            assert re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"", after[name]) == re.sub(
                rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"", content
            )


def test_with_macros__again__refused(files: dict[bool, Built]) -> None:
    with pytest.raises(ValueError, match="not once"):
        with_macros(files[False].data)


DIGESTS = """
import hashlib, sys
from pathlib import Path
from macros.vba.workbooks import addin, with_macros
print(hashlib.sha256(addin()).hexdigest())
print(hashlib.sha256(with_macros(Path(sys.argv[1]).read_bytes())).hexdigest())
"""


def test_build__other_time_zone_locale_and_hash_seed__same_bytes(tmp_path: Path) -> None:
    path = tmp_path / "plain.xlsx"
    path.write_bytes(plain_workbook())
    built = [hashlib.sha256(data).hexdigest() for data in (addin(), with_macros(path.read_bytes()))]
    for zone, locale, seed in (("Asia/Shanghai", "C", "1"), ("America/New_York", "zh_CN.UTF-8", "2")):
        done = python(DIGESTS, os.fspath(path), TZ=zone, LC_ALL=locale, PYTHONHASHSEED=seed)
        assert done.returncode == 0, done.stderr
        assert done.stdout.split() == built


def test_build__time_stamps__none(files: dict[bool, Built]) -> None:
    for built in files.values():
        with zipfile.ZipFile(io.BytesIO(built.data)) as package:
            assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert package.namelist()[0] == "[Content_Types].xml"


@requires_office
def test_libreoffice__both_files__open_without_complaint(files: dict[bool, Built], tmp_path: Path) -> None:
    # LibreOffice does not open add-ins as such: a copy says that it is a workbook.
    parts = dict(files[True].parts)
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b".addin.", b".sheet.")
    copy = tmp_path / "addin.xlsm"
    copy.write_bytes(packed(parts, DOS))
    jobs: list[dict[str, Any]] = [
        {"open": copy, "read": [["FineScore", "A1"]]},
        {"open": files[False].path, "read": [[SHEETS[0], "A1"], [SHEETS[-1], "A1"]]},
    ]
    results = run_office(jobs)
    assert [r["error"] for r in results] == [None, None]
    assert results[0]["read"] == [[["FS_RATIO"]]]
    assert results[1]["read"] == [[[5.0]], [[5.0]]]


# --- Which workbooks are reconnected --------------------------------------------------------------------------------


@dataclass
class Desk:
    """The interpreter with our modules, one workbook and the links that workbook has."""

    app: ExcelApplication
    links: list[str]

    def put(self, cell: str, formula: str) -> None:
        self.app.sheet(1).sheet.vba_get("Range", [cell]).vba_set("Formula", formula)

    def needs_repair(self) -> bool:
        return bool(self.app.run("NeedsRepair", self.app.workbook))


@pytest.fixture
def desk(files: dict[bool, Built], monkeypatch: pytest.MonkeyPatch) -> Desk:
    links: list[str] = []

    def link_sources(_book: Workbook, *_given: object) -> object:
        if not links:
            return EMPTY
        array = VBAArray([(1, len(links))])
        for place, link in enumerate(links, start=1):
            array.set([place], link)
        return array

    member = MemberSpec("LinkSources", "method", getter=link_sources, varargs=True)
    monkeypatch.setitem(Workbook._vba_members, "linksources", member)
    app = ExcelApplication()
    for name in ("FineScorePython", "FineScoreRepair", "FineScoreRibbon"):
        app.add_module(interpreted(files[True].sources[name]), name=name)
    app.add_workbook()
    return Desk(app, links)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=1+1", False),
        (
            "=FS_BRIEFS(A1)",
            True,
        ),  # the interpreter knows no such function and shows #NAME?, as Excel without the add-in
        ("=fs_briefs(A1)", True),
        ("=IFERROR(FS_BRIEFS(A1),0)", False),  # nothing that can be seen
        ("=SUM(NOSUCH(1))", False),  # not ours
        ("=_xldudf_FS_BRIEFS(A1)", True),
        ("FS_BRIEFS", False),  # a text
    ],
)
def test_needs_repair__formula__by_what_it_shows(desk: Desk, formula: str, expected: bool) -> None:
    for cell in ("A1", "C7"):  # an area of one cell is read in another way than several
        desk.put(cell, formula)
        assert desk.needs_repair() is expected


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (r"='D:\x\FineScore.xlam'!FS_RATIO(A1,B1)", True),
        ("=IF(ISERROR([1]!FS_RATIO(A1,B1)),0,1)", True),
        ("=_xludf.FS_RATIO(A1,B1)", True),
        ("=_xlfn._xludf.fs_ratio(A1,B1)", True),
        ("=FS_RATIO(A1,B1)", False),
        ("=Sheet1!A1+FS_RATIO(A1,B1)", False),
    ],
)
def test_needs_repair__prefix__seen_in_the_text(desk: Desk, formula: str, expected: bool) -> None:
    assert desk.app.run("FineScoreRepair.HasPrefix", formula) is expected


def test_needs_repair__links__only_one_to_the_addin(desk: Desk) -> None:
    desk.links.append(r"D:\other.xlsx")
    assert not desk.needs_repair()
    desk.links.append(r"D:\AddIns\finescore.XLAM")
    assert desk.needs_repair()


def test_needs_repair__empty_workbook__no(desk: Desk) -> None:
    assert not desk.needs_repair()


# --- What a button does before Python is asked ----------------------------------------------------------------------


def test_button__no_interpreter_or_no_answer__says_so_in_chinese(desk: Desk) -> None:
    assert desk.app.run("NoPythonText") == NO_PYTHON
    assert desk.app.run("NoAnswerText") == NO_ANSWER
