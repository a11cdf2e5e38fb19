"""S1: every bag that comes in goes out, stays or expires, in time and on routes that there are."""

from __future__ import annotations

import pytest

from pklogistics.check import check

from .missions import alone, caught, changed, fine, repeated, serve, without
from .pantry import PANTRY, PERISHABLE, TWO_PERIODS, bought, carried, given, pantry, sent, taken


def test_goods_that_reach_people() -> None:
    # 100 bags less 20 stay at the port.
    plan = carried(pantry())
    assert plan.tables["inventory"]["quantity"].tolist() == [80]
    fine(pantry(), plan)


def test_s1_more_is_given_than_arrives() -> None:
    found = alone(pantry(), carried(pantry(), shipments=[sent(18)]), "S1")
    assert (found.keys, found.period) == ({"place": "A", "commodity": "rice"}, 1)
    assert (found.amount, found.unit) == (pytest.approx(2), "bag")


def test_s1_goods_are_lost_on_the_way() -> None:
    # 22 bags go to A, where nothing can stay, and 20 are given out.
    m = pantry(sites=[{"site": "A", "storage_t": 5}, {"site": "B"}])
    plan = carried(m, shipments=[sent(22)])
    fine(m, plan)
    row = plan.tables["inventory"]["place"].tolist().index("A")
    assert alone(m, without(plan, "inventory", row), "S1").amount == pytest.approx(2)


def test_s1_goods_appear_from_one_period_to_the_next() -> None:
    m = pantry(TWO_PERIODS)
    plan = carried(m)
    assert plan.tables["inventory"]["quantity"].tolist() == [80, 80]
    found = alone(m, changed(plan, "inventory", 1, quantity=90.0, tonnes=9.0), "S1")
    assert (found.period, found.amount) == (2, pytest.approx(10))


def test_s1_stock_must_be_accounted_for() -> None:
    m = pantry()
    found = alone(m, carried(m, intake=[taken(90)]), "S1")
    assert (found.keys, found.amount) == ({"depot": "port", "commodity": "rice"}, pytest.approx(10))
    assert alone(m, carried(m, intake=[taken(110)]), "S1").amount == pytest.approx(10)


def test_s1_stock_is_not_declined_by_a_depot_in_use() -> None:
    # The port is always in use: it may not decline 40 bags, which would then neither be left nor expire.
    m = pantry()
    found = alone(m, carried(m, intake=[taken(60, declined=40.0)]), "S1")
    assert (found.keys, found.amount) == ({"depot": "port", "commodity": "rice"}, pytest.approx(40))
    # A port that costs something is out of use if all is declined, and in use if 20 bags are not.
    m = pantry(depots=[{"depot": "port", "cost_per_period": 7}])
    fine(m, carried(m, [], shipments=[], distributions=[], intake=[taken(0, declined=100.0)]))
    assert alone(m, carried(m, intake=[taken(20, declined=80.0)]), "S1").amount == pytest.approx(80)
    # So it is where only so many may be in use.
    m = pantry({"policy": {"max_open_depots": 1}})
    fine(m, carried(m, [], shipments=[], distributions=[], intake=[taken(0, declined=100.0)]))
    assert alone(m, carried(m, intake=[taken(20, declined=80.0)]), "S1").amount == pytest.approx(80)


def test_s1_stock_is_there_from_the_start() -> None:
    m = pantry(TWO_PERIODS)
    late = carried(m, [], shipments=[], distributions=[], intake=[taken(100, period=2)])
    assert alone(m, late, "S1").amount == pytest.approx(100)


PLEDGED = [{"depot": "port", "commodity": "rice", "supplier": "Oman", "period": 1, "pledged": 40}]


def pledged(quantity, period, **more):
    return taken(quantity, "pledge", supplier="Oman", period=period, **more)


def test_s1_pledges_must_be_accounted_for() -> None:
    m = pantry(TWO_PERIODS, stock=[], supplies=[{**PLEDGED[0], "lead_time": 1, "max_quantity": 0}])
    late = {"service": [serve("agency", "A", 40, period=2)], "shipments": [sent(20, period=2)]}
    late["distributions"] = [given(20, period=2)]
    fine(m, carried(m, **late))
    fine(m, carried(m, **late, intake=[pledged(25, 2, declined=15.0)]))
    found = alone(m, carried(m, **late, intake=[pledged(25, 2)]), "S1")
    assert found.keys == {"depot": "port", "supplier": "Oman", "commodity": "rice"}
    assert (found.period, found.amount) == (2, pytest.approx(15))
    assert caught(m, carried(m, intake=[pledged(40, 1)])) == {"S1"}


def test_s1_pledges_in_every_period_beyond_the_mission_count_for_nothing() -> None:
    # Sent in periods 1 and 2 and under way for one: only the first arrives.
    supplies = [{**PLEDGED[0], "period": None, "lead_time": 1, "max_quantity": 0}]
    m = pantry(TWO_PERIODS, supplies=supplies)
    plan = carried(m)
    assert plan.tables["intake"]["source"].tolist() == ["stock", "pledge"]
    fine(m, plan)


def test_s1_pledge_taken_in_as_fresher_than_it_is() -> None:
    supplies = [{**PLEDGED[0], "max_quantity": 0}]
    m = pantry(TWO_PERIODS, stock=[], supplies=supplies, commodities=PERISHABLE)
    old = {"shipments": [sent(20, expires=1)], "distributions": [given(20, expires=1)]}
    plan = carried(m, **old)
    assert plan.tables["expiries"]["quantity"].tolist() == [20]
    fine(m, plan)
    found = alone(m, carried(m, intake=[pledged(40, 1)]), "S1")
    assert found.amount == pytest.approx(40)


MARKET = [{"depot": "port", "commodity": "rice", "supplier": "mill", "max_quantity": 30}]


def test_s1_purchases() -> None:
    m = pantry(stock=[], supplies=MARKET)
    mill = {"supplier": "mill"}
    fine(m, carried(m, purchases=[bought(30, **mill)]))
    found = alone(m, carried(m, purchases=[bought(31, **mill)]), "S1")
    assert (found.keys, found.period) == ({"depot": "port", "supplier": "mill", "commodity": "rice"}, 1)
    assert found.amount == pytest.approx(1)
    # Nobody without a name sells.
    assert alone(m, carried(m, purchases=[bought(20)]), "S1").amount == pytest.approx(20)


def test_s1_purchases_that_only_the_pledge_allows() -> None:
    m = pantry(stock=[], supplies=[{**PLEDGED[0], "max_quantity": 0}])
    found = alone(m, carried(m, purchases=[bought(5, supplier="Oman")]), "S1")
    assert found.amount == pytest.approx(5)


def test_s1_purchases_take_their_time() -> None:
    m = pantry(TWO_PERIODS, stock=[], supplies=[{**MARKET[0], "lead_time": 1}])
    plan = carried(
        m,
        [serve("agency", "A", 40, period=2)],
        purchases=[bought(20, supplier="mill")],
        shipments=[sent(20, period=2)],
        distributions=[given(20, period=2)],
    )
    assert plan.tables["purchases"]["arrives"].tolist() == [2]
    fine(m, plan)
    assert alone(m, changed(plan, "purchases", 0, arrives=1), "S1").period == 1
    # Ordered in period 2 it comes when the mission is over.
    late = carried(m, [], shipments=[], distributions=[], purchases=[bought(9, supplier="mill", period=2)])
    found = alone(m, late, "S1")
    assert (found.period, found.amount) == (2, pytest.approx(9))


def test_s1_purchases_perish_from_the_period_of_arrival() -> None:
    # Bought in period 1 and good for one period: 10 bags expire, and cannot be kept for period 2.
    m = pantry(TWO_PERIODS, stock=[], supplies=MARKET, commodities=PERISHABLE)
    lot = {"shipments": [sent(20, expires=1)], "distributions": [given(20, expires=1)]}
    plan = carried(m, purchases=[bought(30, supplier="mill")], **lot)
    assert plan.tables["expiries"].iloc[0].to_dict() == {
        **{"place": "port", "commodity": "rice", "cargo": "any", "period": 1},
        **{"quantity": 10, "tonnes": 1},
    }
    fine(m, plan)
    kept = carried(m, purchases=[bought(30, supplier="mill")])
    assert caught(m, kept) == {"S1"}


@pytest.mark.parametrize("way", [{"mode": "rail"}, {"destination": "B", "origin": "A"}, {"mode": "local"}])
def test_s1_no_such_route(way: dict) -> None:
    # There is a road to A and a railway to B, and the port stands at B.
    m = pantry(
        routes=[PANTRY["routes"][0], {**PANTRY["routes"][1], "mode": "rail"}],
        depots=[{"depot": "port", "site": "B"}],
        sites=[{"site": "A", "storage_t": 9}, {"site": "B", "storage_t": 9}],
    )
    report = check(m, carried(m, shipments=[sent(20, **way)]))
    assert report.violations[0].rule == "S1"
    assert report.violations[0].amount == pytest.approx(20)
    assert {"origin", "destination", "mode", "commodity"} == set(report.violations[0].keys)
    assert {v.rule for v in report.violations} == {"S1"}


@pytest.mark.parametrize(("dates", "kept"), [({"from": "1", "until": "1"}, True), ({"from": "2"}, False)])
def test_s1_routes_within_their_dates(dates: dict, kept: bool) -> None:
    m = pantry(TWO_PERIODS, routes=[{**PANTRY["routes"][0], **dates}])
    if kept:
        fine(m, carried(m))
    else:
        found = alone(m, carried(m), "S1")
        assert (found.keys["destination"], found.period) == ("A", 1)


def test_s1_routes_one_after_the_other_on_the_same_way() -> None:
    # The road is slow before it is repaired: what leaves in 1 arrives in 2, what leaves in 2 at once.
    road = PANTRY["routes"][0]
    m = pantry(TWO_PERIODS, routes=[{**road, "until": "1", "lead_time": 1}, {**road, "from": "2"}])
    plan = carried(
        m,
        [serve("agency", "A", 40, period=2)],
        shipments=[sent(12), sent(8, period=2)],
        distributions=[given(20, period=2)],
    )
    assert plan.tables["shipments"]["arrives"].tolist() == [2, 2]
    fine(m, plan)
    assert alone(m, changed(plan, "shipments", 1, arrives=3), "S1").amount == pytest.approx(8)


def test_s1_nothing_is_given_out_while_it_is_on_the_way() -> None:
    m = pantry(TWO_PERIODS, routes=[{**PANTRY["routes"][0], "lead_time": 1}])
    fine(m, carried(m, [serve("agency", "A", 40, period=2)], distributions=[given(20, period=2)]))
    # 20 bags too few in period 1, and 20 that vanish in period 2.
    found = check(m, carried(m)).violations
    assert {(v.rule, v.period, v.keys["place"]) for v in found} == {("S1", 1, "A"), ("S1", 2, "A")}


def test_s1_nothing_is_sent_that_arrives_after_the_mission() -> None:
    m = pantry(routes=[{**PANTRY["routes"][0], "lead_time": 1}])
    found = alone(m, carried(m, [], distributions=[]), "S1")
    assert (found.period, found.amount) == (1, pytest.approx(20))


def test_s1_nothing_is_sent_that_expires_on_the_way() -> None:
    m = pantry(TWO_PERIODS, commodities=PERISHABLE, routes=[{**PANTRY["routes"][0], "lead_time": 1}])
    report = check(m, carried(m, [], shipments=[sent(20, expires=1)], distributions=[]))
    # Told of the shipment, and of A where it is not seen again.
    assert [v.rule for v in report.violations] == ["S1", "S1"]
    assert "have expired when they arrive" in report.violations[0].message


def test_s1_several_depots_in_one_period() -> None:
    hub, far = {"depot": "hub"}, {"depot": "far", "site": "A"}
    ways = [{"origin": "port", "destination": "hub"}, {"origin": "hub", "destination": "far"}]
    m = pantry(depots=[*PANTRY["depots"], hub, far], routes=ways)
    path = [sent(20, "hub"), sent(20, "far", "hub"), sent(20, "A", "far", mode="local")]
    fine(m, carried(m, shipments=path))
    # A link that is missing: too much at one end of it, too little at the other.
    report = check(m, carried(m, shipments=[path[0], path[2]]))
    assert [v.keys["place"] for v in report.violations] == ["far"]


def test_s1_lots_and_pledges_that_come_to_be_alike() -> None:
    # Good until period 5 or 9 of a mission of two: both for ever. Pledges of one supplier arrive together.
    lots = [{**PANTRY["stock"][0], "quantity": q, "expires": e} for q, e in ((30, 5), (50, 9))]
    pledges = [
        {**PLEDGED[0], "period": t, "lead_time": 2 - t, "max_quantity": 0, "pledged": q}
        for t, q in ((1, 4), (2, 6))
    ]
    m = pantry(TWO_PERIODS, stock=lots, supplies=pledges)
    plan = carried(m)
    assert plan.tables["intake"]["quantity"].tolist() == [30, 50, 4, 6]
    fine(m, plan)
    assert caught(m, repeated(plan, "intake", 2)) == {"S1"}
