"""First prices: those of the linear program of some blocks that stand for all.

People are spread unevenly: a few towns ask for a tenth of all money. So blocks are drawn with chances in
proportion to their size, the largest for certain, and each stands for as many as one over its chance (Horvitz
and Thompson, Journal of the American Statistical Association 47, 1952), drawn systematically in random order
(Madow, Annals of Mathematical Statistics 20, 1949). Its size is its mean share of the objective and of all
rows that many blocks touch. So those rows keep their sides, and prices mean the same to a drawn block as to
any other.

A row of few blocks holds as it is for those drawn. Where it loses blocks, those left with the same sign in it
stand for them in that row. Such prices are rough; `local` finds them given the others.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import closing

import numpy as np
import pandas as pd
from scipy import sparse

from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.backend import Limits, Start
from pklogistics.solve.decomposition.split import Split
from pklogistics.solve.highs import Highs
from pklogistics.solve.monitor import Asking
from pklogistics.solve.pdlp import Pdlp
from pklogistics.solve.piece import FEASIBLE, Piece
from pklogistics.solve.scaling import scaling_of

_FEW = 30
_WIDE = 0.1
"""A row is wide if more than this share of the blocks touch it: any sample has enough of them."""

_FLOOR = 0.1
"""Least size of a block, as a share of the mean."""

_ROUGH = 1e-3
"""Gap and precision to which a first-order method looks for prices."""

_HIGH = 3.0
"""What it costs to miss a row of the sample, relative to the objective by the row's activity: well above what
a row is worth to those who gain most."""


def first_prices(
    split: Split, blocks: int, seed: int, stop: Callable[[], bool], until: float = math.inf
) -> Floats | None:
    """Return prices of the split's shared rows from a sample of about so many blocks.

    None if that fails, or is not done by ``until``, in seconds of ``time.monotonic()``.
    """
    wide = is_wide(split)
    chance = chances(sizes(split, wide), blocks)
    sample = _Sample(split, wide, drawn(chance, seed), 1.0 / chance)
    prices = linear_prices(sample.piece, until, stop)
    return None if prices is None else _by_row(split, sample, prices)


def rough_prices(split: Split, workers: int, stop: Callable[[], bool], until: float) -> Floats | None:
    """Return prices of the split's shared rows from the linear program of all blocks, as near as time allows.

    A first-order method knows good prices long before it is done, when a simplex of so many columns has none:
    what it leaves amiss in the rows of blocks is put right as these are priced. None if it has none. Prices
    at the end of time depend on how far the method came, and so on the machine.

    Parameters
    ----------
    workers : threads of the method
    until : when to end, in seconds of ``time.monotonic()``
    """
    sample = _Sample(split, is_wide(split), np.ones(split.blocks, dtype=np.bool_), np.ones(split.blocks))
    limits = Limits(until, _ROUGH, workers, precision=_ROUGH)
    duals = Pdlp().solve(sample.piece, limits, Start(), Asking(stop)).duals
    return None if duals is None else _by_row(split, sample, duals)


def linear_prices(piece: Piece, until: float, stop: Callable[[], bool]) -> Floats | None:
    """Return the row prices of a linear program, shape (rows,); None if it is not solved by then."""
    scaling = scaling_of(piece)
    scaled, factor = scaling.apply(piece)
    with closing(Highs()) as solver:
        outcome = solver.solve(scaled, Limits(until), Start(), Asking(stop))
    if outcome.status != "optimal" or outcome.duals is None:
        return None
    return np.asarray(outcome.duals * scaling.rows / factor)


def is_wide(split: Split) -> Bools:
    """Say which shared rows so many blocks touch that any sample has enough of them."""
    return np.asarray((np.diff(split.touching.indptr) > _WIDE * split.blocks) & ~split.links)


def sizes(split: Split, wide: Bools) -> Floats:
    """Return what each block is of the whole: its mean share of the objective and of wide rows at most."""
    piece = split.piece
    upper, lower = piece.col_upper[split.columns], piece.col_lower[split.columns]
    most = np.where(np.isfinite(upper), upper, np.where(np.isfinite(lower), np.abs(lower), 0.0))
    size = sparse.csr_matrix(abs(split.outer[wide][:, split.columns]).multiply(most))
    cost = sparse.csr_matrix(np.abs(piece.costs[split.columns]) * most)
    rows = sparse.csr_matrix(sparse.vstack([size, cost], format="csr"))
    total = np.asarray(rows.sum(axis=1)).ravel()
    rows = sparse.csr_matrix(rows[total > 0])
    of_columns = rows.T @ (1.0 / total[total > 0])
    return np.asarray(np.add.reduceat(of_columns, split.starts[:-1]) / max(1, rows.shape[0]))


def chances(sizes: Floats, wanted: int) -> Floats:
    """Return the chance of each block to be one of so many, in proportion to its size, at most 1."""
    if wanted >= len(sizes):
        return np.ones(len(sizes))
    sizes = sizes + _FLOOR * max(sizes.mean(), 1e-300)
    certain = np.zeros(len(sizes), dtype=np.bool_)
    while True:
        left = wanted - int(certain.sum())
        chance = np.where(certain, 1.0, left * sizes / max(sizes[~certain].sum(), 1e-300))
        if left <= 0 or not (chance[~certain] >= 1.0).any():
            return np.clip(chance, 1e-9, 1.0)
        certain |= chance >= 1.0


def drawn(chance: Floats, seed: int) -> Bools:
    """Draw blocks with these chances, as many as they sum to."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(chance))
    passed = np.floor(np.cumsum(chance[order]) + random.random() + 1e-9)
    chosen = np.zeros(len(chance), dtype=np.bool_)
    chosen[order] = np.diff(passed, prepend=0.0) > 0
    return chosen


class _Sample:
    """The program of the chosen blocks.

    Attributes
    ----------
    piece : continuous
    rows : positions, in ``split.rows``, of the last rows of the piece
    stands_for : what to divide their prices by, shape (len(rows),)
    first : position of the first of these in the piece
    """

    def __init__(self, split: Split, wide: Bools, chosen: Bools, each: Floats) -> None:
        whole, touching = split.piece, split.touching
        touched = np.diff(touching.indptr)
        inside = np.repeat(chosen, np.diff(split.starts))
        block_columns = split.columns[inside]
        block = (np.cumsum(chosen) - 1)[split.block_of_column[inside]]
        outer = split.outer
        weights = each[chosen]
        own, kept = _replenished(split, outer, wide | split.links, inside)
        kept &= np.asarray(touching @ chosen > 0) | (touched == 0)
        self.rows = np.flatnonzero(kept)
        per_row = np.asarray(touching[:, chosen] @ weights) / np.maximum(touching @ chosen, 1)
        self.stands_for = np.where(wide | (touched == 0), 1.0, per_row)[self.rows]
        shared, several = _shared_columns(split, wide | split.links, self.rows, per_row)
        matrix = sparse.csr_matrix(own[self.rows])
        matrix.data = matrix.data * np.where(
            np.repeat(wide[self.rows], np.diff(matrix.indptr)), weights[block][matrix.indices], 1.0
        )
        outside = sparse.csr_matrix(sparse.hstack([matrix, outer[self.rows][:, shared]], format="csr"))
        columns = np.concatenate((block_columns, shared))
        local = split.local[np.repeat(chosen, np.diff(split.local_starts))]
        costs = whole.costs[columns] * np.concatenate((weights[block], several))
        self.first = len(local)
        # What holds for all need not be possible for some, so shared rows may be missed, at a high price.
        most = np.where(np.isfinite(whole.col_upper[columns]), whole.col_upper[columns], 0.0)
        least = np.minimum(abs(matrix) @ most[: len(block_columns)], abs(outside) @ most)
        size = np.where(least > 0, least, abs(outside) @ most)
        # A row in which next to nothing can be says nothing: a cost of it would drown all others.
        high = np.where(
            size > FEASIBLE, _HIGH * float(np.abs(costs) @ most) / np.maximum(size, FEASIBLE), 0.0
        )
        # Links hold for each block by itself.
        missable = np.flatnonzero(~split.links[self.rows] & ~chosen.all())
        slack = sparse.identity(len(size), format="csr")[:, missable]
        high = high[missable]
        rows = np.concatenate((local, split.rows[self.rows]))
        nothing = sparse.csr_matrix((len(local), 2 * len(high)))
        stacked = sparse.vstack(
            [
                sparse.hstack([whole.matrix[local][:, columns], nothing]),
                sparse.hstack([outside, slack, -slack]),
            ],
            format="csr",
        )
        self.piece = Piece(
            matrix=sparse.csr_matrix(stacked).sorted_indices(),
            row_lower=whole.row_lower[rows],
            row_upper=whole.row_upper[rows],
            col_lower=np.concatenate((whole.col_lower[columns], np.zeros(2 * len(high)))),
            col_upper=np.concatenate((whole.col_upper[columns], np.full(2 * len(high), np.inf))),
            integer=np.zeros(len(columns) + 2 * len(high), dtype=np.bool_),
            costs=np.concatenate((costs, high, high)),
        )


def _replenished(
    split: Split, outer: sparse.csr_matrix, as_they_are: Bools, inside: Bools
) -> tuple[sparse.csr_matrix, Bools]:
    """Return the rows by the columns inside, entries of either sign standing for those left out.

    A row that has lost all its entries of a sign says nothing: the second result says which rows are left.
    """
    piece = split.piece
    columns = split.columns
    most = np.where(np.isfinite(piece.col_upper[columns]), np.abs(piece.col_upper[columns]), 1.0)
    matrix = sparse.csr_matrix(outer[:, columns])
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    kept, factor = np.ones(matrix.shape[0], dtype=np.bool_), np.ones(len(matrix.data))
    for side in (matrix.data > 0, matrix.data < 0):
        size = np.where(side, np.abs(matrix.data) * np.maximum(most, 1e-9)[matrix.indices], 0.0)
        total = np.bincount(row, size, matrix.shape[0])
        left = np.bincount(row, size * inside[matrix.indices], matrix.shape[0])
        kept &= (total == 0) | (left > 0)
        ratio = np.where(left > 0, total / np.where(left > 0, left, 1.0), 1.0)
        factor = np.where(side, ratio[row], factor)
    matrix.data = np.where(as_they_are[row], 1.0, factor) * matrix.data
    return sparse.csr_matrix(matrix[:, inside]), kept | as_they_are


def _shared_columns(split: Split, far: Bools, rows: Ints, per_row: Floats) -> tuple[Ints, Floats]:
    """Return the shared columns that come along, and for how many each stands.

    One that is in rows of few blocks only comes along with its rows, and stands for as many as those of them
    do that touch blocks at all.
    """
    matrix = sparse.csc_matrix(split.outside)
    column = np.repeat(np.arange(matrix.shape[1]), np.diff(matrix.indptr))
    size = matrix.shape[1]
    local = (np.bincount(column, far[matrix.indices], size) == 0) & (np.diff(matrix.indptr) <= _FEW)
    present = np.zeros(matrix.shape[0], dtype=np.bool_)
    present[rows] = True
    count = np.bincount(column, present[matrix.indices], size)
    said = present & (per_row > 0)
    total = np.bincount(column, (said * per_row)[matrix.indices], size)
    mean = total / np.maximum(np.bincount(column, said[matrix.indices], size), 1)
    kept = ~local | (count > 0)
    stands_for = np.where(local & (mean > 0), mean, 1.0)
    return split.shared_columns[kept], stands_for[kept]


def _by_row(split: Split, sample: _Sample, prices: Floats) -> Floats:
    """Return prices of all shared rows: those outside the sample get the mean of their likes inside.

    Links are alike if they are added up to one row; other rows if a shared column of their own says what it
    costs to miss them: they have the same part of that. Others get none.
    """
    found = np.full(len(split.rows), np.nan)
    found[sample.rows] = prices[sample.first :] / sample.stands_for
    columns = split.shared_columns
    cap = caps(split.outside, split.piece.costs[columns], split.piece.integer[columns])
    capped = ~split.links & (cap > 0)
    size = np.where(capped, cap, 1.0)
    alike = np.where(split.links, split.alike, np.where(capped, -1, -2))
    mean = pd.Series(found / size).groupby(alike).transform("mean").fillna(0.0).to_numpy()
    return np.where(np.isfinite(found), found, np.where(alike == -2, 0.0, mean * size))


def caps(shared: sparse.csr_matrix, costs: Floats, whole: Bools) -> Floats:
    """Return what it costs to miss a row by one where a continuous shared column stands for that, else 0.

    Parameters
    ----------
    shared : rows by shared columns
    costs, whole : of the shared columns
    """
    matrix = sparse.csc_matrix(shared)
    column = np.repeat(np.arange(matrix.shape[1]), np.diff(matrix.indptr))
    cost = costs[column] / np.where(matrix.data != 0, matrix.data, 1.0)
    found = np.zeros(matrix.shape[0])
    usable = ~whole[column] & np.isfinite(cost)
    np.maximum.at(found, matrix.indices[usable], cost[usable])
    return found
