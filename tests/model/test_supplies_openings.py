"""Depots and routes are opened where that pays (S4), and the program says so as tightly as it can."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import linprog

from pklogistics.instance.mission import Mission
from pklogistics.model.build import compile_mission
from pklogistics.model.program import SHARED, Program
from tests.model.goods import mission, rows, solved, tiers

TWO = [{"origin": "port", "destination": "town", "cost_per_t": 20}]
BY_HUB = [
    {"origin": "port", "destination": "town", "cost_per_t": 100, "mode": "air"},
    {"origin": "port", "destination": "hub"},
    {"origin": "hub", "destination": "town", "cost_per_t": 10},
]


@pytest.mark.parametrize(("opening", "rent", "cost"), [(50, 10, 1070), (60, 35, 1100)])
def test_a_depot_is_opened_if_that_is_cheaper_than_flying(opening: int, rent: int, cost: int) -> None:
    # One tonne: by air 100, by the hub 10 and what the hub costs to open and to keep for a period.
    depots = [{"depot": "port"}, {"depot": "hub", "opening_cost": opening, "cost_per_period": rent}]
    plan = solved(mission(depots=depots, routes=BY_HUB))
    assert tiers(plan)["cost"] == cost
    used = [("depot", "hub", 1, float(opening))] if cost < 1100 else []
    assert rows(plan, "openings", "kind", "origin", "period", "cost") == used


def test_a_depot_is_opened_once_and_kept_for_as_long_as_it_is_used() -> None:
    # Needs in periods 1 and 3 of 3. Hub: 50 once, 10 in each of two periods, and 2 x 10; air: 2 x 100.
    needs = [{"site": "town", "activity": "food", "people": 100, "period": t} for t in (1, 3)]
    depots = [{"depot": "port"}, {"depot": "hub", "opening_cost": 50, "cost_per_period": 10}]
    plan = solved(mission(3, needs=needs, depots=depots, routes=BY_HUB))
    assert tiers(plan)["cost"] == 2000 + 50 + 2 * 10 + 2 * 10
    assert rows(plan, "costs", "kind_of_cost", "period", "amount")[:2] == [
        ("depot", 1, 60.0),
        ("depot", 3, 10.0),
    ]


def test_an_opening_is_paid_by_a_fund_that_ends_before_the_depot_is_used() -> None:
    # Only the fund of period 1 may pay for depots; the need is in period 2.
    one = mission(
        2,
        needs=[{"site": "town", "activity": "food", "people": 100, "period": 2}],
        depots=[{"depot": "port"}, {"depot": "hub", "opening_cost": 50}],
        routes=BY_HUB[1:],
        funds=[{"fund": "early", "amount": 50, "until": "1"}, {"fund": "goods", "amount": 5000}],
        earmarks=[
            {"fund": "early", "kind_of_cost": "depot"},
            {"fund": "goods", "kind_of_cost": "procurement"},
            {"fund": "goods", "kind_of_cost": "transport"},
        ],
    )
    plan = solved(one)
    assert tiers(plan) == {"mandate": 0, "need": 0, "waste": 0, "cost": 1060}
    assert rows(plan, "openings", "origin", "period") == [("hub", 1)]


def test_stock_of_a_depot_out_of_use_is_written_off() -> None:
    # The hub's 100 kg save 100 of procurement, and 10 tonnes-fares more or less; opening it costs 500.
    depots = [{"depot": "port"}, {"depot": "hub", "opening_cost": 500}]
    stock = [{"depot": "hub", "commodity": "rice", "quantity": 100}]
    plan = solved(mission(depots=depots, routes=BY_HUB, stock=stock))
    assert tiers(plan)["cost"] == 1100
    assert rows(plan, "intake", "source", "quantity", "declined") == [("stock", 0.0, 100.0)]


def test_a_depot_is_cleared_of_what_nobody_needs_to_save_its_rent() -> None:
    # 300 kg of stock too many: moving them to the port for 10 a tonne costs 3, keeping the annex for them 50.
    one = mission(
        2,
        needs=[{"site": "town", "activity": "food", "people": 10, "period": 1}],
        depots=[{"depot": "port"}, {"depot": "annex", "cost_per_period": 50}],
        stock=[{"depot": "annex", "commodity": "rice", "quantity": 400}],
        supplies=None,
        routes=[
            {"origin": "annex", "destination": "port", "cost_per_t": 10},
            {"origin": "annex", "destination": "town", "cost_per_t": 20},
        ],
    )
    plan = solved(one)
    assert tiers(plan) == {"mandate": 0, "need": 0, "waste": 0, "cost": 50 + 2 + 3}
    assert rows(plan, "inventory", "place", "period", "quantity") == [("port", 1, 300.0), ("port", 2, 300.0)]


def test_a_route_is_repaired_if_that_is_cheaper() -> None:
    # 2 tonnes in two periods: 2 x 100 by air, or 150 for the road and 2 x 20.
    routes = [
        {"origin": "port", "destination": "town", "cost_per_t": 100, "mode": "air"},
        {"origin": "port", "destination": "town", "cost_per_t": 20, "opening_cost": 150},
    ]
    plan = solved(mission(2, routes=routes))
    assert tiers(plan)["cost"] == 2000 + 190
    assert rows(plan, "openings", "kind", "origin", "destination", "mode", "period", "cost") == [
        ("route", "port", "town", "road", 1, 150.0)
    ]
    costs = rows(plan, "costs", "kind_of_cost", "site", "period", "amount")
    assert [cost for cost in costs if cost[0] == "route"] == [("route", "town", 1, 150.0)]


def test_no_more_depots_are_in_use_than_the_policy_allows() -> None:
    # Each of three sites has a depot of its own with 100 kg for 10 people; two may be open at a time.
    sites = ["a", "b", "c"]
    one = mission(
        sites=[{"site": name} for name in sites],
        needs=[{"site": name, "activity": "food", "people": 10} for name in sites],
        depots=[{"depot": f"{name} depot", "site": name} for name in sites],
        stock=[{"depot": f"{name} depot", "commodity": "rice", "quantity": 100} for name in sites],
        supplies=None,
        routes=None,
        policy={"max_open_depots": 2},
    )
    plan = solved(one)
    assert tiers(plan)["need"] == 10
    assert len(rows(plan, "openings", "origin")) == 2


def location(
    seed: int, depots: int = 4, sites: int = 6
) -> tuple[Mission, np.ndarray, np.ndarray, np.ndarray]:
    """A facility location problem: a tonne for each person, who must all be fed, at least cost."""
    draw = np.random.default_rng(seed)
    opening, cost = draw.integers(50, 150, depots), draw.integers(1, 40, (depots, sites))
    demand = draw.integers(1, 9, sites)
    one = mission(
        tiers=["mandate", "need", "cost"],
        sites=[{"site": f"s{s}"} for s in range(sites)],
        needs=[{"site": f"s{s}", "activity": "food", "people": int(demand[s])} for s in range(sites)],
        commodities=[{"commodity": "rice", "unit": "t", "weight_t": 1}],
        recipes=[{"activity": "food", "commodity": "rice", "per_person": 1}],
        depots=[{"depot": f"d{d}", "opening_cost": int(opening[d])} for d in range(depots)],
        supplies=[{"depot": f"d{d}", "commodity": "rice"} for d in range(depots)],
        routes=[
            {"origin": f"d{d}", "destination": f"s{s}", "cost_per_t": int(cost[d, s])}
            for d in range(depots)
            for s in range(sites)
        ],
    )
    return one, opening, cost, demand


@pytest.mark.parametrize("seed", range(3))
def test_facility_location_by_enumeration(seed: int) -> None:
    # The best set of depots: their opening, and for each site the cheapest of them.
    one, opening, cost, demand = location(seed)
    every = [
        list(chosen)
        for size in range(1, len(opening) + 1)
        for chosen in combinations(range(len(opening)), size)
    ]
    best = min(opening[chosen].sum() + cost[chosen].min(axis=0) @ demand for chosen in every)
    assert tiers(solved(one)) == {"mandate": 0, "need": 0, "cost": pytest.approx(best)}


def relaxed(program: Program) -> float:
    """Return the least cost when all are fed and nothing need be whole."""
    unmet = program.group("unmet")
    assert unmet is not None
    upper = program.col_upper.copy()
    upper[unmet.index] = 0.0
    cost, offset = program.tier_costs(program.tiers[-1])
    both = np.isfinite(program.row_upper), np.isfinite(program.row_lower)
    result = linprog(
        cost,
        A_ub=np.vstack([program.matrix.toarray()[both[0]], -program.matrix.toarray()[both[1]]]),
        b_ub=np.concatenate([program.row_upper[both[0]], -program.row_lower[both[1]]]),
        bounds=np.column_stack([program.col_lower, upper]),
    )
    return float(result.fun) + offset


@pytest.mark.parametrize("seed", range(3))
def test_the_relaxation_is_that_of_the_strong_formulation(seed: int) -> None:
    # Textbook: x[d,s] <= y[d] site by site, which a bound on the sum over sites alone does not reach.
    one, opening, cost, demand = location(seed)
    depots, sites = cost.shape
    served = np.kron(np.ones(depots), np.eye(sites))
    tied = np.hstack([np.eye(depots * sites), -np.kron(np.eye(depots), np.ones((sites, 1)))])
    strong = linprog(
        np.concatenate([(cost * demand).ravel(), opening]),
        A_ub=tied,
        b_ub=np.zeros(len(tied)),
        A_eq=np.hstack([served, np.zeros((sites, depots))]),
        b_eq=np.ones(sites),
        bounds=(0, 1),
    )
    assert relaxed(compile_mission(one).program) == pytest.approx(strong.fun)


def test_the_last_mile_belongs_to_its_site_and_the_rest_is_shared() -> None:
    depots = [{"depot": "port"}, {"depot": "hub", "opening_cost": 50}]
    one = mission(
        2, depots=depots, routes=BY_HUB, sites=[{"site": "nowhere"}, {"site": "town", "storage_t": 5}]
    )
    program = compile_mission(one).program
    blocks = {group.name: program.col_block[group.index] for group in program.col_groups}
    sent = program.group("sent")
    assert sent is not None
    to_town = (sent.keys["destination"] == "town").to_numpy()
    assert set(blocks["sent"][to_town]) == {1}
    assert set(blocks["sent"][~to_town]) == {SHARED}
    on_hand = program.group("on_hand")
    assert on_hand is not None
    assert set(blocks["on_hand"][(on_hand.keys["place"] == "town").to_numpy()]) == {1}
    assert {SHARED} == set(blocks["running"]) == set(blocks["depot_opened"]) == set(blocks["bought"])
    balance = next(group for group in program.row_groups if group.name == "S2")
    assert set(program.row_block[balance.index]) == {1}


def test_every_column_is_bounded_but_for_broken_mandates() -> None:
    target = [{"depot": "hub", "commodity": "rice", "min_quantity": 50}]
    depots = [{"depot": "port"}, {"depot": "hub", "opening_cost": 50}]
    program = compile_mission(mission(3, depots=depots, routes=BY_HUB, stock_targets=target)).program
    assert np.isfinite(program.col_upper).all()


def test_no_columns_for_goods_that_lead_nowhere() -> None:
    # Nobody takes salt, the cellar leads nowhere, and nothing comes from the mine.
    one = mission(
        commodities=[
            {"commodity": "rice", "unit": "kg", "weight_t": 0.001},
            {"commodity": "salt", "unit": "kg", "weight_t": 0.001},
        ],
        depots=[{"depot": "port"}, {"depot": "cellar"}, {"depot": "mine"}],
        supplies=[{"depot": "port", "commodity": name} for name in ("rice", "salt")],
        routes=[
            *TWO,
            {"origin": "port", "destination": "cellar"},
            {"origin": "mine", "destination": "town"},
        ],
    )
    program = compile_mission(one).program
    counts = {group.name: len(group.keys) for group in program.col_groups if group.family == "supplies"}
    assert {name: count for name, count in counts.items() if count} == {"bought": 1, "sent": 1}


def coefficients(program: Program, rule: str) -> list[float]:
    """Return by how much each row of a rule opens up when its door does, sorted."""
    group = next(group for group in program.row_groups if group.name == rule)
    matrix = program.matrix[group.index].toarray()
    return sorted((-matrix.min(axis=1)).tolist())


def test_a_closed_depot_is_tied_to_no_more_than_can_be_bought_there() -> None:
    # 1,000 kg are of use, but the hub can buy 300 from one and 200 from another.
    one = mission(
        depots=[{"depot": "port"}, {"depot": "hub", "opening_cost": 50}],
        supplies=[
            {"depot": "port", "commodity": "rice"},
            {"depot": "hub", "commodity": "rice", "supplier": "mill", "max_quantity": 300, "price": 0.5},
            {"depot": "hub", "commodity": "rice", "supplier": "farm", "max_quantity": 200, "price": 0.6},
        ],
        routes=BY_HUB[::2],
    )
    assert coefficients(compile_mission(one).program, "S4_entered") == [500]


def test_a_closed_depot_is_tied_to_no_more_than_its_routes_carry() -> None:
    # 1,000 kg are of use. By road come 0.1 t, by rail 0.2 t, and 0.25 t leave by road.
    one = mission(
        depots=[{"depot": "port"}, {"depot": "hub", "opening_cost": 50}],
        routes=[
            {"origin": "port", "destination": "hub", "capacity_t": 0.1},
            {"origin": "port", "destination": "hub", "capacity_t": 0.2, "mode": "rail"},
            {"origin": "hub", "destination": "town", "capacity_t": 0.25},
        ],
    )
    program = compile_mission(one).program
    assert coefficients(program, "S4_received") == [pytest.approx(300)]
    assert coefficients(program, "S4_sent") == [pytest.approx(250)]


ENOUGH = {
    "needs": [{"site": "town", "activity": "food", "people": 100}],
    "depots": [{"depot": name, "opening_cost": 50} for name in ("a", "b", "c")],
    "supplies": None,
    "stock": [{"depot": name, "commodity": "rice", "quantity": 450} for name in ("a", "b", "c")],
    "routes": [{"origin": name, "destination": "town"} for name in ("a", "b", "c")],
}


def enough(program: Program) -> list[tuple[list[float], float]]:
    """Return the coefficients and the limit of each row that says how much must be open."""
    group = next((group for group in program.row_groups if group.name == "S4_enough"), None)
    rows = [] if group is None else group.index
    return [(sorted(program.matrix[row].data.tolist()), float(program.row_upper[row])) for row in rows]


def test_depots_in_use_must_hold_enough_for_those_who_are_served() -> None:
    # 100 people take 1,000 kg, so that all three depots of 450 kg must be open: three are, not 2.2.
    one = mission(**ENOUGH)
    assert enough(compile_mission(one).program) == [([-450, -450, -450, 10], 0)]
    assert tiers(solved(one))["cost"] == 150


def test_what_is_always_in_use_counts_as_it_is_and_what_can_enter_is_limited() -> None:
    # Depot c needs no opening: its 450 kg are there. Depot b takes in 0.1 t a period at most of 200 kg for
    # sale, in each of two periods, besides its stock.
    depots = [{"depot": "a", "opening_cost": 50}, {"depot": "b", "opening_cost": 50}, {"depot": "c"}]
    depots[1]["throughput_t"] = 0.1
    sale = [{"depot": "b", "commodity": "rice", "max_quantity": 200}]
    one = mission(2, **{**ENOUGH, "depots": depots, "supplies": sale})
    # People are served in two periods; a depot in use in period 1 alone gives its stock.
    found = [([*sorted([-450.0, -550.0, -100.0]), 10.0, 10.0], 450.0)]
    assert enough(compile_mission(one).program) == found


def test_nothing_is_said_of_enough_where_there_is_no_limit() -> None:
    for supply in ({"depot": "a", "commodity": "rice"}, {"depot": "d", "commodity": "rice"}):
        depots = [*ENOUGH["depots"], {"depot": "d"}]
        routes = [*ENOUGH["routes"], {"origin": "d", "destination": "c"}, {"origin": "a", "destination": "d"}]
        one = mission(**{**ENOUGH, "depots": depots, "routes": routes, "supplies": [supply]})
        assert enough(compile_mission(one).program) == []


def test_a_closed_depot_is_tied_to_no_more_than_can_have_come_there() -> None:
    # 2,000 kg are of use in two periods, and 1,350 kg are there in all: 450 at each depot, and what a has can
    # come to b as well.
    routes = [*ENOUGH["routes"], {"origin": "a", "destination": "b"}]
    program = compile_mission(mission(2, **{**ENOUGH, "routes": routes})).program
    assert set(coefficients(program, "S4_on_hand")) == {450, 900}
    group = next(group for group in program.row_groups if group.name == "S4_on_hand")
    most = -program.matrix[group.index].toarray().min(axis=1)
    assert set(most[(group.keys["place"] == "b").to_numpy()]) == {900}
