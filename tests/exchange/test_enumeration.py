"""Random tiny files of every class: what solving their missions gives is what trying everything gives."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from scipy.optimize import linprog

from pklogistics.exchange import import_mission
from tests.exchange.samples import gained, solved

SEEDS = range(3)
NEAR = {"rel": 1e-6, "abs": 1e-6}


def lines(*rows):
    return "\n".join(" ".join(map(str, np.ravel(row))) for row in rows) + "\n"


def imported(format_name, folder, text):
    file = folder / "drawn.txt"
    file.write_text(text)
    return import_mission(format_name, file)


def best(options):
    """Return the least need left, and the least cost with it, of pairs of both."""
    found = list(options)
    least = min(left for left, _ in found)
    return [least, min(cost for left, cost in found if left <= least + 1e-7)]


def flowing(left, cost, **rows):
    """Return the least of one objective, and then of the other, over the same rows."""
    first = linprog(left, **rows)
    if not first.success:
        return []
    above = np.vstack([*([rows["A_ub"]] if rows.get("A_ub") is not None else []), left])
    sides = np.append(rows.get("b_ub") if rows.get("b_ub") is not None else [], first.fun + 1e-9)
    second = linprog(cost, **{**rows, "A_ub": above, "b_ub": sides})
    return [(first.fun, second.fun)]


def shared(capacity, demand, cost, allowed):
    """Split supply: least unmet demand and cost of sources that may supply the customers allowed to them.

    ``cost`` of a unit and ``allowed`` have the shape (sources, customers).
    """
    sources, customers = cost.shape
    per_source = np.kron(np.eye(sources), np.ones(customers))
    per_customer = np.kron(np.ones(sources), np.eye(customers))
    return flowing(
        np.append(np.zeros(cost.size), np.ones(customers)),
        np.append(cost.ravel(), np.zeros(customers)),
        A_ub=np.hstack([per_source, np.zeros((sources, customers))]),
        b_ub=capacity,
        A_eq=np.hstack([per_customer, np.eye(customers)]),
        b_eq=demand,
        bounds=[(0, None if may else 0) for may in allowed.ravel()] + [(0, None)] * customers,
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_warehouses_that_share_customers(seed, tmp_path):
    r = np.random.default_rng(seed)
    capacity, fixed = r.integers(3, 15, 4), r.integers(0, 40, 4)
    demand, cost = r.integers(1, 9, 5), r.integers(0, 60, (5, 4)) / 4
    rows = [np.column_stack([capacity, fixed]), *np.column_stack([demand, cost])]
    mission = imported("orlib-cap", tmp_path, lines([4, 5], *rows))
    options = []
    for opened in product([0, 1], repeat=4):
        y = np.array(opened)
        served = shared(capacity * y, demand, (cost / demand[:, None]).T, np.ones((4, 5), dtype=bool))
        options += [(left, each + fixed @ y) for left, each in served]
    assert solved(mission) == pytest.approx(best(options), **NEAR)


def assigned(staff, takes, cost, weight, fixed):
    """Try every agent, or none, for every job; ``takes`` and ``cost`` have the shape (agents, jobs)."""
    agents, jobs = cost.shape
    for choice in product(range(-1, agents), repeat=jobs):
        by = np.array(choice)
        done = by >= 0
        at = np.flatnonzero(done)
        load = np.bincount(by[at], takes[by[at], at], agents)
        if (load <= staff + 1e-9).all():
            used = np.isin(np.arange(agents), by)
            yield weight[~done].sum(), cost[by[at], at].sum() + fixed @ used


@pytest.mark.parametrize("seed", SEEDS)
def test_facilities_that_serve_whole_customers(seed, tmp_path):
    r = np.random.default_rng(seed)
    capacity, fixed = r.integers(4, 14, 3), r.integers(0, 30, 3)
    demand, cost = r.integers(0, 8, 5), r.integers(0, 80, (3, 5)) / 4
    text = lines([3, 5], np.column_stack([capacity, fixed]), demand, *cost)
    weight = np.where(demand > 0, demand, 1)
    options = assigned(capacity, np.tile(demand, (3, 1)), cost, weight, fixed)
    assert solved(imported("sscflp", tmp_path, text)) == pytest.approx(best(options), **NEAR)


@pytest.mark.parametrize("seed", SEEDS)
def test_agents_and_jobs(seed, tmp_path):
    r = np.random.default_rng(seed)
    takes, cost = r.integers(0, 25, (3, 6)), r.integers(0, 50, (3, 6))
    staff = r.integers(10, 40, 3)
    text = lines([3, 6], *cost, *takes, staff)
    options = assigned(staff, takes, cost, np.ones(6), np.zeros(3))
    assert solved(imported("gap", tmp_path, text)) == pytest.approx(best(options), **NEAR)


def taken(profit, takes, budget):
    """Return the greatest profit within budgets, over every choice; ``takes`` has a row a budget."""
    chosen = np.array(list(product([0, 1], repeat=len(profit))))
    return (chosen @ profit)[(chosen @ takes.T <= budget + 1e-9).all(axis=1)].max()


@pytest.mark.parametrize("seed", SEEDS)
def test_projects_under_several_budgets(seed, tmp_path):
    r = np.random.default_rng(seed)
    profit, takes = r.integers(0, 40, 9) / 2, r.integers(0, 30, (3, 9))
    budget = takes.sum(axis=1) // r.integers(2, 5, 3)
    mission = imported("mknap", tmp_path, lines([1], [9, 3, 0], profit, *takes, budget))
    assert gained(mission) == pytest.approx(taken(profit, takes, budget), **NEAR)


@pytest.mark.parametrize("seed", SEEDS)
def test_projects_of_a_city(seed, tmp_path):
    r = np.random.default_rng(seed)
    cost, votes = r.integers(1, 90_000, 9) / 4, r.integers(0, 400, 9)
    budget = cost.sum() // 3
    projects = "".join(
        f"{at};{one};{other}\n" for at, (one, other) in enumerate(zip(cost, votes, strict=True))
    )
    text = f"META\nkey;value\nbudget;{budget}\nPROJECTS\nproject_id;cost;votes\n{projects}VOTES\n"
    assert gained(imported("pabulib", tmp_path, text)) == pytest.approx(
        taken(votes, cost[None], budget), **NEAR
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_medians(seed, tmp_path):
    r = np.random.default_rng(seed)
    ends, length = r.integers(1, 8, (9, 2)), r.integers(0, 20, 9)
    most = int(r.integers(1, 4))
    way = np.full((7, 7), np.inf)
    np.fill_diagonal(way, 0)
    for (one, other), each in zip(ends - 1, length, strict=True):
        if one != other:  # The later of two counts, in both directions.
            way[one, other] = way[other, one] = each
    for via in range(7):
        way = np.minimum(way, way[:, [via]] + way[via])
    options = []
    for chosen in combinations(range(7), most):
        nearest = way[list(chosen)].min(axis=0)
        reached = np.isfinite(nearest)
        options.append(((~reached).sum(), nearest[reached].sum()))
    mission = imported("pmed", tmp_path, lines([7, 9, most], *np.column_stack([ends, length])))
    assert solved(mission) == pytest.approx(best(options), **NEAR)


@pytest.mark.parametrize("seed", SEEDS)
def test_arcs_to_open(seed, tmp_path):
    r = np.random.default_rng(seed)
    nodes, arcs, goods = 4, 7, 3
    ends = np.column_stack([r.integers(1, nodes + 1, (arcs, 2)), r.integers(0, 9, arcs)])
    room, fixed = r.integers(2, 12, arcs), r.integers(0, 40, arcs)
    parcels = np.column_stack([r.integers(1, nodes + 1, (goods, 2)), r.integers(1, 9, goods)])
    table = np.column_stack([ends, room, fixed, np.zeros((arcs, 2), dtype=int)])
    mission = imported("mcnd", tmp_path, "title\n" + lines([nodes, arcs, goods], *table, *parcels))
    node = np.arange(1, nodes + 1)[:, None]
    away = (node == ends[:, 0]).astype(float) - (node == ends[:, 1])
    balance, sides, last = np.kron(np.eye(goods), away), [], np.zeros((nodes * goods, goods))
    for at, (origin, destination, quantity) in enumerate(parcels):
        here = (node[:, 0] == origin).astype(float) - (node[:, 0] == destination)
        sides.append(quantity * here)
        last[at * nodes : (at + 1) * nodes, at] = here
    options = []
    for opened in product([0, 1], repeat=arcs):
        y = np.array(opened)
        flows = flowing(
            np.append(np.zeros(arcs * goods), np.ones(goods)),
            np.append(np.tile(ends[:, 2], goods), np.zeros(goods)),
            A_ub=np.hstack([np.tile(np.eye(arcs), goods), np.zeros((arcs, goods))]),
            b_ub=room * y,
            A_eq=np.hstack([balance, last]),
            b_eq=np.concatenate(sides),
            bounds=[(0, None)] * (arcs * goods) + [(0, float(quantity)) for quantity in parcels[:, 2]],
        )
        options += [(left, cost + fixed @ y) for left, cost in flows]
    assert solved(mission) == pytest.approx(best(options), **NEAR)


def split(stores, pairs):
    return any({*pair} <= {*stores} for pair in pairs)


@pytest.mark.parametrize("seed", SEEDS)
def test_stores_that_may_not_share(seed, tmp_path):
    r = np.random.default_rng(seed)
    capacity, fixed, goods = r.integers(3, 14, 3), r.integers(0, 30, 3), r.integers(1, 8, 4)
    cost = r.integers(0, 12, (4, 3))
    pairs = np.array([pair for pair in combinations(range(4), 2) if r.random() < 0.5]).reshape(-1, 2)
    items = {
        "Warehouses": 3,
        "Stores": 4,
        "Capacity": capacity.tolist(),
        "FixedCost": fixed.tolist(),
        "Goods": goods.tolist(),
        "SupplyCost": "[|" + "|".join(",".join(map(str, row)) for row in cost) + "|]",
        "Incompatibilities": len(pairs),
        "IncompatiblePairs": "[|" + "|".join(f"{one},{other}" for one, other in pairs + 1) + "|]",
    }
    text = "".join(f"{name} = {value};\n" for name, value in items.items())
    apart = [
        {*row}
        for count in range(5)
        for row in combinations(range(4), count)
        if not split(row, pairs.tolist())
    ]
    # Whom a warehouse may supply need not be supplied: only the largest sets, and none at all, are tried.
    largest = [row for row in apart if not row or not any(row < other for other in apart)]
    apart = [[at in row for at in range(4)] for row in largest]
    options = []
    for allowed in product(apart, repeat=3):
        may = np.array(allowed)
        served = shared(capacity, goods, cost.T, may)
        options += [(left, each + fixed @ may.any(axis=1)) for left, each in served]
    assert solved(imported("mscflp-ci", tmp_path, text)) == pytest.approx(best(options), **NEAR)


BIG = 10**8
TWO = f"{BIG} {BIG + 1}"


@pytest.mark.parametrize(
    ("format_name", "text", "left", "cost"),
    [
        # One agent who has time for either job, or both but for one second in a hundred million.
        ("gap", lines([1, 2], [5, 6], TWO, 2 * BIG), 1, 5),
        # The facility costs 7, and serving the larger customer 2.
        ("sscflp", lines([1, 2], [2 * BIG, 7], TWO, [1, 2]), BIG, 9),
    ],
)
def test_one_too_many_is_too_many_of_a_hundred_million_too(format_name, text, left, cost, tmp_path):
    assert solved(imported(format_name, tmp_path, text)) == pytest.approx([left, cost])


@pytest.mark.parametrize("big", [BIG, 10 * BIG])
def test_one_dollar_too_many_is_too_many_of_a_large_budget_too(big, tmp_path):
    projects = f"1;{big};10\n2;{big + 1};11\n"
    text = f"META\nkey;value\nbudget;{2 * big}\nPROJECTS\nproject_id;cost;votes\n{projects}"
    assert gained(imported("pabulib", tmp_path, text)) == pytest.approx(11)
