"""Scaling: rows and columns multiplied by powers of two, so that a solver's tolerances mean something.

Money rows reach 1e9, unit costs 0.1, people 1e6; a solver's absolute tolerance of 1e-7 and its cut-off
for small coefficients would treat them alike. Powers of two change no digit of any number. Integer columns
are never scaled. The factors come from alternating geometric means of the entries of rows and columns,
which minimise the spread of the logarithms.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pklogistics.model.program import Floats
from pklogistics.solve.piece import Piece, largest_terms, rescaled

_PASSES = 6
_LARGEST_COST = 2.0**7
"""Largest scaled cost: well above dual tolerances (1e-7), well below what solvers call large."""


@dataclass(frozen=True)
class Scaling:
    """Factors of a scaled program: ``x = columns * x'``, row i is multiplied by ``rows[i]``."""

    rows: Floats
    columns: Floats

    def apply(self, piece: Piece) -> tuple[Piece, float]:
        """Return the scaled piece and the factor of its objective.

        The piece may have more rows than the scaling was made for; those are scaled to a largest entry of 1.
        """
        rows = self.of_rows(piece)
        costs, factor = piece.costs * self.columns, self.cost_factor(piece.costs)
        scaled = replace(
            piece,
            matrix=rescaled(piece.matrix, rows, self.columns),
            row_lower=piece.row_lower * rows,
            row_upper=piece.row_upper * rows,
            col_lower=piece.col_lower / self.columns,
            col_upper=piece.col_upper / self.columns,
            costs=costs * factor,
            offset=piece.offset * factor,
        )
        return scaled, factor

    def of_rows(self, piece: Piece) -> Floats:
        """Return the factors of the rows of a piece, shape (piece.rows,)."""
        if len(self.rows) >= piece.rows:
            return self.rows
        largest = largest_terms(piece.matrix[len(self.rows) :], self.columns)
        more = np.exp2(-np.round(np.log2(np.where(largest > 0, largest, 1.0))))
        return np.concatenate((self.rows, more))

    def cost_factor(self, costs: Floats) -> float:
        """Return the factor of an objective: its largest scaled cost becomes `_LARGEST_COST` or so."""
        largest = float(np.abs(costs * self.columns).max(initial=0.0))
        return _power_of_two(_LARGEST_COST / largest) if largest > 0 else 1.0


def scaling_of(piece: Piece) -> Scaling:
    """Return the scaling of a piece by geometric means."""
    entries = piece.matrix
    used = entries.data != 0
    rows = np.repeat(np.arange(piece.rows), np.diff(entries.indptr))[used]
    columns = entries.indices[used]
    sizes = np.log2(np.abs(entries.data[used]))
    row_scale, col_scale = np.zeros(piece.rows), np.zeros(piece.columns)
    for _ in range(_PASSES):
        row_scale = -_mean(rows, sizes + col_scale[columns], piece.rows)
        col_scale = -_mean(columns, sizes + row_scale[rows], piece.columns)
        col_scale[piece.integer] = 0.0
    col_scale = np.exp2(np.round(col_scale))
    row_scale = np.exp2(np.round(-_mean(rows, sizes + np.log2(col_scale)[columns], piece.rows)))
    return Scaling(row_scale, col_scale)


def _mean(at: NDArray[np.integer], values: Floats, size: int) -> Floats:
    count = np.bincount(at, minlength=size)
    result: Floats = np.bincount(at, weights=values, minlength=size) / np.maximum(count, 1)
    return result


def _power_of_two(value: float) -> float:
    return float(np.exp2(np.round(np.log2(value))))
