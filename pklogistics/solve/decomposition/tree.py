"""Branching on whole shared columns: which organisation is there at all, which depot is open.

The prices of one program let a whole shared column be used in part, and that is most of what the bound lacks
where such columns are dear. So the program is split by their bounds; the least bound of all its parts is the
bound of the whole (branch and bound, Land and Doig, Econometrica 28, 1960, with Lagrangian bounds as in
Geoffrion, Mathematical Programming Study 2, 1974). A part begins at the prices and with the points of the
part that it comes from.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse

from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.crew import Crew
from pklogistics.solve.decomposition.dual import Dual
from pklogistics.solve.decomposition.fixing import with_shared_bounds
from pklogistics.solve.decomposition.master import MasterSolution
from pklogistics.solve.decomposition.split import Split, split_of
from pklogistics.solve.implied import implied_bounds
from pklogistics.solve.solution import PricedPart

_WHOLE = 0.02
"""A column that is so near to a whole number is taken for whole."""

_LITTLE = 0.2
"""A column of which no more is used is not there. To be without what few use costs them more than it costs to
have it, so it is less than half."""


@dataclass(frozen=True)
class Branch:
    """A part of the program.

    Attributes
    ----------
    least, most : bounds of the shared columns, shape (shared columns,)
    bound : proven for the part
    prices : by row of the piece, where the search for better ones begins
    proof : by row of the piece, those that gave ``bound``
    seen : whether ``bound`` is its own, and not that of the part that it comes from
    planned : whether a plan has been made in it, or is to be made by whoever made the part
    dual : that it is gone on with when it is looked at again; before, that of the part that it comes from
    """

    least: Floats
    most: Floats
    bound: float
    prices: Floats
    proof: Floats
    seen: bool = False
    planned: bool = False
    dual: Dual | None = None

    def proven(self, dual: Dual) -> Branch:
        """Return the part with the bound that its dual gives it, if that is better."""
        if dual.bound <= self.bound:
            return self
        prices = dual.row_prices()
        return replace(self, bound=dual.bound, prices=prices, proof=prices)

    def same(self, other: Branch) -> bool:
        """Say whether two parts have the same bounds."""
        return np.array_equal(self.least, other.least) and np.array_equal(self.most, other.most)


@dataclass
class Tree:
    """Parts of the program that are still to be looked at, least bound first.

    Attributes
    ----------
    split : of the whole program
    bounds : column bounds of the whole program, shape (columns,) each
    whole : the whole program as a part
    ended : least bound of the parts that are divided no further
    """

    split: Split
    bounds: tuple[Floats, Floats]
    whole: Branch
    ended: float = math.inf
    _closed: list[Branch] = field(default_factory=list)
    _open: list[tuple[float, int, Branch]] = field(default_factory=list)
    _number: itertools.count[int] = field(default_factory=itertools.count)

    @classmethod
    def of(cls, dual: Dual) -> Tree:
        """Begin with the whole program as the one part."""
        least, most = (side[dual.split.shared_columns] for side in dual.bounds)
        proof = dual.row_prices()
        whole = Branch(least, most, dual.bound, proof, proof, seen=True, dual=dual)
        tree = cls(dual.split, dual.bounds, whole)
        tree.put(tree.whole)
        return tree

    @property
    def bound(self) -> float:
        """The bound of the whole program."""
        return min(self.ended, self._open[0][0] if self._open else math.inf)

    @property
    def exhausted(self) -> bool:
        """Whether no part could be divided that has the least bound."""
        return not self._open or self._open[0][0] >= self.ended

    def next(self) -> Branch:
        """Take the part of the least bound, of equal ones that which came first."""
        return heapq.heappop(self._open)[2]

    def put(self, branch: Branch) -> None:
        """Put a part (back) to those that are to be looked at."""
        heapq.heappush(self._open, (branch.bound, next(self._number), branch))

    def close(self, branch: Branch) -> None:
        """Divide a part no further."""
        self.ended = min(self.ended, branch.bound)
        self._closed.append(replace(branch, dual=None))

    def parts(self) -> Iterator[PricedPart]:
        """Tell all parts, which together are the whole program, with what bounds them."""
        shared = self.split.shared_columns
        whole = self.split.piece.integer[shared]
        lower, upper = (side[shared] for side in self.bounds)
        for branch in (*self._closed, *(entry[2] for entry in self._open)):
            least = np.where(branch.least > lower, branch.least, -math.inf)
            most = np.where(branch.most < upper, branch.most, math.inf)
            moved = whole & (np.isfinite(least) | np.isfinite(most))
            yield PricedPart(shared[moved], least[moved], most[moved], branch.proof)

    def flips(self, decided: Branch) -> list[Branch]:
        """Return for each column that a part decides the part of the whole in which it is not so.

        Of each only one bound is another one than in the whole.
        """
        raised, lowered = decided.least > self.whole.least, decided.most < self.whole.most
        assert not (raised & lowered).any()
        flips = []
        for at in np.flatnonzero(raised | lowered):
            least, most = self.whole.least.copy(), self.whole.most.copy()
            if decided.least[at] > least[at]:
                most[at] = decided.least[at] - 1.0
            else:
                least[at] = decided.most[at] + 1.0
            flips.append(replace(self.whole, least=least, most=most, seen=False, dual=None))
        return flips

    def decide(self, decided: Branch, flips: Iterable[Branch]) -> None:
        """Divide the whole into a part in which columns are decided, and parts in which one is not so.

        Those of the highest bounds come first. In the parts that follow they are as decided, so that those
        which are least sure have the least that is still open.
        """
        assert self.next() is self.whole
        least, most = self.whole.least.copy(), self.whole.most.copy()
        for flip in sorted(flips, key=lambda flip: -flip.bound):
            self.put(replace(flip, least=np.maximum(flip.least, least), most=np.minimum(flip.most, most)))
            at = (flip.least > self.whole.least) | (flip.most < self.whole.most)
            least[at], most[at] = decided.least[at], decided.most[at]
        self.put(decided)

    def divide(self, branch: Branch, dual: Dual) -> bool:
        """Divide a part by the whole shared column that its dual's master uses most by halves.

        Returns whether there is such a column.
        """
        at, value = _torn(self.split, dual)
        if at < 0:
            return False
        least, most = branch.least.copy(), branch.most.copy()
        most[at], least[at] = math.floor(value), math.floor(value) + 1.0
        for lower, upper in ((branch.least, most), (least, branch.most)):
            self.put(replace(branch, least=lower, most=upper, seen=False, planned=False))
        return True


def _torn(split: Split, dual: Dual) -> tuple[int, float]:
    """Return position and value of the whole shared column that is farthest from whole, -1 if none is."""
    if dual.master is None:
        return -1, 0.0
    shared = dual.master.shared[: len(split.shared_columns)]
    away = np.abs(shared - np.round(shared)) * split.piece.integer[split.shared_columns]
    at = int(np.argmax(away)) if len(away) else -1
    return (at, float(shared[at])) if at >= 0 and away[at] > _WHOLE else (-1, 0.0)


def used(dual: Dual) -> Branch | None:
    """Return the part that has those whole shared columns that are used much in the master, and no others.

    Of columns to which the same links lead, as mobilisations in several periods, one that is used in part
    stays undecided. None if everything is decided in the whole, or no master has been solved.
    """
    either, several = _linked(dual.split, dual.bounds)
    if dual.master is None or dual.cheapest is None or not either.any():
        return None
    least, most = (side[dual.split.shared_columns] for side in dual.bounds)
    share, prices = _share(dual, dual.master), dual.row_prices()
    return Branch(
        np.where(either & (share > np.where(several, 1.0 - _LITTLE, _LITTLE)), most, least),
        np.where(either & (share <= _LITTLE), least, most),
        dual.bound,
        prices,
        prices,
    )


def is_clear(dual: Dual) -> bool:
    """Say whether each of the columns that `used` decides is used much or little, and none by halves."""
    assert dual.master is not None
    either, several = _linked(dual.split, dual.bounds)
    share = _share(dual, dual.master)[either & ~several]
    return bool(((share <= _LITTLE) | (share >= 1.0 - _LITTLE)).all())


def _share(dual: Dual, master: MasterSolution) -> Floats:
    """Return by how much each shared column is over its least, or has to be for what blocks do.

    A master that looks at none of the links to a column leaves it at its least, whoever uses it.
    """
    split, size = dual.split, len(dual.split.shared_columns)
    looked = np.unique(dual.coupling.shared[split.links & dual.rows.awake].indices)
    alone = split.links & (np.diff(dual.coupling.shared.indptr) == 1)
    activity = dual.pool.columns(dual.coupling, dual.costs).activity.T @ master.weights
    linking = sparse.coo_matrix(dual.coupling.shared[alone])
    asked = master.shared.copy()
    np.maximum.at(asked, linking.col, np.abs(activity[alone][linking.row] / linking.data))
    asked[looked] = master.shared[looked]
    return np.asarray(asked[:size] - dual.bounds[0][split.shared_columns])


def _linked(split: Split, bounds: tuple[Floats, Floats]) -> tuple[Bools, Bools]:
    """Return which whole shared columns have links and are there or not, and which share links."""
    least, most = (side[split.shared_columns] for side in bounds)
    linking = sparse.csr_matrix(split.outside[split.links])
    number = np.repeat(np.diff(linking.indptr), np.diff(linking.indptr))
    column = np.arange(len(least))
    linked, several = (np.isin(column, at) for at in (linking.indices, linking.indices[number > 1]))
    return linked & split.piece.integer[split.shared_columns] & (most - least == 1.0), several


def dual_of_branch(
    dual: Dual, branch: Branch, rows: Ints, columns: Ints, threads: int | Crew, seed: int
) -> Dual:
    """Return the dual of a part, at its prices and with those of the points that it allows.

    Parameters
    ----------
    dual : of the whole program
    rows, columns : block numbers
    """
    piece = with_shared_bounds(dual.split, branch.least, branch.most)
    split = split_of(piece, rows, columns)
    narrow = Dual.of(split, implied_bounds(piece, None), threads, seed)
    narrow.begin(branch.prices[split.rows], dual.awake[split.rows])
    # Where a narrow box was right for the whole, it is for a part.
    narrow.width = min(narrow.width, dual.width)
    narrow.pool = dual.pool.allowed(split)
    return narrow
