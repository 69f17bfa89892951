"""The answers of every door; each door is gone through once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from macros.build import build_addin
from macros.calc.build import extension
from tests.conftest import Forms
from tests.equality import doors
from tests.equality.answers import Answers, engine
from tests.equality.calc import run_office_with
from tests.equality.cases import Filling, fillings
from xladdin.results.master import MASTER_FILE
from xladdin.scheme import Scheme

GROUP = 16
"""One for each district."""

FILLINGS = 112
"""7 × 16 districts, 5,040 items: those of the README's table."""


@pytest.fixture(scope="session", params=[GROUP, pytest.param(FILLINGS, marks=pytest.mark.slow)])
def typed(scheme: Scheme, request: pytest.FixtureRequest) -> list[Filling]:
    return fillings(scheme, request.param)


@pytest.fixture(scope="session")
def engine_answers(scheme: Scheme, typed: Sequence[Filling]) -> Answers:
    return engine(scheme, typed)


@pytest.fixture(scope="session")
def functions(scheme: Scheme, typed: Sequence[Filling], classic: Callable[[Any], Any]) -> Answers:
    return doors.Functions(scheme, classic).run(typed)


@pytest.fixture(scope="session")
def form_in_libreoffice(scheme: Scheme, typed: Sequence[Filling], tmp_path_factory: pytest.TempPathFactory) -> Answers:
    return doors.FormInLibreOffice(scheme, tmp_path_factory.mktemp("libreoffice")).run(typed)


@pytest.fixture(scope="session")
def form_in_ironcalc(scheme: Scheme, typed: Sequence[Filling], tmp_path_factory: pytest.TempPathFactory) -> Answers:
    return doors.FormInIronCalc(scheme, tmp_path_factory.mktemp("ironcalc")).run(typed)


@pytest.fixture(scope="session")
def master(scheme: Scheme, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """考核总表 as built. Not to be written to."""
    built = tmp_path_factory.mktemp("built")
    build_addin(scheme, built)
    return built / MASTER_FILE


@pytest.fixture(scope="session")
def master_in_libreoffice(scheme: Scheme, typed: Sequence[Filling], master: Path) -> Answers:
    return doors.FunctionsInLibreOffice(scheme, master, partial(run_office_with, extension())).run(typed)


@pytest.fixture(scope="session")
def ribbon_run(
    scheme: Scheme,
    typed: Sequence[Filling],
    simulated: Callable[..., Any],
    master: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Answers, Answers, list[Path]]:
    ribbon = doors.Ribbon(scheme, simulated, master, tmp_path_factory.mktemp("saved"))
    return *ribbon.run(typed), ribbon.saved()


@pytest.fixture(scope="session")
def master_in_excel(ribbon_run: tuple[Answers, Answers, list[Path]]) -> Answers:
    return ribbon_run[0]


@pytest.fixture(scope="session")
def ribbon(ribbon_run: tuple[Answers, Answers, list[Path]]) -> Answers:
    return ribbon_run[1]


@pytest.fixture(scope="session")
def command_line_forms(
    scheme: Scheme, forms: Forms, typed: Sequence[Filling], tmp_path_factory: pytest.TempPathFactory
) -> Answers:
    return doors.CommandLine(scheme, tmp_path_factory.mktemp("forms")).of_forms(forms, typed)


@pytest.fixture(scope="session")
def command_line_master(
    scheme: Scheme,
    ribbon_run: tuple[Answers, Answers, list[Path]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Answers:
    return doors.CommandLine(scheme, tmp_path_factory.mktemp("masters")).of_masters(ribbon_run[2])
