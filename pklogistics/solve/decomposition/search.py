"""One tier searched by decomposition: prices and their bound, then plans, as long as there is time."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

import numpy as np

from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.decomposition.choice import chosen_points, penalties
from pklogistics.solve.decomposition.dual import Dual
from pklogistics.solve.decomposition.fixing import with_shared_fixed
from pklogistics.solve.decomposition.neighbours import Neighbours
from pklogistics.solve.decomposition.primal import broken, part_of, solve_part
from pklogistics.solve.decomposition.sample import first_prices
from pklogistics.solve.decomposition.split import Split, split_of
from pklogistics.solve.engine import Engine
from pklogistics.solve.implied import implied_bounds
from pklogistics.solve.piece import Piece
from pklogistics.solve.search import Search
from pklogistics.solve.solution import Stopped

_SAMPLE = 500
_RELAXED_PASSES, _RELAXED_ENOUGH = 10, 1e-2
_LONGEST_RUN = 4
"""Passes between two looks at the weights of links."""

_DUAL_SHARE, _FIXED_SHARE = 0.4, 0.25
"""What of a tier's time goes to the prices, and to those with the whole shared columns fixed."""

_USED = 0.02
_INNER_PASSES = 12
_DEARER = 10.0
_PART_SECONDS = (3.0, 10.0)
_FIRST_SIZE, _SIZES = 30, (15, 120)


@dataclass
class Blocks:
    """Which block each row and column of the program belongs to, and what the latest search left behind.

    Attributes
    ----------
    rows, columns : block numbers or ``SHARED``; rows added to the program later are shared
    dual : of the latest search, None before the first
    """

    rows: Ints
    columns: Ints
    dual: Dual | None = None


@dataclass
class BlockSearch:
    """The search of one tier.

    Attributes
    ----------
    engine, search : as in other searches
    blocks : of the program
    deadline : in seconds of ``time.monotonic()``
    told : whether value and bound are news of the tier, and not of another objective
    reason : why the search was stopped from outside, None if it was not
    draft : a point better than the plan at hand that still breaks shared rows, None if there is none
    """

    engine: Engine
    search: Search
    blocks: Blocks
    deadline: float
    told: bool = True
    reason: Stopped | None = None
    draft: Floats | None = None

    def run(self, *, until_found: bool = False) -> None:
        """Improve the search until its gap is reached or time is up; ``until_found``: or there is a plan."""
        began = time.monotonic()
        total = self.deadline - began
        dual = self._begun()
        self._converge(dual, began + _DUAL_SHARE * total)
        if not self._ends() and dual.master is not None:
            self._first_plan(dual, began + (_DUAL_SHARE + _FIXED_SHARE) * total)
        # A set of so many blocks would be all of them: that is for a solver of the whole.
        if not until_found and dual.split.blocks > _FIRST_SIZE:
            self._neighbourhoods(dual)
        self.search.stopped = self.reason or ("gap" if self._solved() else "time")

    def improve(self) -> None:
        """Improve the plan at hand, with no other bound than the trivial one."""
        split = split_of(self.search.piece, self.blocks.rows, self.blocks.columns)
        self._neighbourhoods(self._dual(split, (split.piece.col_lower, split.piece.col_upper)))
        self.search.stopped = self.reason or ("gap" if self._solved() else "time")

    def _begun(self) -> Dual:
        """Return the dual of the tier: that of the search before if its program was the same."""
        piece, known = self.search.piece, self.blocks.dual
        if known is None or not _same(known.split.piece, piece):
            split = split_of(piece, self.blocks.rows, self.blocks.columns)
            self.blocks.dual = self._dual(split, implied_bounds(piece, self.search.values))
        assert self.blocks.dual is not None
        self._take_bound(self.blocks.dual)
        return self.blocks.dual

    def _dual(self, split: Split, bounds: tuple[Floats, Floats]) -> Dual:
        options = self.engine.options
        return Dual.of(split, bounds, options.threads or os.cpu_count() or 1, options.seed)

    def _solved(self) -> bool:
        return self.search.solved(self.engine.options.gap)

    def _ends(self) -> bool:
        """Say whether the search is over; tell how it stands."""
        self._tell()
        if self.reason is None:
            self.reason = self.engine.monitor.check()
        return self.reason is not None or time.monotonic() >= self.deadline or self._solved()

    def _late(self, until: float) -> bool:
        if self.reason is None:
            self.reason = self.engine.monitor.check()
        return self.reason is not None or time.monotonic() >= until

    def _converge(self, dual: Dual, until: float) -> None:
        """Look for the prices that bound best, first in fractions, then in whole numbers."""
        self._first_passes(dual, until)
        while not self._late(until):
            before = dual.bound
            self._passes(dual, until, _LONGEST_RUN, 0.1 * self.engine.options.gap)
            if self._solved() or dual.bound - before < 0.02 * self.engine.options.gap * abs(dual.bound):
                break
            dual.reweigh()

    def _first_passes(self, dual: Dual, until: float) -> None:
        """Begin with the linear program: of all blocks if they are few, else of some, and then by passes."""
        if dual.proof is None:
            first = first_prices(dual.split, _SAMPLE, self.engine.options.seed)
            if first is not None:
                dual.begin(first)
            dual.relaxed = dual.split.blocks > _SAMPLE
        if dual.relaxed:
            self._passes(dual, until, _RELAXED_PASSES, _RELAXED_ENOUGH)
            if not self._late(until):
                dual.in_whole_numbers()

    def _passes(self, dual: Dual, until: float, most: int, enough: float) -> None:
        """Make passes until the master hopes for little more, relative to the bound."""
        prices = dual.prices
        for _ in range(most):
            if self._late(until):
                return
            master = dual.step(prices, lambda: self._late(until))
            self._take_bound(dual)
            if master is None or dual.hoped <= enough * abs(dual.bound) or self._solved():
                return
            prices = master.prices

    def _take_bound(self, dual: Dual) -> None:
        if _same(dual.split.piece, self.search.piece) and not self.search.offer_bound(dual.bound):
            self.search.notes.append("a bound by prices was refuted by a verified solution; it was dropped")
        self._tell()

    def _tell(self) -> None:
        if self.told:
            self.engine.monitor.tell(self.search.value, self.search.bound)

    def _first_plan(self, dual: Dual, until: float) -> None:
        """Fix the whole shared columns, look for prices again, and round."""
        split, master = dual.split, dual.master
        assert master is not None
        whole = split.piece.integer[split.shared_columns]
        shared = master.shared[: len(split.shared_columns)]
        fixed = with_shared_fixed(split, np.where(whole, shared > _USED, shared))
        inner = split_of(fixed, self.blocks.rows, self.blocks.columns)
        narrow = self._dual(inner, implied_bounds(fixed, None))
        narrow.begin(_row_prices(dual)[inner.rows])
        self._passes(narrow, until, _INNER_PASSES, self.engine.options.gap)
        if narrow.master is None or self._ends():
            return
        values = chosen_points(self.engine, narrow, self._part_seconds())
        if values is not None and not self.search.offer(values):
            self.draft = values
        self._tell()

    def _part_seconds(self) -> float:
        left = max(0.0, self.deadline - time.monotonic())
        return min(max(left / 8, _PART_SECONDS[0]), _PART_SECONDS[1])

    def _offer(self, values: Floats | None) -> bool:
        before = self.search.value
        self.search.offer(None if values is None else self.search.piece.tidied(values))
        return self.search.value < before

    def _neighbourhoods(self, dual: Dual) -> None:
        """Solve sets of blocks again until time is up; more of them while that is done at once."""
        neighbours = Neighbours(dual, self.engine.options.seed)
        size = min(_FIRST_SIZE, dual.split.blocks)
        dear = None if self.draft is None else dual.coupling.aggregator.T @ penalties(dual)
        while not self._ends():
            point = self.search.values if self.draft is None else self.draft
            if point is None:
                return
            chosen = neighbours.drawn(point, size, broken(dual.split, point))
            part = part_of(dual.split, point, chosen, None if self.draft is None else dear)
            began, seconds = time.monotonic(), self._part_seconds()
            found = solve_part(self.engine, part, seconds)
            if found is not None:
                whole = point.copy()
                whole[part.columns] = found
                self._take(whole)
            if self.draft is not None:
                # What costs little to break would stay broken within the gap to which a part is solved.
                dear = np.where(broken(dual.split, self.draft) != 0, _DEARER * dear, dear)
            quick = time.monotonic() - began < 0.5 * seconds
            size = int(np.clip(size * (1.2 if quick else 0.8), *_SIZES))

    def _take(self, values: Floats) -> None:
        """Offer a point; go on from it if it breaks shared rows still."""
        values = self.search.piece.tidied(values)
        feasible = self.search.offer(values)
        if self.draft is not None:
            self.draft = None if feasible else values


def _same(first: Piece, second: Piece) -> bool:
    """Say whether two pieces of one program are the same: tiers differ in objective, bounds and rows."""
    if first.matrix.shape != second.matrix.shape:
        return False
    names = ("costs", "col_lower", "col_upper", "row_lower", "row_upper")
    return all(np.array_equal(getattr(first, name), getattr(second, name)) for name in names)


def _row_prices(dual: Dual) -> Floats:
    """Return the best prices by row of the piece."""
    prices = np.zeros(dual.split.piece.rows)
    if dual.proof is not None:
        prices[dual.split.rows] = dual.proof
    return prices
