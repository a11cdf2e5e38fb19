"""The same program, compiled and handed over by pklogistics as `pklogistics.solve` does it.

What the other tools are given as index sets, this finds for itself in the tables of the mission.
"""

from __future__ import annotations

from typing import Any

from ortools.math_opt import model_pb2

import pklogistics
from pklogistics import Mission
from pklogistics.model.build import compile_mission
from pklogistics.model.program import Program
from pklogistics.solve.piece import piece_of
from pklogistics.solve.scaling import scaling_of
from pklogistics.solve.wire import model_bytes


def build(mission: Mission) -> Program:
    """Return the compiled program."""
    return compile_mission(mission).program


def hand_over(program: Program) -> model_pb2.ModelProto:
    """Return the message that every solver of OR-Tools takes, scaled."""
    piece = piece_of(program)
    piece = piece.with_objective(*program.tier_costs(program.tiers[0]))
    scaled, _ = scaling_of(piece).apply(piece)
    return model_pb2.ModelProto.FromString(model_bytes(scaled))


def shape(handed: model_pb2.ModelProto) -> tuple[int, int, int]:
    """Return rows, columns and nonzeros."""
    entries = len(handed.linear_constraint_matrix.coefficients)
    return len(handed.linear_constraints.ids), len(handed.variables.ids), entries


def solve(mission: Mission, handed: Any, seconds: float) -> float:
    """Return the optimum of the mission, decoded and checked.

    Raises
    ------
    RuntimeError
        If it is not proven, or the checker disagrees.
    """
    plan = pklogistics.solve(mission, time_limit=seconds, gap=1e-9)
    if plan.status != "optimal" or plan.violations:
        raise RuntimeError(f"not solved: {plan.status}, {plan.violations}")
    return plan.tiers[0].value
