"""The neighbourhood near what a plan loses."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from pklogistics.solve.losses import Losses
from pklogistics.solve.piece import Piece


def chain(costs, sites: int = 60) -> Piece:
    """Sites in a chain: column i shares a row with column i + 1, and one long row holds them all."""
    pairs = sparse.eye(sites - 1, sites) + sparse.eye(sites - 1, sites, k=1)
    every = sparse.csr_matrix(np.ones((1, sites)))
    many = sparse.csr_matrix((sites, 2000))  # the long row holds 60 of 2,060 columns, more than a fiftieth
    matrix = sparse.hstack([sparse.vstack([pairs, every]), many], format="csr")
    columns = matrix.shape[1]
    return Piece(
        matrix=sparse.csr_matrix(matrix),
        row_lower=np.full(sites, -np.inf),
        row_upper=np.full(sites, np.inf),
        col_lower=np.zeros(columns),
        col_upper=np.ones(columns),
        integer=np.arange(columns) < sites,
        costs=np.append(costs, np.zeros(columns - len(costs))),
    )


def test_it_grows_from_a_loss_to_its_neighbours_first() -> None:
    costs = np.zeros(60)
    costs[[10, 15]] = 1.0
    piece = chain(costs)
    values = np.zeros(piece.columns)
    values[10] = 1.0  # 15 is at its cheaper bound and loses nothing
    freed = Losses(piece).freed(values, 0.05, np.random.default_rng(0))
    assert np.flatnonzero(freed).tolist() == [9, 10, 11]


def test_what_lies_equally_near_is_drawn() -> None:
    costs = np.zeros(60)
    costs[10] = 1.0
    piece = chain(costs)
    values = np.zeros(piece.columns)
    values[10] = 1.0
    drawn = {
        tuple(np.flatnonzero(Losses(piece).freed(values, 2 / 60, np.random.default_rng(s))))
        for s in range(20)
    }
    assert drawn == {(9, 10), (10, 11)}


def test_a_column_may_lose_by_being_low() -> None:
    costs = np.zeros(60)
    costs[5] = -2.0
    piece = chain(costs)
    freed = Losses(piece).freed(np.zeros(piece.columns), 1 / 60, np.random.default_rng(0))
    assert np.flatnonzero(freed).tolist() == [5]


def test_where_nothing_is_lost_nothing_is_freed() -> None:
    piece = chain(np.ones(60))
    assert not Losses(piece).freed(np.zeros(piece.columns), 0.5, np.random.default_rng(0)).any()


def test_it_ends_where_no_row_leads_further() -> None:
    piece = chain(np.eye(60)[0])
    values = np.zeros(piece.columns)
    values[0] = 1.0
    assert Losses(piece).freed(values, 1.0, np.random.default_rng(0)).sum() == 60
