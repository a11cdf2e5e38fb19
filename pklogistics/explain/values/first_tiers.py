"""What a step more leaves where tiers before need could be met better, such as broken mandates.

More of a thing goes to them first, as in a search: less need may then be met, or more be unmet.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from pklogistics.explain.deadline import Deadline
from pklogistics.explain.limits.bounds import broken_columns
from pklogistics.explain.shortfalls.answer import InOrder
from pklogistics.explain.shortfalls.questions import Questions
from pklogistics.explain.tolerances import HELD, NO_PRICE
from pklogistics.explain.values.prices import SECONDS, Prices, before_need
from pklogistics.model.program import Floats, Ints, Tier
from pklogistics.model.sets import BLANK
from pklogistics.solve.piece import FEASIBLE, Piece
from pklogistics.solve.scaling import scaling_of
from pklogistics.solve.small import solve_small


class FirstTiers:
    """The tiers before need of one plan, in the linear program of its prices."""

    def __init__(self, questions: Questions, prices: Prices) -> None:
        self._asked, self._prices = questions, prices
        unmet = questions.model.assembly.unmet
        self._unmet = unmet[unmet != BLANK]
        self._at_rest: list[tuple[Piece, _Solved]] | None = None

    @cached_property
    def before(self) -> tuple[Tier, ...]:
        """The tiers before need that might be met better, and its own if it weighs more: they go first."""
        program, x = self._asked.model.program, self._asked.x
        mixed = [tier for tier in program.tiers if tier.weights.get("need", 0.0)][:1]
        more = [tier for tier in mixed if any(tier.weights[name] for name in tier.weights if name != "need")]
        piece, first = self._free(self._prices), [*before_need(program), *more]
        least = [(tier, piece.with_objective(*program.tier_costs(tier)).trivial_bound()) for tier in first]
        return tuple(
            tier for tier, bound in least if program.tier_value(tier, x) > bound + FEASIBLE * (1 + abs(bound))
        )

    def left(self, prices: Prices, limits: Ints, step: float, until: Deadline) -> InOrder | None:
        """Return what is left if these limits are relaxed by a step, and tiers are solved in their order.

        Mandates may then be broken less, or others in their place, and need gives way to that. None if it
        fails, or takes too long. ``prices`` are those of the plan, or with something begun.
        """
        piece = prices.raised(self._free(prices), limits, step)
        solved = self._solved(piece, until)
        if solved is None:
            return None
        held = _held(*solved[-1]) if solved else piece
        need = prices.piece
        last = _optimal(held.with_objective(need.costs, need.offset), until)
        if last is None:
            return None
        values, mandate = last.values, self._asked.model.program.terms.get("mandate")
        broken = 0.0 if mandate is None else float(mandate.costs @ values)
        return InOrder(need.value(values), float(values[self._unmet].sum()), broken)

    def spared(self, limits: Ints, until: Deadline) -> bool:
        """Say whether none of these tiers could be met better, with whatever step more of these limits.

        What a tier could come to is convex in the step: a price of nothing says that it stays as it is. Not,
        if that was not found out.
        """
        if self._at_rest is None:
            self._at_rest = self._solved(self._free(self._prices), until)
        program, x = self._asked.model.program, self._asked.x
        if self._at_rest is None:
            return False
        for tier, (piece, solved) in zip(self.before, self._at_rest, strict=True):
            now = program.tier_value(tier, x)
            better = piece.value(solved.values) < now - FEASIBLE * (1.0 + abs(now))
            if better or self._prices.priced(piece, solved.duals, limits).sum() > NO_PRICE:
                return False
        return True

    def _free(self, prices: Prices) -> Piece:
        """Return the piece of prices, in which mandates may be broken further, or others in their place."""
        program, piece = self._asked.model.program, prices.piece
        upper, broken = piece.col_upper.copy(), broken_columns(self._asked.model)
        upper[broken] = np.maximum(program.col_upper[broken], upper[broken])
        return replace(piece, col_upper=upper)

    def _solved(self, piece: Piece, until: Deadline) -> list[tuple[Piece, _Solved]] | None:
        """Return the program of each tier, with those before held, and what solves it; None as above."""
        found = []
        for tier in self.before:
            piece = piece.with_objective(*self._asked.model.program.tier_costs(tier))
            solved = _optimal(piece, until)
            if solved is None:
                return None
            found.append((piece, solved))
            piece = _held(piece, solved)
        return found


class _Solved(NamedTuple):
    """What solves a linear program: of its columns, and of its rows."""

    values: Floats
    duals: Floats


def _optimal(piece: Piece, until: Deadline) -> _Solved | None:
    if until.passed:
        return None
    found = solve_small(piece, scaling_of(piece), until.effort(SECONDS))
    if found.status != "optimal" or found.values is None or found.duals is None:
        return None
    return _Solved(found.values, found.duals)


def _held(piece: Piece, solved: _Solved) -> Piece:
    """Return a program with its objective held."""
    most = float(piece.costs @ solved.values)
    return piece.with_row(piece.costs, most + HELD * (1.0 + abs(most)))
