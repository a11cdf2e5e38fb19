"""N1 to N3: who is served, and how much."""

from __future__ import annotations

import pytest

from pklogistics.check import check

from .builder import plan_of
from .missions import SMALL, alone, changed, fine, mission, serve, with_row, without

FULL = [serve("agency", "A", 100), serve("elders", "B", 50)]


def test_everybody_served_is_fine() -> None:
    report = fine(mission(), plan_of(mission(), FULL))
    assert report.tiers == {"mandate": 0.0, "need": 0.0, "cost": 0.0}


def test_nobody_served_is_fine_and_counts_as_need() -> None:
    # Nothing obliges the plan to serve: 100 + 50 people are unmet, not graded, weight 1.
    assert fine(mission(), plan_of(mission())).tiers["need"] == 150


def test_n1_more_served_than_net_need() -> None:
    # Others cover 30 of the 100 at A: 70 are left, so 80 served are 10 too many.
    m = mission(coverage=[{"site": "A", "activity": "food", "organisation": "others", "people": 30}])
    fine(m, plan_of(m, [serve("agency", "A", 70)]))
    found = alone(m, plan_of(m, [serve("agency", "A", 80)]), "N1")
    assert found.keys == {"site": "A", "activity": "food"}
    assert (found.period, found.amount, found.unit) == (1, pytest.approx(10), "people")
    assert "80" in found.message
    assert "70" in found.message


def test_n1_served_twice_by_two_organisations() -> None:
    # 60 + 60 where 100 are in need: neither is too many alone, together they are by 20.
    plan = plan_of(mission(), [serve("agency", "A", 60), serve("elders", "A", 60)])
    assert alone(mission(), plan, "N1").amount == pytest.approx(20)


def test_n1_coverage_above_the_need_leaves_nothing_and_takes_nothing() -> None:
    # Others reach 130 of 100 people: net need is 0, not -30, and B is none of their business.
    m = mission(coverage=[{"site": "A", "activity": "food", "organisation": "others", "people": 130}])
    assert fine(m, plan_of(m, [serve("agency", "B", 50)])).tiers["need"] == 0


def test_n1_unmet_that_does_not_add_up() -> None:
    # 100 in need, 60 served: 40 are unmet. The plan says 25, so 15 are lost. Row 0 of coverage is A.
    plan = changed(plan_of(mission(), [serve("agency", "A", 60)]), "coverage", 0, unmet=25.0)
    found = alone(mission(), plan, "N1")
    assert (found.keys["site"], found.amount) == ("A", pytest.approx(15))


def test_n1_each_period_stands_alone() -> None:
    # 100 people a period at A; in period 2 the plan serves 101.
    m = mission(header={"periods": 2})
    plan = plan_of(m, [serve("agency", "A", 100), serve("agency", "A", 101, period=2)])
    found = alone(m, plan, "N1")
    assert (found.period, found.amount) == (2, pytest.approx(1))


def test_n1_tolerance_is_small() -> None:
    # The tolerance is 1e-4 + 1e-6 * 100 = 2e-4 people.
    fine(mission(), plan_of(mission(), [serve("agency", "A", 100 + 1.9e-4)]))
    alone(mission(), plan_of(mission(), [serve("agency", "A", 100 + 2.1e-4)]), "N1")


def test_n2_all_or_nothing() -> None:
    m = mission(activities=[{"activity": "food", "sector": "Food", "all_or_nothing": True}])
    fine(m, plan_of(m, [serve("agency", "A", 60), serve("elders", "A", 40)]))
    fine(m, plan_of(m))
    # 70 of 100: 30 short of all, 70 above nobody; the nearer end is 30 away.
    found = alone(m, plan_of(m, [serve("agency", "A", 70)]), "N2")
    assert found.keys == {"site": "A", "activity": "food"}
    assert (found.period, found.amount, found.unit) == (1, pytest.approx(30), "people")


def floored(people: float = 100):
    needs = [{"site": "A", "activity": "food", "people": people, "min_coverage": 0.8}]
    coverage = [{"site": "A", "activity": "food", "organisation": "others", "people": 10}]
    return mission(needs=needs, coverage=coverage)


def test_n3_floor_met_or_recorded() -> None:
    # The floor is 80 of 100; others cover 10, so 70 served are enough and 45 leave 25 broken.
    m = floored()
    assert fine(m, plan_of(m, [serve("agency", "A", 70)])).tiers["mandate"] == 0
    plan = plan_of(m, [serve("agency", "A", 45)])
    assert plan.tables["broken"]["amount"].tolist() == [25]
    assert fine(m, plan).tiers["mandate"] == pytest.approx(25)


def test_n3_unrecorded_floor() -> None:
    m = floored()
    plan = without(plan_of(m, [serve("agency", "A", 45)]), "broken", 0)
    found = alone(m, plan, "N3")
    assert found.keys == {"site": "A", "activity": "food"}
    assert (found.period, found.amount, found.unit) == (1, pytest.approx(25), "people")


@pytest.mark.parametrize(("recorded", "off"), [(20.0, 5), (31.0, 6)])
def test_n3_recorded_wrongly(recorded: float, off: float) -> None:
    # 25 are missing: 20 recorded hide 5, 31 recorded invent 6.
    m = floored()
    plan = changed(plan_of(m, [serve("agency", "A", 45)]), "broken", 0, amount=recorded)
    assert alone(m, plan, "N3").amount == pytest.approx(off)


def test_n3_recorded_where_nothing_is_broken() -> None:
    m = floored()
    plan = plan_of(m, [serve("agency", "A", 70)])
    row = {"rule": "N3", "site": "A", "activity": "food", "period": 1, "amount": 3.0, "measure": "people"}
    assert alone(m, with_row(plan, "broken", **row), "N3").amount == pytest.approx(3)


def test_severity_and_weight_enter_the_need() -> None:
    # Severity 4 has factor 4 and the weight is 2: 100 unmet people weigh 800; B is not graded: 50.
    needs = [{**SMALL["needs"][0], "severity": 4, "weight": 2}, SMALL["needs"][1]]
    m = mission(needs=needs)
    assert fine(m, plan_of(m)).tiers["need"] == pytest.approx(850)


def test_service_where_there_is_no_need() -> None:
    # B needs nothing: 5 people served there are 5 too many (N1), by a presence without a need (C1).
    m = mission(needs=[SMALL["needs"][0]])
    report = check(m, plan_of(m, [serve("agency", "B", 5)]))
    assert {v.rule for v in report.violations} == {"N1", "C1"}
    assert report.violations[0].amount == pytest.approx(5)
