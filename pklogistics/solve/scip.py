"""SCIP, in a child process because it writes on standard error when it is given an interrupter."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from ortools.math_opt import parameters_pb2

from pklogistics.model.program import Floats
from pklogistics.solve.backend import Limits, Outcome, Start, Watch, parameters
from pklogistics.solve.host import Host
from pklogistics.solve.piece import Piece

_NUMBER = r"\s*(-?\d\.\d+e[+-]\d+)\s*"
# "| 5.304042e+04 | 6.341597e+04 |  19.56%| unknown": bound and best solution; "--" while there is none.
_LINE = re.compile(rf"\|{_NUMBER}\|(?:{_NUMBER}|\s*--\s*)\|[^|]*\|[^|]*$")


_DIGITS_LOST = 1e-6


class Scip:
    """The backend."""

    name = "scip"
    continuous_only = False

    def __init__(self) -> None:
        self._host = Host(parameters_pb2.SOLVER_TYPE_GSCIP, progress, obedient=True)

    def solve(self, piece: Piece, limits: Limits, start: Start, watch: Watch) -> Outcome:
        """Solve a piece; see `Backend`."""
        settings = parameters(limits)
        settings.relative_gap_tolerance = limits.gap
        settings.absolute_gap_tolerance = 1e-9
        if limits.threads is not None:
            settings.threads = limits.threads
        child = self._host.child
        outcome = self._host.solve(piece, settings, limits, start, watch)
        if outcome.status != "nothing" or child.result is not None:
            return outcome
        # It did not come back in time and was killed.
        values, bound = self.found(piece.columns), safe_bound(child.bound)
        return replace(
            outcome, status="nothing" if values is None else "feasible", values=values, bound=bound
        )

    def found(self, columns: int) -> Floats | None:
        """Return the best point that the running solve has found so far, None if there is none."""
        return self._host.solution(columns)

    def close(self) -> None:
        """End the child."""
        self._host.close()


def safe_bound(bound: float) -> float:
    """Return a bound read from the log, lowered by what printing seven digits may have added."""
    return bound - _DIGITS_LOST * abs(bound) if math.isfinite(bound) else -math.inf


def progress(lines: str) -> tuple[float, float]:
    """Return the best bound and the best objective named in log lines, infinite where there is none."""
    bound, incumbent = -math.inf, math.inf
    for line in lines.splitlines():
        match = _LINE.search(line)
        if match:
            bound = max(bound, float(match[1]))
            incumbent = min(incumbent, float(match[2]) if match[2] else math.inf)
    return bound, incumbent
