"""One solve in a child process."""

from __future__ import annotations

import math

from ortools.math_opt import model_parameters_pb2, parameters_pb2

from pklogistics.solve.backend import Limits, Outcome, Start, Watch, outcome_of
from pklogistics.solve.child import Child
from pklogistics.solve.job import attend
from pklogistics.solve.piece import Piece
from pklogistics.solve.solution import Stopped
from pklogistics.solve.wire import hint, model_bytes, padded_basis


def solve_in_child(
    child: Child,
    solver_type: int,
    piece: Piece,
    settings: parameters_pb2.SolveParametersProto,
    limits: Limits,
    start: Start,
    watch: Watch,
) -> tuple[Outcome | None, Stopped | None]:
    """Solve a piece and return what the solver said and why we ended it (None if it ended by itself).

    The outcome is None if the child had to be killed.
    """
    # A solver looks at its clock between steps, so it gets some time over to come back with a full answer.
    grace = 0.3 + 0.02 * limits.seconds_left() if math.isfinite(limits.deadline) else 0.0
    try:
        begin = beginning(piece, start)
        child.request(
            solver_type, model_bytes(piece), settings.SerializeToString(), begin.SerializeToString()
        )
        reason = attend(child, watch, limits.deadline + grace)
    except BaseException:
        child.end()
        raise
    if child.result is not None:
        return outcome_of(child.result, piece, reason), reason
    if reason is None:
        child.end()
        return Outcome("failed", detail=child.error or "its process ended, maybe for lack of memory"), None
    return None, reason


def beginning(piece: Piece, start: Start) -> model_parameters_pb2.ModelSolveParametersProto:
    """Return a start as MathOpt wants it: a basis for linear programs, a hint for the others."""
    begin = model_parameters_pb2.ModelSolveParametersProto()
    if piece.continuous:
        if start.basis is not None:
            begin.initial_basis.CopyFrom(padded_basis(start.basis, piece.rows))
    elif start.values is not None:
        begin.solution_hints.append(hint(start.values))
    return begin
