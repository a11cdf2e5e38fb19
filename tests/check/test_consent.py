"""C6: agreed, refused, allowed and lead."""

from __future__ import annotations

import pytest

from .builder import plan_of
from .missions import SMALL, alone, changed, fine, mission, serve, without

TWO = {
    "activities": [{"activity": "food", "sector": "Food"}, {"activity": "health", "sector": "Health"}],
    "needs": [
        {"site": "A", "activity": "food", "people": 100},
        {"site": "A", "activity": "health", "people": 40},
    ],
    "capabilities": [
        {"organisation": name, "activity": activity}
        for name in ("agency", "elders")
        for activity in ("food", "health")
    ],
}


def consent(*rows, **tables):
    presence = [{"organisation": "agency", "site": "A", **row} for row in rows]
    return mission(**{**TWO, "presence": presence, **tables})


def test_c6_agreement_kept_with_nobody_served() -> None:
    m = consent({"status": "agreed", "activity": "food"})
    assert fine(m, plan_of(m, presence=[serve("agency", "A", 0)])).tiers["mandate"] == 0


def test_c6_broken_agreement_is_recorded() -> None:
    # The 100 people at A who need food are what the agreement was about. Health (40) is not.
    m = consent({"status": "agreed", "activity": "food"})
    plan = plan_of(m, [serve("agency", "A", 40, "health")])
    assert fine(m, plan).tiers["mandate"] == pytest.approx(100)
    found = alone(m, without(plan, "broken", 0), "C6")
    assert found.keys == {"organisation": "agency", "site": "A", "activity": "food"}
    assert (found.period, found.amount, found.unit) == (1, pytest.approx(100), "people")
    assert alone(m, changed(plan, "broken", 0, amount=60.0), "C6").amount == pytest.approx(40)


def test_c6_agreement_for_any_activity() -> None:
    # Blank activity: one presence is enough, and a break weighs both needs, 100 + 40.
    m = consent({"status": "agreed"})
    assert fine(m, plan_of(m, [serve("agency", "A", 5, "health")])).tiers["mandate"] == 0
    assert fine(m, plan_of(m)).tiers["mandate"] == pytest.approx(140)


def test_c6_agreement_for_what_it_can_and_may_do() -> None:
    # The agency can do health alone: a break weighs 40. Where health is refused, food alone weighs: 100.
    m = consent({"status": "agreed"}, capabilities=[{"organisation": "agency", "activity": "health"}])
    assert fine(m, plan_of(m)).tiers["mandate"] == pytest.approx(40)
    m = consent({"status": "agreed"}, {"status": "refused", "activity": "health"})
    assert fine(m, plan_of(m)).tiers["mandate"] == pytest.approx(100)


def test_c6_agreement_holds_in_its_periods_and_where_there_is_need() -> None:
    # Need for food in periods 1 to 4, none in 3; agreed from 2: broken in 2 and 4.
    needs = [
        {"site": "A", "activity": "food", "period": t, "people": n}
        for t, n in ((1, 10), (2, 20), (3, 0), (4, 30))
    ]
    m = consent({"status": "agreed", "activity": "food", "from": "2"}, header={"periods": 4}, needs=needs)
    plan = plan_of(m)
    assert plan.tables["broken"]["period"].tolist() == [2, 4]
    assert fine(m, plan).tiers["mandate"] == pytest.approx(50)


def test_c6_a_break_weighs_at_least_one() -> None:
    m = consent(
        {"status": "agreed", "activity": "food"},
        needs=[{"site": "A", "activity": "food", "people": 0.25}],
    )
    assert fine(m, plan_of(m)).tiers["mandate"] == 1


def test_c6_refused() -> None:
    m = consent({"status": "refused"}, header={"periods": 2})
    fine(m, plan_of(m, [serve("elders", "A", 100)]))
    found = alone(m, plan_of(m, [serve("agency", "A", 100, period=2)]), "C6")
    assert found.keys == {"organisation": "agency", "site": "A", "activity": "food"}
    assert (found.period, found.amount, found.unit) == (2, 1, "presences")


def test_c6_refused_for_a_time() -> None:
    m = consent({"status": "refused", "from": "2", "until": "2"}, header={"periods": 3})
    fine(m, plan_of(m, [serve("agency", "A", 100, period=t) for t in (1, 3)]))
    alone(m, plan_of(m, [serve("agency", "A", 100, period=2)]), "C6")


def test_c6_allowed_lifts_for_its_activity() -> None:
    m = consent({"status": "refused"}, {"status": "allowed", "activity": "food"})
    fine(m, plan_of(m, [serve("agency", "A", 100)]))
    found = alone(m, plan_of(m, [serve("agency", "A", 40, "health")]), "C6")
    assert found.keys["activity"] == "health"


def test_c6_a_general_allowance_does_not_lift_a_particular_refusal() -> None:
    m = consent({"status": "refused", "activity": "food"}, {"status": "allowed"})
    fine(m, plan_of(m, [serve("agency", "A", 40, "health")]))
    alone(m, plan_of(m, [serve("agency", "A", 100)]), "C6")


def test_c6_lead() -> None:
    # The agency leads food at A: the elders serve food there only beside it, health as they like.
    m = consent({"status": "lead", "activity": "food"})
    fine(m, plan_of(m, [serve("agency", "A", 10), serve("elders", "A", 90)]))
    fine(m, plan_of(m, [serve("elders", "A", 40, "health")]))
    fine(m, plan_of(m))
    found = alone(m, plan_of(m, [serve("elders", "A", 90)]), "C6")
    assert found.keys == {"organisation": "elders", "site": "A", "activity": "food", "lead": "agency"}
    assert (found.period, found.amount, found.unit) == (1, 1, "presences")


def test_c6_lead_of_everything_it_can_do() -> None:
    # It can do health only, so it leads health only; health is led activity by activity.
    able = [{"organisation": "agency", "activity": "health"}, *TWO["capabilities"][2:]]
    m = consent({"status": "lead"}, capabilities=able)
    fine(m, plan_of(m, [serve("elders", "A", 90)]))
    assert alone(m, plan_of(m, [serve("elders", "A", 30, "health")]), "C6").keys["activity"] == "health"


def test_c6_lead_elsewhere_is_no_lead_here() -> None:
    needs = [*TWO["needs"], SMALL["needs"][1]]
    m = consent({"status": "lead"}, needs=needs)
    fine(m, plan_of(m, [serve("elders", "B", 50)]))
