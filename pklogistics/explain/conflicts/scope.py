"""The parts of a mission in which a broken mandate is looked at: its site, all with mandates, the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import TypeVar

import numpy as np
from scipy import sparse

from pklogistics.explain.conflicts.elastic_mission import Whole, elastic_whole
from pklogistics.explain.conflicts.mandates import Mandate, Mandates, served_of
from pklogistics.explain.conflicts.measure import Measured, counting, with_measure
from pklogistics.explain.deadline import Deadline
from pklogistics.explain.limits.limits import NONE
from pklogistics.explain.limits.places import EMPTY
from pklogistics.explain.shortfalls.questions import Questions
from pklogistics.explain.tolerances import NO_PRICE, NOTHING
from pklogistics.model.program import SHARED, Bools, Floats, Ints
from pklogistics.solve.backend import Outcome, Start
from pklogistics.solve.piece import Piece, activity_range
from pklogistics.solve.scaling import Scaling, scaling_of
from pklogistics.solve.small import solve_small

SECONDS = 5.0
"""Limit of time for one program."""


Told = TypeVar("Told")


class Scope:
    """The linear program of a part of the mission, in which one mandate is broken as little as can be.

    The rest does whatever suits the scope best: what cannot hold here cannot hold in the mission either.

    Attributes
    ----------
    untold : whether it left an amount open for want of time
    narrower : a part of this scope that is asked where this one does not tell
    """

    untold: bool
    narrower: Scope | None

    def __init__(self, mandates: Mandates, questions: Questions, mission: Whole, kept: Bools) -> None:
        self.mandates, self.questions, whole = mandates, questions, mission.piece
        self.columns: Ints = np.flatnonzero(kept)
        inside = sparse.csr_matrix(whole.matrix[:, self.columns])
        inside.sort_indices()
        rest = sparse.csr_matrix(whole.matrix[:, np.flatnonzero(~kept)])
        low, high = activity_range(rest, whole.col_lower[~kept], whole.col_upper[~kept])
        lower, upper = whole.row_lower - high, whole.row_upper - low
        bound = (np.isfinite(lower) | np.isfinite(upper)) & (np.diff(inside.indptr) > 0)
        self.rows: Ints = np.flatnonzero(bound)
        self.of_row, self.each = mission.of_row[self.rows], mission.each[self.rows]
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
        self.places: Ints = mission.places[self.rows]
        self._integer = questions.model.program.integer[self.columns]
        self._by_column = self.piece.matrix.tocsc()
        self._scaling: Scaling = scaling_of(self.piece)
        self._measured: dict[int, Measured] = {}
        self.untold, self.narrower = False, None

    @cached_property
    def in_whole_numbers(self) -> Scope:
        """The same with what is whole whole: itself, if nothing is.

        What takes too long as a linear program does so in whole numbers.
        """
        if not self.piece.continuous or not self._integer.any():
            return self
        scope = copy(self)
        scope.piece = replace(self.piece, integer=self._integer)
        scope._scaling, scope._measured = scaling_of(scope.piece), {}
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
        start: Start | None = None,
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
        return solve_small(asked, scaling, until.effort(SECONDS), start)

    def breaks(self, mandate: Mandate, least: Outcome) -> bool:
        """Say whether an outcome of `least` says that the mandate must be broken."""
        if self.piece.continuous:
            if least.status != "optimal" or least.values is None:
                return False
            broken = float(least.values[self._measuring(mandate).at])
        else:
            broken = least.bound
        return broken > NOTHING * max(1.0, mandate.amount)

    def gives_way_itself(self, mandate: Mandate, until: Deadline) -> tuple[float, bool]:
        """Return how far a mandate has to give way itself, and whether no less would do.

        In units of its first column, and of a local share in shares, as `gives_way` does. Where whole numbers
        do not tell in time it is as far as the plan breaks it, for the plan keeps it then.
        """
        by, exact = self.exactly(lambda scope: scope._given(scope.least(mandate, EMPTY, until), mandate))
        return (by, True) if by is not None and exact else (self.given_by_plan(mandate), False)

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
        own = np.unique(block[mandate.columns])
        near = self.of_row[self._touching(np.flatnonzero(np.isin(block[self.columns], own)))]
        return [np.setdiff1d(limits, near), np.intersect1d(limits, near)]

    def needed(self, mandate: Mandate, best: Outcome) -> Ints:
        """Return the numbers of the other mandates by which, as their prices say, a mandate is broken."""
        assert best.duals is not None, "asked only where it was found"
        piece, at, _ = self._measuring(mandate)
        reduced = (counting(piece, at) - piece.matrix.T @ best.duals)[: len(self.columns)]
        held = self.mandates.numbers_of(self.columns[reduced < -NO_PRICE])
        return np.intersect1d(self.others(mandate), held)

    def gives_way(self, mandate: Mandate, other: Mandate, until: Deadline) -> float | None:
        """Return how far another mandate has to be broken in all for this one to hold.

        Infinite if that does not do, None if it was not found out.
        """
        if until.passed:
            return None
        piece, at, scaling = self._measuring(other)
        upper = piece.col_upper.copy()
        upper[self.at(mandate.columns)], upper[self.at(other.columns)] = 0.0, np.inf
        asked = replace(piece, col_upper=upper, costs=counting(piece, at))
        return self._given(solve_small(asked, scaling, until.effort(SECONDS)), other)

    def exactly(self, ask: Callable[[Scope], Told | None]) -> tuple[Told | None, bool]:
        """Return what is told in whole numbers, and True; None if nothing is known.

        Where whole numbers do not tell in time: that of the linear program or of a narrower scope, and False.
        """
        for scope in dict.fromkeys((self.in_whole_numbers, self)):
            # What took too long once is not tried again, if there is something else to ask.
            other = scope is not self or self.narrower is not None
            amount = None if scope.untold and other else ask(scope)
            if amount is not None:
                return amount, scope is self.in_whole_numbers
            scope.untold = other
        return (self.narrower.exactly(ask)[0] if self.narrower else None), False

    def _given(self, outcome: Outcome, mandate: Mandate) -> float | None:
        """Return how far a mandate gives way at a point: of a local share, by how much the share is less."""
        by = self._value(outcome, self._measuring(mandate).at)
        values = outcome.values
        if by is None or values is None:
            return by
        return self._in_its_unit(
            mandate, by, lambda columns: values[self.at(np.intersect1d(columns, self.columns))]
        )

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


class Scopes:
    """The parts of a mission in which a conflict is looked for: a mandate's own site, then all with mandates.

    A mandate of several sites is looked for in the whole; so is each where there is one of them (people to be
    served alike, a post in a region), for sites without a mandate of their own then hold back others.
    """

    def __init__(self, questions: Questions) -> None:
        self.questions, self.mandates = questions, Mandates(questions)
        self._whole = elastic_whole(questions)
        self._blocks = questions.model.program.col_block
        self._mandated = np.unique(self._blocks[self.mandates.columns])
        self._wide = bool((self._mandated == SHARED).any())

    def of(self, mandate: Mandate) -> tuple[Scope, ...]:
        """Return the scopes in which a mandate is looked at, the smallest first."""
        blocks = np.unique(self._blocks[mandate.columns])
        if SHARED in blocks:
            return (self._whole_scope,)
        own = self._of(blocks.tolist())
        return (own, self._mandated_scope, self._whole_scope) if self._wide else (own, self._mandated_scope)

    @cached_property
    def _mandated_scope(self) -> Scope:
        return self._of(self._mandated[self._mandated != SHARED].tolist())

    @cached_property
    def _whole_scope(self) -> Scope:
        scope = Scope(self.mandates, self.questions, self._whole, np.ones(len(self._blocks), dtype=bool))
        scope.narrower = self._mandated_scope
        return scope

    def _of(self, blocks: list[int]) -> Scope:
        """Return the part of some sites, with what all share and the units near them."""
        kept = self._blocks == SHARED
        for block in blocks:
            kept[self.questions.block(block)] = True
        return Scope(self.mandates, self.questions, self._whole, kept)
