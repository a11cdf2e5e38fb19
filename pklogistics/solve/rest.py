"""What is left of a program once some columns are fixed, without the rows and columns that say nothing more.

With its whole numbers fixed, most of a large program is decided: nobody serves where nobody is present. A
solver finds that out by itself, but to hand it over takes longer than to leave it out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from pklogistics.model.program import Floats, Ints
from pklogistics.solve.piece import Piece, largest_terms

_PASSES = 4
_ROUNDING = 1e-9
"""What bounds that follow from rows may miss one another by, relatively, and still be called the same."""


@dataclass(frozen=True)
class Rest:
    """What is left of a piece.

    Attributes
    ----------
    piece : the rows and columns that are left
    rows, columns : their positions in the whole
    values : of all columns of the whole; those that are left have any
    """

    piece: Piece
    rows: Ints
    columns: Ints
    values: Floats

    @classmethod
    def of(cls, whole: Piece) -> Rest:
        """Take from a continuous piece what is decided; nothing if that would break a row or a bound.

        Rows of one open column are its bounds. A column whose bounds meet is decided.
        """
        found = cls._decided(whole)
        every = np.arange(whole.rows), np.arange(whole.columns)
        return found or cls(whole, *every, np.zeros(whole.columns))

    @classmethod
    def _decided(cls, whole: Piece) -> Rest | None:
        lower, upper = whole.col_lower.copy(), whole.col_upper.copy()
        matrix = whole.matrix
        row = np.repeat(np.arange(whole.rows), np.diff(matrix.indptr))
        for _ in range(_PASSES):
            opened = lower < upper
            entries = opened[matrix.indices] & (matrix.data != 0)
            single = np.flatnonzero(entries & (np.bincount(row[entries], minlength=whole.rows)[row] == 1))
            decided = matrix @ np.where(opened, 0.0, lower)
            at, column, entry = row[single], matrix.indices[single], matrix.data[single]
            sides = np.sort(
                [(side[at] - decided[at]) / entry for side in (whole.row_lower, whole.row_upper)], axis=0
            )
            before = lower.copy(), upper.copy()
            np.maximum.at(lower, column, sides[0])
            np.minimum.at(upper, column, sides[1])
            room = _ROUNDING * (1.0 + np.where(np.isfinite(upper), np.abs(upper), 0.0))
            if (lower > upper + room).any():
                return None
            met = opened & (lower > upper - room)
            middle = np.clip(upper, whole.col_lower, whole.col_upper)
            lower, upper = np.where(met, middle, lower), np.where(met, middle, upper)
            if np.array_equal(lower, before[0]) and np.array_equal(upper, before[1]):
                break
        return cls._left(whole, lower, upper)

    @classmethod
    def _left(cls, whole: Piece, lower: Floats, upper: Floats) -> Rest | None:
        """Return what is left within column bounds; None if a row of which nothing is left is broken.

        A row that no point within these bounds breaks is left out.
        """
        matrix, opened = whole.matrix, lower < upper
        columns = np.flatnonzero(opened)
        values = np.where(opened, 0.0, lower)
        decided, room = matrix @ values, _ROUNDING * (1.0 + largest_terms(matrix, values))
        row = np.repeat(np.arange(whole.rows), np.diff(matrix.indptr))
        entries = opened[matrix.indices] & (matrix.data != 0)
        row, column, entry = row[entries], matrix.indices[entries], matrix.data[entries]
        ends = np.sort([entry * lower[column], entry * upper[column]], axis=0)
        least, most = (decided + np.bincount(row, weights=end, minlength=whole.rows) for end in ends)
        kept = (least < whole.row_lower - room) | (most > whole.row_upper + room)
        if (kept & (np.bincount(row, minlength=whole.rows) == 0)).any():
            return None
        rows = np.flatnonzero(kept)
        piece = Piece(
            matrix=sparse.csr_matrix(matrix[rows][:, columns]),
            row_lower=(whole.row_lower - decided)[rows],
            row_upper=(whole.row_upper - decided)[rows],
            col_lower=lower[columns],
            col_upper=upper[columns],
            integer=whole.integer[columns],
            costs=whole.costs[columns],
            offset=whole.offset + float(whole.costs @ values),
        )
        return cls(piece, rows, columns, values)

    def whole(self, values: Floats) -> Floats:
        """Return the values of all columns, given those of the columns that are left."""
        every = self.values.copy()
        every[self.columns] = values
        return every
