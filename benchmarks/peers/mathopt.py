"""The core in OR-Tools' object API (MathOpt): expressions of variables; handed over as a message."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt

from benchmarks.peers.core import Core
from benchmarks.peers.loops import state


class MathOpt:
    """The dialect."""

    def __init__(self) -> None:
        self.model = mathopt.Model()

    def variable(self, name: str, upper: float, whole: bool = False) -> Any:
        return self.model.add_variable(lb=0, ub=upper, is_integer=whole, name=name)

    def total(self, variables: list[Any]) -> Any:
        return mathopt.fast_sum(variables)

    def weighted(self, factors: list[float], variables: list[Any]) -> Any:
        return mathopt.fast_sum(f * x for f, x in zip(factors, variables, strict=True))

    def at_most(self, expression: Any, limit: float) -> None:
        self.model.add_linear_constraint(ub=limit, expr=expression)

    def at_least(self, expression: Any, limit: float) -> None:
        self.model.add_linear_constraint(lb=limit, expr=expression)

    def exactly(self, expression: Any, value: float) -> None:
        self.model.add_linear_constraint(lb=value, ub=value, expr=expression)

    def minimise(self, expressions: list[Any]) -> None:
        self.model.minimize(mathopt.fast_sum(expressions))


def build(core: Core) -> mathopt.Model:
    """Return the core as a model."""
    dialect = MathOpt()
    state(core, dialect)
    return dialect.model


def hand_over(model: mathopt.Model) -> model_pb2.ModelProto:
    """Return the message that every solver of OR-Tools takes."""
    return model.export_model()


def shape(handed: model_pb2.ModelProto) -> tuple[int, int, int]:
    """Return rows, columns and nonzeros."""
    entries = len(handed.linear_constraint_matrix.coefficients)
    return len(handed.linear_constraints.ids), len(handed.variables.ids), entries


def solve(model: mathopt.Model, handed: model_pb2.ModelProto, seconds: float) -> float:
    """Return the optimum; the tool's own way to HiGHS."""
    limits = mathopt.SolveParameters(
        time_limit=timedelta(seconds=seconds), relative_gap_tolerance=0.0, absolute_gap_tolerance=1e-7
    )
    result = mathopt.solve(model, mathopt.SolverType.HIGHS, params=limits)
    if result.termination.reason != mathopt.TerminationReason.OPTIMAL:
        raise RuntimeError(f"not solved: {result.termination.detail or result.termination.reason}")
    return result.objective_value()
