"""The rows of the coupling: which of them a master looks at, and what a price of each can hardly pass."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy import sparse

from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.decomposition.coupling import Coupling
from pklogistics.solve.decomposition.master import MasterSolution
from pklogistics.solve.decomposition.reduced import Columns
from pklogistics.solve.decomposition.split import Split

_FAR, _NOTHING = 0.1, 1e-6
"""A row is left out of the master that is kept with so much to spare, as a share of the largest term, and
whose price is less than so much of what the row can hardly pass."""

_WORTH = 0.1
"""Links, of which there are thousands, are looked at once they may bring this share of what is hoped for."""


@dataclass
class Rows:
    """The rows of one coupling.

    Attributes
    ----------
    split, coupling : the program
    awake : which rows the next master looks at, shape (rows,); links only once points ask for them
    """

    split: Split
    coupling: Coupling
    awake: Bools = field(init=False)
    _woken: Bools = field(init=False)

    def __post_init__(self) -> None:
        self.awake = ~self.split.links
        self._woken = np.zeros(self.coupling.rows, dtype=np.bool_)

    def wake(self, columns: Columns, master: MasterSolution, known: Floats, hoped: float) -> None:
        """Say which rows the next master looks at: all but those without a price that are far from binding.

        Links that are far from binding are left out whatever their price: there are thousands, and most of
        them are priced by chance. All are left out while they may bring little. A row that was left out
        wrongly is not left out again.

        Parameters
        ----------
        columns, master : of the latest master
        known : the best prices known as shares of `scales`, shape (rows,)
        hoped : by how much the bound may rise
        """
        coupling = self.coupling
        mine, shared = columns.activity.T @ master.weights, coupling.shared @ master.shared
        size = np.abs(coupling.sides)
        if len(columns.block):  # There is none where no block has a point.
            size = np.maximum(size, np.asarray(abs(columns.activity).max(axis=0).todense()).ravel())
        over = np.where(coupling.most > 0, 1.0, -1.0) * (mine + shared - coupling.sides)
        near = (over < _FAR * size) | ((coupling.least < 0) & (coupling.most > 0))
        if self._forgone(master) < _WORTH * hoped:
            near &= ~self.split.links
        needed = near | (~self.split.links & (np.abs(known) > _NOTHING))
        self._woken |= needed & ~self.awake
        self.awake = needed | self._woken

    def at_stake(self, prices: Floats) -> float:
        """Return what links may bring at most: what all that they ask for costs at the other prices."""
        return self._cost_of_linked(np.where(self.split.links, 0.0, prices), self.coupling.lower)

    def copy(self) -> Rows:
        """Return the same, to be changed for itself."""
        rows = Rows(self.split, self.coupling)
        rows.awake, rows._woken = self.awake.copy(), self._woken.copy()
        return rows

    def keep(self, links: Bools) -> None:
        """Look at these links from now on, whatever they may bring, shape (rows,)."""
        self.awake |= links
        self._woken |= links

    def _forgone(self, master: MasterSolution) -> float:
        """Return what the bound can gain at most by links: what the shared columns that they ask for cost."""
        return self._cost_of_linked(master.prices, master.shared)

    def _cost_of_linked(self, prices: Floats, shared: Floats) -> float:
        """Return what the shared columns that links ask for cost from these values up to the most."""
        coupling = self.coupling
        slopes = coupling.costs - coupling.shared_transposed @ prices
        return float((np.maximum(slopes, 0.0) * (coupling.upper - shared))[self._linked].sum())

    @cached_property
    def _linked(self) -> Ints:
        """Positions of the shared columns that links ask for."""
        return np.unique(sparse.csr_matrix(self.coupling.shared[self.split.links]).indices)

    def scales(self, columns: Columns) -> Floats:
        """Return for each row a price that it can hardly pass: what its blocks cost by its activity."""
        return self.size(columns, self._meeting)

    def size(self, columns: Columns, blocks: Ints | int) -> Floats:
        """Return what so many blocks cost by the activity of each row."""
        size, mean = np.abs(self.coupling.sides), 0.0
        if len(columns.block):
            activity = abs(columns.activity)
            most = np.asarray(activity.max(axis=0).todense()).ravel()
            count = np.asarray((activity > 0).sum(axis=0)).ravel()
            size = np.maximum(size, most * np.sqrt(np.maximum(count, self._meeting)))
            mean = float(np.abs(columns.costs).mean())
        said = size > self.coupling.dust
        return np.where(said, np.maximum(mean * blocks, 1e-3) / np.where(said, size, 1.0), 1.0)

    @cached_property
    def _meeting(self) -> Ints:
        """How many blocks meet in each row; in one of shared columns alone, all."""
        count = np.diff(self.split.touching.indptr)
        return np.where(count > 0, count, self.split.blocks)
