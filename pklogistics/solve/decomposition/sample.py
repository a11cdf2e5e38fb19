"""First prices: those of the linear program of some blocks with their part of what is shared.

Blocks are drawn in neighbourhoods, blocks that meet in rows of few, because such rows (people guarded from
several posts) mean nothing to a block alone. Of a shared row the sample gets the part that its blocks have of
all blocks of the row, and so does a shared column that all blocks use; one that belongs to few blocks comes
whole, or not at all.
"""

from __future__ import annotations

import time

import numpy as np
from scipy import sparse

from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.backend import Limits, Start
from pklogistics.solve.decomposition.split import Split
from pklogistics.solve.highs import Highs
from pklogistics.solve.monitor import Patient
from pklogistics.solve.piece import Piece
from pklogistics.solve.scaling import scaling_of

_FEW = 30
_NEIGHBOURHOOD = 25
_SECONDS = 20.0
_HIGH = 0.3
"""What it costs to miss a row of the sample, relative to the objective by the row's activity."""


def first_prices(split: Split, blocks: int, seed: int) -> Floats | None:
    """Return prices of the split's shared rows from a sample of about so many blocks, None if that fails."""
    meeting = touching(split)
    chosen = _drawn(meeting, blocks, seed)
    sample = _Sample(split, meeting, chosen)
    scaling = scaling_of(sample.piece)
    scaled, factor = scaling.apply(sample.piece)
    solver = Highs()
    try:
        outcome = solver.solve(scaled, Limits(time.monotonic() + _SECONDS), Start(), Patient())
    finally:
        solver.close()
    if outcome.status != "optimal" or outcome.duals is None:
        return None
    prices = outcome.duals * scaling.rows / factor
    return _by_row(split, sample, prices)


def touching(split: Split) -> sparse.csr_matrix:
    """Return which shared rows touch which blocks, shape (shared rows, blocks), entries 1."""
    matrix = sparse.csr_matrix(split.piece.matrix[split.rows][:, split.columns])
    size = len(split.columns)
    by_block = sparse.csr_matrix(
        (np.ones(size), (np.arange(size), split.block_of_column)), shape=(size, split.blocks)
    )
    ones = sparse.csr_matrix((np.ones(matrix.nnz), matrix.indices, matrix.indptr), shape=matrix.shape)
    touching = sparse.csr_matrix(ones @ by_block)
    touching.data[:] = 1.0
    return touching


def _drawn(touching: sparse.csr_matrix, wanted: int, seed: int) -> Bools:
    """Draw neighbourhoods until there are enough blocks."""
    random = np.random.default_rng(seed)
    count = np.diff(touching.indptr)
    near = touching[(count > 1) & (count <= _FEW)]
    chosen = np.zeros(touching.shape[1], dtype=np.bool_)
    for first in random.permutation(len(chosen)):
        if chosen.sum() >= wanted:
            break
        if chosen[first]:
            continue
        around = np.zeros(len(chosen), dtype=np.bool_)
        around[first] = True
        for _ in range(3):
            wider = around | (near.T @ (near @ around) > 0)
            if wider.sum() > _NEIGHBOURHOOD or wider.sum() == around.sum():
                break
            around = wider
        chosen |= around
    return chosen


class _Sample:
    """The program of the chosen blocks.

    Attributes
    ----------
    piece : continuous
    rows : positions, in ``split.rows``, of the last rows of the piece
    first : position of the first of these in the piece
    """

    def __init__(self, split: Split, touching: sparse.csr_matrix, chosen: Bools) -> None:
        whole = split.piece
        touched = np.diff(touching.indptr).astype(float)
        share = np.asarray(touching @ chosen) / np.maximum(touched, 1)
        overall = float(chosen.mean())
        block_columns = split.columns[np.repeat(chosen, np.diff(split.starts))]
        local = split.local[np.repeat(chosen, np.diff(split.local_starts))]
        shared, few = self._shared_columns(split, touched, share)
        self.rows = np.flatnonzero((share > 0) | (touched == 0))
        columns = np.concatenate((block_columns, shared))
        part = np.where(few, 1.0, overall)
        matrix = sparse.csr_matrix(whole.matrix[split.rows[self.rows]][:, shared])
        # A column that all blocks use gives all its rows the same part, or it would not have one price; links
        # keep the whole.
        wide = np.isin(split.rows, _rows_of(split, shared[~few]))
        row_part = np.where(split.links, 1.0, np.where(wide | (share == 0), overall, share))[self.rows]
        factors = np.where(few[matrix.indices], 1.0, np.repeat(row_part, np.diff(matrix.indptr)))
        matrix.data = matrix.data * factors
        own = sparse.csr_matrix(whole.matrix[split.rows[self.rows]][:, block_columns])
        inside = sparse.csr_matrix(whole.matrix[local][:, columns])

        lower, upper = (
            np.concatenate((side[local], side[split.rows[self.rows]] * row_part))
            for side in (whole.row_lower, whole.row_upper)
        )
        self.first = len(local)
        outside = sparse.hstack([own, matrix], format="csr")
        costs = np.concatenate((whole.costs[block_columns], whole.costs[shared] * part))
        # What holds for all need not be possible for some, so shared rows may be missed, at a high price.
        most = np.where(np.isfinite(whole.col_upper[columns]), whole.col_upper[columns], 0.0)
        size = np.maximum(abs(outside) @ most, 1e-9)
        high = _HIGH * float(np.abs(costs) @ most) / size
        # Links hold for each block by itself.
        missable = np.flatnonzero(~split.links[self.rows] & ~chosen.all())
        slack = sparse.identity(len(size), format="csr")[:, missable]
        high = high[missable]
        nothing = sparse.csr_matrix((inside.shape[0], 2 * len(high)))
        missing = sparse.hstack([slack, -slack], format="csr")
        stacked = sparse.vstack(
            [sparse.hstack([inside, nothing]), sparse.hstack([outside, missing])], format="csr"
        )
        self.piece = Piece(
            matrix=sparse.csr_matrix(stacked).sorted_indices(),
            row_lower=lower,
            row_upper=upper,
            col_lower=np.concatenate((whole.col_lower[columns], np.zeros(2 * len(high)))),
            col_upper=np.concatenate((whole.col_upper[columns], np.full(2 * len(high), np.inf))),
            integer=np.zeros(len(columns) + 2 * len(high), dtype=np.bool_),
            costs=np.concatenate((costs, high, high)),
        )

    def _shared_columns(self, split: Split, touched: Floats, share: Floats) -> tuple[Ints, Bools]:
        """Return the shared columns that come along, and which of them belong to few blocks."""
        matrix = sparse.csc_matrix(split.piece.matrix[split.rows][:, split.shared_columns])
        row_few = (touched > 0) & (touched <= _FEW) & ~split.links
        column = np.repeat(np.arange(matrix.shape[1]), np.diff(matrix.indptr))
        few = np.bincount(column, weights=row_few[matrix.indices], minlength=matrix.shape[1]) > 0
        inside = np.bincount(
            column, weights=row_few[matrix.indices] & (share[matrix.indices] > 0), minlength=matrix.shape[1]
        )
        kept = ~few | (inside > 0)
        return split.shared_columns[kept], few[kept]


def _rows_of(split: Split, columns: Ints) -> Ints:
    """Return the shared rows, as positions in the piece, in which any of these columns is."""
    matrix = sparse.csc_matrix(split.piece.matrix[:, columns])
    return np.intersect1d(matrix.indices, split.rows)


def _by_row(split: Split, sample: _Sample, prices: Floats) -> Floats:
    """Return prices of all shared rows: those outside the sample get that of their likes inside.

    Links are alike if they are added up to one row, others if a shared column of their own says what it costs
    to miss them; they have the same part of that.
    """
    found = np.full(len(split.rows), np.nan)
    found[sample.rows] = prices[sample.first :]
    known = np.isfinite(found)
    total = np.bincount(split.group, weights=np.where(known, found, 0.0), minlength=split.size)
    mean = total / np.maximum(np.bincount(split.group, weights=known, minlength=split.size), 1)
    found = np.where(~known & split.links, mean[split.group], found)
    cap = _caps(split)
    alike = ~split.links & (cap > 0)
    ratio = found[alike & np.isfinite(found)] / cap[alike & np.isfinite(found)]
    usual = float(np.median(ratio)) if len(ratio) else 0.0
    return np.where(np.isfinite(found), found, np.where(alike, usual * cap, 0.0))


def _caps(split: Split) -> Floats:
    """Return what it costs to miss a row by one, where a continuous shared column stands for that."""
    piece = split.piece
    matrix = sparse.csc_matrix(piece.matrix[split.rows][:, split.shared_columns])
    column = np.repeat(np.arange(matrix.shape[1]), np.diff(matrix.indptr))
    costs = piece.costs[split.shared_columns][column] / np.where(matrix.data != 0, matrix.data, 1.0)
    caps = np.zeros(len(split.rows))
    usable = ~piece.integer[split.shared_columns][column] & np.isfinite(costs)
    np.maximum.at(caps, matrix.indices[usable], costs[usable])
    return caps
