"""Tightened coefficients: the same whole points, and no more fractions than before."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import sparse

from pklogistics.model.program import Floats
from pklogistics.solve.piece import Piece
from pklogistics.solve.tightening import tightened


def piece_of_rows(rows: list[list[float]], upper: list[float], most: list[float], whole: list[bool]) -> Piece:
    return Piece(
        matrix=sparse.csr_matrix(np.array(rows)),
        row_lower=np.full(len(rows), -np.inf),
        row_upper=np.array(upper),
        col_lower=np.zeros(len(most)),
        col_upper=np.array(most),
        integer=np.array(whole),
        costs=np.zeros(len(most)),
    )


def test_a_market_for_300_lets_a_presence_serve_no_more() -> None:
    # served <= 2000 active, and the market bears 300: served <= 300 active says the same of whole presences.
    piece = piece_of_rows([[1.0, -2000.0], [1.0, 0.0]], [0.0, 300.0], [1000.0, 1.0], [False, True])
    tight = tightened(piece, np.ones(2, dtype=np.bool_))
    assert tight.matrix.toarray().tolist() == [[1.0, -300.0], [1.0, 0.0]]
    assert tight.feasible(np.array([300.0, 1.0]))
    assert piece.feasible(np.array([300.0, 1.0]))


def test_rows_that_are_not_marked_stay_as_they_are() -> None:
    piece = piece_of_rows([[1.0, -2000.0], [1.0, 0.0]], [0.0, 300.0], [1000.0, 1.0], [False, True])
    assert (tightened(piece, np.zeros(2, dtype=np.bool_)).matrix != piece.matrix).nnz == 0


def a_random_piece(seed: int) -> Piece:
    """Two served columns over a grid, two whole ones, three rows with one side each, either side."""
    random = np.random.default_rng(seed)
    rows = random.integers(-6, 7, (3, 4)).astype(float)
    rows[0, 2:] = -random.integers(1, 30, 2)
    side = random.integers(-3, 12, 3).astype(float)
    piece = piece_of_rows(rows.tolist(), side.tolist(), [4.0, 5.0, 1.0, 2.0], [False, False, True, True])
    turned = random.random(3) < 0.5
    sign = np.where(turned, -1.0, 1.0)
    return Piece(
        matrix=sparse.csr_matrix(piece.matrix.multiply(sign[:, None])),
        row_lower=np.where(turned, -side, -np.inf),
        row_upper=np.where(turned, np.inf, side),
        col_lower=piece.col_lower,
        col_upper=piece.col_upper,
        integer=piece.integer,
        costs=piece.costs,
    )


def points(piece: Piece, step: float) -> list[Floats]:
    grids = [np.arange(0.0, top + 1e-9, step) for top in piece.col_upper]
    return [np.array(point) for point in itertools.product(*grids)]


@pytest.mark.parametrize("seed", range(40))
def test_whole_points_are_the_same_and_fractions_no_more(seed: int) -> None:
    piece = a_random_piece(seed)
    tight = tightened(piece, np.ones(3, dtype=np.bool_))
    for point in points(piece, 1.0):
        assert tight.feasible(point) == piece.feasible(point), point

    def kept(of: Piece, point: Floats) -> bool:
        used = of.matrix @ point
        return bool((used <= of.row_upper + 1e-6).all() and (used >= of.row_lower - 1e-6).all())

    assert all(kept(piece, point) for point in points(piece, 0.5) if kept(tight, point))


def test_forty_random_pieces_are_tightened_at_all() -> None:
    every = np.ones(3, dtype=np.bool_)
    changed = [
        (tightened(a_random_piece(s), every).matrix != a_random_piece(s).matrix).nnz for s in range(40)
    ]
    assert sum(count > 0 for count in changed) >= 10
