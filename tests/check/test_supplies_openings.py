"""S4: depots in use and routes repaired, what they cost, and how many depots there may be."""

from __future__ import annotations

import pytest

from .missions import alone, caught, fine, serve, with_row, without
from .pantry import PANTRY, TWO_PERIODS, bought, carried, given, pantry, sent, taken

ROAD = PANTRY["routes"][0]
COSTLY = [{"depot": "port", "opening_cost": 50, "cost_per_period": 7}]


def test_s4_a_depot_is_opened_once_and_kept_while_in_use() -> None:
    # Stock stays over both periods: 50 + 2 * 7.
    m = pantry(TWO_PERIODS, depots=COSTLY)
    assert fine(m, carried(m)).tiers["cost"] == pytest.approx(64)
    # Of 20 bags nothing is left after period 1: 50 + 7.
    few = pantry(TWO_PERIODS, depots=COSTLY, stock=[{**PANTRY["stock"][0], "quantity": 20}])
    assert fine(few, carried(few)).tiers["cost"] == pytest.approx(57)
    # Nothing is taken: it is not in use at all.
    nothing = carried(m, [], shipments=[], distributions=[], intake=[taken(0, declined=100.0)])
    assert fine(m, nothing).tiers["cost"] == 0


def test_s4_a_depot_in_use_must_be_opened() -> None:
    m = pantry(TWO_PERIODS, depots=[{"depot": "port", "opening_cost": 50}])
    found = alone(m, carried(m, openings={("depot", "port", "", ""): []}), "S4")
    assert (found.keys, found.period, found.unit) == ({"depot": "port"}, 1, "openings")
    assert "never opened" in found.message
    # The row alone is missing: the line of its cost follows from no opening any more.
    assert caught(m, without(carried(m), "openings", 0)) == {"S4", "tables", "tiers"}
    late = carried(m, openings={("depot", "port", "", ""): [2]})
    assert alone(m, late, "S4").period == 1


@pytest.mark.parametrize("use", ["stock", "pledge", "purchase", "by road"])
def test_s4_whatever_a_depot_does_is_use(use: str) -> None:
    # The hub has or gets 5 bags; the last are on hand there as the mission ends.
    lot = {"depot": "hub", "commodity": "rice"}
    tables = {
        "stock": {"stock": [*PANTRY["stock"], {**lot, "quantity": 5}]},
        "pledge": {"supplies": [{**lot, "pledged": 5, "max_quantity": 0}]},
        "purchase": {"supplies": [lot]},
        "by road": {"routes": [*PANTRY["routes"], {"origin": "port", "destination": "hub"}]},
    }
    m = pantry(depots=[*PANTRY["depots"], {"depot": "hub", "opening_cost": 50}], **tables[use])
    more = {
        "purchase": {"purchases": [bought(5, "hub")]},
        "by road": {"shipments": [sent(20), sent(5, "hub")]},
    }
    assert fine(m, carried(m, **more.get(use, {}))).tiers["cost"] == pytest.approx(50)
    shut = carried(m, **more.get(use, {}), openings={("depot", "hub", "", ""): []})
    assert alone(m, shut, "S4").keys == {"depot": "hub"}


def test_s4_opened_before_it_is_used() -> None:
    # As with mobilisation, a fund may pay for it while it can; the cost falls in the period of opening.
    supplies = [{"depot": "port", "commodity": "rice", "pledged": 20, "max_quantity": 0, "period": 2}]
    m = pantry(TWO_PERIODS, depots=COSTLY, stock=[], supplies=supplies)
    later = {"shipments": [sent(20, period=2)], "distributions": [given(20, period=2)]}
    service = [serve("agency", "A", 40, period=2)]
    plan = carried(m, service, **later, openings={("depot", "port", "", ""): [1]})
    assert plan.tables["costs"][["period", "amount"]].to_numpy().tolist() == [[2, 7], [1, 50]]
    fine(m, plan)


def test_s4_what_costs_nothing_to_open_need_not_be_opened() -> None:
    m = pantry()
    plan = carried(m)
    assert plan.tables["openings"].empty
    fine(m, plan)
    fine(m, with_row(plan, "openings", kind="depot", origin="port", period=1))
    assert caught(m, with_row(plan, "openings", kind="depot", origin="port", period=1, cost=9.0)) == {"S4"}


def test_s4_opened_twice() -> None:
    m = pantry(TWO_PERIODS, depots=[{"depot": "port", "opening_cost": 50}])
    twice = alone(m, carried(m, openings={("depot", "port", "", ""): [1, 2]}), "S4")
    assert (twice.keys, twice.period) == ({"depot": "port"}, 2)
    # Said twice and paid once.
    plan = with_row(carried(m), "openings", kind="depot", origin="port", period=2, cost=50.0)
    assert caught(m, plan) == {"S4", "tables", "tiers"}


@pytest.mark.parametrize(
    "what",
    [
        {"kind": "depot", "origin": "A"},
        {"kind": "depot", "origin": "port", "destination": "A", "mode": "road"},
        {"kind": "route", "origin": "port"},
        {"kind": "route", "origin": "A", "destination": "B", "mode": "road"},
    ],
    ids=str,
)
def test_s4_opening_of_what_there_is_not(what: dict) -> None:
    m = pantry()
    found = alone(m, with_row(carried(m), "openings", period=1, **what), "S4")
    assert found.keys["origin"] == what["origin"]


def test_s4_routes_are_repaired_once() -> None:
    m = pantry(TWO_PERIODS, routes=[{**ROAD, "opening_cost": 30}])
    service = [serve("agency", "A", 20), serve("agency", "A", 20, period=2)]
    twice = {"shipments": [sent(10), sent(10, period=2)], "distributions": [given(10), given(10, period=2)]}
    plan = carried(m, service, **twice)
    assert fine(m, plan).tiers["cost"] == pytest.approx(30)
    late = carried(m, service, **twice, openings={("route", "port", "A", "road"): [2]})
    found = alone(m, late, "S4")
    assert found.keys == {"origin": "port", "destination": "A", "mode": "road"}
    never = alone(m, carried(m, service, **twice, openings={("route", "port", "A", "road"): []}), "S4")
    assert "never opened" in never.message


def test_s4_rows_of_one_way_are_repaired_by_themselves() -> None:
    # An emergency track in period 1 and the bridge from period 2 on; each is used.
    track = {**ROAD, "until": "1", "opening_cost": 10}
    m = pantry(TWO_PERIODS, routes=[track, {**ROAD, "from": "2", "opening_cost": 90}])
    service = [serve("agency", "A", 20), serve("agency", "A", 20, period=2)]
    twice = {"shipments": [sent(10), sent(10, period=2)], "distributions": [given(10), given(10, period=2)]}
    plan = carried(m, service, **twice)
    # The author of the tests knows of one opening a way.
    assert caught(m, plan) == {"S4"}
    way = {"origin": "port", "destination": "A", "mode": "road"}
    plan = with_row(plan, "openings", kind="route", **way, period=2, cost=90.0)
    plan = with_row(plan, "costs", kind_of_cost="route", site="A", region="North", period=2, amount=90.0)
    assert caught(m, plan) == {"tiers"}


def test_s4_depots_in_use_at_the_same_time() -> None:
    # The port passes everything on to the hub in period 1; both are in use then, the hub alone in 2.
    hub = {"depot": "hub", "site": "A"}
    tables = {"depots": [*PANTRY["depots"], hub], "routes": [{"origin": "port", "destination": "hub"}]}
    capped = [pantry({"policy": {"max_open_depots": cap}, "periods": 2}, **tables) for cap in (1, 2)]
    plan = carried(
        capped[0],
        [serve("agency", "A", 40, period=2)],
        shipments=[sent(100, "hub"), sent(20, "A", "hub", mode="local", period=2)],
        distributions=[given(20, period=2)],
    )
    found = alone(capped[0], plan, "S4")
    assert (found.keys, found.period, found.amount, found.unit) == ({}, 1, 1, "depots")
    fine(capped[1], plan)
