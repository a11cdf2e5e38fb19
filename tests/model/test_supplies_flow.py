"""Goods move, wait, perish and are declined as S1 says."""

from __future__ import annotations

import pytest

from tests.model.goods import mission, rows, solved, tiers

RICE = {"commodity": "rice", "unit": "kg", "weight_t": 0.001, "price": 1}
MILK = {**RICE, "shelf_life": 2}


def test_two_echelons_with_lead_times() -> None:
    # Port to hub takes a period, hub to town another: the first of three periods' needs that can be met
    # is that of period 3, with what is bought in 1: 1000 kg for 1000, and 1 t at 10 + 20.
    one = mission(
        3,
        depots=[{"depot": "port"}, {"depot": "hub"}],
        routes=[
            {"origin": "port", "destination": "hub", "cost_per_t": 10, "lead_time": 1},
            {"origin": "hub", "destination": "town", "cost_per_t": 20, "lead_time": 1},
        ],
    )
    plan = solved(one)
    assert tiers(plan) == {"mandate": 0, "need": 200, "waste": 0, "cost": 1030}
    assert rows(plan, "shipments", "origin", "destination", "period", "arrives", "quantity") == [
        ("hub", "town", 2, 3, 1000.0),
        ("port", "hub", 1, 2, 1000.0),
    ]
    assert rows(plan, "purchases", "period", "arrives", "quantity", "cost") == [(1, 1, 1000.0, 1000.0)]


def test_a_lead_time_of_zero_goes_through_any_number_of_depots() -> None:
    chain = ["port", "a", "b", "c"]
    one = mission(
        depots=[{"depot": name} for name in chain],
        routes=[
            {"origin": start, "destination": end, "cost_per_t": 5}
            for start, end in zip(chain, [*chain[1:], "town"], strict=True)
        ],
    )
    assert tiers(solved(one))["cost"] == 1000 + 4 * 5


def test_what_is_bought_with_a_lead_time_cannot_come_before() -> None:
    # Ordered in 1, there in 3; the price of period 1 is paid in period 1. Period 2 ordering comes too late.
    supplies = [
        {"depot": "port", "commodity": "rice", "period": 1, "price": 2, "lead_time": 2},
        {"depot": "port", "commodity": "rice", "period": 2, "price": 1, "lead_time": 2},
    ]
    plan = solved(mission(3, supplies=supplies))
    assert tiers(plan) == {"mandate": 0, "need": 200, "waste": 0, "cost": 2020}
    assert rows(plan, "costs", "kind_of_cost", "commodity", "period") == [
        ("procurement", "rice", 1),
        ("transport", "rice", 3),
    ]


def test_first_in_first_out_is_what_comes_out() -> None:
    # 1000 kg that expire with period 1 and 1000 fresh ones feed 100 people in both periods only if the old
    # ones go first; nothing in the program says so.
    stock = [
        {"depot": "port", "commodity": "rice", "quantity": 1000, "expires": "1"},
        {"depot": "port", "commodity": "rice", "quantity": 1000, "expires": "2"},
    ]
    plan = solved(mission(2, stock=stock, supplies=None, commodities=[MILK]))
    assert tiers(plan) == {"mandate": 0, "need": 0, "waste": 0, "cost": 40}
    assert rows(plan, "distributions", "period", "expires", "quantity") == [
        (1, 1.0, 1000.0),
        (2, 2.0, 1000.0),
    ]


def test_what_expires_is_counted() -> None:
    # 1500 kg expire with period 1, of which 100 people take 1000: half a tonne is lost.
    stock = [{"depot": "port", "commodity": "rice", "quantity": 1500, "expires": "1"}]
    plan = solved(mission(2, stock=stock, supplies=None))
    assert tiers(plan) == {"mandate": 0, "need": 100, "waste": 0.5, "cost": 20}
    assert rows(plan, "expiries", "place", "period", "quantity", "tonnes") == [("port", 1, 500.0, 0.5)]


def test_nothing_is_sent_that_would_arrive_after_its_time() -> None:
    # Good in the period of arrival alone, and the road takes a period.
    one = mission(
        2,
        commodities=[{**RICE, "shelf_life": 1}],
        routes=[{"origin": "port", "destination": "town", "lead_time": 1}],
    )
    plan = solved(one)
    assert tiers(plan)["need"] == 200
    assert set(plan.tables["shortfalls"]["reason"]) == {
        "no commodity 'rice' can come to this site in this period: what there is has no way here in time"
    }


WAY = {"origin": "port", "destination": "town"}


@pytest.mark.parametrize(
    ("tables", "why"),
    [
        ({"stock": [], "supplies": None}, "no depot has any by then"),
        ({"routes": [{"origin": "port", "destination": "other"}]}, "no route leads to it"),
        ({"routes": [{**WAY, "capacity_t": 0}]}, "no route to it is open, with room and with vehicles"),
        ({"routes": [{**WAY, "from": "2"}]}, "no route to it is open, with room and with vehicles"),
        (
            {
                "routes": [{**WAY, "mode": "road", "distance_km": 9}],
                "fleets": [
                    {
                        **{"depot": "port", "vehicle": "truck", "mode": "road", "payload_t": 5, "count": 0},
                        **{"speed_kmh": 40, "hours_per_period": 100},
                    }
                ],
            },
            "no route to it is open, with room and with vehicles",
        ),
    ],
    ids=["none", "no route", "full", "closed", "no vehicles"],
)
def test_where_goods_end_that_do_not_come_is_told(tables, why) -> None:
    plan = solved(mission(sites=[{"site": "town"}, {"site": "other"}], **tables))
    assert set(plan.tables["shortfalls"]["reason"]) == {
        f"no commodity 'rice' can come to this site in this period: {why}"
    }


def test_sites_keep_goods_only_where_there_is_storage() -> None:
    # The road is open in period 1 alone. Without storage only period 1 is served; with room for 0.6 t
    # 60 people more in period 2.
    routes = [{"origin": "port", "destination": "town", "until": "1"}]
    assert tiers(solved(mission(2, routes=routes)))["need"] == 100
    plan = solved(mission(2, routes=routes, sites=[{"site": "town", "storage_t": 0.6}]))
    assert tiers(plan)["need"] == 40
    assert rows(plan, "inventory", "place", "period", "quantity") == [("town", 1, 600.0)]


def test_perishing_goods_on_a_shelf_keep_their_age() -> None:
    # Milk is good for 2 periods: what came to town in 1 feeds people in 2, and nobody in 3.
    one = mission(
        4,
        sites=[{"site": "town", "storage_t": 9}],
        commodities=[MILK],
        routes=[{"origin": "port", "destination": "town", "until": "1"}],
    )
    plan = solved(one)
    assert tiers(plan)["need"] == 200
    assert rows(plan, "distributions", "period", "expires", "quantity") == [
        (1, 2.0, 1000.0),
        (2, 2.0, 1000.0),
    ]


def test_a_full_depot_declines_a_pledge() -> None:
    # 1.5 t are pledged, 1 t is given out at once, and no more than 0.2 t can stay: 300 kg are declined.
    one = mission(
        depots=[{"depot": "port", "capacity_t": 0.2}],
        supplies=[{"depot": "port", "commodity": "rice", "max_quantity": 0, "pledged": 1500}],
    )
    plan = solved(one)
    assert tiers(plan) == {"mandate": 0, "need": 0, "waste": 0, "cost": 20}
    assert rows(plan, "intake", "source", "quantity", "declined") == [("pledge", 1200.0, 300.0)]


def test_a_pledge_is_taken_whole_where_nothing_is_in_its_way() -> None:
    supplies = [{"depot": "port", "commodity": "rice", "max_quantity": 0, "pledged": 1500}]
    plan = solved(mission(supplies=supplies))
    assert rows(plan, "intake", "quantity", "declined") == [(1500.0, 0.0)]
    assert rows(plan, "inventory", "place", "quantity") == [("port", 500.0)]


@pytest.mark.parametrize("limit", [{}, {"throughput_t": 9}])
def test_a_pledge_that_would_expire_is_declined_whether_its_depot_has_limits_or_not(
    limit: dict[str, float],
) -> None:
    # 500 kg of 1,500 would expire unused; waste is a tier, so they are declined.
    one = mission(
        commodities=[{"commodity": "rice", "weight_t": 0.001, "shelf_life": 1}],
        depots=[{"depot": "port", **limit}],
        supplies=[{"depot": "port", "commodity": "rice", "max_quantity": 0, "pledged": 1500}],
    )
    plan = solved(one)
    assert tiers(plan) == {"mandate": 0, "need": 0, "waste": 0, "cost": 20}
    assert rows(plan, "intake", "quantity", "declined") == [(1000.0, 500.0)]


def test_what_nobody_needs_is_taken_as_far_as_there_is_room() -> None:
    # 0.5 t fit into the port; the first pledge leaves nothing of that for the second.
    one = mission(
        2,
        needs=[{"site": "town", "activity": "food", "people": 1, "period": 2}],
        depots=[{"depot": "port", "capacity_t": 0.5}],
        supplies=[
            {"depot": "port", "commodity": "rice", "period": 1, "max_quantity": 0, "pledged": 800},
            {"depot": "port", "commodity": "rice", "period": 2, "max_quantity": 0, "pledged": 200},
        ],
    )
    taken = rows(solved(one), "intake", "period", "quantity", "declined")
    assert sum(line[1] for line in taken) == pytest.approx(510)
    assert sum(line[2] for line in taken) == pytest.approx(490)


def test_the_gate_of_a_depot_limits_what_comes_in_but_not_its_stock() -> None:
    # 0.3 t through the gate and 0.4 t of stock feed 70 people.
    one = mission(
        depots=[{"depot": "port", "throughput_t": 0.3}],
        stock=[{"depot": "port", "commodity": "rice", "quantity": 400}],
    )
    assert tiers(solved(one))["need"] == 30


def test_a_depot_supplies_the_site_where_it_stands_without_a_route() -> None:
    plan = solved(mission(depots=[{"depot": "port", "site": "town"}], routes=None))
    assert tiers(plan) == {"mandate": 0, "need": 0, "waste": 0, "cost": 1000}
    assert rows(plan, "shipments", "origin", "destination", "mode", "quantity") == [
        ("port", "town", "local", 1000.0)
    ]
    assert rows(plan, "costs", "kind_of_cost", "site") == [("procurement", "town")]


@pytest.mark.parametrize("absent", ["routes", "depots", "supplies", "commodities"])
def test_without_goods_nobody_is_served(absent: str) -> None:
    # A table that is missing takes those with it that refer to it; what is needed stays unmet.
    gone = {
        "routes": ["routes"],
        "depots": ["depots", "supplies", "routes"],
        "supplies": ["supplies"],
        "commodities": ["commodities", "recipes", "supplies"],
    }[absent]
    plan = solved(mission(**dict.fromkeys(gone)))
    assert tiers(plan)["need"] == (0 if absent == "commodities" else 100)


def test_safety_stock_counts_only_goods_with_life_left() -> None:
    # Milk good for 2 periods; 500 kg with a period of life left must be there after 1: what arrived in
    # 1 counts, and is left for period 2. 400 kg are for sale in 1, so 10 people's rations are missing, and
    # the stock that expires with period 1 feeds 30 people. Nobody needs the 0.4 t when they expire with 2.
    one = mission(
        2,
        commodities=[MILK],
        needs=[{"site": "town", "activity": "food", "people": 100, "period": 1}],
        stock=[{"depot": "port", "commodity": "rice", "quantity": 300, "expires": "1"}],
        supplies=[{"depot": "port", "commodity": "rice", "period": 1, "max_quantity": 400}],
        stock_targets=[
            {"depot": "port", "commodity": "rice", "period": 1, "min_quantity": 500, "min_life": 1}
        ],
    )
    plan = solved(one)
    assert tiers(plan) == {"mandate": 10, "need": 70, "waste": 0.4, "cost": 406}
    assert rows(plan, "broken", "rule", "depot", "commodity", "period", "amount", "measure") == [
        ("S1", "port", "rice", 1, 10.0, "people")
    ]


def test_two_activities_share_what_comes_vintage_by_vintage() -> None:
    # 600 kg that expire with period 1 and 900 fresh ones; food takes 1000 kg, seeds 500: every kilogram of
    # either age is given to somebody, and each activity gets what it takes.
    one = mission(
        2,
        activities=[{"activity": "food", "sector": "Food"}, {"activity": "seeds", "sector": "Food"}],
        needs=[
            {"site": "town", "activity": "food", "people": 100, "period": 1},
            {"site": "town", "activity": "seeds", "people": 50, "period": 1},
        ],
        capabilities=[
            {"organisation": "WFP", "activity": name, "modality": "in_kind"} for name in ("food", "seeds")
        ],
        recipes=[{"activity": name, "commodity": "rice", "per_person": 10} for name in ("food", "seeds")],
        stock=[
            {"depot": "port", "commodity": "rice", "quantity": 600, "expires": "1"},
            {"depot": "port", "commodity": "rice", "quantity": 900},
        ],
        supplies=None,
    )
    given = solved(one).tables["distributions"]
    assert given.groupby("activity")["quantity"].sum().to_dict() == pytest.approx(
        {"food": 1000, "seeds": 500}
    )
    assert given.groupby(given["expires"].fillna(0))["quantity"].sum().to_dict() == pytest.approx(
        {0: 900, 1: 600}
    )
