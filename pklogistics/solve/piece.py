"""One program with one objective: what a solver is given."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from pklogistics.model.program import Bools, Floats, Ints, Program

FEASIBLE, _DIRT = 1e-6, 2e-10
"""Largest violation, in the measure of `Piece.violation`, of a point that counts as feasible, and of one that
is as clean as rounding allows."""


@dataclass(frozen=True)
class Piece:
    """``min costs·x + offset`` over ``row_lower <= matrix x <= row_upper`` and column bounds.

    Attributes
    ----------
    matrix : csr_matrix with sorted indices, shape (rows, columns)
    row_lower, row_upper : shape (rows,), infinite where there is no side
    col_lower, col_upper, costs : shape (columns,)
    integer : bool array of shape (columns,)
    offset : constant of the objective
    """

    matrix: sparse.csr_matrix
    row_lower: Floats
    row_upper: Floats
    col_lower: Floats
    col_upper: Floats
    integer: Bools
    costs: Floats
    offset: float = 0.0

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.matrix.shape[0])

    @property
    def columns(self) -> int:
        """Number of columns."""
        return int(self.matrix.shape[1])

    @property
    def continuous(self) -> bool:
        """Whether no column has to be whole."""
        return not bool(self.integer.any())

    def value(self, values: Floats) -> float:
        """Return the objective at a point of shape (columns,)."""
        return float(self.costs @ values) + self.offset

    def trivial_bound(self) -> float:
        """Return the least objective within the column bounds alone, maybe minus infinity."""
        used = self.costs != 0
        return float(self.costs[used] @ self.cheaper_bounds()[used]) + self.offset

    def cheaper_bounds(self) -> Floats:
        """Return for each column the bound at which it costs least, the upper one where it costs nothing."""
        return np.where(self.costs > 0, self.col_lower, self.col_upper)

    def violation(self, values: Floats, least: float = 0.0) -> float:
        """Return the largest violation of a row, bound or integrality, as `Program.violation` does.

        Rows do not count of which every term is less than ``least``.
        """
        worst = 0.0
        if self.rows:
            activity, largest = self.matrix @ values, largest_terms(self.matrix, values)
            beyond = np.maximum(self.row_lower - activity, activity - self.row_upper) / (1.0 + largest)
            worst = max(worst, float(beyond[~(largest < least)].max(initial=0.0)))
        if self.columns:
            size = 1.0 + np.abs(values)
            fractions = np.abs(values - np.round(values))[self.integer]
            worst = max(
                worst,
                float(((self.col_lower - values) / size).max()),
                float(((values - self.col_upper) / size).max()),
                float(fractions.max(initial=0.0)),
            )
        return worst if worst == worst else np.inf

    def feasible(self, values: Floats, *, clean: bool = False) -> bool:
        """Whether a point keeps every row, bound and integrality but for what a solver's tolerance leaves.

        A ``clean`` one keeps them but for what rounding leaves, apart from rows in which there is next to
        nothing: where whole numbers are in the millions, a solver's tolerance lets one too many pass.
        """
        kept = bool(np.isfinite(values).all()) and self.violation(values) <= FEASIBLE
        return kept and (not clean or self.violation(values, FEASIBLE) <= _DIRT)

    def refuted(self) -> bool:
        """Whether some row cannot be kept within the column bounds, by its own entries alone."""
        row, ends = _ends(self.matrix, self.col_lower, self.col_upper)
        least, most = (np.bincount(row, weights=end, minlength=self.rows) for end in ends)
        size = np.abs(np.where(np.isfinite(ends), ends, 0.0)).max(axis=0)
        room = FEASIBLE * (1.0 + np.bincount(row, weights=size, minlength=self.rows))
        return bool(((least > self.row_upper + room) | (most < self.row_lower - room)).any())

    def tidied(self, values: Floats) -> Floats:
        """Return a point with integers rounded and every column moved within its bounds."""
        rounded = np.where(self.integer, np.round(values), values)
        return np.clip(rounded, self.col_lower, self.col_upper)

    def with_integers_fixed(self, values: Floats) -> Piece:
        """Return the linear program that is left when integers stay at these (whole) values."""
        return replace(
            self,
            col_lower=np.where(self.integer, values, self.col_lower),
            col_upper=np.where(self.integer, values, self.col_upper),
            integer=np.zeros(self.columns, dtype=np.bool_),
        )

    def with_objective(self, costs: Floats, offset: float) -> Piece:
        """Return the piece with another objective."""
        return replace(self, costs=costs, offset=offset)

    def admits(self, values: Floats) -> bool:
        """Say whether a point is within the bounds of all columns."""
        return bool(((values >= self.col_lower) & (values <= self.col_upper)).all())

    def at_trivial_bound(self) -> Piece:
        """Return the piece with every column that has a cost fixed at its cheaper bound."""
        cheaper = self.cheaper_bounds()
        return replace(self, col_upper=cheaper, col_lower=np.where(self.costs < 0, cheaper, self.col_lower))

    def with_row(self, coefficients: Floats, upper: float) -> Piece:
        """Return the piece with one more row, ``coefficients · x <= upper``."""
        row = sparse.csr_matrix(coefficients.reshape(1, -1))
        return replace(
            self,
            matrix=sparse.csr_matrix(sparse.vstack([self.matrix, row], format="csr")),
            row_lower=np.append(self.row_lower, -np.inf),
            row_upper=np.append(self.row_upper, upper),
        )


def activity_range(matrix: sparse.csr_matrix, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    """Return the least and the most that rows can be within column bounds, shape (rows,) each."""
    rows = matrix.shape[0]
    row, ends = _ends(matrix, lower, upper)
    least, most = (np.bincount(row, weights=end, minlength=rows).astype(np.float64) for end in ends)
    return least, most


def _ends(matrix: sparse.csr_matrix, lower: Floats, upper: Floats) -> tuple[Ints, Floats]:
    """Return the row of each entry but 0, and the least and the most of its term, shape (2, entries)."""
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    used = matrix.data != 0
    column, entry = matrix.indices[used], matrix.data[used]
    return row[used], np.sort(np.stack((entry * lower[column], entry * upper[column])), axis=0)


def piece_of(program: Program) -> Piece:
    """Return the rows and columns of a program, without an objective yet.

    Integer columns get the whole numbers within their bounds as bounds.
    """
    matrix = sparse.csr_matrix(program.matrix)
    if not matrix.has_sorted_indices:
        matrix = matrix.sorted_indices()
    whole = program.integer
    return Piece(
        matrix=matrix,
        row_lower=program.row_lower,
        row_upper=program.row_upper,
        col_lower=np.where(whole, np.ceil(program.col_lower - FEASIBLE), program.col_lower),
        col_upper=np.where(whole, np.floor(program.col_upper + FEASIBLE), program.col_upper),
        integer=whole,
        costs=np.zeros(program.columns),
    )


def rescaled(matrix: sparse.csr_matrix, rows: Floats, columns: Floats) -> sparse.csr_matrix:
    """Return a matrix with rows and columns multiplied by factors; its structure is kept as it is."""
    data = matrix.data * columns[matrix.indices] * np.repeat(rows, np.diff(matrix.indptr))
    return sparse.csr_matrix((data, matrix.indices, matrix.indptr), shape=matrix.shape)


def largest_terms(matrix: sparse.csr_matrix, values: Floats) -> Floats:
    """Return ``max_j |a_ij x_j|`` for every row, shape (rows,)."""
    result: NDArray[np.float64] = np.zeros(matrix.shape[0])
    filled = np.flatnonzero(np.diff(matrix.indptr))
    if filled.size:
        terms = np.abs(matrix.data * values[matrix.indices])
        result[filled] = np.maximum.reduceat(terms, matrix.indptr[filled])
    return result
