"""What is left of a program with its whole numbers fixed says the same as the program."""

from __future__ import annotations

import time

import numpy as np
import pytest
from scipy import sparse

from pklogistics.solve.backend import Limits, Start
from pklogistics.solve.glop import Glop
from pklogistics.solve.monitor import Patient
from pklogistics.solve.piece import Piece
from pklogistics.solve.rest import Rest
from tests.solve.towns import an_engine

ROWS, COLUMNS = 30, 40


def drawn(seed: int) -> Piece:
    """A linear program, every second column fixed, its rows of few entries, feasible at a hidden point."""
    random = np.random.default_rng(seed)
    matrix = sparse.random(ROWS, COLUMNS, density=0.06, random_state=seed, format="csr")
    matrix.data = np.round(random.normal(size=matrix.nnz) * 5)
    hidden = random.integers(0, 10, COLUMNS).astype(float)
    activity = matrix @ hidden
    lower, upper = np.zeros(COLUMNS), np.where(random.random(COLUMNS) < 0.3, np.inf, 12.0)
    lower[::2] = upper[::2] = hidden[::2]
    either = random.random(ROWS)
    return Piece(
        matrix=sparse.csr_matrix(matrix).sorted_indices(),
        row_lower=np.where(either < 0.6, activity - random.integers(0, 4, ROWS), -np.inf),
        row_upper=np.where(either > 0.3, activity + random.integers(0, 2, ROWS), np.inf),
        col_lower=lower,
        col_upper=upper,
        integer=np.zeros(COLUMNS, dtype=np.bool_),
        costs=random.normal(size=COLUMNS) * (np.isfinite(upper)),
        offset=3.0,
    )


def optimum(piece: Piece) -> float:
    outcome = Glop().solve(piece, Limits(time.monotonic() + 20), Start(), Patient())
    assert outcome.status == "optimal"
    assert outcome.values is not None
    return piece.value(outcome.values)


@pytest.mark.parametrize("seed", range(40))
def test_the_rest_has_the_same_optimum_at_a_point_that_keeps_all_rows(seed: int) -> None:
    piece = drawn(seed)
    rest = Rest.of(piece)
    assert rest.piece.columns < COLUMNS
    outcome = Glop().solve(rest.piece, Limits(time.monotonic() + 20), Start(), Patient())
    assert outcome.values is not None
    whole = rest.whole(outcome.values)
    assert piece.violation(whole) <= 1e-7
    assert piece.value(whole) == pytest.approx(optimum(piece), abs=1e-6)
    assert rest.piece.value(outcome.values) == pytest.approx(piece.value(whole), abs=1e-6)


def test_a_chain_of_rows_of_one_column_leaves_nothing() -> None:
    # x0 = 2, x1 = x0 + 1, x2 = x1 + 1: each is decided once the one before is.
    matrix = sparse.csr_matrix(np.array([[1.0, 0, 0], [-1, 1, 0], [0, -1, 1]]))
    sides, top = np.array([2.0, 1, 1]), np.full(3, np.inf)
    piece = Piece(matrix, sides, sides, np.zeros(3), top, np.zeros(3, dtype=bool), np.ones(3))
    rest = Rest.of(piece)
    assert rest.piece.matrix.shape == (0, 0)
    assert rest.whole(np.zeros(0)).tolist() == [2, 3, 4]
    assert rest.piece.offset == 9


@pytest.mark.parametrize("side", [2.0, 5.0])
def test_what_cannot_be_is_left_to_a_solver(side: float) -> None:
    # x is fixed at 3; one row says that it is something else, by itself or as the bound of y.
    matrix = sparse.csr_matrix(np.array([[1.0, 0.0], [1.0, 1.0]]))
    lower, upper = np.array([3.0, 0.0]), np.array([3.0, 1.0])
    rows = np.array([-np.inf, side]), np.array([np.inf if side > 3 else side, np.inf])
    piece = Piece(matrix, *rows, lower, upper, np.zeros(2, dtype=bool), np.ones(2))
    rest = Rest.of(piece)
    assert rest.piece is piece
    engine = an_engine(piece)
    assert engine.solve_fixed(piece, lower).status in ("infeasible", "infeasible_or_unbounded")
