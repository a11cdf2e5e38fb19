"""PDLP: a first-order method for very large linear programs.

It needs columns of like size and rows with a largest entry of 1, or it stalls; it has no exact end, so its
point is polished only by its own tolerance and its bound is computed here from its duals.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt import parameters_pb2
from ortools.pdlp import solvers_pb2
from scipy import sparse

from pklogistics.model.program import Floats
from pklogistics.solve.backend import Limits, Outcome, Start, Watch, parameters
from pklogistics.solve.implied import dual_bound, implied_bounds
from pklogistics.solve.piece import Piece, largest_terms, rescaled
from pklogistics.solve.threaded import solve_in_thread

_FEASIBLE = 0.1
"""Residuals are asked for at this share of the limits' precision."""

_GAP_SHARE = 0.25
"""Its own gap is asked for at this share of ours, because the bound computed here is a little weaker."""


class Pdlp:
    """The backend.

    Parameters
    ----------
    presolve : whether GLOP's presolve goes first: where much follows from little, as in the cost of serving
        everybody, fewer rows are left to price
    """

    name = "pdlp"
    continuous_only = True

    def __init__(self, *, presolve: bool = False) -> None:
        self._presolve = presolve

    def solve(self, piece: Piece, limits: Limits, start: Start, watch: Watch) -> Outcome:
        """Solve a piece; see `Backend`. Claims of infeasibility rest on approximate rays."""
        bounds = implied_bounds(piece, start.values)
        kept = np.flatnonzero(np.diff(piece.matrix.indptr))
        scaled, rows, columns, factor = _scaled(piece, kept, bounds)
        settings = _settings(limits)
        settings.pdlp.presolve_options.use_glop = self._presolve
        outcome = solve_in_thread(scaled, parameters_pb2.SOLVER_TYPE_PDLP, settings, limits, start, watch)
        values, bound, duals = outcome.values, -np.inf, outcome.duals
        if values is not None:
            values = np.clip(values * columns, piece.col_lower, piece.col_upper)
        if duals is not None:
            priced = np.zeros(piece.rows)
            priced[kept] = duals * rows / factor
            bound, duals = dual_bound(piece, priced, bounds), priced
        return replace(outcome, values=values, bound=bound, duals=duals, basis=None)

    def close(self) -> None:
        """Nothing is kept."""


def _scaled(
    piece: Piece, kept: NDArray[np.int64], bounds: tuple[Floats, Floats]
) -> tuple[Piece, Floats, Floats, float]:
    """Return the piece as PDLP likes it, with the factors of its rows, its columns and its objective.

    Columns are divided by their largest possible size (where finite), rows (``kept``: none is empty) and
    the objective by their largest entry, all to the nearest power of two.
    """
    size = np.maximum(np.abs(bounds[0]), np.abs(bounds[1]))
    columns = _power_of_two(np.where(np.isfinite(size) & (size > 0), size, 1.0))
    matrix = sparse.csr_matrix(piece.matrix[kept])
    rows = _power_of_two(1.0 / largest_terms(matrix, columns))
    costs = piece.costs * columns
    factor = float(_power_of_two(1.0 / np.abs(costs).max())) if costs.any() else 1.0
    scaled = replace(
        piece,
        matrix=rescaled(matrix, rows, columns),
        row_lower=piece.row_lower[kept] * rows,
        row_upper=piece.row_upper[kept] * rows,
        col_lower=piece.col_lower / columns,
        col_upper=piece.col_upper / columns,
        costs=costs * factor,
        offset=piece.offset * factor,
    )
    return scaled, rows, columns, factor


def _settings(limits: Limits) -> parameters_pb2.SolveParametersProto:
    settings = parameters(limits)
    settings.ClearField("random_seed")
    criteria = settings.pdlp.termination_criteria
    criteria.optimality_norm = solvers_pb2.OPTIMALITY_NORM_L_INF
    wanted = criteria.detailed_optimality_criteria
    wanted.eps_optimal_primal_residual_absolute = _FEASIBLE * limits.precision
    wanted.eps_optimal_primal_residual_relative = 0.0
    wanted.eps_optimal_dual_residual_absolute = _FEASIBLE * limits.precision
    wanted.eps_optimal_dual_residual_relative = 0.0
    wanted.eps_optimal_objective_gap_absolute = _FEASIBLE * limits.precision
    wanted.eps_optimal_objective_gap_relative = _GAP_SHARE * limits.gap
    if limits.threads is not None:
        settings.threads = limits.threads
    return settings


def _power_of_two(values: Floats | float) -> Floats:
    result: Floats = np.exp2(np.round(np.log2(values)))
    return result
