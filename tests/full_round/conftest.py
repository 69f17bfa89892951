"""The story, played once for all tests."""

from __future__ import annotations

import pytest

from tests.full_round.play import Played, examined_once, play


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Three rounds and the corrections, from the command line. Not to be written to."""
    with examined_once():
        return play(tmp_path_factory.mktemp("round"))
