"""Programs with very many links, narrowed to what may be in a better plan."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pklogistics.model.program import Builder, Program, Tier
from pklogistics.solve import Options, Solution, core, exact, lean, links, solve_program
from pklogistics.solve.backend import Outcome
from pklogistics.solve.core import look_for_ideal, narrowed
from pklogistics.solve.cover import covered
from pklogistics.solve.engine import Engine
from pklogistics.solve.piece import Piece
from pklogistics.solve.search import Search
from tests.solve.posts import search_of

DEPOTS, CUSTOMERS = 9, 14


@pytest.fixture
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a third of the depots have as many links as is borne."""
    for module in (core, lean):
        monkeypatch.setattr(module, "MANY_LINKS", 3 * CUSTOMERS)
    monkeypatch.setattr(links, "_LINKS_OF_ONE", CUSTOMERS)


def warehouses(seed: int, *, apart: bool = False) -> Program:
    """Depots and customers on a square, with needs of 1 to 9; a depot holds 25, at a price of its own.

    Nobody is to be left out first, then costs count. Where customers are ``apart``, the first two may not be
    served from the same depot, so that opening everything and sending anything is no plan.
    """
    random = np.random.default_rng(seed)
    places = random.random((DEPOTS + CUSTOMERS, 2))
    need = random.integers(1, 10, CUSTOMERS).astype(float)
    at = pd.MultiIndex.from_product([range(DEPOTS), range(CUSTOMERS)], names=["depot", "customer"])
    depot, customer = (at.get_level_values(name).to_numpy() for name in ("depot", "customer"))
    keys, depots = at.to_frame(index=False), pd.DataFrame({"depot": range(DEPOTS)})
    customers = pd.DataFrame({"customer": range(CUSTOMERS)})
    b = Builder()
    sent = b.columns("f", "sent", keys, upper=need[customer])
    unmet = b.columns("f", "unmet", customers, upper=need)
    opened = b.columns("f", "open", depots, upper=1, integer=True)
    served = b.rows("f", "served", customers, lower=need, upper=need)
    b.entries(served[customer], sent, 1)
    b.entries(served, unmet, 1)
    holds = b.rows("f", "holds", depots, upper=0)
    b.entries(holds[depot], sent, 1)
    b.entries(holds, opened, -25)
    link = b.rows("f", "link", keys, upper=0)
    b.entries(link, sent, 1)
    b.entries(link, opened[depot], -need[customer])
    if apart:
        visits = b.columns("f", "visits", keys[customer < 2], upper=1, integer=True)
        visited = b.rows("f", "visited", keys[customer < 2], upper=0)
        b.entries(visited, sent[customer < 2], 1)
        b.entries(visited, visits, -need[customer[customer < 2]])
        either = b.rows("f", "either", depots, upper=0)
        b.entries(either[depot[customer < 2]], visits, 1)
        b.entries(either, opened, -1)
    far = np.linalg.norm(places[depot] - places[DEPOTS + customer], axis=1)
    b.term("unmet", unmet, 1.0)
    b.term("cost", np.concatenate((sent, opened)), np.concatenate((far, random.uniform(3, 6, DEPOTS))))
    return b.build([Tier("need", {"unmet": 1.0}), Tier("cost", {"cost": 1.0})])


def best(case: Program) -> float:
    """Return the least cost, by the search that others have, too."""
    solution = solve_program(case, Options(gap=0.0))
    assert solution.tiers[0].value == 0
    return solution.tiers[1].value


def cost_search(case: Program) -> tuple[Engine, Search]:
    """Return the search of the second tier with everything open, while nobody is left out."""
    engine, search = search_of(case)
    costs, offset = case.tier_costs(case.tiers[1])
    piece = search.piece.at_trivial_bound().with_objective(costs, offset)
    everything = np.where(piece.integer, 1.0, 0.0)
    values = engine.solve_fixed(piece, everything).values
    return engine, replace(search, piece=piece, loose=piece, values=values, bound=-math.inf)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("apart", [False, True])
def test_the_answer_is_the_same(seed: int, apart: bool, request: pytest.FixtureRequest) -> None:
    case = warehouses(seed, apart=apart)
    known = best(case)
    request.getfixturevalue("few_are_many")
    solution = solve_program(case, Options(gap=0.0))
    assert solution.tiers[0].value == 0
    assert solution.tiers[1].value == pytest.approx(known)
    assert solution.tiers[1].bound == pytest.approx(known)
    assert case.violation(solution.values) <= 1e-6
    assert solution.notes == ()


def test_whatever_stops_it_the_bound_holds(request: pytest.FixtureRequest) -> None:
    case = warehouses(1)
    known = best(case)
    request.getfixturevalue("few_are_many")
    for looks in (0, 1, 3, 6, 10, 15):
        solution = stopped_after(case, looks)
        cost = solution.tiers[1]
        assert cost.bound <= known * (1 + 1e-9)
        assert not solution.found or solution.tiers[0].value > 0 or cost.value >= known * (1 - 1e-9)
        assert solution.stopped == "stopped" or cost.value == pytest.approx(known)


def stopped_after(case: Program, looks: int) -> Solution:
    seen = iter(range(looks))
    return solve_program(case, Options(gap=0.0, should_stop=lambda: next(seen, None) is None))


@pytest.mark.usefixtures("few_are_many")
def test_what_cannot_be_in_a_better_plan_is_fixed() -> None:
    case = warehouses(2)
    engine, search = cost_search(case)
    started_from = search.value
    piece = covered(search.piece)
    less = narrowed(engine, search, piece, time.monotonic() + 30)
    # Everything open costs far more than what is found, and few depots are worth a look beside it.
    assert search.value < started_from
    free = less.col_lower < less.col_upper
    assert np.count_nonzero(free & less.integer) <= 3
    assert less.admits(search.values)
    assert search.bound <= search.value


@pytest.mark.usefixtures("few_are_many")
def test_solvers_are_given_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    case = warehouses(2)
    engine, search = cost_search(case)
    search.proven_before = True
    given: list[Piece] = []

    def note(engine: Engine, search: Search, tiers_left: int, piece: Piece, precision: float) -> bool:
        given.append(piece)
        return False

    monkeypatch.setattr(exact, "_round", note)
    exact.search_tier(engine, search, 1)
    left = given[0].col_upper > given[0].col_lower if given else np.zeros(0, dtype=np.bool_)
    assert search.solved(engine.options.gap) or np.count_nonzero(left[-DEPOTS:]) <= 3


@pytest.mark.usefixtures("few_are_many")
def test_a_column_of_the_best_plan_known_is_never_fixed_elsewhere() -> None:
    case = warehouses(3)
    _, search = cost_search(case)
    piece = covered(search.piece)
    rises = np.where(piece.integer, 1e6, 0.0)
    fixed = core._fixed(piece, core.Prices(0.0, rises), 1.0, search.values)
    assert fixed.admits(search.values)
    assert not core._fixed(piece, core.Prices(0.0, rises), 1.0, None).admits(search.values)


@pytest.mark.usefixtures("few_are_many")
def test_a_first_tier_is_looked_at_by_the_next() -> None:
    case = warehouses(2, apart=True)
    engine, search = search_of(case)
    search.next_costs, _ = case.tier_costs(case.tiers[1])
    assert search.value > 0
    look_for_ideal(engine, search, time.monotonic() + 30)
    assert search.value == 0
    # It is no plan with everything open.
    assert search.next_costs @ search.values < 1.5 * best(case)


@pytest.mark.parametrize("seed", range(8))
def test_what_links_let_in_dearly_is_left_out_where_links_are_still_many(
    seed: int, few_are_many: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, search = cost_search(warehouses(seed))
    before, piece = search.value, covered(search.piece)
    prices = core._prices(engine, piece, 0.003, time.monotonic() + 20.0, engine.monitor)
    assert prices is not None
    free: list[int] = []
    solve = engine.solve

    def watched(piece: Piece, *args: object, **options: object) -> Outcome:
        free.append(int(((piece.col_upper > piece.col_lower) & ~piece.integer).sum()))
        return solve(piece, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(engine, "solve", watched)
    # As if routes were decisions, too: then whole columns are not all that links belong to.
    monkeypatch.setattr(core, "_free_links", lambda piece: core.MANY_LINKS)
    assert core._look_inside(engine, search, piece, prices, time.monotonic() + 20.0, engine.monitor)
    assert free[0] < DEPOTS * CUSTOMERS
    assert search.value < before
    # A little of what was left out might be in a better plan.
    assert search.bound == -math.inf


@pytest.mark.parametrize("seed", range(4))
def test_links_are_counted_by_whole_columns_that_are_not_fixed(seed: int) -> None:
    _, search = cost_search(warehouses(seed))
    piece = search.piece
    depots = np.flatnonzero(piece.integer)
    assert core._free_links(piece) == DEPOTS * CUSTOMERS
    upper = piece.col_upper.copy()
    upper[depots[:4]] = 0.0
    assert core._free_links(replace(piece, col_upper=upper)) == (DEPOTS - 4) * CUSTOMERS
