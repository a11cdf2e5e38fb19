"""Routes, vehicles and armed escort carry what they can (S3, S5)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.model.goods import mission, rows, solved, tiers

NEEDED = {"site": "town", "activity": "food", "people": 100}
RICE = {"commodity": "rice", "unit": "kg", "weight_t": 0.01, "price": 0}
HALF_DAY = [{"origin": "port", "destination": "town", "hours": 5}]


def truck(**changes: Any) -> dict[str, Any]:
    return {
        "depot": "port",
        "vehicle": "truck",
        "count": 2,
        "payload_t": 2,
        "hours_per_period": 20,
        **changes,
    }


def test_a_route_carries_no_more_than_its_capacity() -> None:
    routes = [{"origin": "port", "destination": "town", "capacity_t": 0.6}]
    assert tiers(solved(mission(routes=routes)))["need"] == 40


def test_vehicles_drive_there_and_back() -> None:
    # 10 kg weigh 0.1 t a person. Two trucks have 40 hours, a trip takes 10 and carries 2 t: 8 t, 80 people.
    plan = solved(mission(commodities=[RICE], routes=HALF_DAY, fleets=[truck(cost_per_hour=3)]))
    assert tiers(plan) == {"mandate": 0, "need": 20, "waste": 0, "cost": 120}
    assert rows(plan, "vehicles", "depot", "vehicle", "mode", "destination", "tonnes", "hours") == [
        ("port", "truck", "road", "town", 8.0, 40.0)
    ]
    assert rows(plan, "costs", "kind_of_cost", "site", "commodity", "amount") == [
        ("transport", "town", "", 120.0)
    ]


@pytest.mark.parametrize(
    ("route", "hours"),
    [
        ({"hours": 5, "distance_km": 100}, 5.0),
        ({"distance_km": 100}, 3.0),  # travel_times comes before the distance at 40 km/h.
        ({}, 3.0),
    ],
)
def test_the_hours_of_a_route(route: dict[str, float], hours: float) -> None:
    times = [{"origin": "town", "destination": "port", "minutes": 180, "distance_km": 999}]
    one = mission(
        routes=[{"origin": "port", "destination": "town", **route}],
        travel_times=times,
        fleets=[truck(payload_t=1)],
    )
    assert rows(solved(one), "vehicles", "hours") == [(2 * hours,)]


@pytest.mark.parametrize(("length", "hours"), [(100, 2.5), (None, 111.195 / 40)])
def test_without_hours_a_route_is_as_long_as_its_distance(length: float | None, hours: float) -> None:
    # A degree of latitude is 111.195 km on a sphere of 6371 km.
    one = mission(
        sites=[{"site": "town", "latitude": 1, "longitude": 0}],
        depots=[{"depot": "port", "latitude": 0, "longitude": 0}],
        routes=[{"origin": "port", "destination": "town", "distance_km": length}],
        fleets=[truck(payload_t=1)],
    )
    assert rows(solved(one), "vehicles", "hours") == [(pytest.approx(2 * hours, abs=1e-3),)]


@pytest.mark.parametrize("limits", [{"payload_m3": 4}, {"cost_per_hour": 3}])
def test_a_way_of_no_hours_takes_none(limits: dict[str, float]) -> None:
    # The port stands in the town. Volume counts in the first case, two types can be chosen in the second.
    fleets = [truck(**limits), truck(vehicle="pickup", count=1, payload_t=1)]
    routes = [{"origin": "port", "destination": "town", "hours": 0}]
    plan = solved(mission(commodities=[{**RICE, "volume_m3": 0.01}], routes=routes, fleets=fleets))
    assert tiers(plan) == {"mandate": 0, "need": 0, "waste": 0, "cost": 0}
    assert sum(plan.tables["vehicles"]["tonnes"]) == pytest.approx(10)


def test_a_mode_without_a_fleet_is_driven_under_contract() -> None:
    # The fleet has no hours to speak of, but the river needs none of it.
    routes = [*HALF_DAY, {"origin": "port", "destination": "town", "mode": "river", "cost_per_t": 50}]
    plan = solved(mission(commodities=[RICE], routes=routes, fleets=[truck(count=1, hours_per_period=10)]))
    assert tiers(plan) == {"mandate": 0, "need": 0, "waste": 0, "cost": 8 * 50}


def test_two_types_of_vehicles_share_the_road() -> None:
    # 10 t. The truck takes 2 t in 10 hours for 30, the van 1 t in 10 for 5: a tonne costs 15 and 5. Vans have
    # 60 hours, for 6 t; the other 4 t are two trips of trucks.
    fleets = [
        truck(cost_per_hour=3),
        truck(vehicle="van", count=3, payload_t=1, cost_per_hour=0.5),
    ]
    plan = solved(mission(commodities=[RICE], routes=HALF_DAY, fleets=fleets))
    assert tiers(plan) == {"mandate": 0, "need": 0, "waste": 0, "cost": 6 * 5 + 4 * 15}
    assert rows(plan, "vehicles", "vehicle", "tonnes", "hours") == [("truck", 4.0, 20.0), ("van", 6.0, 60.0)]


def test_bulky_goods_fill_a_vehicle_before_they_are_heavy() -> None:
    # 2 m3 a tonne, and 2 m3 a truck: half loads, so that 40 hours carry 4 t.
    bulky = [{**RICE, "volume_m3": 0.02}]
    plan = solved(mission(commodities=bulky, routes=HALF_DAY, fleets=[truck(payload_m3=2)]))
    assert tiers(plan)["need"] == 60
    assert rows(plan, "vehicles", "tonnes", "volume_m3", "hours") == [(4.0, 8.0, 40.0)]


def test_heavy_and_bulky_goods_fill_a_vehicle_together() -> None:
    # A person takes 50 kg of salt without volume and 1 m3 of mats without weight: 100 people 5 t and 100 m3.
    # 20 loads of 2 t and 5 m3 carry both, in 200 hours of the truck; by itself the salt would take 2.5 loads.
    one = mission(
        commodities=[
            {"commodity": "salt", "unit": "kg", "weight_t": 0.001},
            {"commodity": "mat", "unit": "piece", "weight_t": 0, "volume_m3": 1},
        ],
        recipes=[
            {"activity": "food", "commodity": "salt", "per_person": 50},
            {"activity": "food", "commodity": "mat", "per_person": 1},
        ],
        supplies=[{"depot": "port", "commodity": name} for name in ("salt", "mat")],
        routes=HALF_DAY,
        fleets=[truck(count=1, payload_m3=5, hours_per_period=1000)],
    )
    plan = solved(one)
    assert tiers(plan)["need"] == 0
    assert rows(plan, "vehicles", "tonnes", "volume_m3", "hours") == [(5.0, 100.0, 200.0)]


ESCORTED = [{"origin": "port", "destination": "town", "escort": True}]
COMPANY = {"unit": "company", "persons": 100, "available": 2, "security": 1, "escort_t": 6}
BRAVE = [{"organisation": "WFP", "accepts_armed_escort": True, "needs_security": False}]


def test_escort_is_given_by_whole_units_that_cost_and_move() -> None:
    # 10 t take two companies of 6 t each; both arrive, and stay for a period.
    units = [{**COMPANY, "cost_per_period": 7, "deployment_cost": 30}]
    plan = solved(mission(commodities=[RICE], organisations=BRAVE, routes=ESCORTED, units=units))
    assert tiers(plan) == {"mandate": 0, "need": 0, "waste": 0, "cost": 2 * 37}
    assert rows(plan, "escorts", "unit", "period", "count", "persons", "tonnes") == [
        ("company", 1, 2.0, 200.0, 10.0)
    ]
    assert rows(plan, "moves", "unit", "site", "arriving", "persons") == [("company", "", 2.0, 200.0)]


def test_escort_counts_in_the_movement_limit() -> None:
    # 150 persons a period: one company arrives in each. 6 t in period 1; in 2 both could escort 12 t, of
    # which 10 are needed.
    one = mission(
        2,
        commodities=[RICE],
        organisations=BRAVE,
        routes=ESCORTED,
        units=[COMPANY],
        movement=[{"period": None, "persons": 150}],
    )
    assert tiers(solved(one))["need"] == 40


def test_units_stay_on_duty_while_nothing_can_be_sent() -> None:
    # One company escorts 6 t in periods 1 and 3; the road is closed between. It stays for 7 and need not
    # arrive once more for 30.
    units = [{**COMPANY, "cost_per_period": 7, "deployment_cost": 30}]
    one = mission(
        3,
        needs=[{**NEEDED, "people": 60, "period": period} for period in (1, 3)],
        commodities=[RICE],
        organisations=BRAVE,
        routes=[{**ESCORTED[0], "until": "1"}, {**ESCORTED[0], "from": "3"}],
        units=units,
    )
    plan = solved(one)
    assert tiers(plan) == {"mandate": 0, "need": 0, "waste": 0, "cost": 30 + 3 * 7}
    assert rows(plan, "escorts", "period", "count", "tonnes") == [(1, 1.0, 6.0), (2, 1.0, 0.0), (3, 1.0, 6.0)]


def test_units_arrive_for_duty_before_the_road_opens() -> None:
    # One company a period can be moved and two are needed in period 2: the first comes in period 1.
    one = mission(
        2,
        needs=[{**NEEDED, "period": 2}],
        commodities=[RICE],
        organisations=BRAVE,
        routes=[{**ESCORTED[0], "from": "2"}],
        units=[COMPANY],
        movement=[{"period": None, "persons": 150}],
    )
    assert tiers(solved(one))["need"] == 0


def test_a_unit_escorts_or_stands_at_a_site() -> None:
    # Camp needs a company for its security; one of two is left for 6 t of 10, to 60 people in town. Those who
    # need no security in town lose 40; leaving camp alone would lose 50.
    one = mission(
        sites=[{"site": "town"}, {"site": "camp", "security_required": 1}],
        activities=[{"activity": "food", "sector": "Food"}, {"activity": "health", "sector": "Health"}],
        needs=[NEEDED, {"site": "camp", "activity": "health", "people": 50}],
        organisations=[*BRAVE, {"organisation": "MSF"}],
        capabilities=[
            {"organisation": "WFP", "activity": "food", "modality": "in_kind"},
            {"organisation": "MSF", "activity": "health", "modality": "service"},
        ],
        commodities=[RICE],
        routes=ESCORTED,
        units=[COMPANY],
    )
    plan = solved(one)
    assert tiers(plan)["need"] == 40
    assert rows(plan, "stationing", "unit", "site", "count") == [("company", "camp", 1.0)]
    assert rows(plan, "escorts", "count", "tonnes") == [(1.0, 6.0)]


def test_a_unit_escorts_only_while_it_is_there() -> None:
    units = [{**COMPANY, "available": 9, "from": "2", "until": "2"}]
    plan = solved(mission(3, commodities=[RICE], organisations=BRAVE, routes=ESCORTED, units=units))
    assert rows(plan, "service", "period", "people") == [(2, 100.0)]
    assert rows(plan, "moves", "period", "site", "arriving", "leaving") == [
        (2, "", 2.0, 0.0),
        (3, "", 0.0, 2.0),
    ]


def test_goods_of_those_who_refuse_escort_take_another_road() -> None:
    # MSF refuses and pays 50 a tonne by air for its 40 people; WFP serves 60 under escort.
    one = mission(
        commodities=[RICE],
        organisations=[*BRAVE, {"organisation": "MSF", "needs_security": False}],
        capabilities=[
            {"organisation": "WFP", "activity": "food", "modality": "in_kind", "max_people": 60},
            {"organisation": "MSF", "activity": "food", "modality": "in_kind"},
        ],
        routes=[*ESCORTED, {"origin": "port", "destination": "town", "mode": "air", "cost_per_t": 50}],
        units=[COMPANY],
    )
    plan = solved(one)
    assert tiers(plan) == {"mandate": 0, "need": 0, "waste": 0, "cost": 4 * 50}
    assert rows(plan, "shipments", "mode", "cargo", "tonnes") == [
        ("air", "unescorted", 4.0),
        ("road", "any", 6.0),
    ]
    assert rows(plan, "distributions", "cargo", "quantity") == [("any", 600.0), ("unescorted", 400.0)]


def test_goods_without_weight_need_no_tonnes_of_escort() -> None:
    # Nobody is there to escort in period 1: salt of 10 kg a person waits, forms without weight do not, even
    # if a company that is not on duty is there in period 2. Those who refuse escort wait for good.
    one = mission(
        2,
        activities=[{"activity": name, "sector": "Food"} for name in ("food", "forms")],
        needs=[{"site": "town", "activity": name, "people": 100} for name in ("food", "forms")],
        organisations=[*BRAVE, {"organisation": "MSF", "needs_security": False}],
        capabilities=[
            {"organisation": "WFP", "activity": "food", "modality": "in_kind"},
            {"organisation": "WFP", "activity": "forms", "modality": "in_kind", "max_people": 60},
            {"organisation": "MSF", "activity": "forms", "modality": "in_kind"},
        ],
        commodities=[RICE, {"commodity": "form", "weight_t": 0}],
        recipes=[
            {"activity": "food", "commodity": "rice", "per_person": 10},
            {"activity": "forms", "commodity": "form", "per_person": 1},
        ],
        supplies=[{"depot": "port", "commodity": name} for name in ("rice", "form")],
        routes=ESCORTED,
        units=[{**COMPANY, "from": "2", "cost_per_period": 7}],
    )
    plan = solved(one)
    assert tiers(plan) == {"mandate": 0, "need": 100 + 40 + 40, "waste": 0, "cost": 2 * 7}
    assert rows(plan, "shipments", "period", "commodity", "cargo", "quantity") == [
        (1, "form", "any", 60.0),
        (2, "form", "any", 60.0),
        (2, "rice", "any", 1000.0),
    ]
    assert rows(plan, "escorts", "period", "count", "tonnes") == [(2, 2.0, 10.0)]


def test_who_refuses_escort_waits_where_there_is_no_other_road() -> None:
    one = mission(commodities=[RICE], routes=ESCORTED, units=[COMPANY])
    plan = solved(one)
    assert tiers(plan)["need"] == 100
    assert rows(plan, "shortfalls", "reason") == [
        (
            "no commodity 'rice' can come to this site in this period but under armed escort, which all who "
            "would deliver it refuse",
        )
    ]


def test_both_cargo_classes_together_fill_a_depot() -> None:
    # Each organisation needs half of the 2 t; the depot takes in 1.5 t, whosever they are.
    one = mission(
        commodities=[RICE],
        needs=[{**NEEDED, "people": 20}],
        organisations=[*BRAVE, {"organisation": "MSF", "needs_security": False}],
        capabilities=[
            {"organisation": name, "activity": "food", "modality": "in_kind", "max_people": 10}
            for name in ("WFP", "MSF")
        ],
        depots=[{"depot": "port", "throughput_t": 1.5}],
        supplies=[{"depot": "port", "commodity": "rice", "max_quantity": 180}],
        routes=[*ESCORTED, {"origin": "port", "destination": "town", "mode": "air"}],
        units=[COMPANY],
    )
    assert tiers(solved(one))["need"] == 5
    roomy = one.replace(tables={"depots": [{"depot": "port"}]})
    assert tiers(solved(roomy))["need"] == 2  # 180 kg are for sale, for both together.
