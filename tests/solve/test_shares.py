"""Shared columns shared out: what each block bears, and what the master and plans make of it."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace

import numpy as np
import pytest

from pklogistics.instance.generate import generate
from pklogistics.model.build import compile_mission
from pklogistics.model.program import Bools, Floats
from pklogistics.solve import Options, solve_program
from pklogistics.solve.decomposition import opening
from pklogistics.solve.decomposition.blocks import Blocks
from pklogistics.solve.decomposition.dual import Dual
from pklogistics.solve.decomposition.improver import Improver
from pklogistics.solve.decomposition.search import BlockSearch
from pklogistics.solve.decomposition.shares import share_out
from pklogistics.solve.decomposition.split import Split, split_of
from pklogistics.solve.decomposition.tree import Branch, Tree, is_clear, used
from pklogistics.solve.implied import implied_bounds
from pklogistics.solve.piece import piece_of
from pklogistics.solve.search import Search
from tests.solve.programs import priced_dual
from tests.solve.test_decomposition import in_fractions, part_dual
from tests.solve.towns import (
    BUDGET,
    FEE,
    LICENCE,
    SITES,
    an_engine,
    converged,
    never,
    optimum,
    taken_apart,
    towns,
)

PRICE = 0.6
"""Of the budget, in people that are not served."""


def a_dual(licence_cost: float = LICENCE) -> Dual:
    """Return a dual of the towns at a price of the budget, and none of the links."""
    _, split, _, bounds = taken_apart(towns(licence_cost=licence_cost))
    dual = Dual.of(split, bounds, threads=1, seed=0)
    dual.prices = np.where(split.links, 0.0, -PRICE)
    return dual


def gains(dual: Dual) -> Floats:
    """Return what a clinic is worth to each town at that price: people served, less what it and they cost."""
    piece = dual.split.piece
    budget = piece.matrix[dual.split.rows[~dual.split.links][0]].toarray().ravel()
    cost, people = budget[:SITES], piece.col_upper[SITES : 2 * SITES]
    return np.maximum(people * (1.0 - 0.2 * FEE * PRICE) - cost * PRICE, 0.0)


def fractions(split: Split) -> Bools:
    return np.zeros(split.blocks, dtype=np.bool_)


def test_towns_bear_the_licence_by_what_they_lose_without_it() -> None:
    dual = a_dual()
    without, links, worth = in_fractions(dual, dual.prices), dual.split.links, gains(dual)
    assert without == pytest.approx(dual.offset - PRICE * BUDGET - worth.sum())
    share_out(dual, never)
    owed = LICENCE * PRICE
    assert dual.prices[links] == pytest.approx(-owed * worth / worth.sum())
    assert (dual.awake[dual.split.rows][links] == (worth > 0)).all()
    # All of the licence is in the bound, which had nothing of it: nobody gives a clinic up for that.
    assert in_fractions(dual, dual.prices) == pytest.approx(without + owed)


def test_a_licence_that_costs_more_than_all_towns_gain_is_given_up() -> None:
    dual = a_dual(licence_cost=1000.0)
    share_out(dual, never)
    assert in_fractions(dual, dual.prices) == pytest.approx(dual.offset - PRICE * BUDGET)


def test_where_nobody_wants_the_licence_all_bear_the_same() -> None:
    dual = a_dual()
    dual.prices = np.where(dual.split.links, 0.0, -100.0)
    share_out(dual, never)
    assert dual.prices[dual.split.links] == pytest.approx(-LICENCE * 100.0 / SITES)


def test_passes_that_follow_come_near_the_optimum_and_never_beyond() -> None:
    dual = a_dual()
    share_out(dual, never)
    dual = priced_dual(dual, 12)
    assert 0.9 * converged(towns()).bound < dual.bound <= optimum(towns()) + 1e-6


def test_a_stop_leaves_everything_as_it_was() -> None:
    dual = a_dual()
    before = dual.prices.copy()
    share_out(dual, lambda: True)
    assert (dual.prices == before).all()


def mission_dual(periods: int) -> tuple[Split, Dual]:
    """Return the need of forty sites, with the prices of a few passes."""
    program = compile_mission(generate(40, seed=2, periods=periods, organisations=6, activities=3)).program
    costs, offset = program.tier_costs(program.tiers[1])
    piece = piece_of(program).with_objective(costs, offset)
    split = split_of(piece, program.row_block, program.col_block)
    return split, priced_dual(Dual.of(split, implied_bounds(piece), threads=1, seed=0), 4)


@pytest.mark.parametrize("periods", [1, 3])
def test_what_is_shared_out_is_never_more_than_there_is_and_bounds_no_worse(periods: int) -> None:
    # In three periods a base asks for a mobilisation in this or an earlier one: links of several periods
    # bear parts of the same.
    split, dual = mission_dual(periods)
    coupling = dual.coupling
    dual.prices = dual.polished(np.where(split.links, 0.0, dual.prices))
    before = coupling.costs - coupling.shared_transposed @ dual.prices
    without = dual.pricer.price(dual.reduced(dual.prices), whole=fractions(split)).linear
    share_out(dual, never)
    assert dual.prices[split.links].any()
    after = coupling.costs - coupling.shared_transposed @ dual.prices
    assert (after >= np.minimum(before, 0.0) - 1e-6 * (1.0 + np.abs(before))).all()
    with_shares = dual.pricer.price(dual.reduced(dual.prices), whole=fractions(split)).linear
    assert (with_shares >= without - 1e-9 * (1.0 + np.abs(without))).all()
    assert with_shares.sum() > without.sum()


@pytest.mark.parametrize(("cost", "there"), [(LICENCE, 1.0), (1000.0, 0.0)])
def test_the_licence_is_there_where_it_is_used_much(cost: float, there: float) -> None:
    program = towns(licence_cost=cost)
    dual = a_dual(licence_cost=cost)
    assert used(dual) is None, "nothing has been priced yet"
    dual = converged(program)
    branch = used(dual)
    assert branch is not None
    assert branch.least.tolist() == branch.most.tolist() == [there]
    narrow = part_dual(program, dual, branch)
    assert narrow.inherit(dual, never) <= (optimum(program) if there else narrow.offset) + 1e-6
    assert used(narrow) is None


def test_a_mobilisation_that_is_used_in_part_in_several_periods_stays_undecided() -> None:
    split, dual = mission_dual(periods=3)
    shared = split.shared_columns
    of_links = np.unique(split.outside[split.links].indices)
    assert dual.master is not None
    for share, least, most in ((0.1, 0.0, 0.0), (0.5, 0.0, 1.0), (0.9, 1.0, 1.0)):
        values = dual.master.shared.copy()
        values[of_links] = share
        dual.master = replace(dual.master, shared=values, weights=np.zeros(len(dual.pool.block)))
        branch = used(dual)
        assert branch is not None
        assert (branch.least[of_links] == least).all()
        assert (branch.most[of_links] == most).all()
        others = np.setdiff1d(np.arange(len(shared)), of_links)
        assert (branch.least[others] == dual.bounds[0][shared[others]]).all()
        assert (branch.most[others] == dual.bounds[1][shared[others]]).all()


@pytest.mark.parametrize(("share", "clear"), [(0.1, True), (0.5, False), (0.9, True)])
def test_what_is_used_is_clear_if_nothing_is_used_by_halves(share: float, clear: bool) -> None:
    dual = converged(towns())
    assert dual.master is not None
    nothing, shared = np.zeros(len(dual.pool.block)), np.full_like(dual.master.shared, share)
    dual.master = replace(dual.master, shared=shared, weights=nothing)
    assert is_clear(dual) == clear


def test_what_blocks_use_is_used_even_if_the_master_does_not_look_at_links() -> None:
    dual = converged(towns())
    assert dual.master is not None
    assert dual.master.shared[0] == pytest.approx(1.0, abs=1e-3)
    dual.master = replace(dual.master, shared=np.zeros_like(dual.master.shared))
    for looks, there in ((True, 0.0), (False, 1.0)):
        dual.rows.awake = ~dual.split.links | looks
        branch = used(dual)
        assert branch is not None
        assert branch.least.tolist() == branch.most.tolist() == [there]


def a_tree() -> Tree:
    """Of four columns that are there or not."""
    dual = converged(towns())
    prices = np.zeros(1)
    whole = Branch(np.zeros(4), np.ones(4), 0.0, prices, prices, seen=True)
    tree = Tree(dual.split, dual.bounds, whole)
    tree.put(whole)
    return tree


def test_parts_beside_a_decided_one_leave_out_nothing_and_nothing_twice() -> None:
    tree = a_tree()
    # Columns 0 and 1 are there and 3 is not; 2 stays open.
    decided = replace(tree.whole, least=np.array([1.0, 1, 0, 0]), most=np.array([1.0, 1, 1, 0]), bound=5.0)
    flips = tree.flips(decided)
    assert [flip.least.tolist() for flip in flips] == [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1]]
    assert [flip.most.tolist() for flip in flips] == [[0, 1, 1, 1], [1, 0, 1, 1], [1, 1, 1, 1]]
    # To be without 1 is dearest, so that is asked first; to be without 0 is asked where 1 and 3 are decided.
    bounds = (1.0, 3.0, 2.0)
    tree.decide(decided, [replace(flip, bound=bound) for flip, bound in zip(flips, bounds, strict=True)])
    assert tree.bound == 1.0
    parts = [tree.next() for _ in range(4)]
    assert [part.bound for part in parts] == [1.0, 2.0, 3.0, 5.0]
    assert [part.least.tolist() for part in parts] == [[0, 1, 0, 0], [0, 1, 0, 1], [0, 0, 0, 0], [1, 1, 0, 0]]
    assert [part.most.tolist() for part in parts] == [[0, 1, 1, 0], [1, 1, 1, 1], [1, 0, 1, 1], [1, 1, 1, 0]]
    points = np.array(list(itertools.product((0.0, 1.0), repeat=4)))
    inside = sum(((points >= part.least) & (points <= part.most)).all(axis=1).astype(int) for part in parts)
    assert np.asarray(inside).tolist() == [1] * 16


def test_a_part_takes_the_bound_of_its_dual_if_that_is_better() -> None:
    dual = converged(towns())
    low = Branch(np.zeros(1), np.ones(1), dual.bound - 1.0, np.zeros(1), np.zeros(1))
    assert low.proven(dual).bound == dual.bound
    assert np.array_equal(low.proven(dual).proof, dual.row_prices())
    high = replace(low, bound=dual.bound + 1.0)
    assert high.proven(dual) is high


def test_a_plan_is_bettered_in_the_part_that_it_is_of() -> None:
    # Nobody has a licence in the plan at hand; the part that is gone on with has it.
    program = towns()
    piece, _, _, _ = taken_apart(program)
    dual = converged(program)
    branch = used(dual)
    assert branch is not None
    main, engine = part_dual(program, dual, branch), an_engine(piece)
    nothing, licensed = np.zeros(piece.columns), np.zeros(piece.columns)
    licensed[dual.split.shared_columns] = 1.0
    blocks = Blocks(program.row_block, program.col_block, dual=dual, main=main)
    for plan, inside in ((nothing, False), (licensed, True)):
        search = Search("unserved", piece, piece, plan, -np.inf, proven_before=False)
        by_blocks = BlockSearch(engine, search, blocks, time.monotonic() + 60.0)
        by_blocks._improver = Improver(engine, search, main)
        assert by_blocks._within(main) == inside
        assert by_blocks._within(dual)
        # A draft of the whole is not mended in a part, nor one of the part in another one.
        by_blocks._improve_by(main)
        assert by_blocks._improver.dual is main
        by_blocks._plan(dual)
        assert by_blocks._improver.dual is dual


@pytest.mark.parametrize("cost", [LICENCE, 1000.0])
def test_what_is_left_beside_the_part_that_is_used_is_bounded_as_well(
    monkeypatch: pytest.MonkeyPatch, cost: float
) -> None:
    # Without the licence there is no clinic; a licence that costs more than there is cannot be had.
    monkeypatch.setattr(opening, "_WHOLE_PROGRAM", 10)
    divide, trees = BlockSearch._divide, []

    def noted(self: BlockSearch, dual: Dual, decided: Branch) -> None:
        divide(self, dual, decided)
        assert self._tree is not None
        trees.append((dual.bound, len(list(self._tree.parts())), self._tree.bound))

    monkeypatch.setattr(BlockSearch, "_divide", noted)
    program = towns(licence_cost=cost)
    tier = solve_program(program, Options(strategy="decomposition", time_limit=3.0, gap=1e-6)).tiers[0]
    best = optimum(program)
    assert tier.bound - 1e-6 <= best <= tier.value + 1e-6
    (whole, parts, bound) = trees[0]
    assert parts == 2
    assert whole - 1e-6 <= bound <= best + 1e-6


@pytest.mark.parametrize(("cost", "there"), [(LICENCE, 1.0), (1000.0, 0.0)])
def test_a_plan_of_many_towns_is_made_in_the_part_that_is_used(
    monkeypatch: pytest.MonkeyPatch, cost: float, there: float
) -> None:
    monkeypatch.setattr(opening, "_WHOLE_PROGRAM", 10)
    decided, parts = BlockSearch._decided, []

    def noted(self: BlockSearch, dual: Dual, until: float) -> Dual:
        narrow = decided(self, dual, until)
        if narrow is not dual:
            shared = narrow.split.shared_columns
            parts.append((narrow.bounds[0][shared[0]], narrow.bounds[1][shared[0]]))
        return narrow

    monkeypatch.setattr(BlockSearch, "_decided", noted)
    program = towns(licence_cost=cost)
    options = Options(strategy="decomposition", time_limit=3.0, gap=1e-6)
    tier = solve_program(program, options).tiers[0]
    best = optimum(program)
    assert tier.bound - 1e-6 <= best <= tier.value + 1e-6
    assert tier.value <= 1.05 * best
    assert set(parts) == {(there, there)}
