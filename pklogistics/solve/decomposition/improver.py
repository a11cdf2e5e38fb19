"""Sets of blocks solved again and again, to mend a first plan and then to better it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from pklogistics.model.program import Floats
from pklogistics.solve.decomposition.choice import penalties
from pklogistics.solve.decomposition.dual import Dual
from pklogistics.solve.decomposition.neighbours import Neighbours
from pklogistics.solve.decomposition.primal import broken, part_of, solve_part
from pklogistics.solve.engine import Engine
from pklogistics.solve.search import Search

FEWEST = 15
"""Fewer blocks than this are no neighbourhood."""

_FIRST, _MOST = 30, 120
_SECONDS = (3.0, 10.0)
_DEARER = 10.0


@dataclass
class Improver:
    """Goes on from the best plan, or from a draft as long as there is one.

    Attributes
    ----------
    engine, search : as in other searches
    dual : what says where plan and prices disagree
    draft : a point that still breaks shared rows, None if there is none
    """

    engine: Engine
    search: Search
    dual: Dual
    draft: Floats | None = None
    _dear: Floats | None = None
    _size: float = _FIRST
    _neighbours: Neighbours = field(init=False)

    def __post_init__(self) -> None:
        self._neighbours = Neighbours(self.dual, self.engine.options.seed)

    def begin(self, draft: Floats) -> None:
        """Go on from a point that may break shared rows."""
        if not self.search.offer(draft):
            self.draft = draft
            self._dear = self.dual.coupling.aggregator.T @ penalties(self.dual)

    def step(self, seconds_left: float) -> bool:
        """Solve one set of blocks again; return False if there is nothing to go on from."""
        split = self.dual.split
        point = self.search.values if self.draft is None else self.draft
        # A set of so many blocks would be all of them: that is for a solver of the whole.
        if point is None or split.blocks <= _FIRST:
            return False
        chosen = self._neighbours.drawn(point, round(self._size), broken(split, point))
        part = part_of(split, point, chosen, None if self.draft is None else self._dear)
        began, seconds = time.monotonic(), part_seconds(seconds_left)
        found = solve_part(self.engine, part, seconds)
        if found is not None:
            point = point.copy()
            point[part.columns] = found
            self._take(point)
        if self.draft is not None and self._dear is not None:
            # What costs little to break would stay broken within the gap to which a part is solved.
            still = broken(split, self.draft) != 0
            self._dear = np.where(still, _DEARER * self._dear, self._dear)
        quick = time.monotonic() - began < 0.5 * seconds
        self._size = float(np.clip(self._size * (1.2 if quick else 0.8), FEWEST, _MOST))
        return True

    def _take(self, values: Floats) -> None:
        values = self.search.piece.tidied(values)
        feasible = self.search.offer(values)
        if self.draft is not None:
            self.draft = None if feasible else values


def part_seconds(left: float) -> float:
    """Return how long a part may take when so many seconds are left."""
    return min(max(max(0.0, left) / 8, _SECONDS[0]), _SECONDS[1])
