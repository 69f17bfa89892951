"""Where each key of a scheme's tables stands in 考核方案.xlsx, and what the loader has against a key said in a clerk's words."""

from typing import Any

from xladdin import records
from xladdin.classes import field, record
from xladdin.methods.item import Item
from xladdin.scheme import faults
from xladdin.scheme.book import layout
from xladdin.scheme.book.sheets import NO_COLUMN, Sheets, said
from xladdin.scheme.tables import ANNEX1, DISTRICTS, POLICIES, SOURCE

_WITHOUT_CELL = {
    (SOURCE, ""): f"工作表“{layout.DOCUMENT}”",
    (ANNEX1, ""): f"工作表“{layout.TASKS}”",
    (ANNEX1, "section"): f"工作表“{layout.SECTIONS}”“{layout.POINTS}”一列",
    (DISTRICTS, ""): f"工作表“{layout.UNITS}”",
    (POLICIES, ""): f"工作表“{layout.READINGS}”",
    (POLICIES, "policy.name"): f"工作表“{layout.READINGS}”“{layout.POLICY}”一列",
}
"""Where a fault is said that has no cell."""

_SHEETS_OF = {
    SOURCE: {layout.VETOES, layout.GRADES},
    DISTRICTS: {layout.UNITS, layout.GROUPS},
    POLICIES: {layout.READINGS},
}
"""The sheets that a table is made of beside 方案."""

_SHEETS_OF_TASKS = {layout.SECTIONS, layout.TASKS, layout.INDICATORS, layout.PARAMETERS, layout.STEPS}
"""Those that the tables of annexes are made of."""


@record
class ItemPlace:
    """An item of 任务: the table that it is in, its key there, what is known of it, and how it is scored."""

    file: str
    key: str
    table: dict[str, Any]
    method: type[Item]


@record(frozen=False)
class Places:
    """The places of keys as they are read, what stands there, and the items."""

    sheets: Sheets
    places: dict[tuple[str, str], str] = field(default_factory=lambda: dict(_WITHOUT_CELL))
    found: dict[tuple[str, str], Any] = field(default_factory=dict)
    labels: dict[tuple[str, str], tuple[str, str]] = field(default_factory=lambda: layout.document_labels(1))
    """What stands in 方案, by table and path."""
    has_every_label: bool = True
    """Whether it is known of each row there what it is about."""
    items: dict[str, ItemPlace] = field(default_factory=dict)

    @property
    def unsure(self) -> frozenset[str]:
        """The tables made of sheets that were not wholly understood."""
        files = {SOURCE, ANNEX1, DISTRICTS, POLICIES, *(file for file, _path in self.labels)}
        return frozenset(
            f for f in files if self.sheets.unread & ({layout.DOCUMENT} | _SHEETS_OF.get(f, _SHEETS_OF_TASKS))
        )

    def note(self, file: str, key: str, place: str) -> None:
        self.places.setdefault((file, key), place)

    def put(
        self,
        table: dict[str, Any],
        path: str,
        value: Any,  # noqa: ANN401 - of whatever type
        file: str,
        key: str,
        place: str,
        quote: str = "",
    ) -> None:
        """Enter a value into a table at a path, and where it stands; `quote` is where the sentence of a quoted number does."""
        whole = f"{key}.{path}".lstrip(".")
        self.note(file, whole, place)
        if quote:
            self.note(file, f"{whole}.value", place)
            self.note(file, f"{whole}.clause", quote)
        if value is None:
            return
        parts = value if quote else {"": value}
        self.found.update({(file, f"{whole}.{name}".rstrip(".")): part for name, part in parts.items()})
        *outer, last = path.split(".")
        for name in outer:
            table = table.setdefault(name, {})
        table[last] = value

    def worded(self, file: str, key: str, problem: str) -> str:
        """What the loader has against a key, said of the cell that is wrong or of the row that is missing.

        Nothing, where the cell has a fault already from which this one follows, or there may be a row that was not understood.
        """
        if file in self.unsure and "（" not in self.places.get((file, key), ""):  # which is about no cell
            return ""
        id_, own, method = self._item_of(file, key)
        if method is not None and (file, key) not in self.places and (file, f"reference.{own}") in self.places:
            key = f"reference.{own}"  # what a task takes from 方案
        if problem.startswith(faults.NO_SUCH_SENTENCE) and (file, f"{key}.clause") in self.places:
            key = f"{key}.clause"
        match problem:
            case records.MISSING if (file, key) in self.places:
                label, _about = self.labels.get((file, key), ("", ""))
                problem = f"空白，应填写“{label}”" if label else "空白，请填写"
                if self.places[file, key].endswith(NO_COLUMN):
                    problem = "没有这一列，请加上"
            case records.MISSING if method is not None:
                return _missing_row(id_, own, method)
            case records.MISSING:
                labels = [
                    label
                    for (table, path), (label, _about) in self.labels.items()
                    if table == file and f"{path}.".startswith(f"{key}.")
                ]
                if labels:
                    if not self.has_every_label:
                        return ""
                    return f"工作表“{layout.DOCUMENT}”：缺少{''.join(f'“{label}”' for label in labels)}的行，请加上"
                problem = "没有内容，请填写"
            case records.UNKNOWN if method is not None:
                key, problem = f"{key}[1]", f"“{method.title}”不用指标，请删去“{id_}”的各行"
            case records.NO_SWITCH:
                problem = f"应为“{layout.YES}”或“{layout.NO}”"
            case records.NO_SOURCE:
                row = key.rpartition(".")[0]
                key = f"{key}.clause" if (file, f"{key}.clause") in self.places else f"{row}.clause"
                problem = f"空白，请照抄写着这个数的原文；原文没有的，写“{layout.CONVENTION}……”"
            case faults.OTHER_ZONES:
                problem = f"以“{layout.ZONE_AMOUNT}”开头的各列应都填写，不分区的都不填"
            case _ if faults.NO_SUCH_NUMBER in problem and (file, f"{key}.clause") in self.places:
                problem = f"{problem}；原文没有写这个数的，改写“{layout.CONVENTION}……”"
            case _ if problem.startswith("应为") and (raw := self.found.get((file, key))) is not None:
                problem = f"{said(raw)}，{problem}"
        place = self._place(file, key)
        return "" if place in self.sheets.faults else f"{place}：{problem}"

    def _place(self, file: str, key: str) -> str:
        """The cell of a key; where it has none, that of what it belongs to."""
        while (file, key) not in self.places:
            key = key.rpartition(".")[0]
        return self.places[file, key]

    def _item_of(self, file: str, key: str) -> tuple[str, str, type[Item] | None]:
        """The item that a key belongs to: its id, the key within it, and how it is scored."""
        for id_, item in self.items.items():
            if item.file == file and key.startswith(f"{item.key}."):
                return id_, key.removeprefix(f"{item.key}."), item.method
        return "", key, None


def _missing_row(id_: str, key: str, method: type[Item]) -> str:
    """What to add where an item lacks a parameter or a whole list."""
    sheet, what = layout.PARAMETERS, key
    if key == "indicator":
        sheet, what = layout.INDICATORS, layout.INDICATORS
    elif key in layout.lists(method):
        sheet, what = layout.STEPS, layout.KINDS[key]
    else:
        labels = [label for path, label in layout.LABELS.items() if f"{path}.".startswith(f"{key}.")]
        what = layout.LIST_MARK.join(labels) or key
    return f"工作表“{sheet}”：缺少“{id_}”（{method.title}）的“{what}”，请加上"
