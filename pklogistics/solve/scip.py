"""SCIP, in a child process because it writes on standard error when it is given an interrupter."""

from __future__ import annotations

import math
import re

from ortools.math_opt import parameters_pb2

from pklogistics.solve.backend import Limits, Outcome, Start, Watch, parameters
from pklogistics.solve.child import Child
from pklogistics.solve.in_child import solve_in_child
from pklogistics.solve.piece import Piece

_NUMBER = r"\s*(-?\d\.\d+e[+-]\d+)\s*"
# "| 5.304042e+04 | 6.341597e+04 |  19.56%| unknown": bound and best solution; "--" while there is none.
_LINE = re.compile(rf"\|{_NUMBER}\|(?:{_NUMBER}|\s*--\s*)\|[^|]*\|[^|]*$")


class Scip:
    """The backend; keeps one child for all solves until one has to be ended early."""

    name = "scip"
    continuous_only = False

    def __init__(self) -> None:
        self._child: Child | None = None

    def solve(self, piece: Piece, limits: Limits, start: Start, watch: Watch) -> Outcome:
        """Solve a piece; see `Backend`."""
        if self._child is None or not self._child.alive:
            self.close()
            self._child = Child(progress, obedient=True)
        settings = parameters(limits)
        settings.relative_gap_tolerance = limits.gap
        settings.absolute_gap_tolerance = 1e-9
        if limits.threads is not None:
            settings.threads = limits.threads
        outcome, reason = solve_in_child(
            self._child, parameters_pb2.SOLVER_TYPE_GSCIP, piece, settings, limits, start, watch
        )
        if outcome is None:
            self.close()
            return Outcome("nothing", None, -math.inf, reason or "time")
        return outcome

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.end()
            self._child = None


def progress(lines: str) -> tuple[float, float]:
    """Return the best bound and the best objective named in log lines, infinite where there is none."""
    bound, incumbent = -math.inf, math.inf
    for line in lines.splitlines():
        match = _LINE.search(line)
        if match:
            bound = max(bound, float(match[1]))
            incumbent = min(incumbent, float(match[2]) if match[2] else math.inf)
    return bound, incumbent
