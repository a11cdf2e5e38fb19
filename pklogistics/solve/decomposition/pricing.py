"""Pricing: for costs of their columns, the cheapest point of every block and a bound below it.

Generic: a block is solved as a linear program first (GLOP), and only where that comes out fractional as a
program in whole numbers (CP-SAT, in which blocks of a few dozen columns take a millisecond or two).

CP-SAT counts continuous columns on a grid. So the columns that it makes whole are kept, and where the rest
breaks a row the linear program of the rest is solved again. Its bound is moved down by a margin for the grid.
Bounds from linear programs come from their row prices by plain arithmetic, whatever the solver's tolerances.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from ortools.linear_solver.python import model_builder_helper as helper
from scipy import sparse

from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.decomposition.split import Split
from pklogistics.solve.piece import FEASIBLE, Piece, largest_terms

_GRID = 64
_MARGIN = 2e-6
"""By how much, relative to the terms of the objective, a bound of CP-SAT is moved down."""

_WHOLE = 1e-6
_LP = "use_preprocessing:false use_dual_simplex:true"
_CP = (
    "num_workers:1 cp_model_presolve:false cp_model_probing_level:0 symmetry_level:0 "
    f"mip_var_scaling:{_GRID} mip_max_bound:1e9 max_deterministic_time:0.05"
)
_CHUNK = 64


@dataclass(frozen=True)
class Priced:
    """What pricing found.

    Attributes
    ----------
    values : of the block columns, shape (block columns,); 0 for blocks that were not priced
    bounds : below the cheapest point of each block, shape (blocks,); minus infinity if not priced, infinity
        if a block has no point
    linear : the same of its linear program
    found : which blocks have a point, shape (blocks,)
    """

    values: Floats
    bounds: Floats
    linear: Floats
    found: Bools


class Pricer:
    """Prices the blocks of one split, in threads."""

    def __init__(self, split: Split, bounds: tuple[Floats, Floats], threads: int, seed: int = 0) -> None:
        piece = split.piece
        self._split, self._threads = split, threads
        self._lower, self._upper = (side[split.columns] for side in bounds)
        self._integer = piece.integer[split.columns]
        self._row_lower, self._row_upper = piece.row_lower[split.local], piece.row_upper[split.local]
        self._matrix = split.matrix
        self._nonzeros = split.matrix.indptr[split.local_starts]
        self._parameters = f"{_CP} random_seed:{seed}"

    def price(
        self,
        costs: Floats,
        blocks: Ints | None = None,
        *,
        whole: Bools | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> Priced:
        """Price blocks (all unless told otherwise).

        Only in blocks that ``whole`` marks (all unless told otherwise) whole columns have to be whole. Once
        ``stop`` says so, the blocks that are left are not priced.
        """
        split = self._split
        todo = np.arange(split.blocks) if blocks is None else blocks
        chunks = [todo[at : at + _CHUNK] for at in range(0, len(todo), _CHUNK)]
        values, prices = np.zeros(len(split.columns)), np.zeros(len(split.local))
        bounds, found = np.full(split.blocks, -np.inf), np.zeros(split.blocks, dtype=np.bool_)

        def work(chunk: Ints) -> None:
            for block in chunk:
                if stop is not None and stop():
                    return
                relaxed = whole is not None and not whole[block]
                self._one(int(block), costs, relaxed, values, prices, bounds, found)

        with ThreadPoolExecutor(self._threads) as pool:
            list(pool.map(work, chunks))
        linear = np.where(bounds > -np.inf, self._linear_bounds(costs, prices), -np.inf)
        return Priced(values, np.maximum(bounds, linear), linear, found)

    def _one(
        self,
        block: int,
        costs: Floats,
        relaxed: bool,
        values: Floats,
        prices: Floats,
        bounds: Floats,
        found: Bools,
    ) -> None:
        """Price one block, and write what is found into its places of the arrays."""
        columns, rows, model = self._model(block, costs)
        solver = helper.ModelSolverHelper("glop")
        solver.set_solver_specific_parameters(_LP)
        solver.solve(model)
        integer = self._integer[columns]
        linear = solver.status() == helper.SolveStatus.OPTIMAL
        bounds[block] = -1e300
        if linear:
            values[columns] = solver.variable_values()
            prices[rows] = solver.dual_values()
            whole = (
                relaxed or not (np.abs(values[columns] - np.round(values[columns]))[integer] > _WHOLE).any()
            )
            if whole:
                found[block] = True
                return
        if relaxed:
            return
        at = np.flatnonzero(integer)
        for column in at:
            model.set_var_integrality(int(column), True)
        solver = helper.ModelSolverHelper("sat")
        solver.set_solver_specific_parameters(self._parameters)
        solver.solve(model)
        if not solver.has_solution():
            if not linear and solver.status() == helper.SolveStatus.INFEASIBLE:
                bounds[block] = np.inf
            return
        point = np.array(solver.variable_values())
        point[at] = np.round(point[at])
        terms = float(np.abs(costs[columns]) @ np.abs(point))
        bounds[block] = solver.best_objective_bound() - _MARGIN * (terms + 1.0)
        values[columns] = self._settled(block, costs, point)
        found[block] = bool(np.isfinite(values[columns]).all())

    def _model(self, block: int, costs: Floats) -> tuple[slice, slice, helper.ModelBuilderHelper]:
        split = self._split
        columns = slice(split.starts[block], split.starts[block + 1])
        rows = slice(split.local_starts[block], split.local_starts[block + 1])
        model = _handed_over(self.piece(block, costs))
        return columns, rows, model

    def matrix(self, block: int) -> sparse.csr_matrix:
        """Return the rows of a block by its columns."""
        split, whole = self._split, self._matrix
        first, last = split.local_starts[block], split.local_starts[block + 1]
        at = slice(self._nonzeros[block], self._nonzeros[block + 1])
        shape = (last - first, split.starts[block + 1] - split.starts[block])
        indptr = whole.indptr[first : last + 1] - whole.indptr[first]
        return sparse.csr_matrix(
            (whole.data[at], whole.indices[at] - split.starts[block], indptr), shape=shape
        )

    def piece(self, block: int, costs: Floats) -> Piece:
        """Return a block as a piece of its own."""
        split = self._split
        columns = slice(split.starts[block], split.starts[block + 1])
        rows = slice(split.local_starts[block], split.local_starts[block + 1])
        return Piece(
            self.matrix(block),
            self._row_lower[rows],
            self._row_upper[rows],
            self._lower[columns],
            self._upper[columns],
            self._integer[columns],
            costs[columns],
        )

    def _settled(self, block: int, costs: Floats, point: Floats) -> Floats:
        """Return a point off the grid: as it is if it keeps the rows, else with integers fixed and solved."""
        piece = self.piece(block, costs)
        tidy = piece.tidied(point)
        activity = piece.matrix @ tidy
        size = FEASIBLE * 0.1 * (1.0 + largest_terms(piece.matrix, tidy))
        if (activity >= piece.row_lower - size).all() and (activity <= piece.row_upper + size).all():
            return tidy
        rest = piece.with_integers_fixed(tidy)
        model = _handed_over(rest)
        solver = helper.ModelSolverHelper("glop")
        solver.set_solver_specific_parameters(_LP)
        solver.solve(model)
        if solver.status() != helper.SolveStatus.OPTIMAL:
            return np.full(len(point), np.nan)
        return np.array(solver.variable_values())

    def _linear_bounds(self, costs: Floats, prices: Floats) -> Floats:
        """Return for every block the Lagrangian bound at row prices, valid whatever these are."""
        side = np.where(prices > 0, self._row_lower, self._row_upper)
        pushing = np.isfinite(side) & np.isfinite(prices) & (prices != 0)
        prices = np.where(pushing, prices, 0.0)
        reduced = costs - self._matrix.T @ prices
        best = np.where(reduced > 0, self._lower, self._upper)
        terms = np.where(reduced != 0, reduced * np.where(np.isfinite(best), best, 0.0), 0.0)
        endless = (reduced != 0) & np.isinf(best)
        starts, local = self._split.starts, self._split.local_starts
        total = _sums(terms, starts) + _sums(
            np.where(pushing, prices * np.where(pushing, side, 0.0), 0.0), local
        )
        return np.where(_sums(endless.astype(float), starts) > 0, -np.inf, total)


def _handed_over(piece: Piece) -> helper.ModelBuilderHelper:
    """Return a piece, its columns continuous, as the fastest of OR-Tools' builders takes it."""
    model = helper.ModelBuilderHelper()
    sides = (piece.col_lower, piece.col_upper, piece.costs, piece.row_lower, piece.row_upper)
    model.fill_model_from_sparse_data(*sides, piece.matrix)  # type: ignore[arg-type]
    return model


def _sums(values: Floats, starts: Ints) -> Floats:
    """Return the sums of consecutive runs, which may be empty."""
    return np.diff(np.concatenate(([0.0], np.cumsum(values)))[starts])
