"""One tier searched by decomposition: prices and their bound, then plans, as long as there is time."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.crew import Crew, workers_of
from pklogistics.solve.decomposition.choice import chosen_points
from pklogistics.solve.decomposition.dual import Dual
from pklogistics.solve.decomposition.earlier import begin_by, prices_of
from pklogistics.solve.decomposition.improver import Improver, part_seconds
from pklogistics.solve.decomposition.links import asked_of_shared
from pklogistics.solve.decomposition.local import localised
from pklogistics.solve.decomposition.pool import Pool
from pklogistics.solve.decomposition.sample import first_prices
from pklogistics.solve.decomposition.split import Split, split_of
from pklogistics.solve.decomposition.tree import Branch, Tree, dual_of_branch, fixed_branch
from pklogistics.solve.engine import Engine
from pklogistics.solve.implied import implied_bounds
from pklogistics.solve.piece import Piece
from pklogistics.solve.search import Search
from pklogistics.solve.solution import PricedPart, Stopped

_SAMPLE, _WHOLE_PROGRAM = 250, 500
"""Blocks of a sample; a program of fewer than the second number needs none."""

_RELAXED_PASSES, _RELAXED_ENOUGH = 10, 0.1
_ROOT_PASSES, _ROOT_ENOUGH, _ROOT_DONE = 15, 1e-2, 1e-3
_LEAF_PASSES, _LEAF_ENOUGH = 30, 2e-3
_BRANCH_PASSES, _BRANCH_ENOUGH = 6, 1e-3
"""Most passes in one go, and what the master then hopes for at most, relative to the bound: in the linear
program, in whole numbers (before there is a plan, and before branching), in the leaf, and in the parts beside
it."""

_SLOW = 1e-3
"""Least relative rise of the bound for which links get other weights once more."""

_MOST, _MIXED_ENOUGH = 0.8, 5e-3
"""What of the loss of fractions those blocks have that are priced in whole numbers at first, and what the
master then hopes for."""

_DUAL_SHARE, _ROOT_SHARE = 0.6, 0.6
"""What of a tier's time goes to prices before there is a plan; what of that to those of the whole program."""

_REFUTED = "a bound by prices was refuted by a verified solution; it was dropped"


@dataclass
class Blocks:
    """Which block each row and column of the program belongs to, and what the latest search left behind.

    Attributes
    ----------
    rows, columns : block numbers or ``SHARED``; rows added to the program later are shared
    dual : of the latest search, None before the first
    leaf : of the part of that program in which whole shared columns are fixed
    branch : what they are fixed at
    earlier : prices of the rows of the program of the tier before, None if none was searched
    """

    rows: Ints
    columns: Ints
    dual: Dual | None = None
    leaf: Dual | None = None
    branch: Branch | None = None
    earlier: Floats | None = None


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
        dual = self._begun()
        before = None if self.blocks.leaf is None else self.blocks.leaf.bound
        leaf = self._leaf(dual, began + _DUAL_SHARE * (self.deadline - began))
        improver = Improver(self.engine, self.search, dual, dual if leaf is None else leaf)
        if leaf is not None and leaf.bound != before and not self._ends():
            self._begin(improver, chosen_points(self.engine, leaf, part_seconds(self._left())))
        if until_found:
            while not self._ends() and improver.draft is not None and improver.step(self._left()):
                pass
        else:
            self._improve(dual, leaf, improver)
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
        improver = Improver(self.engine, self.search, dual, dual)
        if draft is not None:
            improver.begin(draft)
        while not self._ends() and improver.step(self._left()):
            pass
        self.search.stopped = self.reason or ("gap" if self._solved() else "time")

    def _begun(self) -> Dual:
        """Return the dual of the tier: that of the search before if its program was the same."""
        piece, known = self.search.piece, self.blocks.dual
        if known is None or not _same(known.split.piece, piece):
            self.blocks.earlier = prices_of(self.blocks.dual, self.blocks.leaf)
            before = self.blocks.dual if self.blocks.leaf is None else self.blocks.leaf
            split = split_of(piece, self.blocks.rows, self.blocks.columns)
            self.blocks.dual = self._dual(split, implied_bounds(piece, self.search.values))
            self.blocks.leaf = self.blocks.branch = None
            if before is not None:
                self.blocks.dual.pool = before.pool.allowed(split)
        assert self.blocks.dual is not None
        self._take_bound(self.blocks.dual)
        return self.blocks.dual

    @property
    def _threads(self) -> Crew:
        return self.engine.crew

    def _dual(self, split: Split, bounds: tuple[Floats, Floats]) -> Dual:
        return Dual.of(split, bounds, self._threads, self.engine.options.seed)

    def _solved(self) -> bool:
        return self.search.solved(self.engine.options.gap)

    def _ends(self) -> bool:
        """Say whether the search is over; tell how it stands."""
        self._tell()
        if self.reason is None:
            self.reason = self.engine.monitor.check()
        dual = self.blocks.dual
        impossible = dual is not None and dual.empty
        return self.reason is not None or time.monotonic() >= self.deadline or self._solved() or impossible

    def _over(self) -> bool:
        return self._late(self.deadline)

    def _late(self, until: float) -> bool:
        if self.reason is None:
            self.reason = self.engine.monitor.check()
        return self.reason is not None or time.monotonic() >= until

    def _leaf(self, dual: Dual, until: float) -> Dual | None:
        """Return the part in which whole shared columns are fixed as prices use them, at its best prices.

        The prices are first looked for in fractions, then in whole numbers; None if time ends before.
        """
        blocks = self.blocks
        if blocks.leaf is None:
            now = time.monotonic()
            self._first_passes(dual, now + _ROOT_SHARE * (until - now))
            if self._ends() or dual.master is None:
                return None
            leaf = self._fixed(dual, dual.master.shared)
            if _many(dual.split):
                leaf.lost = dual.lost
                leaf.in_whole_numbers(_most_of(dual.lost))
                self._passes(leaf, until, _LEAF_PASSES, _MIXED_ENOUGH)
                leaf.in_whole_numbers()
        else:
            leaf = blocks.leaf
        self._passes(leaf, until, _LEAF_PASSES, _LEAF_ENOUGH)
        if leaf.bound == math.inf and dual.master is not None:
            # Some block cannot be without what it asks for.
            leaf = self._fixed(dual, asked_of_shared(dual))
            self._passes(leaf, until, _LEAF_PASSES, _LEAF_ENOUGH)
        return None if leaf.master is None else leaf

    def _fixed(self, dual: Dual, used: Floats) -> Dual:
        """Make the leaf of what is used of whole shared columns, or of the plan of the tier before."""
        plan = self.search.values if self.search.proven_before else None
        self.blocks.branch = fixed_branch(dual, used, plan)
        self.blocks.leaf = self._narrow(dual, self.blocks.branch, dual.pool)
        return self.blocks.leaf

    def _first_passes(self, dual: Dual, until: float) -> None:
        """Begin with the linear program: of all blocks if they are few, else of some, and then by passes.

        Prices of the tier before may be better than those of some blocks.
        """
        many, earlier = _many(dual.split), self.blocks.earlier
        fresh = dual.proof is None
        if fresh and many:
            # Whether each block has a point at all is seen at any prices, soonest without any.
            dual.evaluate(dual.prices, self._over)
            self._take_bound(dual)
            if self._ends():
                return
        if fresh:
            dual.whole[:] = not many
            begun = None
            if many and earlier is not None and dual.split.piece.rows == len(earlier) + 1:
                begun = begin_by(dual, earlier, self.search.value, self._over)
            some = _SAMPLE if many else dual.split.blocks
            first = first_prices(dual.split, some, self.engine.options.seed, self._over)
            if first is not None:
                dual.begin(first)
            if first is not None and many:
                polished, workers = dual.polished(dual.prices), workers_of(self.engine.options)
                dual.prices = localised(dual, polished, until, self._over, workers)
            if begun is not None and (first is None or dual.evaluate(dual.prices, self._over) < begun.bound):
                dual.begin(begun.prices)
            self._take_bound(dual)
        if not dual.whole.all():
            self._passes(dual, until, _RELAXED_PASSES, _RELAXED_ENOUGH)
            dual.in_whole_numbers()
        self._root_passes(dual, until)

    def _root_passes(self, dual: Dual, until: float) -> None:
        """Look for prices that say which whole shared columns are worth their price; one pass at least.

        Where blocks are few, passes cost little, and links get other weights as long as that helps.
        """
        few = not _many(dual.split)
        enough = 0.1 * self.engine.options.gap if few else _ROOT_ENOUGH
        while True:
            before = dual.bound
            self._passes(dual, until, _ROOT_PASSES, enough)
            slow = dual.bound - before <= _SLOW * abs(dual.bound)
            if not few or slow or self._late(until) or self._solved() or dual.empty:
                return
            dual.reweigh()

    def _passes(self, dual: Dual, until: float, most: int, enough: float, goal: float = math.inf) -> None:
        """Make passes until the master hopes for little more, relative to the bound; one at least.

        Or until the bound is at its goal.

        A pass that would end too late is not begun: what it finds is of use only as a whole.
        """
        prices, took = dual.prices if dual.master is None else dual.master.prices, 0.0
        for _ in range(most):
            began = time.monotonic()
            if self._late(until - took) and dual.master is not None:
                return
            master = dual.step(prices, self._over)
            self._take_bound(dual)
            done = dual.bound >= goal or dual.hoped <= enough * abs(dual.bound) or dual.empty
            if master is None or done or self._solved():
                return
            prices, took = master.prices, time.monotonic() - began

    def _take_bound(self, dual: Dual) -> None:
        if _same(dual.split.piece, self.search.piece):
            self._offer_bound(dual.bound, [PricedPart.whole(dual.row_prices())])
        self._tell()

    def _tell(self) -> None:
        if self.told:
            self.engine.monitor.tell(self.search.value, self.search.bound)

    def _left(self) -> float:
        return self.deadline - time.monotonic()

    def _narrow(self, dual: Dual, branch: Branch, pool: Pool) -> Dual:
        rows, columns = self.blocks.rows, self.blocks.columns
        return dual_of_branch(dual, branch, pool, rows, columns, self._threads, self.engine.options.seed)

    def _improve(self, dual: Dual, leaf: Dual | None, improver: Improver) -> None:
        """Better plan and bound in turn, for about the same time each, until time is up.

        The bound is bettered by prices of the whole as long as there is much to gain, then by branching.
        """
        tree: Tree | None = None
        spent = [0.0, 0.0]
        while not self._ends():
            began = time.monotonic()
            bounding = improver.draft is None and not (tree and tree.exhausted) and spent[0] <= spent[1]
            if leaf is not None and bounding:
                tree = self._better_bound(dual, leaf, tree, improver)
            elif not improver.step(self._left()):
                return
            spent[not bounding] += time.monotonic() - began

    def _better_bound(self, dual: Dual, leaf: Dual, tree: Tree | None, improver: Improver) -> Tree | None:
        """Make one pass of the whole, or look at one part; return the tree once there is one."""
        if tree is None and dual.hoped > _ROOT_DONE * abs(dual.bound):
            self._passes(dual, self.deadline, 1, _ROOT_DONE)
            return None
        if tree is None:
            prices = leaf.row_prices()
            assert self.blocks.branch is not None
            branch = replace(self.blocks.branch, bound=leaf.bound, prices=prices, proof=prices, seen=True)
            self.blocks.branch, tree = branch, Tree.around(dual, branch)
        if not tree.exhausted:
            self._bound(dual, leaf, tree, improver)
        return tree

    def _bound(self, dual: Dual, leaf: Dual, tree: Tree, improver: Improver) -> None:
        """Look at the part that has the least bound; where nothing divides it, for a plan in it.

        At first it is bounded by known prices, which takes little; by its own if it is the least again.
        """
        branch = tree.next()
        enough = self.search.value * (1.0 - self.engine.options.gap)
        if not branch.seen:
            branch = self._glanced(dual, leaf, branch)
            if branch.bound < enough:
                tree.put(branch)
            else:
                tree.close(branch)
        else:
            narrow = leaf if branch is self.blocks.branch else self._narrow(dual, branch, leaf.pool)
            self._passes(narrow, self.deadline, _BRANCH_PASSES, _BRANCH_ENOUGH, enough)
            if narrow.bound > branch.bound:
                prices = narrow.row_prices()
                branch = replace(branch, bound=narrow.bound, prices=prices, proof=prices)
            if branch.bound >= enough:
                tree.close(branch)
            elif narrow.master is None:
                tree.put(branch)
            elif not tree.divide(branch, narrow) and not self._over():
                self._begin(improver, chosen_points(self.engine, narrow, part_seconds(self._left())))
        self._offer_bound(tree.bound, tree.parts())
        self._tell()

    def _offer_bound(self, bound: float, parts: Iterable[PricedPart]) -> None:
        if not self.search.offer_bound(bound, parts):
            self.search.notes.append(_REFUTED)

    def _glanced(self, dual: Dual, leaf: Dual, branch: Branch) -> Branch:
        """Return a part with the better of two bounds: by the prices of the leaf and of the whole program."""
        for known in (leaf, dual):
            if known.cheapest is not None:
                proof = known.row_prices()
                narrow = self._narrow(dual, replace(branch, prices=proof), leaf.pool)
                narrow.inherit(known, self._over)
                if narrow.bound > branch.bound:
                    prices = narrow.row_prices()
                    branch = replace(branch, bound=narrow.bound, prices=prices, proof=proof)
        return replace(branch, seen=True)


def _many(split: Split) -> bool:
    """Say whether blocks are so many that a sample of them gives the first prices."""
    return split.blocks > _WHOLE_PROGRAM


def _most_of(amounts: Floats) -> Bools:
    """Return the fewest that together have ``_MOST`` of all, as a mask."""
    order = np.argsort(-amounts)
    chosen = np.zeros(len(amounts), dtype=np.bool_)
    chosen[order[np.cumsum(amounts[order]) <= _MOST * amounts.sum()]] = True
    return chosen


def _same(first: Piece, second: Piece) -> bool:
    """Say whether two pieces of one program are the same: tiers differ in objective, bounds and rows."""
    if first.matrix.shape != second.matrix.shape:
        return False
    names = ("costs", "col_lower", "col_upper", "row_lower", "row_upper")
    return all(np.array_equal(getattr(first, name), getattr(second, name)) for name in names)
