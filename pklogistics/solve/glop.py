"""GLOP: the simplex for linear programs, in this process, with a basis to go on from."""

from __future__ import annotations

from ortools.math_opt import parameters_pb2

from pklogistics.solve.backend import Limits, Outcome, Start, Watch, parameters
from pklogistics.solve.piece import Piece
from pklogistics.solve.threaded import solve_in_thread


class Glop:
    """The backend.

    Parameters
    ----------
    primal : whether to begin with the primal simplex: faster where a plan is easily had, as with nothing or
        everything in use
    """

    name = "glop"
    continuous_only = True

    def __init__(self, *, primal: bool = False) -> None:
        self._primal = primal

    def solve(self, piece: Piece, limits: Limits, start: Start, watch: Watch) -> Outcome:
        """Solve a piece; see `Backend`."""
        settings = parameters(limits)
        # After a change of the objective the old basis is still primal feasible. From nothing, the dual
        # simplex is faster on most programs.
        primal = self._primal or start.basis is not None
        settings.lp_algorithm = (
            parameters_pb2.LP_ALGORITHM_PRIMAL_SIMPLEX if primal else parameters_pb2.LP_ALGORITHM_DUAL_SIMPLEX
        )
        return solve_in_thread(piece, parameters_pb2.SOLVER_TYPE_GLOP, settings, limits, start, watch)

    def close(self) -> None:
        """Nothing is kept."""
