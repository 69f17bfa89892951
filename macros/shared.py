"""The actions that both Excel and LibreOffice offer, each written once against `Host`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from macros import rounds, schemes, scoring, sending
from macros.documents import make_documents
from macros.host import Host

SHARED: Mapping[str, Callable[[Host], str]] = {
    "new_scheme": schemes.new_scheme,
    "check_scheme": schemes.check_scheme,
    "compare_schemes": schemes.compare_schemes,
    "export_scheme": schemes.export_scheme,
    "make_targets": rounds.make_targets,
    "make_templates": sending.make_templates,
    "distribute": sending.distribute_forms,
    "make_evaluations": rounds.make_evaluations,
    "track_round": rounds.track_round,
    "compare": rounds.compare,
    "check": scoring.check,
    "consolidate": scoring.consolidate,
    "explain": scoring.explain,
    "seal_round": rounds.seal,
    "correct": rounds.correct,
    "verify": rounds.verify,
    "make_documents": make_documents,
    "report": rounds.report,
    "analyse": rounds.analyse,
    "compare_years": rounds.compare_years,
}
"""The actions by their id in the table of actions, in its order, which is that of LibreOffice's menu."""
