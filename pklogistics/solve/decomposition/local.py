"""Prices of rows that few blocks touch, given those of the others: a linear program of the blocks they join.

A sample of blocks tells what money is worth, but not what a surgeon is worth to the posts around one. Given
the prices of rows that many blocks touch, blocks meet in no other rows than those of few, and these join
neighbours: the program falls into regions, one linear program each.

Regions are runs of blocks in an order that keeps neighbours together (reverse Cuthill-McKee). A row that
reaches beyond its region keeps its price, and may be within one the second time, when regions begin in the
middle of those of the first.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import reverse_cuthill_mckee

from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.decomposition.dual import Dual
from pklogistics.solve.decomposition.sample import is_wide, linear_prices
from pklogistics.solve.decomposition.split import Split
from pklogistics.solve.piece import Piece
from pklogistics.solve.threaded import side_by_side

_REGION, _MANY = 2000, 200
"""Most blocks of a region, and of a row whose price is looked for in regions: one of more would join what is
far apart."""


def localised(dual: Dual, prices: Floats, until: float, over: Callable[[], bool], workers: int = 1) -> Floats:
    """Return prices of the coupling's rows with those of few blocks set anew, as far as time allows.

    Parameters
    ----------
    prices : shape (rows of the coupling,)
    until : in seconds of ``time.monotonic()``
    workers : regions that are looked at at a time; what is found does not depend on it
    """
    rows, joining = _narrow(dual.split)
    order = _in_order(joining)
    for cuts in _cuts(len(order)):
        regions = [order[first:last] for first, last in pairwise(cuts)]
        within = [_Region(region, rows[_inside(joining, region)]) for region in regions]
        prices = _swept(dual, prices, within, until, over, workers)
    return prices


def neighbourly(split: Split) -> Ints:
    """Return all blocks, those that meet in rows of few near one another, shape (blocks,)."""
    near = _in_order(_narrow(split)[1])
    return np.concatenate((near, np.setdiff1d(np.arange(split.blocks), near)))


def _narrow(split: Split) -> tuple[Ints, sparse.csr_matrix]:
    """Return the rows of few blocks, among ``split.rows``, and which blocks they touch."""
    count = np.diff(split.touching.indptr)
    rows = np.flatnonzero((count > 0) & (count <= _MANY) & ~split.links & ~is_wide(split))
    return rows, sparse.csr_matrix(split.touching[rows])


class _Region(NamedTuple):
    """Some blocks, and rows that touch no others."""

    blocks: Ints
    rows: Ints


def _swept(
    dual: Dual, prices: Floats, regions: list[_Region], until: float, over: Callable[[], bool], workers: int
) -> Floats:
    """Return prices with those of the rows within regions set anew, given all others.

    A region that is not looked at in time keeps its prices.
    """
    split, coupling = dual.split, dual.coupling
    given = prices.copy()
    given[np.concatenate([region.rows for region in regions])] = 0.0
    reduced = split.piece.costs - given @ split.outer
    looks = [partial(_priced, dual, region, reduced, until) for region in regions]
    found = prices.copy()
    for region, mine in zip(regions, side_by_side(looks, workers, over), strict=True):
        if mine is not None:
            found[region.rows] = mine
    return coupling.signed(found)


def _in_order(joining: sparse.csr_matrix) -> Ints:
    """Return the blocks that rows join, neighbours together."""
    neighbours = sparse.csr_matrix(joining.T @ joining)
    order = reverse_cuthill_mckee(neighbours, symmetric_mode=True).astype(np.int64)
    return order[np.asarray(joining.sum(axis=0)).ravel()[order] > 0]


def _cuts(size: int) -> list[Ints]:
    """Return where regions begin and end: once, and once more with borders where the middles were."""
    if size <= _REGION:
        return [np.array([0, size])] if size else []
    firsts = np.arange(0, size, _REGION), np.append(0, np.arange(_REGION // 2, size, _REGION))
    return [np.append(first, size) for first in firsts]


def _inside(joining: sparse.csr_matrix, blocks: Ints) -> Bools:
    """Say which rows touch no other blocks than these."""
    return np.asarray(np.diff(joining.indptr) == joining[:, blocks] @ np.ones(len(blocks)))


def _priced(
    dual: Dual, region: _Region, reduced: Floats, until: float, stop: Callable[[], bool]
) -> Floats | None:
    """Return prices of the rows of a region, from the linear program of its blocks."""
    if stop() or time.monotonic() >= until:
        return None
    split, (blocks, rows) = dual.split, region
    piece, chosen = split.piece, np.zeros(split.blocks, dtype=np.bool_)
    chosen[blocks] = True
    outer = sparse.csr_matrix(split.outer[rows])
    shared = np.intersect1d(outer.indices, split.shared_columns)
    columns = np.concatenate((split.columns[np.repeat(chosen, np.diff(split.starts))], shared))
    local = split.local[np.repeat(chosen, np.diff(split.local_starts))]
    lines = np.concatenate((local, split.rows[rows]))
    lower, upper = (side[columns] for side in dual.bounds)
    asked = Piece(
        matrix=sparse.csr_matrix(piece.matrix[lines][:, columns]).sorted_indices(),
        row_lower=piece.row_lower[lines],
        row_upper=piece.row_upper[lines],
        col_lower=lower,
        col_upper=upper,
        integer=np.zeros(len(columns), dtype=np.bool_),
        costs=reduced[columns],
    )
    prices = linear_prices(asked, until, stop)
    return None if prices is None else prices[len(local) :]
