"""Forms of all districts, with gaps and ties that make readings matter, and the result they come to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Field, Forms, Typed
from xladdin.analysis.readings import Spread, spread
from xladdin.results.consolidation import Consolidation, consolidate
from xladdin.scheme import Scheme
from xladdin.words import TARGET, VALUE, form_file_name

CHANGES: dict[str, dict[Field, Typed]] = {
    "黄浦区": {("K02.1", TARGET): None, ("K02.1", VALUE): None, ("R5.1", VALUE): 6.0},
    "静安区": {("K01.1", VALUE): 40.0, ("R5.1", VALUE): 6.0, ("R6.1", VALUE): 0.0, ("R6.2", VALUE): 3.0},
    "崇明区": {("I3.1", VALUE): 9.0, ("I3.2", VALUE): 0.0, ("K08.1", VALUE): 90.0},
}


def write_forms(forms: Forms, folder: Path, changes: dict[str, dict[Field, Typed]] = CHANGES) -> Path:
    folder.mkdir(parents=True)
    for district in forms.scheme.district_names:
        (folder / form_file_name(district)).write_bytes(forms.make(district, changes.get(district)))
    return folder


@pytest.fixture(scope="session")
def returned(forms: Forms, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_forms(forms, tmp_path_factory.mktemp("analysis") / "回收")


@pytest.fixture(scope="session")
def consolidation(scheme: Scheme, returned: Path) -> Consolidation:
    return consolidate(scheme, [returned])


@pytest.fixture(scope="session")
def firm(consolidation: Consolidation) -> Spread:
    return spread(consolidation)
