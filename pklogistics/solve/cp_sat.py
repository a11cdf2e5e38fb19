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
from scipy import sparse

from pklogistics.errors import SolverError
from pklogistics.model.program import Floats
from pklogistics.solve.backend import Limits, Outcome, Start, Watch, parameters
from pklogistics.solve.glop import Glop
from pklogistics.solve.host import Host
from pklogistics.solve.implied import implied_bounds
from pklogistics.solve.piece import Piece, largest_terms, rescaled

_STEPS, _FINE_STEPS = 2.0**20, 2.0**24
"""Steps that a continuous column's range is divided into, at first and when precision was not enough."""

_LARGEST = 2.0**50
"""Integers beyond this overflow CP-SAT's sums."""

_ROW_ERROR = 2e-6
"""Share of a row's largest term by which CP-SAT may miss it when it turns coefficients into integers."""


class CpSat:
    """The backend."""

    name = "cp_sat"
    continuous_only = False

    def __init__(self) -> None:
        self._host = Host(parameters_pb2.SOLVER_TYPE_CP_SAT, progress, obedient=True)

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
        outcome = self._host.solve(grid.program, settings, limits, begin, watch)
        values = None if outcome.values is None else outcome.values * grid.step
        return replace(outcome, values=values, bound=outcome.bound - grid.error)

    def close(self) -> None:
        """End the child."""
        self._host.close()


def progress(line: str) -> tuple[float, float]:
    """Return the bound and the objective that the child reports of CP-SAT."""
    bound, incumbent = line.split()
    return float(bound), float(incumbent)


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
        on_grid = rescaled(piece.matrix, np.ones(piece.rows), step)
        factor = _whole_factor(on_grid, size / step)
        inexact = np.where(np.isnan(factor), _ROW_ERROR, 0.0)
        room = abs(piece.matrix) @ half + inexact * largest_terms(piece.matrix, size)
        factor = np.where(np.isnan(factor), 1.0, factor)
        program = replace(
            piece,
            matrix=rescaled(on_grid, factor, np.ones(piece.columns)),
            row_lower=(piece.row_lower - room) * factor,
            row_upper=(piece.row_upper + room) * factor,
            col_lower=np.floor(lower / step),
            col_upper=np.ceil(upper / step),
            integer=np.ones(piece.columns, dtype=np.bool_),
            costs=piece.costs * step,
        )
        return Grid(program, step, float(np.abs(piece.costs) @ half))


def _whole_factor(matrix: sparse.csr_matrix, size: Floats) -> Floats:
    """Return for every row the power of two that makes its entries whole, so that CP-SAT takes it exactly.

    nan where the row's sum could then pass 2^50; ``size`` is the largest size of each column.
    """
    factor = np.ones(matrix.shape[0])
    filled = np.flatnonzero(np.diff(matrix.indptr))
    if not filled.size:
        return factor
    mantissa, exponent = np.frexp(matrix.data)
    digits = np.abs(mantissa * 2.0**53).astype(np.int64)
    last_digit = np.log2((digits & -digits).astype(np.float64)) - 53 + exponent
    factor[filled] = np.exp2(-np.minimum.reduceat(last_digit, matrix.indptr[filled]))
    return np.where(factor * (abs(matrix) @ size) < _LARGEST, factor, np.nan)
