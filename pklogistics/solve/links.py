"""Links: rows ``a x <= b y`` that let x be more than 0 only where the whole column y is.

Nothing is sent from a depot that is closed, nobody is served by an organisation that is not there. One for
each customer of each depot makes a relaxation strong, and a linear program large. What they are worth follows
from the prices of all other rows: a link has to carry what its x would gain beyond its costs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.piece import Piece

MANY_LINKS = 20_000
"""Fewer links than this are no burden."""

_LINKS_OF_ONE = 100
"""Those of a whole column with fewer links than this do not count."""


@dataclass(frozen=True)
class Links:
    """The links of a piece, one value for each.

    Attributes
    ----------
    row : positions of the rows
    column : positions of x
    owner : positions of y
    entry : of x, as it stands in the row: below 0 in a row that has a lower side
    whole : whether x has to be whole, too
    """

    row: Ints
    column: Ints
    owner: Ints
    entry: Floats
    whole: Bools

    def owned(self, columns: int) -> Ints:
        """Return how many links each column owns, shape (columns,)."""
        return np.bincount(self.owner, minlength=columns)

    def only(self, which: Bools) -> Links:
        """Return some of the links."""
        names = ("row", "column", "owner", "entry", "whole")
        return replace(self, **{name: getattr(self, name)[which] for name in names})

    def repriced(self, piece: Piece, duals: Floats) -> Floats:
        """Return row prices, shape (piece.rows,), in which a link carries no more and no less than it has to.

        Where a link is as tight as the bound of its x, no price of it bounds the objective better while all
        others stay. Of several links of one x, one carries what the others leave. Those of columns that are
        not whole come first: they may make whole ones gain, which have links themselves.
        """
        prices = duals.copy()
        _, first = np.unique(self.column, return_index=True)
        once = np.zeros(len(self.column), dtype=np.bool_)
        once[first] = True
        for stage in (self.only(once & ~self.whole), self.only(once & self.whole)):
            gain = (piece.costs - piece.matrix.T @ prices)[stage.column] / stage.entry
            carried = prices[stage.row] + gain
            sign = np.sign(stage.entry)
            prices[stage.row] = sign * np.minimum(0.0, sign * carried)
        return prices


def links_of(piece: Piece) -> Links:
    """Return the links of a piece."""
    matrix = piece.matrix
    le = (piece.row_upper == 0) & np.isneginf(piece.row_lower)
    ge = (piece.row_lower == 0) & np.isposinf(piece.row_upper)
    row: Ints = np.flatnonzero((np.diff(matrix.indptr) == 2) & (le | ge))
    pair = matrix.indptr[row][:, None] + np.arange(2)
    column, entry = matrix.indices[pair], matrix.data[pair]
    sign = np.where(le[row], 1.0, -1.0)[:, None]
    x = np.argmax(sign * entry, axis=1)
    at = np.arange(len(row))
    owner, bound = column[at, 1 - x], column[at, x]
    right = (sign[:, 0] * entry[at, x] > 0) & (sign[:, 0] * entry[at, 1 - x] < 0)
    right &= piece.integer[owner] & (piece.col_lower[bound] == 0)
    return Links(row, bound, owner, entry[at, x], piece.integer[bound]).only(right)


def burden_of(piece: Piece) -> Links:
    """Return the links of those whole columns that have many, as long as these are not fixed.

    `MANY_LINKS` of them are more than a simplex gets through in time.
    """
    links = links_of(piece)
    free = (piece.col_lower < piece.col_upper)[links.owner]
    return links.only(free & (links.owned(piece.columns)[links.owner] >= _LINKS_OF_ONE))
