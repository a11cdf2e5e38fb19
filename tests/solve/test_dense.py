"""Compiled pricing of small blocks: what it says is what the generic solvers say, or is not taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.crew import bundle as bundles
from pklogistics.solve.crew import dense
from pklogistics.solve.crew.bundle import Bundle, Order, Priced
from pklogistics.solve.scaling import scaling_of
from pklogistics.solve.small import Effort, solve_small
from tests.solve.towns import never

BLOCKS, COLUMNS, ROWS = 24, 9, 7


def random_bundle(seed: int, blocks: int = BLOCKS) -> Bundle:
    """Blocks whose point of all lower bounds keeps every row; of each four rows one is an equation.

    Numbers are whole and small, so that optima are often tied and many rows bind at once; some columns are
    fixed, some rows have units a million times as large, some have two sides.
    """
    random = np.random.default_rng(seed)
    rows, lower = [], np.where(random.random(blocks * COLUMNS) < 0.2, 1.0, 0.0)
    width = random.integers(0, 4, blocks * COLUMNS)
    sides = []
    for block in range(blocks):
        dense = random.integers(-4, 7, (ROWS, COLUMNS)) * (random.random((ROWS, COLUMNS)) < 0.5)
        unit = 10.0 ** (6 * random.integers(0, 2, (ROWS, 1)))
        here = lower[block * COLUMNS : (block + 1) * COLUMNS]
        rows.append(sparse.csr_matrix(dense * unit))
        room = random.integers(0, 9, ROWS) * unit.ravel()
        kind = random.integers(0, 4, ROWS)
        middle = (dense * unit) @ here
        low = np.where(kind == 0, middle, np.where(kind == 1, -np.inf, middle - room))
        sides.append((low, np.where(kind == 0, middle, np.where(kind == 2, np.inf, middle + room))))
    matrix = sparse.csr_matrix(sparse.block_diag(rows, format="csr"))
    return Bundle(
        starts=np.arange(blocks + 1) * COLUMNS,
        local_starts=np.arange(blocks + 1) * ROWS,
        indptr=matrix.indptr.astype(np.int64),
        indices=matrix.indices.astype(np.int64),
        data=matrix.data,
        row_lower=np.concatenate([low for low, _ in sides]),
        row_upper=np.concatenate([high for _, high in sides]),
        lower=lower,
        upper=lower + width,
        integer=random.random(blocks * COLUMNS) < 0.5,
    )


def an_order(bundle: Bundle, seed: int, *, whole: bool) -> Order:
    costs = np.random.default_rng(seed + 1000).integers(-9, 6, len(bundle.lower)).astype(float)
    return Order(costs, np.arange(bundle.blocks), np.full(bundle.blocks, whole), seed=0)


def generic(monkeypatch: pytest.MonkeyPatch, bundle: Bundle, order: Order) -> Priced:
    with monkeypatch.context() as patched:
        patched.setattr(bundles, "LARGEST", 0)
        return bundle.price(order, never)


def ready(bundle: Bundle, order: Order) -> Bools:
    """Return which blocks compiled code prices, by whatever it is asked for."""
    nothing = Priced.nothing(len(bundle.lower), bundle.blocks)
    whole = bool(order.whole.all())
    return np.isin(order.blocks, bundle._compiled(order.costs, order.blocks, nothing, whole=whole))


def total(bundle: Bundle, order: Order, points: Floats) -> Floats:
    return np.add.reduceat(order.costs * points, bundle.starts[:-1])


@pytest.mark.parametrize("seed", range(12))
def test_in_fractions_it_prices_as_the_generic_solver_does(
    monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    bundle = random_bundle(seed)
    order = an_order(bundle, seed, whole=False)
    assert ready(bundle, order).all()
    found, other = bundle.price(order, never), generic(monkeypatch, bundle, order)
    assert found.linear == pytest.approx(other.linear, abs=1e-6)
    assert found.bounds == pytest.approx(other.bounds, abs=1e-6)
    assert total(bundle, order, found.values) == pytest.approx(found.linear, abs=1e-6)


@pytest.mark.parametrize("seed", range(12))
def test_in_whole_numbers_it_finds_what_another_solver_finds(
    monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    bundle = random_bundle(seed)
    order = an_order(bundle, seed, whole=True)
    assert ready(bundle, order).all()
    found, other = bundle.price(order, never), generic(monkeypatch, bundle, order)
    assert other.found.all()
    assert other.bounds == pytest.approx(found.bounds, abs=1e-3)
    assert (other.bounds <= found.bounds + 1e-4).all()
    assert total(bundle, order, other.values) == pytest.approx(found.bounds, abs=1e-3)
    at = bundle.integer
    assert found.found.all()
    assert found.values[at] == pytest.approx(np.round(found.values[at]), abs=1e-9)
    assert total(bundle, order, found.values) == pytest.approx(found.bounds, abs=1e-4)
    for block in range(bundle.blocks):
        piece = bundle.piece(block, order.costs)
        assert found.bounds[block] == pytest.approx(
            solve_small(piece, scaling_of(piece), Effort()).bound, abs=1e-4
        )


@pytest.mark.parametrize("seed", range(6))
def test_the_bound_of_whole_numbers_is_their_optimum(seed: int) -> None:
    # Every combination of four columns, all of them whole; the others are fixed.
    bundle = replace(random_bundle(seed), integer=np.ones(BLOCKS * COLUMNS, dtype=np.bool_))
    width = np.where(np.arange(BLOCKS * COLUMNS) % COLUMNS < 4, bundle.upper - bundle.lower, 0.0)
    bundle = replace(bundle, upper=bundle.lower + width)
    order = an_order(bundle, seed, whole=True)
    found = bundle.price(order, never)
    for block in range(BLOCKS):
        at = slice(block * COLUMNS, (block + 1) * COLUMNS)
        axes = [
            np.arange(low, high + 1) for low, high in zip(bundle.lower[at], bundle.upper[at], strict=True)
        ]
        points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, COLUMNS)
        piece = bundle.piece(block, order.costs)
        activity = points @ piece.matrix.T.toarray()
        kept = ((activity >= piece.row_lower - 1e-9) & (activity <= piece.row_upper + 1e-9)).all(axis=1)
        best = (points[kept] @ piece.costs).min()
        assert found.bounds[block] == pytest.approx(best, abs=1e-3)
        assert found.values[at] @ piece.costs == pytest.approx(best, abs=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_whole_columns_between_bounds_that_are_not_whole_stay_within_them(seed: int) -> None:
    bundle = random_bundle(seed)
    order = an_order(bundle, seed, whole=True)
    # From 0.3 to 1.7 there is 1 alone, from 0.3 to 0.7 nothing.
    lower, upper = bundle.lower.copy(), bundle.upper.copy()
    at = np.flatnonzero(bundle.integer & (upper > lower))[::3]
    lower[at], upper[at] = 0.3, 1.7
    odd = replace(bundle, lower=lower, upper=upper)
    found = odd.price(order, never)
    inside = np.repeat(found.found, COLUMNS)
    assert inside[at].any()
    assert found.values[at][inside[at]] == pytest.approx(1.0, abs=1e-6)
    lower[at[0]], upper[at[0]] = 0.3, 0.7
    empty = replace(bundle, lower=lower, upper=upper)
    assert not ready(empty, order)[at[0] // COLUMNS]
    assert not empty.price(order, never).found[at[0] // COLUMNS]


def test_what_it_cannot_price_is_left_to_the_generic_solvers(monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = random_bundle(3)
    order = an_order(bundle, 3, whole=True)
    expected = bundle.price(order, never)
    # Block 0: a column that its cost draws without end, held by nothing but a row that is left.
    endless = bundle.upper.copy()
    first = int(np.flatnonzero(order.costs[:COLUMNS] < 0)[0])
    endless[first] = np.inf
    # Block 1 has no point: the activity of its first row is at most 0, and shall be more than it can be.
    beyond = bundle.row_lower.copy()
    beyond[ROWS] = 1e9
    upper_sides = bundle.row_upper.copy()
    upper_sides[ROWS] = np.inf
    odd = replace(bundle, upper=endless, row_lower=beyond, row_upper=upper_sides)
    assert not ready(odd, order)[:2].any()
    assert ready(odd, order)[2:].sum() == ready(bundle, order)[2:].sum()
    found = odd.price(order, never)
    assert found.bounds[1] == np.inf
    assert not found.found[1]
    assert found.bounds[2:] == pytest.approx(expected.bounds[2:], abs=1e-6)


def lying(change: Callable[[Bundle, Floats, Floats], None]) -> Callable[..., Bools]:
    """Return compiled pricing of which points, bounds or prices are changed before they are handed back."""

    honest = dense.price

    def price(*arrays: Floats | Ints | bool) -> Bools:
        done = honest(*arrays)
        values, bounds = arrays[-3], arrays[-2]
        assert isinstance(values, np.ndarray) and isinstance(bounds, np.ndarray)
        change(Bundle(*arrays[:10]), values, bounds)  # type: ignore[arg-type]
        return done

    return price


def breaks_a_row(bundle: Bundle, values: Floats, bounds: Floats) -> None:
    """Move everything up: some rows no longer hold."""
    values[:] = bundle.upper


def leaves_its_bounds(bundle: Bundle, values: Floats, bounds: Floats) -> None:
    """Take what costs less further than it may go, where rows allow it, and say that it is the best."""
    values -= 1e-3 * (bundle.upper == bundle.lower)


def bounds_low(bundle: Bundle, values: Floats, bounds: Floats) -> None:
    bounds -= 1.0


def costs_more(bundle: Bundle, values: Floats, bounds: Floats) -> None:
    """Points that keep all rows, because nobody does anything; few of them are the best ones."""
    values[:] = bundle.lower


@pytest.mark.parametrize("change", [breaks_a_row, leaves_its_bounds, bounds_low, costs_more])
def test_what_is_not_proven_by_the_rows_of_a_block_is_not_taken(
    monkeypatch: pytest.MonkeyPatch, change: Callable[[Bundle, Floats, Floats], None]
) -> None:
    bundle = random_bundle(5)
    order = an_order(bundle, 5, whole=True)
    expected, taken = generic(monkeypatch, bundle, order), ready(bundle, order).sum()
    monkeypatch.setattr(dense, "price", lying(change))
    assert ready(bundle, order).sum() < 0.5 * taken
    found = bundle.price(order, never)
    assert found.bounds == pytest.approx(expected.bounds, abs=1e-3)
    assert total(bundle, order, found.values) == pytest.approx(
        total(bundle, order, expected.values), abs=1e-3
    )


def one_block(
    matrix: list[list[float]],
    sides: tuple[list[float], list[float]],
    upper: list[float],
    whole: list[int],
    costs: list[float],
) -> tuple[Bundle, Order]:
    dense = sparse.csr_matrix(np.array(matrix))
    rows, columns = dense.shape
    bundle = Bundle(
        starts=np.array([0, columns]),
        local_starts=np.array([0, rows]),
        indptr=dense.indptr.astype(np.int64),
        indices=dense.indices.astype(np.int64),
        data=dense.data,
        row_lower=np.array(sides[0]),
        row_upper=np.array(sides[1]),
        lower=np.zeros(columns),
        upper=np.array(upper),
        integer=np.array(whole, dtype=np.bool_),
    )
    return bundle, Order(np.array(costs), np.array([0]), np.ones(1, dtype=np.bool_), seed=0)


@pytest.mark.parametrize("number", [0, 1])
def test_a_branch_that_rounding_calls_empty_is_not_forgotten(number: int) -> None:
    # Entries of one row lie between 1e-3 and 1e6. Of the first block (2, 0, 1, 0) is a point, at a cost of
    # 600,000; the bound was 900,000. Of the second a point costs as little as told, and the bound was more.
    inf = np.inf
    bundle, order = (
        one_block(
            [
                [0.003, -0.0007, -700, -0.0007],
                [1000, 0.3, 300, -700],
                [0.003, -7e5, 1, -0.001],
                [3e5, -0.0007, 0.3, 3000],
            ],
            ([-699.994, -inf, -inf, 600000.3], [inf, 2300, 1.006, inf]),
            [5, 3, 2, 5],
            [1, 1, 1, 1],
            [1e5, 5e5, 4e5, 7e5],
        ),
        one_block(
            [[0, 3, -3000, 4000], [-4, -5, 0, -6000], [0, 3, 2000, 4000], [7, 2, -5000, 0]],
            ([213061757, -825598403, 213066757, -inf], [inf, -825598403, 213066757, 965393502]),
            [235245904, 142037838, 2, 3],
            [0, 0, 1, 1],
            [-3, -5, 2000, 0],
        ),
    )[number]
    best = (600_000.0, -707_961_451.0)[number]
    nothing = Priced.nothing(4, 1)
    if len(bundle._compiled(order.costs, order.blocks, nothing, whole=True)):
        assert nothing.bounds[0] <= best + 1e-6 * abs(best)


def test_a_whole_column_without_an_upper_bound_is_left_to_the_generic_solvers() -> None:
    inf = np.inf
    bundle, order = one_block(
        [
            [-4, 0, 5, 0, 3, -2],
            [0, 0, 4, 0, 0, 0],
            [0, 2, 1, -3, 3, 2],
            [4, 0, -5, -1, 0, 0],
            [1, 0, -3, -5, 0, -4],
        ],
        ([-inf, -inf, 1, -inf, -inf], [18, 11, inf, -13, -23]),
        [inf] * 6,
        [0, 1, 0, 1, 1, 1],
        [0, 2, 1, 0, 0, 5],
    )
    assert not ready(bundle, order).any()
    assert bundle.price(order, never).bounds[0] == pytest.approx(4.0, abs=1e-3)


def test_a_block_with_nothing_in_it_costs_nothing() -> None:
    bundle, order = one_block([[1.0]], ([-np.inf], [1.0]), [1.0], [1], [2.0])
    without = replace(
        bundle,
        starts=np.array([0, 1, 1]),
        local_starts=np.array([0, 1, 1]),
    )
    found = without.price(Order(order.costs, np.array([0, 1]), np.ones(2, dtype=np.bool_), 0), never)
    assert found.bounds == pytest.approx([0.0, 0.0], abs=1e-5)


@pytest.mark.parametrize("limit", ["_STEPS", "_NODES"])
def test_what_takes_too_many_steps_is_given_up(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    # The limits are compiled in, so they are tried in Python itself, which runs the same lines.
    bundle = random_bundle(7, blocks=6)
    order = an_order(bundle, 7, whole=True)
    interpreted(monkeypatch)
    before = ready(bundle, order).sum()
    assert before
    monkeypatch.setattr(dense, limit, 0)
    # Some blocks are whole without a branch.
    assert ready(bundle, order).sum() < before if limit == "_NODES" else not ready(bundle, order).any()


def test_a_larger_block_is_left_to_the_generic_solvers(monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = random_bundle(7)
    order = an_order(bundle, 7, whole=True)
    monkeypatch.setattr(bundles, "LARGEST", COLUMNS * ROWS)
    assert ready(bundle, order).all()
    monkeypatch.setattr(bundles, "LARGEST", COLUMNS * ROWS - 1)
    assert not ready(bundle, order).any()


def interpreted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Python run what is compiled otherwise."""
    for name, function in list(vars(dense).items()):
        if hasattr(function, "py_func"):
            monkeypatch.setattr(dense, name, function.py_func)


@pytest.mark.parametrize("whole", [True, False])
def test_compiled_and_interpreted_find_the_same(monkeypatch: pytest.MonkeyPatch, whole: bool) -> None:
    bundle = random_bundle(11, blocks=6)
    order = an_order(bundle, 11, whole=whole)
    expected = bundle.price(order, never)
    interpreted(monkeypatch)
    found = bundle.price(order, never)
    assert np.array_equal(found.values, expected.values)
    assert np.array_equal(found.bounds, expected.bounds)
