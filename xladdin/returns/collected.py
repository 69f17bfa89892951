"""What came back, gathered: the forms by district, the other reports, the files, and every finding."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from xladdin.classes import field, record
from xladdin.forms.form import Form
from xladdin.issues import Issue
from xladdin.returns.targets import Targets, assign
from xladdin.workbook.read.reader import SourceFile

if TYPE_CHECKING:
    from xladdin.evaluations.reading import UnitReport
    from xladdin.evaluations.units import Unit
    from xladdin.evaluations.vetoes import VetoLine


@record(frozen=False)
class Collection:
    """What came back: one form by district, the files, and every finding."""

    forms: dict[str, Form] = field(default_factory=dict)
    file_of: dict[str, SourceFile] = field(default_factory=dict)
    files: list[SourceFile] = field(default_factory=list)
    inputs: list[Path] = field(default_factory=list)
    """Every file that was read, readable or not: none of them may be written over."""
    reports: list[UnitReport] = field(default_factory=list)
    """What departments, experts and the office sent, one for each of them."""
    evaluators: tuple[Unit, ...] = ()
    """Units to whom workbooks were issued, whether they have sent them back or not, where that is known."""
    vetoes: list[VetoLine] = field(default_factory=list)
    """The lines of 一票否决, of the office's workbook or of one with the districts' sheets."""
    issues: list[Issue] = field(default_factory=list)
    readings: dict[str, str] = field(default_factory=dict)
    """What 口径 of a 考核总表 says is in force, option by policy name."""
    readings_file: str = ""
    """The file that says so."""
    targets: Targets = field(default_factory=dict)
    """What the office has assigned, as far as it is known."""
    expects_all: bool = False
    """Whether every district's form should have been among the paths (they were asked for by folder)."""

    def form_of(self, district: str) -> Form | None:
        """A district's form; where there is none and something is assigned to it, a blank one that says what."""
        assigned = self.targets.get(district)
        if district in self.forms or not assigned:
            return self.forms.get(district)
        assign(form := Form(is_received=False), assigned)
        return form

    def forms_of(self, districts: Iterable[str]) -> dict[str, Form]:
        """The forms of those districts of which anything is known; see `form_of`."""
        return {name: form for name in districts if (form := self.form_of(name))}


@record
class Candidate:
    """A form that came back, of which a district may have sent several."""

    district: str
    file: SourceFile
    form: Form
    issues: tuple[Issue, ...]
