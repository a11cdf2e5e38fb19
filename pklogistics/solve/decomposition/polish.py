"""Prices made better without pricing a block: by what the shared columns alone say about them.

Two moves, neither of which lowers the bound.

A row that holds by itself once its shared column is at its upper bound ("nobody is served" beside all of
``unmet``; a base only where mobilised) earns nothing beyond what draws the column there. While the column
costs less than nothing, prices of such rows push more than they need to, and blocks pay for it: they are
lowered in proportion until the column costs nothing. Every term that the price then loses was at most zero.

Rows without columns of blocks (what a fund pays to all accounts) concern the shared columns alone: given the
other prices, a small linear program finds the best prices of all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.linear_solver.python import model_builder_helper as helper
from scipy import sparse

from pklogistics.model.program import Floats, Ints
from pklogistics.solve.crew.bundle import handed_over
from pklogistics.solve.decomposition.coupling import Coupling
from pklogistics.solve.piece import Piece

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Polish:
    """What is known of one coupling.

    Attributes
    ----------
    coupling : whose prices are polished
    settled : rows that hold once their one shared column is at its upper bound; ``column`` is that column,
        ``entry`` its entry, each of shape (settled,)
    apart : rows without columns of blocks
    """

    coupling: Coupling
    settled: Ints
    column: Ints
    entry: Floats
    apart: Ints

    @classmethod
    def of(cls, coupling: Coupling, lower: Floats, upper: Floats) -> Polish:
        """Look at a coupling; ``lower`` and ``upper`` are finite bounds of the block columns."""
        shared = sparse.csr_matrix(coupling.shared)
        alone = np.flatnonzero(np.diff(shared.indptr) == 1)
        column, entry = shared.indices[shared.indptr[alone]], shared.data[shared.indptr[alone]]
        blocks = sparse.csr_matrix(coupling.blocks[alone])
        rising, falling = blocks.maximum(0), blocks.minimum(0)
        least = rising @ lower + falling @ upper + entry * coupling.upper[column]
        most = rising @ upper + falling @ lower + entry * coupling.upper[column]
        sides = coupling.sides[alone]
        room = _ROUNDING * (1.0 + np.abs(sides) + abs(blocks) @ np.maximum(np.abs(lower), np.abs(upper)))
        # The price of a row has the sign of its entry where it draws the column to its upper bound.
        holds = np.where(entry > 0, least >= sides - room, most <= sides + room)
        return cls(
            coupling,
            alone[holds],
            column[holds].astype(np.int64),
            entry[holds],
            np.flatnonzero(np.diff(coupling.blocks.indptr) == 0),
        )

    def __call__(self, prices: Floats) -> Floats:
        """Return prices that bound at least as well, shape (rows,)."""
        return self._priced_apart(self._lowered(self._priced_apart(prices)))

    def _lowered(self, prices: Floats) -> Floats:
        coupling = self.coupling
        reduced = coupling.costs - coupling.shared_transposed @ prices
        pushes = np.maximum(self.entry * prices[self.settled], 0.0)
        pushed = np.bincount(self.column, pushes, len(reduced))
        kept = np.ones(len(reduced))
        over = (reduced < 0) & (pushed > 0)
        kept[over] = np.clip(1.0 + reduced[over] / pushed[over], 0.0, 1.0)
        prices = prices.copy()
        prices[self.settled] *= np.where(pushes > 0, kept[self.column], 1.0)
        return prices

    def _priced_apart(self, prices: Floats) -> Floats:
        coupling, rows = self.coupling, self.apart
        if not len(rows):
            return prices
        prices = prices.copy()
        prices[rows] = 0.0
        matrix = sparse.csr_matrix(coupling.shared[rows])
        columns = np.unique(matrix.indices)
        sides = coupling.sides[rows]
        asked = Piece(
            matrix=sparse.csr_matrix(matrix[:, columns]),
            row_lower=np.where(coupling.most[rows] > 0, sides, -np.inf),
            row_upper=np.where(coupling.least[rows] < 0, sides, np.inf),
            col_lower=coupling.lower[columns],
            col_upper=coupling.upper[columns],
            integer=np.zeros(len(columns), dtype=np.bool_),
            costs=(coupling.costs - coupling.shared_transposed @ prices)[columns],
        )
        solver = helper.ModelSolverHelper("glop")
        solver.solve(handed_over(asked))
        if solver.status() == helper.SolveStatus.OPTIMAL:
            prices[rows] = solver.dual_values()
        return coupling.signed(prices)
