"""The cheapest change of limits that lets mandates hold: of one limit, or of several together.

Each limit gets a column that says by how much its row of the table is relaxed, whatever the rows of the
program that say it; a rule is lifted as a whole:

    min  sum_l price_l r_l + sum_l price_l z_l
    s.t. A x - each_i r_l in its sides       row i, of limit l
         e_i <= M_i z_l                      row i, broken by e_i, of a rule
         the mandates hold, every other is broken no further than in the plan
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from pklogistics.explain.conflicts.measure import Given
from pklogistics.explain.conflicts.scope import SECONDS, Scope
from pklogistics.explain.deadline import Deadline
from pklogistics.explain.limits.kinds import BY_NAME, NO_HALVES
from pklogistics.explain.limits.limits import NONE
from pklogistics.explain.limits.places import EMPTY
from pklogistics.explain.shortfalls.questions import Questions
from pklogistics.explain.tolerances import NOTHING
from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.backend import Outcome
from pklogistics.solve.piece import Piece, activity_range
from pklogistics.solve.scaling import scaling_of
from pklogistics.solve.small import solve_small


@dataclass(frozen=True)
class Change:
    """What would let mandates hold.

    Attributes
    ----------
    limits : numbers of those that are relaxed
    amounts : by how much each is, in its unit; of a rule that is lifted 1
    places : where each is broken
    """

    limits: Ints
    amounts: Floats
    places: tuple[Ints, ...]


_NOTHING_DOES = Given(Change(EMPTY, np.zeros(0), ()), np.inf)


def cheapest_change(
    scope: Scope,
    mandates: Ints,
    limits: Ints,
    until: Deadline,
    *,
    prices: Floats | None = None,
    left_out: Ints = EMPTY,
) -> Given[Change] | None:
    """Return the cheapest change of these limits by which mandates hold; None if it was not found out.

    What comes whole, and a rule, is a whole one where it is the only limit.

    Parameters
    ----------
    mandates : the columns that say how far they are broken
    limits : numbers in rising order
    prices : of one unit of each, and of lifting a rule; 1 if left out
    left_out : limits that are not asked to hold
    """
    if until.passed:
        return None
    relaxed = _Relaxed(scope, limits, np.ones(len(limits)) if prices is None else prices)
    piece = relaxed.piece(mandates, left_out)
    found = solve_small(piece, scaling_of(piece), until.effort(SECONDS))
    if found.status == "infeasible":
        return _NOTHING_DOES
    if found.values is None or found.status != "optimal":
        return None
    return relaxed.change(piece, _polished(piece, found, until))


def _polished(piece: Piece, found: Outcome, until: Deadline) -> Floats:
    """Return a point with the least amounts for what is whole in it."""
    assert found.values is not None, "asked only where a point was found"
    if piece.continuous:
        return found.values
    fixed = piece.with_integers_fixed(piece.tidied(found.values))
    again = solve_small(fixed, scaling_of(fixed), until.effort(SECONDS))
    return found.values if again.status != "optimal" or again.values is None else again.values


class _Relaxed:
    """The columns by which limits of a scope are relaxed: amounts by limit or by row, and rules by limit."""

    def __init__(self, scope: Scope, limits: Ints, prices: Floats) -> None:
        self._scope, self._limits = scope, limits
        kinds = [BY_NAME[name] for name in scope.questions.limits.table["kind"].iloc[limits]]
        self._lifted: Bools = np.array([bool(kind.lifted) or not kind.unit for kind in kinds], dtype=bool)
        counted = np.array([kind.unit in NO_HALVES for kind in kinds], dtype=bool) & ~self._lifted
        self._rows: Ints = np.flatnonzero(np.isin(scope.of_row, limits))
        limit = np.searchsorted(limits, scope.of_row[self._rows])
        by_row = (scope.questions.limits.in_parts(limits) | self._lifted)[limit]
        number = np.where(by_row, len(limits) + np.arange(len(limit)), limit)
        _, first, column = np.unique(number, return_index=True, return_inverse=True)
        self._column: Ints = column
        self._of_column: Ints = limit[first]
        rules = np.flatnonzero(self._lifted)
        self._rule: Ints = np.full(len(limits), NONE)
        self._rule[rules] = len(self._of_column) + np.arange(len(rules))
        self._costs: Floats = np.concatenate(
            [np.where(self._lifted, 0.0, prices)[self._of_column], prices[rules]]
        )
        self._counted, self._each = counted | self._lifted, float(prices[0])
        whole = np.append(counted[self._of_column], np.ones(len(rules), dtype=bool))
        self._whole: Bools = whole & (not scope.piece.continuous)

    def piece(self, mandates: Ints, left_out: Ints) -> Piece:
        """Return the program of the scope in which mandates hold and the limits may be relaxed."""
        scope, piece = self._scope, self._scope.piece
        free = np.isin(scope.of_row, left_out) & (scope.of_row != NONE)
        links = self._links()
        kept, count = piece.columns, len(self._costs)
        upper = piece.col_upper.copy()
        upper[scope.at(np.intersect1d(mandates, scope.columns))] = 0.0
        size = np.where(scope.rises[self._rows], -1.0, 1.0) * scope.each[self._rows]
        extra = sparse.csr_matrix((size, (self._rows, self._column)), shape=(piece.rows, count))
        top = sparse.hstack([piece.matrix, extra])
        bottom = sparse.hstack([sparse.csr_matrix((links.shape[0], kept)), links])
        most = np.full(count, np.inf)
        most[len(self._of_column) :] = 1.0
        return Piece(
            matrix=sparse.csr_matrix(sparse.vstack([top, bottom], format="csr")),
            row_lower=np.append(
                np.where(free & scope.falls, -np.inf, piece.row_lower), np.full(links.shape[0], -np.inf)
            ),
            row_upper=np.append(
                np.where(free & scope.rises, np.inf, piece.row_upper), np.zeros(links.shape[0])
            ),
            col_lower=np.append(piece.col_lower, np.zeros(count)),
            col_upper=np.append(upper, most),
            integer=np.append(piece.integer, self._whole),
            costs=np.append(np.zeros(kept), self._costs),
        )

    def _links(self) -> sparse.csr_matrix:
        """Return rows by which those of a rule are broken only where it is lifted."""
        scope, piece, count = self._scope, self._scope.piece, len(self._costs)
        limit = self._of_column[self._column]
        at = np.flatnonzero(self._lifted[limit])
        rows = self._rows[at]
        low, high = activity_range(sparse.csr_matrix(piece.matrix[rows]), piece.col_lower, piece.col_upper)
        over = np.where(np.isfinite(piece.row_upper[rows]), high - piece.row_upper[rows], 0.0)
        under = np.where(np.isfinite(piece.row_lower[rows]), piece.row_lower[rows] - low, 0.0)
        most = np.maximum(np.maximum(over, under), 0.0) / scope.each[rows]
        line = np.arange(len(at))
        entries = np.concatenate([np.ones(len(at)), -np.where(np.isfinite(most), most, 0.0)])
        places = np.concatenate([line, line]), np.concatenate([self._column[at], self._rule[limit[at]]])
        return sparse.csr_matrix((entries, places), shape=(len(at), count))

    def change(self, piece: Piece, values: Floats) -> Given[Change]:
        """Return what a point of the program says of the limits."""
        cost = piece.value(values)
        if len(self._limits) == 1 and self._counted[0]:
            cost = self._each * float(np.ceil(cost / self._each - NOTHING))
        added = values[self._scope.piece.columns :][: len(self._of_column)]
        amounts = np.bincount(self._of_column, added, len(self._limits))
        used = np.flatnonzero(amounts > NOTHING)
        # Of what several rows say in several forms one amount is told; a rule is lifted or not.
        limit = np.where(added > NOTHING, self._of_column, NONE)[self._column]
        change = Change(
            limits=self._limits[used],
            amounts=np.where(self._lifted, 1.0, amounts)[used],
            places=tuple(self._scope.places[self._rows[limit == at]] for at in used),
        )
        return Given(change, cost)


def prices_of(questions: Questions, limits: Ints, there: Floats) -> Floats:
    """Return what one unit of each limit costs: an amount counts as a part of what there is.

    A dollar is a dollar, in whatever fund; a rule lifted counts as much as twice the amount; what is made by
    hand, for want of a cell, counts ten times that.
    """
    table = questions.limits.table.iloc[limits]
    kinds = [BY_NAME[name] for name in table["kind"]]
    size = np.maximum(there, NOTHING)
    money = np.array([kind.unit == "money" for kind in kinds], dtype=bool)
    size[money] = float(there[money].max(initial=1.0))
    size = np.where(there > 0, size, 1.0)
    by_hand = np.array([10.0 if not kind.column and not money[at] else 1.0 for at, kind in enumerate(kinds)])
    rule = np.array([bool(kind.lifted) or not kind.unit for kind in kinds], dtype=bool)
    prices: Floats = table["reluctance"].to_numpy(float) * by_hand / np.where(rule, 1.0, size)
    return prices
