"""How good a plan is, proven anew: a bound on every tier from prices, by arithmetic that trusts no solver.

A plan that was made by decomposition carries the prices of the rows that its sites share. They are taken, and
every site is priced by another solver and other code than those that made the bound (`repricing`), with every
earlier tier held as the search held it: where the plan has it or, with a tolerance, within that of the best
value found, which the plan records. A record that allows less than the tolerance of the bound proven here is
not believed: then that much is allowed.

Of other plans another solver than theirs prices all rows of the linear program. Whatever these prices are,
plain arithmetic turns them into a bound (Lagrange: all rows priced, every column at the bound where it is
cheapest). What a solver proved beyond it rests on its own search through whole numbers, which leaves no
prices that could be checked.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from pklogistics.explain.proof.blocks import block_program
from pklogistics.explain.proof.given_prices import UselessError, given_parts, given_tiers
from pklogistics.explain.proof.repricing import Repricing
from pklogistics.explain.results import ALIKE, Proof
from pklogistics.instance.mission import Mission
from pklogistics.model.build import compile_mission
from pklogistics.model.encode import encode
from pklogistics.model.program import Floats, Program, Tier
from pklogistics.plan import Plan
from pklogistics.plan.certificate import PricedTier
from pklogistics.solve.backend import Outcome
from pklogistics.solve.implied import dual_bound, implied_bounds
from pklogistics.solve.monitor import Interrupt, interrupts
from pklogistics.solve.piece import Piece, piece_of
from pklogistics.solve.scaling import scaling_of
from pklogistics.solve.small import Effort, solve_small
from pklogistics.solve.solution import relative_gap

_SLACK = 1e-9
"""Earlier tiers are held by so much (relatively) more, against rounding."""

_ROUNDING = 1e-6
"""A tier this near to the least that column bounds allow is held there by these bounds.

In its unit, and by its dearest column: of so small a part of what one more of that costs.
"""


@dataclass(frozen=True)
class _Found:
    """What was proven of a tier, by whom, and what of the plan's own prices came of it."""

    bound: float
    by: str
    parts: int = 0
    finished: bool = True
    note: str = ""


def prove(mission: Mission, plan: Plan, *, seconds: float = 180.0) -> tuple[Proof, ...]:
    """Return what can be proven of each tier of a plan, from prices. Ctrl-C ends it with that.

    Parameters
    ----------
    mission, plan : a plan that keeps every rule of its mission; what breaks rules proves nothing
    seconds : in all; a tier takes an equal share of what is left, and when that ends it is proven so far

    Raises
    ------
    NoPlanError
        If the plan was not found.
    PlanError
        If the prices in the plan are damaged.
    """
    deadline = time.monotonic() + seconds
    with interrupts() as interrupt:
        model = compile_mission(mission)
        return _Prover(model.program, plan, encode(model, plan), interrupt).proofs(deadline)


class _Prover:
    """Proves the tiers of one plan in order.

    Parameters
    ----------
    x : the plan's point
    interrupt : whether Ctrl-C was pressed, after which no tier is given any time
    """

    def __init__(self, program: Program, plan: Plan, x: Floats, interrupt: Interrupt) -> None:
        self._program, self._plan, self._x, self._interrupt = program, plan, x, interrupt
        self._piece = piece_of(program)
        self._held: tuple[str, ...] = ()
        self._note = ""
        self._priced: dict[str, PricedTier] = {}
        try:
            self._priced = given_tiers(program, plan)
        except UselessError as reason:
            self._note = str(reason)

    def proofs(self, deadline: float) -> tuple[Proof, ...]:
        """Prove all tiers until a deadline (seconds of ``time.monotonic()``)."""
        tiers = self._program.tiers
        return tuple(self._prove(tier, deadline, len(tiers) - at) for at, tier in enumerate(tiers))

    def _prove(self, tier: Tier, deadline: float, tiers_left: int) -> Proof:
        """Prove one tier, and hold it from then on."""
        now = time.monotonic()
        until = now if self._interrupt.pressed else now + max(0.0, deadline - now) / tiers_left
        costs, offset = self._program.tier_costs(tier)
        asked = self._piece.with_objective(costs, offset)
        value = asked.value(self._x)
        reported = next((known.bound for known in self._plan.tiers if known.name == tier.name), -math.inf)
        found = self._found(asked, tier, value, reported, until)
        proven = min(found.bound, value)
        limit = self._limit(tier, value, proven)
        self._hold(asked, tier, limit)
        return Proof(
            tier=tier.name,
            value=value,
            reported=reported,
            proven=proven,
            gap=relative_gap(value, proven),
            by=found.by,
            rest=_rest(reported, proven),
            prices="plan" if found.parts else "linear program",
            parts=found.parts,
            finished=found.finished,
            interrupted=self._interrupt.pressed and not found.finished,
            note=found.note,
            held_at=limit if tier.tolerance and tiers_left > 1 else None,
        )

    def _found(self, piece: Piece, tier: Tier, value: float, reported: float, until: float) -> _Found:
        """Prove by the plan's own prices, if it has any, and by new ones where those leave something open."""
        bounds, best = (
            implied_bounds(piece, self._x),
            _Found(piece.trivial_bound(), self._solver, note=self._note),
        )
        if best.bound >= value:
            return best
        if tier.name in self._priced:
            try:
                best = self._by_own_prices(piece, bounds, self._priced[tier.name], value, until)
            except UselessError as reason:
                best = replace(best, note=str(reason))
        if not best.finished or (best.parts and best.bound >= reported - ALIKE * max(1.0, abs(value))):
            return best
        if self._interrupt.pressed:
            return best if best.parts else replace(best, finished=False)
        solved = self._solved(piece, until - time.monotonic())
        bound = -math.inf if solved.duals is None else dual_bound(piece, solved.duals, bounds)
        best = _Found(bound, self._solver, note=best.note) if bound > best.bound else best
        return best if best.parts else replace(best, finished=solved.status == "optimal")

    def _by_own_prices(
        self, piece: Piece, bounds: tuple[Floats, Floats], priced: PricedTier, value: float, until: float
    ) -> _Found:
        parts = given_parts(self._program, piece, bounds, self._held, priced)
        blocks = block_program(piece, self._program.col_block, *bounds)
        bound, finished = Repricing(blocks, value, until, self._interrupt).bound(parts)
        return _Found(max(bound, piece.trivial_bound()), "highs", len(priced.parts), finished)

    def _limit(self, tier: Tier, value: float, proven: float) -> float:
        """Return the most that a tier may come to from then on: within its tolerance of the best known.

        That is what the plan records of its search, or its own value if that is less. The tolerance of what
        is proven here is always allowed, so that a record that is too narrow proves no more of later tiers.
        """
        recorded = next((known.held_at for known in self._plan.tiers if known.name == tier.name), None)
        known = min(_within(tier, value), math.inf if recorded is None else recorded)
        return max(known, value, _within(tier, proven) if math.isfinite(proven) else -math.inf)

    def _hold(self, piece: Piece, tier: Tier, limit: float) -> None:
        """Hold a tier as the search does: by a row, or by column bounds where it is as low as these allow."""
        if not piece.costs.any():
            return
        dearest = float(np.abs(piece.costs).max())
        if limit <= piece.trivial_bound() + _ROUNDING * min(1.0, dearest):
            self._piece = piece.at_trivial_bound()
            return
        slack = _SLACK * float(np.abs(piece.costs * self._x).sum())
        self._piece = piece.with_row(piece.costs, limit - piece.offset + slack)
        self._held = (*self._held, tier.name)

    @property
    def _solver(self) -> Literal["glop", "highs"]:
        """The solver that prices the linear program: another one than that of the plan."""
        return "highs" if self._plan.solver == "glop" else "glop"

    def _solved(self, piece: Piece, seconds: float) -> Outcome:
        """Solve the linear program of a piece; two solvers may take half of the time each."""
        seconds = max(0.0, seconds / 2)
        relaxed = replace(piece, integer=np.zeros(piece.columns, dtype=bool))
        effort = Effort(seconds=seconds, first=self._solver, interrupt=self._interrupt)
        return solve_small(relaxed, scaling_of(relaxed), effort)


def _within(tier: Tier, value: float) -> float:
    """Return the most that a tier may come to where this is its best value."""
    return value + tier.tolerance * abs(value)


def _rest(reported: float, proven: float) -> float:
    if not math.isfinite(reported):
        return 0.0
    return max(0.0, reported - proven) if math.isfinite(proven) else math.inf
