"""Every ranking of 口径分析 is the one that consolidating again under those readings gives."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from random import Random

import pytest

from xladdin.analysis import readings
from xladdin.analysis.readings import Spread, spread
from xladdin.results.consolidation import Consolidation, consolidate_forms
from xladdin.returns.collection import collect
from xladdin.scheme import Scheme


def test_spread__any_combination__totals_and_ranks_of_a_consolidation_under_it(
    scheme: Scheme, firm: Spread, returned: Path
) -> None:
    found = firm
    offered = [[o for o in policy.options if o != "weights"] for policy in scheme.policy_list]
    names = [policy.name for policy in scheme.policy_list]
    expected = {tuple(chosen) for chosen in product(*offered)}
    by_options = {tuple(s.options[name] for name in names): s for s in found.combined}
    assert set(by_options) == expected
    assert found.possible == len(found.combined) == len(expected)
    collection = collect(scheme, [returned])
    rankings = set()
    for chosen in Random(7).sample(sorted(expected), 6):
        again = consolidate_forms(scheme, collection, scheme.choose_policies(dict(zip(names, chosen, strict=True))))
        standing = by_options[chosen]
        assert standing.totals == {d.name: d.scored.total for d in again.districts}
        assert standing.ranks == {d.name: d.rank for d in again.districts}
        rankings.add(tuple(standing.ranks.values()))
    assert len(rankings) > 1  # the readings do matter to these forms


def test_spread__one_reading_alone__in_the_order_of_the_scheme(scheme: Scheme, firm: Spread) -> None:
    found = firm
    defaults = {policy.name: policy.default for policy in scheme.policy_list}
    assert found.in_force.options == defaults
    changed = [{name: o for name, o in s.options.items() if o != defaults[name]} for s in found.single.values()]
    assert [{name: option} for name, option in found.single] == changed
    assert changed == [
        {policy.name: option}
        for policy in scheme.policy_list
        for option in policy.options
        if option not in (policy.default, "weights")
    ]


@pytest.mark.slow
def test_spread__more_than_can_be_worked_out__a_sample_that_is_always_the_same(
    firm: Spread, consolidation: Consolidation, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = firm
    monkeypatch.setattr(readings, "MOST", 40)
    found = spread(consolidation)
    assert found.is_sample
    assert (len(found.combined), found.possible) == (40, whole.possible)
    assert len({tuple(s.options.items()) for s in found.combined}) == 40
    assert found == spread(consolidation)
    known = {tuple(sorted(s.options.items())): s for s in whole.combined}
    assert all(known[tuple(sorted(s.options.items()))].ranks == s.ranks for s in found.combined)
