"""Q1: no community is favoured over another."""

from __future__ import annotations

import pytest

from .builder import plan_of
from .missions import SMALL, alone, changed, fine, mission, serve, with_row, without


def shared(tolerance=0.2, sites=None, header=None, **tables):
    sites = sites or [{"site": "A", "group": "hill"}, {"site": "B", "group": "lake"}]
    policy = {} if tolerance is None else {"impartiality_tolerance": tolerance}
    return mission(header={"policy": policy, **(header or {})}, sites=sites, **tables)


def test_q1_kept() -> None:
    # Hill 80 of 100, lake 30 of 50: 0.8 and 0.6 are 0.2 apart, which is tolerated.
    m = shared()
    assert fine(m, plan_of(m, [serve("agency", "A", 80), serve("agency", "B", 30)])).tiers["mandate"] == 0


def test_q1_broken_is_recorded_in_people_of_the_smallest_group() -> None:
    # Hill 0.9, lake 0.2: 0.7 apart, 0.5 too far; the lake has 50 people: 25.
    m = shared()
    plan = plan_of(m, [serve("agency", "A", 90), serve("agency", "B", 10)])
    assert fine(m, plan).tiers["mandate"] == pytest.approx(25)
    found = alone(m, without(plan, "broken", 0), "Q1")
    assert found.keys == {"sector": "Food"}
    assert (found.period, found.amount, found.unit) == (None, pytest.approx(25), "people")
    assert alone(m, changed(plan, "broken", 0, amount=20.0), "Q1").amount == pytest.approx(5)


def test_q1_recorded_without_a_break() -> None:
    m = shared()
    plan = plan_of(m, [serve("agency", "A", 80), serve("agency", "B", 30)])
    row = {"rule": "Q1", "sector": "Food", "amount": 2.0, "measure": "people"}
    assert alone(m, with_row(plan, "broken", **row), "Q1").amount == pytest.approx(2)


def test_q1_off_without_the_policy() -> None:
    m = shared(tolerance=None)
    fine(m, plan_of(m, [serve("agency", "A", 100)]))


def test_q1_counts_the_others_and_the_whole_horizon() -> None:
    # Two periods: hill 100 of 200 in all, lake 50 of 100, of which others cover 20 + 20: 0.5 each.
    coverage = [{"site": "B", "activity": "food", "organisation": "others", "people": 20}]
    m = shared(0.0, header={"periods": 2}, coverage=coverage)
    plan = plan_of(m, [serve("agency", "A", 100), serve("agency", "B", 10, period=2)])
    assert fine(m, plan).tiers["mandate"] == 0


def test_q1_leaves_out_sites_without_group_and_groups_without_people() -> None:
    sites = [{"site": "A", "group": "hill"}, {"site": "B"}, {"site": "C", "group": "coast"}]
    m = shared(0.0, sites=sites)
    fine(m, plan_of(m, [serve("agency", "A", 100)]))


def test_q1_sectors_stand_apart() -> None:
    # In food the groups are 1 apart, in health equal: 50 people (the lake's) are broken, in food alone.
    m = shared(
        0.0,
        activities=[*SMALL["activities"], {"activity": "health", "sector": "Health"}],
        needs=[*SMALL["needs"], *({**need, "activity": "health"} for need in SMALL["needs"])],
    )
    plan = plan_of(m, [serve("agency", "A", 100)])
    assert plan.tables["broken"]["sector"].tolist() == ["Food"]
    assert fine(m, plan).tiers["mandate"] == pytest.approx(50)
