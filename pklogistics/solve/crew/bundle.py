"""A bundle: some blocks with all that pricing them needs, in arrays that can be sent to another process.

Small blocks are priced by compiled code. What that leaves is solved as a linear program first (GLOP), and
only where that comes out fractional as a program in whole numbers (SCIP). All end by counts of steps, and not
by the clock but for a limit that none should reach, so that a bundle gives the same answer wherever it is
priced.

Bounds from linear programs come from their row prices by plain arithmetic, up to its rounding; those of SCIP
rest on its tolerances and are moved down by a margin for them. (CP-SAT counts continuous columns on a grid: a
bound on what is on the grid is none on what is beside it, and of blocks of a thousand columns its points cost
up to a tenth more, in twice the time.)
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
from pklogistics.solve.scaling import scaling_of
from pklogistics.solve.small import Effort, solve_small

_MARGIN = 2e-6
"""By how much, relative to the terms of the objective, a bound of SCIP is moved down, and what a point of
compiled code may cost more than its bound without being asked for again."""

_FREE = 1e-9
"""What rounding up may cost, relative to the terms of the objective."""

LARGEST = 60_000
"""Columns by rows of a block that compiled code prices: it does not pass over zeros, as other solvers do."""

WHOLE = 1e-6
"""How far from a whole number a value may be that has to be one."""
_LP = "use_preprocessing:false use_dual_simplex:true"
_NODES, _SECONDS = 100, 10.0
"""When SCIP gives up a block: nearly all take fewer nodes, and at prices at which much is nearly as good as
the best, the last of the gap is not worth minutes. None should come near the limit in seconds."""


@dataclass(frozen=True)
class Order:
    """What is asked of a bundle.

    Attributes
    ----------
    costs : of its columns, shape (columns,)
    blocks : positions of the blocks to price, in order
    whole : in which of ``blocks`` whole columns have to be whole, same shape
    seed : random seed for SCIP
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
        if stop():
            return found
        self._price_in_fractions(order, found, stop)
        solved = np.isfinite(found.linear)
        found.found[:] = solved & self._rounded_up(order.costs, found.values)
        # Whether there is a point at all is asked in any case.
        asked = order.blocks[~found.found[order.blocks] & (order.whole | ~solved[order.blocks])]
        ready = self._compiled(order.costs, asked[:0] if stop() else asked, found, whole=True)
        for block in np.setdiff1d(asked, ready):
            if stop():
                break
            self._price_whole(int(block), order, found)
        np.maximum(found.bounds, found.linear, out=found.bounds)
        return found

    def _price_in_fractions(self, order: Order, found: Priced, stop: Callable[[], bool]) -> None:
        """Price blocks as linear programs."""
        ready = self._compiled(order.costs, order.blocks, found, whole=False)
        prices, solved = np.zeros(len(self.row_lower)), np.zeros(self.blocks, dtype=np.bool_)
        tried = []
        for block in np.setdiff1d(order.blocks, ready):
            if stop():
                break
            tried.append(block)
            solver = helper.ModelSolverHelper("glop")
            solver.set_solver_specific_parameters(_LP)
            solver.solve(handed_over(self.piece(block, order.costs)))
            if solver.status() == helper.SolveStatus.OPTIMAL:
                solved[block] = True
                found.values[self._columns(block)] = solver.variable_values()
                prices[self._rows(block)] = solver.dual_values()
        if tried:
            bounds = self._linear_bounds(order.costs, prices)
            found.linear[solved] = bounds[solved]
            found.bounds[tried] = bounds[tried]

    def _price_whole(self, block: int, order: Order, found: Priced) -> None:
        """Price one block in whole numbers by SCIP, and write what is found into its places."""
        piece = self.piece(block, order.costs)
        outcome = solve_small(piece, scaling_of(piece), Effort(_SECONDS, order.seed, nodes=_NODES))
        if outcome.status == "infeasible" and np.isinf(found.linear[block]):
            found.bounds[block] = np.inf
        if outcome.values is None:
            return
        terms = float(np.abs(piece.costs) @ np.abs(outcome.values))
        found.bounds[block] = max(found.bounds[block], outcome.bound - _MARGIN * (terms + 1.0))
        point = _settled(piece, np.where(piece.integer, np.round(outcome.values), outcome.values))
        found.values[self._columns(block)] = point
        found.found[block] = bool(np.isfinite(point).all())

    def _compiled(self, costs: Floats, blocks: Ints, found: Priced, *, whole: bool) -> Ints:
        """Price blocks by compiled code, write what is found into their places, and return which are done.

        What keeps a block's own rows and bounds, and costs what its bound says, needs no other proof.
        """
        size = np.diff(self.starts) * np.diff(self.local_starts)
        blocks = blocks[size[blocks] <= LARGEST]
        if not blocks.size:
            return blocks
        from pklogistics.solve.crew import dense  # It takes long to import, and few need it.

        values, bounds = np.zeros(len(costs)), np.full(self.blocks, -np.inf)
        prices = np.zeros(len(self.row_lower))
        price: Callable[..., Bools] = dense.price
        tried = blocks[price(*self._plain(), costs.copy(), blocks, whole, values, bounds, prices)]
        if not whole:
            bounds = self._linear_bounds(costs, prices)
        costs_of, terms = _sums(costs * values, self.starts), _sums(np.abs(costs * values), self.starts)
        room = FEASIBLE * 0.1 * (1.0 + np.abs(values))
        outside = (values < self.lower - room) | (values > self.upper + room)
        kept = self._keeping(values) & (_sums(outside.astype(float), self.starts) == 0)
        kept &= np.abs(costs_of - bounds) <= _MARGIN * (terms + 1.0)
        done = np.zeros(self.blocks, dtype=np.bool_)
        done[tried] = kept[tried]
        at = np.repeat(done, np.diff(self.starts))
        found.values[at], found.bounds[done] = values[at], bounds[done]
        if whole:
            found.found[done] = True
        else:
            found.linear[done] = bounds[done]
        return np.flatnonzero(done)

    def _plain(self) -> list[NDArray[Any]]:
        """Return the arrays as compiled code takes them: writable, and integers of one size."""
        return [array.astype(np.int64 if array.dtype.kind == "i" else array.dtype) for array in self.arrays]

    def _columns(self, block: int) -> slice:
        return slice(self.starts[block], self.starts[block + 1])

    def _rows(self, block: int) -> slice:
        return slice(self.local_starts[block], self.local_starts[block + 1])

    def piece(self, block: int, costs: Floats) -> Piece:
        """Return a block as a piece of its own."""
        first, last = self.local_starts[block], self.local_starts[block + 1]
        columns = self._columns(block)
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

    @cached_property
    def _matrix(self) -> sparse.csr_matrix:
        shape = (len(self.row_lower), len(self.lower))
        return sparse.csr_matrix((self.data, self.indices, self.indptr), shape=shape)

    def _keeping(self, points: Floats) -> Bools:
        """Return which blocks' points keep their rows, shape (blocks,)."""
        rows = _kept(self._matrix, self.row_lower, self.row_upper, points)
        return np.asarray(_sums((~rows).astype(float), self.local_starts) == 0)

    def _rounded_up(self, costs: Floats, points: Floats) -> Bools:
        """Round whole columns up in optimal points of linear programs where these stay optimal.

        Often what has to be there for something else is there in part, and costs nothing. Returns which
        blocks' points are whole then; points of the others stay as they are.
        """
        parts = self.integer & (np.abs(points - np.round(points)) > WHOLE)
        up = np.where(parts, np.ceil(points), points)
        torn = _sums(parts.astype(float), self.starts) > 0
        beyond = _sums((parts & (up > self.upper + WHOLE)).astype(float), self.starts) > 0
        dearer, terms = _sums(costs * (up - points), self.starts), _sums(np.abs(costs * up), self.starts)
        mended = torn & ~beyond & (dearer <= _FREE * terms) & self._keeping(up)
        at = np.repeat(mended, np.diff(self.starts))
        points[at] = up[at]
        return ~torn | mended

    def _linear_bounds(self, costs: Floats, prices: Floats) -> Floats:
        """Return for every block the Lagrangian bound at row prices, valid whatever these are."""
        side = np.where(prices > 0, self.row_lower, self.row_upper)
        pushing = np.isfinite(side) & np.isfinite(prices) & (prices != 0)
        prices = np.where(pushing, prices, 0.0)
        reduced = costs - self._matrix.T @ prices
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


def _kept(matrix: sparse.csr_matrix, lower: Floats, upper: Floats, point: Floats) -> Bools:
    """Return which rows a point keeps."""
    activity = matrix @ point
    size = FEASIBLE * 0.1 * (1.0 + largest_terms(matrix, point))
    return np.asarray((activity >= lower - size) & (activity <= upper + size))


def _settled(piece: Piece, point: Floats) -> Floats:
    """Return a point that keeps the rows: as it is if it does, else with integers fixed and solved."""
    tidy = piece.tidied(point)
    if _kept(piece.matrix, piece.row_lower, piece.row_upper, tidy).all():
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
    sums, filled = np.zeros(len(starts) - 1), np.diff(starts) > 0
    if filled.any():
        sums[filled] = np.add.reduceat(values, starts[:-1][filled])
    return sums
