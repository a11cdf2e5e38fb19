"""HiGHS, in a child process because it does not obey an interrupter.

When it has to be ended early, the child is killed: its last improving solution is read from a file that HiGHS
keeps, its bound from its log.
"""

from __future__ import annotations

import math
import time
from dataclasses import replace

from ortools.math_opt import parameters_pb2

from pklogistics.solve import highs_log
from pklogistics.solve.backend import Limits, Outcome, Start, Watch, parameters
from pklogistics.solve.child import Child
from pklogistics.solve.glop import Glop
from pklogistics.solve.in_child import solve_in_child
from pklogistics.solve.piece import Piece
from pklogistics.solve.solution import Stopped


class Highs:
    """The backend; keeps one child for all solves until one has to be ended early."""

    name = "highs"
    continuous_only = False

    def __init__(self) -> None:
        self._child: Child | None = None
        self._simplex = Glop()
        self._seconds = 0.0

    def solve(self, piece: Piece, limits: Limits, start: Start, watch: Watch) -> Outcome:
        """Solve a piece; see `Backend`."""
        if piece.continuous and start.basis is not None:
            outcome = self._continued(piece, limits, start, watch)
            if outcome.status == "optimal" or outcome.stopped in ("interrupted", "stopped"):
                return outcome
        began = time.monotonic()
        outcome = self._solve(piece, limits, start, watch)
        self._seconds = time.monotonic() - began
        return outcome

    def _continued(self, piece: Piece, limits: Limits, start: Start, watch: Watch) -> Outcome:
        """Let GLOP go on from a basis: ten times faster where it works, and HiGHS gains nothing from one."""
        patience = min(limits.seconds_left() / 2, max(1.0, self._seconds))
        shorter = replace(limits, deadline=time.monotonic() + patience)
        return self._simplex.solve(piece, shorter, start, watch)

    def _solve(self, piece: Piece, limits: Limits, start: Start, watch: Watch) -> Outcome:
        if self._child is None or not self._child.alive:
            self.close()
            self._child = Child(highs_log.progress, obedient=False)
        child, settings = self._child, self._settings(self._child, limits)
        outcome, reason = solve_in_child(
            child, parameters_pb2.SOLVER_TYPE_HIGHS, piece, settings, limits, start, watch
        )
        if outcome is None:
            outcome = self._left_behind(child, piece, reason or "time")
            self.close()
        return outcome

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.end()
            self._child = None

    @staticmethod
    def _settings(child: Child, limits: Limits) -> parameters_pb2.SolveParametersProto:
        settings = parameters(limits)
        settings.relative_gap_tolerance = limits.gap
        settings.absolute_gap_tolerance = 1e-9
        settings.highs.double_options["mip_feasibility_tolerance"] = limits.precision
        settings.highs.string_options["mip_improving_solution_file"] = str(child.solutions)
        settings.highs.bool_options["mip_improving_solution_report_sparse"] = True
        if limits.threads is not None:
            settings.highs.int_options["threads"] = limits.threads
        return settings

    @staticmethod
    def _left_behind(child: Child, piece: Piece, reason: Stopped) -> Outcome:
        values = None if piece.continuous else highs_log.last_solution(child.solutions, piece.columns)
        bound = highs_log.safe_bound(child.bound) if not piece.continuous else -math.inf
        return Outcome("nothing" if values is None else "feasible", values, bound, reason)
