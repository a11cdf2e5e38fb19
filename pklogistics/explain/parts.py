"""The parts of a mission in which a broken mandate is looked at: its site, all with mandates, the whole."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

from pklogistics.explain.answer import REFUSAL
from pklogistics.explain.elastic import reach
from pklogistics.explain.limits import EMPTY, NONE
from pklogistics.explain.questions import Questions
from pklogistics.explain.widened import broken_columns, widened
from pklogistics.model.program import SHARED, Bools, Floats, Ints
from pklogistics.solve.backend import Outcome, Start
from pklogistics.solve.piece import Piece
from pklogistics.solve.scaling import Scaling, scaling_of
from pklogistics.solve.small import Effort, solve_small

_LP_SECONDS = 5.0
"""Limit of time for one linear program."""


NO_PRICE = 1e-9
"""A dual, or a reduced cost, of no more than this is none."""


@dataclass(frozen=True)
class Mandate:
    """A mandate that the plan breaks: its rule, its labels, its column, and by how much, in people."""

    rule: str
    labels: pd.Series
    column: int
    people: float
    amount: float


@dataclass(frozen=True)
class Whole:
    """The linear program of a mission in which every limit is a row; see `Limits` for the last three."""

    piece: Piece
    of_row: Ints
    rises: Bools
    falls: Bools


class Part:
    """The linear program of a part of the mission, in which one mandate is broken as little as can be.

    The rest does whatever suits the part best: what cannot hold here cannot hold in the mission either.
    """

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
        self._scaling: Scaling = scaling_of(self.piece)

    def at(self, mandate: Mandate) -> int:
        """Return the position of a mandate's column."""
        return int(np.searchsorted(self.columns, mandate.column))

    def others(self, mandate: Mandate) -> Ints:
        """Return the columns of the part that say how far the other mandates are broken."""
        every = self.columns[np.isin(self.columns, broken_columns(self.questions.model))]
        return np.setdiff1d(every, [mandate.column])

    def least(
        self,
        mandate: Mandate,
        free: Ints,
        deadline: float,
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
        return solve_small(piece, self._scaling, _effort(deadline), start)

    def _costs(self, at: int) -> Floats:
        """Return the objective that counts one column alone."""
        costs = np.zeros(self.piece.columns)
        costs[at] = 1.0
        return costs

    def broken(self, mandate: Mandate, outcome: Outcome) -> float | None:
        """Return how far an outcome breaks a mandate; None if it was not found."""
        found = outcome.status == "optimal" and outcome.values is not None
        return float(outcome.values[self.at(mandate)]) if found and outcome.values is not None else None

    def needed(self, mandate: Mandate, best: Outcome) -> Ints:
        """Return the other mandates by which, as their prices say, a mandate is broken: their columns."""
        assert best.duals is not None, "asked only where it was found"
        reduced = self._costs(self.at(mandate)) - self.piece.matrix.T @ best.duals
        held = self.columns[reduced < -NO_PRICE]
        return np.intersect1d(self.others(mandate), held)

    def gives_way(self, mandate: Mandate, other: int, deadline: float) -> float | None:
        """Return how far another mandate, told by its column, has to be broken in all for this one to hold.

        None if that does not do, or no time is left.
        """
        if time.monotonic() > deadline:
            return None
        upper, at = self.piece.col_upper.copy(), int(np.searchsorted(self.columns, other))
        upper[self.at(mandate)], upper[at] = 0.0, np.inf
        piece = replace(self.piece, col_upper=upper, costs=self._costs(at))
        outcome = solve_small(piece, self._scaling, _effort(deadline))
        return None if outcome.status != "optimal" or outcome.values is None else float(outcome.values[at])

    def change(self, mandate: Mandate, limit: int, deadline: float) -> float | None:
        """Return by how much a limit would have to be relaxed for a mandate to hold.

        None if that does not do, or no time is left.
        """
        if time.monotonic() > deadline:
            return None
        piece = self.piece
        rows = np.flatnonzero(self.of_row == limit)
        sign = np.where(self.rises[rows], -1.0, 1.0)
        extra = sparse.csr_matrix((sign, (rows, np.zeros(len(rows), int))), shape=(piece.rows, 1))
        col_upper = piece.col_upper.copy()
        col_upper[self.at(mandate)] = 0.0
        wide = Piece(
            matrix=sparse.csr_matrix(sparse.hstack([piece.matrix, extra], format="csr")),
            row_lower=piece.row_lower,
            row_upper=piece.row_upper,
            col_lower=np.append(piece.col_lower, 0.0),
            col_upper=np.append(col_upper, np.inf),
            integer=np.zeros(piece.columns + 1, dtype=bool),
            costs=np.append(np.zeros(piece.columns), 1.0),
        )
        outcome = solve_small(wide, scaling_of(wide), _effort(deadline))
        return None if outcome.status != "optimal" or outcome.values is None else float(outcome.values[-1])


def _effort(deadline: float) -> Effort:
    return Effort(seconds=max(0.1, min(_LP_SECONDS, (deadline - time.monotonic()) / 2)))


class Parts:
    """The parts of a mission in which a conflict is looked for: a mandate's own site, then all with mandates.

    A mandate of several sites is looked for in the whole.
    """

    def __init__(self, questions: Questions) -> None:
        self.questions = questions
        self._whole = _elastic(questions)
        self._blocks = questions.model.program.col_block
        self._mandated = np.unique(self._blocks[broken_columns(questions.model)])

    def own(self, mandate: Mandate) -> Part:
        """Return the part of the site of a mandate; of a mandate of several sites, the whole."""
        block = int(self._blocks[mandate.column])
        return self._whole_part if block == SHARED else self._of([block])

    def all(self, mandate: Mandate) -> Part:
        """Return the part of all sites that have a mandate; of a mandate of several sites, the whole."""
        return self._whole_part if self._blocks[mandate.column] == SHARED else self._mandated_part

    @cached_property
    def _mandated_part(self) -> Part:
        return self._of(self._mandated[self._mandated != SHARED].tolist())

    @cached_property
    def _whole_part(self) -> Part:
        return Part(self.questions, self._whole, np.ones(len(self._blocks), dtype=bool))

    def _of(self, blocks: list[int]) -> Part:
        """Return the part of some sites, with what all share and the units near them."""
        kept = self._blocks == SHARED
        for block in blocks:
            kept[self.questions.block(block)] = True
        return Part(self.questions, self._whole, kept)


def _elastic(questions: Questions) -> Whole:
    """Return the linear program of a mission in which no mandate is broken further than in the plan.

    What a column bound says by itself, and where consent is refused, stands in a row more.
    """
    program, x, limits = questions.model.program, questions.x, questions.limits
    upper = widened(questions.model, x)
    mandates = broken_columns(questions.model)
    upper[mandates] = x[mandates]
    bound, refused = np.flatnonzero(limits.of_column != NONE), np.flatnonzero(questions.refused)
    bound = np.setdiff1d(bound, refused)
    said = np.concatenate([np.maximum(program.col_upper[bound], x[bound]), x[refused]])
    at, count = np.concatenate([bound, refused]), len(said)
    more = sparse.csr_matrix((np.ones(count), (np.arange(count), at)), shape=(count, program.columns))
    activity = questions.matrix @ x
    piece = Piece(
        matrix=sparse.csr_matrix(sparse.vstack([questions.matrix, more], format="csr")),
        row_lower=np.concatenate([np.minimum(program.row_lower, activity), np.full(count, -np.inf)]),
        row_upper=np.concatenate([np.maximum(program.row_upper, activity), said]),
        col_lower=np.minimum(program.col_lower, x),
        col_upper=upper,
        integer=np.zeros(program.columns, dtype=bool),
        costs=np.zeros(program.columns),
    )
    return Whole(
        piece=piece,
        of_row=np.concatenate([limits.of_row, limits.of_column[bound], REFUSAL - refused]),
        rises=np.concatenate([limits.rises, np.ones(count, dtype=bool)]),
        falls=np.concatenate([limits.falls, np.zeros(count, dtype=bool)]),
    )
