"""The search for the prices that bound best: price all blocks, ask the master, repeat."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from scipy import sparse

from pklogistics.model.program import Bools, Floats
from pklogistics.solve.crew import Crew
from pklogistics.solve.crew.bundle import Priced
from pklogistics.solve.decomposition.coupling import Coupling, coupling_of
from pklogistics.solve.decomposition.master import MasterSolution, solve_master
from pklogistics.solve.decomposition.polish import Polish
from pklogistics.solve.decomposition.pool import Pool
from pklogistics.solve.decomposition.pricing import Pricer
from pklogistics.solve.decomposition.reduced import Columns
from pklogistics.solve.decomposition.rows import Rows
from pklogistics.solve.decomposition.split import Split
from pklogistics.solve.piece import FEASIBLE

_FIRST_WIDTH, _LEAST_WIDTH, _MOST_WIDTH = 1.0, 0.12, 8.0
_FLOOR = 1e-2
"""Box of a price that is zero, as a share of the price that the row can hardly pass."""

_SERIOUS, _BAD = 0.1, -0.5
"""What of the hoped-for rise of the bound counts as a step forward, and as one back."""

_PATIENCE, _ROUNDING = 4, 5e-4
"""After so many passes that brought neither a step forward nor less hope, more would bring nothing if hope is
as little as that relative to the bound, near the rounding of blocks' bounds."""

_OLDEST = 12
_MOST = 0.8
"""What of all that new points may gain those blocks have that are priced in whole numbers first."""

_HELD = 10.0
"""Price of a row in which each block has to be at its least, relative to what they cost by their activity."""

_SAME = 1e-9
"""Costs that differ by no more than this, relatively, are the same."""

_ROUGH, _FINEST = 1e-4, 1e-6
"""Precision of the first master, relative to the bound, and the finest one. At 20,000 sites a first master to
the latter took its most steps, and what came of it was worse."""

_PRECISION, _FINER, _STALLED = 0.4, 0.1, 0.8
"""Precision of the master, as a share of the rise that it still hopes for: prices in the middle of those that
are about as good serve best, until hope is still the third share of what it was."""


@dataclass
class Dual:
    """Prices of one split, the best bound they gave, and the points of blocks found on the way.

    Attributes
    ----------
    split, coupling, pricer : the program
    bounds : finite column bounds of the piece
    pool : points of blocks that keep the blocks' rows, whole where they have to be
    prices : of the rows of the coupling, around which the master looks: the best ones known
    bound : the best bound of all
    proof : prices of the split's shared rows that gave ``bound``
    floors : what they leave each block to cost at least, shape (blocks,)
    cheapest : what they leave each block's columns to be, shape (block columns,)
    hoped : by how much the latest master thought that the bound could rise
    width, precision : of the box of the next master, see ``_FIRST_WIDTH``, and of its solution
    idle : how many passes in a row have brought nothing
    rows : of the coupling, which of them the next master looks at
    relaxed : whether whole columns of blocks need not be whole. The bound holds; points may have fractions
    """

    split: Split
    bounds: tuple[Floats, Floats]
    pricer: Pricer
    coupling: Coupling
    pool: Pool
    prices: Floats
    bound: float = -math.inf
    proof: Floats | None = None
    floors: Floats | None = None
    cheapest: Floats | None = None
    master: MasterSolution | None = None
    hoped: float = math.inf
    width: float = field(default=_FIRST_WIDTH)
    precision: float = field(default=_PRECISION)
    idle: int = 0
    relaxed: bool = False
    rows: Rows = field(init=False)
    _rose: bool = False
    _polish: Polish | None = None

    def __post_init__(self) -> None:
        self.rows = Rows(self.split, self.coupling)

    @classmethod
    def of(cls, split: Split, bounds: tuple[Floats, Floats], threads: int | Crew, seed: int) -> Dual:
        """Begin with prices of zero."""
        coupling = _coupling(split, bounds)
        pricer = Pricer(split, bounds, threads, seed)
        return cls(split, bounds, pricer, coupling, Pool.empty(split), np.zeros(coupling.rows))

    @property
    def costs(self) -> Floats:
        """Costs of the block columns."""
        return self.split.piece.costs[self.split.columns]

    @property
    def offset(self) -> float:
        """Constant of the objective."""
        return self.split.piece.offset

    @property
    def awake(self) -> Bools:
        """Which rows of the piece the next master looks at, shape (rows of the piece,)."""
        awake = np.zeros(self.split.piece.rows, dtype=np.bool_)
        awake[self.split.rows] = self.rows.awake
        return awake

    @property
    def stalled(self) -> bool:
        """Whether more passes would bring nothing."""
        return self.idle >= _PATIENCE and self.hoped <= _ROUNDING * abs(self.bound)

    @property
    def empty(self) -> bool:
        """Whether the bound is above what any point within column bounds costs, so that there is none."""
        return self.bound > self._dearest

    @cached_property
    def _dearest(self) -> float:
        """What no point within the column bounds costs more than, with room for rounding."""
        costs, (lower, upper) = self.split.piece.costs, self.bounds
        most = np.where(costs > 0, costs * upper, costs * lower)
        return self.offset + float(most.sum()) + FEASIBLE * (1.0 + float(np.abs(most).sum()))

    def row_prices(self) -> Floats:
        """Return the best prices, 0 before there are any, by row of the piece."""
        prices = np.zeros(self.split.piece.rows)
        if self.proof is not None:
            prices[self.split.rows] = self.proof
        return prices

    def begin(self, prices: Floats, awake: Bools | None = None) -> None:
        """Begin with prices of the split's shared rows.

        ``awake`` says which links are known to matter; otherwise they are asleep until points ask for them.
        """
        self.prices = self.coupling.signed(prices)
        if awake is not None:
            self.rows.awake = ~self.split.links | awake

    def hold(self, rows: Bools) -> None:
        """Begin with prices that no block can gain by: of rows in which every block has to be at its least.

        As no block can be below it, such a price cannot be too high. What blocks could gain is taken for some
        times what all those in the row come to, by all that they may be in it.
        """
        lower, upper = (side[self.split.columns] for side in self.bounds)
        most, block = np.maximum(np.abs(lower), np.abs(upper)), self.split.block_of_column
        for row in np.flatnonzero(rows):
            line = sparse.csr_matrix(self.coupling.blocks[[row]])
            inside = np.isin(block, block[line.indices])
            costs, size = np.abs(self.costs) @ (most * inside), np.abs(line.data) @ most[line.indices]
            self.prices[row] = -_HELD * float(costs) / max(float(size), 1e-9)

    def made_whole(self) -> None:
        """End the relaxation: keep the prices, and the points that are whole."""
        self.relaxed, self.master, self.hoped, self.idle = False, None, math.inf, 0
        self.pool = self.pool.whole(self.split)

    def step(self, prices: Floats, stop: Callable[[], bool]) -> MasterSolution | None:
        """Price all blocks, and ask the master where to go on; None if stopped meanwhile.

        The next prices to try are those of the solution.
        """
        before, best = self.bound, self.prices
        bound = self.evaluate(prices, stop, whole=not self.relaxed)
        if bound <= before and self.pricer.quick and not stop():
            # A pass takes less than a master, and half of the way is often better than none of it.
            bound = self.evaluate(0.5 * (best + prices), stop, whole=not self.relaxed)
        if stop():
            self.master = None  # It does not know the points that were found before the stop.
            return None
        hoped, rise = self.hoped, bound - before
        # Prices of a first master, which knows one point of each block, are wild.
        self._rose = rise > 0 and self.master is not None
        if self.master is not None and math.isfinite(before):
            self._resize(rise)
        master = self.ask(stop)
        forward = rise > _SERIOUS * hoped or self.hoped < _STALLED * hoped
        self.idle = 0 if forward else self.idle + 1
        return master

    def evaluate(self, prices: Floats, stop: Callable[[], bool], *, whole: bool = True) -> float:
        """Price all blocks, keep their points and, if it is the best, the bound; return it.

        The prices are polished before. Unless ``whole``, blocks are priced in fractions: where blocks are
        large that is faster; the bound is that of the linear program, and points are kept only if they are
        whole by chance, or the dual is relaxed.

        After a pass that did not better the bound the next one often does not either. Then blocks are priced
        in fractions first, and in whole numbers those that have most of what new points may gain. The others
        follow only if the bound may be better with them: with what known points cost it would be.
        """
        prices = self.polished(prices)
        reduced, blocks = self.reduced(prices), self.split.blocks
        wholly = not whole or self._rose
        known = np.full(blocks, np.inf) if wholly else self.pool.cheapest(reduced, blocks)
        if np.isinf(known).any():
            return self._take(prices, self.pricer.price(reduced, whole=np.full(blocks, whole), stop=stop))
        priced = self.pricer.price(reduced, whole=np.zeros(blocks, dtype=np.bool_), stop=stop)
        # Blocks that were not priced because of a stop have no bound.
        told = ~priced.found & np.isfinite(priced.linear)
        gains = np.zeros(blocks)
        gains[told] = np.maximum(known - priced.linear, 0.0)[told]
        order = np.argsort(-gains, kind="stable")
        first = np.zeros(blocks, dtype=np.bool_)
        first[order[np.cumsum(gains[order]) - gains[order] < _MOST * gains.sum()]] = True
        for more in (first & ~priced.found, ~first & ~priced.found):
            again = self.pricer.price(reduced, np.flatnonzero(more), stop=stop)
            priced = priced.replaced(self.split.starts, more, again)
            within = np.where(first | priced.found, priced.bounds, known)
            if within.sum() + self.coupling.shared_minimum(prices)[0] + self.offset <= self.bound:
                break
        return self._take(prices, priced)

    def polished(self, prices: Floats) -> Floats:
        """Return prices that bound at least as well, see `Polish`."""
        if self._polish is None or self._polish.coupling is not self.coupling:
            lower, upper = (side[self.split.columns] for side in self.bounds)
            self._polish = Polish.of(self.coupling, lower, upper)
        return self._polish(self.coupling.signed(prices))

    def inherit(self, other: Dual, stop: Callable[[], bool]) -> float:
        """Bound by the best prices of another dual of the same blocks; return the bound.

        A block costs at least what it costs there, if all that is allowed here is allowed there. Those are
        priced again to which something else is allowed here, of which the cheapest point there is not allowed
        here, or that cost something else because rows that they are in say nothing in one of the two.
        """
        assert other.floors is not None and other.cheapest is not None
        prices, split = self.coupling.signed(self.prices), self.split
        reduced = self.reduced(prices)
        there = other.costs - (other.row_prices() @ other.split.piece.matrix)[other.split.columns]
        lower, upper = (side[split.columns] for side in self.bounds)
        least, most = (side[split.columns] for side in other.bounds)
        changed = (other.cheapest < lower - FEASIBLE) | (other.cheapest > upper + FEASIBLE)
        changed |= (lower < least) | (upper > most)
        changed |= np.abs(reduced - there) > _SAME * (1.0 + np.abs(there))
        again = np.bincount(split.block_of_column, changed, split.blocks) > 0
        priced = self.pricer.price(reduced, np.flatnonzero(again), stop=stop)
        nothing = np.zeros(split.blocks, dtype=np.bool_)
        before = Priced(other.cheapest, other.floors, other.floors, nothing)
        return self._take(prices, before.replaced(split.starts, again, priced))

    def reduced(self, prices: Floats) -> Floats:
        """Return what the block columns cost at prices of the rows."""
        return np.asarray(self.costs - self.coupling.blocks_transposed @ prices)

    def _take(self, prices: Floats, priced: Priced) -> float:
        """Keep the points and, if it is the best, the bound; return it."""
        found = priced.found | (self.relaxed & np.isfinite(priced.linear))
        self.pool = self.pool.extended(self.split, priced.values, found)
        # No block costs more at least than the cheapest of its points that are known, whatever a solver says.
        known = self.pool.cheapest(self.reduced(prices), self.split.blocks)
        floors = np.where(priced.bounds < np.inf, np.minimum(priced.bounds, known), priced.bounds)
        every = -math.inf if (floors == -np.inf).any() else float(floors.sum())
        bound = every + self.coupling.shared_minimum(prices)[0] + self.offset
        if bound > self.bound:
            self.bound, self.prices, self.proof = bound, prices, prices
            self.floors, self.cheapest = floors, priced.values
        return bound

    def _resize(self, rise: float) -> None:
        """Widen the box if it was in the way of a good step, narrow it after a bad one."""
        assert self.master is not None
        if rise > _SERIOUS * self.hoped:
            if abs(self.master.penalty) > 0.02 * self.hoped:
                self.width = min(2.0 * self.width, _MOST_WIDTH)
        elif rise < _BAD * self.hoped:
            self.width = max(0.5 * self.width, _LEAST_WIDTH)

    def ask(self, stop: Callable[[], bool] = lambda: False) -> MasterSolution:
        """Solve the master over the pool in a box around the best prices; see `solve_master`."""
        columns, awake = self.pool.columns(self.coupling, self.costs), self.rows.awake
        scales = self.rows.scales(columns)
        coupling, prices = self.coupling.taken(awake), self.prices[awake]
        around = self.width * np.maximum(np.abs(prices), _FLOOR * scales[awake])
        tiny = 1e-6 * around
        low = np.maximum(prices - around, coupling.least - tiny)
        high = np.minimum(prices + around, coupling.most + tiny)
        inset = 0.05 * (high - low)
        start = np.clip(prices, low + inset, high - inset)
        hoped = self.hoped if math.isfinite(self.hoped) else 0.0
        precision = self._asked(hoped) if math.isfinite(self.bound) else 1e-3
        some = Columns(columns.block, columns.costs, sparse.csr_matrix(columns.activity[:, awake]))
        master = solve_master(coupling, some, low, high, start, precision, stop)
        self.master = replace(master, prices=self._of_all(master.prices))
        # A master that is solved to a precision does not tell that there is less to hope for.
        self.hoped = max(precision, self.master.value + self.offset - self.bound)
        self.rows.wake(columns, self.master, self.prices / scales, self.hoped)
        self.precision = _FINER if self.hoped > _STALLED * hoped else _PRECISION
        self.pool, self.master = self.pool.used(self.master, _OLDEST)
        return self.master

    def _asked(self, hoped: float) -> float:
        """Return the precision of the next master; of the first one, which nothing is known of, little."""
        first = not math.isfinite(self.hoped)
        return max((_ROUGH if first else _FINEST) * abs(self.bound), self.precision * hoped)

    def _of_all(self, prices: Floats) -> Floats:
        everywhere = np.zeros(self.coupling.rows)
        everywhere[self.rows.awake] = prices
        return everywhere


def _coupling(split: Split, bounds: tuple[Floats, Floats]) -> Coupling:
    lower, upper = bounds
    return coupling_of(split, lower[split.shared_columns], upper[split.shared_columns])
