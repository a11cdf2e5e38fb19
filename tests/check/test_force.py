"""T1 to T6: units, what they secure and whom they serve."""

from __future__ import annotations

import pytest

from pklogistics.check import check

from .builder import plan_of
from .missions import SMALL, alone, caught, changed, fine, guard, mission, serve, with_row, without

COMPANY = {"unit": "company", "persons": 100, "available": 3, "security": 2}


def manned(*, units=(COMPANY,), **tables):
    return mission(units=list(units), **tables)


def held(*counts, unit="company"):
    """Stationing from (site, period, count)."""
    return {(unit, site, period): count for site, period, count in counts}


def test_t1_moves_follow_from_stationing() -> None:
    # 2 stand at A; 3 in period 1 (1 arrives), 1 in period 2 (2 leave), B gets 2 then.
    m = manned(header={"periods": 2}, deployments=[{"unit": "company", "site": "A", "count": 2}])
    plan = plan_of(m, stationing=held(("A", 1, 3), ("A", 2, 1), ("B", 2, 2)))
    assert plan.tables["moves"][["arriving", "leaving", "persons"]].to_numpy().tolist() == [
        [1, 0, 100],
        [0, 2, 0],
        [2, 0, 200],
    ]
    fine(m, plan)
    found = alone(m, changed(plan, "moves", 0, arriving=2.0), "T1")
    assert found.keys == {"unit": "company", "site": "A"}
    assert (found.period, found.amount, found.unit) == (1, 1, "units")
    assert alone(m, changed(plan, "moves", 2, persons=150.0), "T1").amount == pytest.approx(50)
    assert alone(m, changed(plan, "moves", 1, leaving=1.0), "T1").amount == 1


def test_t1_withdrawal_at_once() -> None:
    # Two deployed companies that no row of stationing mentions have left in period 1.
    m = manned(deployments=[{"unit": "company", "site": "A", "count": 2}])
    plan = plan_of(m)
    assert plan.tables["moves"]["leaving"].tolist() == [2]
    fine(m, plan)
    assert alone(m, without(plan, "moves", 0), "T1").amount == 2


def test_t1_movement_limit() -> None:
    # 250 persons can be moved in period 1: two companies are 200, three are 50 too many.
    m = manned(header={"periods": 2}, movement=[{"period": 1, "persons": 250}])
    fine(m, plan_of(m, stationing=held(("A", 1, 1), ("B", 1, 1))))
    found = alone(m, plan_of(m, stationing=held(("A", 1, 2), ("B", 1, 1))), "T1")
    assert (found.keys, found.period) == ({}, 1)
    assert (found.amount, found.unit) == (pytest.approx(50), "persons")
    # Period 2 has no row and so no limit; leaving is free.
    fine(m, plan_of(m, stationing=held(("A", 1, 1), ("B", 1, 1), ("A", 2, 3))))


def test_t2_more_than_available() -> None:
    fine(manned(), plan_of(manned(), stationing=held(("A", 1, 2), ("B", 1, 1))))
    found = alone(manned(), plan_of(manned(), stationing=held(("A", 1, 2), ("B", 1, 3))), "T2")
    # 5 where there are 3.
    assert found.keys == {"unit": "company"}
    assert (found.period, found.amount, found.unit) == (1, pytest.approx(2), "units")


def test_t2_outside_of_its_dates() -> None:
    m = manned(units=[{**COMPANY, "from": "2", "until": "3"}], header={"periods": 4})
    fine(m, plan_of(m, stationing=held(("A", 2, 3), ("A", 3, 3))))
    for period in (1, 4):
        found = alone(m, plan_of(m, stationing=held(("A", period, 1))), "T2")
        assert (found.period, found.amount) == (period, 1)


def test_t3_camp() -> None:
    # Room for 250 persons: two companies and a team of 40 fit, three companies are 50 too many.
    units = [COMPANY, {"unit": "team", "persons": 40, "available": 5}]
    m = manned(units=units, sites=[{"site": "A", "max_persons": 250}, {"site": "B"}])
    fine(m, plan_of(m, stationing={**held(("A", 1, 2)), ("team", "A", 1): 1}))
    found = alone(m, plan_of(m, stationing=held(("A", 1, 3))), "T3")
    assert found.keys == {"site": "A"}
    assert (found.period, found.amount, found.unit) == (1, pytest.approx(50), "persons")


@pytest.mark.parametrize("place", [{"site": "A"}, {"region": "North"}, {}])
def test_t3_caveat(place: dict) -> None:
    # At most one company at A, in the North (where A and C lie), or in the theatre.
    sites = [*SMALL["sites"], {"site": "C", "region": "North"}]
    m = manned(sites=sites, unit_rules=[{"unit": "company", **place, "max": 1}])
    fine(m, plan_of(m, stationing=held(("A", 1, 1))))
    elsewhere = "A" if "site" in place else "C" if place else "B"
    counts = held(("A", 1, 1), (elsewhere, 1, 2 if elsewhere == "A" else 1))
    found = alone(m, plan_of(m, stationing=counts), "T3")
    assert found.keys == {"unit": "company", **place}
    assert (found.period, found.amount, found.unit) == (1, pytest.approx(1), "units")


@pytest.mark.parametrize("place", [{"site": "A"}, {"region": "North"}, {}])
def test_t3_post_held_by_mandate(place: dict) -> None:
    # Two companies must be there; with one, a company of 100 persons is missing.
    m = manned(unit_rules=[{"unit": "company", **place, "min": 2}])
    fine(m, plan_of(m, stationing=held(("A", 1, 2))))
    plan = plan_of(m, stationing=held(("A", 1, 1)))
    assert fine(m, plan).tiers["mandate"] == pytest.approx(100)
    found = alone(m, without(plan, "broken", 0), "T3")
    assert found.keys == {"unit": "company", **place}
    assert (found.period, found.amount, found.unit) == (1, pytest.approx(100), "persons")
    assert alone(m, changed(plan, "broken", 0, amount=250.0), "T3").amount == pytest.approx(150)


def test_t3_holds_between_the_dates_of_the_rule() -> None:
    # In period 2 two companies must be at A; in period 1 there may be one, in period 3 nobody.
    rule = {"unit": "company", "site": "A", "min": 2, "from": 2, "until": 2}
    m = manned(header={"periods": 3}, unit_rules=[rule])
    fine(m, plan_of(m, stationing=held(("A", 1, 1), ("A", 2, 2))))
    plan = plan_of(m, stationing=held(("A", 1, 1), ("A", 2, 1)))
    assert fine(m, plan).tiers["mandate"] == pytest.approx(100)
    assert alone(m, without(plan, "broken", 0), "T3").period == 2


def secured(required=None, threat=0, **tables):
    sites = [{"site": "A", "security_required": required, "threat": threat}, {"site": "B"}]
    sites = [{k: v for k, v in site.items() if v is not None} for site in sites]
    return manned(sites=sites, **{"header": {"policy": {"security_by_threat": [0, 1, 2, 3, 4]}}, **tables})


def test_t4_security_before_work() -> None:
    # 4 points are required; a company gives 2. With one company 2 points are missing.
    m = secured(4)
    work = [serve("agency", "A", 100)]
    fine(m, plan_of(m, work, stationing=held(("A", 1, 2))))
    found = alone(m, plan_of(m, work, stationing=held(("A", 1, 1), ("B", 1, 2))), "T4")
    assert found.keys == {"organisation": "agency", "site": "A"}
    assert (found.period, found.amount, found.unit) == (1, pytest.approx(2), "points")
    # Where nobody works nothing is required.
    fine(m, plan_of(m, [serve("agency", "B", 50)]))


def test_t4_policy_by_threat_and_the_site_above_it() -> None:
    work = [serve("agency", "A", 100)]
    # Threat 4 requires 4 points of the policy; the site's own 0 requires none.
    assert alone(secured(threat=4), plan_of(secured(threat=4), work), "T4").amount == pytest.approx(4)
    fine(secured(0, threat=4), plan_of(secured(0, threat=4), work))


def test_t4_who_needs_no_security_and_missions_without_units() -> None:
    work = [serve("agency", "A", 100)]
    bold = secured(
        4,
        organisations=[{"organisation": "agency", "needs_security": False}],
        capabilities=[{"organisation": "agency", "activity": "food"}],
    )
    fine(bold, plan_of(bold, work))
    civil = mission(sites=[{"site": "A", "security_required": 4}, {"site": "B"}])
    fine(civil, plan_of(civil, work))


def test_t5_armed_presence() -> None:
    observers = {"unit": "observers", "persons": 5, "available": 3, "armed": False}
    organisations = [{"organisation": "agency", "accepts_armed_presence": False}, SMALL["organisations"][1]]
    m = manned(units=[COMPANY, observers], organisations=organisations)
    work = [serve("agency", "A", 100)]
    fine(m, plan_of(m, work, stationing={("observers", "A", 1): 2, ("company", "B", 1): 1}))
    fine(m, plan_of(m, [serve("elders", "A", 100)], stationing=held(("A", 1, 2))))
    found = alone(m, plan_of(m, work, stationing=held(("A", 1, 2))), "T5")
    assert found.keys == {"organisation": "agency", "site": "A"}
    assert (found.period, found.amount, found.unit) == (1, 2, "units")


# Along the equator a degree is 2 * pi * 6371 / 360 = 111.19 km. A at 0, B at 0.5 (55.6 km), C at 1.5
# (166.8 km), D unknown.
LINE = [
    {"site": "A", "latitude": 0, "longitude": 0},
    {"site": "B", "latitude": 0, "longitude": 0.5},
    {"site": "C", "latitude": 0, "longitude": 1.5},
    {"site": "D"},
]
PATROL = {"activity": "patrol", "sector": "Protection", "provider": "force"}
PATROLLERS = {**COMPANY, "tasks": "patrol", "people_protected": 300}


def patrolled(activity=None, units=(PATROLLERS,), **tables):
    return mission(
        sites=LINE,
        activities=[{**PATROL, "radius_km": 60, **(activity or {})}],
        needs=[{"site": s["site"], "activity": "patrol", "people": 200} for s in LINE],
        organisations=[],
        capabilities=[],
        units=list(units),
        **tables,
    )


def test_t6_within_the_radius() -> None:
    m = patrolled()
    fine(m, plan_of(m, [guard("A", "A", 100), guard("A", "B", 200)], stationing=held(("A", 1, 1))))
    found = alone(m, plan_of(m, [guard("A", "C", 100)], stationing=held(("A", 1, 1))), "T6")
    # C is 1.5 degrees away, 166.79 km; the radius is 60 km.
    assert found.keys == {"site": "C", "activity": "patrol", "post": "A"}
    assert (found.period, found.amount, found.unit) == (1, pytest.approx(106.79, abs=0.01), "km")


def test_t6_radius_of_the_policy_and_none_at_all() -> None:
    near = [guard("A", "B", 200)]
    blank = {"radius_km": None}
    wide = patrolled(blank, header={"policy": {"patrol_radius_km": 60}})
    fine(wide, plan_of(wide, near, stationing=held(("A", 1, 1))))
    # Without a radius a post serves its own site only.
    own = patrolled(blank)
    fine(own, plan_of(own, [guard("A", "A", 200)], stationing=held(("A", 1, 1))))
    found = alone(own, plan_of(own, near, stationing=held(("A", 1, 1))), "T6")
    assert found.amount == pytest.approx(55.597, abs=0.001)


def test_t6_unknown_coordinates_reach_only_themselves() -> None:
    m = patrolled()
    fine(m, plan_of(m, [guard("D", "D", 100)], stationing=held(("D", 1, 1))))
    found = alone(m, plan_of(m, [guard("A", "D", 100)], stationing=held(("A", 1, 1))), "T6")
    assert (found.amount, found.unit) == (pytest.approx(100), "people")


@pytest.mark.parametrize("way", [("A", "C"), ("C", "A")])
def test_t6_measured_distance_replaces_the_great_circle(way: tuple[str, str]) -> None:
    # By road it is 50 km from A to C, in whichever direction it was measured, and 70 km from A to B.
    times = [
        {"origin": way[0], "destination": way[1], "distance_km": 50},
        {"origin": "B", "destination": "A", "distance_km": 70},
        {"origin": "A", "destination": "A", "distance_km": 99},
    ]
    m = patrolled(travel_times=times)
    fine(m, plan_of(m, [guard("A", "C", 100), guard("A", "A", 100)], stationing=held(("A", 1, 1))))
    found = alone(m, plan_of(m, [guard("A", "B", 100)], stationing=held(("A", 1, 1))), "T6")
    assert found.amount == pytest.approx(10)


def test_t6_post_without_a_unit_of_that_task() -> None:
    m = patrolled(units=[PATROLLERS, {**COMPANY, "unit": "engineers"}])
    report = check(m, plan_of(m, [guard("A", "A", 100)], stationing={("engineers", "A", 1): 1}))
    assert [v.rule for v in report.violations] == ["T6"]
    found = report.violations[0]
    assert found.keys == {"post": "A", "activity": "patrol"}
    assert (found.period, found.amount, found.unit) == (1, 1, "units")


def test_t6_strength_of_a_post() -> None:
    # A post needs 150 persons: two companies have them, one lacks 50. Engineers do not count.
    m = patrolled({"min_persons": 150}, units=[PATROLLERS, {**COMPANY, "unit": "engineers"}])
    fine(m, plan_of(m, [guard("A", "A", 100)], stationing=held(("A", 1, 2))))
    weak = {**held(("A", 1, 1)), ("engineers", "A", 1): 3}
    found = alone(m, plan_of(m, [guard("A", "A", 100)], stationing=weak), "T6")
    assert found.keys == {"post": "A", "activity": "patrol"}
    assert (found.amount, found.unit) == (pytest.approx(50), "persons")


def test_t6_people_protected() -> None:
    # A company protects 300: 200 at A and 100 at B are, 200 and 150 are 50 too many for it.
    m = patrolled()
    fine(m, plan_of(m, [guard("A", "A", 200), guard("A", "B", 100)], stationing=held(("A", 1, 1))))
    crowd = [guard("A", "A", 200), guard("A", "B", 150)]
    found = alone(m, plan_of(m, crowd, stationing=held(("A", 1, 1))), "T6")
    assert found.keys == {"post": "A", "activity": "patrol"}
    assert (found.amount, found.unit) == (pytest.approx(50), "people")
    # Two companies, or one beside a unit without a limit, protect them all.
    fine(m, plan_of(m, crowd, stationing=held(("A", 1, 2))))
    police = {"unit": "police", "persons": 9, "available": 1, "tasks": "patrol"}
    m = patrolled(units=[PATROLLERS, police])
    fine(m, plan_of(m, crowd, stationing={**held(("A", 1, 1)), ("police", "A", 1): 1}))


def test_t6_people_are_served_once_however_many_posts() -> None:
    m = patrolled()
    both = held(("A", 1, 1), ("B", 1, 1))
    fine(m, plan_of(m, [guard("A", "B", 120), guard("B", "B", 80)], stationing=both))
    assert caught(m, plan_of(m, [guard("A", "B", 120), guard("B", "B", 90)], stationing=both)) == {"N1"}


def test_t6_nobody_serves() -> None:
    # Neither an organisation nor a post; and an activity of organisations served from a post.
    m = patrolled()
    assert alone(m, plan_of(m, [guard("", "A", 10)]), "T6").amount == pytest.approx(10)
    m = manned()
    plan = plan_of(m, [guard("A", "A", 10, "food")], stationing=held(("A", 1, 1)))
    assert alone(m, plan, "T6").keys == {"site": "A", "activity": "food", "post": "A"}


def test_stationing_names_the_persons_of_its_units() -> None:
    plan = plan_of(manned(), stationing=held(("A", 1, 2)))
    found = alone(manned(), changed(plan, "stationing", 0, persons=150.0), "tables")
    assert (found.amount, found.unit) == (pytest.approx(50), "persons")


def test_units_are_whole() -> None:
    m = manned()
    plan = plan_of(m, stationing=held(("A", 1, 1)))
    half = changed(plan, "stationing", 0, count=0.5)
    assert "numbers" in caught(m, half)
    assert "numbers" not in caught(m, plan)


def test_a_unit_that_the_mission_does_not_know() -> None:
    plan = with_row(plan_of(manned()), "stationing", unit="ghosts", site="A", period=1, count=1.0)
    assert caught(manned(), plan) == {"labels"}
