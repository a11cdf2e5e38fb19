"""What a tier comes to at least in each block, and plans in which it does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pklogistics.model.program import SHARED, Builder, Program, Tier
from pklogistics.solve import Options, solve_program
from pklogistics.solve.decomposition.dual import Dual
from pklogistics.solve.decomposition.least import least_of_blocks
from pklogistics.solve.decomposition.split import split_of
from pklogistics.solve.implied import implied_bounds
from tests.solve.towns import an_engine, never, taken_apart

POSTS = 60


def posts(room: float, near: float = 0.0) -> Program:
    """Posts, each for two services that are promised there, of which every third has room for one alone.

    All of them together have ``room`` for services, and each needs so many others ``near`` the next post. A
    broken promise costs one, so a third of them is broken in every plan. Then people count, whom more
    services reach.
    """
    site = np.repeat(np.arange(POSTS), 2)
    at = pd.DataFrame({"site": site, "kind": np.tile([0, 1], POSTS)})
    sites = pd.DataFrame({"site": np.arange(POSTS)})
    b = Builder()
    there = b.columns("f", "there", at, upper=1, integer=True, block=site)
    extra = b.columns("f", "extra", sites, upper=5, integer=True, block=np.arange(POSTS))
    broken = b.columns("f", "broken", at, upper=1, block=site)
    promised = b.rows("f", "promised", at, lower=1)
    b.entries(promised, there, 1)
    b.entries(promised, broken, 1)
    narrow = b.rows("f", "narrow", sites, upper=np.where(np.arange(POSTS) % 3, 2.0, 1.0))
    b.entries(narrow[site], there, 1)
    full = np.repeat(b.rows("f", "full", sites.head(1), upper=room), 3 * POSTS)
    b.entries(full, np.concatenate((there, extra)), 1)
    if near:
        helped = b.rows("f", "helped", sites, lower=0)
        b.entries(helped[(site + 1) % POSTS], extra[site], 0.5)
        b.entries(helped[site], there, -near / 2)
    b.term("broken", broken, 1.0)
    b.term("people", extra, -1.0, offset=5.0 * POSTS)
    return b.build([Tier("mandate", {"broken": 1.0}), Tier("need", {"people": 1.0})])


def test_each_block_breaks_as_little_as_it_must_and_nothing_is_begun_for_it() -> None:
    _, split, _, bounds = taken_apart(posts(room=1000))
    least = least_of_blocks(split, bounds, an_engine(split.piece).crew, 0, never)
    assert least.bound == pytest.approx(POSTS / 3, abs=1e-3)
    assert least.known.all()
    of_promises = least.values[np.isin(split.columns, np.arange(2 * POSTS))]
    assert of_promises.sum() == pytest.approx(2 * POSTS - POSTS / 3)
    assert least.values.sum() == pytest.approx(2 * POSTS)  # There or broken, and nobody else anywhere.


@pytest.mark.parametrize("near", [0.0, 1.0])
def test_a_tier_that_blocks_cannot_keep_is_solved_before_anything_has_a_price(near: float) -> None:
    program = posts(room=1000, near=near)
    solution = solve_program(program, Options(strategy="decomposition", time_limit=10, gap=1e-4))
    mandate = solution.tiers[0]
    assert program.violation(solution.values) <= 1e-6
    assert (mandate.value, mandate.bound) == pytest.approx((POSTS / 3, POSTS / 3), abs=1e-3)
    assert not any(part.prices.any() for part in mandate.parts)


def test_a_tier_at_the_least_of_every_block_is_held_at_a_price_that_none_gains_by() -> None:
    program = posts(room=100)
    piece, _, _, _ = taken_apart(program)
    people, offset = program.tier_costs(program.tiers[1])
    held = piece.with_row(piece.costs, POSTS / 3).with_objective(people, offset)
    split = split_of(held, np.append(program.row_block, SHARED), program.col_block)
    dual = Dual.of(split, implied_bounds(held), an_engine(held).crew, 0)
    last = split.rows == held.rows - 1
    dual.hold(last)
    price = float(dual.prices[last][0])
    assert price < 0.0
    # Whoever breaks a promise saves room. Dearer is never worse: no block can come to less than its least.
    shares = (0.0, 0.1, 1.0, 2.0)
    bounds = [dual.evaluate(np.where(last, share * price, -0.5), never) for share in shares]
    assert (np.diff(bounds) >= -1e-3).all()
    assert bounds[0] < bounds[2]
    assert bounds[2] == pytest.approx(bounds[3], abs=1e-2)


def test_what_blocks_share_may_make_it_dearer() -> None:
    program = posts(room=90)
    exact = solve_program(program, Options(strategy="exact", time_limit=10, gap=1e-6)).tiers[0]
    mandate = solve_program(program, Options(strategy="decomposition", time_limit=10, gap=1e-3)).tiers[0]
    assert exact.value == pytest.approx(2 * POSTS - 90)
    assert POSTS / 3 - 1e-3 <= mandate.bound <= exact.value + 1e-6
    assert mandate.value >= exact.value - 1e-6


def test_a_split_serves_programs_of_the_same_rows_within_its_bounds_and_no_others() -> None:
    piece, split, _, _ = taken_apart(posts(room=90))
    closer = replace(piece, col_upper=np.minimum(piece.col_upper, 1.0), costs=-piece.costs)
    found = split.within(closer)
    assert found is not None
    assert found.matrix is split.matrix
    assert (found.piece.col_upper == closer.col_upper).all()
    assert (found.piece.costs == closer.costs).all()
    assert split.within(replace(piece, col_upper=piece.col_upper + 1)) is None
    assert split.within(piece.with_row(piece.costs, 3.0)) is None
    assert split.within(replace(piece, row_upper=piece.row_upper + 1)) is None
