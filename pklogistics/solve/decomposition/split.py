"""A program taken apart: blocks that meet only in shared rows and shared columns.

Symbols, used in all modules of the decomposition
    b a block, x_b its columns, X_b the points that keep its own rows, bounds and integrality
    z the shared columns, within bounds;  R the shared rows, of which every inequality has one side

    min  c·x + d·z   over   G x + H z  {<=, =, >=}  q,   x_b in X_b,   l <= z <= u

A price pi[r] of each shared row (>= 0 for ``>=``, <= 0 for ``<=``) takes the rows away, and

    L(pi) = q·pi + sum_b min {(c - G'pi)·x_b : x_b in X_b} + sum_z min {(d - H'pi) z : l <= z <= u}

is a lower bound on the objective whatever the prices are (Geoffrion, Mathematical Programming Study 2, 1974).

Rows that link one block to shared columns alone, ``x_b <= z``, come in thousands for the same z (a base only
where the organisation is mobilised). Each keeps its own price: a sum of them with weights is a row less to
price, but as long as the weights are not those of the best prices the bound lacks most of what z costs.

A continuous column that no row of its block restricts is as good as a shared one, and is treated as such.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

from pklogistics.model.program import SHARED, Bools, Floats, Ints
from pklogistics.solve.piece import Piece
from pklogistics.solve.tightening import tightened

_FEWEST_ALIKE = 8
"""Rows of one block and shared columns are links if so many are to the same ones."""


@dataclass(frozen=True)
class Split:
    """A piece with one objective, taken apart.

    Attributes
    ----------
    piece : the whole program, with coefficients of blocks' rows tightened
    columns : block columns in order of their blocks, shape (block columns,)
    starts : where each block begins in ``columns``, shape (blocks + 1,)
    local : rows of blocks in order of their blocks; ``local_starts`` where each block begins
    matrix : rows ``local`` by ``columns``
    shared_columns : positions of z
    rows : shared rows of the piece, shape (shared rows,)
    alike : for each of ``rows`` that is one of many links, a number that those to the same shared columns
        have; -1 for the others
    source : the piece as it was before
    """

    piece: Piece
    columns: Ints
    starts: Ints
    local: Ints
    local_starts: Ints
    matrix: sparse.csr_matrix
    shared_columns: Ints
    rows: Ints
    alike: Ints
    source: Piece

    @property
    def blocks(self) -> int:
        """Number of blocks."""
        return len(self.starts) - 1

    @property
    def block_of_column(self) -> Ints:
        """Block of each of ``columns``."""
        return np.repeat(np.arange(self.blocks), np.diff(self.starts))

    @cached_property
    def outer(self) -> sparse.csr_matrix:
        """The shared rows by all columns of the piece, shape (shared rows, columns)."""
        return sparse.csr_matrix(self.piece.matrix[self.rows])

    @cached_property
    def inside(self) -> sparse.csr_matrix:
        """The shared rows by the columns of blocks, shape (shared rows, block columns)."""
        return sparse.csr_matrix(self.outer[:, self.columns])

    @cached_property
    def outside(self) -> sparse.csr_matrix:
        """The shared rows by the shared columns, shape (shared rows, shared columns)."""
        return sparse.csr_matrix(self.outer[:, self.shared_columns])

    @cached_property
    def touching(self) -> sparse.csr_matrix:
        """Which shared rows touch which blocks, shape (shared rows, blocks), entries 1."""
        matrix, size = self.inside, len(self.columns)
        by_block = sparse.csr_matrix(
            (np.ones(size), (np.arange(size), self.block_of_column)), shape=(size, self.blocks)
        )
        ones = sparse.csr_matrix((np.ones(matrix.nnz), matrix.indices, matrix.indptr), shape=matrix.shape)
        touching = sparse.csr_matrix(ones @ by_block)
        touching.data[:] = 1.0
        return touching

    def within(self, piece: Piece) -> Split | None:
        """Return the split of a piece of the same rows with closer column bounds; None if it is not one."""
        known = self.source
        rows = ("row_lower", "row_upper")
        alike = piece.matrix is known.matrix and all(
            np.array_equal(getattr(piece, side), getattr(known, side)) for side in rows
        )
        closer = (piece.col_lower >= known.col_lower).all() and (piece.col_upper <= known.col_upper).all()
        return replace(self, piece=replace(piece, matrix=self.piece.matrix)) if alike and closer else None

    @property
    def links(self) -> Bools:
        """Whether each of ``rows`` is one of many links."""
        return self.alike >= 0


def split_of(piece: Piece, row_block: Ints, col_block: Ints) -> Split:
    """Take a piece apart by block numbers; rows beyond ``row_block`` are shared.

    Parameters
    ----------
    row_block, col_block : block numbers or ``SHARED``, of the first rows and of all columns
    """
    row_block = np.concatenate((row_block, np.full(piece.rows - len(row_block), SHARED)))
    source = piece
    piece = tightened(piece, row_block != SHARED)
    col_block = _without_free(piece, row_block, col_block)
    numbers = np.unique(col_block[col_block != SHARED])
    local = np.flatnonzero(row_block != SHARED)
    local = local[np.isin(row_block[local], numbers)]
    # A row whose columns are all free has become a row of shared columns.
    shared = np.ones(piece.rows, dtype=np.bool_)
    shared[local] = False
    columns = np.flatnonzero(col_block != SHARED)
    columns, starts = _in_order(columns, np.searchsorted(numbers, col_block[columns]), len(numbers))
    local, local_starts = _in_order(local, np.searchsorted(numbers, row_block[local]), len(numbers))
    sided = np.isfinite(piece.row_lower) | np.isfinite(piece.row_upper)
    rows = np.flatnonzero(shared & sided & (np.diff(piece.matrix.indptr) > 0))
    return Split(
        piece=piece,
        columns=columns,
        starts=starts,
        local=local,
        local_starts=local_starts,
        matrix=sparse.csr_matrix(piece.matrix[local][:, columns]),
        shared_columns=np.flatnonzero(col_block == SHARED),
        rows=rows,
        alike=_linked(piece, rows, col_block),
        source=source,
    )


def _without_free(piece: Piece, row_block: Ints, col_block: Ints) -> Ints:
    """Return the blocks of columns, with those shared that no row of their block restricts."""
    own = sparse.csr_matrix(piece.matrix[row_block != SHARED])
    restricted = np.zeros(piece.columns, dtype=np.bool_)
    restricted[own.indices] = True
    return np.where(restricted | piece.integer, col_block, SHARED)


def _in_order(positions: Ints, blocks: Ints, count: int) -> tuple[Ints, Ints]:
    order = np.argsort(blocks, kind="stable")
    return positions[order], np.searchsorted(blocks[order], np.arange(count + 1))


def _linked(piece: Piece, rows: Ints, col_block: Ints) -> Ints:
    """Number the links: those to the same shared columns have one number, rows that are none have -1.

    A link has columns of one block and of shared ones, one side, and the same shared entries and side as
    others, once its largest shared entry is made 1.
    """
    matrix = sparse.csr_matrix(piece.matrix[rows])
    row = np.repeat(np.arange(len(rows)), np.diff(matrix.indptr))
    block = col_block[matrix.indices]
    frame = pd.DataFrame({"row": row, "block": block, "column": matrix.indices, "entry": matrix.data})
    inside, outside = frame[block != SHARED], frame[block == SHARED]
    blocks = inside.groupby("row")["block"].nunique().reindex(range(len(rows)), fill_value=0).to_numpy()
    parts = outside.assign(part=_mixed(outside["column"].to_numpy()) * outside["entry"].to_numpy())
    key = parts.groupby("row")["part"].sum().reindex(range(len(rows)), fill_value=0.0).to_numpy()
    lower, upper = piece.row_lower[rows], piece.row_upper[rows]
    one_sided = np.isfinite(lower) != np.isfinite(upper)
    candidate = (blocks == 1) & (key != 0) & one_sided
    keys = pd.DataFrame({"key": np.round(key, 9), "lower": lower, "upper": upper})
    alike = keys.groupby(["key", "lower", "upper"])["key"].transform("size").to_numpy()
    number = keys.groupby(["key", "lower", "upper"]).ngroup().to_numpy(np.int64)
    return np.where(candidate & (alike >= _FEWEST_ALIKE), number, -1)


def _mixed(positions: Ints) -> Floats:
    """Return a number in [1, 2) for each position, such that sums of them tell sets of columns apart."""
    return np.asarray(1.0 + np.modf(positions * 0.6180339887498949)[0])
