"""The master's program without what has no choice."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.decomposition.coupling import Coupling

_WIDE = 0.05
"""A row is wide if it is touched by more than this share of the columns."""

_FEW = 30
"""A shared column joins narrow rows if it is in more of them than this."""


@dataclass(frozen=True)
class Columns:
    """Points of blocks: block number, cost, and activity in the shared rows, each of shape (columns, ...).

    Sorted by block.
    """

    block: Ints
    costs: Floats
    activity: sparse.csr_matrix

    def taken(self, kept: Ints) -> Columns:
        """Return those at these positions."""
        return Columns(self.block[kept], self.costs[kept], sparse.csr_matrix(self.activity[kept]))


@dataclass(frozen=True)
class Reduced:
    """The master without what has no choice: blocks with one column, shared columns that are fixed.

    Attributes
    ----------
    wide, narrow : rows that many columns touch, and the others; ``dense`` and ``thin`` are the activities of
        the columns in each
    joining : which shared columns are in many narrow rows
    """

    alone: Bools
    costs: Floats
    activity: sparse.csr_matrix
    activity_transposed: sparse.csr_matrix
    wide: Ints
    narrow: Ints
    dense: Floats
    thin: sparse.csr_matrix
    first: Ints
    block: Ints
    free: Bools
    slopes: Floats
    width: Floats
    shared: sparse.csr_matrix
    shared_transposed: sparse.csr_matrix
    joining: Bools
    sides: Floats
    constant: float

    @classmethod
    def of(cls, coupling: Coupling, columns: Columns) -> Reduced:
        """Take what is fixed off the sides and the constant, and lay wide rows out densely."""
        count = np.bincount(columns.block)
        alone = count[columns.block] == 1
        free = coupling.upper > coupling.lower
        fixed = np.asarray(columns.activity[alone].sum(axis=0)).ravel() + coupling.shared @ coupling.lower
        activity = sparse.csr_matrix(columns.activity[~alone])
        block = columns.block[~alone]
        first = np.flatnonzero(np.diff(block, prepend=-1))
        shared = sparse.csr_matrix(coupling.shared[:, free])
        touched = np.bincount(activity.indices, minlength=activity.shape[1])
        is_wide = touched > _WIDE * max(1, len(block))
        joining = np.bincount(shared[~is_wide].indices, minlength=shared.shape[1]) > _FEW
        return cls(
            alone=alone,
            costs=columns.costs[~alone],
            activity=activity,
            activity_transposed=sparse.csr_matrix(activity.T),
            wide=np.flatnonzero(is_wide),
            narrow=np.flatnonzero(~is_wide),
            dense=activity[:, np.flatnonzero(is_wide)].toarray(),
            thin=sparse.csr_matrix(activity[:, np.flatnonzero(~is_wide)]),
            first=first,
            block=np.repeat(np.arange(len(first)), np.diff(np.append(first, len(block)))),
            free=free,
            slopes=coupling.costs[free],
            width=(coupling.upper - coupling.lower)[free],
            shared=shared,
            shared_transposed=sparse.csr_matrix(shared.T),
            joining=joining,
            sides=coupling.sides - fixed,
            constant=float(columns.costs[alone].sum() + coupling.costs @ coupling.lower),
        )

    def ordered(self, order: Ints) -> Reduced:
        """Return the same with its narrow rows in another order."""
        return replace(self, narrow=self.narrow[order], thin=sparse.csr_matrix(self.thin[:, order]))

    def sums(self, values: Floats) -> Floats:
        """Return sums over the columns of each block."""
        return np.add.reduceat(values, self.first) if len(self.first) else values[:0]

    def spread(self) -> sparse.csr_matrix:
        """Return the matrix that sums columns by block."""
        size = len(self.block)
        return sparse.csr_matrix(
            (np.ones(size), (self.block, np.arange(size))), shape=(len(self.first), size)
        )
