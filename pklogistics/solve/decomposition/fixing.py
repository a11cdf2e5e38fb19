"""A program with bounds of shared columns moved: links to what is fixed fall away, or close columns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from pklogistics.model.program import Floats
from pklogistics.solve.decomposition.split import Split
from pklogistics.solve.piece import Piece


def with_shared_bounds(split: Split, least: Floats, most: Floats) -> Piece:
    """Return the piece with other bounds of its shared columns.

    A link that then says nothing loses its sides, and one that allows nothing closes its columns instead.

    Parameters
    ----------
    least, most : of the shared columns, shape (shared columns,)
    """
    piece = split.piece
    lower, upper = piece.col_lower.copy(), piece.col_upper.copy()
    lower[split.shared_columns], upper[split.shared_columns] = least, most
    links = split.rows[split.links]
    matrix = sparse.csr_matrix(piece.matrix[links])
    row = np.repeat(np.arange(len(links)), np.diff(matrix.indptr))
    column, entry = matrix.indices, matrix.data
    fixed = lower[column] == upper[column]
    most = np.where(entry > 0, upper[column], lower[column]) * entry
    least = np.where(entry > 0, lower[column], upper[column]) * entry
    size = len(links)
    given = np.bincount(row, weights=np.where(fixed, entry * lower[column], 0.0), minlength=size)
    highest = np.bincount(row, weights=np.where(fixed, 0.0, most), minlength=size)
    lowest = np.bincount(row, weights=np.where(fixed, 0.0, least), minlength=size)
    above, below = piece.row_upper[links] - given, piece.row_lower[links] - given
    tight = np.abs(above - lowest) <= 1e-9 * (1 + np.abs(lowest))
    closed = tight[row] & ~fixed
    upper[column[closed & (entry > 0)]] = lower[column[closed & (entry > 0)]]
    lower[column[closed & (entry < 0)]] = upper[column[closed & (entry < 0)]]
    silent = (tight | (highest <= above)) & (lowest >= below)
    row_lower, row_upper = piece.row_lower.copy(), piece.row_upper.copy()
    row_lower[links[silent]], row_upper[links[silent]] = -np.inf, np.inf
    return replace(piece, col_lower=lower, col_upper=upper, row_lower=row_lower, row_upper=row_upper)
