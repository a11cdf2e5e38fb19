"""Columns near what a plan loses: the neighbourhood in which a few people left out can still be reached.

A column loses what it adds to the objective beyond its cheaper bound: those unmet at a site, a base that is
paid for. From some of the losses, large ones rather than small ones, the neighbourhood grows row by row: to
all columns that share a row with them, then to those that share a row with these. Rows that tie together
much of the program (a budget) lead everywhere and are passed over.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from pklogistics.model.program import Bools, Floats
from pklogistics.solve.piece import Piece

_LONG_SHARE, _SHORT = 0.02, 30
"""A row is passed over if it holds more than this share of the columns, and more than this many."""


def near_losses(piece: Piece, values: Floats, share: float, random: np.random.Generator) -> Bools:
    """Return about a share of the integer columns, those nearest to some losses; none where nothing is lost.

    Parameters
    ----------
    values : the plan, shape (columns,)
    share : of the integer columns, above 0 and at most 1
    """
    best = np.where(piece.costs > 0, piece.col_lower, piece.col_upper)
    losses = np.where(piece.costs != 0, piece.costs * (values - np.where(np.isfinite(best), best, 0)), 0.0)
    lost = np.flatnonzero(losses > 1e-9 * max(1.0, float(losses.max(initial=0.0))))
    reached: Bools = np.zeros(piece.columns, dtype=np.bool_)
    if not lost.size:
        return reached
    count = max(1, round(share * lost.size))
    weights = losses[lost] / losses[lost].sum()
    reached[random.choice(lost, count, replace=False, p=weights)] = True
    wanted = max(1, round(share * int(piece.integer.sum())))
    matrix = _short_rows(piece.matrix)
    freed = reached & piece.integer
    while freed.sum() < wanted:
        wider = matrix.T @ (matrix @ reached) > 0
        if not (wider & ~reached).any():
            break
        new = np.flatnonzero(wider & piece.integer & ~freed)
        room = wanted - int(freed.sum())
        freed[new if len(new) <= room else random.choice(new, room, replace=False)] = True
        reached |= wider
    return freed


def _short_rows(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return the pattern of the rows that are not passed over, as ones."""
    length = np.diff(matrix.indptr)
    short = sparse.csr_matrix(matrix[length <= max(_SHORT, _LONG_SHARE * matrix.shape[1])])
    return sparse.csr_matrix((np.ones(short.nnz), short.indices, short.indptr), shape=short.shape)
