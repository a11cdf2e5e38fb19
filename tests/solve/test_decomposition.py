"""Decomposition: its parts against brute force and the linear program, its plans against exact ones."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from copy import copy
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from pklogistics.instance.generate import generate
from pklogistics.model.build import compile_mission
from pklogistics.model.program import SHARED, Bools, Builder, Floats, Program, Tier
from pklogistics.solve import Options, solve_program
from pklogistics.solve.backend import Start
from pklogistics.solve.crew.bundle import Priced
from pklogistics.solve.decomposition import dual as dual_module
from pklogistics.solve.decomposition import interior, local, opening, pricing
from pklogistics.solve.decomposition import reduced as reduced_module
from pklogistics.solve.decomposition.blocks import Blocks
from pklogistics.solve.decomposition.dual import Dual
from pklogistics.solve.decomposition.earlier import begin_by
from pklogistics.solve.decomposition.fixing import with_shared_bounds
from pklogistics.solve.decomposition.gain import prices_gain
from pklogistics.solve.decomposition.local import localised
from pklogistics.solve.decomposition.master import MasterSolution, solve_master
from pklogistics.solve.decomposition.polish import Polish
from pklogistics.solve.decomposition.pricing import Pricer
from pklogistics.solve.decomposition.rows import Rows
from pklogistics.solve.decomposition.sample import (
    chances,
    drawn,
    first_prices,
    is_wide,
    rough_prices,
    sizes,
)
from pklogistics.solve.decomposition.search import BlockSearch
from pklogistics.solve.decomposition.split import Split, split_of
from pklogistics.solve.decomposition.tree import Branch, Tree, dual_of_branch, used
from pklogistics.solve.implied import implied_bounds
from pklogistics.solve.piece import piece_of
from pklogistics.solve.search import Search
from pklogistics.solve.strategy import blocks_of
from tests.solve.programs import hamlets, priced_dual
from tests.solve.towns import LICENCE, SITES, an_engine, converged, never, optimum, taken_apart, towns


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
    dual = converged(program, passes=16)
    assert best - 9 <= dual.bound <= best + 1e-6
    assert dual.hoped < 0.01


@pytest.mark.parametrize(
    ("quick", "better", "passes"), [(True, False, 2), (True, True, 1), (False, False, 1)]
)
def test_where_a_pass_takes_little_one_that_was_no_better_is_made_again_half_of_the_way(
    monkeypatch: pytest.MonkeyPatch, quick: bool, better: bool, passes: int
) -> None:
    dual = converged(towns())
    best, asked = dual.prices.copy(), []
    dual.pricer.__dict__["quick"] = quick

    def noted(self: Dual, prices: Floats, stop: Callable[[], bool], *, whole: bool = True) -> float:
        asked.append(prices)
        return dual.bound + (1.0 if better else -1.0)

    monkeypatch.setattr(Dual, "evaluate", noted)
    dual.step(2.0 * best, never)
    assert len(asked) == passes
    assert np.array_equal(asked[0], 2.0 * best)
    assert np.allclose(asked[-1], 1.5 * best if passes == 2 else 2.0 * best)


def test_a_bound_of_a_block_that_a_known_point_refutes_is_not_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dual = converged(towns())
    before, price = dual.bound, Pricer.price

    def boastful(self: Pricer, *args: Any, **keywords: Any) -> Priced:
        priced = price(self, *args, **keywords)
        return replace(priced, bounds=priced.bounds + 1.0)

    monkeypatch.setattr(Pricer, "price", boastful)
    # Each of forty towns has a point that costs as little as it can at these prices.
    assert dual.evaluate(dual.prices, never) == pytest.approx(before, abs=1e-4)


def test_a_stop_within_a_pass_leaves_no_master_that_does_not_know_its_points() -> None:
    dual = converged(towns())
    dual.pool = dual.pool.taken(np.arange(0, len(dual.pool.block), 2))
    asked = iter([False, True])
    assert dual.step(0.3 * dual.prices, lambda: next(asked, True)) is None
    assert used(dual) is None


def test_nearly_all_blocks_have_to_be_small_for_a_pass_to_take_little(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, split, _, bounds = taken_apart(towns())
    assert Pricer(split, bounds, 1).quick
    # A town has two columns and one row.
    monkeypatch.setattr(pricing, "LARGEST", 1)
    assert not Pricer(split, bounds, 1).quick


def test_fractions_first_bound_no_better_and_miss_no_step_forward() -> None:
    # From where some points are known, prices are tried twice: in full, and in fractions first.
    program = hamlets(40)
    _, split, coupling, bounds = taken_apart(program)
    best, random = optimum(program), np.random.default_rng(0)
    begun = priced_dual(Dual.of(split, bounds, threads=1, seed=0), 3)
    better = []
    for _ in range(12):
        full, quick = copy(begun), copy(begun)
        known, full._rose, quick._rose = begun.bound, True, False
        prices = full.prices * random.uniform(0.7, 1.3, coupling.rows)
        one, other = full.evaluate(prices, never), quick.evaluate(prices, never)
        assert other <= one + 1e-6
        assert one <= best + 1e-6
        better.append(one > known)
        if one > known:
            assert other == pytest.approx(one, abs=1e-6)
    assert any(better)
    assert not all(better)


def test_the_first_master_is_solved_roughly_and_later_ones_by_what_is_hoped_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, split, _, bounds = taken_apart(towns())
    dual, asked = Dual.of(split, bounds, threads=1, seed=0), []

    def noted(*given: Any) -> MasterSolution:
        asked.append(float(given[5]))
        return solve_master(*given)

    monkeypatch.setattr(dual_module, "solve_master", noted)
    priced_dual(dual, 1)
    before, hoped = abs(dual.bound), dual.hoped
    assert asked == [pytest.approx(1e-4 * before)]
    dual.ask()
    assert asked[1] < 0.5 * hoped
    assert math.isfinite(dual.hoped)


@pytest.mark.parametrize("seed", range(3))
def test_a_relaxed_dual_comes_to_the_linear_program_and_leaves_whole_points(seed: int) -> None:
    split = split_of_generated(40, seed=seed)
    best = first_prices(split, split.blocks, seed=0, stop=never)
    assert best is not None
    dual = Dual.of(split, implied_bounds(split.piece), threads=1, seed=0)
    dual.begin(best)
    linear = in_fractions(copy(dual), dual.prices)
    dual.begin(0.8 * best)
    dual.relaxed = True
    priced_dual(dual, 8)
    assert 0.95 * linear < dual.bound <= linear + 1e-6 * abs(linear)
    fractions = len(dual.pool.block)
    dual.made_whole()
    assert dual.master is None
    assert 0 < len(dual.pool.block) < fractions
    values = dual.pool.points.data[split.piece.integer[split.columns][dual.pool.points.indices]]
    assert values == pytest.approx(np.round(values), abs=1e-6)
    # In whole numbers the same prices bound better.
    before = dual.bound
    assert before < dual.evaluate(dual.prices, never)


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


@pytest.mark.parametrize(("without", "value"), [("_CORRECTORS", 0), ("_WEIGHTS", (1.0,))])
@pytest.mark.parametrize("seed", range(4))
def test_corrected_moves_end_where_others_do_and_not_later(
    monkeypatch: pytest.MonkeyPatch, seed: int, without: str, value: object
) -> None:
    dual = converged(towns(seed))
    columns = dual.pool.columns(dual.coupling, dual.costs)
    low, high = np.maximum(dual.coupling.least - 1e-6, -1e3), np.minimum(dual.coupling.most + 1e-6, 1e3)
    corrected = solve_master(dual.coupling, columns, low, high, 0.5 * (low + high), 1e-6)
    monkeypatch.setattr(interior, without, value)
    plain = solve_master(dual.coupling, columns, low, high, 0.5 * (low + high), 1e-6)
    assert corrected.value == pytest.approx(plain.value, abs=1e-4)
    assert corrected.steps <= plain.steps


@pytest.mark.parametrize("narrow", [False, True])
def test_what_all_points_of_a_block_have_in_common_takes_no_digits(
    monkeypatch: pytest.MonkeyPatch, narrow: bool
) -> None:
    # Every town spends millions more whatever it does, and there is so much more to spend.
    if narrow:
        monkeypatch.setattr(reduced_module, "_WIDE", 2.0)
    dual = converged(towns())
    columns = dual.pool.columns(dual.coupling, dual.costs)
    low, high = np.maximum(dual.coupling.least - 1e-6, -1e3), np.minimum(dual.coupling.most + 1e-6, 1e3)
    plain = solve_master(dual.coupling, columns, low, high, 0.5 * (low + high), 1e-6)
    more, sides = 1e7 * np.sign(dual.coupling.sides[-1]), dual.coupling.sides.copy()
    activity = columns.activity.toarray()
    activity[:, -1] += more
    sides[-1] += more * SITES
    shifted = replace(columns, activity=sparse.csr_matrix(activity))
    found = solve_master(replace(dual.coupling, sides=sides), shifted, low, high, 0.5 * (low + high), 1e-4)
    assert found.value == pytest.approx(plain.value, abs=1e-2)
    assert found.steps <= plain.steps


def test_a_row_of_many_blocks_may_cost_each_of_them_little_however_few_points_are_in_it() -> None:
    # One town has a point with a clinic: what all could pay for the budget is not what one could.
    piece, split, _, bounds = taken_apart(towns())
    dual = Dual.of(split, bounds, 1, 0)
    point = np.zeros(len(split.columns))
    point[split.columns == 0] = 1.0
    some = np.arange(SITES) == 0
    dual.pool = dual.pool.extended(split, np.zeros(len(point)), np.ones(SITES, dtype=np.bool_))
    dual.pool = dual.pool.extended(split, point, some)
    columns = replace(dual.pool.columns(dual.coupling, dual.costs), costs=np.ones(SITES + 1))
    links = split.links
    assert dual.rows.scales(columns)[links] == pytest.approx(np.ones(links.sum()))
    free = replace(dual.coupling, sides=np.zeros(dual.coupling.rows))
    scale = Rows(split, free).scales(columns)[~links]
    cost = piece.matrix[-1].toarray().ravel()[0]
    assert scale == pytest.approx(np.sqrt(SITES) / cost)


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


def split_of_generated(sites: int, seed: int) -> Split:
    """The second tier of a generated mission, taken apart."""
    program = compile_mission(generate(sites, seed=seed)).program
    costs, offset = program.tier_costs(program.tiers[1])
    piece = piece_of(program).with_objective(costs, offset)
    return split_of(piece, program.row_block, program.col_block)


def test_drawn_blocks_stand_for_all_in_every_wide_row() -> None:
    split = split_of_generated(400, seed=1)
    wide = is_wide(split)
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
    few = ~is_wide(split) & ~split.links
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
    begin_by(dual, first.row_prices(), float(SITES), never)
    engine = an_engine(following)
    exact = engine.solve(following, engine.clock.deadline, Start(), gap=1e-9).values
    assert exact is not None
    best = following.value(exact)
    without = Dual.of(split, implied_bounds(following), threads=1, seed=0)
    assert without.evaluate(without.prices, never) == pytest.approx(0.0, abs=1e-3)
    assert 0.25 * best <= in_fractions(dual, dual.prices) <= best + 1e-6
    assert dual.bound <= best + 1e-6
    # Without prices there is nothing to go on from.
    before = dual.prices
    begin_by(dual, np.zeros(piece.rows), float(SITES), never)
    assert dual.prices is before


def test_the_licence_is_used_as_much_as_by_the_clinic_that_uses_it_most() -> None:
    # Some of forty towns have a clinic: all together use a part of the licence, each by itself all of it.
    dual = converged(towns())
    assert dual.master is not None
    clinics = dual.split.piece.integer[dual.split.columns]
    share = (dual.pool.points.T @ dual.master.weights)[clinics]
    assert share.mean() < 0.9
    assert dual.master.shared[0] == pytest.approx(share.max(), abs=1e-3)
    assert share.max() == pytest.approx(1.0, abs=1e-3)


def test_a_master_that_ended_early_does_not_say_that_nothing_is_left_to_hope_for() -> None:
    # Solved to a precision of 40 people, it knows no better than that; solved on, it finds nothing to gain.
    dual = converged(towns())
    for hoped in (100.0, 40.0):
        dual.hoped, dual.precision = hoped, 0.4
        dual.ask()
        assert dual.hoped == pytest.approx(0.4 * hoped)
    for _ in range(12):
        dual.ask()
    assert dual.hoped < 0.01


def choices(blocks: int = 300) -> Program:
    """So many villages that choose one of three depots, each of which could send all that they ask for."""
    random = np.random.default_rng(0)
    village = np.repeat(np.arange(blocks), 3)
    at = pd.DataFrame({"site": village, "depot": np.tile(np.arange(3), blocks)})
    b = Builder()
    chosen = b.columns("f", "chosen", at, upper=1, integer=True, block=village)
    sent = b.columns("f", "sent", at, upper=10, block=village)
    one = b.rows("f", "one", at.iloc[::3], upper=1)
    b.entries(one[village], chosen, 1)
    link = b.rows("f", "link", at, upper=0)
    b.entries(link, sent, 1)
    b.entries(link, chosen, -10)
    b.entries(np.repeat(b.rows("f", "all", at.head(1), upper=5.0 * blocks), 3 * blocks), sent, 1)
    b.term("worth", sent, -random.random(3 * blocks))
    return b.build([Tier("worth", {"worth": 1.0})])


def test_auto_prices_no_blocks_that_come_out_whole_anyway() -> None:
    program = choices()
    piece = piece_of(program)
    assert not prices_gain(piece, program.row_block, program.col_block)
    assert blocks_of(program, piece, Options()) is None
    assert blocks_of(program, piece, Options(strategy="decomposition")) is not None


@pytest.mark.parametrize(
    ("sites", "periods", "priced"), [(40, 1, False), (300, 1, True), (20, 12, False), (50, 12, True)]
)
def test_auto_prices_the_sites_of_a_mission_if_they_are_many_or_large(
    sites: int, periods: int, priced: bool
) -> None:
    size = {} if periods > 1 else {"organisations": 5, "activities": 3}
    program = compile_mission(generate(sites, seed=1, periods=periods, **size)).program
    piece = piece_of(program)
    assert prices_gain(piece, program.row_block, program.col_block)
    assert (blocks_of(program, piece, Options()) is not None) == priced


@pytest.mark.parametrize(("cost", "looked_at"), [(LICENCE, True), (1e-9, False)])
def test_links_are_looked_at_where_what_they_link_to_costs_something(cost: float, looked_at: bool) -> None:
    _, split, _, bounds = taken_apart(towns(licence_cost=cost))
    dual = priced_dual(Dual.of(split, bounds, threads=1, seed=0), 8)
    assert dual.awake[split.rows][split.links].any() == looked_at


def part_dual(program: Program, dual: Dual, branch: Branch) -> Dual:
    return dual_of_branch(dual, branch, program.row_block, program.col_block, threads=1, seed=0)


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
        branch = branch.proven(narrow)
        if not tree.divide(branch, narrow):
            tree.close(branch)
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
        assert first_prices(split, blocks, seed=0, stop=never, until=time.monotonic()) is None
    # Prices of nothing bound by nothing; those of the whole linear program by its value.
    assert bounds[0] - worth[0] > 0.7 * (bounds[1] - worth[1])


def test_a_row_that_says_nothing_does_not_drown_the_prices_of_a_sample() -> None:
    # A row in which nothing can be lacks next to nothing. What it costs to miss it has no measure there, and
    # beside a cost of a thousand million times that of others a solver sees none of these.
    split = split_of_generated(60, seed=1)
    wide = np.flatnonzero(is_wide(split))[0]
    row, said = split.rows[wide], np.ones(split.piece.rows)
    said[row] = 0.0
    lower, upper = split.piece.row_lower.copy(), split.piece.row_upper.copy()
    lower[row], upper[row] = 1e-8, np.inf
    matrix = sparse.csr_matrix(sparse.diags_array(said) @ split.piece.matrix)
    piece = replace(split.piece, matrix=matrix, row_lower=lower, row_upper=upper)
    plain = first_prices(split, 30, seed=0, stop=never)
    prices = first_prices(replace(split, piece=piece), 30, seed=0, stop=never)
    assert plain is not None
    assert prices is not None
    assert prices[wide] == 0.0
    assert np.abs(prices).max() < 10 * np.abs(plain).max()
    assert np.count_nonzero(prices) >= np.count_nonzero(plain)


def test_rough_prices_of_all_blocks_bound_as_those_of_a_simplex_once_time_allows() -> None:
    split = split_of_generated(40, seed=2)
    worth = []
    for prices in (
        first_prices(split, split.blocks, seed=0, stop=never),
        rough_prices(split, 2, never, time.monotonic() + 60),
    ):
        assert prices is not None
        dual = Dual.of(split, implied_bounds(split.piece), threads=1, seed=0)
        dual.begin(prices)
        worth.append(in_fractions(dual, dual.prices))
    assert worth[0] > 0
    assert worth[1] == pytest.approx(worth[0], rel=0.02)
    # Told to stop at once, it says what it has by then, or nothing.
    early = rough_prices(split, 2, lambda: True, time.monotonic() + 60)
    assert early is None or np.isfinite(early).all()


def test_a_pass_that_would_end_too_late_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    program = towns()
    piece, _, _, _ = taken_apart(program)
    search = Search("unserved", piece, piece, np.zeros(piece.columns), -math.inf, proven_before=False)
    blocks = Blocks(program.row_block, program.col_block)
    by_blocks = BlockSearch(an_engine(piece), search, blocks, time.monotonic() + 60)
    dual, step, passes = by_blocks._begun(), Dual.step, []

    def noted(*given: Any) -> Any:
        passes.append(given)
        return step(*given)

    monkeypatch.setattr(Dual, "step", noted)
    by_blocks._passes(dual, time.monotonic() + 60, 1, 0.0)
    assert len(passes) == 1
    assert by_blocks._took > 0
    # The one before took longer than is left.
    by_blocks._passes(dual, time.monotonic() + 0.5 * by_blocks._took, 5, 0.0)
    assert len(passes) == 1
    by_blocks._passes(dual, time.monotonic() + 60, 2, 0.0)
    assert len(passes) == 3


@pytest.mark.parametrize("large", [False, True])
def test_a_mission_of_large_blocks_begins_at_rough_prices(
    large: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    for name in ("first_prices", "rough_prices"):
        price = getattr(opening, name)

        def noted(*given: Any, price: Any = price, name: str = name) -> Any:
            asked.append(name)
            return price(*given)

        monkeypatch.setattr(opening, name, noted)
    monkeypatch.setattr(opening, "_LONG", 0 if large else 10**9)
    monkeypatch.setattr(Pricer, "quick", False)
    program = compile_mission(generate(40, seed=2, periods=2)).program
    options = Options(strategy="decomposition", time_limit=30, should_stop=lambda: bool(asked))
    solution = solve_program(program, options)
    assert set(asked) == ({"rough_prices"} if large else {"first_prices"})
    assert program.violation(solution.values) <= 1e-6


@pytest.mark.parametrize("seed", range(2))
def test_plans_of_towns_lie_between_bound_and_nothing_better(seed: int) -> None:
    program = towns(seed)
    best = optimum(program)
    found = solve_program(program, Options(strategy="decomposition", time_limit=4, gap=1e-3)).tiers[0]
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
