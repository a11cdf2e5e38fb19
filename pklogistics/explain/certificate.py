"""How good a plan is, proven anew: a bound on every tier from prices, by arithmetic that trusts no solver.

Another solver than the one that made the plan prices the rows of the linear program, with every earlier tier
held where the plan has it. Whatever these prices are, plain arithmetic turns them into a bound (Lagrange:
all rows priced, every column at the bound where it is cheapest). What a solver proved beyond it rests on its
own search through whole numbers, which leaves no prices that could be checked.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy as np

from pklogistics.explain.results import Proof
from pklogistics.instance.mission import Mission
from pklogistics.model.build import Model, compile_mission
from pklogistics.model.encode import encode
from pklogistics.model.program import Floats
from pklogistics.plan import Plan
from pklogistics.solve.implied import dual_bound, implied_bounds
from pklogistics.solve.piece import Piece, piece_of
from pklogistics.solve.scaling import scaling_of
from pklogistics.solve.small import Effort, solve_small
from pklogistics.solve.solution import relative_gap

_SLACK = 1e-9
"""Earlier tiers are held where the plan has them, and by so much (relatively) more, against rounding."""

Pricer = Callable[[Model, Piece, Floats], Floats | None]
"""What finds prices for a tier: the compiled mission, the tier's program and the plan's point to row prices.

A plan that carries prices of its own (of the shared rows, where it was made by parts) brings its own pricer.
"""


def prove(
    mission: Mission, plan: Plan, *, seconds: float = 60.0, pricer: Pricer | None = None
) -> tuple[Proof, ...]:
    """Return what can be proven of each tier of a plan, from prices.

    Parameters
    ----------
    mission, plan : a plan that keeps every rule of its mission; what breaks rules proves nothing
    seconds : for the prices of each tier
    pricer : who prices, in place of the linear program

    Raises
    ------
    NoPlanError
        If the plan was not found.
    """
    model = compile_mission(mission)
    x = encode(model, plan)
    piece = piece_of(model.program)
    reported = {tier.name: tier.bound for tier in plan.tiers}
    proofs: list[Proof] = []
    name: str = "own prices" if pricer is not None else _solver(plan)
    for tier in model.program.tiers:
        costs, offset = model.program.tier_costs(tier)
        asked = piece.with_objective(costs, offset)
        value = asked.value(x)
        found = pricer or (lambda model, piece, x: _priced(plan, piece, seconds))
        duals = found(model, asked, x)
        proven = asked.trivial_bound()
        if duals is not None:
            proven = max(proven, dual_bound(asked, duals, implied_bounds(asked, x)))
        proven = min(proven, value)
        claimed = reported.get(tier.name, -math.inf)
        proofs.append(
            Proof(
                tier.name, value, claimed, proven, relative_gap(value, proven), name, _rest(claimed, proven)
            )
        )
        if costs.any():
            held = value - offset + tier.tolerance * abs(value)
            piece = piece.with_row(costs, held + _SLACK * float(np.abs(costs * x).sum()))
    return tuple(proofs)


def _rest(claimed: float, proven: float) -> float:
    if not math.isfinite(claimed):
        return 0.0
    return max(0.0, claimed - proven) if math.isfinite(proven) else math.inf


def _solver(plan: Plan) -> Literal["glop", "highs"]:
    """Return the solver that prices: another one than that of the plan."""
    return "highs" if plan.solver == "glop" else "glop"


def _priced(plan: Plan, piece: Piece, seconds: float) -> Floats | None:
    """Return the duals of the linear program: of HiGHS where the plan was made with GLOP, else of GLOP."""
    relaxed = replace(piece, integer=np.zeros(piece.columns, dtype=bool))
    effort = Effort(seconds=seconds, first=_solver(plan))
    return solve_small(relaxed, scaling_of(relaxed), effort).duals
