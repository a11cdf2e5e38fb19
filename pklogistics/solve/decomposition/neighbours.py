"""Sets of blocks that are worth solving again: where a plan and the best prices disagree.

First those of most regret (what a block's part of the plan costs at the best prices beyond what it could
cost), unless that has been tried. Then in turn: blocks drawn by their regrets; blocks of a row or a shared
column in which the plan loses at these prices, though no block does (money left over, or paid to whom others
would not pay), and of the rows beside it; all blocks that use a whole shared column which few use, so that it
can be given up; and blocks that meet in rows of few.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

import numpy as np
from scipy import sparse

from pklogistics.model.program import Bools, Floats
from pklogistics.solve.decomposition.dual import Dual
from pklogistics.solve.decomposition.split import Split

_LEAST = 1e-3
"""Weight of a block without regret, as a share of the mean regret."""


class Neighbours:
    """Draws sets of blocks of a dual's split, by its best prices."""

    def __init__(self, dual: Dual, seed: int) -> None:
        self._split, self._random = dual.split, np.random.default_rng(seed)
        self._dual = dual
        self._touching = dual.split.touching
        count = np.diff(self._touching.indptr)
        self._near = sparse.csr_matrix(self._touching[(count > 1) & (count <= 30)])
        self._rows = dual.split.outer
        self._block = dual.split.block_of_column
        lower, upper = (side[dual.split.shared_columns] for side in dual.bounds)
        self._bounds = lower, upper
        self._worst = np.zeros(dual.split.blocks, dtype=np.bool_)
        self._kinds: Iterator[str] = cycle(("loss", "regret", "loss", "column", "regret", "near"))

    @property
    def _proof(self) -> Floats:
        proof = self._dual.proof
        return np.zeros(len(self._split.rows)) if proof is None else proof

    def drawn(self, values: Floats, size: int, broken: Floats, helpful: Floats | None = None) -> Bools:
        """Return a set of about so many blocks for a point, shape (blocks,).

        Parameters
        ----------
        broken : by how much it breaks each of the split's rows; blocks of such rows come first
        helpful : how much each block could help, if that is known: half of a set that mends is drawn by it
        """
        regrets = self._regrets(values)
        worst = np.zeros(len(regrets), dtype=np.bool_)
        worst[np.argsort(-regrets, kind="stable")[:size]] = True
        if not broken.any() and (worst & ~self._worst).any():
            self._worst = worst
            return worst
        kind = "broken" if broken.any() else next(self._kinds)
        if kind == "broken":
            chosen = self._beside(values, broken, size if helpful is None else size // 2, regrets)
        elif kind == "column":
            chosen = self._users(values, 2 * size)
        elif kind == "loss":
            chosen = self._losing(values, size)
        elif kind == "near":
            chosen = self._around(regrets, size)
        else:
            chosen = np.zeros(self._split.blocks, dtype=np.bool_)
        alone = kind == "broken" and helpful is None
        missing = 0 if alone else min(size, len(chosen)) - int(chosen.sum())
        if missing > 0:
            weights = np.where(chosen, 0.0, _weights(regrets if helpful is None else helpful))
            free = int((weights > 0).sum())
            drawn = self._random.choice(
                len(chosen), min(missing, free), replace=False, p=weights / weights.sum()
            )
            chosen[drawn] = True
        return chosen

    def _regrets(self, values: Floats) -> Floats:
        split = self._split
        costs = split.piece.costs
        if self._dual.floors is None:
            lost = costs * (
                values - np.where(np.isfinite(split.piece.cheaper_bounds()), split.piece.cheaper_bounds(), 0)
            )
            return np.asarray(np.maximum(np.add.reduceat(lost[split.columns], split.starts[:-1]), 0.0))
        reduced = (costs - self._rows.T @ self._proof)[split.columns]
        return regrets_of(split, values, reduced, self._dual.floors)

    def _losing(self, values: Floats, size: int) -> Bools:
        """Return blocks of a row or a shared column in which a plan loses, drawn by how much."""
        split, proof = self._split, self._proof
        piece, columns = split.piece, split.shared_columns
        side = np.where(proof > 0, piece.row_lower[split.rows], piece.row_upper[split.rows])
        pushing = (proof != 0) & np.isfinite(side)
        idle = np.where(pushing, proof * (self._rows @ values - np.where(pushing, side, 0.0)), 0.0)
        reduced = piece.costs[columns] - self._split.outside.T @ proof
        best = np.where(reduced > 0, self._bounds[0], self._bounds[1])
        losses = np.maximum(np.concatenate((idle, reduced * (values[columns] - best))), 0.0)
        if not losses.any():
            return np.zeros(split.blocks, dtype=np.bool_)
        drawn = int(self._random.choice(len(losses), p=losses / losses.sum()))
        at = np.zeros(len(split.rows), dtype=np.bool_)
        if drawn < len(at):
            at[drawn] = True
        else:
            at[self._split.outside[:, drawn - len(at)].nonzero()[0]] = True
        near, links = at, abs(self._split.outside)
        for _ in range(2):
            near = np.asarray(links @ (links.T @ near)) > 0
        chosen = self._beside(values, np.where(at, 1.0, 0.0), size // 2)
        return chosen | self._beside(values, np.where(near & ~at, 1.0, 0.0), size - int(chosen.sum()))

    def _users(self, values: Floats, most: int) -> Bools:
        """Return the blocks linked to a whole shared column that is in use, one that not too many use."""
        split = self._split
        whole = split.shared_columns[split.piece.integer[split.shared_columns]]
        none = np.zeros(split.blocks, dtype=np.bool_)
        if not len(whole):
            return none
        used = split.columns[values[split.columns] != 0]
        inside = sparse.csr_matrix(abs(self._rows[:, used])).sum(axis=1)
        live = np.asarray(inside).ravel() > 0
        users = abs(self._rows[:, whole]).T @ self._touching.multiply(live[:, None])
        users = sparse.csr_matrix(users)[values[whole] > 0.5]
        count = np.diff(users.indptr)
        fitting = np.flatnonzero((count > 0) & (count <= most))
        if not len(fitting):
            return none
        return np.asarray(users[self._random.choice(fitting)].todense()).ravel() > 0

    def _beside(self, values: Floats, marked: Floats, size: int, liking: Floats | None = None) -> Bools:
        """Return blocks that marked rows touch, first those that are active in them at a point.

        They are drawn by their ``liking`` if there is one: without replacement, as Efraimidis and Spirakis
        have it (Information Processing Letters 97, 2006).
        """
        split = self._split
        weights = np.ones(split.blocks) if liking is None else _weights(liking)
        chosen = np.zeros(split.blocks, dtype=np.bool_)
        rows = self._random.permutation(np.flatnonzero(marked))
        each = max(3, size // max(1, len(rows)))
        for row in rows:
            if chosen.sum() >= size:
                break
            users = self._touching.indices[self._touching.indptr[row] : self._touching.indptr[row + 1]]
            terms = self._terms(values, int(row))
            active = np.bincount(self._block[terms.indices], np.abs(terms.data), split.blocks)[users] > 0
            order = np.lexsort((self._random.exponential(size=len(users)) / weights[users], ~active))
            chosen[users[order[:each]]] = True
        return chosen

    def _terms(self, values: Floats, row: int) -> sparse.csr_matrix:
        """Return the terms of one of the split's rows at a point, by block column."""
        line = self._split.inside[row]
        line.data = line.data * values[self._split.columns[line.indices]]
        return line

    def _around(self, regrets: Floats, size: int) -> Bools:
        """Return blocks that meet in rows of few, around one of much regret."""
        weights = _weights(regrets)
        chosen = np.zeros(len(regrets), dtype=np.bool_)
        chosen[self._random.choice(len(regrets), p=weights / weights.sum())] = True
        while True:
            wider = chosen | (self._near.T @ (self._near @ chosen) > 0)
            if wider.sum() == chosen.sum() or wider.sum() > size:
                return chosen
            chosen = wider


def regrets_of(split: Split, values: Floats, reduced: Floats, floors: Floats) -> Floats:
    """Return what blocks cost at a point beyond what they have to, shape (blocks,); 0 where that is unknown.

    Parameters
    ----------
    values : of all columns
    reduced : costs of the block columns at prices of rows
    floors : what blocks cost at least at these, shape (blocks,)
    """
    spent = np.add.reduceat(reduced * values[split.columns], split.starts[:-1])
    return np.asarray(np.maximum(spent - np.where(np.isfinite(floors), floors, spent), 0.0))


def _weights(regrets: Floats) -> Floats:
    """Return by what blocks are drawn: their regrets, and a little for those that have none."""
    return np.asarray(regrets + _LEAST * regrets.mean() + 1e-12)
