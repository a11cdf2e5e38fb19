"""The core in OR-Tools' ModelBuilder: its model is built in C++ as it is said, and needs no handing over."""

from __future__ import annotations

from typing import Any

from ortools.linear_solver.python import model_builder

from benchmarks.peers.core import Core
from benchmarks.peers.loops import state


class ModelBuilder:
    """The dialect."""

    def __init__(self) -> None:
        self.model = model_builder.Model()

    def variable(self, name: str, upper: float, whole: bool = False) -> Any:
        return self.model.new_var(0, upper, whole, name)

    def total(self, variables: list[Any]) -> Any:
        return model_builder.LinearExpr.sum(variables)

    def weighted(self, factors: list[float], variables: list[Any]) -> Any:
        return model_builder.LinearExpr.weighted_sum(variables, factors)

    def at_most(self, expression: Any, limit: float) -> None:
        self.model.add_linear_constraint(expression, ub=limit)

    def at_least(self, expression: Any, limit: float) -> None:
        self.model.add_linear_constraint(expression, lb=limit)

    def exactly(self, expression: Any, value: float) -> None:
        self.model.add_linear_constraint(expression, value, value)

    def minimise(self, expressions: list[Any]) -> None:
        self.model.minimize(model_builder.LinearExpr.sum(expressions))


def build(core: Core) -> model_builder.Model:
    """Return the core as a model."""
    dialect = ModelBuilder()
    state(core, dialect)
    return dialect.model


def hand_over(model: model_builder.Model) -> model_builder.Model:
    """Return the model: it is what its solvers take."""
    return model


def shape(handed: model_builder.Model) -> tuple[int, int, int]:
    """Return rows, columns and nonzeros."""
    entries = sum(len(handed.helper.constraint_coefficients(i)) for i in range(handed.num_constraints))
    return handed.num_constraints, handed.num_variables, entries


def solve(model: model_builder.Model, handed: model_builder.Model, seconds: float) -> float:
    """Return the optimum; the tool's own way to SCIP, for its way to HiGHS takes no gap."""
    solver = model_builder.Solver("scip")
    solver.set_time_limit_in_seconds(seconds)
    solver.set_solver_specific_parameters("limits/gap = 0\n")
    status = solver.solve(model)
    if status != model_builder.SolveStatus.OPTIMAL:
        raise RuntimeError(f"not solved: {status}")
    return solver.objective_value
