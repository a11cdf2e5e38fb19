"""Decomposition: its parts against brute force and the linear program, its plans against exact ones."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from pklogistics.instance.generate import generate
from pklogistics.model.build import compile_mission
from pklogistics.model.program import SHARED, Bools, Builder, Floats, Program, Tier
from pklogistics.solve import Options, solve_program
from pklogistics.solve.backend import Start
from pklogistics.solve.decomposition import local
from pklogistics.solve.decomposition.choice import chosen_points
from pklogistics.solve.decomposition.coupling import Coupling, coupling_of
from pklogistics.solve.decomposition.dual import Dual
from pklogistics.solve.decomposition.earlier import begin_by
from pklogistics.solve.decomposition.fixing import with_shared_bounds
from pklogistics.solve.decomposition.improver import Improver
from pklogistics.solve.decomposition.local import localised
from pklogistics.solve.decomposition.master import solve_master
from pklogistics.solve.decomposition.polish import Polish
from pklogistics.solve.decomposition.primal import broken, part_of, settled
from pklogistics.solve.decomposition.retreat import retreated
from pklogistics.solve.decomposition.sample import (
    chances,
    drawn,
    first_prices,
    is_wide,
    sizes,
    touching,
)
from pklogistics.solve.decomposition.split import Split, split_of
from pklogistics.solve.decomposition.tree import Branch, Tree, dual_of_branch
from pklogistics.solve.engine import Clock, Engine
from pklogistics.solve.highs import Highs
from pklogistics.solve.implied import implied_bounds
from pklogistics.solve.monitor import Interrupt, Monitor
from pklogistics.solve.piece import Piece, piece_of
from pklogistics.solve.scaling import scaling_of
from pklogistics.solve.search import Search
from tests.solve.programs import hamlets, priced_dual

SITES, BUDGET, LICENCE, FEE = 40, 60.0, 3.0, 2.0


def never() -> bool:
    return False


def towns(seed: int = 0, licence_cost: float = LICENCE) -> Program:
    """Forty towns, each with a clinic (whole, cost 1 to 4) that serves 1 to 9 of its people, one budget.

    Clinics need a licence (shared, whole, paid from the budget) and, of the served, 2 in ten pay into it.
    """
    random = np.random.default_rng(seed)
    cost, people = random.integers(1, 5, SITES).astype(float), random.integers(1, 10, SITES).astype(float)
    at = pd.DataFrame({"site": np.arange(SITES)})
    b = Builder()
    clinic = b.columns("f", "clinic", at, upper=1, integer=True, block=np.arange(SITES))
    served = b.columns("f", "served", at, upper=people, block=np.arange(SITES))
    licence = b.columns("f", "licence", at.head(1), upper=1, integer=True)
    reached = b.rows("f", "reached", at, upper=0)
    b.entries(reached, served, 1)
    b.entries(reached, clinic, -people)
    licensed = b.rows("f", "licensed", at, upper=0)
    b.entries(licensed, clinic, 1)
    b.entries(licensed, np.repeat(licence, SITES), -1)
    budget = np.repeat(b.rows("f", "budget", at.head(1), upper=BUDGET), SITES)
    b.entries(budget, clinic, cost)
    b.entries(budget, served, 0.2 * FEE)
    b.entries(budget[:1], licence, licence_cost)
    b.term("unserved", served, -1.0, offset=float(people.sum()))
    return b.build([Tier("unserved", {"unserved": 1.0})])


def taken_apart(program: Program) -> tuple[Piece, Split, Coupling, tuple[Floats, Floats]]:
    costs, offset = program.tier_costs(program.tiers[0])
    piece = piece_of(program).with_objective(costs, offset)
    split = split_of(piece, program.row_block, program.col_block)
    lower, upper = implied_bounds(piece)
    return (
        piece,
        split,
        coupling_of(split, lower[split.shared_columns], upper[split.shared_columns]),
        (lower, upper),
    )


def converged(program: Program, passes: int = 12) -> Dual:
    _, split, _, bounds = taken_apart(program)
    return priced_dual(Dual.of(split, bounds, threads=1, seed=0), passes)


def optimum(program: Program) -> float:
    return solve_program(program, Options(strategy="exact", gap=1e-9)).tiers[0].value


def test_forty_towns_need_the_same_licence() -> None:
    _, split, coupling, _ = taken_apart(towns())
    assert split.blocks == SITES
    assert coupling.rows == SITES + 1
    assert split.links.sum() == SITES
    assert len(np.unique(split.alike[split.links])) == 1


def test_any_prices_bound_and_the_best_ones_bound_well() -> None:
    program = towns()
    best = optimum(program)
    _, split, coupling, bounds = taken_apart(program)
    random = np.random.default_rng(1)
    for _ in range(20):
        dual = Dual.of(split, bounds, threads=1, seed=0)
        assert dual.evaluate(-random.random(coupling.rows) * 3, never) <= best + 1e-6
    # At the best prices the budget tears one town in two, and a town has nine people at most.
    dual = converged(program)
    assert best - 9 <= dual.bound <= best + 1e-6
    assert dual.hoped < 0.01


def test_the_master_is_the_linear_program_over_its_points() -> None:
    # With a wide box no row is broken at a price, and duality holds: the value is what the prices prove for
    # the points at hand, and the weights meet the budget.
    dual = converged(towns())
    columns = dual.pool.columns(dual.coupling, dual.costs)
    low, high = np.maximum(dual.coupling.least - 1e-6, -1e3), np.minimum(dual.coupling.most + 1e-6, 1e3)
    found = solve_master(dual.coupling, columns, low, high, 0.5 * (low + high), 1e-6)
    assert np.bincount(columns.block, weights=found.weights) == pytest.approx(np.ones(SITES))
    used = columns.activity.T @ found.weights + dual.coupling.shared @ found.shared
    assert (used <= dual.coupling.sides + 1e-5).all()
    reduced = columns.costs - columns.activity @ found.prices
    proven = np.minimum.reduceat(reduced, np.flatnonzero(np.diff(columns.block, prepend=-1))).sum()
    assert found.value == pytest.approx(proven + dual.coupling.shared_minimum(found.prices)[0], abs=1e-3)
    asked = iter([False, False, True])
    stopped = solve_master(dual.coupling, columns, low, high, 0.5 * (low + high), 1e-6, lambda: next(asked))
    assert stopped.steps == 2
    assert ((low <= stopped.prices) & (stopped.prices <= high)).all()


def test_pricing_agrees_with_all_choices_of_a_town() -> None:
    # A town has a clinic or not; with one it serves everyone if that pays, and nobody otherwise.
    _, split, coupling, bounds = taken_apart(towns())
    dual = Dual.of(split, bounds, threads=1, seed=0)
    prices = np.where(split.links, -0.3, -0.2)
    reduced = dual.costs - coupling.blocks_transposed @ prices
    priced = dual.pricer.price(reduced)
    clinic, served = reduced[split.starts[:-1]], reduced[split.starts[:-1] + 1]
    people = bounds[1][split.columns][split.starts[:-1] + 1]
    argued = np.minimum(0.0, clinic + np.minimum(0.0, served * people))
    assert priced.found.all()
    assert priced.bounds == pytest.approx(argued, abs=1e-4)
    assert (priced.bounds <= argued + 1e-9).all()


@pytest.mark.parametrize("licence", [0.0, 1.0])
def test_a_fixed_licence_opens_or_closes_all_clinics(licence: float) -> None:
    program = towns()
    piece, split, _, _ = taken_apart(program)
    fixed = with_shared_bounds(split, np.array([licence]), np.array([licence]))
    clinics = piece.integer.copy()
    clinics[-1] = False
    assert fixed.col_upper[clinics].tolist() == [licence] * SITES
    assert (fixed.col_lower[-1], fixed.col_upper[-1]) == (licence, licence)
    # The links have said all that they had to say.
    assert len(split_of(fixed, program.row_block, program.col_block).rows) == 1


def test_a_part_is_what_the_others_leave() -> None:
    # Others have spent 10 of the budget and hold the licence up: five towns share the other 50.
    piece, split, _, _ = taken_apart(towns())
    values = np.zeros(piece.columns)
    values[-1] = 1.0
    rich = int(np.argmax(piece.matrix[-1].toarray().ravel()[:SITES]))
    values[rich] = 1.0
    chosen = np.zeros(SITES, dtype=np.bool_)
    chosen[[town for town in range(6) if town != rich][:5]] = True
    part = part_of(split, values, chosen)
    cost = piece.matrix[-1].toarray().ravel()[rich]
    assert part.piece.row_upper.max() == pytest.approx(BUDGET - cost)
    assert part.piece.col_lower[-1] == 1.0
    assert len(part.columns) == 11


def test_a_part_may_break_what_its_point_breaks_and_pays_for_it() -> None:
    # All towns have a clinic, which is far beyond the budget: the part may stay there, or sell clinics.
    piece, split, _, _ = taken_apart(towns())
    values = np.where(piece.integer, 1.0, 0.0)
    cost = piece.matrix[-1].toarray().ravel()
    over = float(cost @ values) - BUDGET
    assert broken(split, values).tolist() == [*[0.0] * SITES, pytest.approx(-over)]
    chosen = np.arange(SITES) < 5
    part = part_of(split, values, chosen, np.full(len(split.rows), 7.0))
    assert part.piece.columns == len(part.columns) + 1
    assert (part.piece.costs[-1], part.piece.col_upper[-1]) == (7.0, pytest.approx(over))
    assert part.piece.feasible(part.start)
    sold = part.start.copy()
    clinics = np.flatnonzero(np.isin(part.columns, np.flatnonzero(piece.integer)[:5]))
    sold[clinics] = 0.0
    sold[-1] = over - cost[:5].sum()
    assert part.piece.feasible(sold)


def an_engine(piece: Piece) -> Engine:
    options, deadline = Options(), time.monotonic() + 60.0
    monitor = Monitor(options, time.monotonic(), Interrupt())
    return Engine(Highs(), scaling_of(piece), options, monitor, Clock(deadline))


def test_a_known_point_is_chosen_for_every_town_and_near_the_budget() -> None:
    piece, split, _, _ = taken_apart(towns())
    dual = converged(towns())
    values = chosen_points(an_engine(piece), dual, seconds=20.0)
    assert values is not None
    own = piece.matrix[split.local]
    assert (own @ values <= piece.row_upper[split.local] + 1e-9).all()
    assert (values[piece.integer] == np.round(values[piece.integer])).all()
    lacking = broken(split, values)
    assert np.abs(lacking).sum() <= 4.0  # the dearest clinic, at most
    assert piece.value(values) >= dual.bound - 4.0


def test_settling_serves_fewer_where_the_budget_is_broken() -> None:
    piece, split, _, _ = taken_apart(towns())
    whole = np.flatnonzero(piece.integer)
    values = np.zeros(piece.columns)
    values[whole[-1]] = 1.0
    cost = piece.matrix[-1].toarray().ravel()
    for town in np.argsort(cost[:SITES]):
        if float(cost @ values) > BUDGET:
            break
        values[town], values[SITES + town] = 1.0, piece.col_upper[SITES + town]
    over = float(cost @ values) - BUDGET
    assert over > 0
    every = np.ones(split.blocks, dtype=np.bool_)
    better = settled(an_engine(piece), split, values, every, np.full(len(split.rows), 1e3))
    assert better is not None
    assert piece.feasible(better)
    assert (better[whole] == values[whole]).all()
    assert float(cost @ better) == pytest.approx(BUDGET)


def unchanged(point: Floats) -> Floats:
    return point


def test_blocks_of_a_draft_go_back_until_the_budget_is_kept_those_first_that_lose_least() -> None:
    piece, split, _, _ = taken_apart(towns())
    draft = np.where(piece.integer, 1.0, piece.col_upper)
    draft[np.flatnonzero(piece.integer)[-1]] = 1.0
    plan = np.zeros(piece.columns)
    assert piece.feasible(plan)
    assert not piece.feasible(draft)
    found = retreated(split, draft, plan, unchanged)
    assert found is not None
    assert piece.feasible(found)
    served = found[SITES : 2 * SITES] > 0
    assert 0 < served.sum() < SITES
    # Whoever went back was worth no more, for what it costs, than whoever stayed.
    cost = piece.matrix[-1].toarray().ravel()
    town = np.arange(SITES)
    paid = cost[town] * draft[town] + cost[SITES + town] * draft[SITES + town]
    worth = piece.col_upper[SITES + town] / paid
    assert worth[served].min() >= worth[~served].max() - 1e-9


def test_what_rested_on_a_block_that_went_back_goes_back_too() -> None:
    # Block 0 has the surgeon, paid from a budget of 1 that block 1 needs as well; posts 2 and 3 need the
    # surgeon. Giving up the surgeon is cheapest, and then nobody may stay at the posts.
    rows = [[2.0, 1.0, 0.0, 0.0], [1.0, 0.0, -1.0, 0.0], [1.0, 0.0, 0.0, -1.0]]
    piece = Piece(
        matrix=sparse.csr_matrix(np.vstack([rows, np.identity(4)])),
        row_lower=np.array([-np.inf, 0.0, 0.0, *[-np.inf] * 4]),
        row_upper=np.array([1.0, np.inf, np.inf, *[1.0] * 4]),
        col_lower=np.zeros(4),
        col_upper=np.ones(4),
        integer=np.ones(4, dtype=np.bool_),
        costs=np.array([0.0, -5.0, -1.0, -1.0]),
    )
    split = split_of(piece, np.array([SHARED] * 3 + [0, 1, 2, 3]), np.array([0, 1, 2, 3]))
    found = retreated(split, np.ones(4), np.zeros(4), unchanged)
    assert found is not None
    assert found.tolist() == [0.0, 1.0, 0.0, 0.0]
    # Where the plan itself breaks the row there is nothing to go back to.
    assert retreated(split, np.ones(4), np.array([1.0, 1.0, 0.0, 0.0]), unchanged) is None


def test_a_draft_is_a_plan_at_once_where_there_is_one_to_go_back_to() -> None:
    program = towns(seed=3)
    piece, _, _, _ = taken_apart(program)
    dual = converged(program)
    search = Search("unserved", piece, piece, np.zeros(piece.columns), dual.bound, proven_before=False)
    Improver(an_engine(piece), search, dual).begin(np.where(piece.integer, 1.0, piece.col_upper))
    assert search.value < 0.8 * piece.value(np.zeros(piece.columns))


def test_an_improver_mends_a_draft_and_goes_on_from_there() -> None:
    program = towns(seed=3)
    piece, _, _, _ = taken_apart(program)
    dual = converged(program)
    search = Search("unserved", piece, piece, None, dual.bound, proven_before=False)
    improver = Improver(an_engine(piece), search, dual)
    improver.begin(np.where(piece.integer, 1.0, piece.col_upper))
    assert improver.draft is not None
    for _ in range(30):
        if not improver.step(20.0) or search.value <= optimum(program) + 1e-6:
            break
    assert improver.draft is None
    assert search.values is not None
    assert piece.feasible(search.values)
    assert dual.bound - 1e-6 <= search.value <= optimum(program) * 1.02


def split_of_generated(sites: int, seed: int) -> Split:
    """The second tier of a generated mission, taken apart."""
    program = compile_mission(generate(sites, seed=seed)).program
    costs, offset = program.tier_costs(program.tiers[1])
    piece = piece_of(program).with_objective(costs, offset)
    return split_of(piece, program.row_block, program.col_block)


def test_drawn_blocks_stand_for_all_in_every_wide_row() -> None:
    split = split_of_generated(400, seed=1)
    wide = is_wide(split, touching(split))
    chance = chances(sizes(split, wide), 150)
    assert chance.sum() == pytest.approx(150)
    assert chance.max() == 1.0
    upper = split.piece.col_upper[split.columns]
    most = np.where(np.isfinite(upper), upper, 0.0)
    by_block = np.add.reduceat(
        abs(split.outer[wide][:, split.columns]).multiply(most).toarray(), split.starts[:-1], axis=1
    )
    asked = by_block.sum(axis=1)
    missed, missed_evenly = [], []
    for seed in range(10):
        chosen = drawn(chance, seed)
        assert abs(chosen.sum() - 150) <= 1
        assert chosen[chance == 1.0].all()
        some = np.random.default_rng(seed).choice(split.blocks, 150, replace=False)
        missed.append(np.abs(by_block[:, chosen] @ (1 / chance[chosen]) / asked - 1).mean())
        missed_evenly.append(np.abs(by_block[:, some].sum(axis=1) * split.blocks / 150 / asked - 1).mean())
    assert np.mean(missed) < 0.7 * np.mean(missed_evenly)


def test_all_blocks_are_drawn_where_all_are_wanted() -> None:
    assert drawn(chances(np.array([1.0, 5.0, 0.0]), 3), seed=0).all()


@pytest.mark.parametrize("seed", range(3))
def test_polished_prices_bound_at_least_as_well(seed: int) -> None:
    split = split_of_generated(60, seed=seed)
    dual = Dual.of(split, implied_bounds(split.piece), threads=1, seed=0)
    first = first_prices(split, split.blocks, seed=0, stop=never)
    assert first is not None
    dual.begin(first)
    random = np.random.default_rng(seed)
    rose = []
    for _ in range(4):
        prices = dual.coupling.signed(dual.prices * random.uniform(0.5, 3.0, len(dual.prices)))
        bounds = []
        for asked in (prices, dual.polished(prices)):
            priced = dual.pricer.price(dual.reduced(asked), whole=np.zeros(split.blocks, dtype=np.bool_))
            bounds.append(priced.bounds.sum() + dual.coupling.shared_minimum(asked)[0])
        assert bounds[1] >= bounds[0] - 1e-6 * abs(bounds[0])
        rose.append(bounds[1] - bounds[0])
    assert max(rose) > 1e-3 * dual.bound


def test_a_licence_asks_clinics_for_what_it_costs_and_not_for_more() -> None:
    _, split, coupling, (lower, upper) = taken_apart(towns())
    prices = np.where(split.links, -2.0 / SITES, -0.5)
    columns = split.columns
    polished = Polish.of(coupling, lower[columns], upper[columns])(prices)
    assert polished[~split.links] == -0.5
    # All clinics together ask for the three that a licence costs, at half each.
    assert polished[split.links].sum() == pytest.approx(-0.5 * LICENCE)


def in_fractions(dual: Dual, prices: Floats) -> float:
    return dual.evaluate(prices, never, whole=False)


def without_prices_of_few() -> tuple[Dual, Bools, Floats]:
    """Return a dual of 300 sites, its rows of few blocks, and its best prices in fractions without theirs."""
    split = split_of_generated(300, seed=4)
    dual = Dual.of(split, implied_bounds(split.piece), threads=1, seed=0)
    best = first_prices(split, split.blocks, seed=0, stop=never)
    assert best is not None
    dual.begin(best)
    few = ~is_wide(split, touching(split)) & ~split.links
    forgotten = np.where(few, 0.0, dual.prices)
    return dual, few, forgotten


def test_regions_gain_much_of_what_one_would_whatever_the_number_of_workers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dual, _, forgotten = without_prices_of_few()
    whole, worst = in_fractions(dual, dual.prices), in_fractions(dual, forgotten)
    monkeypatch.setattr(local, "_REGION", 150)
    until = time.monotonic() + 60
    found = localised(dual, forgotten, until, never)
    assert in_fractions(dual, found) > worst + 0.5 * (whole - worst)
    assert (localised(dual, forgotten, until, never, workers=3) == found).all()
    assert (localised(dual, forgotten, until, lambda: True) == forgotten).all()


def test_prices_of_few_blocks_come_from_those_of_many() -> None:
    dual, few, forgotten = without_prices_of_few()
    whole, worst = in_fractions(dual, dual.prices), in_fractions(dual, forgotten)
    found = localised(dual, forgotten, time.monotonic() + 30, never)
    assert (found[~few] == forgotten[~few]).all()
    assert worst < 0.95 * whole
    assert in_fractions(dual, found) == pytest.approx(whole, rel=1e-3)
    assert (localised(dual, forgotten, time.monotonic() - 1, never) == forgotten).all()


def test_prices_of_a_tier_bound_the_next_one_at_once_and_never_beyond_its_optimum() -> None:
    # Next tier: as few clinics as possible that leave no more unserved than now. Prices of the first, times
    # what an unserved person is worth in clinics, say a part of it; no prices at all say nothing.
    program = towns()
    first = converged(program)
    piece, _, _, _ = taken_apart(program)
    held = float(np.ceil(optimum(program)))
    clinics = np.where(piece.integer, 1.0, 0.0)
    clinics[-1] = 0.0
    following = piece.with_row(piece.costs, held - piece.offset).with_objective(clinics, 0.0)
    split = split_of(following, program.row_block, program.col_block)
    dual = Dual.of(split, implied_bounds(following), threads=1, seed=0)
    begun = begin_by(dual, first.row_prices(), float(SITES), never)
    engine = an_engine(following)
    exact = engine.solve(following, engine.clock.deadline, Start(), gap=1e-9).values
    assert exact is not None
    best = following.value(exact)
    without = Dual.of(split, implied_bounds(following), threads=1, seed=0)
    assert without.evaluate(without.prices, never) == pytest.approx(0.0, abs=1e-3)
    assert 0.25 * best <= begun.bound <= best + 1e-6
    dual.begin(begun.prices)
    assert in_fractions(dual, dual.prices) == pytest.approx(begun.bound)


def test_the_licence_is_used_as_much_as_by_the_clinic_that_uses_it_most() -> None:
    # Some of forty towns have a clinic: all together use a part of the licence, each by itself all of it.
    dual = converged(towns())
    assert dual.master is not None
    clinics = dual.split.piece.integer[dual.split.columns]
    share = (dual.pool.points.T @ dual.master.weights)[clinics]
    assert share.mean() < 0.9
    assert dual.master.shared[0] == pytest.approx(share.max(), abs=1e-3)
    assert share.max() == pytest.approx(1.0, abs=1e-3)


def part_dual(program: Program, dual: Dual, branch: Branch) -> Dual:
    return dual_of_branch(dual, branch, dual.pool, program.row_block, program.col_block, threads=1, seed=0)


@pytest.mark.parametrize("licence", [0.0, 1.0])
def test_what_blocks_cost_at_least_is_inherited_but_where_their_point_is_not_allowed(licence: float) -> None:
    program = towns()
    dual = converged(program)
    fixed = np.array([licence])
    branch = Branch(fixed, fixed, dual.bound, dual.row_prices(), dual.row_prices())
    heir, alone = part_dual(program, dual, branch), part_dual(program, dual, branch)
    bound = heir.inherit(dual, never)
    # The licence's own rows have no price here, so its users are priced again; the others are not.
    assert bound == pytest.approx(alone.evaluate(alone.prices, never), abs=1e-6)
    assert heir.cheapest is not None
    assert alone.cheapest is not None
    assert alone.costs @ heir.cheapest == pytest.approx(alone.costs @ alone.cheapest, abs=1e-6)


def test_branching_on_the_licence_bounds_better_and_never_beyond_the_optimum() -> None:
    # So dear a licence is used in part, and that part of every clinic.
    program = towns(licence_cost=40.0)
    dual, best = converged(program), optimum(program)
    tree = Tree.of(dual)
    assert tree.bound == dual.bound
    assert tree.divide(tree.next(), dual)
    for _ in range(5):
        if tree.exhausted:
            break
        branch = tree.next()
        # Without licence there is no clinic, with it there may be: nothing is left beside the two.
        assert (branch.least == branch.most).all()
        narrow = part_dual(program, dual, branch)
        prices = narrow.prices
        for _ in range(12):
            master = narrow.step(prices, never)
            assert master is not None
            prices = master.prices
        tree.divide(replace(branch, bound=narrow.bound, prices=narrow.row_prices()), narrow)
    assert tree.exhausted
    assert dual.bound + 1e-6 < tree.bound <= best + 1e-6


def test_prices_of_a_sample_bound_nearly_as_well_as_those_of_all() -> None:
    program = compile_mission(generate(300, seed=4)).program
    costs, offset = program.tier_costs(program.tiers[1])
    piece = piece_of(program).with_objective(costs, offset)
    split = split_of(piece, program.row_block, program.col_block)
    bounds, worth = [], []
    for blocks in (120, 300):
        prices = first_prices(split, blocks, seed=0, stop=never)
        assert prices is not None
        dual = Dual.of(split, implied_bounds(piece), threads=1, seed=0)
        worth.append(dual.evaluate(dual.prices, never))
        dual.begin(prices)
        bounds.append(in_fractions(dual, dual.prices))
    # Prices of nothing bound by nothing; those of the whole linear program by its value.
    assert bounds[0] - worth[0] > 0.7 * (bounds[1] - worth[1])


@pytest.mark.parametrize("seed", range(2))
def test_plans_of_towns_lie_between_bound_and_nothing_better(seed: int) -> None:
    program = towns(seed)
    best = optimum(program)
    found = solve_program(program, Options(strategy="decomposition", time_limit=2, gap=1e-3)).tiers[0]
    assert found.bound <= best + 1e-6
    assert best - 1e-6 <= found.value <= best * 1.005 + 1e-6


def test_a_generated_mission_keeps_every_rule_and_bounds_what_exact_search_finds() -> None:
    program = compile_mission(generate(60, seed=3, organisations=5, activities=3)).program
    assert (program.col_block != SHARED).any()
    exact = solve_program(program, Options(strategy="exact", time_limit=4))
    by_blocks = solve_program(program, Options(strategy="decomposition", time_limit=4))
    assert program.violation(by_blocks.values) <= 1e-6
    for one, other in zip(exact.tiers[:2], by_blocks.tiers[:2], strict=True):
        assert other.bound <= one.value * (1 + 1e-6) + 1e-6
        assert one.bound <= other.value * (1 + 1e-6) + 1e-6


def test_blocks_of_which_none_can_be_as_good_as_can_be() -> None:
    # A hamlet has a clinic or a school, so all of it cannot be served: no block has a point in which the
    # first tier is at its trivial bound, at which a plan is looked for by the costs of the second.
    program = replace(hamlets(20), tiers=(Tier("unserved", {"unserved": 1.0}), Tier("open", {"open": 1.0})))
    solution = solve_program(program, Options(strategy="decomposition", time_limit=4, gap=0.05))
    assert program.violation(solution.values) <= 1e-6
    assert 0 < solution.tiers[0].bound <= solution.tiers[0].value <= 1.1 * solution.tiers[0].bound


def test_stopping_returns_the_plan_at_hand() -> None:
    program = compile_mission(generate(60, seed=3, organisations=5, activities=3)).program
    asked = 0

    def enough() -> bool:
        nonlocal asked
        asked += 1
        return asked > 30

    solution = solve_program(program, Options(strategy="decomposition", should_stop=enough))
    assert solution.stopped == "stopped"
    assert solution.found
    assert program.violation(solution.values) <= 1e-6
