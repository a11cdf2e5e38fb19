"""What the solvers in child processes share: one child for all solves, replaced once it has ended."""

from __future__ import annotations

import math
from pathlib import Path

from ortools.math_opt import parameters_pb2

from pklogistics.model.program import Floats
from pklogistics.solve.backend import Limits, Outcome, Start, Watch, beginning, outcome_of
from pklogistics.solve.child import Child, LogReader
from pklogistics.solve.job import attend
from pklogistics.solve.piece import Piece
from pklogistics.solve.solution import Stopped
from pklogistics.solve.wire import dense, model_bytes


class Host:
    """Hosts one kind of solver.

    Parameters
    ----------
    solver_type : MathOpt's number of the solver
    read_log : how to read the solver's log
    obedient : whether the solver obeys an interrupt; one that does not is killed
    """

    def __init__(self, solver_type: int, read_log: LogReader, *, obedient: bool) -> None:
        self._type, self._read_log, self._obedient = solver_type, read_log, obedient
        self._child: Child | None = None

    @property
    def child(self) -> Child:
        """The child, started if there is none that can take a request."""
        if self._child is None or not self._child.alive:
            self.close()
            self._child = Child(self._read_log, obedient=self._obedient)
        return self._child

    def solution(self, columns: int) -> Floats | None:
        """Return the last improving solution that the child has passed on, None if there is none."""
        passed_on = None if self._child is None else self._child.solution
        return None if passed_on is None else dense(passed_on, columns)

    @property
    def written(self) -> Path | None:
        """Where the child writes its improving solutions, None without a child."""
        return None if self._child is None else self._child.solutions

    def solve(
        self,
        piece: Piece,
        settings: parameters_pb2.SolveParametersProto,
        limits: Limits,
        start: Start,
        watch: Watch,
    ) -> Outcome:
        """Solve a piece and return what the solver said.

        A child that had to be killed leaves nothing but the reason: status ``nothing``, and what it has
        written behind, until the next solve or `close`.
        """
        child = self.child
        # A solver looks at its clock between steps: a little longer, and it comes back with a full answer.
        grace = 0.3 + 0.02 * limits.seconds_left() if math.isfinite(limits.deadline) else 0.0
        try:
            begin = beginning(piece, start).SerializeToString()
            child.request(self._type, model_bytes(piece), settings.SerializeToString(), begin)
            reason: Stopped | None = attend(child, watch, limits.deadline + grace)
        except BaseException:
            self.close()
            raise
        if child.result is not None:
            return outcome_of(child.result, piece, reason)
        if reason is None:
            self.close()
            return Outcome("failed", detail=child.error or "its process ended, maybe for lack of memory")
        return Outcome("nothing", stopped=reason)

    def close(self) -> None:
        """End the child and remove what it has left behind."""
        if self._child is not None:
            self._child.end()
            self._child = None
