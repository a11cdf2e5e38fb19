"""HiGHS, in a child process because it does not obey an interrupter.

When it has to be ended early, the child is killed: its last improving solution is read from a file that HiGHS
keeps, its bound from its log.
"""

from __future__ import annotations

import time
from dataclasses import replace

from ortools.math_opt import parameters_pb2

from pklogistics.model.program import Floats
from pklogistics.solve import highs_log
from pklogistics.solve.backend import Limits, Outcome, Start, Watch, parameters
from pklogistics.solve.glop import Glop
from pklogistics.solve.host import Host
from pklogistics.solve.piece import Piece

_LOG_SECONDS = 0.5
"""How often HiGHS says what it has proven, at most; by itself it would every five seconds."""


class Highs:
    """The backend."""

    name = "highs"
    continuous_only = False

    def __init__(self) -> None:
        self._host = Host(parameters_pb2.SOLVER_TYPE_HIGHS, highs_log.progress, obedient=False)
        self._simplex = Glop()
        self._seconds = 0.0

    def solve(self, piece: Piece, limits: Limits, start: Start, watch: Watch) -> Outcome:
        """Solve a piece; see `Backend`."""
        if piece.continuous and start.basis is not None:
            outcome = self._continued(piece, limits, start, watch)
            if outcome.status == "optimal" or outcome.stopped in ("interrupted", "stopped"):
                return outcome
        began = time.monotonic()
        child = self._host.child
        settings = _settings(limits, str(child.solutions), whole=not piece.continuous)
        outcome = self._host.solve(piece, settings, limits, start, watch)
        self._seconds = time.monotonic() - began
        if outcome.status != "nothing" or child.result is not None or piece.continuous:
            return outcome
        values = highs_log.last_solution(child.solutions, piece.columns)
        bound = highs_log.safe_bound(child.bound)
        return replace(
            outcome, status="nothing" if values is None else "feasible", values=values, bound=bound
        )

    def found(self, columns: int) -> Floats | None:
        """Return the best point that the running solve has found so far, None if there is none."""
        written = self._host.written
        return None if written is None else highs_log.last_solution(written, columns)

    def close(self) -> None:
        """End the child."""
        self._host.close()

    def _continued(self, piece: Piece, limits: Limits, start: Start, watch: Watch) -> Outcome:
        """Let GLOP go on from a basis: ten times faster where it works, and HiGHS gains nothing from one."""
        patience = min(limits.seconds_left() / 2, max(1.0, self._seconds))
        shorter = replace(limits, deadline=time.monotonic() + patience)
        return self._simplex.solve(piece, shorter, start, watch)


def _settings(limits: Limits, solutions: str, *, whole: bool) -> parameters_pb2.SolveParametersProto:
    settings = parameters(limits)
    settings.relative_gap_tolerance = limits.gap
    settings.absolute_gap_tolerance = 1e-9
    # What is left over of a stock is a column: while it stays, HiGHS sees an equation and cuts no knapsacks
    # from it. Of linear programs that would spoil the prices.
    settings.highs.bool_options["presolve_remove_slacks"] = whole
    settings.highs.double_options["mip_feasibility_tolerance"] = limits.precision
    settings.highs.double_options["mip_min_logging_interval"] = _LOG_SECONDS
    settings.highs.string_options["mip_improving_solution_file"] = solutions
    settings.highs.bool_options["mip_improving_solution_report_sparse"] = True
    if limits.threads is not None:
        settings.highs.int_options["threads"] = limits.threads
    return settings
