"""One tier searched by decomposition: prices and their bound, then plans, as long as there is time."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from pklogistics.model.program import Floats
from pklogistics.solve.crew import Crew, workers_of
from pklogistics.solve.decomposition.blocks import Blocks
from pklogistics.solve.decomposition.choice import chosen_points
from pklogistics.solve.decomposition.dual import Dual
from pklogistics.solve.decomposition.improver import Improver, part_seconds
from pklogistics.solve.decomposition.least import Least, least_of_blocks
from pklogistics.solve.decomposition.opening import Opening, begin_prices, is_large
from pklogistics.solve.decomposition.remainder import remainder_solved
from pklogistics.solve.decomposition.shares import share_out
from pklogistics.solve.decomposition.split import Split, split_of
from pklogistics.solve.decomposition.tree import Branch, Tree, dual_of_branch, is_clear, used
from pklogistics.solve.engine import Engine
from pklogistics.solve.implied import implied_bounds
from pklogistics.solve.piece import FEASIBLE, Piece
from pklogistics.solve.search import Search
from pklogistics.solve.solution import PricedPart, Stopped

_PASSES, _ENOUGH, _DONE = 60, 2e-3, 0.1
_BRANCH_PASSES, _BRANCH_ENOUGH = 6, 2e-4
"""Most passes in one go, and what the master then hopes for at most, relative to the bound: before there is a
plan, before branching (as a share of the gap that is asked for), and before a part is divided."""

_SURE, _NEAR = 3e-2, 3e-4
"""A master that may still rise by more, relative to the bound, does not say yet what is used; and how much it
hopes for at most in a part in which that is decided, before a plan is made."""

_GLANCES = 0.1
"""What of the time left goes at most to looking at the parts beside the one with what is used."""

_AGAIN = 0.3
"""A plan is made of the master's points anew when it hopes for so much less than it did the last time."""

_FAR = 0.5
"""A plan of so large a gap is worth a rough one."""

_DUAL_SHARE = 0.6
"""What of a tier's time goes to prices before there is a plan."""

_REFUTED = "a bound by prices was refuted by a verified solution; it was dropped"


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
    _took: float = field(default=0.0, init=False)
    _tree: Tree | None = field(default=None, init=False)
    _improver: Improver = field(init=False)

    def run(self, *, until_found: bool = False) -> Floats | None:
        """Improve the search until its gap is reached or time is up; ``until_found``: or there is a plan.

        Returns what it was at in the end if there is no plan and that still breaks shared rows, else None.
        """
        began = time.monotonic()
        dual = self._begun()
        before = dual.bound
        if self.search.values is not None:
            # Blocks with no other point than their best one make prices wild, and plans that break all rows.
            every = np.ones(dual.split.blocks, dtype=np.bool_)
            dual.pool = dual.pool.extended(dual.split, self.search.values[dual.split.columns], every)
        self._improver = Improver(self.engine, self.search, dual)
        main = self._first_passes(dual, began + _DUAL_SHARE * (self.deadline - began))
        if main.bound != before and not self._ends():
            self._plan(main)
        if until_found:
            improver = self._improver
            while not self._ends() and improver.draft is not None and improver.step(self._left()):
                pass
        else:
            self._improve(main)
        self._improver.end()
        self.search.stopped = self.reason or ("gap" if self._solved() else "time")
        return self._improver.draft

    def _plan(self, dual: Dual) -> None:
        """Go on from a point made of the master's points if it is worth it."""
        if dual.master is None:
            return
        draft = remainder_solved(self.engine, dual, self._left())
        if draft is None and not self._over():
            draft = chosen_points(self.engine, dual, part_seconds(self._left()))
        if draft is not None and self.search.piece.value(draft) < self.search.value:
            if self._improver.dual is not dual:
                self._improve_by(self._whole)
            self._improver.begin(draft)

    def _improve_by(self, dual: Dual) -> None:
        """Improve from now on by the prices of a dual, in its part of the program."""
        if self._improver.dual is not dual:
            self._improver = Improver(self.engine, self.search, dual)

    def _part(self, dual: Dual, branch: Branch) -> Branch | None:
        """Return a part in which it is decided what is used, with a dual of its own.

        What is decided there needs no links any more, which are most rows of a master. Blocks all of whose
        points are linked to what is left out get one without it. None where some have none, or no plan of
        that part is better than the one at hand.
        """
        narrow = self._narrow(dual, branch)
        narrow.inherit(dual, self._over)
        if self._over() or narrow.empty or narrow.bound >= self.search.value:
            return None
        narrow.ask(self._over)
        return replace(branch, dual=narrow, seen=True, planned=True)

    def improve(self, draft: Floats | None = None) -> None:
        """Improve the plan at hand, or the draft, with no other bound than the trivial one."""
        split = self._split()
        dual = self._dual(split, (split.piece.col_lower, split.piece.col_upper))
        improver = Improver(self.engine, self.search, dual)
        if draft is not None:
            improver.begin(draft)
        while not self._ends() and improver.step(self._left()):
            pass
        improver.end()
        self.search.stopped = self.reason or ("gap" if self._solved() else "time")

    def least(self) -> Least:
        """Return what the tier comes to at least, and offer that bound."""
        dual, seed = self._begun(), self.engine.options.seed
        found = least_of_blocks(dual.split, dual.bounds, self._threads, seed, self._over)
        self._offer_bound(found.bound, [PricedPart.whole(np.zeros(self.search.piece.rows))])
        self.blocks.least = found.bound - self.search.piece.offset
        return found

    def _begun(self) -> Dual:
        """Return the dual of the tier: that of the search before if its program was the same."""
        piece, known = self.search.piece, self.blocks.dual
        if known is None or not _same(known.split.piece, piece):
            split = self._split()
            dual = self._dual(split, implied_bounds(piece, self.search.values))
            if known is not None:
                self.blocks.earlier = self.blocks.row_prices()
                dual.pool = (self.blocks.main or known).pool.allowed(split)
            self.blocks.dual, self.blocks.main = dual, None
        assert self.blocks.dual is not None
        self._take_bound(self.blocks.dual)
        return self.blocks.dual

    def _split(self) -> Split:
        """Return the program taken apart: as that of the search before, if its rows are the same."""
        piece, known = self.search.piece, self.blocks.dual
        split = None if known is None else known.split.within(piece)
        return split or split_of(piece, self.blocks.rows, self.blocks.columns)

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

    def _first_passes(self, dual: Dual, until: float) -> Dual:
        """Make passes from the first prices on, until the master hopes for little.

        A plan at hand that is far from the bound is bettered after the first of them. Returns the dual to go
        on with, which is that of a part once it is known what is used.
        """
        many = is_large(dual)
        if dual.proof is None:
            if many and self.search.values is None:
                # Whether each block has a point at all is seen at any prices, soonest without any. Where
                # nothing has a price, points want everything: they would only be in the way.
                pool = dual.pool
                dual.evaluate(dual.prices, self._over, whole=False)
                dual.pool = pool
                self._take_bound(dual)
                if self._ends():
                    return dual
            begin_prices(dual, self._opening(until))
            self._take_bound(dual)
        self._passes(dual, until, 1, _ENOUGH)
        if many and not self.search.solved(_FAR) and dual.master is not None and not self._ends():
            self._improver.rough()
        return self._decided(dual, until)

    def _decided(self, dual: Dual, until: float) -> Dual:
        """Make passes until it is known what is used, then some of the part with that; return its dual.

        A part that is bounded above what the master hopes for may be the wrong one: then more passes tell.
        """
        sure, branch = _SURE, None
        while not self._ends():
            self._passes(dual, until, _PASSES, _ENOUGH, sure=sure)
            hoped, now = dual.bound + dual.hoped, used(dual)
            known = branch is not None and now is not None and now.same(branch)
            if not known:
                branch = None if now is None else self._part(dual, now)
            if branch is None:
                break
            assert branch.dual is not None
            self._passes(branch.dual, until, _PASSES, _NEAR, goal=math.inf if known else hoped)
            if known or branch.dual.bound < hoped:
                self.blocks.main = branch.dual
                self._divide(dual, branch.proven(branch.dual))
                return branch.dual
            sure *= 0.5
        return dual

    def _divide(self, dual: Dual, decided: Branch) -> None:
        """Divide the program into a part in which it is decided what is used, and what is left.

        What is left is bounded by prices of the whole: by those of the part, with links that are shared out
        anew, where these are better.
        """
        known = (dual.prices, dual.rows)
        prices = self.blocks.row_prices()
        if prices is not None and not self._over():
            dual.rows = dual.rows.copy()
            dual.prices = dual.coupling.signed(prices[dual.split.rows])
            share_out(dual, self._over)
            bound = dual.bound
            if dual.evaluate(dual.prices, self._over) <= bound:
                dual.prices, dual.rows = known
        self._tree = Tree.of(dual)
        flips, late = self._tree.flips(decided), time.monotonic() + _GLANCES * self._left()
        for at, flip in enumerate(flips):
            if time.monotonic() < late:
                flips[at] = self._glanced(dual, flip)
        self._tree.decide(decided, flips)
        self._offer_bound(self._tree.bound, self._tree.parts())

    def _opening(self, until: float) -> Opening:
        options = self.engine.options
        return Opening(
            self.blocks, self.search.value, until, self._over, workers=workers_of(options), seed=options.seed
        )

    def _passes(
        self,
        dual: Dual,
        until: float,
        most: int,
        enough: float,
        *,
        goal: float = math.inf,
        sure: float = 0.0,
    ) -> bool:
        """Make passes until the master hopes for little more of the bound; say whether any was made.

        Or until the bound is at its goal; or the master hopes for no more than ``sure`` and uses the same as
        the one before, nothing of it by halves.

        A pass that would end too late is not begun: what it finds is of use only as a whole.
        """
        prices = dual.prices if dual.master is None else dual.master.prices
        took = self._took if dual is self._whole else 0.0
        before: Branch | None = None
        made = False
        for _ in range(most):
            began = time.monotonic()
            if self._late(until - took) and dual.master is not None:
                break
            master, made = dual.step(prices, self._over), True
            took = time.monotonic() - began
            if dual is self._whole:
                self._took = took
            self._take_bound(dual)
            done = dual.bound >= goal or dual.hoped <= enough * abs(dual.bound) or dual.empty or dual.stalled
            if master is None or done or self._solved():
                break
            if dual.hoped <= sure * abs(dual.bound):
                now = used(dual)
                if now is not None and before is not None and now.same(before) and is_clear(dual):
                    break
                before = now
            prices = master.prices
        return made

    def _take_bound(self, dual: Dual) -> None:
        if _same(dual.split.piece, self.search.piece):
            self._offer_bound(dual.bound, [PricedPart.whole(dual.row_prices())])
        self._tell()

    def _tell(self) -> None:
        if self.told:
            self.engine.monitor.tell(self.search.value, self.search.bound)

    def _left(self) -> float:
        return self.deadline - time.monotonic()

    def _improve(self, dual: Dual) -> None:
        """Better plan and bound in turn, for about the same time each, until time is up.

        The bound is bettered by prices of the whole as long as there is much to gain, then by branching. A
        plan of the part that is gone on with is bettered by that part's prices.
        """
        spent, planned = [0.0, 0.0], dual.hoped
        while not self._ends():
            began = time.monotonic()
            if self._improver.draft is None:
                self._improve_by(dual if self._within(dual) else self._whole)
            exhausted = self._tree is not None and self._tree.exhausted
            bounding = self._improver.draft is None and not exhausted and spent[0] <= spent[1]
            bounding = bounding and self._better_bound(dual)
            if not bounding and not self._improver.step(self._left()):
                return
            again = self._tree is None and dual.hoped < _AGAIN * planned
            if again and self._improver.draft is None and not self._ends():
                self._plan(dual)
                planned = dual.hoped
            spent[not bounding] += time.monotonic() - began

    def _within(self, dual: Dual) -> bool:
        """Say whether the best plan is one of the part of the program that a dual is of."""
        plan, at = self.search.values, dual.split.shared_columns
        if plan is None:
            return False
        lower, upper = (side[at] for side in dual.bounds)
        return bool(((plan[at] >= lower - FEASIBLE) & (plan[at] <= upper + FEASIBLE)).all())

    def _better_bound(self, dual: Dual) -> bool:
        """Make one pass of the whole, or look at one part; say whether there was time for it."""
        enough = _DONE * self.engine.options.gap
        if (
            self._tree is None
            and not dual.stalled
            and (dual.master is None or dual.hoped > enough * abs(dual.bound))
        ):
            return self._passes(dual, self.deadline, 1, enough)
        if self._tree is None:
            self._tree = Tree.of(dual)
        if not self._tree.exhausted:
            self._bound(self._whole)
        return True

    @property
    def _whole(self) -> Dual:
        """The dual of the whole program."""
        assert self.blocks.dual is not None
        return self.blocks.dual

    def _bound(self, dual: Dual) -> None:
        """Look at the part that has the least bound; where nothing divides it, for a plan in it.

        At first it is bounded by known prices, which takes little; by its own if it is the least again.
        """
        tree = self._tree
        assert tree is not None
        branch = tree.next()
        goal, enough = self.search.value * (1.0 - self.engine.options.gap), _DONE * self.engine.options.gap
        if not branch.seen:
            branch = self._glanced(dual, branch)
            if branch.bound < goal:
                tree.put(branch)
            else:
                tree.close(branch)
        else:
            narrow = branch.dual or self._narrow(dual, branch)
            if branch is not tree.whole:
                self._passes(narrow, self.deadline, _BRANCH_PASSES, enough, goal=goal)
            branch = replace(branch.proven(narrow), dual=narrow)
            if branch.bound >= goal:
                tree.close(branch)
            elif narrow.master is None or not self._ripe(narrow, _BRANCH_ENOUGH):
                tree.put(branch)
            elif not tree.divide(branch, narrow):
                ripe = self._ripe(narrow, enough)
                if (ripe or not branch.planned) and not self._over():
                    self._plan(narrow)
                    branch = replace(branch, planned=True)
                if ripe:
                    tree.close(branch)
                else:
                    tree.put(branch)
        self._offer_bound(tree.bound, tree.parts())
        self._tell()

    def _ripe(self, dual: Dual, enough: float) -> bool:
        """Say whether more passes would bring little, relative to the bound."""
        return math.isfinite(dual.bound) and (dual.stalled or dual.hoped <= enough * abs(dual.bound))

    def _offer_bound(self, bound: float, parts: Iterable[PricedPart]) -> None:
        if not self.search.offer_bound(bound, parts):
            self.search.notes.append(_REFUTED)

    def _glanced(self, dual: Dual, branch: Branch) -> Branch:
        """Return a part with the bound that prices of the part that it comes from give it, if that is better.

        A part of a part keeps the dual that comes of it.
        """
        origin = branch.dual or dual
        if origin.cheapest is None or self._over():
            return replace(branch, seen=True, dual=None)
        prices = origin.row_prices()
        narrow = self._narrow(origin, replace(branch, prices=prices))
        narrow.inherit(origin, self._over)
        kept = None if branch.dual is None else narrow
        return replace(branch.proven(narrow), prices=prices, seen=True, dual=kept)

    def _narrow(self, dual: Dual, branch: Branch) -> Dual:
        rows, columns = self.blocks.rows, self.blocks.columns
        return dual_of_branch(dual, branch, rows, columns, self._threads, self.engine.options.seed)


def _same(first: Piece, second: Piece) -> bool:
    """Say whether two pieces of one program are the same: tiers differ in objective, bounds and rows."""
    if first.matrix.shape != second.matrix.shape:
        return False
    names = ("costs", "col_lower", "col_upper", "row_lower", "row_upper")
    return all(np.array_equal(getattr(first, name), getattr(second, name)) for name in names)
