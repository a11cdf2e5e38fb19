"""From weights to a plan: dive, exact remainder, and neighbourhoods of blocks.

In the master's solution few blocks are torn between several points: about as many as shared rows bind. The
others are fixed at theirs. While too many are torn, some are drawn by their weights, and the master answers
for the rest. What remains is solved exactly, with all shared columns, on what the others leave of the shared
rows. Then sets of blocks are solved again, exactly, as long as there is time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from pklogistics.errors import SolverError
from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.backend import Start
from pklogistics.solve.decomposition.dual import Dual
from pklogistics.solve.decomposition.split import Split
from pklogistics.solve.engine import Clock, Engine
from pklogistics.solve.highs import Highs
from pklogistics.solve.monitor import Monitor
from pklogistics.solve.piece import FEASIBLE, Piece
from pklogistics.solve.scaling import scaling_of
from pklogistics.solve.solution import Stopped

_TORN = 60
_CERTAIN = 0.99
_DIVES = 12
_GAP = 1e-3
"""Gap to which a part is solved: the next part finds more than the rest of this gap."""


@dataclass(frozen=True)
class Part:
    """Some blocks and all shared columns, with the other blocks where a point has them.

    Attributes
    ----------
    piece : the program of the part
    columns : its columns in the whole program
    """

    piece: Piece
    columns: Ints


def part_of(split: Split, values: Floats, blocks: Bools) -> Part:
    """Return the part of the chosen blocks.

    Parameters
    ----------
    values : of all columns of the whole program
    blocks : which are chosen, shape (blocks,)
    """
    piece = split.piece
    inside = np.repeat(blocks, np.diff(split.starts))
    columns = np.sort(np.concatenate((split.columns[inside], split.shared_columns)))
    rest = values.copy()
    rest[columns] = 0.0
    local = split.local[np.repeat(blocks, np.diff(split.local_starts))]
    rows = np.concatenate((local, split.rows))
    matrix = sparse.csr_matrix(piece.matrix[rows])
    taken = matrix @ rest
    taken[: len(local)] = 0.0
    matrix = sparse.csr_matrix(matrix[:, columns])
    whole = Piece(
        matrix=matrix,
        row_lower=piece.row_lower[rows] - taken,
        row_upper=piece.row_upper[rows] - taken,
        col_lower=piece.col_lower[columns],
        col_upper=piece.col_upper[columns],
        integer=piece.integer[columns],
        costs=piece.costs[columns],
    )
    return Part(_without_singles(whole), columns)


def _without_singles(piece: Piece) -> Piece:
    """Return a piece with rows of one column, as links of the other blocks are now, turned into bounds."""
    length = np.diff(piece.matrix.indptr)
    single = np.flatnonzero(length == 1)
    at = piece.matrix.indptr[single]
    column, entry = piece.matrix.indices[at], piece.matrix.data[at]
    first, second = piece.row_lower[single] / entry, piece.row_upper[single] / entry
    lower, upper = piece.col_lower.copy(), piece.col_upper.copy()
    np.maximum.at(lower, column, np.where(entry > 0, first, second))
    np.minimum.at(upper, column, np.where(entry > 0, second, first))
    # What the other blocks have may miss a bound by a rounding.
    whole = piece.integer
    lower = np.where(whole, np.ceil(lower - FEASIBLE), lower)
    upper = np.where(whole, np.floor(upper + FEASIBLE), np.maximum(upper, lower))
    kept = length > 1
    return replace(
        piece,
        matrix=sparse.csr_matrix(piece.matrix[kept]).sorted_indices(),
        row_lower=piece.row_lower[kept],
        row_upper=piece.row_upper[kept],
        col_lower=lower,
        col_upper=upper,
    )


class _Quiet:
    """Watches the solve of a part: what it finds is no news of the whole, but it ends when the whole does."""

    factor = 1.0

    def __init__(self, monitor: Monitor) -> None:
        self._monitor = monitor

    def poll(self, incumbent: float, bound: float) -> Stopped | None:
        """Return why the whole search has to stop, if it has to."""
        return self._monitor.check()


def solve_part(engine: Engine, part: Part, seconds: float, start: Floats | None = None) -> Floats | None:
    """Return the best values of a part's columns found within some seconds, cleaned; None if none."""
    deadline = time.monotonic() + seconds
    own = Engine(Highs(), scaling_of(part.piece), engine.options, engine.monitor, Clock(deadline))
    try:
        gap = max(engine.options.gap, _GAP)
        outcome = own.solve(part.piece, deadline, Start(start), watch=_Quiet(engine.monitor), gap=gap)
        if outcome.values is None:
            return None
        tidy = part.piece.tidied(outcome.values)
        settled = own.solve_fixed(part.piece, tidy)
        return tidy if settled.values is None else part.piece.tidied(settled.values)
    except SolverError:
        return None
    finally:
        own.backend.close()


@dataclass
class Rounding:
    """Makes plans of the solutions of one dual's master."""

    engine: Engine
    dual: Dual
    seed: int

    def plan(self, seconds: Callable[[], float]) -> tuple[Floats | None, Bools]:
        """Return values of all columns, None if no plan came out, and which blocks were torn."""
        random = np.random.default_rng(self.seed)
        self.dual.ask()
        point, torn = self._dive(random)
        if point is None:
            return None, torn
        for _ in range(3):
            part = part_of(self.dual.split, point, torn)
            values = solve_part(self.engine, part, seconds())
            if values is not None:
                point[part.columns] = values
                return point, torn
            more = random.permutation(np.flatnonzero(~torn))[: max(_TORN, int(torn.sum()))]
            torn = torn.copy()
            torn[more] = True
        return None, torn

    def _dive(self, random: np.random.Generator) -> tuple[Floats | None, Bools]:
        """Fix blocks at points until few are torn; return the point and the torn blocks."""
        whole, latest = self.dual.pool, self.dual.master
        for _ in range(_DIVES):
            master, pool = self.dual.master, self.dual.pool
            assert master is not None
            first = np.flatnonzero(np.diff(pool.block, prepend=-1))
            order = np.lexsort((-master.weights, pool.block))[first]
            most = master.weights[order]
            torn = most < _CERTAIN
            if torn.sum() <= _TORN:
                break
            # Some of the torn are drawn by their weights: on average nothing changes in the shared rows.
            drawn = torn & (random.random(len(torn)) < 0.5)
            total = np.cumsum(master.weights)
            begin = np.concatenate(([0.0], total))[first]
            ends = begin + random.random(len(first)) * (np.append(begin[1:], total[-1]) - begin)
            lottery = np.clip(np.searchsorted(total, ends), first, np.append(first[1:], len(total)) - 1)
            chosen = np.where(drawn, lottery, order)
            settled = ~torn | drawn
            keep = np.ones(len(pool.block), dtype=np.bool_)
            keep[settled[np.searchsorted(pool.block[first], pool.block)]] = False
            keep[chosen[settled]] = True
            self.dual.pool = pool.taken(np.flatnonzero(keep))
            self.dual.ask(width=4.0)
        split = self.dual.split
        values = np.zeros(split.piece.columns)
        values[split.columns] = np.asarray(self.dual.pool.points[order].sum(axis=0)).ravel()
        assert self.dual.master is not None
        values[split.shared_columns] = self.dual.master.shared[: len(split.shared_columns)]
        present = np.zeros(split.blocks, dtype=np.bool_)
        present[self.dual.pool.block] = True
        blocks = np.zeros(split.blocks, dtype=np.bool_)
        blocks[self.dual.pool.block[first]] = torn
        self.dual.pool, self.dual.master = whole, latest
        return (values if present.all() else None), blocks
