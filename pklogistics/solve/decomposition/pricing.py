"""Pricing: for costs of their columns, the cheapest point of every block and a bound below it.

Blocks are priced in bundles, by whichever crew there is. Bundles depend on the blocks alone, and their
results are put together in their order, so that what is found does not depend on who prices them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.crew.bundle import LARGEST, Bundle, Order, Priced
from pklogistics.solve.crew.team import Alone, Crew, Job
from pklogistics.solve.decomposition.split import Split

_MOST_BLOCKS, _MOST_COLUMNS = 64, 4096
"""Of a bundle, unless one block alone has more columns."""

_FEW = 0.02
"""What share of blocks may be too large for compiled code in a pass that takes little."""


class Pricer:
    """Prices the blocks of one split.

    Parameters
    ----------
    split, bounds : the blocks, and bounds of all columns of the piece
    threads : the crew that prices. A number stands for this process alone
    seed : random seed of solvers
    """

    def __init__(
        self, split: Split, bounds: tuple[Floats, Floats], threads: int | Crew, seed: int = 0
    ) -> None:
        self._split, self._seed = split, seed
        self._crew: Crew = Alone() if isinstance(threads, int) else threads
        self._first = _divided(split.starts)
        self._bundles = [
            _bundle(split, bounds, int(first), int(last))
            for first, last in zip(self._first[:-1], self._first[1:], strict=True)
        ]
        self._crew.expect(len(self._bundles))

    @cached_property
    def quick(self) -> bool:
        """Whether whole numbers take about as long as fractions: nearly all blocks are for compiled code."""
        size = np.diff(self._split.starts) * np.diff(self._split.local_starts)
        return bool((size > LARGEST).sum() <= _FEW * len(size))

    def price(
        self,
        costs: Floats,
        blocks: Ints | None = None,
        *,
        whole: Bools | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> Priced:
        """Price blocks (all unless told otherwise).

        Only in blocks that ``whole`` marks (all unless told otherwise) whole columns have to be whole. Once
        ``stop`` says so, the blocks that are left are not priced.
        """
        split = self._split
        todo = np.arange(split.blocks) if blocks is None else np.sort(blocks)
        marked = np.ones(split.blocks, dtype=np.bool_) if whole is None else whole
        ends = np.searchsorted(todo, self._first)
        jobs = []
        for number in np.flatnonzero(np.diff(ends)):
            first, mine = self._first[number], todo[ends[number] : ends[number + 1]]
            part = costs[split.starts[first] : split.starts[self._first[number + 1]]]
            order = Order(part, mine - first, marked[mine], self._seed)
            jobs.append(Job(int(number), self._bundles[number], order))
        result = Priced.nothing(len(split.columns), split.blocks)
        for job, found in zip(jobs, self._crew.price(jobs, stop or _never), strict=True):
            if found is not None:
                first, last = self._first[job.number], self._first[job.number + 1]
                result.values[split.starts[first] : split.starts[last]] = found.values
                result.bounds[first:last], result.linear[first:last] = found.bounds, found.linear
                result.found[first:last] = found.found
        return result


def _never() -> bool:
    return False


def _divided(starts: Ints) -> Ints:
    """Return the first block of every bundle, and the number of blocks."""
    firsts, blocks = [0], len(starts) - 1
    while firsts[-1] < blocks:
        first = firsts[-1]
        fit = int(np.searchsorted(starts, starts[first] + _MOST_COLUMNS, side="right")) - 1
        firsts.append(min(max(fit, first + 1), first + _MOST_BLOCKS, blocks))
    return np.array(firsts)


def _bundle(split: Split, bounds: tuple[Floats, Floats], first: int, last: int) -> Bundle:
    """Return the bundle of blocks from the first up to, not including, the last."""
    columns = slice(split.starts[first], split.starts[last])
    rows = slice(split.local_starts[first], split.local_starts[last])
    matrix, piece = split.matrix, split.piece
    at = slice(matrix.indptr[rows.start], matrix.indptr[rows.stop])
    return Bundle(
        starts=split.starts[first : last + 1] - columns.start,
        local_starts=split.local_starts[first : last + 1] - rows.start,
        indptr=matrix.indptr[rows.start : rows.stop + 1] - at.start,
        indices=matrix.indices[at] - matrix.indices.dtype.type(columns.start),
        data=matrix.data[at],
        row_lower=piece.row_lower[split.local[rows]],
        row_upper=piece.row_upper[split.local[rows]],
        lower=bounds[0][split.columns[columns]],
        upper=bounds[1][split.columns[columns]],
        integer=piece.integer[split.columns[columns]],
    )
