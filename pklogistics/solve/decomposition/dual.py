"""The search for the prices that bound best: price all blocks, ask the master, repeat."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from pklogistics.model.program import Floats
from pklogistics.solve.decomposition.coupling import Coupling, coupling_of
from pklogistics.solve.decomposition.links import link_weights
from pklogistics.solve.decomposition.master import MasterSolution, solve_master
from pklogistics.solve.decomposition.pool import Pool
from pklogistics.solve.decomposition.pricing import Pricer
from pklogistics.solve.decomposition.reduced import Columns
from pklogistics.solve.decomposition.split import Split

_FIRST_WIDTH, _LEAST_WIDTH, _MOST_WIDTH = 0.5, 0.05, 4.0
_FLOOR = 1e-3
"""Box of a price that is zero, as a share of the price that the row can hardly pass."""

_SERIOUS, _BAD = 0.1, -0.5
"""What of the hoped-for rise of the bound counts as a step forward, and as one back."""

_OLDEST = 12
_PRECISION = 0.1
"""Precision of the master, as a share of the rise that it still hopes for."""


@dataclass
class Dual:
    """Prices of one split, the best bound they gave, and the points of blocks found on the way.

    Attributes
    ----------
    split, coupling, pricer : the program
    bounds : finite column bounds of the piece
    pool : points of blocks that keep the blocks' rows, whole where they have to be
    prices : of the rows of the coupling; those that gave the best bound with these link weights
    bound : the best bound of all
    current : the best bound with the present link weights
    proof : prices of the split's shared rows that gave ``bound``
    floors : what they leave each block to cost at least, shape (blocks,)
    relaxed : whether whole columns may be fractional: faster, and the bound is that of the linear program
    hoped : by how much the latest master thought that the bound could rise
    """

    split: Split
    bounds: tuple[Floats, Floats]
    pricer: Pricer
    coupling: Coupling
    pool: Pool
    prices: Floats
    bound: float = -math.inf
    current: float = -math.inf
    proof: Floats | None = None
    floors: Floats | None = None
    master: MasterSolution | None = None
    hoped: float = math.inf
    width: float = field(default=_FIRST_WIDTH)
    relaxed: bool = False

    @classmethod
    def of(cls, split: Split, bounds: tuple[Floats, Floats], threads: int, seed: int) -> Dual:
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

    def row_prices(self) -> Floats:
        """Return the best prices, 0 before there are any, by row of the piece."""
        prices = np.zeros(self.split.piece.rows)
        if self.proof is not None:
            prices[self.split.rows] = self.proof
        return prices

    def begin(self, row_prices: Floats) -> None:
        """Begin with prices of the split's shared rows; links get weights by theirs."""
        size = np.abs(row_prices)
        total = np.bincount(self.split.group, weights=size, minlength=self.split.size)[self.split.group]
        count = np.bincount(self.split.group, minlength=self.split.size)[self.split.group]
        weights = np.where(total > 0, np.maximum(size, 1e-3 * total / count), 1.0)
        self.split = self.split.with_weights(weights)
        self.coupling = _coupling(self.split, self.bounds)
        asked = np.bincount(self.split.group, weights=row_prices, minlength=self.split.size)
        given = np.bincount(self.split.group, weights=self.split.weights, minlength=self.split.size)
        self.prices = self.coupling.signed(asked / given)

    def step(self, prices: Floats, stop: Callable[[], bool]) -> MasterSolution | None:
        """Price all blocks, and ask the master where to go on; None if stopped meanwhile.

        The next prices to try are those of the solution.
        """
        before = self.current
        bound = self.evaluate(prices, stop)
        if stop():
            return None
        if self.master is not None and math.isfinite(before):
            self._resize(bound - before)
        return self.ask()

    def evaluate(self, prices: Floats, stop: Callable[[], bool]) -> float:
        """Price all blocks, keep their points and, if it is the best, the bound; return it."""
        prices = self.coupling.signed(prices)
        reduced = self.costs - self.coupling.blocks_transposed @ prices
        priced = self.pricer.price(reduced, relaxed=self.relaxed, stop=stop)
        self.pool = self.pool.extended(self.split, priced.values, priced.found)
        bound = float(priced.bounds.sum()) + self.coupling.shared_minimum(prices)[0] + self.offset
        if bound > self.current:
            self.current, self.prices = bound, prices
        if bound > self.bound:
            self.bound = bound
            self.proof = np.asarray(self.coupling.aggregator.T @ prices)
            self.floors = priced.bounds
        return bound

    def _resize(self, rise: float) -> None:
        """Widen the box if it was in the way of a good step, narrow it after a bad one."""
        assert self.master is not None
        if rise > _SERIOUS * self.hoped:
            if abs(self.master.penalty) > 0.02 * self.hoped:
                self.width = min(2.0 * self.width, _MOST_WIDTH)
        elif rise < _BAD * self.hoped:
            self.width = max(0.5 * self.width, _LEAST_WIDTH)

    def ask(self) -> MasterSolution:
        """Solve the master over the pool in a box around the best prices."""
        coupling, prices = self.coupling, self.prices
        columns = self.pool.columns(coupling, self.costs)
        around = self.width * np.maximum(np.abs(prices), _FLOOR * self.scales(columns))
        tiny = 1e-6 * around
        low = np.maximum(prices - around, coupling.least - tiny)
        high = np.minimum(prices + around, coupling.most + tiny)
        inset = 0.05 * (high - low)
        start = np.clip(prices, low + inset, high - inset)
        hoped = self.hoped if math.isfinite(self.hoped) else 0.0
        precision = max(1e-6 * abs(self.current), _PRECISION * hoped) if math.isfinite(self.current) else 1e-3
        self.master = solve_master(coupling, columns, low, high, start, precision)
        self.hoped = max(0.0, self.master.value + self.offset - self.current)
        self.pool, self.master = self.pool.used(self.master, _OLDEST)
        return self.master

    def scales(self, columns: Columns) -> Floats:
        """Return for each row a price that it can hardly pass: the size of the objective by its activity."""
        size, total = np.abs(self.coupling.sides), 0.0
        if len(columns.block):
            activity = abs(columns.activity)
            most = np.asarray(activity.max(axis=0).todense()).ravel()
            count = np.asarray((activity > 0).sum(axis=0)).ravel()
            size = np.maximum(size, most * np.sqrt(np.maximum(count, 1)))
            total = float(np.abs(columns.costs).mean()) * self.split.blocks
        return np.where(size > 0, max(total, 1e-3) / np.maximum(size, 1e-12), 1.0)

    def in_whole_numbers(self) -> None:
        """Go on from the prices of the linear program to those of the program itself."""
        self.relaxed, self.pool = False, self.pool.whole(self.split)
        self.current, self.hoped, self.master, self.width = -math.inf, math.inf, None, _FIRST_WIDTH

    def reweigh(self) -> None:
        """Give links the weights that fit the best prices; prices keep what they ask for in sum."""
        if not self.split.links.any():
            return
        before = np.bincount(self.split.group, weights=self.split.weights, minlength=self.split.size)
        weights = link_weights(self.split, self.coupling, self.pool, self.costs, self.prices)
        self.split = self.split.with_weights(weights)
        after = np.bincount(self.split.group, weights=self.split.weights, minlength=self.split.size)
        self.coupling = _coupling(self.split, self.bounds)
        self.prices = self.prices * before / after
        self.current, self.hoped = -math.inf, math.inf


def _coupling(split: Split, bounds: tuple[Floats, Floats]) -> Coupling:
    lower, upper = bounds
    return coupling_of(split, lower[split.shared_columns], upper[split.shared_columns])
