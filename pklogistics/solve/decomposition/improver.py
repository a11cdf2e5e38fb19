"""Sets of blocks solved again and again, to mend a first plan and then to better it."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import numpy as np
from scipy import sparse

from pklogistics.model.program import Bools, Floats
from pklogistics.solve.crew import workers_of
from pklogistics.solve.decomposition.choice import chosen_points, heaviest_points, penalties
from pklogistics.solve.decomposition.dual import Dual
from pklogistics.solve.decomposition.neighbours import Neighbours, regrets_of
from pklogistics.solve.decomposition.pool import Pool
from pklogistics.solve.decomposition.primal import Part, broken, part_of, pressing, settled, solve_part
from pklogistics.solve.decomposition.retreat import retreated
from pklogistics.solve.decomposition.sample import caps
from pklogistics.solve.engine import Engine
from pklogistics.solve.search import Search
from pklogistics.solve.threaded import side_by_side

FEWEST = 15
"""Fewer blocks than this are no neighbourhood, unless they are large."""

_COLUMNS, _FEWEST_FIRST, _FEWEST_LARGE = 8000, 3, 2
"""Columns that are enough for a first set. Where blocks are so large that it has fewer of them than told
below, all sets have; but the first at least, and any, so many."""

_AT_ONCE = 2
"""Sets that are solved side by side, however many workers there are, so that the same is found by any."""

_FIRST, _MOST, _WIDER, _NARROWER = 30, 120, 1.5, 0.6
"""Blocks of the first set and of the largest; by what a set is larger than one that was quickly solved, and
smaller than one that was not."""

_SECONDS, _PART = (4.0, 15.0), 0.2
_GAP, _MENDING_GAP = 1e-3, 2e-2
"""Gaps to which a set is solved: the next one finds more than the rest of this gap."""

_SHARE, _MISSED = 0.02, 0.1
"""What of all that the plan may still lose a set may leave unfound; what of the cost of what is broken."""

_STUCK, _NEAR = 0.95, 0.25
"""A draft is stuck if more than this share of what was broken still is after a set; and it is given up for a
plan that is above it by less than the second share of what that may still lose."""

_SETTLED = 3000
"""Most blocks whose columns a linear program sets anew at a time."""

_FORGONE = 2.0
"""What a broken row costs at least, relative to what it costs that a shared column gives what the row lacks:
somebody is left without help rather than a rule broken."""

_DEARER, _DEAREST, _PATIENCE = 4.0, 1e3, 4
"""By what a row becomes dearer that is still broken; after so many sets a draft is moved towards the plan.
After twice as many it goes back to the plan as far as it has to, once so many sets in a row have not mended
half of what was broken."""


@dataclass
class Improver:
    """Goes on from the best plan, or from a draft as long as there is one.

    Attributes
    ----------
    engine, search : as in other searches
    dual : of the program, whose prices say where they disagree with a plan
    draft : a point that still breaks shared rows, None if there is none
    """

    engine: Engine
    search: Search
    dual: Dual
    draft: Floats | None = None
    _tries: int = 0
    _wrong: float = math.inf
    _mended: int = 0
    _size: float = 0.0
    _unmended: float = math.inf
    _dear: Floats = field(init=False)
    _price: Floats = field(init=False)
    _scale: float = field(init=False)
    _neighbours: Neighbours = field(init=False)

    def __post_init__(self) -> None:
        split = self.dual.split
        self._neighbours = Neighbours(self.dual, self.engine.options.seed)
        fitting = max(_FEWEST_FIRST, _COLUMNS * split.blocks / max(1, len(split.columns)))
        self._scale = min(1.0, fitting / _FIRST)
        self._size = self._size or self._scale * _FIRST

    def begin(self, draft: Floats) -> None:
        """Go on from a point that may break shared rows."""
        self._dear = self._price = self._penalties()
        self._tries, self._wrong, self._mended, self._unmended = 0, math.inf, 0, math.inf
        plan = self.search.values
        self._take(draft, mending=True)
        if plan is not None and self.search.values is plan and not self._over():
            # Mending may take longer than there is time.
            self._retreat(draft, plan)
            if self.search.values is not plan and self._is_near():
                self.draft = None

    def _is_near(self) -> bool:
        """Say whether the plan is nearly as good as the draft, beside what it may still lose."""
        if self.draft is None:
            return False
        value, bound = self.search.value, self.search.bound
        if not math.isfinite(bound):
            return False
        return value - self.search.piece.value(self.draft) < _NEAR * (value - bound)

    def rough(self) -> None:
        """Make something of the plan at hand at once: what is known of each block that rows allow.

        It takes no search of blocks, and is far better than a plan that was made without prices.
        """
        plan, point = self.search.values, heaviest_points(self.dual)
        if plan is not None and point is not None:
            self._dear = self._price = self._penalties()
            self._retreat(point, plan)

    def end(self) -> None:
        """Make a plan of the draft where there is one to go back to: few rows are broken by now."""
        draft, plan = self.draft, self.search.values
        if draft is None or plan is None:
            return
        if not self._over():
            self._retreat(draft, plan)
        self.draft = None

    def _given_up(self, lacking: Floats) -> bool:
        """Say whether sets have mended too little of a draft for too long."""
        amiss = self._amiss(lacking)
        if amiss <= 0.5 * self._wrong:
            self._wrong, self._mended = amiss, self._tries
        return self._tries > 2 * _PATIENCE and self._tries - self._mended >= _PATIENCE

    def _penalties(self) -> Floats:
        """Return what each of the split's rows costs that is broken by one, shape (rows,)."""
        return np.maximum(penalties(self.dual), _FORGONE * self._forgone)

    def _worth(self) -> Floats:
        """Return what it costs the others that each of the split's rows lacks one unit more, shape (rows,).

        Where shared columns can give what a row lacks, it is what they cost.
        """
        split = self.dual.split
        divisible = ~split.piece.integer[split.shared_columns]
        given = np.diff(sparse.csr_matrix(split.outside[:, divisible]).indptr) > 0
        return np.where(given, self._forgone, self._price)

    @cached_property
    def _forgone(self) -> Floats:
        """Return what it costs that a shared column gives what each row lacks, 0 if none can."""
        split, z = self.dual.split, self.dual.split.shared_columns
        return caps(split.outside, split.piece.costs[z], split.piece.integer[z])

    def step(self, seconds_left: float) -> bool:
        """Solve a few sets of blocks again; return False if there is nothing to go on from."""
        split, mending = self.dual.split, self.draft is not None
        point = self.draft if mending else self.search.values
        # A set of so many blocks would be all of them: that is for a solver of the whole.
        if point is None or split.blocks <= self._scale * _FIRST:
            return False
        self._tries += mending
        plan = self.search.values
        if mending and plan is not None and self._tries == _PATIENCE:
            self._meet(plan, point, part_seconds(seconds_left))
            return True
        lacking = broken(split, point)
        if mending and plan is not None and self._given_up(lacking):
            self.end()
            return True
        helpful = self._helpful(point) if mending and self._is_stuck(lacking) else None
        self._unmended = self._amiss(lacking) if mending else math.inf
        sets = self._sets(point, lacking, helpful)
        dear = self._dear if mending else None
        parts = [part_of(split, point, chosen, dear) for chosen in sets]
        began, seconds = time.monotonic(), part_seconds(seconds_left)
        asked = min(map(self._mending_gap if mending else self._gap, parts))
        gap = max(self.engine.options.gap, asked)
        tasks = [partial(solve_part, self.engine, part, seconds, gap) for part in parts]
        found = side_by_side(tasks, min(_AT_ONCE, workers_of(self.engine.options)), self._over)
        better = self._together(point, parts, found, np.any(sets, axis=0), dear)
        if better is not point:
            self._take(better, mending)
        quick = time.monotonic() - began < 0.5 * seconds
        size = self._size * (_WIDER if quick else _NARROWER)
        self._size = float(np.clip(size, self._fewest, self._scale * _MOST))
        return True

    @property
    def _fewest(self) -> float:
        return max(_FEWEST_LARGE, self._scale * FEWEST)

    def _is_stuck(self, lacking: Floats) -> bool:
        """Say whether the set before has mended next to nothing of a draft."""
        return self._amiss(lacking) > _STUCK * self._unmended

    def _amiss(self, lacking: Floats) -> float:
        """Return what it is worth that rows lack so much, or have too much."""
        return float(self._price @ np.abs(lacking))

    def _helpful(self, draft: Floats) -> Floats | None:
        """Return how much less each block could come to at the prices of rows at a draft, shape (blocks,).

        Not only what is broken has a price there, but also what keeps it from being mended. None if there is
        no time for prices.
        """
        split, blocks = self.dual.split, np.zeros(self.dual.split.blocks, dtype=np.bool_)
        prices = pressing(self.engine, split, draft, self._some(draft), self._dear, alone=False)
        if prices is None:
            return None
        reduced = (split.piece.costs - split.outer.T @ prices)[split.columns]
        least = self.dual.pricer.price(reduced, whole=blocks, stop=self._over).linear
        return regrets_of(split, draft, reduced, least)

    def _sets(self, point: Floats, lacking: Floats, helpful: Floats | None = None) -> list[Bools]:
        """Return sets of blocks that have none in common; no two are drawn by the same broken rows."""
        size, touching = round(self._size), self.dual.split.touching
        sets: list[Bools] = []
        for _ in range(_AT_ONCE):
            taken = np.any(sets, axis=0) if sets else np.zeros(self.dual.split.blocks, dtype=np.bool_)
            left = np.where(np.asarray(touching @ taken) > 0, 0.0, lacking)
            if sets and lacking.any() and not left.any():
                break
            others = None if helpful is None else np.where(taken, 0.0, helpful)
            chosen = self._neighbours.drawn(point, size, left, others) & ~taken
            if not sets or chosen.sum() >= round(self._fewest):
                sets.append(chosen)
        return sets

    def _together(
        self,
        point: Floats,
        parts: list[Part],
        found: list[Floats | None],
        blocks: Bools,
        dear: Floats | None,
    ) -> Floats:
        """Return the point with what was found for parts side by side: the best, and of the others what fits.

        Each took what there was for itself alone. What need not be whole is set anew where they meet.

        Parameters
        ----------
        blocks : of all parts, shape (blocks,)
        dear : what a broken row costs, None if none may be broken
        """

        def amiss(point: Floats) -> float:
            lacking, value = broken(self.dual.split, point), self.search.piece.value(point)
            if dear is None:
                return math.inf if lacking.any() else value
            return value + float(dear @ np.abs(lacking))

        moved = []
        for part, values in zip(parts, found, strict=True):
            if values is not None:
                one = point.copy()
                one[part.columns] = values
                moved.append(one)
        moved.sort(key=amiss)
        best, *others = moved or [point]
        for other in others:
            both = self._settled(np.where(other != point, other, best), blocks, dear)
            if amiss(both) < amiss(best):
                best = both
        return best

    def _gap(self, part: Part) -> float:
        """Return the gap to which a set is solved: a small share of what the plan may still lose in all."""
        left = self.search.value - self.search.bound
        asked = _SHARE * left / max(abs(part.piece.value(part.start)), 1e-9)
        return float(np.clip(asked, _GAP, _MENDING_GAP)) if math.isfinite(asked) else _GAP

    def _mending_gap(self, part: Part) -> float:
        """Return the gap to which a set is solved that mends: less than what is broken costs."""
        breaking = slice(len(part.columns), None)
        missed = float(part.piece.costs[breaking] @ part.start[breaking])
        return min(_MENDING_GAP, _MISSED * missed / max(abs(part.piece.value(part.start)), 1e-9))

    def _meet(self, plan: Floats, draft: Floats, seconds: float) -> None:
        """Choose for every block between what it is in the plan and in the draft."""
        split, every = self.dual.split, np.ones(self.dual.split.blocks, dtype=np.bool_)
        both = Pool.empty(split).extended(split, plan[split.columns], every)
        both = both.extended(split, draft[split.columns], every).allowed(split)
        between = replace(self.dual, pool=both)
        between.ask()
        met = chosen_points(self.engine, between, seconds)
        if met is not None:
            self._take(met, mending=True)

    def _take(self, values: Floats, mending: bool) -> None:
        """Offer a point; one that is being mended is settled first, and kept as a draft if it needs more."""
        values = self.search.piece.tidied(values)
        if not mending:
            self.search.offer(values)
            return
        values = self._settled(values, self._some(values), self._dear)
        hopeless = self.search.piece.value(values) >= self.search.value
        self.draft = None if self.search.offer(values) or hopeless else values
        if self.draft is not None:
            # What costs little to break would stay broken within the gap to which a set is solved.
            lacking = broken(self.dual.split, self.draft)
            dearer = _DEARER**2 if self._is_stuck(lacking) else _DEARER
            dear = np.minimum(dearer * self._dear, _DEAREST**2 * self._price)
            self._dear = np.where(lacking != 0, dear, self._dear)

    def _retreat(self, draft: Floats, plan: Floats) -> None:
        """Offer a plan that has as much of the draft as rows allow.

        Often it is enough to serve less than the draft does, with all that is whole as it is. Where it is
        not, or takes most of the gain, blocks go back to the plan.
        """
        dear = _DEAREST * self._price

        def settle(point: Floats) -> Floats:
            return self._settled(point, self._some(point), dear)

        less = settle(draft)
        value, found = self.search.piece.value, self.search.offer(less)
        if value(less) <= 0.5 * (value(draft) + value(plan)):
            if found:
                return
            draft = less

        # What may take long has so much time in all: this may not take what others are left.
        until = time.monotonic() + part_seconds(self.engine.clock.left())

        def press(point: Floats) -> Floats | None:
            left = until - time.monotonic()
            if left <= 0:
                return None
            some = self._some(point)
            return pressing(self.engine, self.dual.split, point, some, dear, alone=True, seconds=left)

        def anew(point: Floats) -> Floats:
            return self._anew(point, dear, until - time.monotonic())

        # Where a few units are missing, serving less may lose far more than the return of a block.
        worth = self._worth()
        point = retreated(self.dual.split, draft, plan, worth, settle, self._over, anew=anew, press=press)
        if point is not None:
            self.search.offer(point)
            if not self._over():
                self.search.offer(self._settled(point, self._some(point)))

    def _anew(self, point: Floats, dear: Floats, seconds: float) -> Floats:
        """Return a point with shared columns chosen anew for what blocks are; itself if there is no time."""
        if seconds <= 0 or self._over():
            return point
        part = part_of(self.dual.split, point, np.zeros(self.dual.split.blocks, dtype=np.bool_), dear)
        found = solve_part(self.engine, part, seconds, _GAP)
        if found is None:
            return point
        better = point.copy()
        better[part.columns] = found
        return better

    def _over(self) -> bool:
        return self.engine.clock.left() <= 0 or self.engine.monitor.check() is not None

    def _settled(self, values: Floats, blocks: Bools, dear: Floats | None = None) -> Floats:
        """Return the point with what need not be whole set anew, in some blocks and beside them."""
        better = settled(self.engine, self.dual.split, values, blocks, dear)
        return values if better is None else self.search.piece.tidied(better)

    def _some(self, values: Floats) -> Bools:
        """Return all blocks, or as many as a linear program quickly solves, those of broken rows first."""
        split = self.dual.split
        if split.blocks <= _SETTLED:
            return np.ones(split.blocks, dtype=np.bool_)
        return self._neighbours.drawn(values, _SETTLED, broken(split, values))


def part_seconds(left: float) -> float:
    """Return how long a part may take when so many seconds are left."""
    return min(float(np.clip(_PART * left, *_SECONDS)), max(left, 0.0))
