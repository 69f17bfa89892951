"""Scores that a returned file shows, compared with what its entries give: claims to be checked, never inputs."""

from __future__ import annotations

from decimal import Decimal

from xladdin import issues
from xladdin.forms.form import Form
from xladdin.forms.layout import form_layout
from xladdin.issues import Issue, Place
from xladdin.methods import checks
from xladdin.numbers import decimal_of, half_up
from xladdin.scheme.model import Scheme
from xladdin.scoring.items import Status
from xladdin.scoring.totals import DistrictScore, annex_total
from xladdin.workbook.cells import CellError, Raw, shown_text

_NO_SUCH_NAME = CellError("#NAME?")
"""What a formula shows whose function the program does not know."""


def false_claims(scheme: Scheme, form: Form, scored: DistrictScore) -> list[Issue]:
    """Scores shown in the file that are not what its entries give under the readings its formulas follow."""
    if all(claim in (None, "") for claim, _place in form.claims.values()):
        return []  # saved by a program that stores no results: nothing is claimed
    found = []
    # The formulas of 区填报表 name no function of ours: there it can only be tampering.
    unresolved = {
        id_: place
        for id_, (claim, place) in form.claims.items()
        if claim == _NO_SUCH_NAME and place.sheet not in {annex.sheet for annex in form_layout(scheme).annexes}
    }
    if unresolved:
        listed = "、".join(list(unresolved)[:6]) + (" 等" if len(unresolved) > 6 else "")
        shown = f"{len(unresolved)} 个得分公式显示 {_NO_SUCH_NAME.text}：{listed}"
        found.append(issues.issue(issues.UNRESOLVED, next(iter(unresolved.values())), shown))
    for id_, (claim, place) in form.claims.items():
        if id_ in unresolved:
            continue
        expected = _expected_claim(scheme, scored, id_, place)
        if expected is None or _agrees(claim, expected, _converted(form, id_, is_total=id_ not in scored.items)):
            continue
        shown = shown_text(claim) or "空白"
        found.append(issues.issue(issues.SCORE_DIFFERS, place, f"表中得分为“{shown}”", score=expected or "空白"))
    return found


def _expected_claim(scheme: Scheme, scored: DistrictScore, id_: str, place: Place) -> str | None:
    if id_ not in scored.items:
        failed = any(s.status is Status.ERROR for s in scored.items.values())
        annex = next((annex for annex in scheme.annexes if annex.annex.id == id_.split()[-1]), None)
        return None if failed else str(annex_total(annex, scored.items) if annex else scored.total)
    score = scored.items[id_]
    if score.status is Status.ERROR:
        return None
    if score.status is Status.NOT_APPLICABLE:
        return checks.NOT_APPLICABLE
    if scheme.items[id_].among_all and place.sheet not in scheme.district_names:
        return checks.BY_ALL_UNITS
    return "" if score.score is None else str(score.score)


def _converted(form: Form, id_: str, *, is_total: bool) -> bool:
    """Whether a value was read by a rule that the file's own formulas do not have, so that they show an error."""
    return any(
        i.code in (issues.CONVERTED.code, issues.BAD_NAME.code, issues.BELOW_LEAST.code)
        and (is_total or i.place.item.startswith(f"{id_}."))
        for i in form.issues
    )


def _agrees(claim: Raw, expected: str, converted: bool) -> bool:
    if isinstance(claim, CellError):
        return False
    if isinstance(claim, bool) or not isinstance(claim, int | float):
        text = shown_text(claim).strip()
        return text == expected or (converted and text.startswith(checks.ERROR))
    try:
        return half_up(decimal_of(claim)) == Decimal(expected)
    except ArithmeticError:
        return False
