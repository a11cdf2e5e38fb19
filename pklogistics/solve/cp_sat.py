"""CP-SAT: integer programming by constraint propagation and clause learning.

It knows whole numbers only. MathOpt's own translation rounds continuous columns to a coarse grid and reports
the bound of that restricted program, which a finer solution can beat. So the grid is made here, and made
so that the bound is valid: a continuous column counts steps of size d, and every row is relaxed by
``Σ |a_j| d_j / 2``. Rounding any solution of the true program to the grid then gives one of the gridded
program, whose objective differs by at most ``Σ |c_j| d_j / 2``, which is taken off the bound.
The point that CP-SAT finds may break rows by as much; solving again with its integers fixed mends that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from ortools.math_opt import parameters_pb2

from pklogistics.errors import SolverError
from pklogistics.model.program import Bools, Floats
from pklogistics.solve.backend import Limits, Outcome, Start, Watch, parameters
from pklogistics.solve.glop import Glop
from pklogistics.solve.implied import implied_bounds
from pklogistics.solve.piece import Piece, largest_terms, rescaled
from pklogistics.solve.threaded import solve_in_thread

_STEPS, _FINE_STEPS = 2.0**16, 2.0**22
"""Steps that a continuous column's range is divided into, at first and when precision was not enough."""

_LARGEST = 2.0**50
"""Integers beyond this overflow CP-SAT's sums."""

_ROW_ERROR = 2e-6
"""Share of a row's largest term by which CP-SAT may miss it when it turns coefficients into integers."""


class CpSat:
    """The backend."""

    name = "cp_sat"
    continuous_only = False

    def solve(self, piece: Piece, limits: Limits, start: Start, watch: Watch) -> Outcome:
        """Solve a piece; see `Backend`. A piece without whole numbers is left to GLOP."""
        if piece.continuous:
            return Glop().solve(piece, limits, start, watch)
        grid = Grid.of(piece, start.values, _STEPS if limits.precision >= 1e-8 else _FINE_STEPS)
        settings = parameters(limits)
        settings.relative_gap_tolerance = limits.gap
        settings.cp_sat.mip_max_bound = _LARGEST
        settings.cp_sat.mip_wanted_precision = _ROW_ERROR / 2
        if limits.threads is not None:
            settings.threads = limits.threads
        begin = Start() if start.values is None else Start(grid.nearest(start.values))
        outcome = solve_in_thread(
            grid.program, parameters_pb2.SOLVER_TYPE_CP_SAT, settings, limits, begin, watch
        )
        values = None if outcome.values is None else outcome.values * grid.step
        return replace(outcome, values=values, bound=outcome.bound - grid.error)

    def close(self) -> None:
        """Nothing is kept."""


@dataclass(frozen=True)
class Grid:
    """A piece over whole numbers.

    Attributes
    ----------
    program : all columns integer, rows relaxed
    step : size of one step of each column, shape (columns,); 1 for integer columns
    error : by how much the gridded optimum may exceed the true one
    """

    program: Piece
    step: Floats
    error: float

    def nearest(self, values: Floats) -> Floats:
        """Return the point of the grid that is nearest to these values."""
        return np.clip(np.round(values / self.step), self.program.col_lower, self.program.col_upper)

    @staticmethod
    def of(piece: Piece, known: Floats | None, steps: float) -> Grid:
        """Lay a grid of that many steps over every continuous column.

        ``known`` is a feasible point or None.
        """
        lower, upper = implied_bounds(piece, known)
        size = np.maximum(np.abs(lower), np.abs(upper))
        if size.max(initial=0.0) > _LARGEST:
            raise SolverError(
                "cp_sat needs columns of bounded size, and some are unbounded or beyond 2^50: "
                "bound them, or choose solver='highs' or 'scip'"
            )
        span = np.where(piece.integer | (upper <= lower), 1.0, upper - lower)
        step = np.where(piece.integer, 1.0, np.exp2(np.ceil(np.log2(span / steps))))
        half = np.where(piece.integer, 0.0, step / 2)
        room = abs(piece.matrix) @ half + _ROW_ERROR * largest_terms(piece.matrix, size)
        exact = _whole_rows(piece)
        room = np.where(exact, 0.0, room)
        program = replace(
            piece,
            matrix=rescaled(piece.matrix, np.ones(piece.rows), step),
            row_lower=piece.row_lower - room,
            row_upper=piece.row_upper + room,
            col_lower=np.floor(lower / step),
            col_upper=np.ceil(upper / step),
            integer=np.ones(piece.columns, dtype=np.bool_),
            costs=piece.costs * step,
        )
        return Grid(program, step, float(np.abs(piece.costs) @ half))


def _whole_rows(piece: Piece) -> Bools:
    """Return for every row whether its columns and coefficients are all whole, so that it stays exact."""
    broken = (piece.matrix.data != np.round(piece.matrix.data)) | ~piece.integer[piece.matrix.indices]
    rows = np.repeat(np.arange(piece.rows), np.diff(piece.matrix.indptr))
    whole: Bools = np.bincount(rows, weights=broken, minlength=piece.rows) == 0
    return whole
