"""The events of documents at which the names in formulas are looked after."""

from __future__ import annotations

OPENED = frozenset({"OnNew", "OnCreate", "OnLoadFinished", "OnViewCreated"})
BEFORE_SAVING = frozenset({"OnSave", "OnSaveAs", "OnCopyTo"})
AFTER_SAVING = frozenset(f"{event}{end}" for event in BEFORE_SAVING for end in ("Done", "Failed"))
SAVED = frozenset({"OnSaveDone", "OnSaveAsDone"})
"""After which the document is what its file is."""
EVENTS = tuple(sorted(OPENED | BEFORE_SAVING | AFTER_SAVING))
