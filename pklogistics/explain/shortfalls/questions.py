"""The questions asked of one plan, site by site.

What they share, and what their answers prove.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType

import numpy as np

from pklogistics.explain.deadline import Deadline
from pklogistics.explain.limits.bounds import by_tables, done_once, goods_of, held, steps_of, widened
from pklogistics.explain.limits.limits import NONE, Limits, limits_of
from pklogistics.explain.limits.places import EMPTY
from pklogistics.explain.shortfalls.answer import Answer
from pklogistics.explain.shortfalls.site_columns import SiteColumns, core_rows
from pklogistics.explain.shortfalls.site_question import SiteQuestion
from pklogistics.explain.shortfalls.storage import rooms
from pklogistics.explain.tolerances import NOTHING
from pklogistics.model.build import Model
from pklogistics.model.program import SHARED, Bools, Floats, Ints, Tier
from pklogistics.model.sets import BLANK
from pklogistics.solve.piece import FEASIBLE, largest_terms
from pklogistics.solve.small import Effort

__all__ = ["Answer", "Questions"]

_LITTLE = 1e-3
"""Part of what there is that does not count as left over."""


class Questions:
    """Asks of one plan, site by site."""

    def __init__(
        self,
        model: Model,
        x: Floats,
        refused: Bools,
        effort: Effort | None = None,
        *,
        held_at: Mapping[str, float | None] = MappingProxyType({}),
        as_compiled: bool = False,
    ) -> None:
        """Prepare the shared part.

        Parameters
        ----------
        model : compiled without refusals, every rule apart
        x : the plan's point, shape (columns,)
        refused : columns that the mission's refusals forbid, shape (columns,)
        held_at : the most that the search let each tier come to for later ones, by name, if the plan tells
        as_compiled : whether bounds and rows are those of the program, and not those of the tables, in which
            each limit speaks for itself: where nothing is to be relaxed
        """
        program = model.program
        self.model, self.x, self.refused = model, x, refused
        self._held_at = held_at
        self.limits: Limits = limits_of(model, refused)
        self.rooms = [] if as_compiled else rooms(model, self.limits)
        self.effort = effort or Effort()
        self.matrix = program.matrix.tocsr() if as_compiled else by_tables(model)
        self.by_column = self.matrix.tocsc()
        self.activity = self.matrix @ x
        self.largest = largest_terms(self.matrix, x)
        most = np.maximum(program.col_upper, x) if as_compiled else widened(model, x, refused)
        self.upper = np.minimum(most, held(model, x))
        self.once, self.when = done_once(model)
        kept = program.integer & (self.once == BLANK)
        kept[_following(model)] = False
        self.lower = np.where(kept, np.round(x), program.col_lower)
        self.steps, self.by_person = steps_of(model)
        self.commodity, self.takes = goods_of(model)
        self.shared = np.flatnonzero(program.col_block == SHARED)
        self.core = core_rows(program, self.matrix, x)
        self._sites = SiteColumns(model, self.by_column)

    def block(self, site: int) -> Ints:
        """Return the columns of a site, and of the units near it that could serve it."""
        return self._sites.of(site)

    def proves(self, answer: Answer) -> bool:
        """Say whether the plan, changed as an answer says, breaks nothing but the limits that it names.

        Plain arithmetic in original units: over all rows that the changed columns are in, and over the bounds
        of columns that are limits by themselves. The changes are as the answer has them, or without what a
        solver's rounding left among them: less than what next to nobody takes.
        """
        changes = np.abs(answer.values - self.x[answer.columns])
        told = changes > NOTHING * self.steps[answer.columns]
        every = np.ones(len(told), dtype=bool)
        return answer.people > 0 and (self._keeps(answer, every) or self._keeps(answer, told))

    def _keeps(self, answer: Answer, made: Bools) -> bool:
        """Say whether those changes of an answer that are ``made`` break nothing else; shape (columns,)."""
        program, columns, values = self.model.program, answer.columns[made], answer.values[made]
        part = self.by_column[:, columns]
        change = part @ (values - self.x[columns])
        rows, at = np.unique(part.indices, return_inverse=True)
        largest = self.largest[rows]
        np.maximum.at(largest, at, np.abs(part.data * np.repeat(values, np.diff(part.indptr))))
        activity, size = self.activity[rows] + change[rows], 1.0 + largest
        # What a plan breaks by its own rounding is not held against an answer.
        low = np.minimum(program.row_lower[rows], self.activity[rows])
        high = np.maximum(program.row_upper[rows], self.activity[rows])
        broken = np.maximum((low - activity) / size, (activity - high) / size)
        broken = broken[~np.isin(self.limits.of_row[rows], answer.limits)]
        said = self.limits.of_column[columns]
        most = np.maximum(self.limits.said[columns], self.x[columns])
        beyond = ((values - most) / (1.0 + np.abs(values)))[(said != NONE) & ~np.isin(said, answer.limits)]
        fraction = np.abs(values - np.round(values))[program.integer[columns]]
        return max(float(each.max(initial=0.0)) for each in (broken, beyond, fraction)) <= FEASIBLE

    def dearer(self, answer: Answer, *, relaxed: bool) -> bool:
        """Say whether an answer's change is no gain by the mission's objective.

        Tiers before need are made worse by it, or its own by more than the need that is met. Or nothing is
        ``relaxed`` for it, need was given up within a tolerance, and later tiers are better without; of
        something relaxed the best of need gains, whatever a tolerance gives up of that. What would leave less
        need than the best that the search found was not given up: it was not found.
        """
        change = answer.values - self.x[answer.columns]
        for tier, costs, value in self._tiers:
            rise, slack = float(costs[answer.columns] @ change), FEASIBLE * (1.0 + abs(value))
            if tier.weights.get("need", 0.0):
                if relaxed or not tier.tolerance:
                    return rise >= 0
                if value + rise < self._best_of(tier, value) - slack:
                    return False
            if rise > slack:
                return True
        return not any(tier.weights.get("need", 0.0) for tier, _, _ in self._tiers)

    def _best_of(self, tier: Tier, value: float) -> float:
        """Return the best that the search found of a tier that it might give up within a tolerance.

        Where the plan does not say, the least that it can have been: the plan has so much more at most.
        """
        held = self._held_at.get(tier.name)
        most = value if held is None else held
        return most / (1.0 + math.copysign(tier.tolerance, most))

    @cached_property
    def _tiers(self) -> list[tuple[Tier, Floats, float]]:
        """The tiers, with their costs, shape (columns,), and what the plan's columns cost in each."""
        costs = [(tier, self.model.program.tier_costs(tier)[0]) for tier in self.model.program.tiers]
        return [(tier, each, float(each @ self.x)) for tier, each in costs]

    def there(self, places: Ints) -> Floats:
        """Return how much there is by places of limits, in units of these, 0 where there is no end of it.

        What hangs on who is called in, or which depot is open, is a term of its row, and its side is 0.
        """
        of_row = places < self.model.program.rows
        rows, found = places[of_row], np.zeros(len(places))
        found[~of_row] = self.limits.said[places[~of_row] - self.model.program.rows]
        side = self.model.program.row_upper[rows]
        term = -np.asarray(self.matrix[rows].min(axis=1).todense()).ravel()
        most = np.where(np.isfinite(side), np.where(side > 0, side, np.maximum(term, 0.0)), 0.0)
        found[of_row] = most / self.limits.each[rows]
        return found

    def left(self, places: Ints) -> float:
        """Return how much the plan leaves unused of what all of these places say; next to nothing is none.

        What hangs on who comes, or on what is opened, is left where nobody is there and nothing is open.
        """
        of_row = places < self.model.program.rows
        rows, columns = places[of_row], places[~of_row] - self.model.program.rows
        part = self.matrix[rows]
        unused = self.model.program.integer[part.indices] & (self.x[part.indices] < 0.5)
        part.data = np.where(unused, -part.data, 0.0)
        idle = np.maximum(part.max(axis=1).toarray().ravel(), 0.0)
        over = self.model.program.row_upper[rows] - self.activity[rows] + idle
        left = np.append(over / self.limits.each[rows], self.limits.said[columns] - self.x[columns])
        for room in self.rooms:
            if np.isin(room.storage[:1], places).any():
                left = np.append(left, room.left)
        least = float(left.min(initial=np.inf))
        little = max(_LITTLE * float(self.there(places).max(initial=0.0)), NOTHING)
        return least if little < least < np.inf else 0.0

    def at_site(self, site: int, besides: Ints = EMPTY, until: Deadline | None = None) -> SiteQuestion:
        """Return the program of a site, ready to be asked about each of its needs.

        ``besides`` are columns of other sites that are free in it, too; answers are wanted ``until`` then.
        """
        return SiteQuestion(self, site, besides, until or Deadline())


def _following(model: Model) -> Ints:
    """Return the columns of units that arrive: they follow from where units are, and need not be kept."""
    frames = model.assembly.stationing, model.assembly.escorts
    columns = np.concatenate([frame["arriving"].to_numpy(np.int64) for frame in frames])
    return np.asarray(columns[columns != BLANK], dtype=np.int64)
