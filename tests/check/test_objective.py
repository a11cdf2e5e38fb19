"""Tiers recomputed, and what the plan says of them."""

from __future__ import annotations

from dataclasses import replace
from math import inf, nan

import pytest

from pklogistics.check import check
from pklogistics.plan import Plan, TierResult

from .builder import Author, plan_of
from .missions import alone, caught, fine, mission, serve

SERVICE = [serve("agency", "A", 60)]


def told(plan: Plan, number: int = 1, **claims) -> Plan:
    """The plan that claims something else of one tier (the second is need: 40 + 50 people unmet)."""
    tiers = list(plan.tiers)
    tiers[number] = replace(tiers[number], **claims)
    return replace(plan, tiers=tuple(tiers))


def test_tiers_are_recomputed() -> None:
    m = mission()
    plan = plan_of(m, SERVICE)
    assert fine(m, plan).tiers == {"mandate": 0, "need": 90, "cost": 0}


def test_value_that_is_not_so() -> None:
    m = mission()
    found = alone(m, told(plan_of(m, SERVICE), value=80.0, bound=80.0), "tiers")
    assert found.keys == {"tier": "need"}
    assert (found.period, found.amount) == (None, pytest.approx(10))


def test_bound_above_the_value() -> None:
    m = mission()
    plan = plan_of(m, SERVICE)
    fine(m, told(plan, bound=45.0, gap=0.5))
    assert alone(m, told(plan, bound=95.0, gap=0.0), "tiers").amount == pytest.approx(5)


@pytest.mark.parametrize("gap", [0.0, 0.4, 0.6, nan, inf])
def test_gap_that_value_and_bound_do_not_make(gap: float) -> None:
    # (90 - 45) / 90 = 0.5
    m = mission()
    assert alone(m, told(plan_of(m, SERVICE), bound=45.0, gap=gap), "tiers").keys == {"tier": "need"}


def test_nothing_proven() -> None:
    m = mission()
    plan = plan_of(m, SERVICE)
    fine(m, told(plan, bound=-inf, gap=inf))
    alone(m, told(plan, bound=-inf, gap=0.0), "tiers")


def test_values_that_are_no_numbers() -> None:
    m = mission()
    for claims in ({"value": nan}, {"bound": nan}, {"value": inf, "bound": inf}):
        assert caught(m, told(plan_of(m, SERVICE), **claims)) == {"tiers"}


def test_tiers_of_another_objective() -> None:
    m = mission()
    plan = plan_of(m, SERVICE)
    for tiers in ((), plan.tiers[:2], plan.tiers[::-1], (*plan.tiers, TierResult("risk", 0, 0, 0))):
        alone(m, replace(plan, tiers=tiers), "tiers")


def test_weighted_sum() -> None:
    # need 90 * 2 + cost (3 a person, 60 served: 180) * 0.5 = 270.
    capabilities = [{"organisation": "agency", "activity": "food", "cost_per_person": 3}]
    m = mission(header={"objective": {"weights": {"need": 2, "cost": 0.5}}}, capabilities=capabilities)
    plan = replace(Author(m, SERVICE).plan(()), tiers=(TierResult("weighted", 270, 270, 0.0),))
    assert fine(m, plan).tiers == {"weighted": pytest.approx(270)}


def test_named_tiers_with_risk() -> None:
    # 2 companies of 100 at threat 3: 600; the terms that nothing fills yet are 0.
    tiers = [{"name": "safety", "terms": {"risk": 0.5, "change": 7, "waste": 7}}, "need"]
    m = mission(
        header={"objective": {"tiers": tiers}},
        sites=[{"site": "A", "threat": 3}, {"site": "B"}],
        units=[{"unit": "company", "persons": 100, "available": 2}],
    )
    plan = Author(m, [], stationing={("company", "A", 1): 2}).plan(())
    results = (TierResult("safety", 300, 300, 0.0), TierResult("need", 150, 150, 0.0))
    assert fine(m, replace(plan, tiers=results)).tiers == {"safety": pytest.approx(300), "need": 150}


def test_report_in_plain_types() -> None:
    m = mission()
    report = check(m, told(plan_of(m, SERVICE), value=80.0, bound=80.0))
    written = report.to_dict()
    assert written["ok"] is False
    assert written["tiers"] == {"mandate": 0.0, "need": 90.0, "cost": 0.0}
    assert written["violations"][0]["keys"] == {"tier": "need"}
    frame = report.to_frame()
    assert frame[["rule", "keys", "unit"]].to_numpy().tolist() == [["tiers", "tier=need", "tier value"]]
    assert check(m, plan_of(m)).to_frame().empty


def test_a_tier_that_was_held_for_others_at_less_than_the_plan_makes_it() -> None:
    # Need is 90, its bound 80; a quarter of that may be given up, so it was held at 100 or more.
    tiers = ["mandate", {"name": "need", "terms": {"need": 1}, "tolerance": 0.25}, "cost"]
    m = mission(header={"objective": {"tiers": tiers}})
    plan = told(plan_of(m, SERVICE), bound=80.0, gap=1 / 9)
    fine(m, told(plan, held_at=100.0))
    fine(m, told(plan, held_at=110.0))
    found = alone(m, told(plan, held_at=95.0), "tiers")
    assert found.amount == pytest.approx(5)
    assert "held at 95" in found.message
    assert "its bound of 80 with its tolerance of 0.25 makes 100" in found.message
    bare = told(plan, bound=-inf, gap=inf)
    fine(m, told(bare, held_at=95.0))
    found = alone(m, told(bare, held_at=85.0), "tiers")
    assert found.amount == pytest.approx(5)
    assert "held at 85 for the tiers after it; the plan makes it 90" in found.message
    assert caught(m, told(bare, held_at=nan)) == {"tiers"}
