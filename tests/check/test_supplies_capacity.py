"""S3: what depots and sites hold, what depots take in, what routes and vehicles carry."""

from __future__ import annotations

import pytest

from pklogistics.check import check

from .missions import alone, caught, changed, fine, serve, with_row, without
from .pantry import PANTRY, TWO_PERIODS, bought, carried, given, pantry, sent, taken

ROAD = PANTRY["routes"][0]


@pytest.mark.parametrize(
    ("limit", "amount", "unit"),
    # 80 bags stay: 8 t and 16 m3. The tables may not say so of the stock at the start, so it is declined.
    [({"capacity_t": 7.5}, 0.5, "t"), ({"capacity_m3": 15}, 1, "m3"), ({"capacity_t": 8}, 0, "")],
)
def test_s3_stock_of_a_depot(limit: dict, amount: float, unit: str) -> None:
    supplies = [{"depot": "port", "commodity": "rice", "max_quantity": 100}]
    m = pantry(depots=[{"depot": "port", **limit}], stock=[], supplies=supplies)
    plan = carried(m, purchases=[bought(100)])
    if not amount:
        fine(m, plan)
        return
    found = alone(m, plan, "S3")
    assert (found.keys, found.period) == ({"place": "port"}, 1)
    assert (found.amount, found.unit) == (pytest.approx(amount), unit)


def test_s3_stock_of_all_commodities_counts_together() -> None:
    salt = {"commodity": "salt", "weight_t": 0.01, "volume_m3": 0.01}
    supplies = [{"depot": "port", "commodity": c} for c in ("rice", "salt")]
    m = pantry(
        commodities=[*PANTRY["commodities"], salt],
        depots=[{"depot": "port", "capacity_t": 1.2}],
        stock=[],
        supplies=supplies,
    )
    # 10 bags of rice and 20 of salt weigh 1 and 0.2 t, ten more of salt 0.1.
    fine(m, carried(m, purchases=[bought(30), bought(20, commodity="salt")]))
    found = alone(m, carried(m, purchases=[bought(30), bought(30, commodity="salt")]), "S3")
    assert found.amount == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("storage", "amount", "unit"),
    [
        # 20 bags stay at A for period 2: 2 t and 4 m3.
        ({}, 2, "t"),
        ({"storage_t": 1.5}, 0.5, "t"),
        ({"storage_m3": 3}, 1, "m3"),
        ({"storage_t": 2}, 0, ""),
        ({"storage_m3": 4}, 0, ""),
    ],
)
def test_s3_storage_of_a_site(storage: dict, amount: float, unit: str) -> None:
    m = pantry(TWO_PERIODS, sites=[{"site": "A", **storage}, {"site": "B"}])
    service = [serve("agency", "A", 40, period=2)]
    plan = carried(m, service, distributions=[given(20, period=2)])
    if not amount:
        fine(m, plan)
        return
    found = next(v for v in check(m, plan).violations if v.unit == unit)
    assert (found.rule, found.keys, found.period) == ("S3", {"place": "A"}, 1)
    assert found.amount == pytest.approx(amount)
    assert caught(m, plan) == {"S3"}


def test_s3_nothing_stays_at_a_site_without_storage_however_light() -> None:
    commodities = [{"commodity": "rice", "weight_t": 0}]
    m = pantry(TWO_PERIODS, commodities=commodities)
    service = [serve("agency", "A", 40, period=2)]
    found = alone(m, carried(m, service, distributions=[given(20, period=2)]), "S3")
    assert (found.keys["place"], found.amount) == ("A", pytest.approx(20))


def test_s3_intake_of_a_depot() -> None:
    # 30 bags bought, 40 pledged and 10 by road are 8 t; the 100 bags of stock need not pass the gate.
    supplies = [
        {"depot": "port", "commodity": "rice", "max_quantity": 30},
        {"depot": "port", "commodity": "rice", "supplier": "Oman", "pledged": 40, "max_quantity": 0},
    ]
    depots = [{"depot": "port", "throughput_t": 8}, {"depot": "mill"}]
    routes = [*PANTRY["routes"], {"origin": "mill", "destination": "port"}]
    stock = [*PANTRY["stock"], {"depot": "mill", "commodity": "rice", "quantity": 15}]
    m = pantry(depots=depots, routes=routes, stock=stock, supplies=supplies)

    def plan(quantity):
        return carried(m, shipments=[sent(20), sent(quantity, "port", "mill")], purchases=[bought(30)])

    fine(m, plan(10))
    found = alone(m, plan(15), "S3")
    assert (found.keys, found.period) == ({"place": "port"}, 1)
    assert (found.amount, found.unit) == (pytest.approx(0.5), "t")


def test_s3_declined_pledges_do_not_pass_the_gate() -> None:
    supplies = [{"depot": "port", "commodity": "rice", "supplier": "Oman", "pledged": 40, "max_quantity": 0}]
    m = pantry(depots=[{"depot": "port", "throughput_t": 3}], supplies=supplies)
    oman = {"source": "pledge", "supplier": "Oman"}
    fine(m, carried(m, intake=[taken(100), taken(30, **oman, declined=10.0)]))
    assert alone(m, carried(m, intake=[taken(100), taken(40, **oman)]), "S3").amount == pytest.approx(1)


def test_s3_routes_carry_so_much_a_period() -> None:
    m = pantry(TWO_PERIODS, routes=[{**ROAD, "capacity_t": 1.2}])
    service = [serve("agency", "A", 24), serve("agency", "A", 24, period=2)]
    shares = [given(12), given(12, period=2)]
    fine(m, carried(m, service, shipments=[sent(12), sent(12, period=2)], distributions=shares))
    service = [serve("agency", "A", 30), serve("agency", "A", 18, period=2)]
    shares = [given(15), given(9, period=2)]
    plan = carried(m, service, shipments=[sent(15), sent(9, period=2)], distributions=shares)
    found = alone(m, plan, "S3")
    assert found.keys == {"origin": "port", "destination": "A", "mode": "road"}
    assert (found.period, found.amount, found.unit) == (1, pytest.approx(0.3), "t")


# A truck takes 0.5 t or 1.5 m3; to A it is 3 hours, and each truck has 10 hours.
TRUCK = {"depot": "port", "vehicle": "truck", "count": 3, "payload_t": 0.5, "hours_per_period": 10}
DRIVEN = {"routes": [{**ROAD, "hours": 3}, {**PANTRY["routes"][1], "hours": 1}]}


def test_s3_vehicles_go_there_and_back() -> None:
    # 20 bags are 2 t, 4 loads, 24 of the 30 hours; 26 are 5.2 loads, 31.2 hours.
    m = pantry(fleets=[TRUCK], **DRIVEN)
    plan = carried(m)
    assert plan.tables["vehicles"][["tonnes", "hours"]].to_numpy().tolist() == [[2, pytest.approx(24)]]
    fine(m, plan)
    more = carried(m, [serve("agency", "A", 52)], shipments=[sent(26)], distributions=[given(26)])
    found = alone(m, more, "S3")
    assert found.keys == {"depot": "port", "vehicle": "truck", "mode": "road"}
    assert (found.period, found.amount, found.unit) == (1, pytest.approx(1.2), "hours")


def test_s3_vehicles_are_full_by_volume() -> None:
    # 20 bags fill 4 m3: with 0.8 m3 a truck 5 loads, 30 hours; with 0.7 m3 34.3.
    m = pantry(fleets=[{**TRUCK, "payload_m3": 0.8}], **DRIVEN)
    plan = carried(m)
    assert plan.tables["vehicles"]["hours"].tolist() == [pytest.approx(30)]
    fine(m, plan)
    m = pantry(fleets=[{**TRUCK, "payload_m3": 0.7}], **DRIVEN)
    assert alone(m, carried(m), "S3").amount == pytest.approx(30 / 0.875 - 30)


def test_s3_vehicles_serve_all_routes_of_their_depot_and_mode() -> None:
    # 24 hours to A and 2 * 1 * 4 to B are 32.
    m = pantry(fleets=[TRUCK], **DRIVEN)
    service = [serve("agency", "A", 40), serve("elders", "B", 40)]
    both = {"shipments": [sent(20), sent(20, "B")], "distributions": [given(20), given(20, "B")]}
    assert alone(m, carried(m, service, **both), "S3").amount == pytest.approx(2)
    # By rail there is no fleet: it is driven under contract.
    m = pantry(fleets=[TRUCK], routes=[DRIVEN["routes"][0], {**PANTRY["routes"][1], "mode": "rail"}])
    both["shipments"] = [sent(20), sent(20, "B", mode="rail")]
    fine(m, carried(m, service, **both))


def test_s3_somebody_must_carry_it() -> None:
    m = pantry(fleets=[TRUCK], **DRIVEN)
    plan = carried(m)
    report = check(m, without(plan, "vehicles", 0))
    assert [(v.rule, v.unit, v.amount) for v in report.violations] == [
        ("S3", "t", pytest.approx(2)),
        ("S3", "m3", pytest.approx(4)),
    ]
    assert alone(m, changed(plan, "vehicles", 0, hours=20.0), "S3").amount == pytest.approx(4)
    # 1.5 t take 18 hours.
    report = check(m, changed(plan, "vehicles", 0, tonnes=1.5, hours=18.0))
    assert [(v.rule, v.unit, v.amount) for v in report.violations] == [("S3", "t", pytest.approx(0.5))]


def test_s3_several_types_share_the_load() -> None:
    # The van takes 0.2 t and the truck the rest: 2 * 3 * 1 and 2 * 3 * 3.6 hours.
    van = {**TRUCK, "vehicle": "van", "payload_t": 0.2, "count": 1}
    m = pantry(fleets=[TRUCK, van], **DRIVEN)
    plan = changed(carried(m), "vehicles", 0, tonnes=1.8, volume_m3=3.6, hours=21.6)
    load = {"depot": "port", "mode": "road", "period": 1, "destination": "A"}
    fine(m, with_row(plan, "vehicles", vehicle="van", tonnes=0.2, volume_m3=0.4, hours=6.0, **load))
    # A type that the mission has elsewhere, or for another mode, carries nothing here.
    m = pantry(fleets=[TRUCK, {**van, "mode": "air"}], **DRIVEN)
    wrong = with_row(plan, "vehicles", vehicle="van", tonnes=0.2, volume_m3=0.4, hours=6.0, **load)
    assert caught(m, wrong) == {"S3"}


def test_s3_vehicles_where_there_is_nothing_to_drive() -> None:
    m = pantry(fleets=[TRUCK], routes=[DRIVEN["routes"][0]])
    plan = with_row(
        *(carried(m), "vehicles"),
        **{"depot": "port", "vehicle": "truck", "mode": "road", "period": 1, "destination": "B"},
        hours=5.0,
    )
    assert alone(m, plan, "S3").keys["destination"] == "B"


HERE, THERE = {"latitude": 0, "longitude": 0}, {"latitude": 0, "longitude": 1}
DEGREE = 6371.0 * 3.141592653589793 / 180


@pytest.mark.parametrize(
    ("route", "times", "hours"),
    [
        # One degree along the equator is 111.19 km, 2.78 hours at 40 km/h, and 4 loads there and back.
        ({}, {}, DEGREE / 40 * 8),
        ({"distance_km": 80}, {}, 16),
        ({}, {"distance_km": 60}, 12),
        ({"distance_km": 80}, {"distance_km": 60}, 16),
        ({"distance_km": 80}, {"minutes": 90}, 12),
        ({"hours": 0.5, "distance_km": 80}, {"minutes": 90}, 4),
    ],
)
def test_s3_hours_as_measured_or_along_the_great_circle(route: dict, times: dict, hours: float) -> None:
    m = pantry(
        sites=[{"site": "A", **THERE}, {"site": "B"}],
        depots=[{"depot": "port", **HERE}],
        routes=[{**ROAD, **route}],
        fleets=[TRUCK],
        # The way back stands for the way there.
        **({"travel_times": [{"origin": "A", "destination": "port", **times}]} if times else {}),
    )
    plan = carried(m)
    assert plan.tables["vehicles"]["hours"].tolist() == [pytest.approx(hours)]
    fine(m, plan)


def test_s3_a_depot_is_where_its_site_is() -> None:
    m = pantry(
        {"policy": {"convoy_speed_kmh": DEGREE}},
        sites=[{"site": "A", **THERE}, {"site": "B", **HERE}],
        depots=[{"depot": "port", "site": "B"}],
        routes=[ROAD],
        fleets=[TRUCK],
    )
    plan = carried(m)
    # At a degree an hour.
    assert plan.tables["vehicles"]["hours"].tolist() == [pytest.approx(8)]
    fine(m, plan)
