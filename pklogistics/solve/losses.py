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


class Losses:
    """The neighbourhoods of one piece; made once, for the pattern of its rows is the same for every plan."""

    def __init__(self, piece: Piece) -> None:
        length = np.diff(piece.matrix.indptr)
        short = sparse.csr_matrix(piece.matrix[length <= max(_SHORT, _LONG_SHARE * piece.columns)])
        self._piece = piece
        self._rows = sparse.csr_matrix((np.ones(short.nnz), short.indices, short.indptr), shape=short.shape)

    def freed(self, values: Floats, share: float, random: np.random.Generator) -> Bools:
        """Return about a share of the integer columns, those nearest to some losses of a plan.

        None where nothing is lost.

        Parameters
        ----------
        values : the plan, shape (columns,)
        share : of the integer columns, above 0 and at most 1
        """
        losses, integer = self._losses(values), self._piece.integer
        lost = np.flatnonzero(losses > 1e-9 * max(1.0, float(losses.max(initial=0.0))))
        reached: Bools = np.zeros(self._piece.columns, dtype=np.bool_)
        if not lost.size:
            return reached
        count = max(1, round(share * lost.size))
        weights = losses[lost] / losses[lost].sum()
        reached[random.choice(lost, count, replace=False, p=weights)] = True
        wanted = max(1, round(share * int(integer.sum())))
        freed = reached & integer
        while freed.sum() < wanted:
            wider = np.asarray(self._rows.T @ (self._rows @ reached) > 0)
            if not (wider & ~reached).any():
                break
            new = np.flatnonzero(wider & integer & ~freed)
            room = wanted - int(freed.sum())
            freed[new if len(new) <= room else random.choice(new, room, replace=False)] = True
            reached |= wider
        return freed

    def _losses(self, values: Floats) -> Floats:
        """Return what each column loses; one without a cheaper bound is compared with 0."""
        piece = self._piece
        best = piece.cheaper_bounds()
        return np.where(piece.costs != 0, piece.costs * (values - np.where(np.isfinite(best), best, 0)), 0.0)
