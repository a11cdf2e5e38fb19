"""Prices of rows that few blocks touch, given those of the others: a linear program of the blocks they join.

A sample of blocks tells what money is worth, but not what a surgeon is worth to the posts around one. Given
the prices of rows that many blocks touch, blocks meet in no other rows than those of few, and these join
neighbours: the program falls into regions, one linear program each.

Regions are runs of blocks in an order that keeps neighbours together (reverse Cuthill-McKee). A row that
reaches beyond its region keeps its price.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import reverse_cuthill_mckee

from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.decomposition.dual import Dual
from pklogistics.solve.decomposition.sample import is_wide, linear_prices, touching
from pklogistics.solve.highs import Highs
from pklogistics.solve.piece import Piece

_REGION = 2000
"""Most blocks of a region."""


def localised(dual: Dual, prices: Floats, until: float, over: Callable[[], bool]) -> Floats:
    """Return prices of the coupling's rows with those of few blocks set anew, as far as time allows.

    Parameters
    ----------
    prices : shape (rows of the coupling,)
    until : in seconds of ``time.monotonic()``
    """
    split, coupling = dual.split, dual.coupling
    meeting = touching(split)
    few = ~is_wide(split, meeting) & ~split.links & (np.diff(meeting.indptr) > 0)
    joining = sparse.csr_matrix(meeting[few])
    rows = np.flatnonzero(few)
    prices = prices.copy()
    within = [(blocks, _inside(joining, blocks)) for blocks in _regions(joining)]
    given = coupling.aggregator.T @ prices
    for _, inside in within:
        given[rows[inside]] = 0.0
    reduced = split.piece.costs - given @ split.outer
    solver = Highs()
    try:
        for blocks, inside in within:
            if over() or time.monotonic() >= until:
                break
            found = _priced(dual, rows[inside], blocks, reduced, solver, until)
            if found is not None:
                prices[split.group[rows[inside]]] = found
    finally:
        solver.close()
    return coupling.signed(prices)


def _inside(joining: sparse.csr_matrix, blocks: Ints) -> Bools:
    """Say which rows touch no other blocks than these."""
    return np.asarray(np.diff(joining.indptr) == joining[:, blocks] @ np.ones(len(blocks)))


def _regions(joining: sparse.csr_matrix) -> list[Ints]:
    """Return runs of blocks that rows join, neighbours together."""
    neighbours = sparse.csr_matrix(joining.T @ joining)
    order = reverse_cuthill_mckee(neighbours, symmetric_mode=True).astype(np.int64)
    order = order[np.asarray(joining.sum(axis=0)).ravel()[order] > 0]
    return [order[at : at + _REGION] for at in range(0, len(order), _REGION)]


def _priced(
    dual: Dual, rows: Ints, blocks: Ints, reduced: Floats, solver: Highs, until: float
) -> Floats | None:
    """Return prices of some of the split's rows, from the linear program of the blocks they join."""
    split = dual.split
    piece, chosen = split.piece, np.zeros(split.blocks, dtype=np.bool_)
    chosen[blocks] = True
    outer = sparse.csr_matrix(split.outer[rows])
    shared = np.intersect1d(outer.indices, split.shared_columns)
    columns = np.concatenate((split.columns[np.repeat(chosen, np.diff(split.starts))], shared))
    local = split.local[np.repeat(chosen, np.diff(split.local_starts))]
    lines = np.concatenate((local, split.rows[rows]))
    lower, upper = (side[columns] for side in dual.bounds)
    asked = Piece(
        matrix=sparse.csr_matrix(piece.matrix[lines][:, columns]).sorted_indices(),
        row_lower=piece.row_lower[lines],
        row_upper=piece.row_upper[lines],
        col_lower=lower,
        col_upper=upper,
        integer=np.zeros(len(columns), dtype=np.bool_),
        costs=reduced[columns],
    )
    prices = linear_prices(solver, asked, until)
    return None if prices is None else prices[len(local) :]
