"""Coefficients of whole columns no larger than they need be: the same whole points, a tighter relaxation.

For a row ``rest - M y <= side`` with y whole and at least 0, and S the most that the rest can be within the
column bounds: where S - side < M, the row says nothing once y is 1, and ``M = S - side`` says no more and no
less for whole y, but more for fractions (Savelsbergh, ORSA Journal on Computing 6, 1994). Solvers do so by
themselves before they begin; blocks that are solved a thousand times over do not begin each time.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.piece import Piece

_WORTHWHILE = 1e-6
"""Least relative change of a coefficient that is made."""


def tightened(piece: Piece, rows: Bools) -> Piece:
    """Return the piece with smaller coefficients in those of its rows that ``rows`` marks, shape (rows,).

    A point that is whole where it has to be keeps these rows of the result just when it keeps the piece's,
    whatever the other rows say.
    """
    matrix = piece.matrix
    row: Ints = np.repeat(np.arange(piece.rows), np.diff(matrix.indptr))
    has_upper, has_lower = np.isfinite(piece.row_upper), np.isfinite(piece.row_lower)
    # Every row with one side as ``sum a x <= side``.
    sign = np.where(has_upper, 1.0, -1.0)
    side = np.where(has_upper, piece.row_upper, -piece.row_lower)
    entry, column = matrix.data * sign[row], matrix.indices
    col_lower, col_upper = _bounds(piece, row, entry, np.where(rows & (has_upper | has_lower), side, np.inf))
    able = (piece.integer & (piece.col_lower == 0))[column] & (entry < 0)
    terms = np.where(entry > 0, entry * col_upper[column], entry * col_lower[column])
    most = np.bincount(row, np.where(able, 0.0, terms), piece.rows)
    beyond = most - side
    usable = rows & (has_upper ^ has_lower) & (beyond > 0) & np.isfinite(beyond)
    large = usable[row] & able & (-entry > beyond[row] * (1.0 + _WORTHWHILE))
    data = np.where(large, -beyond[row] * sign[row], matrix.data)
    return replace(piece, matrix=sparse.csr_matrix((data, column, matrix.indptr), shape=matrix.shape))


def _bounds(piece: Piece, row: Ints, entry: Floats, side: Floats) -> tuple[Floats, Floats]:
    """Return the piece's column bounds, closed once around by ``a_j x_j <= side - least of the others``."""
    column = piece.matrix.indices
    term = np.where(entry > 0, entry * piece.col_lower[column], entry * piece.col_upper[column])
    with np.errstate(invalid="ignore", divide="ignore"):
        least = np.bincount(row, term, piece.rows)[row] - term
        limit = (side[row] - least) / entry
    limit = np.where(np.isnan(limit), np.inf * np.sign(entry), limit)
    lower, upper = piece.col_lower.copy(), piece.col_upper.copy()
    rising = entry > 0
    np.minimum.at(upper, column[rising], limit[rising])
    np.maximum.at(lower, column[~rising], limit[~rising])
    return lower, np.maximum(upper, lower)
