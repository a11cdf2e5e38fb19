"""What blocks share: the rows R, their sides, and the shared columns z, as the master sees them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import sparse

from pklogistics.model.program import Bools, Floats
from pklogistics.solve.decomposition.split import Split

_DUST = 1e-11


@dataclass(frozen=True)
class Coupling:
    """Equations ``G x + H z = q`` priced with ``least <= pi <= most``; see `split`.

    The sign of a price says which side an inequality has. A row with two sides has a slack in z.

    Attributes
    ----------
    blocks : G, shape (rows, block columns)
    shared : H, shape (rows, shared columns and slacks)
    sides : q, shape (rows,)
    least, most : bounds of the prices, infinite or 0
    costs, lower, upper : of z, shape (shared columns and slacks,)
    """

    blocks: sparse.csr_matrix
    shared: sparse.csr_matrix
    sides: Floats
    least: Floats
    most: Floats
    costs: Floats
    lower: Floats
    upper: Floats

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.sides)

    @cached_property
    def blocks_transposed(self) -> sparse.csr_matrix:
        """The transpose of ``blocks``, by block column."""
        return sparse.csr_matrix(self.blocks.T)

    @cached_property
    def shared_transposed(self) -> sparse.csr_matrix:
        """The transpose of ``shared``, by shared column."""
        return sparse.csr_matrix(self.shared.T)

    @cached_property
    def dust(self) -> Floats:
        """What is nothing in each row but the rounding of a sum, shape (rows,)."""
        return np.asarray(_DUST * abs(self.blocks).max(axis=1).todense()).ravel()

    def taken(self, rows: Bools) -> Coupling:
        """Return the coupling of those rows that are marked."""
        return replace(
            self,
            blocks=sparse.csr_matrix(self.blocks[rows]),
            shared=sparse.csr_matrix(self.shared[rows]),
            sides=self.sides[rows],
            least=self.least[rows],
            most=self.most[rows],
        )

    def signed(self, prices: Floats) -> Floats:
        """Return prices with those set to 0 that push against a side that is not there."""
        return np.clip(prices, self.least, self.most)

    def shared_minimum(self, prices: Floats) -> tuple[float, Floats]:
        """Return ``q·pi + min over z`` and the minimising z; a column that costs nothing stays low."""
        reduced = self.costs - self.shared_transposed @ prices
        values = np.where(reduced < 0, self.upper, self.lower)
        return float(self.sides @ prices + reduced @ values), values


def coupling_of(split: Split, lower: Floats, upper: Floats) -> Coupling:
    """Return what blocks share.

    Parameters
    ----------
    lower, upper : finite bounds of the shared columns, shape (shared columns,)
    """
    piece, matrix = split.piece, split.outer
    row_lower, row_upper = piece.row_lower[split.rows], piece.row_upper[split.rows]
    has_lower, has_upper = np.isfinite(row_lower), np.isfinite(row_upper)
    ranged = np.flatnonzero(has_lower & has_upper & (row_upper > row_lower))
    slack = sparse.csr_matrix(
        (np.full(len(ranged), -1.0), (ranged, np.arange(len(ranged)))), shape=(len(split.rows), len(ranged))
    )
    shared = sparse.hstack([matrix[:, split.shared_columns], slack], format="csr")
    zeros = np.zeros(len(ranged))
    return Coupling(
        blocks=sparse.csr_matrix(matrix[:, split.columns]),
        shared=sparse.csr_matrix(shared),
        sides=np.where(has_lower, row_lower, np.where(has_upper, row_upper, 0.0)),
        least=np.where(has_upper, -np.inf, 0.0),
        most=np.where(has_lower, np.inf, 0.0),
        costs=np.concatenate((piece.costs[split.shared_columns], zeros)),
        lower=np.concatenate((lower, zeros)),
        upper=np.concatenate((upper, (row_upper - row_lower)[ranged])),
    )
