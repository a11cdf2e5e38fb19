"""A program taken apart for a proof: blocks that know the rows they share, and the arithmetic of prices.

This is another way than that of the search (`pklogistics.solve.decomposition.split`), and deliberately so.
Rows that touch several blocks, or none, are priced. A row of one block and of shared columns (a base only
where the organisation is mobilised) is priced too, and is kept in its block besides, with the shared columns
as generous as the part of the program lets them be; a price on it is dropped where that is all it says.

    min c·x + d·z   over   G x + H z in sides,  x_b in X_b,  l <= z <= u
    bound(y) = y·sides + min (d - H'y) z + sum_b min {(c - G'y) x_b : x_b in X_b and in its generous rows}
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from pklogistics.model.program import SHARED, Bools, Floats, Ints
from pklogistics.solve.piece import Piece, activity_range


@dataclass(frozen=True)
class BlockProgram:
    """A program with one objective, by blocks.

    Attributes
    ----------
    piece : the program
    lower, upper : column bounds within which an optimal point lies, shape (columns,)
    columns : block columns, block after block; ``column_block`` the number of the block of each, from 0
    rows : rows that touch one block, block after block; ``row_block`` as above
    linked : which of ``rows`` have shared columns too
    shared : positions of the shared columns
    outer : positions of all rows with shared columns or several blocks
    """

    piece: Piece
    lower: Floats
    upper: Floats
    columns: Ints
    column_block: Ints
    rows: Ints
    row_block: Ints
    linked: Bools
    shared: Ints
    outer: Ints

    @property
    def count(self) -> int:
        """Number of blocks."""
        return int(self.column_block[-1]) + 1 if len(self.columns) else 0

    @cached_property
    def matrix(self) -> sparse.csr_matrix:
        """``rows`` by ``columns``."""
        return sparse.csr_matrix(self.piece.matrix[self.rows][:, self.columns])

    @cached_property
    def _given(self) -> sparse.csr_matrix:
        return sparse.csr_matrix(self.piece.matrix[self.rows[self.linked]][:, self.shared])

    @cached_property
    def _priced(self) -> sparse.csr_matrix:
        return sparse.csr_matrix(self.piece.matrix[self.outer].T)

    @cached_property
    def _within(self) -> tuple[Floats, Floats]:
        return activity_range(self.matrix, self.lower[self.columns], self.upper[self.columns])

    def priced(self, prices: Floats, least: Floats, most: Floats) -> Priced:
        """Return what the blocks are left with in a part of the program.

        Parameters
        ----------
        prices : by row of the piece; those of blocks' own rows are passed over
        least, most : bounds of the shared columns in the part, shape (shared columns,)
        """
        piece, links = self.piece, self.rows[self.linked]
        side_lower, side_upper = piece.row_lower[self.rows], piece.row_upper[self.rows]
        given_least, given_most = activity_range(self._given, least, most)
        mine_least, mine_most = (side[self.linked] for side in self._within)
        side_lower[self.linked] = piece.row_lower[links] - given_most
        side_upper[self.linked] = piece.row_upper[links] - given_least
        silent = (given_least + mine_least >= piece.row_lower[links]) & (
            given_most + mine_most <= piece.row_upper[links]
        )
        dropped = np.zeros(piece.rows, dtype=np.bool_)
        dropped[links[silent | (given_least == given_most)]] = True
        generous = (self._within[0] >= side_lower) & (self._within[1] <= side_upper)
        prices = np.where(dropped, 0.0, prices)[self.outer]
        side = np.where(prices > 0, piece.row_lower[self.outer], piece.row_upper[self.outer])
        prices = np.where(np.isfinite(side), prices, 0.0)
        reduced = piece.costs - self._priced @ prices
        constant = piece.offset + float(prices @ np.where(np.isfinite(side), side, 0.0))
        own = reduced[self.shared]
        best = np.where(own > 0, least, most)
        constant += float(own[own != 0] @ best[own != 0])
        return Priced(
            constant if constant > -np.inf else -np.inf,
            reduced[self.columns],
            np.where(generous, -np.inf, side_lower),
            np.where(generous, np.inf, side_upper),
        )

    def block_bounds(self, priced: Priced, duals: Floats) -> Floats:
        """Return what each block costs at least by duals of its rows, good or bad, shape (blocks,)."""
        side = np.where(duals > 0, priced.lower, priced.upper)
        duals = np.where(np.isfinite(side) & np.isfinite(duals), duals, 0.0)
        terms = duals * np.where(duals != 0, side, 0.0)
        reduced = priced.costs - self.matrix.T @ duals
        best = np.where(reduced > 0, self.lower[self.columns], self.upper[self.columns])
        values = reduced * np.where(reduced != 0, best, 0.0)
        return _sums(self.row_block, terms, self.count) + _sums(self.column_block, values, self.count)

    def kept(self, priced: Priced, activity: Floats) -> Bools:
        """Say which blocks' rows are kept by points of this activity, shape (blocks,); NaN keeps none."""
        kept = (activity >= priced.lower - _TOLERANCE) & (activity <= priced.upper + _TOLERANCE)
        return np.asarray(_sums(self.row_block, np.where(kept, 0.0, 1.0), self.count) == 0)


_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Priced:
    """A part of the program at prices.

    Attributes
    ----------
    constant : what rows and shared columns add to the bound, minus infinity if a shared column is endless
    costs : of the block columns
    lower, upper : sides of the blocks' rows
    """

    constant: float
    costs: Floats
    lower: Floats
    upper: Floats


def block_program(piece: Piece, col_block: Ints, lower: Floats, upper: Floats) -> BlockProgram:
    """Take a program apart by the block numbers of its columns; see `BlockProgram`."""
    entries = sparse.coo_matrix(piece.matrix)
    block = col_block[entries.col]
    inside = block != SHARED
    first, last = np.full(piece.rows, np.iinfo(np.int64).max), np.full(piece.rows, SHARED)
    np.minimum.at(first, entries.row[inside], block[inside])
    np.maximum.at(last, entries.row[inside], block[inside])
    mixed = np.bincount(entries.row[~inside], minlength=piece.rows) > 0
    numbers = np.unique(col_block[col_block != SHARED])
    columns, rows = np.flatnonzero(col_block != SHARED), np.flatnonzero(first == last)
    columns = columns[np.argsort(col_block[columns], kind="stable")]
    rows = rows[np.argsort(first[rows], kind="stable")]
    return BlockProgram(
        piece,
        lower,
        upper,
        columns,
        np.searchsorted(numbers, col_block[columns]),
        rows,
        np.searchsorted(numbers, first[rows]),
        mixed[rows],
        np.flatnonzero(col_block == SHARED),
        np.flatnonzero(mixed | (first != last)),
    )


def _sums(group: Ints, values: Floats, size: int) -> Floats:
    return np.bincount(group, values, size).astype(np.float64)
