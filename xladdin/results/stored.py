"""results.json: a result as plain data, with the files and the readings it was made of; written, and read again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from xladdin.fields.origins import Sourced
from xladdin.issues import Issue, Level, Place, WrongCall
from xladdin.numbers import NOT_APPLICABLE, Fault, Value
from xladdin.results.consolidation import Consolidation, DistrictResult
from xladdin.results.district_sheet import STATUS_WORDS
from xladdin.results.layers import FieldLayers
from xladdin.scheme.model import Scheme, Section, Veto
from xladdin.scoring.items import Score, Status
from xladdin.scoring.totals import grade_of
from xladdin.wording import is_plain
from xladdin.words import ITEM, RESULTS_FOLDER, SECTION, VETO
from xladdin.workbook.read.archives import bytes_of
from xladdin.workbook.read.texts import fit_text
from xladdin.workbook.unreadable import UnreadableWorkbook

ERROR_WORD = STATUS_WORDS[Status.ERROR]

Results = Mapping[str, Any]
"""A result as plain data: what `results` gives, or the file results.json holds."""


class NotComparable(WrongCall):
    """Files that are no two results of one scheme; the message is for the user."""


def results(consolidation: Consolidation) -> Results:
    """The result as plain data for JSON, districts by rank."""
    scheme = consolidation.scheme
    return {
        "scheme": scheme.source.version,
        "document": scheme.source.number,
        "policies": consolidation.policies.described(),
        "files": [{"name": file.name, "sha256": file.sha256} for file in consolidation.files],
        "issues": [_issue_data(issue) for issue in consolidation.issues],
        "evaluators": [{"kind": unit.category, "name": unit.name} for unit in consolidation.evaluators],
        "outline": outline(scheme),
        "districts": [_district_data(scheme, d) for d in consolidation.ranked()],
    }


def outline(scheme: Scheme) -> dict[str, object]:
    """What a scheme's sections, items and indicators are called: a result is still read where its scheme is not at hand."""
    called = scheme.source.unit_word, scheme.source.office_name
    return {
        **({} if is_plain(*called) else {"called": called}),
        "points": float(scheme.points),
        "sections": {str(s.number): _section_outline(s) for s in scheme.sections},
        "items": {id_: item.name for id_, item in scheme.items.items()},
        "indicators": {i.code: {"name": i.name, "unit": i.unit} for i in scheme.indicators},
    }


def _section_outline(section: Section) -> dict[str, object]:
    known: dict[str, object] = {"name": section.name, "points": float(section.points)}
    return {**known, "bonus": True} if section.bonus else known


def _issue_data(issue: Issue) -> dict[str, str]:
    place = issue.place
    return {
        "code": issue.code,
        "level": issue.level.value,
        "district": place.district,
        "file": place.file,
        "sheet": place.sheet,
        "cell": place.cell,
        "item": place.item,
        "found": issue.found,
        "expected": issue.expected,
        "remedy": issue.remedy,
    }


def issue_of(data: Mapping[str, str]) -> Issue:
    """A finding that a result has as plain data."""
    place = Place(*(data[name] for name in ("district", "file", "sheet", "cell", "item")))
    return Issue(data["code"], Level(data["level"]), place, data["found"], data["expected"], data["remedy"])


def _district_data(scheme: Scheme, district: DistrictResult) -> dict[str, object]:
    fields = district.layers.fields if district.layers else {}
    own = {id_: [f for code, f in fields.items() if code.partition(".")[0] == id_] for id_ in district.scored.items}
    return {
        "name": district.name,
        "rank": district.rank,
        "total": None if district.scored.is_cancelled else float(district.scored.total),
        **_outcome_data(scheme, district),
        "provisional": district.provisional,
        "sections": {str(n): float(v) for n, v in district.scored.sections.items()},
        "items": {id_: _item_data(district, score, own[id_]) for id_, score in district.scored.items.items()},
        "fields": {code: _field_data(field) for code, field in fields.items()},
    }


def _outcome_data(scheme: Scheme, district: DistrictResult) -> dict[str, object]:
    """What stands over the total, as far as the scheme has it: 一票否决 with the sum of the sections, 等次, 组内名次."""
    found: dict[str, object] = {}
    if scheme.vetoes:
        found["sum"] = float(district.scored.added)
        found["vetoes"] = [
            {
                "name": line.veto,
                "at_most": None if veto.at_most is None else float(veto.at_most),
                "event": line.event,
                "approver": line.approver,
                "day": line.day,
                "file": line.place.file,
                "sheet": line.place.sheet,
                "cell": line.place.cell,
                "sha256": district.digests.get(line.place.file, ""),
            }
            for line, veto in zip(district.vetoes, district.scored.vetoes, strict=True)
        ]
    if scheme.grades:
        found["grade"] = grade_of(scheme, district.scored)
    if scheme.groups:
        found |= {"group": scheme.group_of[district.name], "group_rank": district.group_rank}
    return found


def _field_data(field: FieldLayers) -> dict[str, object]:
    """What was assigned, reported, said by each unit that has said anything, and what counts."""
    said = [
        {
            "kind": one.unit.category,
            "unit": one.unit.name,
            "value": _value_data(one.evaluation.value),
            "recused": one.evaluation.recused,
        }
        for one in field.judged
        if one.evaluation.value is not None or one.evaluation.recused
    ]
    return {
        "target": _value_data(field.counts.target),
        "reported": _value_data(field.reported.value.value),
        "value": _value_data(field.counts.value),
        "named": field.counts.named,
        "judged": said,
    }


def _value_data(value: Value) -> float | bool | str | None:
    """A number, 是/否, nothing, or the word for what is 不适用 or cannot be used."""
    if isinstance(value, Decimal):
        return float(value) if value.is_finite() else ERROR_WORD
    if value is NOT_APPLICABLE:
        return NOT_APPLICABLE.value
    return ERROR_WORD if isinstance(value, Fault) else value


def _item_data(district: DistrictResult, score: Score, fields: Sequence[FieldLayers]) -> dict[str, object]:
    return {
        "score": None if score.score is None else float(score.score),
        "status": score.status.value,
        "points": float(score.points),
        "explain": score.explain,
        "sources": [_source_data(district, s) for field in fields for s in field.sources],
        "beside": [_source_data(district, s) for field in fields for s in field.beside],
    }


def _source_data(district: DistrictResult, source: Sourced) -> dict[str, str]:
    place = source.place
    return {
        "code": source.code,
        "column": source.head,
        "typed": source.typed,
        "file": place.file,
        "sheet": place.sheet,
        "cell": place.cell,
        "sha256": district.digests.get(place.file, ""),
        "unused": source.unused,
    }


def vetoes_of(scheme: Scheme, district: Mapping[str, Any]) -> tuple[Veto, ...]:
    """The vetoes of the scheme that a result says of a district; `NotComparable` for one that the scheme has not."""
    names = [veto["name"] for veto in district.get("vetoes", ())]
    if strange := [name for name in names if name not in scheme.vetoes]:
        raise NotComparable(f"结果里{district['name']}的{VETO}“{strange[0]}”不在《{scheme.source.title}》里")
    return tuple(scheme.vetoes[name] for name in names)


def load_results(path: Path) -> Results:
    """What results.json holds; `NotComparable` where it is no such file."""
    if path.is_dir():
        raise NotComparable(
            f"{path} 是文件夹，请指定其中的 results.json；考核文件夹的在“{RESULTS_FOLDER}”里最后一次的文件夹中"
        )
    try:
        data: Results = json.loads(bytes_of(path))
        _check_shape(data)
    except UnreadableWorkbook as error:
        raise NotComparable(f"{path} {error.detail}，请指定 results.json") from error
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise NotComparable(f"{path} 不是 xladdin consolidate --json 写出的结果，请指定 results.json") from error
    if data["districts"]:
        check_outline(data, data.get("outline") or data["districts"][0], f"{path} ")
    return data


def check_outline(data: Results, told: Mapping[str, Any], where: str = "") -> None:
    """`NotComparable` where a district has other sections or items than the outline that is told."""
    for district in data["districts"]:
        for kind, what in ("sections", SECTION), ("items", ITEM):
            own, expected = district[kind].keys(), told[kind].keys()
            if own != expected:
                differing = (("多", sorted(own - expected)), ("缺", sorted(expected - own)))
                found = "，".join(f"{word} {'、'.join(ids)}" for word, ids in differing if ids)
                raise NotComparable(
                    f"{where}{district['name']}的{what}{found}：各单位应有同样的部分和项目，结果可能被改过；请重新汇总，或从备份恢复"
                )


def _check_shape(data: Results) -> None:
    """Touch everything that is compared, so that a file of another shape is found out here and not half-way."""
    _check_values(data)
    for name, option in data["policies"].items():
        _texts(name, option)
    _texts(data["scheme"])
    for file in data.get("files", ()):
        _texts(file["name"], file["sha256"])
    for unit in data.get("evaluators", ()):
        _texts(unit["kind"], unit["name"])
    names = [district["name"] for district in data["districts"]]
    _texts(*names)
    if len(set(names)) < len(names):
        raise ValueError(names)
    for district in data["districts"]:
        if any(veto["at_most"] is None for veto in district.get("vetoes", ())):
            _numbers(district["sum"])
        else:
            _numbers(district["rank"], district["total"])
        _numbers(*district["sections"].values(), district["provisional"])
        for veto in district.get("vetoes", ()):
            _texts(*(veto[name] for name in ("name", "event", "approver", "day", "file", "sheet", "cell", "sha256")))
        for item in district["items"].values():
            _numbers(item["points"], 0 if item["score"] is None else item["score"])
            _texts(item["explain"])
            Status(item["status"])
            for source in (*item["sources"], *item.get("beside", ())):
                _texts(*(source[name] for name in ("code", "column", "typed", "file", "sheet", "cell", "sha256")))
                _texts(source.get("unused", ""))
        for field in district.get("fields", {}).values():
            _known(field["target"], field["reported"], field["value"], field["named"])
            for one in field["judged"]:
                _texts(one["kind"], one["unit"])
                _known(one["value"], one["recused"])
    for issue in data.get("issues", ()):
        found = issue_of(issue)
        _texts(found.code, found.found, found.expected, found.remedy, *found.place.__dict__.values())
    if told := data.get("outline"):
        if "called" in told:
            unit, office = told["called"]
            _texts(unit, office)
        _numbers(told["points"], *(section["points"] for section in told["sections"].values()))
        _texts(*(section["name"] for section in told["sections"].values()), *told["items"].values())
        _texts(*(i[name] for i in told["indicators"].values() for name in ("name", "unit")))


def _check_values(data: object) -> None:
    """Refuse what no result holds, at any depth: texts that no file can hold, numbers that are none or beyond all bounds."""
    if isinstance(data, str):
        if fit_text(data) != data:
            raise ValueError("text")
    elif isinstance(data, int | float):
        if not abs(data) < _BEYOND:
            raise ValueError("number")
    elif isinstance(data, Mapping):
        for key, value in data.items():
            _check_values(key)
            _check_values(value)
    else:
        for value in data if isinstance(data, list) else ():
            _check_values(value)


_BEYOND = 10**15


def _texts(*values: object) -> None:
    if not all(isinstance(value, str) for value in values):
        raise TypeError(values)


def _numbers(*values: object) -> None:
    if not all(isinstance(value, int | float) for value in values):
        raise TypeError(values)


def _known(*values: object) -> None:
    if not all(value is None or isinstance(value, int | float | str) for value in values):
        raise TypeError(values)
