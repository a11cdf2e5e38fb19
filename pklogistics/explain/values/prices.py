"""The linear program of a plan with everything whole as it is, its prices, and what a little more gains.

Who is present, which units stand where and what is open stay as in the plan; people, money and goods may
move. Its duals price every limit; solved again with a limit raised, it tells what that gains: at least as
much as the whole mission would, for there everything could be decided anew.
"""

from __future__ import annotations

import time
from copy import copy
from dataclasses import dataclass, replace
from itertools import takewhile

import numpy as np
from ortools.math_opt import solution_pb2
from scipy import sparse

from pklogistics.explain.deadline import Deadline
from pklogistics.explain.limits.bounds import broken_columns, widened
from pklogistics.explain.limits.limits import NONE
from pklogistics.explain.shortfalls.questions import Questions
from pklogistics.explain.tolerances import HELD
from pklogistics.model.program import Floats, Ints, Program, Term, Tier
from pklogistics.model.sets import BLANK
from pklogistics.solve.backend import Outcome, Start
from pklogistics.solve.piece import Piece
from pklogistics.solve.scaling import Scaling, scaling_of
from pklogistics.solve.small import solve_from, solve_small

SECONDS = 30.0
"""Limit of time for one linear program."""

_LEFT = 1e-10
"""A gain of so little of the whole is what a solver left of nothing."""


@dataclass(frozen=True)
class Gain:
    """What raising a limit gains: severity-weighted need met, people served, and what one more gains there.

    The last is what the prices say after the raise: where they change, either side's.
    """

    weighted: float
    people: float
    slope: float


class Prices:
    """The linear program of one plan, solved.

    A limit is told by numbers: those of rows, and behind them (from ``rows`` on) those of columns whose
    upper bound is the limit.
    """

    def __init__(self, questions: Questions, until: Deadline) -> None:
        """Solve the linear program in time; ``found``: whether it was."""
        self._asked = questions
        self.piece, self.rows = _piece(questions), questions.model.program.rows
        self._by_column = self.piece.matrix.tocsc()
        self._scaling: Scaling = scaling_of(self.piece)
        began = time.monotonic()
        self._first: Outcome = solve_small(self.piece, self._scaling, until.effort(SECONDS))
        self._anew = time.monotonic() - began
        unmet = questions.model.assembly.unmet
        self._unmet = unmet[unmet != BLANK]
        self._gains: dict[tuple[bytes, float], Gain] = {}

    def begun(self, columns: Ints, values: Floats) -> Prices:
        """Return the same with whole columns at other values; what is gained is still told from the plan."""
        lower, upper = self.piece.col_lower.copy(), self.piece.col_upper.copy()
        lower[columns] = upper[columns] = np.round(values)
        other = copy(self)
        other._gains = {}
        other.piece = replace(self.piece, col_lower=lower, col_upper=upper)
        return other

    @property
    def found(self) -> bool:
        """Whether there are prices."""
        return self._first.values is not None and self._first.duals is not None

    @property
    def left(self) -> float:
        """Severity-weighted need that is unmet."""
        assert self._first.values is not None, "asked only where it was found"
        return self.piece.value(self._first.values)

    @property
    def duals(self) -> Floats:
        """Price of every row: what one more on its side adds to the severity-weighted unmet need."""
        assert self._first.duals is not None, "asked only where it was found"
        return self._first.duals

    def worth(self, limits: Ints) -> Floats:
        """Return what one more of each limit gains at most, by the prices, shape (limits,)."""
        return self._worth(self.duals, limits)

    def _worth(self, duals: Floats, limits: Ints) -> Floats:
        return self._priced(self._by_column, self.piece.costs, duals, limits)

    def priced(self, piece: Piece, duals: Floats, limits: Ints) -> Floats:
        """Return what one more of each limit gains at most by the prices of a program of the same columns.

        Its rows are those of `piece`, and others behind them.
        """
        return self._priced(piece.matrix.tocsc(), piece.costs, duals, limits)

    def _priced(self, by_column: sparse.csc_matrix, costs: Floats, duals: Floats, limits: Ints) -> Floats:
        rises, rows = self._asked.limits.rises, self.rows
        row = limits < rows
        at, columns = limits[row], limits[~row] - rows
        gains = np.zeros(len(limits))
        gains[row] = np.where(rises[at], -duals[at], duals[at]) * self._asked.limits.each[at]
        gains[~row] = by_column[:, columns].T @ duals - costs[columns]
        return np.maximum(gains, 0.0)

    def of_use(self, limits: Ints) -> Ints:
        """Return those of which more could be used: ``max_people`` of no more than those who are present."""
        table, of_row = self._asked.limits.table, self._asked.limits.of_row
        row = limits < self.rows
        at = limits[row]
        of_people = table["kind"].to_numpy(dtype=object)[of_row[at]] == "max_people"
        there = -self.piece.matrix[at[of_people]].minimum(0) @ self.piece.col_upper
        absent = at[of_people][there <= 0]
        return limits[~(row & np.isin(limits, absent))]

    def gain(self, limits: Ints, step: float, until: Deadline) -> Gain | None:
        """Return what it gains to relax these limits by a step; None if that fails, or takes too long.

        A negative step takes away; what is lost is negative. What is asked again is not solved again.
        """
        key = limits.tobytes(), float(step)
        if key not in self._gains:
            found = self._gain(limits, step, until)
            if found is None:
                return None
            self._gains[key] = found
        return self._gains[key]

    def _gain(self, limits: Ints, step: float, until: Deadline) -> Gain | None:
        changed = self.raised(self.piece, limits, step)
        start, effort = Start(basis=self._first.basis), replace(until.effort(SECONDS), dual=True)
        again = solve_from(start, changed, self._scaling, effort, self._anew)
        slope = 0.0 if again.duals is None else float(self._worth(again.duals, limits).sum())
        return self._better(again, slope)

    def raised(self, piece: Piece, limits: Ints, step: float) -> Piece:
        """Return a program of the same rows and columns in which these limits are relaxed by a step."""
        limits = self.of_use(limits)
        rows, columns = limits[limits < self.rows], limits[limits >= self.rows] - self.rows
        lower, upper, most = piece.row_lower.copy(), piece.row_upper.copy(), piece.col_upper.copy()
        up, steps = self._asked.limits.rises[rows], step * self._asked.limits.each[rows]
        upper[rows[up]] += steps[up]
        lower[rows[~up]] -= steps[~up]
        most[columns] += step
        return replace(piece, row_lower=lower, row_upper=upper, col_upper=most)

    def freed(self, fund: int, accounts: Ints, step: float, until: Deadline) -> Gain | None:
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
        effort = until.effort(SECONDS)
        again = solve_from(self._beside(count), wide, scaling_of(wide), effort, self._anew)
        return self._better(again, 0.0 if again.duals is None else max(0.0, -float(again.duals[-1])))

    def _beside(self, count: int) -> Start:
        """Return where to go on from with so many columns more: the old basis, and nothing of them."""
        basis = solution_pb2.BasisProto()
        if self._first.basis is None:
            return Start()
        basis.CopyFrom(self._first.basis)
        basis.variable_status.ids.extend(range(self.piece.columns, self.piece.columns + count))
        basis.variable_status.values.extend([solution_pb2.BASIS_STATUS_AT_LOWER_BOUND] * count)
        return Start(basis=basis)

    def _better(self, again: Outcome, slope: float) -> Gain | None:
        assert self._first.values is not None, "asked only where it was found"
        if again.duals is None or again.status != "optimal" or again.values is None:
            return None
        before, after = self._first.values, again.values[: self.piece.columns]
        now = self.piece.value(before)
        weighted = now - self.piece.value(after)
        if abs(weighted) <= _LEFT * (1.0 + abs(now)):
            weighted = 0.0
        return Gain(weighted, float(before[self._unmet].sum() - after[self._unmet].sum()), slope)


def _piece(questions: Questions) -> Piece:
    """Return the linear program.

    No mandate is broken further than in the plan, no other tier before need is worse, and nobody is there who
    refuses.
    """
    model, x = questions.model, questions.x
    program = model.program
    upper = widened(model, x, questions.refused)
    free = np.flatnonzero(questions.limits.of_column != NONE)
    upper[free] = np.maximum(questions.limits.said[free], x[free])
    broken = broken_columns(model)
    upper[broken] = x[broken]
    whole = program.integer
    need = program.terms.get("need", Term(np.zeros(program.columns)))
    held = [tier for tier in before_need(program) if set(tier.weights) != {"mandate"}]
    activity = questions.matrix @ x
    piece = Piece(
        matrix=questions.matrix,
        row_lower=np.minimum(program.row_lower, activity),
        row_upper=np.maximum(program.row_upper, activity),
        col_lower=np.where(whole, np.round(x), np.minimum(program.col_lower, x)),
        col_upper=np.where(whole, np.round(x), upper),
        integer=np.zeros(program.columns, dtype=bool),
        costs=need.costs,
        offset=need.offset,
    )
    for tier in held:
        costs, _ = program.tier_costs(tier)
        most = float(costs @ x)
        piece = piece.with_row(costs, most + HELD * (1.0 + abs(most)))
    return piece


def before_need(program: Program) -> list[Tier]:
    """Return the tiers before that of need; all, if there is none."""
    return list(takewhile(lambda tier: not tier.weights.get("need", 0.0), program.tiers))
