"""Bounds that follow from rows, and bounds on the objective that follow from duals.

Both are plain arithmetic on the program: whatever a solver's tolerances, what comes out is valid up to
rounding in the last digits.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import sparse

from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.piece import Piece

_PASSES = 10
_OUTWARD = 1e-9
"""Implied bounds are moved outward by this much, relatively, so that rounding cannot cut off a point."""

_NEGLIGIBLE = 1e-12


def implied_bounds(piece: Piece, known: Floats | None = None) -> tuple[Floats, Floats]:
    """Return column bounds, shape (columns,) each, in which infinite ones are replaced where possible.

    Within them lies at least one optimal point, if there is any. Three arguments close a bound:

    - for ``Σ a_k x_k <= u`` and the least value m of the other terms, ``a_j x_j <= u - m``;
    - the same for the objective and the value of a ``known`` feasible point;
    - a column with costs >= 0 need not be larger than what makes every row redundant that profits from
      it (and the mirror image): an elastic column is no larger than the largest possible shortfall.
    """
    bounded = piece if known is None else piece.with_row(piece.costs, piece.value(known) - piece.offset)
    closing = _Closing(bounded)
    open_before = -1
    for _ in range(_PASSES):
        open_now = closing.open
        if open_now in (0, open_before):
            break
        open_before = open_now
        closing.by_rows()
        closing.by_need()
    whole = piece.integer
    lower, upper = closing.lower, closing.upper
    return np.where(whole, np.floor(lower), lower), np.where(whole, np.ceil(upper), upper)


class _Closing:
    """Column bounds while they are being closed; all rows are turned into ``Σ a x <= side``.

    Arrays with one value per nonzero hold its row, column and entry a.
    """

    def __init__(self, piece: Piece) -> None:
        self.lower, self.upper, self._costs = piece.col_lower.copy(), piece.col_upper.copy(), piece.costs
        sides = np.concatenate((piece.row_upper, -piece.row_lower))
        kept = np.flatnonzero(np.isfinite(sides))
        matrix = sparse.csr_matrix(sparse.vstack((piece.matrix, -piece.matrix), format="csr")[kept])
        self._row: Ints = np.repeat(np.arange(len(kept)), np.diff(matrix.indptr))
        self._column, self._entry, self._side = matrix.indices, matrix.data, sides[kept][self._row]

    @property
    def open(self) -> int:
        """Number of infinite bounds."""
        return int(np.isinf(self.lower).sum() + np.isinf(self.upper).sum())

    def by_rows(self) -> None:
        """Close by ``a_j x_j <= side - least others``."""
        usable = np.abs(self._entry) > _NEGLIGIBLE
        limit = (self._side - self._others(self._entry > 0))[usable] / self._entry[usable]
        column, rising = self._column[usable], self._entry[usable] > 0
        upper, lower = np.full_like(self.upper, np.inf), np.full_like(self.lower, -np.inf)
        np.minimum.at(upper, column[rising], limit[rising])
        np.maximum.at(lower, column[~rising], limit[~rising])
        self._close(upper, lower)

    def by_need(self) -> None:
        """Close by ``a_j x_j <= side - greatest others``, beyond which the row has nothing to say."""
        limit = (self._side + self._others(self._entry < 0, sign=-1.0)) / self._entry
        helped = self._entry < 0
        upper, lower = self.lower.copy(), self.upper.copy()
        np.maximum.at(upper, self._column[helped], limit[helped])
        np.minimum.at(lower, self._column[~helped], limit[~helped])
        self._close(
            np.where(self._costs >= 0, upper, np.inf),
            np.where(self._costs <= 0, lower, -np.inf),
        )

    def _others(self, at_lower: Bools, sign: float = 1.0) -> Floats:
        """Return for every entry the sum of the row's other terms, times ``sign``, at these bounds.

        Minus infinity if another term is infinite.
        """
        bound = np.where(at_lower, self.lower[self._column], self.upper[self._column])
        terms = sign * self._entry * bound
        endless = np.isinf(terms)
        terms[endless] = 0.0
        total = np.bincount(self._row, weights=terms)[self._row] - terms
        count = np.bincount(self._row, weights=endless)[self._row] - endless
        return np.where(count == 0, total, -np.inf)

    def _close(self, upper: Floats, lower: Floats) -> None:
        """Replace open bounds by these where they are finite, moved outward against rounding."""
        at_upper = np.isinf(self.upper) & np.isfinite(upper)
        at_lower = np.isinf(self.lower) & np.isfinite(lower)
        high, low = upper[at_upper], lower[at_lower]
        self.upper[at_upper] = np.maximum(high + _OUTWARD * (1.0 + np.abs(high)), self.lower[at_upper])
        self.lower[at_lower] = np.minimum(low - _OUTWARD * (1.0 + np.abs(low)), self.upper[at_lower])


def dual_bound(piece: Piece, duals: Floats, bounds: tuple[Floats, Floats]) -> float:
    """Return a valid lower bound on the objective from any row prices, good or bad.

    ``Σ_i y_i b_i + Σ_j min over bounds of (c_j - y·A_j) x_j``, with b the side of the row that y pushes
    against (Lagrangian bound, all rows relaxed). Prices that push against a side that is not there
    count as 0.

    Parameters
    ----------
    piece : the program; its integrality is ignored
    duals : shape (rows,)
    bounds : column bounds within which an optimal point lies, as from `implied_bounds`
    """
    side = np.where(duals > 0, piece.row_lower, piece.row_upper)
    pushing = np.isfinite(side) & np.isfinite(duals) & (duals != 0)
    prices = np.where(pushing, duals, 0.0)
    reduced = piece.costs - piece.matrix.T @ prices
    best = np.where(reduced > 0, *bounds)
    used = reduced != 0
    total = float(prices[pushing] @ side[pushing] + reduced[used] @ best[used]) + piece.offset
    return total if math.isfinite(total) else -math.inf
