"""Fixtures that several test modules share: the scheme, forms filled without a fault, and what they come to."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import pytest
from openpyxl.worksheet.merge import MergedCellRange

from tests.macros.excel.run import scenarios
from tests.support.libreoffice import close_office
from xladdin.fields.cases import with_cases
from xladdin.forms.layout import FormLayout, form_layout
from xladdin.forms.view import form_view
from xladdin.methods.inputs import Entry, Indicator
from xladdin.numbers import NOT_APPLICABLE, Fault, Value
from xladdin.results.consolidation import Consolidation, consolidate, examine
from xladdin.returns.collection import collect
from xladdin.scheme import District, Input, InputKind, Scheme, load_scheme
from xladdin.sending.forms import BLANK_FORM, blank_form, district_copy, stored_template
from xladdin.words import CONTENT, TARGET, VALUE, form_file_name
from xladdin.workbook import package
from xladdin.workbook.cells import cell_name
from xladdin.workbook.read import reader

ROOT = Path(__file__).resolve().parents[1]

Typed = str | float | None
"""What is typed into a cell."""

Field = tuple[str, str]
"""A cell by input code and column head."""


@dataclass(frozen=True)
class Forms:
    """Makes filled 区填报表: every district and every field, different numbers for each, nothing to complain about."""

    scheme: Scheme
    _copies: dict[str, bytes] = field(default_factory=dict)

    @cached_property
    def layout(self) -> FormLayout:
        return form_layout(self.scheme)

    def at(self, code: str, head: str = VALUE) -> tuple[str, str]:
        """Sheet and A1 reference of a field's cell in a form as issued."""
        annex = self.layout.annex_of(code)
        return annex.sheet, cell_name(annex.fields[code], annex.column(head))

    def blank(self, district: str) -> bytes:
        """The district's form as issued."""
        if district not in self._copies:
            record = next(d for d in self.scheme.districts if d.name == district)
            self._copies[district] = district_copy(
                self.scheme, stored_template(self.scheme, BLANK_FORM) or blank_form(self.scheme), record, issue=1
            )
        return self._copies[district]

    def typed(self, district: str) -> dict[Field, Typed]:
        """Everything the district and its judges type into the form."""
        position = self.scheme.district_names.index(district)
        record = self.scheme.districts[position]
        cells: dict[Field, Typed] = {}
        indicators = self.scheme.indicators
        for n, indicator in enumerate(indicators):
            target = _target(indicator, record, position + n)
            cells[indicator.code, TARGET] = float(target)
            step = 1 if indicator.whole else Decimal("0.5")
            cells[indicator.code, VALUE] = float(target - (position * 3 + n) % 5 * step)
        counts = {"R5.1": position % 8, "R6.1": position % 7, "R6.2": position % 3, "I3.1": 3, "I3.2": position % 4}
        for n, (code, spec) in enumerate(self.scheme.inputs.items()):
            if spec.kind is InputKind.COUNT:
                cells[code, VALUE] = float(counts[code])
            elif spec.kind is InputKind.FLAG:
                cells[code, VALUE] = "否" if (position + n) % 5 == 0 else "是"
            elif spec.kind is InputKind.SCORE:
                cells[code, VALUE] = float(_mark(spec, position * 7 + n))
            if spec.names_case:
                cells[code, CONTENT] = f"{district}案例{code[-1]}"
        return cells

    def entries(self, district: str, changes: Mapping[Field, Typed] | None = None) -> dict[str, Entry]:
        """What the form's own formulas see in its fields."""
        typed = self.typed(district) | dict(changes or {})
        entries = {c: Entry(_seen(typed.get((c, VALUE))), _seen(typed.get((c, TARGET)))) for c in self.scheme.inputs}
        names = {code: str(text) for (code, head), text in typed.items() if head == CONTENT and text}
        return dict(with_cases(self.scheme, entries, names))

    def make(self, district: str, changes: Mapping[Field, Typed] | None = None) -> bytes:
        """The filled form; `changes` are other things to type. The stored results are what a spreadsheet would show."""
        typed = self.typed(district) | dict(changes or {})
        cells: dict[str, dict[str, Typed]] = {annex.sheet: {} for annex in self.layout.annexes}
        for (code, head), value in typed.items():
            sheet, reference = self.at(code, head)
            cells[sheet][reference] = value
        names = {code: str(text) for (code, head), text in typed.items() if head == CONTENT and text}
        shown = form_view(self.layout, self.entries(district, changes), names, district=district)
        for (sheet, row, column), value in shown.items():
            cells.setdefault(sheet, {})[cell_name(row, column)] = value
        return package.rewrite(self.blank(district), {}, cells)

    def write_all(self, folder: Path) -> Path:
        """All districts' filled forms in a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for district in self.scheme.district_names:
            (folder / form_file_name(district)).write_bytes(self.make(district))
        return folder


def _target(indicator: Indicator, district: District, n: int) -> Decimal:
    if indicator.by_zone:
        return indicator.by_zone[district.zone]
    return Decimal(12 + n % 9) + (Decimal(0) if indicator.whole else Decimal("0.5"))


def _mark(spec: Input, n: int) -> Decimal:
    assert spec.maximum is not None
    return (spec.maximum * (70 + n % 30) / 100).quantize(Decimal("0.1"))


def _seen(typed: Typed) -> Value:
    """The typed value as the form's own formulas take it: they read no number out of a text."""
    if typed is None or typed == "—":
        return None
    if isinstance(typed, str):
        return {"是": True, "否": False, "不适用": NOT_APPLICABLE}.get(typed, Fault("文本"))
    return Decimal(str(typed))


LONGEST = (
    "tests/full_round",
    "tests/harm",
    "tests/release",
    "tests/equality",
    "tests/macros/calc",
    "tests/macros/excel",
    "tests/rounds",
    "tests/spreadsheet",
    "tests/cli",
    "tests/returns",
    "tests/test_static.py",
    "tests/desktop",
)
"""Where tests take longest: they come first, so that the processes of a parallel run end together."""

PLAYED_ONCE = ("tests/full_round/", "tests/equality/")
"""Folders whose tests share what is worked out for all of them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        return next((n for n, longest in enumerate(LONGEST) if item.nodeid.startswith(longest)), len(LONGEST))

    items.sort(key=place)


def pytest_sessionfinish() -> None:
    close_office()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """In a parallel run a module's tests stay together, or a folder's, so that no fixture is worked out twice."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFixtures(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return next((folder for folder in PLAYED_ONCE if nodeid.startswith(folder)), nodeid.partition("::")[0])

    config.option.loadscopereorder = False  # the order is that of LONGEST
    return ByFixtures(config, log)


@pytest.fixture(scope="session", autouse=True)
def _read_once() -> Iterator[None]:
    """Read a workbook's bytes once, however many tests read files with the same ones."""
    read = lru_cache(maxsize=128)(reader._read_zip)

    def read_zip(data: bytes) -> reader.Contents:
        contents = read(data)
        return contents._replace(sheets=list(contents.sheets), properties=dict(contents.properties))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "_read_zip", read_zip)
        yield


@pytest.fixture(scope="session", autouse=True)
def _merged_cells_without_borders() -> Iterator[None]:
    """openpyxl gives cells that are merged the borders of their range: most of its time, and no test looks at them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MergedCellRange, "format", lambda _range: None)
        yield


@pytest.fixture(scope="session")
def scheme() -> Scheme:
    return load_scheme("2023")


@pytest.fixture(scope="session")
def forms(scheme: Scheme) -> Forms:
    return Forms(scheme)


@pytest.fixture(scope="session")
def filled(forms: Forms, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the 16 forms, filled completely and cleanly. Not to be written to."""
    folder = forms.write_all(tmp_path_factory.mktemp("filled") / "回收")
    found = examine(forms.scheme, collect(forms.scheme, [folder]))
    assert found == [], [issue.line() for issue in found]
    return folder


@pytest.fixture(scope="session")
def clean(scheme: Scheme, filled: Path) -> Consolidation:
    """What the 16 clean forms come to."""
    return consolidate(scheme, [filled], scheme.default_policies)


@pytest.fixture(scope="session")
def classic() -> Callable[[Any], Any]:
    """Ask `classic_calls` in a process of its own."""
    if importlib.util.find_spec("xlwings") is None:
        pytest.skip("xlwings is not installed")

    def ask(question: Any) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "tests.udfs.classic_calls"],
            cwd=ROOT,
            input=json.dumps(question),
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return ask


@pytest.fixture(scope="session")
def simulated() -> Iterator[Callable[..., Any]]:
    """Run a scenario, `module:function`, with an Excel in memory in a process of its own; what it returns."""
    for needed in ("xlwings", "pyopenvba"):
        if importlib.util.find_spec(needed) is None:
            pytest.skip(f"{needed} is not installed")
    with scenarios() as own:
        yield own.run
