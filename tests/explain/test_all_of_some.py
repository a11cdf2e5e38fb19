"""Where a limit lets some be served, not all, it is asked what lets all of them be."""

from __future__ import annotations

import pytest

import pklogistics
from pklogistics.explain import explain
from pklogistics.explain.shortfalls.trial import served_when_relaxed

NEED = {"site": "camp", "activity": "food", "people": 100}
AGENCY = {"organisation": "agency", "activity": "food", "cost_per_person": 1}


def _mission(periods=1, **tables):
    given = {
        "sites": [{"site": "camp"}],
        "activities": [{"activity": "food", "sector": "relief"}],
        "needs": [NEED],
        "organisations": [{"organisation": "agency"}],
        "capabilities": [AGENCY],
    }
    header = {"name": "small", "periods": periods, "currency": "USD"}
    return pklogistics.Mission.from_tables(header, {**given, **tables})


def _three_funds():
    """One fund ends with the first period, one begins with the third; the third pays in any."""
    return _mission(
        3,
        needs=[{**NEED, "period": period, "severity": 5 if period == 1 else 3} for period in (1, 2, 3)],
        funds=[
            {"fund": "a", "amount": 90, "until": 1},
            {"fund": "b", "amount": 100, "from": 3},
            {"fund": "c", "amount": 10},
        ],
    )


def _explained(mission):
    plan = pklogistics.solve(mission, threads=1, time_limit=20)
    return plan, explain(mission, plan)


def test_a_fund_that_frees_some_money_is_not_named_where_another_serves_all():
    # Of `c` 10 USD go to the graver first period, in which `a` has 90. 10 USD more of `a` would free them,
    # for 10 of the second period; 100 more of `c` serve all.
    mission = _three_funds()
    plan, found = _explained(mission)
    (line,) = found.shortfalls.to_dict("records")
    assert line["reason"].startswith("fund 'c' is spent (100 USD more would do")
    assert (line["kind"], line["people"], line["proven"]) == ("fund", pytest.approx(100), True)
    assert found.limits["fund"].tolist() == ["c"]
    assert served_when_relaxed(mission, plan, found.shortfalls.iloc[0], found.limits) == pytest.approx(100)


def test_what_lets_all_be_served_is_told_beside_what_lets_some_where_it_takes_more():
    # 20 of 100 are paid for, and the agency may serve 60. More money serves another 40; for all 80 its
    # max_people has to be more as well.
    mission = _mission(capabilities=[{**AGENCY, "max_people": 60}], funds=[{"fund": "f", "amount": 20}])
    plan, found = _explained(mission)
    (line,) = found.shortfalls.to_dict("records")
    assert line["reason"] == (
        "40 of them could be served, but fund 'f' is spent (40 USD more would do); all of them could be, but"
        " fund 'f' is spent (80 USD more would do); organisation 'agency' may serve no more than 40 further"
        " people by its max_people (40 people more)"
    )
    assert (line["people"], line["proven"]) == (pytest.approx(40), True)
    assert served_when_relaxed(mission, plan, found.shortfalls.iloc[0], found.limits) == pytest.approx(40)
    # Machines are told the rows of both.
    assert found.limits["kind"].tolist() == ["fund"]
    both = found.limits_of_all
    assert both[["shortfall", "kind"]].values.tolist() == [[0, "fund"], [0, "max_people"]]
    assert served_when_relaxed(mission, plan, found.shortfalls.iloc[0], both) == pytest.approx(80)
    assert [line["kind"] for line in found.to_dict()["limits_of_all"]] == ["fund", "max_people"]
