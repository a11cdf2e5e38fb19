"""The parts of a mission in which a broken mandate is looked at: its site, all with mandates, the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import replace
from functools import cached_property

import numpy as np
from scipy import sparse

from pklogistics.explain.elastic import reach
from pklogistics.explain.limits import EMPTY, NONE
from pklogistics.explain.mandates import Mandate
from pklogistics.explain.questions import Questions
from pklogistics.explain.until import Until
from pklogistics.explain.whole import Whole, elastic_whole
from pklogistics.explain.widened import broken_columns
from pklogistics.model.program import SHARED, Bools, Floats, Ints
from pklogistics.solve.backend import Outcome, Start
from pklogistics.solve.piece import Piece
from pklogistics.solve.scaling import Scaling, scaling_of
from pklogistics.solve.small import solve_small

_SECONDS = 5.0
"""Limit of time for one program."""

_NOTHING = 1e-6
"""A mandate that is broken by no more than this, or so much of what the plan breaks, is kept."""

NO_PRICE = 1e-9
"""A dual, or a reduced cost, of no more than this is none."""


class Part:
    """The linear program of a part of the mission, in which one mandate is broken as little as can be.

    The rest does whatever suits the part best: what cannot hold here cannot hold in the mission either.

    Attributes
    ----------
    untold : whether it left an amount open for want of time
    narrower : a part of this part that is asked where this one does not tell
    """

    untold: bool
    narrower: Part | None

    def __init__(self, questions: Questions, mission: Whole, kept: Bools) -> None:
        self.questions, whole = questions, mission.piece
        self.columns: Ints = np.flatnonzero(kept)
        inside = sparse.csr_matrix(whole.matrix[:, self.columns])
        rest = sparse.csr_matrix(whole.matrix[:, np.flatnonzero(~kept)])
        low, high = reach(rest, whole.col_lower[~kept], whole.col_upper[~kept])
        lower, upper = whole.row_lower - high, whole.row_upper - low
        bound = (np.isfinite(lower) | np.isfinite(upper)) & (np.diff(inside.indptr) > 0)
        self.rows: Ints = np.flatnonzero(bound)
        self.of_row = mission.of_row[self.rows]
        self.rises, self.falls = mission.rises[self.rows], mission.falls[self.rows]
        self.piece = Piece(
            matrix=sparse.csr_matrix(inside[self.rows]),
            row_lower=lower[self.rows],
            row_upper=upper[self.rows],
            col_lower=whole.col_lower[self.columns],
            col_upper=whole.col_upper[self.columns],
            integer=np.zeros(len(self.columns), dtype=bool),
            costs=np.zeros(len(self.columns)),
        )
        self._integer = questions.model.program.integer[self.columns]
        self._by_column = self.piece.matrix.tocsc()
        self._scaling: Scaling = scaling_of(self.piece)
        self.untold, self.narrower = False, None

    @cached_property
    def in_whole_numbers(self) -> Part:
        """The same with what is whole whole: itself, if nothing is.

        What takes too long as a linear program does so in whole numbers.
        """
        if not self.piece.continuous or not self._integer.any():
            return self
        part = copy(self)
        part.piece = replace(self.piece, integer=self._integer)
        part._scaling = scaling_of(part.piece)
        return part

    def at(self, mandate: Mandate) -> int:
        """Return the position of a mandate's column."""
        return int(np.searchsorted(self.columns, mandate.column))

    @property
    def limits(self) -> Ints:
        """The limits of the part."""
        return np.setdiff1d(self.of_row, [NONE])

    def others(self, mandate: Mandate) -> Ints:
        """Return the columns of the part that say how far the other mandates are broken."""
        every = self.columns[np.isin(self.columns, broken_columns(self.questions.model))]
        return np.setdiff1d(every, [mandate.column])

    def least(
        self,
        mandate: Mandate,
        free: Ints,
        until: Until,
        start: Start | None = None,
        *,
        given_up: Ints = EMPTY,
    ) -> Outcome:
        """Return how little a mandate can be broken if these limits are left out.

        ``given_up`` are columns of other mandates that are left out as well.
        """
        rows = np.isin(self.of_row, free) & (self.of_row != NONE)
        piece = replace(
            self.piece,
            row_lower=np.where(rows & self.falls, -np.inf, self.piece.row_lower),
            row_upper=np.where(rows & self.rises, np.inf, self.piece.row_upper),
            col_upper=np.where(np.isin(self.columns, given_up), np.inf, self.piece.col_upper),
            costs=self._costs(self.at(mandate)),
        )
        return solve_small(piece, self._scaling, until.effort(_SECONDS), start)

    def breaks(self, mandate: Mandate, least: Outcome) -> bool:
        """Say whether an outcome of `least` says that the mandate must be broken."""
        if self.piece.continuous:
            if least.status != "optimal" or least.values is None:
                return False
            broken = float(least.values[self.at(mandate)])
        else:
            broken = least.bound
        return broken > _NOTHING * max(1.0, mandate.amount)

    def amount(self, mandate: Mandate, until: Until) -> float | None:
        """Return how far a mandate is broken at least; None if that is not known."""
        return self.exactly(lambda part: part._value(part.least(mandate, EMPTY, until), part.at(mandate)))[0]

    def pushing(self, mandate: Mandate, least: Outcome) -> list[Ints]:
        """Return the limits that may be why a mandate is broken, in groups that are best left out together.

        Of a linear program those with a price, one by one; in whole numbers all, those of the mandate's own
        site last.
        """
        limits = self.limits
        if least.duals is not None:
            priced = np.intersect1d(limits, self.of_row[np.abs(least.duals) > NO_PRICE])
            return list(priced[:, None])
        block = self.questions.model.program.col_block
        near = self.of_row[self._touching(np.flatnonzero(block[self.columns] == block[mandate.column]))]
        return [np.setdiff1d(limits, near), np.intersect1d(limits, near)]

    def needed(self, mandate: Mandate, best: Outcome) -> Ints:
        """Return the other mandates by which, as their prices say, a mandate is broken: their columns."""
        assert best.duals is not None, "asked only where it was found"
        reduced = self._costs(self.at(mandate)) - self.piece.matrix.T @ best.duals
        held = self.columns[reduced < -NO_PRICE]
        return np.intersect1d(self.others(mandate), held)

    def gives_way(self, mandate: Mandate, other: int, until: Until) -> float | None:
        """Return how far another mandate, told by its column, has to be broken in all for this one to hold.

        Infinite if that does not do, None if it was not found out.
        """
        if until.passed:
            return None
        upper, at = self.piece.col_upper.copy(), int(np.searchsorted(self.columns, other))
        upper[self.at(mandate)], upper[at] = 0.0, np.inf
        piece = replace(self.piece, col_upper=upper, costs=self._costs(at))
        return self._value(solve_small(piece, self._scaling, until.effort(_SECONDS)), at)

    def change(self, mandate: Mandate, limit: int, until: Until, left_out: Ints = EMPTY) -> float | None:
        """Return by how much a limit would have to be relaxed for a mandate to hold, others being left out.

        Infinite if that does not do, None if it was not found out.
        """
        if until.passed:
            return None
        piece = self.piece
        rows = np.flatnonzero(self.of_row == limit)
        count = len(rows) if self.questions.limits.in_parts(np.array([limit])).all() else 1
        added = np.arange(len(rows)) % count
        free = np.isin(self.of_row, left_out) & (self.of_row != NONE)
        sign = np.where(self.rises[rows], -1.0, 1.0)
        extra = sparse.csr_matrix((sign, (rows, added)), shape=(piece.rows, count))
        col_upper = piece.col_upper.copy()
        col_upper[self.at(mandate)] = 0.0
        wide = Piece(
            matrix=sparse.csr_matrix(sparse.hstack([piece.matrix, extra], format="csr")),
            row_lower=np.where(free & self.falls, -np.inf, piece.row_lower),
            row_upper=np.where(free & self.rises, np.inf, piece.row_upper),
            col_lower=np.append(piece.col_lower, np.zeros(count)),
            col_upper=np.append(col_upper, np.full(count, np.inf)),
            integer=np.append(piece.integer, np.zeros(count, dtype=bool)),
            costs=np.append(np.zeros(piece.columns), np.ones(count)),
        )
        outcome = solve_small(wide, scaling_of(wide), until.effort(_SECONDS))
        return self._value(outcome, slice(piece.columns, None))

    def exactly(self, ask: Callable[[Part], float | None]) -> tuple[float | None, bool]:
        """Return an amount that would do, in whole numbers, and True; None if nothing would, or is known.

        Where whole numbers do not tell in time: that of the linear program or of a narrower part, and False.
        """
        for part in dict.fromkeys((self.in_whole_numbers, self)):
            # What took too long once is not tried again, if there is something else to ask.
            other = part is not self or self.narrower is not None
            amount = None if part.untold and other else ask(part)
            if amount is not None:
                return (None if amount == np.inf else amount), part is self.in_whole_numbers
            part.untold = other
        return (self.narrower.exactly(ask)[0] if self.narrower else None), False

    def _costs(self, at: int) -> Floats:
        """Return the objective that counts one column alone."""
        costs = np.zeros(self.piece.columns)
        costs[at] = 1.0
        return costs

    def _touching(self, columns: Iterable[int]) -> Ints:
        """Return the rows in which any of these columns stand, given by their positions."""
        rows: Ints = np.unique(self._by_column[:, np.asarray(columns)].indices)
        return rows

    def _value(self, outcome: Outcome, at: int | slice) -> float | None:
        """Return the value of a column, or the sum of several.

        Infinite if there is no point, None if none was found.
        """
        if outcome.status == "infeasible":
            return np.inf
        enough = outcome.status == "optimal" or not self.piece.continuous
        return float(outcome.values[at].sum()) if enough and outcome.values is not None else None


class Parts:
    """The parts of a mission in which a conflict is looked for: a mandate's own site, then all with mandates.

    A mandate of several sites is looked for in the whole; so is each where there is one of them (people to be
    served alike, a post in a region), for sites without a mandate of their own then hold back others.
    """

    def __init__(self, questions: Questions) -> None:
        self.questions = questions
        self._whole = elastic_whole(questions)
        self._blocks = questions.model.program.col_block
        self._mandated = np.unique(self._blocks[broken_columns(questions.model)])
        self._wide = bool((self._blocks[broken_columns(questions.model)] == SHARED).any())

    def of(self, mandate: Mandate) -> tuple[Part, ...]:
        """Return the parts in which a mandate is looked at, the smallest first."""
        block = int(self._blocks[mandate.column])
        if block == SHARED:
            return (self._whole_part,)
        own = self._of([block])
        return (own, self._mandated_part, self._whole_part) if self._wide else (own, self._mandated_part)

    @cached_property
    def _mandated_part(self) -> Part:
        return self._of(self._mandated[self._mandated != SHARED].tolist())

    @cached_property
    def _whole_part(self) -> Part:
        part = Part(self.questions, self._whole, np.ones(len(self._blocks), dtype=bool))
        part.narrower = self._mandated_part
        return part

    def _of(self, blocks: list[int]) -> Part:
        """Return the part of some sites, with what all share and the units near them."""
        kept = self._blocks == SHARED
        for block in blocks:
            kept[self.questions.block(block)] = True
        return Part(self.questions, self._whole, kept)
