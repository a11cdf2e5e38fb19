"""The linear program of a plan with everything whole as it is, its prices, and what a little more gains.

Who is present, which units stand where and what is open stay as in the plan; people, money and goods may
move. Its duals price every limit; solved again with a limit raised, it tells what that gains: at least as
much as the whole mission would, for there everything could be decided anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from ortools.math_opt import solution_pb2
from scipy import sparse

from pklogistics.explain.limits import NONE, option_capacity
from pklogistics.explain.questions import Questions
from pklogistics.explain.until import Until
from pklogistics.explain.widened import broken_columns, widened
from pklogistics.model.program import Floats, Ints
from pklogistics.model.sets import BLANK
from pklogistics.solve.backend import Outcome, Start
from pklogistics.solve.piece import Piece
from pklogistics.solve.scaling import Scaling, scaling_of
from pklogistics.solve.small import solve_small

_SECONDS = 30.0
"""Limit of time for one linear program."""


@dataclass(frozen=True)
class Gain:
    """What raising a limit gains: severity-weighted need met, and people served."""

    weighted: float
    people: float


class Prices:
    """The linear program of one plan, solved."""

    def __init__(self, questions: Questions, until: Until) -> None:
        """Solve the linear program in time; ``found``: whether it was."""
        self._asked = questions
        self.piece = _piece(questions)
        self._scaling: Scaling = scaling_of(self.piece)
        self._first: Outcome = solve_small(self.piece, self._scaling, until.effort(_SECONDS))
        unmet = questions.model.assembly.unmet
        self._unmet = unmet[unmet != BLANK]

    @property
    def found(self) -> bool:
        """Whether there are prices."""
        return self._first.values is not None and self._first.duals is not None

    @property
    def duals(self) -> Floats:
        """Price of every row: what one more on its side adds to the severity-weighted unmet need."""
        assert self._first.duals is not None, "asked only where it was found"
        return self._first.duals

    def gain(self, rows: Ints, step: float, until: Until) -> Gain | None:
        """Return what it gains to relax these rows by a step; None if that fails, or takes too long.

        A negative step takes away; what is lost is negative.
        """
        lower, upper = self.piece.row_lower.copy(), self.piece.row_upper.copy()
        up = self._asked.limits.rises[rows]
        upper[rows[up]] += step
        lower[rows[~up]] -= step
        changed = replace(self.piece, row_lower=lower, row_upper=upper)
        effort = replace(until.effort(_SECONDS), dual=True)
        return self._better(solve_small(changed, self._scaling, effort, Start(basis=self._first.basis)))

    def freed(self, fund: int, accounts: Ints, step: float, until: Until) -> Gain | None:
        """Return what it gains if so much of a fund may pay any of these accounts; None as above.

        ``fund`` is the row of the fund's amount, ``accounts`` those of what is paid of each account.
        """
        piece, count = self.piece, len(accounts)
        # What of the fund pays each account is a column more; a row more keeps them to the step.
        rows = np.concatenate([accounts, np.full(count, fund), np.full(count, piece.rows)])
        paid = (np.ones(3 * count), (rows, np.tile(np.arange(count), 3)))
        old = sparse.vstack([piece.matrix, sparse.csr_matrix((1, piece.columns))], format="csr")
        new = sparse.csr_matrix(paid, shape=(piece.rows + 1, count))
        wide = Piece(
            matrix=sparse.csr_matrix(sparse.hstack([old, new], format="csr")),
            row_lower=np.append(piece.row_lower, -np.inf),
            row_upper=np.append(piece.row_upper, step),
            col_lower=np.append(piece.col_lower, np.zeros(count)),
            col_upper=np.append(piece.col_upper, np.full(count, step)),
            integer=np.zeros(piece.columns + count, dtype=bool),
            costs=np.append(piece.costs, np.zeros(count)),
            offset=piece.offset,
        )
        return self._better(solve_small(wide, scaling_of(wide), until.effort(_SECONDS), self._beside(count)))

    def _beside(self, count: int) -> Start:
        """Return where to go on from with so many columns more: the old basis, and nothing of them."""
        basis = solution_pb2.BasisProto()
        if self._first.basis is None:
            return Start()
        basis.CopyFrom(self._first.basis)
        basis.variable_status.ids.extend(range(self.piece.columns, self.piece.columns + count))
        basis.variable_status.values.extend([solution_pb2.BASIS_STATUS_AT_LOWER_BOUND] * count)
        return Start(basis=basis)

    def _better(self, again: Outcome) -> Gain | None:
        assert self._first.values is not None, "asked only where it was found"
        if again.status != "optimal" or again.values is None:
            return None
        before, after = self._first.values, again.values[: self.piece.columns]
        weighted = self.piece.value(before) - self.piece.value(after)
        return Gain(weighted, float(before[self._unmet].sum() - after[self._unmet].sum()))


def _piece(questions: Questions) -> Piece:
    """Return the linear program.

    No mandate is broken further than in the plan, and nobody is there who refuses.
    """
    model, x = questions.model, questions.x
    program = model.program
    upper = widened(model, x)
    free = np.flatnonzero(questions.limits.of_column != NONE)
    able = np.zeros(program.columns)
    able[model.assembly.options["served"].to_numpy(np.int64)] = option_capacity(model)
    upper[free] = np.maximum(able[free], x[free])
    broken = broken_columns(model)
    upper[broken] = x[broken]
    upper[questions.refused] = x[questions.refused]
    whole = program.integer
    tier = next((tier for tier in program.tiers if tier.weights.get("need", 0.0)), None)
    costs, offset = program.tier_costs(tier) if tier is not None else (np.zeros(program.columns), 0.0)
    activity = questions.matrix @ x
    return Piece(
        matrix=questions.matrix,
        row_lower=np.minimum(program.row_lower, activity),
        row_upper=np.maximum(program.row_upper, activity),
        col_lower=np.where(whole, np.round(x), np.minimum(program.col_lower, x)),
        col_upper=np.where(whole, np.round(x), upper),
        integer=np.zeros(program.columns, dtype=bool),
        costs=costs,
        offset=offset,
    )
