"""The points of blocks that are known, and what they are worth to the master."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse

from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.crew.bundle import WHOLE
from pklogistics.solve.decomposition.coupling import Coupling
from pklogistics.solve.decomposition.master import MasterSolution
from pklogistics.solve.decomposition.reduced import Columns
from pklogistics.solve.decomposition.split import Split
from pklogistics.solve.piece import FEASIBLE


@dataclass(frozen=True)
class Pool:
    """Known points, sorted by block.

    Attributes
    ----------
    block : block of each point, shape (points,)
    points : values of the block columns, 0 outside the point's block, shape (points, block columns)
    age : passes since the master last gave the point any weight
    """

    block: Ints
    points: sparse.csr_matrix
    age: Ints

    @classmethod
    def empty(cls, split: Split) -> Pool:
        """Return a pool without points."""
        none = np.zeros(0, dtype=np.int64)
        return cls(none, sparse.csr_matrix((0, len(split.columns))), none)

    def extended(self, split: Split, values: Floats, found: Bools) -> Pool:
        """Return the pool with one more point of each block that ``found`` names, unless it is known.

        Parameters
        ----------
        values : of the block columns, shape (block columns,)
        found : shape (blocks,)
        """
        blocks = np.flatnonzero(found)
        inside = np.repeat(found, np.diff(split.starts)) & (values != 0)
        at = np.flatnonzero(inside)
        line = np.searchsorted(blocks, split.block_of_column[at])
        new = sparse.csr_matrix((values[at], (line, at)), shape=(len(blocks), len(split.columns)))
        block = np.concatenate((self.block, blocks))
        points = sparse.csr_matrix(sparse.vstack([self.points, new], format="csr"))
        age = np.concatenate((self.age, np.zeros(len(blocks), dtype=np.int64)))
        mixed = np.random.default_rng(0).standard_normal((len(split.columns), 2))
        print_of = np.round(points @ mixed, 5)
        known = pd.DataFrame({"block": block, "first": print_of[:, 0], "second": print_of[:, 1]}).duplicated()
        return Pool(block, points, age).taken(np.flatnonzero(~known.to_numpy()))

    def allowed(self, split: Split) -> Pool:
        """Return the pool of those points that are within the column bounds of a split of the same blocks."""
        most, least = split.piece.col_upper[split.columns], split.piece.col_lower[split.columns]
        at, values = self.points.indices, self.points.data
        return self._without((values > most[at] + FEASIBLE) | (values < least[at] - FEASIBLE))

    def whole(self, split: Split) -> Pool:
        """Return the pool of those points that are whole where they have to be."""
        at, values = self.points.indices, self.points.data
        away = np.abs(values - np.round(values)) > WHOLE
        return self._without(away & split.piece.integer[split.columns][at])

    def _without(self, wrong: Bools) -> Pool:
        """Return the pool without points that have a wrong value; ``wrong`` says which of all values are."""
        marked = sparse.csr_matrix(
            (wrong.astype(float), self.points.indices, self.points.indptr), shape=self.points.shape
        )
        return self.taken(np.flatnonzero(np.asarray(marked.sum(axis=1)).ravel() == 0))

    def taken(self, kept: Ints) -> Pool:
        """Return the pool of these points, by positions."""
        order = kept[np.argsort(self.block[kept], kind="stable")]
        return Pool(self.block[order], sparse.csr_matrix(self.points[order]), self.age[order])

    def used(self, master: MasterSolution, oldest: int) -> tuple[Pool, MasterSolution]:
        """Return pool and solution, aged by one pass, without points that have had no weight for too long."""
        age = np.where(master.weights > 1e-4, 0, self.age + 1)
        kept = age <= oldest
        kept[self.heaviest(master.weights)] = True
        at = np.flatnonzero(kept)
        return Pool(self.block, self.points, age).taken(at), replace(master, weights=master.weights[at])

    def heaviest(self, weights: Floats) -> Ints:
        """Return the position of the point of most weight of each block that has one, in order."""
        return pd.Series(weights).groupby(self.block).idxmax().to_numpy(np.int64, copy=True)

    def cheapest(self, costs: Floats, blocks: int) -> Floats:
        """Return what the cheapest point of each block costs, infinite if none is known, shape (blocks,).

        ``costs`` are those of the block columns, prices taken off.
        """
        cheapest = np.full(blocks, np.inf)
        np.minimum.at(cheapest, self.block, self.points @ costs)
        return cheapest

    def columns(self, coupling: Coupling, costs: Floats) -> Columns:
        """Return the points as columns of the master; ``costs`` are those of the block columns."""
        activity = sparse.csr_matrix(self.points @ coupling.blocks_transposed)
        activity.data[np.abs(activity.data) <= coupling.dust[activity.indices]] = 0.0
        activity.eliminate_zeros()
        return Columns(self.block, np.asarray(self.points @ costs), activity)
