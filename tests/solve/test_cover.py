"""How many whole columns are needed at least."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import ArrayLike
from scipy import optimize, sparse

from pklogistics.solve.cover import covered
from pklogistics.solve.piece import Piece


def depots(holds: ArrayLike, needs: ArrayLike, routes: ArrayLike, left: float = 0.0) -> Piece:
    """Return the program of depots that hold so much if open, and customers of whom so many may be left.

    Columns are what each depot sends each customer (``routes`` says which there are), who is left, and which
    depots are open. Rows are customers, then depots.
    """
    holds, needs, routes = np.asarray(holds, float), np.asarray(needs, float), np.asarray(routes, bool)
    depot, customer = np.nonzero(routes)
    sends, customers, count = len(depot), len(needs), len(holds)
    served, sent = np.zeros((customers, sends)), np.zeros((count, sends))
    served[customer, np.arange(sends)] = 1
    sent[depot, np.arange(sends)] = 1
    none = np.zeros((customers, count))
    matrix = np.block([[served, np.eye(customers), none], [sent, none.T, -np.diag(holds)]])
    return Piece(
        matrix=sparse.csr_matrix(matrix),
        row_lower=np.concatenate((needs, np.full(count, -np.inf))),
        row_upper=np.concatenate((needs, np.zeros(count))),
        col_lower=np.zeros(sends + customers + count),
        col_upper=np.concatenate((needs[customer], left * needs, np.ones(count))),
        integer=np.arange(sends + customers + count) >= sends + customers,
        costs=np.zeros(sends + customers + count),
    )


def added(piece: Piece) -> tuple[np.ndarray, np.ndarray]:
    """Return the new rows, and what they are at least."""
    more = covered(piece)
    assert (more.matrix[: piece.rows] != piece.matrix).nnz == 0
    return more.matrix[piece.rows :].toarray(), more.row_lower[piece.rows :]


def test_three_depots_are_needed_where_two_and_a_half_would_do() -> None:
    # 5 x 4 = 20 are needed, and a depot holds 8.
    rows, least = added(depots([8, 8, 8, 8], [4] * 5, np.ones((4, 5))))
    assert least == pytest.approx([20, 3])
    assert rows[:, :-4].any() == np.False_
    assert rows[:, -4:].tolist() == [[8] * 4, [1] * 4]


def test_the_largest_depots_are_counted_first() -> None:
    # 17 are needed: 10 and 6 are not enough, 10 and 6 and 5 are.
    _, least = added(depots([5, 10, 6, 4], [9, 8], np.ones((4, 2))))
    assert least == pytest.approx([17, 3])


def test_what_may_be_left_is_not_needed() -> None:
    piece = depots([8, 8, 8, 8], [4] * 5, np.ones((4, 5)), left=1.0)
    assert covered(piece) is piece


def test_depots_that_serve_others_are_counted_apart() -> None:
    routes = np.kron(np.eye(2), np.ones((2, 2)))
    rows, least = added(depots([8, 8, 8, 8], [5] * 4, routes))
    # Each pair of depots serves 10: both are needed, and 2.5 of four is not what is said.
    assert least == pytest.approx([10, 10, 2, 2])
    assert rows[2:, -4:].tolist() == [[1, 1, 0, 0], [0, 0, 1, 1]]


def test_needs_that_share_what_serves_them_are_not_added_up() -> None:
    piece = depots([8, 8], [8, 8], np.ones((2, 2)))
    # A row that counts the first customer's goods once more needs nothing beyond what his own row does.
    again = piece.matrix[:1]
    twice = Piece(
        sparse.csr_matrix(sparse.vstack((piece.matrix, again), format="csr")),
        np.append(piece.row_lower, 8.0),
        np.append(piece.row_upper, np.inf),
        piece.col_lower,
        piece.col_upper,
        piece.integer,
        piece.costs,
    )
    for _, least in (added(piece), added(twice)):
        assert least.max() <= 16


def test_no_whole_point_is_lost() -> None:
    random = np.random.default_rng(5)
    for _ in range(30):
        routes = random.random((4, 5)) < 0.6
        piece = depots(random.integers(3, 15, 4), random.integers(1, 6, 5), routes)
        rows, least = added(piece)
        for opened in itertools.product((0.0, 1.0), repeat=4):
            if len(rows) and possible(piece, np.array(opened)):
                assert (rows[:, -4:] @ opened >= least - 1e-6).all()


def possible(piece: Piece, opened: np.ndarray) -> bool:
    """Say whether everybody can be served from depots that are open."""
    continuous = ~piece.integer
    fixed = piece.matrix[:, piece.integer] @ opened
    rows = optimize.LinearConstraint(
        piece.matrix[:, continuous], piece.row_lower - fixed, piece.row_upper - fixed
    )
    bounds = optimize.Bounds(piece.col_lower[continuous], piece.col_upper[continuous])
    return bool(optimize.milp(np.zeros(continuous.sum()), constraints=rows, bounds=bounds).success)
