"""Small programs solved at once, in this process: thousands of them, where a child each would take longer.

Most take milliseconds, so nothing watches them; a limit of time ends those that would not. Those that may
take seconds are watched where they are given an interrupt: a Ctrl-C ends them.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal

from ortools.math_opt import (
    callback_pb2,
    model_parameters_pb2,
    model_pb2,
    model_update_pb2,
    parameters_pb2,
)
from ortools.math_opt.core.python import solver

from pklogistics.model.program import Floats
from pklogistics.solve.backend import Limits, Outcome, Start, beginning, outcome_of
from pklogistics.solve.host import Host
from pklogistics.solve.monitor import Asking, Interrupt, interrupts
from pklogistics.solve.piece import Piece
from pklogistics.solve.scaling import Scaling
from pklogistics.solve.threaded import solve_in_thread
from pklogistics.solve.wire import model_bytes, vector

_GLOP = parameters_pb2.SOLVER_TYPE_GLOP
_HIGHS = parameters_pb2.SOLVER_TYPE_HIGHS
_DUAL, _PRIMAL = parameters_pb2.LP_ALGORITHM_DUAL_SIMPLEX, parameters_pb2.LP_ALGORITHM_PRIMAL_SIMPLEX
_SCIP = parameters_pb2.SOLVER_TYPE_GSCIP

_LONG = 100_000
"""Entries of a program that may take seconds, beside which the start of a process is short."""

_MANY_ROWS = 50_000
"""With more rows a linear program is not solved from a basis: to factorise that takes a second."""


@dataclass(frozen=True)
class Effort:
    """How long to try (seconds of each solver), its seed, by which simplex, which goes first, most nodes.

    After a change of row sides the dual simplex goes on from the old basis, after one of the objective the
    primal. Where there is an ``interrupt``, that or a Ctrl-C ends long ones while they run.
    """

    seconds: float = 5.0
    seed: int = 0
    dual: bool = False
    first: Literal["glop", "highs"] = "glop"
    interrupt: Interrupt | None = None
    nodes: int | None = None


def solve_small(piece: Piece, scaling: Scaling, effort: Effort, start: Start | None = None) -> Outcome:
    """Solve a piece; values, duals and bound come back in its own units.

    What comes out is not checked yet. Linear pieces go to GLOP and, where it breaks down, to HiGHS; others to
    SCIP, because HiGHS prints where it should not when it is called in this process.
    """
    scaled, factor = scaling.apply(piece)
    if not piece.continuous:
        outcome = _tried(scaled, _SCIP, effort, start or Start())
    else:
        one, other = (_GLOP, _HIGHS) if effort.first == "glop" else (_HIGHS, _GLOP)
        outcome = _tried(scaled, one, effort, start or Start())
        if not _settled(outcome, effort):
            outcome = _tried(scaled, other, effort, Start())
    return _unscaled(outcome, scaling, factor)


def solve_from(start: Start, piece: Piece, scaling: Scaling, effort: Effort, anew: float) -> Outcome:
    """Solve a linear piece from the basis of another; where that takes longer than ``anew`` seconds, anew.

    Without a start presolve leaves little of a program of which most is fixed, and with one nothing is
    presolved: few steps from a basis may take longer than to begin with none, and with many rows they do.
    """
    if piece.rows > _MANY_ROWS:
        return solve_small(piece, scaling, replace(effort, dual=False))
    scaled, factor = scaling.apply(piece)
    quick = replace(effort, seconds=min(effort.seconds, anew))
    outcome = _tried(scaled, _GLOP, quick, start)
    if _settled(outcome, effort):
        return _unscaled(outcome, scaling, factor)
    return solve_small(piece, scaling, replace(effort, dual=False))


def _settled(outcome: Outcome, effort: Effort) -> bool:
    """Say whether nothing is left to another solver: what is asked is known, or nobody wants it any more."""
    ended = effort.interrupt is not None and effort.interrupt.pressed
    return ended or outcome.status in ("optimal", "infeasible")


def _unscaled(outcome: Outcome, scaling: Scaling, factor: float) -> Outcome:
    """Return the outcome of a scaled piece in the units of the piece."""
    rows = scaling.rows
    values = None if outcome.values is None else outcome.values * scaling.columns
    duals = None if outcome.duals is None else outcome.duals[: len(rows)] * rows / factor
    return replace(outcome, values=values, duals=duals, bound=outcome.bound / factor)


def _tried(piece: Piece, solver_type: int, effort: Effort, start: Start) -> Outcome:
    settings = parameters_pb2.SolveParametersProto(random_seed=effort.seed)
    if solver_type == _GLOP:
        settings.lp_algorithm = _DUAL if effort.dual else _PRIMAL
        # The piece is scaled already; scaled once more, half of them end as "inconsistent".
        settings.glop.use_scaling = False
    if math.isfinite(effort.seconds):
        settings.time_limit.FromNanoseconds(int(effort.seconds * 1e9))
    if effort.nodes is not None:
        settings.node_limit = effort.nodes
    if solver_type == _SCIP:
        # With x <= 1e6 y the usual 1e-6 lets one person through; much less than this breaks SCIP down.
        settings.gscip.real_params["numerics/feastol"] = 1e-7
    if effort.interrupt is not None and (solver_type == _GLOP or piece.matrix.nnz > _LONG):
        return _watched(piece, solver_type, settings, effort.seconds, start, effort.interrupt)
    try:
        with _interruptible():
            result = solver.solve(
                model_pb2.ModelProto.FromString(model_bytes(piece)),
                solver_type,
                parameters_pb2.SolverInitializerProto(),
                settings,
                beginning(piece, start),
                None,
                callback_pb2.CallbackRegistrationProto(),
                None,
                None,
            )
    except Exception as error:  # OR-Tools masks its own error with another; the context has the real one
        return Outcome("failed", detail=str(error.__context__ or error) or type(error).__name__)
    return outcome_of(result, piece, None)


def _watched(
    piece: Piece,
    solver_type: int,
    settings: parameters_pb2.SolveParametersProto,
    seconds: float,
    start: Start,
    interrupt: Interrupt,
) -> Outcome:
    """Solve until an interrupt: GLOP in a thread, for it obeys; others in a process that can be ended."""
    with _interruptible() as pressed:
        watch = Asking(lambda: interrupt.pressed or pressed.pressed)
        if solver_type == _GLOP:
            limits = Limits(time.monotonic() + seconds)
            return solve_in_thread(piece, solver_type, settings, limits, start, watch)
        host = Host(solver_type, lambda lines: (-math.inf, math.inf), obedient=False)
        try:
            _ = host.child  # So that its start does not count.
            return host.solve(piece, settings, Limits(time.monotonic() + seconds), start, watch)
        finally:
            host.close()


@contextmanager
def _interruptible() -> Iterator[Interrupt]:
    """Raise a Ctrl-C that came during a solve after it: OR-Tools loses what a signal handler raises."""
    with interrupts() as interrupt:
        yield interrupt
    if interrupt.pressed:
        raise KeyboardInterrupt


class Repeated:
    """A linear piece that is solved again and again, each time with other column bounds and costs.

    GLOP is given the rows once, and goes on by the dual simplex from where it was: most changes take it few
    steps. What it cannot do is tried as by `solve_small`.
    """

    def __init__(self, piece: Piece, scaling: Scaling, effort: Effort) -> None:
        self._piece, self._scaling, self._effort = piece, scaling, effort
        scaled, _ = scaling.apply(piece)
        self._solver = solver.new(
            _GLOP,
            model_pb2.ModelProto.FromString(model_bytes(scaled)),
            parameters_pb2.SolverInitializerProto(),
        )
        self._settings = parameters_pb2.SolveParametersProto(random_seed=effort.seed, lp_algorithm=_DUAL)
        self._settings.glop.use_scaling = False
        # What preprocessing leaves has another basis each time, and nothing to go on from.
        self._settings.glop.use_preprocessing = False
        self._settings.time_limit.FromNanoseconds(int(effort.seconds * 1e9))

    def solve(self, lower: Floats, upper: Floats, costs: Floats) -> Outcome:
        """Solve with these column bounds and costs, shape (columns,) each; values come back in its own units.

        There are no duals and no bound.
        """
        factors = self._scaling.columns
        change = model_update_pb2.ModelUpdateProto()
        change.variable_updates.lower_bounds.CopyFrom(vector(lower / factors))
        change.variable_updates.upper_bounds.CopyFrom(vector(upper / factors))
        scaled = costs * factors * self._scaling.cost_factor(costs)
        change.objective_updates.linear_coefficients.CopyFrom(vector(scaled))
        try:
            with _interruptible():
                self._solver.update(change)
                result = self._solver.solve(
                    self._settings,
                    model_parameters_pb2.ModelSolveParametersProto(),
                    None,
                    callback_pb2.CallbackRegistrationProto(),
                    None,
                    None,
                )
            outcome = outcome_of(result, self._piece, None)
        except Exception as error:  # as in `_tried`
            outcome = Outcome("failed", detail=str(error))
        if outcome.status != "optimal":
            # What it holds for infeasible sometimes is not: another solver is asked as well.
            piece = replace(self._piece, col_lower=lower, col_upper=upper, costs=costs)
            return solve_small(piece, self._scaling, replace(self._effort, first="highs"))
        return outcome if outcome.values is None else replace(outcome, values=outcome.values * factors)
