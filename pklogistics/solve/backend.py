"""The one interface that every solver stands behind."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Literal, Protocol

from ortools.math_opt import model_parameters_pb2, parameters_pb2, result_pb2, solution_pb2

from pklogistics.model.program import Floats
from pklogistics.solve.piece import Piece
from pklogistics.solve.solution import Stopped
from pklogistics.solve.wire import dense, hint, padded_basis

Status = Literal[
    "optimal", "feasible", "infeasible", "unbounded", "infeasible_or_unbounded", "nothing", "failed"
]


@dataclass(frozen=True)
class Limits:
    """When a solver has to stop.

    Attributes
    ----------
    deadline : in seconds of ``time.monotonic()``, infinite for none
    gap : relative gap that is good enough
    threads : None leaves it to the solver
    seed : random seed
    precision : how far from whole an integer column may be; with ``x <= 1e6 y`` that much y lets 1e6 times
        as much x through, so it is smaller than solvers' defaults
    """

    deadline: float = math.inf
    gap: float = 1e-4
    threads: int | None = None
    seed: int = 0
    precision: float = 1e-7

    def seconds_left(self) -> float:
        """Return the seconds until the deadline, at least 0."""
        return max(0.0, self.deadline - time.monotonic())


@dataclass(frozen=True)
class Start:
    """Where a solver may begin: a point of shape (columns,), a basis, or neither."""

    values: Floats | None = None
    basis: solution_pb2.BasisProto | None = None


@dataclass(frozen=True)
class Outcome:
    """What a solver said; nothing of it has been checked yet.

    Attributes
    ----------
    status : what is claimed
    values : the best point, shape (columns,), or None
    bound : lower bound on the objective, minus infinity if none
    stopped : why the search ended; ``gap`` if by itself
    basis : final basis of a linear program, if the solver has one
    duals : row duals of a linear program, shape (rows,), if the solver has them
    detail : the solver's own words, for error messages
    """

    status: Status
    values: Floats | None = None
    bound: float = -math.inf
    stopped: Stopped = "gap"
    basis: solution_pb2.BasisProto | None = None
    duals: Floats | None = None
    detail: str = ""


class Watch(Protocol):
    """Told how a solver gets on, several times a second, on the thread that called solve.

    A solver speaks in scaled objectives; ``factor`` takes them back to the tier's own units.
    """

    factor: float

    def poll(self, incumbent: float, bound: float) -> Stopped | None:
        """Report progress and return a reason to stop, if there is one. May raise."""


class Backend(Protocol):
    """A solver of single-objective programs.

    ``solve`` blocks until the solver ends, is past its deadline or is told to stop by the watch. It
    raises what the watch raises, after the solver has ended, and `SolverError` if the solver cannot
    take the piece at all.
    """

    name: str
    continuous_only: bool

    def solve(self, piece: Piece, limits: Limits, start: Start, watch: Watch) -> Outcome:
        """Solve a piece, which is scaled already."""

    def close(self) -> None:
        """End whatever the backend keeps running."""


def parameters(limits: Limits) -> parameters_pb2.SolveParametersProto:
    """Return the parameters that all solvers share."""
    result = parameters_pb2.SolveParametersProto(random_seed=limits.seed)
    if math.isfinite(limits.deadline):
        result.time_limit.FromNanoseconds(int(max(1e-3, limits.seconds_left()) * 1e9))
    return result


def beginning(piece: Piece, start: Start) -> model_parameters_pb2.ModelSolveParametersProto:
    """Return a start as MathOpt wants it: a basis for linear programs, a hint for the others."""
    begin = model_parameters_pb2.ModelSolveParametersProto()
    if piece.continuous:
        if start.basis is not None:
            begin.initial_basis.CopyFrom(padded_basis(start.basis, piece.rows))
    elif start.values is not None:
        begin.solution_hints.append(hint(start.values))
    return begin


def outcome_of(result: result_pb2.SolveResultProto, piece: Piece, stopped: Stopped | None) -> Outcome:
    """Translate a MathOpt result; ``stopped`` is why we ended the solver, None if it ended by itself."""
    said = result.termination
    status = _STATUS.get(said.reason, "failed")
    solution = next((s for s in result.solutions if _is_point(s)), None)
    if solution is None and status in ("optimal", "feasible"):
        status = "failed" if status == "optimal" else "nothing"
    last = result.solutions[0] if result.solutions else None
    reached = status not in ("feasible", "nothing")
    return Outcome(
        status=status,
        values=dense(solution.primal_solution.variable_values, piece.columns) if solution else None,
        bound=said.objective_bounds.dual_bound,
        stopped="gap" if reached else (stopped or "time"),
        basis=last.basis if last is not None and last.HasField("basis") else None,
        duals=_duals(last, piece),
        detail=said.detail,
    )


_STATUS: dict[int, Status] = {
    result_pb2.TERMINATION_REASON_OPTIMAL: "optimal",
    result_pb2.TERMINATION_REASON_FEASIBLE: "feasible",
    result_pb2.TERMINATION_REASON_INFEASIBLE: "infeasible",
    result_pb2.TERMINATION_REASON_UNBOUNDED: "unbounded",
    result_pb2.TERMINATION_REASON_INFEASIBLE_OR_UNBOUNDED: "infeasible_or_unbounded",
    result_pb2.TERMINATION_REASON_NO_SOLUTION_FOUND: "nothing",
}


def _is_point(solution: solution_pb2.SolutionProto) -> bool:
    """Whether it is a feasible point: at a limit a linear program's first solution may be infeasible."""
    feasible = solution_pb2.SOLUTION_STATUS_FEASIBLE
    has_point = bool(solution.HasField("primal_solution"))
    return has_point and bool(solution.primal_solution.feasibility_status == feasible)


def _duals(solution: solution_pb2.SolutionProto | None, piece: Piece) -> Floats | None:
    if solution is None or not solution.HasField("dual_solution"):
        return None
    return dense(solution.dual_solution.dual_values, piece.rows)
