"""The core in PuLP: expressions are dictionaries; handed over to HiGHS in memory, row by row."""

from __future__ import annotations

from typing import Any

import pulp

from benchmarks.peers.core import Core
from benchmarks.peers.loops import state


class Pulp:
    """The dialect."""

    def __init__(self) -> None:
        self.problem = pulp.LpProblem("core", pulp.LpMinimize)

    def variable(self, name: str, upper: float, whole: bool = False) -> Any:
        return pulp.LpVariable(name, 0, upper, pulp.LpInteger if whole else pulp.LpContinuous)

    def total(self, variables: list[Any]) -> Any:
        return pulp.lpSum(variables)

    def weighted(self, factors: list[float], variables: list[Any]) -> Any:
        return pulp.LpAffineExpression(list(zip(variables, factors, strict=True)))

    def at_most(self, expression: Any, limit: float) -> None:
        self.problem += expression <= limit

    def at_least(self, expression: Any, limit: float) -> None:
        self.problem += expression >= limit

    def exactly(self, expression: Any, value: float) -> None:
        self.problem += expression == value

    def minimise(self, expressions: list[Any]) -> None:
        self.problem += pulp.lpSum(expressions)


def build(core: Core) -> pulp.LpProblem:
    """Return the core as a problem."""
    dialect = Pulp()
    state(core, dialect)
    return dialect.problem


def hand_over(model: pulp.LpProblem) -> Any:
    """Return the problem as HiGHS holds it."""
    solver = pulp.HiGHS(msg=False)
    solver.createAndConfigureSolver(model)
    solver.buildSolverModel(model)
    return model.solverModel


def shape(handed: Any) -> tuple[int, int, int]:
    """Return rows, columns and nonzeros."""
    return handed.getNumRow(), handed.getNumCol(), handed.getNumNz()


def solve(model: pulp.LpProblem, handed: Any, seconds: float) -> float:
    """Return the optimum; the tool's own way to HiGHS."""
    status = model.solve(pulp.HiGHS(msg=False, gapRel=0.0, timeLimit=seconds))
    if status != pulp.LpStatusOptimal:
        raise RuntimeError(f"not solved: {pulp.LpStatus[status]}")
    return float(pulp.value(model.objective))
