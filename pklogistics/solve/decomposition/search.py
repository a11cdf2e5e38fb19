"""One tier searched by decomposition: prices and their bound, then plans, as long as there is time."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace

import numpy as np

from pklogistics.model.program import Floats, Ints
from pklogistics.solve.decomposition.choice import chosen_points
from pklogistics.solve.decomposition.dual import Dual
from pklogistics.solve.decomposition.improver import Improver, part_seconds
from pklogistics.solve.decomposition.sample import first_prices
from pklogistics.solve.decomposition.split import Split, split_of
from pklogistics.solve.decomposition.tree import Branch, Tree, dual_of_branch
from pklogistics.solve.engine import Engine
from pklogistics.solve.implied import implied_bounds
from pklogistics.solve.piece import Piece
from pklogistics.solve.search import Search
from pklogistics.solve.solution import Stopped

_SAMPLE, _WHOLE_PROGRAM = 400, 500
"""Blocks of a sample; a program of fewer than the second number needs none."""

_RELAXED_PASSES, _RELAXED_ENOUGH = 15, 1e-2
_LONGEST_RUN, _SLOW = 4, 1e-3
"""Passes between two looks at the weights of links; the least relative rise of the bound for one more run."""

_DUAL_SHARE, _FIXED_SHARE, _RELAXED_SHARE = 0.4, 0.3, 0.85
"""What of a tier's time goes to the prices, and to those with the whole shared columns fixed; and what of the
first to prices of the linear program."""

_USED = 0.1
"""A whole shared column that the prices use by less than this is left out of the first plan."""

_INNER_PASSES = 12
_BRANCH_PASSES, _BRANCH_ENOUGH = 6, 1e-3
_REFUTED = "a bound by prices was refuted by a verified solution; it was dropped"


@dataclass
class Blocks:
    """Which block each row and column of the program belongs to, and what the latest search left behind.

    Attributes
    ----------
    rows, columns : block numbers or ``SHARED``; rows added to the program later are shared
    dual : of the latest search, None before the first
    known : a point, of any tier, that keeps the rows of blocks; None if there is none
    """

    rows: Ints
    columns: Ints
    dual: Dual | None = None
    known: Floats | None = None


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
    """

    engine: Engine
    search: Search
    blocks: Blocks
    deadline: float
    told: bool = True
    reason: Stopped | None = None

    def run(self, *, until_found: bool = False) -> Floats | None:
        """Improve the search until its gap is reached or time is up; ``until_found``: or there is a plan.

        Returns what it was at in the end if that still breaks shared rows, None otherwise.
        """
        began = time.monotonic()
        total = self.deadline - began
        dual = self._begun()
        self._converge(dual, began + _DUAL_SHARE * total)
        improver = Improver(self.engine, self.search, dual)
        if not self._ends() and dual.master is not None:
            self._begin(improver, self._first_plan(dual, began + (_DUAL_SHARE + _FIXED_SHARE) * total))
        if until_found:
            while not self._ends() and improver.draft is not None and improver.step(self._left()):
                pass
        else:
            self._improve(dual, improver)
        self.search.stopped = self.reason or ("gap" if self._solved() else "time")
        return improver.draft

    def _begin(self, improver: Improver, draft: Floats | None) -> None:
        """Go on from a draft if it is worth it."""
        if draft is not None and self.search.piece.value(draft) < self.search.value:
            improver.begin(draft)

    def improve(self, draft: Floats | None = None) -> None:
        """Improve the plan at hand, or the draft, with no other bound than the trivial one."""
        split = split_of(self.search.piece, self.blocks.rows, self.blocks.columns)
        dual = self._dual(split, (split.piece.col_lower, split.piece.col_upper))
        improver = Improver(self.engine, self.search, dual)
        if draft is not None:
            improver.begin(draft)
        while not self._ends() and improver.step(self._left()):
            pass
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

    def _over(self) -> bool:
        return self._late(self.deadline)

    def _late(self, until: float) -> bool:
        if self.reason is None:
            self.reason = self.engine.monitor.check()
        return self.reason is not None or time.monotonic() >= until

    def _converge(self, dual: Dual, until: float) -> None:
        """Look for the prices that bound best, first in fractions, then in whole numbers."""
        now = time.monotonic()
        self._first_passes(dual, now + _RELAXED_SHARE * (until - now))
        while not self._late(until) or dual.master is None:
            before = dual.bound
            self._passes(dual, until, _LONGEST_RUN, 0.1 * self.engine.options.gap)
            if self._late(until) or self._solved() or dual.bound - before < _SLOW * abs(dual.bound):
                break
            dual.reweigh()

    def _first_passes(self, dual: Dual, until: float) -> None:
        """Begin with the linear program: of all blocks if they are few, else of some, and then by passes."""
        if dual.proof is None:
            blocks = dual.split.blocks
            size = blocks if blocks <= _WHOLE_PROGRAM else _SAMPLE
            first = first_prices(dual.split, size, self.engine.options.seed)
            if first is not None:
                dual.begin(first)
            dual.relaxed = blocks > _WHOLE_PROGRAM
        if dual.relaxed:
            self._passes(dual, until, _RELAXED_PASSES, _RELAXED_ENOUGH)
            dual.in_whole_numbers()

    def _passes(self, dual: Dual, until: float, most: int, enough: float) -> None:
        """Make passes until the master hopes for little more, relative to the bound; one at least.

        A pass that would end too late is not begun: what it finds is of use only as a whole.
        """
        prices, took = dual.prices, 0.0
        for _ in range(most):
            began = time.monotonic()
            if self._late(until - took) and dual.master is not None:
                return
            master = dual.step(prices, self._over)
            self._take_bound(dual)
            if master is None or dual.hoped <= enough * abs(dual.bound) or self._solved():
                return
            prices, took = master.prices, time.monotonic() - began

    def _take_bound(self, dual: Dual) -> None:
        if _same(dual.split.piece, self.search.piece) and not self.search.offer_bound(dual.bound):
            self.search.notes.append(_REFUTED)
        self._tell()

    def _tell(self) -> None:
        if self.told:
            self.engine.monitor.tell(self.search.value, self.search.bound)

    def _first_plan(self, dual: Dual, until: float) -> Floats | None:
        """Fix the whole shared columns, look for prices again, and choose a point of each block.

        The plan may break shared rows; there may be none.
        """
        split, master = dual.split, dual.master
        assert master is not None
        whole = split.piece.integer[split.shared_columns]
        shared = master.shared[: len(split.shared_columns)]
        lower, upper = (side[split.shared_columns] for side in dual.bounds)
        used = np.ceil(shared - _USED)
        least, most = np.where(whole, used, lower), np.where(whole, used, upper)
        narrow = self._narrow(dual, Branch(least, most, dual.bound, dual.row_prices()))
        self._passes(narrow, until, _INNER_PASSES, self.engine.options.gap)
        if narrow.master is None or self._ends():
            return None
        return self._chosen(narrow)

    def _chosen(self, narrow: Dual) -> Floats | None:
        """Choose a point of each block; those of the plan at hand are among them."""
        split = narrow.split
        known = self.blocks.known if self.search.values is None else self.search.values
        if known is not None:
            everywhere = np.ones(split.blocks, dtype=np.bool_)
            narrow.pool = narrow.pool.extended(split, known[split.columns], everywhere).allowed(split)
        return chosen_points(self.engine, narrow, part_seconds(self._left()))

    def _left(self) -> float:
        return self.deadline - time.monotonic()

    def _narrow(self, dual: Dual, branch: Branch) -> Dual:
        options = self.engine.options
        threads = options.threads or os.cpu_count() or 1
        return dual_of_branch(dual, branch, self.blocks.rows, self.blocks.columns, threads, options.seed)

    def _improve(self, dual: Dual, improver: Improver) -> None:
        """Better plan and bound in turn, for about the same time each, until time is up."""
        same = dual.master is not None and _same(dual.split.piece, self.search.piece)
        tree = Tree.of(dual) if same else None
        spent = [0.0, 0.0]
        while not self._ends():
            began = time.monotonic()
            mending = improver.draft is not None
            bounding = tree is not None and not (mending or tree.exhausted) and spent[0] <= spent[1]
            if tree is not None and bounding:
                self._branch(dual, tree, improver)
            elif not improver.step(self._left()):
                return
            spent[not bounding] += time.monotonic() - began

    def _branch(self, dual: Dual, tree: Tree, improver: Improver) -> None:
        """Look at the part that has the least bound; where nothing divides it, for a plan in it."""
        branch = tree.next()
        narrow = self._narrow(dual, branch)
        prices, enough = narrow.prices, self.search.value * (1.0 - self.engine.options.gap)
        for _ in range(_BRANCH_PASSES):
            master = narrow.step(prices, self._over)
            if master is None or narrow.bound >= enough or narrow.hoped <= _BRANCH_ENOUGH * abs(narrow.bound):
                break
            prices = master.prices
        if narrow.bound > branch.bound:
            branch = replace(branch, bound=narrow.bound, prices=narrow.row_prices())
        if branch.bound >= enough:
            tree.close(branch)
        elif narrow.master is None:
            tree.put(branch)
        elif not tree.divide(branch, narrow) and not self._over():
            self._begin(improver, self._chosen(narrow))
        if not self.search.offer_bound(tree.bound):
            self.search.notes.append(_REFUTED)
        self._tell()


def _same(first: Piece, second: Piece) -> bool:
    """Say whether two pieces of one program are the same: tiers differ in objective, bounds and rows."""
    if first.matrix.shape != second.matrix.shape:
        return False
    names = ("costs", "col_lower", "col_upper", "row_lower", "row_upper")
    return all(np.array_equal(getattr(first, name), getattr(second, name)) for name in names)
