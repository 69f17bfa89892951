"""Templates filled by LibreOffice itself and saved in every format a district may return."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.libreoffice import requires_office, run_office
from xladdin.forms.layout import form_layout
from xladdin.issues import Level
from xladdin.results.consolidation import Consolidation, consolidate
from xladdin.scheme import load_scheme
from xladdin.sending.forms import distribute
from xladdin.sending.sample import fill_samples
from xladdin.words import CONTENT, form_file_name
from xladdin.workbook.cells import cell_name

SCHEME = load_scheme("2023")
LAYOUT = form_layout(SCHEME)
KINDS = ("xlsx", "xls", "ods")


def _typed_text(typed: str) -> str:
    return typed if not typed.replace(".", "", 1).isdigit() else f"{float(typed):.15g}"


@pytest.fixture(scope="module", params=[4, pytest.param(16, marks=pytest.mark.slow)])
def folders(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """`reference`: the sample as our own code fills it; for each kind: the same typed into templates in LibreOffice."""
    root = tmp_path_factory.mktemp("filled")
    distribute(SCHEME, root / "templates")
    for name in SCHEME.district_names[request.param :]:
        (root / "templates" / form_file_name(name)).unlink()
    fill_samples(SCHEME, root / "templates", root / "reference", seed=7)
    reference = consolidate(SCHEME, [root / "reference"], SCHEME.default_policies)
    by_district, by_office = [], []
    for district in reference.districts:
        if district.layers is None:
            continue
        name = form_file_name(district.name)
        open_cells, judged_cells = [], []
        for source in district.layers.sources:
            annex = LAYOUT.annex_of(source.code)
            cell = cell_name(annex.fields[source.code], annex.column(source.head))
            judged = SCHEME.inputs[source.code].judge and source.head != CONTENT
            (judged_cells if judged else open_cells).append([annex.sheet, cell, _typed_text(source.typed)])
        # The district types into the protected form and sends it in; the office lifts the protection for its marks.
        by_district.append(
            {"open": root / "templates" / name, "type": open_cells, "save": [[root / "sent" / name, "xlsx"]]}
        )
        saves = [[root / kind / name.replace("xlsx", kind), kind] for kind in KINDS]
        by_office.append({"open": root / "sent" / name, "unprotect": True, "type": judged_cells, "save": saves})
    jobs = by_district + by_office
    for result in run_office(jobs):
        assert result["error"] is None
    return {"reference": root / "reference", **{kind: root / kind for kind in KINDS}}


def _scores(result: Consolidation) -> dict[str, object]:
    return {
        d.name: (
            d.rank,
            d.scored.total,
            {i: (s.score, s.status, s.gaps) for i, s in d.scored.items.items()},
            {(s.code, s.head): s.value for s in d.layers.sources} if d.layers else None,
        )
        for d in result.districts
    }


@requires_office
@pytest.mark.parametrize("kind", KINDS)
def test_form_filled_in_libreoffice__saved_as(kind: str, folders: dict[str, Path]) -> None:
    """Every entry, score, status and rank is what our own filling of the same contents gives."""
    reference = consolidate(SCHEME, [folders["reference"]], SCHEME.default_policies)
    result = consolidate(SCHEME, [folders[kind]], SCHEME.default_policies)
    assert _scores(result) == _scores(reference)
    # The reference has one score typed over (LibreOffice's copies compute theirs) and texts read as numbers by rule, of
    # which LibreOffice turns full-width digits into a number while they are typed.
    expected = sorted(i.code for i in reference.issues if i.code not in ("V01", "C04"))
    assert sorted(i.code for i in result.issues if i.code != "C04") == expected
    assert all(i.level is not Level.WARNING for i in result.issues)
