"""A bundle: some blocks with all that pricing them needs, in arrays that can be sent to another process.

Generic: a block is solved as a linear program first (GLOP), and only where that comes out fractional as a
program in whole numbers (CP-SAT, in which blocks of a few dozen columns take a millisecond or two). Both end
by counts of steps and never by the clock, so that a bundle gives the same answer wherever it is priced.

CP-SAT counts continuous columns on a grid. So the columns that it makes whole are kept, and where the rest
breaks a row the linear program of the rest is solved again. Its bound is moved down by a margin for the grid.
Bounds from linear programs come from their row prices by plain arithmetic, whatever the solver's tolerances.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver.python import model_builder_helper as helper
from scipy import sparse

from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.piece import FEASIBLE, Piece, largest_terms

_GRID = 64
_MARGIN = 2e-6
"""By how much, relative to the terms of the objective, a bound of CP-SAT is moved down."""

_FREE = 1e-9
"""What rounding up may cost, relative to the terms of the objective."""

WHOLE = 1e-6
"""How far from a whole number a value may be that has to be one."""
_LP = "use_preprocessing:false use_dual_simplex:true"
_CP = (
    "num_workers:1 cp_model_presolve:false cp_model_probing_level:0 symmetry_level:0 "
    f"mip_var_scaling:{_GRID} mip_max_bound:1e9 relative_gap_limit:1e-7 max_time_in_seconds:5"
)
"""Without a gap CP-SAT may go round for minutes over the rounding of costs, and its deterministic time stands
still meanwhile: one block of 94 columns took 58 s. The gap is well within the margin, and no block should
come near the limit in seconds."""

_TRIES = ("max_deterministic_time:0.05", "max_deterministic_time:1 mip_presolve_level:0")
"""How long CP-SAT works, and how it is asked again where it had no point: its presolve rounds a few programs
to ones that it then calls invalid."""


@dataclass(frozen=True)
class Order:
    """What is asked of a bundle.

    Attributes
    ----------
    costs : of its columns, shape (columns,)
    blocks : positions of the blocks to price, in order
    whole : in which of ``blocks`` whole columns have to be whole, same shape
    seed : random seed for CP-SAT
    """

    costs: Floats
    blocks: Ints
    whole: Bools
    seed: int


@dataclass(frozen=True)
class Priced:
    """What pricing found.

    Attributes
    ----------
    values : of the block columns, shape (block columns,); 0 for blocks that were not priced
    bounds : below the cheapest point of each block, shape (blocks,); minus infinity if not priced, infinity
        if a block has no point
    linear : the same of its linear program
    found : which blocks have a point that is whole where it has to be, shape (blocks,)
    """

    values: Floats
    bounds: Floats
    linear: Floats
    found: Bools

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel with those values alone that are not 0, which are few."""
        used = np.flatnonzero(self.values)
        rest = (self.bounds, self.linear, self.found)
        return _arrived, (len(self.values), used.astype(np.int32), self.values[used], *rest)

    def replaced(self, starts: Ints, blocks: Bools, other: Priced) -> Priced:
        """Return this with what another found for some blocks, shape (blocks,); ``starts`` as in a split."""
        return Priced(
            np.where(np.repeat(blocks, np.diff(starts)), other.values, self.values),
            np.where(blocks, other.bounds, self.bounds),
            np.where(blocks, other.linear, self.linear),
            np.where(blocks, other.found, self.found),
        )

    @classmethod
    def nothing(cls, columns: int, blocks: int) -> Priced:
        """Return what is known before anything is priced."""
        unknown = np.full(blocks, -np.inf)
        return cls(np.zeros(columns), unknown, unknown.copy(), np.zeros(blocks, dtype=np.bool_))


@dataclass(frozen=True)
class Bundle:
    """Some blocks; their rows and columns are numbered from 0.

    Attributes
    ----------
    starts, local_starts : where columns and rows of each block begin, shape (blocks + 1,)
    indptr, indices, data : the rows by the columns, as in a csr_matrix
    row_lower, row_upper : shape (rows,)
    lower, upper, integer : shape (columns,)
    """

    starts: Ints
    local_starts: Ints
    indptr: Ints
    indices: Ints
    data: Floats
    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats
    integer: Bools

    @property
    def blocks(self) -> int:
        """Number of blocks."""
        return len(self.starts) - 1

    @property
    def arrays(self) -> list[NDArray[Any]]:
        """The arrays, in the order in which a bundle is made of them."""
        return [getattr(self, field.name) for field in fields(self)]

    @cached_property
    def keys(self) -> tuple[bytes, ...]:
        """A key for each of ``arrays``: equal arrays have equal keys, others have other ones."""
        digests = []
        for array in self.arrays:
            digest = hashlib.blake2b(np.ascontiguousarray(array).data, digest_size=16)
            digest.update(array.dtype.str.encode())
            digests.append(digest.digest())
        return tuple(digests)

    def price(self, order: Order, stop: Callable[[], bool]) -> Priced:
        """Price blocks; once ``stop`` says so, those that are left are not priced."""
        found = Priced.nothing(len(self.lower), self.blocks)
        prices = np.zeros(len(self.row_lower))
        for block, whole in zip(order.blocks, order.whole, strict=True):
            if stop():
                break
            self._price_one(int(block), order, bool(whole), found, prices)
        known = found.bounds > -np.inf
        found.linear[known] = self._linear_bounds(order.costs, prices)[known]
        np.maximum(found.bounds, found.linear, out=found.bounds)
        return found

    def _price_one(self, block: int, order: Order, whole: bool, found: Priced, prices: Floats) -> None:
        """Price one block, and write what is found into its places; in fractions unless it shall be whole.

        Whether there is a point at all is asked of CP-SAT in any case.
        """
        columns = slice(self.starts[block], self.starts[block + 1])
        rows = slice(self.local_starts[block], self.local_starts[block + 1])
        piece = self.piece(block, order.costs)
        model = handed_over(piece)
        solver = helper.ModelSolverHelper("glop")
        solver.set_solver_specific_parameters(_LP)
        solver.solve(model)
        linear = solver.status() == helper.SolveStatus.OPTIMAL
        found.bounds[block] = -1e300
        if linear:
            point, prices[rows] = np.array(solver.variable_values()), solver.dual_values()
            up = _rounded_up(piece, point)
            found.values[columns] = point if up is None else up
            found.found[block] = up is not None
        if found.found[block] or (linear and not whole):
            return
        at = np.flatnonzero(piece.integer)
        for column in at:
            model.set_var_integrality(int(column), True)
        for more in _TRIES:
            solver = helper.ModelSolverHelper("sat")
            solver.set_solver_specific_parameters(f"{_CP} {more} random_seed:{order.seed}")
            solver.solve(model)
            if solver.has_solution() or solver.status() == helper.SolveStatus.INFEASIBLE:
                break
        if not solver.has_solution():
            if not linear and solver.status() == helper.SolveStatus.INFEASIBLE:
                found.bounds[block] = np.inf
            return
        point = np.array(solver.variable_values())
        point[at] = np.round(point[at])
        terms = float(np.abs(piece.costs) @ np.abs(point))
        found.bounds[block] = solver.best_objective_bound() - _MARGIN * (terms + 1.0)
        found.values[columns] = _settled(piece, point)
        found.found[block] = bool(np.isfinite(found.values[columns]).all())

    def piece(self, block: int, costs: Floats) -> Piece:
        """Return a block as a piece of its own."""
        first, last = self.local_starts[block], self.local_starts[block + 1]
        columns = slice(self.starts[block], self.starts[block + 1])
        at = slice(self.indptr[first], self.indptr[last])
        indptr = self.indptr[first : last + 1] - self.indptr[first]
        entries = (self.data[at], self.indices[at] - self.indices.dtype.type(columns.start), indptr)
        return Piece(
            sparse.csr_matrix(entries, shape=(last - first, columns.stop - columns.start)),
            self.row_lower[first:last],
            self.row_upper[first:last],
            self.lower[columns],
            self.upper[columns],
            self.integer[columns],
            costs[columns],
        )

    def _linear_bounds(self, costs: Floats, prices: Floats) -> Floats:
        """Return for every block the Lagrangian bound at row prices, valid whatever these are."""
        shape = (len(prices), len(costs))
        matrix = sparse.csr_matrix((self.data, self.indices, self.indptr), shape=shape)
        side = np.where(prices > 0, self.row_lower, self.row_upper)
        pushing = np.isfinite(side) & np.isfinite(prices) & (prices != 0)
        prices = np.where(pushing, prices, 0.0)
        reduced = costs - matrix.T @ prices
        best = np.where(reduced > 0, self.lower, self.upper)
        terms = np.where(reduced != 0, reduced * np.where(np.isfinite(best), best, 0.0), 0.0)
        endless = (reduced != 0) & np.isinf(best)
        sides = np.where(pushing, prices * np.where(pushing, side, 0.0), 0.0)
        total = _sums(terms, self.starts) + _sums(sides, self.local_starts)
        return np.where(_sums(endless.astype(float), self.starts) > 0, -np.inf, total)


def _arrived(columns: int, used: Ints, values: Floats, *rest: Any) -> Priced:
    """Return what was found, from what has travelled."""
    everywhere = np.zeros(columns)
    everywhere[used] = values
    return Priced(everywhere, *rest)


def _rounded_up(piece: Piece, point: Floats) -> Floats | None:
    """Return an optimal point of a linear program with whole columns rounded up, if that is one, too.

    Often what has to be there for something else is there in part, and costs nothing.
    """
    parts = piece.integer & (np.abs(point - np.round(point)) > WHOLE)
    if not parts.any():
        return point
    up = np.where(parts, np.ceil(point), point)
    dearer = float(piece.costs[parts] @ (up - point)[parts])
    free = dearer <= _FREE * float(np.abs(piece.costs) @ np.abs(up))
    return up if free and _keeps(piece, up) else None


def _keeps(piece: Piece, point: Floats) -> bool:
    """Say whether a point keeps the rows of a piece."""
    activity = piece.matrix @ point
    size = FEASIBLE * 0.1 * (1.0 + largest_terms(piece.matrix, point))
    return bool(((activity >= piece.row_lower - size) & (activity <= piece.row_upper + size)).all())


def _settled(piece: Piece, point: Floats) -> Floats:
    """Return a point off the grid: as it is if it keeps the rows, else with integers fixed and solved."""
    tidy = piece.tidied(point)
    if _keeps(piece, tidy):
        return tidy
    model = handed_over(piece.with_integers_fixed(tidy))
    solver = helper.ModelSolverHelper("glop")
    solver.set_solver_specific_parameters(_LP)
    solver.solve(model)
    if solver.status() != helper.SolveStatus.OPTIMAL:
        return np.full(len(point), np.nan)
    return np.array(solver.variable_values())


def handed_over(piece: Piece) -> helper.ModelBuilderHelper:
    """Return a piece, its columns continuous, as the fastest of OR-Tools' builders takes it."""
    model = helper.ModelBuilderHelper()
    sides = (piece.col_lower, piece.col_upper, piece.costs, piece.row_lower, piece.row_upper)
    model.fill_model_from_sparse_data(*sides, piece.matrix)  # type: ignore[arg-type]
    return model


def _sums(values: Floats, starts: Ints) -> Floats:
    """Return the sums of consecutive runs, which may be empty."""
    return np.diff(np.concatenate(([0.0], np.cumsum(values)))[starts])
