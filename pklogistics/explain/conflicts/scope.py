"""A part of a mission in which a broken mandate is looked at."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import replace
from functools import cached_property

import numpy as np
from scipy import sparse

from pklogistics.explain.conflicts.elastic_mission import Whole
from pklogistics.explain.conflicts.mandates import Mandate, Mandates, served_of
from pklogistics.explain.conflicts.measure import Given, Measured, counting, with_measure
from pklogistics.explain.deadline import Deadline
from pklogistics.explain.limits.limits import NONE
from pklogistics.explain.limits.places import EMPTY
from pklogistics.explain.shortfalls.questions import Questions
from pklogistics.explain.tolerances import NO_PRICE, NOTHING
from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.backend import Outcome
from pklogistics.solve.piece import Piece, activity_range
from pklogistics.solve.scaling import Scaling, scaling_of
from pklogistics.solve.small import solve_small

SECONDS = 5.0
"""Limit of time for one program."""


class Scope:
    """The linear program of a part of the mission, in which one mandate is broken as little as can be.

    The rest does whatever suits the scope best: what cannot hold here cannot hold in the mission either. Or
    it stays as the plan has it: what holds here, in whole numbers, holds in the mission.

    Attributes
    ----------
    bounding : whether what cannot hold here cannot hold in the mission
    of_row, each, places, rises, falls : of its rows, as of those of the mission (see `Whole`)
    """

    of_row: Ints
    each: Floats
    places: Ints
    rises: Bools
    falls: Bools

    def __init__(
        self, mandates: Mandates, questions: Questions, mission: Whole, kept: Bools, *, planned: bool = False
    ) -> None:
        """Take the columns that are ``kept``; ``planned``: the others stay as the plan has them."""
        self.mandates, self.questions, whole = mandates, questions, mission.piece
        self.columns: Ints = np.flatnonzero(kept)
        inside = sparse.csr_matrix(whole.matrix[:, self.columns])
        inside.sort_indices()
        rest, x = sparse.csr_matrix(whole.matrix[:, np.flatnonzero(~kept)]), questions.x[~kept]
        ends = (x, x) if planned else (whole.col_lower[~kept], whole.col_upper[~kept])
        low, high = activity_range(rest, *ends)
        lower, upper = whole.row_lower - high, whole.row_upper - low
        bound = (np.isfinite(lower) | np.isfinite(upper)) & (np.diff(inside.indptr) > 0)
        self._integer = questions.model.program.integer[self.columns]
        self.bounding, self._of_all = not planned, bool(kept.all())
        self._keep(
            np.flatnonzero(bound),
            mission,
            Piece(
                matrix=inside,
                row_lower=lower,
                row_upper=upper,
                col_lower=whole.col_lower[self.columns],
                col_upper=whole.col_upper[self.columns],
                integer=np.zeros(len(self.columns), dtype=bool),
                costs=np.zeros(len(self.columns)),
            ),
        )

    def _keep(self, rows: Ints, of: Whole | Scope, piece: Piece) -> None:
        """Keep some of the rows of a program, with what ``of`` says of them."""
        self.of_row, self.each, self.places = of.of_row[rows], of.each[rows], of.places[rows]
        self.rises, self.falls = of.rises[rows], of.falls[rows]
        self.piece = replace(
            piece,
            matrix=sparse.csr_matrix(piece.matrix[rows]),
            row_lower=piece.row_lower[rows],
            row_upper=piece.row_upper[rows],
        )
        self._scaling: Scaling = scaling_of(self.piece)
        self._measured: dict[int, Measured] = {}

    @cached_property
    def in_whole_numbers(self) -> Scope:
        """The same with what is whole whole: itself, if nothing is."""
        if self._in_whole:
            return self
        scope = copy(self)
        scope.piece = replace(self.piece, integer=self._integer)
        scope._scaling, scope._measured = scaling_of(scope.piece), {}
        return scope

    @property
    def _in_whole(self) -> bool:
        return not (self.piece.continuous and self._integer.any())

    @property
    def sure(self) -> bool:
        """Whether its points are points of the whole mission, in whole numbers."""
        return self._in_whole and (self._of_all or not self.bounding)

    def with_rows(self, rows: Ints) -> Scope:
        """Return the same with some of its rows alone: what cannot hold there cannot hold here either."""
        scope = copy(self)
        scope.__dict__.pop("in_whole_numbers", None)
        scope._of_all = False
        scope._keep(rows, self, self.piece)
        return scope

    def at(self, columns: Ints) -> Ints:
        """Return the positions of columns of the scope."""
        return np.searchsorted(self.columns, columns)

    def _measuring(self, mandate: Mandate) -> Measured:
        """Return the program in which a column says how far a mandate gives way, in all that it holds for."""
        if mandate.number not in self._measured:
            piece, at = self.piece, self.at(mandate.columns)
            if len(at) == 1:
                self._measured[mandate.number] = Measured(piece, int(at[0]), self._scaling)
            else:
                wide = with_measure(piece, at, mandate.ratio)
                self._measured[mandate.number] = Measured(wide, piece.columns, scaling_of(wide))
        return self._measured[mandate.number]

    @property
    def limits(self) -> Ints:
        """The limits of the scope."""
        return np.setdiff1d(self.of_row, [NONE])

    def others(self, mandate: Mandate) -> Ints:
        """Return the numbers of the other mandates of the scope."""
        return np.setdiff1d(self.mandates.numbers_of(self.columns), [mandate.number])

    def least(
        self,
        mandate: Mandate,
        free: Ints,
        until: Deadline,
        *,
        given_up: Ints = EMPTY,
    ) -> Outcome:
        """Return how little a mandate can be broken if these limits are left out.

        ``given_up`` are the numbers of other mandates that are left out as well.
        """
        rows = np.flatnonzero(np.isin(self.of_row, free) & (self.of_row != NONE))
        piece, at, scaling = self._measuring(mandate)
        lower, upper, most = piece.row_lower.copy(), piece.row_upper.copy(), piece.col_upper.copy()
        lower[rows[self.falls[rows]]], upper[rows[self.rises[rows]]] = -np.inf, np.inf
        most[np.flatnonzero(np.isin(self.columns, self.mandates.columns_of(given_up)))] = np.inf
        asked = replace(piece, row_lower=lower, row_upper=upper, col_upper=most, costs=counting(piece, at))
        return solve_small(asked, scaling, until.effort(SECONDS))

    def breaks(self, mandate: Mandate, least: Outcome) -> bool:
        """Say whether an outcome of `least` says that the mandate must be broken."""
        if not self.bounding:
            return False
        if self.piece.continuous:
            return least.status == "optimal" and self._broken(mandate, least) > self._nothing(mandate)
        return least.bound > self._nothing(mandate)

    def holds(self, mandate: Mandate, least: Outcome) -> bool:
        """Say whether an outcome of `least` is a point of the whole mission at which the mandate holds."""
        return self.sure and self._broken(mandate, least) <= self._nothing(mandate)

    def _broken(self, mandate: Mandate, least: Outcome) -> float:
        return np.inf if least.values is None else float(least.values[self._measuring(mandate).at])

    def _nothing(self, mandate: Mandate) -> float:
        return NOTHING * max(1.0, mandate.amount)

    def gives_way_itself(self, mandate: Mandate, until: Deadline) -> Given[float] | None:
        """Return how far a mandate has to give way itself; None if it was not found out.

        In units of its first column, and of a local share in shares, as `gives_way` does.
        """
        if until.passed:
            return None
        return self._given(self.least(mandate, EMPTY, until), mandate)

    def given_by_plan(self, mandate: Mandate) -> float:
        """Return how far the plan breaks a mandate, in the unit of `gives_way`."""
        x = self.questions.x
        return self._in_its_unit(mandate, mandate.amount, lambda columns: x[columns])

    def pushing(self, mandate: Mandate, least: Outcome) -> list[Ints]:
        """Return the limits that may be why a mandate is broken, in groups that are best left out together.

        Of a linear program those with a price, one by one; in whole numbers all, those of the mandate's own
        site last.
        """
        limits = self.limits
        if least.duals is not None:
            priced = np.intersect1d(limits, self.of_row[np.abs(least.duals[: self.piece.rows]) > NO_PRICE])
            return list(priced[:, None])
        block = self.questions.model.program.col_block
        own = np.isin(block[self.columns], block[mandate.columns])
        touching = np.unique(self.piece.matrix[:, np.flatnonzero(own)].tocsc().indices)
        near = self.of_row[touching]
        return [np.setdiff1d(limits, near), np.intersect1d(limits, near)]

    def needed(self, mandate: Mandate, best: Outcome) -> Ints:
        """Return the numbers of the other mandates by which, as their prices say, a mandate is broken."""
        assert best.duals is not None, "asked only where it was found"
        piece, at, _ = self._measuring(mandate)
        reduced = (counting(piece, at) - piece.matrix.T @ best.duals)[: len(self.columns)]
        held = self.mandates.numbers_of(self.columns[reduced < -NO_PRICE])
        return np.intersect1d(self.others(mandate), held)

    def gives_way(self, mandate: Mandate, other: Mandate, until: Deadline) -> Given[float] | None:
        """Return how far another mandate has to be broken in all for this one to hold.

        Infinite if that does not do, None if it was not found out.
        """
        if until.passed:
            return None
        if not np.isin(other.columns, self.columns).all():
            return Given(0.0, 0.0) if self.bounding else Given(np.inf, np.inf)
        piece, at, scaling = self._measuring(other)
        upper = piece.col_upper.copy()
        upper[self.at(mandate.columns)], upper[self.at(other.columns)] = 0.0, np.inf
        asked = replace(piece, col_upper=upper, costs=counting(piece, at))
        return self._given(solve_small(asked, scaling, until.effort(SECONDS)), other)

    def _given(self, outcome: Outcome, mandate: Mandate) -> Given[float] | None:
        """Return how far a mandate gives way at a point: of a local share, by how much the share is less."""
        if outcome.status == "infeasible":
            return Given(np.inf, np.inf)
        values = outcome.values
        if values is None or outcome.status != "optimal":
            return None
        by = self._broken(mandate, outcome)
        if len(mandate.columns) == 1 and self._integer[self.at(mandate.columns)[0]]:
            by = float(np.ceil(by - NOTHING))
        what = self._in_its_unit(
            mandate, by, lambda columns: values[self.at(np.intersect1d(columns, self.columns))]
        )
        return Given(what, by)

    def _in_its_unit(self, mandate: Mandate, by: float, value_of: Callable[[Ints], Floats]) -> float:
        """Return how far a mandate gives way, of a local share as a share, at the point with these values."""
        if mandate.rule != "C9" or not 0 < by < np.inf:
            return by
        lost = 0.0
        for column, (_, label) in zip(mandate.columns, mandate.labels.iterrows(), strict=True):
            served = float(value_of(served_of(self.questions, label)).sum())
            broken = float(value_of(np.array([column]))[0])
            lost = max(lost, broken / max(served, broken, NO_PRICE))
        return lost
